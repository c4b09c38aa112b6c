"""Features → the probability that the passages answer, by a fitted logistic model.

The file says with what data, when, and for which model and passages it was fitted, and is refused where these differ.
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

FEATURES = ("sentence_cosine", "sentence_words", "passage_words", "unknown_words")
"""What the reader tells for each question without its model; see `qa.answers.reader.read`."""
CROSS_ENCODER_FEATURES = (*FEATURES, "reader_sentence", "reader_passage", "reader_no_answer")
"""What it tells with its model."""
AGAINST = ("unknown_words", "reader_no_answer")
"""Those of which more speaks against an answer; of all others more speaks for one."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + exp(-(bias + Σ weight · (signal - mean) / deviation))).

    `fitted_on` says with which questions all this was chosen, and how. `curve` has for each threshold, by falling
    threshold, the share of the questions answered from it on that are expected to be answered wrongly; where
    there is none, an answer is given from `threshold` on. `passages` is what `passages_key` says of the index.
    `reader_sha256` names the reader's model, "" if it was fitted without one.
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
    passages: str = ""
    reader_sha256: str = ""

    def operating_point(self, max_wrong: float) -> float:
        """The confidence from which on to answer, so that at most the share `max_wrong` of the answers is wrong.

        It is the lowest threshold of the curve that keeps the promise: 0 where anything may be wrong, above 1
        where no threshold does.
        """
        if max_wrong >= 1:
            return 0.0
        if not self.curve:
            return self.threshold
        return min((threshold for threshold, wrong in self.curve if wrong <= max_wrong), default=2.0)

    def point_at(self, confidence: float) -> tuple[float, float] | None:
        """The curve's highest threshold that a confidence reaches, with the share of wrong answers from there on.

        None where it reaches none, or there is no curve.
        """
        return next(((threshold, wrong) for threshold, wrong in self.curve if threshold <= confidence), None)

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that what was found answers the question."""
        total = self.bias + sum(
            weight * (features[name] - self.means[name]) / self.deviations[name]
            for name, weight in sorted(self.weights.items())
        )
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


def passages_key(settings: IndexSettings) -> str:
    """SHA-256 in hex of what shapes passages: all settings of an index but its encoder."""
    return hashlib.sha256(settings.model_dump_json(exclude={"encoder"}).encode()).hexdigest()


def load(path: Path, encoder_sha256: str, passages: str = "", reader_sha256: str = "") -> Calibration:
    """Read a calibration for an encoder, for a reader's model if there is one, and for passages cut in a certain way.

    Raises:
        ModelError: there is none, it cannot be read, or it was fitted for other models, other passages or other
            signals.
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
        raise ModelError(f"the calibration {path} was fitted for another encoder than this index's; {remedy}")
    if passages and calibration.passages and calibration.passages != passages:
        raise ModelError(f"the calibration {path} was fitted for passages cut otherwise than this index's; {remedy}")
    if calibration.reader_sha256 != reader_sha256:
        raise ModelError(f"the calibration {path} was fitted for another reader's model, or without one; {remedy}")
    features = set(CROSS_ENCODER_FEATURES if reader_sha256 else FEATURES)
    if not calibration.weights.keys() == calibration.means.keys() == calibration.deviations.keys() == features:
        raise ModelError(f"the calibration {path} was fitted for other signals than the reader's; {remedy}")
    return calibration
