"""The laws of search, for each method; scores and ranks worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from qa.answers.search import Method, Query, search, standardised
from qa.config import IndexSettings
from qa.index.build import build
from qa.index.embed import embedded_text
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import Hit, Scope
from qa.words import terms
from tests.conftest import PAPERS, FakeEncoder

METHODS: tuple[Method, ...] = ("dense", "lexical", "hybrid")
TWIN = "Quartz is a hard mineral. Quartz crystals grow in veins.\n"
CITING = (
    "Discussion\n\nQuartz veins were seen by others. Apples were not.\n\n"
    "References\n\n1. Miller A. Quartz veins and quartz crystals. Journal of Quartz. 1999.\n"
)
BIBLIOGRAPHY = "".join(f"@misc{{{n},\n title = {{Quartz}},\n file = {{{n}.txt}},\n}}\n" for n in ("twin", "twin-b"))
QUESTION = "Where do quartz crystals grow in the north?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Five papers: two alike to the letter, one with a list of references."""
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in {**PAPERS, "twin.txt": TWIN, "twin-b.txt": f"{TWIN}\n", "citing.txt": CITING}.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "corpus.bib").write_text(BIBLIOGRAPHY, "utf-8")
    return build(sources_in(folder), IndexSettings(), FakeEncoder())


def ask(
    index: Index, method: Method, question: str = QUESTION, top_k: int = 100, documents: tuple[str, ...] = ()
) -> list[Hit]:
    return search(Query.of(question, FakeEncoder()), index, method, top_k, Scope(documents))


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    return request.param


def test_the_corpus_is_what_the_laws_need(index: Index) -> None:
    kinds = [passage.kind for passage in index.passages]
    assert "reference" in kinds
    assert kinds.count("body") >= 6


@pytest.mark.parametrize("k", [1, 2, 3, 1000])
def test_at_most_k_and_the_first_of_more(index: Index, method: Method, k: int) -> None:
    everything = ask(index, method)
    assert ask(index, method, top_k=k) == everything[:k]
    assert len(everything) > 3


def test_k_of_zero_finds_nothing(index: Index, method: Method) -> None:
    assert ask(index, method, top_k=0) == []


def test_sorted_and_nothing_twice(index: Index, method: Method) -> None:
    hits = ask(index, method)
    keys = [(-hit.score, hit.passage.id) for hit in hits]
    assert keys == sorted(keys)
    assert len({hit.passage.id for hit in hits}) == len(hits)


def test_ties_by_passage_id(index: Index, method: Method) -> None:
    """By its characters, of which `-` comes before `:`; in the index `twin` comes before `twin-b`."""
    twins = [hit for hit in ask(index, method) if hit.passage.document.startswith("twin")]
    assert [hit.passage.document for hit in twins] == ["twin-b", "twin"]
    assert twins[0].score == twins[1].score


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_finds_nothing(index: Index, method: Method, question: str) -> None:
    assert ask(index, method, question) == []


def test_the_same_twice(index: Index, method: Method) -> None:
    assert ask(index, method) == ask(index, method)


def test_only_the_documents_asked(index: Index, method: Method) -> None:
    assert {hit.passage.document for hit in ask(index, method, documents=("twin-b", "citing"))} == {"twin-b", "citing"}
    assert ask(index, method, documents=("nowhere",)) == []


def test_references_are_left_out(index: Index, method: Method) -> None:
    hits = ask(index, method, "Miller, Journal of Quartz 1999")
    assert hits
    assert all(hit.passage.kind != "reference" for hit in hits)
    assert method == "lexical" or len(hits) == sum(passage.kind != "reference" for passage in index.passages)


def test_lexical_finds_only_what_shares_a_word(index: Index) -> None:
    assert {hit.passage.document for hit in ask(index, "lexical", "apple basalt")} == {"citing", "fruit", "stones"}
    assert ask(index, "lexical", "zirconium") == []


def voices_by_hand(index: Index, question: str, rows: list[int]) -> dict[str, np.ndarray]:
    """Cosines of texts embedded anew, and BM25, for the named rows."""
    encoder = FakeEncoder()
    query = encoder.encode([question])[0]
    titles = {document.id: document.title for document in index.documents}

    def cosines(row: int, texts: list[str]) -> np.ndarray:
        passage = index.passages[row]
        title, section = titles[passage.document], passage.section
        return encoder.encode([embedded_text(title, section, text) for text in texts]) @ query

    return {
        "dense": np.array([cosines(row, [index.passages[row].text])[0] for row in rows]),
        "sentence": np.array([cosines(row, [s.text for s in index.passages[row].sentences]).max() for row in rows]),
        "lexical": index.words.scores(terms([question])[0])[rows],
    }


@pytest.mark.parametrize("documents", [(), ("fruit", "stones"), ("stones", "twin", "citing")])
def test_scores_and_ranks_by_hand(index: Index, documents: tuple[str, ...], method: Method) -> None:
    """Standard scores are taken over the passages that may be found, not over all."""
    rows = [
        row
        for row, passage in enumerate(index.passages)
        if passage.kind != "reference" and (not documents or passage.document in documents)
    ]
    by_ranker = voices_by_hand(index, QUESTION, rows)
    weights = {"lexical": 0.5, "dense": 1.0, "sentence": 1.5}
    summed = sum(weights[name] * (v - v.mean()) / v.std() for name, v in by_ranker.items())
    expected = by_ranker.get(method, summed)
    hits = {hit.passage.id: hit for hit in ask(index, method, documents=documents)}
    ids = [index.passages[row].id for row in rows]
    for i, name in enumerate(ids):
        if method == "lexical" and expected[i] == 0:
            assert name not in hits
            continue
        assert hits[name].score == pytest.approx(float(expected[i]), abs=1e-4)
        for voice, rank in hits[name].ranks.items():
            before = [(-round(float(s), 5), other) for s, other in zip(by_ranker[voice], ids, strict=True)]
            assert rank == 1 + sorted(before).index(before[i]), (name, voice)
    assert {frozenset(hit.ranks) for hit in hits.values()} == {frozenset(by_ranker)}


def test_standard_scores() -> None:
    assert standardised(np.array([2, 4, 4, 6], dtype=np.float32)) == pytest.approx([-(2**0.5), 0, 0, 2**0.5])
    assert standardised(np.array([3, 3], dtype=np.float32)).tolist() == [0, 0]
    assert standardised(np.array([3], dtype=np.float32)).tolist() == [0]


def test_a_query_is_embedded_as_it_is() -> None:
    encoder = FakeEncoder()
    query = Query.of("Quartz?", encoder)
    assert (encoder.texts, query.text) == (["Quartz?"], "Quartz?")
    assert query.terms == ("quartz",)
    assert query.vector.tolist() == encoder.encode(["Quartz?"])[0].tolist()
