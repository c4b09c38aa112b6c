"""How the rows of a table are read: each cell behind the heads of its column.

A page's text has a table line by line, with two blanks between its cells (`papers.pdf.pages`), and the document knows
where each of them is printed (`papers.pdf.printed`). From these places come the columns, the lines that are their
heads, and the names that several rows share. A row then reads `Red eyes: 9` where a table has two columns, and
`North: Children 12; Boys 7` where it has more. It is read so only where each of its cells stands in one column and each
column under one head; any other row is its words as they stand, so that no value gets under a wrong head. Where a table
has more than two columns, the head over the names is read too if it says what each row is: `Hospital North: …`.

A row quotes its own cells and the heads that it names, each where it stands, in the order in which they are read:
what is read has the letters of what is quoted, as everywhere (`types.check_quote`). All limits were set by hand on
2026-11-27.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.papers.pdf.tables import TABLE_NOTE
from qa.papers.repair.captions import tables_of
from qa.papers.repair.edits import Edit
from qa.papers.repair.grid import CELL, FEWEST, FIGURE, INDENT, Cell, CellLine, Grid, cell_lines, grid_of, taken_apart
from qa.papers.repair.heads import Heads, by_heads, heads_of, is_sure
from qa.papers.repair.joined import joined
from qa.types import Document, Region, Span

_LEVELS = 4
"""Where the names of rows begin at more places than this, they are centred, and none is indented. Set by hand,
2026-11-27."""
_FIGURES = 3
"""A cell with so many numbers is no name of a row, but several cells that stand too close. Set by hand, 2026-11-27."""
_CORNER_WORDS = 3
"""A head over the names that is read with each of them has at most so many words. Set by hand, 2026-11-27."""
_CORNER = re.compile(r"[^\W\d_]{2,}(?:[ -][^\W\d_]+)*")
"""It is words, without a unit or a sign, for `fullmatch`."""
_GENERIC = re.compile(
    r"\b(?:characteristics?|variables?|parameters?|names?|items?|measures?|measurements?|features?|factors?|outcomes?"
    r"|categor(?:y|ies)|descriptions?|endpoints?|indicators?|symbols?|covariates?|predictors?|statistics?|quantit(?:y|ies)"
    r"|attributes?|propert(?:y|ies)|fields?|details?|terms?|labels?|all|total|no|none)\b",
    re.IGNORECASE,
)
"""Words by which a table calls whatever its rows are about, for `search`: they say nothing of a row. By hand."""
_TOTAL = re.compile(r"(?:all|total|overall|sum|means?|medians?|averages?|subtotal|any|none|both)\b", re.IGNORECASE)
"""How the name of a row begins that is no case but sums up others, for `match`."""
_LINE = re.compile(r"[^\S\n]*\S[^\n]*")
"""A line of a table in a page's text that is not empty."""
_LETTER = re.compile(r"(?:[a-h]|\[[a-h]\])\s\s")
"""A raised letter before such a note, which stands so high that it was read as a cell, for `match`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its characters in the raw text, and how it is read.

    `parts` are pieces of the raw text and what is put between them, in reading order; () if it is read as it stands.
    `several` if it has several cells, so that no stop in it ends a sentence.
    """

    start: int
    end: int
    parts: tuple[Span | str, ...] = ()
    several: bool = False


def rows_of(document: Document) -> dict[int, tuple[Row, ...]]:
    """The rows of each table of a document with layout, by the offset at which its region begins."""
    found: dict[int, tuple[Row, ...]] = {}
    heads: dict[str, Heads] = {}
    for region, label, goes_on in tables_of(document):
        spans = list(_text_lines(document.raw, region))
        notes = _notes_begin(document.raw, spans)
        rows = list(_read_table(document, region, spans[:notes], label, goes_on, heads))
        found[region.start] = (*rows, *_notes(document.raw, spans[notes:]))
    return found


def _read_table(
    document: Document, region: Region, spans: Sequence[Span], label: str, goes_on: bool, heads: dict[str, Heads]
) -> Iterator[Row]:
    """The rows of a table's lines; `heads` are those of the tables before it, by label, and get its own."""
    lines = cell_lines(document, region, spans)
    if not label and lines and len(lines[0].cells) == 1 and lines[0].bold:
        yield from _plain(document.raw, spans[:1])
        lines, spans = lines[1:], spans[1:]
    elif not label:
        lines = []
    grid = grid_of(lines)
    if grid is None or not (label or is_sure(lines, grid)):
        yield from _plain(document.raw, spans)
        return
    lines = [taken_apart(line, grid, document.raw) for line in lines]
    parts = list(by_heads(lines, grid))
    for part in parts:
        grid = (grid_of(part) if len(parts) > 1 else None) or grid
        own = heads_of(part, grid)
        before = heads.get(label)
        if own is None and goes_on and before and grid.is_where(before.grid):
            own = Heads(grid, 0, before.own, before.shared, before.grouped)
        if own and label:
            heads[label] = own
        goes_on = False
        yield from _read(part, grid, own)


def read_row(raw: str, row: Row) -> list[Edit]:
    """Put what is read between two cells of a row in the place of the blanks between them."""
    edits: list[Edit] = []
    said, end = "", -1
    for part in row.parts:
        if isinstance(part, str):
            said += part
        elif not row.start <= part.start < row.end:
            said += raw[part.start : part.end]
        else:
            if row.start <= end < part.start and not raw[end : part.start].strip():
                edits.append(Edit(end, part.start, "join", said))
            said, end = "", part.end
    return edits


def _plain(raw: str, lines: Sequence[Span]) -> Iterator[Row]:
    """The rows of a table as its text has them: lines, each with those below it that begin with blanks."""
    row: list[Span] = []
    for line in [*lines, None]:
        if row and not (line and raw[line.start].isspace() and raw[row[-1].end : line.start] == "\n"):
            yield _lines_as_row(raw, row)
            row = []
        if line:
            row.append(line)


def _lines_as_row(raw: str, lines: Sequence[Span]) -> Row:
    start, end = lines[0].start, lines[-1].end
    several = any(len(CELL.findall(raw, line.start, line.end)) > 1 for line in lines)
    return Row(start + len(raw[start:end]) - len(raw[start:end].lstrip()), end, several=several)


def _notes_begin(raw: str, lines: Sequence[Span]) -> int:
    """The number of the first line of the notes under a table: no line from there on has more than two cells."""
    texts = [raw[line.start : line.end].strip() for line in lines]
    cells = [len(CELL.findall(text)) for text in texts]
    first = len(lines)
    for n in reversed(range(len(lines))):
        if cells[n] > FEWEST:
            break
        if TABLE_NOTE.match(texts[n]) or (max(cells) > FEWEST and _LETTER.match(texts[n])):
            first = n
    return first


def _notes(raw: str, lines: Sequence[Span]) -> Iterator[Row]:
    """The notes under a table, each with all of its lines."""
    note: list[Span] = []
    for line in lines:
        if note and TABLE_NOTE.match(raw[line.start : line.end].strip()):
            yield _lines_as_row(raw, note)
            note = []
        note.append(line)
    if note:
        yield _lines_as_row(raw, note)


def _text_lines(raw: str, region: Region) -> Iterator[Span]:
    """The lines of a table that have a letter or a figure: others are rules made of dots."""
    for line in _LINE.finditer(raw, region.start, region.end):
        if any(c.isalnum() for c in line[0]):
            yield Span(line.start(), line.start() + len(line[0].rstrip()))


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that rows under it may share; `alone` if its line has nothing else."""

    cells: tuple[Cell, ...]
    alone: bool

    def is_over(self, cells: Sequence[Cell], indent: float, regular: bool) -> bool:
        """Whether rows with that name are of its group: they are indented under it, or it alone is bold.

        `regular` if other rows begin where these two do; a row with values is over others only then.
        """
        further = cells[0].x0 - self.cells[0].x0
        if self.alone and self.cells[0].bold and not cells[0].bold and further > -indent:
            return True
        return further > indent and (self.alone or regular)


def _read(lines: Sequence[CellLine], grid: Grid, heads: Heads | None) -> Iterator[Row]:
    """The rows of a table, from the top."""
    count = heads.lines if heads else 0
    if heads and count:
        yield _head_row(lines[:count], heads)
    groups = joined(lines[count:], grid)
    rows = [[cell for line in group for cell in line.cells] for group in groups]
    shared_cells = [[cell for line in group for cell in line.shared] for group in groups]
    placed = [grid.columns_of([*cells, *row]) for cells, row in zip(shared_cells, rows, strict=True)]
    begins = Counter(round(row[0][0].x0 / (INDENT * grid.em)) for row in placed if row and 0 in row)
    regular = sum(count == 1 for count in begins.values()) == 0
    indent = INDENT * grid.em if len(begins) <= _LEVELS else float("inf")
    shared = _names_below(groups, placed)
    if heads:
        heads.grouped = heads.grouped or any(len(cells) == 1 for cells in rows[:-1])
    names: list[_Name] = []
    for cells, columns in zip(rows, placed, strict=True):
        parts: tuple[Span | str, ...] = ()
        if columns is None:
            names = [_Name(tuple(cells), True)] if len(cells) == 1 and cells[0].bold else []
        elif 0 in columns:
            names = [name for name in names if name.is_over(columns[0], indent, regular)]
            values = {i: found for i, found in columns.items() if i}
            parts = tuple(_parts([name.cells for name in names], columns[0], values, heads, grid))
            if not (values and columns[0][0].has_figure):
                names.append(_Name(tuple(columns[0]), not values))
        elif names and shared and not names[-1].alone:
            parts = tuple(_parts([name.cells for name in names[:-1]], names[-1].cells, columns, heads, grid))
        yield Row(min(c.span.start for c in cells), max(c.span.end for c in cells), parts, len(cells) > 1)


def _names_below(groups: Sequence[Sequence[CellLine]], placed: Sequence[dict[int, list[Cell]] | None]) -> bool:
    """Whether rows without a name have that of a row above: names stand by the first of their rows, not the middle.

    The first row shows it, if it has a name, and more lines than the name, or a row without a name under it.
    """
    first, second = [*placed[:2], None, None][:2]
    if not first or 0 not in first:
        return False
    under = second is not None and 0 not in second
    return under or (len(groups[0]) > len(first[0]) + 1 and first[0][0] in groups[0][0].cells)


def _head_row(lines: Sequence[CellLine], heads: Heads) -> Row:
    cells = [cell for line in lines for cell in line.cells]
    start, end = min(cell.span.start for cell in cells), max(cell.span.end for cell in cells)
    if len(lines) == 1:
        return Row(start, end, several=len(cells) > 1)
    parts: list[Span | str] = []
    for i in range(len(heads.grid.columns)):
        for cell in (*heads.shared.get(i, ()), *heads.own.get(i, ())):
            if cell.span not in parts:
                parts += [" ", cell.span]
    complete = {part for part in parts if isinstance(part, Span)} == {cell.span for cell in cells}
    return Row(start, end, tuple(parts[1:]) if complete else (), len(cells) > 1)


def _parts(
    groups: Sequence[Sequence[Cell]],
    name: Sequence[Cell],
    values: dict[int, list[Cell]],
    heads: Heads | None,
    grid: Grid,
) -> Iterator[Span | str]:
    """How a row is read: the names of its groups, its own name, and each value behind the heads of its column.

    Nothing if it has no values. If it takes heads to tell them apart and they do not, cells of several lines are read
    one by one, nothing else.
    """
    if not values:
        return
    if len(grid.columns) > 2 and not (heads and heads.tell_apart):
        if len({cell.y for cells in (name, *values.values()) for cell in cells[1:]}):
            yield from _spans(name)
            for cells in values.values():
                yield " "
                yield from _spans(cells)
        return
    words = [bool(FIGURE.match(word)) for cell in name for word in cell.text.split()]
    if sum(words) >= _FIGURES or (len(words) > 1 and all(words)):
        return
    for group in groups:
        yield from _spans(group)
        yield " – "
    if heads and heads.own.get(0) and _names_rows(heads, name, bool(groups)):
        yield from _spans(heads.own[0])
        yield " "
    yield from _spans(name)
    said: list[Cell] = []
    between = _colon(name)
    for i, cells in values.items():
        yield between
        between = "; "
        if heads and len(grid.columns) > 2:
            shared, own = heads.shared.get(i, []), heads.own.get(i, [])
            for cell, below in pairwise([*(cell for cell in shared if cell not in said), own[0]]):
                yield cell.span
                yield "\n" if heads.span_of(cell) == heads.span_of(below) else ", "
            said += shared
            yield from _spans(own)
            yield " "
            if shared:
                between = ", " if i + 1 in values and heads.shared.get(i + 1, [])[:1] == shared[:1] else "; "
        yield from _spans(cells)


def _names_rows(heads: Heads, name: Sequence[Cell], in_group: bool) -> bool:
    """Whether the head over the names says what a row is: `Age (years) 3-6`, `Hospital North`, but not `Variable Age`.

    A name in words has it only in a table of more than two columns, and not if rows are in groups or sum up the others,
    or if the name has it already.
    """
    head, row = (" ".join(cell.text for cell in cells) for cells in (heads.own[0], name))
    if _GENERIC.search(head):
        return False
    if name[0].has_figure:
        return True
    words = [word.lower() for word in head.split()]
    if in_group or heads.grouped or len(heads.grid.columns) <= FEWEST or len(words) > _CORNER_WORDS:
        return False
    said = set(words) & set(row.lower().split())
    return bool(_CORNER.fullmatch(head)) and not said and not _TOTAL.match(row)


def _colon(cells: Sequence[Cell]) -> str:
    return " " if cells[-1].text.endswith(":") else ": "


def _spans(cells: Sequence[Cell]) -> Iterator[Span | str]:
    for n, cell in enumerate(cells):
        if n:
            yield "\n"
        yield cell.span
