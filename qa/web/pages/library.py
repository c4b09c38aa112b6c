"""Library: the papers, how well they were read, their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.text import visible
from qa.types import Document, breadcrumb
from qa.web.draw import cards, papers
from qa.web.draw.text import escaped
from qa.web.pages import library_list, metadata_form
from qa.web.session import links, opening

if TYPE_CHECKING:
    from qa.index.index import Index

_PARAMETER = "paper"


def page(tools: DeltaGenerator) -> None:
    """Draw the page: all papers, or the one that the address names."""
    cards.title("Library")
    assistant = opening.assistant()
    index = assistant.index
    wanted = st.query_params.get(_PARAMETER)
    with st.container(key="qa-page"):
        if wanted is None:
            library_list.draw(assistant)
            return
        document = index.by_id.get(wanted)
        links.link("Library", "← All papers", {})
        if document is None:
            cards.problem("There is no such paper in the library")
        else:
            st.set_page_config(page_title=f"{visible(document.title)[:80]} · Ask the papers")
            _one(index, document)


def _one(index: Index, document: Document) -> None:
    st.html(f"<h2 class='qa-page-title'>{escaped(document.title)}</h2>")
    doi = document.metadata.get("doi")
    quality = papers.quality_words(document)
    note = papers.title_note(document)
    cards.small(breadcrumb(papers.byline(document), f"DOI {doi}" if doi else "", document.id, quality, note))
    metadata_form.draw(document)
    parts = []
    for section, kind, own in index.sections_of(document.id):
        place = document.locate(own[0].spans[0]).words()
        name = breadcrumb(kind if kind != "body" else "", place)
        texts = "".join(f"<p>{escaped(passage.text)}</p>" for passage in own)
        parts.append(f"<h3>{escaped(section or document.title)}</h3><p class='qa-kind'>{escaped(name)}</p>{texts}")
    st.html(f"<div class='qa-paper'>{''.join(parts)}</div>")
