"""What is a follow-up, and what it is taken for. Add a case by adding a line; what fails is a strict xfail."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from qa.answers.assistant import Assistant
from qa.answers.question.standalone import is_follow_up, stand_alone
from qa.evaluation.evidence import complete, steps
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import shown
from qa.types import Abstention, Hit, Passage, Sentence, Span, Turn
from tests.conftest import ROOT

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
    "Compare that with surgery",
    "Which one was larger?",
    "Which one is it?",
    "Did she survive?",
    "How long after she first presented did it begin?",
    "At which months was his chest scanned again?",
    "What if it only comes back after more than two years?",
    "And what was their survival once it had recurred?",
    "Which group found that it lengthens life?",
    "Which drugs is it combined with?",
    "Does chemotherapy help them?",
    "When do these relapses occur?",
    "Was the spine treated too?",
    "What else was found?",
    "And penicillin?",
    "in adults?",
    "After how many months?",
    "Tell me more",
    "More details please",
    "Were the margins clear?",
    "What were the side effects?",
    "What if the margins are inadequate?",
    "Was the penicillin stopped?",
    "Which tumours were excluded?",
]
NEW_TOPICS = [
    "Which gene fusions occur in ARMS tumours?",
    "What is the 5-year survival of Ewing sarcoma?",
    "What dose of pazopanib did the man with ASPS take?",
    "Why is surgery recommended for localised alveolar soft part sarcoma?",
    "What does ASPS stand for?",
    "Pazopanib dose?",
    "Which chemotherapy drugs were given to the girl before her knee was disarticulated, and how often was that done?",
    "What is rhabdomyosarcoma?",
    "What are side effects?",
    "Is there evidence that immunotherapy helps in osteosarcoma?",
    "Is it true that antibiotics shorten a sore throat?",
    "Is it possible to stop antibiotics early?",
    "How long does it take to grow a culture?",
    "What is the one-year survival of relapsed rhabdomyosarcoma?",
    "How was the girl treated after her third recurrence?",
    "How did the parents find the mass in their daughter's leg?",
    "How does the survival of asthma compare with that of bronchitis?",
    "Did the boy recover?",
    "Does the vaccine lose its effect when it is frozen and thawed twice?",
    "In early schizophrenia, is it common to relapse within months?",
    "So which chemotherapy regimen was used in the girl with rhabdomyosarcoma?",
    "And how often does HIV-1 spread within one household?",
]
TAKEN_FOR_NEW = {
    "Is pazopanib effective?": "it names a drug; what that is to be effective against is only understood",
    "How large was the primary tumour before radiation?": "it has words enough to be understood, of any patient",
}
TAKEN_FOR_FOLLOW_UPS = {
    "Where does the heart lie?": "there is one heart, but the rules know no anatomy",
    "Whose ideas became less radical during his imprisonment?": "`his` stands for the one who is asked for",
}


def turn(question: str, interpreted_as: str = "", found: str = "") -> Turn:
    """A turn for which one passage was found, or none."""
    span = (Span(0, max(1, len(found))),)
    hits = [Hit(Passage("paper", "", "body", (Sentence(found, span),), span), 1.0, {})] if found else []
    return Turn(question, Abstention(question, interpreted_as or question, "", 0.1, tuple(hits), ""))


EARLIER = [turn("How is asthma treated?")]


def known(cases: dict[str, str]) -> list[object]:
    return [pytest.param(question, marks=pytest.mark.xfail(reason=reason)) for question, reason in cases.items()]


@pytest.mark.parametrize("question", [*FOLLOW_UPS, *known(TAKEN_FOR_NEW)])
def test_a_follow_up_is_recognised(question: str) -> None:
    assert is_follow_up(question, EARLIER)
    assert stand_alone(question, EARLIER) == f"How is asthma treated? {question}"


@pytest.mark.parametrize("question", [*NEW_TOPICS, *known(TAKEN_FOR_FOLLOW_UPS)])
def test_a_new_topic_is_asked_as_it_was_typed(question: str) -> None:
    assert not is_follow_up(question, EARLIER)
    assert stand_alone(question, EARLIER) == question


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_without_turns_every_question_stands_alone(question: str) -> None:
    assert not is_follow_up(question)
    assert stand_alone(question, ()) == question


def test_a_short_question_is_of_the_topic_if_its_rarest_word_was_found_there() -> None:
    earlier = [turn("How is asthma treated?", found="The treatment of asthma has few complications.")]
    assert is_follow_up("Which complications occur?", earlier)
    assert not is_follow_up("What is the treatment of migraine?", earlier)


@pytest.mark.parametrize(
    "question", ["in young adults?", "Were the margins clear?", "Which drug is used if it fails?", "Who?"]
)
def test_what_lacks_something_is_a_follow_up_whatever_was_found(question: str) -> None:
    assert is_follow_up(question, [turn("How is asthma treated?", found="Inhalers relieve asthma.")])


def test_somebody_of_the_earlier_question_is_who_is_meant() -> None:
    assert is_follow_up("Did the boy recover?", [turn("How old was the boy?")])
    assert not is_follow_up("Did the boy recover?", [turn("How old was the woman?")])


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("How was her first attack treated?", "And after the second one?", "How was her second attack treated?"),
        ("How was her first attack treated?", "and the second attack?", "How was her second attack treated?"),
        ("What is the survival at 2 years?", "And at 5 years?", "What is the survival at 5 years?"),
        ("What was the girl's dose?", "What about the man's?", "What was the man's dose?"),
        ("What were the risks in the boy with HIV?", "What about the man's?", "What were the risks in the man?"),
        ("Is it safe in children?", "in adults?", "Is it safe in adults?"),
        ("Is it safe in young children?", "What about the elderly woman?", "Is it safe in the elderly woman?"),
        ("How many carry BRCA1 mutations?", "And with BRCA2 instead?", "How many carry BRCA2 mutations?"),
    ],
)
def test_the_one_thing_that_a_follow_up_changes_is_changed(earlier: str, question: str, expected: str) -> None:
    assert stand_alone(question, [turn(earlier)]) == expected


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ("How was the first attack treated?", "And the second attack in winter?"),
        ("Was the first attack worse than the second attack?", "And the third?"),
        ("What is the survival at 2 years?", "And after 3 cycles?"),
        ("What dose did the man with severe asthma take?", "What about the girl?"),
        ("Are men like women?", "And children?"),
        ("Tell me about asthma.", "And why?"),
        ("How many carry BRCA1?", "And TP53?"),
        ("How was the boy treated?", "And which girl?"),
        ("How was the boy treated?", "And how was the girl?"),
    ],
)
def test_where_that_cannot_be_told_the_earlier_question_is_asked_too(earlier: str, question: str) -> None:
    assert stand_alone(question, [turn(earlier)]) == f"{earlier} {question}"


def test_a_follow_up_of_a_follow_up_has_both_in_front() -> None:
    earlier = [turn("What is pazopanib"), turn("Its  dose?", "What is pazopanib? Its dose?")]
    assert stand_alone(" And  why? ", earlier) == "What is pazopanib? Its dose? And why?"


def test_what_a_follow_up_was_taken_for_is_what_the_next_one_follows() -> None:
    first = "How was her first attack treated?"
    second = turn("And the second?", stand_alone("And the second?", [turn(first)]))
    assert stand_alone("and the third?", [turn(first), second]) == "How was her third attack treated?"


def test_a_follow_up_asked_as_it_was_typed_is_no_topic() -> None:
    earlier = [turn("What is pazopanib?"), turn("Why?")]
    assert stand_alone("And then?", earlier) == "What is pazopanib? Why? And then?"


def test_a_topic_change_is_what_the_next_follow_up_follows() -> None:
    earlier = [turn("What is pazopanib?"), turn("Why?", "What is pazopanib? Why?"), turn("What is asthma?")]
    assert stand_alone("And why?", earlier) == "What is asthma? And why?"


def test_a_long_conversation_does_not_grow_without_end() -> None:
    first = "What dose of pazopanib did the man with alveolar soft part sarcoma take?"
    turns = [turn(first)]
    for number in range(100):
        question = f"And what about number {number}?"
        turns.append(turn(question, stand_alone(question, turns)))
    assert turns[-1].result.interpreted_as == f"{first} And what about number 98? And what about number 99?"


def test_a_conversation_is_understood_in_no_time() -> None:
    text = "Relapses of the disease are treated with other drugs than the first attack was, and rarely cured. " * 20
    turns = [turn("What is pazopanib?", found=text)] + [turn("Which cures occur?", found=text) for _ in range(9)]
    stand_alone("Why?", turns)
    start = time.perf_counter()
    stand_alone("Which drugs were chosen?", turns)
    assert time.perf_counter() - start < 0.1


# On the three texts, with the real model


@pytest.fixture(scope="module")
def conversations(real_assistant: Assistant) -> list[Question]:
    return load_questions(ROOT / "eval" / "dialogue.jsonl", real_assistant.documents)


def conversation(assistant: Assistant, questions: Sequence[str]) -> list[Turn]:
    turns: list[Turn] = []
    for question in questions:
        turns.append(Turn(question, assistant.ask(question, turns)))
    return turns


@pytest.mark.model
def test_a_new_topic_finds_what_it_finds_alone(real_assistant: Assistant, conversations: list[Question]) -> None:
    changes = [question for question in conversations if question.kind == "new-topic"]
    assert len(changes) >= 15
    for change in changes:
        after = conversation(real_assistant, [*change.earlier, change.question])[-1].result
        assert after == real_assistant.ask(change.question), change.id


@pytest.mark.model
def test_follow_ups_find_their_evidence(real_assistant: Assistant, conversations: list[Question]) -> None:
    follow_ups = [question for question in conversations if question.kind == "follow-up"]
    assert len(follow_ups) >= 25
    ranks = []
    for question in follow_ups:
        result = conversation(real_assistant, [*question.earlier, question.question])[-1].result
        ranks.append(complete(steps(question.evidence, shown(result.passages))))
    assert sum(rank is not None and rank <= 3 for rank in ranks) / len(ranks) >= 0.85
