"""Runs of characters become lines, lines become blocks, blocks come in reading order; geometry only.

All lengths are points, y upwards. Thresholds are in ems (the font size) or in leadings (the distance of the
baselines of a block's lines), so that they hold for any size of type.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa.glyphs import Face, Run

BLANK = 0.15
"""A gap of more ems than this is a blank; blanks in set text are seldom under 0.2, kerning under 0.1."""
NEXT_WORD = 0.9
"""A gap of fewer ems than this, painted on without a break, is within a line; gutters have about 1.2 and more."""
NEAR_WORD = 0.7
"""The same where the parts were painted at different times."""
RAISED = 0.15
"""A smaller run whose baseline is higher than the line's by more ems than this is a superscript."""
_LIST_MARK = re.compile(r"^(?:[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[)\].]{1,2}|\d{1,3}|[•●▪■◦○–—*·-])$")
_REFERENCE_MARK = re.compile(r"^\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*,?$|^[a-h](?:,[a-h])*$")
_MAY_CARRY_MARK = re.compile(r"(?:[^\W\d_]{3,}|[^\W\d_]-?[A-Z0-9]{2,}|[.,;:!?)\]”’\"%])$")


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: the face, and the size in points rounded to halves."""

    face: Face
    size: float


@dataclass(slots=True)
class Line:
    """Runs on one baseline, from left to right, with no column's gutter between them."""

    runs: list[Run]
    text: str
    x0: float
    x1: float
    y: float
    size: float
    style: Style
    bold: float
    """Share of its letters that are bold, 0 to 1."""

    @property
    def width(self) -> float:
        """Points from the first run to the last."""
        return self.x1 - self.x0


@dataclass(slots=True)
class Block:
    """Lines that belong together, from top to bottom."""

    lines: list[Line]
    x0: float = field(init=False)
    x1: float = field(init=False)
    top: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(line.x0 for line in self.lines)
        self.x1 = max(line.x1 for line in self.lines)
        self.top = max(line.y + 0.8 * line.size for line in self.lines)
        self.bottom = min(line.y - 0.2 * line.size for line in self.lines)


class _Groups:
    """Disjoint sets of the numbers 0 to n - 1."""

    def __init__(self, n: int) -> None:
        self._up = list(range(n))

    def find(self, i: int) -> int:
        while self._up[i] != i:
            self._up[i] = self._up[self._up[i]]
            i = self._up[i]
        return i

    def join(self, i: int, j: int) -> None:
        self._up[self.find(i)] = self.find(j)

    def members(self) -> list[list[int]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self._up)):
            groups[self.find(i)].append(i)
        return list(groups.values())


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """The lines of a page, from its top; runs that lie on the same baseline a word's distance apart are one line."""
    pieces = [line_of(piece) for piece in _pieces(runs)]
    pieces = [piece for piece in pieces if piece.text]
    pieces.sort(key=lambda piece: -piece.y)
    groups = _Groups(len(pieces))
    for i, piece in enumerate(pieces):
        for j in range(i + 1, len(pieces)):
            if piece.y - pieces[j].y > 1.5 * max(piece.size, 8.0):
                break
            if _adjoin(piece, pieces[j]):
                groups.join(i, j)
    merged = [
        pieces[group[0]] if len(group) == 1 else line_of([run for i in group for run in pieces[i].runs])
        for group in groups.members()
    ]
    return sorted(merged, key=lambda line: (-line.y, line.x0))


def _pieces(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs that were painted one after another along a line."""
    pieces: list[list[Run]] = []
    base = Run("", 0, 0, 0, 0, Face("", False, False))
    for run in runs:
        last = pieces[-1][-1] if pieces else None
        if last is not None and _continues(base, last, run):
            if not run.text:
                last.blank_after = True
                continue
            if run.text == last.text and abs(run.x0 - last.x0) < 0.2 * run.size and abs(run.y - last.y) < 1:
                continue  # painted twice to look bold
            pieces[-1].append(run)
            base = run if run.size > base.size else base
        elif run.text:
            pieces.append([run])
            base = run
    return pieces


def _continues(base: Run, last: Run, run: Run) -> bool:
    em = max(base.size, run.size)
    gap, rise = run.x0 - last.x1, abs(run.y - base.y)
    if run.text == last.text and abs(run.x0 - last.x0) < 0.2 * em and rise < 1:
        return True
    if rise <= 0.12 * em:
        return -0.5 * em < gap < NEXT_WORD * em
    return min(base.size, run.size) < 0.85 * em and rise < 0.6 * em and -0.5 * em < gap < 0.4 * em


def _adjoin(a: Line, b: Line) -> bool:
    """Whether two pieces are parts of one line: side by side, or a script, or a list's mark and its text."""
    if b.x0 < a.x0:
        a, b = b, a
    em, small = max(a.size, b.size), min(a.size, b.size)
    gap, rise = b.x0 - a.x1, abs(a.y - b.y)
    if rise <= 0.12 * em:
        if _LIST_MARK.match(a.text):
            return -0.3 * em < gap < 2.5 * em
        return -0.3 * em < gap < NEAR_WORD * em or (gap <= 0 and _fits_between(a, b))
    if small > 0.85 * em or rise >= 0.6 * em:
        return False
    return -0.3 * em < gap < 0.3 * em or (gap <= 0 and _fits_between(a, b))


def _fits_between(a: Line, b: Line) -> bool:
    """Whether all of `b` lies in a blank of `a`."""
    return b.x1 < a.x1 and any(
        left.x1 - 0.1 * a.size <= b.x0 and b.x1 <= right.x0 + 0.1 * a.size for left, right in pairwise(a.runs)
    )


def line_of(runs: list[Run]) -> Line:
    """The line of some runs, in any order."""
    runs = sorted(runs, key=lambda run: run.x0)
    styles: Counter[Style] = Counter()
    for run in runs:
        styles[Style(run.face, round(run.size * 2) / 2)] += len(run.text)
    style = max(styles, key=lambda s: (styles[s], s.size, s.face.name))
    y = median(run.y for run in runs if Style(run.face, round(run.size * 2) / 2) == style)
    letters = sum(len(run.text) for run in runs)
    bold = sum(len(run.text) for run in runs if run.face.bold) / max(1, letters)
    x0, x1 = runs[0].x0, max(run.x1 for run in runs)
    return Line(runs, text_of(runs, y, style.size), x0, x1, y, style.size, style, bold)


def text_of(runs: Sequence[Run], y: float, size: float) -> str:
    """The runs' characters with blanks between words.

    A raised smaller number after a word is a reference mark and is put in square brackets; after the number 10
    it is an exponent and is put after a caret. Other scripts stay attached (`CO2`, `km2`).
    """
    text = ""
    i = 0
    while i < len(runs):
        end = i + 1
        if _is_raised(runs[i], y, size):
            while end < len(runs) and _is_raised(runs[end], y, size):
                end += 1
            mark = _spaced(runs[i:end])
            gap = i > 0 and (runs[i - 1].blank_after or _blank_between(runs[i - 1], runs[i]))
            text += _script(text, mark, gap)
        else:
            gap = i > 0 and _blank_between(runs[i - 1], runs[i])
            text += (" " if gap else "") + runs[i].text
        i = end
    return text.strip()


def _is_raised(run: Run, y: float, size: float) -> bool:
    return run.size < 0.85 * size and RAISED * size < run.y - y < size


def _spaced(runs: Sequence[Run]) -> str:
    text = runs[0].text
    for before, run in pairwise(runs):
        text += (" " if _blank_between(before, run) else "") + run.text
    return text


def _script(before: str, mark: str, gap: bool) -> str:
    if _REFERENCE_MARK.match(mark) and _MAY_CARRY_MARK.search(before):
        return f"[{mark.rstrip(',')}]" + ("," if mark.endswith(",") else "")
    if re.search(r"(?<!\d)10$", before) and re.match(r"^[-−–]?\d+$", mark) and not gap:
        return "^" + mark
    return (" " if gap else "") + mark


def _blank_between(a: Run, b: Run) -> bool:
    if a.blank_after or b.blank_before:
        return True
    return b.x0 - a.x1 > BLANK * min(max(a.size, b.size), 1.4 * min(a.size, b.size))


@dataclass(frozen=True, slots=True)
class Gutter:
    """A white strip beside which lines stand on both sides, four or more of them one above another."""

    x0: float
    x1: float
    top: float
    bottom: float


def gutters_of(lines: Sequence[Line]) -> list[Gutter]:
    """The gutters of a page, those between the columns of its tables included."""
    chains: list[list[float]] = []  # x0, x1, top, bottom, count
    for y, x0, x1, size in _row_gaps(lines):
        for chain in chains:
            left, right = max(chain[0], x0), min(chain[1], x1)
            if chain[3] - y <= 4 * size and right - left >= 0.5 * size:
                chain[0], chain[1], chain[3], chain[4] = left, right, min(chain[3], y), chain[4] + 1
                break
        else:
            chains.append([x0, x1, y + size, y, 1])
    return [Gutter(*chain[:4]) for chain in chains if chain[4] >= 4]


def _row_gaps(lines: Sequence[Line]) -> list[tuple[float, float, float, float]]:
    """From the top down, the gaps between a line and the next to its right: y, left and right edge, font size."""
    gaps = []
    ys = [-line.y for line in lines]
    for line in lines:
        reach = 0.7 * line.size
        row = lines[bisect_left(ys, -line.y - reach) : bisect_right(ys, -line.y + reach)]
        right = min((other.x0 for other in row if other.x0 >= line.x1 and other is not line), default=None)
        if right is not None:
            gaps.append((line.y, line.x1, right, line.size))
    return gaps


def blocks_of(lines: Sequence[Line], leadings: Mapping[Style, float]) -> list[Block]:
    """Lines that follow one another at the leading of their style, in about the same size, in one column."""
    gutters = gutters_of(lines)
    groups = _Groups(len(lines))
    for i, above in enumerate(lines):
        for j in range(i + 1, len(lines)):
            below = lines[j]
            if above.y - below.y > 3.2 * max(above.size, 8.0):
                break
            if _follows(above, below, leadings) and not any(_divides(g, above, below) for g in gutters):
                groups.join(i, j)
    return [Block(_rows([lines[i] for i in group])) for group in groups.members()]


def _follows(above: Line, below: Line, leadings: Mapping[Style, float]) -> bool:
    small, large = sorted((above.size, below.size))
    overlap = min(above.x1, below.x1) - max(above.x0, below.x0)
    if large > 1.12 * small or overlap < min(5.0, 0.5 * min(above.width, below.width)):
        return False
    leading = max(leadings.get(above.style, 0.0), leadings.get(below.style, 0.0), 1.1 * small)
    return above.y - below.y <= 1.22 * leading


def _divides(gutter: Gutter, a: Line, b: Line) -> bool:
    """Whether one of the lines crosses the gutter's strip and the other stands beside the gutter."""
    middle = (gutter.x0 + gutter.x1) / 2

    def crosses(line: Line) -> bool:
        return line.x0 < middle - 3 and line.x1 > middle + 3

    def beside(line: Line) -> bool:
        return gutter.bottom - 1 <= line.y <= gutter.top + 1 and not crosses(line)

    return (crosses(a) and beside(b)) or (crosses(b) and beside(a))


def _rows(lines: list[Line]) -> list[Line]:
    """Lines from top to bottom; those on one baseline, which a wide blank had parted, become one."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and abs(rows[-1][0].y - line.y) <= 0.3 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [row[0] if len(row) == 1 else line_of([run for line in row for run in line.runs]) for row in rows]


def leadings_of(pages: Iterable[Sequence[Line]]) -> dict[Style, float]:
    """The usual distance of baselines in each style that has at least three such pairs, in points."""
    distances: dict[Style, list[float]] = defaultdict(list)
    for lines in pages:
        for i, above in enumerate(lines):
            below = next(
                (
                    line
                    for line in lines[i + 1 : i + 40]
                    if above.y - line.y > 0.5 * above.size
                    and min(above.x1, line.x1) - max(above.x0, line.x0) > 0.5 * min(above.width, line.width)
                ),
                None,
            )
            if below is not None and below.style == above.style and above.y - below.y < 3 * above.size:
                distances[above.style].append(round(above.y - below.y, 1))
    return {style: Counter(values).most_common(1)[0][0] for style, values in distances.items() if len(values) >= 3}


def in_reading_order(blocks: Sequence[Block]) -> list[Block]:
    """Blocks as one reads them: what is above comes first, and a left column before the one to its right.

    The two rules are those of Breuel (2003, "High Performance Document Layout Analysis"): where two blocks share
    a part of the page's width the upper is first; where they do not, the left one is, unless a block that
    shares width with both lies between them.
    """
    upper = [block.top for block in blocks]
    before: list[set[int]] = [set() for _ in blocks]
    for i, a in enumerate(blocks):
        for j, b in enumerate(blocks):
            if i == j:
                continue
            if _overlap(a, b):
                if (upper[i], -i) > (upper[j], -j):
                    before[j].add(i)
            elif a.x0 < b.x0 and not any(_lies_between(c, a, b) for c in blocks if c is not a and c is not b):
                before[j].add(i)
    return [blocks[i] for i in _sorted(before, key=lambda i: (-blocks[i].top, blocks[i].x0))]


def _overlap(a: Block, b: Block) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 2.0


def _lies_between(c: Block, a: Block, b: Block) -> bool:
    low, high = sorted(((a.top + a.bottom) / 2, (b.top + b.bottom) / 2))
    return low < (c.top + c.bottom) / 2 < high and _overlap(c, a) and _overlap(c, b)


def _sorted(before: list[set[int]], key: Callable[[int], tuple[float, float]]) -> list[int]:
    """Numbers so that each comes after those before it; where rules contradict, the uppermost comes first."""
    rest = set(range(len(before)))
    order: list[int] = []
    while rest:
        free = [i for i in rest if not before[i] & rest] or list(rest)
        last = order[-1] if order else None
        following = [i for i in free if last is not None and last in before[i]]
        chosen = min(following or free, key=key)
        order.append(chosen)
        rest.discard(chosen)
    return order
