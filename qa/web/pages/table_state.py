"""Which table the page shows: the one that the address names, or else the last one of this session."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from qa.types import QAError
from qa.userdata import database, tables
from qa.userdata.table_record import Table
from qa.userdata.tables import Removed
from qa.web.session import links, scope, user
from qa.web.source import panel

PAGE = "table"
PARAMETER = "table"
"""The query parameter that names the table."""
P = ParamSpec("P")


def requested() -> Table | None:
    """The table to show; None for a new one, and for one that is not there, which `table_problem` then tells.

    A table of one's own that was opened anew brings its scope, unless the address names one.
    """
    session = st.session_state
    for name in ("table", "table_problem", "table_removed", "table_cell"):
        session.setdefault(name, None)
    wanted = st.query_params.get(PARAMETER) or session.table
    if wanted is None:
        return None
    table = tables.opened(database.state_folder(), user.user(), wanted)
    if table is None:
        reset()
        session.table_problem = "There is no such table, or its owner has deleted it"
        return None
    if wanted != session.table:
        session.update(table=wanted, table_removed=None, table_cell=None)
        panel.close(PAGE)
        if table.own and not scope.named():
            scope.put(table.scope)
    st.query_params[PARAMETER] = wanted  # a link from another page drops it
    return table


def reset() -> None:
    """Begin a new table. The last one stays under History."""
    st.session_state.update(table=None, table_removed=None, table_cell=None, table_problem=None)
    st.query_params.pop(PARAMETER, None)
    panel.close(PAGE)


def change(act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Do something to a table in a callback; what goes wrong is told above the table."""
    st.session_state.table_problem = None
    try:
        act(*args, **kwargs)
    except QAError as error:
        st.session_state.table_problem = str(error)


def add(name: str, questions: tuple[str, ...]) -> None:
    """Add a column to the table of this session; to a new one, whose scope is what is chosen, if there is none."""
    folder, who, session = database.state_folder(), user.user(), st.session_state

    def adding() -> None:
        if session.table is None:
            session.table = tables.create(folder, who)
        tables.add_column(folder, who, session.table, name, questions)

    change(adding)


def remove(column: str) -> None:
    """Remove a column, and remember it for `put_back`."""

    def removing() -> None:
        folder, name = database.state_folder(), st.session_state.table
        st.session_state.table_removed = tables.remove_column(folder, user.user(), name, column)

    change(removing)


def put_back() -> None:
    """Put the column back that was removed last."""
    removed: Removed = st.session_state.table_removed
    st.session_state.table_removed = None
    change(tables.put_back, database.state_folder(), user.user(), st.session_state.table, removed)


def link_to(table: str) -> str:
    """The permanent link to a table, on this server."""
    return links.address("Table", {PARAMETER: table})
