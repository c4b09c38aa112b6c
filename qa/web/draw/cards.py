"""Draw answers, abstentions, passages and messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.text import visible
from qa.types import Abstention, Answer, Citation, Result, breadcrumb
from qa.web.draw.text import escaped, marked, opener_key, with_commands

if TYPE_CHECKING:
    from qa.answers.explain import Absence, Found, Why

_RANKERS = {"dense": "by meaning", "lexical": "by words", "sentence": "by its best sentence", "reader": "by the reader"}
"""The names of the rankers on a page."""


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
    is_answer = isinstance(result, Answer)
    sheet = st.container(key=f"qa-{'answer' if is_answer else 'abstention'}-{key}", gap="small")
    head = "In the papers’ words" if is_answer else "The papers do not say"
    sure = f"<p>{confidence_words(result.confidence)}</p>" if is_answer else ""
    with sheet:
        st.html(f"<div class='qa-head'><h3>{head}</h3>{sure}</div>")
    return sheet


def interpreted(result: Result) -> bool:
    """Draw how a follow-up was interpreted. False, and nothing is drawn, if the question was asked as it was typed."""
    if visible(result.interpreted_as) == visible(result.question):
        return False
    small(f"Interpreted as: {result.interpreted_as}")
    return True


def answer(result: Answer, *, opener: str, shown: int | None, show: Callable[[int], None]) -> None:
    """The quotes with their citations. A click on citation i, counted from 0, calls `show(i)`; `shown` is the open one.

    The keys of the citations' buttons begin with `opener`.
    """
    st.html(quotes(result, opener))
    for i, citation in enumerate(result.citations):
        with st.container(key=f"qa-citation-{opener}-{i}", horizontal=True, vertical_alignment="center"):
            st.html(_citation(i + 1, citation, is_open=shown == i))
            st.button(f"Show quote {i + 1} in source", key=opener_key(opener, i), on_click=show, args=(i,))


def quotes(result: Answer, opener: str, first: int = 0) -> str:
    """HTML of the quotes. The number behind each opens its source, and shows a note with its place on hover.

    Citations are counted from `first`, so that several answers can stand on one page.
    """
    words, notes = [], []
    for i, citation in enumerate(result.citations, start=first):
        key = opener_key(opener, i)
        words.append(
            f"<span>{marked(citation.text, result.highlights)}"
            f"<button type='button' class='qa-cite' data-opens='{key}' aria-describedby='{key}-note' "
            f"aria-label='Citation {i + 1}: show its source'>{i + 1}</button></span>"
        )
        notes.append(
            f"<div class='qa-note' id='{key}-note' role='tooltip'><q>{escaped(' … '.join(citation.quote))}</q>"
            f"<p>{escaped(citation.document.title)}<br>{escaped(_place(citation))}</p></div>"
        )
    return f"<blockquote>{' '.join(words)}</blockquote>{''.join(notes)}"


def places(result: Answer, first: int = 0) -> str:
    """HTML of each quote's place, and of the confidence; citations are numbered as in `quotes`."""
    lines = (
        f"{number}: {escaped(_place(citation))}{_warning(citation)}<br>"
        for number, citation in enumerate(result.citations, start=first + 1)
    )
    return f"<p class='qa-small'>{''.join(lines)}{confidence_words(result.confidence)}</p>"


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


def passages(result: Result, places: Sequence[str]) -> None:
    """The passages that were read, in an expander; for an abstention it is open, and labelled as no answer.

    `places` has the place of each passage in words.
    """
    if not result.passages:
        return
    is_answer = isinstance(result, Answer)
    head = f"Passages that were read ({len(result.passages)})" if is_answer else "Nearest passages – not an answer"
    with st.expander(head, expanded=not is_answer):
        rows = (
            f"<li><details><summary>{escaped(place)}<span class='qa-first'>{escaped(hit.passage.text)}</span></summary>"
            f"<p>{escaped(hit.passage.text)}</p></details></li>"
            for hit, place in zip(result.passages, places, strict=True)
        )
        st.html(f"<ol class='qa-passages'>{''.join(rows)}</ol>")


def confidence_words(confidence: float) -> str:
    """A calibrated probability in words and per cent, rounded down; at most 99%, since no estimate is certain.

    >>> confidence_words(0.997), confidence_words(0.8), confidence_words(0.61)
    ('High confidence · 99%', 'Fair confidence · 80%', 'Low confidence, check the source · 61%')
    """
    words = "High confidence" if confidence >= 0.9 else "Fair confidence" if confidence >= 0.7 else ""
    return f"{words or 'Low confidence, check the source'} · {_per_cent(confidence)}"


def outcome_words(result: Result) -> str:
    """What screen readers announce when the result is there."""
    if isinstance(result, Abstention):
        return "The papers do not say."
    return f"Answer found. {confidence_words(result.confidence)}."


def _citation(number: int, citation: Citation, *, is_open: bool) -> str:
    return (
        f"<div class='qa-citation{' qa-open' if is_open else ''}'><span class='qa-number'>{number}</span>"
        f"<p>{escaped(citation.document.title)}<br><span class='qa-small'>{escaped(_place(citation))}</span>"
        f"{_warning(citation)}</p></div>"
    )


def _warning(citation: Citation) -> str:
    return f"<br><span class='qa-small qa-warning'>{escaped(citation.warning)}</span>" if citation.warning else ""


def _place(citation: Citation) -> str:
    return breadcrumb(citation.section, citation.place.words())


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
