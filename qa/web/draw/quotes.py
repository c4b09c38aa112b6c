"""Draw quotes with what leads to their sources: of an answer, and of what may be one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from qa.types import Answer, Citation, Passage, Sentence, breadcrumb
from qa.web.draw import copying
from qa.web.draw.text import escaped, marked, opener_key


@dataclass(frozen=True, slots=True)
class Opening:
    """How citations open their sources: a click on citation i, counted from 0, calls `show(i)`.

    The keys of their buttons begin with `opener`; `shown` is the citation that is open, None if none is. `address` is
    what leads others to the place of a citation, for quotes that are copied; "" if nothing does. `pin(i)` draws the
    button that pins citation i; there is none unless it is said.
    """

    opener: str
    shown: int | None
    show: Callable[[int], None]
    address: Callable[[Citation], str] = lambda citation: ""
    pin: Callable[[int], None] = lambda citation: None


def quotes(result: Answer, opener: str, first: int = 0) -> str:
    """HTML of an answer's quotes, each behind its label if it has one.

    The number behind each quote opens its source, and shows a note with its place on hover; it never begins a line.
    Citations are counted from `first`, so that several answers can stand on one page.
    """
    labels = result.labels or ("",) * len(result.citations)
    words = (
        f"<span{' class=qa-labelled' if name else ''}>{label(name)}"
        f"<span class='qa-room'>{marked(citation.text, result.highlights)}</span>{_number(i, opener)}</span>"
        for i, (name, citation) in enumerate(zip(labels, result.citations, strict=True), start=first)
    )
    notes = (_note(i, citation, opener) for i, citation in enumerate(result.citations, start=first))
    return f"<blockquote>{' '.join(words)}</blockquote>{''.join(notes)}"


def label(name: str | None) -> str:
    """HTML of what a quote speaks of, to stand before it; "" for no label."""
    return f"<span class='qa-label'>{escaped(name)}:</span> " if name else ""


def possible(citation: Citation, around: Passage | None, opener: str, first: int = 0) -> str:
    """HTML of a sentence that may answer, marked inside its passage, or alone if there is none.

    Its number is as in `quotes`.
    """
    sentences = around.sentences if around else (citation.sentence,)
    words = _in_passage(citation, sentences, "possible answer", opener, first)
    return f"<blockquote class='qa-around'>{words}</blockquote>{_note(first, citation, opener)}"


def nearest(citation: Citation, passage: Passage, opener: str, first: int = 0) -> str:
    """HTML of the sentence of a passage that comes nearest to a question, marked between the sentences beside it.

    It is no quotation of an answer, and so no `blockquote`.
    """
    at = passage.sentences.index(citation.sentence)
    words = _in_passage(citation, passage.sentences[max(0, at - 1) : at + 2], "nearest sentence", opener, first)
    return f"<div class='qa-nearest'>{words}</div>{_note(first, citation, opener)}"


def _in_passage(citation: Citation, sentences: Sequence[Sentence], what: str, opener: str, first: int) -> str:
    mark = (
        f"<span class='qa-unseen'>{what.capitalize()}: </span>"
        f"<span class='qa-room'><mark>{escaped(citation.text)}</mark></span>"
        f"<span class='qa-unseen'> End of the {what}.</span>{_number(first, opener)}"
    )
    return " ".join(mark if sentence == citation.sentence else escaped(sentence.text) for sentence in sentences)


def sources(citations: Sequence[Citation], opening: Opening, first: int = 0) -> None:
    """Draw a row for each citation: paper, place, and buttons that open the source, copy the quote, and pin it.

    Citations are counted from `first`.
    """
    for i, citation in enumerate(citations, start=first):
        with st.container(key=f"qa-citation-{opening.opener}-{i}", horizontal=True, vertical_alignment="center"):
            st.html(_source(i + 1, citation, is_open=opening.shown == i))
            key = opener_key(opening.opener, i)
            with st.container(key=f"qa-does-{key}", horizontal=True, gap="small", width="content"):
                st.button(f"Show quote {i + 1} in source", key=key, on_click=opening.show, args=(i,))
                copying.quote(citation, i + 1, opening.address(citation), key=f"qa-copy-{key}")
                opening.pin(i)


def _number(i: int, opener: str) -> str:
    key = opener_key(opener, i)
    return (
        f"<button type='button' class='qa-cite' data-opens='{key}' aria-describedby='{key}-note' "
        f"aria-label='Citation {i + 1}: show its source'>{i + 1}</button>"
    )


def _note(i: int, citation: Citation, opener: str) -> str:
    return (
        f"<div class='qa-note' id='{opener_key(opener, i)}-note' role='tooltip'>"
        f"<q>{escaped(' … '.join(citation.quote))}</q>"
        f"<p>{escaped(citation.document.title)}<br>{escaped(_place(citation))}</p></div>"
    )


def _source(number: int, citation: Citation, *, is_open: bool) -> str:
    return (
        f"<div class='qa-citation{' qa-open' if is_open else ''}'><span class='qa-number'>{number}</span>"
        f"<p>{escaped(citation.document.title)}<br><span class='qa-small'>{escaped(_place(citation))}</span>"
        f"{_warning(citation)}</p></div>"
    )


def _warning(citation: Citation) -> str:
    return f"<br><span class='qa-small qa-warning'>{escaped(citation.warning)}</span>" if citation.warning else ""


def _place(citation: Citation) -> str:
    return breadcrumb(citation.section, citation.place.words())
