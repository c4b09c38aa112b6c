"""A paper is read in a process of its own, within limits, and comes out as it does in this one."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject

from qa.config import IndexSettings, IngestSettings
from qa.index.build import build
from qa.papers import ingest
from qa.papers.ingest import ingest_here, ingest_in_sandbox
from qa.papers.sandbox import Limits
from qa.papers.sources import Source, sources_in
from qa.types import SourceError
from tests.conftest import ROOT, FakeEncoder
from tests.papers.minimal import OWLS, pdf

SECONDS, MEGABYTES = 120, 4000


def source(path: Path, content: bytes) -> Source:
    path.write_bytes(content)
    return Source(path.stem, path, {"title": "Ä 🪨"})


def painted(content: bytes) -> bytes:
    """A PDF of one page with this content stream, compressed."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("x")))
    stream = StreamObject()
    stream.set_data(content)
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_apart_is_as_here(tmp_path: Path) -> None:
    for paper in (*sources_in(ROOT / "corpus"), source(tmp_path / "a b.pdf", OWLS)):
        assert ingest_in_sandbox(paper, 100, Limits(SECONDS, MEGABYTES)) == ingest_here(paper, 100)


def test_what_is_wrong_with_a_paper_is_said_alike(tmp_path: Path) -> None:
    bad = source(tmp_path / "a.txt", b"caf\xe9")
    with pytest.raises(SourceError) as here:
        ingest_here(bad, 100)
    with pytest.raises(SourceError) as apart:
        ingest_in_sandbox(bad, 100, Limits(SECONDS, MEGABYTES))
    assert str(apart.value) == str(here.value)


def test_a_paper_that_takes_too_long_is_left(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"owls\.pdf was not done within 0\.01 seconds; .*QA_READ_SECONDS"):
        ingest_in_sandbox(source(tmp_path / "owls.pdf", OWLS), 100, Limits(0.01, MEGABYTES))


@pytest.mark.slow
def test_a_paper_that_needs_too_much_memory_is_left(tmp_path: Path) -> None:
    greedy = source(tmp_path / "greedy.txt", b"Owls hunt by ear. " * 2_000_000)
    with pytest.raises(SourceError, match=r"greedy\.txt needs more than 600 MB; .*QA_READ_MEGABYTES=1200"):
        ingest_in_sandbox(greedy, 100, Limits(SECONDS, 600))


def test_a_paper_that_ends_the_program_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SourceError, match=r"owls\.pdf ended the program that reads it \(exit code 1\)"):
        ingest_in_sandbox(source(tmp_path / "owls.pdf", OWLS), 100, Limits(SECONDS, MEGABYTES))


def test_a_fault_of_the_program_is_no_fault_of_the_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 0, '{"fault": "KeyError(1)"}', "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(RuntimeError, match=r"KeyError\(1\)"):
        ingest_in_sandbox(source(tmp_path / "owls.pdf", OWLS), 100, Limits(SECONDS, MEGABYTES))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"BT (owl) Tj ET " + b"n\n" * 2_100_000, "LimitReachedError", id="a million operators and more"),
        pytest.param(b" " * (400 * 2**20), "LimitReachedError", id="a decompression bomb"),
    ],
)
def test_a_page_that_explodes_costs_only_itself(tmp_path: Path, content: bytes, reason: str) -> None:
    source(tmp_path / "bad.pdf", painted(content))
    source(tmp_path / "good.pdf", OWLS)
    apart = ingest.ingester(IngestSettings(apart=True))
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder(), ingest=apart)
    assert [document.id for document in index.documents] == ["good"]
    assert [failure.file for failure in index.failures] == ["bad.pdf"]
    assert "not one page of it can be read" in index.failures[0].reason
    assert reason in index.failures[0].reason


def test_a_bad_page_costs_no_other_page(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(OWLS))
    writer.append(io.BytesIO(painted(b" " * (400 * 2**20))))
    file = io.BytesIO()
    writer.write(file)
    paper = ingest_here(source(tmp_path / "a.pdf", file.getvalue()), 100)
    assert [quality.score for quality in paper.document.quality] == [1, 1, 0]


def test_a_blank_that_is_set_as_the_space_between_two_characters(tmp_path: Path) -> None:
    content = b"BT /F1 10 Tf 72 700 Td (The dog) Tj 4 Tc [(sl) 400] TJ 0 Tc (ives long.) Tj ET"
    assert ingest_here(source(tmp_path / "a.pdf", painted(content)), 100).passages[0].text == "The dogs lives long."


def test_the_settings_say_where_papers_are_read() -> None:
    assert ingest.ingester(IngestSettings(apart=False)) is ingest_here
    assert IngestSettings(_env_prefix="NO_").apart
