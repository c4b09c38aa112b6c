"""Wait for work in another thread, so that a click meanwhile, on Stop above all, is heard at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from typing import TypeVar

import streamlit as st

T = TypeVar("T")

_MOST = 128
"""Questions at work at once: more than the assistant lets wait (64), so that it can tell the next that it is busy. Set
by hand on 2026-11-28."""

_LOOKS = 0.05
"""Seconds between two looks whether somebody has clicked. Set by hand on 2026-11-27."""


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST, thread_name_prefix="asking")


def awaited(work: Callable[[], T]) -> T:
    """The result of `work`, which must not draw. A click ends the run of the page here, and the work goes on unseen.

    Raises:
        Exception: as `work` does.
    """
    found = _pool().submit(work)
    look = st.empty()
    while True:
        try:
            return found.result(timeout=_LOOKS)
        except TimeoutError:
            if found.done():
                raise  # of the work itself
            look.empty()  # Streamlit ends a run that is out of date when it draws, and only then
