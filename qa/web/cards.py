"""How things look: an answer, an abstention, passages, a question, a message. Only drawing, and all of it escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from qa.types import Abstention, Answer, Citation, Result
from qa.web.text import escaped, marked, place_words, visible, with_commands


def title(text: str) -> None:
    """What the page is, for a screen reader; on sight the bar says it."""
    st.html(f"<h1 class='qa-unseen'>{escaped(text)}</h1>")


def heading(text: str) -> None:
    """A heading of the page's own."""
    st.html(f"<h2 class='qa-heading'>{escaped(text)}</h2>")


def small(text: str) -> None:
    """A remark."""
    st.html(f"<p class='qa-small'>{escaped(text)}</p>")


def problem(message: str) -> None:
    """What went wrong, and the command that helps, which the message names in backticks."""
    st.html(f"<div class='qa-message qa-problem' role='alert'>{_sentence(message)}</div>")


def notice(message: str) -> None:
    """What the reader should know, though nothing went wrong."""
    st.html(f"<div class='qa-message' role='note'>{_sentence(message)}</div>")


def question(text: str) -> None:
    """What was asked, as it was typed."""
    st.html(f"<h2 class='qa-question'><span class='qa-unseen'>You asked: </span>{escaped(text)}</h2>")


def answer(result: Answer, places: Sequence[str], *, key: str, shown: int | None, show: Callable[[int], None]) -> None:
    """The quotes with their citations. `show(i)` is called when citation i is clicked; `shown` is the open one."""
    with st.container(key=f"qa-answer-{key}", gap="small"):
        st.html(
            f"<div class='qa-head'><h3>In the papers’ words</h3><p>{confidence_words(result.confidence)}</p></div>"
            f"{_interpreted(result)}<blockquote>{_quotes(result)}</blockquote>"
        )
        for i, citation in enumerate(result.citations):
            with st.container(key=f"qa-citation-{key}-{i}", horizontal=True, vertical_alignment="center"):
                st.html(_citation(i + 1, citation, is_open=shown == i))
                st.button(f"Show quote {i + 1} in source", key=opener(key, i), on_click=show, args=(i,))
        with st.expander(f"Passages that were read ({len(result.passages)})"):
            _passages(result, places)


def abstention(result: Abstention, places: Sequence[str], *, key: str) -> None:
    """The other result: why there is no answer, and what came nearest."""
    with st.container(key=f"qa-abstention-{key}", gap="small"):
        st.html(
            f"<div class='qa-head'><h3>The papers do not say</h3></div>"
            f"{_interpreted(result)}<p>{_sentence(result.reason)}</p>"
        )
        if result.passages:
            with st.expander("Nearest passages – not an answer", expanded=True):
                _passages(result, places)


def opener(key: str, i: int) -> str:
    """The key of the button that shows citation i of a card."""
    return f"qa-show-{key}-{i}"


def confidence_words(confidence: float) -> str:
    """A calibrated probability in words and percent; never 100, which no estimate can be.

    >>> confidence_words(0.997), confidence_words(0.8), confidence_words(0.61)
    ('High confidence · 99%', 'Fair confidence · 80%', 'Low confidence, check the source · 61%')
    """
    words = "High confidence" if confidence >= 0.9 else "Fair confidence" if confidence >= 0.7 else ""
    return f"{words or 'Low confidence, check the source'} · {min(99, int(100 * confidence))}%"


def outcome_words(result: Result) -> str:
    """What a screen reader says when the result is there."""
    if isinstance(result, Abstention):
        return "The papers do not say."
    return f"Answer found. {confidence_words(result.confidence)}."


def _interpreted(result: Result) -> str:
    if visible(result.interpreted_as) == visible(result.question):
        return ""
    return f"<p class='qa-small'>Interpreted as: {escaped(result.interpreted_as)}</p>"


def _quotes(result: Answer) -> str:
    return " ".join(
        f"<span>{marked(citation.text, result.highlights)}<sup>{number}</sup></span>"
        for number, citation in enumerate(result.citations, 1)
    )


def _citation(number: int, citation: Citation, *, is_open: bool) -> str:
    place = " · ".join(filter(None, [citation.section, place_words(citation.place)]))
    return (
        f"<div class='qa-citation{' qa-open' if is_open else ''}'><span class='qa-number'>{number}</span>"
        f"<p>{escaped(citation.document.title)}<br><span class='qa-small'>{escaped(place)}</span>{_warning(citation)}"
        "</p></div>"
    )


def _warning(citation: Citation) -> str:
    return f"<br><span class='qa-small qa-warning'>{escaped(citation.warning)}</span>" if citation.warning else ""


def _passages(result: Result, places: Sequence[str]) -> None:
    rows = (
        f"<li><details><summary>{escaped(place)}<span class='qa-first'>{escaped(hit.passage.text)}</span></summary>"
        f"<p>{escaped(hit.passage.text)}</p></details></li>"
        for hit, place in zip(result.passages, places, strict=True)
    )
    st.html(f"<ol class='qa-passages'>{''.join(rows)}</ol>")


def _sentence(message: str) -> str:
    """Errors begin in lower case and end without a stop, as in a terminal; on a page they are sentences.

    A path at the beginning stays as it is.
    """
    first, _, _ = message.partition(" ")
    text = with_commands(message[:1].upper() + message[1:] if first.isalpha() else message)
    return text if text.endswith((".", "!", "?")) else f"{text}."
