"""Questions about several things are taken apart, and others are left alone."""

from __future__ import annotations

import pytest

from qa.answers.question.subquestions import of_each_paper, subquestions

SEVERAL = {
    "Fever: measles versus mumps?": ("Fever: measles?", "Fever: mumps?"),
    "Is a rash common both in measles and in mumps?": ("Is a rash common in measles?", "Is a rash common in mumps?"),
    "Is fever higher in measles than in mumps?": ("Is fever higher in measles?", "Is fever higher in mumps?"),
    "Which drug helps in asthma, and which in gout?": ("Which drug helps in asthma?", "Which drug helps in gout?"),
    "What share of fevers is measles, compared with mumps in adults?": (
        "What share of fevers is measles in adults?",
        "What share of fevers is mumps in adults?",
    ),
    "Who was older, the man with gout or the girl with measles?": (
        "Who was older, the man with gout?",
        "Who was older, the girl with measles?",
    ),
    "Did the man with gout or the girl with measles have a fever?": (
        "Did the man with gout have a fever?",
        "Did the girl with measles have a fever?",
    ),
    "Early against late relapse of measles: how often is each?": (
        "how often is each: Early relapse of measles?",
        "how often is each: late relapse of measles?",
    ),
    "What is the difference between measles and mumps in adults?": (
        "What is the difference of measles in adults?",
        "What is the difference of mumps in adults?",
    ),
    "Are both measles and mumps hard to treat?": ("Are measles hard to treat?", "Are mumps hard to treat?"),
    "Survival after relapse: measles, mumps and gout side by side?": (
        "Survival after relapse: measles?",
        "Survival after relapse: mumps?",
        "Survival after relapse: gout side by side?",
    ),
    "How common is fever in adults, and among infants?": (
        "How common is fever in adults?",
        "How common is fever in infants?",
    ),
    "Which nerve does curare block and which receptors does muscarine block?": (
        "Which nerve does curare block?",
        "which receptors does muscarine block?",
    ),
    "What are owls and where do they live?": ("What are owls?", "What are owls? where do they live?"),
    "What is measles, and is it mortal?": ("What is measles?", "What is measles? is it mortal?"),
}
ONE = (
    "What is the dose of penicillin and aspirin?",
    "Mutations in which gene and which protein cause measles?",
    "Is the ratio of DNA:RNA high or low?",
    "Was the fever high, yes or no?",
    "Which side was operated on, right or left?",
    "What is between the ribs and the lung?",
    "How is measles treated? What about adults?",
    "",
)


@pytest.mark.parametrize("question", SEVERAL, ids=str)
def test_each_thing_is_asked_for_itself(question: str) -> None:
    assert subquestions(question) == SEVERAL[question]


@pytest.mark.parametrize("question", ONE, ids=str)
def test_a_question_about_one_thing_is_left_alone(question: str) -> None:
    assert subquestions(question) == (question,)


def test_several_papers_are_asked_for_only_when_they_are_counted() -> None:
    assert of_each_paper("Which arm was it in each of the two case reports?")
    assert not of_each_paper("Which papers have a table?")
    assert not of_each_paper("Were all patients in the reports treated?")
