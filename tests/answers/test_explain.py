"""Why there is an answer, and why there is none, on two small papers."""

from __future__ import annotations

from qa.answers import explain
from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, Scope


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


def test_the_curve_says_what_is_wrong_from_the_threshold_reached_on(assistant: Assistant) -> None:
    curve = ((0.9, 0.1), (0.7, 0.2))
    object.__setattr__(assistant.models.calibration, "curve", curve)
    points = [assistant.models.calibration.point_at(confidence) for confidence in (0.95, 0.9, 0.8, 0.5)]
    assert points == [(0.9, 0.1), (0.9, 0.1), (0.7, 0.2), None]
