"""Background jobs: one at a time per name, with progress, independent of reruns."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from qa.types import Progress, QAError

_LOG = logging.getLogger(__name__)


@dataclass
class Job:
    """A piece of work. While it is not `ended`, another thread writes to it; then it has a `result` or an `error`."""

    name: str
    done: int = 0
    total: int = 0
    what: str = ""
    result: Any = None
    error: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it is still being worked on."""
        return not self.ended.is_set()


class Jobs:
    """The work of one server, the last of each name; `folder` is where servers tell each other what they work on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Job | None:
        """The job of that name, at work or done; None if there was none, or it was forgotten."""
        return self._jobs.get(name)

    def start(self, name: str, work: Callable[[Progress], Any]) -> Job:
        """Begin some work in a thread of its own; if work of that name is being done, that is returned.

        Raises:
            QAError: another server is at work on it.
        """
        with self._lock:
            before = self._jobs.get(name)
            if before is not None and before.running:
                return before
            self._folder.mkdir(parents=True, exist_ok=True)
            # Taken here and given back by the thread that works, so the lock may not belong to one thread.
            lock = FileLock(self._folder / f"{name}.lock", thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise QAError(f"another server is at work on this ({name}); wait until it has done") from None
            job = self._jobs[name] = Job(name)
            threading.Thread(target=_work, args=(job, work, lock), name=name, daemon=True).start()
            return job

    def forget(self, name: str) -> None:
        """Take note of what became of a job that has ended."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and not job.running:
                del self._jobs[name]


def _work(job: Job, work: Callable[[Progress], Any], lock: FileLock) -> None:
    def progress(done: int, total: int, what: str) -> None:
        job.done, job.total, job.what = done, total, what

    try:
        job.result = work(progress)
    except QAError as error:
        job.error = str(error)
    except Exception:
        _LOG.exception("the job %s failed", job.name)
        job.error = "something unexpected went wrong; the terminal has the details, `qa doctor` looks for the cause"
    finally:
        lock.release()
        job.ended.set()
