"""The overview of a paper: checked quotes of the right aspects, and none where the paper does not say."""

from __future__ import annotations

import pytest

from qa.answers import overview
from qa.answers.aspects import ASPECTS, announces
from qa.answers.assistant import Assistant
from qa.answers.zones import zones_of
from qa.types import Citation, QuestionError
from tests.answers.conftest import OWLS


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
