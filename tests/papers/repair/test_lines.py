"""Lines, and what a line looks like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.conventions import names_section
from qa.papers.repair.lines import ends_sentence, goes_on, is_heading, lines_of

WHOLE = """It grew. | Did it? | It did! | “It grew.” | (It grew.) | It grew [3]. | It grew. [3,4] | It grew. [3–5]
    It grew.3 | in the 1990s.8–11 | to 94%.14,15 | It grew.’ | the 1990s.[3]"""
BROKEN = "It grew | It grew, | the mass: | a half; | (It grew. It | 12 | 3.5 mg | re- | It grew [3]"
HEADINGS = """Results | ABSTRACT | 2. Materials and methods | IV. Discussion | 3.2.1 Statistical analysis | METHODS:
    Key  words | Authors’ contributions | WINGS OF THE BEE | CASE 1: LIVER | 1. LIVER AND SPLEEN
    2.3. Wings and their length | 3.1 The Alps in winter"""
PROSE = """2.3. The wings were long. | 2. Wings and their length | 0.5 Grams of it | 2.3 wings
    1.5 T | A B C | DNA | THE LIVER WAS PALE. | THE LIVER- | THE LIVER, | 12 345 678 | The liver | Results of the trial
    t(2;13)(q35;q14) | A LINE IN CAPITALS FROM ITS FIRST LETTER TO ITS LAST THAT GOES ON AND ON FOR FAR TOO LONG"""


def each(texts: str) -> list[str]:
    return [text.strip() for line in texts.splitlines() for text in line.split("|")]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text("ab \t\u00a0\r\n\f\u2028\x85", max_size=30))
def test_every_character_is_in_one_line(text: str) -> None:
    lines = lines_of(text)
    assert "".join(text[line.start : line.next] for line in lines) == text
    for line in lines:
        assert line.text == text[line.start : line.end]
        assert text[line.end : line.next] in ("\n", "\r\n", "\r", "\f", "")
        assert not set(line.text) & set("\r\n\f")
        assert line.blank == (not line.text.strip())
        assert line.indented == (not line.blank and line.text[0] in " \t\u00a0")


@pytest.mark.parametrize("text", each(WHOLE))
def test_ends_a_sentence(text: str) -> None:
    assert ends_sentence(text)
    assert ends_sentence(text + " ")


@pytest.mark.parametrize("text", ["", *each(BROKEN)])
def test_ends_no_sentence(text: str) -> None:
    assert not ends_sentence(text)


@pytest.mark.parametrize("text", each(HEADINGS))
def test_is_a_heading(text: str) -> None:
    assert is_heading(f" {text} ")


@pytest.mark.parametrize("text", ["", *each(PROSE)])
def test_is_no_heading(text: str) -> None:
    assert not is_heading(text)


@pytest.mark.parametrize("text", ["Conclusions.", "5. References", "Patients  and methods", "II. CASE REPORT"])
def test_names_a_section(text: str) -> None:
    assert names_section(text)


@pytest.mark.parametrize("text", ["", "Mixed methods", "WINGS OF THE BEE", "Results were"])
def test_names_no_section(text: str) -> None:
    assert not names_section(text)


@pytest.mark.parametrize("text", ["and the liver", " of it", "a liver", "known, too"])
def test_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize("text", ["", "The liver", "pH was low", "p53 and", "mRNA", "β-casein", "12 mice", "(see"])
def test_does_not_go_on(text: str) -> None:
    assert not goes_on(text)
