"""Questions for a quantity or a time are known by general means, and a sentence without one does not answer them."""

from __future__ import annotations

import pytest

from qa.answers.question.asked_for import answering, answers_type, asked_for

QUANTITY = [
    "How many patients relapsed?",
    "How old was the girl?",
    "For how long was it given?",
    "How deep was the lesion?",
    "What fraction of patients relapsed?",
    "What was the diameter of the mass?",
    "What was the 5-year overall survival?",
    "What was the median follow-up?",
    "In the control arm, what was the mean weight?",
    "At what dose was it given?",
    "What daily dose did they get?",
    "what's the dose of pazopanib",
    "What sample size per group was calculated?",
    "What did the visit cost?",
    "dose pazopanib kids",
    "pazopanib dose",
    "Median survival after relapse?",
    "nr of sessions",
    "% missed a dose",
]
TIME = ["When was she operated on?", "In which year did she fall ill?", "What date did it begin?"]
NEITHER = [
    "How is it dosed?",
    "How do they reduce the dose?",
    "When should it be stopped?",
    "Why was the dose reduced?",
    "Was the rate higher?",
    "Can people remember how often they took it?",
    "What may explain the low rate?",
    "Which scale was used?",
    "At what level are they randomised?",
    "What is the registration number of the trial?",
    "What counts as a failure?",
    "definition of survival",
    "exclusion criteria age",
    "What does the dose depend on?",
    "side effects pazopanib",
    "",
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        *((question, "quantity") for question in QUANTITY),
        *((question, "time") for question in TIME),
        *((question, "") for question in NEITHER),
    ],
)
def test_the_type_of_a_question(question: str, expected: str) -> None:
    assert asked_for(question) == expected


@pytest.mark.xfail(reason="words before the noun that no list has")
@pytest.mark.parametrize(
    "question",
    [
        "What weight loss is foreseen?",  # the head is `loss`
        "What was the difference in score?",  # may be answered in words
        "wat is the dose of it",  # `is` opens a yes/no question
    ],
)
def test_questions_that_are_not_known(question: str) -> None:
    assert asked_for(question) == "quantity"


@pytest.mark.parametrize(
    ("sentence", "question", "expected"),
    [
        ("She was 4 years old.", "How old was she?", True),
        ("She was a child.", "How old was she?", False),
        ("Two thirds relapsed.", "What fraction relapsed?", True),
        ("Many relapsed [3], see Table 2 for IL-2.", "How many relapsed?", False),
        ("None of them relapsed.", "How many relapsed?", True),
        ("It was given until progression.", "How long was it given?", True),
        ("It was given until progression.", "What percentage got it?", True),
        ("They were seen weekly.", "How often were they seen?", True),
        ("They were seen weekly.", "How many were seen?", False),
        ("Her 5-year survival was good.", "What was the 5-year survival?", False),
        ("Her five-year survival was 40 %.", "What was the 5-year survival?", True),
        ("She had grade 3 fever in May 2010.", "What was the dose?", False),
        ("She was operated on after the second cycle.", "When was she operated on?", True),
        ("She was operated on in March 2011.", "When was she operated on?", True),
        ("The operation went well.", "When was she operated on?", False),
        ("It went well.", "Why was it done?", True),
    ],
)
def test_a_sentence_without_what_is_asked_for_does_not_answer(sentence: str, question: str, expected: bool) -> None:
    assert answers_type(asked_for(question), sentence, question) is expected


def test_a_quantity_of_the_question_does_not_answer() -> None:
    question = "How many of the nine patients relapsed within 2 weeks?"
    found = answering("quantity", "Within 14 days, three of the 9 had relapsed, and one died.", question)
    assert [quantity.text for quantity in found] == ["three of the 9", "one"]
    assert answering("", "Three of nine.", question) == []
