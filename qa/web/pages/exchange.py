"""Draw one exchange: the card of a result, with the citations that open their sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import streamlit as st

from qa.types import Abstention, Answer, Citation, Document, Passage, Scope, Turn, breadcrumb, hull
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer
from qa.userdata.notebook import About
from qa.web.draw import cards
from qa.web.draw.quotes import Opening
from qa.web.session import links, pinning, shared
from qa.web.source import panel

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.answers.explain import Absence, Why


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn, and what only the generation that answered it can tell.

    `places` are the places of its passages in words, and `reasons` say why it is an answer or none. `next` are
    suggested questions, None until they have been looked for, and `meant` are those that it may have meant. `versions`
    are the SHA-256 of the passages' files.
    """

    turn: Turn
    places: tuple[str, ...]
    reasons: Why | Absence
    next: tuple[str, ...] | None = None
    meant: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """How a card asks again: any question as it is typed, or its own question of all papers."""

    ask: Callable[[str], None]
    ask_all: Callable[[], None]


def made(assistant: Assistant, turn: Turn, asked: Scope) -> Exchange:
    """The exchange of a turn that was just answered from these papers and sections."""
    from qa.answers import explain

    places = tuple(_place(assistant.by_id[hit.passage.document], hit.passage) for hit in turn.result.passages)
    versions = tuple(assistant.by_id[hit.passage.document].sha256 for hit in turn.result.passages)
    return Exchange(turn, places, explain.reasons(assistant, turn.result, asked), versions=versions)


def restored(assistant: Assistant, answer: StoredAnswer) -> Exchange:
    """The exchange of a stored answer; see `answer_record.turn_of` for one whose papers have changed."""
    from qa.answers import explain

    record = answer.record
    turn = answer_record.turn_of(record, assistant.by_id)
    asked = assistant.within(Scope(record["documents"], record["sections"]))
    places = tuple(map(answer_record.place_of, record["passages"]))
    versions = tuple(row["sha256"] for row in record["passages"])
    return Exchange(turn, places, explain.reasons(assistant, turn.result, asked), versions=versions)


def draw_card(exchange: Exchange, page: str, key: str, asking: Asking | None, answer: str = "") -> None:
    """Draw the card. Its citations open in the source panel of that page; `key` tells it from others on the page.

    Without `asking` there is no way to ask again. `answer` is the id under which it is stored, "" if it is not; the
    permanent link has it, and so has a quote that is pinned.
    """
    result = exchange.turn.result
    about = pinning.of_result(result, answer)
    with cards.card(result, key=key):
        if cards.interpreted(result) and asking:
            st.button("Ask it as typed", key=f"qa-typed-{key}", on_click=asking.ask, args=(exchange.turn.question,))
        if isinstance(result, Answer):
            cards.answer(result, _opening(page, key, result.citations, about))
            cards.why(cast("Why", exchange.reasons))
        else:
            _abstention(result, cast("Absence", exchange.reasons), page, key, about)
            if result.scope and asking:
                words = "Ask all papers" if result.scope.documents else "Ask all sections"
                st.button(words, key=f"qa-all-{key}", on_click=asking.ask_all)
        shown = () if isinstance(result, Answer) else [place for place, _ in cast("Absence", exchange.reasons).nearest]
        addresses = [
            links.address("Library", links.place(hit.passage.document, hit.passage.spans, version))
            for hit, version in zip(result.passages, exchange.versions, strict=False)
        ]
        cards.passages(result, exchange.places, addresses, shown)
        cards.foot(shared.link_to(answer) if answer else "", key=key)


def _abstention(result: Abstention, absence: Absence, page: str, key: str, about: About) -> None:
    possible = (result.possible,) if result.possible else ()
    nearest = tuple(citation for _, citation in absence.nearest)
    opening = _opening(page, key, (*possible, *nearest), about, len(nearest))
    if result.possible:
        cards.possible(result.possible, absence.around, opening)
    cards.abstention(result, absence)
    cards.nearest(absence.nearest, result, opening, len(possible))


def _opening(page: str, key: str, citations: tuple[Citation, ...], about: About, nearest: int = 0) -> Opening:
    """How these citations open, and are pinned. The last `nearest` are no answers: who pins one chooses it."""
    answering = len(citations) - nearest
    by_hand = replace(about, standing="chosen")
    shown, opener = panel.shown(page), f"qa-show-{key}"
    return Opening(
        opener,
        shown.number if shown is not None and shown.opener == opener else None,
        lambda citation: panel.show(page, citations, citation, opener),
        lambda citation: links.address("Library", links.of_citation(citation)),
        lambda citation: pinning.button(
            citations[citation], about if citation < answering else by_hand, f"{key}-{citation}"
        ),
    )


def _place(document: Document, passage: Passage) -> str:
    return breadcrumb(document.title, passage.section, document.locate(hull(passage.spans)).words())
