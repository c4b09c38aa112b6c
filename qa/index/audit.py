"""Who did what to the papers and their index, and when: lines that are only ever added.

Each line has the SHA-256 of the line before it, as in a hash chain (Haber and Stornetta, "How to time-stamp a digital
document", 1991). So a line that was changed or taken out is noticed, unless all lines behind it were written anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.types import StoreError

FILE, _LOCK = "audit.jsonl", ".audit.lock"
_BLOCK = 65_536
"""Bytes that are read at once from the end of the file. A line has a few hundred. Set by hand on 2026-11-28."""


def record(folder: Path, who: str, what: str, generation: str | None = None, **about: Any) -> None:
    """Add a line to the log of an index folder: who has done what, to which generation; `about` has the details.

    Raises:
        StoreError: it cannot be written.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK):
            last, is_torn = _end(path)
            entry = {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "who": who,
                "what": what,
                "generation": generation,
                **{name: value for name, value in about.items() if value},
                "before": _sum(last),
            }
            with path.open("ab") as file:
                file.write(b"\n" * is_torn + json.dumps(entry, ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}): this is done ({what}), and the log does not say so; make "
            f"room on the disk, or see that you may write there (`ls -ld {path}`)"
        ) from error


def entries(folder: Path) -> list[dict[str, Any]]:
    """The lines of the log, oldest first; a line that is not whole is left out."""
    found = []
    for line in _lines(folder / FILE):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def broken(folder: Path) -> int | None:
    """The number of the first line, from 1, that does not follow from the one before; None if all do.

    Of a line that a killed program has not written to its end, only the line behind it can tell.
    """
    before = b""
    for number, line in enumerate(_lines(folder / FILE), start=1):
        try:
            if json.loads(line)["before"] != _sum(before):
                return number
        except (TypeError, KeyError):
            return number
        except ValueError:  # not written to its end
            pass
        before = line
    return None


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _end(path: Path) -> tuple[bytes, bool]:
    """The last line, b"" if there is none, and whether it was not written to its end."""
    if not path.exists():
        return b"", False
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _BLOCK))
        lines = file.read().splitlines(keepends=True)
    return (lines[-1].rstrip(b"\r\n"), not lines[-1].endswith(b"\n")) if lines else (b"", False)


def _sum(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""
