"""Which lines of a table are its heads, and which columns each head stands over.

All limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from qa.papers.repair.grid import FEWEST, GOES_ON, OVERLAP, RULE, Cell, CellLine, Grid, less_names, steps_of, values_of

_WITH_FIGURES = 0.5
"""Lines without figures are heads if at least this share of the lines under them has some. Set by hand, 2026-11-27."""
_MOSTLY = 0.6
"""A table is full of figures if at least this share of its lines has nothing else behind the name. Set by hand,
2026-11-27."""
_HEAD_WORDS = 6
"""A head that only its place tells has at most so many words. Set by hand, 2026-11-27."""
_HEAD_LINES = 10
"""Heads take at most so many lines. Set by hand, 2026-11-27."""
_COLUMN_NUMBER = re.compile(r"[(\[](\d{1,2})[)\]]")
"""The number of a column under its head, for `fullmatch`."""
_UNIT = re.compile(r"[(\[].*[)\]]|[nN]o?\.?(?: ?[(\[]?%[)\]]?)?|[%‰]|SD|SE|SEM|IQR|CI")
"""A cell that stands under a head as its second line, for `fullmatch`: (years), n (%), SD."""


@dataclass(slots=True)
class Heads:
    """The heads of a table: by the number of a column those that stand over it alone, and those over several, from the
    top. `lines` is how many lines they take; `grouped` if a line of the table only names a group of rows."""

    grid: Grid
    lines: int
    own: dict[int, list[Cell]] = field(default_factory=dict)
    shared: dict[int, list[Cell]] = field(default_factory=dict)
    grouped: bool = False

    def span_of(self, cell: Cell) -> list[int]:
        """The numbers of the columns that a head stands over."""
        return [i for i in range(len(self.grid.columns)) if cell in (*self.shared.get(i, ()), *self.own.get(i, ()))]

    @property
    def tell_apart(self) -> bool:
        """Whether each column but the first has a head of its own, and no two have the same."""
        columns = range(1, len(self.grid.columns))
        names = {tuple(cell.text for cell in (*self.shared.get(i, ()), *self.own.get(i, ()))) for i in columns}
        return all(map(self.own.get, columns)) and len(names) == len(columns) and 0 not in self.shared


def is_sure(lines: Sequence[CellLine], grid: Grid) -> bool:
    """Whether lines are a table though no caption says so: there are heads, and all under them are full of figures."""
    heads = heads_of(lines, grid)
    if heads is None or not heads.tell_apart:
        return False
    return all(all(cell.has_figure for cell in values_of(line, grid)) for line in lines[heads.lines :])


def heads_of(lines: Sequence[CellLine], grid: Grid) -> Heads | None:
    """The heads of the columns; None if it is not certain which they are."""
    count = _head_lines(lines, grid)
    if not count:
        return None
    heads = Heads(grid, count)
    for line in lines[:count]:
        for n, cell in enumerate(line.cells if not _numbers_columns(line) else ()):
            over = grid.over(cell) or ([n] if _one_each(line, grid) else _beside(cell, line, grid))
            if not over:
                return None
            for i in over:
                (heads.own if len(over) == 1 else heads.shared).setdefault(i, []).append(cell)
    _share_evenly(heads, lines)
    return heads


def _one_each(line: CellLine, grid: Grid) -> bool:
    """Whether a line has a head for each column, in their order, though one may stand beside the cells under it."""
    return len(line.cells) == len(grid.columns) and all(
        grid.over(cell) in ([], [n]) for n, cell in enumerate(line.cells)
    )


def by_heads(lines: Sequence[CellLine], grid: Grid) -> Iterator[Sequence[CellLine]]:
    """The parts of a table that have heads of their own: a line without a figure among lines full of them begins one.

    So does any line with the cells of the first once more.
    """
    full = [line for line in lines if len(line.cells) > 1]
    of_figures = sum(all(cell.has_figure for cell in values_of(line, grid)) for line in full) >= _MOSTLY * len(full)
    first = [cell.text for cell in lines[0].cells]
    start, seen = 0, False
    for n, line in enumerate(lines):
        values = values_of(line, grid)
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


def _beside(cell: Cell, line: CellLine, grid: Grid) -> list[int]:
    """The two columns over whose gap a head is centred, if nothing else stands over them."""
    left = [i for i, (_, x1) in enumerate(grid.columns) if x1 <= cell.x0 + OVERLAP * grid.em]
    over = [left[-1], left[-1] + 1] if left and left[-1] + 1 < len(grid.columns) else []
    others = [other for other in line.cells if other is not cell and set(grid.over(other)) & set(over)]
    return [] if others else over


def _share_evenly(heads: Heads, lines: Sequence[CellLine]) -> None:
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


def _first_column(cell: Cell, grid: Grid) -> int:
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


def _head_lines(lines: Sequence[CellLine], grid: Grid) -> int:
    """How many lines at the top have heads of columns, 0 if that is not certain."""
    counted = next((n for n, line in enumerate(lines[:_HEAD_LINES]) if _numbers_columns(line)), -1)
    over = [cell for line in lines[:counted] for cell in values_of(line, grid) if not _UNIT.fullmatch(cell.text)]
    if counted > 0 and not any(cell.has_figure for cell in over):
        return counted + 1
    bold = next((n for n, line in enumerate(lines) if not line.bold), len(lines))
    if bold and sum(line.bold for line in lines[bold:]) <= _WITH_FIGURES * (len(lines) - bold) and bold < len(lines):
        return less_names(lines[:bold], grid)
    free = next((n for n, line in enumerate(lines) if any(c.has_figure for c in values_of(line, grid))), len(lines))
    under = [line for line in lines[free:] if len(line.cells) > 1]
    if free == len(lines):
        return _first_line(lines, grid)
    if sum(any(c.has_figure for c in values_of(line, grid)) for line in under) < _WITH_FIGURES * len(under):
        return 0
    free = less_names(lines[: min(free, _HEAD_LINES)], grid)
    return _down_to_rule(lines, free, grid)


def _first_line(lines: Sequence[CellLine], grid: Grid) -> int:
    """The same for a table without figures: its first line, if that has a head for each column.

    The names need none where all other lines have all cells.
    """
    first = lines[0].cells
    if grid.columns_of(first) is None or len(first) < FEWEST:
        return 0
    if len(first) < len(grid.columns):
        full = all(len(line.cells) == len(grid.columns) for line in lines[1:])
        if not full or len(lines) <= FEWEST or len(values_of(lines[0], grid)) < len(grid.columns) - 1:
            return 0
    if any(len(cell.text.split()) > _HEAD_WORDS or cell.text.endswith(".") for cell in first):
        return 0
    steps = steps_of(lines)
    if any(map(str.isdigit, "".join(cell.text for cell in first))) and steps[0] <= RULE * median(steps):
        return 0
    return 1 + _going_on(lines, 1, len(lines), grid)


def _numbers_columns(line: CellLine) -> bool:
    """Whether a line counts the columns: (1), (2), (3), or goes on to count them: (4), (5)."""
    numbers = [int(number[1]) for cell in line.cells if (number := _COLUMN_NUMBER.fullmatch(cell.text))]
    return len(line.cells) > 1 and bool(numbers) and numbers == [*range(numbers[0], numbers[0] + len(line.cells))]


def _going_on(lines: Sequence[CellLine], first: int, last: int, grid: Grid) -> int:
    """How many lines from the first one on only go on with the cells above them, or count the columns."""
    count = 0
    while first + count < last:
        cells = lines[first + count].cells
        units = all(_UNIT.fullmatch(cell.text) for cell in cells)
        if not units and (len(cells) == len(grid.columns) or not all(GOES_ON.match(cell.text) for cell in cells)):
            break
        count += 1
    return count + (first + count < len(lines) and _numbers_columns(lines[first + count]))


def _down_to_rule(lines: Sequence[CellLine], free: int, grid: Grid) -> int:
    """How many of the lines without figures are heads, for the first rows may have none either.

    They go on until each column has a head, and as far as cells go on. A wider step beyond shows that all above it are.
    """
    has_head: set[int] = set()
    count = 0
    while count < free and len(has_head) < len(grid.columns) - 1:
        has_head |= {over[0] for c in lines[count].cells if len(over := grid.over(c)) == 1 and over != [0]}
        count += 1
    count += _going_on(lines, count, free, grid)
    steps = steps_of(lines)
    usual = median(steps[free:]) if steps[free:] else 0.0
    for n in range(count + 1, free + 1):
        if usual and steps[n - 1] > RULE * max(usual, *steps[: n - 1]):
            count = n
    return count
