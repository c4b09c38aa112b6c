"""Features → the probability that the passages answer, by a fitted logistic model.

The calibration file names the data, the date, the models and the passages of the fit. `load` rejects a file that was
fitted for other models or passages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path

from qa.config import IndexSettings
from qa.types import ModelError

FEATURES = ("sentence_cosine", "sentence_words", "passage_words", "unknown_words", "names_missing", "papers")
"""The features of a question without the cross-encoder; see `qa.answers.reader.read`."""
CROSS_ENCODER_FEATURES = (
    *FEATURES,
    "reader_sentence",
    "reader_passage",
    "reader_no_answer",
    "score",
    "margin",
    "rivals",
    "quantity",
    "length",
    "sentences",
)
"""The features with the cross-encoder."""
AGAINST = ("unknown_words", "names_missing", "papers", "reader_no_answer")
"""Features that lower the confidence."""
EITHER = ("rivals", "quantity", "length", "sentences")
"""Features that may raise or lower the confidence; all others raise it."""

HIGH, FAIR = 0.83, 0.61
"""Confidences from which an answer is called high and fair. Of the answers with high confidence 5 % were wrong when
the calibration was fitted, of those with fair confidence 30 %; see `levels` in `eval/calibration-reader.json`."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + exp(-(bias + Σ weight · (feature - mean) / deviation))).

    `fitted_on` describes the questions and the method of the fit. `curve` holds pairs, by falling threshold: a
    threshold, and the share of wrong answers to expect among those with at least this confidence. Without a curve,
    questions are answered from `threshold` on. `levels` are words for a confidence, highest first: the word, the
    confidence from which it holds, and the share of wrong answers among those with it. `passages` is the `passages_key`
    of the index. `reader_sha256` is the SHA-256 of the cross-encoder, or "" if the calibration was fitted without one.
    """

    fitted_on: str
    date: str
    encoder_sha256: str
    bias: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    deviations: Mapping[str, float]
    threshold: float
    curve: Sequence[Sequence[float]] = ()
    levels: Sequence[tuple[str, float, float]] = ()
    passages: str = ""
    reader_sha256: str = ""

    def operating_point(self, max_wrong: float) -> float:
        """The confidence from which to answer, so that at most the share `max_wrong` (0 to 1) of the answers is wrong.

        This is the lowest threshold on the curve that keeps the promise: 0 if all answers may be wrong, and above 1
        if no threshold keeps it.
        """
        if max_wrong >= 1:
            return 0.0
        if not self.curve:
            return self.threshold
        return min((threshold for threshold, wrong in self.curve if wrong <= max_wrong), default=2.0)

    def point_at(self, confidence: float) -> tuple[float, float] | None:
        """The curve's highest threshold that this confidence reaches, with the share of wrong answers above it.

        None if it reaches no threshold, or if there is no curve.
        """
        return next(((threshold, wrong) for threshold, wrong in self.curve if threshold <= confidence), None)

    def level(self, confidence: float) -> str:
        """The word for a confidence, such as "High"; "" if there is none."""
        return next((word for word, start, _ in self.levels if confidence >= start), "")

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that the passages found answer the question."""
        total = self.bias + sum(
            weight * (features[name] - self.means[name]) / self.deviations[name]
            for name, weight in sorted(self.weights.items())
        )
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


def passages_key(settings: IndexSettings) -> str:
    """SHA-256, in hex, of the settings that shape passages: all settings of an index except its encoder."""
    return hashlib.sha256(settings.json(without={"encoder"}).encode()).hexdigest()


def load(path: Path, encoder_sha256: str, passages: str = "", reader_sha256: str = "") -> Calibration:
    """Read a calibration and check that it fits the encoder, the cross-encoder (if there is one) and the passages.

    Raises:
        ModelError: the file is missing or unreadable, or was fitted for other models, passages or features.
    """
    remedy = f"run `python -m qa.evaluation.calibrate{' --reader FILE' if reader_sha256 else ''}`"
    try:
        fields = json.loads(path.read_text("utf-8"))
        calibration = Calibration(**fields)
        if not all(0 <= float(threshold) <= 1 and 0 <= float(wrong) <= 1 for threshold, wrong in calibration.curve):
            raise ValueError("its curve is not made of shares")
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"the calibration {path} cannot be read ({error}); {remedy}") from error
    if calibration.encoder_sha256 != encoder_sha256:
        reason = f"the calibration {path} was fitted for another encoder than this index's"
        raise ModelError(f"{reason}; run `qa index build`, or {remedy}")
    if passages and calibration.passages and calibration.passages != passages:
        raise ModelError(f"the calibration {path} was fitted for passages cut otherwise than this index's; {remedy}")
    if calibration.reader_sha256 != reader_sha256:
        raise ModelError(f"the calibration {path} was fitted for another cross-encoder, or without one; {remedy}")
    features = set(CROSS_ENCODER_FEATURES if reader_sha256 else FEATURES)
    if not calibration.weights.keys() == calibration.means.keys() == calibration.deviations.keys() == features:
        raise ModelError(f"the calibration {path} was fitted for other features than the reader's; {remedy}")
    return calibration
