"""Links from one page to another."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page


def publish(pages: Mapping[str, Page]) -> None:
    """Say which pages there are, by title."""
    st.session_state.pages = dict(pages)


def link(page: str, words: str, parameters: Mapping[str, str]) -> None:
    """A link to the page of that title; `words` are a label (see `text.label`)."""
    st.page_link(st.session_state.pages[page], label=words, query_params=dict(parameters))
