"""Blocks that are the columns of one table become one block, with its cells row by row.

A table set in small type is known by its type later on. One in the body's type is known here, by its place: what stands
under a table's caption, over it or beside it, as far as the next text, in rows of several cells. Text that is narrower
than a column, and begins on the lines of other cells, is a column of the table. So are the lines of a filled form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from qa.papers.conventions import CAPTION, LABEL, PANELS, TABLE_LABEL
from qa.papers.pdf.blocks import blocks_of
from qa.papers.pdf.glyphs import Run
from qa.papers.pdf.items import Item, Typography, is_caption, is_prose, small_share
from qa.papers.pdf.layout import BLANK, LEAST_SIZE, Block, Line, Style, line_of, rows_of

_FIRST_GAP = 4
"""Ems. A table begins no further than this under its caption."""
_GAP = 2.5
"""Ems. The next part of a table begins no further than this under the one before it."""
_CELL_GAP = 0.9
"""Ems. Two cells of a row are further apart than this, if they are one line."""
_CLOSE = 0.45
"""Ems. Two cells of a row that were painted on without a break are further apart than this; blanks are narrower. Set by
hand, 2026-11-27."""
_BLANKS = 1.6
"""Two cells are further apart than so many blanks of the type, or of a line of text. Set by hand, 2026-11-27."""
_SMALL = 0.35
"""More than this share of the words of a line of text begin with a small letter."""
_CROSSED = 0.25
"""Where the gap between two columns is, words stand in fewer rows than this share of those that are white there."""
_FEWEST_ROWS = 2
"""A table has at least so many rows of several cells."""
_LABEL_GAP = 4.0
"""Ems. A caption begins no further behind its label."""
_NEARER = 1.5
"""A caption between two tables is that of the one over it if the other is more than so many times further away. Set by
hand, 2026-11-27."""
_NOTE_GAP = 2.0
"""Ems. A note begins no further than this under its table, or under the note before it."""
_LINE_WORDS = 5
"""A line of text has on average at least so many words; the lines of a cell have fewer."""
_CELL_WORDS = 3
"""A cell in a table's first column, which is set close under the caption, has on average at most so many words."""
_SLACK = 3.0
"""Points. Edges may be off by this."""
_CELL_WIDTH = 0.85
"""Text in a cell is narrower than this share of the paper's column. Set by hand, 2026-11-27."""
_ENTRY_LINES = 3
"""Text in smaller type than the body's that is no cell has at least so many lines, and fills a column. Set by hand,
2026-11-27."""
_ENTRY_SMALL = 0.2
"""More than this share of its words begin with a small letter. Set by hand, 2026-11-27."""
_MOST = 0.6
"""At least this share of the cells beside a column of text stand on one of its lines. Set by hand, 2026-11-27."""
_SAME_ROW = 1.0
"""Points. The baselines of a row's cells differ by no more. Set by hand, 2026-11-27."""
_UNEVEN = 0.45
"""Ems of the larger type. The cells of a row differ in height by no more. Set by hand, 2026-11-27."""
_TWO_BLANKS = 0.6
"""Ems. Words of a typewriter's type are closer than this, although that has wide blanks. Set by hand, 2026-11-27."""
_LETTERS = 6
"""A cell of words has at least so many letters. Set by hand, 2026-11-27."""
_STRETCHED = 6.0
"""Ems. The words of a cell that fill its width are less than this apart. Set by hand, 2026-11-27."""
_BESIDE_LINES = 3
"""A caption beside its table has at least so many lines. Set by hand, 2026-11-27."""
_BESIDE_WIDTH = 0.7
"""It is narrower than this share of the paper's column. Set by hand, 2026-11-27."""

_LABEL_ONLY = re.compile(rf"{LABEL}{PANELS}\s*[.:|–—]?")
"""A line that has a label and nothing else, for `fullmatch`."""
TABLE_NOTE = re.compile(
    r"[*†‡§¶#‖∗]|(?:[a-h]|\[[a-h]\])(?:\s+[A-Z]|\s*$)|[a-h][A-Z][a-z]"
    r"|(?i:notes?|abbreviations?|values are|data are|numbers are|sources?|key)\b\s*[.:—–-]?(?:\s|$)"
)
"""How a note under a table begins, for `match`."""


def blocks_with_forms(lines: Sequence[Line], leadings: Mapping[Style | None, float]) -> list[Block]:
    """The blocks of a page's lines; lines of a form with values, one under another, are a table."""
    forms = [list(group) for filled, group in groupby(lines, key=_is_filled) if filled]
    others = [line for line in lines if not _is_filled(line)]
    return [*blocks_of(others, leadings), *(Block(group, table=True) for group in forms)]


def _is_filled(line: Line) -> bool:
    return any(run.filled for run in line.runs)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The blocks that may be the table of a caption: beside it, under it and over it; [] where none are a table."""

    beside: list[Block]
    under: list[Block]
    over: list[Block]

    @classmethod
    def of(cls, caption: Block, page: Sequence[Block], typography: Typography) -> _Cells:
        """Those of a page."""
        found = [find(caption, page, typography) for find in (_cells_beside, _cells_under, _cells_over)]
        return cls(*(cells if _is_table(cells) else [] for cells in found))

    def side(self, caption: Block) -> int:
        """On which side of the caption its table is: 1 over it, -1 under it, 0 if it may be either or has none."""
        if self.beside:
            return 0
        if not (self.under and self.over):
            return bool(self.over) - bool(self.under)
        above = max(min(block.bottom for block in self.over) - caption.top, _SLACK)
        below = max(caption.bottom - max(block.top for block in self.under), _SLACK)
        return (below > _NEARER * above) - (above > _NEARER * below)


def with_tables(pages: Sequence[Sequence[Block]], typography: Typography) -> list[list[Block]]:
    """The blocks of each page, those of a table made one: beside its caption, under it or over it.

    Where a caption stands between two tables, it is that of the nearer one; if neither clearly is, that on the side on
    which most of the paper's captions have theirs.
    """
    parted = [_parted_blocks(blocks, typography) for blocks in pages]
    captions = [(caption, blocks) for blocks in parted for caption in _captions(blocks, typography)]
    sides = sum(_Cells.of(caption, blocks, typography).side(caption) for caption, blocks in captions)
    return [_with_tables(blocks, typography, 1 if sides > 0 else -1) for blocks in parted]


def _parted_blocks(blocks: Sequence[Block], typography: Typography) -> list[Block]:
    blocks = _with_labels(blocks)
    return [part for block in blocks for part in _caption_apart(block, blocks, typography)]


def _captions(blocks: Iterable[Block], typography: Typography) -> list[Block]:
    return sorted((block for block in blocks if _heads_table(block, typography)), key=lambda block: -block.x0)


def _with_tables(blocks: list[Block], typography: Typography, usual: int) -> list[Block]:
    """The blocks of a page with its tables; `usual` is the side of the paper's tables, 1 over and -1 under."""
    for caption in _captions(blocks, typography):
        found = _Cells.of(caption, blocks, typography)
        side = found.side(caption) or usual
        cells = found.beside or (found.over if side > 0 else found.under)
        if cells:
            blocks = _as_table(cells, caption, blocks, typography)
    return blocks


def in_turns(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page in their order, each table directly behind its own caption, or before it if over it."""
    blocks = _with_captions(blocks)
    ordered: list[Block] = []
    for is_turn, group in groupby(blocks, key=lambda block: block.table or _is_labelled(block)):
        run = list(group)
        captions = [block for block in run if _is_labelled(block)]
        if is_turn and any(_is_labelled(a) and _is_labelled(b) for a, b in pairwise(run)):
            tables = [block for block in run if not _is_labelled(block)]
            owners = [_caption_of(table, captions) for table in tables]
            run = [table for table, owner in zip(tables, owners, strict=True) if owner is None]
            for caption in captions:
                run += [caption, *(table for table, owner in zip(tables, owners, strict=True) if owner is caption)]
        ordered += run
    return ordered


def _with_captions(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page in their order, each table whose caption is known before or behind that.

    What stands between the two, as the caption's words under its label do, stays there.
    """
    ordered: list[Block] = []
    between = [block for caption in blocks for block in _between_both(caption, blocks)]
    for block in blocks:
        if any(block.caption is other for other in blocks) or any(block is other for other in between):
            continue
        own = [other for other in blocks if other.caption is block]
        over = [other for other in own if other.bottom >= block.top - _SLACK]
        under = [other for other in own if not any(other is table for table in over)]
        ordered += [*over, block, *_between_both(block, blocks), *under]
    return ordered


def _between_both(caption: Block, blocks: Sequence[Block]) -> list[Block]:
    """The blocks between a caption and its table under it."""
    top = max((block.top for block in blocks if block.caption is caption), default=caption.bottom)
    return [
        block
        for block in blocks
        if block.caption is None
        and top - _SLACK <= block.bottom
        and block.top <= caption.bottom + _SLACK
        and _share_width(block, caption)
    ]


def _is_labelled(block: Block) -> bool:
    return not block.table and bool(TABLE_LABEL.match(block.lines[0].text))


def _caption_of(table: Block, captions: Iterable[Block]) -> Block | None:
    """The nearest caption over a table."""
    over = [c for c in captions if table.top <= c.bottom + _SLACK and _share_width(table, c)]
    return min(over, key=lambda caption: caption.bottom, default=None)


def _with_labels(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page, labels that stand beside their caption put in front of it."""
    found = list(blocks)
    for label in [block for block in blocks if len(block.lines) == 1 and _LABEL_ONLY.fullmatch(block.lines[0].text)]:
        line = label.lines[0]
        beside = [
            block
            for block in found
            if abs(block.lines[0].y - line.y) <= _SLACK
            and 0 < block.x0 - line.x1 < _LABEL_GAP * line.size
            and len(block.lines[0].text.split()) > 1
        ]
        if len(beside) == 1 and not beside[0].table:
            first, *rest = beside[0].lines
            found = [block for block in found if block is not label and block is not beside[0]]
            found.append(Block([line_of([*line.runs, *first.runs]), *rest]))
    return found


def _is_table(cells: Sequence[Block]) -> bool:
    rows = rows_of(line for block in cells for line in block.lines)
    return sum(_cells(row) > 1 for row in rows) >= _FEWEST_ROWS


def _as_table(cells: Sequence[Block], caption: Block, blocks: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks of a page, some of them made one table, with its notes."""
    rows = rows_of(line for block in cells for line in block.lines)
    table = Block([line for row in rows for line in sorted(row, key=lambda line: line.x0)], table=True, caption=caption)
    others = [block for block in blocks if not any(block is cell for cell in cells)]
    notes = _notes_under(table, others, typography)
    others = [block for block in others if not any(block is note for note in notes)]
    return [*others, table, *(Block(note.lines, table=True, caption=caption) for note in notes)]


def _notes_under(table: Block, page: Iterable[Block], typography: Typography) -> list[Block]:
    """The notes directly under a table: they begin with a mark or a customary word, or are in smaller type."""
    notes: list[Block] = []
    bottom = table.bottom
    for block in sorted(page, key=lambda block: -block.top):
        first = block.lines[0]
        under = bottom - _NOTE_GAP * max(first.size, LEAST_SIZE) <= block.top <= bottom + _SLACK
        if not under or block.table or not _share_width(block, table) or CAPTION.match(first.text):
            continue
        small = max(line.size for line in block.lines) < typography.body.size - typography.slack
        if not (TABLE_NOTE.match(first.text) or small) or first.x0 < table.x0 - 2 * first.size:
            break
        notes.append(block)
        bottom = min(bottom, block.bottom)
    return notes


def _heads_table(block: Block, typography: Typography) -> bool:
    return not block.table and bool(TABLE_LABEL.match(block.lines[0].text)) and is_caption(block, typography)


def _caption_apart(block: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """A caption and the first column of the table that is set close under or over it, as two blocks."""
    if not _heads_table(block, typography):
        for i, line in enumerate(block.lines[1:], 1):
            if TABLE_LABEL.match(line.text) and not block.table and is_caption(Block(block.lines[i:]), typography):
                above = Block(block.lines[:i])
                has_beside = any(_gaps(cells) or _has_beside(cells, block, page, typography) for cells in above.lines)
                others = [other for other in page if other is not block]
                if has_beside or _is_beside_cells(above, others):
                    return [above, Block(block.lines[i:])]
        return [block]
    cells = [other for other in page if not CAPTION.match(other.lines[0].text)]
    first = block.lines[0]
    if not _LABEL_ONLY.fullmatch(first.text) and _has_beside(first, block, cells, typography):
        return [block]  # it stands beside its table
    for i, line in enumerate(block.lines[1:], 1):
        if sum(len(below.text.split()) for below in block.lines[i:]) > _CELL_WORDS * (len(block.lines) - i):
            continue
        if _gaps(line) or _has_beside(line, block, page, typography):
            return [Block(block.lines[:i]), Block(block.lines[i:])]
    return [block]


def _has_beside(line: Line, block: Block, page: Sequence[Block], typography: Typography) -> bool:
    """Whether other cells of a row stand to the right of a line."""
    return any(
        abs(other.y - line.y) <= _SLACK and other.x0 > line.x1
        for cells in page
        if cells is not block and not cells.table and not _is_text(cells, page, typography)
        for other in cells.lines
    )


def _cells_under(caption: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks under a caption that may be a table's, from the top, without notes under the last row."""
    bars = [block for block in page if block is not caption and _bars(block, page, typography)]
    under = [block.top for block in bars if block.top < caption.bottom + _SLACK and _share_width(block, caption)]
    floor = lowest = max(under, default=float("-inf"))
    found: list[Block] = []
    while True:
        beside = [block for block in bars if block.top > lowest + _SLACK and block.bottom < caption.bottom + _SLACK]
        possible = _between(caption, beside, page, bars, typography)
        possible = [b for b in possible if floor - _SLACK <= b.bottom and (not found or _is_in_rows(b, found))]
        cells = _connected(caption, possible, typography)
        ends = min((block.bottom for block in _without_notes(cells)), default=caption.bottom)
        if found and ends < lowest - _SLACK:
            return _without_notes(found)
        if not cells or lowest >= ends - _SLACK:
            return _without_notes(cells)
        found, lowest = cells, ends  # what begins further down does not stand beside the table


def _is_in_rows(block: Block, cells: Sequence[Block]) -> bool:
    """Whether a block is one of some cells, or each of its lines stands beside one of theirs."""
    heights = [line.y for cell in cells for line in cell.lines]
    return any(block is cell for cell in cells) or all(
        any(abs(line.y - y) <= _SAME_ROW for y in heights) for line in block.lines
    )


def _between(
    caption: Block, beside: Sequence[Block], page: Iterable[Block], bars: Sequence[Block], typography: Typography
) -> list[Block]:
    """The blocks of a page, no bars, that have no bar between them and what is under or over a caption."""
    left = max((block.x1 for block in beside if block.x1 <= caption.x0 + _SLACK), default=float("-inf"))
    if any(_heads_table(block, typography) for block in beside if block.x1 <= caption.x0):
        left = max(left, caption.x0)
    right = min((block.x0 for block in beside if block.x0 >= caption.x1 - _SLACK), default=float("inf"))
    return [
        block
        for block in page
        if block is not caption
        and not any(block is bar for bar in bars)
        and block.top <= caption.bottom + _SLACK
        and left - _SLACK <= block.x0
        and block.x1 <= right + _SLACK
        and (_share_width(block, caption) or not _fills_column(caption, typography))
    ]


def _fills_column(caption: Block, typography: Typography) -> bool:
    """Whether a caption of several lines is as wide as a column, which its table then does not leave."""
    width = caption.x1 - caption.x0
    return len(caption.lines) > 1 and _CELL_WIDTH <= width / typography.column <= 2 - _CELL_WIDTH


def _cells_beside(caption: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks to the right of a narrow caption that may be a table's, which begins at its first line."""
    if len(caption.lines) < _BESIDE_LINES or caption.x1 - caption.x0 > _BESIDE_WIDTH * typography.column:
        return []
    size = max(caption.lines[0].size, LEAST_SIZE)
    right = [block for block in page if block is not caption and block.x0 > caption.x1 and not block.table]
    bars = [block for block in right if _bars(block, page, typography)]
    possible = [
        block
        for block in right
        if not any(block is bar for bar in bars)
        and block.top <= caption.top + _SLACK
        and block.bottom >= max((bar.top for bar in bars if bar.top < caption.top), default=float("-inf")) - _SLACK
    ]
    top = Block(caption.lines[:1])
    cells = _connected(top, possible, typography)
    begins = [row for row in rows_of(line for block in cells for line in block.lines) if row[0].y > caption.bottom]
    if len(begins) < _FEWEST_ROWS or min(block.x0 for block in cells) - caption.x1 > _LABEL_GAP * size:
        return []
    return _without_notes(cells)


def _cells_over(caption: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks over a caption that may be a table's, from the bottom, without headings over the first row."""
    bars = [block for block in page if block is not caption and _bars(block, page, typography)]
    over = [block.bottom for block in bars if block.bottom > caption.top - _SLACK and _share_width(block, caption)]
    ceiling = min(over, default=float("inf"))
    beside = [block for block in bars if block.bottom < ceiling - _SLACK and block.top > caption.top - _SLACK]
    left = max((block.x1 for block in beside if block.x1 <= caption.x0 + _SLACK), default=float("-inf"))
    right = min((block.x0 for block in beside if block.x0 >= caption.x1 - _SLACK), default=float("inf"))
    possible = [
        block
        for block in page
        if block is not caption
        and not any(block is bar for bar in bars)
        and block.top <= ceiling + _SLACK
        and caption.top - _SLACK <= block.bottom
        and left - _SLACK <= block.x0
        and block.x1 <= right + _SLACK
        and (_share_width(block, caption) or not _fills_column(caption, typography))
    ]
    found: list[Block] = []
    top, widest = caption.top, float(_FIRST_GAP)
    for block in sorted(possible, key=lambda block: block.bottom):
        if block.bottom - top > widest * max(block.lines[0].size, LEAST_SIZE):
            break
        found.append(block)
        top, widest = max(top, block.top), _GAP
    return _without_notes(sorted(found, key=lambda block: -block.top))


def _bars(block: Block, page: Sequence[Block], typography: Typography) -> bool:
    """Whether a table ends above a block: it is text, a caption, or a table already."""
    return block.table or bool(CAPTION.match(block.lines[0].text)) or _is_text(block, page, typography)


def _is_text(block: Block, page: Sequence[Block], typography: Typography) -> bool:
    """Whether a block is text, and no column of a table whose cells are sentences."""
    item = Item(0, block)
    if item.words < _LINE_WORDS * len(block.lines):
        return False
    if is_prose(item, typography):
        widest = max(part[-1].x1 - part[0].x0 for line in block.lines for part in _at_gaps(line))
        return widest > _CELL_WIDTH * typography.column or not _is_beside_cells(block, page)
    fills = sum(line.width > _CELL_WIDTH * typography.column for line in block.lines)
    return (
        len(block.lines) >= _ENTRY_LINES
        and 2 * fills >= len(block.lines)
        and small_share(item.text) > _ENTRY_SMALL
        and not any(_gaps(line) for line in block.lines)
        and not TABLE_NOTE.match(item.text)
        and not _is_beside_cells(block, page)
    )


def _is_beside_cells(block: Block, page: Sequence[Block]) -> bool:
    """Whether the first line of a block, and another, stand to the right of other cells, most of which have such."""
    around = [other for other in page if other is not block and not other.table]
    cells = [line for other in around for line in _short_lines(other) if line.x1 < block.x1]
    heights = {line.y for line in block.lines if _gaps(line)}
    left = [line for line in cells if block.bottom <= line.y <= block.top and line.x0 < block.lines[0].x0]
    beside = [
        [line for line in block.lines if abs(cell.y - line.y) <= _SAME_ROW and cell.x1 < line.x0] for cell in left
    ]
    heights |= {line.y for lines in beside for line in lines}
    return block.lines[0].y in heights and len(heights) >= _FEWEST_ROWS and sum(map(bool, beside)) >= _MOST * len(left)


def _short_lines(block: Block) -> list[Line]:
    """The lines of a block if none has more words than a cell."""
    return block.lines if all(len(line.text.split()) <= _LINE_WORDS for line in block.lines) else []


def _at_gaps(line: Line) -> list[list[Run]]:
    """The runs of a line from the left, in the parts between gaps as wide as those between two cells."""
    runs = sorted(line.runs, key=lambda run: run.x0)
    parts = [runs[:1]]
    for a, b in pairwise(runs):
        if (b.x0 - a.x1) / max(line.size, 1.0) > _CELL_GAP:
            parts.append([])
        parts[-1].append(b)
    return parts


def _share_width(a: Block, b: Block) -> bool:
    return min(a.x1, b.x1) > max(a.x0, b.x0)


def _connected(caption: Block, blocks: Iterable[Block], typography: Typography) -> list[Block]:
    """Blocks from the top down to the first wide gap, or to the body's type under a smaller one."""
    found: list[Block] = []
    bottom, widest = caption.bottom, float(_FIRST_GAP)
    for block in sorted(blocks, key=lambda block: -block.top):
        size = max(block.lines[0].size, LEAST_SIZE)
        if bottom - block.top > widest * size:
            break
        small = found and all(line.size < typography.body.size - typography.slack for b in found for line in b.lines)
        if small and typography.is_body(block.lines[0].style):
            break
        found.append(block)
        bottom, widest = min(bottom, block.bottom), _GAP
    return found


def _without_notes(blocks: list[Block]) -> list[Block]:
    """Blocks without those at both ends that are whole rows: the rest of the caption, notes, the next heading."""
    while blocks and _stands_alone(blocks[0], blocks):
        blocks = blocks[1:]
    blocks = sorted(blocks, key=lambda block: -block.bottom)
    while blocks and _stands_alone(blocks[-1], blocks):
        blocks = blocks[:-1]
    return blocks


def _stands_alone(block: Block, blocks: Sequence[Block]) -> bool:
    beside = any(
        other is not block and min(other.top, block.top) > max(other.bottom, block.bottom) + 1 for other in blocks
    )
    return not beside and not any(_gaps(line) for line in block.lines)


def table_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """The rows of a table, from top to bottom; a row of cells that stand a little higher or lower than one beside them
    is of that.
    """
    cells = cells_of(lines)
    rows = [_unstretched(row, cells) for row in rows_of(cells)]
    whole: list[list[Line]] = []
    while rows:
        row = rows.pop(0)
        for other in sorted([*whole[-1:], *rows[:1]], key=lambda other: abs(other[0].y - row[0].y)):
            if _is_beside(row, other):
                row[:0] = other
                if other in whole:
                    whole.pop()
                else:
                    rows.pop(0)
                break
        whole.append(row)
    return whole


def _is_beside(row: Sequence[Line], other: Sequence[Line]) -> bool:
    """Whether two rows are one whose cells differ in height, as those do that have a raised or a smaller sign."""
    near = abs(row[0].y - other[0].y) <= _UNEVEN * max(line.size for line in (*row, *other))
    small, large = sorted((row, other), key=len)
    named = min(cell.x0 for cell in small) > min(cell.x0 for cell in large)
    return near and named and all(a.x1 <= b.x0 or b.x1 <= a.x0 for a in row for b in other)


def _unstretched(row: Sequence[Line], cells: Sequence[Line]) -> list[Line]:
    """The cells of a row; those that are words of one, set far apart to fill its width, made one.

    So they are where two cells of other rows or more begin where the first word does and go on across the gap, more
    than stand behind it alone, and one ends where the last word does. Words no further apart than two blanks need no
    such end, and only more than begin where the second does.
    """
    row = sorted(row, key=lambda cell: cell.x0)
    whole: list[Line] = []
    while row:
        first = row[0]
        slack = _CLOSE * first.size
        alike = [cell for cell in cells if abs(cell.x0 - first.x0) < slack and _has_words(cell)]
        count = 1
        for n, (a, b) in enumerate(pairwise(row), 2):
            over = [cell for cell in alike if cell.x1 > b.x0]
            if b.x0 - a.x1 > _STRETCHED * first.size or len(over) <= _apart(b, a.x1, cells) or b.text[0].isdigit():
                break
            if len(over) >= _FEWEST_ROWS and any(abs(cell.x1 - b.x1) < slack for cell in over):
                count = n
        if count == 1 and len(row) > 1 and row[1].x0 - first.x1 < _TWO_BLANKS * first.size:
            crossed = sum(cell.x1 > row[1].x0 for cell in alike)
            alone = sum(cell is not row[1] and abs(cell.x0 - row[1].x0) < slack for cell in cells)
            count += crossed >= _FEWEST_ROWS and crossed > alone
        joined = row[0] if count == 1 else line_of([run for cell in row[:count] for run in cell.runs])
        row = [joined, *row[count:]] if count > 1 else row[1:]
        if count == 1:
            whole.append(joined)
    return whole


def _has_words(cell: Line) -> bool:
    return sum(map(str.isalpha, cell.text)) >= _LETTERS


def _apart(cell: Line, left: float, cells: Sequence[Line]) -> int:
    """How many other cells stand over or under the one right of a gap, and do not go across the gap."""
    middle = (left + cell.x0) / 2
    return sum(other is not cell and other.x0 > middle and min(other.x1, cell.x1) > other.x0 for other in cells)


def cells_of(lines: Sequence[Line]) -> list[Line]:
    """The lines of a table, parted where cells of one row stand so close that they were taken for one line.

    A gap parts two cells if it is wider than a blank and other rows are white there, too, and hardly any has a word.
    """
    rows = [[(run.x0, run.x1) for line in row for run in line.runs] for row in rows_of(lines)]
    return [part for line in lines for part in _parted(line, rows)]


def _parted(line: Line, rows: Sequence[Sequence[tuple[float, float]]]) -> list[Line]:
    runs = sorted(line.runs, key=lambda run: run.x0)
    parts = [runs[:1]]
    least = max(_CLOSE, _BLANKS * max(run.blank for run in runs)) * line.size
    if _is_wordy(line):
        gaps = sorted(b.x0 - a.x1 for a, b in pairwise(runs) if b.x0 - a.x1 > BLANK * line.size)
        least = max([least, *(_BLANKS * gap for gap in gaps[len(gaps) // 2 :][:1])])
    for run in runs[1:]:
        left, right = max(before.x1 for before in parts[-1]), run.x0
        if right - left > least and _parts_rows(left, right, least, rows):
            parts.append([])
        parts[-1].append(run)
    return [line] if len(parts) == 1 else [line_of(part) for part in parts]


def _is_wordy(line: Line) -> bool:
    """Whether a line may be one of a text, whose blanks are all as wide as they have to be."""
    words = [word for word in line.text.split() if word[0].isalpha()]
    return len(words) > _LINE_WORDS and sum(word[0].islower() for word in words) > _SMALL * len(words)


def _parts_rows(left: float, right: float, wide: float, rows: Sequence[Sequence[tuple[float, float]]]) -> bool:
    """Whether a strip of the gap from left to right is white in the rows that have something on both sides of it."""
    white = crossed = 0
    for row in rows:
        ends = max((x1 for x0, x1 in row if x0 < left), default=None)
        begins = min((x0 for x0, x1 in row if x1 > right), default=None)
        if ends is None or begins is None:
            continue
        inside = sorted([ends, *(x for x0, x1 in row if left <= x0 and x1 <= right for x in (x0, x1)), begins])
        gap = max(min(b, right) - max(a, left) for a, b in pairwise(inside))
        white += gap > wide
        crossed += gap <= 0
    return white > _FEWEST_ROWS and crossed <= _CROSSED * white


def continues_row(row: Sequence[Line], above: Sequence[Sequence[Line]]) -> bool:
    """Whether a line of a table has only further lines of cells of the row that the lines above it end with.

    It begins no further left than that row's second cell; or it is one cell that begins as no row does.
    """
    full = next((cells for cells in reversed(above) if len(cells) > 1), above[-1])
    first = row[0]
    if first.runs[0].filled:
        return True
    if len(full) > 1 and first.x0 >= full[1].x0 - first.size:
        return True
    return len(row) == 1 and (first.text[:1] in "()" or first.text[:1].islower() or above[-1][0].text.endswith("-"))


def _cells(row: Sequence[Line]) -> int:
    return len(row) + sum(len(_gaps(line)) for line in row)


def _gaps(line: Line) -> list[float]:
    """The gaps within a line that are as wide as those between two cells, in ems."""
    runs = sorted(line.runs, key=lambda run: run.x0)
    gaps = [(b.x0 - a.x1) / max(line.size, 1.0) for a, b in pairwise(runs)]
    return [gap for gap in gaps if gap > _CELL_GAP]
