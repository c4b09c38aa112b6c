"""Pages of a paper as they are printed, drawn when somebody comes near them, and kept for all who read it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.answers.memory import Memory
from qa.types import Document, Span
from qa.web.session import opening

if TYPE_CHECKING:
    from qa.papers.picture import Box
    from qa.papers.sandbox import Sandbox

_PAGES = Memory[tuple[str, int, int], str](300)
"""PNG in base64 by file, page and width: 100 MB at most, if all are large. Set by hand on 2026-11-27."""


def sheet(document: Document, page: int) -> str:
    """A page, from 1, as a PNG in base64.

    Raises:
        SourceError: the PDF is gone, has changed, or cannot be drawn within the limits.
    """
    from qa.papers.picture import WIDTH

    return _drawn(document, page, WIDTH)


def thumbnail(document: Document, page: int) -> str:
    """The same, little."""
    from qa.papers.picture import THUMBNAIL

    return _drawn(document, page, THUMBNAIL)


def shapes(document: Document) -> tuple[float, ...]:
    """The height of every page as a multiple of its width. Raises as `sheet` does."""
    return _shapes(document.sha256, document)


def boxes(document: Document, quotes: Sequence[Sequence[Span]]) -> tuple[Mapping[int, tuple[Box, ...]], ...]:
    """The boxes around each of several quotes, by page. Raises as `sheet` does."""
    return _boxes(document.sha256, tuple(map(tuple, quotes)), document) if quotes else ()


def file(document: Document) -> Path:
    """The PDF. Raises `SourceError` if it is gone."""
    from qa.papers.picture import file_of

    return file_of(document, opening.corpus())


def _drawn(document: Document, page: int, width: int) -> str:
    from qa.papers.picture import sheets

    def draw() -> str:
        (picture,) = sheets(document, [page], file(document), width, _child())
        return base64.b64encode(picture.png).decode()

    return _PAGES.get((document.sha256, page, width), draw)


@st.cache_data(max_entries=64, show_spinner=False)
def _shapes(sha256: str, _document: Document) -> tuple[float, ...]:
    from qa.papers import picture

    return picture.shapes(_document, file(_document), _child())


@st.cache_data(max_entries=256, show_spinner=False)
def _boxes(
    sha256: str, quotes: tuple[tuple[Span, ...], ...], _document: Document
) -> tuple[Mapping[int, tuple[Box, ...]], ...]:
    from qa.papers.picture import boxes_of

    return boxes_of(_document, quotes, file(_document), _child())


@st.cache_resource(show_spinner=False)
def _child() -> Sandbox:
    """Processes that stay for the next page: the start of one takes longer than a page."""
    from qa.papers.picture import limits
    from qa.papers.sandbox import Sandbox

    return Sandbox(limits())
