"""A part of an index is what an index of that part would be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answers.reader import read
from qa.answers.search import Query, search
from qa.config import AskSettings, IndexSettings
from qa.evaluation.libraries import part_of, shelves
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from tests.conftest import FakeEncoder
from tests.index.equality import same

TEXTS = {
    "opal": "Introduction\n\nOpal is soft (see below). Opal glitters.\n\nResults\n\nA light source (LS) shone on it.",
    "quartz": "Quartz is hard. It glitters in 12 colours.",
    "slate": "Slate is grey. It splits well, as all of us know.",
    "talc": "References\n\n1. Mohs F. On talc. Stones 1812;1:2-9.",
}
QUESTIONS = (
    "Which glitters?",
    "Is opal soft?",
    "Does quartz glitter in 12 colours?",
    "slate grey",
    "Was LS used?",
    "a",
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stones")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def index_of(corpus: Path, papers: tuple[str, ...]) -> Index:
    return build([s for s in sources_in(corpus) if s.id in papers], IndexSettings(), FakeEncoder())


@pytest.mark.parametrize("papers", [("opal",), ("quartz", "slate"), ("opal", "talc"), tuple(TEXTS)], ids="+".join)
def test_a_part_of_an_index_is_an_index_of_that_part(corpus: Path, papers: tuple[str, ...]) -> None:
    part, alone = part_of(index_of(corpus, tuple(TEXTS)), papers), index_of(corpus, papers)
    assert same(part, alone)
    for word in ("opal", "quartz", "is"):
        np.testing.assert_array_equal(part.words.scores([word]), alone.words.scores([word]))
    for paper in papers:
        assert part.passages_of(paper) == alone.passages_of(paper)
        assert part.abbreviations_of(paper) == alone.abbreviations_of(paper)
    for question in QUESTIONS:
        query = Query.of(question, FakeEncoder())
        hits, expected_hits = search(query, part), search(query, alone)
        assert hits == expected_hits
        if hits:
            assert read(query, hits, part, AskSettings()) == read(query, expected_hits, alone, AskSettings())


def test_a_part_has_what_its_own_papers_say_and_no_more(corpus: Path) -> None:
    whole = index_of(corpus, tuple(TEXTS))
    whole.abbreviations_of("opal")
    part = part_of(whole, {"quartz"})
    assert [document.id for document in part.documents] == ["quartz"]
    assert part.passages_of("opal") == ()
    assert part.words.document_frequency("opal") == 0
    assert [document.id for document in whole.documents] == list(TEXTS), "the whole stays as it is"


NAMES = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, min_size=1, max_size=12)


@settings(derandomize=True, deadline=None)
@given(asked=NAMES, others=NAMES, size=st.integers(1, 15))
def test_every_paper_that_is_asked_about_stands_on_one_shelf(asked: list[str], others: list[str], size: int) -> None:
    found = shelves(asked, others, size)
    assert sorted(paper for shelf in found for paper in shelf if paper in asked) == sorted(asked)
    drawn = set(others) - set(asked)
    for shelf in found:
        assert len(set(shelf)) == len(shelf) <= size
        assert len(shelf) == size or drawn <= set(shelf), "filled, unless there are too few others"
        assert set(shelf) <= drawn | set(asked)


@settings(derandomize=True, deadline=None)
@given(others=NAMES, size=st.integers(1, 15), more=st.integers(0, 5))
def test_a_smaller_library_is_part_of_a_larger_one(others: list[str], size: int, more: int) -> None:
    (small,), (large,) = shelves(["paper"], others, size), shelves(["paper"], others, size + more)
    assert large[: len(small)] == small
    assert shelves(["paper"], others[::-1], size) == [small], "whatever the order of the others"
