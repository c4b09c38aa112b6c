"""Who is logged in, where Streamlit's secrets configure a login; else, whether the visitor is on this machine."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitAPIException, StreamlitAuthError

from qa.config import is_here
from qa.types import QAError

_LOG = logging.getLogger(__name__)
_DEFAULT = "default"
_FORWARDED = ("forwarded", "via", "x-real-ip", "true-client-ip")
"""Headers, beside `X-Forwarded-…`, by which a proxy says that it asks for somebody else."""


def configured() -> bool:
    """Whether the secrets have a section `auth`, however wrong: then nobody gets in without a login.

    Raises:
        QAError: there are secrets that cannot be read, so that nobody knows.
    """
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    for path in config.get_option("secrets.files"):
        if Path(path).exists():
            raise QAError(f"{path} cannot be read as TOML, so it is not known who may log in; mend or remove it")
    return False


def claims() -> Mapping[str, Any] | None:
    """What the provider says of whoever is logged in, with the texts `iss` and `sub`; None if nobody is."""
    found = st.user.to_dict()
    named = all(isinstance(found.get(name), str) and found[name] for name in ("iss", "sub"))
    return found if found.get("is_logged_in") is True and named else None


def providers() -> list[str]:
    """The providers that the secrets name, in their order; "" for one that has no name."""
    named = [name for name, row in _section().items() if isinstance(row, Mapping) and name != "client_kwargs"]
    return ["" if name == _DEFAULT else name for name in named] or [""]


def origin() -> str:
    """The address at which the login works, which the secrets say; "" if they do not."""
    with suppress(ValueError):
        parts = urlsplit(
            str(_section().get("redirect_uri", "")).replace("{port}", str(config.get_option("server.port")))
        )
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return ""


def _section() -> Mapping[str, Any]:
    found = st.secrets["auth"]
    return found if isinstance(found, Mapping) else {}


def log_in(provider: str) -> None:
    """Send the browser to that provider.

    Raises:
        QAError: the login is not configured as it should be; the log has the reason.
    """
    try:
        st.login(provider or None)
    except (StreamlitAPIException, StreamlitAuthError) as error:
        _LOG.error("nobody can log in: %s", " ".join(str(error).split()))
        raise QAError(
            "nobody can log in here, since the login is not configured as it should be; the terminal has the details"
        ) from error


def is_local() -> bool:
    """Whether the visitor's browser runs on this machine, as far as its request tells.

    A proxy gives itself away by its headers, or by the name under which the browser knows the server. Of a browser that
    has left, Streamlit knows nothing, and it counts as another's.
    """
    address = st.context.ip_address  # None: of this machine, or unknown
    headers = {name.lower(): value for name, value in st.context.headers.items()}
    forwarded = any(name in _FORWARDED or name.startswith("x-forwarded-") for name in headers)
    if isinstance(address, str) or forwarded or (address is None and "host" not in headers):
        return False
    try:
        names = [urlsplit(headers.get("origin", "")).hostname, urlsplit(f"//{headers.get('host', '')}").hostname]
    except ValueError:
        return False
    return all(is_here(name) for name in names if name)
