"""A cell of a table on its own: all of it, and what its owner says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from qa.text import visible
from qa.types import Citation, QuestionError, breadcrumb
from qa.userdata import database, table_export, tables
from qa.userdata.notebook import About, Standing
from qa.userdata.table_record import Cell, Column, Table, Verdict, is_chosen, shown
from qa.web.draw import cards, sheet
from qa.web.draw.text import escaped, label
from qa.web.pages import table_state
from qa.web.session import links, pinning, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

OFFERED = 12
"""Sentences of a paper that are offered at once. Set by hand on 2026-11-27: what one reads before one searches anew."""
_WORDS = "qa-cell-words"


def show(assistant: Assistant, table: Table) -> None:
    """Open the dialog of the cell that the session names, if it names one of this table."""
    paper, column_id = st.session_state.table_cell or ("", "")
    column = next((column for column in table.columns if column.id == column_id), None)
    cell = table.cell(paper, column_id)
    if column is None or cell is None or not table.own:
        st.session_state.table_cell = None
        return
    dialog = st.dialog(label(column.name), width="large", on_dismiss=_close)
    dialog(_content)(assistant, table, paper, column, cell)


def _content(assistant: Assistant, table: Table, paper: str, column: Column, cell: Cell) -> None:
    if st.session_state.table_cell is None:  # one of its buttons has closed it
        st.rerun()
    title = table.papers.get(paper, {}).get("title", paper)
    state = table_export.state(cell)
    st.html(f"<p class='qa-small'>{escaped(breadcrumb(title, *([] if state == 'answer' else [state])))}</p>")
    st.html(f"<div class='qa-cell'>{sheet.quotes_of(cell, whole=True)}</div>")
    if is_chosen(cell):
        own = sheet.quotes_of(cell | {"judgement": None}, whole=True)
        st.html(f"<p class='qa-small'>Found by the program</p><div class='qa-cell qa-wrong'>{own}</div>")
    verdict = cell["judgement"]["verdict"] if cell["judgement"] else None
    with st.container(horizontal=True, gap="small", key="qa-verdicts"):
        if verdict != "chosen":
            _verdict("Right", table, paper, column, "right", is_given=verdict == "right")
            _verdict("Wrong", table, paper, column, "wrong", is_given=verdict == "wrong")
        if verdict is not None:
            _verdict("Undo", table, paper, column, None)
    is_answer = cell["outcome"] == "answer" and not is_chosen(cell)
    standing: Standing = "answer" if is_answer else "chosen" if is_chosen(cell) else "possible"
    about = About("table", table.id, column.questions[0], standing, cell["confidence"] if is_answer else None)
    for number, quote in enumerate(shown(cell)):
        pinning.button(quote, about, f"cell-{number}")
    if paper in assistant.by_id:
        quotes = shown(cell)
        links.link("Library", "Read it in the paper", links.place_of(quotes[0]) if quotes else links.place(paper))
        _choice(assistant, table, paper, column)


def _verdict(
    words: str, table: Table, paper: str, column: Column, verdict: Verdict | None, *, is_given: bool = False
) -> None:
    st.button(
        words,
        key=f"qa-verdict-{words}",
        type="primary" if is_given else "secondary",
        on_click=_judge,
        args=(table.id, paper, column.id, verdict),
    )


def _choice(assistant: Assistant, table: Table, paper: str, column: Column) -> None:
    """Choose another sentence of the paper."""
    cards.heading("Choose another sentence")
    words = st.text_input("Words of the sentence", key=_WORDS, placeholder="All of them must stand in it")
    offered = _offered(assistant, paper, column, words)
    if not offered:
        cards.notice("No sentence of this paper has all of these words.")
        return
    found = "These sentences have these words" if words.strip() else "These sentences come nearest to the question"
    cards.small(f"{found}; click one to put it into the table.")
    with st.container(key="qa-sentences", gap="xsmall"):
        for citation in offered:
            key = f"qa-use-{citation.spans[0].start}"
            choice = (table.id, column.id, citation)
            st.button(_option(citation), key=key, width="stretch", on_click=_use, args=choice)


def _offered(assistant: Assistant, paper: str, column: Column, words: str) -> list[Citation]:
    from qa.answers import each_paper

    if words.strip():
        return each_paper.sentences_with(assistant, paper, words, OFFERED)
    try:
        return each_paper.sentences_near(assistant, paper, column.questions[0], OFFERED)
    except QuestionError:
        return each_paper.sentences_with(assistant, paper, "", OFFERED)


def _option(citation: Citation) -> str:
    place = breadcrumb(citation.section, citation.place.words())
    return f"{label(visible(citation.text))} *{label(place)}*"


def _judge(table: str, paper: str, column: str, verdict: Verdict | None) -> None:
    table_state.change(tables.judge, database.state_folder(), user.user(), table, paper, column, verdict)
    _close()


def _use(table: str, column: str, citation: Citation) -> None:
    table_state.change(tables.choose, database.state_folder(), user.user(), table, column, citation)
    _close()


def _close() -> None:
    st.session_state.table_cell = None
    st.session_state.pop(_WORDS, None)
