"""A paper of the Library, to read: its pages, its text, what the user has marked in it, what others say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from qa.text import visible
from qa.types import Document, QuoteError, Scope, Span, breadcrumb
from qa.userdata import database, marks
from qa.userdata.addresses import AT
from qa.userdata.marks import Mark
from qa.web.draw import cards, papers
from qa.web.draw.text import escaped
from qa.web.pages import metadata_form, overview
from qa.web.reading import beside, component
from qa.web.reading.component import Marked, Reading
from qa.web.reading.paper import Paper
from qa.web.session import links, scope, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant


class Elsewhere(NamedTuple):
    """Where a paper is opened, if not at the spans that the address names, and what is said of it."""

    spans: tuple[Span, ...]
    notice: str


def page(assistant: Assistant, document: Document, elsewhere: Elsewhere | None = None) -> None:
    """Draw the page of a paper, opened at the spans that the address names, or elsewhere."""
    with st.container(key="qa-reading"):
        with st.container(key="qa-reading-head"):
            _head(document)
            below = overview.draw(assistant, document, is_open=not st.query_params.get(AT))
        now, paper = component.reading(document), _paper(assistant.generation, document.id, assistant)
        if now.task == "highlight":
            beside.highlight(paper, now)
        own = marks.of(database.state_folder(), user.user(), document.id)
        _reader(paper, now, own, elsewhere)
        with st.container(key="qa-aside"):
            beside.draw(assistant, paper, now, own)
    if below is not None:
        overview.questions(assistant, document, below)


def _head(document: Document) -> None:
    st.set_page_config(page_title=f"{visible(document.title)[:80]} · Ask the papers")
    with st.container(horizontal=True, vertical_alignment="center"):
        links.link("Library", "← All papers", st.session_state.get(links.LIST, {}))
        if st.button("Ask this paper"):
            scope.put(Scope([document.id]))
            links.go("Ask")
    st.html(f"<h2 class='qa-page-title'>{escaped(document.title)}</h2>")
    doi = document.metadata.get("doi")
    known = (papers.byline(document), f"DOI {doi}" if doi else "", document.id, papers.quality_words(document))
    cards.small(breadcrumb(*known, papers.title_note(document)))
    metadata_form.draw(document)


def _reader(paper: Paper, now: Reading, own: Sequence[Mark], elsewhere: Elsewhere | None) -> None:
    asked = st.query_params.get(AT, "")
    at, length = elsewhere.spans if elsewhere else links.spans_at(asked), len(paper.document.raw)
    inside = [span for span in at if span.end <= length]
    notice = ""
    if elsewhere:
        notice = elsewhere.notice
    elif asked and not inside:
        notice = "The place that this link names is not in the paper, which may have changed since the link was made."
    elif inside and not paper.at(inside):
        notice = "The place that this link names is not in the readable text; the nearest sentence is shown."
    with st.container(key="qa-reading-sheet"):
        component.draw(paper, now, inside, _marked(paper, own), notice)


def _marked(paper: Paper, own: Sequence[Mark]) -> list[Marked]:
    """Where the user's marks stand in the paper as it is now; those that no longer do are left out."""
    found = []
    for mark in own:
        try:
            citations = mark.citations({paper.document.id: paper.document})
        except QuoteError:
            continue
        parts = tuple(part for citation in citations for part in paper.at(citation.spans))
        found.append(Marked(parts, bool(mark.note)))
    return found


@st.cache_resource(max_entries=16, show_spinner=False)
def _paper(generation: str, document: str, _assistant: Assistant) -> Paper:
    return Paper.of(_assistant.index, _assistant.by_id[document])
