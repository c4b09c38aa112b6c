"""Blocks that are the columns of one table become one block, with its cells row by row.

A table set in small type is known by its type later on. One in the body's type is known here, by its place: what stands
under a table's caption, down to the next text, in rows of several cells. So are the lines of a filled form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from qa.papers.conventions import CAPTION, LABEL, PANELS, TABLE_LABEL
from qa.papers.pdf.blocks import blocks_of
from qa.papers.pdf.items import Item, Typography, is_caption, is_prose
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


def with_tables(blocks: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks of a page, those of a table under its caption made one, or over it where nothing is under it."""
    blocks = _with_labels(blocks)
    blocks = [part for block in blocks for part in _caption_apart(block, blocks, typography)]
    captions = [block for block in blocks if _heads_table(block, typography)]
    for caption in sorted(captions, key=lambda block: -block.x0):
        under, over = (find(caption, blocks, typography) for find in (_cells_under, _cells_over))
        if not _is_table(under) or (_is_table(over) and _is_nearer(over, under, caption)):
            under = over
        if _is_table(under):
            blocks = _as_table(under, blocks, typography)
    return blocks


def in_turns(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page in their order, each table that stands beside another directly behind its own caption."""
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


def _is_nearer(over: Sequence[Block], under: Sequence[Block], caption: Block) -> bool:
    """Whether a caption clearly is that of the table over it, and that under it has its own."""
    above = min(block.bottom for block in over) - caption.top
    return caption.bottom - max(block.top for block in under) > _NEARER * max(above, _SLACK)


def _as_table(cells: Sequence[Block], blocks: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks of a page, some of them made one table, with its notes."""
    rows = rows_of(line for block in cells for line in block.lines)
    table = Block([line for row in rows for line in sorted(row, key=lambda line: line.x0)], table=True)
    others = [block for block in blocks if not any(block is cell for cell in cells)]
    notes = _notes_under(table, others, typography)
    others = [block for block in others if not any(block is note for note in notes)]
    return [*others, table, *(Block(note.lines, table=True) for note in notes)]


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
                if any(_gaps(cells) or _has_beside(cells, block, page, typography) for cells in above.lines):
                    return [above, Block(block.lines[i:])]
        return [block]
    for i, line in enumerate(block.lines[1:], 1):
        if sum(len(below.text.split()) for below in block.lines[i:]) > _CELL_WORDS * (len(block.lines) - i):
            continue
        if _gaps(line) or _has_beside(line, block, page, typography):
            return [Block(block.lines[:i]), Block(block.lines[i:])]
    return [block]


def _has_beside(line: Line, block: Block, page: Iterable[Block], typography: Typography) -> bool:
    """Whether other cells of a row stand to the right of a line."""
    return any(
        abs(other.y - line.y) <= _SLACK and other.x0 > line.x1
        for cells in page
        if cells is not block and not cells.table and not _is_text(cells, typography)
        for other in cells.lines
    )


def _cells_under(caption: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks under a caption that may be a table's, from the top, without notes under the last row."""
    bars = [block for block in page if block is not caption and _bars(block, typography)]
    under = [block.top for block in bars if block.top < caption.bottom + _SLACK and _share_width(block, caption)]
    floor = max(under, default=float("-inf"))
    beside = [block for block in bars if block.top > floor + _SLACK and block.bottom < caption.bottom + _SLACK]
    left = max((block.x1 for block in beside if block.x1 <= caption.x0 + _SLACK), default=float("-inf"))
    if any(_heads_table(block, typography) for block in beside if block.x1 <= caption.x0):
        left = max(left, caption.x0)
    right = min((block.x0 for block in beside if block.x0 >= caption.x1 - _SLACK), default=float("inf"))
    possible = [
        block
        for block in page
        if block is not caption
        and not _bars(block, typography)
        and floor - _SLACK <= block.bottom
        and block.top <= caption.bottom + _SLACK
        and left - _SLACK <= block.x0
        and block.x1 <= right + _SLACK
    ]
    return _without_notes(_connected(caption, possible))


def _cells_over(caption: Block, page: Sequence[Block], typography: Typography) -> list[Block]:
    """The blocks over a caption that may be a table's, from the bottom, without headings over the first row."""
    bars = [block for block in page if block is not caption and _bars(block, typography)]
    over = [block.bottom for block in bars if block.bottom > caption.top - _SLACK and _share_width(block, caption)]
    ceiling = min(over, default=float("inf"))
    beside = [block for block in bars if block.bottom < ceiling - _SLACK and block.top > caption.top - _SLACK]
    left = max((block.x1 for block in beside if block.x1 <= caption.x0 + _SLACK), default=float("-inf"))
    right = min((block.x0 for block in beside if block.x0 >= caption.x1 - _SLACK), default=float("inf"))
    possible = [
        block
        for block in page
        if block is not caption
        and not _bars(block, typography)
        and block.top <= ceiling + _SLACK
        and caption.top - _SLACK <= block.bottom
        and left - _SLACK <= block.x0
        and block.x1 <= right + _SLACK
    ]
    found: list[Block] = []
    top, widest = caption.top, float(_FIRST_GAP)
    for block in sorted(possible, key=lambda block: block.bottom):
        if block.bottom - top > widest * max(block.lines[0].size, LEAST_SIZE):
            break
        found.append(block)
        top, widest = max(top, block.top), _GAP
    return _without_notes(sorted(found, key=lambda block: -block.top))


def _bars(block: Block, typography: Typography) -> bool:
    """Whether a table ends above a block: it is text, a caption, or a table already."""
    return block.table or _is_text(block, typography) or bool(CAPTION.match(block.lines[0].text))


def _is_text(block: Block, typography: Typography) -> bool:
    item = Item(0, block)
    return is_prose(item, typography) and item.words >= _LINE_WORDS * len(block.lines)


def _share_width(a: Block, b: Block) -> bool:
    return min(a.x1, b.x1) > max(a.x0, b.x0)


def _connected(caption: Block, blocks: Iterable[Block]) -> list[Block]:
    """Blocks from the top down to the first wide gap."""
    found: list[Block] = []
    bottom, widest = caption.bottom, float(_FIRST_GAP)
    for block in sorted(blocks, key=lambda block: -block.top):
        size = max(block.lines[0].size, LEAST_SIZE)
        if bottom - block.top > widest * size:
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
