"""Draw answers, what may be one, abstentions, passages and messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.answers.calibration import FAIR, HIGH
from qa.text import visible
from qa.types import Abstention, Answer, Citation, Passage, Result, understood
from qa.web.draw import copying, quotes
from qa.web.draw.quotes import Opening
from qa.web.draw.text import escaped, with_commands

if TYPE_CHECKING:
    from qa.answers.explain import Absence, Found, Why

_RANKERS = {"dense": "by meaning", "lexical": "by words", "sentence": "by its best sentence", "reader": "by the reader"}
"""The names of the rankers on a page."""

Kind = Literal["answer", "possible", "abstention"]
UNCERTAIN = "Uncertain, check the source"
"""What is said of a possible answer in place of a confidence."""


def title(text: str) -> None:
    """The page's title for screen readers; others see it in the bar."""
    st.html(f"<h1 class='qa-unseen'>{escaped(text)}</h1>")


def heading(text: str) -> None:
    """A heading of the page."""
    st.html(f"<h2 class='qa-heading'>{escaped(text)}</h2>")


def small(text: str) -> None:
    """A remark in small type."""
    st.html(f"<p class='qa-small'>{escaped(text)}</p>")


def problem(message: str) -> None:
    """An error message. What stands in backticks, such as the command that helps, is drawn as code."""
    st.html(f"<div class='qa-message qa-problem' role='alert'>{_sentence(message)}</div>")


def notice(message: str) -> None:
    """A message that is not an error."""
    st.html(f"<div class='qa-message' role='note'>{_sentence(message)}</div>")


def question(text: str) -> None:
    """The question as it was typed."""
    st.html(f"<h2 class='qa-question'><span class='qa-unseen'>You asked: </span>{escaped(text)}</h2>")


def card(result: Result, *, key: str) -> DeltaGenerator:
    """The card of a result, with its head; the caller draws the rest into it."""
    kind = kind_of(isinstance(result, Answer), is_possible=getattr(result, "possible", None) is not None)
    sheet = st.container(key=f"qa-{kind}-{key}", gap="small")
    with sheet:
        if isinstance(result, Answer):
            head("In the papers’ words", confidence_words(result.confidence))
        else:
            head(result.headline, UNCERTAIN if result.possible else "")
    return sheet


def kind_of(is_answer: bool, *, is_possible: bool) -> Kind:
    """The outcome that the look of a card shows."""
    return "answer" if is_answer else "possible" if is_possible else "abstention"


def head(words: str, sure: str) -> None:
    """The head of a card: the outcome in a few words, and how sure it is."""
    st.html(f"<div class='qa-head'><h3>{escaped(words)}</h3>{f'<p>{escaped(sure)}</p>' if sure else ''}</div>")


def interpreted(result: Result) -> bool:
    """Draw how a question was understood. False, and nothing is drawn, if it was asked as it was typed."""
    remarks = understood(visible(result.question), visible(result.interpreted_as), result.corrections)
    for remark in remarks:
        small(remark)
    return bool(remarks)


def answer(result: Answer, opening: Opening) -> None:
    """The quotes with their citations, and the sides of the question that none of them answers."""
    st.html(quotes.quotes(result, opening.opener))
    quotes.sources(result.citations, opening)
    if result.unanswered:
        small(f"No sentence clearly answers: {'; '.join(result.unanswered)}.")


def why(reasons: Why) -> None:
    """Why the question was answered, in an expander."""
    with st.expander("Why this answer"):
        words = (
            f"The quoted passages have these words of the question: {_listed(reasons.matched)}."
            if reasons.matched
            else "No word of the question is in the quoted passages."
        )
        if reasons.missing:
            words += f" They do not have: {_listed(reasons.missing)}."
        rows = "".join(
            f"<tr><th scope='row'>{number}</th><td>{_listed(found.shared) or 'none'}</td><td>{_ranks(found)}</td></tr>"
            for number, found in enumerate(reasons.found, start=1)
        )
        columns = ("Quote", "Shares the words", "Rank of its passage")
        head = "".join(f"<th scope='col'>{name}</th>" for name in columns)
        st.html(f"<p>{words}</p><table class='qa-found'><tr>{head}</tr>{rows}</table>{_scale(reasons)}")


def possible(citation: Citation, around: Passage | None, opening: Opening) -> None:
    """A sentence that may answer, in its passage, and its citation."""
    st.html(
        "<p>The marked sentence comes nearest to an answer, but it may not be one. Read it in its passage before you "
        f"rely on it.</p>{quotes.possible(citation, around, opening.opener)}"
    )
    quotes.sources([citation], opening)


def abstention(result: Abstention, reasons: Absence) -> None:
    """Why the question was not answered."""
    st.html(f"<p>{_sentence(result.reason)}</p>")
    lines = [
        ("In none of the papers", _listed(reasons.nowhere)),
        ("Only in what was not asked", _listed(reasons.elsewhere)),
        ("Never together in one passage", "; ".join(f"{escaped(a)} and {escaped(b)}" for a, b in reasons.apart)),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in lines if words)
    if rows:
        st.html(f"<dl class='qa-absence'>{rows}</dl>")


def nearest(found: Sequence[tuple[int, Citation]], result: Result, opening: Opening, first: int) -> None:
    """The passages that come nearest to a question that is not answered, each with its nearest sentence marked.

    `found` are places of passages among those of the result, with the sentence; they are counted from `first`.
    """
    if found:
        small("Nearest passages – not an answer. The sentence that comes nearest is marked.")
    for number, (place, citation) in enumerate(found, start=first):
        st.html(quotes.nearest(citation, result.passages[place].passage, opening.opener, number))
        quotes.sources([citation], opening, number)


def passages(result: Result, places: Sequence[str], addresses: Sequence[str], already: Collection[int] = ()) -> None:
    """The best passages, in an expander; for an abstention they are labelled as no answer.

    `places` has the place of each passage in words, `addresses` where the paper opens at it; those that are shown
    `already` are left out.
    """
    rows = [
        f"<li><details><summary>{escaped(place)}<span class='qa-first'>{escaped(hit.passage.text)}</span></summary>"
        f"<p>{escaped(hit.passage.text)}</p><p class='qa-small'><a href='{escaped(address)}' target='_blank'>"
        "Read it in the paper</a></p></details></li>"
        for number, (hit, place, address) in enumerate(zip(result.passages, places, addresses, strict=True))
        if number not in already
    ]
    if not rows:
        return
    if isinstance(result, Answer):
        words = f"Passages ranked first ({len(rows)})"
    else:
        words = f"More passages – not an answer ({len(rows)})" if already else "Nearest passages – not an answer"
    with st.expander(words, expanded=isinstance(result, Abstention) and result.possible is None and not already):
        st.html(f"<ol class='qa-passages'>{''.join(rows)}</ol>")


def foot(link: str, *, key: str) -> None:
    """The foot of a card, with the button that copies the permanent link; none if there is no link."""
    if link:
        with st.container(key=f"qa-foot-{key}"):
            copying.link(link, key=f"qa-link-{key}")


def confidence_words(confidence: float) -> str:
    """A calibrated probability in words and per cent, rounded down; at most 99%, since no estimate is certain.

    >>> confidence_words(0.997), confidence_words(0.75), confidence_words(0.51)
    ('High confidence · 99%', 'Fair confidence · 75%', 'Low confidence, check the source · 51%')
    """
    words = "High confidence" if confidence >= HIGH else "Fair confidence" if confidence >= FAIR else ""
    return f"{words or 'Low confidence, check the source'} · {_per_cent(confidence)}"


def outcome_words(result: Result) -> str:
    """What screen readers announce when the result is there."""
    if isinstance(result, Abstention):
        return "Possibly: an uncertain sentence was found." if result.possible else f"{result.headline}."
    return f"Answer found. {confidence_words(result.confidence)}."


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(escaped, words))


def _ranks(found: Found) -> str:
    if found.rank is None:
        return "not among the passages shown"
    by_ranker = ", ".join(f"{_RANKERS.get(ranker, ranker)} {rank}" for ranker, rank in found.ranks.items())
    return f"{found.rank} ({escaped(by_ranker)})"


def _scale(reasons: Why) -> str:
    """HTML of the confidence and the threshold: a bar from 0 to 100%, and the same in words."""
    words = f"Confidence {_per_cent(reasons.confidence)}; an answer is given from {_per_cent(reasons.threshold)} on."
    if reasons.curve:
        start, wrong = reasons.curve
        words += (
            f" Of the answers from {_per_cent(start)} on, {_per_cent(wrong)} were wrong when this was measured "
            f"({escaped(reasons.date)})."
        )
    return (
        f"<div class='qa-scale' aria-hidden='true'><i style='width: {_per_cent(reasons.confidence)}'></i>"
        f"<b style='left: {_per_cent(reasons.threshold)}'></b></div><p>{words}</p>"
    )


def _per_cent(share: float) -> str:
    return f"{min(99, int(100 * share))}%"


def _sentence(message: str) -> str:
    """HTML of a message as a sentence. Error messages are written for a terminal: lower case, no full stop.

    A path at the beginning keeps its case.
    """
    first, _, _ = message.partition(" ")
    text = with_commands(message[:1].upper() + message[1:] if first.isalpha() else message)
    return text if text.endswith((".", "!", "?")) else f"{text}."
