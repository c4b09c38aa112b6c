"""Library: the papers, how well they were read, their text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.types import Document, breadcrumb
from qa.web.draw import cards, papers
from qa.web.draw.text import count, escaped, label
from qa.web.session import links, opening

if TYPE_CHECKING:
    from qa.index.index import Index

_PARAMETER = "paper"


def page(tools: DeltaGenerator) -> None:
    """Draw the page: all papers, or the one that the address names."""
    cards.title("Library")
    index = opening.assistant().index
    wanted = st.query_params.get(_PARAMETER)
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
            links.link("Library", label(document.title), {_PARAMETER: document.id})
            cards.small(breadcrumb(papers.byline(document), document.id))
            cards.small(f"{count(counts[document.id], 'passage')} · {papers.quality_words(document)}")


def _one(index: Index, document: Document) -> None:
    st.html(f"<h2 class='qa-page-title'>{escaped(document.title)}</h2>")
    doi = document.metadata.get("doi")
    quality = papers.quality_words(document)
    cards.small(breadcrumb(papers.byline(document), f"DOI {doi}" if doi else "", document.id, quality))
    parts = []
    for section, kind, own in index.sections_of(document.id):
        place = document.locate(own[0].spans[0]).words()
        name = breadcrumb(kind if kind != "body" else "", place)
        texts = "".join(f"<p>{escaped(passage.text)}</p>" for passage in own)
        parts.append(f"<h3>{escaped(section or document.title)}</h3><p class='qa-kind'>{escaped(name)}</p>{texts}")
    st.html(f"<div class='qa-paper'>{''.join(parts)}</div>")
