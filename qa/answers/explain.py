"""Why there is an answer, or why there is none.

Words are compared as stemmed terms, as BM25 does (`qa.words.terms`), and shown as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from qa.answers.assistant import Assistant
from qa.answers.search import rows_within
from qa.index import lexical
from qa.types import EVERYTHING, Abstention, Answer, Citation, Passage, Result, Scope
from qa.words import terms

_WORD = re.compile(r"\w+")
_ASKING = frozenset("much many long often tell give show list name describe explain happen say".split())
"""Words that ask, by hand. That a paper lacks them explains nothing."""
MOST_PAIRS = 3
"""At most this many pairs of words are reported as never in one passage, the rarest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """How one citation was found: the rank of its passage, from 1, overall and by ranker; None and {} if unknown.

    `shared` are the question's words that the quoted sentence has.
    """

    rank: int | None
    ranks: Mapping[str, int]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why the question was answered.

    `matched` are the question's words that the quoted passages have, and `missing` those that they lack. `threshold` is
    the confidence from which questions are answered. `curve` is a point of the risk curve, which was fitted on `date`:
    (threshold, share of wrong answers from this confidence on), both 0 to 1, or None if there is no such point.
    """

    matched: tuple[str, ...]
    missing: tuple[str, ...]
    found: tuple[Found, ...]
    confidence: float
    threshold: float
    curve: tuple[float, float] | None
    date: str


@dataclass(frozen=True, slots=True)
class Absence:
    """What the passages in scope lack of the question.

    `nowhere` are words that no paper has. `elsewhere` are words that only papers or sections outside the scope have.
    `apart` are pairs of words that occur in scope, but never in one passage.
    """

    nowhere: tuple[str, ...]
    elsewhere: tuple[str, ...]
    apart: tuple[tuple[str, str], ...]


def reasons(assistant: Assistant, result: Result, scope: Scope = EVERYTHING) -> Why | Absence:
    """Explain an answer or an abstention."""
    return why(assistant, result) if isinstance(result, Answer) else absence(assistant, result, scope)


def why(assistant: Assistant, answer: Answer) -> Why:
    """Explain an answer that this assistant gave."""
    stemmer = assistant.index.settings.stemmer
    words = words_of(answer.interpreted_as, stemmer)
    rank_of = {hit.passage.id: rank for rank, hit in enumerate(answer.passages, start=1)}
    found = []
    read: set[str] = set()
    for citation in answer.citations:
        own = set(terms([citation.text], stemmer)[0])
        shared = tuple(word for term, word in words.items() if term in own)
        hit = next((hit for hit in answer.passages if _holds(hit.passage, citation)), None)
        read |= own | (set(terms([hit.passage.text], stemmer)[0]) if hit else set())
        found.append(Found(rank_of[hit.passage.id] if hit else None, hit.ranks if hit else {}, shared))
    return Why(
        matched=tuple(word for term, word in words.items() if term in read),
        missing=tuple(word for term, word in words.items() if term not in read),
        found=tuple(found),
        confidence=answer.confidence,
        threshold=assistant.threshold,
        curve=assistant.models.calibration.point_at(answer.confidence),
        date=assistant.models.calibration.date,
    )


def absence(assistant: Assistant, abstention: Abstention, scope: Scope = EVERYTHING) -> Absence:
    """What the scope lacks of the question, with the words in the question's order."""
    index = assistant.index
    words = words_of(abstention.interpreted_as, index.settings.stemmer)
    asked = frozenset(rows_within(index, scope))
    readable = frozenset(rows_within(index))
    everywhere = {term: readable.intersection(lexical.texts_with(index.words, term).tolist()) for term in words}
    here = {term: rows & asked for term, rows in everywhere.items()}
    known = sorted((term for term in words if here[term]), key=lambda term: (len(here[term]), term))
    apart = [(a, b) for a, b in combinations(known, 2) if not here[a] & here[b]]
    order = list(words)
    return Absence(
        nowhere=tuple(words[term] for term in words if not everywhere[term]),
        elsewhere=tuple(words[term] for term in words if everywhere[term] and not here[term]),
        apart=tuple((words[a], words[b]) for a, b in (sorted(pair, key=order.index) for pair in apart[:MOST_PAIRS])),
    )


def words_of(question: str, stemmer: str) -> dict[str, str]:
    """The words of a question that are searched for, by stem, in order: the first word as typed for each stem.

    >>> words_of("How many tumours relapse, and which tumor?", "english")
    {'tumor': 'tumours', 'relaps': 'relapse'}
    """
    words: dict[str, str] = {}
    for word in _WORD.findall(question):
        if word.lower() in _ASKING:
            continue
        for term in terms([word], stemmer)[0]:
            words.setdefault(term, word)
    return words


def _holds(passage: Passage, citation: Citation) -> bool:
    return passage.document == citation.document.id and citation.sentence in passage.sentences
