"""The button that pins a quote to the user's notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from qa.types import Answer, Citation, QAError, Result
from qa.userdata import answer_record, database, notebook
from qa.userdata.notebook import About
from qa.web.draw.text import label
from qa.web.session import user


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
    words = "Pinned" if pinned else "Pin"
    st.button(words, key=f"qa-pin-{key}", type="tertiary", on_click=_pin, args=(row, about))


def of_result(result: Result, answer: str) -> About:
    """What a notebook says of a quote of that result; `answer` is the id under which the result is stored, or ""."""
    if isinstance(result, Answer):
        return About("answer", answer, result.interpreted_as, "answer", result.confidence)
    return About("answer", answer, result.interpreted_as, "possible")


def _pin(row: Mapping[str, Any], about: About) -> None:
    try:
        _, is_new = notebook.pin(database.state_folder(), user.user(), row, about)
    except QAError as error:
        st.toast(label(f"Not pinned: {error}."))
    else:
        st.toast("Pinned to your notebook." if is_new else "It is in your notebook already.")
