"""Question + generation in Milvus → ranked passages, in the order in which `search` ranks them.

Milvus finds candidates by each of the three rankers, and says the scores of all candidates by all rankers. They are
added up here, as standard scores, since none of Milvus's own rankers over several searches gives the same order: on the
three texts they put another passage first for 30 % of the questions (`qa/index/SCALE.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.answers.search import FEW, SAMPLE, Method, Query, Scored, checked, level, ranked
from qa.config import AskSettings
from qa.index.embed import Encoder, Vectors, open_encoder
from qa.index.milvus.generation import Generation, Ranker, Years, within
from qa.index.milvus.published import Store
from qa.index.network import each
from qa.types import EVERYTHING, Document, Hit, ModelError, QuestionError, Scope

T = TypeVar("T")
FEWEST = 200
"""Candidates by each ranker where not all passages are scored. Set by hand on 2026-11-27."""
_RANKERS: tuple[Ranker, ...] = ("dense", "lexical", "sentence")


class Remote:
    """Searches a store in Milvus. It does not answer: the reader wants the words of all papers, see `SCALE.md`."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        if encoder.sha256 != generation.about["encoder_sha256"]:
            raise ModelError("the index was made with another encoder; run `qa index build --store …`")
        self.generation, self.encoder = generation, encoder

    @classmethod
    def open(cls, address: str) -> Remote:
        """Open the published generation of a store, with its encoder.

        Raises:
            StoreError: there is no server, or no index in it.
            ModelError: the encoder is missing, or another one.
        """
        generation = Store.open(address).load()
        return cls(generation, open_encoder(generation.about["encoder"]))

    @property
    def by_id(self) -> Mapping[str, Document]:
        """The papers by id, each asked of the server when it is needed."""
        return self.generation.by_id

    def search(
        self, question: str, method: Method = "hybrid", top_k: int | None = None, scope: Scope = EVERYTHING
    ) -> list[Hit]:
        """The best passages, best first. Raises `QuestionError` if it cannot be asked, or a paper is unknown."""
        settings = AskSettings()
        text = checked(question, settings.max_question_characters)
        if unknown := set(scope.documents) - self.generation.documents(scope.documents).keys():
            raise QuestionError(f"there is no document {min(unknown)!r} in {self.generation.server.address}")
        query = Query.unjudged(text, self.encoder, self.generation.about["stemmer"])
        return search(query, self.generation, method, top_k or settings.top_k, scope)


def search(
    query: Query,
    generation: Generation,
    method: Method = "hybrid",
    top_k: int = 10,
    scope: Scope = EVERYTHING,
    years: Years | None = None,
) -> list[Hit]:
    """The best passages in scope, as `qa.answers.search.search` gives them; `years` are those of the papers.

    Up to `FEW` passages in scope are all scored. Of more, only candidates are, the best by each ranker; means and
    deviations are then those of a sample, but of BM25 those of all that have a word of the question, or the best `FEW`
    of them and the rest of the sample. Equal scores are as equal as Milvus computes them.
    """
    if not query.text.strip() or top_k < 1:
        return []
    inside = within(scope, years)
    n = generation.count(inside)
    if not n:
        return []
    found = _scored(query, generation, inside, n, max(top_k, FEWEST))
    place = np.empty(len(found.rows), dtype=np.int64)
    place[np.argsort(np.array(generation.ids(found.rows)))] = np.arange(len(found.rows))
    best = ranked(found, place, method, top_k)
    passages = generation.passages(row for row, _, _ in best)
    return [Hit(passage, score, ranks) for passage, (_, score, ranks) in zip(passages, best, strict=True)]


def _scored(query: Query, generation: Generation, inside: str, n: int, most: int) -> Scored:
    """All rows in scope with their scores, or the candidates; n are in scope."""
    if n <= FEW:
        rows = generation.rows(inside, FEW)
        every = _scores_at(query, generation, rows)
        return Scored(rows, every, {name: level(scores) for name, scores in every.items()})
    wide: Mapping[Ranker, int] = {"dense": most, "sentence": most, "lexical": max(FEW, most)}
    found = _by_ranker(lambda ranker: generation.nearest(ranker, _sought(query, ranker), inside, wide[ranker]))
    best = {row for name in _RANKERS for row in sorted(found[name], key=found[name].__getitem__)[-most:]}
    sample = generation.sample(inside, n, SAMPLE)
    rows = np.array(sorted(best | set(sample.tolist())), dtype=np.int64)
    scores = _scores_at(query, generation, rows)
    drawn = np.isin(rows, sample)
    levels = {name: level(own[drawn]) for name, own in scores.items()}
    of_sample = dict(zip(rows[drawn].tolist(), scores["lexical"][drawn].tolist(), strict=True))
    levels["lexical"] = _lexical_level(found["lexical"], wide["lexical"], n, of_sample)
    kept = np.isin(rows, sorted(best))
    return Scored(rows[kept], {name: own[kept] for name, own in scores.items()}, levels)


def _scores_at(query: Query, generation: Generation, rows: NDArray[np.int64]) -> dict[str, Vectors]:
    """The scores of rows by each ranker, float32, (rows,)."""
    return _by_ranker(lambda ranker: generation.scores(ranker, _sought(query, ranker), rows))


def _by_ranker(ask: Callable[[Ranker], T]) -> dict[str, T]:
    """What each ranker gives; they are asked at once."""
    return dict(zip(_RANKERS, each(ask, _RANKERS), strict=True))


def _sought(query: Query, ranker: Ranker) -> Vectors | tuple[str, ...]:
    return query.terms if ranker == "lexical" else query.vector


def _lexical_level(best: Mapping[int, float], asked: int, n: int, sample: Mapping[int, float]) -> tuple[float, float]:
    """Mean and deviation of the BM25 of n passages: of the best, and of others from a sample if there may be others.

    >>> _lexical_level({1: 4.0}, 10, 4, {})
    (1.0, 1.7320508075688772)
    """
    others = [score for row, score in sample.items() if row not in best] if len(best) >= asked else []
    known, rest = np.array([*best.values()]), np.array(others or [0.0])
    share = 1 - len(known) / n
    mean = known.sum() / n + share * rest.mean()
    square = (known**2).sum() / n + share * (rest**2).mean()
    return float(mean), float(np.sqrt(max(0.0, square - mean**2)))
