"""Links from one page to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from qa.types import Citation
from qa.userdata.addresses import place as place
from qa.userdata.addresses import place_of as place_of
from qa.userdata.addresses import spans_at as spans_at

LIST = "library_list"
"""Where a session keeps the parameters of the Library's list, filtered and sorted as it was last seen."""


def publish(pages: Mapping[str, Page]) -> None:
    """Store the pages by title, for `link`."""
    st.session_state.pages = dict(pages)


def page(title: str) -> Page:
    """The page of that title, for `st.switch_page`."""
    found: Page = st.session_state.pages[title]
    return found


def link(page: str, words: str, parameters: Mapping[str, str]) -> None:
    """Draw a link to the page of that title. `words` are Markdown: pass foreign text through `text.label`."""
    st.page_link(st.session_state.pages[page], label=words, query_params=dict(parameters))


def address(page: str, parameters: Mapping[str, str]) -> str:
    """The whole address of a page with that title, to be sent to others; without the server if that is not known."""
    pages: Mapping[str, Page] = st.session_state.pages
    server = (st.context.url or "").rstrip("/")  # it ends with the path of the page that is being drawn
    for path in sorted((other.url_path for other in pages.values() if other.url_path), key=len, reverse=True):
        if server.endswith(f"/{path}"):
            server = server.removesuffix(f"/{path}")
            break
    return f"{server}/{pages[page].url_path}?{urlencode(parameters, safe=',')}"


def go(page: str) -> NoReturn:
    """Leave for the page of that title."""
    st.switch_page(st.session_state.pages[page])


def of_citation(citation: Citation) -> dict[str, str]:
    """The parameters of a link to the place of a citation, in its version of the paper."""
    return place(citation.document.id, citation.spans, citation.document.sha256)


def source(quote: Mapping[str, Any]) -> str:
    """The whole address of the place of a stored quote, for a file that is read elsewhere."""
    return address("Library", place_of(quote))
