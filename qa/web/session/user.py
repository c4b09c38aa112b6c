"""Who the user is, by a secret in a cookie, and which roles the server offers.

There are no accounts. The cookie only separates the data of one browser from that of another.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Literal, ParamSpec, get_args

import streamlit as st

from qa.config import WebSettings
from qa.types import QAError
from qa.userdata.database import user_of

COOKIE = "qa_user"
Role = Literal["trainee", "maintainer", "evaluator"]
_ONE = {"trainee": "a trainee", "maintainer": "a maintainer", "evaluator": "an evaluator"}
P = ParamSpec("P")
_REFUSED = "refused"
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


def require(role: Role) -> None:
    """Check that whoever is at the page has that role now. Each page and each action of a role begins with this.

    Raises:
        QAError: they do not have it.
    """
    if role not in roles():
        raise QAError(f"only {_ONE[role]} may do this here; ask whoever runs this server for the role")


def only(role: Role) -> Callable[[Callable[P, object]], Callable[P, None]]:
    """Let a callback do its work only for those who have that role when it is called.

    Streamlit runs a callback before the page, where nothing turns an error into a message: `refusal` has it then.
    """

    def guarded(act: Callable[P, object]) -> Callable[P, None]:
        @wraps(act)
        def acts(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                require(role)
            except QAError as error:
                st.session_state[_REFUSED] = str(error)
            else:
                act(*args, **kwargs)

        return acts

    return guarded


def is_refused() -> bool:
    """Whether the last action was refused, and nobody has been told yet."""
    return _REFUSED in st.session_state


def refusal() -> str:
    """Why the last action was refused, once; empty if it was not."""
    return str(st.session_state.pop(_REFUSED, ""))
