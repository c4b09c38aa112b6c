"""Run functions in child processes with limits of time and memory.

A PDF can ask for any amount of time and memory. What runs here costs only itself: a paper that hangs, grows or
crashes becomes a `SourceError`, and everything else goes on. A child that has done its work waits for more, since
starting one takes longer than most papers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from qa.types import SourceError

_GROWN = 0.5
"""A child whose address space has grown to this share of its limit is replaced, so that one paper leaves no garbage to
the next. Set by hand on 2026-11-27: the modules that read papers take 0.2 GB of it."""
_GRACE = 5.0
"""Seconds over its limit after which a child ends itself, if its parent has not ended it. Set by hand on 2026-11-27."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use: seconds of time, megabytes of address space."""

    seconds: float
    megabytes: int


class LimitError(SourceError):
    """A limit was reached, or the process died; `why` is "time", "memory" or "death"."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


class Sandbox:
    """Child processes that are started when they are needed, and wait for more work until the sandbox is closed.

    As many run at once as there are calls. They end when this process ends, however it ends.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._waiting: list[_Child] = []
        self._working: set[_Child] = set()
        self._closed = False
        self._lock = threading.Lock()

    def call(self, function: str, order: object, path: Path) -> Any:
        """Call `function`, named "module:name", with one JSON value in a child process, and return its JSON value.

        `path` is the file that the work is about; it is named in every message. Several threads may call at once. If a
        child dies or has too little memory after it has done other work, a new one tries once more: what a file takes
        does not depend on those before it.

        Raises:
            LimitError: the time or the memory was not enough, the process died, or the sandbox was closed meanwhile.
            SourceError: the function raised one.
            RuntimeError: the function raised anything else, a fault of this program; the message is the error's.
        """
        with self._lock:
            child = self._waiting.pop() if self._waiting else None
        if child is not None:
            try:
                return self._done(child, [function, order], path)
            except LimitError as error:
                if error.why == "time" or self._closed:
                    raise
        return self._done(_Child(self.limits), [function, order], path)

    def _done(self, child: _Child, order: object, path: Path) -> Any:
        with self._lock:
            self._working.add(child)
            if self._closed:
                child.kill()
        goes_on = False
        try:
            answer = child.answer(order, path)
            goes_on = "memory" not in answer and not answer["grown"]
        finally:
            with self._lock:
                self._working.remove(child)
                goes_on = goes_on and not self._closed
                if goes_on:
                    self._waiting.append(child)
            if not goes_on:
                child.end()
        if "source_error" in answer:
            raise SourceError(answer["source_error"])
        if "memory" in answer:
            raise LimitError("memory", f"{path} needs more than {self.limits.megabytes} MB")
        if "fault" in answer:
            raise RuntimeError(answer["fault"])
        return answer["done"]

    def close(self) -> None:
        """End the children, by force. Who waits for an answer gets a `LimitError`."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            for child in (*self._working, *waiting):
                child.kill()
        for child in waiting:
            child.end()


@contextmanager
def opened(limits: Limits) -> Iterator[Sandbox]:
    """A sandbox that is closed when the block is left."""
    sandbox = Sandbox(limits)
    try:
        yield sandbox
    finally:
        sandbox.close()


class _Child:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qa.papers.sandbox", str(limits.seconds + _GRACE), str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )

    def answer(self, order: object, path: Path) -> Any:
        """Its answer to an order. Raises `LimitError` if there is none in time; then it has ended."""
        process = self._process
        assert process.stdin and process.stdout
        late = threading.Event()

        def kill() -> None:
            late.set()
            self.kill()

        watch = threading.Timer(self._limits.seconds, kill)
        watch.start()
        try:
            with contextlib.suppress(OSError):  # it is dead, which the empty answer tells
                process.stdin.write(json.dumps(order) + "\n")
                process.stdin.flush()
            return json.loads(process.stdout.readline())
        except ValueError:
            self.end()
            if late.is_set():
                message = f"{path} was not done within {self._limits.seconds:g} seconds"
                raise LimitError("time", message) from None
            message = f"{path} ended the program that reads it (exit code {process.returncode})"
            raise LimitError("death", message) from None
        finally:
            watch.cancel()

    def kill(self) -> None:
        """End it by force, while another thread waits for its answer."""
        self._process.kill()

    def end(self) -> None:
        """End it, by force if it does not end by itself."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def limit_memory(megabytes: int) -> None:
    """Limit this process's address space; does nothing where the system has no such limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))


def _answer(function: str, order: object) -> dict[str, object]:
    module, _, name = function.partition(":")
    try:
        return {"done": getattr(import_module(module), name)(order)}
    except SourceError as error:
        return {"source_error": str(error)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:
        return {"fault": repr(error)}


def _has_grown(megabytes: int) -> bool:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:  # no Linux
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > _GROWN * megabytes * 2**20


def main() -> None:
    """The child process: answer each line of standard input, until there is none, with a line of JSON.

    It ends itself if it works for too long, since nobody is there to do it if its parent was killed. Ctrl+C is for the
    parent, which ends its children.
    """
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(megabytes)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what a library prints is no answer
        for line in sys.stdin:
            _end_after(seconds)
            _write(_answer(*json.loads(line)), megabytes, out)
            _end_after(0)


def _end_after(seconds: float) -> None:
    """Let the system end this process after so many seconds, unless it is told 0 before; nothing on Windows."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(answer: dict[str, object], megabytes: int, out: TextIO) -> None:
    try:
        text = json.dumps(answer | {"grown": _has_grown(megabytes)})
    except MemoryError:
        text = json.dumps({"memory": True})
    out.write(text + "\n")
    out.flush()


if __name__ == "__main__":
    main()
