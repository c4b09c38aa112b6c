"""`corpus.bib` is written whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.papers import bib_file
from qa.papers.bib_edit import typed
from qa.papers.folder import papers_in
from qa.types import SourceError


def bib(corpus: Path) -> bytes:
    return (corpus / "corpus.bib").read_bytes()


def test_only_what_differs_is_written_and_the_last_state_stays_beside(corpus: Path) -> None:
    before = bib(corpus)
    shown = {"title": "Fruit of the North", "year": "2019", "journal": "J"}
    assert not bib_file.edit(corpus, "fruit", shown, typed(shown))
    assert not (corpus / bib_file.BEFORE).exists()
    assert bib_file.edit(corpus, "fruit", shown, typed(shown | {"year": "2020"}))
    assert bib(corpus) == before.replace(b"2019}", b"2020}")
    assert (corpus / bib_file.BEFORE).read_bytes() == before
    assert bib_file.known_of(corpus, "fruit")["year"] == "2020"
    assert papers_in(corpus).left_out == ()
    bib_file.forget_before(corpus)
    assert not (corpus / bib_file.BEFORE).exists()


def test_a_paper_without_an_entry_gets_all_that_was_typed(corpus: Path) -> None:
    shown = {"title": "stones"}
    bib_file.edit(corpus, "stones", shown, typed(shown | {"author": "Low, A."}))
    assert bib_file.known_of(corpus, "stones") == {"title": "stones", "author": "Low, A.", "key": "low"}
    (corpus / "corpus.bib").unlink()
    bib_file.edit(corpus, "stones", shown, typed({"title": "Stones"}))
    assert bib(corpus) == b"@article{stones,\n  title = {Stones},\n  file  = {stones.txt},\n}\n"


@pytest.mark.parametrize(
    ("paper", "shown", "values", "reason"),
    [
        ("gone", {}, {"title": "T"}, "no paper 'gone'"),
        ("fruit", {"title": "Fruit", "year": "2019"}, {"title": "T", "year": "2019"}, "meanwhile"),
        ("stones", {"title": "S", "author": "Low"}, {"title": "S"}, "in the paper itself"),
    ],
)
def test_what_is_refused_changes_nothing(
    corpus: Path, paper: str, shown: dict[str, str], values: dict[str, str], reason: str
) -> None:
    before = bib(corpus)
    with pytest.raises(SourceError, match=reason):
        bib_file.edit(corpus, paper, shown, typed(values))
    assert bib(corpus) == before


def test_a_failure_on_the_disk_leaves_the_file_as_it_was(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, there = bib(corpus), set(corpus.iterdir())

    def full(one: Path, other: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SourceError, match="No space left"):
        bib_file.edit(corpus, "stones", {}, typed({"title": "T"}))
    assert bib(corpus) == before
    assert {p.name for p in set(corpus.iterdir()) - there} <= {bib_file.BEFORE, ".corpus.bib.lock"}


def test_a_bibliography_in_another_encoding_is_left_alone(corpus: Path) -> None:
    (corpus / "corpus.bib").write_bytes(b"@misc{k, title={Caf\xe9}}")
    with pytest.raises(SourceError, match="not UTF-8"):
        bib_file.edit(corpus, "stones", {}, typed({"title": "T"}))


def test_several_writers_lose_nothing(corpus: Path) -> None:
    for number in range(8):
        (corpus / f"p{number}.txt").write_text("Words.", "utf-8")

    def write(number: int) -> None:
        bib_file.edit(corpus, f"p{number}", {}, typed({"title": f"Paper {number}"}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert all(bib_file.known_of(corpus, f"p{n}")["title"] == f"Paper {n}" for n in range(8))


def test_another_bibliography_is_taken_over(corpus: Path) -> None:
    before = bib(corpus)
    data = b"@misc{s, title={On stones}, year={2001}, file={stones.txt}}\n"
    (taken,) = bib_file.take_over(corpus, data, "zotero.bib", {"stones": {"title": "stones"}})
    assert (taken.paper, taken.outcome) == ("stones", "added")
    assert bib(corpus).startswith(before)
    assert bib_file.known_of(corpus, "stones")["title"] == "On stones"
    with pytest.raises(SourceError, match=r"zotero\.bib is not UTF-8"):
        bib_file.take_over(corpus, b"\xe9", "zotero.bib", {})
