"""Run a function in a child process with limits of time and memory.

A PDF can ask for any amount of time and memory. What runs here costs only itself: a paper that hangs, grows or
crashes becomes a `SourceError`, and everything else goes on.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from qa.types import SourceError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child process may use: seconds of time, megabytes of address space."""

    seconds: float
    megabytes: int


class LimitError(SourceError):
    """A limit was reached, or the process died; `why` is "time", "memory" or "death"."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


def call(function: str, order: object, path: Path, limits: Limits) -> Any:
    """Call `function`, named "module:name", with one JSON value in a child process, and return its JSON value.

    `path` is the file that the work is about; it is named in every message.

    Raises:
        LimitError: the time or the memory was not enough, or the process died.
        SourceError: the function raised one.
        RuntimeError: the function raised anything else, a fault of this program; the message is the error's.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "qa.papers.sandbox", function, str(limits.megabytes)],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LimitError("time", f"{path} was not done within {limits.seconds:g} seconds") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise LimitError("death", f"{path} ended the program that reads it (exit code {done.returncode})") from None
    if "source_error" in answer:
        raise SourceError(answer["source_error"])
    if "memory" in answer:
        raise LimitError("memory", f"{path} needs more than {limits.megabytes} MB")
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    return answer["done"]


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


def main() -> None:
    """The child process: call what the command line names with the JSON of standard input, and print the outcome."""
    function, megabytes = sys.argv[1:]
    order = json.load(sys.stdin)
    limit_memory(int(megabytes))
    json.dump(_answer(function, order), sys.stdout)


if __name__ == "__main__":
    main()
