"""What stands beside a paper: the words that were just chosen, the user's marks, and their export."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import Citation, QAError, QuoteError, breadcrumb
from qa.userdata import database, marks
from qa.userdata.marks import MAX_NOTE, Mark
from qa.userdata.notebook import About
from qa.userdata.references import page_or_lines
from qa.web.draw import cards
from qa.web.draw.text import escaped, escaped_lines, label
from qa.web.reading.component import Reading
from qa.web.reading.paper import Paper
from qa.web.session import links, pinning, user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_PINNED = About("paper", standing="chosen")
_EDITED, _ERROR, _NOTE = "qa-mark-edited", "qa-mark-error", "qa-note-words"


def highlight(paper: Paper, now: Reading) -> None:
    """Mark the words that were chosen."""
    _keep(paper, now, "")


def draw(assistant: Assistant, paper: Paper, now: Reading, own: Sequence[Mark]) -> None:
    """Draw the words that were chosen, with what is asked of them, and the user's marks in this paper."""
    if message := st.session_state.pop(_ERROR, ""):
        cards.problem(message)
    if now.task:
        with st.container(key="qa-chosen"):
            _task(assistant, paper, now)
    cards.heading(f"Your marks ({len(own)})" if own else "Your marks")
    if not own:
        cards.small(
            "None in this paper yet. Select words in the readable text, or click a sentence, to highlight them or to "
            "add a note. By keyboard: → and ← go from sentence to sentence, Enter chooses one."
        )
    else:
        _export(paper, own)
    for mark in own:
        with st.container(key=f"qa-mark-{mark.id}"):
            _mark(paper, now, mark)


def _task(assistant: Assistant, paper: Paper, now: Reading) -> None:
    try:
        citations = paper.quoted(now.chosen)
    except QuoteError as error:
        now.task = None
        cards.problem(str(error))
        return
    words = " ".join(citation.text for citation in citations)
    cards.heading("Add a note" if now.task == "note" else "What else says this?")
    st.html(f"<blockquote class='qa-short'>{escaped(words)}</blockquote>")
    cards.small(breadcrumb(citations[0].section, citations[0].place.words()))
    if now.task == "note":
        st.text_area("Your note", key=_NOTE, max_chars=MAX_NOTE)
        with st.container(horizontal=True):
            st.button("Save", key="qa-note-save", type="primary", on_click=_save, args=(paper, now))
            st.button("Cancel", key="qa-note-cancel", on_click=_done, args=(now,))
    else:
        _nearby(assistant, now, citations)
        st.button("Close", key="qa-close-near", on_click=_done, args=(now,))


def _nearby(assistant: Assistant, now: Reading, citations: Sequence[Citation]) -> None:
    from qa.answers.nearby import nearby

    if now.near[0] != now.chosen:
        with st.spinner("Looking in the other papers…"):
            now.near = (now.chosen, nearby(citations, assistant.index, assistant.models.encoder))
    found = now.near[1]
    if not found:
        cards.small("Nothing near to this was found in the other papers.")
        return
    cards.small("The nearest sentences of other papers. They may say the same, or the opposite: read them in place.")
    for number, near in enumerate(found):
        citation = near.citation
        with st.container(key=f"qa-near-{number}"):
            st.html(f"<blockquote>{escaped(citation.text)}</blockquote>")
            cards.small(breadcrumb(citation.section, citation.place.words()))
            links.link("Library", label(citation.document.title), links.of_citation(citation))
            pinning.button(citation, _PINNED, f"near-{number}")


def _mark(paper: Paper, now: Reading, mark: Mark) -> None:
    known = {paper.document.id: paper.document}
    fate = mark.fate(known)
    st.html(f"<blockquote class='qa-short'>{escaped(' '.join(row['text'] for row in mark.quotes))}</blockquote>")
    cards.small(breadcrumb(mark.quotes[0]["section"], page_or_lines(mark.quotes[0])))
    if fate.kind != "unchanged":
        st.html(f"<p class='qa-small qa-warning'>{escaped(str(fate))}</p>")
    if st.session_state.get(_EDITED) == mark.id:
        st.text_area("Your note", mark.note, key=_edit_key(mark.id), max_chars=MAX_NOTE)
        with st.container(horizontal=True):
            st.button("Save", key=f"qa-save-{mark.id}", type="primary", on_click=_edit, args=(mark.id,))
            st.button("Cancel", key=f"qa-leave-{mark.id}", on_click=_open_editor, args=(None,))
        return
    if mark.note:
        st.html(f"<div class='qa-own-words'><b>Your note</b>{escaped_lines(mark.note)}</div>")
    with st.container(horizontal=True, gap="small"):
        if fate.kind == "unchanged":
            parts = paper.at(mark.citations(known)[0].spans)
            number = parts[0].number if parts else 0
            st.button("Show", key=f"qa-go-{mark.id}", on_click=now.goto, args=(number,))
            for place, quote in enumerate(mark.quotes):
                pinning.button(quote, _PINNED, f"mark-{mark.id}-{place}")
        words = "Edit note" if mark.note else "Add a note"
        st.button(words, key=f"qa-note-{mark.id}", on_click=_open_editor, args=(mark.id,))
        if not mark.note:
            st.button("Delete", key=f"qa-delete-{mark.id}", on_click=_delete, args=(mark.id,))
        else:
            with st.popover("Delete", key=f"qa-drop-{mark.id}"):
                st.html("<p>Your note is deleted with it.</p>")
                st.button("Delete this mark", key=f"qa-delete-{mark.id}", on_click=_delete, args=(mark.id,))


def _export(paper: Paper, own: Sequence[Mark]) -> None:
    name = re.sub(r"[^\w.-]+", "-", paper.document.id)
    with st.container(horizontal=True):
        text = marks.as_markdown(paper.document.title, own)
        st.download_button("Markdown", text, f"{name}-marks.md", "text/markdown", on_click="ignore", key="qa-marks-md")
        st.download_button(
            "CSV", marks.as_csv(own), f"{name}-marks.csv", "text/csv", on_click="ignore", key="qa-marks-csv"
        )


def _keep(paper: Paper, now: Reading, note: str) -> None:
    """Store the chosen words as a mark; what goes wrong is said when the page is drawn."""
    try:
        marks.add(database.state_folder(), user.user(), paper.quoted(now.chosen), note)
    except QAError as error:
        st.session_state[_ERROR] = str(error)
        if now.task == "note":  # what was written is still there
            return
    now.task = None


def _save(paper: Paper, now: Reading) -> None:
    _keep(paper, now, st.session_state.get(_NOTE) or "")


def _done(now: Reading) -> None:
    now.task = None


def _open_editor(mark: str | None) -> None:
    st.session_state[_EDITED] = mark


def _edit_key(mark: str) -> str:
    return f"qa-edit-{mark}"


def _edit(mark: str) -> None:
    try:
        marks.edit(database.state_folder(), user.user(), mark, st.session_state[_edit_key(mark)])
    except QAError as error:
        st.session_state[_ERROR] = str(error)
    _open_editor(None)


def _delete(mark: str) -> None:
    try:
        marks.delete(database.state_folder(), user.user(), mark)
    except QAError as error:
        st.session_state[_ERROR] = str(error)
