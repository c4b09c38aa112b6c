"""What an upload is to the library: new, unreadable, there already, of a paper's name, or its new version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.index.index import Index
from qa.papers import ingest
from qa.types import SourceError, StoreError, nobody
from qa.userdata import upload_checks, uploads
from qa.userdata.upload_checks import check_all, check_of, standings

KITES = b"Kites fly in the wind. Every kite has a tail of paper.\n"


def stood(state: Path, corpus: Path, index: Index | None) -> dict[str, tuple[str, str, str]]:
    return {u.path.name: (u.standing, u.paper, u.target) for u in standings(state, corpus, index)}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_a_file_is_read_once_and_again_when_it_is_sent_again(
    state: Path, corpus: Path, small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = uploads.stage(state, "kites.txt", KITES)
    assert stood(state, corpus, small_index) == {"kites.txt": ("unchecked", "", "")}
    check_all(state, corpus, nobody)
    found = check_of(state, path)
    assert found
    assert (found.title, found.pages, found.words, found.problem) == ("kites", 0, 12, "")
    assert [quality.score for quality in found.quality] == [1.0]
    assert stood(state, corpus, small_index) == {"kites.txt": ("new", "", "")}

    def refuse(*args: object) -> ingest.Paper:
        raise SourceError(f"{path} is read again")

    monkeypatch.setattr(ingest, "ingest_here", refuse)
    check_all(state, corpus, nobody)
    assert check_of(state, path) == found
    uploads.stage(state, "kites.txt", KITES)
    check_all(state, corpus, nobody)
    again = check_of(state, path)
    assert again
    assert again.problem == "kites.txt is read again"
    assert stood(state, corpus, small_index) == {"kites.txt": ("unreadable", "", "")}


def test_the_same_bytes_doi_or_name_are_noticed(state: Path, corpus: Path, small_index: Index) -> None:
    index = replace(small_index, dois={"fruit": "10.1000/fruit"})
    (corpus / "corpus.bib").write_text(
        (corpus / "corpus.bib").read_text() + "@misc{p, title={Plums}, doi={10.1000/FRUIT}, file={plums.txt}}\n"
    )
    (corpus / "deep").mkdir()
    (corpus / "deep" / "moss.txt").write_text("Moss is green and grows on stones.\n")
    sent = {"pebbles.txt": (corpus / "stones.txt").read_bytes(), "plums.txt": b"Plums are blue.\n",
            "stones.txt": b"Granite is soft.\n", "moss.txt": b"Moss is grey.\n",
            "a.txt": KITES, "b.txt": KITES}  # fmt: skip
    for name, data in sent.items():
        uploads.stage(state, name, data)
    check_all(state, corpus, nobody)
    assert stood(state, corpus, index) == {
        "a.txt": ("new", "", ""),
        "b.txt": ("copy", "a.txt", ""),
        "moss.txt": ("clash", "moss", ""),  # it lies deeper, where nothing is replaced
        "pebbles.txt": ("copy", "stones", ""),
        "plums.txt": ("copy", "fruit", "fruit.txt"),
        "stones.txt": ("clash", "stones", "stones.txt"),
    }
    assert [u.path.name for u in standings(state, corpus, index) if u.ready] == ["a.txt"]
    uploads.replace(state, "plums.txt", "fruit.txt")
    uploads.replace(state, "stones.txt", "stones.txt")
    now = stood(state, corpus, index)
    assert (now["fruit.txt"], now["stones.txt"]) == (
        ("replaces", "fruit", "fruit.txt"),
        ("replaces", "stones", "stones.txt"),
    )
    with pytest.raises(StoreError, match="another upload is named stones"):
        uploads.replace(state, "pebbles.txt", "stones.txt")
    uploads.drop(state)
    assert standings(state, corpus, index) == []
    assert list((state / "uploads" / "checks").iterdir()) == []
    uploads.stage(state, "stones.txt", b"Granite is soft.\n")
    assert stood(state, corpus, index)["stones.txt"][0] == "clash", "what was confirmed of another file is forgotten"


def test_without_an_index_names_are_still_held_against_the_folder(state: Path, corpus: Path) -> None:
    uploads.stage(state, "stones.txt", b"Granite is soft.\n")
    uploads.stage(state, "kites.txt", KITES)
    assert stood(state, corpus, None) == {
        "kites.txt": ("unchecked", "", ""),
        "stones.txt": ("clash", "stones", "stones.txt"),
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"quality": 1}', '{"quality": [], "colour": "red"}'])
def test_a_damaged_check_is_done_again(state: Path, corpus: Path, text: str) -> None:
    path = uploads.stage(state, "kites.txt", KITES)
    file = uploads.check_file(state, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    assert check_of(state, path) is None
    assert upload_checks.unchecked(state) == [path]
