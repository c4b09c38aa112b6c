"""Highlights are whole expressions of what is asked for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.answers.highlights import highlight, whole
from qa.answers.quantities import quantities

TEXT = "A 4-year-old girl (31 kg) received 5,040 cGy of anti-PD-1 (n = 12) in three of nine patients [3]."


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("year", "4-year-old"),
        ("040", "5,040 cGy"),
        ("cGy", "5,040 cGy"),
        ("PD", "anti-PD-1"),
        ("irl", "girl"),
        ("girl (31", "girl (31 kg)"),
        ("kg) rec", "(31 kg) received"),
        ("31 kg)", "31 kg"),
        (" girl (", "girl"),
        ("nine", "three of nine patients"),
        ("patients [3].", "three of nine patients"),
        ("received", "received"),
        (" (", ""),
    ],
)
def test_no_word_number_or_bracket_is_cut(part: str, expected: str) -> None:
    start = TEXT.index(part)
    first, last = whole(TEXT, start, start + len(part))
    assert TEXT[first:last] == expected


@pytest.mark.parametrize(
    ("part", "question", "expected"),
    [
        ("girl", "How old was she?", "4-year-old"),
        ("received", "What dose was given?", "5,040 cGy"),
        ("girl", "Who received it?", "girl"),
        ("of anti", "How many of the 9 patients responded?", "n = 12"),
        ("received", "What percentage responded?", "three of nine patients"),
    ],
)
def test_the_quantity_asked_for_is_marked(part: str, question: str, expected: str) -> None:
    start = TEXT.index(part)
    assert highlight(TEXT, start, start + len(part), question) == expected


def test_words_that_answer_as_well_as_a_number_stay() -> None:
    text = "None of the patients of the 20 centres died."
    assert highlight(text, 0, 4, "How many died?") == "None"


PIECES = st.lists(
    st.sampled_from(
        ["4-year-old", "5,040 cGy", "(31 kg)", "[3]", "(", ")", "anti-PD-1", "two", "of", "nine", ".", "95 %"]
    )
)


@given(PIECES, st.integers(0, 80), st.integers(0, 80))
@example(["two", "(31 kg)", "[3]"], 0, 14)  # ends within a reference mark
def test_what_is_whole_stays_as_it_is(pieces: list[str], start: int, end: int) -> None:
    text = " ".join(pieces)
    start, end = min(start, len(text)), min(end, len(text))
    first, last = whole(text, min(start, end), max(start, end))
    assert 0 <= first <= last <= len(text)
    assert whole(text, first, last) == (first, last)
    for quantity in quantities(text) if first < last else ():
        assert quantity.end <= first or last <= quantity.start or (first <= quantity.start and quantity.end <= last)
    assert first == last or not (text[first].isspace() or text[last - 1].isspace())
    assert first == 0 or first == last or not (text[first - 1].isalnum() and text[first].isalnum())
    assert last == len(text) or first == last or not (text[last - 1].isalnum() and text[last].isalnum())
