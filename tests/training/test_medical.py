"""The direction of medical words, learnt with an encoder that counts letters."""

from __future__ import annotations

import numpy as np

from qa.training.medical import learnt
from tests.conftest import FakeEncoder


def test_a_direction_is_learnt_for_the_encoder_that_it_was_learnt_with() -> None:
    encoder = FakeEncoder()
    found = learnt(encoder)
    assert found.encoder_sha256 == encoder.sha256
    assert len(found.weights) == encoder.encode(["one"]).shape[1]


def test_words_with_medical_endings_lie_in_that_direction() -> None:
    """The fake encoder only counts letters, but `gastroscopy` has others than `standing`."""
    encoder = FakeEncoder()
    found = learnt(encoder)
    words = ["osteomyelitis", "glomerulonephritis", "standing", "breaking"]
    logits = found.bias + encoder.encode(words) @ np.array(found.weights)
    assert logits[:2].min() > 0 > logits[2:].max()
