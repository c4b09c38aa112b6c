"""A candidate index: built aside, and held against the gates before it is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from qa.evaluation.command import Run
from qa.evaluation.gates import Verdict
from qa.evaluation.runs import RESULTS, latest, store_run
from qa.index import store
from qa.index.library import Library, Report
from qa.types import Progress, QuestionSetError
from qa.userdata import uploads


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to build and how to judge it.

    The index of `corpus` with the `added` papers is built beside the published one in `index`, and asked `questions`
    under `gates`. Runs are stored in the folder `runs`.
    """

    corpus: Path
    index: Path
    added: tuple[Path, ...]
    runs: Path
    questions: Path
    gates: Path


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index that is built and not yet published.

    `verdicts` are those of the gates, and `run` is the folder of the evaluation that they judge. If the question set
    does not fit these papers, both are empty and `ungated` says why.
    """

    report: Report
    files: tuple[Path, ...]
    verdicts: tuple[Verdict, ...] = ()
    run: Path | None = None
    ungated: str = ""

    @property
    def passed(self) -> bool:
        """Whether every gate was passed."""
        return all(verdict.passed for verdict in self.verdicts)


def prepare(wanted: Wanted, progress: Progress) -> Candidate:
    """Build the candidate, and evaluate it against the published generation.

    The published generation is evaluated first if no run of it is stored.

    Raises:
        SourceError, StoreError: as `Library.prepare`.
    """
    published = store.current_generation(wanted.index)
    report = Library(wanted.corpus, wanted.index).prepare(wanted.added, progress=progress)
    run = Run(wanted.questions, wanted.index, gates=wanted.gates, ablation=False)
    try:
        baseline = None
        if published is not None and published != report.generation:
            baseline = latest(wanted.runs, published, wanted.questions)
            baseline = baseline or store_run(wanted.runs, run, _named(progress, "published"))[0]
        run = replace(run, generation=report.generation, baseline=baseline / RESULTS if baseline else None)
        folder, done = store_run(wanted.runs, run, _named(progress, "new"))
    except QuestionSetError as error:
        return Candidate(report, wanted.added, ungated=str(error))
    return Candidate(report, wanted.added, done.verdicts, folder)


def publish(candidate: Candidate, library: Library, state: Path) -> None:
    """Publish a candidate, and delete the uploads in `state` that it was built with: the corpus has them now.

    Raises:
        SourceError, StoreError: as `Library.release`; nothing is deleted.
    """
    library.release(candidate.report.generation, candidate.files)
    _drop_uploads(candidate, state)


def discard(candidate: Candidate, library: Library, state: Path) -> None:
    """Delete a candidate, and the uploads in `state` that it was built with."""
    library.discard(candidate.report.generation)
    _drop_uploads(candidate, state)


def _drop_uploads(candidate: Candidate, state: Path) -> None:
    for path in candidate.files:
        uploads.drop(state, path.name)


def _named(progress: Progress, name: str) -> Progress:
    return lambda done, total, what: progress(done, total, f"asking the {name} index: {what}")
