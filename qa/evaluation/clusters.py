"""Figures whose intervals are drawn by paper, as questions on one paper are alike.

The papers are resampled with replacement, each with all its questions (the cluster bootstrap; Davison and Hinkley
1997, 3.8). Two estimates on the same papers share their draws, so their difference is a paired one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.compare_runs import difference
from qa.evaluation.metrics import LEVEL, RESAMPLES, SEED, Figure

Values = Sequence[tuple[str, float]]
"""For each question its paper, and a score or a confidence."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic of `n` questions, and its values on resampled papers: float64, (RESAMPLES,).

    A resample without the questions that the statistic needs has NaN.
    """

    value: float
    resampled: NDArray[np.float64]
    n: int

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.resampled - other.resampled, self.n)

    @property
    def figure(self) -> Figure:
        """The value with its percentile interval."""
        tail = (1 - LEVEL) / 2
        low, high = np.nanquantile(self.resampled, [tail, 1 - tail])
        return Figure(self.value, float(low), float(high), self.n)


def mean(values: Values) -> Estimate:
    """The mean of at least one score.

    >>> mean([("a", 1.0), ("a", 0.0), ("b", 1.0)]).figure.low
    0.5
    """
    papers = sorted({paper for paper, _ in values})
    member = _members(values, papers)
    scores = np.array([value for _, value in values], dtype=np.float64)
    draws = _draws(len(papers))
    with np.errstate(invalid="ignore"):
        resampled = (draws @ (member @ scores)) / (draws @ member.sum(axis=1))
    return Estimate(float(scores.mean()), resampled, len(values))


def auroc(right: Values, wrong: Values) -> Estimate:
    """The probability that a confidence in `right` is above one in `wrong`; ties count half. Each needs one.

    >>> auroc([("a", 0.9), ("b", 0.5)], [("a", 0.5)]).value
    0.75
    """
    papers = sorted({paper for paper, _ in [*right, *wrong]})
    upper, lower = (np.array([value for _, value in values]) for values in (right, wrong))
    above = (upper[:, None] > lower) + 0.5 * (upper[:, None] == lower)
    rights, wrongs = _members(right, papers), _members(wrong, papers)
    draws = _draws(len(papers))
    won = np.einsum("rp,pq,rq->r", draws, rights @ above @ wrongs.T, draws, optimize=True)
    with np.errstate(invalid="ignore"):
        resampled = won / (draws @ rights.sum(axis=1)) / (draws @ wrongs.sum(axis=1))
    return Estimate(float(above.mean()), resampled, len(right) + len(wrong))


def chance(before: Values, after: Values) -> float:
    """The two-sided probability of such a difference between two means by chance.

    It is that of a randomisation test that exchanges the labels of whole papers. Both must have the same questions.

    >>> chance([("a", 0.0), ("b", 0.0), ("c", 0.0)], [("a", 1.0), ("b", 1.0), ("c", 1.0)])
    0.25
    """
    papers = sorted({paper for paper, _ in before})
    totals = [_members(values, papers) @ np.array([value for _, value in values]) for values in (before, after)]
    return difference("", list(zip(*(total.tolist() for total in totals), strict=True))).p


def _members(values: Values, papers: Sequence[str]) -> NDArray[np.float64]:
    """1 where a question is on a paper, else 0: float64, (papers, questions)."""
    return np.array([[float(paper == own) for own, _ in values] for paper in papers])


def _draws(papers: int) -> NDArray[np.float64]:
    """How often each paper is drawn: float64, (RESAMPLES, papers)."""
    shares = np.full(papers, 1 / papers)
    draws: NDArray[np.float64] = np.random.default_rng(SEED).multinomial(papers, shares, RESAMPLES).astype(np.float64)
    return draws
