"""What other papers say nearly the same, and nothing where none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answers.nearby import FLOOR, nearby
from qa.config import IndexSettings
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import Citation
from tests.conftest import FakeEncoder

PAPERS = {
    "one.txt": "Basalt cools quickly from lava. Quartz veins hold gold. Marble was limestone once.\n",
    "two.txt": "We saw that basalt cools quickly from the lava. The museum opens at nine.\n\n"
    "References\n\n1. Basalt cools quickly from lava. Journal of Stones 2019;4:5-9.\n",
    "three.txt": "Basalt cools quickly from lava. It cools quickly, basalt from lava. Lava cools basalt quickly.\n",
}


def index_of(folder: Path, papers: dict[str, str], encoder: FakeEncoder) -> Index:
    for name, text in papers.items():
        (folder / name).write_text(text, "utf-8")
    return build(sources_in(folder), IndexSettings(), encoder)


def chosen(index: Index, document: str, number: int) -> list[Citation]:
    sentences = [s for passage in index.passages_of(document) for s in passage.sentences]
    return [Citation(index.by_id[document], "", sentences[number])]


@pytest.fixture
def stones(tmp_path: Path, encoder: FakeEncoder) -> Index:
    return index_of(tmp_path, PAPERS, encoder)


def test_the_nearest_sentences_of_other_papers_come_first(stones: Index, encoder: FakeEncoder) -> None:
    found = nearby(chosen(stones, "one", 0), stones, encoder)
    texts = [near.citation.text for near in found]
    assert texts[0] == "Basalt cools quickly from lava."
    assert "We saw that basalt cools quickly from the lava." in texts
    assert "The museum opens at nine." not in texts
    assert [near.nearness for near in found] == sorted((near.nearness for near in found), reverse=True)
    assert 1.3 < found[0].nearness < 1.5 + 1e-3
    assert all(near.nearness >= FLOOR for near in found)


def test_neither_the_paper_itself_nor_references_nor_more_than_two_of_a_paper_are_given(
    stones: Index, encoder: FakeEncoder
) -> None:
    found = nearby(chosen(stones, "one", 0), stones, encoder, floor=0.0)
    papers = [near.citation.document.id for near in found]
    assert set(papers) == {"two", "three"}
    assert papers.count("three") == 2
    assert not any("Journal" in near.citation.text for near in found)


def test_where_nothing_is_near_nothing_is_given(stones: Index, encoder: FakeEncoder) -> None:
    assert nearby(chosen(stones, "one", 1), stones, encoder, floor=1.2) == ()


def test_a_library_of_one_paper_has_no_other(tmp_path: Path, encoder: FakeEncoder) -> None:
    alone = index_of(tmp_path, {"one.txt": PAPERS["one.txt"]}, encoder)
    assert nearby(chosen(alone, "one", 0), alone, encoder) == ()
