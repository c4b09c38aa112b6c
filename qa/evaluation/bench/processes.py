"""A command as a whole process: seconds, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.config import PROJECT


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds, seconds of processor time, megabytes at its peak."""

    seconds: float
    processor: float
    megabytes: float


def run(arguments: Sequence[str], settings: Mapping[str, str]) -> Cost:
    """Run `qa` with these arguments and environment variables.

    Raises:
        RuntimeError: it did not end with 0 or 1.
    """
    command = [sys.executable, "-c", "from qa.cli import main; main()", *arguments]
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"qa {' '.join(arguments)} ended with {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
