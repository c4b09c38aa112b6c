"""Draw a stored answer, with the fate of each quote."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from qa.types import Document
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer
from qa.userdata.export import place_of
from qa.web.draw import cards
from qa.web.draw.text import escaped, marked, moment


def show(answer: StoredAnswer, documents: Mapping[str, Document], *, key: str) -> None:
    """Draw the quotes of a record, or why there are none. `documents` are the papers of today's index by id."""
    record = answer.record
    abstained = record["outcome"] == "abstention"
    with st.container(key=f"qa-{'abstention' if abstained else 'answer'}-kept-{key}", gap="small"):
        heading = "The papers did not say" if abstained else "In the papers’ words, as they were kept"
        interpreted = record["interpreted_as"] if record["interpreted_as"] != record["question"] else ""
        st.html(
            f"<div class='qa-head'><h3>{heading}</h3>"
            f"<p>{escaped('' if abstained else cards.confidence_words(record['confidence']))}</p></div>"
            + (f"<p class='qa-small'>Interpreted as: {escaped(interpreted)}</p>" if interpreted else "")
            + (f"<p>{escaped(record['reason'])}</p>" if abstained else "")
        )
        for citation in record["citations"]:
            fate = answer_record.fate_of(citation, documents)
            warning = "" if fate.kind == "unchanged" else " qa-warning"
            quote = marked(citation["text"], record["highlights"])
            st.html(
                f"<blockquote>{quote}<sup>{citation['number']}</sup></blockquote>"
                f"<p class='qa-small'>{escaped(place_of(citation))}</p>"
                f"<p class='qa-small{warning}' data-fate='{fate.kind}'>{escaped(str(fate))}</p>"
            )
        cards.small(f"Asked at {moment(answer.asked_at)} of generation {record['generation']}.")
