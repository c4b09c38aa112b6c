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
    """A metric before and after, over the `n` questions that both runs score, and how likely chance alone is.

    `p` is two-sided, from Fisher's randomisation test with the pairs' labels exchanged (Smucker, Allan and
    Carterette 2007).
    """

    metric: str
    n: int
    before: float
    after: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and by id the questions that are right now and were not, and the other way round.

    `unpaired` are asked in one run only, or asked otherwise.
    """

    differences: tuple[Difference, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    unpaired: tuple[str, ...]


def compare(before: Results, after: Results) -> Comparison:
    """Pair the questions by id and wording and test each metric."""
    old = {row["id"]: row for row in before["questions"]}
    new = {row["id"]: row for row in after["questions"]}
    pairs = [(old[name], row) for name, row in new.items() if name in old and _same(old[name], row)]
    paired = {row["id"] for _, row in pairs}
    differences = [
        difference(metric.name, values)
        for metric in METRICS
        if (values := [(float(a["scores"][metric.name]), float(b["scores"][metric.name])) for a, b in pairs
                       if a["scores"].get(metric.name) is not None and b["scores"].get(metric.name) is not None])
    ]  # fmt: skip
    return Comparison(
        tuple(differences),
        won=tuple(b["id"] for a, b in pairs if b["right"] and not a["right"]),
        lost=tuple(b["id"] for a, b in pairs if a["right"] and not b["right"]),
        unpaired=tuple(name for name in dict.fromkeys([*old, *new]) if name not in paired),
    )


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return bool(a["turns"] == b["turns"] and a["answerable"] == b["answerable"] and a["evidence"] == b["evidence"])


def difference(metric: str, values: Sequence[tuple[float, float]]) -> Difference:
    """The difference of a metric over pairs (before, after), of which there is at least one.

    >>> difference("mrr", [(0.0, 1.0), (0.0, 1.0), (0.0, 1.0)]).p
    0.25
    """
    before, after = np.array(values, dtype=np.float64).T
    p = 1.0
    if len(values) > 1 and (before != after).any():
        found = stats.permutation_test(
            (after, before), lambda a, b, axis: np.mean(a - b, axis=axis), permutation_type="samples",
            n_resamples=RESAMPLES, batch=500, vectorized=True, rng=np.random.default_rng(SEED),
        )  # fmt: skip
        p = float(found.pvalue)
    return Difference(metric, len(values), float(before.mean()), float(after.mean()), p)
