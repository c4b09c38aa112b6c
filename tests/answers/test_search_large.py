"""In a large index only candidates are scored: nearly the same is found, and nothing out of scope."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from qa.answers import search as room
from qa.answers.search import Method, Query, search
from qa.config import IndexSettings
from qa.index import assemble, store
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import EVERYTHING, Scope
from tests.conftest import FakeEncoder

WORDS = (
    "granite basalt marble slate quartz opal talc gneiss schist chalk flint amber coal jasper onyx pumice agate beryl "
    "is hard and soft lies under over near warm cold grey red deep shallow river hill mine wall road bridge north south"
).split()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty papers of four passages, the last of each a reference."""
    folder, draw = tmp_path_factory.mktemp("stones"), random.Random(5)
    for number in range(80):
        lines = [f"Paper {number}", ""]
        for section in ("Introduction", "Methods", "Results"):
            said = [" ".join(draw.choices(WORDS, k=draw.randint(4, 9))).capitalize() + "." for _ in range(4)]
            lines += [section, "", " ".join(said), ""]
        (folder / f"p{number:02}.txt").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture
def large(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Written and loaded, with approximate indexes from a hundred rows on."""
    monkeypatch.setattr(assemble, "kind_for", lambda n: "ivf-pq" if n > 100 else "exact")
    monkeypatch.setattr(room, "FEW", 20)
    for name, few in (("CODED", 90), ("NAMED", 40), ("READ", 60), ("READ_INNER", 40)):
        monkeypatch.setattr(room, name, few)
    with store.writing(tmp_path):
        store.publish(build(sources_in(corpus), IndexSettings(), FakeEncoder()), tmp_path)
    return store.load(tmp_path)


def ask(index: Index, question: str, method: Method = "hybrid", scope: Scope = EVERYTHING, near: str = "") -> list[str]:
    hits = search(Query.of(question, FakeEncoder()), index, method, 10, scope, near)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [hit.passage.id for hit in hits]


QUESTIONS = ["Where is the basalt?", "Which granite is hard and grey?", "What lies under the bridge of slate?"]


def test_it_says_how_it_is_searched(large: Index) -> None:
    ways = large.ways()
    assert [ways[name]["kind"] for name in ("passages", "sentences")] == ["ivf-pq", "candidates"]
    assert ways["passages"]["recall@10"] > 0.8
    assert ways["sentences"]["rows"] == large.sentence_vectors.n


@pytest.mark.parametrize("method", ["dense", "lexical", "hybrid"])
def test_nearly_the_same_is_found(large: Index, corpus: Path, monkeypatch: pytest.MonkeyPatch, method: Method) -> None:
    monkeypatch.setattr(assemble, "kind_for", lambda n: "exact")
    exact = build(sources_in(corpus), IndexSettings(), FakeEncoder())
    assert exact.near_passages is None
    shared = [len({*ask(large, q, method)} & {*ask(exact, q, method)}) for q in QUESTIONS]
    assert sum(shared) >= 0.9 * 10 * len(QUESTIONS)


def test_what_is_found_has_the_scores_and_nearly_the_levels_of_all(
    large: Index, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "kind_for", lambda n: "exact")
    exact = build(sources_in(corpus), IndexSettings(), FakeEncoder())
    for question in QUESTIONS:
        query = Query.of(question, FakeEncoder())
        for method in ("dense", "lexical"):
            right = {hit.passage.id: hit.score for hit in search(query, exact, method, 1000)}
            assert all(right[hit.passage.id] == hit.score for hit in search(query, large, method, 10))
        right = {hit.passage.id: hit.score for hit in search(query, exact, "hybrid", 1000)}
        for hit in search(query, large, "hybrid", 10):
            assert hit.score == pytest.approx(right[hit.passage.id], rel=0.05, abs=0.05)


def test_all_of_a_small_scope_are_compared(large: Index, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "kind_for", lambda n: "exact")
    exact = build(sources_in(corpus), IndexSettings(), FakeEncoder())
    query = Query.of(QUESTIONS[0], FakeEncoder())
    scope = Scope(["p05", "p06", "p07"])
    assert search(query, large, "hybrid", 10, scope) == search(query, exact, "hybrid", 10, scope)


@pytest.mark.parametrize("most", [3, 40])
def test_a_scope_leaves_nothing_else_through(large: Index, most: int) -> None:
    papers = [document.id for document in large.documents][:most]
    for question in QUESTIONS:
        found = ask(large, question, scope=Scope(papers, ["Methods"]))
        assert found
        passages = {passage.id: passage for passage in large.passages}
        assert {passages[name].document for name in found} <= set(papers)
        assert {passages[name].section for name in found} == {"Methods"}


def test_the_paper_that_was_spoken_of_comes_first(large: Index) -> None:
    """Whatever paper it is: its passages are among the candidates then."""
    plain = ask(large, QUESTIONS[0])
    for paper in ("p07", "p33", "p61"):
        near = ask(large, QUESTIONS[0], near=paper)
        assert near[0].startswith(f"{paper}:")
        assert plain[0] in near


def test_one_paper_more_is_found_and_one_less_is_not(large: Index, corpus: Path, tmp_path: Path) -> None:
    """The approximate indexes are carried on."""
    sources = [source for source in sources_in(corpus) if source.id != "p03"]
    path = tmp_path / "zinc.txt"
    path.write_text("Results\n\nZinc zigzags in Zanzibar.\n", "utf-8")
    (added,) = sources_in(tmp_path)[-1:]
    index = build([*sources, added], IndexSettings(), FakeEncoder(), large)
    folder = tmp_path / "later"
    with store.writing(folder):
        store.publish(index, folder)
    later = store.load(folder)
    assert later.near_passages is not None
    assert later.near_passages.changed > 0
    assert ask(later, "Does zinc zigzag?")[0].startswith("zinc:")
    everything = {name for question in QUESTIONS for name in ask(later, question)}
    assert not any(name.startswith("p03:") for name in everything)
