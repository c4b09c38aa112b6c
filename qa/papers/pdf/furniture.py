"""What a paper repeats on its pages: running heads, and the style of its body text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from qa.papers.conventions import REFERENCES, STARTS_WITH_LABEL
from qa.papers.pdf.layout import Line, Style

_MARGIN = 0.12
"""Running heads and feet stand within this share of a page's height, above and below. At 0.18 the lowest row of a
table in 3-190 falls apart."""
_GRID = 4
"""Points. Lines are at the same place if their distance, counted in this unit, rounds to at most one."""
_OFTEN = 0.4
"""A line that this share of the pages have at the same place is a head or a watermark wherever it stands."""
_OFTEN_PAGES = 3
"""So are only lines that at least so many pages have."""
_SAME_ROW = 3.0
"""Points. The baselines of one row of a head differ by at most this. At 4.5 PMC4632522 changes."""
_FIGURES = 3
"""A row of a head without a word has at most so many figures; more are the row of a table that two pages have. Set by
hand, 2026-11-27."""
_ENOUGH_TEXT = 2_000
"""After so many characters the body's style is known, and the reference list and what follows no longer count."""


def style_of(lines: Iterable[Line]) -> Style:
    """The style in which most characters are set."""
    counts: Counter[Style] = Counter()
    for line in lines:
        counts[line.style] += len(line.text)
    return max(counts, key=lambda style: (counts[style], style.size, style.face.name))


def running_heads(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[set[int]]:
    """For each page, the numbers of its lines that are running heads or feet, page numbers or watermarks.

    A line at the margin is one if another page has the same, numbers aside, at the same height; elsewhere on
    the page, if two pages in five have it at the same place.
    """
    at_height: dict[tuple[str, int], set[int]] = {}
    at_place: dict[tuple[str, int, int], set[int]] = {}
    for number, lines in enumerate(pages):
        for line in lines:
            shape, y, x = _shape(line), round(line.y / _GRID), round(line.x0 / _GRID)
            for near in (y - 1, y, y + 1):
                at_height.setdefault((shape, near), set()).add(number)
                for beside in (x - 1, x, x + 1):
                    at_place.setdefault((shape, near, beside), set()).add(number)
    often = max(_OFTEN_PAGES, _OFTEN * len(pages))
    found = []
    for lines, height in zip(pages, heights, strict=True):
        keys = [(_shape(line), round(line.y / _GRID), round(line.x0 / _GRID)) for line in lines]
        heads = {i for i, key in enumerate(keys) if lines[i].aside or len(at_place[key]) >= often}
        repeated = {i for i, key in enumerate(keys) if len(at_height[key[:2]]) > 1} | heads
        # the label at the top of several pages is the same, numbers aside, and no head
        labels = {i for i in repeated if STARTS_WITH_LABEL.match(lines[i].text)}
        heads, repeated = heads - labels, repeated - labels
        heads |= _outermost(lines, repeated, (1 - _MARGIN) * height, float("inf"))
        last = len(lines) - 1
        upwards = _outermost(lines[::-1], {last - i for i in repeated}, float("-inf"), _MARGIN * height)
        heads |= {last - i for i in upwards}
        found.append(heads)
    return found


def repeated(pages: Sequence[Sequence[Line]]) -> list[set[int]]:
    """For each page, the numbers of its lines that another page has too, numbers aside, wherever they stand."""
    seen: dict[str, set[int]] = {}
    for number, lines in enumerate(pages):
        for line in lines:
            seen.setdefault(_shape(line), set()).add(number)
    return [{i for i, line in enumerate(lines) if len(seen[_shape(line)]) > 1} for lines in pages]


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.lower().split()))


def _outermost(lines: Sequence[Line], candidates: set[int], low: float, high: float) -> set[int]:
    """The candidates in the margin's rows, from the edge inwards as far as rows hold nothing else."""
    found: set[int] = set()
    row: set[int] = set()
    for i, line in enumerate(lines):
        if row and abs(lines[min(row)].y - line.y) > _SAME_ROW:
            found, row = found | _head_row(row, lines), set()
        if i not in candidates or not low < line.y < high:
            return found
        row.add(i)
    return found | _head_row(row, lines)


def _head_row(row: set[int], lines: Sequence[Line]) -> set[int]:
    """A row of a head; none if it is figures only, and more of them than a page's number, its volume's and its year."""
    is_figures = len(row) > _FIGURES and not any(c.isalpha() for i in row for c in lines[i].text)
    return set() if is_figures else row


def body_style(pages: Sequence[Sequence[Line]]) -> Style | None:
    """The style of most characters, reference list left out; none in a paper without text."""
    counts: Counter[Style] = Counter()
    for lines in pages:
        for line in lines:
            counts[line.style] += len(line.text)
        if any(REFERENCES.match(line.text) for line in lines) and counts.total() > _ENOUGH_TEXT:
            break
    return max(counts, key=lambda style: (counts[style], style.size, style.face.name)) if counts else None
