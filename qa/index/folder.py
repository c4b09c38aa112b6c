"""An index folder is written by one program at a time, file by file whole, and deleted at one stroke."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qa.types import StoreError

CURRENT, BUILDING = "CURRENT", ".building-"
"""The file with the name of the published generation, and how the names begin of what is not whole yet, or no more."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def writing(folder: Path, told: Callable[[str], object] = lambda message: None) -> Iterator[None]:
    """Lock the index folder for writing. What a killed program left behind is deleted.

    Another writer waits until this one has done or is dead, and `told` hears that it waits.

    Raises:
        StoreError: the disk is full or the folder may not be written to, whenever that turns out; the message says
            whether the published index has changed, and what helps.
    """
    before = named(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(lock_of(folder), told):
            before = named(folder)
            for leftover in folder.glob(f"{BUILDING}*"):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            yield
    except OSError as error:
        raise StoreError(_told_of(error, folder, before)) from error


def lock_of(folder: Path) -> Path:
    """The file that whoever writes to the folder of an index locks; it may not be there."""
    return folder / ".lock"


@contextmanager
def _locked(path: Path, told: Callable[[str], object]) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        told(f"Another program is writing to {path.parent}; waiting until it has done")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _told_of(error: OSError, folder: Path, before: str) -> str:
    now = named(folder)
    state = "the published index has not changed" if now == before else f"generation {now} is published all the same"
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else folder
    where = folder if path.is_relative_to(folder) else path
    what = "written" if error.errno in (*_NO_SPACE, *_NO_RIGHT) else "read or written"
    if error.errno in _NO_SPACE:
        help_ = "make room (`qa index prune --keep 1` deletes older generations), and do it again"
    else:
        help_ = f"see that you may write there (`ls -ld {where}`), and do it again"
    return f"{where} cannot be {what} ({error.strerror or error}); {state}; {help_}"


def named(folder: Path) -> str:
    """What the pointer names, whether it is there or not; "" if nothing."""
    try:
        return (folder / CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def replace(*files: tuple[Path, str]) -> None:
    """Give files of one folder another text, each whole or not at all; if there is no room for one, none is changed."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in files:
            handle, name = tempfile.mkstemp(prefix=BUILDING, dir=path.parent)
            written.append((Path(name), path))
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
        for aside, path in written:
            aside.replace(path)
    finally:
        for aside, _ in written:
            aside.unlink(missing_ok=True)


def delete(path: Path) -> None:
    """Delete a folder of an index folder; a program that is killed meanwhile leaves no half of it."""
    gone = Path(tempfile.mkdtemp(prefix=BUILDING, dir=path.parent))
    path.replace(gone / path.name)
    shutil.rmtree(gone)
