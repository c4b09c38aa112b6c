"""Maintain: how well the papers were read, and their passages with the edits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.papers import inspection
from qa.papers.quality import worst
from qa.papers.sources import read_corpus
from qa.text import visible
from qa.types import Document, breadcrumb
from qa.web.draw import cards
from qa.web.draw.tables import table
from qa.web.draw.text import count, escaped, escaped_lines
from qa.web.session import opening

if TYPE_CHECKING:
    from qa.index.index import Failure, Index
    from qa.papers.repair import Change

_PER_PAGE = 10
"""Passages on a page of the part "Passages"."""


def reading(index: Index) -> None:
    """Draw what was left out, and the pages that were read with faults."""
    cards.heading("Left out")
    corpus = opening.corpus()
    others = read_corpus(corpus).lines() if corpus.is_dir() else []
    left_out(index.failures)
    for line in others:
        cards.problem(line)
    if not index.failures and not others:
        cards.small("Every paper in the folder was read.")
    cards.heading("Pages")
    cards.small("A page's score is 1 where it was read well, and 0 where what came out is worthless.")
    quality_of(index.documents)


def left_out(failures: Sequence[Failure]) -> None:
    """Draw the papers that could not be read, with the reasons."""
    for failure in failures:
        cards.problem(f"Left out: {failure.reason}")


def quality_of(documents: Sequence[Document]) -> None:
    """A table of the pages with faults, worst first, and the number of pages without."""
    worse, pages = worst(documents), sum(len(document.quality) for document in documents)
    if worse:
        rows = [
            (
                f"{quality.score:.2f}" if quality.judged else "not judged",
                name,
                "–" if quality.page is None else str(quality.page),
                "; ".join(quality.reasons),
            )
            for name, quality in worse
        ]
        table(("score", "paper", "page", "why"), rows, figures=(0,))
    cards.small(f"{pages - len(worse)} of {pages} pages or texts were read without a fault.")


def passages(index: Index) -> None:
    """Draw the passages of a paper, each with its raw text and the edits."""
    documents = index.by_id
    chosen = st.selectbox("Paper", documents, format_func=lambda name: visible(documents[name].title))
    document = documents[chosen]
    own = index.passages_of(chosen)
    last = -(-len(own) // _PER_PAGE)
    number = int(st.number_input(f"Page, 1 to {last}", 1, last, key=f"passages-of-{chosen}")) if last > 1 else 1
    cards.small(
        f"{count(len(own), 'passage')}. Struck out: left out of what is read, or replaced by what is marked behind it."
    )
    changes = _changes(document, document.sha256)
    for passage in own[(number - 1) * _PER_PAGE : number * _PER_PAGE]:
        place = document.locate(passage.spans[0]).words()
        words = len(passage.text.split())
        about = breadcrumb(passage.kind, passage.section, place, f"{words} words", passage.id)
        st.html(
            f"<div class='qa-paper'><p class='qa-kind'>{escaped(about)}</p><p>{escaped(passage.text)}</p></div>"
            f"<details><summary class='qa-small'>Raw text and edits</summary>"
            f"<div class='qa-raw'>{''.join(map(_piece, inspection.pieces(document, passage, changes)))}</div></details>"
        )


@st.cache_data(max_entries=8, show_spinner="Looking for the edits…")
def _changes(_document: Document, sha256: str) -> tuple[Change, ...]:
    return inspection.changes_of(_document)


def _piece(piece: inspection.Piece) -> str:
    """A piece of raw text for `st.html`. A deleted line break is drawn as ⏎."""
    if piece.kind == "same":
        return escaped_lines(piece.raw)
    now = f"<ins>{escaped_lines(piece.replacement)}</ins>" if piece.replacement else ""
    return f"<del title='{escaped(piece.name)}'>{escaped_lines(piece.raw.replace(chr(10), '⏎'))}</del>{now}"
