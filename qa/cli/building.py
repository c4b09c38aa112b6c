"""`qa index`: papers in and out, building, watching, publishing."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from qa.cli.shared import (
    A_PATH,
    AT_FAULT,
    NO_ANSWER,
    corpus_option,
    index_option,
    json_option,
    open_store,
    print_json,
    progress_bar,
    say,
    store_option,
    tell,
    why_option,
)
from qa.types import QAError

if TYPE_CHECKING:
    from qa.evaluation.pending import Candidate
    from qa.index.library import Library, Report

STATES = ("added", "changed", "removed", "unchanged")
LISTED = 20
"""Papers of a state that are named on a terminal. Set by hand on 2026-11-28: they fit a screen."""
QUIET_SECONDS = 2.0
"""Several papers that are copied one after the other are one change. Set by hand on 2026-11-28."""

gate_option = click.option(
    "--gate", is_flag=True, help="Build aside, ask the question set, and publish only if no gate of gates.toml fails."
)
force_option = click.option(
    "--force", default="", metavar="REASON", help="With --gate: publish though a gate fails. The manifest keeps why."
)


@click.command()
@click.option("--full", is_flag=True, help="Read and embed every paper again.")
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Read and embed on the machines of a Ray cluster: HOST:PORT of its head, `auto`, or `local` for this one.",
)
@gate_option
@force_option
@why_option
@json_option
@corpus_option
@index_option
@store_option
@click.pass_context
def build(
    context: click.Context,
    full: bool,
    ray: str | None,
    gate: bool,
    force: str,
    why: str,
    as_json: bool,
    corpus: Path,
    index: Path,
    store: str,
) -> None:
    """Build or update the index: only what changed is read and embedded. A store gets the whole generation."""
    from qa.index.library import Library

    if gate and full:
        raise click.UsageError("--full publishes what it builds; build, and then ask `qa eval`")
    if ray:
        from qa.index.cluster import read_and_embed

        with progress_bar() as progress:
            read = read_and_embed(corpus, index, ray, full=full, progress=progress)
        say(f"Papers that were read and embedded on the cluster: {read}")
    if gate or force:
        _gated(context, Gated(corpus, index, (), force, why), store, as_json)
        return
    with progress_bar() as progress:
        report = Library(corpus, index).update(full=full, why=why, progress=progress, told=tell)
    _finish(context, report, index, store, as_json)


@click.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
@gate_option
@force_option
@why_option
@json_option
@corpus_option
@index_option
@store_option
@click.pass_context
def add(
    context: click.Context,
    files: tuple[Path, ...],
    gate: bool,
    force: str,
    why: str,
    as_json: bool,
    corpus: Path,
    index: Path,
    store: str,
) -> None:
    """Copy papers into the corpus, write down what they say of themselves, and update the index.

    With --gate they are copied only when they are published, and get no entry in the bibliography.
    """
    from qa.index.library import Library

    library = Library(corpus, index)
    if gate or force:
        _gated(context, Gated(corpus, index, files, force, why), store, as_json)
        return
    for paper in library.describe(library.add(files), told=tell):
        tell(f"{paper} has an entry in the bibliography now, from what it says of itself")
    with progress_bar() as progress:
        report = library.update(action="add", why=why, progress=progress, told=tell)
    _finish(context, report, index, store, as_json)


@click.command()
@click.argument("files", nargs=-1, type=A_PATH)
@why_option
@json_option
@corpus_option
@index_option
@store_option
@click.pass_context
def update(
    context: click.Context, files: tuple[Path, ...], why: str, as_json: bool, corpus: Path, index: Path, store: str
) -> None:
    """Put new versions of papers in the place of those in the corpus, by file name, and update the index.

    Without files, the index is brought up to date with the corpus, as by `build`.
    """
    from qa.index.library import Library

    library = Library(corpus, index)
    library.replace(files)
    with progress_bar() as progress:
        report = library.update(action="update", why=why, progress=progress, told=tell)
    _finish(context, report, index, store, as_json)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--keep-older",
    is_flag=True,
    help="Leave older generations, so that one can go back to them; `prune --forget ID` deletes them.",
)
@why_option
@json_option
@corpus_option
@index_option
@store_option
@click.pass_context
def remove(
    context: click.Context,
    ids: tuple[str, ...],
    keep_older: bool,
    why: str,
    as_json: bool,
    corpus: Path,
    index: Path,
    store: str,
) -> None:
    """Take papers out of the corpus and the index, and delete older generations that hold them."""
    from qa.index.library import Library

    with progress_bar() as progress:
        library = Library(corpus, index)
        report = library.remove(ids, keep_older=keep_older, why=why, progress=progress, told=tell)
    if report is not None:
        _finish(context, report, index, store, as_json, () if keep_older else ids)
        return
    if store:
        open_store(store).clear()
    for paper in ids if as_json else ():
        print_json(_row(paper, "removed"))
    say("The last paper was taken out; there is no index any more.")


@click.command()
@click.option(
    "--quiet",
    type=click.FloatRange(0.1, 3600),
    default=QUIET_SECONDS,
    show_default=True,
    help="Seconds without another change before the index is built.",
)
@json_option
@corpus_option
@index_option
def watch(quiet: float, as_json: bool, corpus: Path, index: Path) -> None:
    """Build and publish whenever papers or the bibliography in the corpus change, until Ctrl+C stops it.

    A rollback holds: after one, nothing is built before the next change.
    """
    from qa.index.library import Library
    from qa.index.watching import changes

    library = Library(corpus, index)
    stopping = Event()

    def stop(*_: object) -> None:
        stopping.set()  # Python passes over an interruption of what it takes apart in between
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        for names in changes(corpus, quiet, stopping):
            if names:
                say(f"Changed: {', '.join(names)}")
            elif library.holds():
                say("The index was rolled back, so it stays as it is until something changes in the corpus.")
            if names or not library.holds():
                _build_again(library, as_json)
            if not names:
                say(f"Watching {corpus} (stop it with Ctrl+C) …")
    except KeyboardInterrupt:  # while it was building: what is published is whole, and the next build goes on
        pass
    finally:
        signal.signal(signal.SIGINT, before)
    say("Stopped.")


def _build_again(library: Library, as_json: bool) -> None:
    """Update the index if it is not up to date, and say so if it cannot be: the next change may mend it."""
    try:
        if library.freshness() == "fresh":
            return
        with progress_bar() as progress:
            report = library.update(action="watch", progress=progress, told=tell)
    except QAError as error:
        say(f"qa: {error}")
    else:
        _summary(report, library.folder, as_json)


@dataclass(frozen=True, slots=True)
class Gated:
    """What to build aside, and why; `force` is the reason to publish it though a gate fails."""

    corpus: Path
    index: Path
    files: tuple[Path, ...]
    force: str
    why: str


def _gated(context: click.Context, wanted: Gated, store: str, as_json: bool) -> None:
    """Build aside and ask the question set; publish if the gates let it, or exit with `NO_ANSWER`."""
    from qa.config import Folders, WebSettings
    from qa.evaluation import candidate, table
    from qa.papers import intake
    from qa.userdata import uploads

    settings, state = WebSettings(), Folders().state_dir
    intake.check(wanted.corpus, wanted.files)
    added = tuple(uploads.stage(state, file.name, file.read_bytes()) for file in wanted.files)
    order = candidate.Wanted(wanted.corpus, wanted.index, added, state, settings.questions, settings.gates)
    with progress_bar("") as progress:
        done = candidate.judged(order, progress, force=wanted.force, why=wanted.why)
    found = done.candidate
    for failure in found.report.failures:
        say(f"Left out: {failure.reason}")
    if as_json:
        for verdict in found.verdicts:
            print_json(asdict(verdict))
    elif found.verdicts:
        say(table.judged(found.verdicts))
    _lost_and_won(found, as_json)
    if found.ungated:
        say(f"The question set does not fit these papers, so there is no gate: {found.ungated}")
    if done.published:
        _finish(context, replace(found.report, generation=done.published), wanted.index, store, as_json)
        return
    say(
        f"Generation {found.report.generation} is built and not published. It waits on the page Maintain; "
        "the same command with --force REASON publishes it."
    )
    context.exit(NO_ANSWER)


def _lost_and_won(found: Candidate, as_json: bool) -> None:
    """Say which questions the candidate loses and wins, with both answers."""
    from qa.evaluation.candidate import comparison_of

    compared = comparison_of(found)
    if compared is None:
        return
    comparison, *runs = compared
    before, after = ({row["id"]: row for row in run["questions"]} for run in runs)
    for change, names in (("lost", comparison.lost), ("won", comparison.won)):
        for name in names:
            said = [row["answer"] if row["outcome"] == "answer" else None for row in (before[name], after[name])]
            question = after[name]["turns"][-1]
            if as_json:
                print_json({"question": question, "change": change, "before": said[0], "after": said[1]})
            else:
                say(f"  {change}: {question}\n    - {said[0] or 'no answer'}\n    + {said[1] or 'no answer'}")


def _finish(
    context: click.Context,
    report: Report,
    index: Path,
    store: str,
    as_json: bool,
    forgotten: Iterable[str] = (),
) -> None:
    """Publish in a store too, and say what an update did; exit with `AT_FAULT` if a paper could not be read."""
    if store:
        _publish(report.generation, index, store, forgotten)
    _summary(report, index, as_json)
    if report.failures:
        say(f"Papers that were left out: {len(report.failures)}; why stands above, and in `qa index status`.")
        context.exit(AT_FAULT)


def _summary(report: Report, index: Path, as_json: bool) -> None:
    """Say what became of each paper, as JSON one a line with the generation last."""
    from qa.index.store import load

    documents = load(index, report.generation, every_byte=False).by_id
    counts = {}
    for state in STATES:
        ids: Sequence[str] = getattr(report, state)
        counts[state] = len(ids)
        if as_json:
            for paper in ids:
                print_json(_row(paper, state, documents[paper].title if paper in documents else None))
        else:
            for paper in ids[:LISTED]:
                title = f": {documents[paper].title}" if paper in documents else ""
                say(f"  {state} {paper}{title}")
            if len(ids) > LISTED:
                say(f"  {state} {len(ids) - LISTED} more; `--json` names all of them")
    for failure in report.failures:
        if as_json:
            print_json(_row(Path(failure.file).stem, "failed", reason=failure.reason, file=failure.file))
    if as_json:
        print_json({"generation": report.generation, "counts": counts | {"failed": len(report.failures)}})
    parts = [f"{count} {state}" for state, count in counts.items() if count]
    say(f"Generation {report.generation} is published: {', '.join(parts)}.")


def _row(
    paper: str, state: str, title: str | None = None, reason: str | None = None, file: str | None = None
) -> dict[str, str | None]:
    return {"document": paper, "state": state, "title": title, "reason": reason, "file": file}


def _publish(generation: str, index: Path, store: str, forgotten: Iterable[str]) -> None:
    """Publish a generation of a folder in a store, and forget papers there."""
    from qa.index.store import load, writing

    with writing(index), progress_bar("passage") as progress:  # one publishes at a time
        remote = open_store(store)
        remote.publish(load(index, generation), generation, progress=progress)
        for document in forgotten:
            remote.forget(document)
        remote.close()
