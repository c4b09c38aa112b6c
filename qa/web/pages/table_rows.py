"""Which rows of a table are drawn, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from qa.text import visible
from qa.types import Document
from qa.userdata.table_record import Cell, Table, is_chosen, shown
from qa.web.draw import cards

AT_ONCE = 25
"""Rows that are drawn at once. Set by hand on 2026-11-27: with six columns, 150
cells."""
_RANK = {"nothing": 0, "possibly": 1, "answer": 2}
_ORDERS = {
    "title": "Title",
    "new": "Year, latest first",
    "old": "Year, earliest first",
    "answered": "Most answered first",
}
_KEYS = {"order": "qa-table-order", "only": "qa-table-only", "words": "qa-table-words"}
_FIRST = "table_first_row"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants to see: an order, only papers answered in a column ("any" for one of them), and words.

    `order` is one of `_ORDERS`, or a column's id: by how sure its cells are.
    """

    order: str = "title"
    only: str = "all"
    words: str = ""


def rows(table: Table, papers: Sequence[str], documents: Mapping[str, Document], wanted: Wanted) -> list[str]:
    """Those of the papers that are wanted, in the wanted order; where that does not decide, by title."""
    terms = wanted.words.casefold().split()
    kept = [
        paper
        for paper in papers
        if _is_answered(table, paper, wanted.only) and all(term in _words(table, paper, documents) for term in terms)
    ]
    by_title = sorted(kept, key=lambda paper: (_known(table, paper, documents).get("title", paper).casefold(), paper))
    keys: dict[str, Callable[[str], tuple[float, ...]]] = {
        "title": lambda paper: (),
        "new": lambda paper: _by_year(_known(table, paper, documents), sign=-1),
        "old": lambda paper: _by_year(_known(table, paper, documents), sign=1),
        "answered": lambda paper: (-sum(map(_answers, table.cells.get(paper, {}).values())),),
    }
    return sorted(by_title, key=keys.get(wanted.order, lambda paper: _by_confidence(table.cell(paper, wanted.order))))


def _known(table: Table, paper: str, documents: Mapping[str, Document]) -> Mapping[str, str]:
    document = documents.get(paper)
    return {"title": document.title, **document.metadata} if document else table.papers.get(paper, {})


def _by_year(known: Mapping[str, str], sign: int) -> tuple[float, ...]:
    """Papers without a year come last in either order."""
    year = known.get("year", "")
    return (0, sign * int(year)) if year.isdecimal() else (1, 0)


def _by_confidence(cell: Cell | None) -> tuple[float, ...]:
    """What a person has chosen or found right first, then answers, possible answers, and what was judged wrong."""
    if cell is None:
        return (2, 0, 0)
    verdict = cell["judgement"]["verdict"] if cell["judgement"] else ""
    if verdict in ("chosen", "right"):
        return (-1, 0, -cell["confidence"])
    return (int(verdict == "wrong"), -_RANK[cell["outcome"]], -cell["confidence"])


def _answers(cell: Cell | None) -> bool:
    """Whether a cell has an answer that its owner has not called wrong, or that they have chosen."""
    if cell is None:
        return False
    verdict = cell["judgement"]["verdict"] if cell["judgement"] else ""
    return is_chosen(cell) or verdict == "right" or (cell["outcome"] == "answer" and verdict != "wrong")


def _is_answered(table: Table, paper: str, only: str) -> bool:
    if only == "all":
        return True
    columns = [column.id for column in table.columns] if only == "any" else [only]
    return any(_answers(table.cell(paper, column)) for column in columns)


def _words(table: Table, paper: str, documents: Mapping[str, Document]) -> str:
    """What a search looks in: the paper's title, and what its cells show."""
    parts = [_known(table, paper, documents).get("title", paper)]
    for column in table.columns:
        cell = table.cell(paper, column.id)
        parts += [quote["text"] for quote in (shown(cell) if cell else ())]
    return visible(" ".join(parts)).casefold()


def choose(table: Table) -> Wanted:
    """Draw the widgets for order and filter, and return what is wanted."""
    names = {column.id: visible(column.name) for column in table.columns}
    orders = _ORDERS | {name: f"Surest first: {words}" for name, words in names.items()}
    only = {"all": "All papers", "any": "Answered in any column"} | {n: f"Answered: {w}" for n, w in names.items()}
    with st.container(key="qa-table-view", horizontal=True, vertical_alignment="bottom", gap="small"):
        order = _select("Order", "order", orders)
        which = _select("Show", "only", only)
        words = st.text_input("Find in cells and titles", key=_KEYS["words"], persist_state="session")
    wanted = Wanted(order, which, words)
    if st.session_state.get("table_wanted") != wanted:
        st.session_state.table_wanted = wanted
        st.session_state[_FIRST] = 0
    return wanted


def _select(label: str, name: str, options: Mapping[str, str]) -> str:
    if st.session_state.get(_KEYS[name]) not in options:  # its column may be gone
        st.session_state[_KEYS[name]] = next(iter(options))
    return st.selectbox(
        label, list(options), format_func=lambda key: options[key], key=_KEYS[name], persist_state="session"
    )


def page_of(papers: Sequence[str]) -> Sequence[str]:
    """Those of the rows that are drawn now."""
    first = st.session_state.setdefault(_FIRST, 0)
    first = first if first < len(papers) else 0
    return papers[first : first + AT_ONCE]


def turn(papers: Sequence[str]) -> None:
    """Draw the way to the other rows, if there are any."""
    if len(papers) <= AT_ONCE:
        return
    first = st.session_state[_FIRST]
    first = first if first < len(papers) else 0
    with st.container(key="qa-table-turn", horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Previous rows", disabled=first == 0, on_click=_go, args=(first - AT_ONCE,))
        st.button("Next rows", disabled=first + AT_ONCE >= len(papers), on_click=_go, args=(first + AT_ONCE,))
        cards.small(f"Papers {first + 1}–{min(first + AT_ONCE, len(papers))} of {len(papers)}")


def _go(first: int) -> None:
    st.session_state[_FIRST] = max(0, first)
