"""The cells of a table, each where it is printed, and the columns that they stand in.

A document keeps where each word is printed (`papers.pdf.printed`), and from these places come the columns. Lengths are
in the unit of that module. All limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.papers.pdf.layout import Groups
from qa.papers.pdf.printed import PrintedLine, Word, unpack
from qa.types import Document, Region, Span

_EM = 2.1
"""Widths of an average letter to an em: a document keeps widths, and no size of type. Set by hand, 2026-11-27."""
OVERLAP = 0.1
"""Ems. Cells that share no more than this of a line's direction stand beside each other."""
_CLOSE = 0.5
"""Ems. Two cells of a line that has no two blanks between them are further apart than this. Set by hand, 2026-11-27."""
INDENT = 0.5
"""Ems. A row's name is indented under that of its group by more than this."""
FEWEST = 2
"""A column has cells on at least so many lines, and a table so many lines of several cells."""
RULE = 1.15
"""A step from line to line is a wide one if it is more than so many times another: heads end there, or rows. Set by
hand, 2026-11-27."""
_MOVED = 1.5
"""Ems. Columns of a table that goes on stand no further than this from where they stood before. Set by hand,
2026-11-27."""
CELL = re.compile(r"\S+(?:\s\S+)*")
"""A cell in a line: words with single blanks between them."""
FIGURE = re.compile(r"[^\w(\[]*[(\[]?[^\w(\[]*\d(?!\d*(?:st|nd|rd|th)\b)")
"""A cell that begins with a number, perhaps with a sign or a bracket before it, for `match`."""
GOES_ON = re.compile(r"[a-z(\[%‰/&+=]")
"""How a line begins that goes on with the cell above it, for `match`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the raw text that is printed from x0 to x1 in its direction of writing, at the height y.

    Lengths are in the unit of `papers.pdf.printed`.
    """

    span: Span
    text: str
    words: tuple[Word, ...]
    y: float
    bold: bool

    @property
    def x0(self) -> int:
        """Where it begins."""
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> int:
        """Where it ends."""
        return max(word.x1 for word in self.words)

    @property
    def has_figure(self) -> bool:
        """Whether it begins with a number."""
        return bool(FIGURE.match(self.text))


@dataclass(frozen=True, slots=True)
class CellLine:
    """The cells of a printed line; `goes_on` if the page's text has it as a part of the row above it.

    `shared` are cells that stand once for several lines, in the middle of their height.
    """

    cells: tuple[Cell, ...]
    goes_on: bool
    shared: tuple[Cell, ...] = ()

    @property
    def y(self) -> float:
        """Its height on the page."""
        return median(cell.y for cell in self.cells)

    @property
    def bold(self) -> bool:
        """Whether all of its cells are bold."""
        return all(cell.bold for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a table, from left to right, as pairs of their edges; `em` is about the size of its type."""

    columns: tuple[tuple[int, int], ...]
    em: float

    def over(self, cell: Cell) -> list[int]:
        """The numbers of the columns that a cell stands in."""
        return [i for i, (x0, x1) in enumerate(self.columns) if min(x1, cell.x1) - max(x0, cell.x0) > OVERLAP * self.em]

    def columns_of(self, cells: Iterable[Cell]) -> dict[int, list[Cell]] | None:
        """The cells by the number of their column; None if one stands in none, or in several."""
        found: dict[int, list[Cell]] = {}
        for cell in cells:
            over = self.over(cell)
            if len(over) != 1:
                return None
            found.setdefault(over[0], []).append(cell)
        return dict(sorted(found.items()))

    def is_where(self, other: Grid) -> bool:
        """Whether the columns stand where those of the other do."""
        return len(self.columns) == len(other.columns) and all(
            min(b[1], a[1]) - max(b[0], a[0]) > 0 or abs(a[0] - b[0]) < _MOVED * self.em
            for a, b in zip(self.columns, other.columns, strict=True)
        )


def cell_lines(document: Document, region: Region, texts: Iterable[Span]) -> list[CellLine]:
    """Lines of a table with their cells; [] if it is not known where one of its cells is printed."""
    printed = _printed(document, region)
    lines: list[CellLine] = []
    for line in texts:
        spans = [Span(cell.start(), cell.end()) for cell in CELL.finditer(document.raw, line.start, line.end)]
        cells = [_cell(document.raw, span, printed) for span in spans]
        known = tuple(cell for cell in cells if cell)
        if len(known) < len(cells):
            return []
        lines.append(CellLine(known, document.raw[line.start].isspace()))
    return lines


def _printed(document: Document, region: Region) -> list[tuple[int, PrintedLine]]:
    """The printed lines of a region, each with the offset at which its page begins."""
    page = bisect_right(document.page_starts, region.start) - 1
    if not 0 <= page < len(document.lines):
        return []
    start = document.page_starts[page]
    lines = [line for line in unpack(document.lines[page]) if line.words]
    return [
        (start, line)
        for line in lines
        if start + line.words[-1].end > region.start and start + line.words[0].start < region.end
    ]


def _cell(raw: str, span: Span, printed: Iterable[tuple[int, PrintedLine]]) -> Cell | None:
    for page, line in printed:
        words = tuple(word for word in line.words if page + word.start < span.end and page + word.end > span.start)
        if words and words[0].x1 < words[0].x0:  # it runs up the page, or is upside down
            words = tuple(Word(word.start, word.end, -word.x0, -word.x1) for word in words)
        if words:
            return Cell(span, raw[span.start : span.end], words, (line.y0 + line.y1) / 2, line.bold)
    return None


def grid_of(lines: Sequence[CellLine]) -> Grid | None:
    """The columns of a table; None if it has none, or if a line has two cells in one of them."""
    rows = [line for line in lines if len(line.cells) > 1]
    if len(rows) < FEWEST:
        return None
    em = _EM * median((cell.x1 - cell.x0) / len(cell.text) for line in rows for cell in line.cells)
    cells = [cell for line in lines for cell in line.cells]
    narrow = [cell for cell in cells if all(sum(_overlap(cell, other, em) for other in row.cells) < 2 for row in rows)]
    groups = Groups(len(narrow))
    for i, cell in enumerate(narrow):
        for j in range(i):
            if _overlap(cell, narrow[j], em):
                groups.join(i, j)
    columns = [
        (min(cell.x0 for cell in members), max(cell.x1 for cell in members))
        for members in ([narrow[i] for i in group] for group in groups.members())
        if len({cell.y for cell in members}) >= FEWEST
    ]
    grid = Grid(tuple(sorted(columns)), em)
    if len(columns) < 2 or any(b[0] < a[1] for a, b in pairwise(grid.columns)):
        return None
    for row in rows:
        places = [over[0] for cell in row.cells if len(over := grid.over(cell)) == 1]
        if len(set(places)) < len(places):
            return None
    return grid


def _overlap(a: Cell, b: Cell, em: float) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > OVERLAP * em


def taken_apart(line: CellLine, grid: Grid, raw: str) -> CellLine:
    """A line whose cells are parted where they are two that stand close together, each in a column of its own."""
    cells: list[Cell] = []
    for cell in line.cells:
        over = grid.over(cell)
        bounds = [0, *_cuts(cell, grid), len(cell.words)] if len(over) > 1 else [0, len(cell.words)]
        if len(bounds) - 1 != len(over):
            cells.append(cell)
            continue
        shift = cell.span.start - cell.words[0].start
        for first, last in pairwise(bounds):
            words = cell.words[first:last]
            span = Span(words[0].start + shift, words[-1].end + shift if last < len(cell.words) else cell.span.end)
            cells.append(Cell(span, raw[span.start : span.end], words, cell.y, cell.bold))
    return CellLine(tuple(cells), line.goes_on)


def _cuts(cell: Cell, grid: Grid) -> list[int]:
    """The numbers of the words of a cell that begin another column, behind more than a blank."""
    return [
        n
        for n, (a, b) in enumerate(pairwise(cell.words), 1)
        if b.x0 - a.x1 > _CLOSE * grid.em
        and any(a.x1 <= left[1] + 1 and b.x0 >= right[0] - 1 for left, right in pairwise(grid.columns))
    ]


def values_of(line: CellLine, grid: Grid) -> list[Cell]:
    """The cells of a line that are not in the first column."""
    return [cell for cell in line.cells if grid.over(cell) != [0]]


def steps_of(lines: Sequence[CellLine]) -> list[float]:
    """How far each line but the first is from the one above it."""
    return [abs(below.y - above.y) for above, below in pairwise(lines)]


def less_names(lines: Sequence[CellLine], grid: Grid) -> int:
    """How many of some lines are left without those at their end that only name rows."""
    count = len(lines)
    while count and not values_of(lines[count - 1], grid) and not GOES_ON.match(lines[count - 1].cells[0].text):
        count -= 1
    return count
