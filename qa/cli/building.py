"""`qa index`: papers in and out, building, watching, publishing."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import update_wrapper
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True, slots=True)
class Order:
    """What each command that publishes is told: the folders, a store in Milvus or "", a reason or "", and whether to
    speak JSON."""

    context: click.Context
    corpus: Path
    index: Path
    store: str
    why: str
    as_json: bool


def publishing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all that publish, and hand them to it as an `Order`, before its own."""

    def ordered(
        context: click.Context, /, why: str, as_json: bool, corpus: Path, index: Path, store: str, **own: Any
    ) -> None:
        command(Order(context, corpus, index, store, why, as_json), **own)

    told: Callable[..., None] = click.pass_context(ordered)
    for option in (store_option, index_option, corpus_option, json_option, why_option):  # the last is shown first
        told = option(told)
    return update_wrapper(told, command)


@click.command()
@click.option("--full", is_flag=True, help="Read and embed every paper again.")
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Read and embed on the machines of a Ray cluster: HOST:PORT of its head, `auto`, or `local` for this one.",
)
@gate_option
@force_option
@publishing
def build(order: Order, full: bool, ray: str | None, gate: bool, force: str) -> None:
    """Build or update the index: only what changed is read and embedded. A store gets the whole generation."""
    if gate and full:
        raise click.UsageError("--full publishes what it builds; build, and then ask `qa eval`")
    if ray:
        from qa.index.cluster import read_and_embed

        with progress_bar() as progress:
            read = read_and_embed(order.corpus, order.index, ray, full=full, progress=progress)
        say(f"Papers that were read and embedded on the cluster: {read}")
    if gate or force:
        _gated(order, (), force)
    else:
        _update(order, "build", full=full)


@click.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
@gate_option
@force_option
@publishing
def add(order: Order, files: tuple[Path, ...], gate: bool, force: str) -> None:
    """Copy papers into the corpus, write down what they say of themselves, and update the index.

    With --gate they are copied only when they are published, and get no entry in the bibliography.
    """
    if gate or force:
        _gated(order, files, force)
        return
    library = _library(order)
    for paper in library.describe(library.add(files), told=tell):
        tell(f"{paper} has an entry in the bibliography now, from what it says of itself")
    _update(order, "add")


@click.command()
@click.argument("files", nargs=-1, type=A_PATH)
@publishing
def update(order: Order, files: tuple[Path, ...]) -> None:
    """Put new versions of papers in the place of those in the corpus, by file name, and update the index.

    Without files, the index is brought up to date with the corpus, as by `build`.
    """
    _library(order).replace(files)
    _update(order, "update")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--keep-older",
    is_flag=True,
    help="Leave older generations, so that one can go back to them; `prune --forget ID` deletes them.",
)
@publishing
def remove(order: Order, ids: tuple[str, ...], keep_older: bool) -> None:
    """Take papers out of the corpus and the index, and delete older generations that hold them."""
    with progress_bar() as progress:
        report = _library(order).remove(ids, keep_older=keep_older, why=order.why, progress=progress, told=tell)
    if report is not None:
        _finish(order, report, () if keep_older else ids)
        return
    if order.store:
        open_store(order.store).clear()
    for paper in ids if order.as_json else ():
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
            if not names and library.holds():
                say("The index was rolled back, so it stays as it is until something changes in the corpus.")
            else:
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


def _library(order: Order) -> Library:
    from qa.index.library import Library

    return Library(order.corpus, order.index)


def _update(order: Order, action: str, *, full: bool = False) -> None:
    with progress_bar() as progress:
        report = _library(order).update(full=full, action=action, why=order.why, progress=progress, told=tell)
    _finish(order, report)


def _gated(order: Order, files: Sequence[Path], force: str) -> None:
    """Build aside and ask the question set; publish if the gates let it, or exit with `NO_ANSWER`."""
    from qa.config import Folders, WebSettings
    from qa.evaluation import candidate, table
    from qa.papers import intake
    from qa.userdata import uploads

    settings, state = WebSettings(), Folders().state_dir
    intake.check(order.corpus, files)
    added = tuple(uploads.stage(state, file.name, file.read_bytes()) for file in files)
    wanted = candidate.Wanted(order.corpus, order.index, added, state, settings.questions, settings.gates)
    with progress_bar("") as progress:
        done = candidate.judged(wanted, progress, force=force, why=order.why)
    found = done.candidate
    for failure in found.report.failures:
        say(f"Left out: {failure.reason}")
    if order.as_json:
        for verdict in found.verdicts:
            print_json(asdict(verdict))
    elif found.verdicts:
        say(table.judged(found.verdicts))
    _lost_and_won(found, order.as_json)
    if found.ungated:
        say(f"The question set does not fit these papers, so there is no gate: {found.ungated}")
    if done.published:
        _finish(order, replace(found.report, generation=done.published))
        return
    say(
        f"Generation {found.report.generation} is built and not published. It waits on the page Maintain; "
        "the same command with --force REASON publishes it."
    )
    order.context.exit(NO_ANSWER)


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


def _finish(order: Order, report: Report, forgotten: Iterable[str] = ()) -> None:
    """Publish in a store too, and say what an update did; exit with `AT_FAULT` if a paper could not be read."""
    if order.store:
        _publish(report.generation, order.index, order.store, forgotten)
    _summary(report, order.index, order.as_json)
    if report.failures:
        say(f"Papers that were left out: {len(report.failures)}; why stands above, and in `qa index status`.")
        order.context.exit(AT_FAULT)


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
