"""Draw a stored answer whose papers have changed, with what shows each quote as it was and as it is now."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import Citation, QuoteError
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer
from qa.web.draw import record_card
from qa.web.session import opening, shared
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.index.kept import Kept
    from qa.userdata.fates import Traced


def show(assistant: Assistant, answer: StoredAnswer, page: str, key: str) -> None:
    """Draw the card. Its quotes open in the source panel of that page; `key` tells it from others on the page."""
    found = traced(assistant, answer)
    record_card.show(answer, found, partial(see, page), key=key, link=shared.link_to(answer.id))


def traced(assistant: Assistant, answer: StoredAnswer) -> list[Traced | QuoteError]:
    """What has become of each quote of a stored answer; in place of one that is damaged, the error that says so."""
    from qa.index import kept

    folder = opening.index_folder()
    return _traced(assistant.generation, kept.generations(folder), answer.id, folder, assistant, answer)


def see(page: str, citation: Citation, was: Kept | None, opener: str) -> None:
    """Open the source of a quote on a page: in the present papers, or as an earlier generation has it."""
    panel.show(page, (citation,), 0, opener, was)


@st.cache_resource(max_entries=64, show_spinner=False)
def _traced(
    generation: str, kept: tuple[str, ...], answer: str, folder: Path, _assistant: Assistant, _answer: StoredAnswer
) -> list[Traced | QuoteError]:
    """Once for each answer, as long as the same generations are there."""
    from qa.userdata import fates

    found: list[Traced | QuoteError] = []
    for row in answer_record.quoted(_answer.record):
        try:
            found.append(fates.traced(row, _assistant.index, folder))
        except QuoteError as error:
            found.append(error)
    return found
