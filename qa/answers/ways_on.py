"""Ways on from a question that was not answered: other questions, which the papers do answer.

A question is only offered after it was asked, and never asked in place of the user's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from qa.answers import own_questions, suggestions
from qa.answers.names import RARE
from qa.answers.overview import Candidate
from qa.config import QUESTIONS
from qa.types import EVERYTHING, Abstention, Answer, Scope
from qa.words import zipf

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_MOST, _TRIED = 3, 4
"""Questions to offer, and how many to ask at most to find them, since each takes 0.2 s or more. By hand, 2026-11-27."""
_SLIPS = 2
"""At most this many letters of a name may differ from one that the papers write. By hand, 2026-11-27."""
_LONG = 6
"""Letters of the shortest word that is compared so. Set by hand on 2026-11-27."""
_ALIKE = 0.6
"""The least cosine of a question that is offered and the one that was asked. Set by hand on 2026-11-27."""
_PASSAGES = 3
"""The nearest passages of whose sentences questions are made. Set by hand on 2026-11-28."""
_POOL = 30
"""Questions of the question set that are compared by their vectors, those that share the most words first. Set by
hand on 2026-11-27."""


@dataclass(frozen=True, slots=True)
class WaysOn:
    """Questions instead of one that was not answered.

    `meant` are the same question with a word spelt otherwise or written out; each has an answer or a possible one.
    `others` are questions near it, which are answered.
    """

    meant: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def ways_on(
    assistant: Assistant,
    abstention: Abstention,
    asked: Collection[str] = (),
    questions: Path = QUESTIONS,
    scope: Scope = EVERYTHING,
) -> WaysOn:
    """Up to three questions near one that was not answered; none of those already `asked`. Takes up to a second."""
    before = {question.casefold() for question in asked}
    ways = (*_spelt_otherwise(assistant, abstention), *_in_full(assistant, abstention))
    close = {way.casefold(): way for way in ways if way.casefold() not in before}
    meant = [way for way in list(close.values())[:_TRIED] if _has_something(assistant, way, scope)][:_MOST]
    others: list[str] = []
    tried = len(close)
    for question, made_of in _alike(assistant, abstention, questions):
        if tried >= _TRIED or len(meant) + len(others) == _MOST:
            break
        if question.casefold() in before | close.keys():
            continue
        tried += 1
        given = own_questions.answered(assistant, question, scope)
        if given is not None and (made_of is None or own_questions.quotes(given, made_of)):
            others.append(question)
    return WaysOn(tuple(meant), tuple(others))


def _has_something(assistant: Assistant, question: str, scope: Scope) -> bool:
    """Whether there is an answer, or a sentence that may be one."""
    result = assistant.ask(question, scope=scope, as_typed=True)
    return isinstance(result, Answer) or result.possible is not None


def _spelt_otherwise(assistant: Assistant, abstention: Abstention) -> Iterator[str]:
    """The question with its slips undone, and with each name that no paper has as the nearest one of the papers."""
    question = abstention.interpreted_as
    mended, corrections = assistant.spelling.mended(question)
    if corrections:
        yield mended
    for name in abstention.missing:
        near = _nearest_name(assistant, name.lower())
        if near:
            yield _with(question, name, near)


def _nearest_name(assistant: Assistant, name: str) -> str:
    """The name in the papers that differs least from one that they lack; "" if there is none, or not a clear one."""
    spelling = assistant.spelling
    if len(name) < _LONG or " " in name or spelling.knows(name):
        return ""
    words = spelling.by_letter.get(name[0], ())
    near = process.extract(name, words, scorer=OSA.distance, score_cutoff=_SLIPS, limit=2)
    clear = [word for word, distance, _ in near if distance == near[0][1] and zipf(word) < RARE]
    return spelling.forms.get(clear[0], clear[0]) if len(clear) == 1 else ""


def _in_full(assistant: Assistant, abstention: Abstention) -> Iterator[str]:
    """The question with an abbreviation written out, or a term abbreviated, as the nearest papers define it."""
    question = abstention.interpreted_as
    for document in dict.fromkeys(hit.passage.document for hit in abstention.passages[:3]):
        for short, long in assistant.index.abbreviations_of(document).items():
            for had, has in ((short, long), (long, short)):
                if (other := _with(question, had, has)) != question:
                    yield other


def _with(question: str, had: str, has: str) -> str:
    """The question with one term in place of another."""
    return re.sub(rf"(?<!\w){re.escape(had)}(?!\w)", has.replace("\\", r"\\"), question)


def _alike(assistant: Assistant, abstention: Abstention, questions: Path) -> Sequence[tuple[str, Candidate | None]]:
    """Questions with nearly the same meaning, the nearest first: of the question set, or made of the nearest passages.

    One that was made comes with its sentence.
    """
    pool: dict[str, Candidate | None] = {}
    for hit in abstention.passages[:_PASSAGES]:
        near = [
            one
            for one in own_questions.sentences_of(assistant, hit.passage.document)
            if one.passage.id == hit.passage.id
        ]
        pool |= {question: one for one, question in own_questions.worded(assistant, near)}
    pool |= dict.fromkeys(suggestions.sharing(assistant, abstention.interpreted_as, questions, 1)[:_POOL])
    if not pool:
        return []
    vectors = assistant.models.encoder.encode([abstention.interpreted_as, *pool])
    cosines = vectors[1:] @ vectors[0]
    ranked = sorted(zip((-cosines).tolist(), pool, strict=True))
    return [(question, pool[question]) for cosine, question in ranked if -cosine >= _ALIKE]
