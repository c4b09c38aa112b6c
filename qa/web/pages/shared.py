"""One answer by its permanent link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from qa.userdata import conversations, database
from qa.web.draw import cards, record_card

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

PARAMETER = "answer"


def asked_for() -> str | None:
    """The id of the answer that the address names, if it names one."""
    return st.query_params.get(PARAMETER)


def show(assistant: Assistant, answer_id: str) -> None:
    """Draw the answer of that id."""
    found = conversations.answer(database.state_folder(), answer_id)
    with st.container(key="qa-shared"):
        if found is None:
            cards.problem("There is no such answer, or its owner has deleted it")
        else:
            cards.question(found.record["turns"][-1])
            record_card.show(found, assistant.by_id, key="shared")
        st.button("Ask a question of your own", on_click=_leave)


def _leave() -> None:
    st.query_params.pop(PARAMETER, None)
