"""The stored runs of a question set, a folder each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from qa.evaluation.command import Done, Run, evaluate
from qa.evaluation.results import Results, load_results
from qa.types import Progress, QuestionSetError

FOLDER = "runs"
RESULTS = "results.json"


def runs(folder: Path) -> list[Path]:
    """The folders of the runs, latest first; folders without results are left out."""
    return sorted((path.parent for path in (folder / FOLDER).glob(f"*/{RESULTS}")), reverse=True)


def results_of(run: Path) -> Results:
    """What a run measured. Raises `QuestionSetError` as `load_results` does."""
    return load_results(run / RESULTS)


def latest(folder: Path, generation: str, questions: Path) -> Path | None:
    """The latest run of a question set on a generation, or None if no readable run matches."""
    for run in runs(folder):
        try:
            found = results_of(run)
        except QuestionSetError:
            continue
        if (found["generation"], found["set"]) == (generation, questions.name):
            return run
    return None


def store_run(folder: Path, wanted: Run, progress: Progress) -> tuple[Path, Done]:
    """Evaluate and store the run; return its folder and the result of `evaluate`. Raises as `evaluate` does."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    path = folder / FOLDER / stamp
    return path, evaluate(replace(wanted, report=path), progress)
