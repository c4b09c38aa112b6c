"""A paper is read in a process of its own, within limits, and comes out as it does in this one."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject

from qa.config import IndexSettings, IngestSettings
from qa.index.build import build
from qa.papers.ingest import Paper, ingest_here, ingest_in_sandbox, ingesting
from qa.papers.sandbox import LimitError, Limits, opened
from qa.papers.sources import Source, sources_in
from qa.types import SourceError
from tests.conftest import ROOT, FakeEncoder
from tests.papers.minimal import OWLS, pdf

SECONDS, MEGABYTES = 120, 4000


def source(path: Path, content: bytes) -> Source:
    path.write_bytes(content)
    return Source(path.stem, path, {"title": "Ä 🪨"})


def apart(paper: Source, limits: Limits = Limits(SECONDS, MEGABYTES)) -> Paper:  # noqa: B008 - it is frozen
    with opened(limits) as sandbox:
        return ingest_in_sandbox(paper, 100, sandbox)


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
        assert apart(paper) == ingest_here(paper, 100)


def test_what_is_wrong_with_a_paper_is_said_alike(tmp_path: Path) -> None:
    bad = source(tmp_path / "a.txt", b"caf\xe9")
    with pytest.raises(SourceError) as here:
        ingest_here(bad, 100)
    with pytest.raises(SourceError) as there:
        apart(bad)
    assert str(there.value) == str(here.value)


def test_a_paper_that_takes_too_long_is_left(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"owls\.pdf was not done within 0\.01 seconds; .*QA_READ_SECONDS"):
        apart(source(tmp_path / "owls.pdf", OWLS), Limits(0.01, MEGABYTES))


@pytest.mark.slow
def test_a_paper_that_needs_too_much_memory_is_left(tmp_path: Path) -> None:
    greedy = source(tmp_path / "greedy.txt", b"Owls hunt by ear. " * 2_000_000)
    with pytest.raises(SourceError, match=r"greedy\.txt needs more than 600 MB; .*QA_READ_MEGABYTES=1200"):
        apart(greedy, Limits(SECONDS, 600))


def test_a_paper_that_ends_the_program_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SourceError, match=r"owls\.pdf ended the program that reads it \(exit code 1\)"):
        apart(source(tmp_path / "owls.pdf", OWLS))


def test_a_fault_of_the_program_is_no_fault_of_the_paper(tmp_path: Path) -> None:
    with opened(Limits(SECONDS, MEGABYTES)) as sandbox, pytest.raises(RuntimeError, match="AttributeError"):
        sandbox.call("qa.papers.ingest:nothing", [], tmp_path)


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid() and state != "Z":
                found.add(int(status.parent.name))
    return found


def test_one_process_reads_paper_after_paper_and_none_is_left(tmp_path: Path) -> None:
    owls, before = source(tmp_path / "owls.txt", b"Owls hunt by ear."), children()
    with opened(Limits(SECONDS, MEGABYTES)) as sandbox:
        ingest_in_sandbox(owls, 100, sandbox)
        first = children() - before
        with pytest.raises(SourceError):
            ingest_in_sandbox(source(tmp_path / "bad.txt", b"caf\xe9"), 100, sandbox)
        ingest_in_sandbox(owls, 100, sandbox)
        assert children() - before == first
        assert len(first) == 1
    assert children() == before


def test_a_process_that_dies_while_it_waits_costs_no_paper(tmp_path: Path) -> None:
    owls, before = source(tmp_path / "owls.txt", b"Owls hunt by ear."), children()
    with opened(Limits(SECONDS, MEGABYTES)) as sandbox:
        ingest_in_sandbox(owls, 100, sandbox)
        for child in children() - before:
            os.kill(child, signal.SIGKILL)
        assert ingest_in_sandbox(owls, 100, sandbox) == ingest_here(owls, 100)


def test_what_one_paper_leaves_in_memory_is_not_missing_to_the_next(tmp_path: Path) -> None:
    """It has not grown to half of what is allowed, but with it the next paper would be too large."""
    with opened(Limits(SECONDS, 1000)) as sandbox:
        sandbox.call("tests.papers.sandboxed:hold", 350, tmp_path)
        held = sandbox.call("tests.papers.sandboxed:number", None, tmp_path)
        assert sandbox.call("tests.papers.sandboxed:need", 700, tmp_path) == 700 * 2**20
        assert sandbox.call("tests.papers.sandboxed:number", None, tmp_path) != held
        with pytest.raises(LimitError, match="needs more than 1000 MB"):
            sandbox.call("tests.papers.sandboxed:need", 1000, tmp_path)


def test_a_sandbox_that_is_closed_ends_what_works(tmp_path: Path) -> None:
    before = children()
    with ThreadPoolExecutor(1) as pool, opened(Limits(SECONDS, MEGABYTES)) as sandbox:
        sandbox.call("tests.papers.sandboxed:number", None, tmp_path)
        hanging = pool.submit(sandbox.call, "tests.papers.sandboxed:hang", None, tmp_path)
        while not hanging.running():
            time.sleep(0.01)
        time.sleep(0.1)
        sandbox.close()
        with pytest.raises(LimitError, match="ended the program"):
            hanging.result(timeout=30)
        assert children() == before


@pytest.mark.slow
def test_a_process_that_hangs_ends_even_if_its_parent_was_killed() -> None:
    code = """
from pathlib import Path
from qa.papers.sandbox import Limits, Sandbox
sandbox = Sandbox(Limits(1, 1000))
print(sandbox.call("tests.papers.sandboxed:number", None, Path("a")), flush=True)
sandbox.call("tests.papers.sandboxed:hang", None, Path("a"))
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    status = Path(f"/proc/{int(parent.stdout.readline())}/stat")
    time.sleep(0.3)
    parent.kill()
    parent.communicate()

    def runs() -> bool:
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    assert runs()
    end = time.monotonic() + 20
    while runs():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.slow
def test_ctrl_c_ends_a_build_at_once_with_all_that_read(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    for number in range(8):
        (tmp_path / "corpus" / f"{number}.txt").write_text(f"Owl {number} sat there. " * 60_000, "utf-8")
    code = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it runs in the background ignore it
from qa.index.library import Library
from tests.conftest import FakeEncoder
library = Library({str(tmp_path / "corpus")!r}, {str(tmp_path / "index")!r}, encoder=FakeEncoder())
library.update(progress=lambda *step: print(flush=True))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"QA_READ_APART": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.readline()
    time.sleep(2)
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    assert time.monotonic() - start < 8  # to read what was begun takes 20 s
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_process_that_has_grown_is_replaced(tmp_path: Path) -> None:
    """Half of what is allowed is less than the modules take."""
    owls, before = source(tmp_path / "owls.txt", b"Owls hunt by ear."), children()
    with opened(Limits(SECONDS, 300)) as sandbox:
        ingest_in_sandbox(owls, 100, sandbox)
        assert children() == before


def test_two_read_at_once(tmp_path: Path) -> None:
    papers, before = [source(tmp_path / f"{n}.txt", b"Owls hunt by ear. " * 300) for n in range(6)], children()
    with opened(Limits(SECONDS, MEGABYTES)) as sandbox, ThreadPoolExecutor(2) as pool:
        read = list(pool.map(lambda paper: ingest_in_sandbox(paper, 100, sandbox), papers))
        assert 1 <= len(children() - before) <= 2
    assert read == [ingest_here(paper, 100) for paper in papers]


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
    with ingesting(IngestSettings(apart=True)) as (ingest, at_once):
        index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder(), ingest=ingest, at_once=at_once)
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


def test_the_settings_say_where_papers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QA_READ_APART", raising=False)
    with ingesting(IngestSettings(apart=False)) as found:
        assert found == (ingest_here, 1)
    assert IngestSettings().apart
