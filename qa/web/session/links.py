"""Links from one page to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from qa.types import Span

LIST = "library_list"
"""Where a session keeps the parameters of the Library's list, filtered and sorted as it was last seen."""
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


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


def place(document: str, spans: Iterable[Span] = ()) -> dict[str, str]:
    """The parameters of a link to a paper in the Library, opened at some spans of its raw text, in reading order.

    >>> place("a", [Span(3, 5), Span(8, 9)])
    {'paper': 'a', 'at': '3-5,8-9'}
    """
    at = ",".join(f"{span.start}-{span.end}" for span in spans)
    return {"paper": document} | ({"at": at} if at else {})


def place_of(quote: Mapping[str, Any]) -> dict[str, str]:
    """The same for a stored quote, a row as `answer_record.quote_row` makes it."""
    return place(quote["document"], [Span(start, end) for start, end in quote["spans"]])


def source(quote: Mapping[str, Any]) -> str:
    """The whole address of the place of a stored quote, for a file that is read elsewhere."""
    return address("Library", place_of(quote))


def spans_at(at: str) -> tuple[Span, ...]:
    """The spans that `at` of a link names; what is no span is left out.

    >>> spans_at("3-5,x,9-8,8-9")
    (Span(start=3, end=5), Span(start=8, end=9))
    """
    pairs = [tuple(map(int, found.groups())) for part in at.split(",") if (found := _SPAN.fullmatch(part))]
    return tuple(Span(start, end) for start, end in pairs if start < end)
