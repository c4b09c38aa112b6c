"""Smaller libraries out of a large one, as they would have been indexed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from qa.index.assemble import About, assembled
from qa.index.index import Index


def part_of(index: Index, papers: Collection[str]) -> Index:
    """The index of some papers of an index: the same as if only they had been indexed, without embedding them again."""
    kept = [name for name in index.columns.documents if name in papers]
    keys = {name: index.keys[name] for name in kept}
    dois = {name: index.dois[name] for name in kept if name in index.dois}
    about = About(keys, index.settings, index.fingerprint, index.encoder_sha256, dois=dois)
    return assembled([index.numbers[name] for name in kept], about, index)


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
