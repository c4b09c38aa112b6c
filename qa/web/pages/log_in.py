"""Log in: all that is shown to somebody who has not logged in yet."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from qa.types import QAError
from qa.web.draw import cards
from qa.web.draw.text import escaped, label
from qa.web.session import login

_component = st.components.v2.component("qa_login", js=Path(__file__).with_name("log_in.js").read_text("utf-8"))
_PROBLEM, _LEFT = "login_problem", "logged_out"


def page() -> None:
    """Draw the page."""
    cards.title("Log in")
    _component(key="qa-login", data={"before": True, "left": bool(st.session_state.get(_LEFT))})
    with st.container(key="qa-login-page"):
        st.html(
            "<p class='qa-lead'>Ask a small library of papers, and get answers in their own words.</p>"
            "<p>Log in to ask. What you keep here is yours in every browser that you log in with.</p>"
        )
        if message := st.session_state.pop(_PROBLEM, ""):
            cards.problem(message)
        right, here = login.origin(), _origin(st.context.url or "")
        if right and here and right != here:
            st.html(f"<p>The login works at <a href='{escaped(right)}'>{escaped(right)}</a>.</p>")
            return
        for name in login.providers():
            words = f"Log in with {label(name)}" if name else "Log in"
            st.button(words, key=f"log-in-{name}", type="primary", on_click=_log_in, args=(name,))


def arrive() -> None:
    """After a login, go where one was before it: to the address that somebody was given, for example."""
    _component(key="qa-login", data={"before": False, "left": False})


def leave() -> None:
    """Log out. Whoever logs in next in this window begins anew."""
    st.session_state[_LEFT] = True
    st.logout()


def _log_in(provider: str) -> None:
    try:
        login.log_in(provider)
    except QAError as error:
        st.session_state[_PROBLEM] = str(error)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
