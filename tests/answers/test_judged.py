"""How telling and how medical words are, by directions of their embeddings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa.answers import judged
from qa.answers.judged import Directions, Judged, directions_for, embedded, judged_words
from qa.answers.names import EVERYDAY, MEANT
from qa.config import IndexSettings
from qa.index.embed import open_encoder
from tests.conftest import FakeEncoder

NAMES = ("aspirin", "malaria", "psoriasis")
SAID_OTHERWISE = ("soreness", "pills", "dripped", "tablets")
NOT_MEDICAL = ("gadget", "youngsters", "drip", "questionnaire")


def test_the_probabilities_are_those_of_the_logits() -> None:
    found = Directions("e", (-1.0, 2.0, 0.5), (0.0, 0.0, -1.0))
    (first, second) = found.judge(np.array([[0.5, 0], [0.5, 2]], dtype=np.float32))
    assert first == pytest.approx((0.5, 0.5))
    assert second == pytest.approx((1 / (1 + np.exp(-1)), 1 / (1 + np.exp(2))))


def test_what_was_learnt_for_another_encoder_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "judged.json"
    monkeypatch.setattr(judged, "PATH", path)
    for_encoder = directions_for.__wrapped__
    assert for_encoder(FakeEncoder.sha256) is None
    row = {"encoder_sha256": FakeEncoder.sha256, "telling": [0.5, 1.0], "medical": [1.0, 2.0]}
    path.write_text(json.dumps(row), "utf-8")
    assert for_encoder(FakeEncoder.sha256) == Directions(FakeEncoder.sha256, [0.5, 1.0], [1.0, 2.0])
    assert for_encoder("0" * 64) is None


def test_a_question_is_embedded_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = FakeEncoder()
    vector, found = embedded("Does aspirin help?", encoder)
    assert (encoder.texts, found) == (["Does aspirin help?"], {}), "nothing was learnt for this encoder"
    assert (vector == encoder.encode(["Does aspirin help?"])[0]).all()
    learnt = Directions(encoder.sha256, [0.0, 1.0] + [0.0] * 26, [0.0] * 28)
    monkeypatch.setattr(judged, "directions_for", lambda _: learnt)
    share = float(encoder.encode(["aspirin"])[0, 0])
    assert embedded("Does aspirin help?", encoder)[1] == {"aspirin": pytest.approx((1 / (1 + np.exp(-share)), 0.5))}
    assert embedded("Does it help?", encoder)[1] == {}


def test_the_shipped_file_is_for_the_shipped_encoder() -> None:
    assert directions_for(open_encoder(IndexSettings().encoder).sha256)


def test_words_of_middling_frequency_are_judged_once_each() -> None:
    assert judged_words("Does Aspirin, aspirin-free or aspirin help, and is the xyzzyase 12 mg?") == ["aspirin"]


@pytest.mark.model
def test_the_shipped_directions_tell_names_from_everyday_words() -> None:
    encoder = open_encoder(IndexSettings().encoder)
    found: dict[str, Judged] = {}
    for word in (*NAMES, *SAID_OTHERWISE, *NOT_MEDICAL):
        found |= embedded(word, encoder)[1]
    assert min(min(found[word].medical - MEANT, found[word].telling - EVERYDAY) for word in NAMES) > 0
    assert max(found[word].telling for word in SAID_OTHERWISE) < EVERYDAY
    assert max(found[word].medical for word in NOT_MEDICAL) < MEANT
