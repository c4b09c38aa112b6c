"""Slips change letters and never what is asked."""

from __future__ import annotations

import pytest

from qa.training.slips import bare, beside, noun_phrase, slipped

QUESTION = "How many mg of lornoxicam did IL-6 patients get every 12 hours in severe sepsis?"


def distance(a: str, b: str) -> int:
    """Letters to insert, delete, replace or exchange with the next (Damerau and Levenshtein, restricted)."""
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = a[i - 1] != b[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and (a[i - 1], a[i - 2]) == (b[j - 2], b[j - 1]):
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@pytest.mark.parametrize("seed", [str(n) for n in range(20)])
def test_a_long_question_has_two_slips_at_most(seed: str) -> None:
    made = slipped(QUESTION, seed)
    assert made == slipped(QUESTION, seed)
    changed = [(a, b) for a, b in zip(QUESTION.split(" "), made.split(" "), strict=True) if a != b]
    assert 1 <= len(changed) <= 2  # a slip may exchange two equal letters
    for before, after in changed:
        assert before.rstrip("?").isalpha()
        assert before[0] == after[0]
        assert distance(before, after) == 1


def test_slips_differ() -> None:
    assert len({slipped("severe sepsis", str(n)) for n in range(30)}) > 15


@pytest.mark.parametrize("question", ["", "mg", "IL-6 in HIV?", "5,040 cGy"])
def test_what_has_no_plain_long_word_has_no_slip(question: str) -> None:
    assert slipped(question) == question


def test_keys_that_lie_beside_each_other_do_so_both_ways() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for letter in letters:
        assert 1 <= len(beside(letter)) <= 2
        assert all(letter in beside(other) for other in beside(letter))


def test_a_bare_question_keeps_numbers_and_names() -> None:
    assert bare(QUESTION) == "mg lornoxicam il-6 patients get 12 hours severe sepsis"
    assert bare("Was it not given before day 3?") == "not given before day 3"


def test_a_phrase_that_is_asked_for() -> None:
    assert noun_phrase("How many of the women were pregnant?") == "Women were pregnant"
    assert noun_phrase("Is it?") == "Is it"
