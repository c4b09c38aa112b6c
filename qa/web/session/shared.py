"""The permanent link to one answer."""

from __future__ import annotations

import streamlit as st

from qa.web.session import links

_PARAMETER = "answer"
"""The query parameter that names the answer."""


def link_to(answer_id: str) -> str:
    """The permanent link to an answer, on this server."""
    return links.address("Ask", {_PARAMETER: answer_id})


def requested() -> str | None:
    """The id of the answer that the address names; None if it names none."""
    return st.query_params.get(_PARAMETER)


def leave() -> None:
    """Go on without that answer."""
    st.query_params.pop(_PARAMETER, None)
