"""Accents that are painted apart from their letters are read on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.pdf.accents import with_accents
from qa.papers.sources import Source
from tests.papers.pdf.drawing import BATS, LEFT, Drawing, run_of, running, titled


@pytest.mark.parametrize("before", [True, False])
def test_accents_painted_apart_are_on_their_letters(before: bool, tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    x = drawing.line(LEFT, 130, "The owls of J")
    if before:
        drawing.line(x, 130, "´")
    end = drawing.line(x, 130, "e")
    if not before:
        drawing.line(x, 130, "´")
    drawing.line(end, 130, "na hunt by ear when the snow is deep.")
    drawing.text(LEFT, 142, 495, BATS * 3)
    path = tmp_path / "accents.pdf"
    path.write_bytes(drawing.data())
    paper = ingest_here(Source("accents", path, {}), 160)
    assert "The owls of Jéna hunt by ear" in paper.passages[0].text
    assert "Jéna" in paper.document.raw


@pytest.mark.parametrize(
    ("accent", "rise", "letter", "read"),
    [
        ("´", 0, "e", "é"),
        ("`", 0, "e", "è"),
        ("^", 0, "o", "ô"),
        ("~", 0, "n", "ñ"),
        ("¨", 0, "ı", "ï"),
        ("¸", 0, "c", "ç"),
        ("ˇ", 0, "s", "š"),
        ("˚", 2.2, "A", "Å"),
        ("´", 2.2, "E", "É"),
        ("\u0301", 0, "e", "é"),
    ],
)
def test_each_accent_is_on_its_letter(accent: str, rise: float, letter: str, read: str) -> None:
    runs = [run_of("Barr", 80), run_of(accent, 100.5, 100 + rise, 4), run_of(letter + " is", 100)]
    assert [run.text for run in with_accents(runs)] == ["Barr", read + " is"]
    sideways = [run_of("Barr", 80, turn=1), run_of(accent, 100.5, 100 + rise, 4, turn=1), run_of(letter, 100, turn=1)]
    assert [run.text for run in with_accents(sideways)] == ["Barr", read]


def test_an_accent_at_the_end_of_a_run_leaves_it() -> None:
    found = with_accents([run_of("Barr´", 80), run_of("e syndrome", 100)])
    assert [run.text for run in found] == ["Barr", "é syndrome"]
    assert [run.x1 for run in found] == [100, 150]
    assert [len(run.edges) for run in found] == [5, 11]


def test_a_combining_character_joins_its_letter() -> None:
    (found,) = with_accents([run_of("Mu\u0308ller", 80)])
    assert found.text == "Müller"
    assert len(found.edges) == 7


@pytest.mark.parametrize("sign", ["~", "^", "`", "°", "¨"])
def test_a_sign_that_lies_on_no_letter_stays(sign: str) -> None:
    runs = [run_of("about ", 50), run_of(sign, 80), run_of("30 eggs", 86), run_of("n", 80, 88), run_of("u", 80, 112)]
    assert with_accents(runs) == runs


def test_a_page_without_accents_is_as_it_was() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.text(LEFT, 142, 495, BATS)
    assert running(drawing.pages()) == BATS.strip()
