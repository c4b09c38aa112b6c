"""What is read for a question: the surest way to read it, each of several things on its own, each paper on its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.answers import inquiry
from qa.answers.assistant import Assistant
from qa.answers.inquiry import Inquiry, inquire, log_odds, settled
from qa.answers.models import Models
from qa.answers.reader import Reading
from qa.answers.search import NEAR, Query, search
from qa.config import AskSettings
from qa.index.index import Index
from qa.records import result_row
from qa.types import EVERYTHING, Abstention, Answer, Scope, Turn
from tests.conftest import FakeEncoder, calibration

BOTH = "Was basalt cooled from lava, and were pears ripened in weeks?"
MODELS = Models(FakeEncoder(), calibration())


def asked(question: str, index: Index, scope: Scope = EVERYTHING) -> Reading:
    return inquire(question, (), Inquiry(scope, index, MODELS, AskSettings()))


def sides_of(question: str, index: Index, threshold: float = 0.0) -> Reading:
    return settled(asked(question, index), MODELS.calibration, threshold)


def turn(assistant: Assistant, question: str) -> Turn:
    return Turn(question, assistant.ask(question))


def test_the_best_of_each_comes_first_and_each_is_quoted(small_index: Index) -> None:
    reading = sides_of(BOTH, small_index)
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
    reading = sides_of("What do both papers say of lava?", small_index)
    assert {chosen.hit.passage.document for chosen in reading.chosen} == {"fruit", "stones"}
    alone = asked("What do both papers say of lava?", small_index, scope=Scope(["fruit"]))
    assert {chosen.hit.passage.document for chosen in alone.chosen} == {"fruit"}


def test_a_question_about_one_thing_is_read_as_ever(small_index: Index) -> None:
    reading = asked("basalt lava crystals", small_index)
    assert [hit.passage.id for hit in reading.hits] == [
        hit.passage.id for hit in search(Query.of("basalt lava crystals", FakeEncoder()), small_index)
    ]


def test_the_papers_in_scope_are_counted(small_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.answers.reader._LIBRARY", (1, 300))
    for scope, papers in ((EVERYTHING, 2), (Scope(["stones"]), 1)):
        assert 10 ** asked("basalt lava crystals", small_index, scope).features["papers"] == pytest.approx(papers)


def test_nothing_to_search_is_an_empty_reading(small_index: Index) -> None:
    assert asked(BOTH, small_index, scope=Scope(["nowhere"])) == Reading(BOTH)


def test_a_question_without_turns_and_sides_is_searched_and_read_once(small_index: Index) -> None:
    encoder = FakeEncoder()
    inquire("basalt lava crystals", (), Inquiry(EVERYTHING, small_index, Models(encoder, calibration()), AskSettings()))
    assert encoder.texts == ["basalt lava crystals"]


# Sides


def test_each_sentence_says_which_side_it_answers(small_index: Index) -> None:
    reading = sides_of(BOTH, small_index)
    assert reading.sides == ("Was basalt cooled from lava", "were pears ripened in weeks")
    assert [part.side for part in reading.parts] == list(reading.sides)
    assert reading.features == min((part.features for part in reading.parts), key=MODELS.calibration.probability)


def test_a_clause_is_read_with_the_names_of_the_first_where_a_passage_has_them_all(small_index: Index) -> None:
    """No passage has pears and basalt."""
    part = asked("Did Pears ripen in weeks? Did Basalt cool quickly?", small_index).parts[1]
    assert (part.question, part.side) == ("Did Basalt cool quickly?", "Did Basalt cool quickly")
    assert part.missing == ()
    part = asked("Did Basalt cool quickly? Did it stay small?", small_index).parts[1]
    assert part.question == "Did it stay small (Basalt cool quickly)?"
    part = asked("Did Basalt cool quickly? Did zirconium?", small_index).parts[1]
    assert (part.question, len(part.missing)) == ("Did zirconium (Basalt cool quickly)?", 1)


def test_a_side_that_is_not_answered_is_named_and_the_other_is_answered(small_index: Index) -> None:
    reading = replace(asked("Was it from basalt lava or from zebra stripes?", small_index), chosen=())
    probability = MODELS.calibration.probability
    low, high = sorted(probability(part.features) for part in reading.parts)
    kept = settled(reading, MODELS.calibration, (low + high) / 2)
    assert kept.unanswered == ("from zebra stripes",)
    assert kept.sides == (reading.parts[0].side,)
    assert all("lava" in candidate.sentence.text for candidate in kept.chosen)
    assert probability(kept.features) == high
    assert settled(reading, MODELS.calibration, 1.0) == reading


def test_a_question_that_is_surely_answered_whole_is_not_taken_apart_for_one_side(small_index: Index) -> None:
    reading = asked("Was it from basalt lava or from zebra stripes?", small_index)
    assert reading.chosen
    low = min(MODELS.calibration.probability(part.features) for part in reading.parts)
    assert MODELS.calibration.probability(reading.features) >= low
    assert settled(reading, MODELS.calibration, low + 1e-9).unanswered == ()


def test_an_answer_names_its_sides_and_what_is_missing(assistant: Assistant) -> None:
    reading = replace(assistant.read("Was it from basalt lava or from zebra stripes?"), chosen=())
    high = max(MODELS.calibration.probability(part.features) for part in reading.parts)
    assistant.threshold = high
    answer = assistant.decide(reading)
    assert isinstance(answer, Answer)
    assert answer.labels == (reading.parts[0].side,)
    assert answer.unanswered == ("from zebra stripes",)
    assert "No sentence clearly answers: from zebra stripes." in str(answer)
    assert answer.confidence == high
    row = result_row(answer, assistant.by_id)
    assert (row["citations"][0]["speaks_of"], row["unanswered"]) == (reading.parts[0].side, ["from zebra stripes"])


def test_a_reading_of_one_thing_is_settled_already(small_index: Index) -> None:
    reading = asked("basalt lava crystals", small_index)
    assert settled(reading, MODELS.calibration, 0.9) == reading


@pytest.mark.parametrize("question", [BOTH, "What do both papers say of lava?"])
def test_the_assistant_answers_with_checked_quotes(assistant: Assistant, question: str) -> None:
    result = assistant.ask(question)
    assert result.interpreted_as == question
    assert len({hit.passage.id for hit in result.passages}) == len(result.passages)


# Follow-ups


def test_a_follow_up_is_about_what_it_names(assistant: Assistant) -> None:
    result = assistant.ask("And pears?", [turn(assistant, "How long until apples ripened in weeks?")])
    assert isinstance(result, Answer)
    assert "Pears" in result.citations[0].text


def test_a_question_with_its_own_matter_finds_what_it_finds_alone(assistant: Assistant) -> None:
    alone = assistant.ask("pears ripened nine weeks")
    after = assistant.ask("pears ripened nine weeks", [turn(assistant, "basalt lava crystals")])
    assert isinstance(alone, Answer)
    assert isinstance(after, Answer)
    assert after.interpreted_as == alone.interpreted_as
    assert after.citations[0] == alone.citations[0]


@pytest.mark.parametrize(("more", "named"), [(100.0, False), (-100.0, True)])
def test_a_question_with_enough_words_of_its_own_is_rather_read_as_typed(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, more: float, named: bool
) -> None:
    before = turn(assistant, "Did Pears ripen in weeks?")
    few = assistant.read("Were apples stored?", [before]).question
    monkeypatch.setattr(inquiry, "AS_TYPED", more)
    assert ("(" in assistant.read("Were red apples stored under trees?", [before]).question) == named
    assert assistant.read("Were apples stored?", [before]).question == few, "too few words"


def test_the_paper_spoken_of_is_searched_first(small_index: Index) -> None:
    query = Query.of("basalt lava crystals", FakeEncoder())
    assert search(query, small_index)[0].passage.document == "stones"
    near = search(query, small_index, near="fruit")
    bare = {hit.passage.id: hit.score for hit in search(query, small_index)}
    for hit in near:
        more = hit.score - bare[hit.passage.id]
        assert more == pytest.approx(NEAR if hit.passage.document == "fruit" else 0.0)
    assert [hit.score for hit in near] == sorted((hit.score for hit in near), reverse=True)


@pytest.mark.parametrize(("more", "paper"), [(100.0, "fruit"), (-100.0, "stones")])
def test_a_follow_up_is_also_asked_of_the_paper_that_was_spoken_of(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, more: float, paper: str
) -> None:
    monkeypatch.setattr(inquiry, "SAME_PAPER", more)
    before = turn(assistant, "How long until apples ripened in weeks?")
    reading = assistant.read("Did it stay small and hard?", [before])
    assert reading.chosen[0].hit.passage.document == paper
    everywhere = {hit.passage.id for hit in assistant.read("Did it stay small and hard?").hits}
    assert sorted(hit.passage.id for hit in reading.hits) == sorted(everywhere), "the others stand behind"
    scores = [hit.score for hit in reading.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_paper_that_was_spoken_of_is_that_of_the_last_answer(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiry, "SAME_PAPER", 100.0)
    answered = turn(assistant, "pears ripened nine weeks")
    assert isinstance(answered.result, Answer)
    refused = Turn("lava?", assistant.decide(assistant.read("basalt lava crystals"), threshold=2.0))
    assert refused.result.passages[0].passage.document == "stones"
    for turns, paper in (([answered, refused], "fruit"), ([refused], "stones")):
        assert assistant.read("Did it stay small and hard?", turns).chosen[0].hit.passage.document == paper


def test_only_a_paper_in_scope_is_spoken_of(small_index: Index) -> None:
    asking = Inquiry(Scope(sections=["Methods"]), small_index, MODELS, AskSettings(), near="fruit")
    assert asking.within == Scope(["fruit"], ["Methods"])
    assert replace(asking, near="").within is None
    assert replace(asking, scope=Scope(["stones"])).within is None


def test_a_quote_of_the_turn_before_is_not_quoted_for_another_question(assistant: Assistant) -> None:
    before = turn(assistant, "Basalt cools quickly from lava")
    assert isinstance(before.result, Answer)
    said = {citation.text for citation in before.result.citations}
    after = assistant.read("And granite?", [before])
    assert not said & {candidate.sentence.text for candidate in after.chosen}


def test_a_quote_that_names_what_is_asked_now_is_quoted_again(assistant: Assistant) -> None:
    before = turn(assistant, "Basalt cools quickly from lava")
    assert isinstance(before.result, Answer)
    after = assistant.read("And its crystals?", [before])
    assert "crystals" in after.chosen[0].sentence.text
    assert after.chosen[0].sentence.text == before.result.citations[0].text


def test_the_same_question_is_answered_with_the_same_quote(assistant: Assistant) -> None:
    first = assistant.ask("basalt lava crystals")
    again = assistant.ask("Basalt lava crystals?", [Turn("basalt lava crystals", first)])
    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert again.citations == first.citations


def test_a_turn_that_found_nothing_is_near_no_paper(small_index: Index, assistant: Assistant) -> None:
    nothing = Turn("lava?", Abstention("lava?", "lava?", "", 0.0, (), ""))
    assert assistant.ask("and pears ripened weeks?", [nothing]).passages


def test_a_reading_without_sentences_is_never_sure() -> None:
    assert log_odds(Reading("lava?"), MODELS.calibration) == -float("inf")


def test_words_are_marked_in_the_answer_alone(assistant: Assistant) -> None:
    reading = assistant.read("Basalt cools quickly from lava")
    answer = assistant.decide(replace(reading, highlights=("lava", "words of a sentence that was left out")))
    assert isinstance(answer, Answer)
    assert answer.highlights == ("lava",)
