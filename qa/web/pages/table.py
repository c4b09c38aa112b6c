"""Table: questions as columns, papers as rows, and in each cell what one paper says to one question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import AskSettings
from qa.types import EVERYTHING, QAError
from qa.userdata import database, tables
from qa.userdata.table_record import Table
from qa.web.draw import cards, sheet
from qa.web.draw.sheet import Sheet
from qa.web.draw.text import count, escaped
from qa.web.pages import table_cell, table_menus, table_rows, table_state
from qa.web.pages.table_rows import Wanted
from qa.web.pages.table_state import PAGE
from qa.web.session import drafts, filling, opening, scope, user, work
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_clicks = st.components.v2.component(
    "qa_table", html="<span></span>", js=Path(__file__).with_name("table.js").read_text("utf-8")
)
_CLICKS, _BOX = "qa-table-clicks", "qa-table-box"


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of which table. `live`: it is drawn anew each second, while its cells are being filled."""

    assistant: Assistant
    table: str
    wanted: Wanted
    live: bool


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    cards.title("A table of the papers")
    assistant = opening.assistant()
    table = table_state.requested()
    chosen = EVERYTHING
    with tools:
        if table is None or table.own:
            chosen = scope.choose(assistant)
        if table is not None:
            st.button("New table", on_click=table_state.reset)
    if table is not None and table.own and chosen != assistant.within(table.scope):
        tables.set_scope(database.state_folder(), user.user(), table.id, chosen)
        table = table_state.requested()
    with st.container(key="qa-stage"):
        with st.container(key="qa-table"):
            _main(assistant, table)
        panel.panel(PAGE, assistant.index)
    if table is not None:
        _clicks(key=_CLICKS, on_click_change=lambda: _clicked(assistant, table))
        table_cell.show(assistant, table)


def _main(assistant: Assistant, table: Table | None) -> None:
    session = st.session_state
    if table is None or table.own:
        drafts.fill(_BOX)
        st.chat_input("Ask each paper a question", key=_BOX, on_submit=_ask)
    if session.table_problem:
        cards.problem(session.table_problem)
    if table is None or (table.own and not table.columns):
        st.html(
            "<p class='qa-lead'>Each paper answers each question for itself: with its own words, possibly, or not.</p>"
        )
        cards.heading("Begin with a question of your own, or with these")
        table_menus.ready(())
        _undo()
        return
    wanted, rows = _head(assistant, table)
    live = table.own and _is_live(assistant, table)
    st.fragment(_rows, run_every="1s" if live else None)(View(assistant, table.id, wanted, live))
    table_rows.turn(rows)


def _ask() -> None:
    from qa.answers.search import checked

    question: str = st.session_state[_BOX]
    table_state.change(checked, question, AskSettings().max_question_characters)
    if st.session_state.table_problem:
        drafts.refill(question, _BOX)
    else:
        table_state.add(question, (question,))


def _head(assistant: Assistant, table: Table) -> tuple[Wanted, list[str]]:
    """Draw what stands above the rows, and return which rows are wanted, and which these are."""
    papers = _papers(assistant, table)
    st.html(f"<h2 class='qa-page-title'>{escaped(table.title)}</h2>")
    kept = "kept under History" if table.own else "shared with you to read"
    cards.small(f"{count(len(papers), 'paper')}, {count(len(table.columns), 'question')} · {kept}")
    menus = st.container()
    wanted = table_rows.choose(table)
    rows = table_rows.rows(table, papers, assistant.by_id, wanted)
    with menus:
        table_menus.show(table, rows)
    _undo()
    if table.own:
        _changed(assistant, table, papers)
    return wanted, rows


def _papers(assistant: Assistant, table: Table) -> list[str]:
    """The papers in a table's scope, and those that were asked and are no longer in the library."""
    from qa.answers import each_paper

    there = [document.id for document in each_paper.papers_to_ask(assistant, table.scope)]
    gone = [paper for paper in table.papers if paper not in assistant.by_id]
    return there + [paper for paper in gone if not table.scope.documents or paper in table.scope.documents]


def _is_live(assistant: Assistant, table: Table) -> bool:
    """Whether the cells of a table are being filled; if some are empty and it was not stopped, they are from now on."""
    job = work.jobs().get(filling.job_of(table.id))
    if job is not None and job.running:
        return True
    if job is not None and job.error:
        cards.problem(job.error)
        st.button("Go on", key="qa-table-again", on_click=work.jobs().forget, args=(job.name,))
        return False
    left = len(filling.empty(assistant, table))
    if not left:
        return False
    if table.stopped:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Go on", key="qa-table-on", on_click=_stop, args=(table.id, False))
            cards.small(f"Stopped; {count(left, 'cell')} not asked yet")
        return False
    try:
        filling.begin(user.user(), table, assistant)
    except QAError as error:
        cards.problem(str(error))
        return False
    return True


def _rows(view: View) -> None:
    """Draw the progress while cells are being filled, and the rows as they are at this moment."""
    table = tables.opened(database.state_folder(), user.user(), view.table)
    if table is None:
        st.rerun()
    if view.live:
        job = work.jobs().get(filling.job_of(view.table))
        if job is None or not job.running:
            st.rerun()
        with st.container(key="qa-working", horizontal=True, vertical_alignment="center"):
            st.button("Stop", key="qa-stop", on_click=_stop, args=(table.id, True))
            st.progress(job.done / max(1, job.total), f"{job.done} of {count(job.total, 'cell')}")
    wanted = table_rows.rows(table, _papers(view.assistant, table), view.assistant.by_id, view.wanted)
    if not wanted:
        cards.notice("No paper is left by what you show and find")
        return
    drawn = Sheet(table, table_rows.page_of(wanted), view.assistant.by_id, view.live)
    with st.container(key="qa-sheet-box"):
        st.html(sheet.html(drawn))


def _clicked(assistant: Assistant, table: Table) -> None:
    """Open the source of a quote, or the dialog of a cell."""
    click = st.session_state[_CLICKS].click or {}
    paper, column = str(click.get("paper")), str(click.get("column"))
    number = str(click.get("quote", ""))
    if not number.isdecimal():
        st.session_state.table_cell = (paper, column)
        return
    latest = tables.opened(database.state_folder(), user.user(), table.id) or table
    rows = table_rows.rows(latest, _papers(assistant, latest), assistant.by_id, st.session_state.table_wanted)
    drawn = Sheet(latest, table_rows.page_of(rows), assistant.by_id)
    key = (paper, column, int(number))
    if key in drawn.citations:
        panel.show(PAGE, list(drawn.citations.values()), list(drawn.citations).index(key), sheet.OPENER)


def _changed(assistant: Assistant, table: Table, papers: list[str]) -> None:
    """Offer to ask the papers again that have changed since."""
    changed = [paper for paper in papers if sheet.fate_of(table, paper, assistant.by_id).kind == "changed"]
    if changed:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Ask again", key="qa-table-anew", on_click=_ask_again, args=(table.id, changed))
            have = "has" if len(changed) == 1 else "have"
            cards.small(f"{count(len(changed), 'paper')} {have} changed since; what you have judged stays as it is")


def _undo() -> None:
    removed = st.session_state.table_removed
    if removed is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Undo", key="qa-table-undo", on_click=table_state.put_back)
            cards.small(f"“{removed.column.name}” was removed")


def _stop(table: str, stopped: bool) -> None:
    folder, who = database.state_folder(), user.user()
    table_state.change(tables.set_stopped, folder, who, table, stopped=stopped)


def _ask_again(table: str, papers: list[str]) -> None:
    table_state.change(tables.forget, database.state_folder(), user.user(), table, papers)
