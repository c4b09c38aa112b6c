"""This run against an earlier one, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from qa.evaluation.metrics import METRICS, SEED
from qa.evaluation.results import Results

RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric before and after, over the `n` questions that both runs score.

    `p` is the probability of such a difference by chance, from Fisher's randomisation test, which exchanges the labels
    of pairs (Smucker, Allan and Carterette 2007); it is two-sided unless a side was named.
    """

    metric: str
    n: int
    before: float
    after: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the ids of the questions that are only right now (`won`) or only were before (`lost`).

    `unpaired` questions are asked in one run only, or differ in wording or evidence. `changed` ones are answered
    otherwise than before, though neither won nor lost.
    """

    differences: tuple[Difference, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    unpaired: tuple[str, ...]
    changed: tuple[str, ...] = ()


Pair = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What a question came to before and after: its rows in two `results.json`."""
Side = Literal["two-sided", "less", "greater"]


def compare(before: Results, after: Results) -> Comparison:
    """Pair the questions by id, wording and evidence, and test each metric."""
    pairs = paired(before, after)
    names = {row["id"] for _, row in pairs}
    scored = {metric.name: scores(metric.name, pairs) for metric in METRICS}
    return Comparison(
        differences=tuple(difference(name, values) for name, values in scored.items() if values),
        won=tuple(b["id"] for a, b in pairs if b["right"] and not a["right"]),
        lost=tuple(b["id"] for a, b in pairs if a["right"] and not b["right"]),
        unpaired=tuple(
            name
            for name in dict.fromkeys(row["id"] for run in (before, after) for row in run["questions"])
            if name not in names
        ),
        changed=tuple(b["id"] for a, b in pairs if a["right"] == b["right"] and _said(a) != _said(b)),
    )


def paired(before: Results, after: Results) -> list[Pair]:
    """The rows of the questions that both runs have, with the same wording and evidence, in the order of the later."""
    old = {row["id"]: row for row in before["questions"]}
    return [(old[row["id"]], row) for row in after["questions"] if row["id"] in old and _same(old[row["id"]], row)]


def _same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return bool(a["turns"] == b["turns"] and a["answerable"] == b["answerable"] and _evidence(a) == _evidence(b))


def _evidence(row: Mapping[str, Any]) -> list[list[tuple[str | None, str | None]]]:
    """The quotes without their places: these move when something else in the paper changes."""
    return [[(item.get("document"), item.get("quote")) for item in items] for items in row["evidence"]]


def _said(row: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    """What a user was told: the outcome, and the sentences if it was an answer."""
    outcome = row.get("outcome")
    return outcome, [one["text"] for one in row.get("citations", ())] if outcome == "answer" else []


def scores(metric: str, pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """The scores of the pairs in which the metric applies to both questions."""
    found = [(a["scores"].get(metric), b["scores"].get(metric)) for a, b in pairs]
    return [(float(a), float(b)) for a, b in found if a is not None and b is not None]


def difference(metric: str, values: Sequence[tuple[float, float]], side: Side = "two-sided") -> Difference:
    """The difference of a metric over at least one pair (before, after).

    With the side "less", the test asks whether the figure fell; with "greater", whether it rose.

    >>> difference("mrr", [(0.0, 1.0), (0.0, 1.0), (0.0, 1.0)]).p
    0.25
    >>> difference("mrr", [(0.0, 1.0), (0.0, 1.0), (0.0, 1.0)], "greater").p
    0.125
    """
    before, after = np.array(values, dtype=np.float64).T
    p = 1.0
    if len(values) > 1 and (differs := before != after).any():
        # Pairs without a difference change no sum: without them, all ways to exchange the labels can mostly be tried.
        some = differs if differs.sum() > 1 else slice(None)
        found = stats.permutation_test(
            (after[some], before[some]),
            lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples",
            alternative=side,
            n_resamples=RESAMPLES,
            batch=500,
            vectorized=True,
            rng=np.random.default_rng(SEED),
        )
        p = float(found.pvalue)
    return Difference(metric, len(values), float(before.mean()), float(after.mean()), p)
