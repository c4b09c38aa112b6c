"""Faults, each in a process of its own: killed at the k-th thing that it does to files, no room, no right to write.

A step is what Python does to the files: open one for writing, rename, delete, make a folder, link, change its rights.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from qa.index import network

PATIENCE = 60
"""Seconds after which a process is ended that hangs."""
NOBODY = 65_534

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate")


class Ended(NamedTuple):
    """How a process ended: by which signal (0: none), after how many steps, and what it said or raised."""

    signal: int
    steps: int
    said: str


class _Steps:
    """Counts the steps under some folders. At number `at` the process is killed.

    If it is `torn`, the file that it opened last is half written then.
    """

    def __init__(self, folders: tuple[Path, ...], at: int | None, torn: bool) -> None:
        self.folders = tuple(str(folder) for folder in folders)
        self.at, self.torn = at, torn
        self.count = 0
        self.last: str | None = None
        self.busy = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if self.busy or not self.is_step(event, args):
            return
        self.busy = True
        if self.count == self.at:
            if self.torn and self.last and os.path.isfile(self.last):  # noqa: PTH113
                os.truncate(self.last, os.path.getsize(self.last) // 2)  # noqa: PTH202
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1
        if event == "open":  # what is only appended to loses nothing that it had
            appended = "a" in (args[1] or "") or args[2] & os.O_APPEND
            self.last = None if appended else os.fsdecode(args[0])
        self.busy = False

    def is_step(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "open":
            path, mode, flags = args
            writes = any(letter in (mode or "") for letter in "wax+") or flags & _WRITING
            return bool(writes) and self.is_ours(path)
        return event in _STEPS and (args[-1] not in (-1, None) or self.is_ours(args[0]))  # beside a folder, or by path

    def is_ours(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self.folders)


def run(
    act: Callable[[], object],
    *folders: Path,
    at: int | None = None,
    torn: bool = False,
    first: Callable[[], object] = lambda: None,
) -> Ended:
    """Do something in a child; it is killed before step `at`. `first` is done before the steps are counted."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _be_the_child(act, first, _Steps(folders, at, torn), write)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    steps, _, said = said.partition("\n")
    return Ended(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, int(steps or 0), said)


def _be_the_child(act: Callable[[], object], first: Callable[[], object], steps: _Steps, write: int) -> None:
    signal.alarm(PATIENCE)
    said = ""
    try:
        network._threads.cache_clear()  # the parent's threads are not here
        first()
        import sys

        sys.addaudithook(steps)
        said = str(act() or "")
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"
        if os.environ.get("QA_FAULTS"):
            traceback.print_exc()
    finally:
        steps.busy = True
        os.write(write, f"{steps.count}\n{said}".encode(errors="replace"))
        os._exit(0)
