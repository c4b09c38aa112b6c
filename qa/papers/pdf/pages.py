"""All of it together: pages as they are read, and what each region is.

In a page's text each printed line is a line, and an empty line parts two blocks. A line of a table that goes on with
the row above begins with two blanks. Columns follow one another; running
heads come first, feet and rotated notes last. Hyphens at line ends, ligatures and odd characters stay. Two things are
written differently from print, since plain text cannot raise a number: a superscript reference mark gets square
brackets (`trials[12]`), an exponent a caret (`10^6`, `m^2`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pypdf

from qa.papers.pdf.accents import with_accents
from qa.papers.pdf.blocks import in_reading_order, leadings_of
from qa.papers.pdf.forms import values_of, with_values
from qa.papers.pdf.furniture import body_style, repeated, running_heads
from qa.papers.pdf.glyphs import Painter, Run, shown_box, within
from qa.papers.pdf.items import Item, opens_caption, typography_of
from qa.papers.pdf.kinds import items_of
from qa.papers.pdf.layout import Block, Line, lines_of
from qa.papers.pdf.matter import is_labelled
from qa.papers.pdf.overprint import Once, read_once
from qa.papers.pdf.printed import NOWHERE, Frame, PrintedLine, printed
from qa.papers.pdf.signs import with_signs
from qa.papers.pdf.tables import blocks_with_forms, continues_row, in_turns, table_rows, with_tables
from qa.types import Region, RegionKind, falling

_log = logging.getLogger(__name__)
_MOST_LINES = 2_000
"""A page with more lines than this is no page of text, and is read as it is painted."""
_WITHOUT_LAYOUT = ("its layout could not be read, so that columns may be mixed", 0.4)
"""Why a page without layout cannot be trusted, and the factor of its score: its quotes carry the warning. By hand,
2026-11-27."""
_CELL = "  "
"""What stands between the cells of a table's row."""

_LAYERS = (
    ("its text is painted twice, and {:.1%} of the characters differ", 0.002, 0.03),
    ("{:.0%} of the characters lie on others that say something else", 0.10, 0.50),
)
"""What speaks against two layers of text: the wording, the share of characters up to which the page is read well, and
that from which on it is worth nothing. Set by hand: in one per cent that differ may be a dose; what lies on something
else is most often the labels of a figure."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text; its regions, in order, hold all of it but the blank lines between them.

    `label` is the page's printed number where the file has page labels; `fault` says why a page could not be read.
    `lines` says where the lines of the text are printed; a page that could not be laid out has none. `doubts` are
    reasons not to trust the text, each with a factor of its score, 0 to 1.
    """

    text: str
    regions: tuple[Region, ...]
    label: str | None = None
    fault: str = ""
    lines: tuple[PrintedLine, ...] = ()
    doubts: tuple[tuple[str, float], ...] = ()


def texts_of(pages: Iterable[Page], *kinds: str) -> Iterator[str]:
    """The text of each region of some kinds, in the order of the pages."""
    for page in pages:
        yield from (page.text[region.start : region.end] for region in page.regions if region.kind in kinds)


@dataclass(slots=True)
class _Sheet:
    """A page in the making: its lines, those that run in another direction, its heads and feet.

    A page without layout has its plain text instead, and `fault` if it has none.
    """

    height: float
    lines: list[Line] = field(default_factory=list)
    turned: list[Line] = field(default_factory=list)
    top: list[Line] = field(default_factory=list)
    bottom: list[Line] = field(default_factory=list)
    plain: str | None = None
    fault: str = ""
    frame: Frame = NOWHERE
    doubts: tuple[tuple[str, float], ...] = ()


def read_pages(reader: pypdf.PdfReader) -> list[Page]:
    """The pages of an opened (and decrypted) file; pypdf's plain text for a page that cannot be laid out."""
    painter = Painter(reader)
    sheets = [_sheet(painter, page) for page in reader.pages]
    try:
        items = _items(sheets, _title(reader))
    except MemoryError:
        raise
    except Exception as error:  # an unforeseen layout must not cost the paper
        _log.info("layout failed, reading without it: %s", error)
        items = []
        sheets = [_without_layout(page) for page in reader.pages]
    labels = _labels(reader)
    pages = []
    for number, sheet in enumerate(sheets):
        label = labels[number] if number < len(labels) else None
        pages.append(_page(sheet, [item for item in items if item.page == number], label))
    return pages


def _sheet(painter: Painter, page: pypdf.PageObject) -> _Sheet:
    try:
        height = float(page.cropbox.width if page.rotation % 180 else page.cropbox.height)
        box = shown_box(page)
        once = read_once(with_signs(within(painter.runs(page), box)))
        main, others = _directions(with_accents(once.runs))
        lines = with_values(page, lines_of(main), main[0].turn if main else 0)
        if len(lines) > _MOST_LINES:
            return _without_layout(page)
        turned = [line for other in others for line in lines_of(other)]
        return _Sheet(height, lines, turned, frame=Frame(*box), doubts=_doubts(once))
    except MemoryError:
        raise
    except Exception as error:  # pypdf raises whatever a damaged page leads it to
        _log.info("page without layout: %s", error)
        return _without_layout(page)


def _without_layout(page: pypdf.PageObject) -> _Sheet:
    """A page whose plain text is read, so that what it shows side by side may be mixed."""
    plain, fault = _plain(page)
    return _Sheet(0.0, plain=plain, fault=fault, doubts=(_WITHOUT_LAYOUT,))


def _doubts(once: Once) -> tuple[tuple[str, float], ...]:
    """Why a page's text cannot be trusted, each with its factor of the page's score."""
    found = []
    for (reason, well, worthless), share in zip(_LAYERS, (once.differ, once.unlike), strict=True):
        factor = falling(share, well, worthless)
        if factor < 1:
            found.append((reason.format(share), factor))
    return tuple(found)


def _directions(runs: Sequence[Run]) -> tuple[list[Run], list[list[Run]]]:
    """The runs in the page's main direction of writing, and those in each other direction."""
    turns: list[list[Run]] = [[], [], [], []]
    for run in runs:
        turns[run.turn].append(run)
    turns.sort(key=lambda group: -sum(len(run.text) for run in group))
    return turns[0], [group for group in turns[1:] if group]


def _plain(page: pypdf.PageObject) -> tuple[str, str]:
    """The page's text without layout, and why there is none if it cannot be read."""
    try:
        return "\n\n".join([page.extract_text(), *values_of(page)]), ""
    except MemoryError:
        raise
    except Exception as error:
        return "", f"{type(error).__name__}: {error}"


def _items(sheets: Sequence[_Sheet], title: str) -> list[Item]:
    for sheet, heads in zip(
        sheets, running_heads([sheet.lines for sheet in sheets], [sheet.height for sheet in sheets]), strict=True
    ):
        found = [sheet.lines[i] for i in sorted(heads)]
        sheet.top = [line for line in found if line.y > sheet.height / 2]
        sheet.bottom = [line for line in found if line.y <= sheet.height / 2]
        sheet.lines = [line for i, line in enumerate(sheet.lines) if i not in heads]
    for sheet, notes in zip(sheets, repeated([sheet.turned for sheet in sheets]), strict=True):
        notes |= {i for i, line in enumerate(sheet.turned) if is_labelled(Item(0, Block([line])))}
        sheet.bottom += [line for i, line in enumerate(sheet.turned) if i in notes]
        sheet.turned = [line for i, line in enumerate(sheet.turned) if i not in notes]
    pages = [sheet.lines for sheet in sheets]
    body = body_style(pages)
    if body is None:
        return []
    leadings = leadings_of(pages)
    blocks = [blocks_with_forms(lines, leadings) for lines in pages]
    typography = typography_of(blocks, body)
    pages_blocks = [in_turns(in_reading_order(page, body)) for page in with_tables(blocks, typography)]
    return items_of(pages_blocks, body, title)


def _page(sheet: _Sheet, items: Sequence[Item], label: str | None) -> Page:
    if sheet.plain is not None:
        text = sheet.plain.strip()
        return Page(text, (Region(0, len(text), "body"),) if text else (), label, sheet.fault, doubts=sheet.doubts)
    text = ""
    regions: list[Region] = []
    lines: list[PrintedLine | None] = []
    for kind, rows in _parts(sheet, items):
        text += "\n\n" if text else ""
        start = len(text)
        for i, row in enumerate(rows):
            text += "\n" if i else ""
            text += _CELL if i and kind == "table" and continues_row(row, rows[:i]) else ""
            for j, line in enumerate(row):
                text += _CELL if j else ""
                lines.append(printed(line, len(text), sheet.frame))
                text += line.text
        regions.append(Region(start, len(text), kind))
    return Page(text, tuple(regions), label, sheet.fault, tuple(line for line in lines if line), sheet.doubts)


def _parts(sheet: _Sheet, items: Sequence[Item]) -> Iterator[tuple[RegionKind, list[list[Line]]]]:
    """The page's regions: kind, and rows of lines; only those of a table have more than one line."""
    if sheet.top:
        yield "head", [[line] for line in sheet.top]
    for group in _together(items):
        lines = [line for item in group for line in item.block.lines]
        yield group[0].kind, _table(lines) if group[0].kind == "table" else [[line] for line in lines]
    for _, turned in groupby(sheet.turned, key=lambda line: line.runs[0].turn):
        yield "table", _table(list(turned))
    if sheet.bottom:
        yield "head", [[line] for line in sheet.bottom]


def _together(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items that are one region: the parts of a caption set in columns, the cells of a table."""
    group: list[Item] = []
    for item in items:
        goes_on = group and item.kind == group[0].kind and not (item.block.table or group[0].block.table)
        if goes_on and (item.kind == "table" or (item.kind == "caption" and not opens_caption(item.text))):
            group.append(item)
        else:
            if group:
                yield group
            group = [item]
    if group:
        yield group


def _table(lines: Sequence[Line]) -> list[list[Line]]:
    """Rows of cells, from top to bottom and from left to right; each label of a form with its value is a row."""
    rows = [sorted(row, key=lambda cell: cell.x0) for row in table_rows(lines)]
    return [part for row in rows for part in ([[cell] for cell in row] if row[0].runs[-1].filled else [row])]


def _title(reader: pypdf.PdfReader) -> str:
    try:
        return str((reader.metadata and reader.metadata.title) or "")
    except Exception:
        return ""


def _labels(reader: pypdf.PdfReader) -> list[str]:
    try:
        return list(reader.page_labels) if "/PageLabels" in reader.root_object else []
    except Exception:
        return []
