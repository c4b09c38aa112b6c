"""Work beside the page: its result and its errors arrive, and a click meanwhile ends the run at once."""

from __future__ import annotations

import threading
import time

import pytest
import streamlit as st

from qa.types import BusyError
from qa.web.session import waiting


def test_the_result_arrives() -> None:
    assert waiting.awaited(lambda: time.sleep(0.2) or "done") == "done"


@pytest.mark.parametrize("error", [BusyError("wait"), TimeoutError("of its own")])
def test_an_error_of_the_work_arrives(error: Exception) -> None:
    def fail() -> None:
        time.sleep(0.1)
        raise error

    with pytest.raises(type(error), match=str(error)):
        waiting.awaited(fail)


def test_a_click_does_not_wait_for_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clicked(BaseException):
        pass

    class Slot:
        def empty(self) -> None:
            raise Clicked  # as Streamlit does when it draws in a run that is out of date

    monkeypatch.setattr(st, "empty", Slot)
    go_on = threading.Event()
    with pytest.raises(Clicked):
        waiting.awaited(lambda: go_on.wait(60))
    go_on.set()


def test_as_many_are_at_work_as_the_assistant_lets_wait_and_more() -> None:
    """So that it is the assistant's queue that fills up, which says that it is busy."""
    together = threading.Barrier(70)
    people = [
        threading.Thread(target=waiting.awaited, args=(lambda: together.wait(60),), daemon=True) for _ in range(69)
    ]
    for person in people:
        person.start()
    waiting.awaited(lambda: together.wait(60))  # raises if not all of them come
    for person in people:
        person.join(10)
