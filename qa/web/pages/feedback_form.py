"""What the user says of an answer, and the link to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import QAError
from qa.userdata import database, feedback
from qa.userdata.conversations import StoredAnswer
from qa.userdata.feedback import Feedback, Opinion, Verdict
from qa.web.draw import cards
from qa.web.draw.text import escaped, label
from qa.web.pages import shared
from qa.web.session import keeping, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

WORDS: dict[Verdict, str] = {
    "right": "Right",
    "wrong evidence": "Wrong evidence",
    "missed it": "Missed it",
    "should have refused": "Should have refused",
}
_REFUSAL: dict[Verdict, str] = {"right": "Rightly refused", "missed it": "The papers do say"}
_PASSAGE: dict[Verdict, str] = {"right": "Holds the answer", "wrong evidence": "Does not"}


def show(assistant: Assistant, number: int) -> None:
    """Draw the form below exchange `number`, if it is kept."""
    answers: Sequence[StoredAnswer] = st.session_state.kept
    if number >= len(answers) or not answers[number].id:
        return
    answer = answers[number]
    refused = answer.record["outcome"] == "abstention"
    with st.container(key=f"qa-feedback-{number}", gap="small"):
        try:
            said = {one.passage: one for one in feedback.given(database.state_folder(), user.user(), answer.id)}
        except QAError as error:
            cards.problem(str(error))
            return
        words = WORDS | (_REFUSAL if refused else {})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html("<p class='qa-small'>Is this right?</p>")
            _choice(assistant, answer, "", "Is this right?", words, said.get(""))
            if "" in said:
                st.html("<p class='qa-small' role='status'>Noted</p>")
        with st.expander("Note, passages, link", key=f"qa-more-{number}", on_change="rerun") as more:
            if more.open:
                _more(assistant, answer, said)
        if message := st.session_state.pop("feedback_problem", ""):
            cards.problem(message)


def _more(assistant: Assistant, answer: StoredAnswer, said: Mapping[str, Feedback]) -> None:
    st.text_area(
        "Note, once you have said whether it is right",
        key=f"qa-note-{answer.id}",
        value=said[""].note if "" in said else "",
        max_chars=feedback.MAX_NOTE,
        on_change=_say,
        args=(assistant, answer, ""),
        disabled="" not in said,
    )
    st.html("<p class='qa-small'>Which passages hold the answer?</p>")
    for row in answer.record["passages"]:
        with st.container(key=f"qa-passage-{answer.id}-{row['rank']}", gap="xxsmall"):
            place = f"{row['rank']}. {keeping.place_of(row)}"
            st.html(
                f"<details><summary class='qa-small'>{escaped(place)}</summary><p>{escaped(row['text'])}</p></details>"
            )
            _choice(assistant, answer, row["id"], place, _PASSAGE, said.get(row["id"]))
    st.html("<p class='qa-small'>Permanent link to this answer. Whoever has it sees this one answer.</p>")
    st.code(f"{(st.context.url or '').split('?')[0]}?{shared.PARAMETER}={answer.id}", language=None, wrap_lines=True)


def _choice(
    assistant: Assistant,
    answer: StoredAnswer,
    passage: str,
    name: str,
    words: Mapping[Verdict, str],
    said: Feedback | None,
) -> None:
    """The verdicts that can be given on a thing, with the one that was."""
    key = _key(answer, passage)
    st.session_state.setdefault(key, said.verdict if said else None)
    st.pills(
        label(name),
        feedback.allowed(answer.record, passage),
        format_func=lambda verdict: words[verdict],
        key=key,
        on_change=_say,
        args=(assistant, answer, passage),
        label_visibility="collapsed",
    )


def _key(answer: StoredAnswer, passage: str) -> str:
    return f"qa-say-{answer.id}-{passage}"


def _say(assistant: Assistant, answer: StoredAnswer, passage: str) -> None:
    """Keep what is chosen now; what is no longer chosen is taken back."""
    session, folder = st.session_state, database.state_folder()
    verdict: Verdict | None = session.get(_key(answer, passage))
    try:
        if verdict is None:
            feedback.take_back(folder, user.user(), answer.id, passage)
            return
        note = "" if passage else session.get(f"qa-note-{answer.id}", "")
        opinion = Opinion(verdict, passage, note)
        feedback.give(folder, user.user(), answer, opinion, assistant.by_id)
    except QAError as error:
        session.feedback_problem = str(error)
