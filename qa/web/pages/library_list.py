"""The list of the Library: filtered, sorted, in pages; and collections made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from qa.text import visible
from qa.types import EVERYTHING, QAError, StoreError, breadcrumb
from qa.userdata import collections
from qa.userdata.collections import MAX_TITLE, Collection
from qa.userdata.database import state_folder
from qa.web.draw import cards
from qa.web.draw.text import count, label
from qa.web.pages import metadata_form
from qa.web.session import catalogue, links, scope, user
from qa.web.session.catalogue import Listed

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

PER_PAGE = 50
"""Papers on a page of the list. Set by hand, 2026-11-27."""
_ORDERS: dict[str, Callable[[Listed], Any]] = {
    "Title": lambda paper: catalogue.form(paper.title).lstrip("[(\"'“"),
    "Author": lambda paper: (not paper.author, catalogue.form(paper.author)),
    "Newest first": lambda paper: -int(paper.year) if paper.year.isdecimal() else 0,
    "Oldest first": lambda paper: int(paper.year) if paper.year.isdecimal() else 9999,
}
_PARAMETER = "in"
"""The query parameter that names the collection in the list."""
_SHOWN, _PICKED = "qa-library-in", "library_picked"


def draw(assistant: Assistant) -> None:
    """Draw the list, with its filter, its collections, and the import of a bibliography for maintainers."""
    listed = catalogue.of(assistant)
    passages = sum(paper.passages for paper in listed.values())
    cards.heading(f"{count(len(listed), 'paper')}, {count(passages, 'passage')}")
    if message := st.session_state.pop("library_problem", ""):
        cards.problem(message)
    if message := st.session_state.pop("library_notice", ""):
        cards.notice(message)
    known, given = _collections()
    if _SHOWN not in st.session_state:
        named = st.query_params.get(_PARAMETER, "")
        st.session_state[_SHOWN] = named if named in known else ""
    with st.container(key="qa-library-tools", horizontal=True, vertical_alignment="bottom"):
        hint = "Title, author, year, DOI"
        words = st.text_input("Filter", key="find", bind="query-params", type="search", placeholder=hint)
        order = st.selectbox("Sorted by", list(_ORDERS), key="sort", bind="query-params")
        shown = st.selectbox(
            "Show",
            ["", *known],
            format_func=lambda name: visible(known[name].title) if name else "All papers",
            key=_SHOWN,
        )
    st.query_params[_PARAMETER] = shown or []  # always: the link of a paper to this list does not change the address
    names = ("find", "sort", _PARAMETER)
    st.session_state[links.LIST] = {name: st.query_params[name] for name in names if name in st.query_params}
    papers: Sequence[Listed] = list(listed.values())
    own = {one.id: one for one in known.values() if one.id not in given}
    chosen = known.get(shown or "")
    if chosen:
        papers = [listed[paper] for paper in chosen.papers if paper in listed]
        if gone := len(chosen.papers) - len(papers):
            cards.small(f"{count(gone, 'paper')} of this collection can no longer be found in the library.")
        if chosen.id in given:
            cards.small("Somebody has given you this collection by its address. Collect its papers to keep them.")
    found = sorted(catalogue.matching(papers, words or ""), key=_ORDERS[order or "Title"])
    with st.container(key="qa-library-actions", horizontal=True, vertical_alignment="center", gap="small"):
        if chosen:
            _collection(chosen, bool(papers), chosen.id in own)
        _collect(found, bool(words or chosen), list(own.values()))
    if not found:
        cards.notice("No paper has these words." if words else "No paper is in here.")
    page = _page(len(found), f"{words}-{order}-{shown}")
    for number, paper in enumerate(found[page * PER_PAGE : (page + 1) * PER_PAGE]):
        _row(number, paper)
    metadata_form.draw_import({paper.id: {"title": paper.title, "doi": paper.doi} for paper in listed.values()})


def _page(papers: int, of: str) -> int:
    """The page of the list that is shown, from 0."""
    last = -(-papers // PER_PAGE)
    if last <= 1:
        return 0
    return int(st.number_input(f"Page, 1 to {last}", 1, last, key=f"qa-library-page-{of}")) - 1


def _row(number: int, paper: Listed) -> None:
    picked: dict[str, None] = st.session_state.setdefault(_PICKED, {})
    with st.container(key=f"qa-row-{number}", horizontal=True, gap="small"):
        st.checkbox(
            f"Pick {label(paper.title)}",
            paper.id in picked,
            key=f"qa-pick-{paper.id}",
            on_change=_pick,
            args=(paper.id,),
            label_visibility="collapsed",
        )
        with st.container(key=f"qa-paper-{number}", gap="xxsmall"):
            links.link("Library", label(paper.title), links.place(paper.id))
            cards.small(breadcrumb(paper.about, paper.id))
            cards.small(" · ".join(filter(None, [count(paper.passages, "passage"), paper.read, paper.note])))


def _pick(paper: str) -> None:
    picked: dict[str, None] = st.session_state[_PICKED]
    if st.session_state[f"qa-pick-{paper}"]:
        picked[paper] = None
    else:
        picked.pop(paper, None)


def _unpick() -> None:
    for paper in st.session_state.pop(_PICKED, {}):
        st.session_state.pop(f"qa-pick-{paper}", None)


# Collections


def _collections() -> tuple[dict[str, Collection], frozenset[str]]:
    """The user's collections by id with that of the address, and the id of that one if somebody else made it."""
    named = st.session_state.get(_SHOWN) or st.query_params.get(_PARAMETER)
    try:
        found = {one.id: one for one in collections.collections(state_folder(), user.user())}
        if named and named not in found and (other := collections.collection(state_folder(), str(named))):
            return found | {other.id: other}, frozenset([other.id])
    except StoreError as error:  # the papers can be looked at without it
        cards.problem(str(error))
        return {}, frozenset()
    return found, frozenset()


def _collect(found: Sequence[Listed], narrowed: bool, own: Sequence[Collection]) -> None:
    """Offer to keep the picked papers, or else what the filter has found, as a collection."""
    picked = list(st.session_state.get(_PICKED, {}))
    papers = picked or ([paper.id for paper in found] if narrowed else [])
    if not papers:
        if not own:
            cards.small("Pick papers, or filter the list, to keep them as a collection that can be asked alone.")
        return
    with st.popover(f"Collect {count(len(papers), 'picked paper' if picked else 'paper')}"):
        st.text_input("Name of a new collection", key="qa-collection-new", max_chars=MAX_TITLE)
        st.button("Make the collection", on_click=_make, args=(papers,))
        if own:
            titles = {one.id: one.title for one in own}
            into = st.selectbox("Or add to", list(titles), format_func=lambda name: visible(titles[name]))
            st.button("Add", on_click=_change, args=(collections.add, into, papers, titles[into or own[0].id]))
    if picked:
        st.button("Pick none", on_click=_unpick)


def _collection(chosen: Collection, has_papers: bool, is_own: bool) -> None:
    """What can be done with the collection that is shown."""
    if st.button("Ask these papers", type="primary", disabled=not has_papers):
        scope.put(EVERYTHING, chosen.id)
        st.switch_page(links.page("Ask"), query_params={scope.COLLECTION: chosen.id})
    if not is_own:
        return
    with st.popover("Rename"):
        st.text_input("New name", chosen.title, key=f"qa-collection-name-{chosen.id}", max_chars=MAX_TITLE)
        st.button("Rename it", on_click=_rename, args=(chosen.id,))
    if picked := list(st.session_state.get(_PICKED, {})):
        args = (collections.remove, chosen.id, picked, chosen.title)
        st.button(f"Take {len(picked)} out", on_click=_change, args=args)
    with st.popover("Delete"):
        st.html("<p>The papers stay; links to the collection lead nowhere.</p>")
        st.button("Delete this collection", on_click=_delete, args=(chosen.id,))


def _make(papers: Sequence[str]) -> None:
    try:
        made = collections.create(state_folder(), user.user(), st.session_state["qa-collection-new"], papers)
    except QAError as error:
        st.session_state.library_problem = str(error)
        return
    _unpick()
    st.session_state["qa-collection-new"] = ""
    st.session_state.library_notice = f"{made.title}: {count(len(made.papers), 'paper')}; choose it under Show"


def _change(change: Callable[..., object], name: str, papers: Sequence[str], title: str) -> None:
    """Add papers to a collection, or take them out."""
    try:
        change(state_folder(), user.user(), name, papers)
    except QAError as error:
        st.session_state.library_problem = str(error)
        return
    _unpick()
    now = collections.collection(state_folder(), name)
    st.session_state.library_notice = f"{title}: {count(len(now.papers) if now else 0, 'paper')} now"


def _rename(name: str) -> None:
    try:
        collections.rename(state_folder(), user.user(), name, st.session_state[f"qa-collection-name-{name}"])
    except QAError as error:
        st.session_state.library_problem = str(error)


def _delete(name: str) -> None:
    collections.delete(state_folder(), user.user(), name)
    st.session_state[_SHOWN] = ""
