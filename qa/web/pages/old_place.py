"""A link to a place in a paper that has changed or is gone: its words then, and where they stand now."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import Document, QAError, Span
from qa.userdata.addresses import AT, OF, Named, spans_at, version_of
from qa.web.draw import cards, record_card
from qa.web.draw.text import label
from qa.web.pages import kept_card
from qa.web.session import links, opening
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.userdata.fates import Traced

_PANEL = "place"
NOT_KEPT = (
    "The paper has changed since this link was made. The version in which it names a place is no longer kept, so its "
    "words are not known."
)
MOVED = "The paper has changed since this link was made. Its words stand here now."


def asked(document: str, present: Document | None) -> Named | None:
    """The place that the address names, if it is in a version of the paper that is not the present one.

    `present` is the paper of that id. None too if the address does not say of which version it is.
    """
    version = version_of(st.query_params.get(OF, ""))
    spans = spans_at(st.query_params.get(AT, ""))
    if not version or not spans or (present is not None and present.sha256.startswith(version)):
        return None
    return Named(document, spans, version)


def found(assistant: Assistant, place: Named) -> tuple[Traced, ...]:
    """The quotes at that place, with what has become of them; () if no generation has that version of the paper."""
    from qa.index import kept

    folder = opening.index_folder()
    return _found(assistant.generation, kept.generations(folder), place, folder, assistant)


def moved(quotes: tuple[Traced, ...]) -> tuple[Span, ...]:
    """Where all these quotes stand now in the paper of the link; () unless all of them do."""
    if any(quote.fate.now is None or quote.fate.renamed_from for quote in quotes):
        return ()
    return tuple(span for quote in quotes if quote.fate.now for span in quote.fate.now.spans)


def draw(quotes: tuple[Traced, ...], assistant: Assistant, present: Document | None) -> None:
    """Draw the quotes, and the source beside them. `present` is the paper of the link as it is now, if it is there."""
    name = " ".join(f"{quote.row['document']} {quote.row['sha256']} {quote.row['spans']}" for quote in quotes)
    if st.session_state.get("old_place") != name:
        st.session_state.old_place = name
        panel.close(_PANEL)
    renamed = next((quote.fate.now.document for quote in quotes if quote.fate.now and quote.fate.renamed_from), None)
    with st.container(key="qa-stage"):
        with st.container(key="qa-shared"):
            links.link("Library", "← All papers", {})
            with st.container(key="qa-answer-kept-place", gap="small"):
                cards.head("In the paper’s words, as they were when this link was made", "")
                for number, quote in enumerate(quotes):
                    record_card.one(quote, partial(kept_card.see, _PANEL), key=f"place-{number}")
            if (document := present or renamed) is not None:
                links.link("Library", f"Read {label(document.title)} as it is now", links.place(document.id))
        panel.panel(_PANEL, assistant.index)


@st.cache_resource(max_entries=64, show_spinner=False)
def _found(
    generation: str, kept: tuple[str, ...], place: Named, folder: Path, _assistant: Assistant
) -> tuple[Traced, ...]:
    """Once for each place, as long as the same generations are there."""
    from qa.userdata.cited import at_place

    try:
        return at_place(place, _assistant.index, folder).quotes
    except QAError:
        return ()
