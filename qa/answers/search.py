"""Question + `Index` → ranked passages: dense, lexical or hybrid.

Three rankers score every passage in scope: BM25, the cosine of its embedding, and the best cosine of its sentences.
Hybrid search adds up their standard scores (score minus mean, divided by the standard deviation, over the passages in
scope), each with its weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.answers.judged import Judged, embedded
from qa.index import dense, lexical
from qa.index.embed import Encoder, Vectors
from qa.index.index import Index
from qa.types import EVERYTHING, Hit, Passage, Scope
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

FIGURES, UNTITLED = "Figures and tables", "Without a heading"
"""Names for sections that papers do not name themselves; see `section_of`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question with its vector, float32, (d,), of unit length, its stemmed terms, and what is judged of its words."""

    text: str
    vector: Vectors
    terms: tuple[str, ...]
    judged: Mapping[str, Judged] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, encoder: Encoder, stemmer: str = "english") -> Query:
        """Embed a question and split it into terms."""
        vector, judged = embedded(text, encoder)
        return cls(text, vector, tuple(terms([text], stemmer)[0]), judged)


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
    """
    if not query.text.strip() or top_k < 1:
        return []
    rows = np.array(rows_within(index, scope), dtype=np.int64)
    if not rows.size:
        return []
    by_ranker = {name: scores[rows] for name, scores in _scores_by_ranker(query, index).items()}
    wanted = RANKERS[method]
    total = (
        by_ranker[method]
        if len(wanted) == 1
        else np.sum([weight * standardised(by_ranker[name]) for name, weight in wanted.items()], axis=0)
    )
    if near:
        total = total + NEAR * np.array([index.passages[row].document == near for row in rows])
    names = list(index.row_of)
    ids = [names[row] for row in rows]
    ranks = {name: ranked(scores, ids) for name, scores in by_ranker.items()}
    order = sorted(range(len(rows)), key=lambda i: (-float(total[i]), ids[i]))
    if method == "lexical":
        order = [i for i in order if total[i] > 0]
    return [
        Hit(
            index.passages[rows[i]],
            float(total[i]),
            MappingProxyType({name: ranks[name][i] for name in sorted(ranks)}),
        )
        for i in order[:top_k]
    ]


def rows_within(index: Index, scope: Scope = EVERYTHING) -> list[int]:
    """The rows of the passages in scope; references are in no scope."""
    return [
        row
        for row, passage in enumerate(index.passages)
        if passage.kind != "reference"
        and (not scope.documents or passage.document in scope.documents)
        and (not scope.sections or section_of(passage) in scope.sections)
    ]


def section_of(passage: Passage) -> str:
    """The section of a passage as users choose it.

    This is its main heading; `FIGURES` for captions and tables; `UNTITLED` if there is no heading.
    """
    if passage.kind in ("caption", "table"):
        return FIGURES
    return passage.section.partition(": ")[0] or UNTITLED


def _scores_by_ranker(query: Query, index: Index) -> dict[str, Vectors]:
    """The score of every passage by each ranker, float32, (passages,)."""
    sentences = dense.scores(index.sentence_vectors, query.vector)
    return {
        "dense": dense.scores(index.passage_vectors, query.vector),
        "lexical": lexical.scores(index.words, query.terms),
        "sentence": np.maximum.reduceat(sentences, index.sentence_starts[:-1]),
    }


def standardised(scores: Vectors) -> NDArray[np.float64]:
    """Scores minus their mean, divided by their standard deviation; zeros if all are alike.

    >>> standardised(np.array([1, 3], dtype=np.float32)).tolist()
    [-1.0, 1.0]
    """
    centred = scores.astype(np.float64) - scores.mean(dtype=np.float64)
    deviation = float(centred.std())
    return centred / deviation if deviation > 1e-9 else np.zeros_like(centred)


def ranked(scores: Vectors, ids: Sequence[str]) -> list[int]:
    """The rank of each score, from 1 for the largest; ties by id.

    >>> ranked(np.array([0.1, 0.9, 0.1], dtype=np.float32), ["b", "a", "c"])
    [2, 1, 3]
    """
    order = sorted(range(len(ids)), key=lambda i: (-float(scores[i]), ids[i]))
    ranks = [0] * len(ids)
    for rank, i in enumerate(order, start=1):
        ranks[i] = rank
    return ranks
