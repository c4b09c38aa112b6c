"""The stored runs of a question set, a folder each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from qa.answers.caches import Caches
from qa.evaluation.command import Done, Opened, Run, evaluate, open_run
from qa.evaluation.results import Results, load_results
from qa.types import Progress, QuestionSetError

FOLDER = "runs"
RESULTS = "results.json"
CACHES = "caches"
"""Folder beside that of the runs: what the models have read in them."""


def runs(folder: Path) -> list[Path]:
    """The folders of the runs, latest first; folders without results are left out."""
    return sorted((path.parent for path in (folder / FOLDER).glob(f"*/{RESULTS}")), reverse=True)


def results_of(run: Path) -> Results:
    """What a run measured. Raises `QuestionSetError` as `load_results` does."""
    return load_results(run / RESULTS)


def latest(folder: Path, key: str) -> Path | None:
    """The latest run whose outcomes have this key (see `qa.evaluation.keys`), or None if no readable run has it."""
    for run in runs(folder):
        try:
            if key.encode() in (run / RESULTS).read_bytes() and results_of(run)["key"] == key:
                return run
        except (OSError, KeyError, QuestionSetError):
            continue
    return None


def store_run(
    folder: Path, wanted: Run, progress: Progress, caches: Caches | None = None, opened: Opened | None = None
) -> tuple[Path, Done]:
    """Evaluate and store the run; return its folder and the result of `evaluate`. Raises as `evaluate` does."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    path = folder / FOLDER / stamp
    return path, evaluate(replace(wanted, report=path), progress, caches, opened)


def stored_run(folder: Path, wanted: Run, progress: Progress, caches: Caches) -> Path:
    """The folder of a stored run with the outcomes of this one; if there is none, it is evaluated and stored.

    Raises as `evaluate` does.
    """
    opened = open_run(wanted, progress)
    return latest(folder, opened.key) or store_run(folder, wanted, progress, caches, opened)[0]
