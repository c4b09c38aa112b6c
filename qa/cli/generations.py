"""`qa index` on what was published: status, verify, history, going back, deleting, comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.shared import (
    AT_FAULT,
    corpus_option,
    index_option,
    json_option,
    open_store,
    print_json,
    say,
    show,
    store_option,
)
from qa.types import Document

if TYPE_CHECKING:
    from qa.index.index import Index
    from qa.papers.sources import Corpus


@click.command()
@json_option
@corpus_option
@index_option
@store_option
def status(as_json: bool, corpus: Path, index: Path, store: str) -> None:
    """Say what is indexed, and whether the index is up to date; of a store, which generation it has."""
    from qa.index import store as folder
    from qa.index.library import Library
    from qa.papers.sources import Corpus, read_corpus

    opened = folder.load(index)
    differences = Library(corpus, index).differences(opened)
    found = read_corpus(corpus) if corpus.is_dir() else Corpus((), (), ())
    counts = {document.id: len(opened.passages_of(document.id)) for document in opened.documents}
    remote = open_store(store).load() if store else None
    if as_json:
        row = _status_row(opened, folder.current_generation(index), differences, found)
        print_json(row | ({"store": {"generation": remote.name, **remote.about}} if remote else {}))
        return
    show(f"Generation {folder.current_generation(index)}: {len(counts)} papers, {len(opened.passages)} passages")
    for what, way in opened.ways().items():
        how = "are all compared with a question"
        if "recall@10" in way:
            how = f"are found by their codes, {way['recall@10']:.1%} of the nearest ten"
        elif way["kind"] == "candidates":
            how = "are compared with a question where their passage may be among the best"
        show(f"  the vectors of {way['rows']} {what} {how}")
    for document in opened.documents:
        show(f"  {document.id}: {counts[document.id]} passages, {document.title}")
    for failure in opened.failures:
        show(f"  left out: {failure.reason}")
    for line in found.lines():
        show(f"  {line[:1].lower()}{line[1:]}")
    _show_worst_pages(opened.documents)
    show("The index is up to date." if not differences else "The index is stale; run `qa index build`:")
    for difference in differences:
        show(f"  {difference}")
    if remote:
        about = remote.about
        show(f"The store has generation {remote.name}: {about['documents']} papers, {about['passages']} passages")


def _status_row(opened: Index, generation: str | None, differences: Sequence[str], found: Corpus) -> dict[str, Any]:
    """The index and the corpus as JSON: `failures` are papers that could not be read, `left_out` are all files that
    are not; `bibliography` are the faults in it."""
    from qa.records import paper_row

    documents = [paper_row(document, len(opened.passages_of(document.id))) for document in opened.documents]
    failures = [{"file": failure.file, "reason": failure.reason} for failure in opened.failures]
    return {
        "generation": generation,
        "state": "stale" if differences else "fresh",
        "differences": differences,
        "search": opened.ways(),
        "documents": documents,
        "failures": failures,
        "left_out": failures + [asdict(item) for item in found.left_out],
        "bibliography": [asdict(fault) for fault in found.faults],
    }


def _show_worst_pages(documents: Sequence[Document], most: int = 10) -> None:
    """Print the pages that were not read well, worst first."""
    from qa.papers.quality import worst

    pages = worst(documents)
    for name, quality in pages[:most]:
        page = "" if quality.page is None else f", page {quality.page}"
        read = f"read at {quality.score:.2f} of 1" if quality.judged else "not judged"
        show(f"  {read}: {name}{page}: {'; '.join(quality.reasons)}")
    if len(pages) > most:
        show(f"  and {len(pages) - most} more; `qa index status --json` has all of them")


@click.command()
@index_option
@click.pass_context
def verify(context: click.Context, index: Path) -> None:
    """Check every checksum, count and quote of the published index."""
    from qa.index import store

    problems = store.problems(index)
    for problem in problems:
        say(problem)
    if problems:
        context.exit(AT_FAULT)
    opened = store.load(index)
    show(
        f"Generation {store.current_generation(index)} is sound: {len(opened.documents)} papers, "
        f"{len(opened.passages)} passages and {opened.sentence_vectors.n} sentences, word for word in their sources."
    )


@click.command()
@json_option
@index_option
@store_option
def history(as_json: bool, index: Path, store: str) -> None:
    """List the generations, oldest first."""
    from qa.index import store as folder

    for row in open_store(store).history() if store else folder.history(index):
        if as_json:
            print_json(row)
        else:
            note = "current" if row["current"] else "" if row["kept"] else "deleted"
            show(f"{row['published_at']}  {row['generation']}  {row['action']}  {note}".rstrip())


@click.command()
@click.argument("generation", required=False)
@index_option
@store_option
def rollback(generation: str | None, index: Path, store: str) -> None:
    """Go back to a generation, or to the one before: in a store only there, else in the folder."""
    from qa.index import store as folder

    with folder.writing(index):
        name = open_store(store).rollback(generation) if store else folder.rollback(index, generation)
    say(f"Generation {name} is current again.")
