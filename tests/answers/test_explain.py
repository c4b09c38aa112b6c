"""Why there is an answer, and why there is none, on two small papers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers import explain, presence
from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.types import Abstention, Answer, Scope
from tests.conftest import FakeEncoder, calibration


def abstained(assistant: Assistant, question: str, *documents: str) -> explain.Absence:
    result = assistant.ask(question, scope=Scope(documents))
    assert isinstance(result, Abstention)
    return explain.absence(assistant, result, Scope(documents))


def test_an_answer_is_explained_by_words_ranks_and_curve(assistant: Assistant) -> None:
    answer = assistant.ask("Do pears ripen in weeks, or melt?")
    assert isinstance(answer, Answer)
    why = explain.why(assistant, answer)
    assert (why.matched, why.missing) == (("pears", "ripen", "weeks"), ("melt",))
    assert why.found[0].shared == ("pears", "ripen", "weeks")
    assert why.found[0].rank == 1
    assert why.found[0].ranks == answer.passages[0].ranks
    assert (why.confidence, why.threshold, why.curve) == (answer.confidence, assistant.threshold, None)


def test_absent_words_are_told_from_words_that_never_meet(assistant: Assistant) -> None:
    absence = abstained(assistant, "Does a reactor ripen granite, or plutonium in a reactor?")
    assert absence.nowhere == ("reactor", "plutonium")
    assert absence.apart == (("ripen", "granite"),)
    assert absence.elsewhere == ()


def test_words_of_papers_that_were_not_asked_are_elsewhere(assistant: Assistant) -> None:
    absence = abstained(assistant, "Which granite reactor, and where?", "fruit")
    assert (absence.nowhere, absence.elsewhere, absence.apart) == (("reactor",), ("granite",), ())


def test_a_word_known_in_another_form_is_not_absent(corpus: Path, encoder: FakeEncoder) -> None:
    (corpus / "forms.txt").write_text(
        "Metastases of a tumor were seen. Acute myeloid leukaemia (AML) was treated. An appendix was taken out. "
        "Magnetic resonance imaging showed it.\n"
    )
    index = build(sources_in(corpus), IndexSettings(), encoder)
    assistant = Assistant(index, "test", Models(encoder, calibration(0.99)), AskSettings())
    asked = "Is a metastasis, tumours, an MRI, appendices, AML, leukemia, five 5 or 17 plutonium, zirconium?"
    assert abstained(assistant, asked).nowhere == ("plutonium", "zirconium")


def test_an_abbreviation_stands_for_the_words_of_the_question(corpus: Path, encoder: FakeEncoder) -> None:
    (corpus / "forms.txt").write_text("Relapse of AML is treated. An ordinary aml is not.\n")
    index = build(sources_in(corpus), IndexSettings(), encoder)
    question = "Does acute myeloid leukaemia relapse?"
    assert [presence.rows_with("leukaemia", question, index), presence.rows_with("plutonium", question, index)] == [
        presence.rows_with("relapse", question, index),
        frozenset(),
    ]


@pytest.mark.parametrize("word", ["happen", "most", "diagnosis", "diagnoses", "17", "seventeen", "five", "the"])
def test_everyday_words_and_numbers_explain_nothing(word: str) -> None:
    assert presence.telling(f"Does this {word} matter?") == []


def test_names_explain_unless_everything_has_capitals() -> None:
    assert presence.telling("How many live in Paris?") == ["Paris"]
    assert presence.telling("How Many People Live In Paris?") == []
    assert presence.telling("Paris in zirconium?") == ["zirconium"]


def test_what_is_missing_comes_with_the_papers_that_have_it(assistant: Assistant) -> None:
    abstention = assistant.ask("Does a reactor need zirconium?")
    assert isinstance(abstention, Abstention)
    missing = explain.absence(assistant, replace(abstention, missing=("zirconium", "basalt lava", "North"))).missing
    assert missing == (("zirconium", ()), ("basalt lava", ("stones",)), ("North", ("Fruit of the North",)))


def test_the_curve_says_what_is_wrong_from_the_threshold_reached_on(assistant: Assistant) -> None:
    curve = ((0.9, 0.1), (0.7, 0.2))
    object.__setattr__(assistant.models.calibration, "curve", curve)
    points = [assistant.models.calibration.point_at(confidence) for confidence in (0.95, 0.9, 0.8, 0.5)]
    assert points == [(0.9, 0.1), (0.9, 0.1), (0.7, 0.2), None]
