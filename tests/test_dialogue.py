"""Which questions are follow-ups. Add a case by adding a line; what is known to fail is a strict xfail."""

from __future__ import annotations

import pytest

from qa.dialogue import is_follow_up, stand_alone
from qa.types import Abstention, Turn

FOLLOW_UPS = [
    "And after the second one?",
    "and in the metastatic setting?",
    "What about osteosarcoma?",
    "How about children under 12 with metastatic disease and renal failure?",
    "Same for Ewing sarcoma?",
    "Why?",
    "Why not?",
    "How much?",
    "When was that?",
    "Which one was larger?",
    "Did she survive?",
    "How long after she first presented did it begin?",
    "At which months was his chest scanned again?",
    "What if it only comes back after more than two years?",
    "And what was their survival once it had recurred?",
    "in adults?",
    "Tell me more",
]
NEW_TOPICS = [
    "Which gene fusions occur in ARMS tumours?",
    "What is the 5-year survival of Ewing sarcoma?",
    "What dose of pazopanib did the man with ASPS take?",
    "Why is surgery recommended for localised alveolar soft part sarcoma?",
    "What does ASPS stand for?",
    "Pazopanib dose?",
    "Which chemotherapy drugs were given to the girl before her knee was disarticulated, and how often was that done?",
]
TAKEN_FOR_NEW = {
    "Were the margins clear?": "names a noun of its own; what it is about is only understood",
    "What were the side effects?": "names a noun of its own; what it is about is only understood",
    "What if the margins are inadequate?": "names nouns of its own, and `what if` is no beginning that is known",
    "More details please": "no word of it is on the lists",
}
TAKEN_FOR_FOLLOW_UPS = {
    "What is rhabdomyosarcoma?": "one word of its own counts as none",
    "Is there evidence that immunotherapy helps in osteosarcoma?": "`there` and `that` count as pronouns",
    "What is the one-year survival of relapsed rhabdomyosarcoma?": "`one` counts as a pronoun",
    "How was the girl treated after her third recurrence?": "a pronoun whose noun is in the same question",
    "So which chemotherapy regimen was used in the girl with rhabdomyosarcoma?": "it begins like a follow-up",
}


def known(cases: dict[str, str]) -> list[object]:
    return [pytest.param(question, marks=pytest.mark.xfail(reason=reason)) for question, reason in cases.items()]


@pytest.mark.parametrize("question", [*FOLLOW_UPS, *known(TAKEN_FOR_NEW)])
def test_a_follow_up_is_recognised(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize("question", [*NEW_TOPICS, *known(TAKEN_FOR_FOLLOW_UPS)])
def test_a_new_topic_is_left_alone(question: str) -> None:
    assert not is_follow_up(question)


def turn(question: str, interpreted_as: str) -> Turn:
    return Turn(question, Abstention(question, interpreted_as, "", 0.1, (), ""))


def test_a_follow_up_has_what_it_follows_in_front() -> None:
    earlier = [turn("What is pazopanib?", "What is pazopanib?"), turn("Its dose?", "What is pazopanib? Its dose?")]
    assert stand_alone(" And the second one? ", earlier) == "What is pazopanib? Its dose? And the second one?"


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_without_turns_every_question_stands_alone(question: str) -> None:
    assert stand_alone(question, ()) == question


@pytest.mark.parametrize("question", NEW_TOPICS)
def test_a_new_topic_is_asked_as_it_was_typed(question: str) -> None:
    assert stand_alone(question, [turn("What is pazopanib?", "What is pazopanib?")]) == question


def test_a_long_conversation_does_not_grow_without_end() -> None:
    first = "What dose of pazopanib did the man with alveolar soft part sarcoma take?"
    turns = [turn(first, first)]
    for number in range(100):
        question = f"And what about number {number}?"
        turns.append(turn(question, stand_alone(question, turns)))
    assert turns[-1].result.interpreted_as == f"{first} And what about number 98? And what about number 99?"
