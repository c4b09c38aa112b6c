"""A quote is boxed on its page where it is, and nowhere else: what the boxes hold is the quote, letter by letter."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pypdf
import pypdf.generic
import pypdfium2
import pytest

from qa.papers.ingest import Paper, ingest_here
from qa.papers.picture import THUMBNAIL, Box, boxes_of, file_of, find_boxes, pages_of, pictures, shapes, sheets
from qa.papers.sources import Source
from qa.types import Document, Sentence, SourceError, Span, letters
from tests.papers.pdf.drawing import OWLS, TWICE, Drawing, night

PDFS = sorted(Path(os.environ.get("QA_TEST_PDFS", "nowhere")).glob("*.pdf"))
"""Papers of the tester's own; none may be given away with this program."""


@pytest.fixture(scope="module")
def paper_and_path(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paper, Path]:
    path = tmp_path_factory.mktemp("corpus") / "night.pdf"
    path.write_bytes(night())
    return ingest_here(Source("night", path, {}), 160), path


def boxed(paper: Paper, file: pypdfium2.PdfDocument, spans: Sequence[Span]) -> dict[int, tuple[Box, ...]]:
    document = paper.document
    return {page: find_boxes(file[page - 1], document, page, spans) for page in pages_of(document, spans)}


def within(sheet: pypdfium2.PdfPage, boxes: Sequence[Box]) -> str:
    """The letters that PDFium finds in the middle of some boxes."""
    left, bottom, *_ = sheet.get_cropbox(fallback_ok=False) or (0, 0)
    width, height = sheet.get_size()
    top = bottom + height
    text = sheet.get_textpage()
    found = []
    for box in boxes:
        x, y, tall = left + box.left * width, top - (box.top + box.height / 2) * height, 0.35 * box.height * height
        found.append(text.get_text_bounded(x, y - tall, x + box.width * width, y + tall))
    return letters("".join(found))


def sentence(paper: Paper, words: str) -> Sentence:
    return next(s for passage in paper.passages for s in passage.sentences if words in s.text)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("Most of what it takes", {1: 2}),  # on two lines
        ("A sentence that begins", {1: 2}),  # in two columns
        ("The last sentence", {1: 1, 2: 1}),  # on two pages
    ],
)
def test_a_quote_is_boxed_over_lines_columns_and_pages(
    paper_and_path: tuple[Paper, Path], words: str, lines: dict[int, int]
) -> None:
    paper, path = paper_and_path
    quoted = sentence(paper, words)
    with pypdfium2.PdfDocument(path) as file:
        boxes = boxed(paper, file, quoted.spans)
        assert {page: len(found) for page, found in boxes.items()}.keys() == lines.keys()
        assert all(len(boxes[page]) >= lines[page] for page in lines)
        assert letters(quoted.text) == "".join(within(file[page - 1], boxes[page]) for page in sorted(boxes))


def test_equal_words_are_told_apart_by_what_is_around_them_or_not_boxed(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    places = [i for i in range(len(paper.document.raw)) if paper.document.raw.startswith(TWICE, i)]
    assert len(places) == 2
    with pypdfium2.PdfDocument(path) as file:
        first, second = (boxed(paper, file, [Span(i, i + len(TWICE))])[2] for i in places)
        assert first[0].left < 0.5 < second[0].left
        alone = Document("alone", "", TWICE, (0,))
        assert find_boxes(file[1], alone, 1, [Span(0, len(TWICE))]) == ()


def test_words_that_are_not_on_the_page_are_not_boxed(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    quoted = sentence(paper, "Most of what it takes")
    raw = paper.document.raw.replace("eaten on the spot", "eaten on the roof")
    with pypdfium2.PdfDocument(path) as file:
        assert find_boxes(file[0], replace(paper.document, raw=raw), 1, quoted.spans) == ()


def test_a_first_and_a_last_line_are_boxed_from_letter_to_letter(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    quoted = sentence(paper, "Most of what it takes")
    with pypdfium2.PdfDocument(path) as file:
        first, *_, last = boxed(paper, file, quoted.spans)[1]
        width, _ = file[0].get_size()
    assert first.left * width > 60 + 20
    assert (first.left + first.width) * width == pytest.approx(60 + 225, abs=0.2)
    assert last.left * width == pytest.approx(60, abs=0.2)
    assert (last.left + last.width) * width < 60 + 225 - 20


def test_a_document_that_does_not_know_its_lines_is_not_boxed(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    quoted = sentence(paper, "Most of what it takes")
    with pypdfium2.PdfDocument(path) as file:
        assert find_boxes(file[0], replace(paper.document, lines=()), 1, quoted.spans) == ()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_where_the_page_shows_the_words_turned_and_cropped(turn: int, tmp_path: Path) -> None:
    """`TWICE` begins at (60, 100) from the upper left corner of an A4 page, of which 50 and 80 points are cut off."""
    drawing = Drawing()
    width = drawing.line(60, 100, TWICE) - 60
    drawing.text(60, 130, 225, OWLS)
    writer = pypdf.PdfWriter(io.BytesIO(drawing.data()))
    sheet = writer.pages[0]
    right, top = sheet.mediabox.right, sheet.mediabox.top
    sheet.cropbox = pypdf.generic.RectangleObject((50, 0, right + 100, top - 80))  # no viewer shows the 100
    sheet.rotate(turn)
    path = tmp_path / "turned.pdf"
    writer.write(path)
    paper = ingest_here(Source("turned", path, {}), 160)
    start = paper.document.raw.index(TWICE)
    with pypdfium2.PdfDocument(path) as file:
        ((box,),) = boxed(paper, file, [Span(start, start + len(TWICE))]).values()
        size = file[0].get_size()
    upright = size if turn % 180 == 0 else size[::-1]
    x, y = 10 / upright[0], 20 / upright[1]  # where the words begin, on their baseline, as shares of the upright page
    where, along = {
        0: ((x, y), box.width * size[0]),
        90: ((1 - y, x), box.height * size[1]),
        180: ((1 - x, 1 - y), box.width * size[0]),
        270: ((y, 1 - x), box.height * size[1]),
    }[turn]
    corner = {
        0: (box.left, box.top + 0.75 * box.height),
        90: (box.left + 0.25 * box.width, box.top),
        180: (box.left + box.width, box.top + 0.25 * box.height),
        270: (box.left + 0.75 * box.width, box.top + box.height),
    }[turn]
    assert corner == pytest.approx(where, abs=0.0003)
    assert along == pytest.approx(width, abs=0.2)


def test_pages_are_drawn_apart_with_their_boxes(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    drawn = pictures(paper.document, sentence(paper, "The last sentence").spans, file_of(paper.document, path.parent))
    assert [(picture.page, len(picture.boxes) > 0) for picture in drawn] == [(1, True), (2, True)]
    assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)


def test_a_file_that_has_changed_is_not_drawn(paper_and_path: tuple[Paper, Path], tmp_path: Path) -> None:
    paper, path = paper_and_path
    changed = tmp_path / path.name
    changed.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match=r"night\.pdf has changed since it was indexed"):
        pictures(paper.document, [Span(0, 5)], changed)
    with pytest.raises(SourceError, match="no longer in"):
        file_of(paper.document, tmp_path / "nowhere")


def test_a_page_without_end_is_drawn_small(tmp_path: Path) -> None:
    sheet = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 14000]>>"
    path = tmp_path / "long.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj" + sheet + b"endobj\ntrailer<</Root 1 0 R>>"
    )
    document = Document("long", hashlib.sha256(path.read_bytes()).hexdigest(), "words", (0,))
    (picture,) = pictures(document, [Span(0, 5)], path)
    assert picture.boxes == ()
    assert len(picture.png) < 100_000


@pytest.mark.skipif(not PDFS, reason="QA_TEST_PDFS names no folder with PDFs")
@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_every_sentence_of_real_papers_is_boxed_exactly_or_not_at_all(path: Path) -> None:
    try:
        paper = ingest_here(Source(path.stem, path, {}), 160)
    except SourceError as error:
        pytest.skip(str(error))
    total = found = 0
    with pypdfium2.PdfDocument(path) as file:
        for passage in paper.passages:
            for quoted in passage.sentences if passage.kind in ("body", "abstract", "caption") else ():
                boxes = boxed(paper, file, quoted.spans)
                total += 1
                if all(boxes.values()):
                    found += 1
                    seen = "".join(within(file[page - 1], boxes[page]) for page in sorted(boxes))
                    assert sorted(seen) == sorted(letters(quoted.text)), quoted.text
    assert found >= 0.98 * total


def test_whole_pages_are_drawn_large_and_small(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    large, small = sheets(paper.document, [2, 1], path), sheets(paper.document, [2], path, THUMBNAIL)
    assert [picture.page for picture in large] == [2, 1]
    widths = [PIL.Image.open(io.BytesIO(picture.png)).width for picture in (*large, *small)]
    assert [abs(width - wanted) <= 1 for width, wanted in zip(widths, [1400, 1400, THUMBNAIL], strict=True)] == [
        True
    ] * 3
    assert shapes(paper.document, path) == pytest.approx([841.89 / 595.28] * len(paper.document.page_starts), abs=1e-3)
    with pytest.raises(SourceError, match="cannot be drawn"):
        sheets(paper.document, [99], path)
    with pytest.raises(SourceError, match="has changed"):
        sheets(replace(paper.document, sha256="0"), [1], path)


def test_several_quotes_are_boxed_at_once_as_each_is_alone(paper_and_path: tuple[Paper, Path]) -> None:
    paper, path = paper_and_path
    quotes = [sentence(paper, words).spans for words in ("Most of what it takes", "The last sentence")]
    found = boxes_of(paper.document, quotes, path)
    for boxes, spans in zip(found, quotes, strict=True):
        assert boxes == {picture.page: picture.boxes for picture in pictures(paper.document, spans, path)}
        assert all(boxes.values())
    elsewhere = Document(
        "", paper.document.sha256, paper.document.raw[::-1], paper.document.page_starts, lines=paper.document.lines
    )
    assert boxes_of(elsewhere, [[Span(40, 60)]], path) == ({1: ()},)
