"""Which letters a page shows: in which order they are read, and what is said where a font does not tell."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import fpdf
import matplotlib
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
)

from qa.papers.ingest import ingest_here
from qa.papers.pdf.bidi import as_typed
from qa.papers.pdf.pages import read_pages
from qa.papers.quality import UNKNOWN_LETTERS
from qa.papers.sources import Source
from qa.types import SourceError
from tests.papers import minimal
from tests.papers.pdf.drawing import LEFT, OWLS

ARABIC = "البومة تصيد ليلا"
HEBREW = "הינשוף צד בלילה"


def drawn(lines: Sequence[str]) -> bytes:
    """A page with lines in a font that has Arabic and Hebrew letters, painted as they stand."""
    pdf = fpdf.FPDF(unit="pt", format="A4")
    pdf.add_page()
    pdf.add_font("DejaVu", fname=Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
    pdf.set_font("DejaVu", size=10)
    for i, line in enumerate(lines):
        pdf.text(LEFT, 100 + 12 * i, line)
    return bytes(pdf.output())


@pytest.mark.parametrize("words", [ARABIC, HEBREW])
def test_a_script_that_is_written_from_right_to_left_is_read_so(words: str) -> None:
    (page,) = read_pages(pypdf.PdfReader(io.BytesIO(drawn([words[::-1]] * 6))))
    assert page.text.splitlines() == [words] * 6


def test_letters_painted_one_by_one_from_the_right_are_read_so() -> None:
    pdf = fpdf.FPDF(unit="pt", format="A4")
    pdf.add_page()
    pdf.add_font("DejaVu", fname=Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))
    pdf.set_font("DejaVu", size=10)
    x = 500.0
    for letter in ARABIC:
        x -= pdf.get_string_width(letter)
        pdf.text(x, 100, letter)
    (page,) = read_pages(pypdf.PdfReader(io.BytesIO(bytes(pdf.output()))))
    assert page.text == ARABIC


@pytest.mark.parametrize(
    ("painted", "typed"),
    [
        (f"2020 {HEBREW[::-1]}", f"{HEBREW} 2020"),
        (f".7.5 mg {HEBREW[::-1]}", f"{HEBREW} 7.5 mg."),
        (f".mg 7.5 {HEBREW[::-1]}", f"{HEBREW} 7.5 mg."),
        (f"5 3 {HEBREW[::-1]}", f"{HEBREW} 3 5"),
        (f"{HEBREW[::-1]} COVID 19 {HEBREW[::-1]}", f"{HEBREW} COVID 19 {HEBREW}"),
        (f"An owl ({HEBREW[::-1]}) hunts by ear", f"An owl ({HEBREW}) hunts by ear"),
        (f"({HEBREW[::-1]})", f"({HEBREW})"),
        ("\ufefb", "\u0644\u0627"),
        ("12.5", "12.5"),
        (f"50% {HEBREW[::-1]}", f"{HEBREW} 50%"),
    ],
)
def test_numbers_and_latin_words_go_from_left_to_right(painted: str, typed: str) -> None:
    assert as_typed(painted) == typed


@given(st.text(HEBREW + "abc 12().,-%", max_size=40))
def test_no_character_is_lost_by_turning_a_line(text: str) -> None:
    mirrored = str.maketrans("()", "((")
    assert sorted(as_typed(text).translate(mirrored)) == sorted(text.translate(mirrored))


def test_codes_that_are_numbers_of_glyphs_are_no_letters(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(drawn([OWLS[:60]] * 6)))
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        del font.get_object()["/ToUnicode"]
    data = io.BytesIO()
    writer.write(data)
    (page,) = read_pages(pypdf.PdfReader(data))
    assert set(page.text.split("\n")[0]) == {"\ufffd"}


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("/g69", "\ufffd"),
        ("/C15", "\ufffd"),
        ("/G03-", "\ufffd"),
        ("/uni20AC", "€"),
        ("/uni00410042", "AB"),
        ("/u1D400", "\U0001d400"),
        ("/f_f_l.alt", "ffl"),
        ("/one.oldstyle", "1"),
        ("/adieresis", "ä"),
    ],
)
def test_the_name_of_a_glyph_is_its_letter_or_none(name: str, letter: str) -> None:
    (page,) = read_pages(pypdf.PdfReader(io.BytesIO(with_names(name))))
    assert unicodedata.normalize("NFKC", page.text) == unicodedata.normalize("NFKC", f"The {letter} owl")


def unknown(text: str) -> bytes:
    return with_names(*(f"/g{i}" for i in range(26)), first=97, text="\n".join([text] * 6))


def test_a_page_of_unknown_glyphs_is_said_to_be_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "glyphs.pdf"
    path.write_bytes(unknown("the owl hunts by ear in winter 12"))
    (quality,) = ingest_here(Source("glyphs", path, {}), 160).document.quality
    assert quality.score == 0
    assert quality.reasons == (UNKNOWN_LETTERS,)


def test_a_file_of_unknown_glyphs_asks_for_text_recognition(tmp_path: Path) -> None:
    path = tmp_path / "glyphs.pdf"
    path.write_bytes(unknown("the owl hunts by ear in winter"))
    with pytest.raises(SourceError, match="ocrmypdf --force-ocr"):
        ingest_here(Source("glyphs", path, {}), 160)


def with_names(*names: str, first: int = 64, text: str = "The @ owl") -> bytes:
    """A page with a text in a font whose codes from `first` on have these names of glyphs."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(minimal.pdf(text)))
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        font.get_object()[NameObject("/Encoding")] = DictionaryObject(
            {
                NameObject("/BaseEncoding"): NameObject("/WinAnsiEncoding"),
                NameObject("/Differences"): ArrayObject([NumberObject(first), *map(NameObject, names)]),
            }
        )
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def test_a_bitmap_font_whose_glyphs_are_named_by_their_codes_is_read_by_these() -> None:
    """Ghostscript takes TeX's a101 for the name of a dingbat, and writes a table that says so."""
    text = "e\x1cnm"
    dingbats = {"e": "2761", "\x1c": "271c", "n": "2665", "m": "2660"}
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(minimal.pdf("\\".join(["", "145", "034", "156", "155"]))))
    font = writer.pages[0]["/Resources"]["/Font"]["/F1"]  # type: ignore[index]
    rows = " ".join(f"<{ord(c):02x}> <{shown}>" for c, shown in dingbats.items())
    table = DecodedStreamObject()
    table.set_data(
        "/CMapName /R1 def 1 begincodespacerange <00> <ff> endcodespacerange "
        f"4 beginbfchar {rows} endbfchar endcmap".encode()
    )
    font.clear()
    font.update(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type3"),
            NameObject("/FontMatrix"): ArrayObject([FloatObject(v) for v in (0.01, 0, 0, 0.01, 0, 0)]),
            NameObject("/FirstChar"): NumberObject(0),
            NameObject("/LastChar"): NumberObject(127),
            NameObject("/Widths"): ArrayObject([NumberObject(50)] * 128),
            NameObject("/CharProcs"): DictionaryObject(),
            NameObject("/ToUnicode"): writer._add_object(table),
            NameObject("/Encoding"): DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Encoding"),
                    NameObject("/Differences"): ArrayObject(
                        [part for c in text for part in (NumberObject(ord(c)), NameObject(f"/a{ord(c)}"))]
                    ),
                }
            ),
        }
    )
    data = io.BytesIO()
    writer.write(data)
    (page,) = read_pages(pypdf.PdfReader(data))
    assert page.text == "efinm"
