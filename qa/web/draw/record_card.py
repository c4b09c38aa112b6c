"""Draw a stored answer, with the fate of each quote."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from qa.types import Document
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer
from qa.userdata.references import place_of
from qa.web.draw import cards, quotes
from qa.web.draw.text import escaped, marked
from qa.web.draw.times import moment


def show(answer: StoredAnswer, documents: Mapping[str, Document], *, key: str, link: str) -> None:
    """Draw the quotes of a record, and why it is no answer if it is none.

    `documents` are the papers of today's index by id; `link` is the permanent one to this answer.
    """
    record = answer.record
    is_answer, quoted = record["outcome"] == "answer", answer_record.quoted(record)
    kind = cards.kind_of(is_answer, is_possible=bool(quoted))
    with st.container(key=f"qa-{kind}-kept-{key}", gap="small"):
        if is_answer:
            cards.head("In the papers’ words, as they were kept", cards.confidence_words(record["confidence"]))
        else:
            cards.head(answer_record.headline_of(record), cards.UNCERTAIN if quoted else "")
        for remark in answer_record.remarks(record):
            cards.small(remark)
        if not is_answer:
            st.html(f"<p>{escaped(record['reason'])}</p>")
        for citation in quoted:
            fate = answer_record.fate_of(citation, documents)
            warning = "" if fate.kind == "unchanged" else " qa-warning"
            quote = marked(citation["text"], record["highlights"])
            st.html(
                f"<blockquote>{quotes.label(citation.get('speaks_of'))}{quote}<sup>{citation['number']}</sup></blockquote>"
                f"<p class='qa-small'>{escaped(place_of(citation))}</p>"
                f"<p class='qa-small{warning}' data-fate='{fate.kind}'>{escaped(str(fate))}</p>"
            )
        cards.small(f"Asked at {moment(answer.asked_at)} of generation {record['generation']}.")
        cards.foot(link, key=f"kept-{key}")
