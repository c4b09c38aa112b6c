"""A comparison sign that is painted in two parts is read as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.pdf.signs import with_signs
from qa.papers.sources import Source
from tests.papers.pdf.drawing import BATS, LEFT, Drawing, run_of, titled


@pytest.mark.parametrize(
    ("upper", "lower", "read"), [("<", "=", "≤"), (">", "=", "≥"), ("<", "_", "≤"), (">", "~", "≳")]
)
@pytest.mark.parametrize("fall", [0, 4])
@pytest.mark.parametrize("turn", [0, 1])
def test_two_parts_are_one_sign(upper: str, lower: str, read: str, fall: float, turn: int) -> None:
    parts = [run_of(upper, 100, 102, turn=turn), run_of(lower, 100.5, 102 - fall, turn=turn)]
    for runs in (parts, parts[::-1]):
        (one,) = with_signs(runs)
        assert (one.text, one.y) == (read, 102 - fall / 2)


@pytest.mark.parametrize(("lower", "x", "y"), [("=", 106, 102), ("=", 100, 90), ("=", 100, 104), ("x", 100, 100)])
def test_what_stands_elsewhere_is_no_part_of_it(lower: str, x: float, y: float) -> None:
    runs = [run_of("<", 100, 102), run_of(lower, x, y)]
    assert with_signs(runs) == runs


def test_a_bound_keeps_its_second_half(tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    x = drawing.line(LEFT, 130, "Owls of an age of ")
    drawing.line(x, 128, "<")
    end = drawing.line(x, 132, "=")
    drawing.line(end, 130, " 12 weeks had half of the dose.")
    drawing.text(LEFT, 142, 495, BATS * 3)
    path = tmp_path / "signs.pdf"
    path.write_bytes(drawing.data())
    paper = ingest_here(Source("signs", path, {}), 160)
    assert "Owls of an age of ≤ 12 weeks had half of the dose." in paper.passages[0].text
