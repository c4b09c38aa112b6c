"""The frame of every page: the bar, the style sheet, a message for every error.

A page is a function that draws itself. It receives the right end of the bar, for widgets of its own. To add a page,
add a file to `pages/` and a line to `PAGES`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.types import QAError
from qa.web.draw import cards, help
from qa.web.pages import ask, evaluate, history, library, maintain, notebook, table
from qa.web.session import links, user

_LOG = logging.getLogger(__name__)
_STYLE = "\n".join(path.read_text("utf-8") for path in sorted(Path(__file__).with_name("styles").glob("*.css")))

Draw = Callable[[DeltaGenerator], None]

PAGES: Sequence[tuple[str, Draw]] = (
    ("Ask", ask.page),
    ("Table", table.page),
    ("Notebook", notebook.page),
    ("History", history.page),
    ("Library", library.page),
    ("Maintain", maintain.page),
    ("Evaluate", evaluate.page),
)
"""Title and function of each page, in the order of the bar. The bare address opens the first."""

ROLES: Mapping[str, user.Role] = {"Maintain": "maintainer", "Evaluate": "evaluator"}
"""The role that a page needs. A server that does not offer the role does not have the page."""


def run() -> None:
    """Draw the page that the address names. Streamlit calls this on every rerun."""
    bar = st.container(key="qa-bar", horizontal=True, vertical_alignment="center")
    with bar:
        st.html("<p class='qa-title'>Ask the papers</p><p class='qa-small qa-advice'>Study aid, not medical advice</p>")
        bar_links = st.container(key="qa-links", horizontal=True, gap="small")
        tools = st.container(key="qa-tools", horizontal=True, horizontal_alignment="right")
        with st.container(key="qa-help", width="content"):
            st.button("Help", on_click=help.sheet)
    try:
        offered, wrong = user.roles(), ""
    except QAError as error:
        offered, wrong = frozenset(), str(error)
    pages = {
        title: st.Page(partial(_guarded, draw, tools), title=title, url_path=title.lower(), default=number == 0)
        for number, (title, draw) in enumerate(PAGES)
        if title not in ROLES or ROLES[title] in offered
    }
    current = st.navigation(list(pages.values()), position="hidden")
    st.set_page_config(f"{current.title} · Ask the papers", layout="wide", initial_sidebar_state="collapsed")
    st.html(f"<style>{_STYLE}</style>")
    links.publish(pages)
    with bar_links:
        for page in pages.values():
            st.page_link(page)
        user.remember()  # before the page, which may take long: a reload meanwhile needs the cookie
    help.listen(current.title)
    for message in filter(None, (wrong, user.refusal())):
        cards.problem(message)
    current.run()


def _guarded(draw: Draw, tools: DeltaGenerator) -> None:
    """Draw a page. An error becomes a message on the page; an unexpected one is logged with its traceback."""
    try:
        draw(tools)
    except QAError as error:
        cards.problem(str(error))
    except Exception:
        _LOG.exception("the page could not be drawn")
        cards.problem("Something unexpected went wrong. The terminal has the details; `qa doctor` looks for the cause")
