"""Who is before the page, by a secret in a cookie, and which pages they may use.

There are no accounts. The cookie only keeps the things of one browser apart from those of another.
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
    """The name under which this person's things are kept. A newcomer gets a cookie; `remember` sets it."""
    session = st.session_state
    if "user_token" not in session:
        token = str(st.context.cookies.get(COOKIE, ""))
        session.user_token = token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)
    return user_of(session.user_token)


def remember() -> None:
    """Set the cookie where there is none. Where another window has set one meanwhile, that one holds here too."""
    user()
    found = _component(key="qa-user", data=[COOKIE, st.session_state.user_token], on_token_change=lambda: None).token
    if found and found != st.session_state.user_token and _TOKEN.fullmatch(str(found)):
        st.session_state.user_token = str(found)
        st.rerun()


def roles() -> frozenset[Role]:
    """What this server offers: `QA_WEB_ROLES`, names with commas between them; all of them if it is not set.

    Raises:
        QAError: a name is none of a role.
    """
    known = get_args(Role)
    wanted = WebSettings().web_roles
    names = re.split(r"[\s,]+", wanted.strip()) if wanted else known
    for name in names:
        if name not in known:
            raise QAError(f"QA_WEB_ROLES names {name!r}, which is no role; there are: {', '.join(known)}")
    return frozenset(names)
