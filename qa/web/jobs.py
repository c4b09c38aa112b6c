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


class Cancelled(BaseException):
    """The user has cancelled the job; its `Progress` raises this.

    As with `KeyboardInterrupt`, no `except Exception` that keeps one bad paper from stopping the others catches it.
    """


@dataclass
class Job:
    """A job, with the progress that it last reported: `done` of `total`, and `what` it is doing.

    The thread of the job writes to it until it is `ended`. Then it has a `result`, or an `error` for the user, or it
    was `cancelled` before it had either.
    """

    name: str
    done: int = 0
    total: int = 0
    what: str = ""
    result: Any = None
    error: str = ""
    cancelled: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether the job has not ended yet."""
        return not self.ended.is_set()

    def cancel(self) -> None:
        """Tell the job to stop: it does when it next reports its progress. A job that has ended stays as it is."""
        self.stopping.set()


class Jobs:
    """The last job of each name on this server. Lock files in `folder` keep other servers from running the same job."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Job | None:
        """The last job of that name, running or ended; None if there was none, or if it was forgotten."""
        return self._jobs.get(name)

    def start(self, name: str, work: Callable[[Progress], Any]) -> Job:
        """Run `work` in a thread of its own, and return its job. A running job of that name is returned instead.

        Raises:
            QAError: another server runs a job of that name.
        """
        with self._lock:
            before = self._jobs.get(name)
            if before is not None and before.running:
                return before
            self._folder.mkdir(parents=True, exist_ok=True)
            # Acquired by this thread and released by the job's thread, so the lock must not be bound to a thread.
            lock = FileLock(self._folder / f"{name}.lock", thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise QAError(f"another server is at work on this ({name}); wait until it has done") from None
            job = self._jobs[name] = Job(name)
            threading.Thread(target=_work, args=(job, work, lock), name=name, daemon=True).start()
            return job

    def is_elsewhere(self, name: str) -> bool:
        """Whether another server runs a job of that name."""
        job = self._jobs.get(name)
        if job is not None and job.running:
            return False
        try:
            with FileLock(self._folder / f"{name}.lock", timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # no job has ever made the folder, or nobody may write there
            return False

    def forget(self, name: str) -> None:
        """Remove a job that has ended; a running one stays."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and not job.running:
                del self._jobs[name]


def _work(job: Job, work: Callable[[Progress], Any], lock: FileLock) -> None:
    def progress(done: int, total: int, what: str) -> None:
        if job.stopping.is_set():
            raise Cancelled
        job.done, job.total, job.what = done, total, what

    try:
        job.result = work(progress)
    except Cancelled:
        job.cancelled = True
    except QAError as error:
        job.error = str(error)
    except Exception:
        _LOG.exception("the job %s failed", job.name)
        job.error = "something unexpected went wrong; the terminal has the details, `qa doctor` looks for the cause"
    finally:
        lock.release()
        job.ended.set()
