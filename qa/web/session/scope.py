"""Choose which papers, years and sections to ask; the address holds the choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.text import visible
from qa.types import Scope

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant


def choose(assistant: Assistant) -> Scope:
    """Draw the menu, and return what is chosen.

    It offers the years of the chosen papers, and the sections of the chosen papers of the chosen years.
    """
    papers = assistant.by_id
    titles = titles_of(assistant)
    chosen = _recalled("paper", list(papers))
    asked = [papers[document] for document in chosen or papers]
    known_years = sorted({document.metadata["year"] for document in asked if document.metadata.get("year")})
    years = _recalled("year", known_years)
    documents = tuple(d.id for d in asked if d.metadata.get("year") in years) if years else tuple(chosen)
    known_sections = assistant.sections(documents)
    sections = _recalled("section", known_sections)
    with st.popover(_label(len(papers), len(documents), len(sections))):
        _select("Papers to ask", "paper", list(papers), lambda document: visible(titles[document]), "All papers")
        _select("Years", "year", known_years, visible, "All years")
        _select("Sections", "section", known_sections, visible, "All sections")
    return Scope(documents, tuple(sections))


def titles_of(assistant: Assistant) -> dict[str, str]:
    """The title of each paper by its id. If several papers share a title, the id is added to it."""
    count_of = Counter(document.title for document in assistant.documents)
    return {
        document.id: document.title if count_of[document.title] == 1 else f"{document.title} ({document.id})"
        for document in assistant.documents
    }


def _label(papers: int, chosen: int, sections: int) -> str:
    what = f"{chosen} of {papers} papers" if chosen else f"All papers ({papers})"
    return f"{what}, {sections} section{'s' if sections > 1 else ''}" if sections else what


def _recalled(name: str, known: Sequence[str]) -> list[str]:
    """The values chosen in the menu, or else in the address, without those that are not `known`."""
    session = st.session_state
    before: list[str] = session[_key(name)] if _key(name) in session else st.query_params.get_all(name)
    chosen = [value for value in dict.fromkeys(before) if value in known]
    session[_key(name)] = chosen  # on each run: otherwise the menu is empty after a change of pages
    if st.query_params.get_all(name) != chosen:
        st.query_params[name] = chosen
    return chosen


def _select(title: str, name: str, options: Sequence[str], words: Callable[[str], str], nothing: str) -> None:
    st.multiselect(title, options, key=_key(name), format_func=words, placeholder=nothing, persist_state="session")


def _key(name: str) -> str:
    return f"qa-scope-{name}"
