"""The help sheet, and the keyboard shortcuts."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from qa.web.draw.text import escaped

_KEYS = (
    ("/", "to the question box"),
    ("Enter", "ask"),
    ("Tab", "to the next citation number, button or link"),
    ("Enter on a number", "show that quote in its source"),
    ("[ and ]", "previous and next citation, while a source is open"),
    ("Esc", "close the source, a note or this sheet"),
    ("?", "this sheet"),
)
_SINGLE = "qa-single-keys"

_component = st.components.v2.component(
    "qa_keys", html="<span></span>", js=Path(__file__).with_name("keys.js").read_text("utf-8")
)


def listen(page: str) -> None:
    """Let that page listen to its keys, and to clicks on citation numbers."""
    _component(key="qa-keys", data={"page": page, "single": st.session_state.get(_SINGLE, True)})


@st.dialog("Help", on_dismiss="rerun")  # so that `listen` sees the toggle
def sheet(who: str = "") -> None:
    """Open the sheet. `who`: a sentence on who the user is here."""
    st.html(
        "<p>An answer is made of sentences that stand in the papers, word for word. A number behind a sentence "
        "leads to its place. How sure an answer is was measured on questions with known answers; “Why this answer” "
        "says more. “Possibly” shows the sentence that comes nearest where no sentence clearly answers: it may not be "
        "an answer. Where none comes near enough, the passages that came nearest are shown, and are no answer.</p>"
    )
    if who:
        st.html(f"<p>{escaped(who)}</p>")
    rows = "".join(f"<tr><th scope='row'><kbd>{key}</kbd></th><td>{does}</td></tr>" for key, does in _KEYS)
    st.html(f"<table class='qa-keys'><caption>Keys</caption>{rows}</table>")
    st.toggle("Single keys ( / ? [ ] ) work outside text boxes", value=True, key=_SINGLE, persist_state="session")
