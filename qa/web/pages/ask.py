"""Ask: the conversation, and the source beside it.

A question stays `pending` until it is answered or stopped, so that a click in between does not lose it. The session
holds the exchanges, the pending question, and the citation whose source is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import WebSettings
from qa.text import visible
from qa.types import EVERYTHING, Answer, QAError, Scope, Turn
from qa.web.draw import cards
from qa.web.draw.text import label
from qa.web.pages import feedback_form, kept_card, shared_answer
from qa.web.pages.exchange import Asking, Exchange, draw_card, made, restored
from qa.web.session import drafts, opening, persistence, scope, shared, waiting
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

PAGE = "ask"
_ASK = "ask"
"""The query parameter with a question to ask of the papers that the address names; a link from another page has it."""

_arrival = st.components.v2.component(
    "qa_arrival",
    html="<p role='status' style='position: absolute; clip-path: inset(50%)'></p>",
    js=Path(__file__).with_name("arrival.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that is being answered. `as_typed`: skip follow-up resolution.

    With `again`, it is the question of that exchange once more, after the exchanges before it and asked of all papers.
    """

    question: str
    as_typed: bool = False
    again: int | None = None


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    session = st.session_state
    empty = {"exchanges": (), "pending": None, "left_out": (), "stopped": None, "refused": ""}
    for name, value in empty.items():
        session.setdefault(name, value)
    cards.title("Ask the papers")
    assistant = opening.assistant()
    if (answer := shared.requested()) is not None:
        shared_answer.show(assistant, answer)
        return
    _restore(assistant)
    if (question := st.query_params.pop(_ASK, "")) and session.pending is None:
        scope.put(Scope(st.query_params.get_all(scope.PAPER)))
        _ask(question)
    with tools:
        chosen = scope.choose(assistant)
        st.button("New conversation", on_click=_reset)
    _conversation(assistant, chosen)


def _restore(assistant: Assistant) -> None:
    """Show the stored conversation that the address names, if the session has another one."""
    answers = persistence.restore()
    if answers is None:
        return
    panel.close(PAGE)
    st.session_state.update(
        exchanges=tuple(restored(assistant, answer) for answer in answers), pending=None, stopped=None
    )


def _conversation(assistant: Assistant, chosen: Scope) -> None:
    session = st.session_state
    with st.container(key="qa-stage"):
        with st.container(key="qa-talk"):
            thread, box = st.container(key="qa-thread"), st.container(key="qa-box")
        drafts.fill()
        typed = box.chat_input("Ask a question about the papers", key=drafts.BOX, submit_mode="disable")
        if typed is not None:
            session.update(pending=Pending(typed), refused="")
        with box:
            _keep_draft()
        with thread:
            _notices(assistant)
            welcome = st.empty()
            if not session.exchanges and session.pending is None:
                with welcome.container(key="qa-welcome"):
                    _welcome(assistant, chosen)
            earlier = [(st.container(key=_key(number)), exchange) for number, exchange in enumerate(session.exchanges)]
            if session.pending is not None:
                _answer_pending(assistant, chosen)  # first: the browser still shows the earlier exchanges
            elif session.stopped is not None:
                cards.notice(f"Stopped: {session.stopped.question}")
                st.button("Ask it after all", on_click=_resume)
            elif session.refused:
                cards.problem(session.refused)
            for number, (place, exchange) in enumerate(earlier):
                with place:
                    cards.question(exchange.turn.question)
                    _outcome(assistant, number, exchange)
            persistence.notice()
            if session.exchanges:
                last = len(session.exchanges) - 1
                turn = session.exchanges[last].turn
                _arrival(key="qa-arrival", data=[last, cards.outcome_words(turn.result), turn.question])
            next_questions = st.container(key="qa-next")
        panel.panel(PAGE, assistant.index)
    if session.exchanges and session.pending is None:
        with next_questions:
            _suggest(assistant, chosen)


def _refuse(question: str, why: str) -> None:
    """Put a question that cannot be asked back into the box, with the reason above it."""
    drafts.refill(question)
    st.session_state.update(refused=f"{why}. What you typed stands in the box again", pending=None)
    st.rerun()


def _keep_draft() -> None:
    """Let the browser keep what was typed, until it is answered, stopped or refused."""
    session = st.session_state
    settled = session.exchanges[-1].turn.question if session.exchanges else ""
    drafts.keep(
        waiting=session.pending.question if session.pending else "",
        settled=session.stopped.question if session.stopped else settled,
        refused=bool(session.refused),
    )


def _notices(assistant: Assistant) -> None:
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


def _welcome(assistant: Assistant, chosen: Scope) -> None:
    st.html(
        "<p class='qa-lead'>Every answer is a sentence from the papers, with the place where it stands. "
        "Where no sentence clearly answers, you are told so.</p>"
    )
    questions = opening.starters(assistant, chosen)
    if questions:
        cards.heading("Try one of these")
    _offer(questions, "qa-starter")


def _offer(questions: tuple[str, ...], key: str) -> None:
    """Buttons that ask these questions."""
    for number, question in enumerate(questions):
        st.button(label(question), key=f"{key}-{number}", on_click=_ask, args=(question,))


def _key(number: int) -> str:
    return f"qa-exchange-{number}"


def _outcome(assistant: Assistant, number: int, exchange: Exchange) -> None:
    key = str(number)
    if (outdated := persistence.outdated(assistant, number)) is not None:
        kept_card.show(assistant, outdated, PAGE, key)
    else:
        asking = Asking(_ask, lambda: _ask_all(number))
        answer = persistence.stored(number)
        draw_card(exchange, PAGE, key, asking, answer.id if answer else "")
    feedback_form.show(assistant, number)


def _suggest(assistant: Assistant, chosen: Scope) -> None:
    """Suggest questions that may follow the last answer, or be asked in its place, once that is drawn."""
    session = st.session_state
    exchange: Exchange = session.exchanges[-1]
    if exchange.next is None:
        before = [earlier.turn.question for earlier in session.exchanges]
        exchange = _with_suggestions(assistant, exchange, before, chosen)
        session.exchanges = (*session.exchanges[:-1], exchange)
    if exchange.meant:
        cards.heading("Did you mean")
        _offer(exchange.meant, f"qa-meant-{len(session.exchanges)}")
    if exchange.next:
        cards.heading("These papers answer too" if isinstance(exchange.turn.result, Answer) else "These papers answer")
        _offer(exchange.next, f"qa-next-{len(session.exchanges)}")


def _with_suggestions(assistant: Assistant, exchange: Exchange, before: Sequence[str], chosen: Scope) -> Exchange:
    from qa.answers import suggestions
    from qa.answers.ways_on import ways_on

    result, questions = exchange.turn.result, WebSettings().questions
    if isinstance(result, Answer):
        return replace(exchange, next=suggestions.follow_ups(assistant, result, before, questions, chosen))
    found = ways_on(assistant, result, before, questions, chosen)
    return replace(exchange, next=found.others, meant=found.meant)


def _answer_pending(assistant: Assistant, chosen: Scope) -> None:
    session = st.session_state
    pending: Pending = session.pending
    session.update(stopped=None, refused="")
    number = len(session.exchanges)
    place = st.container(key=_key(number))
    with place:
        cards.question(pending.question)
    working = st.empty()
    try:
        with working.container(key="qa-working", horizontal=True, vertical_alignment="center"):
            st.button("Stop", key="qa-stop", on_click=_stop)
            with st.spinner("Looking in the papers…", show_time=True):
                exchange = _answered(assistant, pending, chosen)
        working.empty()  # a click on Stop meanwhile ends the run here, before the answer is stored
    except QAError as error:
        _refuse(pending.question, str(error))
        return
    session.exchanges = (*session.exchanges, exchange)
    asked = chosen if pending.again is None else EVERYTHING
    persistence.store(assistant, [exchange.turn for exchange in session.exchanges], asked)
    session.pending = None
    with place:
        _outcome(assistant, number, exchange)


def _answered(assistant: Assistant, pending: Pending, chosen: Scope) -> Exchange:
    turns = [exchange.turn for exchange in st.session_state.exchanges[: pending.again]]
    asked = chosen if pending.again is None else EVERYTHING

    def work() -> Exchange:
        result = assistant.ask(pending.question, turns, asked, as_typed=pending.as_typed)
        return made(assistant, Turn(pending.question, result), asked)

    return waiting.awaited(work)


def _ask(question: str) -> None:
    """Ask a question that is not a follow-up."""
    st.session_state.pending = Pending(question, as_typed=True)


def _ask_all(number: int) -> None:
    """Ask the question of an exchange again, of all papers, and as typed if it was asked so."""
    turn: Turn = st.session_state.exchanges[number].turn
    as_typed = visible(turn.result.interpreted_as) == visible(turn.question)
    st.session_state.pending = Pending(turn.question, as_typed=as_typed, again=number)


def _stop() -> None:
    st.session_state.update(stopped=st.session_state.pending, pending=None)


def _resume() -> None:
    st.session_state.pending = st.session_state.stopped


def _reset() -> None:
    persistence.reset()
    panel.close(PAGE)
    st.session_state.update(exchanges=(), pending=None, left_out=(), stopped=None, refused="")
