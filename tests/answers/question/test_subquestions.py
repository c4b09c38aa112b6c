"""Questions about several things are split, others are left alone; what a split must keep, whatever its wording.

`SEVERAL` and `ONE` pin the wording that the rules give today. The laws at the end hold for any rules: no topic word is
lost, every sub-question has what both sides share, and none asks for both sides. What fails is a strict xfail.
"""

from __future__ import annotations

import json

import pytest

from qa.answers.question.grammar import own_words, plain
from qa.answers.question.subquestions import of_each_paper, subquestions
from qa.config import QUESTIONS

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


# Laws

COMPARING = frozenset("versus vs compared opposed contrast".split())
"""Words that only join the sides, and that a sub-question does not need."""

COMPARISONS = {
    # question: (words that both sides share, a word of the one side, a word of the other)
    "How does survival compare between surgery and chemotherapy?": ("survival", "surgery", "chemotherapy"),
    "What are the differences between proton and photon therapy for children?": (
        "differences therapy children",
        "proton",
        "photon",
    ),
    "What is the survival of patients with localised disease as opposed to those with metastases?": (
        "survival patients",
        "localised",
        "metastases",
    ),
    "Pazopanib vs sunitinib: which works better?": ("works better", "pazopanib", "sunitinib"),
    "What is the response rate for pazopanib and what is it for sunitinib?": (
        "response rate",
        "pazopanib",
        "sunitinib",
    ),
    "How long did she live after diagnosis and after relapse?": ("long she live", "diagnosis", "relapse"),
    "Were side effects seen in the lung and in the liver?": ("side effects seen", "lung", "liver"),
    "What is the difference between stage I and stage II disease?": ("difference stage disease", "i", "ii"),
    "In adults and in children, what is the usual dose?": ("usual dose", "adults", "children"),
    "Is surgery better than radiotherapy?": ("better", "surgery", "radiotherapy"),
    "Do adults or children relapse more often?": ("relapse more often", "adults", "children"),
    "Compare pazopanib with sunitinib.": ("", "pazopanib", "sunitinib"),
    "Compare the side effects of pazopanib and sunitinib.": ("side effects", "pazopanib", "sunitinib"),
    "Which is more common, ARMS or ERMS?": ("common", "arms", "erms"),
    "What is the median survival with and without radiotherapy?": ("median survival radiotherapy", "with", "without"),
    "Is the PAX3-FKHR fusion worse than the PAX7-FKHR fusion?": ("fusion worse", "pax3-fkhr", "pax7-fkhr"),
    "What happened before and after surgery?": ("happened surgery", "before", "after"),
    "Is it given orally or intravenously?": ("given", "orally", "intravenously"),
    "Should radiotherapy be given before or after surgery?": ("radiotherapy given surgery", "before", "after"),
    "How were the first and the second patient treated?": ("patient treated", "first", "second"),
    "Why is surgery preferred to radiotherapy?": ("preferred", "surgery", "radiotherapy"),
    "How does ARMS differ from ERMS?": ("differ", "arms", "erms"),
    "What distinguishes ARMS from ERMS?": ("distinguishes", "arms", "erms"),
    "Which of the two drugs, pazopanib or sunitinib, shrank the tumour?": (
        "drugs shrank tumour",
        "pazopanib",
        "sunitinib",
    ),
}
"""Written before the rules were run on them, like the two of `COUNTED_PAPERS`."""

COUNTED_PAPERS = ("How do the two case reports differ in age?", "What do both authors recommend?")

LOSES_WHAT_IS_SHARED = {
    "What is the difference between stage I and stage II disease?": "the first side is cut off before `disease`",
}
ASKS_FOR_BOTH = {
    "What is the response rate for pazopanib and what is it for sunitinib?": "the second half is asked as a follow-up",
    "Is surgery better than radiotherapy?": "`than` splits only where a preposition is repeated",
    "Do adults or children relapse more often?": "`or` splits only with articles, a colon or a comma before it",
    "Compare pazopanib with sunitinib.": "no rule for `compare A with B`",
    "Compare the side effects of pazopanib and sunitinib.": "`and` splits only if `both`, `between` or articles tell",
    "Which is more common, ARMS or ERMS?": "sides at the end need two words each",
    "What is the median survival with and without radiotherapy?": "two prepositions share one noun",
    "Is the PAX3-FKHR fusion worse than the PAX7-FKHR fusion?": "no rule for `worse than`",
    "What happened before and after surgery?": "two prepositions share one noun",
    "Is it given orally or intravenously?": "the sides are adverbs",
    "Should radiotherapy be given before or after surgery?": "two prepositions share one noun",
    "How were the first and the second patient treated?": "nothing but `and` shows that two are compared",
    "Why is surgery preferred to radiotherapy?": "no rule for `preferred to`",
    "How does ARMS differ from ERMS?": "no rule for `A differs from B`",
    "What distinguishes ARMS from ERMS?": "no rule for `distinguishes A from B`",
    "Which of the two drugs, pazopanib or sunitinib, shrank the tumour?": "the sides stand between commas",
}
NOT_COUNTED = {"What do both authors recommend?": "`authors` are no word for papers"}

ASKED = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]


def known(questions: object, failing: dict[str, str]) -> list[object]:
    """The questions, with those that are known to fail as strict xfails."""
    assert isinstance(questions, tuple | dict)
    return [
        pytest.param(q, marks=pytest.mark.xfail(strict=True, reason=failing[q])) if q in failing else q
        for q in questions
    ]


@pytest.mark.parametrize("question", dict.fromkeys([*COMPARISONS, *COUNTED_PAPERS, *SEVERAL, *ONE, *ASKED]), ids=str)
def test_no_word_that_names_a_topic_is_lost(question: str) -> None:
    kept = {word for part in subquestions(question) for word in plain(part)}
    assert set(own_words(question)) - COMPARING <= kept


@pytest.mark.parametrize("question", known(COMPARISONS, LOSES_WHAT_IS_SHARED), ids=str)
def test_every_sub_question_has_what_both_sides_share(question: str) -> None:
    shared = set(COMPARISONS[question][0].split())
    for part in subquestions(question):
        assert shared <= set(plain(part))


@pytest.mark.parametrize("question", known(COMPARISONS, ASKS_FOR_BOTH), ids=str)
def test_every_sub_question_asks_for_one_side(question: str) -> None:
    _, *sides = COMPARISONS[question]
    asked = [[side for side in sides if side in plain(part)] for part in subquestions(question)]
    assert sorted(asked) == sorted([side] for side in sides)


@pytest.mark.parametrize("question", known(COUNTED_PAPERS, NOT_COUNTED), ids=str)
def test_a_question_about_counted_papers_is_asked_of_each(question: str) -> None:
    assert of_each_paper(question)
