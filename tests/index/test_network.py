"""What a network gives depends on the processor, whose kind is part of the keys of what is stored."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.index import network
from qa.index.network import processor
from tests.conftest import ROOT

INTEL = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Some  Xeon
flags\t\t: fpu smep avx2 sse4_2 ssse3 avx512_vnni fma rdpid
power management:

processor\t: 1
model name\t: another
flags\t\t: avx
"""
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd aes sve2 i8mm\n"


@pytest.fixture(autouse=True)
def _nothing_is_known() -> Iterator[None]:
    processor.cache_clear()
    yield
    processor.cache_clear()


@pytest.mark.parametrize(
    ("told", "expected"),
    [(INTEL, "Some Xeon avx2 avx512_vnni fma sse4_2 ssse3"), (ARM, "asimd i8mm sve2")],
)
def test_a_processor_is_known_by_its_vector_extensions(
    told: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(told)
    monkeypatch.setattr(network, "_CPUINFO", tmp_path / "cpuinfo")
    assert processor() == f"{platform.machine()} {expected}"


@pytest.mark.parametrize("told", [None, "no list at all"])
def test_a_system_that_tells_nothing_has_a_processor_too(
    told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if told:
        (tmp_path / "cpuinfo").write_text(told)
    monkeypatch.setattr(network, "_CPUINFO", tmp_path / "cpuinfo")
    assert processor() == f"{platform.machine()} {platform.processor()}"


@pytest.mark.model
def test_onnx_runtime_reports_to_nobody(tmp_path: Path) -> None:
    """It would write an identifier of this machine, and a queue of what it has to tell, before it tells it."""
    script = "from qa.index.embed import open_encoder; open_encoder('minilm-l6-papers').encode(['granite'])"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=own | home, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
