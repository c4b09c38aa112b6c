"""The laws of a store, for a folder with FAISS and for Milvus Lite: publishing, going back, finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from qa.answers import milvus
from qa.answers import search as exact
from qa.answers.search import Method, Query
from qa.config import IndexSettings
from qa.index import store
from qa.index.build import build
from qa.index.embed import open_encoder
from qa.index.index import Failure, Index
from qa.index.milvus import collections
from qa.index.milvus.published import Store
from qa.index.milvus.server import Address
from qa.papers.sources import sources_in
from qa.types import EVERYTHING, Hit, QuestionError, Scope, StoreError
from tests.conftest import BIBLIOGRAPHY, PAPERS, ROOT, FakeEncoder

METHODS: tuple[Method, ...] = ("dense", "lexical", "hybrid")
QUESTION = "Where do quartz crystals and apples grow?"
MORE = {
    "quartz.txt": "Introduction\n\nQuartz is a hard mineral. Quartz crystals grow in veins.\n\n"
    "Methods\n\nThin sections were cut with a “diamond” saw. Grains were counted.\n",
    "citing.txt": "Discussion\n\nQuartz veins were seen by others. Apples were not.\n\n"
    "References\n\n1. Miller A. Quartz veins and quartz crystals. Journal of Quartz. 1999.\n",
}

Search = Callable[..., list[Hit]]
"""(question, method, top_k, scope) → hits of the generation that was opened."""


class Tried(Protocol):
    """A store as these laws see it."""

    def publish(self, index: Index) -> str: ...
    def open(self) -> Search: ...
    def reopened(self) -> Tried: ...
    def rollback(self, generation: str | None = None) -> str: ...
    def history(self) -> list[dict[str, object]]: ...
    def forget(self, document: str) -> list[str]: ...
    def close(self) -> None: ...


class Folder:
    """`qa.index.store`, searched with FAISS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def publish(self, index: Index) -> str:
        with store.writing(self.folder):
            return store.publish(index, self.folder)

    def open(self) -> Search:
        index = store.load(self.folder)

        def search(question: str, method: Method = "hybrid", top_k: int = 100, scope: Scope = EVERYTHING) -> list[Hit]:
            return exact.search(Query.of(question, FakeEncoder()), index, method, top_k, scope)

        return search

    def reopened(self) -> Folder:
        return Folder(self.folder)

    def rollback(self, generation: str | None = None) -> str:
        return store.rollback(self.folder, generation)

    def history(self) -> list[dict[str, object]]:
        return store.history(self.folder)

    def forget(self, document: str) -> list[str]:
        return store.forget(self.folder, document)

    def close(self) -> None:
        """Nothing is open."""


class Lite:
    """`qa.index.milvus` in Milvus Lite. A generation has the name that a folder gives it."""

    def __init__(self, folder: Path) -> None:
        for package in ("pymilvus", "milvus_lite"):
            pytest.importorskip(package)
        self.folder = folder
        self.store = Store.open(f"milvus+lite:{folder / 'laws.db'}")

    def publish(self, index: Index) -> str:
        name = Folder(self.folder / "local").publish(index)
        self.store.publish(store.load(self.folder / "local", name), name)
        return name

    def open(self) -> Search:
        generation = self.store.load()

        def search(question: str, method: Method = "hybrid", top_k: int = 100, scope: Scope = EVERYTHING) -> list[Hit]:
            return milvus.search(Query.of(question, FakeEncoder()), generation, method, top_k, scope)

        return search

    def reopened(self) -> Lite:
        self.store.close()
        return Lite(self.folder)

    def rollback(self, generation: str | None = None) -> str:
        return self.store.rollback(generation)

    def history(self) -> list[dict[str, object]]:
        return self.store.history()

    def forget(self, document: str) -> list[str]:
        return self.store.forget(document)

    def close(self) -> None:
        self.store.close()


@pytest.fixture(params=[Folder, Lite], ids=["faiss", "milvus"])
def tried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tried]:
    made: Tried = request.param(tmp_path / "store")
    yield made
    made.close()


def indexed(folder: Path, papers: dict[str, str]) -> Index:
    folder.mkdir()
    for name, text in papers.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "corpus.bib").write_text(BIBLIOGRAPHY, "utf-8")
    return build(sources_in(folder), IndexSettings(), FakeEncoder())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Index]:
    """Four papers; the same without `quartz`."""
    base = tmp_path_factory.mktemp("corpora")
    without = {name: text for name, text in {**PAPERS, **MORE}.items() if name != "quartz.txt"}
    return indexed(base / "four", {**PAPERS, **MORE}), indexed(base / "three", without)


def found(search: Search, **options: object) -> list[tuple[str, float]]:
    """What is found by each method, with scores as far as both stores compute them alike."""
    return [
        (f"{method} {hit.passage.id}", round(hit.score, 3))
        for method in METHODS
        for hit in search(QUESTION, method, **options)
    ]


def test_what_is_published_is_found(tried: Tried, both: tuple[Index, Index]) -> None:
    """The same passages, to the last span."""
    tried.publish(both[0])
    hits = tried.open()(QUESTION)
    assert {hit.passage for hit in hits} == {passage for passage in both[0].passages if passage.kind != "reference"}
    assert all(set(hit.ranks) == {"dense", "lexical", "sentence"} for hit in hits)


def test_both_stores_find_the_same_in_the_same_order(tmp_path: Path, both: tuple[Index, Index]) -> None:
    here, there = Folder(tmp_path / "here"), Lite(tmp_path / "there")
    for one in (here, there):
        one.publish(both[0])
    searches = here.open(), there.open()
    for question in (QUESTION, "What cools quickly?", "zirconium", "nine weeks of pears at four degrees", "saw"):
        for method in METHODS:
            one, other = (search(question, method) for search in searches)
            assert [hit.passage.id for hit in one] == [hit.passage.id for hit in other]
            assert [hit.score for hit in one] == pytest.approx([hit.score for hit in other], abs=1e-4) or (
                method == "lexical"  # Milvus's BM25 is ours but for a factor
            )
            assert [dict(hit.ranks) for hit in one] == [dict(hit.ranks) for hit in other]
    there.close()


def test_results_are_the_same_after_reopening(tried: Tried, both: tuple[Index, Index]) -> None:
    tried.publish(both[0])
    before = found(tried.open())
    again = tried.reopened()
    assert found(again.open()) == before
    again.close()


def test_a_second_generation_is_there_at_once_and_a_reader_finishes_with_the_first(
    tried: Tried, both: tuple[Index, Index]
) -> None:
    first = tried.publish(both[0])
    reader = tried.open()
    before = found(reader)
    second = tried.publish(both[1])
    assert first != second
    assert found(reader) == before
    assert found(tried.open()) != before
    assert [(row["generation"], row["current"]) for row in tried.history()] == [(first, False), (second, True)]


def test_a_removed_paper_is_not_found_any_more(tried: Tried, both: tuple[Index, Index]) -> None:
    first = tried.publish(both[0])
    assert "quartz" in {hit.passage.document for hit in tried.open()(QUESTION)}
    tried.publish(both[1])
    assert "quartz" not in {hit.passage.document for hit in tried.open()(QUESTION)}
    assert tried.open()(QUESTION, scope=Scope(["quartz"])) == []
    assert tried.forget("quartz") == [first]
    assert [row["kept"] for row in tried.history()] == [False, True]
    with pytest.raises(StoreError, match="no earlier generation"):
        tried.rollback()


def test_rollback_gives_the_results_of_the_first_again(tried: Tried, both: tuple[Index, Index]) -> None:
    first = tried.publish(both[0])
    before = found(tried.open())
    tried.publish(both[1])
    assert tried.rollback() == first
    assert found(tried.open()) == before
    rows = tried.history()
    assert [row["action"] for row in rows] == ["build", "build", "rollback"]
    assert [row["current"] for row in rows] == [False, False, True]
    with pytest.raises(StoreError, match="no earlier generation"):
        tried.rollback()
    with pytest.raises(StoreError, match="no generation 'nothing'"):
        tried.rollback("nothing")


def test_the_same_generation_is_not_published_twice(tried: Tried, both: tuple[Index, Index]) -> None:
    assert tried.publish(both[0]) == tried.publish(both[0])
    assert len(tried.history()) == 1


def test_nothing_is_there_before_anything_is_published(tried: Tried) -> None:
    assert tried.history() == []
    with pytest.raises(StoreError, match=r"there is no index in .*qa index build"):
        tried.open()


def test_the_oldest_generations_are_deleted(
    tried: Tried, both: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEEP", 2)
    third = replace(both[0], failures=(Failure("1.txt", "", "broken"),))
    names = [tried.publish(index) for index in (*both, third)]
    assert [(row["generation"], row["kept"]) for row in tried.history()] == list(
        zip(names, [False, True, True], strict=True)
    )
    assert tried.rollback() == names[1]


SCOPES = (
    Scope(["fruit"]),
    Scope(["quartz", "citing"]),
    Scope(sections=["Introduction"]),
    Scope(["quartz", "fruit"], ["Introduction", "Methods"]),
    Scope(["nowhere"]),
    Scope(sections=['Intro"duction', "\\", "' or 1 == 1"]),
)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_nothing_outside_the_scope_is_found(tried: Tried, both: tuple[Index, Index], scope: Scope) -> None:
    tried.publish(both[0])
    search = tried.open()
    inside = {both[0].passages[row].id for row in exact.rows_within(both[0], scope)}
    for method in METHODS:
        ids = [hit.passage.id for hit in search(QUESTION, method, scope=scope)]
        assert set(ids) == inside if method != "lexical" else set(ids) <= inside
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("method", METHODS)
def test_at_most_k_and_the_first_of_more(tried: Tried, both: tuple[Index, Index], method: Method) -> None:
    tried.publish(both[0])
    search = tried.open()
    everything = search(QUESTION, method)
    keys = [(-hit.score, hit.passage.id) for hit in everything]
    assert keys == sorted(keys)
    assert all(hit.passage.kind != "reference" for hit in everything)
    for k in (1, 2, 1000):
        assert search(QUESTION, method, k) == everything[:k]
    assert search(QUESTION, method, 0) == search("  ", method) == []


# What is Milvus's own


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Lite]:
    made = Lite(tmp_path / "store")
    yield made
    made.close()


def test_only_papers_of_the_years_are_found(lite: Lite, both: tuple[Index, Index]) -> None:
    """One paper has a year, 2019."""
    lite.publish(both[0])
    query, generation = Query.of(QUESTION, FakeEncoder()), lite.store.load()
    for years, documents in (((2019, 2019), {"fruit"}), ((1990, 2018), set()), ((0, 9999), set(both[0].keys))):
        assert {hit.passage.document for hit in milvus.search(query, generation, years=years)} == documents


def test_a_question_is_read_as_one_that_is_put_to_a_folder(lite: Lite, both: tuple[Index, Index]) -> None:
    """Its characters are composed, and what cannot be asked is refused in the same words."""
    lite.publish(both[0])
    remote = milvus.Remote(lite.store.load(), FakeEncoder())
    for question in ("cafe\N{COMBINING ACUTE ACCENT} of apples", "cafe\N{COMBINING ACUTE ACCENT}\x00 of\napples"):
        assert remote.search(question) == remote.search("caf\N{LATIN SMALL LETTER E WITH ACUTE} of apples")
    for question, why in (("?!", "the question is empty"), ("owl " * 600, "has 2400 characters; at most 2000")):
        with pytest.raises(QuestionError, match=why):
            remote.search(question)
    with pytest.raises(QuestionError, match="no document 'nowhere'"):
        remote.search(QUESTION, scope=Scope(["nowhere"]))


def test_candidates_alone_give_the_same_first_hits(
    lite: Lite, both: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a large index: six passages are too many to be scored all, but the best four by each ranker are."""
    lite.publish(both[0])
    search = lite.open()
    all_scored = search(QUESTION, top_k=3)
    for name, value in (("FEW", 3), ("FEWEST", 4), ("SAMPLE", 100)):
        monkeypatch.setattr(milvus, name, value)
    for scope in (EVERYTHING, Scope(["quartz", "fruit", "stones"])):
        assert len(search(QUESTION, scope=scope)) > 3
    some = search(QUESTION, top_k=3)
    assert [hit.passage for hit in some] == [hit.passage for hit in all_scored]
    assert [hit.score for hit in some] == pytest.approx([hit.score for hit in all_scored], abs=1e-4)


def test_a_killed_publication_changes_nothing_and_is_made_good(
    lite: Lite, both: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What stops a program from outside."""

    def kill(index: Index) -> Iterator[dict[str, object]]:
        raise Killed

    lite.publish(both[0])
    before = found(lite.open())
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(collections, "_records", kill)
        lite.publish(both[1])
    assert found(lite.open()) == before
    assert len(lite.history()) == 1
    with pytest.raises(StoreError, match="is not whole"):
        lite.store.load(next(iter(lite.store._there() - {lite.history()[0]["generation"]})))
    lite.publish(replace(both[0], failures=(Failure("1.txt", "", "broken"),)))
    assert len(lite.store._there()) == 2  # what was killed is deleted
    lite.publish(both[1])
    assert found(lite.open()) != before


def test_papers_are_there_whole_though_a_field_is_not_long_enough(tmp_path: Path) -> None:
    """Their records are cut into pieces; characters of four bytes too."""
    text = "Introduction\n\n" + "".join(f"Stone {n} is a 🪨 of the hills. " for n in range(3000))
    index = indexed(tmp_path / "long", {"long.txt": text, **PAPERS})
    lite = Lite(tmp_path / "store")
    lite.publish(index)
    generation = lite.store.load()
    assert generation.by_id["long"] == index.by_id["long"]
    assert sorted(generation.by_id) == sorted(index.by_id)
    assert "nowhere" not in generation.by_id
    assert generation.passages(range(len(index.passages))) == list(index.passages)
    lite.close()


def test_clear_leaves_no_generation(lite: Lite, both: tuple[Index, Index]) -> None:
    lite.publish(both[0])
    lite.store.clear()
    assert lite.store.current() is None
    assert [row["kept"] for row in lite.history()] == [False]


@pytest.mark.parametrize(
    "address", ["index", "http://host", "milvus://", "milvus://host:port", "milvus://h/a/b", "milvus://h/a-b"]
)
def test_what_names_no_store_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="names no store; write milvus://HOST:PORT/NAME"):
        Address.parse(address)


def test_a_server_that_is_away_is_named_with_what_helps() -> None:
    pytest.importorskip("pymilvus")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/x: .* `curl http://127\.0\.0\.1:9091/healthz`"):
        Store.open("milvus://me:secret@127.0.0.1:1/x")


# On real texts


@pytest.mark.model
def test_the_order_is_that_of_faiss_on_the_three_texts(real_index: Path, tmp_path: Path) -> None:
    """The ten first hits of each method, for every question of our own."""
    lite, index = Lite(tmp_path), store.load(real_index)
    lite.store.publish(index, "real")
    generation, encoder = lite.store.load(), open_encoder(index.settings.encoder)
    rows = map(json.loads, (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines())
    for row in [row for row in rows if "question" in row][::4]:
        query = Query.of(row["question"], encoder)
        for method in METHODS:
            here = [hit.passage for hit in exact.search(query, index, method)]
            assert [hit.passage for hit in milvus.search(query, generation, method)] == here
    lite.close()
