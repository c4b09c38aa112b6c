"""Sentences become passages of equal length, in training as in use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from math import ceil

PASSAGE_WORDS = 160
"""As `IndexSettings.passage_max_words`: in training, passages are as long as in use."""


def pieces(lengths: Sequence[int], most: int) -> list[range]:
    """Divide sentences, given by their lengths in words, into as few pieces of equal length as the limit allows.

    As passages are cut for an index: a longer sentence is a piece by itself.

    >>> pieces([50, 50, 50, 50], 160)
    [range(0, 2), range(2, 4)]
    """
    ends = list(accumulate(lengths))
    for parts in range(max(1, ceil(sum(lengths) / most)), len(lengths)):
        cut = [
            min(parts - 1, int((end - length / 2) * parts / max(1, ends[-1])))
            for end, length in zip(ends, lengths, strict=True)
        ]
        groups = [list(group) for _, group in groupby(range(len(lengths)), key=cut.__getitem__)]
        cut_at = [range(group[0], group[-1] + 1) for group in groups]
        if all(len(piece) == 1 or sum(lengths[piece.start : piece.stop]) <= most for piece in cut_at):
            return cut_at
    return [range(i, i + 1) for i in range(len(lengths))]
