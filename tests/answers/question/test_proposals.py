"""The ways in which a follow-up can be read: no word that names a matter is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answers.question.grammar import own_words
from qa.answers.question.proposals import Proposal, asked_now, proposals, replaced, with_names
from qa.types import Abstention, Turn
from qa.words import terms
from tests.conftest import FakeEncoder

ENCODE = FakeEncoder().encode
WORDS = st.sampled_from(
    "pazopanib measles fever the in of dose relapse how what was did she and at 5 years IL-6 girl why".split()
)
QUESTIONS = st.lists(WORDS, min_size=1, max_size=9).map(" ".join).filter(own_words)


def turn(question: str) -> Turn:
    return Turn(question, Abstention(question, question, "", 0.1, (), ""))


def texts(question: str, *earlier: str) -> dict[str, str]:
    return {proposal.way: proposal.text for proposal in proposals(question, list(map(turn, earlier)), ENCODE)}


def named(text: str) -> set[str]:
    return set(terms([" ".join(own_words(text))])[0])


@settings(deadline=None)
@given(QUESTIONS, QUESTIONS)
def test_every_word_that_names_something_is_in_each_way_to_read_it(earlier: str, question: str) -> None:
    for text in texts(question, earlier).values():
        assert named(asked_now(question)) <= set(terms([text])[0])


@settings(deadline=None)
@given(QUESTIONS, QUESTIONS)
def test_the_question_as_typed_comes_first_and_no_text_comes_twice(earlier: str, question: str) -> None:
    found = proposals(question, [turn(earlier)], ENCODE)
    assert found[0] == Proposal(question, "typed") or not own_words(asked_now(question))
    assert len({proposal.text.lower() for proposal in found}) == len(found)


@pytest.mark.parametrize("question", ["Why?", "And the second one?", "How is asthma treated?"])
def test_without_turns_there_is_one_way(question: str) -> None:
    assert proposals(question, (), ENCODE) == (Proposal(question, "typed"),)


def test_the_same_question_again_is_no_follow_up() -> None:
    assert texts("how is Asthma treated", "How is asthma treated?") == {"typed": "how is Asthma treated"}


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("What is the survival at 2 years?", "And at 5 years?", "What is the survival at 5 years?"),
        ("What was the dose in children?", "in adults?", "What was the dose in adults?"),
        ("Is FLOX better than FOLFOX4?", "what about than GEMOX2?", "Is FLOX better than GEMOX2?"),
    ],
)
def test_a_fragment_replaces_the_likest_phrase(earlier: str, question: str, expected: str) -> None:
    assert texts(question, earlier)["replaced"] == expected


def test_a_clause_replaces_nothing_and_gets_the_names() -> None:
    found = texts("Were they trained?", "Why did the volunteers of Durban stop?")
    assert found == {"typed": "Were they trained?", "named": "Were they trained (volunteers Durban stop)?"}


def test_a_question_without_a_word_of_its_own_is_only_read_with_names() -> None:
    assert texts("And why?", "Was pazopanib stopped?") == {"named": "why (pazopanib stopped)?"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("ok thanks. Where was it done?", "Where was it done"),
        ("no I mean the 2nd site", "the 2nd site"),
        ("and osteosarcoma then?", "osteosarcoma"),
        ("Nonfatal events?", "Nonfatal events"),
        ("ok thanks", "ok thanks"),
    ],
)
def test_what_people_say_around_a_question_is_no_part_of_it(said: str, asked: str) -> None:
    assert asked_now(said) == asked


def test_names_are_few_and_none_is_said_twice() -> None:
    earlier = " ".join(f"name{number}" for number in range(100))
    assert with_names("Is name99 safe?", earlier).count("name") == 11
    assert with_names("Is name99 safe?", "name99") == "Is name99 safe?"


def test_nothing_is_replaced_where_nothing_is_named() -> None:
    assert replaced("Why?", "asthma", ENCODE) is None
