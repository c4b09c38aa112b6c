"""Where lines are printed survives packing, and is left out rather than guessed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.papers.pdf.glyphs import Face, Run
from qa.papers.pdf.layout import line_of
from qa.papers.pdf.printed import NOWHERE, UNIT, Frame, PrintedLine, Word, pack, printed, unpack

SHEET = Frame(0, 0, 100, 200)
NUMBERS = st.integers(-UNIT, 2 * UNIT)


def run(text: str, x: float, size: float = 10, y: float = 100) -> Run:
    """Characters half an em wide."""
    edges = tuple(x + i * size / 2 for i in range(len(text) + 1))
    return Run(text, x, edges[-1], y, size, Face("Times", False, False), edges=edges)


@given(
    st.lists(
        st.builds(
            PrintedLine,
            st.lists(st.builds(Word, NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1).map(tuple),
            NUMBERS,
            NUMBERS,
            st.booleans(),
        )
    )
)
def test_packed_lines_are_unpacked_as_they_were(lines: list[PrintedLine]) -> None:
    assert unpack(pack(lines)) == lines


def test_words_end_where_nothing_was_painted() -> None:
    line = line_of([run("on trials.", 10), run("12", 60, 6, 104), run("Next", 70)])
    assert line.text == "on trials.[12] Next"
    found = printed(line, 5, SHEET)
    assert found is not None
    assert [(word.start - 5, word.end - 5, word.x0, word.x1) for word in found.words] == [
        (0, 2, 1000, 2000),
        (3, 10, 2500, 6000),
        (11, 13, 6000, 6600),
        (15, 19, 7000, 9000),
    ]


def test_a_line_without_a_place_has_none() -> None:
    line = line_of([run("words", 10)])
    assert printed(line, 0, SHEET) is not None
    assert printed(line, 0, NOWHERE) is None
    line.text = "others"
    assert printed(line, 0, SHEET) is None


@pytest.mark.parametrize("x", [math.inf, math.nan, 1e9])
def test_a_line_outside_the_page_has_no_place(x: float) -> None:
    assert printed(line_of([run("words", x)]), 0, SHEET) is None
