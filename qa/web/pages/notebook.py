"""Notebook: the user's pinned quotes and own words, in their order.

A click changes the database in its callback, so that the page is drawn once. `session.notebook_done` says where the
focus belongs afterwards, and what screen readers announce.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.text import shortened
from qa.types import Document, QAError, breadcrumb
from qa.userdata import answer_record, database, notebook, references
from qa.userdata.notebook import About, Entry
from qa.userdata.references import Row
from qa.web.draw import cards
from qa.web.draw.text import escaped, escaped_lines, label
from qa.web.pages import notebook_files
from qa.web.session import links, opening, user

_ORIGINS = {"answer": ("Ask", "answer"), "table": ("Table", "table")}
"""The page that shows an answer or a table, and the parameter of its address that says which."""

_SHOWN = 80
"""Characters of a removed entry that the offer to undo shows; chosen on 2026-11-27: a line of a wide window."""

_watch = st.components.v2.component(
    "qa_notebook",
    html="<p role='status' style='position: absolute; clip-path: inset(50%)'></p>",
    js=Path(__file__).with_name("notebook.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """The form that is open: to write below the entry `below`, "" for the top; or to change the entry `edited`.

    `number` tells one form from the next, so that none has the words of another.
    """

    number: int
    below: str = ""
    edited: Entry | None = None


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    session = st.session_state
    for name, empty in (("notebook_form", None), ("notebook_removed", None), ("notebook_done", (0, (), ""))):
        session.setdefault(name, empty)
    cards.title("Notebook")
    with st.container(key="qa-notebook"):
        cards.heading("Your notebook")
        cards.small(f"Quotes that you have pinned, and words of your own. Kept for {user.owner()} alone.")
        if session.notebook_form is None and (problem := session.pop("notebook_problem", "")):
            cards.problem(problem)
        entries = notebook.entries(database.state_folder(), user.user())
        if entries or session.notebook_removed:
            _list(entries, opening.assistant().by_id)
        else:
            _empty()
        _watch(key="qa-notebook-done", data=list(session.notebook_done))


def _empty() -> None:
    with st.container(key="qa-notebook-empty"):
        st.html(
            "<p class='qa-lead'>Nothing is pinned yet.</p>"
            "<p>Ask a question, and choose <b>Pin</b> beside a quote of the answer: it is kept here with its paper and "
            "its place. Put your own words between the quotes, bring all into your order, and take it along as a file "
            "with its references.</p>"
        )
        links.link("Ask", "Ask a question", {})
    _add("", "Write something first")


def _list(entries: Sequence[Entry], documents: Mapping[str, Document]) -> None:
    with st.container(key="qa-notebook-tools", horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search in quotes, words and titles", key="qa-notebook-search").strip()
        notebook_files.menu(entries, documents)
    quotes = [entry.id for entry in entries if entry.quote is not None]
    number_of = {name: number for number, name in enumerate(quotes, start=1)}
    removed: Entry | None = st.session_state.notebook_removed
    found = entries
    if search:
        found = notebook.entries(database.state_folder(), user.user(), search)
        cards.small(f"{len(found)} of {len(entries)} have these words." if found else "No entry has these words.")
    else:
        _add("", "Add words at the top")
    for entry in found:
        if removed is not None and removed.number == entry.number:
            _undo(removed)
        with st.container(key=f"qa-entry-{entry.id}", gap="xsmall"):
            _entry(entry, number_of, documents)
            _buttons(entry, len(entries), is_found=bool(search))
    if removed is not None and removed.number > len(entries):
        _undo(removed)


def _entry(entry: Entry, number_of: Mapping[str, int], documents: Mapping[str, Document]) -> None:
    form: Form | None = st.session_state.notebook_form
    if entry.quote is not None and entry.about is not None:
        _quote(entry.quote, number_of[entry.id], documents)
        _asked(entry.about, is_kept=entry.is_kept)
    elif form is not None and form.edited is not None and form.edited.id == entry.id:
        _write(form)
    else:
        tag = "h3" if entry.is_heading else "p"
        words = f"<span class='qa-own-label'>Your words</span><{tag}>{escaped_lines(entry.text)}</{tag}>"
        st.html(f"<div class='qa-own'>{words}</div>")


def _quote(quote: Row, number: int, documents: Mapping[str, Document]) -> None:
    """The quote, its place, which leads to the source as long as the quote stands there, and what has become of it."""
    words = f"<span class='qa-number'>{number}</span><blockquote>{escaped(quote['text'])}</blockquote>"
    st.html(f"<div class='qa-pinned'>{words}</div>")
    fate, place = answer_record.fate_of(quote, documents), references.place_of(quote)
    if fate.kind == "unchanged":
        links.link("Library", label(place), links.place_of(quote))
    else:
        st.html(
            f"<p class='qa-small'>{escaped(place)}</p>"
            f"<p class='qa-small qa-warning' data-fate='{fate.kind}'>{escaped(str(fate))}</p>"
        )
    if quote.get("warning"):
        st.html(f"<p class='qa-small qa-warning'>{escaped(quote['warning'])}</p>")


def _asked(about: About, *, is_kept: bool) -> None:
    """What the quote answers and how surely; a link to the answer or the table if that is still kept."""
    words = breadcrumb(f"Asked: {about.question}" if about.question else "", about.words())
    target, parameter = _ORIGINS.get(about.origin, ("", ""))
    if words and is_kept and target in st.session_state.pages:
        links.link(target, label(words), {parameter: about.id})
    elif words:
        cards.small(words)


def _buttons(entry: Entry, entries: int, *, is_found: bool) -> None:
    """The buttons of an entry. What a search has found is no list with an order, so it has fewer."""
    with st.container(key=f"qa-change-{entry.id}", horizontal=True, gap="small"):
        if not is_found:
            _button("Up", "up", entry, lambda: _move(entry, -1), disabled=entry.number == 1)
            _button("Down", "down", entry, lambda: _move(entry, 1), disabled=entry.number == entries)
        if entry.quote is None:
            _button("Edit", "edit", entry, lambda: _open(edited=entry))
        _button("Remove", "remove", entry, lambda: _remove(entry))
        if not is_found:
            _button("Add words below", "below", entry, lambda: _open(below=entry.id))
    form: Form | None = st.session_state.notebook_form
    if form is not None and form.edited is None and form.below == entry.id:
        _write(form)


def _button(words: str, what: str, entry: Entry, do: Callable[[], None], *, disabled: bool = False) -> None:
    st.button(words, key=f"qa-{what}-{entry.id}", type="tertiary", on_click=do, disabled=disabled)


def _add(below: str, words: str) -> None:
    """The button that opens the form at the top, or the form."""
    form: Form | None = st.session_state.notebook_form
    if form is not None and form.edited is None and form.below == below:
        _write(form)
    else:
        st.button(words, key="qa-below-top", on_click=_open)


def _write(form: Form) -> None:
    entry = form.edited
    with st.form(key=f"qa-form-{form.number}"):
        if problem := st.session_state.pop("notebook_problem", ""):
            cards.problem(problem)
        value = entry.text if entry else ""
        text, is_heading = _keys(form)
        st.text_area("Your words", value, key=text, max_chars=notebook.MAX_WORDS)
        st.checkbox("As a heading", entry.is_heading if entry else False, key=is_heading)
        with st.container(horizontal=True):
            st.form_submit_button("Keep", key=f"qa-keep-{form.number}", type="primary", on_click=_keep, args=(form,))
            st.form_submit_button("Cancel", key=f"qa-cancel-{form.number}", on_click=_cancel, args=(form,))


def _keys(form: Form) -> tuple[str, str]:
    """The keys of the two fields of a form."""
    return f"qa-words-{form.number}", f"qa-heading-{form.number}"


def _undo(removed: Entry) -> None:
    words = removed.text if removed.quote is None else str(removed.quote["text"])
    with st.container(key="qa-removed", horizontal=True, vertical_alignment="center"):
        cards.small(f"Removed: {shortened(words, _SHOWN)}")
        st.button("Undo", key="qa-undo", type="tertiary", on_click=_put_back, args=(removed,))


@contextmanager
def _change(*, removed: Entry | None = None) -> Iterator[None]:
    """A change of the notebook. Its error becomes a message, and the last removal can no longer be undone."""
    try:
        yield
    except QAError as error:
        st.session_state.notebook_problem = str(error)
    else:
        st.session_state.notebook_removed = removed


def _done(words: str, *keys: str) -> None:
    """Announce what was done, and set the focus to the first of those elements that can have it."""
    number, *_ = st.session_state.notebook_done
    st.session_state.notebook_done = (number + 1, keys, words)


def _move(entry: Entry, by: int) -> None:
    with _change():
        number = notebook.move(database.state_folder(), user.user(), entry.id, by=by)
        first, second = ("up", "down") if by < 0 else ("down", "up")
        words = "It is no longer there." if number is None else f"Moved to place {number}."
        _done(words, f"qa-{first}-{entry.id}", f"qa-{second}-{entry.id}")


def _open(below: str = "", edited: Entry | None = None) -> None:
    form = Form(st.session_state.notebook_done[0], below, edited)
    st.session_state.notebook_form = form
    _done("", _keys(form)[0])


def _keep(form: Form) -> None:
    text, is_heading = (st.session_state[key] for key in _keys(form))
    with _change():
        folder, name = database.state_folder(), user.user()
        if form.edited is not None:
            notebook.edit(folder, name, form.edited.id, text, is_heading=is_heading)
            kept = form.edited.id
        else:
            kept = notebook.write(folder, name, text, is_heading=is_heading, below=form.below)
        st.session_state.notebook_form = None
        _done("Kept.", f"qa-edit-{kept}")


def _cancel(form: Form) -> None:
    st.session_state.notebook_form = None
    opener = f"qa-edit-{form.edited.id}" if form.edited else f"qa-below-{form.below or 'top'}"
    _done("", opener)


def _remove(entry: Entry) -> None:
    with _change(removed=entry):
        notebook.remove(database.state_folder(), user.user(), entry.id)
        _done("Removed. It can be undone.", "qa-undo")


def _put_back(removed: Entry) -> None:
    with _change():
        notebook.put_back(database.state_folder(), user.user(), removed)
        _done("It is back.", f"qa-remove-{removed.id}")
