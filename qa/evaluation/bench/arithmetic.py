"""How fast these processors multiply, and how much the encoder has to: what no program goes below."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from qa.index.minilm import LAYERS, WIDTH

_ROWS, _TRIES = 1024, 100


def flops(lengths: Iterable[int]) -> float:
    """Floating-point operations that the encoder needs for texts of so many tokens.

    A layer has twelve matrices of WIDTH × WIDTH, four of attention and eight of the two layers after it; and each token
    is compared with each, and their values are added up.

    >>> round(flops([1]) / 1e6, 1), round(flops([256]) / 1e9, 1)
    (21.2, 6.0)
    """
    return float(sum(2 * LAYERS * (12 * n * WIDTH**2 + 2 * n**2 * WIDTH) for n in lengths))


def flops_per_second() -> float:
    """Floating-point operations a second of products like the encoder's largest, on all cores: the best of many."""
    random = np.random.default_rng(0)
    one = random.random((_ROWS, WIDTH), dtype=np.float32)
    other = random.random((WIDTH, 4 * WIDTH), dtype=np.float32)
    out = one @ other
    best = np.inf
    for _ in range(_TRIES):
        start = time.perf_counter()
        np.matmul(one, other, out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * _ROWS * 4 * WIDTH**2 / best
