"""Question + `Index` → ranked passages: dense, lexical or hybrid.

Three rankers score every passage in scope: BM25, the cosine of its embedding, and the best cosine of its sentences.
Hybrid search adds up their standard scores (score minus mean, divided by the standard deviation, over the passages in
scope), each with its weight.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.answers.judged import Judged, embedded
from qa.index.dense import Nearest, Rows
from qa.index.embed import Encoder, Vectors
from qa.index.index import Index
from qa.index.network import each
from qa.text import visible
from qa.types import EVERYTHING, Hit, QuestionError, Scope
from qa.words import terms

Method = Literal["dense", "lexical", "hybrid"]
RANKERS: Mapping[Method, Mapping[str, float]] = {
    "dense": {"dense": 1.0},
    "lexical": {"lexical": 1.0},
    "hybrid": {"lexical": 0.5, "dense": 1.0, "sentence": 1.5},
}
"""The rankers of each method with their weights. Those of hybrid search were chosen on 2026-11-26 on the development
questions of `asked` and the half `tune` of our own, see `eval/reader.md`: BM25 finds what a word names, and little that
is asked in other words."""

NEAR = 3.0
"""Added to the score of passages of the paper that the conversation is about. Chosen on 2026-11-27 on conversations
made of the questions of `asked` on papers that no weights are learnt from, see `eval/README.md`."""

FEW, SAMPLE = 2000, 500
"""In a large index: passages of a scope that are all scored; of a larger scope, those by which levels are estimated.
Set by hand on 2026-11-27."""
CODED, NAMED, READ, READ_INNER = 3200, 400, 600, 250
"""In a large index: passages that are nearest by their codes, and best by BM25; those of both whose vectors are read,
and those whose sentences' are. Of the ten best passages, 99.7 % of 69,000 and 98.7 % of 10^6 are among them. Where the
vectors of 400 are read, 97.3 % of 10^6 are; with 800, 1000 and 250, 99.3 %; both with half of the lists looked
through, in place of a third. On 2026-11-27, 100 questions of `asked/dev`, a library of 10^6 passages as
`qa.evaluation.bench.grown` makes it."""
_AKIN = 0.67
"""The standard score of a passage's best sentence, for each of its own vector's, as far as it is not known: 0.84 in the
library on 2026-11-27, and a little less far from the mean. Between 0.33 and 1 none does better."""
_COMPARED = 10_000
"""In a large index: passages of a scope whose own vectors are all compared. Set by hand on 2026-11-27."""
HELD = 256 * 2**20
"""Bytes of vectors that stay in memory once they were looked at; of larger files, what was read is given back after
each question, which costs as long as reading it anew. Set by hand on 2026-11-27."""
_ALIKE = 1e-9
"""Scores that deviate less are all alike."""


def checked(question: str, most: int) -> str:
    """The question on one line, without control characters.

    Raises:
        QuestionError: it has no words, or more than `most` characters.
    """
    if len(question) > most:
        raise QuestionError(f"the question has {len(question)} characters; at most {most} can be asked")
    text = visible(unicodedata.normalize("NFC", question))
    if not any(c.isalnum() for c in text):
        raise QuestionError("the question is empty; type a question in words")
    return text


@dataclass(frozen=True, slots=True)
class Query:
    """A question with its vector, float32, (d,), of unit length, its stemmed terms, and what is judged of its words."""

    text: str
    vector: Vectors
    terms: tuple[str, ...]
    judged: Mapping[str, Judged] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, encoder: Encoder, stemmer: str = "english") -> Query:
        """Embed a question, split it into terms, and judge its words."""
        vector, judged = embedded(text, encoder)
        return cls(text, vector, tuple(terms([text], stemmer)[0]), judged)

    @classmethod
    def unjudged(cls, text: str, encoder: Encoder, stemmer: str = "english") -> Query:
        """The same without a judgement of its words, which search alone does not need; it takes half the time."""
        return cls(text, encoder.encode([text])[0], tuple(terms([text], stemmer)[0]))


def search(
    query: Query,
    index: Index,
    method: Method = "hybrid",
    top_k: int = 10,
    scope: Scope = EVERYTHING,
    near: str = "",
) -> list[Hit]:
    """The best passages in scope, best first, ties by passage id; at most `top_k`. References are left out.

    The sections of a scope are names as `section_of` gives them. Scores are cosine (dense), BM25 (lexical; passages
    without a shared word are left out), or the weighted sum of standard scores (hybrid, no fixed range); larger is
    better. A question without words finds nothing. Passages of the paper `near`, of which was spoken before, get `NEAR`
    on top.

    In a large index (`qa.index.dense.kind_for`) only candidates are scored: those that are best by BM25 and their own
    vectors. Sentences find none: of the ten best of 69,000 passages 99.9 % are candidates without them (2026-11-27).
    Means and deviations are then estimated, and a hit's rank by a ranker is that among the candidates.
    """
    if not query.text.strip() or top_k < 1:
        return []
    rows = rows_within(index, scope)
    if not rows.size:
        return []
    preferred = index.rows_of(near)
    found = _scored(query, index, rows, method, top_k, preferred)
    bonus = NEAR * np.isin(found.rows, preferred) if near else 0.0
    best = ranked(found, index.columns.place[found.rows], method, top_k, bonus)
    return [Hit(index.passages[row], score, ranks) for row, score, ranks in best]


def rows_within(index: Index, scope: Scope = EVERYTHING) -> NDArray[np.int64]:
    """The rows of the passages in scope, ascending; references are in no scope."""
    if not scope:
        return index.searched_rows
    inside = index.searched
    if scope.documents:
        own = np.zeros_like(inside)
        for document in scope.documents:
            rows = index.rows_of(document)
            own[rows.start : rows.stop] = True
        inside = inside & own
    if scope.sections:
        known = index.columns.sections
        codes = [code for code, name in enumerate(known) if name in scope.sections]
        inside = inside & np.isin(index.columns.section, codes)
    return np.flatnonzero(inside)


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows, ascending, their scores by each ranker, and the mean and deviation of each ranker in the whole scope."""

    rows: NDArray[np.int64]
    scores: Mapping[str, Vectors]
    levels: Mapping[str, tuple[float, float]]

    def standard(self, ranker: str) -> NDArray[np.float64]:
        """The standard scores: minus the mean, divided by the deviation; zeros if all are alike."""
        mean, deviation = self.levels[ranker]
        centred = self.scores[ranker].astype(np.float64) - mean
        return centred / deviation if deviation > _ALIKE else np.zeros_like(centred)


def ranked(
    found: Scored, place: NDArray[np.integer], method: Method, top_k: int, bonus: NDArray[np.floating] | float = 0.0
) -> list[tuple[int, float, Mapping[str, int]]]:
    """The best rows, best first, each with its score and its rank by each ranker.

    `place` says the order of the rows' ids, by which ties are settled; `bonus` is added to the scores.
    """
    wanted = RANKERS[method]
    total = (
        found.scores[method].astype(np.float64)
        if len(wanted) == 1
        else np.sum([weight * found.standard(name) for name, weight in wanted.items()], axis=0)
    )
    total = total + bonus
    if method == "lexical":
        total = np.where(total > 0, total, -np.inf)
    best = _best(total, place, top_k)
    ranks = {name: _ranks(scores, place, best) for name, scores in sorted(found.scores.items())}
    return [
        (int(found.rows[at]), float(total[at]), MappingProxyType({name: own[n] for name, own in ranks.items()}))
        for n, at in enumerate(best)
    ]


def _scored(
    query: Query, index: Index, rows: NDArray[np.int64], method: Method, top_k: int, preferred: range
) -> Scored:
    """All rows with their scores, or in a large index the candidates; the `preferred` are likelier to be among them."""
    if index.near_passages is None:
        starts = index.columns.sentences[:-1]
        all_ = _scores(query, index.passage_vectors, index.sentence_vectors, starts)
        every = {name: scores[rows] for name, scores in all_.items()} | _lexical(query, index, rows)
        return Scored(rows, every, {name: level(scores) for name, scores in every.items()})
    if len(rows) <= FEW:
        every = _own(query, index, rows) | _inner(query, index, rows)
        every["lexical"] = index.words.scores_at(query.terms, rows)
        found = Scored(rows, every, {name: level(scores) for name, scores in every.items()})
    else:
        found = _candidates(query, index, index.near_passages, rows, RANKERS[method], top_k, preferred)
    for vectors in (index.passage_vectors, index.sentence_vectors):
        if vectors.array.nbytes > HELD:
            vectors.release()
    return found


def _candidates(
    query: Query,
    index: Index,
    near: Nearest,
    rows: NDArray[np.int64],
    weights: Mapping[str, float],
    top_k: int,
    preferred: range,
) -> Scored:
    """The rows that may be among the best, with their scores.

    The nearest by their codes and the best by BM25 are found first, both at once. Each step leaves those that are best
    by what is known of them: by BM25 and codes, then by BM25 and vectors; of these the sentences are read.
    """
    wide = max(CODED, top_k)
    nearest = each(lambda k: _by_codes(query, index, near, rows, k), [wide])
    lexical = _lexical(query, index, rows)["lexical"]
    levels = _levels(query, index, rows) | {"lexical": _level_of_many(lexical)}
    ((alike, by_code),) = nearest
    named = rows[_largest(lexical, max(NAMED, top_k))]
    own = rows[slice(*np.searchsorted(rows, [preferred.start, preferred.stop]))]
    both = np.unique(np.concatenate([alike, named, own]))
    dense = np.full(len(both), by_code.min(initial=1.0), dtype=np.float32)
    dense[np.searchsorted(both, alike)] = by_code
    known = {"dense": dense, "lexical": lexical[np.searchsorted(rows, both)]}
    for most in (READ, READ_INNER):
        standing = Scored(both, known, levels)
        worth = np.sum([_stands_for(weights, name) * standing.standard(name) for name in known], axis=0)
        left = np.sort(_best(worth + NEAR * np.isin(both, own), index.columns.place[both], max(most, top_k)))
        both, known = both[left], {name: scores[left] for name, scores in known.items()}
        known |= _own(query, index, both) if most == READ else {}
    return Scored(both, known | _inner(query, index, both), levels)


def _by_codes(
    query: Query, index: Index, near: Nearest, rows: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int64], Vectors]:
    """About k of the rows whose vectors are nearest, ascending, and their scores by their codes; few are all compared.

    Of all passages, as many more are looked for as are out of scope.
    """
    if len(rows) <= _COMPARED:
        return rows, index.passage_vectors.scores_at(query.vector, rows)
    inside = index.searched
    if len(rows) < len(index.searched_rows):
        inside = np.zeros(len(index.passages), dtype=np.bool_)
        inside[rows] = True
    found, by_code = near.candidates(query.vector, k * len(inside) // len(rows))
    return found[inside[found]], by_code[inside[found]]


def _stands_for(weights: Mapping[str, float], ranker: str) -> float:
    """The weight of a ranker while that of sentences is not known, which vectors of passages stand for.

    >>> _stands_for({"dense": 1.0, "sentence": 1.0}, "dense") == 1 + _AKIN
    True
    """
    return weights.get(ranker, 0.0) + (_AKIN * weights.get("sentence", 0.0) if ranker == "dense" else 0.0)


def _scores(query: Query, passages: Rows, sentences: Rows, starts: NDArray[np.int64]) -> dict[str, Vectors]:
    """The score of every passage by its own vector, and by the best of its sentences, float32, (passages,)."""
    own = passages.scores(query.vector)
    return {"dense": own, "sentence": np.maximum.reduceat(sentences.scores(query.vector), starts)}


def _lexical(query: Query, index: Index, rows: NDArray[np.int64]) -> dict[str, Vectors]:
    """The scores of some passages by BM25, float32, (rows,)."""
    scores = index.words.scores(query.terms)
    return {"lexical": scores if len(rows) == len(scores) else scores[rows]}


def _own(query: Query, index: Index, rows: NDArray[np.int64]) -> dict[str, Vectors]:
    """The same by their own vectors."""
    return {"dense": index.passage_vectors.scores_at(query.vector, rows)}


def _inner(query: Query, index: Index, rows: NDArray[np.int64]) -> dict[str, Vectors]:
    """The same by the best of their sentences."""
    sentences, starts = index.sentences_of(rows)
    return {"sentence": np.maximum.reduceat(index.sentence_vectors.scores_at(query.vector, sentences), starts)}


def _levels(query: Query, index: Index, rows: NDArray[np.int64]) -> dict[str, tuple[float, float]]:
    """Mean and deviation of both among these rows, by a sample of them.

    Of all passages, those of their own vectors are known. What a sample lacks of them its sentences lack too, as far as
    the one follows from the other (a control variate; Owen 2013, Monte Carlo theory, chapter 8.9).
    """
    held = index.sample
    scores = _scores(query, held.passages, held.sentences, held.starts)
    if len(rows) < len(index.searched_rows):
        inside = np.isin(held.rows, rows, assume_unique=True)
        if np.count_nonzero(inside) >= SAMPLE // 2:
            return {name: level(own[inside]) for name, own in scores.items()}
        rows = rows[:: max(1, len(rows) // SAMPLE)]
        return {name: level(own) for name, own in (_own(query, index, rows) | _inner(query, index, rows)).items()}
    centre, covariance = index.moments
    mean, deviation = float(centre @ query.vector), float(query.vector @ covariance @ query.vector) ** 0.5
    (own_mean, own_deviation), (inner_mean, inner_deviation) = level(scores["dense"]), level(scores["sentence"])
    shared = float(np.mean((scores["dense"] - own_mean) * (scores["sentence"] - inner_mean)))
    slope = shared / own_deviation**2 if own_deviation > _ALIKE else 0.0
    apart = max(0.0, inner_deviation**2 - (slope * own_deviation) ** 2)
    sentence = (inner_mean + slope * (mean - own_mean), ((slope * deviation) ** 2 + apart) ** 0.5)
    return {"dense": (mean, deviation), "sentence": sentence}


def _largest(scores: Vectors, most: int) -> NDArray[np.int64]:
    """Where the largest scores above 0 are, at most so many, in any order; ties by place.

    >>> sorted(_largest(np.array([0, 2, 1, 1], dtype=np.float32), 2).tolist())
    [1, 2]
    """
    at = np.flatnonzero(scores > 0)
    if len(at) <= most:
        return at
    known = scores[at]
    least = np.partition(known, len(at) - most)[len(at) - most]
    above, ties = at[known > least], at[known == least]
    return np.concatenate([above, ties[: most - len(above)]])


def level(scores: Vectors) -> tuple[float, float]:
    """Mean and standard deviation."""
    mean = scores.mean(dtype=np.float64)
    return float(mean), float((scores.astype(np.float64) - mean).std())


def _level_of_many(scores: Vectors) -> tuple[float, float]:
    """The same of many, in a quarter of the time, to five digits."""
    mean = float(scores.mean(dtype=np.float64))
    square = float(np.einsum("i,i->", scores, scores, dtype=np.float64)) / len(scores)
    return mean, max(0.0, square - mean**2) ** 0.5


def _best(scores: NDArray[Any], place: NDArray[np.integer], most: int) -> NDArray[np.int64]:
    """Where the largest scores are, at most so many, the largest first; ties by place, and none of minus infinity."""
    at = np.flatnonzero(scores > -np.inf)
    if len(at) > most:
        least = np.partition(scores[at], len(at) - most)[len(at) - most]
        at = at[scores[at] >= least]
    return at[np.lexsort((place[at], -scores[at]))][:most]


def _ranks(scores: Vectors, place: NDArray[np.integer], at: NDArray[np.int64]) -> list[int]:
    """The rank of each of these scores among all, from 1 for the largest; ties by place.

    >>> _ranks(np.array([0.1, 0.9, 0.1], dtype=np.float32), np.array([1, 0, 2], dtype=np.int32), np.array([0, 1, 2]))
    [2, 1, 3]
    """
    return [1 + int(np.count_nonzero((scores > scores[i]) | ((scores == scores[i]) & (place < place[i])))) for i in at]


def standardised(scores: Vectors) -> NDArray[np.float64]:
    """Scores minus their mean, divided by their standard deviation; zeros if all are alike.

    >>> standardised(np.array([1, 3], dtype=np.float32)).tolist()
    [-1.0, 1.0]
    """
    mean, deviation = level(scores)
    centred = scores.astype(np.float64) - mean
    return centred / deviation if deviation > _ALIKE else np.zeros_like(centred)
