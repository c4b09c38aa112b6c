"""Pages of a PDF as pictures, with boxes around quotes.

A document knows where its lines are printed (`papers.pdf.printed`), so a quote's boxes are cut out of its lines.
PDFium, which knows nothing of that, then reads the letters inside them. If those are not the quote's letters, nothing
is boxed: a box in the wrong place is worse than none.

A PDF can ask for any amount of time and memory, so the picture is made in a child process within limits.
"""

from __future__ import annotations

import base64
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.config import IngestSettings
from qa.papers import sandbox
from qa.papers.files import read_bytes
from qa.papers.folder import papers_in
from qa.papers.pdf.printed import UNIT, unpack
from qa.papers.sandbox import Limits, Sandbox
from qa.records import pairs
from qa.types import Document, SourceError, Span

if TYPE_CHECKING:
    import pypdfium2

WIDTH = 1400
"""Pixels across a page: sharp at twice the width of the column that it is shown in."""
_TALLEST = 3 * WIDTH
"""Pixels; a longer page is drawn smaller."""
THUMBNAIL = 160
"""Pixels across a little picture of a page: enough to tell a figure from a column of text. Set by hand on
2026-11-27."""
_SECONDS = 20
"""Time for all pages that are drawn at once; a page of the six test papers takes less than one."""
_TRIM = 0.15
"""Share of a line's height cut off at each side before its letters are compared, since the lines above and below reach
in there. Set by hand."""


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
    path = papers_in(corpus).papers.get(document.id) if corpus.is_dir() else None
    if path is not None and path.suffix.lower() == ".pdf":
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
    rows = _in_child("qa.papers.picture:answer", _order(document, path) | {"spans": pairs(spans)}, path)
    return tuple(
        Picture(row["page"], base64.b64decode(row["png"]), tuple(Box(**box) for box in row["boxes"])) for row in rows
    )


def sheets(
    document: Document, pages: Sequence[int], path: Path, width: int = WIDTH, child: Sandbox | None = None
) -> tuple[Picture, ...]:
    """Some pages, from 1, of a document's file, so many pixels wide and without boxes. Raises as `pictures` does.

    `child` is a sandbox that is open already (see `limits`); this saves the start of a process.
    """
    order = {"path": str(path), "sha256": document.sha256, "pages": list(pages), "width": width}
    rows = _in_child("qa.papers.picture:answer_sheets", order, path, child)
    return tuple(Picture(row["page"], base64.b64decode(row["png"]), ()) for row in rows)


def shapes(document: Document, path: Path, child: Sandbox | None = None) -> tuple[float, ...]:
    """The height of every page of a document's file, as a multiple of its width. Raises as `pictures` does.

    `child`: see `sheets`.
    """
    order = {"path": str(path), "sha256": document.sha256}
    return tuple(_in_child("qa.papers.picture:answer_shapes", order, path, child))


def boxes_of(
    document: Document, quotes: Sequence[Sequence[Span]], path: Path, child: Sandbox | None = None
) -> tuple[Mapping[int, tuple[Box, ...]], ...]:
    """The boxes around each of several quotes, by page; none on a page where its words cannot be found exactly.

    `child`: see `sheets`. Raises as `pictures` does.
    """
    order = _order(document, path) | {"quotes": [pairs(spans) for spans in quotes]}
    rows = _in_child("qa.papers.picture:answer_boxes", order, path, child)
    return tuple({page: tuple(Box(**box) for box in boxes) for page, boxes in row} for row in rows)


def _order(document: Document, path: Path) -> dict[str, Any]:
    return {
        "path": str(path),
        "sha256": document.sha256,
        "raw": document.raw,
        "page_starts": document.page_starts,
        "lines": document.lines,
    }


def limits() -> Limits:
    """The limits of a sandbox in which pages are drawn."""
    return Limits(_SECONDS, IngestSettings().megabytes)


def _in_child(function: str, order: dict[str, Any], path: Path, child: Sandbox | None = None) -> Any:
    with nullcontext(child) if child else sandbox.opened(limits()) as opened:
        return opened.call(function, order, Path(path.name))


def draw(document: Document, spans: Sequence[Span], path: Path) -> tuple[Picture, ...]:
    """As `pictures`, in this process."""
    with _opened(path, document.sha256) as file:
        return tuple(
            _picture(file[page - 1], page, find_boxes(file[page - 1], document, page, spans))
            for page in pages_of(document, spans)
        )


@contextmanager
def _opened(path: Path, sha256: str) -> Iterator[pypdfium2.PdfDocument]:
    """The file of that hash. What PDFium cannot do with it in the block becomes a `SourceError`."""
    import pypdfium2

    data = read_bytes(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SourceError(
            f"{path.name} has changed since it was indexed, so its pages are not shown; run `qa index build`"
        )
    try:
        yield pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise SourceError(f"{path.name} cannot be drawn ({error})") from error


def _picture(sheet: pypdfium2.PdfPage, page: int, boxes: tuple[Box, ...] = (), pixels: int = WIDTH) -> Picture:
    width, height = sheet.get_size()
    image = sheet.render(scale=min(pixels / width, _TALLEST / height)).to_pil()
    file = io.BytesIO()
    image.convert("P", palette=1, colors=64).save(file, "PNG")
    return Picture(page, file.getvalue(), boxes)


def find_boxes(
    sheet: pypdfium2.PdfPage,
    document: Document,
    page: int,
    spans: Sequence[Span],
    text: pypdfium2.PdfTextPage | None = None,
) -> tuple[Box, ...]:
    """A box for each line of the spans' parts on a page; () unless PDFium sees exactly the spans' letters in them.

    `text` is the page's own, if it is open already.
    """
    text = text or sheet.get_textpage()
    boxes: list[Box] = []
    for number, span in _pieces(document, spans):
        if number == page:
            parts = _parts(document, page, span)
            seen = _letters_in(sheet, text, [part.box(trim=_TRIM) for part in parts])
            if sorted(seen) != sorted(_fold(document.raw[span.start : span.end])):
                return ()
            boxes += (part.box() for part in parts)
    return tuple(boxes)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a printed line: x along the direction of writing, y across it, in the unit of `printed`."""

    x0: float
    x1: float
    y0: float
    y1: float
    sideways: bool

    def box(self, trim: float = 0.0) -> Box:
        """Its rectangle, less a share of its height at each side."""
        off = trim * (self.y1 - self.y0)
        x, width = self.x0 / UNIT, (self.x1 - self.x0) / UNIT
        y, height = (self.y0 + off) / UNIT, (self.y1 - self.y0 - 2 * off) / UNIT
        return Box(y, x, height, width) if self.sideways else Box(x, y, width, height)


def _parts(document: Document, page: int, span: Span) -> list[_Part]:
    """The parts of a page's lines that a span covers, each from the span's first letter on that line to its last."""
    if len(document.lines) < page:
        return []
    start, end = (offset - document.page_starts[page - 1] for offset in (span.start, span.end))
    parts = []
    for line in unpack(document.lines[page - 1]):
        words = [word for word in line.words if word.start < end and word.end > start]
        if words:
            x0, x1 = sorted((words[0].at(start), words[-1].at(end)))
            parts.append(_Part(x0, x1, line.y0, line.y1, line.sideways))
    return parts


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


def _letters_in(sheet: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, boxes: Sequence[Box]) -> str:
    """The letters that PDFium sees in some boxes."""
    return _fold("".join(text.get_text_bounded(*_on_sheet(sheet, box)) for box in boxes))


def _on_sheet(sheet: pypdfium2.PdfPage, box: Box) -> tuple[float, float, float, float]:
    """A box in the page's own coordinates, which are neither turned nor cropped: left, bottom, right, top."""
    import ctypes

    import pypdfium2.raw as pdfium

    corners = []
    for x, y in ((box.left, box.top), (box.left + box.width, box.top + box.height)):
        on_x, on_y = ctypes.c_double(), ctypes.c_double()
        device = (0, 0, UNIT, UNIT, 0, round(UNIT * x), round(UNIT * y))
        pdfium.FPDF_DeviceToPage(sheet.raw, *device, ctypes.byref(on_x), ctypes.byref(on_y))
        corners.append((on_x.value, on_y.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def answer(order: dict[str, Any]) -> list[dict[str, object]]:
    """What `pictures` asks of its child process, as JSON."""
    drawn = draw(_document(order), _spans(order["spans"]), Path(order["path"]))
    return [asdict(one) | {"png": base64.b64encode(one.png).decode()} for one in drawn]


def answer_sheets(order: dict[str, Any]) -> list[dict[str, object]]:
    """What `sheets` asks of its child process, as JSON."""
    with _opened(Path(order["path"]), order["sha256"]) as file:
        drawn = [_picture(file[page - 1], page, pixels=order["width"]) for page in order["pages"]]
    return [{"page": one.page, "png": base64.b64encode(one.png).decode()} for one in drawn]


def answer_shapes(order: dict[str, Any]) -> list[float]:
    """What `shapes` asks of its child process, as JSON."""
    with _opened(Path(order["path"]), order["sha256"]) as file:
        sizes = [file.get_page_size(number) for number in range(len(file))]
    return [height / width for width, height in sizes]


def answer_boxes(order: dict[str, Any]) -> list[list[tuple[int, list[dict[str, float]]]]]:
    """What `boxes_of` asks of its child process, as JSON."""
    document, quotes = _document(order), [_spans(quote) for quote in order["quotes"]]
    found: list[list[tuple[int, list[dict[str, float]]]]] = [[] for _ in quotes]
    pages = [pages_of(document, spans) for spans in quotes]
    with _opened(Path(order["path"]), order["sha256"]) as file:
        for page in sorted(set().union(*pages)):
            sheet = file[page - 1]
            text = sheet.get_textpage()
            for spans, own, boxes in zip(quotes, pages, found, strict=True):
                if page in own:
                    boxes.append((page, list(map(asdict, find_boxes(sheet, document, page, spans, text)))))
    return found


def _document(order: dict[str, Any]) -> Document:
    return Document("", order["sha256"], order["raw"], tuple(order["page_starts"]), lines=tuple(order["lines"]))


def _spans(pairs: Sequence[tuple[int, int]]) -> list[Span]:
    return [Span(start, end) for start, end in pairs]
