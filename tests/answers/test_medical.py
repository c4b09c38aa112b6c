"""Medical words by the direction of their embeddings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa.answers import medical
from qa.answers.medical import SURE, Medical, medical_for, middling
from qa.config import IndexSettings
from qa.index.embed import open_encoder
from tests.conftest import FakeEncoder

MEDICAL = ("aspirin", "malaria", "psoriasis")
EVERYDAY = ("gadget", "youngsters", "drip")


def test_words_are_taken_by_the_logit() -> None:
    """bias + weights · vector: the words lie just above and just below the log odds of `SURE`, 0.405."""
    edge = float(np.log(SURE / (1 - SURE)))
    found = Medical("e", -1.0, (2.0, 0.5))
    vectors = np.array([[0.6, 2 * (edge - 0.19)], [0.6, 2 * (edge - 0.21)], [0, 1]], dtype=np.float32)
    assert found.among(["above", "below", "far"], vectors) == {"above"}
    assert found.among([], np.empty((0, 2), dtype=np.float32)) == frozenset()


def test_what_was_learnt_for_another_encoder_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "medical.json"
    monkeypatch.setattr(medical, "PATH", path)
    for_encoder = medical_for.__wrapped__
    assert for_encoder(FakeEncoder.sha256) is None
    path.write_text(json.dumps({"encoder_sha256": FakeEncoder.sha256, "bias": 0.5, "weights": [1.0, 2.0]}), "utf-8")
    assert for_encoder(FakeEncoder.sha256) == Medical(FakeEncoder.sha256, 0.5, [1.0, 2.0])
    assert for_encoder("0" * 64) is None


def test_the_shipped_file_is_for_the_shipped_encoder() -> None:
    assert medical_for(open_encoder(IndexSettings().encoder).sha256)


def test_words_of_middling_frequency_are_asked_about_once_each() -> None:
    assert middling("Does Aspirin, aspirin-free or aspirin help, and is the xyzzyase 12 mg?") == ["aspirin"]


@pytest.mark.model
def test_the_shipped_direction_tells_medical_words_from_everyday_ones() -> None:
    encoder = open_encoder(IndexSettings().encoder)
    found = medical_for(encoder.sha256)
    assert found
    words = [*MEDICAL, *EVERYDAY]
    assert found.among(words, encoder.encode(words)) == set(MEDICAL)
