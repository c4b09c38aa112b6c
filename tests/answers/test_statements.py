"""Sentences become questions; all sentences by hand."""

from __future__ import annotations

import pytest

from qa.answers.statements import questions_of

COMMON = frozenset("the a serum blood patients mean children mortality twenty-three aspirin all".split())


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The mean duration of follow-up was 12 months.", "What was the mean duration of follow-up?"),
        ("Serum calcium was measured using a colorimetric assay [4].", "How was serum calcium measured?"),
        ("We measured serum calcium by means of an assay.", "How was serum calcium measured?"),
        ("Patients were excluded if they were pregnant.", "Which patients were excluded?"),
        ("We excluded patients who were pregnant.", "Which patients were excluded?"),
        ("Twenty-three patients (12%) had relapsed.", "How many patients had relapsed?"),
        ("Of the 40 children, 12 (30%) developed fever.", "How many of the children developed fever?"),
        ("However, 30% of patients received aspirin.", "What percentage of patients received aspirin?"),
        ("We enrolled a total of 40 patients.", "How many patients were enrolled?"),
        ("The trial was stopped early because funds ran out.", "Why was the trial stopped early?"),
        ("A mask was used to blind the assessors.", "Why was a mask used?"),
        ("Aspirin therapy reduced mortality in children, but not in adults.", "What reduced mortality in children?"),
        (
            "Aspirin therapy reduced the number of deaths.",
            "What is the effect of aspirin therapy on the number of deaths?",
        ),
        ("Blood pressure decreased by 12 mmHg.", "By how much did blood pressure decrease?"),
        ("Patients were followed for 12 months.", "How long were patients followed?"),
        ("Blood samples were collected at 6 and 12 months.", "When were blood samples collected?"),
        ("Serum calcium was associated with mortality.", "What was serum calcium associated with?"),
        (
            "There was no difference in mortality between the groups.",
            "Was there any difference in mortality between the groups?",
        ),
        (
            "The death rate was significantly higher after surgery.",
            "Was the death rate significantly higher after surgery?",
        ),
        ("In children with sepsis, the mean age was 4 years.", "What was the mean age in children with sepsis?"),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, question: str) -> None:
    assert question in [made for _, made in questions_of(sentence, COMMON)]


@pytest.mark.parametrize(
    "sentence",
    [
        "This dose of aspirin was 5 mg.",
        "It was given for 12 months to all.",
        "The patients who received aspirin were 12 years old.",
        "Patients were given the same dose.",
        "Was the mean duration of follow-up 12 months?",
        "The dose was 5.",
        f"The dose was {'very ' * 50} high.",
    ],
)
def test_a_sentence_that_refers_to_others_or_is_none_gives_no_question(sentence: str) -> None:
    assert list(questions_of(sentence, COMMON)) == []


def test_a_name_keeps_its_capital() -> None:
    assert ("is", "What is Crohn disease?") in list(
        questions_of("Crohn disease is an inflammation of the gut.", COMMON)
    )
