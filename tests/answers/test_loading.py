"""Models are loaded beside the imports, once, and what fails there is reported where it is needed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.answers import cross_encoder, loading
from qa.answers.cross_encoder import open_cross_encoder
from qa.config import BUNDLED_MODEL
from qa.index import embed
from qa.index.embed import OURS, open_encoder
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _nothing_is_open() -> None:
    embed._opened.cache_clear()
    cross_encoder._opened.cache_clear()


@pytest.mark.model
def test_both_models_are_loaded() -> None:
    loading.begin().join()
    assert cross_encoder._opened.cache_info().currsize == 1
    encoder = open_encoder(OURS)
    assert embed._opened.cache_info().misses == 1
    assert encoder._network is not None


@pytest.mark.model
def test_who_opens_a_model_meanwhile_waits_for_it() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(open_encoder, [OURS] * 4))) == 1
        assert len(set(pool.map(open_cross_encoder, [BUNDLED_MODEL] * 4))) == 1
    assert embed._opened.cache_info().misses == cross_encoder._opened.cache_info().misses == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [("QA_INDEX_ENCODER", "/nowhere"), ("QA_ASK_TOP_K", "many"), ("QA_ASK_READER_MODEL", "/nowhere.onnx")],
)
def test_what_fails_is_left_to_who_needs_it(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setenv("QA_ASK_READER", "true" if "READER" in variable else "false")
    monkeypatch.setenv(variable, value)
    loading.begin().join()
    assert not recwarn
    assert cross_encoder._opened.cache_info().currsize == 0


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory a process had at its peak")
def test_an_answer_needs_less_memory_than_half_of_the_leanest_peer(real_index: Path) -> None:
    """The leanest peer needs 543 MB, this program 235 MB (2026-11-27): one model is unpacked at a time, and what that
    takes is given back."""
    code = (
        "import re, sys; from pathlib import Path; from qa.cli import cli; cli(sys.argv[1:], standalone_mode=False);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )  # what the system counts for a child that has ended includes its parent
    command = [sys.executable, "-c", code, "ask", "What is pazopanib?", "--index", str(real_index)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < 270 * 1024


@pytest.mark.parametrize("arguments", [["ask", "Why?"], ["search", "Why?"]])
def test_a_process_that_ends_at_once_has_said_all(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from qa.cli import main; main()", *arguments, "--index", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "there is no index" in done.stderr
