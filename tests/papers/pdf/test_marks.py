"""What stands raised is a reference mark, an exponent, or a part of a symbol, by what it stands behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.sources import Source
from tests.papers.pdf.drawing import BATS, LEFT, Drawing, running, titled

RISE, SMALL = 3.3, 6.5
"""Points: how far above the line a superscript stands, and its size in a line of ten points."""


def set_raised(drawing: Drawing, y: float, *parts: str) -> None:
    """Draw a line; what begins with ^ is raised and smaller, what begins with _ lowered and smaller."""
    x = float(LEFT)
    for part in parts:
        rise = RISE if part[0] == "^" else -2.0 if part[0] == "_" else 0.0
        size = SMALL if rise else 10
        x = drawing.line(x, y - rise, part.lstrip("^_"), size)


def read(*parts: str) -> str:
    """How a line with raised parts is read, without the page's other text."""
    drawing = Drawing()
    titled(drawing)
    set_raised(drawing, 130, *parts)
    drawing.text(LEFT, 142, 495, BATS * 3)
    return running(drawing.pages()).split(" The bat calls")[0]


@pytest.mark.parametrize("mark", ["2 3", "4 7 9", "10 12-15", "1,2", "3, 4", "1-3", "7"])
def test_raised_numbers_are_one_mark(mark: str) -> None:
    assert read("The owl hunts by ear in winter.", f"^{mark}", " Its young are fed.") == (
        f"The owl hunts by ear in winter.[{mark}] Its young are fed."
    )


@pytest.mark.parametrize("mark", ["2 3", "10 12-15", "3, 4"])
def test_a_sentence_ends_at_its_mark(mark: str, tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    set_raised(drawing, 130, "Most are fed by one of the owls.", f"^{mark}", " The first visit is late in the year.")
    drawing.text(LEFT, 142, 495, BATS * 3)
    path = tmp_path / "marks.pdf"
    path.write_bytes(drawing.data())
    read = [s.text for p in ingest_here(Source("marks", path, {}), 160).passages for s in p.sentences]
    assert read[:2] == [f"Most are fed by one of the owls.[{mark}]", "The first visit is late in the year."]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("a count of 10", "^5", " cells"), "a count of 10^5 cells"),
        (("it is 2 x 10", "^-3", " in all"), "it is 2 x 10^-3 in all"),
        (("it is 10", "^12", " in all"), "it is 10^12 in all"),
        (("24 per cm", "^-2", " of it"), "24 per cm^-2 of it"),
        (("an area of 5 m", "^2", " of it"), "an area of 5 m^2 of it"),
        (("at 5 m s", "^-1", " or more"), "at 5 m s^-1 or more"),
        (("it is 9.8 m/s", "^2", " at sea"), "it is 9.8 m/s^2 at sea"),
        (("of 23 kg/m", "^2", ", not less"), "of 23 kg/m^2, not less"),
        (("350 cells/mm", "^3", " of blood"), "350 cells/mm^3 of blood"),
        (("of 3 mg kg", "^-1", " day", "^-1", " of it"), "of 3 mg kg^-1 day^-1 of it"),
        (("0.3 ml min", "^-1", " of it"), "0.3 ml min^-1 of it"),
        (("it is (x × 3)", "^2", " of it"), "it is (x × 3)^2 of it"),
        (("a volume of 0.7um", "^3", " of it"), "a volume of 0.7um^3 of it"),
        (("power of 3 kg m", "^2", "/s", "^3", " of it"), "power of 3 kg m^2/s^3 of it"),
    ],
)
def test_a_power_has_a_caret(parts: tuple[str, ...], text: str) -> None:
    assert read("Owls have ", *parts) == f"Owls have {text}"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("seen in trials", "^2", " of it"), "seen in trials[2] of it"),
        (("seen in 2010", "^5", " in the north"), "seen in 20105 in the north"),
        (("seen at 5 km", "^12", " by us"), "seen at 5 km[12] by us"),
        (("seen at 5 km,", "^2", " by us"), "seen at 5 km,[2] by us"),
        (("seen to swim", "^2", " by us"), "seen to swim[2] by us"),
        (("seen in all (of 12)", "^2", " by us"), "seen in all (of 12)[2] by us"),
        (("seen for 10 min", "^3", " by us"), "seen for 10 min[3] by us"),
        (("given 5 mg/kg", "^2", " by us"), "given 5 mg/kg[2] by us"),
        (("given 2 mL", "^4", " by us"), "given 2 mL[4] by us"),
    ],
)
def test_a_mark_behind_a_word_is_no_power(parts: tuple[str, ...], text: str) -> None:
    assert read("Owls were ", *parts) == f"Owls were {text}"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("given ", "^18", "F by mouth"), "given 18F by mouth"),
        (("given ", "^99m", "Tc by mouth"), "given 99mTc by mouth"),
        (("given [", "^18", "F]FDG by mouth"), "given [18F]FDG by mouth"),
        (("given Ca", "^2+", " and Na", "^+", " by mouth"), "given Ca2+ and Na+ by mouth"),
        (("given CO", "_2", " and H", "_2", "O by mouth"), "given CO2 and H2O by mouth"),
        (("given 5 m2 of room",), "given 5 m2 of room"),
        (("of ", "^1", "Owls and Bats, ", "^2", "The University"), "of 1 Owls and Bats, 2 The University"),
    ],
)
def test_what_belongs_to_a_symbol_stays_with_it(parts: tuple[str, ...], text: str) -> None:
    assert read("Owls were ", *parts) == f"Owls were {text}"
