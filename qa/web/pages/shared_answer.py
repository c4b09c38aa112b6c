"""What a permanent link opens: one answer, as whoever asked for it sees it, with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from qa.userdata import answer_record, conversations, database
from qa.userdata.conversations import StoredAnswer
from qa.web.draw import cards
from qa.web.draw.times import moment
from qa.web.pages import kept_card
from qa.web.pages.exchange import draw_card, restored
from qa.web.session import shared
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_PANEL = "shared"
_KEY = "shared"


def show(assistant: Assistant, answer_id: str) -> None:
    """Draw the answer of that id, whoever asked for it.

    If its papers have changed, its record is drawn, with the fate of each quote.
    """
    if st.session_state.get("shared_answer") != answer_id:
        st.session_state.shared_answer = answer_id
        panel.close(_PANEL)
    found = conversations.answer(database.state_folder(), answer_id)
    with st.container(key="qa-stage"):
        with st.container(key="qa-shared"):
            if found is None:
                cards.problem("There is no such answer, or its owner has deleted it")
            else:
                cards.question(found.record["turns"][-1])
                _card(assistant, found)
            st.button("Ask a question of your own", on_click=shared.leave)
        panel.panel(_PANEL, assistant.index)


def _card(assistant: Assistant, answer: StoredAnswer) -> None:
    if answer_record.restored(answer.record, assistant.by_id) is None:
        kept_card.show(assistant, answer, _PANEL, _KEY)
        return
    draw_card(restored(assistant, answer), _PANEL, _KEY, None, answer.id)
    cards.small(f"Asked at {moment(answer.asked_at)}. Its papers have not changed since.")
