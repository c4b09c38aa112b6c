"""Choose which papers, collections, years and sections to ask; the address holds the choice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.text import visible
from qa.types import Scope, StoreError
from qa.userdata import collections
from qa.userdata.database import state_folder
from qa.web.draw.text import count
from qa.web.session import catalogue, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.web.session.catalogue import Listed

PAPER, COLLECTION = "paper", "collection"
"""The parameters of an address that name a paper, and a collection; whoever has the address may ask its papers."""
WITHOUT_YEAR = "none"
"""The year, in the address, of papers of which none is known."""


def choose(assistant: Assistant) -> Scope:
    """Draw the menu, and return what is chosen.

    Papers of the chosen collections are asked as well as those chosen one by one. It offers the years of these, and
    the sections of these papers in the chosen years.
    """
    papers = catalogue.of(assistant)
    known_collections = _collections(papers)
    picked = _recalled(PAPER, papers)
    chosen = _recalled(COLLECTION, known_collections)
    together = {paper: None for name in chosen for paper in known_collections[name].papers if paper in papers}
    documents: Iterable[str] = dict.fromkeys(picked) | together
    known_years = sorted({_year(papers[document]) for document in documents or papers}, key=_last_without_year)
    years = _recalled("year", known_years)
    if years:
        documents = [document for document in documents or papers if _year(papers[document]) in years]
    documents = tuple(documents)
    known_sections = assistant.sections(documents)
    sections = _recalled("section", known_sections)
    with st.popover(_label(len(papers), len(documents), len(sections))):
        nothing = "No paper besides those of the collections" if chosen else "All papers"
        _select("Papers to ask", PAPER, list(papers), lambda document: visible(papers[document].name), nothing)
        if known_collections:
            titles = {name: visible(one.title) for name, one in known_collections.items()}
            _select("Collections", COLLECTION, list(titles), titles.__getitem__, "No collection")
        _select("Years", "year", known_years, _year_words, "All years")
        _select("Sections", "section", known_sections, visible, "All sections")
    return Scope(documents, tuple(sections))


def put(chosen: Scope, collection: str = "") -> None:
    """Choose papers and sections, or the papers of a collection, in the menu, and nothing else; before `choose`."""
    values = {PAPER: chosen.documents, COLLECTION: filter(None, [collection]), "year": (), "section": chosen.sections}
    for name, wanted in values.items():
        st.session_state[_key(name)] = list(wanted)


def named() -> bool:
    """Whether the address names a scope."""
    return any(name in st.query_params for name in (PAPER, COLLECTION, "year", "section"))


def titles_of(assistant: Assistant) -> dict[str, str]:
    """The title of each paper by its id. If several papers share a title, the id is added to it."""
    return {paper.id: paper.name for paper in catalogue.of(assistant).values()}


def _collections(papers: Mapping[str, Listed]) -> dict[str, collections.Collection]:
    """The user's collections and those that the address or the menu names, by id, unless none of their papers is here.

    A collection without papers must not be chosen: a scope without papers asks all.
    """
    folder = state_folder()
    try:
        found = {one.id: one for one in collections.collections(folder, user.user())}
        shared = [collections.collection(folder, name) for name in _before(COLLECTION) if name not in found]
    except StoreError:  # the page says so where it would store something; papers can be asked without it
        return {}
    found |= {one.id: one for one in shared if one is not None}
    return {name: one for name, one in found.items() if not papers.keys().isdisjoint(one.papers)}


def _year(paper: Listed) -> str:
    return paper.year or WITHOUT_YEAR


def _last_without_year(year: str) -> tuple[bool, str]:
    return year == WITHOUT_YEAR, year


def _year_words(year: str) -> str:
    return "Without a year" if year == WITHOUT_YEAR else visible(year)


def _label(papers: int, chosen: int, sections: int) -> str:
    what = f"{chosen} of {count(papers, 'paper')}" if chosen else f"All papers ({papers})"
    return f"{what}, {count(sections, 'section')}" if sections else what


def _before(name: str) -> list[str]:
    """The values chosen in the menu, or else in the address."""
    session = st.session_state
    return list(session[_key(name)]) if _key(name) in session else st.query_params.get_all(name)


def _recalled(name: str, known: Collection[str]) -> list[str]:
    """The values chosen in the menu, or else in the address, without those that are not `known`."""
    chosen = [value for value in dict.fromkeys(_before(name)) if value in known]
    st.session_state[_key(name)] = chosen  # on each run: otherwise the menu is empty after a change of pages
    if st.query_params.get_all(name) != chosen:
        st.query_params[name] = chosen
    return chosen


def _select(title: str, name: str, options: Sequence[str], words: Callable[[str], str], nothing: str) -> None:
    st.multiselect(title, options, key=_key(name), format_func=words, placeholder=nothing, persist_state="session")


def _key(name: str) -> str:
    return f"qa-scope-{name}"
