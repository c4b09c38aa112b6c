"""A candidate index: built aside, and held against the gates before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.answers.caches import Caches
from qa.evaluation import pending
from qa.evaluation.command import Run, gates_of, open_run
from qa.evaluation.compare_runs import Comparison, compare
from qa.evaluation.gates import Gate, judge
from qa.evaluation.outdated import differences
from qa.evaluation.pending import Building, Candidate, Notes
from qa.evaluation.results import Results
from qa.evaluation.runs import CACHES, RESULTS, results_of, store_run, stored_run
from qa.index import store
from qa.index.history import Decision, Gates
from qa.index.library import Library, Report
from qa.types import Progress, QuestionSetError, StoreError, nobody
from qa.userdata import uploads
from qa.userdata.database import now

_POINTS = (25, 50, 75, 100)
"""Shares of the questions, in percent: the risk if so many are answered is stored with a publication. Set by hand on
2026-11-28."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to build and how to judge it.

    The index of `corpus` with the `added` papers is built beside the published one in `index`, and asked `questions`
    under `gates`. Runs are stored in the folder `runs`, and so is what the models have read and how far the build is.
    `by` is who wants it: the user of this machine, if nobody is named.
    """

    corpus: Path
    index: Path
    added: tuple[Path, ...]
    runs: Path
    questions: Path
    gates: Path
    by: str = ""


def prepare(wanted: Wanted, progress: Progress) -> Candidate:
    """Build the candidate, verify it, and evaluate it against the published generation.

    The published generation is evaluated first if no run with its outcomes is stored. How far it is, is noted in the
    folder of the runs: after a crash, the next call goes on from what was embedded, or from the index if that is built.
    If this is broken off by any error, what was built is deleted. The questions that a page begins with are answered
    too, and what was read for them is stored.

    Raises:
        SourceError, StoreError: as `Library.prepare`, or what was built is not sound.
    """
    earlier = pending.load(wanted.runs)
    library = Library(wanted.corpus, wanted.index, by=wanted.by)
    notes = Notes(wanted.runs, wanted.added)
    progress = notes.around(progress)
    try:
        published = store.current_generation(wanted.index)
        report = _built_already(earlier, notes.sums, library) or library.prepare(wanted.added, progress=progress)
        notes.built(report)
        try:
            done = _judged(wanted, published, report, progress)
        except BaseException:
            library.discard(report.generation)
            raise
        done = replace(done, sums=notes.sums, against=published, built_at=now())
        pending.save(wanted.runs, done)
        return done
    except BaseException:
        pending.forget(wanted.runs)
        raise


def _built_already(earlier: Candidate | Building | None, sums: Mapping[str, str], library: Library) -> Report | None:
    """The report of a candidate that was built of the same files, if it is still what a build would give.

    A build that left papers out tries these again.
    """
    report = earlier.report if earlier else None
    if not earlier or not report or report.failures or earlier.sums != sums:
        return None
    return None if differences(report, earlier.files, library) else report


def _judged(wanted: Wanted, published: str | None, report: Report, progress: Progress) -> Candidate:
    """Verify a candidate, ask it the questions and hold it against the gates."""
    progress(0, 0, "verifying what was built")
    if problems := store.problems(wanted.index, report.generation):
        raise StoreError(f"what was built is not sound: {problems[0]}; run `qa index build --full`")
    caches = Caches(wanted.runs / CACHES)
    run = Run(wanted.questions, wanted.index, gates=wanted.gates, ablation=False, generation=published)
    found = Candidate(report, wanted.added)
    try:
        gates = gates_of(run)
        before = stored_run(wanted.runs, run, _named(progress, "published"), caches) if published else None
        if published == report.generation:
            assert before
            verdicts = tuple(judge(gates, results_of(before)))
            return replace(found, verdicts=verdicts, run=before, before=before, figures=_figures(gates, before, before))
        run = replace(run, generation=report.generation, baseline=before / RESULTS if before else None)
        opened = open_run(run, progress)
        folder, done = store_run(wanted.runs, run, _named(progress, "new"), caches, opened)
        figures = _figures(gates, folder, before)
        found = replace(found, verdicts=done.verdicts, run=folder, before=before, figures=figures)
        assistant = opened.assistant
    except QuestionSetError as error:
        found = replace(found, ungated=str(error))
        assistant = Assistant.open(wanted.index, generation=report.generation)
    progress(0, 0, "answering the questions that the page begins with")
    with suppress(ValueError):  # a question set that is no JSON: the gates say so
        suggestions.store_starters(assistant, wanted.runs / suggestions.STARTERS, wanted.questions)
    return found


def comparison_of(candidate: Candidate) -> tuple[Comparison, Results, Results] | None:
    """The candidate's run against that of the generation published then, with both runs; None if there are no two.

    Raises:
        QuestionSetError: one of the runs cannot be read.
    """
    if not candidate.run or not candidate.before:
        return None
    before, after = results_of(candidate.before), results_of(candidate.run)
    return compare(before, after), before, after


def _figures(gates: Sequence[Gate], run: Path, before: Path | None) -> dict[str, float]:
    """The figures that are stored with a publication: what the gates of all questions measure, and risk–coverage."""
    found = results_of(run)
    measured = {**found["confidence"]["all"], **found["kinds"]["all"]["figures"]}
    wanted = dict.fromkeys(gate.metric for gate in gates if gate.kind == "all")
    curve = found["curves"]["answer"]
    risks = dict(zip(curve["coverages"], curve["risks"], strict=True))
    answered = sum(row["outcome"] == "answer" for row in found["questions"])
    figures = {
        "n": len(found["questions"]),
        **{name: measured[name]["value"] for name in (*wanted, "risk answer", "aurc answer") if name in measured},
        "coverage": answered / len(found["questions"]),
        **{f"risk@{share}": risks[min(at for at in risks if at >= share / 100)] for share in _POINTS},
    }
    if before:
        against = compare(results_of(before), found)
        figures |= {"lost": len(against.lost), "won": len(against.won), "changed": len(against.changed)}
    return figures


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate that was judged, and what became of it.

    `published` is the name of the generation that answers now, "" if it waits. `comparison` has the questions that
    were lost and won; None if there is nothing to compare with.
    """

    candidate: Candidate
    comparison: Comparison | None
    published: str = ""


def judged(wanted: Wanted, progress: Progress = nobody, *, force: str = "", why: str = "") -> Judged:
    """Build aside, verify, ask the questions, and publish if every gate is passed, or if `force` is the reason.

    Otherwise the candidate waits to be published or discarded in the app, and the next call does not build it again. A
    question set that does not fit these papers is no gate that is passed. `why` is a reason that decides nothing.

    Raises:
        SourceError, StoreError: as `prepare` and `publish`.
    """
    found = prepare(wanted, progress)
    against = comparison_of(found)
    published = ""
    if (found.passed and not found.ungated) or force.strip():
        published = publish(found, Library(wanted.corpus, wanted.index, by=wanted.by), wanted.runs, force or why)
    return Judged(found, against[0] if against else None, published)


def publish(candidate: Candidate, library: Library, state: Path, why: str = "") -> str:
    """Publish a candidate, and delete the uploads in `state` that it was built with: the corpus has them now.

    The gates' verdict, the reason `why` and the figures are stored with the publication. Returns the name of the
    published generation.

    Raises:
        SourceError, StoreError: as `Library.release`, or a gate failed and there is no reason; nothing is deleted.
    """
    failed = tuple(verdict.gate for verdict in candidate.verdicts if not verdict.passed)
    gates: Gates = "failed" if failed else "passed" if candidate.verdicts else "none"
    decision = Decision(gates=gates, why=why.strip(), failed=failed, figures=dict(candidate.figures))
    name = library.release(candidate.report.generation, candidate.files, decision)
    _drop_uploads(candidate, state)
    pending.forget(state)
    return name


def discard(candidate: Candidate, library: Library, state: Path) -> None:
    """Delete a candidate, and the uploads in `state` that it was built with."""
    library.discard(candidate.report.generation)
    _drop_uploads(candidate, state)
    pending.forget(state)


def give_up(building: Building, library: Library, state: Path) -> None:
    """Delete what an interrupted build has left behind; the uploads stay."""
    with store.writing(library.folder):
        store.clear_parts(library.folder)
    if building.report:
        library.discard(building.report.generation)
    pending.forget(state)


def _drop_uploads(candidate: Candidate, state: Path) -> None:
    for path in candidate.files:
        uploads.drop(state, path.name)


def _named(progress: Progress, name: str) -> Progress:
    return lambda done, total, what: progress(done, total, f"asking the {name} index: {what}")
