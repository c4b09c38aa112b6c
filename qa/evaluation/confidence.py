"""Whether the confidence tells right from wrong: AUROC, risk–coverage, ECE.

Two things can be wrong. An *answer* is wrong if none of its sentences is evidence; the confidence is the probability
that it is right. The *passages* are wrong if they do not complete the evidence. If a question has no answer in the
papers, any answer is wrong in both ways. Every question counts: an abstention counts with the answer that it withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from qa.evaluation.metrics import BY_NAME, Figure, Metric, Statistic, interval
from qa.evaluation.run import Outcome

Aim = Literal["answer", "passages"]
"""What may be wrong."""
AIMS: tuple[Aim, ...] = ("answer", "passages")
PROMISED = 0.95
"""The precision at which coverage is measured."""
BINS = 10

_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk over coverage (El-Yaniv and Wiener 2010): float64, (m,), by falling threshold.

    At `thresholds[i]` the share `coverages[i]` of all questions is answered, and the share `risks[i]` of these answers
    is wrong. Questions with the same confidence are answered together.
    """

    thresholds: NDArray[np.float64]
    coverages: NDArray[np.float64]
    risks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in one tenth: their number, mean confidence, and the share that is right."""

    n: int
    confidence: float
    share: float


def confidences(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """The confidence in each outcome, float64, (n,), 0 to 1."""
    return np.array([outcome.confidence for outcome in outcomes], dtype=np.float64)


def losses(outcomes: Sequence[Outcome], aim: Aim) -> NDArray[np.float64]:
    """1 for each question whose `aim` is wrong, else 0; float64, (n,)."""
    right = [o.eager_right if aim == "answer" else o.rank is not None for o in outcomes]
    return 1.0 - np.array(right, dtype=np.float64)


def curve(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> Curve:
    """The risk at every coverage that some threshold gives.

    >>> curve(np.array([0.9, 0.5, 0.5]), np.array([0.0, 1.0, 0.0])).risks.round(2).tolist()
    [0.0, 0.33]
    """
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence, wrong = confidence[order], np.cumsum(loss[order])
    last = np.append(np.flatnonzero(np.diff(sorted_confidence)), len(order) - 1)
    return Curve(sorted_confidence[last], (last + 1) / len(order), wrong[last] / (last + 1))


def aurc(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> float:
    """The area under the curve of risk over coverage (Geifman, Uziel and El-Yaniv 2019), 0 to 1, smaller is better.

    It is the mean of the risks of the first 1, 2, … n questions. Questions with the same confidence share their mean
    loss.

    >>> round(aurc(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0])), 4)
    0.1111
    """
    order = np.argsort(-confidence, kind="stable")
    values, group = np.unique(-confidence[order], return_inverse=True)
    shared = np.bincount(group, weights=loss[order], minlength=len(values)) / np.bincount(group)
    return float(np.mean(np.cumsum(shared[group]) / np.arange(1, len(order) + 1)))


def coverage_at(confidence: NDArray[np.float64], loss: NDArray[np.float64], precision: float = PROMISED) -> float:
    """The largest share of the questions that a threshold answers with this precision; 0 if no threshold does.

    >>> coverage_at(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0]))
    0.6666666666666666
    """
    found = curve(confidence, loss)
    return float(max(found.coverages[found.risks <= 1 - precision + 1e-12], default=0.0))


def ece(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015) over ten bins, 0 to 1, smaller is better."""
    return sum(one.n * abs(one.share - one.confidence) for one in reliability(confidence, loss)) / len(confidence)


def reliability(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> list[Bin]:
    """The bins of equal width that hold a question, lowest first.

    scikit-learn's `calibration_curve` gives the same, but checks its arguments for 1 ms, 1,500 times in a report.
    """
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence)
    counts, confident, right = (np.bincount(bins, weights, BINS) for weights in (None, confidence, 1 - loss))
    return [Bin(int(n), float(m / n), float(s / n)) for n, m, s in zip(counts, confident, right, strict=True) if n]


def auroc(right: ArrayLike, wrong: ArrayLike, axis: int = -1) -> Any:
    """The probability that a confidence in `right` is above one in `wrong`; ties count half.

    It is Mann and Whitney's U over the number of pairs, for samples (…, n) and (…, m) along the last axis: scikit-learn
    computes the same one sample at a time, which took most of the time of a report.

    >>> float(auroc([0.9, 0.5], [0.5, 0.1]))
    0.875
    """
    samples = [np.asarray(sample, dtype=np.float64) for sample in (right, wrong)]
    n, m = (sample.shape[axis] for sample in samples)
    ranks = stats.rankdata(np.concatenate(samples, axis=axis), axis=axis)
    return (ranks[..., :n].sum(axis=axis) - n * (n + 1) / 2) / (n * m)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """All figures of the confidence by key, with an AUROC for each kind of unanswerable question."""
    can = [o.confidence for o in outcomes if o.question.answerable]
    kinds = dict.fromkeys(o.question.kind for o in outcomes if not o.question.answerable)
    found: dict[str, Figure] = {}
    for kind in kinds if can else ():
        cannot = [o.confidence for o in outcomes if o.question.kind == kind and not o.question.answerable]
        found[f"auroc {kind}"] = interval(auroc, [can, cannot], vectorised=True, resamples=_RESAMPLES)
    for aim in AIMS:
        found[f"aurc {aim}"] = _paired(aurc, outcomes, aim)
        found[f"coverage@95 {aim}"] = _paired(coverage_at, outcomes, aim)
        found[f"risk {aim}"] = _risk(outcomes, aim)
    found["ece"] = _paired(ece, outcomes, "answer")
    found["brier"] = _paired(_brier, outcomes, "answer", vectorised=True)
    return found


def _paired(statistic: Statistic, outcomes: Sequence[Outcome], aim: Aim, *, vectorised: bool = False) -> Figure:
    """A statistic of confidence and loss, resampled question by question."""
    samples = [confidences(outcomes).tolist(), losses(outcomes, aim).tolist()]
    return interval(statistic, samples, vectorised=vectorised, paired=True, resamples=_RESAMPLES)


def _brier(confidence: NDArray[np.float64], loss: NDArray[np.float64], axis: int) -> Any:
    return np.mean((1 - loss - confidence) ** 2, axis=axis)


def _risk(outcomes: Sequence[Outcome], aim: Aim) -> Figure:
    """The share of wrong answers among those given, 0 if none is given."""
    given = [float(loss) for o, loss in zip(outcomes, losses(outcomes, aim), strict=True) if o.answered]
    if not given:
        return Figure(0.0, 0.0, 0.0, 0)
    return interval(lambda sample, axis: np.mean(sample, axis=axis), [given], vectorised=True)


METRICS = (
    Metric("auroc", "an answerable question has a higher confidence than one of this kind"),
    Metric("aurc", "mean share of wrong ones among the most confident 1, 2, … all; smaller is better", rising=False),
    Metric("coverage@95", "largest share of all questions that a threshold can answer with 95 % right"),
    Metric("risk", "share of the answers given that are wrong; smaller is better", rising=False),
    Metric(
        "ece",
        "mean distance between confidence and the share that came true; less is better, more when resampled",
        rising=False,
    ),
    Metric("brier", "mean squared distance between confidence and what came true; smaller is better", rising=False),
)
"""The figures of the confidence. The key of a figure is its metric's name, and behind a space the kind of question or
the aim that it is for, if there are several: `auroc near-miss`, `risk answer`, `ece`."""


def metric_of(key: str) -> Metric | None:
    """The metric of a figure, by its key in `results.json`; its name is the whole key. None for an unknown key.

    >>> print(metric_of("auroc near-miss"))
    auroc near-miss
    >>> metric_of("papers ndcg@10").rising, metric_of("risk answer").rising
    (True, False)
    """
    name = key.partition(" ")[0]
    return BY_NAME.get(key) or next((replace(metric, name=key) for metric in METRICS if metric.name == name), None)
