"""A paper's own text with one quote marked, drawn by a component that sets text and never HTML.

The text is cut here and not in the browser: offsets count Unicode characters, and JavaScript counts UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from qa.types import Citation
from qa.web.text import place_words, visible

Segment = tuple[str, int | None]
"""A piece of the raw text, and the number of the citation's span that it is, if it is one."""


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


_component = st.components.v2.component(
    "qa_source", html=_file("source.html"), css=_file("source.css"), js=_file("source.js")
)


def segments(citation: Citation) -> list[Segment]:
    """The whole raw text in pieces; the piece numbered i is `citation.quote[i]`."""
    raw = citation.document.raw
    pieces: list[Segment] = []
    end = 0
    for number, span in sorted(enumerate(citation.spans), key=lambda numbered: numbered[1]):
        pieces += [(raw[end : span.start], None), (raw[span.start : span.end], number)]
        end = span.end
    return [*pieces, (raw[end:], None)]


def show(citation: Citation, *, click: str, opener: str, on_close: Callable[[], None]) -> None:
    """Draw the source, scrolled to the quote.

    `click` names the click that asked for it: a new one scrolls there again. `opener` is the key of the button
    that gets the focus back when the source is closed.
    """
    parts = [place_words(citation.document.locate(span)) for span in citation.spans]
    _component(
        key="source-text",
        data={
            "click": click,
            "opener": opener,
            "title": visible(citation.document.title),
            "place": " · ".join(filter(None, [visible(citation.section), place_words(citation.place)])),
            "parts": parts if len(parts) > 1 else [],
            "segments": segments(citation),
        },
        on_close_change=on_close,
    )
