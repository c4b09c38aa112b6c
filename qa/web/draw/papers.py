"""What is known of a paper, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa.types import WELL_READ, Document, Quality
from qa.web.draw.text import count


def byline(document: Document) -> str:
    """Author, journal and year of a paper, as far as they are known."""
    known = document.metadata
    return " · ".join(known[name] for name in ("author", "journal", "year") if known.get(name))


def title_note(document: Document) -> str:
    """What is unusual about a paper's title; "" if nothing is.

    >>> title_note(Document("a", "", "Words.", metadata={"title": "[On owls]"}))
    'title in brackets: translated or supplied, not as printed'
    >>> title_note(Document("a", "", "Words."))
    'no title known; a maintainer can add it'
    """
    if document.title == document.id:
        return "no title known; a maintainer can add it"
    if document.title.startswith("[") and document.title.rstrip(".").endswith("]"):
        return "title in brackets: translated or supplied, not as printed"
    return ""


def quality_words(document: Document) -> str:
    """How well a paper was read, and which of its pages were read badly."""
    return read_words(len(document.page_starts), document.quality)


def read_words(n_pages: int, of_pages: Sequence[Quality]) -> str:
    """How well a paper of so many pages, 0 for a text, was read, given the quality of each.

    >>> read_words(2, [Quality(1, 1.0), Quality(2, 0.1, ("no text was found on it",))])
    '2 pages, read badly on 2'
    """
    bad = [quality for quality in of_pages if quality.score < WELL_READ]
    pages = f"{count(n_pages, 'page')}, " if n_pages else ""
    if not bad and of_pages and all(not quality.judged for quality in of_pages):
        return f"{pages}not judged how well it was read: {of_pages[0].reasons[-1]}"
    if not bad:
        return f"{pages}read well"
    if not n_pages:
        return "read badly: look at the original"
    return f"{pages}read badly on {_runs([quality.page for quality in bad if quality.page])}"


def _runs(pages: Sequence[int]) -> str:
    """Pages in ascending order, each run of them by its ends.

    >>> _runs([1, 2, 3, 7, 9, 10])
    '1–3, 7, 9–10'
    """
    runs = [[page for _, page in run] for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
