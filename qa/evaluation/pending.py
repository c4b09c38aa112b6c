"""What is known of a candidate index: how far its build is, or how it was judged; the file `candidate.json`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from qa.evaluation.gates import Verdict
from qa.index.index import Failure
from qa.index.library import Report
from qa.papers.files import sha256
from qa.papers.whole import write_whole
from qa.records import json_text
from qa.types import Progress, SourceError, StoreError
from qa.userdata.database import now

FILE = "candidate.json"
_FORMAT = 1
_EVERY = 1.0
"""Seconds between two notes of a build's progress. Set by hand on 2026-11-28."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index that is built and not yet published.

    `verdicts` are those of the gates, `run` is the folder of the evaluation that they judge, and `before` that of the
    generation that was published then, `against`. If the question set does not fit these papers, there are none of
    these and `ungated` says why. `files` are the uploads that it was built with, and `sums` their SHA-256 by name.
    `figures` are stored with the publication.
    """

    report: Report
    files: tuple[Path, ...]
    verdicts: tuple[Verdict, ...] = ()
    run: Path | None = None
    ungated: str = ""
    before: Path | None = None
    against: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    built_at: str = ""

    @property
    def passed(self) -> bool:
        """Whether every gate was passed."""
        return all(verdict.passed for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Building:
    """A build that has begun: `done` of `total` at the time `at`, and `what` it did then.

    Once it is built, `report` says what changed, and its questions are still asked.
    """

    files: tuple[Path, ...]
    sums: Mapping[str, str]
    began_at: str
    at: str
    done: int = 0
    total: int = 0
    what: str = ""
    report: Report | None = None


def load(folder: Path) -> Candidate | Building | None:
    """What is stored in a folder; None if there is nothing, or if it is damaged or of another version."""
    try:
        row = json.loads((folder / FILE).read_text("utf-8"))
        if row["format"] != _FORMAT:
            return None
        files = tuple(folder / name for name in row["files"])
        report = _report(row["report"]) if row["report"] else None
        if row["state"] == "built":
            assert report
            return Candidate(
                report,
                files,
                tuple(Verdict(**one) for one in row["verdicts"]),
                folder / row["run"] if row["run"] else None,
                row["ungated"],
                folder / row["before"] if row["before"] else None,
                row["against"],
                row["figures"],
                row["sums"],
                row["built_at"],
            )
        progress = {name: row[name] for name in ("sums", "began_at", "at", "done", "total", "what")}
        return Building(files, report=report, **progress)
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        return None


def save(folder: Path, known: Candidate | Building) -> None:
    """Store what is known, in place of what is there. Raises `StoreError` if it cannot be written."""
    row = asdict(known) | {"format": _FORMAT, "state": "built" if isinstance(known, Candidate) else "building"}
    row["files"] = [_name(folder, path) for path in known.files]
    if isinstance(known, Candidate):
        row |= {name: _name(folder, path) for name in ("run", "before") if (path := getattr(known, name))}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / FILE, json_text(row, indent=1) + "\n")
    except OSError as error:
        raise StoreError(
            f"{folder / FILE} cannot be written ({error.strerror}); set QA_STATE_DIR to another folder"
        ) from error


def forget(folder: Path) -> None:
    """Delete what is stored."""
    (folder / FILE).unlink(missing_ok=True)


def _name(folder: Path, path: Path) -> str:
    """A path as it is stored: relative to the folder if it lies there, so that the folder can be moved."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path.absolute())


def _report(row: Mapping[str, Any]) -> Report:
    ids = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Report(**{**row, **ids, "failures": tuple(Failure(**one) for one in row["failures"])})


def sums_of(files: Sequence[Path]) -> dict[str, str]:
    """The SHA-256 of each file by its name; a file that cannot be read has none."""
    found = {}
    for path in files:
        with suppress(SourceError):
            found[path.name] = sha256(path)
    return found


class Notes:
    """Notes on a build while it goes on, so that a restart of the server does not lose it without a word."""

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        self._folder = folder
        self._last = time.monotonic()
        began = now()
        self._known = Building(tuple(files), sums_of(files), began, began)
        save(folder, self._known)

    def around(self, progress: Progress) -> Progress:
        """A progress that is noted too, at most once a second."""

        def noted(done: int, total: int, what: str) -> None:
            progress(done, total, what)
            if time.monotonic() - self._last > _EVERY:
                self._note(replace(self._known, at=now(), done=done, total=total, what=what))

        return noted

    def built(self, report: Report) -> None:
        """Note that the candidate is built."""
        self._note(replace(self._known, at=now(), report=report))

    @property
    def sums(self) -> Mapping[str, str]:
        """The SHA-256 of the files by their names."""
        return self._known.sums

    def _note(self, known: Building) -> None:
        self._last, self._known = time.monotonic(), known
        save(self._folder, known)
