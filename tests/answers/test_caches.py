"""A model that remembers gives what the model gives, and forgets what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa.answers import caches
from qa.answers.caches import CachedCrossEncoder, CachedEncoder, Caches
from qa.answers.cross_encoder import AnswerSpan, Judgement
from qa.answers.models import Models
from qa.index import network
from qa.types import StoreError
from tests.answers.fake_model import FakeModel
from tests.conftest import FakeEncoder, calibration

Passage = tuple[str, Sequence[str]]
STONES: list[Passage] = [
    ("Stones", ["Granite is hard.", "Basalt is dark."]),
    ("", ["Basalt cools."]),
    ("Fruit", ["Apples are red."]),
]


class Counting(FakeModel):
    """Counts what it is given."""

    def __init__(self) -> None:
        super().__init__(AnswerSpan(0, 0, 0, 6))
        self.read = 0

    def judge(self, question: str, passages: Sequence[Passage]) -> list[Judgement]:
        self.read += len(passages)
        return super().judge(question, passages)


def test_only_what_is_new_is_judged_and_the_order_is_that_of_the_passages() -> None:
    model = Counting()
    cached = CachedCrossEncoder(model)
    question = "Is basalt dark?"
    assert cached.judge(question, STONES[:2]) == FakeModel(model.words).judge(question, STONES[:2])
    again = [STONES[2], STONES[0], STONES[2]]
    assert cached.judge(question, again) == FakeModel(model.words).judge(question, again)
    assert model.passages == [STONES[2]]
    assert (cached.judged, cached.known, model.read) == (3, 2, 3)
    assert cached.judge(question, []) == []


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Is basalt hard?", STONES[0]),
        ("Is basalt dark?", ("Stone", STONES[0][1])),
        ("Is basalt dark?", ("Stones", ["Granite is hard."])),
        ("Is basalt dark?", ("Stones", ["Granite is hard. Basalt is dark."])),
        ("Is basalt dark?", ("Stones", ["Basalt is dark.", "Granite is hard."])),
        ("Is basalt dark?Stones", ("", STONES[0][1])),
    ],
)
def test_whatever_else_is_read_is_judged_anew(question: str, passage: Passage) -> None:
    model = Counting()
    cached = CachedCrossEncoder(model)
    cached.judge("Is basalt dark?", STONES[:1])
    cached.judge(question, [passage])
    assert model.read == 2


def test_without_recall_the_models_are_asked_and_what_they_say_is_kept(tmp_path: Path) -> None:
    model, encoder = Counting(), FakeEncoder()
    learning = Caches(tmp_path, recall=False)
    models = learning.around(Models(encoder, calibration(), model))
    assert models.cross_encoder
    for _ in range(2):
        made = models.cross_encoder.judge("Is basalt dark?", [*STONES, STONES[0]])
        vectors = models.encoder.encode(["a"])
    assert (model.read, encoder.texts) == (6, ["a", "a"])
    assert len(made) == 4
    learning.save()
    again = Caches(tmp_path).around(models)
    assert again.cross_encoder
    assert again.cross_encoder.judge("Is basalt dark?", [*STONES, STONES[0]]) == made
    assert np.array_equal(again.encoder.encode(["a"]), vectors)
    assert (model.read, encoder.texts) == (6, ["a", "a"])


def test_what_was_not_used_for_longest_goes_first() -> None:
    model = Counting()
    cached = CachedCrossEncoder(model, most=2)
    for number in (0, 1, 0, 2, 0):
        cached.judge("Basalt?", [STONES[number]])
    assert model.read == 3
    cached.judge("Basalt?", [STONES[1]])
    assert model.read == 4
    assert len(cached.judge("Basalt?", STONES)) == 3


def test_several_threads_get_what_one_gets() -> None:
    questions = [f"Is basalt {word}?" for word in ("dark", "hard", "red", "cools")]
    alone = [FakeModel().judge(question, STONES) for question in questions]
    cached, encoder = CachedCrossEncoder(FakeModel(), most=5), CachedEncoder(FakeEncoder(), most=3)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: cached.judge(question, STONES), questions * 50))
        vectors = list(pool.map(lambda question: encoder.encode([question]), questions * 50))
    assert found == alone * 50
    assert all(np.array_equal(v, FakeEncoder().encode([q])) for q, v in zip(questions * 50, vectors, strict=True))
    assert cached.judged + cached.known == 50 * 4 * 3


def test_texts_are_encoded_once_together() -> None:
    inner = FakeEncoder()
    encoder = CachedEncoder(inner, most=3)
    assert np.array_equal(encoder.encode(["a", "b"]), inner.encode(["a", "b"]))
    inner.texts.clear()
    vectors = encoder.encode(["a", "b"])
    assert inner.texts == []
    assert not vectors.flags.writeable
    encoder.encode(["a"])  # in a batch of its own it might differ in the last bits
    assert inner.texts == ["a"]
    encoder.encode(["c"])  # too many now: the first two go
    encoder.encode(["a"])
    assert inner.texts == ["a", "c"]
    encoder.encode(["a", "b"])
    assert inner.texts == ["a", "c", "a", "b"]
    assert encoder.encoded == 6


def test_a_folder_keeps_both_to_the_last_bit(tmp_path: Path) -> None:
    model = Counting()
    first = Caches(tmp_path / "new")
    models = first.around(Models(FakeEncoder(), calibration(), model))
    assert first.around(models).cross_encoder is models.cross_encoder
    assert models.cross_encoder
    words = ["Is basalt dark?", "\ud800 ⅓"]
    made = [models.cross_encoder.judge(question, STONES) for question in words]
    vectors = models.encoder.encode(words)
    first.save()
    fresh, encoder = Counting(), FakeEncoder()
    again = Caches(tmp_path / "new").around(Models(encoder, calibration(), fresh))
    assert again.cross_encoder
    assert [again.cross_encoder.judge(question, STONES) for question in words] == made
    assert any(one.span for judged in made for one in judged)
    assert np.array_equal(again.encoder.encode(words), vectors)
    assert (fresh.read, encoder.texts) == (0, [])
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["judgements.npz", "vectors.npz"]


def test_without_a_cross_encoder_only_vectors_are_kept(tmp_path: Path) -> None:
    kept = Caches(tmp_path)
    assert kept.around(Models(FakeEncoder(), calibration())).cross_encoder is None
    kept.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "what", ["missing", "cut", "altered", "empty", "another model", "another code", "another processor"]
)
def test_a_file_that_does_not_fit_is_not_used(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "judgements.npz"
    cached = CachedCrossEncoder(FakeModel())
    cached.judge("Basalt?", STONES)
    cached.save(path)
    data = path.read_bytes()
    other = CachedCrossEncoder(FakeModel())
    if what == "missing":
        path.unlink()
    elif what == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif what == "altered":
        at = data.index(np.float64(cached.judge("Basalt?", STONES)[0].relevance).tobytes())
        path.write_bytes(data[:at] + b"\x01" + data[at + 1 :])
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "another model":
        other.sha256 = "another"
    elif what == "another processor":
        monkeypatch.setattr(network, "processor", lambda: "another")
        monkeypatch.setattr(caches, "_code", caches._code.__wrapped__)
    else:
        monkeypatch.setattr(caches, "_code", lambda: "another")
    assert other.load(path) == 0
    assert CachedCrossEncoder(FakeModel()).load(path) == (3 if what == "another model" else 0)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cached = CachedCrossEncoder(FakeModel())
    with pytest.raises(StoreError, match=r"judgements\.npz cannot be written .*; check the disk"):
        cached.save(tmp_path / "file" / "judgements.npz")
