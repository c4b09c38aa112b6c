"""Pages of a PDF as pictures, with boxes around a quote.

A quote is known by its place in the raw text, which says on which page it stands but not where on it. So its letters
are looked for among those that PDFium sees on that page, and must be found whole and in one place only: whole, or
line by line where PDFium has other lines between. If they are not, nothing is boxed, since a box in the wrong place is
worse than none.

The picture is made in a process of its own within limits, as papers are read, since a PDF can ask for any amount of
time and memory.
"""

from __future__ import annotations

import base64
import hashlib
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.config import IngestSettings
from qa.papers import sandbox
from qa.papers.sandbox import Limits
from qa.papers.sources import read_bytes
from qa.records import pairs
from qa.types import Document, SourceError, Span

if TYPE_CHECKING:
    import pypdfium2

WIDTH = 1400
"""Pixels across a page: sharp at twice the width of the column that it is shown in."""
_TALLEST = 3 * WIDTH
"""Pixels; a page that is longer is drawn smaller."""
_SECONDS = 20
_AROUND = 200
"""Letters before and after a quote by which one of several equal places is told from the others."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: shares, 0 to 1, of its width and height, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A page (from 1) as a PNG with the boxes around what was looked for; () if that was not found on it exactly."""

    page: int
    png: bytes
    boxes: tuple[Box, ...]


def file_of(document: Document, corpus: Path) -> Path:
    """The PDF of a document in a corpus folder.

    Raises:
        SourceError: it is not there.
    """
    paths = sorted(corpus.iterdir()) if corpus.is_dir() else []
    for path in paths:
        if path.stem == document.id and path.suffix.lower() == ".pdf":
            return path
    raise SourceError(f"the PDF of {document.id} is no longer in {corpus}")


def pages_of(document: Document, spans: Sequence[Span]) -> tuple[int, ...]:
    """The pages, from 1, on which spans of a document stand, ascending; () for a text without pages."""
    return tuple(sorted({page for page, _ in _pieces(document, spans)}))


def pictures(document: Document, spans: Sequence[Span], path: Path) -> tuple[Picture, ...]:
    """The pages that the spans of a document are on, drawn from its file.

    Raises:
        SourceError: the file is not the one that was indexed, or it cannot be drawn within the limits.
    """
    order = {
        "path": str(path),
        "sha256": document.sha256,
        "raw": document.raw,
        "page_starts": document.page_starts,
        "spans": pairs(spans),
    }
    limits = Limits(_SECONDS, IngestSettings().megabytes)
    rows = sandbox.call("qa.papers.picture:answer", order, Path(path.name), limits)
    return tuple(
        Picture(row["page"], base64.b64decode(row["png"]), tuple(Box(**box) for box in row["boxes"])) for row in rows
    )


def draw(document: Document, spans: Sequence[Span], path: Path) -> tuple[Picture, ...]:
    """As `pictures`, in this process."""
    import pypdfium2

    data = read_bytes(path)
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise SourceError(
            f"{path.name} has changed since it was indexed, so its pages are not shown; run `qa index build`"
        )
    try:
        file = pypdfium2.PdfDocument(data)
        return tuple(
            _picture(file[page - 1], page, find_boxes(file[page - 1], document, page, spans))
            for page in pages_of(document, spans)
        )
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise SourceError(f"{path.name} cannot be drawn ({error})") from error


def _picture(sheet: pypdfium2.PdfPage, page: int, boxes: tuple[Box, ...]) -> Picture:
    width, height = sheet.get_size()
    image = sheet.render(scale=min(WIDTH / width, _TALLEST / height)).to_pil()
    file = io.BytesIO()
    image.convert("P", palette=1, colors=64).save(file, "PNG")
    return Picture(page, file.getvalue(), boxes)


def find_boxes(sheet: pypdfium2.PdfPage, document: Document, page: int, spans: Sequence[Span]) -> tuple[Box, ...]:
    """A box for each line of the spans' parts on a page; () unless every part is found exactly."""
    seen = _Letters.of(sheet)
    boxes: list[Box] = []
    for number, span in _pieces(document, spans):
        if number == page:
            numbers = _find(document, page, span, seen.text)
            if numbers is None:
                return ()
            boxes += seen.boxes(numbers)
    return tuple(boxes)


def _pieces(document: Document, spans: Sequence[Span]) -> list[tuple[int, Span]]:
    """The spans cut at page breaks, each part that has a letter with its page, in the order of the spans."""
    pieces = []
    for span in spans:
        for number, page in enumerate(_pages(document), start=1):
            start, end = max(span.start, page.start), min(span.end, page.end)
            if start < end and _fold(document.raw[start:end]):
                pieces.append((number, Span(start, end)))
    return pieces


def _pages(document: Document) -> list[Span]:
    ends = [*document.page_starts[1:], len(document.raw)]
    return [Span(start, end) for start, end in zip(document.page_starts, ends, strict=True) if start < end]


def _fold(text: str) -> str:
    """The letters and digits of a text, one by one in their plainest form, so that they can be compared by place."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


def _find(document: Document, page: int, span: Span, seen: str) -> list[int] | None:
    """The numbers of the letters seen that are those under a span; None if they are not there, or in several places."""
    whole = _pages(document)[page - 1]
    place = _only_place(document.raw, span, whole, seen)
    if place is not None:
        return list(range(*place))
    numbers: list[int] = []
    for line in _lines(document.raw, span):
        place = _only_place(document.raw, line, whole, seen)
        if place is None:
            return None
        numbers += range(*place)
    return numbers


def _lines(raw: str, span: Span) -> list[Span]:
    """The printed lines of a span, those without a letter left out."""
    lines = []
    start = span.start
    for line in raw[span.start : span.end].splitlines(keepends=True):
        if _fold(line):
            lines.append(Span(start, start + len(line)))
        start += len(line)
    return lines


def _only_place(raw: str, span: Span, page: Span, seen: str) -> tuple[int, int] | None:
    """First and last (exclusive) letter seen that are a span's; with more and more of what surrounds it, if needed."""
    words = _fold(raw[span.start : span.end])
    if words not in seen:
        return None
    before = _fold(raw[max(page.start, span.start - _AROUND) : span.start])
    after = _fold(raw[span.end : min(page.end, span.end + _AROUND)])
    for left in (0, 8, 24, len(before)):
        for right in (0, 8, 24, len(after)):
            front, back = before[len(before) - min(left, len(before)) :], after[:right]
            wanted = front + words + back
            first = seen.find(wanted)
            if first >= 0 and seen.find(wanted, first + 1) < 0:
                return first + len(front), first + len(front) + len(words)
    return None


@dataclass(frozen=True, slots=True)
class _Letters:
    """The folded letters of a page as PDFium sees them, and of each its rectangle in shares of the page."""

    text: str
    rectangles: tuple[Box, ...]

    @classmethod
    def of(cls, sheet: pypdfium2.PdfPage) -> _Letters:
        import pypdfium2.raw as pdfium

        width, height = sheet.get_size()
        page = sheet.get_textpage()
        text, rectangles = "", []
        for i in range(page.count_chars()):
            folded = _fold(chr(pdfium.FPDFText_GetUnicode(page.raw, i)))
            if folded:
                rectangle = _on_page(sheet, page.get_charbox(i, loose=True), width, height)
                text += folded
                rectangles += [rectangle] * len(folded)
        return cls(text, tuple(rectangles))

    def boxes(self, numbers: Sequence[int]) -> list[Box]:
        """The rectangles of some letters, those that follow each other on a line made one."""
        boxes: list[Box] = []
        for number in numbers:
            letter = self.rectangles[number]
            if boxes and _goes_on(boxes[-1], letter):
                last = boxes[-1]
                top, bottom = min(last.top, letter.top), max(last.top + last.height, letter.top + letter.height)
                right = max(last.left + last.width, letter.left + letter.width)
                boxes[-1] = Box(last.left, top, right - last.left, bottom - top)
            else:
                boxes.append(letter)
        return boxes


def _goes_on(line: Box, letter: Box) -> bool:
    """Whether a letter is on the line: to the right of its beginning, and overlapping it by half its height."""
    overlap = min(line.top + line.height, letter.top + letter.height) - max(line.top, letter.top)
    gap = letter.left - (line.left + line.width)
    return overlap > 0.5 * min(line.height, letter.height) and letter.left >= line.left and gap < 3 * line.height


def _on_page(sheet: pypdfium2.PdfPage, corners: tuple[float, float, float, float], width: float, height: float) -> Box:
    """A rectangle of the page's own coordinates, as shares of the page as it is shown: turned, and cut to its box."""
    import ctypes

    import pypdfium2.raw as pdfium

    fine = 10  # device pixels are whole numbers
    points = []
    for x, y in ((corners[0], corners[1]), (corners[2], corners[3])):
        left, top = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(
            sheet.raw, 0, 0, round(fine * width), round(fine * height), 0, x, y, ctypes.byref(left), ctypes.byref(top)
        )
        points.append((left.value / (fine * width), top.value / (fine * height)))
    (x0, y0), (x1, y1) = points
    return Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def answer(order: dict[str, Any]) -> list[dict[str, object]]:
    """What `pictures` asks of its child process, as JSON."""
    document = Document("", order["sha256"], order["raw"], tuple(order["page_starts"]))
    drawn = draw(document, [Span(start, end) for start, end in order["spans"]], Path(order["path"]))
    return [asdict(one) | {"png": base64.b64encode(one.png).decode()} for one in drawn]
