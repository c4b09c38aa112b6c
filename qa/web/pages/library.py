"""Library: the papers, how well they were read, their text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.types import WELL_READ, Document, breadcrumb
from qa.web.draw import cards
from qa.web.draw.text import count, escaped, label
from qa.web.session import links, opening

if TYPE_CHECKING:
    from qa.index.index import Index

PARAMETER = "paper"


def page(tools: DeltaGenerator) -> None:
    """Draw the page: all papers, or the one that the address names."""
    cards.title("Library")
    index = opening.assistant().index
    wanted = st.query_params.get(PARAMETER)
    with st.container(key="qa-page"):
        if wanted is None:
            _all(index)
            return
        document = next((document for document in index.documents if document.id == wanted), None)
        links.link("Library", "← All papers", {})
        if document is None:
            cards.problem("There is no such paper in the library")
        else:
            _one(index, document)


def _all(index: Index) -> None:
    counts = Counter(passage.document for passage in index.passages)
    cards.heading(f"{count(len(index.documents), 'paper')}, {count(len(index.passages), 'passage')}")
    for number, document in enumerate(index.documents):
        with st.container(key=f"qa-row-{number}", gap="xxsmall"):
            links.link("Library", label(document.title), {PARAMETER: document.id})
            cards.small(" · ".join(filter(None, [about(document), document.id])))
            cards.small(f"{count(counts[document.id], 'passage')} · {reading(document)}")


def about(document: Document) -> str:
    """Who wrote a paper, where and when, as far as it is known."""
    known = document.metadata
    return " · ".join(known[name] for name in ("author", "journal", "year") if known.get(name))


def reading(document: Document) -> str:
    """How well a paper was read, in a few words."""
    bad = [quality for quality in document.quality if quality.score < WELL_READ]
    pages = f"{count(len(document.page_starts), 'page')}, " if document.page_starts else ""
    if not bad:
        return f"{pages}read well"
    if not document.page_starts:
        return "read badly: look at the original"
    return f"{pages}read badly on {', '.join(str(quality.page) for quality in bad)}"


def _one(index: Index, document: Document) -> None:
    st.html(f"<h2 class='qa-page-title'>{escaped(document.title)}</h2>")
    known = document.metadata
    lines = [about(document), f"DOI {known['doi']}" if known.get("doi") else "", document.id, reading(document)]
    cards.small(breadcrumb(*lines))
    parts = []
    for section, kind, own in index.sections_of(document.id):
        place = document.locate(own[0].spans[0]).words()
        name = breadcrumb(kind if kind != "body" else "", place)
        texts = "".join(f"<p>{escaped(passage.text)}</p>" for passage in own)
        parts.append(f"<h3>{escaped(section or document.title)}</h3><p class='qa-kind'>{escaped(name)}</p>{texts}")
    st.html(f"<div class='qa-paper'>{''.join(parts)}</div>")
