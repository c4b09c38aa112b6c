"""A value is made once, however many ask for it at once, and an error is not kept."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.answers.memory import Memory


def test_eight_at_once_make_one_value() -> None:
    made = []

    def make() -> int:
        time.sleep(0.05)
        made.append(threading.get_ident())
        return 5

    memory = Memory[str, int](4)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: memory.get("a", make), range(8))) == [5] * 8
    assert len(made) == 1


def test_the_oldest_is_forgotten() -> None:
    memory, made = Memory[str, str](2), []

    def of(key: str) -> str:
        return memory.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    assert [of(key) for key in "abacab"] == list("abacab")
    assert made == list("abcb"), "a was asked for between b and c"


def test_an_error_is_raised_and_made_again() -> None:
    memory = Memory[str, int](2)
    with pytest.raises(ValueError, match="no"):
        memory.get("a", lambda: int("no"))
    assert memory.get("a", lambda: 1) == 1
