"""A candidate index: built aside, and held against the gates before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.evaluation.command import Run
from qa.evaluation.gates import Verdict
from qa.evaluation.runs import latest, store_run
from qa.index import store
from qa.index.library import Library, Report
from qa.types import Progress, QuestionSetError


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index that waits to be published.

    `verdicts` are those of the gates, and `run` the folder of the evaluation that they judge. Where the question set
    does not fit these papers there is none, and `ungated` says why.
    """

    report: Report
    files: tuple[Path, ...]
    verdicts: tuple[Verdict, ...] = ()
    run: Path | None = None
    ungated: str = ""

    @property
    def passed(self) -> bool:
        """Whether no gate stands in the way."""
        return all(verdict.passed for verdict in self.verdicts)


def prepare(
    corpus: Path, index: Path, folder: Path, added: Sequence[Path], questions: Path, gates: Path, progress: Progress
) -> Candidate:
    """Build the index with some more papers aside, and evaluate it against the one that is published.

    `folder` is where runs are kept; the published generation is evaluated too, if no run of it is kept.

    Raises:
        SourceError, StoreError: as `Library.prepare`.
    """
    before = store.current_generation(index)
    report = Library(corpus, index).prepare(added, progress=progress)
    files = tuple(added)
    wanted = Run(questions, index, gates=gates, ablation=False)
    try:
        baseline = None
        if before is not None and before != report.generation:
            baseline = latest(folder, before, questions) or store_run(folder, wanted, _named(progress, "published"))[0]
        run, done = store_run(
            folder,
            Run(
                questions, index, gates=gates, ablation=False, generation=report.generation,
                baseline=baseline / "results.json" if baseline else None,
            ),
            _named(progress, "new"),
        )  # fmt: skip
    except QuestionSetError as error:
        return Candidate(report, files, ungated=str(error))
    return Candidate(report, files, done.verdicts, run)


def _named(progress: Progress, name: str) -> Progress:
    return lambda done, total, what: progress(done, total, f"asking the {name} index: {what}")
