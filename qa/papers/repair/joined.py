"""Which lines of a table are one row: cells of several lines, and names in the middle of theirs.

All limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from qa.papers.repair.grid import FEWEST, GOES_ON, INDENT, RULE, Cell, CellLine, Grid, steps_of, values_of

_BLANK = 0.25
"""Ems. What a blank takes in a line of a cell. Set by hand, 2026-11-27."""
_CAPITALS = 0.8
"""Where at least this share of the rows' names have a capital, a line all in small letters is none. Set by hand,
2026-11-27."""


def joined(lines: Sequence[CellLine], grid: Grid) -> list[list[CellLine]]:
    """Lines that are one row: cells of several lines."""
    named = [grid.over(line.cells[0]) == [0] for line in lines]
    steps = steps_of(lines)
    if named[:2] == [False, True] and steps[0] > RULE * min(steps) and steps[0] * RULE > max(steps):
        return [[lines[0]], *joined(lines[1:], grid)]
    if (centred := _centred(lines, grid)) is not None:
        return centred
    full = [line.cells[0].text for line in lines if len(line.cells) > 1 and grid.over(line.cells[0]) == [0]]
    names = [name for name in full if name[0].isalnum()]
    capitals = bool(names) and sum(not name[0].islower() for name in names) >= _CAPITALS * len(names)
    close = _close_lines(lines, grid)
    small = _small_columns(lines, grid)
    nameless = [n for n, line in enumerate(lines) if n and not named[n] and len(line.cells) > 1]
    if all(_is_rest(lines[n], [lines[n - 1]], grid, small) for n in nameless):
        nameless = []
    rows: list[list[CellLine]] = []
    for n, line in enumerate(lines):
        lower = all(GOES_ON.match(cell.text) for cell in line.cells)
        hyphen = bool(rows) and rows[-1][-1].cells[0].text.endswith("-")
        rest = (line.goes_on and (capitals or hyphen or not named[n])) or (capitals and lower)
        if n in nameless and not _goes_on(line, grid, small):
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


def _small_columns(lines: Sequence[CellLine], grid: Grid) -> set[int]:
    """The columns in which even the first lines of cells begin with a small letter, so that it tells nothing."""
    first = [line for line in lines if len(line.cells) > 1 and grid.over(line.cells[0]) == [0]]
    begins: dict[int, list[bool]] = {}
    for cell in [cell for line in first for cell in line.cells]:
        for i in grid.over(cell):
            begins.setdefault(i, []).append(cell.text[0].islower())
    return {i for i, small in begins.items() if sum(small) > (1 - _CAPITALS) * len(small)}


def _close_lines(lines: Sequence[CellLine], grid: Grid) -> set[int]:
    """The numbers of lines that stand closer to the line above than rows do to rows; none if rows stand as close.

    None of them has a cell in each column, and each row further down begins with its name.
    """
    steps = steps_of(lines)
    least = min(steps, default=0.0)
    close = {n for n, step in enumerate(steps, 1) if step <= RULE * least}
    rows = [line for n, line in enumerate(lines) if n not in close]
    if len(rows) < FEWEST or any(grid.over(line.cells[0]) != [0] for line in rows):
        return set()
    return set() if any(len(lines[n].cells) >= len(grid.columns) for n in close) else close


def _is_wrapped(line: CellLine, row: Sequence[CellLine], grid: Grid) -> bool:
    """Whether each cell of a line stands under one that had no room for its first word.

    One that begins with a name may be broken anywhere, if the row has all of its cells in its first line.
    """
    broken = grid.over(line.cells[0]) == [0] and len(line.cells) > 1 and len(row[0].cells) == len(grid.columns)
    for cell in line.cells:
        over = grid.over(cell)
        above = [other for other in row[-1].cells if grid.over(other) == over]
        if len(over) != 1 or not above or (cell.has_figure and above[0].has_figure):
            return False
        if not broken and _has_room(above[-1], cell, over[0], grid):
            return False
    return True


def _centred(lines: Sequence[CellLine], grid: Grid) -> list[list[CellLine]] | None:
    """Lines by rows where names stand in the middle of their rows' height; None if names stand first.

    The first line shows it, which has no name. Rows are told by wider steps between them, each with one name in its
    middle; where they are not, each line is one for itself.
    """
    named = [grid.over(line.cells[0]) == [0] for line in lines]
    if not any(named) or named[0] or any(len(grid.over(cell)) != 1 for cell in lines[0].cells):
        return None
    steps = steps_of(lines)
    for least in sorted(set(steps), reverse=True):
        rows: list[list[CellLine]] = [[lines[0]]]
        for line, step in zip(lines[1:], steps, strict=True):
            if step * RULE > least:
                rows.append([])
            rows[-1].append(line)
        found = [_around_name(row, grid, min(steps)) for row in rows]
        if len(rows) > 1 and all(found):
            return [row for part in found for row in part]
    return [[line] for line in lines]


def _around_name(lines: Sequence[CellLine], grid: Grid, step: float) -> list[list[CellLine]]:
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
    if len(own) < FEWEST or 0 in alike or any(abs(sum(ys) / len(ys) - middle) > step / 2 + 1 for ys in others):
        return []
    shared = tuple(cell for i, cells in placed.items() if i not in alike for cell in cells)
    return [[CellLine(tuple(c for i in sorted(alike) for c in placed[i] if c.y == y), False, shared)] for y in own]


def _is_rest(line: CellLine, row: Sequence[CellLine], grid: Grid, small: Set[int] = frozenset()) -> bool:
    """Whether a line that begins as the rest of a row does is it.

    A line of several cells is none if one has a figure under a figure, or if it begins with a capital where there was
    room for its first word in the line above; so does one that begins with a small letter in a column of `small` ones.
    """
    if len(line.cells) == 1:
        return len(grid.over(line.cells[0])) == 1 or len(row[-1].cells) == 1
    goes_on = _goes_on(line, grid, small)
    for cell in line.cells:
        over = grid.over(cell)
        above = [other for upper in row for other in upper.cells if grid.over(other) == over]
        if len(over) != 1 or not above:
            continue
        whole = cell.text.count("(") == cell.text.count(")") and cell.text[0] not in "(["
        if cell.has_figure and whole and above[-1].has_figure:
            return False
        if not goes_on and _has_room(above[-1], cell, over[0], grid):
            return False
    return True


def _goes_on(line: CellLine, grid: Grid, small: Set[int]) -> bool:
    """Whether a cell of a line begins as one that goes on does, in a column in which that tells something."""
    return any(GOES_ON.match(cell.text) and not set(grid.over(cell)) & small for cell in line.cells)


def _has_room(above: Cell, cell: Cell, column: int, grid: Grid) -> bool:
    """Whether the first word of a cell had room in its column behind the cell above it."""
    first = cell.words[0]
    return grid.columns[column][1] - above.x1 > first.x1 - first.x0 + _BLANK * grid.em


def _is_member(lines: Sequence[CellLine], number: int, row: Sequence[CellLine], grid: Grid) -> bool:
    """Whether a line is the first row of the group that the row above only names, not the rest of a name.

    It has values, is indented, and the next line is indented alike and has values too.
    """
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else None
    if below is None or len(row) > 1 or len(row[0].cells) > 1 or not (values_of(line, grid) and values_of(below, grid)):
        return False
    indent = INDENT * grid.em
    further = line.cells[0].x0 - row[0].cells[0].x0
    return further > indent and abs(below.cells[0].x0 - line.cells[0].x0) <= indent


def _is_last(line: CellLine, row: Sequence[CellLine], grid: Grid) -> bool:
    """Whether a line goes on with a name that has its values on its last line."""
    only_name = all(not values_of(above, grid) for above in row)
    return only_name and grid.over(line.cells[0]) == [0] and bool(GOES_ON.match(line.cells[0].text))
