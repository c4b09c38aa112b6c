"""`qa index`: papers in and out, building, watching, publishing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.shared import (
    A_PATH,
    AT_FAULT,
    corpus_option,
    index_option,
    open_store,
    progress_bar,
    say,
    store_option,
    tell,
)

if TYPE_CHECKING:
    from qa.index.library import Report


@click.command()
@click.option("--full", is_flag=True, help="Read and embed every paper again.")
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Read and embed on the machines of a Ray cluster: HOST:PORT of its head, `auto`, or `local` for this one.",
)
@corpus_option
@index_option
@store_option
@click.pass_context
def build(context: click.Context, full: bool, ray: str | None, corpus: Path, index: Path, store: str) -> None:
    """Build or update the index: only what changed is read and embedded. A store gets the whole generation."""
    from qa.index.library import Library

    if ray:
        from qa.index.cluster import read_and_embed

        with progress_bar() as progress:
            read = read_and_embed(corpus, index, ray, full=full, progress=progress)
        say(f"Papers that were read and embedded on the cluster: {read}")
    with progress_bar() as progress:
        report = Library(corpus, index).update(full=full, progress=progress, told=tell)
    _finish(context, report, index, store)


def _finish(context: click.Context, report: Report, index: Path, store: str, forgotten: Iterable[str] = ()) -> None:
    """Publish in a store too, and print what an update did; exit with `AT_FAULT` if a paper could not be read."""
    if store:
        _publish(report.generation, index, store, forgotten)
    parts = [
        f"{len(ids)} {word}"
        for word, ids in (
            ("added", report.added),
            ("changed", report.changed),
            ("removed", report.removed),
            ("unchanged", report.unchanged),
        )
        if ids
    ]
    say(f"Generation {report.generation} is published: {', '.join(parts)}.")
    if report.failures:
        say(f"Papers that were left out: {len(report.failures)}; why stands above, and in `qa index status`.")
        context.exit(AT_FAULT)


def _publish(generation: str, index: Path, store: str, forgotten: Iterable[str]) -> None:
    """Publish a generation of a folder in a store, and forget papers there."""
    from qa.index.store import load, writing

    with writing(index), progress_bar("passage") as progress:  # one publishes at a time
        remote = open_store(store)
        remote.publish(load(index, generation), generation, progress=progress)
        for document in forgotten:
            remote.forget(document)
        remote.close()


@click.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
@corpus_option
@index_option
@store_option
@click.pass_context
def add(context: click.Context, files: tuple[Path, ...], corpus: Path, index: Path, store: str) -> None:
    """Copy papers into the corpus and update the index."""
    from qa.index.library import Library

    library = Library(corpus, index)
    library.add(files)
    with progress_bar() as progress:
        report = library.update(progress=progress, told=tell)
    _finish(context, report, index, store)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@corpus_option
@index_option
@store_option
@click.pass_context
def remove(context: click.Context, ids: tuple[str, ...], corpus: Path, index: Path, store: str) -> None:
    """Take papers out of the corpus and the index, and delete older generations that hold them."""
    from qa.index.library import Library

    with progress_bar() as progress:
        report = Library(corpus, index).remove(ids, progress=progress, told=tell)
    if report is None:
        if store:
            open_store(store).clear()
        say("The last paper was taken out; there is no index any more.")
    else:
        _finish(context, report, index, store, ids)
