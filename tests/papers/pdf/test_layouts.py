"""One trait of a journal's layout a test, on invented papers: what is text, what is not, and in which order."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, NumberObject

from qa.papers.ingest import ingest_here
from qa.papers.pdf.glyphs import _drawn
from qa.papers.pdf.pages import read_pages
from qa.papers.sources import Source
from qa.types import WELL_READ
from tests.papers import minimal
from tests.papers.pdf.drawing import (
    BATS,
    LEFT,
    MOTHS,
    OWLS,
    RIGHT,
    TITLE,
    WIDTH,
    Drawing,
    running,
    sentences,
    texts,
    titled,
    two_columns,
)


def test_an_equations_number_does_not_reach_into_the_next_column() -> None:
    drawing = Drawing()
    two_columns(drawing, left=OWLS * 2, right=BATS * 4)
    drawing.line(LEFT + 40, 276, "n = a + b", 10, "I")
    drawing.line(LEFT + WIDTH, 276, "(1)", right=True)
    drawing.text(LEFT, 300, WIDTH, MOTHS * 2)
    body = running(drawing.pages())
    assert body.index("The moth folds") < body.index("The bat calls")
    assert all(sentence in body for sentence in sentences(BATS))


def test_a_first_heading_under_the_history_does_not_come_before_the_abstract_beside_it() -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Article history:", 8, "I")
    drawing.line(LEFT, y + 12, "Received 3 March 2019", 8)
    drawing.line(LEFT, y + 24, "Accepted 4 August 2019", 8)
    drawing.line(200, y, "Abstract", 8, "B")
    drawing.text(200, y + 12, 345, MOTHS, 8)
    drawing.line(LEFT, y + 100, "1 Introduction", 10, "B")
    drawing.text(LEFT, y + 118, WIDTH, OWLS * 3)
    drawing.text(RIGHT, y + 100, WIDTH, BATS * 3)
    drawing.text(LEFT, 700, WIDTH, "Corresponding author at the station; letters reach the first author there. " * 4, 8)
    pages = drawing.pages()
    assert texts(pages, "heading") == ["Abstract", "1 Introduction"]
    assert texts(pages, "abstract") == [MOTHS.strip()]
    assert all(sentence in running(pages) for sentence in sentences(OWLS + BATS))


def test_notes_in_the_margin_do_not_stand_between_the_abstract_and_its_heading() -> None:
    drawing = Drawing()
    drawing.line(190, 70, TITLE, 16, "B")
    drawing.line(190, 130, "Abstract", 12, "B")
    drawing.text(190, 146, 350, MOTHS)
    drawing.line(190, 240, "Introduction", 12, "B")
    drawing.text(190, 256, 350, (OWLS + BATS) * 3)
    note = "The funders had no part in the plan of this study, nor in its text."
    drawing.line(50, 118, "OPEN ACCESS", 7, "B")
    drawing.text(50, 152, 110, note, 7, first="Funding:")
    drawing.text(50, 300, 110, note, 7, first="Competing interests:")
    pages = drawing.pages()
    assert texts(pages, "abstract") == [MOTHS.strip()]
    assert texts(pages, "authors")[-3:] == ["OPEN ACCESS", f"Funding: {note}", f"Competing interests: {note}"]


def test_an_abstract_without_a_heading_is_known_by_the_labels_of_its_parts() -> None:
    drawing = Drawing()
    y = titled(drawing)
    parts = sentences(MOTHS)
    for label, part in zip(("Background:", "Methods:", "Results:", "Conclusion:"), parts, strict=True):
        y = drawing.text(LEFT, y, 495, part, first=label)
    drawing.line(LEFT, y + 20, "How the night is divided", 12, "B")
    two_columns(drawing, y + 36)
    pages = drawing.pages()
    assert all(part in " ".join(texts(pages, "abstract")) for part in parts)
    assert not any(part in running(pages) for part in parts)


def test_an_abstract_with_headings_of_its_own_ends_at_the_introduction() -> None:
    drawing = Drawing()
    y = titled(drawing)
    parts = sentences(MOTHS)
    drawing.line(LEFT, y, "Abstract", 10, "B")
    for label, part in zip(("Objective", "Methods", "Results", "Conclusions"), parts, strict=True):
        drawing.line(LEFT, y + 14, label, 10, "B")
        y = drawing.text(LEFT, y + 28, 495, part)
    drawing.line(LEFT, y + 20, "Background", 10, "B")
    y = drawing.text(LEFT, y + 34, 495, OWLS * 3)
    drawing.line(LEFT, y + 10, "Methods", 10, "B")
    drawing.text(LEFT, y + 24, 495, BATS * 3)
    pages = drawing.pages()
    assert all(part in " ".join(texts(pages, "abstract")) for part in parts)
    assert all(sentence in running(pages) for sentence in sentences(OWLS + BATS))


def test_keywords_under_an_abstract_are_none_of_it() -> None:
    drawing = Drawing()
    y = titled(drawing)
    y = drawing.text(LEFT, y, 495, MOTHS, first="Abstract.")
    drawing.text(LEFT, y, 495, "night, owls, bats, hearing", first="Keywords:")
    drawing.line(LEFT, y + 40, "Introduction", 12, "B")
    two_columns(drawing, y + 56)
    pages = drawing.pages()
    assert texts(pages, "abstract") == [f"Abstract. {MOTHS.strip()}"]
    assert "Keywords: night, owls, bats, hearing" in texts(pages, "authors")


def test_affiliations_and_abstract_in_one_block_are_two() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.line(LEFT, 118, "Department of Zoology, University of Northfield", 9)
    drawing.text(LEFT, 128.8, 495, MOTHS, 9, first="Abstract.")
    drawing.line(LEFT, 200, "Introduction", 12, "B")
    two_columns(drawing, 216)
    assert texts(drawing.pages(), "abstract") == [f"Abstract. {MOTHS.strip()}"]


def test_labels_of_tables_at_the_top_of_pages_are_no_running_heads() -> None:
    drawing = Drawing()
    titled(drawing)
    captions = ["Weights of the owls at the roost", "Flights along the wood by hour", "Moths in the traps of June"]
    for number, (caption, text) in enumerate(zip(captions, (OWLS, BATS, MOTHS), strict=True), 1):
        drawing.new_page()
        drawing.line(LEFT, 50, f"Table {number}", 8)
        drawing.line(LEFT, 59.6, caption, 8)
        two_columns(drawing, 110, text * 3, text[40:] * 3)
    found = texts(drawing.pages(), "caption")
    assert found == [f"Table {number} {caption}" for number, caption in enumerate(captions, 1)]


@pytest.mark.parametrize("heading", ["Methods and materials", "References"])
def test_a_letter_spaced_heading_is_words(heading: str) -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.new_page()
    two_columns(drawing, left=OWLS * 2)
    drawing.spaced(LEFT, 300, heading, 12, "B")
    drawing.text(LEFT, 318, WIDTH, OWLS * 2)
    assert heading in texts(drawing.pages(), "heading")


def test_a_reference_list_needs_no_heading_in_another_type() -> None:
    drawing = Drawing()
    two_columns(drawing, left=OWLS * 3, right=BATS)
    entry = "Berger A: Nights of the northern owl. J Dark Things 1999, 3:14-18."
    drawing.line(RIGHT, 300, "References")
    y = 312.0
    for number in range(1, 9):
        y = drawing.text(RIGHT, y, WIDTH, f"{number}. {entry}")
    pages = drawing.pages()
    assert "J Dark Things" not in running(pages)
    assert " ".join(texts(pages, "reference")).count("J Dark Things") == 8


def test_a_column_of_figures_that_ends_in_a_decimal_is_no_sentence() -> None:
    drawing = Drawing()
    two_columns(drawing, left=OWLS * 2)
    figures = [f"{n * 7 % 90}.{n % 10} ({n})" for n in range(1, 12)] + ["12.5"]
    for row, figure in enumerate(figures):
        drawing.line(LEFT, 300 + 10 * row, figure, 8)
    assert "12.5" not in running(drawing.pages())


def test_a_right_column_that_begins_higher_is_apart_from_the_abstract_over_it() -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Abstract", 10, "B")
    y = drawing.text(LEFT, y + 14, 495, MOTHS * 2)
    drawing.line(LEFT, y + 12, "Introduction", 10, "B")
    drawing.text(LEFT, y + 24, WIDTH, OWLS * 3)
    drawing.text(RIGHT, y, WIDTH, BATS * 3)
    pages = drawing.pages()
    assert " ".join(texts(pages, "abstract")) == (MOTHS * 2).strip()
    assert all(sentence in running(pages) for sentence in sentences(BATS))


def test_a_caption_in_the_bodys_type_ends_before_the_text() -> None:
    drawing = Drawing()
    legend = "Flights along the wood and the turns that were taken in them."
    y = drawing.text(LEFT, 60, WIDTH, legend, first="Figure 1.")
    drawing.text(LEFT, y + 2.4, WIDTH, OWLS * 3)
    drawing.text(RIGHT, 60, WIDTH, BATS * 3)
    pages = drawing.pages()
    assert texts(pages, "caption") == [f"Figure 1. {legend}"]
    assert all(sentence in running(pages) for sentence in sentences(OWLS))


def test_authors_in_the_bodys_type_are_no_text() -> None:
    drawing = Drawing()
    titled(drawing)
    university = "Department of Zoology, University of Northfield, Northfield, Sweden"
    drawing.text(LEFT, 112, 495, f"{university}; {university.replace('Northfield', 'Oldenmark')}; and others")
    drawing.text(LEFT, 150, 495, (OWLS + BATS) * 3)
    assert running(drawing.pages()).startswith("The owl hunts")


def test_a_bitmap_fonts_widths_are_in_its_own_unit() -> None:
    font = DictionaryObject(
        {
            NameObject("/FirstChar"): NumberObject(97),
            NameObject("/Widths"): ArrayObject([FloatObject(67.5), FloatObject(75.0)]),
            NameObject("/FontMatrix"): ArrayObject([FloatObject(v) for v in (0.007, 0, 0, 0.007, 0, 0)]),
        }
    )
    drawn = _drawn(font)
    assert drawn is not None and drawn.em == 1.0
    assert drawn.widths == {97: pytest.approx(472.5), 98: pytest.approx(525.0)}


def test_references_under_a_roman_number_are_references() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.line(LEFT, 130, "I. INTRODUCTION", 11, "B")
    drawing.text(LEFT, 146, 495, OWLS * 3)
    drawing.line(LEFT, 300, "II. REFERENCES", 11, "B")
    y = 316.0
    for number in range(1, 9):
        y = drawing.text(LEFT, y, 495, f"[{number}] Berger A, Nights of the owl, J Dark Things, 3:14-18, 1999.")
    assert " ".join(texts(drawing.pages(), "reference")).count("J Dark Things") == 8


def test_an_image_within_the_content_does_not_cost_the_page_its_layout() -> None:
    image = "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI"
    (page,) = read_pages(
        pypdf.PdfReader(io.BytesIO(minimal.pdf(f"Owls hunt.) Tj ET {image} BT /F1 11 Tf 72 690 Td (So")))
    )
    assert page.lines
    assert page.text.split() == ["Owls", "hunt.", "So"]


def test_text_that_runs_up_the_page_is_a_table_and_not_lost() -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 2)
    with drawing.upwards(200, 700):
        drawing.line(200, 700, "Weight of the owls (g)", 8)
        drawing.line(200, 712, "by month of the year", 8)
    pages = drawing.pages()
    assert texts(pages, "table") == ["Weight of the owls (g) by month of the year"]
    assert texts(pages, "head") == []


def test_a_note_that_runs_up_several_pages_is_a_head() -> None:
    drawing = Drawing()
    for number in range(2):
        if number:
            drawing.new_page()
        drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 2)
        with drawing.upwards(30, 700):
            drawing.line(30, 700, f"Printed for the owls, copy {number}", 8)
    with drawing.upwards(20, 500):
        drawing.line(20, 500, "arXiv:1001.2345v1 [q-bio.PE] 1 Jan 2010", 8)
    pages = drawing.pages()
    assert texts(pages, "table") == []
    assert "Printed for the owls, copy 0" in texts(pages, "head")


def test_a_page_whose_layout_fails_has_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("an unforeseen layout")

    monkeypatch.setattr("qa.papers.pdf.pages.running_heads", fail)
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, OWLS)
    (page,) = drawing.pages()
    assert "The owl hunts" in page.text
    ((reason, factor),) = page.doubts
    assert "columns may be mixed" in reason
    assert factor < WELL_READ


def test_a_picture_within_the_content_costs_no_layout() -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, OWLS)
    data = drawing.data()
    writer = PdfWriter(clone_from=io.BytesIO(data))
    stream = DecodedStreamObject()
    stream.set_data(b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI\n" + writer.pages[0].get_contents().get_data())
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    (page,) = read_pages(PdfReader(_written(writer)))
    assert page.doubts == ()
    assert [region.kind for region in page.regions] == ["title", "authors", "body"]


def _written(writer: PdfWriter) -> io.BytesIO:
    file = io.BytesIO()
    writer.write(file)
    return file


@pytest.mark.parametrize(("number", "style"), [("2", "B"), ("2.1", "B"), ("2.1", "I"), ("A", "B"), ("B.3", "B")])
def test_a_headings_number_stands_an_em_before_it(number: str, style: str) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 3)
    x = drawing.line(LEFT, y + 20, number, 11, style)
    drawing.line(x + 11, y + 20, "Owls at night", 11, style)
    drawing.text(LEFT, y + 36, 495, BATS * 3)
    pages = drawing.pages()
    assert texts(pages, "heading") == [f"{number} Owls at night"]
    assert not texts(pages, "table")


def test_a_caption_may_begin_with_a_small_letter_behind_a_colon() -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 3 + "It was seen of the owls in the")
    drawing.text(LEFT, y + 100, 495, "Figure 1: owls at night: how many were seen, and how many of them were heard.")
    drawing.text(LEFT, y + 130, 495, "wood that they hunt by ear. " + BATS * 3)
    pages = drawing.pages()
    assert texts(pages, "caption") == ["Figure 1: owls at night: how many were seen, and how many of them were heard."]
    assert "the owls in the wood that" in running(pages)


def test_a_line_in_a_face_of_one_width_is_no_heading() -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 3)
    drawing.line(LEFT, y + 20, "Exact test of owls", 10, "B", face="Courier")
    drawing.text(LEFT, y + 44, 495, BATS * 3)
    assert not texts(drawing.pages(), "heading")


def test_a_row_of_figures_at_the_foot_of_two_pages_is_no_foot() -> None:
    drawing = Drawing()
    titled(drawing)
    for page, first in enumerate((OWLS, BATS, MOTHS)):
        if page:
            drawing.new_page()
        drawing.text(LEFT, 160, 495, first * 3)
        for i, cell in enumerate((f"{page}2", "40", f"{page}7", "31") if page else ()):
            drawing.line(LEFT + 80 * i, 780, cell)
        drawing.line(300, 815, str(page + 1))
    pages = drawing.pages()
    assert texts(pages, "head") == ["1", "2", "3"]
    assert "".join(page.text for page in pages).count("40") == 2


@pytest.mark.parametrize(
    "note",
    [
        "3there is one more owl, which was seen on the last night and not counted by us",
        "3https://www.owls.example/night",
        "*www.owls.example",
    ],
)
def test_a_footnote_needs_no_full_stop(note: str) -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, OWLS * 3)
    drawing.new_page()
    y = drawing.text(LEFT, 60, 495, MOTHS * 3)
    drawing.line(LEFT, y + 300, note, 8)
    drawing.new_page()
    drawing.text(LEFT, 60, 495, BATS * 3)
    assert texts(drawing.pages(), "footnote") == [note]


def test_the_dots_of_a_diagram_are_no_text() -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, OWLS * 3)
    drawing.new_page()
    drawing.line(LEFT, 60, "Figure 1: Owls and what follows them.", 10, "B")
    drawing.line(LEFT + 100, 120, "Hunting owls", 12, "B")
    for i in range(6):
        drawing.line(LEFT + 140, 150 + 25 * i, ".")
    drawing.new_page()
    drawing.text(LEFT, 60, 495, BATS * 3)
    pages = drawing.pages()
    assert running(pages) == " ".join([*[OWLS.strip()] * 3, *[BATS.strip()] * 3])
    assert not texts(pages, "heading")


def test_a_label_of_a_figure_at_the_end_of_a_page_heads_nothing() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 40, "1 Nights", 12, "B")
    y = drawing.text(LEFT, 60, 495, OWLS * 3 + "It may be that an owl of the")
    drawing.line(LEFT + 100, y + 200, "Hunting owls", 12, "B")
    drawing.new_page()
    drawing.text(LEFT, 60, 495, "wood is seen. " + BATS * 3)
    pages = drawing.pages()
    assert texts(pages, "heading") == ["1 Nights"]
    assert "an owl of the wood is seen." in running(pages)


def test_a_heading_over_text_that_begins_with_a_figures_label_stays_one() -> None:
    drawing = Drawing()
    drawing.text(LEFT, 60, 495, OWLS * 3)
    drawing.line(LEFT, 300, "2 Bats", 12, "B")
    drawing.text(
        LEFT, 316, 495, "Figure 1 illustrates how bats hunt where it is dark. " + BATS + "It may be that one of the"
    )
    drawing.new_page()
    drawing.text(LEFT, 60, 495, "moths is seen. " + MOTHS * 3)
    assert texts(drawing.pages(), "heading") == ["2 Bats"]


def test_a_caption_that_runs_over_the_page_is_one_to_its_end() -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, 60, 495, OWLS * 3)
    drawing.line(LEFT, y + 20, "Figure legends", 12, "B")
    drawing.text(LEFT, y + 50, 495, "Figure 1: Owls at night, how many of them were seen and how many of them were")
    drawing.new_page()
    drawing.text(LEFT, 60, 495, "heard in the wood and in the fields around it where nothing else was seen at all.")
    drawing.new_page()
    drawing.text(LEFT, 60, 495, MOTHS * 3)
    pages = drawing.pages()
    assert "were heard in the wood" in " ".join(texts(pages, "caption"))
    assert running(pages) == " ".join([*[OWLS.strip()] * 3, *[MOTHS.strip()] * 3])


def test_a_sentence_that_ends_in_a_formula_is_not_run_into_the_next(tmp_path: Path) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 3)
    y = drawing.text(
        LEFT, y, 495, "The number of owls in the wood, as far as they could be counted by us there, is given by"
    )
    drawing.line(LEFT + 200, y + 16, "n = 2 k + 5 m.")
    y = drawing.text(LEFT, y + 44, 495, "Most of them hunt by ear. The bats are as many as")
    drawing.line(LEFT + 200, y + 16, "b = 3 k,")
    drawing.text(LEFT, y + 44, 495, "where k is the number of moths. " + BATS)
    path = tmp_path / "formula.pdf"
    path.write_bytes(drawing.data())
    read = [s.text for p in ingest_here(Source("formula", path, {}), 160).passages for s in p.sentences]
    assert "Most of them hunt by ear." in read
    assert "The bats are as many as where k is the number of moths." in read
