"""Forms that write `corpus.bib`: what is known of one paper, and a bibliography that is taken over.

Only a maintainer has them. Nothing is published from here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

import streamlit as st

from qa.papers import bib_edit, bib_file
from qa.papers.bib_import import OUTCOMES, Taken
from qa.types import Document, QAError
from qa.web.draw import cards
from qa.web.draw.tables import table
from qa.web.draw.text import count
from qa.web.pages import maintain
from qa.web.session import links, opening, user

MAX_IMPORT_MB = 10
"""Megabytes of a bibliography that is taken over: 4,000 entries of 2,500 characters. Set by hand, 2026-11-27."""
_LABELS = {"title": "Title", "author": "Authors, one a line (“others” for more)", "year": "Year", "doi": "DOI"}
_LINES = {"title": 2, "author": 8}
"""Lines that a box shows at most, of 24 pixels. Set by hand, 2026-11-27."""


def offered() -> bool:
    """Whether whoever is at the page may change what is known of papers."""
    try:
        return "maintainer" in user.roles()
    except QAError:  # the frame says so
        return False


def draw(document: Document) -> None:
    """Draw the form for one paper, for a maintainer."""
    if not offered():
        return
    there = bib_file.known_of(opening.corpus(), document.id)
    shown = {name: there.get(name) or document.metadata.get(name, "") for name in bib_edit.EDITABLE}
    waits = any(document.metadata.get(name, "") != value for name, value in there.items())
    problem = st.session_state.pop("metadata_problem", "")
    with st.container(key="qa-metadata"):
        if waits:
            _stale("What is known of this paper has been changed, and is not published yet.", f"of-{document.id}")
        with st.expander("Edit title, authors, year and DOI", expanded=bool(problem)):
            if problem:
                cards.problem(problem)
            _form(document.id, shown)


def _form(paper: str, shown: Mapping[str, str]) -> None:
    # A form for each state, so that it shows what was written since, but keeps what somebody types.
    state = hashlib.sha256(repr((paper, sorted(shown.items()))).encode()).hexdigest()[:12]
    with st.form(f"qa-metadata-{state}", border=False):
        for name in bib_edit.EDITABLE:
            value = shown[name].replace(" and ", "\n") if name == "author" else shown[name]
            key, longest = _key(state, name), bib_edit.MAX_LENGTH.get(name, 4)
            if name in _LINES:
                height = 24 * min(_LINES[name], 2 + value.count("\n")) + 20
                st.text_area(_LABELS[name], value, height=height, key=key, max_chars=longest)
            else:
                st.text_input(_LABELS[name], value, key=key, max_chars=longest)
        cards.small(
            "It is written into corpus.bib. Nothing else in there changes, and the last state stays beside it as "
            ".corpus.bib.before."
        )
        st.form_submit_button("Save", on_click=_save, args=(paper, dict(shown), state))


def _key(state: str, name: str) -> str:
    return f"qa-metadata-{state}-{name}"


@user.only("maintainer")
def _save(paper: str, shown: Mapping[str, str], state: str) -> None:
    try:
        typed = bib_edit.typed({name: st.session_state[_key(state, name)] for name in bib_edit.EDITABLE})
        if bib_file.edit(opening.corpus(), paper, shown, typed):
            opening.library().note("edit entry", [paper])
        else:
            st.session_state.metadata_problem = "Nothing differs from what is known, so nothing is written"
    except QAError as error:
        st.session_state.metadata_problem = str(error)
    opening.look_again()


def _stale(what: str, key: str) -> None:
    """Say that answers and lists come from the earlier state, and offer to build the next one aside."""
    cards.notice(f"{what} Answers and lists show the earlier state until the papers are read again and published.")
    if st.button("Build aside, then publish in Maintain", key=f"qa-build-{key}", on_click=maintain.begin):
        st.switch_page(links.page("Maintain"))


def draw_import(metadata: Mapping[str, Mapping[str, str]]) -> None:
    """Draw the form to take a bibliography over, for a maintainer; `metadata` is that of each paper by id."""
    if not offered():
        return
    taken: list[Taken] = st.session_state.get("metadata_taken", [])
    with st.expander("Import a bibliography (.bib)", expanded=bool(taken)):
        cards.small(
            "For example from Zotero or JabRef. An entry is that of a paper if it names its file, or has its DOI or "
            "its title. What is in corpus.bib stays, and gets what it lacks."
        )
        replacing = st.checkbox("Replace what differs by what the import says", key="qa-import-replacing")
        file = st.file_uploader("Bibliography", ["bib"], key="qa-import", max_upload_size=MAX_IMPORT_MB)
        if st.button("Import", key="qa-import-go", disabled=file is None) and file is not None:
            try:
                taken = bib_file.take_over(opening.corpus(), file.getvalue(), file.name, metadata, replacing)
                opening.library().note("import entries")
            except QAError as error:
                cards.problem(str(error))
                return
            st.session_state.metadata_taken = taken
            opening.look_again()
        if taken:
            _report(taken)


def _report(taken: list[Taken]) -> None:
    """What became of each entry."""
    counts = Counter(one.outcome for one in taken)
    cards.heading(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
    if counts["added"] or counts["completed"]:
        _stale(f"{count(counts['added'] + counts['completed'], 'entry', 'entries')} of corpus.bib changed.", "import")
    rows = [
        (str(one.line), one.key or "–", one.paper or "–", one.outcome, one.detail or OUTCOMES[one.outcome])
        for one in taken
    ]
    table(("line", "entry", "paper", "outcome", "why"), rows, figures=(0,))
