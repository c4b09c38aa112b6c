"""Front matter, cover sheets, kinds of articles, lists of references: what is searched and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.pdf.metadata import metadata_of
from qa.papers.sources import Source
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

ENTRIES = [
    "Low A, High B. Owls at night. J Made Up Birds. 2001;3:11-9.",
    "Reed C. The calls of bats. Ann Nothing. 2004;7:201-8.",
    "Stone D, Wood E. Moths that fall. Invented Lett. 2009;1:1-4.",
    "Field F. Snow and voles. J Made Up Birds. 2011;9:31-8.",
    "Marsh G. Lamps and moths. Ann Nothing. 2012;4:90-7.",
    "Hill H. Pellets under roosts. Invented Lett. 2013;6:2-8.",
]


def entries(drawing: Drawing, y: float, form: str = "[{}] {}") -> float:
    for number, entry in enumerate(ENTRIES, 1):
        drawing.line(LEFT, y, form.format(number, entry))
        y += 12
    return y


def test_an_abstract_beside_the_introduction_is_read_first(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.line(140, 85, TITLE, 14, "B")
    drawing.line(236, 115, "Anna B. Berger   Boris C. Novak", 12, "B")
    drawing.line(LEFT + 70, 190, "Abstract", 12, "B")
    drawing.text(LEFT + 28, 210, WIDTH - 28, MOTHS)
    drawing.line(RIGHT, 190, "1   Introduction", 12, "B")
    drawing.text(RIGHT, 210, WIDTH, OWLS * 3)
    pages = drawing.pages()
    assert " ".join(texts(pages, "abstract")) == MOTHS.strip()
    assert "1 Introduction" in texts(pages, "heading")
    assert all(sentence in running(pages) for sentence in sentences(OWLS))
    path = tmp_path / "paper.pdf"
    path.write_bytes(drawing.data())
    first, second, *_ = ingest_here(Source("paper", path, {}), 160).passages
    assert (first.kind, second.kind) == ("abstract", "body")


def test_three_headings_side_by_side_each_head_their_column() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 70, TITLE, 18, "B")
    for number, (name, words) in enumerate((("Summary", MOTHS), ("Methods", OWLS * 2), ("Results", BATS * 2))):
        drawing.line(LEFT + 175 * number, 120, name, 11, "B")
        drawing.text(LEFT + 175 * number, 136, 155, words)
    pages = drawing.pages()
    assert texts(pages, "heading") == ["Summary", "Methods", "Results"]
    assert " ".join(texts(pages, "abstract")) == MOTHS.strip()
    assert running(pages) == f"{(OWLS * 2).strip()} {(BATS * 2).strip()}"


@pytest.mark.parametrize("style", ["B", ""])
@pytest.mark.parametrize(
    "kind",
    [
        "CASE REPORT",
        "Research article",
        "Review",
        "Original Research Article",
        "Letter to the Editor",
        "RESEARCH | Open Access",
    ],
)
def test_the_kind_of_an_article_is_no_part_of_its_title(kind: str, style: str) -> None:
    drawing = Drawing()
    drawing.line(LEFT, 60, kind, 18, style)
    drawing.line(LEFT, 85, TITLE, 18, "B")
    drawing.line(LEFT, 109, "Anna B. Berger and Boris C. Novak", 11, "B")
    two_columns(drawing, 150)
    pages = drawing.pages()
    assert metadata_of(drawing.reader(), pages)["title"] == TITLE
    assert not any(kind.split()[0] in text for text in texts(pages, "body", "heading", "table"))


@pytest.mark.parametrize(
    "title",
    ["Case report: an owl that hunted by day", "A review of owls and what they eat", "Methods of counting owls"],
)
def test_a_title_that_names_its_kind_stays_whole(title: str) -> None:
    drawing = Drawing()
    drawing.line(LEFT, 85, title, 18, "B")
    two_columns(drawing, 150)
    assert metadata_of(drawing.reader(), drawing.pages())["title"] == title


def test_a_cover_sheet_is_front_matter_and_the_title_is_that_of_the_paper() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 80, "Research Explorer of the Night University", 24, "B")
    drawing.line(LEFT, 140, TITLE, 12, "B")
    drawing.text(LEFT, 200, 450, "Document version: Publisher's PDF, also known as version of record.")
    claim = "If you believe that this document breaches copyright, please let us know in writing. "
    drawing.text(LEFT, 300, 450, claim + "We will look into it without delay, as is said in the terms of use.")
    drawing.new_page()
    drawing.line(LEFT, 70, TITLE, 18, "B")
    drawing.line(LEFT, 94, "Anna B. Berger, Boris C. Novak", 10)
    drawing.line(LEFT, 130, "Introduction", 12, "B")
    drawing.text(LEFT, 150, 495, (OWLS + BATS) * 3)
    pages = drawing.pages()
    assert metadata_of(drawing.reader(), pages)["title"] == TITLE
    assert {region.kind for region in pages[0].regions} <= {"authors", "head"}
    assert running(pages) == ((OWLS + BATS) * 3).strip()


def test_text_in_the_front_that_is_no_front_matter_is_text() -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Key messages", 9, "B")
    y = drawing.text(LEFT, y + 14, 495, MOTHS, 9)
    drawing.line(LEFT, y + 20, "Abstract", 12, "B")
    y = drawing.text(LEFT, y + 36, 495, BATS)
    drawing.line(LEFT, y + 20, "Introduction", 12, "B")
    drawing.text(LEFT, y + 36, 495, OWLS * 4)
    pages = drawing.pages()
    assert " ".join(texts(pages, "abstract")) == BATS.strip()
    assert all(sentence in running(pages) for sentence in sentences(MOTHS + OWLS))
    assert texts(pages, "authors") == ["Anna B. Berger, Boris C. Novak"]


@pytest.mark.parametrize(
    "line",
    [
        "Received: 3 May 2011; accepted: 7 June 2011",
        "Correspondence to: A. Berger, berger@owls.example",
        "Department of Night, University of Owls, Berlin, Germany",
        "Copyright 2011 by the authors. This is an open access article under the Creative Commons licence.",
        "Anna B. Berger[1], Boris C. Novak and Carla van der Dell",
        "Cite this as: J Made Up Birds 2011;3:14",
        "27 November, 2011",
        "(Dated: May 3, 2011)",
        "**Corresponding author and keeper of the owls",
    ],
)
def test_who_and_when_is_front_matter(line: str) -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, line, 8)
    drawing.line(LEFT, y + 40, "Introduction", 12, "B")
    drawing.text(LEFT, y + 56, 495, OWLS * 4)
    pages = drawing.pages()
    assert texts(pages, "authors")[-1] == line
    assert running(pages) == (OWLS * 4).strip()


def test_what_is_neither_text_nor_front_matter_is_named_so() -> None:
    drawing = Drawing()
    y = titled(drawing)
    for i in range(5):
        drawing.line(LEFT, y + 10 * i, f"Quill Roost {i}.5 mm", 8)
    drawing.line(LEFT, y + 90, "Introduction", 12, "B")
    drawing.text(LEFT, y + 106, 495, OWLS * 4)
    (found,) = texts(drawing.pages(), "other")
    assert found.startswith("Quill Roost 0.5") and found.endswith("4.5 mm")


def test_an_appendix_behind_the_references_is_text_in_any_type() -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 3)
    drawing.line(LEFT, 400, "References", 12, "B")
    y = entries(drawing, 416)
    drawing.line(LEFT, y + 20, "Appendix", 12, "B")
    drawing.text(LEFT, y + 36, 495, MOTHS, 10, "I")
    pages = drawing.pages()
    assert all(sentence in running(pages) for sentence in sentences(MOTHS))
    assert len(texts(pages, "reference")) > 0


def test_reports_of_referees_behind_the_references_are_not_searched() -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 3)
    drawing.line(LEFT, 400, "References", 12, "B")
    y = entries(drawing, 416)
    drawing.line(LEFT, y + 20, "Referee report 2", 12, "B")
    drawing.text(LEFT, y + 36, 495, MOTHS)
    pages = drawing.pages()
    assert " ".join(texts(pages, "other")).endswith(MOTHS.strip())
    assert not any(sentence in running(pages) for sentence in sentences(MOTHS))


def test_references_in_a_table_of_contents_open_no_list() -> None:
    drawing = Drawing()
    y = titled(drawing)
    for name in ("Introduction", "Methods", "References"):
        drawing.line(LEFT, y, name, 12, "B")
        y += 24
    drawing.line(LEFT, y + 10, "Introduction", 12, "B")
    drawing.text(LEFT, y + 26, 495, (OWLS + BATS) * 3)
    pages = drawing.pages()
    assert running(pages) == ((OWLS + BATS) * 3).strip()
    assert texts(pages, "reference") == []


@pytest.mark.parametrize("form", ["[{}] {}", "({}) {}"])
def test_a_list_of_references_needs_no_heading(form: str) -> None:
    drawing = Drawing()
    drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 3)
    entries(drawing, 500, form)
    pages = drawing.pages()
    found = " ".join(texts(pages, "reference"))
    assert all(entry in found for entry in ENTRIES)
    assert running(pages) == ((OWLS + BATS) * 3).strip()


def test_numbered_steps_are_no_list_of_references() -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 2)
    for number, sentence in enumerate(sentences(MOTHS + OWLS), 1):
        drawing.line(LEFT, y + 14 * number, f"({number}) {sentence[:80]}.")
    assert texts(drawing.pages(), "reference") == []


@pytest.mark.parametrize("count", [2, 3])
def test_each_of_several_abstracts_on_a_page_is_read_under_its_heading(count: int) -> None:
    drawing = Drawing()
    y = 60.0
    words = [OWLS, BATS, MOTHS]
    for number in range(count):
        drawing.line(LEFT, y, f"P{number + 1} What the night holds for animal number {number + 1}", 12, "B")
        drawing.line(LEFT, y + 16, "Anna B. Berger, Boris C. Novak", 10, "I")
        y = drawing.text(LEFT, y + 34, 495, words[number], first="Background:") + 30
    pages = drawing.pages()
    found = " ".join(texts(pages, "abstract", "body"))
    assert all(sentence in found for number in range(count) for sentence in sentences(words[number]))


def test_an_abstract_may_stand_behind_a_cover_and_a_page_for_the_title() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 70, TITLE, 18, "B")
    drawing.line(LEFT, 94, "Anna B. Berger, Boris C. Novak")
    drawing.line(LEFT, 130, "Received Date: 3 May 2011")
    drawing.new_page()
    drawing.line(LEFT, 70, "Corresponding author: Anna B. Berger, berger@owls.example")
    drawing.new_page()
    drawing.line(LEFT, 70, "Abstract (250)", 12, "B")
    drawing.text(LEFT, 90, 495, MOTHS)
    drawing.line(LEFT, 200, "Keywords (2)")
    drawing.line(LEFT, 230, "1.1 Introduction", 12, "B")
    drawing.text(LEFT, 250, 495, OWLS * 4)
    pages = drawing.pages()
    assert " ".join(texts(pages, "abstract")) == MOTHS.strip()
    assert running(pages) == (OWLS * 4).strip()


def test_a_list_of_terms_in_the_front_is_a_table() -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Abstract", 12, "B")
    y = drawing.text(LEFT, y + 16, WIDTH, BATS * 2)
    drawing.line(LEFT, y + 20, "Nomenclature", 12, "B")
    for i, (sign, meaning) in enumerate((("q", "Heat flux [W/m]"), ("k", "Conductivity"), ("Pr", "Prandtl number"))):
        drawing.line(LEFT, y + 40 + 14 * i, sign, 9)
        drawing.line(LEFT + 60, y + 40 + 14 * i, meaning, 9)
    drawing.line(LEFT, y + 110, "1 Introduction", 12, "B")
    drawing.text(LEFT, y + 130, 495, OWLS * 4)
    pages = drawing.pages()
    assert not texts(pages, "other")
    (terms,) = texts(pages, "table")
    assert terms == "q Heat flux [W/m] k Conductivity Pr Prandtl number"
