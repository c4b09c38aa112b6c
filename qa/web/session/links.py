"""Links from one page to another."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.navigation.page import Page


def publish(pages: Mapping[str, Page]) -> None:
    """Store the pages by title, for `link`."""
    st.session_state.pages = dict(pages)


def link(page: str, words: str, parameters: Mapping[str, str]) -> None:
    """Draw a link to the page of that title. `words` are Markdown: pass foreign text through `text.label`."""
    st.page_link(st.session_state.pages[page], label=words, query_params=dict(parameters))
