"""Each reason is a whole sentence, and what it says is so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers.assistant import Assistant
from qa.answers.inquiry import Inquiry, inquire
from qa.answers.models import Models
from qa.answers.reasons import reason
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.index.columns import Columns
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import EVERYTHING, Scope
from tests.conftest import FakeEncoder, calibration

NEAR = "The nearest passages were read, and no sentence of them answers the question with enough certainty."
MODELS = Models(FakeEncoder(), calibration())


def reason_of(index: Index, question: str, scope: Scope = EVERYTHING) -> str:
    return reason(replace(inquire(question, (), Inquiry(scope, index, MODELS, AskSettings())), scope=scope), index)


def test_nothing_is_missing_where_only_the_confidence_is(small_index: Index) -> None:
    assert reason_of(small_index, "basalt lava crystals") == NEAR
    assert reason_of(small_index, "Which reactor melted?") == NEAR, "of everyday words no absence is claimed"


def test_what_stands_nowhere_is_said_to_stand_nowhere(small_index: Index) -> None:
    assert reason_of(small_index, "Who has dupilumab?") == "“dupilumab” is in none of the papers."
    assert reason_of(small_index, "Does dupilumab melt zirconium?") == (
        "“dupilumab” is in none of the papers. “zirconium” is in none of the papers."
    )


def test_names_of_several_papers_are_said_to_stand_apart(small_index: Index) -> None:
    said = reason_of(small_index, "Was the Basalt stored with a harvest of Pears?")
    assert said == "No passage speaks of “Pears” together with the rest of the question; it is in “Fruit of the North”."


def test_of_a_number_it_is_never_said_that_no_paper_has_it(small_index: Index) -> None:
    """It may stand there in other units."""
    for number in ("120 kg", "77 kg", "5 degrees"):
        said = reason_of(small_index, f"Was the Basalt stored at {number}?")
        assert said == f"No passage that comes near has “{number}” together with the rest of the question."


def test_what_only_other_papers_have_is_said_with_their_titles(small_index: Index) -> None:
    said = reason_of(small_index, "What is there of Basalt?", Scope(["fruit"]))
    assert said == "“Basalt” is in none of the chosen papers; it is in “stones”."
    assert reason_of(small_index, "What of zirconium?", Scope(["fruit"])) == "“zirconium” is in none of the papers."


def test_what_only_other_sections_have_is_said_with_its_paper(small_index: Index) -> None:
    for documents in ([], ["fruit"]):
        said = reason_of(small_index, "Where were all the Pears stored?", Scope(documents, ["Introduction"]))
        assert said == "“Pears” is in none of the chosen sections; it is in “Fruit of the North”."


def test_what_only_the_references_have_is_said_so(small_index: Index) -> None:
    passages = tuple(replace(p, kind="reference") if p.document == "stones" else p for p in small_index.passages)
    said = reason_of(replace(small_index, passages=passages, columns=Columns.of(passages)), "What is there of Basalt?")
    assert said == "In “stones”, “Basalt” is only in the references."


def test_at_most_two_papers_are_named(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"p{number}.txt").write_text(f"Dupilumab was given to {number + 30} of them.", "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    where = "; it is in “p0”, “p1” and 2 more."
    assert reason_of(index, "Did anakinra beat dupilumab?").startswith("“anakinra” is in none of the papers.")
    (tmp_path / "p4.txt").write_text("Anakinra was given to 99 of them.", "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    assert reason_of(index, "Was dupilumab given?", Scope(["p4"])).endswith(f"none of the chosen papers{where}")
    said = reason_of(index, "Did anakinra do as well as dupilumab?", Scope(["p0", "p4"]))
    assert said == "No passage speaks of “anakinra” together with the rest of the question; it is in “p4”."


def test_a_number_written_as_a_word_is_somewhere(small_index: Index) -> None:
    said = reason_of(small_index, "Were the trees 9 weeks old at the harvest of 120 kg?")
    assert "none of the papers" not in said


def test_a_question_for_a_number_that_nothing_near_has(small_index: Index) -> None:
    said = reason_of(small_index, "How much does the Basalt cool?")
    assert said == "The question asks for a number, and no sentence that comes near has one that may answer."


def test_a_question_that_only_the_opposite_comes_near(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The men were given tea.")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    said = reason_of(index, "Which tea were girls given?")
    assert said == "What comes near cannot answer: it is a heading or a label, or it speaks of the opposite."


def test_nothing_to_search(small_index: Index) -> None:
    said = reason_of(small_index, "What of basalt?", Scope(["nowhere"]))
    assert said == "None of the papers asked has any text to search."


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(["stones"]), Scope(sections=["Results"])])
@pytest.mark.parametrize("question", ["What of zirconium and 5 pears?", "Why?", "How much of basalt?", "pears 77"])
def test_an_abstention_gives_its_reason_in_whole_sentences(small_index: Index, question: str, scope: Scope) -> None:
    result = Assistant(small_index, "g", Models(FakeEncoder(), calibration(2.0)), AskSettings()).ask(
        question, scope=scope
    )
    assert result.reason == reason_of(small_index, question, scope)
    assert result.reason.endswith(".")
    assert ".." not in result.reason
    assert "None" not in result.reason
    for name in result.missing:
        assert f"“{name}”" in result.reason
        assert name in question


def test_a_question_in_another_language_hears_that_questions_are_in_english(small_index: Index) -> None:
    inquiry = Inquiry(EVERYTHING, small_index, MODELS, AskSettings())
    typed = "Wann wurden die Birnen reif?"
    assert reason(replace(inquire(typed, (), inquiry), typed=typed), small_index) == (
        "The question seems to be in German. Questions are read in English: please ask it in English."
    )
