"""What several tests need: an encoder whose numbers a person can work out, a small corpus, the real index."""

from __future__ import annotations

import hashlib
import os
import shutil
import string
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

# NumPy and PyTorch read this when they are imported, and so does every program that a test starts. Two workers whose
# libraries each start a thread for each processor wait for one another: training took 20 times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QA_READ_APART", "false")  # a process for each little paper would double the time of the tests

import numpy as np
import pytest
from filelock import FileLock

from qa.answers.assistant import Assistant
from qa.answers.calibration import FEATURES, Calibration
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.index.embed import Vectors
from qa.index.index import Index
from qa.papers.sources import sources_in

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
_YIELDING = 10
"""Niceness of a worker without a browser; 0 is usual, 19 the lowest priority."""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class FakeEncoder:
    """Counts letters: column 0 is `a`, column 25 `z`, column 26 all else; rows of unit length."""

    name = "fake"
    sha256 = hashlib.sha256(b"fake").hexdigest()
    alone = True

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
    """The three texts, read and embedded by the real model, published in a folder of its own.

    All workers of a run share it, so a test that writes must copy it.
    """
    from qa.index.library import Library

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "real"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            Library(ROOT / "corpus", folder).update()
    return folder


@pytest.fixture(scope="session")
def real_assistant(real_index: Path) -> Assistant:
    return Assistant.open(real_index)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests by what they use, and run the longest first: those in the browser, then those with the model."""
    in_the_browser = (
        pytest.mark.browser,
        pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (looked for chromium, google-chrome)"),
    )
    for item in items:
        used = getattr(item, "fixturenames", ())
        if "real_index" in used:
            item.add_marker("model")
        if "browser" in used:
            for mark in in_the_browser:
                item.add_marker(mark)
    items.sort(key=lambda item: [item.get_closest_marker(mark) is None for mark in ("browser", "model")])


_LONGEST = ("test_browser.py", "test_keeping_browser.py")
"""Files that take about as long as all others that drive the browser. Measured on 2026-11-28."""


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give each worker whole files, so that no two prepare what one file shares.

    The files that drive the browser count as two, so that two browsers and two servers serve them all.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            if file.endswith("browser.py"):
                return "browser" if file.endswith(_LONGEST) else "browser too"
            return file

    return ByFile(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What runs beside the browser yields to it: a page that gets no processor loses clicks, as it does for a user."""
    beside = "PYTEST_XDIST_WORKER" in os.environ and item.get_closest_marker("browser") is None
    if beside and hasattr(os, "nice") and os.nice(0) < _YIELDING:
        os.nice(_YIELDING)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after all that pytest itself says
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say what a missing Chromium costs, and how to get one."""
    yield
    missed = sum("browser" in report.keywords for report in terminalreporter.stats.get("skipped", ()))
    if missed:
        terminalreporter.write_line(
            f"{missed} tests need Chromium and did not run; on Debian, `apt-get install chromium` installs it."
        )
