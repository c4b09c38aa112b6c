"""Who the user is, by a login or by a secret in a cookie, and which roles they have.

Without a login there are no accounts: the cookie only separates the data of one browser from that of another, and
whoever is on this machine has all roles that the server offers.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import streamlit as st

from qa.index import history
from qa.types import QAError
from qa.userdata.database import user_of
from qa.web.session import login
from qa.web.session.roles import Role, granted, mail_of, offered

COOKIE = "qa_user"
P = ParamSpec("P")
_ONE = {"trainee": "a trainee", "maintainer": "a maintainer", "evaluator": "an evaluator"}
_REFUSED = "refused"
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)

_component = st.components.v2.component("qa_user", js=Path(__file__).with_name("user.js").read_text("utf-8"))


def user() -> str:
    """The name under which this user's data is stored: that of the login, the same in every browser, or the cookie's.

    A new user without a login gets a token, which `remember` sets as a cookie.

    Raises:
        QAError: there is a login, and the user is not logged in.
    """
    if login.configured():
        claims = _claims()
        return user_of(json.dumps(["login", claims["iss"], claims["sub"]]))  # a cookie's token has no brackets
    session = st.session_state
    if "user_token" not in session:
        token = str(st.context.cookies.get(COOKIE, ""))
        session.user_token = token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)
    return user_of(session.user_token)


def owner() -> str:
    """To whom this user's data belongs, in words."""
    return "your login" if login.configured() else "this browser"


def name() -> str:
    """Who acts, for the history and the audit log: the e-mail address that was verified, or the subject of the login.

    Without a login it is the name that the server's user has on this machine.

    Raises:
        QAError: there is a login, and the user is not logged in.
    """
    if login.configured():
        claims = _claims()
        return mail_of(claims) or str(claims["sub"])
    return history.me()


def _claims() -> dict[str, object]:
    claims = login.claims()
    if claims is None:
        raise QAError("you are not logged in; reload the page and log in")
    return dict(claims)


def remember() -> None:
    """Set the cookie if there is none, unless there is a login.

    If another window has set one meanwhile, this session takes it over.
    """
    user()
    if login.configured():
        return
    found = _component(key="qa-user", data=[COOKIE, st.session_state.user_token], on_token_change=lambda: None).token
    if found and found != st.session_state.user_token and _TOKEN.fullmatch(str(found)):
        st.session_state.user_token = str(found)
        st.rerun()


def roles() -> frozenset[Role]:
    """The roles that this user has now, of those that this server offers.

    Raises:
        QAError: what says so is not as it should be: `QA_WEB_ROLES`, the roles file, or the login.
    """
    there = offered()
    if login.configured():
        return there & granted(_claims(), with_subject=len(login.providers()) == 1)
    return there if login.is_local() else there & {"trainee"}


def about() -> str:
    """A sentence on who the user is here and in which roles; "" if there is nothing to say.

    Raises:
        QAError: as `roles`.
    """
    has = roles()
    missing = offered() - has
    if login.configured():
        return f"You are logged in as {name()}: {', '.join(sorted(has))}."
    if missing:
        return "Without a login, papers and questions are changed on the server's own machine only."
    return ""


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
