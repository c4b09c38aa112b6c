"""Why there is an answer, or why there is none.

Words are compared as stemmed terms, as BM25 does (`qa.words.terms`), and shown as they were typed. That a word is
absent is said only of names (`qa.answers.names`), after all their forms were tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qa.answers.assistant import Assistant
from qa.answers.judged import embedded
from qa.answers.names import Name, names_in
from qa.answers.presence import Presence
from qa.answers.search import rows_within
from qa.index.embed import Vectors
from qa.index.index import Index
from qa.types import EVERYTHING, Abstention, Answer, Citation, Passage, QuoteError, Result, Scope
from qa.words import terms

NEAREST = 3
"""Passages of an abstention that are shown with their nearest sentence marked. Set by hand on 2026-11-27."""
_WORD = re.compile(r"\w+")
_ASKING = frozenset("much many long often tell give show list name describe explain happen say".split())
"""Words that ask, by hand. That a passage has them explains nothing."""
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

    `matched` are the question's words that the quoted passages have, and `missing` the names that they lack.
    `threshold` is the confidence from which questions are answered. `curve` is a point of the risk curve, which was
    fitted on `date`: (threshold, share of wrong answers from this confidence on), both 0 to 1, or None if there is no
    such point.
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

    `nowhere` are names that no paper has, beside those that the reason tells of. `elsewhere` are names that only papers
    or sections outside the scope have. `apart` are pairs of names that occur in scope, but never in one passage.
    `around` is the passage that holds the possible answer; None if there is no such answer, or no such passage in this
    index. `nearest` has, for some of the passages shown, the place among them, from 0, and the sentence that comes
    nearest to the question; it is no answer.
    """

    nowhere: tuple[str, ...]
    elsewhere: tuple[str, ...]
    apart: tuple[tuple[str, str], ...]
    around: Passage | None
    nearest: tuple[tuple[int, Citation], ...] = ()


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
    names = _names(assistant, answer)
    presence = Presence(assistant.index, names)
    cited = [hit.passage for hit in answer.passages if any(_holds(hit.passage, one) for one in answer.citations)]
    lacking = (name.text for name in names if not any(presence.speaks_of(passage, name) for passage in cited))
    return Why(
        matched=tuple(word for term, word in words.items() if term in read),
        missing=tuple(lacking),
        found=tuple(found),
        confidence=answer.confidence,
        threshold=assistant.threshold,
        curve=assistant.models.calibration.point_at(answer.confidence),
        date=assistant.models.calibration.date,
    )


def _names(assistant: Assistant, result: Result) -> tuple[Name, ...]:
    """The names in the question as it was read."""
    question = result.interpreted_as
    return names_in(question, assistant.index, embedded(question, assistant.models.encoder)[1])


def absence(assistant: Assistant, abstention: Abstention, scope: Scope = EVERYTHING) -> Absence:
    """What the scope lacks of the question, in the order of its names.

    Numbers are left out, as a paper may have them in other units, and so are groups, which it may call otherwise.
    """
    index, question = assistant.index, abstention.interpreted_as
    vector, judged = embedded(question, assistant.models.encoder)
    named = [name for name in names_in(question, index, judged) if name.kind in ("code", "word")]
    names = [name for name in named if name.text not in abstention.missing]
    presence = Presence(index, names)
    asked, readable = frozenset(rows_within(index, scope)), frozenset(rows_within(index))
    everywhere = {name: _rows(name, presence) for name in names}
    here = {name: rows & asked for name, rows in everywhere.items()}
    known = sorted((name for name in names if here[name]), key=lambda name: (len(here[name]), name.text))
    apart = [pair for pair in combinations(known, 2) if not here[pair[0]] & here[pair[1]]][:MOST_PAIRS]
    return Absence(
        nowhere=tuple(name.text for name in names if not presence.papers(name)),
        elsewhere=tuple(name.text for name in names if everywhere[name] & readable and not here[name]),
        apart=tuple((a.text, b.text) for a, b in (sorted(pair, key=names.index) for pair in apart)),
        around=_around(abstention, index),
        nearest=_nearest(abstention, index, vector),
    )


def _rows(name: Name, presence: Presence) -> frozenset[int]:
    """The rows of all passages that have a name in one of its forms."""
    return frozenset().union(*(presence.rows(name, paper) for paper in presence.papers(name)))


def _around(abstention: Abstention, index: Index) -> Passage | None:
    """The passage of the possible answer, one of those shown if it can be."""
    possible = abstention.possible
    if possible is None:
        return None
    passages = [*(hit.passage for hit in abstention.passages), *index.passages_of(possible.document.id)]
    return next((passage for passage in passages if _holds(passage, possible)), None)


def _nearest(abstention: Abstention, index: Index, vector: Vectors) -> tuple[tuple[int, Citation], ...]:
    """The sentence of each of the first passages whose vector is nearest to the question's, which is float32, (d,).

    A passage that holds the possible answer is left out, and so is one that is not in this index.
    """
    found: list[tuple[int, Citation]] = []
    for place, hit in enumerate(abstention.passages):
        passage = hit.passage
        if len(found) == NEAREST:
            break
        if abstention.possible is not None and _holds(passage, abstention.possible):
            continue
        try:
            own = np.array(index.sentence_rows(index.row_of(passage)))
            best = int(np.argmax(index.sentence_vectors.scores_at(vector, own)))
            found.append((place, Citation(index.by_id[passage.document], passage.section, passage.sentences[best])))
        except (KeyError, IndexError, QuoteError):  # of an earlier generation
            continue
    return tuple(found)


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
