"""Which roles the server offers, and which of them a login has: by its claims, or by a file."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from qa.config import WebSettings
from qa.types import QAError

Role = Literal["trainee", "maintainer", "evaluator"]
ROLES: frozenset[Role] = frozenset(get_args(Role))
CLAIM_HOURS = 12
"""Hours after a login for which the roles in its claims are believed: Streamlit keeps the claims for 30 days, and asks
nobody anew. A working day and a little more; set by hand, 2026-11-28."""
_CLAIM = "claim"
"""The table of the roles file that maps values of the claim."""


def offered() -> frozenset[Role]:
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


def mail_of(claims: Mapping[str, Any]) -> str:
    """The e-mail address of a login, as it was claimed; "" if there is none, or if the provider has not verified it."""
    verified = str(claims.get("email_verified", True)).lower() == "true"
    return str(claims.get("email") or "").strip() if verified else ""


def granted(claims: Mapping[str, Any], with_subject: bool) -> frozenset[Role]:
    """The roles of a login with those claims. The file is read anew, so that a role that it takes away is gone at once.

    `with_subject`: the file may name the claim `sub` too. It may not where several providers give it out.

    Raises:
        QAError: `QA_ROLES_FILE` is not as it should be, or a role stands in claims that are too old.
    """
    settings = WebSettings()
    people, values = _file(Path(settings.roles_file)) if settings.roles_file else ({}, {})
    names = {_folded(mail_of(claims))} | ({str(claims.get("sub", ""))} if with_subject else set())
    by_file = {role for role in people if names & people[role]}
    by_claim: set[Role] = set()
    if settings.roles_claim:
        found = claims.get(settings.roles_claim)
        has = {found} if isinstance(found, str) else set(map(str, found)) if isinstance(found, list | tuple) else set()
        by_claim = {role for role in ROLES if has & values.get(role, {role})}
    if by_claim - by_file - {"trainee"} and time.time() - _seconds(claims.get("iat")) > CLAIM_HOURS * 3600:
        raise QAError(
            f"your login is more than {CLAIM_HOURS} hours old, and what it says of your role may have changed; "
            "log out and in again"
        )
    return frozenset(by_file | by_claim | {"trainee"})


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _folded(mail: str) -> str:
    """An address in lower case, if it is ASCII: in Unicode, letters of different people would become the same."""
    return mail.lower() if mail.isascii() else mail


def _file(path: Path) -> tuple[dict[Role, set[str]], dict[Role, set[str]]]:
    """Who has which role, and which values of the claim stand for it.

    Raises:
        QAError: it cannot be read, or there is something in it that it should not have.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise QAError(f"QA_ROLES_FILE: {path} cannot be read, so nobody has a role by it ({error})") from error
    mapped = rows.pop(_CLAIM, {})
    if not isinstance(mapped, dict):
        raise _fault(path, f"{_CLAIM} must be a table")
    people, values = _lists(path, rows), _lists(path, mapped)
    return {role: {_folded(name) if "@" in name else name for name in people[role]} for role in people}, values


def _lists(path: Path, rows: Mapping[str, Any]) -> dict[Role, set[str]]:
    lists: dict[Role, set[str]] = {}
    for name, row in rows.items():
        role = next((role for role in ROLES if role == name), None)
        if role is None:
            raise _fault(path, f"{name!r} is no role; there are: {', '.join(get_args(Role))}")
        if not isinstance(row, list) or not all(isinstance(one, str) and one.strip() for one in row):
            raise _fault(path, f"{name} must be a list of texts that are not empty")
        lists[role] = {one.strip() for one in row}
    return lists


def _fault(path: Path, what: str) -> QAError:
    return QAError(f"QA_ROLES_FILE: nobody has a role by {path}: {what}; README shows what such a file looks like")
