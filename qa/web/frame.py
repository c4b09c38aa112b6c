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
from streamlit.navigation.page import Page

from qa.types import QAError
from qa.web.draw import cards, help
from qa.web.draw.text import label
from qa.web.pages import ask, evaluate, history, library, log_in, maintain, notebook, table
from qa.web.session import links, login, user
from qa.web.session.roles import Role

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

ROLES: Mapping[str, Role] = {"Maintain": "maintainer", "Evaluate": "evaluator"}
"""The role that a page needs. Whoever does not have the role does not have the page."""


def run() -> None:
    """Draw the page that the address names. Streamlit calls this on every rerun."""
    bar = st.container(key="qa-bar", horizontal=True, vertical_alignment="center")
    with bar:
        st.html("<p class='qa-title'>Ask the papers</p><p class='qa-small qa-advice'>Study aid, not medical advice</p>")
    try:
        is_stranger, wrong = login.configured() and login.claims() is None, ""
    except QAError as error:
        is_stranger, wrong = True, str(error)
    if is_stranger:
        _stranger(wrong)
    else:
        _known(bar)


def _stranger(wrong: str) -> None:
    """Every address leads to the login; if nobody knows whether there is one, it says what is `wrong`, and no more."""
    draw = partial(cards.problem, wrong) if wrong else log_in.page
    _navigate({title: draw for title, _ in PAGES}, "Log in")[1].run()


def _known(bar: DeltaGenerator) -> None:
    """The pages, for somebody who may ask."""
    try:
        has, who, wrong = user.roles(), user.about(), ""
    except QAError as error:
        has, who, wrong = frozenset(), "", str(error)
    with bar:
        bar_links = st.container(key="qa-links", horizontal=True, gap="small")
        tools = st.container(key="qa-tools", horizontal=True, horizontal_alignment="right")
        with st.container(key="qa-help", width="content", horizontal=True, gap="small"):
            st.button("Help", on_click=help.sheet, args=(who,))
            if login.configured():
                st.button("Log out", on_click=log_in.leave, help=label(user.name()))
    shown = {title: draw for title, draw in PAGES if title not in ROLES or ROLES[title] in has}
    pages, current = _navigate({title: partial(_guarded, draw, tools) for title, draw in shown.items()})
    links.publish(pages)
    with bar_links:
        for page in pages.values():
            st.page_link(page)
        user.remember()  # before the page, which may take long: a reload meanwhile needs the cookie
        if login.configured():
            log_in.arrive()
    help.listen(current.title)
    for message in filter(None, (wrong, user.refusal())):
        cards.problem(message)
    current.run()


def _navigate(draws: Mapping[str, Callable[[], None]], title: str = "") -> tuple[dict[str, Page], Page]:
    """The pages of those titles, and the one that the address names; `title` stands in its place in the window."""
    pages = {
        name: st.Page(draw, title=name, url_path=name.lower(), default=number == 0)
        for number, (name, draw) in enumerate(draws.items())
    }
    current = st.navigation(list(pages.values()), position="hidden")
    st.set_page_config(f"{title or current.title} · Ask the papers", layout="wide", initial_sidebar_state="collapsed")
    st.html(f"<style>{_STYLE}</style>")
    return pages, current


def _guarded(draw: Draw, tools: DeltaGenerator) -> None:
    """Draw a page. An error becomes a message on the page; an unexpected one is logged with its traceback."""
    try:
        draw(tools)
    except QAError as error:
        cards.problem(str(error))
    except Exception:
        _LOG.exception("the page could not be drawn")
        cards.problem("Something unexpected went wrong. The terminal has the details; `qa doctor` looks for the cause")
