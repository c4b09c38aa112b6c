"""Store the conversation of this session, and restore it after a reload.

The address names the conversation; only its own user can open it. `session.stored` has one `StoredAnswer` for each
exchange on the page. Its id is "" if the answer could not be written to the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import QAError, Scope, Turn
from qa.userdata import answer_record, conversations, database
from qa.userdata.conversations import StoredAnswer
from qa.web.draw import cards
from qa.web.session import user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

PARAMETER = "conversation"
"""The query parameter that names the conversation."""


def restore() -> list[StoredAnswer] | None:
    """The answers that the page has to show instead of its own; None if it shows the right ones.

    These are the answers of the conversation that the address names, or [] if the user has deleted the conversation
    on the page.
    """
    session = st.session_state
    for name, empty in (("conversation", None), ("stored", ()), ("not_stored", ""), ("deleted", False)):
        session.setdefault(name, empty)
    if session.deleted:
        reset()
        session.deleted = False
        return []
    wanted = st.query_params.get(PARAMETER)
    if wanted is None or wanted == session.conversation:
        if session.conversation is not None:
            st.query_params[PARAMETER] = session.conversation  # a link from another page drops it
        return None
    try:
        answers = conversations.opened(database.state_folder(), user.user(), wanted)
    except QAError as error:
        session.not_stored = str(error)
        answers = []
    session.update(conversation=wanted if answers else None, stored=tuple(answers))
    if not answers:
        del st.query_params[PARAMETER]
        return None
    return answers


def store(assistant: Assistant, turns: Sequence[Turn], chosen: Scope) -> None:
    """Store the last of these turns. If that fails, the conversation goes on, and `notice` tells the user why."""
    session = st.session_state
    record = answer_record.record_of(turns, assistant.by_id, chosen)
    try:
        name, answer = conversations.append(database.state_folder(), user.user(), session.conversation, record)
    except QAError as error:
        session.not_stored, answer = str(error), ""
    else:
        session.conversation = st.query_params[PARAMETER] = name
        session.not_stored = ""
    session.stored = (*session.stored, StoredAnswer(answer, database.now(), record))


def reset() -> None:
    """Begin a new conversation. The last one stays in the database."""
    st.session_state.update(conversation=None, stored=())
    st.query_params.pop(PARAMETER, None)


def mark_deleted(conversation: str) -> None:
    """Tell the Ask page that a conversation was deleted; if it shows that one, it begins a new one."""
    st.session_state.deleted = st.session_state.get("conversation") == conversation


def notice() -> None:
    """Tell the user if the conversation is not being stored, and why."""
    if st.session_state.not_stored:
        cards.notice(f"This conversation is not being kept: {st.session_state.not_stored}")


def stored(number: int) -> StoredAnswer | None:
    """The stored answer of an exchange; None if it could not be written to the database."""
    answers: Sequence[StoredAnswer] = st.session_state.stored
    return answers[number] if number < len(answers) and answers[number].id else None


def outdated(assistant: Assistant, number: int) -> StoredAnswer | None:
    """The stored answer of an exchange if its papers have changed since; None if the page can show its result.

    An outdated answer is shown from its record.
    """
    answers: Sequence[StoredAnswer] = st.session_state.stored
    if number >= len(answers) or answers[number].record["generation"] == assistant.generation:
        return None
    return None if answer_record.restored(answers[number].record, assistant.by_id) else answers[number]
