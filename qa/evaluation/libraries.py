"""Smaller libraries out of a large one, as they would have been indexed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from qa.index import dense, lexical
from qa.index.embed import embedded_text
from qa.index.index import Index, sentence_starts


def part_of(index: Index, papers: Collection[str]) -> Index:
    """The index of some papers of an index: the same as if only they had been indexed, without embedding them again."""
    rows = [row for row, passage in enumerate(index.passages) if passage.document in papers]
    inner = [n for row in rows for n in range(index.sentence_starts[row], index.sentence_starts[row + 1])]
    passages = tuple(index.passages[row] for row in rows)
    texts = [embedded_text(index.by_id[p.document].title, p.section, p.text) for p in passages]
    return replace(
        index,
        documents=tuple(document for document in index.documents if document.id in papers),
        keys={name: key for name, key in index.keys.items() if name in papers},
        passages=passages,
        passage_vectors=dense.build(dense.vectors_of(index.passage_vectors)[np.array(rows)]),
        sentence_vectors=dense.build(dense.vectors_of(index.sentence_vectors)[np.array(inner)]),
        words=lexical.build(texts, index.settings.stemmer),
        failures=(),
        sentence_starts=sentence_starts(passages),
    )


def shelves(asked: Sequence[str], others: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Libraries of so many papers, in which every paper that is asked about stands once.

    If they do not fit into one library, they are divided; if there is room, it is filled with others, which are chosen
    by the hash of their ids, so that a smaller library is part of a larger one.

    >>> shelves(["a", "b", "c"], ["d", "e"], 2)
    [('a', 'b'), ('c', 'd')]
    """
    drawn = sorted(set(others) - set(asked), key=lambda paper: hashlib.sha256(paper.encode()).digest())
    groups = [asked[start : start + size] for start in range(0, len(asked), size)]
    return [(*group, *drawn[: size - len(group)]) for group in groups]
