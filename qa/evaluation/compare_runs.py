"""This run against an earlier one, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from qa.evaluation.metrics import METRICS, SEED
from qa.evaluation.results import Results

RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric before and after, over the `n` questions that both runs score.

    `p` is the two-sided probability of such a difference by chance, from Fisher's randomisation test, which exchanges
    the labels of pairs (Smucker, Allan and Carterette 2007).
    """

    metric: str
    n: int
    before: float
    after: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the ids of the questions that are only right now (`won`) or only were before (`lost`).

    `unpaired` questions are asked in one run only, or differ in wording or evidence.
    """

    differences: tuple[Difference, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    unpaired: tuple[str, ...]


def compare(before: Results, after: Results) -> Comparison:
    """Pair the questions by id, wording and evidence, and test each metric."""
    old = {row["id"]: row for row in before["questions"]}
    new = {row["id"]: row for row in after["questions"]}
    pairs = [(old[name], row) for name, row in new.items() if name in old and _same(old[name], row)]
    paired = {row["id"] for _, row in pairs}
    scored = {metric.name: _scores(metric.name, pairs) for metric in METRICS}
    return Comparison(
        differences=tuple(difference(name, values) for name, values in scored.items() if values),
        won=tuple(b["id"] for a, b in pairs if b["right"] and not a["right"]),
        lost=tuple(b["id"] for a, b in pairs if a["right"] and not b["right"]),
        unpaired=tuple(name for name in dict.fromkeys([*old, *new]) if name not in paired),
    )


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return bool(a["turns"] == b["turns"] and a["answerable"] == b["answerable"] and a["evidence"] == b["evidence"])


def _scores(metric: str, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> list[tuple[float, float]]:
    """The scores of the pairs in which the metric applies to both questions."""
    scores = [(a["scores"].get(metric), b["scores"].get(metric)) for a, b in pairs]
    return [(float(a), float(b)) for a, b in scores if a is not None and b is not None]


def difference(metric: str, values: Sequence[tuple[float, float]]) -> Difference:
    """The difference of a metric over at least one pair (before, after).

    >>> difference("mrr", [(0.0, 1.0), (0.0, 1.0), (0.0, 1.0)]).p
    0.25
    """
    before, after = np.array(values, dtype=np.float64).T
    p = 1.0
    if len(values) > 1 and (before != after).any():
        found = stats.permutation_test(
            (after, before),
            lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples",
            n_resamples=RESAMPLES,
            batch=500,
            vectorized=True,
            rng=np.random.default_rng(SEED),
        )
        p = float(found.pvalue)
    return Difference(metric, len(values), float(before.mean()), float(after.mean()), p)
