"""The button that pins a quote to the user's notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from qa.types import Answer, Citation, QAError, Result
from qa.userdata import answer_record, database, notebook
from qa.userdata.notebook import About
from qa.web.draw.text import escaped
from qa.web.session import user

_DONE = "Pinned to your notebook."
"""What screen readers say; others see it on the button."""


@st.fragment  # so that a click draws this button anew and not its page, and stops no question that is being answered
def button(quote: Citation | Mapping[str, Any], about: About, key: str) -> None:
    """Draw "Pin", or "Pinned" if the quote is in the notebook. A row is one that `answer_record.quote_row` made.

    `key` names the button on its page. A second click on it says that the quote is pinned.
    """
    row = answer_record.quote_row(quote) if isinstance(quote, Citation) else quote
    try:
        pinned = notebook.has(database.state_folder(), user.user(), row)
    except QAError:
        pinned = False  # a click says what is wrong
    with st.container(
        key=f"qa-pin-box-{key}", horizontal=True, vertical_alignment="center", gap="small", width="content"
    ):
        words, said = "Pinned" if pinned else "Pin", f"qa-pin-said-{key}"
        st.button(words, key=f"qa-pin-{key}", on_click=_pin, args=(row, about, said))
        if message := st.session_state.pop(said, ""):
            seen = "qa-unseen" if message == _DONE else "qa-small"
            st.html(f"<p class='{seen}' role='status'>{escaped(message)}</p>")


def of_result(result: Result, answer: str) -> About:
    """What a notebook says of a quote of that result; `answer` is the id under which the result is stored, or ""."""
    if isinstance(result, Answer):
        return About("answer", answer, result.interpreted_as, "answer", result.confidence)
    return About("answer", answer, result.interpreted_as, "possible")


def _pin(row: Mapping[str, Any], about: About, said: str) -> None:
    try:
        _, is_new = notebook.pin(database.state_folder(), user.user(), row, about)
    except QAError as error:
        st.session_state[said] = f"Not pinned: {error}."
    else:
        st.session_state[said] = _DONE if is_new else "Already in your notebook."
