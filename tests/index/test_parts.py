"""What a build has read and embedded is kept until it is published, whatever ends the build before."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import qa.index.parts
from qa.config import IndexSettings
from qa.index import lines
from qa.index.build import build
from qa.index.index import Index
from qa.index.library import Library
from qa.index.lines import Chain
from qa.index.parts import Parts
from qa.papers.ingest import Paper, ingest_here
from qa.papers.sources import Source, sources_in
from qa.records import passage_record
from qa.types import StoreError
from tests.conftest import ROOT, FakeEncoder
from tests.index.equality import contents, same

SETTINGS = IndexSettings()


def built(corpus: Path, folder: Path, encoder: FakeEncoder, previous: Index | None = None) -> Index:
    return build(sources_in(corpus), SETTINGS, encoder, previous, parts=folder)


def test_a_build_with_parts_is_one_without(corpus: Path, small_index: Index, tmp_path: Path) -> None:
    assert same(built(corpus, tmp_path / "parts", FakeEncoder()), small_index)
    again = FakeEncoder()
    assert same(built(corpus, tmp_path / "parts", again), small_index)
    assert again.texts == []


def test_a_build_goes_on_where_it_was_stopped(corpus: Path, small_index: Index, tmp_path: Path) -> None:
    def stopped(source: Source, max_words: int) -> Paper:
        if source.id == "stones":
            raise KeyboardInterrupt
        return ingest_here(source, max_words)

    with pytest.raises(KeyboardInterrupt):
        build(sources_in(corpus), SETTINGS, FakeEncoder(), ingest=stopped, parts=tmp_path / "parts")
    encoder = FakeEncoder()
    assert same(built(corpus, tmp_path / "parts", encoder), small_index)
    assert encoder.texts
    assert not any("Fruit of the North" in text for text in encoder.texts)


@pytest.mark.parametrize("name", ["document.jsonl", "passages.jsonl", "passages.npy", "sentences.npy", "files.json"])
@pytest.mark.parametrize("damage", ["missing", "half", "another letter"])
def test_a_damaged_part_is_read_anew(corpus: Path, small_index: Index, tmp_path: Path, name: str, damage: str) -> None:
    built(corpus, tmp_path / "parts", FakeEncoder())
    for path in (tmp_path / "parts").glob(f"*/{name}"):
        data = path.read_bytes()
        if damage == "missing":
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 2] if damage == "half" else data[:-2] + b"x" + data[-1:])
    encoder = FakeEncoder()
    assert same(built(corpus, tmp_path / "parts", encoder), small_index)
    assert encoder.texts


def test_a_part_of_other_rules_or_of_another_file_is_not_taken(corpus: Path, tmp_path: Path) -> None:
    parts = Parts(tmp_path / "parts", "rules")
    paper = ingest_here(sources_in(corpus)[0], 100)
    rows, inner = np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)
    parts.save("key", paper.document, paper.passages, rows, inner)
    assert Parts(tmp_path / "parts", "others").load("key") is None
    assert parts.load("another key") is None
    found = parts.load("key")
    assert found
    assert (found.documents[0], tuple(found.passages)) == (paper.document, paper.passages)
    assert np.array_equal(np.asarray(found.sentence_vectors), inner)


def test_the_lines_of_a_part_are_copied_as_they_are(corpus: Path, tmp_path: Path) -> None:
    """Each is the line that would be written, and none is read for it: that took a second for 30 papers."""
    parts = Parts(tmp_path / "parts", "rules")
    paper = ingest_here(sources_in(corpus)[0], 100)
    rows = np.eye(3, dtype=np.float32)
    found = parts.save("key", paper.document, paper.passages, rows[:2], rows)
    made: list[object] = []
    starts = lines.write(tmp_path / "copied", Chain([found.passages, found.passages]), made.append)  # type: ignore[arg-type, func-returns-value]
    assert made == []
    expected = lines.write(tmp_path / "written", [*paper.passages, *paper.passages], passage_record)
    assert (tmp_path / "copied").read_bytes() == (tmp_path / "written").read_bytes()
    assert starts.tolist() == expected.tolist()


def test_nothing_is_left_after_a_publication(corpus: Path, tmp_path: Path) -> None:
    library = Library(corpus, tmp_path / "index", encoder=FakeEncoder())
    library.update()
    assert not any(".parts" in name for name in contents(tmp_path / "index"))
    library.prepare()
    assert not any(".parts" in name for name in contents(tmp_path / "index"))


def test_a_folder_that_cannot_be_written_costs_no_paper(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build ends, instead of publishing an index without the papers that could not be kept."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    library = Library(corpus, tmp_path / "index", encoder=FakeEncoder())
    monkeypatch.setattr(qa.index.parts, "_write", full)
    with pytest.raises(StoreError, match=r"\.parts cannot be written \(No space left on device\); .*`qa index build`"):
        library.update()
    monkeypatch.undo()
    assert library.update().failures == ()


def stopped(library: Library) -> None:
    """An update that is stopped when the first paper is kept."""

    def stop(done: int, total: int, what: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.update(progress=stop)
    assert any((library.folder / ".parts").iterdir())


def test_nothing_is_left_after_the_last_paper_was_removed(corpus: Path, tmp_path: Path) -> None:
    library = Library(corpus, tmp_path / "index", encoder=FakeEncoder())
    stopped(library)
    assert library.remove(["fruit", "stones"]) is None
    assert not any(".parts" in name for name in contents(tmp_path / "index"))


def test_nothing_is_left_where_the_rest_cannot_be_read(corpus: Path, tmp_path: Path) -> None:
    library = Library(corpus, tmp_path / "index", encoder=FakeEncoder())
    stopped(library)
    (corpus / "stones.txt").write_bytes(b"\xff")
    with pytest.raises(StoreError):
        library.remove(["fruit"])
    assert not any(".parts" in name for name in contents(tmp_path / "index"))


def test_a_paper_that_need_not_be_read_is_done_from_the_start(corpus: Path, tmp_path: Path) -> None:
    library, steps = Library(corpus, tmp_path / "index", encoder=FakeEncoder()), []
    library.update()
    (corpus / "ants.txt").write_text("Ants carry leaves. " * 10, "utf-8")
    library.update(progress=lambda *step: steps.append(step))
    assert list(dict.fromkeys(steps)) == [(1, 3, "ants.txt"), (3, 3, "done")]


def test_papers_that_are_there_are_not_looked_through_for_each_new_one(
    corpus: Path, small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new paper may be one under another name, but only one whose name is gone."""
    asked: list[list[str]] = []
    monkeypatch.setattr(Index, "copies_of", lambda self, sha256, ids: asked.append(list(ids)) or [])
    (corpus / "ants.txt").write_text("Ants carry leaves.", "utf-8")
    build(sources_in(corpus), SETTINGS, FakeEncoder(), small_index)
    (corpus / "fruit.txt").unlink()
    build(sources_in(corpus), SETTINGS, FakeEncoder(), small_index)
    assert asked == [[], ["fruit"]]


def test_one_changed_sentence_embeds_itself_and_its_passage(corpus: Path, small_index: Index) -> None:
    path = corpus / "stones.txt"
    path.write_text(path.read_text("utf-8").replace("Granite is hard.", "Granite is grey."), "utf-8")
    encoder = FakeEncoder()
    index = build(sources_in(corpus), SETTINGS, encoder, small_index)
    assert len(encoder.texts) == 2
    assert all("Granite is grey." in text for text in encoder.texts)
    assert same(index, build(sources_in(corpus), SETTINGS, FakeEncoder()))


def test_a_renamed_file_embeds_nothing(corpus: Path, small_index: Index) -> None:
    (corpus / "fruit.txt").rename(corpus / "apples.txt")
    bibliography = corpus / "corpus.bib"
    bibliography.write_text(bibliography.read_text("utf-8").replace("fruit.txt", "apples.txt"), "utf-8")
    encoder = FakeEncoder()
    index = build(sources_in(corpus), SETTINGS, encoder, small_index)
    assert encoder.texts == []
    assert same(index, build(sources_in(corpus), SETTINGS, FakeEncoder()))


def test_vectors_of_a_batch_are_not_taken_over(corpus: Path) -> None:
    """A model of which a vector depends on the texts beside it."""
    first, encoder = FakeEncoder(), FakeEncoder()
    first.alone = encoder.alone = False  # type: ignore[misc]
    before = build(sources_in(corpus), SETTINGS, first)
    path = corpus / "stones.txt"
    path.write_text(path.read_text("utf-8").replace("Granite is hard.", "Granite is grey."), "utf-8")
    build(sources_in(corpus), SETTINGS, encoder, before)
    assert len(encoder.texts) > 2


@pytest.mark.slow
def test_a_killed_build_is_gone_on_with(tmp_path: Path) -> None:
    """By SIGKILL, after the first part is there; the parts of the killed build are found by the next one."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    code = f"""
import time
from pathlib import Path
from qa.index.library import Library
from qa.index.lines import Chain
from tests.conftest import FakeEncoder
class Slow(FakeEncoder):
    def encode(self, texts):
        if any(Path({str(tmp_path / "index")!r}).glob(".parts/*/files.json")):
            time.sleep(60)
        return super().encode(texts)
Library({str(tmp_path / "corpus")!r}, {str(tmp_path / "index")!r}, encoder=Slow()).update()
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    end = time.monotonic() + 60
    while not (found := list((tmp_path / "index").glob(".parts/*/files.json"))):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(found) == 1
    encoder = FakeEncoder()
    library = Library(tmp_path / "corpus", tmp_path / "index", encoder=encoder)
    with pytest.raises(StoreError, match="no index"):
        from qa.index import store

        store.load(tmp_path / "index")
    report = library.update()
    assert len(report.added) == 3
    whole = FakeEncoder()
    Library(tmp_path / "corpus", tmp_path / "other", encoder=whole).update()
    assert 0 < len(encoder.texts) < len(whole.texts)
