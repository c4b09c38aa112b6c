"""What holds on the other side of a bound, or for the other sex, is no answer."""

from __future__ import annotations

import pytest

from qa.answers.question.opposites import contradicts

UNDER, OVER = "What was the starting dose under 50 kg?", "What dose had children of 12 years or older?"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (UNDER, "Children of more than 50 kg began with 0.5 mg."),
        (UNDER, "Those ≥ 50 kg began with 0.5 mg."),
        (UNDER, "Those who weighed 50 kg or more began with 0.5 mg."),
        ("starting dose <50kg", "For children over a weight of 50 kg the dose was 0.5 mg."),
        (OVER, "Children younger than 12 years had 5 mg."),
        (OVER, "Up to the age of 12 years they had 5 mg."),
        ("How many women stopped?", "Of the men, 12 stopped."),
        ("How old were the boys?", "The girl was 12 years old."),
    ],
)
def test_the_opposite_is_no_answer(question: str, sentence: str) -> None:
    assert contradicts(sentence, question)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (UNDER, "Children below 50 kg began with 0.25 mg, those above 50 kg with 0.5 mg."),
        (UNDER, "Children over 60 kg began with 0.5 mg."),
        (UNDER, "All began with 0.25 mg."),
        (UNDER, "A child of 50 kg began with 0.25 mg."),
        ("What was the starting dose?", "Children over 50 kg began with 0.5 mg."),
        ("What was the dose for over three years?", "It was 5 mg for over three years."),
        ("How many women stopped?", "Of the men and women, 12 stopped."),
        ("How many women stopped?", "12 of the patients stopped."),
        ("Why were those of over 50 kg left out?", "Those under 50 kg were taken, since they had more of it."),
        ("Were women asked?", "Only men were asked."),
        ("How many men and women stopped?", "Of the men, 12 stopped."),
        ("How many stopped?", "Of the men, 12 stopped."),
    ],
)
def test_what_may_be_an_answer_is_none_of_them(question: str, sentence: str) -> None:
    assert not contradicts(sentence, question)


def test_a_row_of_a_table_holds_for_its_own_bounds_whatever_is_asked() -> None:
    asked = "What was the change in children under two years?"
    row = "Over two years: Children 17; Change (mm) 0.0"
    assert contradicts(row, asked, is_row=True)
    assert not contradicts(row, asked)
    assert not contradicts("Under two years: Children 14; Change (mm) 0.1", asked, is_row=True)
