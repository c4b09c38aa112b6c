"""The overview of a paper: checked quotes of the right aspects, and none where the paper does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answers import overview
from qa.answers.aspects import ASPECTS, announces
from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.answers.zones import zones_of
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.types import Citation, QuestionError
from tests.conftest import FakeEncoder, calibration

OWLS = """Introduction

Owls were said to be heavy by Low et al. in a randomised trial of 90 owls [3]. The aim of this study was to weigh owls
at night and by day.

Methods

This randomised controlled trial was conducted in two forests. A total of 48 adult birds were enrolled and randomly
assigned to two groups. The study was approved by the ethics committee of the forest.

Results

Owls at night were significantly heavier than owls by day (P < 0.001). Two birds died of old age.

Discussion

In this study, we found that owls weigh more at night than by day. A large study of bats found the same [4].
Our study has several limitations. First, we did not weigh the mice that the owls had eaten. Further research is needed.

Acknowledgements

The aim of this study was to thank the forest.
"""
TALK = "Owls are large birds. They sleep by day, and nobody knows why they do so. Their eyes are large too.\n"


@pytest.fixture
def owls(tmp_path: Path, encoder: FakeEncoder) -> Assistant:
    (tmp_path / "owls.txt").write_text(OWLS, "utf-8")
    (tmp_path / "talk.txt").write_text(TALK, "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), encoder)
    return Assistant(index, "test", Models(encoder, calibration()), AskSettings())


def test_each_aspect_is_a_quote_that_tells_it(owls: Assistant) -> None:
    found = dict(overview.overview(owls, "owls").aspects)
    assert tuple(found) == ASPECTS
    begins = {
        "Aim": "The aim of this study was to weigh owls",
        "Design": "This randomised controlled trial",
        "Sample": "A total of 48 adult birds",
        "Main result": "In this study, we found that owls",
        "Limitations": "First, we did not weigh the mice",
    }
    for aspect, words in begins.items():
        citation = found[aspect]  # type: ignore[index]
        assert isinstance(citation, Citation)
        assert citation.text.startswith(words)
        assert all(quote in OWLS for quote in citation.quote)


def test_a_paper_that_does_not_say_has_no_quotes(owls: Assistant) -> None:
    assert overview.overview(owls, "talk").citations == ()
    with pytest.raises(QuestionError, match="no document 'bats'"):
        overview.overview(owls, "bats")


def test_it_is_made_once(owls: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    first = overview.overview(owls, "owls")
    monkeypatch.setattr(overview, "candidates", lambda *_: pytest.fail("made again"))
    assert overview.overview(owls, "owls") is first


def test_zones_follow_the_headings(owls: Assistant) -> None:
    zones = zones_of(owls.index.passages_of("owls"))
    assert list(dict.fromkeys(zones)) == ["introduction", "methods", "results", "discussion", "end"]


def test_an_announcement_says_not_which_limitations() -> None:
    assert announces("This study has several limitations.")
    assert not announces("The limitations of this study include the small sample.")


def test_the_three_texts(real_assistant: Assistant) -> None:
    """Every quote stands in its paper; the case report states its aim, and nothing is called a sample of a review."""
    for document in real_assistant.documents:
        for citation in overview.overview(real_assistant, document.id).citations:
            assert citation.document.id == document.id
    arms = dict(overview.overview(real_assistant, "arms-case-2019").aspects)
    assert arms["Aim"] is not None
    assert "clinical course" in arms["Aim"].text
    assert dict(overview.overview(real_assistant, "paediatric-sarcoma-review").aspects)["Sample"] is None
