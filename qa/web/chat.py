"""The conversation: question in, card out, the source beside it.

A question is kept as `pending` until it is answered, so that a click in between does not lose it. What is kept
for a session: the exchanges, the pending question, and the citation that is on show.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import AskSettings
from qa.types import Answer, Document, Passage, QAError, Span, Turn
from qa.web import cards, feedback, keeping, keptcard, opening, shared, source
from qa.web.text import label, place_words, visible

if TYPE_CHECKING:
    from qa.assistant import Assistant

_arrival = st.components.v2.component(
    "qa_arrival",
    html="<p role='status' style='position: absolute; clip-path: inset(50%)'></p>",
    js=Path(__file__).with_name("arrival.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn, and where its passages stand, in words; kept, since a later generation may no longer know."""

    turn: Turn
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The citation whose source is open; `click` counts, so that a second click scrolls there again."""

    exchange: int
    citation: int
    click: int


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    state = st.session_state
    for name, empty in (("exchanges", ()), ("pending", None), ("shown", None), ("left_out", ())):
        state.setdefault(name, empty)
    cards.title("Ask the papers")
    assistant = opening.assistant()
    if (answer := shared.asked_for()) is not None:
        shared.show(assistant, answer)
        return
    _restore(assistant)
    with tools:
        chosen = _papers(assistant)
        st.button("New conversation", on_click=_forget, disabled=not state.exchanges)
    _conversation(assistant, chosen)


def _restore(assistant: Assistant) -> None:
    """Bring a conversation back that was kept, if the address names another one than the session has."""
    turns = keeping.begin(assistant)
    if turns is not None:
        st.session_state.update(
            exchanges=tuple(Exchange(turn, places) for turn, places in turns), pending=None, shown=None
        )


def _papers(assistant: Assistant) -> list[str]:
    """The ids of the papers to ask; empty means all of them."""
    count_of = Counter(document.title for document in assistant.documents)
    titles = {
        document.id: document.title if count_of[document.title] == 1 else f"{document.title} ({document.id})"
        for document in assistant.documents
    }
    chosen: list[str] = st.session_state.get("papers", [])
    count = f"{len(chosen)} of {len(titles)} papers" if chosen else f"All papers ({len(titles)})"
    with st.popover(count):
        return st.multiselect(
            "Papers to ask",
            titles,
            key="papers",
            format_func=lambda document: visible(titles[document]),
            placeholder="All papers",
        )


def _conversation(assistant: Assistant, chosen: list[str]) -> None:
    state = st.session_state
    with st.container(key="qa-stage"):
        with st.container(key="qa-talk"):
            thread, box = st.container(key="qa-thread"), st.container(key="qa-box")
        typed = box.chat_input(
            "Ask a question about the papers", max_chars=AskSettings().max_question_characters, submit_mode="disable"
        )
        if typed is not None:
            state.pending = typed
        with thread:
            _notices(assistant)
            welcome = st.empty()
            if not state.exchanges and state.pending is None:
                with welcome.container(key="qa-welcome"):
                    _welcome(assistant)
            for number, exchange in enumerate(state.exchanges):
                _exchange(assistant, number, exchange)
            if state.pending is not None:
                _answer_pending(assistant, chosen)
            if state.exchanges:
                last = len(state.exchanges) - 1
                _arrival(key="qa-arrival", data=[last, cards.outcome_words(state.exchanges[last].turn.result)])
        shown: Shown | None = state.shown
        if shown is not None:
            result = state.exchanges[shown.exchange].turn.result
            with st.container(key="qa-source"):
                source.show(
                    result.citations[shown.citation],
                    click=f"{shown.exchange}.{shown.citation}.{shown.click}",
                    opener=cards.opener(str(shown.exchange), shown.citation),
                    on_close=_close,
                )


def _notices(assistant: Assistant) -> None:
    keeping.notice()
    for reason in st.session_state.left_out:
        cards.notice(f"A paper was left out: {reason}")
    try:
        stale = opening.is_stale(assistant)
    except QAError as error:
        cards.notice(f"Whether the papers have changed cannot be told: {error}")
        return
    if stale:
        cards.notice(
            "The papers have changed since they were last read; answers come from the earlier state. "
            "To read them again, run `qa index build`"
        )


def _welcome(assistant: Assistant) -> None:
    st.html(
        "<p class='qa-lead'>Every answer is a sentence from the papers, with the place where it stands. "
        "Where they do not say, you are told so.</p><p class='qa-small'>Study aid, not medical advice.</p>"
    )
    questions = opening.starters(assistant)
    if questions:
        cards.heading("Try one of these")
    for number, question in enumerate(questions):
        st.button(label(question), key=f"qa-starter-{number}", on_click=_ask, args=(question,))


def _exchange(assistant: Assistant, number: int, exchange: Exchange) -> None:
    result, key = exchange.turn.result, str(number)
    with st.container(key=f"qa-exchange-{key}"):
        cards.question(exchange.turn.question)
        if (kept := keeping.changed(assistant, number)) is not None:
            keptcard.show(kept, keeping.documents_of(assistant), key=key)
        elif isinstance(result, Answer):
            shown: Shown | None = st.session_state.shown
            cards.answer(
                result,
                exchange.places,
                key=key,
                shown=shown.citation if shown is not None and shown.exchange == number else None,
                show=lambda citation: _show(number, citation),
            )
        else:
            cards.abstention(result, exchange.places, key=key)
        feedback.show(assistant, number)


def _answer_pending(assistant: Assistant, chosen: list[str]) -> None:
    state = st.session_state
    question: str = state.pending
    with st.container(key=f"qa-exchange-{len(state.exchanges)}"):
        cards.question(question)
        try:
            with st.spinner("Looking in the papers…"):
                result = assistant.ask(question, [exchange.turn for exchange in state.exchanges], chosen)
        except QAError as error:
            state.pending = None
            cards.problem(str(error))
            return
    documents = {document.id: document for document in assistant.documents}
    places = tuple(_place(documents[hit.passage.document], hit.passage) for hit in result.passages)
    state.exchanges = (*state.exchanges, Exchange(Turn(question, result), places))
    keeping.keep(assistant, [exchange.turn for exchange in state.exchanges], chosen)
    state.pending = None
    st.rerun()


def _place(document: Document, passage: Passage) -> str:
    whole = Span(min(span.start for span in passage.spans), max(span.end for span in passage.spans))
    return " · ".join(filter(None, [document.title, passage.section, place_words(document.locate(whole))]))


def _ask(question: str) -> None:
    st.session_state.pending = question


def _show(exchange: int, citation: int) -> None:
    before: Shown | None = st.session_state.shown
    st.session_state.shown = Shown(exchange, citation, 1 if before is None else before.click + 1)


def _close() -> None:
    st.session_state.shown = None


def _forget() -> None:
    keeping.forget()
    st.session_state.update(exchanges=(), pending=None, shown=None, left_out=())
