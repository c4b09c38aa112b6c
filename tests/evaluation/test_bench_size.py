"""A grown library is one that can be searched, and comparing all in blocks finds what search does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.answers.search import Query, search
from qa.config import IndexSettings
from qa.evaluation.bench import search as room
from qa.evaluation.bench.grown import Maker, grow
from qa.index import store
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from tests.conftest import PAPERS, FakeEncoder

QUESTIONS = ("Where is basalt found?", "Which apples are sweet?", "What is quartz?")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in PAPERS.items():
        (folder / name).write_text(text, "utf-8")
    return build(sources_in(folder), IndexSettings(), FakeEncoder())


@pytest.fixture(scope="module")
def grown(base: Index, tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("grown")
    grow(base, 60, folder)
    assert store.problems(folder) == []
    return store.load(folder)


def queries() -> list[Query]:
    return [Query.unjudged(question, FakeEncoder()) for question in QUESTIONS]


def test_it_has_the_papers_first_and_then_made_ones(base: Index, grown: Index) -> None:
    n, own = len(base.passages), [document.id for document in base.documents]
    assert 60 <= len(grown.passages) < 60 + n
    assert list(grown.columns.documents[: len(own)]) == own
    assert all(name.startswith("made-") for name in grown.columns.documents[len(own) :])
    assert grown.passages[:n] == base.passages[:n]
    known = {sentence.text for passage in base.passages for sentence in passage.sentences}
    assert {sentence.text for passage in grown.passages for sentence in passage.sentences} == known


def test_vectors_are_of_unit_length_and_near_to_the_sentences_own(base: Index, grown: Index) -> None:
    for rows in (grown.passage_vectors, grown.sentence_vectors):
        assert np.linalg.norm(rows.array, axis=1) == pytest.approx(np.ones(rows.n), abs=1e-5)
    own = {
        sentence.text: base.sentence_vectors.array[at]
        for row, passage in enumerate(base.passages)
        for at, sentence in zip(base.sentence_rows(row), passage.sentences, strict=True)
    }
    first = len(base.passages)
    for at, sentence in zip(grown.sentence_rows(first), grown.passages[first].sentences, strict=True):
        assert grown.sentence_vectors.array[at] @ own[sentence.text] > 0.8


def test_a_made_paper_is_always_the_same(base: Index) -> None:
    one, other = Maker(base), Maker(base)
    other.piece(3)
    assert one.piece(2).passages == other.piece(2).passages
    assert np.array_equal(np.asarray(one.piece(2).sentence_vectors), np.asarray(other.piece(2).sentence_vectors))
    assert one.piece(2).passages != one.piece(3).passages


def test_comparing_all_in_blocks_finds_what_search_does(grown: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_BLOCK", 7)
    monkeypatch.setattr(room, "_AT_ONCE", 2)
    found = room.compared(grown, queries(), 5)
    assert found == [[hit.passage.id for hit in search(query, grown, top_k=5)] for query in queries()]


def test_questions_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow-ups are left out, and of many some are asked."""
    lines = [f'{{"question": "{n}?"}}\n' for n in range(10)] + ['{"question": "And it?", "turns": ["0?"]}\n']
    (tmp_path / "some.jsonl").write_text("".join(lines), "utf-8")
    assert room._questions(tmp_path / "some.jsonl") == [f"{n}?" for n in range(10)]
    monkeypatch.setattr(room, "_MOST", 5)
    assert room._questions(tmp_path / "some.jsonl") == ["0?", "2?", "4?", "6?", "8?"]
