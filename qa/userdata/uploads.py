"""Papers on their way in, until they are released into the corpus or dropped."""

from __future__ import annotations

import re
from pathlib import Path

from qa.papers.files import SUFFIXES
from qa.types import SourceError, StoreError

FOLDER = "uploads"
MAX_NAME = 120
"""Characters of a file's name."""

_UNFIT = re.compile(r"[^\w.() -]+")


def stage(folder: Path, name: str, data: bytes) -> Path:
    """Store an uploaded file, under the last part of its name; characters that a file system may refuse become "-".

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
        path.write_bytes(data)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); set QA_STATE_DIR to another folder") from error
    return path


def staged(folder: Path) -> list[Path]:
    """The uploaded files, by name."""
    return sorted(path for path in (folder / FOLDER).glob("*") if path.is_file())


def drop(folder: Path, name: str | None = None) -> None:
    """Delete one of the uploaded files, or all of them."""
    for path in staged(folder):
        if name in (None, path.name):
            path.unlink(missing_ok=True)
