"""Each of several things has its own search and its own sentences."""

from __future__ import annotations

import pytest

from qa.answers.assistant import Assistant
from qa.answers.inquiry import retrieve_and_read
from qa.answers.models import Models
from qa.answers.reader import Reading
from qa.answers.search import Query, search
from qa.config import AskSettings
from qa.index.index import Index
from qa.types import EVERYTHING, Scope
from tests.conftest import FakeEncoder, calibration

BOTH = "Which is older: basalt from lava versus pears ripened in weeks?"


MODELS = Models(FakeEncoder(), calibration())


def asked(question: str, index: Index, settings: AskSettings | None = None, scope: Scope = EVERYTHING) -> Reading:
    return retrieve_and_read(question, scope, index, MODELS, settings or AskSettings())


def test_the_best_of_each_comes_first_and_each_is_quoted(small_index: Index) -> None:
    reading = asked(BOTH, small_index)
    assert [hit.passage.document for hit in reading.hits[:2]] == ["stones", "fruit"]
    assert [chosen.hit.passage.document for chosen in reading.chosen] == ["stones", "fruit"]
    assert "lava" in reading.chosen[0].sentence.text
    assert "Pears" in reading.chosen[1].sentence.text


def test_every_passage_comes_once_and_scores_never_rise(small_index: Index) -> None:
    hits = asked(BOTH, small_index).hits
    ids = [hit.passage.id for hit in hits]
    scores = [hit.score for hit in hits]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {hit.passage.id for hit in search(Query.of(BOTH, FakeEncoder()), small_index)}
    assert scores == sorted(scores, reverse=True)


def test_several_papers_are_asked_in_turn(small_index: Index) -> None:
    question = "What do both papers say is small or red?"
    assert {chosen.hit.passage.document for chosen in asked(question, small_index).chosen} == {"fruit", "stones"}
    alone = asked(question, small_index, scope=Scope(["fruit"]))
    assert {chosen.hit.passage.document for chosen in alone.chosen} == {"fruit"}


def test_of_several_papers_only_those_with_the_name_answer(small_index: Index) -> None:
    question = "What do both papers say of lava?"
    found = asked(question, small_index)
    assert {chosen.hit.passage.document for chosen in found.chosen} == {"stones"}
    assert found.missing == ()
    alone = asked(question, small_index, scope=Scope(["fruit"]))
    assert (alone.chosen, [name.text for name in alone.missing]) == ((), ["lava"])


def test_what_every_side_lacks_is_missing(small_index: Index) -> None:
    """Of a comparison that is not answered, the reason names each side."""
    found = asked("Which is older: zirconium from mines versus dupilumab from waters?", small_index)
    assert found.chosen == ()
    assert [name.text for name in found.missing] == ["zirconium", "dupilumab"]


def test_the_answer_is_no_longer_than_it_may_be(small_index: Index) -> None:
    for most in (1, 2, 3):
        assert len(asked(BOTH, small_index, AskSettings(max_sentences=most)).chosen) == min(most, 2)


def test_a_question_about_one_thing_is_read_as_ever(small_index: Index) -> None:
    reading = asked("basalt lava crystals", small_index)
    assert [hit.passage.id for hit in reading.hits] == [
        hit.passage.id for hit in search(Query.of("basalt lava crystals", FakeEncoder()), small_index)
    ]


def test_nothing_to_search_is_an_empty_reading(small_index: Index) -> None:
    assert asked(BOTH, small_index, scope=Scope(["nowhere"])) == Reading(BOTH)


@pytest.mark.parametrize("question", [BOTH, "What do both papers say of lava?"])
def test_the_assistant_answers_with_checked_quotes(assistant: Assistant, question: str) -> None:
    result = assistant.ask(question)
    assert result.interpreted_as == question
    assert len({hit.passage.id for hit in result.passages}) == len(result.passages)
