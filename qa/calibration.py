"""From signals to a probability: a logistic model fitted by `qa.evaluation.calibrate`, read here.

The file says with what data, when and for which model it was fitted, and is refused where the model differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from pathlib import Path

from qa.types import ModelError

SIGNALS = ("sentence_cosine", "sentence_words", "passage_words", "unknown_words")
"""What the reader tells for each question without its model; see `qa.reader.read`."""
READER_SIGNALS = (*SIGNALS, "reader_sentence", "reader_passage", "reader_no_answer")
"""What it tells with its model."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = 1 / (1 + exp(-(bias + Σ weight · (signal - mean) / deviation))).

    An answer is given from `threshold` on. `fitted_on` says with which questions all this was chosen, and how.
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
    reader_sha256: str = ""

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that what was found answers the question."""
        total = self.bias + sum(
            weight * (signals[name] - self.means[name]) / self.deviations[name]
            for name, weight in sorted(self.weights.items())
        )
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


def load(path: Path, encoder_sha256: str, reader_sha256: str = "") -> Calibration:
    """Read a calibration for an encoder, and for a reader's model if there is one.

    Raises:
        ModelError: there is none, it cannot be read, or it was fitted for other models or other signals.
    """
    remedy = "run `python -m qa.evaluation.calibrate`"
    try:
        fields = json.loads(path.read_text("utf-8"))
        calibration = Calibration(**fields)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"the calibration {path} cannot be read ({error}); {remedy}") from error
    if calibration.encoder_sha256 != encoder_sha256:
        raise ModelError(f"the calibration {path} was fitted for another encoder than this index's; {remedy}")
    if calibration.reader_sha256 != reader_sha256:
        raise ModelError(f"the calibration {path} was fitted for another reader's model, or without one; {remedy}")
    signals = set(READER_SIGNALS if reader_sha256 else SIGNALS)
    if not calibration.weights.keys() == calibration.means.keys() == calibration.deviations.keys() == signals:
        raise ModelError(f"the calibration {path} was fitted for other signals than the reader's; {remedy}")
    return calibration
