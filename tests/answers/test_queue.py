"""So many work at once, so many wait, and the next is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.answers.queue import Queue
from qa.types import BusyError, QAError


def test_one_works_two_wait_and_the_fourth_is_told() -> None:
    queue, go, inside = Queue(1, 2), threading.Event(), threading.Semaphore(0)
    most, now = [], []

    def work() -> None:
        with queue.turn():
            now.append(1)
            most.append(len(now))
            inside.release()
            assert go.wait(10)
            now.pop()

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(work) for _ in range(3)]
        assert inside.acquire(timeout=10)
        while queue._places._value:  # until the other two wait
            pass
        with pytest.raises(BusyError, match="ask again"), queue.turn():
            pass
        go.set()
        for future in done:
            future.result()
    assert most == [1, 1, 1]
    with queue.turn():
        pass
    assert issubclass(BusyError, QAError)


def test_who_fails_gives_the_place_back() -> None:
    queue = Queue(1, 0)
    for _ in range(3):
        with pytest.raises(ValueError, match="no"), queue.turn():
            raise ValueError("no")
