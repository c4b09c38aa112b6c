"""Compare: one question to each paper, in a table with one row for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import AskSettings
from qa.types import Abstention, Answer, Citation, QAError, Result, Scope
from qa.web.draw import cards, quotes
from qa.web.draw.text import count, escaped, opener_key
from qa.web.session import opening, scope
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.answers.each_paper import PaperResult

PAGE = "compare"
_OPENER = "qa-compare"


@dataclass(frozen=True, slots=True)
class EachPaperResults:
    """A question and the result of each paper."""

    question: str
    rows: tuple[PaperResult, ...]


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    session = st.session_state
    for name in ("each_paper_results", "each_paper_pending"):
        session.setdefault(name, None)
    cards.title("Compare the papers")
    assistant = opening.assistant()
    with tools:
        chosen = scope.choose(assistant)
    with st.container(key="qa-stage"):
        with st.container(key="qa-sheet"):
            typed = st.chat_input(
                "Ask each paper the same question",
                max_chars=AskSettings().max_question_characters,
                submit_mode="disable",
            )
            if typed is not None:
                session.each_paper_pending = typed
                panel.close(PAGE)
            if session.each_paper_pending is not None:
                _compare(assistant, chosen)
            if session.each_paper_results is None:
                cards.small("Each paper answers for itself, with a quote, possibly, or not at all.")
            else:
                _draw(session.each_paper_results)
        panel.panel(PAGE, assistant.index)


def _compare(assistant: Assistant, chosen: Scope) -> None:
    from qa.answers import each_paper

    session = st.session_state
    question: str = session.each_paper_pending
    session.each_paper_results = None
    working = st.empty()
    rows: list[PaperResult] = []
    try:
        with working.container(key="qa-working", horizontal=True, vertical_alignment="center"):
            st.button("Stop", key="qa-stop", on_click=_stop)
            bar = st.progress(0.0, "Beginning")
            papers = len(each_paper.papers_to_ask(assistant, chosen))
            for row in each_paper.ask_each(assistant, question, chosen):
                rows.append(row)
                bar.progress(len(rows) / papers, f"{len(rows)} of {papers} papers")
        working.empty()
    except QAError as error:
        working.empty()
        cards.problem(str(error))
    else:
        session.each_paper_results = EachPaperResults(question, tuple(rows))
    session.each_paper_pending = None


def _draw(found: EachPaperResults) -> None:
    from qa.answers import each_paper

    cards.question(found.question)
    if found.rows:
        cards.interpreted(found.rows[0].result)
    answers = sum(isinstance(row.result, Answer) for row in found.rows)
    cards.small(f"{answers} of {count(len(found.rows), 'paper')} have a statement{_maybe(found.rows)}.")
    lines: list[str] = []
    citations: list[Citation] = []
    for row in found.rows:
        cell, cited = _cell(row.result, len(citations))
        citations += cited
        lines.append(f"<tr><th scope='row'>{escaped(row.document.title)}</th><td>{cell}</td></tr>")
    head = "<tr><th scope='col'>Paper</th><th scope='col'>In its words</th></tr>"
    st.html(f"<table class='qa-comparison'>{head}{''.join(lines)}</table>")
    with st.container(key="qa-openers"):  # hidden; a click on a number in the table presses its button
        for number in range(len(citations)):
            st.button(
                f"Show quote {number + 1} in source",
                key=opener_key(_OPENER, number),
                on_click=lambda number: panel.show(PAGE, citations, number, _OPENER),
                args=(number,),
            )
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV", each_paper.as_csv(found.rows), "comparison.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Download as Markdown",
            each_paper.as_markdown(found.question, found.rows),
            "comparison.md",
            "text/markdown",
            on_click="ignore",
        )


def _cell(result: Result, first: int) -> tuple[str, Sequence[Citation]]:
    """HTML of a paper's cell, and the citations in it, which are counted from `first`."""
    from qa.answers import each_paper

    if isinstance(result, Answer):
        places = quotes.places(result.citations, cards.confidence_words(result.confidence), first)
        return quotes.quotes(result, _OPENER, first) + places, result.citations
    if result.possible is None:
        return f"<span class='qa-small'>{each_paper.NOTHING}</span>", ()
    return (
        f"<div class='qa-maybe'><p>Possibly</p>{quotes.possible(result.possible, None, _OPENER, first)}"
        f"{quotes.places([result.possible], cards.UNCERTAIN, first)}</div>",
        (result.possible,),
    )


def _maybe(rows: Sequence[PaperResult]) -> str:
    may = sum(isinstance(row.result, Abstention) and row.result.possible is not None for row in rows)
    return f", and {may} possibly {'has' if may == 1 else 'have'} one" if may else ""


def _stop() -> None:
    st.session_state.each_paper_pending = None
