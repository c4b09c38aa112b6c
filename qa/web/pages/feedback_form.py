"""Feedback on an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import QAError
from qa.userdata import answer_record, database, feedback
from qa.userdata.conversations import StoredAnswer
from qa.userdata.feedback import Feedback, Opinion, Verdict
from qa.web.draw import cards
from qa.web.draw.text import escaped, label
from qa.web.session import persistence, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_ANSWER_WORDS: dict[Verdict, str] = {
    "right": "Right",
    "wrong evidence": "Wrong evidence",
    "missed it": "Missed it",
    "should have refused": "Should have refused",
}
_ABSTENTION_WORDS: dict[Verdict, str] = {"right": "Rightly refused", "missed it": "The papers do say"}
_PASSAGE_WORDS: dict[Verdict, str] = {"right": "Holds the answer", "wrong evidence": "Does not"}


@dataclass(frozen=True, slots=True)
class _Form:
    """The form below one answer; `given` is the user's earlier feedback by passage id, "" for the whole answer."""

    assistant: Assistant
    answer: StoredAnswer
    given: Mapping[str, Feedback]


def show(assistant: Assistant, number: int) -> None:
    """Draw the form below exchange `number`, if that exchange is stored."""
    answer = persistence.stored(number)
    if answer is None:
        return
    abstained = not answer_record.quoted(answer.record)
    with st.container(key=f"qa-feedback-{number}", gap="small"):
        try:
            given = {one.passage: one for one in feedback.given(database.state_folder(), user.user(), answer.id)}
        except QAError as error:
            cards.problem(str(error))
            return
        form = _Form(assistant, answer, given)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html("<p class='qa-small'>Is this right?</p>")
            _verdicts(form, "", "Is this right?", _ANSWER_WORDS | (_ABSTENTION_WORDS if abstained else {}))
            if "" in given:
                st.html("<p class='qa-small' role='status'>Noted</p>")
        with st.expander("Note, passages", key=f"qa-more-{number}", on_change="rerun") as more:
            if more.open:
                _more(form)
        if message := st.session_state.pop("feedback_problem", ""):
            cards.problem(message)


def _more(form: _Form) -> None:
    answer = form.answer
    st.text_area(
        "Note, once you have said whether it is right",
        key=f"qa-note-{answer.id}",
        value=form.given[""].note if "" in form.given else "",
        max_chars=feedback.MAX_NOTE,
        on_change=_give,
        args=(form, ""),
        disabled="" not in form.given,
    )
    st.html("<p class='qa-small'>Which passages hold the answer?</p>")
    for row in answer.record["passages"]:
        with st.container(key=f"qa-passage-{answer.id}-{row['rank']}", gap="xxsmall"):
            place = f"{row['rank']}. {answer_record.place_of(row)}"
            st.html(
                f"<details><summary class='qa-small'>{escaped(place)}</summary><p>{escaped(row['text'])}</p></details>"
            )
            _verdicts(form, row["id"], place, _PASSAGE_WORDS)


def _verdicts(form: _Form, passage: str, name: str, words: Mapping[Verdict, str]) -> None:
    """The verdicts that fit the answer, or one of its passages; the one given earlier is chosen."""
    key = _key(form, passage)
    st.session_state.setdefault(key, form.given[passage].verdict if passage in form.given else None)
    st.pills(
        label(name),
        feedback.allowed(form.answer.record, passage),
        format_func=lambda verdict: words[verdict],
        key=key,
        on_change=_give,
        args=(form, passage),
        label_visibility="collapsed",
    )


def _key(form: _Form, passage: str) -> str:
    return f"qa-say-{form.answer.id}-{passage}"


def _give(form: _Form, passage: str) -> None:
    """Store the verdict that is chosen now; if none is, delete the earlier one."""
    session, folder = st.session_state, database.state_folder()
    verdict: Verdict | None = session.get(_key(form, passage))
    try:
        if verdict is None:
            feedback.take_back(folder, user.user(), form.answer.id, passage)
            return
        note = "" if passage else session.get(f"qa-note-{form.answer.id}", "")
        opinion = Opinion(verdict, passage, note)
        feedback.give(folder, user.user(), form.answer, opinion, form.assistant.by_id)
    except QAError as error:
        session.feedback_problem = str(error)
