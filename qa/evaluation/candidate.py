"""A candidate index: built aside, and held against the gates before it is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from qa.answers.caches import Caches
from qa.evaluation.command import Run, gates_of
from qa.evaluation.gates import Verdict, judge
from qa.evaluation.runs import CACHES, RESULTS, results_of, store_run, stored_run
from qa.index import store
from qa.index.library import Library, Report
from qa.types import Progress, QuestionSetError
from qa.userdata import uploads


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to build and how to judge it.

    The index of `corpus` with the `added` papers is built beside the published one in `index`, and asked `questions`
    under `gates`. Runs are stored in the folder `runs`, and so is what the models have read.
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

    The published generation is evaluated first if no run with its outcomes is stored. If this is broken off by any
    error, what was built is deleted.

    Raises:
        SourceError, StoreError: as `Library.prepare`.
    """
    published = store.current_generation(wanted.index)
    library = Library(wanted.corpus, wanted.index)
    report = library.prepare(wanted.added, progress=progress)
    try:
        verdicts, folder = _evaluated(wanted, published, report.generation, progress)
    except QuestionSetError as error:
        return Candidate(report, wanted.added, ungated=str(error))
    except BaseException:
        library.discard(report.generation)
        raise
    return Candidate(report, wanted.added, verdicts, folder)


def _evaluated(
    wanted: Wanted, published: str | None, generation: str, progress: Progress
) -> tuple[tuple[Verdict, ...], Path]:
    """The verdicts on a generation, and the folder of the run that they judge."""
    caches = Caches(wanted.runs / CACHES)
    run = Run(wanted.questions, wanted.index, gates=wanted.gates, ablation=False, generation=published)
    if published == generation:
        folder = stored_run(wanted.runs, run, _named(progress, "published"), caches)
        return tuple(judge(gates_of(run), results_of(folder))), folder
    before = stored_run(wanted.runs, run, _named(progress, "published"), caches) if published else None
    run = replace(run, generation=generation, baseline=before / RESULTS if before else None)
    folder, done = store_run(wanted.runs, run, _named(progress, "new"), caches)
    return done.verdicts, folder


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
