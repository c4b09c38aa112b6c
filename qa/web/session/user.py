"""Who the user is, by a secret in a cookie, and which roles the server offers.

There are no accounts. The cookie only separates the data of one browser from that of another.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Literal, get_args

import streamlit as st

from qa.config import WebSettings
from qa.types import QAError
from qa.userdata.database import user_of

COOKIE = "qa_user"
Role = Literal["trainee", "maintainer", "evaluator"]
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)

_component = st.components.v2.component("qa_user", js=Path(__file__).with_name("user.js").read_text("utf-8"))


def user() -> str:
    """The name under which this user's data is stored. A new user gets a token, which `remember` sets as a cookie."""
    session = st.session_state
    if "user_token" not in session:
        token = str(st.context.cookies.get(COOKIE, ""))
        session.user_token = token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)
    return user_of(session.user_token)


def remember() -> None:
    """Set the cookie if there is none. If another window has set one meanwhile, this session takes it over."""
    user()
    found = _component(key="qa-user", data=[COOKIE, st.session_state.user_token], on_token_change=lambda: None).token
    if found and found != st.session_state.user_token and _TOKEN.fullmatch(str(found)):
        st.session_state.user_token = str(found)
        st.rerun()


def roles() -> frozenset[Role]:
    """The roles that this server offers: `QA_WEB_ROLES`, separated by commas or blanks; all of them if it is empty.

    Raises:
        QAError: `QA_WEB_ROLES` has an unknown name.
    """
    known = get_args(Role)
    wanted = WebSettings().web_roles
    names = re.split(r"[\s,]+", wanted.strip()) if wanted else known
    for name in names:
        if name not in known:
            raise QAError(f"QA_WEB_ROLES names {name!r}, which is no role; there are: {', '.join(known)}")
    return frozenset(names)
