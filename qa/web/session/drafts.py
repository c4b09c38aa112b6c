"""Keep what is typed into the question box until it has been answered, in the browser: a reload loses nothing.

The same component says when the server cannot be reached, and when it can again.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

BOX = "qa-question"
"""Key of the question box of the Ask page."""

_component = st.components.v2.component(
    "qa_drafts",
    html="<div id='lost' role='status'></div>",
    css=Path(__file__).with_name("drafts.css").read_text("utf-8"),
    js=Path(__file__).with_name("drafts.js").read_text("utf-8"),
)


def keep(*, waiting: str, settled: str, refused: bool) -> None:
    """Keep the draft of the question box, restore it after a reload, and send it once more if it was sent.

    `waiting` is the question that is being answered, and `settled` the last one that was answered or stopped, and need
    not be asked again; "" if there is none. `refused`: the last one cannot be asked as it is.
    """
    _component(key="qa-drafts", data={"waiting": waiting, "settled": settled, "refused": refused})


def refill(text: str, box: str = BOX) -> None:
    """Put a text back into the box of that key, on the next run of its page."""
    st.session_state[f"{box}-refill"] = text


def fill(box: str = BOX) -> None:
    """Carry out `refill`; to be called before the box is drawn."""
    if text := st.session_state.pop(f"{box}-refill", ""):
        st.session_state[box] = text
