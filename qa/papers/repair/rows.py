"""Which head the cells of a table stand under, and how its rows are read.

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
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa.papers.conventions import TABLE_LABEL
from qa.papers.pdf.layout import Groups
from qa.papers.pdf.printed import PrintedLine, Word, unpack
from qa.papers.pdf.tables import TABLE_NOTE
from qa.papers.repair.edits import Edit
from qa.types import Document, Region, Span

_EM = 2.1
"""Widths of an average letter to an em: a document keeps widths, and no size of type. Set by hand, 2026-11-27."""
_OVERLAP = 0.1
"""Ems. Cells that share no more than this of a line's direction stand beside each other."""
_CLOSE = 0.5
"""Ems. Two cells of a line that has no two blanks between them are further apart than this. Set by hand, 2026-11-27."""
_BLANK = 0.25
"""Ems. What a blank takes in a line of a cell. Set by hand, 2026-11-27."""
_CAPITALS = 0.8
"""Where at least this share of the rows' names have a capital, a line all in small letters is none. Set by hand,
2026-11-27."""
_INDENT = 0.5
"""Ems. A row's name is indented under that of its group by more than this."""
_LEVELS = 4
"""Where the names of rows begin at more places than this, they are centred, and none is indented. Set by hand,
2026-11-27."""
_FEWEST = 2
"""A column has cells on at least so many lines, and a table so many lines of several cells."""
_WITH_FIGURES = 0.5
"""Lines without figures are heads if at least this share of the lines under them has some. Set by hand, 2026-11-27."""
_MOSTLY = 0.6
"""A table is full of figures if at least this share of its lines has nothing else behind the name. Set by hand,
2026-11-27."""
_HEAD_WORDS = 6
"""A head that only its place tells has at most so many words. Set by hand, 2026-11-27."""
_FIGURES = 3
"""A cell with so many numbers is no name of a row, but several cells that stand too close. Set by hand, 2026-11-27."""
_HEAD_LINES = 10
"""Heads take at most so many lines. Set by hand, 2026-11-27."""
_RULE = 1.15
"""Heads end where the next line is more than so many times further away than lines are elsewhere. Set by hand,
2026-11-27."""
_MOVED = 1.5
"""Ems. Columns of a table that goes on stand no further than this from where they stood before. Set by hand,
2026-11-27."""

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
_CELL = re.compile(r"\S+(?:\s\S+)*")
"""A cell in a line: words with single blanks between them."""
CONTINUED = re.compile(r"\b(?:continued|cont\.|cont['’]d|concluded)", re.IGNORECASE)
"""What a caption says of a table that goes on from another page, for `search`."""
_FIGURE = re.compile(r"[^\w(\[]*[(\[]?[^\w(\[]*\d(?!\d*(?:st|nd|rd|th)\b)")
"""A cell that begins with a number, perhaps with a sign or a bracket before it, for `match`."""
_LETTER = re.compile(r"(?:[a-h]|\[[a-h]\])\s\s")
"""A raised letter before such a note, which stands so high that it was read as a cell, for `match`."""
_COLUMN_NUMBER = re.compile(r"[(\[](\d{1,2})[)\]]")
"""The number of a column under its head, for `fullmatch`."""
_GOES_ON = re.compile(r"[a-z(\[%‰/&+=]")
"""How a line begins that goes on with the cell above it, for `match`."""
_UNIT = re.compile(r"[(\[].*[)\]]|[nN]o?\.?(?: ?[(\[]?%[)\]]?)?|[%‰]|SD|SE|SEM|IQR|CI")
"""A cell that stands under a head as its second line, for `fullmatch`: (years), n (%), SD."""


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


@dataclass(frozen=True, slots=True)
class _Cell:
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
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> int:
        return max(word.x1 for word in self.words)

    @property
    def has_figure(self) -> bool:
        return bool(_FIGURE.match(self.text))


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of a printed line; `goes_on` if the page's text has it as a part of the row above it.

    `shared` are cells that stand once for several lines, in the middle of their height.
    """

    cells: tuple[_Cell, ...]
    goes_on: bool
    shared: tuple[_Cell, ...] = ()

    @property
    def y(self) -> float:
        return median(cell.y for cell in self.cells)

    @property
    def bold(self) -> bool:
        return all(cell.bold for cell in self.cells)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of a table, from left to right, as pairs of their edges; `em` is about the size of its type."""

    columns: tuple[tuple[int, int], ...]
    em: float

    def over(self, cell: _Cell) -> list[int]:
        """The numbers of the columns that a cell stands in."""
        return [
            i for i, (x0, x1) in enumerate(self.columns) if min(x1, cell.x1) - max(x0, cell.x0) > _OVERLAP * self.em
        ]

    def columns_of(self, cells: Iterable[_Cell]) -> dict[int, list[_Cell]] | None:
        """The cells by the number of their column; None if one stands in none, or in several."""
        found: dict[int, list[_Cell]] = {}
        for cell in cells:
            over = self.over(cell)
            if len(over) != 1:
                return None
            found.setdefault(over[0], []).append(cell)
        return dict(sorted(found.items()))

    def is_where(self, other: _Grid) -> bool:
        """Whether the columns stand where those of the other do."""
        return len(self.columns) == len(other.columns) and all(
            min(b[1], a[1]) - max(b[0], a[0]) > 0 or abs(a[0] - b[0]) < _MOVED * self.em
            for a, b in zip(self.columns, other.columns, strict=True)
        )


@dataclass(slots=True)
class _Heads:
    """The heads of a table: by the number of a column those that stand over it alone, and those over several, from the
    top. `lines` is how many lines they take; `grouped` if a line of the table only names a group of rows."""

    grid: _Grid
    lines: int
    own: dict[int, list[_Cell]] = field(default_factory=dict)
    shared: dict[int, list[_Cell]] = field(default_factory=dict)
    grouped: bool = False

    def span_of(self, cell: _Cell) -> list[int]:
        """The numbers of the columns that a head stands over."""
        return [i for i in range(len(self.grid.columns)) if cell in (*self.shared.get(i, ()), *self.own.get(i, ()))]

    @property
    def tell_apart(self) -> bool:
        """Whether each column but the first has a head of its own, and no two have the same."""
        columns = range(1, len(self.grid.columns))
        names = {tuple(cell.text for cell in (*self.shared.get(i, ()), *self.own.get(i, ()))) for i in columns}
        return all(map(self.own.get, columns)) and len(names) == len(columns) and 0 not in self.shared


def rows_of(document: Document) -> dict[int, tuple[Row, ...]]:
    """The rows of each table of a document with layout, by the offset at which its region begins."""
    found: dict[int, tuple[Row, ...]] = {}
    heads: dict[str, _Heads] = {}
    for region, label, goes_on in _tables(document):
        spans = list(_text_lines(document.raw, region))
        notes = _notes_begin(document.raw, spans)
        rows = list(_read_table(document, region, spans[:notes], label, goes_on, heads))
        found[region.start] = (*rows, *_notes(document.raw, spans[notes:]))
    return found


def _read_table(
    document: Document, region: Region, spans: Sequence[Span], label: str, goes_on: bool, heads: dict[str, _Heads]
) -> Iterator[Row]:
    """The rows of a table's lines; `heads` are those of the tables before it, by label, and get its own."""
    lines = _lines(document, region, spans)
    if not label and lines and len(lines[0].cells) == 1 and lines[0].bold:
        yield from _plain(document.raw, spans[:1])
        lines, spans = lines[1:], spans[1:]
    elif not label:
        lines = []
    grid = _grid(lines)
    if grid is None or not (label or _is_sure(lines, grid)):
        yield from _plain(document.raw, spans)
        return
    lines = [_apart(line, grid, document.raw) for line in lines]
    parts = list(_by_heads(lines, grid))
    for part in parts:
        grid = (_grid(part) if len(parts) > 1 else None) or grid
        own = _heads(part, grid)
        before = heads.get(label)
        if own is None and goes_on and before and grid.is_where(before.grid):
            own = _Heads(grid, 0, before.own, before.shared, before.grouped)
        if own and label:
            heads[label] = own
        goes_on = False
        yield from _read(part, grid, own)


def _is_sure(lines: Sequence[_Line], grid: _Grid) -> bool:
    """Whether lines are a table though no caption says so: there are heads, and all under them are full of figures."""
    heads = _heads(lines, grid)
    if heads is None or not heads.tell_apart:
        return False
    return all(all(cell.has_figure for cell in _values(line, grid)) for line in lines[heads.lines :])


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


def _tables(document: Document) -> Iterator[tuple[Region, str, bool]]:
    """Each table, the label of its caption or "", and whether it goes on with one before it."""
    raw, layout = document.raw, [region for region in document.layout if region.kind != "head"]
    captions = captions_below(document)
    label, goes_on = "", False
    for region in layout:
        match = table_label(raw[region.start : region.end])
        if match and region.kind in ("caption", "table"):
            label, goes_on = _words(match), bool(CONTINUED.search(raw, region.start, region.end))
        elif region.kind != "table":
            label, goes_on = "", False
        if region.kind == "table" and region.start in captions:
            caption = captions[region.start]
            below = table_label(raw[caption.start : caption.end]) if caption else None
            again = bool(caption and CONTINUED.search(raw, caption.start, caption.end))
            yield region, _words(below) if below else "", again
        elif region.kind == "table":
            yield region, label, goes_on
            goes_on = bool(label)


def _words(label: re.Match[str]) -> str:
    return " ".join(label[0].split()).lower()


def captions_below(document: Document) -> dict[int, Region | None]:
    """The captions that stand under their tables, by the offset at which the table's region begins.

    Where tables and their captions take turns on a page, they do if a table comes first and a caption last. If both
    ends are of one kind, they do if most of the document's do; a table that then has none, although a caption stands
    over it, has None.
    """
    turns = list(_turns(document))
    below = sum(turn[0].kind == "table" and turn[-1].kind == "caption" for turn in turns)
    above = sum(turn[0].kind == "caption" and turn[-1].kind == "table" for turn in turns)
    found: dict[int, Region | None] = {}
    for turn in turns:
        ends = turn[0].kind, turn[-1].kind
        if ends == ("table", "caption") or (ends[0] == ends[1] and below > above):
            caption: Region | None = None
            for region in reversed(turn):
                caption = region if region.kind == "caption" else caption
                if region.kind == "table" and (caption is None or _is_whole(document.raw, region, caption)):
                    found[region.start] = caption
    return found


def _is_whole(raw: str, table: Region, caption: Region) -> bool:
    """Whether a table may be that of a caption under it: it stands directly over it, or has several cells."""
    return not raw[table.end : caption.start].strip() or len(_CELL.findall(raw, table.start, table.end)) > 1


def _turns(document: Document) -> Iterator[list[Region]]:
    """The tables and captions of tables that follow one another on a page, both kinds together."""
    turns: list[Region] = []
    for region in [*(region for region in document.layout if region.kind != "head"), None]:
        is_caption = region and region.kind == "caption" and table_label(document.raw[region.start : region.end])
        new_page = turns and region and _page(document, region) != _page(document, turns[0])
        if region is None or new_page or not (is_caption or region.kind == "table"):
            if {turn.kind for turn in turns} == {"table", "caption"}:
                yield turns
            turns = []
        if region and (is_caption or region.kind == "table"):
            turns.append(region)


def _page(document: Document, region: Region) -> int:
    return bisect_right(document.page_starts, region.start)


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
    several = any(len(_CELL.findall(raw, line.start, line.end)) > 1 for line in lines)
    return Row(start + len(raw[start:end]) - len(raw[start:end].lstrip()), end, several=several)


def _notes_begin(raw: str, lines: Sequence[Span]) -> int:
    """The number of the first line of the notes under a table: no line from there on has more than two cells."""
    texts = [raw[line.start : line.end].strip() for line in lines]
    cells = [len(_CELL.findall(text)) for text in texts]
    first = len(lines)
    for n in reversed(range(len(lines))):
        if cells[n] > _FEWEST:
            break
        if TABLE_NOTE.match(texts[n]) or (max(cells) > _FEWEST and _LETTER.match(texts[n])):
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


def table_label(text: str) -> re.Match[str] | None:
    """The label of a table at the beginning of a text, if no row begins there: a row `Table  10 pt` has two cells."""
    label = TABLE_LABEL.match(text)
    return label if label and "  " not in label[0] else None


# -- lines and columns


def _lines(document: Document, region: Region, texts: Iterable[Span]) -> list[_Line]:
    """Lines of a table with their cells; [] if it is not known where one of its cells is printed."""
    printed = _printed(document, region)
    lines: list[_Line] = []
    for line in texts:
        spans = [Span(cell.start(), cell.end()) for cell in _CELL.finditer(document.raw, line.start, line.end)]
        cells = [_cell(document.raw, span, printed) for span in spans]
        known = tuple(cell for cell in cells if cell)
        if len(known) < len(cells):
            return []
        lines.append(_Line(known, document.raw[line.start].isspace()))
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


def _cell(raw: str, span: Span, printed: Iterable[tuple[int, PrintedLine]]) -> _Cell | None:
    for page, line in printed:
        words = tuple(word for word in line.words if page + word.start < span.end and page + word.end > span.start)
        if words and words[0].x1 < words[0].x0:  # it runs up the page, or is upside down
            words = tuple(Word(word.start, word.end, -word.x0, -word.x1) for word in words)
        if words:
            return _Cell(span, raw[span.start : span.end], words, (line.y0 + line.y1) / 2, line.bold)
    return None


def _grid(lines: Sequence[_Line]) -> _Grid | None:
    """The columns of a table; None if it has none, or if a line has two cells in one of them."""
    rows = [line for line in lines if len(line.cells) > 1]
    if len(rows) < _FEWEST:
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
        if len({cell.y for cell in members}) >= _FEWEST
    ]
    grid = _Grid(tuple(sorted(columns)), em)
    if len(columns) < 2 or any(b[0] < a[1] for a, b in pairwise(grid.columns)):
        return None
    for row in rows:
        places = [over[0] for cell in row.cells if len(over := grid.over(cell)) == 1]
        if len(set(places)) < len(places):
            return None
    return grid


def _overlap(a: _Cell, b: _Cell, em: float) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > _OVERLAP * em


def _apart(line: _Line, grid: _Grid, raw: str) -> _Line:
    """A line whose cells are parted where they are two that stand close together, each in a column of its own."""
    cells: list[_Cell] = []
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
            cells.append(_Cell(span, raw[span.start : span.end], words, cell.y, cell.bold))
    return _Line(tuple(cells), line.goes_on)


def _cuts(cell: _Cell, grid: _Grid) -> list[int]:
    """The numbers of the words of a cell that begin another column, behind more than a blank."""
    return [
        n
        for n, (a, b) in enumerate(pairwise(cell.words), 1)
        if b.x0 - a.x1 > _CLOSE * grid.em
        and any(a.x1 <= left[1] + 1 and b.x0 >= right[0] - 1 for left, right in pairwise(grid.columns))
    ]


# -- heads


def _heads(lines: Sequence[_Line], grid: _Grid) -> _Heads | None:
    """The heads of the columns; None if it is not certain which they are."""
    count = _head_lines(lines, grid)
    if not count:
        return None
    heads = _Heads(grid, count)
    for line in lines[:count]:
        for n, cell in enumerate(line.cells if not _numbers_columns(line) else ()):
            over = grid.over(cell) or ([n] if _one_each(line, grid) else _beside(cell, line, grid))
            if not over:
                return None
            for i in over:
                (heads.own if len(over) == 1 else heads.shared).setdefault(i, []).append(cell)
    _share_evenly(heads, lines)
    return heads


def _one_each(line: _Line, grid: _Grid) -> bool:
    """Whether a line has a head for each column, in their order, though one may stand beside the cells under it."""
    return len(line.cells) == len(grid.columns) and all(
        grid.over(cell) in ([], [n]) for n, cell in enumerate(line.cells)
    )


def _by_heads(lines: Sequence[_Line], grid: _Grid) -> Iterator[Sequence[_Line]]:
    """The parts of a table that have heads of their own: a line without a figure among lines full of them begins one.

    So does any line with the cells of the first once more.
    """
    full = [line for line in lines if len(line.cells) > 1]
    of_figures = sum(all(cell.has_figure for cell in _values(line, grid)) for line in full) >= _MOSTLY * len(full)
    first = [cell.text for cell in lines[0].cells]
    start, seen = 0, False
    for n, line in enumerate(lines):
        values = _values(line, grid)
        figures = any(cell.has_figure for cell in values)
        again = len(first) > 1 and [cell.text for cell in line.cells] == first
        wordy = all(any(map(str.isalpha, cell.text)) for cell in values)
        new = (
            of_figures
            and len(values) > 1
            and len(values) >= len(grid.columns) - 1
            and not figures
            and wordy
            and not line.goes_on
        )
        numbered = n + 1 < len(lines) and _numbers_columns(lines[n + 1]) and not figures
        if seen and (again or new or numbered):
            yield lines[start:n]
            start, seen = n, False
        figures = any(cell.has_figure and not _UNIT.fullmatch(cell.text) for cell in values)
        seen = seen or (figures and not _numbers_columns(line))
    yield lines[start:]


def _beside(cell: _Cell, line: _Line, grid: _Grid) -> list[int]:
    """The two columns over whose gap a head is centred, if nothing else stands over them."""
    left = [i for i, (_, x1) in enumerate(grid.columns) if x1 <= cell.x0 + _OVERLAP * grid.em]
    over = [left[-1], left[-1] + 1] if left and left[-1] + 1 < len(grid.columns) else []
    others = [other for other in line.cells if other is not cell and set(grid.over(other)) & set(over)]
    return [] if others else over


def _share_evenly(heads: _Heads, lines: Sequence[_Line]) -> None:
    """Give each head of a line as many columns as the others, where the same heads come again under each of them."""
    wide = len(heads.grid.columns)
    for line in lines[: heads.lines]:
        tops = [cell for cell in line.cells if heads.grid.over(cell) != [0]]
        below = [[cell for cell in heads.own.get(i, []) if cell not in tops] for i in range(wide)]
        names = [[cell.text for cell in cells] for cells in below]
        groups = _repeated(names, [_first_column(cell, heads.grid) for cell in tops])
        for cell, columns in zip(tops, groups, strict=True):
            for i in columns if all(below[i] for i in columns) else ():
                heads.own[i] = below[i]
                heads.shared[i] = [*(other for other in heads.shared.get(i, []) if other is not cell), cell]
        if any(groups):
            return


def _first_column(cell: _Cell, grid: _Grid) -> int:
    """The first of the columns that a head stands over, or the one whose left edge is nearest to it."""
    over = grid.over(cell)
    return over[0] if over else min(range(len(grid.columns)), key=lambda i: abs(grid.columns[i][0] - cell.x0))


def _repeated(names: Sequence[Sequence[str]], over: Sequence[int]) -> list[range]:
    """For each head of a line that stands over a column, the columns under it with the same names as under another.

    As many columns as can be; the head stands over the first of them, or over another where it is centred.
    """
    for size, shift in ((wide, shift) for wide in range(len(names) // 2, 1, -1) for shift in range(wide)):
        groups = []
        for first in (column - shift for column in over):
            own = [*names[first : first + size]] if first > 0 else []
            alike = [other for other in over if [*names[other - shift : other - shift + size]] == own]
            apart = all(abs(other - shift - first) >= size for other in over if other - shift != first)
            groups.append(range(first, first + size) if len(own) == size and len(alike) > 1 and apart else range(0))
        if sum(map(bool, groups)) > 1:
            return groups
    return [range(0)] * len(over)


def _head_lines(lines: Sequence[_Line], grid: _Grid) -> int:
    """How many lines at the top have heads of columns, 0 if that is not certain."""
    counted = next((n for n, line in enumerate(lines[:_HEAD_LINES]) if _numbers_columns(line)), -1)
    over = [cell for line in lines[:counted] for cell in _values(line, grid) if not _UNIT.fullmatch(cell.text)]
    if counted > 0 and not any(cell.has_figure for cell in over):
        return counted + 1
    bold = next((n for n, line in enumerate(lines) if not line.bold), len(lines))
    if bold and sum(line.bold for line in lines[bold:]) <= _WITH_FIGURES * (len(lines) - bold) and bold < len(lines):
        return _less_names(lines[:bold], grid)
    free = next((n for n, line in enumerate(lines) if any(c.has_figure for c in _values(line, grid))), len(lines))
    under = [line for line in lines[free:] if len(line.cells) > 1]
    if free == len(lines):
        return _first_line(lines, grid)
    if sum(any(c.has_figure for c in _values(line, grid)) for line in under) < _WITH_FIGURES * len(under):
        return 0
    free = _less_names(lines[: min(free, _HEAD_LINES)], grid)
    return _down_to_rule(lines, free, grid)


def _values(line: _Line, grid: _Grid) -> list[_Cell]:
    """The cells of a line that are not in the first column."""
    return [cell for cell in line.cells if grid.over(cell) != [0]]


def _less_names(lines: Sequence[_Line], grid: _Grid) -> int:
    """How many of some lines are left without those at their end that only name rows."""
    count = len(lines)
    while count and not _values(lines[count - 1], grid) and not _GOES_ON.match(lines[count - 1].cells[0].text):
        count -= 1
    return count


def _first_line(lines: Sequence[_Line], grid: _Grid) -> int:
    """The same for a table without figures: its first line, if that has a head for each column.

    The names need none where all other lines have all cells.
    """
    first = lines[0].cells
    if grid.columns_of(first) is None or len(first) < _FEWEST:
        return 0
    if len(first) < len(grid.columns):
        full = all(len(line.cells) == len(grid.columns) for line in lines[1:])
        if not full or len(lines) <= _FEWEST or len(_values(lines[0], grid)) < len(grid.columns) - 1:
            return 0
    if any(len(cell.text.split()) > _HEAD_WORDS or cell.text.endswith(".") for cell in first):
        return 0
    steps = [abs(below.y - above.y) for above, below in pairwise(lines)]
    if any(map(str.isdigit, "".join(cell.text for cell in first))) and steps[0] <= _RULE * median(steps):
        return 0
    return 1 + _going_on(lines, 1, len(lines), grid)


def _numbers_columns(line: _Line) -> bool:
    """Whether a line counts the columns: (1), (2), (3), or goes on to count them: (4), (5)."""
    numbers = [int(number[1]) for cell in line.cells if (number := _COLUMN_NUMBER.fullmatch(cell.text))]
    return len(line.cells) > 1 and bool(numbers) and numbers == [*range(numbers[0], numbers[0] + len(line.cells))]


def _going_on(lines: Sequence[_Line], first: int, last: int, grid: _Grid) -> int:
    """How many lines from the first one on only go on with the cells above them, or count the columns."""
    count = 0
    while first + count < last:
        cells = lines[first + count].cells
        units = all(_UNIT.fullmatch(cell.text) for cell in cells)
        if not units and (len(cells) == len(grid.columns) or not all(_GOES_ON.match(cell.text) for cell in cells)):
            break
        count += 1
    return count + (first + count < len(lines) and _numbers_columns(lines[first + count]))


def _down_to_rule(lines: Sequence[_Line], free: int, grid: _Grid) -> int:
    """How many of the lines without figures are heads, for the first rows may have none either.

    They go on until each column has a head, and as far as cells go on. A wider step beyond shows that all above it are.
    """
    has_head: set[int] = set()
    count = 0
    while count < free and len(has_head) < len(grid.columns) - 1:
        has_head |= {over[0] for c in lines[count].cells if len(over := grid.over(c)) == 1 and over != [0]}
        count += 1
    count += _going_on(lines, count, free, grid)
    steps = [abs(below.y - above.y) for above, below in pairwise(lines)]
    usual = median(steps[free:]) if steps[free:] else 0.0
    for n in range(count + 1, free + 1):
        if usual and steps[n - 1] > _RULE * max(usual, *steps[: n - 1]):
            count = n
    return count


# -- rows


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that rows under it may share; `alone` if its line has nothing else."""

    cells: tuple[_Cell, ...]
    alone: bool

    def is_over(self, cells: Sequence[_Cell], indent: float, regular: bool) -> bool:
        """Whether rows with that name are of its group: they are indented under it, or it alone is bold.

        `regular` if other rows begin where these two do; a row with values is over others only then.
        """
        further = cells[0].x0 - self.cells[0].x0
        if self.alone and self.cells[0].bold and not cells[0].bold and further > -indent:
            return True
        return further > indent and (self.alone or regular)


def _read(lines: Sequence[_Line], grid: _Grid, heads: _Heads | None) -> Iterator[Row]:
    """The rows of a table, from the top."""
    count = heads.lines if heads else 0
    if heads and count:
        yield _head_row(lines[:count], heads)
    groups = _joined(lines[count:], grid)
    rows = [[cell for line in group for cell in line.cells] for group in groups]
    shared_cells = [[cell for line in group for cell in line.shared] for group in groups]
    placed = [grid.columns_of([*cells, *row]) for cells, row in zip(shared_cells, rows, strict=True)]
    begins = Counter(round(row[0][0].x0 / (_INDENT * grid.em)) for row in placed if row and 0 in row)
    regular = sum(count == 1 for count in begins.values()) == 0
    indent = _INDENT * grid.em if len(begins) <= _LEVELS else float("inf")
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


def _names_below(groups: Sequence[Sequence[_Line]], placed: Sequence[dict[int, list[_Cell]] | None]) -> bool:
    """Whether rows without a name have that of a row above: names stand by the first of their rows, not the middle.

    The first row shows it, if it has a name, and more lines than the name, or a row without a name under it.
    """
    first, second = [*placed[:2], None, None][:2]
    if not first or 0 not in first:
        return False
    under = second is not None and 0 not in second
    return under or (len(groups[0]) > len(first[0]) + 1 and first[0][0] in groups[0][0].cells)


def _joined(lines: Sequence[_Line], grid: _Grid) -> list[list[_Line]]:
    """Lines that are one row: cells of several lines."""
    named = [grid.over(line.cells[0]) == [0] for line in lines]
    steps = [abs(below.y - above.y) for above, below in pairwise(lines)]
    if named[:2] == [False, True] and steps[0] > _RULE * min(steps) and steps[0] * _RULE > max(steps):
        return [[lines[0]], *_joined(lines[1:], grid)]
    if (centred := _centred(lines, grid)) is not None:
        return centred
    full = [line.cells[0].text for line in lines if len(line.cells) > 1 and grid.over(line.cells[0]) == [0]]
    names = [name for name in full if name[0].isalnum()]
    capitals = bool(names) and sum(not name[0].islower() for name in names) >= _CAPITALS * len(names)
    close = _close_lines(lines, grid)
    small = _small_columns(lines, grid)
    nameless = [n for n, line in enumerate(lines) if n and not named[n] and len(line.cells) > 1]
    if not any(not _is_rest(lines[n], [lines[n - 1]], grid, small) for n in nameless):
        nameless = []
    rows: list[list[_Line]] = []
    for n, line in enumerate(lines):
        lower = all(_GOES_ON.match(cell.text) for cell in line.cells)
        hyphen = bool(rows) and rows[-1][-1].cells[0].text.endswith("-")
        rest = (line.goes_on and (capitals or hyphen or not named[n])) or (capitals and lower)
        if n in nameless and not any(_GOES_ON.match(c.text) and not set(grid.over(c)) & small for c in line.cells):
            rest = False  # others without a name are rows, and nothing shows that this goes on
        if (
            rows
            and not _is_member(lines, n, rows[-1], grid)
            and (
                (rest and _is_rest(line, rows[-1], grid, small))
                or _is_last(line, rows[-1], grid)
                or (n in close and _is_wrapped(line, rows[-1], grid))
            )
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _small_columns(lines: Sequence[_Line], grid: _Grid) -> set[int]:
    """The columns in which even the first lines of cells begin with a small letter, so that it tells nothing."""
    first = [line for line in lines if len(line.cells) > 1 and grid.over(line.cells[0]) == [0]]
    begins: dict[int, list[bool]] = {}
    for cell in [cell for line in first for cell in line.cells]:
        for i in grid.over(cell):
            begins.setdefault(i, []).append(cell.text[0].islower())
    return {i for i, small in begins.items() if sum(small) > (1 - _CAPITALS) * len(small)}


def _close_lines(lines: Sequence[_Line], grid: _Grid) -> set[int]:
    """The numbers of lines that stand closer to the line above than rows do to rows; none if rows stand as close.

    None of them has a cell in each column, and each row further down begins with its name.
    """
    steps = [abs(below.y - above.y) for above, below in pairwise(lines)]
    least = min(steps, default=0.0)
    close = {n for n, step in enumerate(steps, 1) if step <= _RULE * least}
    rows = [line for n, line in enumerate(lines) if n not in close]
    if len(rows) < _FEWEST or any(grid.over(line.cells[0]) != [0] for line in rows):
        return set()
    return set() if any(len(lines[n].cells) >= len(grid.columns) for n in close) else close


def _is_wrapped(line: _Line, row: Sequence[_Line], grid: _Grid) -> bool:
    """Whether each cell of a line stands under one that had no room for its first word.

    One that begins with a name may be broken anywhere, if the row has all of its cells in its first line.
    """
    broken = grid.over(line.cells[0]) == [0] and len(line.cells) > 1 and len(row[0].cells) == len(grid.columns)
    for cell in line.cells:
        over = grid.over(cell)
        above = [other for other in row[-1].cells if grid.over(other) == over]
        if len(over) != 1 or not above or (cell.has_figure and above[0].has_figure):
            return False
        first = cell.words[0]
        room = grid.columns[over[0]][1] - above[-1].x1 > first.x1 - first.x0 + _BLANK * grid.em
        if room and not broken:
            return False
    return True


def _centred(lines: Sequence[_Line], grid: _Grid) -> list[list[_Line]] | None:
    """Lines by rows where names stand in the middle of their rows' height; None if names stand first.

    The first line shows it, which has no name. Rows are told by wider steps between them, each with one name in its
    middle; where they are not, each line is one for itself.
    """
    named = [grid.over(line.cells[0]) == [0] for line in lines]
    if not any(named) or named[0] or any(len(grid.over(cell)) != 1 for cell in lines[0].cells):
        return None
    steps = [abs(below.y - above.y) for above, below in pairwise(lines)]
    for least in sorted(set(steps), reverse=True):
        rows: list[list[_Line]] = [[lines[0]]]
        for line, step in zip(lines[1:], steps, strict=True):
            if step * _RULE > least:
                rows.append([])
            rows[-1].append(line)
        found = [_around_name(row, grid, min(steps)) for row in rows]
        if len(rows) > 1 and all(found):
            return [row for part in found for row in part]
    return [[line] for line in lines]


def _around_name(lines: Sequence[_Line], grid: _Grid, step: float) -> list[list[_Line]]:
    """The row, or the rows, of lines with one name in the middle of their height; [] if that is not certain."""
    named = [line for line in lines if grid.over(line.cells[0]) == [0]]
    middle = (lines[0].y + lines[-1].y) / 2
    if len(named) != 1 or abs(named[0].cells[0].y - middle) > max(step / 2, _BLANK * grid.em):
        return []
    if all(_is_rest(line, lines[:n], grid) for n, line in enumerate(lines) if n):
        return [list(lines)]
    placed = grid.columns_of(cell for line in lines for cell in line.cells)
    if placed is None:
        return []
    heights = {i: sorted({cell.y for cell in cells}) for i, cells in placed.items()}
    own = max(heights.values(), key=lambda ys: (ys[-1] - ys[0], len(ys)))
    alike = {i for i, ys in heights.items() if ys == own}
    others = [ys for i, ys in heights.items() if i not in alike]
    if len(own) < _FEWEST or 0 in alike or any(abs(sum(ys) / len(ys) - middle) > step / 2 + 1 for ys in others):
        return []
    shared = tuple(cell for i, cells in placed.items() if i not in alike for cell in cells)
    return [[_Line(tuple(c for i in sorted(alike) for c in placed[i] if c.y == y), False, shared)] for y in own]


def _is_rest(line: _Line, row: Sequence[_Line], grid: _Grid, small: Set[int] = frozenset()) -> bool:
    """Whether a line that begins as the rest of a row does is it.

    A line of several cells is none if one has a figure under a figure, or if it begins with a capital where there was
    room for its first word in the line above; so does one that begins with a small letter in a column of `small` ones.
    """
    if len(line.cells) == 1:
        return len(grid.over(line.cells[0])) == 1 or len(row[-1].cells) == 1
    goes_on = any(_GOES_ON.match(cell.text) and not set(grid.over(cell)) & small for cell in line.cells)
    for cell in line.cells:
        over = grid.over(cell)
        above = [other for upper in row for other in upper.cells if grid.over(other) == over]
        if len(over) != 1 or not above:
            continue
        whole = cell.text.count("(") == cell.text.count(")") and cell.text[0] not in "(["
        if cell.has_figure and whole and above[-1].has_figure:
            return False
        first = cell.words[0]
        if not goes_on and grid.columns[over[0]][1] - above[-1].x1 > first.x1 - first.x0 + _BLANK * grid.em:
            return False
    return True


def _is_member(lines: Sequence[_Line], number: int, row: Sequence[_Line], grid: _Grid) -> bool:
    """Whether a line is the first row of the group that the row above only names, not the rest of a name.

    It has values, is indented, and the next line is indented alike and has values too.
    """
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else None
    if below is None or len(row) > 1 or len(row[0].cells) > 1 or not (_values(line, grid) and _values(below, grid)):
        return False
    indent = _INDENT * grid.em
    further = line.cells[0].x0 - row[0].cells[0].x0
    return further > indent and abs(below.cells[0].x0 - line.cells[0].x0) <= indent


def _is_last(line: _Line, row: Sequence[_Line], grid: _Grid) -> bool:
    """Whether a line goes on with a name that has its values on its last line."""
    only_name = all(not _values(above, grid) for above in row)
    return only_name and grid.over(line.cells[0]) == [0] and bool(_GOES_ON.match(line.cells[0].text))


def _head_row(lines: Sequence[_Line], heads: _Heads) -> Row:
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
    groups: Sequence[Sequence[_Cell]],
    name: Sequence[_Cell],
    values: dict[int, list[_Cell]],
    heads: _Heads | None,
    grid: _Grid,
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
    words = [bool(_FIGURE.match(word)) for cell in name for word in cell.text.split()]
    if sum(words) >= _FIGURES or (len(words) > 1 and all(words)):
        return
    for group in groups:
        yield from _spans(group)
        yield " – "
    if heads and heads.own.get(0) and _names_rows(heads, name, bool(groups)):
        yield from _spans(heads.own[0])
        yield " "
    yield from _spans(name)
    said: list[_Cell] = []
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


def _names_rows(heads: _Heads, name: Sequence[_Cell], in_group: bool) -> bool:
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
    if in_group or heads.grouped or len(heads.grid.columns) <= _FEWEST or len(words) > _CORNER_WORDS:
        return False
    said = set(words) & set(row.lower().split())
    return bool(_CORNER.fullmatch(head)) and not said and not _TOTAL.match(row)


def _colon(cells: Sequence[_Cell]) -> str:
    return " " if cells[-1].text.endswith(":") else ": "


def _spans(cells: Sequence[_Cell]) -> Iterator[Span | str]:
    for n, cell in enumerate(cells):
        if n:
            yield "\n"
        yield cell.span
