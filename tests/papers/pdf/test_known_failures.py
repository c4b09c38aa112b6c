"""What is still read wrongly, on invented papers: each test says what should be read.

This is a list to begin with. A test that passes fails the run (`strict`), so that who mends one takes its mark away.
"""

from __future__ import annotations

import io
from pathlib import Path

import fpdf
import matplotlib
import pypdf
import pytest

from qa.papers.pdf.pages import read_pages
from tests.papers.pdf.drawing import (
    LEFT,
)


@pytest.mark.xfail(strict=True, reason="characters are read from left to right whatever their script")
def test_a_script_that_is_written_from_right_to_left_is_read_so() -> None:
    words = "البومة تصيد ليلا"
    pdf = fpdf.FPDF(unit="pt", format="A4")
    pdf.add_page()
    pdf.add_font("DejaVu", fname=Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
    pdf.set_font("DejaVu", size=10)
    for i in range(6):
        pdf.text(LEFT, 100 + 12 * i, words[::-1])
    (page,) = read_pages(pypdf.PdfReader(io.BytesIO(pdf.output())))
    assert page.text.splitlines()[0] == words
