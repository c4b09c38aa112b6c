"""Papers on their way in, until they are released into the corpus or dropped."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from qa.papers.files import SUFFIXES, sha256
from qa.types import SourceError, StoreError

FOLDER = "uploads"
MAX_NAME = 120
"""Characters of a file's name."""
_CHECKS, _REPLACES = "checks", ".replaces"

_UNFIT = re.compile(r"[^\w.() -]+")


def stage(folder: Path, name: str, data: bytes) -> Path:
    """Store an uploaded file, under the last part of its name; characters that a file system may refuse become "-".

    What was noted of a file of that name, or of these bytes, is forgotten.

    Raises:
        SourceError: the file is no .txt or .pdf, or its name is too long or empty.
        StoreError: the file cannot be written.
    """
    plain = _UNFIT.sub("-", re.split(r"[/\\]", name)[-1]).strip(" .-")
    path = folder / FOLDER / plain
    if path.suffix.lower() not in SUFFIXES or not path.stem or len(plain) > MAX_NAME:
        raise SourceError(
            f"{name[:MAX_NAME]} is not a paper that can be read: its name must end in .txt or .pdf and have at most "
            f"{MAX_NAME} characters"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget(folder, path)
        path.write_bytes(data)
        _forget(folder, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); set QA_STATE_DIR to another folder") from error
    return path


def staged(folder: Path) -> list[Path]:
    """The uploaded files, by name."""
    return sorted(path for path in (folder / FOLDER).glob("*") if path.is_file())


def drop(folder: Path, name: str | None = None) -> None:
    """Delete one of the uploaded files, or all of them, with what was noted of them."""
    for path in staged(folder):
        if name in (None, path.name):
            _forget(folder, path)
            path.unlink(missing_ok=True)


def check_file(folder: Path, path: Path) -> Path:
    """Where what was read of an upload is kept, by the SHA-256 of its bytes. Raises `SourceError` if it is gone."""
    return folder / FOLDER / _CHECKS / f"{checksum(path)}.json"


def checksum(path: Path) -> str:
    """The SHA-256 of an upload, in hex; the file is read once. Raises `SourceError` if it is gone."""
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
    return _checksum(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _checksum(path: Path, size: int, changed_at: int) -> str:
    return sha256(path)


def replace(folder: Path, name: str, target: str) -> None:
    """Let an upload take the place of the paper whose file has the name `target`.

    Raises:
        StoreError: another upload has that name.
    """
    path = folder / FOLDER / name
    to = path.with_name(target)
    if to != path and to.exists():
        raise StoreError(f"another upload is named {target}; drop it first")
    _marker(to).parent.mkdir(parents=True, exist_ok=True)
    _marker(to).touch()
    path.replace(to)


def replaces(path: Path) -> bool:
    """Whether an upload was let take the place of the paper of its name."""
    return _marker(path).exists()


def _marker(path: Path) -> Path:
    return path.parent / _CHECKS / f"{path.name}{_REPLACES}"


def _forget(folder: Path, path: Path) -> None:
    _marker(path).unlink(missing_ok=True)
    with suppress(SourceError):
        check_file(folder, path).unlink(missing_ok=True)
