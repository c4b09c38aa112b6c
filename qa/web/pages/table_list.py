"""The user's tables, as History lists them."""

from __future__ import annotations

import streamlit as st

from qa.userdata import database, tables
from qa.userdata.tables import TableLine
from qa.web.draw import cards
from qa.web.draw.text import count, label
from qa.web.draw.times import moment
from qa.web.session import links, user


def show(search: str = "") -> None:
    """Draw the tables that have the words of a search, under a heading; nothing if there are none."""
    found = tables.tables(database.state_folder(), user.user(), search)
    if not found:
        return
    cards.heading("Your tables")
    for table in found:
        _row(table)


def _row(table: TableLine) -> None:
    with st.container(key=f"qa-row-table-{table.id}", gap="xsmall"):
        links.link("Table", label(table.title or "A table without columns"), {"table": table.id})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            size = f"{count(table.columns, 'question')}, {count(table.papers, 'paper')}"
            cards.small(f"{moment(table.changed_at)} · {size}")
            with st.popover("Delete", key=f"qa-delete-table-{table.id}", help=label(table.title)):
                st.html("<p>It is deleted for good, and its link leads nowhere.</p>")
                st.button("Delete this table", key=f"qa-really-table-{table.id}", on_click=_delete, args=(table.id,))


def _delete(table: str) -> None:
    tables.delete(database.state_folder(), user.user(), table)
