"""Why there is an answer, or why there is none.

Words are compared as stemmed terms, as BM25 does (`qa.words.terms`), and shown as they were typed. That a word is
absent is said only of words that `presence.telling` names, after all their forms were tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from qa.answers import presence
from qa.answers.assistant import Assistant
from qa.answers.search import rows_within
from qa.index.index import Index
from qa.types import EVERYTHING, Abstention, Answer, Citation, Passage, Result, Scope
from qa.words import terms

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

    `matched` are the question's words that the quoted passages have, and `missing` the telling ones that they lack.
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

    `missing` are the things that `Abstention.missing` names, each with the titles of all papers that have it. `nowhere`
    are other words that no paper has. `elsewhere` are words that only papers or sections outside the scope have.
    `apart` are pairs of words that occur in scope, but never in one passage. `around` is the passage that holds the
    possible answer; None if there is no such answer, or no such passage in this index.
    """

    missing: tuple[tuple[str, tuple[str, ...]], ...]

    nowhere: tuple[str, ...]
    elsewhere: tuple[str, ...]
    apart: tuple[tuple[str, str], ...]
    around: Passage | None


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
    lacking = (word for word in presence.telling(answer.interpreted_as) if not presence.forms(word, stemmer) & read)
    return Why(
        matched=tuple(word for term, word in words.items() if term in read),
        missing=tuple(lacking),
        found=tuple(found),
        confidence=answer.confidence,
        threshold=assistant.threshold,
        curve=assistant.models.calibration.point_at(answer.confidence),
        date=assistant.models.calibration.date,
    )


def absence(assistant: Assistant, abstention: Abstention, scope: Scope = EVERYTHING) -> Absence:
    """What the scope lacks of the question, with the words in the question's order."""
    index, question = assistant.index, abstention.interpreted_as
    asked, readable = frozenset(rows_within(index, scope)), frozenset(rows_within(index))
    named = {word for name in abstention.missing for word in presence.WORD.findall(name)}
    words = [word for word in presence.telling(question) if word not in named]
    everywhere = {word: presence.rows_with(word, question, index) for word in words}
    here = {word: rows & asked for word, rows in everywhere.items()}
    known = sorted((word for word in words if here[word]), key=lambda word: (len(here[word]), word))
    apart = [(a, b) for a, b in combinations(known, 2) if not here[a] & here[b]]
    return Absence(
        missing=tuple((name, _titles_with(name, question, index)) for name in abstention.missing),
        nowhere=tuple(word for word in words if not everywhere[word] and not presence.papers_titled_with(word, index)),
        elsewhere=tuple(word for word in words if everywhere[word] & readable and not here[word]),
        apart=tuple((a, b) for a, b in (sorted(pair, key=words.index) for pair in apart[:MOST_PAIRS])),
        around=_around(abstention, index),
    )


def _titles_with(name: str, question: str, index: Index) -> tuple[str, ...]:
    """The titles of the papers that have all words of a name in one passage, or in the title."""
    rows: Set[int] = frozenset(range(len(index.passages)))
    papers: Set[str] = frozenset(index.by_id)
    for word in presence.WORD.findall(name):
        rows &= presence.rows_with(word, question, index)
        papers &= presence.papers_titled_with(word, index)
    having = papers | {index.passages[row].document for row in rows}
    return tuple(document.title for document in index.documents if document.id in having)


def _around(abstention: Abstention, index: Index) -> Passage | None:
    """The passage of the possible answer, one of those shown if it can be."""
    possible = abstention.possible
    if possible is None:
        return None
    passages = [*(hit.passage for hit in abstention.passages), *index.passages_of(possible.document.id)]
    return next((passage for passage in passages if _holds(passage, possible)), None)


def words_of(question: str, stemmer: str) -> dict[str, str]:
    """The words of a question that are searched for, by stem, in order: the first word as typed for each stem.

    >>> words_of("How many tumours relapse, and which tumor?", "english")
    {'tumor': 'tumours', 'relaps': 'relapse'}
    """
    words: dict[str, str] = {}
    for word in presence.WORD.findall(question):
        if word.lower() in _ASKING:
            continue
        for term in terms([word], stemmer)[0]:
            words.setdefault(term, word)
    return words


def _holds(passage: Passage, citation: Citation) -> bool:
    return passage.document == citation.document.id and citation.sentence in passage.sentences
