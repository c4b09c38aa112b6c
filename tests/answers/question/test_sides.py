"""A question about several things: no word that names a matter is lost, and each side has the matter that all share."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answers.question.grammar import own_words
from qa.answers.question.sides import MOST, of_each_paper, sides
from qa.config import IndexSettings
from qa.index.embed import open_encoder
from qa.words import terms
from tests.conftest import FakeEncoder

ENCODE = FakeEncoder().encode
PHRASES = st.lists(
    st.sampled_from("survival dose stage I stage II children adults measles FLOX relapse at 5 years".split()),
    min_size=1,
    max_size=4,
).map(" ".join)
JOINTS = st.sampled_from([" versus ", " compared with ", ", and in ", ", or ", "? ", "; ", " and what was "])


def texts(question: str) -> list[str]:
    """The ways to ask about each side, with a bar between them."""
    return [" | ".join(side.texts) for side in sides(question, ENCODE)]


def named(text: str) -> set[str]:
    return set(terms([" ".join(own_words(text))])[0])


@settings(deadline=None)
@given(PHRASES, PHRASES, JOINTS)
def test_every_word_that_names_something_is_in_some_side(first: str, second: str, joint: str) -> None:
    question = f"What was the {first}{joint}{second}?"
    found = texts(question)
    matter = named(question.replace(joint, " "))
    assert not found or matter <= set().union(*(terms([text])[0] for text in found))
    assert len(found) in (0, *range(2, MOST + 1))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What is the dose in adults versus in children?",
            ["What is the dose in adults?", "What is the dose in children?"],
        ),
        (
            "What daily dose was given of risperidone, and of buspirone?",
            ["What daily dose was given of risperidone?", "What daily dose was given of buspirone?"],
        ),
        (
            "Pain after surgery: how strong was it, and how long did it last in children?",
            ["Pain after surgery: how strong was it?", "Pain after surgery: how long did it last in children?"],
        ),
        (
            "How many schools were chosen in Peru and how many communities took part in Guerrero?",
            ["How many schools were chosen in Peru?", "how many communities took part in Guerrero?"],
        ),
        ("Was he a smoker? Did he drink?", ["Was he a smoker?", "Did he drink (smoker)? | Did he drink?"]),
        (
            "Which drug came first in adults, and which in children?",
            [
                "Which drug came first in adults?",
                "Which drug came first in children? | which in children (drug came first adults)? | which in children?",
            ],
        ),
    ],
)
def test_each_side_is_a_question_with_the_matter_that_both_share(question: str, expected: list[str]) -> None:
    assert texts(question) == expected


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Do adults or children relapse?", ["Do adults relapse?", "Do children relapse?"]),
        ("Which is more common, mumps or measles?", ["Which is more common, mumps?", "Which is more common, measles?"]),
        ("What happened before and after surgery?", ["What happened before surgery?", "What happened after surgery?"]),
        ("Is cycling better than swimming?", ["Is cycling better?", "Is swimming better?"]),
        ("How does mumps differ from measles?", ["How does mumps differ?", "How does measles differ?"]),
    ],
)
def test_the_phrases_that_are_likest_are_the_sides(question: str, expected: list[str]) -> None:
    encode = open_encoder(IndexSettings().encoder).encode
    assert [side.texts for side in sides(question, encode)] == [(text,) for text in expected]


@pytest.mark.parametrize(
    "question",
    ["What is the dose?", "How were nausea and vomiting treated?", "Who?", "", "Why?", "Is pazopanib safe in adults?"],
)
def test_a_question_without_a_sign_of_several_things_has_no_sides(question: str) -> None:
    assert texts(question) == []


def test_a_side_is_named_in_the_questions_words() -> None:
    found = sides("What is the dose in adults versus in children?", ENCODE)
    assert [side.name for side in found] == ["in adults", "in children"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do both papers say of fever?", True),
        ("In all three trials, who was blinded?", True),
        ("What does the paper say of both drugs?", False),
    ],
)
def test_what_several_papers_say_is_asked_of_each(question: str, expected: bool) -> None:
    assert of_each_paper(question) == expected
