"""What several tests need: an encoder whose numbers a person can work out, a small corpus, the real index."""

from __future__ import annotations

import hashlib
import os
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa.answers.assistant import Assistant
from qa.answers.calibration import FEATURES, Calibration
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.index.embed import Vectors
from qa.index.index import Index
from qa.papers.sources import sources_in

os.environ.setdefault("QA_READ_APART", "false")  # a process for each little paper would double the time of the tests

ROOT = Path(__file__).resolve().parents[1]


class FakeEncoder:
    """Counts letters: column 0 is `a`, column 25 `z`, column 26 all else; rows of unit length."""

    name = "fake"
    sha256 = hashlib.sha256(b"fake").hexdigest()

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        letters = string.ascii_lowercase
        rows = np.array([[text.lower().count(c) for c in letters] + [1] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def calibration(threshold: float = 0.5, sha256: str = FakeEncoder.sha256) -> Calibration:
    """Confidence that rises with the share of the question's words that the best passage has."""
    return Calibration(
        fitted_on="nothing, for tests",
        date="2026-11-21",
        encoder_sha256=sha256,
        bias=0.0,
        weights=dict.fromkeys(FEATURES, 0.0) | {"passage_words": 4.0},
        means=dict.fromkeys(FEATURES, 0.5),
        deviations=dict.fromkeys(FEATURES, 1.0),
        threshold=threshold,
    )


def assistant_of(
    index: Index, confidence: Calibration | None = None, settings: AskSettings | None = None, generation: str = "test"
) -> Assistant:
    """An assistant with the fake encoder and no cross-encoder."""
    return Assistant(index, generation, Models(FakeEncoder(), confidence or calibration()), settings or AskSettings())


PAPERS = {
    "fruit.txt": "Introduction\n\nApples are red and grow on trees. The harvest was 120 kg in 2019.\n\n"
    "Results\n\nPears ripened in nine weeks [3]. They were stored at four degrees.\n",
    "stones.txt": "Granite is hard. Basalt cools quickly from lava, and its crys-\ntals stay small. "
    "Marble was limestone once.\n",
}
BIBLIOGRAPHY = "@article{fruit2019,\n  title = {Fruit of the {North}},\n  year = {2019},\n  file = {fruit.txt},\n}\n"


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two small papers, one of them in the bibliography."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in PAPERS.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "corpus.bib").write_text(BIBLIOGRAPHY, "utf-8")
    return folder


@pytest.fixture
def small_index(corpus: Path, encoder: FakeEncoder) -> Index:
    return build(sources_in(corpus), IndexSettings(), encoder)


@pytest.fixture
def assistant(small_index: Index, encoder: FakeEncoder) -> Assistant:
    return Assistant(small_index, "test", Models(encoder, calibration()), AskSettings())


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three texts, read and embedded by the real model, published in a folder of its own."""
    from qa.index.library import Library

    folder = tmp_path_factory.mktemp("real") / "index"
    Library(ROOT / "corpus", folder).update()
    return folder


@pytest.fixture(scope="session")
def real_assistant(real_index: Path) -> Assistant:
    return Assistant.open(real_index)
