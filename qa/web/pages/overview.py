"""A paper at a glance: aim, design, sample, result, limitations in its words; questions to ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.types import BusyError, Citation, Document, breadcrumb
from qa.web.draw import cards
from qa.web.draw.text import escaped, label
from qa.web.session import links

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

NOT_STATED = "not clearly stated"


def draw(assistant: Assistant, document: Document, *, is_open: bool) -> DeltaGenerator | None:
    """Draw the overview of a paper, and return the place for `questions`, which take longer; None if it is closed."""
    from qa.answers import overview

    with st.expander("At a glance", expanded=is_open, key="qa-overview", on_change="rerun") as glance:
        if not glance.open:
            return None
        with st.spinner("Looking through the paper…"):
            found = overview.overview(assistant, document.id)
        for number, (aspect, citation) in enumerate(found.aspects):
            with st.container(key=f"qa-aspect-{number}", gap=None):
                _aspect(aspect, citation)
        if found.citations:
            cards.small("Sentences of the paper, chosen by a program: read them where they stand.")
        return st.container(key="qa-own-questions", gap="xxsmall")


def _aspect(aspect: str, citation: Citation | None) -> None:
    name = escaped(aspect)
    if citation is None:
        st.html(f"<dl class='qa-aspect'><dt>{name}</dt><dd class='qa-small'>{NOT_STATED}</dd></dl>")
        return
    st.html(f"<dl class='qa-aspect'><dt>{name}</dt><dd><q>{escaped(citation.text)}</q></dd></dl>")
    words = breadcrumb(citation.section, citation.place.words())
    links.link("Library", label(words), links.of_citation(citation))


def questions(assistant: Assistant, document: Document, place: DeltaGenerator) -> None:
    """Draw the questions that a paper is known to answer, each a link that asks it of this paper alone."""
    from qa.answers import own_questions

    with place:
        try:
            with st.spinner("Looking for questions that it answers…"):
                found = own_questions.questions_about(assistant, document.id)
        except BusyError:
            return
        if found:
            cards.heading("This paper answers")
        for question in found:
            links.link("Ask", label(question), {"paper": document.id, "ask": question})
