"""Whether the confidence tells right from wrong: AUROC, risk–coverage, ECE.

Two things can be wrong. An *answer* is wrong when its quotes do not hold the evidence; the *passages* are, when
none of those shown completes it, and that is what the confidence is the probability of. What has no answer in the
papers is wrong in both ways whenever it is answered. Every question counts, with what would have been answered
had it not been refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa.evaluation.metrics import Figure, interval
from qa.evaluation.run import Outcome

Aim = Literal["answer", "passages"]
AIMS: tuple[Aim, ...] = ("answer", "passages")
PROMISED = 0.95
"""The precision at which coverage is told."""
BINS = 10

_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk over coverage (El-Yaniv and Wiener 2010): float64, (m,), by falling threshold.

    At `thresholds[i]` the share `coverages[i]` of all questions is answered, and of these the share `risks[i]`
    wrongly. Questions with the same confidence are answered together.
    """

    thresholds: NDArray[np.float64]
    coverages: NDArray[np.float64]
    risks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in one tenth: their number, mean confidence, and the share that came true."""

    n: int
    confidence: float
    share: float


def confidences(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """The confidence in each outcome, float64, (n,), 0 to 1."""
    return np.array([outcome.confidence for outcome in outcomes], dtype=np.float64)


def losses(outcomes: Sequence[Outcome], aim: Aim) -> NDArray[np.float64]:
    """1 for each question that is wrong in the sense of `aim`, else 0; float64, (n,)."""
    right = [o.eager_holds if aim == "answer" else o.rank is not None for o in outcomes]
    return 1.0 - np.array(right, dtype=np.float64)


def curve(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> Curve:
    """The risk at every coverage that a threshold can give.

    >>> curve(np.array([0.9, 0.5, 0.5]), np.array([0.0, 1.0, 0.0])).risks.round(2).tolist()
    [0.0, 0.33]
    """
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence, wrong = confidence[order], np.cumsum(loss[order])
    last = np.append(np.flatnonzero(np.diff(sorted_confidence)), len(order) - 1)
    return Curve(sorted_confidence[last], (last + 1) / len(order), wrong[last] / (last + 1))


def aurc(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> float:
    """The area under the curve of risk over coverage (Geifman, Uziel and El-Yaniv 2019), 0 to 1, smaller is better.

    The mean of the risks of the first 1, 2, … n questions; where confidence is the same, each has its mean loss.

    >>> round(aurc(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0])), 4)
    0.1111
    """
    order = np.argsort(-confidence, kind="stable")
    values, group = np.unique(-confidence[order], return_inverse=True)
    shared = np.bincount(group, weights=loss[order], minlength=len(values)) / np.bincount(group)
    return float(np.mean(np.cumsum(shared[group]) / np.arange(1, len(order) + 1)))


def coverage_at(confidence: NDArray[np.float64], loss: NDArray[np.float64], precision: float = PROMISED) -> float:
    """The largest share of the questions that can be answered with this precision, by a threshold; 0 if none can.

    >>> coverage_at(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0]))
    0.6666666666666666
    """
    found = curve(confidence, loss)
    return float(max(found.coverages[found.risks <= 1 - precision + 1e-12], default=0.0))


def ece(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015) over ten bins, 0 to 1, smaller is better."""
    return sum(one.n * abs(one.share - one.confidence) for one in reliability(confidence, loss)) / len(confidence)


def reliability(confidence: NDArray[np.float64], loss: NDArray[np.float64]) -> list[Bin]:
    """The bins of equal width that hold any question, from the lowest on."""
    shares, means = calibration_curve(1 - loss, confidence, n_bins=BINS, strategy="uniform")
    edges = np.linspace(0, 1, BINS + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=BINS)
    return [Bin(int(n), float(m), float(s)) for n, m, s in zip(counts[counts > 0], means, shares, strict=True)]


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The probability that a confidence of the first kind is above one of the second, ties counted half."""
    labels = np.repeat([1, 0], [len(right), len(wrong)])
    return float(roc_auc_score(labels, np.concatenate([right, wrong])))


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """All figures of the confidence, by name; an AUROC for each kind of unanswerable question."""
    confidence = confidences(outcomes)
    can = [o.confidence for o in outcomes if o.question.answerable]
    kinds = dict.fromkeys(o.question.kind for o in outcomes if not o.question.answerable)
    found: dict[str, Figure] = {}
    for kind in kinds if can else ():
        cannot = [o.confidence for o in outcomes if o.question.kind == kind and not o.question.answerable]
        found[f"auroc {kind}"] = interval(auroc, [can, cannot], resamples=_RESAMPLES)
    for aim in AIMS:
        samples = [confidence.tolist(), losses(outcomes, aim).tolist()]
        found[f"aurc {aim}"] = interval(aurc, samples, paired=True, resamples=_RESAMPLES)
        found[f"coverage@95 {aim}"] = interval(coverage_at, samples, paired=True, resamples=_RESAMPLES)
        found[f"risk {aim}"] = _risk(outcomes, aim)
    loss = losses(outcomes, "passages")
    samples = [confidence.tolist(), loss.tolist()]
    found["ece"] = interval(ece, samples, paired=True, resamples=_RESAMPLES)
    found["brier"] = interval(
        lambda c, wrong: float(brier_score_loss(1 - wrong, c, pos_label=1)), samples, paired=True, resamples=_RESAMPLES
    )
    return found


def _risk(outcomes: Sequence[Outcome], aim: Aim) -> Figure:
    """The share of the answers given that are wrong; of none given, none is."""
    given = [float(loss) for o, loss in zip(outcomes, losses(outcomes, aim), strict=True) if o.answered]
    if not given:
        return Figure(0.0, 0.0, 0.0, 0)
    return interval(lambda sample, axis: np.mean(sample, axis=axis), [given], vectorised=True)


MEANINGS: Mapping[str, str] = {
    "auroc": "an answerable question has a higher confidence than one of this kind",
    "aurc": "mean share of wrong ones among the most confident 1, 2, … all; smaller is better",
    "coverage@95": "largest share of all questions that a threshold can answer with 95 % right",
    "risk": "share of the answers given that are wrong; smaller is better",
    "ece": "mean distance between confidence and the share that came true; less is better, more when resampled",
    "brier": "mean squared distance between confidence and what came true; smaller is better",
}
"""What each figure means, by the first word of its name."""

FALLING = ("aurc", "risk", "ece", "brier")
"""Figures of which less is better, by the first word of their names."""
