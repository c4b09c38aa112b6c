"""Sentences of other papers that say nearly the same as some words of one paper."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.answers.search import Query, search
from qa.index.embed import Encoder
from qa.index.index import Index
from qa.types import Citation, QuoteError, Scope
from qa.words import terms

FLOOR = 0.7
"""The least nearness that is shown. On 2026-11-27, for 60 sentences drawn from 2,008 papers (68,847 passages), the
nearest one of another paper was judged by hand: from 0.7 on, 22 of 25 were to the point; from 0.62 on, 8 of the next
18; below, 2 of 17."""
_SHARED = 0.5
"""What shared words count beside the cosine, which alone does not tell a subject from a manner of speaking. Set by hand
on the same sentences."""
_LOOKED_AT = 60
"""Passages whose sentences are compared. The nearest sentence by cosine alone is among them for 88 % of those 60."""
_SHOWN, _OF_ONE = 6, 2
"""Sentences that are given at most, in all and of one paper. Set by hand on 2026-11-27."""


@dataclass(frozen=True, slots=True)
class Near:
    """A sentence of another paper, and how near it is: larger is nearer.

    `nearness` is the cosine of both embeddings and half of the share of the chosen words, weighted by how rare they
    are, that the sentence has: `FLOOR` to 1.5.
    """

    citation: Citation
    nearness: float


def nearby(chosen: Sequence[Citation], index: Index, encoder: Encoder, floor: float = FLOOR) -> tuple[Near, ...]:
    """Sentences of other papers that are near to the chosen words, the nearest first; () if none reaches the floor.

    The chosen words are of one paper, at least one citation, in reading order. Passages are found as for a question, by
    vectors and by words, so that a large library is not looked through. Reference lists are left out.
    """
    others = [name for name in index.numbers if name != chosen[0].document.id]
    if not others:
        return ()
    query = Query.unjudged(" ".join(citation.text for citation in chosen), encoder, index.settings.stemmer)
    found = sorted(_found(query, index, Scope(others), floor), key=lambda near: -near.nearness)
    count: Counter[str] = Counter()
    kept = []
    for near in found:
        count[near.citation.document.id] += 1
        if count[near.citation.document.id] <= _OF_ONE:
            kept.append(near)
    return tuple(kept[:_SHOWN])


def _found(query: Query, index: Index, scope: Scope, floor: float) -> Iterator[Near]:
    """The sentences of the best passages that reach the floor, in the order of the passages."""
    passages = [hit.passage for hit in search(query, index, top_k=_LOOKED_AT, scope=scope)]
    sentences = [(passage, sentence) for passage in passages for sentence in passage.sentences]
    rows = [row for passage in passages for row in index.sentence_rows(index.row_of(passage))]
    cosines = index.sentence_vectors.scores_at(query.vector, np.array(rows, dtype=np.int64))
    shared = _shared(query.terms, [sentence.text for _, sentence in sentences], index)
    for (passage, sentence), cosine, share in zip(sentences, cosines.tolist(), shared, strict=True):
        nearness = cosine + _SHARED * share
        if nearness >= floor:
            try:
                yield Near(Citation(index.by_id[passage.document], passage.section, sentence), nearness)
            except QuoteError:
                continue


def _shared(wanted: Sequence[str], texts: Sequence[str], index: Index) -> list[float]:
    """The share of the wanted terms that each text has, 0 to 1, each term weighted by its rarity as in BM25."""
    n = index.words.n
    often = {term: index.words.document_frequency(term) for term in set(wanted)}
    weight = {term: math.log(1 + (n - count + 0.5) / (count + 0.5)) for term, count in often.items()}
    total = sum(weight.values()) or 1.0
    found = terms(texts, index.settings.stemmer)
    return [sum(weight[term] for term in weight.keys() & set(own)) / total for own in found]
