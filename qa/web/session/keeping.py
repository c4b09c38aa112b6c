"""The conversation outlives its session: stored, and restored after a reload.

The address names the conversation, which is shown to nobody but the user whose it is. `kept` in the session has for
each exchange its record, with "" for the id of one that could not be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from qa.types import Place, QAError, Scope, Turn, breadcrumb
from qa.userdata import answer_record, conversations, database
from qa.userdata.conversations import StoredAnswer
from qa.web.draw import cards
from qa.web.session import user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

PARAMETER = "conversation"


def begin() -> list[StoredAnswer] | None:
    """The answers with which the page has to begin anew.

    They are those of the conversation that the address names; [] where the one on the page was deleted. None if the
    page has the right ones.
    """
    session = st.session_state
    for name, empty in (("conversation", None), ("kept", ()), ("not_kept", ""), ("deleted", False)):
        session.setdefault(name, empty)
    if session.deleted:
        forget()
        session.deleted = False
        return []
    wanted = st.query_params.get(PARAMETER)
    if wanted is None or wanted == session.conversation:
        if session.conversation is not None:
            st.query_params[PARAMETER] = session.conversation  # it is lost on the way from another page
        return None
    try:
        answers = conversations.opened(database.state_folder(), user.user(), wanted)
    except QAError as error:
        session.not_kept = str(error)
        answers = []
    session.update(conversation=wanted if answers else None, kept=tuple(answers))
    if not answers:
        del st.query_params[PARAMETER]
        return None
    return answers


def turn_of(assistant: Assistant, answer: StoredAnswer) -> Turn:
    """The turn of a kept answer, for the conversation to go on."""
    return answer_record.turn_of(answer.record, assistant.by_id)


def scope_of(assistant: Assistant, answer: StoredAnswer) -> Scope:
    """What was asked then, as far as it is there today."""
    return assistant.within(Scope(answer.record["documents"], answer.record["sections"]))


def place_of(passage: Mapping[str, Any]) -> str:
    """Where a kept passage stood."""
    return breadcrumb(passage["title"], passage["section"], Place(**passage["place"]).words())


def keep(assistant: Assistant, turns: Sequence[Turn], chosen: Scope) -> None:
    """Keep the last of the turns. Where that fails the conversation goes on, and `notice` says so."""
    session = st.session_state
    record = answer_record.record_of(turns, assistant.by_id, chosen)
    try:
        name, answer = conversations.append(database.state_folder(), user.user(), session.conversation, record)
    except QAError as error:
        session.not_kept, answer = str(error), ""
    else:
        session.conversation = st.query_params[PARAMETER] = name
        session.not_kept = ""
    session.kept = (*session.kept, StoredAnswer(answer, database.now(), record))


def forget() -> None:
    """Begin a new conversation; what was kept of the last one stays."""
    st.session_state.update(conversation=None, kept=())
    st.query_params.pop(PARAMETER, None)


def deleted(conversation: str) -> None:
    """Take note that a conversation was deleted; if it is the one on the page, the page will begin anew."""
    st.session_state.deleted = st.session_state.get("conversation") == conversation


def notice() -> None:
    """Say that the conversation is not kept, if it is not."""
    if st.session_state.not_kept:
        cards.notice(f"This conversation is not being kept: {st.session_state.not_kept}")


def changed(assistant: Assistant, number: int) -> StoredAnswer | None:
    """The record of an exchange that has to be shown as it was kept, since its papers have changed."""
    answers: Sequence[StoredAnswer] = st.session_state.kept
    if number >= len(answers) or answers[number].record["generation"] == assistant.generation:
        return None
    return None if answer_record.restored(answers[number].record, assistant.by_id) else answers[number]
