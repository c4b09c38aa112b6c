"""History: the user's own conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.types import QAError
from qa.userdata import answer_record, conversations, database, export, references
from qa.userdata.conversations import Conversation, StoredAnswer
from qa.web.draw import cards
from qa.web.draw.text import count, label
from qa.web.draw.times import moment
from qa.web.pages import table_list
from qa.web.session import links, persistence, shared, user


def _quotes(answers: Sequence[StoredAnswer]) -> list[dict[str, Any]]:
    return [quote for answer in answers for quote in answer_record.quoted(answer.record)]


_ADDRESSES = export.Addresses(links.source, shared.link_to)
_FORMATS: dict[str, tuple[str, str, Callable[[str, Sequence[StoredAnswer]], str]]] = {
    "Markdown": ("md", "text/markdown", lambda title, answers: export.as_markdown(title, answers, _ADDRESSES)),
    "HTML to print": ("html", "text/html", lambda title, answers: export.as_html(title, answers, _ADDRESSES)),
    "CSV": ("csv", "text/csv", lambda title, answers: export.as_csv(answers)),
    "BibTeX": ("bib", "application/x-bibtex", lambda title, answers: references.as_bibtex(_quotes(answers))),
    "RIS": ("ris", "application/x-research-info-systems", lambda title, answers: references.as_ris(_quotes(answers))),
}


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    cards.title("History")
    with st.container(key="qa-page"):
        cards.heading("Your conversations")
        cards.small(f"Kept for {user.owner()} alone, on the machine that serves the page.")
        search = st.text_input("Search in questions, answers and titles of papers", key="qa-history-search")
        found = conversations.conversations(database.state_folder(), user.user(), search)
        if not found:
            cards.notice("No conversation has these words." if search else "There is no conversation yet.")
        for conversation in found:
            _row(conversation)
        table_list.show(search)


def _row(conversation: Conversation) -> None:
    with st.container(key=f"qa-row-{conversation.id}", gap="xsmall"):
        links.link("Ask", label(conversation.title), {persistence.PARAMETER: conversation.id})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            cards.small(f"{moment(conversation.changed_at)} · {count(conversation.questions, 'question')}")
            about = label(conversation.title)
            with st.popover("Export", key=f"qa-export-{conversation.id}", help=about, on_change="rerun") as menu:
                if menu.open:
                    _export(conversation)
            with st.popover("Rename", key=_rename_key(conversation.id), help=about, on_change="rerun") as menu:
                if menu.open:
                    _title_box(conversation)
            with st.popover("Delete", key=f"qa-delete-{conversation.id}", help=about):
                st.html(
                    "<p>Its questions and answers are deleted for good, and with them every opinion that was given on "
                    "them. Links to its answers will lead nowhere. Pinned quotes stay in your notebook.</p>"
                )
                really = f"qa-really-{conversation.id}"
                st.button("Delete this conversation", key=really, on_click=_delete, args=(conversation.id,))


def _title_box(conversation: Conversation) -> None:
    with st.form(f"qa-title-form-{conversation.id}", border=False):
        st.text_input(
            "New title", value=conversation.title, max_chars=conversations.MAX_TITLE, key=_title_key(conversation.id)
        )
        st.form_submit_button("Rename", on_click=_rename, args=(conversation.id,))
    if message := st.session_state.pop("history_problem", ""):
        cards.problem(message)


def _title_key(conversation: str) -> str:
    return f"qa-title-{conversation}"


def _rename_key(conversation: str) -> str:
    return f"qa-rename-{conversation}"


def _export(conversation: Conversation) -> None:
    answers = conversations.opened(database.state_folder(), user.user(), conversation.id)
    for name, (ending, kind, make) in _FORMATS.items():
        file, key = f"conversation-{conversation.id[:6]}.{ending}", f"qa-{ending}-{conversation.id}"
        exported = make(conversation.title, answers)
        st.download_button(name, exported, file, kind, key=key, on_click="ignore", width="stretch")


def _rename(conversation: str) -> None:
    try:
        title = st.session_state[_title_key(conversation)]
        conversations.rename(database.state_folder(), user.user(), conversation, title)
    except QAError as error:
        st.session_state.history_problem = str(error)
    else:
        st.session_state[_rename_key(conversation)] = False  # closes the box


def _delete(conversation: str) -> None:
    conversations.delete(database.state_folder(), user.user(), conversation)
    persistence.mark_deleted(conversation)
