"""Lines become blocks, and blocks are put in reading order; geometry only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.papers.pdf.layout import LEAST_SIZE, Block, Groups, Gutter, Line, Style, gutters_of, line_of, rows_of

# Lines of one block

_BELOW = 3.2
"""Ems. A line further down than this does not follow in the same block."""
_SAME_SIZE = 1.12
"""Two lines of a block differ in size by at most this factor. At 1.68 lines of different type run together in three of
the six papers."""
_LOOSE = 1.22
"""Two lines of a block are at most so many leadings of their style apart. At 0.82 every paragraph falls apart; at 1.83
paragraphs, headings and notes of all six papers run together."""
_LEAST_LEADING = 1.1
"""Ems. A smaller leading counts as this one. At 0.74 a formula in 3-190 falls apart, at 1.65 paragraphs run together in
five of the six papers."""
_SHARED = 0.5
"""Two lines are one above the other if at least this share of the narrower one is. At 0.34 two marks in the margin of
3-190 change places."""
_SHARED_POINTS = 5.0
"""Points. Lines of a block need to have no more than this in common."""
_CROSSING = 3.0
"""Points. A line crosses a gutter if it reaches over the gutter's middle by more than this to both sides."""
_TOUCHING = 1.0
"""Points. A gutter's ends may be off by this."""

# Leadings

_LINES_BELOW = 39
"""The line under another is looked for among so many that follow; more never stand side by side."""
_MOST_LEADING = 3
"""Ems. Baselines further apart are not those of one paragraph. At 2 a table in 3-190 changes."""
_LEAST_STEP = 0.5
"""Ems. A line whose baseline is no lower than this stands beside another, not under it."""
_FEWEST_PAIRS = 2
"""The leading of a style is known from so many pairs of lines. At 3 two blocks of 3-190 run together."""
_FREQUENT = 0.25
"""A distance is frequent if at least this share of a style's pairs have it. At 0.17 blocks run together in 3-190 and
PMC4521097."""
_MOST_TIMES_USUAL = 1.8
"""A distance of at least so many times the most frequent one is no leading: a line is missing between."""
_DEFAULT_LEADING = 1.2
"""Ems. The leading of a paper in which no two lines tell it."""

# Notes in the margin

_OUTSIDE = 0.5
"""Ems of the body. A note in the margin is more than this away from the text."""
_NOTE_WIDTH = 0.45
"""A note is narrower than this share of the text. At 0.3 notes stand between abstract and heading
(`test_notes_in_the_margin_…`), at 0.68 the first page of 3-190 is read in another order."""
_NOTE_SIZE = 0.95
"""A note is set in less than this share of the body's size. At 0.64 notes stand between abstract and heading
(`test_notes_in_the_margin_…`)."""
_PARAGRAPH_LINES = 3
"""A paragraph that tells where the text's edges are has at least so many lines."""
_PARAGRAPH_WIDTH = 12
"""Ems of the body. It is wider than this."""
_BODY_SIZE = 0.6
"""Points. Most of its lines differ from the body's size by less than this."""

# Reading order

_STRIP = 4.0
"""Points. A page may be read as two where a white strip across all of it is higher than this."""
_FOREIGN = 0.05
"""A page is read as two if each part has less than this share of its text in the other's main style."""
_BESIDE = 2.0
"""Points. Blocks are one above the other if they share more than this of their width."""
_LEAST_REACH = 4.0
"""Points. A block counts as at least so wide."""
_HEADING_LINES = 3
"""A heading, which reaches as far as the text under it, has at most so many lines."""
_HEADING_EDGE = 3.0
"""Points. A heading sticks out of the text under it by at most this."""
_HEADING_GAP = 2.2
"""Ems. The text under a heading begins less than this below it."""
_HEADING_OVERLAP = 2.0
"""Points. It may begin by this much higher."""
MOST_BLOCKS = 400
"""So many blocks of a page are ordered by their places; the work grows with the cube of their number."""


def blocks_of(lines: Sequence[Line], leadings: Mapping[Style | None, float]) -> list[Block]:
    """Lines that follow one another at the leading of their style, in about the same size, in one column."""
    gutters = gutters_of(lines)
    groups = Groups(len(lines))
    for i, above in enumerate(lines):
        for j in range(i + 1, len(lines)):
            below = lines[j]
            if above.y - below.y > _BELOW * max(above.size, LEAST_SIZE):
                break
            if _follows(above, below, leadings) and not any(_divides(g, above, below) for g in gutters):
                groups.join(i, j)
    return [Block(_rows([lines[i] for i in group])) for group in groups.members()]


def _follows(above: Line, below: Line, leadings: Mapping[Style | None, float]) -> bool:
    small, large = sorted((above.size, below.size))
    overlap = min(above.x1, below.x1) - max(above.x0, below.x0)
    if large > _SAME_SIZE * small or overlap < min(_SHARED_POINTS, _SHARED * min(above.width, below.width)):
        return False
    usual = leadings[None] * small
    leading = max(leadings.get(above.style, usual), leadings.get(below.style, usual), _LEAST_LEADING * small)
    return above.y - below.y <= _LOOSE * leading


def _divides(gutter: Gutter, a: Line, b: Line) -> bool:
    """Whether one of the lines crosses the gutter's strip and the other stands beside the gutter."""
    middle = (gutter.x0 + gutter.x1) / 2

    def crosses(line: Line) -> bool:
        return line.x0 < middle - _CROSSING and line.x1 > middle + _CROSSING

    def beside(line: Line) -> bool:
        return gutter.bottom - _TOUCHING <= line.y <= gutter.top + _TOUCHING and not crosses(line)

    return (crosses(a) and beside(b)) or (crosses(b) and beside(a))


def _rows(lines: list[Line]) -> list[Line]:
    """Lines from top to bottom; those on one baseline, which a wide blank had parted, become one."""
    return [row[0] if len(row) == 1 else line_of([run for line in row for run in line.runs]) for row in rows_of(lines)]


def leadings_of(pages: Iterable[Sequence[Line]]) -> dict[Style | None, float]:
    """The usual distance of baselines in each style that has at least two such pairs, in points.

    Under None the usual distance in ems of the style that has most of them.
    """
    distances: dict[Style, list[float]] = defaultdict(list)
    for lines in pages:
        for i, above in enumerate(lines):
            nearest = lines[i + 1 : i + 1 + _LINES_BELOW]
            below = next((line for line in nearest if _is_under(line, above)), None)
            if below is not None and below.style == above.style and above.y - below.y < _MOST_LEADING * above.size:
                distances[above.style].append(round(above.y - below.y, 1))
    found: dict[Style | None, float] = {
        style: _usual(values) for style, values in distances.items() if len(values) >= _FEWEST_PAIRS
    }
    main = max(distances, key=lambda style: len(distances[style]), default=None)
    found[None] = found[main] / main.size if main is not None and main in found else _DEFAULT_LEADING
    return found


def _usual(distances: Sequence[float]) -> float:
    """The largest of the distances that are frequent: tables and captions share a style, not their leading."""
    counts = Counter(distances)
    most = counts.most_common(1)[0][0]
    frequent = [d for d, count in counts.items() if count >= _FREQUENT * len(distances)]
    return max([most, *(d for d in frequent if d < _MOST_TIMES_USUAL * most)])


def _is_under(line: Line, above: Line) -> bool:
    overlap = min(above.x1, line.x1) - max(above.x0, line.x0)
    return above.y - line.y > _LEAST_STEP * above.size and overlap > _SHARED * min(above.width, line.width)


def in_reading_order(blocks: Sequence[Block], body: Style) -> list[Block]:
    """Blocks as one reads them: what is above comes first, and a left column before the one to its right.

    A page on which one style ends across all columns and another begins is read as two. Notes in the margin,
    in smaller type than the body's, come last and are marked.
    """
    left, right = _measure(blocks, body)
    for block in blocks:
        outside = block.x1 < left - _OUTSIDE * body.size or block.x0 > right + _OUTSIDE * body.size
        narrow = block.x1 - block.x0 < _NOTE_WIDTH * (right - left)
        block.aside = outside and narrow and max(line.size for line in block.lines) < _NOTE_SIZE * body.size
    main = [block for block in blocks if not block.aside]
    notes = sorted((block for block in blocks if block.aside), key=lambda block: -block.top)
    return [block for part in _parts(main) for block in _by_columns(part)] + notes


def _measure(blocks: Sequence[Block], body: Style) -> tuple[float, float]:
    """The left and right edge of the page's paragraphs in the body's type; without such, the whole plane."""
    found = [
        block
        for block in blocks
        if len(block.lines) >= _PARAGRAPH_LINES
        and 2 * sum(abs(line.size - body.size) < _BODY_SIZE for line in block.lines) > len(block.lines)
        and block.x1 - block.x0 > _PARAGRAPH_WIDTH * body.size
    ]
    if not found:
        return float("-inf"), float("inf")
    return min(block.x0 for block in found), max(block.x1 for block in found)


def _parts(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks above and below white strips over the whole width at which the main style changes."""
    parts: list[list[Block]] = []
    floor = float("inf")
    for block in sorted(blocks, key=lambda block: -block.top):
        if not parts or floor - block.top > _STRIP:
            parts.append([])
        parts[-1].append(block)
        floor = min(floor, block.bottom)
    joined: list[list[Block]] = []
    for number, part in enumerate(parts):
        above = joined[-1] if joined else []
        below = [block for other in parts[number:] for block in other]
        if joined and (_heads_columns(parts[number - 1], below) or not _differ(above, below)):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _heads_columns(strip: Sequence[Block], below: Sequence[Block]) -> bool:
    """Whether two blocks or more side by side are headings, each over a column of its own."""
    return len(strip) > 1 and all(
        len(block.lines) <= _HEADING_LINES and any(_stands_under(block, other) for other in below) for block in strip
    )


def _differ(above: Sequence[Block], below: Sequence[Block]) -> bool:
    """Whether most of the text above is in one style, most of that below in another, each unknown there."""
    counts: list[Counter[Style]] = []
    for blocks in (above, below):
        counts.append(Counter())
        for block in blocks:
            for line in block.lines:
                counts[-1][line.style] += len(line.text)
    first, second = counts
    main, other = first.most_common(1)[0][0], second.most_common(1)[0][0]
    return first[other] < _FOREIGN * first.total() and second[main] < _FOREIGN * second.total()


def _by_columns(blocks: Sequence[Block]) -> list[Block]:
    """Blocks by the place of each to each; of very many, the smallest come last."""
    blocks = sorted(blocks, key=lambda block: -sum(len(line.text) for line in block.lines))
    blocks, rest = blocks[:MOST_BLOCKS], blocks[MOST_BLOCKS:]
    top, bottom = (np.array([getattr(block, name) for block in blocks]) for name in ("top", "bottom"))
    x0, x1 = np.array(_reaches(blocks)).T
    middle = (top + bottom) / 2
    shares = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0) > _BESIDE
    first = np.zeros_like(shares)
    for a in range(len(blocks)):
        low, high = np.minimum(middle[a], middle), np.maximum(middle[a], middle)
        between = (low[:, None] < middle) & (middle < high[:, None]) & shares & shares[a]
        first[a] = np.where(shares[a], top[a] > top, (x0[a] < x0) & ~between.any(axis=1))
    order = _sorted(first, top, x0)
    return [blocks[i] for i in order] + sorted(rest, key=lambda block: (-block.top, block.x0))


def _reaches(blocks: Sequence[Block]) -> list[tuple[float, float]]:
    """Left and right edge of each block; a heading reaches as far as the text under it if it has nothing beside it."""
    reaches = [(block.x0, max(block.x1, block.x0 + _LEAST_REACH)) for block in blocks]
    upwards = sorted(range(len(blocks)), key=lambda i: blocks[i].top)
    for i in upwards:
        block = blocks[i]
        if len(block.lines) > _HEADING_LINES:
            continue
        under = max((j for j in upwards if _stands_under(block, blocks[j])), key=lambda j: blocks[j].top, default=None)
        if under is None:
            continue
        x0, x1 = reaches[under]
        free = all(
            other is block
            or min(other.top, block.top) <= max(other.bottom, block.bottom)
            or min(other.x1, x1) <= max(other.x0, x0)
            for other in blocks
        )
        if free and x0 - _HEADING_EDGE <= block.x0 and block.x1 <= x1 + _HEADING_EDGE:
            reaches[i] = (x0, x1)
    return reaches


def _stands_under(above: Block, block: Block) -> bool:
    gap = above.bottom - block.top
    near = -_HEADING_OVERLAP <= gap < _HEADING_GAP * above.lines[-1].size
    return near and min(above.x1, block.x1) > max(above.x0, block.x0)


def _sorted(first: NDArray[np.bool_], top: NDArray[np.float64], x0: NDArray[np.float64]) -> list[int]:
    """Numbers so that i comes before j where `first[i, j]`; where rules contradict, the uppermost comes first."""
    waits = first.sum(axis=0)
    rest = set(range(len(first)))
    order: list[int] = []
    while rest:
        free = [i for i in rest if not waits[i]] or list(rest)
        following = [i for i in free if order and first[order[-1], i]]
        chosen = min(following or free, key=lambda i: (-top[i], x0[i]))
        order.append(chosen)
        rest.discard(chosen)
        waits -= first[chosen]
    return order
