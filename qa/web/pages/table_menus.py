"""The menus of a table: its columns, its title, its link, and what one takes along."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from qa.answers.columns import READY
from qa.userdata import database, table_export, tables
from qa.userdata.table_record import Column, Table
from qa.web.draw import cards
from qa.web.draw.text import count
from qa.web.pages import table_state
from qa.web.session import user

_FORMATS: dict[str, tuple[str, str, Callable[[Table, Sequence[str]], str | bytes]]] = {
    "Excel": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        table_export.as_xlsx,
    ),
    "CSV": ("csv", "text/csv", table_export.as_csv),
    "Markdown": ("md", "text/markdown", table_export.as_markdown),
}


def ready(have: Sequence[Column]) -> None:
    """Buttons that add the columns that are ready made."""
    asked = {column.questions for column in have}
    with st.container(key="qa-ready", horizontal=True, gap="small"):
        for name, questions in READY.items():
            st.button(
                name,
                key=f"qa-ready-{name}",
                disabled=questions in asked,
                on_click=table_state.add,
                args=(name, questions),
            )


def show(table: Table, papers: Sequence[str]) -> None:
    """Draw the menus; others than its owner can take the table along. `papers` are the rows, in their order."""
    with st.container(key="qa-table-menus", horizontal=True, gap="small", vertical_alignment="center"):
        if table.own:
            with st.popover("Columns"):
                cards.small("Ready-made columns")
                ready(table.columns)
                for column in table.columns:
                    _column(table, column)
            with st.popover("Rename"):
                st.text_input(
                    "Title of the table",
                    value=table.title,
                    max_chars=tables.MAX_TITLE,
                    key=f"qa-table-title-{table.id}",
                    on_change=_rename,
                    args=(table.id,),
                )
        with st.popover("Download", on_change="rerun") as menu:
            if menu.open:
                _downloads(table, papers)
        with st.popover("Link"):
            cards.small("Whoever has this link can read the table, and cannot change it.")
            st.code(table_state.link_to(table.id), language=None, wrap_lines=True)


def _column(table: Table, column: Column) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Name of the column",
            value=column.name,
            max_chars=tables.MAX_TITLE,
            key=_name_key(table.id, column.id),
            on_change=_rename_column,
            args=(table.id, column.id),
        )
        key = f"qa-remove-{table.id}-{column.id}"
        st.button("Remove", key=key, on_click=table_state.remove, args=(column.id,))
    cards.small(" · ".join(column.questions))


def _downloads(table: Table, papers: Sequence[str]) -> None:
    cards.small(f"{count(len(papers), 'row')}, in the order in which they are shown, with all sources")
    for name, (ending, kind, make) in _FORMATS.items():
        file, key = f"table-{table.id[:6]}.{ending}", f"qa-table-{ending}"
        st.download_button(name, make(table, papers), file, kind, key=key, on_click="ignore", width="stretch")


def _name_key(table: str, column: str) -> str:
    return f"qa-name-{table}-{column}"


def _rename(table: str) -> None:
    title = st.session_state[f"qa-table-title-{table}"]
    table_state.change(tables.rename, database.state_folder(), user.user(), table, title)


def _rename_column(table: str, column: str) -> None:
    name = st.session_state[_name_key(table, column)]
    table_state.change(tables.rename_column, database.state_folder(), user.user(), table, column, name)
