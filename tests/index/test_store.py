"""An index on disk: what is written is what is read, whatever is broken is named, and a reader writes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from filelock import FileLock, Timeout

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings
from qa.index import store
from qa.index.columns import Columns
from qa.index.dense import Rows
from qa.index.index import Failure, Index
from qa.index.lexical import Words
from qa.types import Document, Quality, Region, Sentence, Span, StoreError
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.index.equality import contents, same

COLUMNS = ("document", "end", "first", "kind", "place", "section", "sentences", "start")
FILES = (
    "checksums.npy",
    *(f"columns/{name}.npy" for name in COLUMNS),
    "columns/names.json",
    "documents.jsonl",
    "documents.npy",
    "manifest.json",
    "passages.faiss",
    "passages.jsonl",
    "passages.npy",
    "sentences.faiss",
    "words/counts.npy",
    "words/lengths.npy",
    "words/rows.npy",
    "words/starts.npy",
    "words/terms.jsonl",
    "words/words.json",
    "written.json",
)


def publish(index: Index, folder: Path, action: str = "build") -> str:
    with store.writing(folder):
        return store.publish(index, folder, action)


def variant(index: Index, number: int) -> Index:
    """The same index but for a failure, so that its generation has another name."""
    return replace(index, failures=(Failure(f"{number}.txt", "", "broken"),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def published(small_index: Index, folder: Path) -> str:
    """The one generation in `folder`."""
    return publish(small_index, folder)


# What is written is what is read


def test_stored_then_loaded_is_equal(small_index: Index, folder: Path, published: str) -> None:
    assert same(store.load(folder), small_index)
    assert same(store.load(folder, published), small_index)
    assert not same(variant(small_index, 1), small_index)
    files = {name for name, data in contents(folder / published).items() if data is not None}
    assert files == set(FILES)


def test_pages_layout_and_interrupted_sentences_are_kept(small_index: Index, folder: Path) -> None:
    """What the small papers lack: a PDF's pages and regions, \\r\\n, signs beyond the BMP, two spans."""
    raw = "Head 1\r\nGranite 🪨 is\f2\nhard.\u2028"
    document = Document(
        "rock",
        "0" * 64,
        raw,
        page_starts=(0, 21),
        page_labels=("iv", "v"),
        layout=(Region(0, 6, "head"),),
        quality=(Quality(1, 0.25, ("so",)), Quality(2, 1.0), Quality(3, 1.0, ("so",), judged=False)),
        extractor="pypdf 7",
        metadata={"title": "Ä\u2029"},
    )
    spans = (Span(8, 20), Span(23, 28))
    sentence = Sentence("Granite 🪨 is hard.", spans)
    passage = replace(small_index.passages[0], document="rock", sentences=(sentence,), spans=spans)
    index = replace(
        small_index,
        documents=(document,),
        passages=(passage,),
        columns=Columns.of([passage]),
        passage_vectors=Rows.of(np.eye(3, dtype=np.float32)[:1]),
        sentence_vectors=Rows.of(np.eye(3, dtype=np.float32)[:1]),
        words=Words.build(["granite"], "english"),
    )
    publish(index, folder)
    assert same(store.load(folder), index)
    assert store.problems(folder) == []


def test_the_same_corpus_is_the_same_generation(small_index: Index, folder: Path, tmp_path: Path) -> None:
    name = publish(small_index, folder)
    assert publish(small_index, tmp_path / "other") == name
    assert publish(variant(small_index, 1), folder) != name
    before = contents(folder)
    assert publish(variant(small_index, 1), folder) == store.current_generation(folder)
    assert contents(folder) == before


def test_the_environment_does_not_change_what_is_loaded(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_INDEX_PASSAGE_MAX_WORDS", "33")
    assert store.load(folder).settings == small_index.settings


def test_a_generation_of_the_format_before_is_still_read(small_index: Index, folder: Path, published: str) -> None:
    """There the checksum of every file is the SHA-256 of its bytes."""
    old = folder / published
    (old / "checksums.npy").unlink()
    files = {path.relative_to(old).as_posix(): path for path in old.rglob("*") if path.suffix and path.is_file()}
    manifest = json.loads(files.pop("manifest.json").read_text("utf-8"))
    sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    manifest = {key: value for key, value in manifest.items() if key not in ("dimension", "dois")}
    text = json.dumps(manifest | {"format": 3, "files": sums})
    (old / "manifest.json").write_text(text, "utf-8")
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    old.rename(folder / name)
    (folder / "CURRENT").write_text(name, "utf-8")
    assert same(store.load(folder), small_index)
    damage(folder / name / "sentences.faiss", "one byte")
    assert "sentences.faiss was altered" in error_of_load(folder)


def test_there_is_no_pickle(folder: Path, published: str) -> None:
    files = [path for path in (folder / published).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".jsonl", ".faiss", ".npy"}
    for path in files:
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).size


def test_the_manifest_says_what_is_there(small_index: Index, folder: Path, published: str) -> None:
    manifest = json.loads((folder / published / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == store.FORMAT
    assert manifest["counts"] == {"documents": 2, "passages": 3, "sentences": 7}
    assert manifest["encoder_sha256"] == FakeEncoder.sha256
    assert manifest["fingerprint"] == small_index.fingerprint
    assert set(manifest["files"]) == set(FILES) - {"manifest.json"}


# Whatever is broken is named


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    middle = len(data) // 2
    if how == "missing":
        path.unlink()
    else:
        changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"one byte": changed, "truncated": data[:middle], "empty": b"", "longer": data + b"x"}[how])


def error_of_load(folder: Path) -> str:
    with pytest.raises(StoreError) as caught:
        store.load(folder)
    return str(caught.value)


@pytest.mark.parametrize("how", ["one byte", "truncated", "empty", "longer", "missing"])
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_named(folder: Path, published: str, file: str, how: str) -> None:
    """Without its manifest a folder is no generation, so then `CURRENT` is what is named."""
    damage(folder / published / file, how)
    message = error_of_load(folder)
    assert (
        str(folder / ("CURRENT" if (file, how) == ("manifest.json", "missing") else f"{published}/{file}")) in message
    )
    assert published in message
    assert "run `qa index" in message
    assert store.problems(folder) == [message]


@pytest.mark.parametrize("text", [b"", b"\n", b"x", b"\xff\xfe", b"..", b"0123456789ab", b"history.jsonl"])
def test_a_damaged_pointer_is_named(folder: Path, published: str, text: bytes) -> None:
    (folder / "CURRENT").write_bytes(text)
    message = error_of_load(folder)
    assert str(folder / "CURRENT") in message
    assert store.problems(folder) == [message]
    assert store.rollback(folder) == published  # which is what the message says
    assert store.problems(folder) == []


def test_one_byte_of_the_pointer(folder: Path, published: str) -> None:
    damage(folder / "CURRENT", "one byte")
    assert str(folder / "CURRENT") in error_of_load(folder)


@pytest.mark.parametrize("version", [0, 1, 2, "4", None])
def test_another_format_is_refused_and_named(folder: Path, published: str, version: object) -> None:
    path = folder / published / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format": version}), "utf-8")
    message = error_of_load(folder)
    assert f"{path} is not of format {store.FORMAT}" in message
    assert "run `qa index build --full`" in message


@pytest.mark.parametrize("text", ["[]", "3", "null", '"manifest"'])
def test_a_manifest_that_is_no_object_is_refused(folder: Path, published: str, text: str) -> None:
    (folder / published / "manifest.json").write_text(text, "utf-8")
    assert "manifest.json" in error_of_load(folder)


def test_an_index_is_missing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert store.current_generation(folder) is None
        assert f"there is no index in {folder}; run `qa index build`" in error_of_load(folder)
    with pytest.raises(StoreError, match="no generation 'abc'"):
        store.load(tmp_path, "abc")


def test_a_damaged_generation_is_written_anew(small_index: Index, folder: Path, published: str) -> None:
    damage(folder / published / "passages.jsonl", "one byte")
    assert publish(small_index, folder) == published
    assert store.problems(folder) == []


def test_a_damaged_history_does_not_stop_publishing(small_index: Index, folder: Path, published: str) -> None:
    """As it is after a writer was killed within the line."""
    with (folder / "history.jsonl").open("a") as file:
        file.write('{"generation": "01')
    publish(variant(small_index, 1), folder)


WRONG = {
    "another word": Sentence("Granite is soft.", (Span(0, 16),)),
    "a word missing": Sentence("Granite hard.", (Span(0, 16),)),
    "a span too short": Sentence("Granite is hard.", (Span(0, 13),)),
    "another place": Sentence("Granite is hard.", (Span(17, 33),)),
    "past the end": Sentence("Granite is hard.", (Span(0, 16), Span(5000, 5001))),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_verify_finds_a_wrong_quote(small_index: Index, folder: Path, wrong: Sentence) -> None:
    stones = small_index.passages[-1]
    passages = (*small_index.passages[:-1], replace(stones, sentences=(wrong, *stones.sentences[1:])))
    publish(replace(small_index, passages=passages), folder)
    found = store.problems(folder)
    assert found
    assert all(problem.startswith(f"{stones.id}: ") for problem in found)


def test_verify_finds_wrong_spans_of_a_passage(small_index: Index, folder: Path) -> None:
    stones = small_index.passages[-1]
    publish(replace(small_index, passages=(*small_index.passages[:-1], replace(stones, spans=(Span(0, 90),)))), folder)
    assert [problem.split(": ")[0] for problem in store.problems(folder)] == ["stones:0-90", str(folder)]


def test_verify_finds_a_passage_without_its_document(small_index: Index, folder: Path) -> None:
    stones = replace(small_index.passages[-1], document="nowhere")
    publish(replace(small_index, passages=(*small_index.passages[:-1], stones)), folder)
    assert {problem.split(":")[0] for problem in store.problems(folder)} == {"nowhere", str(folder)}


def test_verify_finds_columns_of_other_passages(small_index: Index, folder: Path) -> None:
    other = tuple(replace(passage, kind="table") for passage in small_index.passages)
    publish(replace(small_index, columns=Columns.of(other)), folder)
    assert [problem.split(": ")[0] for problem in store.problems(folder)] == [str(folder)]


# Publishing in one step


class Killed(BaseException):
    """What stops a program from outside."""


def kill(*arguments: object) -> NoReturn:
    raise Killed


def test_killed_before_the_swap(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(store, "point_to", kill)
        publish(variant(small_index, 1), folder)
    assert store.current_generation(folder) == published
    assert same(store.load(folder), small_index)
    assert publish(variant(small_index, 1), folder) == store.current_generation(folder) != published


def test_killed_while_moving_the_generation(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", kill)
        publish(variant(small_index, 1), folder)
    assert contents(folder) == before
    assert same(store.load(folder), small_index)


def test_killed_while_swapping(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = Path.replace
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", lambda self, to: kill() if to.name == "CURRENT" else swap(self, to))
        publish(variant(small_index, 1), folder)
    assert store.current_generation(folder) == published
    other = publish(variant(small_index, 1), folder)
    assert {path.name for path in folder.iterdir()} == {
        published,
        other,
        f".{published}.json",
        f".{other}.json",
        "CURRENT",
        "history.jsonl",
        ".lock",
    }


SCRIPT = """
import os, sys
from dataclasses import replace
from pathlib import Path
from qa.index import store
from qa.index.index import Failure
folder = Path(sys.argv[1])
index = replace(store.load(folder), failures=(Failure("1.txt", "", "broken"),))
store._load = lambda *arguments, **options: os._exit(9)
with store.writing(folder):
    store.publish(index, folder)
"""


def test_killed_for_good_while_writing(small_index: Index, folder: Path, published: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert len(list(folder.glob(".building-*"))) == 1
    assert same(store.load(folder), small_index)
    with store.writing(folder):
        assert list(folder.glob(".building-*")) == []


def test_a_generation_that_cannot_be_loaded_is_not_published(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    with monkeypatch.context() as patch, pytest.raises(StoreError, match=r"passages\.faiss"):
        patch.setattr(store, "write_vectors", lambda rows, path: path.write_bytes(b"full disk"))
        publish(variant(small_index, 1), folder)
    assert contents(folder) == before


def test_one_writer_at_a_time(folder: Path) -> None:
    with store.writing(folder), pytest.raises(Timeout), FileLock(folder / ".lock", timeout=0):
        pass
    with FileLock(folder / ".lock", timeout=0):
        pass


# Generations


def test_rollback_goes_back_and_further_back(small_index: Index, folder: Path, published: str) -> None:
    second, third = (publish(variant(small_index, number), folder) for number in (1, 2))
    assert [store.rollback(folder), store.rollback(folder)] == [second, published]
    assert same(store.load(folder), small_index)
    with pytest.raises(StoreError, match="no earlier generation"):
        store.rollback(folder)
    assert store.rollback(folder, third) == third == store.current_generation(folder)


def test_nothing_to_roll_back_to(folder: Path, published: str, tmp_path: Path) -> None:
    for place in (folder, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="no earlier generation"):
            store.rollback(place)
    with pytest.raises(StoreError, match="no generation 'nothing'"):
        store.rollback(folder, "nothing")
    assert store.current_generation(folder) == published


def test_a_damaged_generation_is_not_gone_back_to(small_index: Index, folder: Path, published: str) -> None:
    second = publish(variant(small_index, 1), folder)
    damage(folder / published / "documents.jsonl", "one byte")
    with pytest.raises(StoreError, match=r"documents\.jsonl was altered"):
        store.rollback(folder)
    assert store.current_generation(folder) == second


def test_a_damaged_current_generation_can_be_left(small_index: Index, folder: Path, published: str) -> None:
    second = publish(variant(small_index, 1), folder)
    shutil.rmtree(folder / second)
    assert store.rollback(folder) == published
    assert store.problems(folder) == []


def test_history(small_index: Index, folder: Path, published: str) -> None:
    second = publish(variant(small_index, 1), folder)
    store.rollback(folder)
    shutil.rmtree(folder / second)
    rows = store.history(folder)
    assert [(r["generation"], r["action"], r["kept"], r["current"]) for r in rows] == [
        (published, "build", True, False),
        (second, "build", False, False),
        (published, "rollback", True, True),
    ]
    times = [datetime.fromisoformat(row["published_at"]) for row in rows]
    assert times == sorted(times)
    assert all(time.tzinfo for time in times)


def test_no_history_without_an_index(tmp_path: Path) -> None:
    assert store.history(tmp_path) == []


def test_the_oldest_generations_are_deleted(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.KEEP >= 2  # or there would be nothing to go back to
    monkeypatch.setattr(store, "KEEP", 2)
    names = [published, *(publish(variant(small_index, number), folder) for number in (1, 2, 3))]
    assert [row["kept"] for row in store.history(folder)] == [False, False, True, True]
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(names[2:])
    store.rollback(folder)
    publish(small_index, folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {names[2], published}


def test_a_generation_that_was_gone_back_to_is_not_deleted_as_old(
    small_index: Index, folder: Path, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEEP", 2)
    publish(variant(small_index, 1), folder)
    store.rollback(folder)
    third = publish(variant(small_index, 2), folder)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {published, third}


def test_forget_deletes_what_holds_a_document_or_cannot_say(small_index: Index, folder: Path, published: str) -> None:
    without = {"stones": small_index.keys["stones"]}
    kept = publish(replace(variant(small_index, 1), keys=without), folder)
    damaged = publish(replace(variant(small_index, 2), keys=without), folder)
    current = publish(variant(small_index, 3), folder)
    damage(folder / damaged / "manifest.json", "truncated")
    assert store.forget(folder, "fruit") == sorted([published, damaged])
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {kept, current}


def test_clear_leaves_no_generation(small_index: Index, folder: Path, published: str) -> None:
    publish(variant(small_index, 1), folder)
    store.clear(folder)
    assert store.current_generation(folder) is None
    assert [path for path in folder.iterdir() if path.is_dir()] == []


def test_readers_never_write(folder: Path, published: str) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    before = contents(folder)
    assistant = Assistant(store.load(folder), published, Models(FakeEncoder(), calibration()), AskSettings())
    assistant.ask("What does basalt cool from?")
    assistant.ask("Which reactor melted?")
    assistant.search("apples")
    store.problems(folder)
    store.history(folder)
    store.current_generation(folder)
    assert contents(folder) == before
    assert {path.stat().st_mtime for path in folder.rglob("*")} == {1.0}
