"""Draw a stored answer, with the fate of each quote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from qa.types import Citation, QuoteError, breadcrumb
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer
from qa.userdata.references import place_of
from qa.web.draw import cards, quotes
from qa.web.draw.text import escaped, marked, opener_key
from qa.web.draw.times import moment

if TYPE_CHECKING:
    from qa.index.kept import Kept
    from qa.userdata.fates import Traced

See = Callable[[Citation, "Kept | None", str], None]
"""Opens the source of a quote, in the present papers or as an earlier generation has it; the last is what the keys of
the button begin with (`draw.text.opener_key`, as number 0)."""


def show(answer: StoredAnswer, found: Sequence[Traced | QuoteError], see: See, *, key: str, link: str) -> None:
    """Draw the quotes of a record, and why it is no answer if it is none.

    `found` says what has become of each of its quotes; `link` is the permanent one to this answer.
    """
    record = answer.record
    is_answer = record["outcome"] == "answer"
    kind = cards.kind_of(is_answer, is_possible=bool(found))
    with st.container(key=f"qa-{kind}-kept-{key}", gap="small"):
        if is_answer:
            cards.head("In the papers’ words, as they were kept", cards.confidence_words(record["confidence"]))
        else:
            cards.head(answer_record.headline_of(record), cards.UNCERTAIN if found else "")
        for remark in answer_record.remarks(record):
            cards.small(remark)
        if not is_answer:
            st.html(f"<p>{escaped(record['reason'])}</p>")
        for number, quote in enumerate(found):
            one(quote, see, record["highlights"], key=f"{key}-{number}")
        cards.small(f"Asked at {moment(answer.asked_at)} of generation {record['generation']}.")
        cards.foot(link, key=f"kept-{key}")


def one(quote: Traced | QuoteError, see: See, highlights: Sequence[str] = (), *, key: str) -> None:
    """Draw one stored quote: what it was, what has become of it, and where it can be seen."""
    if isinstance(quote, QuoteError):
        cards.problem(str(quote))
        return
    row, fate = quote.row, quote.fate
    warning = "" if fate.kind == "unchanged" else " qa-warning"
    st.html(
        f"<blockquote>{quotes.label(row.get('speaks_of'))}{marked(row['text'], highlights)}"
        f"<sup>{row['number']}</sup></blockquote>"
        f"<p class='qa-small'>{escaped(place_of(row))}</p>"
        f"<p class='qa-small{warning}' data-fate='{fate.kind}'>{escaped(str(fate))}</p>"
        f"{''.join(f'<p class=qa-small>{escaped(words)}</p>' for words in _where(quote))}"
    )
    ways: list[tuple[str, str, Citation, Kept | None]] = []
    if fate.now and (fate.kind != "unchanged" or fate.renamed_from):
        ways.append(("See where it stands now", "now", fate.now, None))
    if quote.then:
        ways.append(("See it as it was", "was", quote.then, quote.was))
    if ways:
        with st.container(key=f"qa-kept-ways-{key}", horizontal=True, gap="small"):
            for words, name, citation, was in ways:
                opener = f"qa-{name}-{key}"
                st.button(words, key=opener_key(opener, 0), on_click=see, args=(citation, was, opener))


def _where(quote: Traced) -> list[str]:
    """Where the words stand now, if that is elsewhere, and which generation has them as they were quoted."""
    fate, found = quote.fate, []
    if fate.now and fate.kind == "changed":
        times = f", once of {fate.times}" if fate.times > 1 else ""
        found.append(f"It stands now in {breadcrumb(fate.now.section, fate.now.place.words())}{times}.")
    if quote.was:
        when = moment(quote.was.published_at)
        found.append(f"It stands, as quoted, in generation {quote.was.generation}, published on {when}.")
    return found
