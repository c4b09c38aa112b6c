"""Who asks at once waits for a turn, and is told at once if too many wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from qa.types import BusyError


class Queue:
    """Lets `running` callers work at once, and `waiting` more wait for them."""

    def __init__(self, running: int, waiting: int) -> None:
        self._running = BoundedSemaphore(running)
        self._places = BoundedSemaphore(running + waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it until the block is left.

        Raises:
            BusyError: too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError("too many questions are waiting for an answer here; ask again in a minute")
        try:
            with self._running:
                yield
        finally:
            self._places.release()
