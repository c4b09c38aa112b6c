"""The permanent link to one answer, and the page that it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from qa.userdata import conversations, database
from qa.web.draw import cards, record_card

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_PARAMETER = "answer"
"""The query parameter that names the answer."""


def link_to(answer_id: str) -> str:
    """The permanent link to an answer, on this server."""
    return f"{(st.context.url or '').split('?')[0]}?{_PARAMETER}={answer_id}"


def requested() -> str | None:
    """The id of the answer that the address names; None if it names none."""
    return st.query_params.get(_PARAMETER)


def show(assistant: Assistant, answer_id: str) -> None:
    """Draw the answer of that id, whoever asked for it."""
    found = conversations.answer(database.state_folder(), answer_id)
    with st.container(key="qa-shared"):
        if found is None:
            cards.problem("There is no such answer, or its owner has deleted it")
        else:
            cards.question(found.record["turns"][-1])
            record_card.show(found, assistant.by_id, key="shared")
        st.button("Ask a question of your own", on_click=_leave)


def _leave() -> None:
    st.query_params.pop(_PARAMETER, None)
