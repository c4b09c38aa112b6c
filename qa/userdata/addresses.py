"""What a permanent link names: an answer, or a place in one version of a paper.

…/ask?answer=ID                             an answer, by its id
…/library?paper=ID&at=3-5,8-9&of=1a2b…      spans of a paper's raw text, in the version whose file has that SHA-256
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from qa.types import QuestionError, Span

ANSWER, PAPER, AT, OF = "answer", "paper", "at", "of"
"""The query parameters."""
_VERSION = 16
"""Hex digits of the SHA-256 in a link: no two of a million files have the same. Set by hand on 2026-11-28."""

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")
_HEX = re.compile(r"[0-9a-f]{8,64}")
_ID = re.compile(r"[\w-]{22}", re.ASCII)
"""The id of an answer; see `conversations.append`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place in a paper. `version` is how the SHA-256 of its file begins, in hex, "" if the link does not say."""

    document: str
    spans: tuple[Span, ...]
    version: str


def place(document: str, spans: Iterable[Span] = (), sha256: str = "") -> dict[str, str]:
    """The parameters of a link to a paper in the Library, opened at some spans of its raw text, in reading order.

    `sha256` is that of the file whose text this is, in hex.

    >>> place("a", [Span(3, 5), Span(8, 9)], "0123456789abcdef0123")
    {'paper': 'a', 'at': '3-5,8-9', 'of': '0123456789abcdef'}
    >>> place("a")
    {'paper': 'a'}
    """
    at = ",".join(f"{span.start}-{span.end}" for span in spans)
    version = {OF: sha256[:_VERSION]} if sha256 else {}
    return {PAPER: document} | ({AT: at} | version if at else {})


def place_of(quote: Mapping[str, Any]) -> dict[str, str]:
    """The same for a stored quote, a row as `answer_record.quote_row` makes it."""
    return place(quote["document"], [Span(start, end) for start, end in quote["spans"]], quote.get("sha256", ""))


def spans_at(at: str) -> tuple[Span, ...]:
    """The spans that `at` of a link names; what is no span is left out.

    >>> spans_at("3-5,x,9-8,8-9")
    (Span(start=3, end=5), Span(start=8, end=9))
    """
    pairs = [tuple(map(int, found.groups())) for part in at.split(",") if (found := _SPAN.fullmatch(part))]
    return tuple(Span(start, end) for start, end in pairs if start < end)


def version_of(of: str) -> str:
    """How the SHA-256 begins that `of` of a link names; "" if it is none.

    >>> version_of("0123456789ABCDEF"), version_of("x")
    ('0123456789abcdef', '')
    """
    return of.lower() if _HEX.fullmatch(of.lower()) else ""


def named(link: str) -> str | Named:
    """The id of an answer, or the place in a paper, that a link names; a bare id is a link too.

    >>> named("http://localhost:8501/?answer=abc"), named("/library?paper=a&at=3-5").document
    ('abc', 'a')

    Raises:
        QuestionError: it is neither.
    """
    link = link.strip()
    if _ID.fullmatch(link):
        return link
    try:
        given = parse_qs(urlsplit(link).query)
    except ValueError:
        given = {}
    if ANSWER in given:
        return given[ANSWER][0]
    spans = spans_at(",".join(given.get(AT, ())))
    if PAPER in given and spans:
        return Named(given[PAPER][0], spans, version_of(given.get(OF, [""])[0]))
    raise QuestionError(
        f"{link!r} is no link to an answer or to a place in a paper; “Copy link” and “Copy quote” in the app give one"
    )
