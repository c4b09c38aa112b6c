"""Where a page's text is printed: a rectangle for each line, and for each word its place in the line.

Lengths are in ten-thousandths of the page as it is shown (turned, and cut to its crop box), from the upper left corner;
offsets are characters of the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.papers.pdf.layout import Line

UNIT = 10_000
"""Parts of a page's width or height: 0.06 points of an A4 page, a fortieth of a blank."""
_ASCENT = 0.75
"""Ems from the baseline to the upper edge of a run: a little more than a capital has."""
_DESCENT = 0.25
"""Ems from the baseline to the lower edge of a run: a little more than a g has."""
_BOLD = 0.95
"""A line is bold if at least this share of its letters is: a reference mark in it may not be. Set by hand,
2026-11-27."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Frame:
    """The edges of the page as it is shown, in the points in which its lines are measured, y upwards."""

    left: float
    bottom: float
    right: float
    top: float


NOWHERE = Frame(0.0, 0.0, 0.0, 0.0)
"""The frame of a page that could not be laid out, so that nothing on it has a place."""


@dataclass(frozen=True, slots=True)
class Word:
    """Characters `start` to `end` of the page's text, painted from x0 to x1 in the direction of writing."""

    start: int
    end: int
    x0: int
    x1: int

    def at(self, offset: int) -> float:
        """Where a character begins, if all are equally wide; an edge of the word for one outside."""
        share = (min(max(offset, self.start), self.end) - self.start) / (self.end - self.start)
        return self.x0 + share * (self.x1 - self.x0)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line, its words in the order of the text.

    `y0` and `y1` are its edges across the direction of writing. If `sideways`, words run down or up the page, so that
    their x are shares of its height and the line's y are shares of its width. `bold` if all of it is.
    """

    words: tuple[Word, ...]
    y0: int
    y1: int
    sideways: bool = False
    bold: bool = False


def printed(line: Line, start: int, frame: Frame) -> PrintedLine | None:
    """Where a line stands whose text begins at `start`.

    None if its characters are not those of its runs, or if it is far outside the page: then nothing says where it is.
    """
    words = _words(line)
    if not words or frame.right <= frame.left or frame.top <= frame.bottom:
        return None
    turn = line.runs[0].turn
    sideways = turn % 2
    low = min(run.y - _DESCENT * run.size for run in line.runs)
    high = max(run.y + _ASCENT * run.size for run in line.runs)
    across = [_place(line.x0, y, turn, frame)[1 - sideways] for y in (low, high)]
    along = [_place(x, line.y, turn, frame)[sideways] for *_, x0, x1 in words for x in (x0, x1)]
    if not all(-UNIT < place < 2 * UNIT for place in (*across, *along)):  # nor is a number that is none
        return None
    placed = [
        Word(start + first, start + last, round(x0), round(x1))
        for (first, last, *_), x0, x1 in zip(words, along[::2], along[1::2], strict=True)
    ]
    return PrintedLine(tuple(placed), round(min(across)), round(max(across)), bool(sideways), line.bold >= _BOLD)


def _words(line: Line) -> list[tuple[int, int, float, float]]:
    """First and last (exclusive) character of each word of a line's text, and its edges in the line's own points.

    A word ends at a character that was not painted: a blank, or a bracket around a reference mark.
    """
    words: list[tuple[int, int, float, float]] = []
    at = 0
    for run, painted in ((one, word) for one in line.runs for word in _WORD.finditer(one.text)):
        for first, last in _parts(painted, line.text, at):
            i = line.text.find(run.text[first:last], at)
            if i < 0:
                return []
            at = i + last - first
            if words and words[-1][1] == i:
                words[-1] = (words[-1][0], at, words[-1][2], run.edges[last])
            else:
                words.append((i, at, run.edges[first], run.edges[last]))
    return words


def _parts(painted: re.Match[str], text: str, at: int) -> list[tuple[int, int]]:
    """First and last (exclusive) character of a painted word; of each character if the text has not the word next."""
    whole = text.startswith(painted[0], text.find(painted[0][0], at))
    return [painted.span()] if whole else [(i, i + 1) for i in range(*painted.span())]


def _place(x: float, y: float, turn: int, frame: Frame) -> tuple[float, float]:
    """A point of text as if it were upright, in ten-thousandths of the page from its upper left corner."""
    x, y = {0: (x, y), 1: (-y, x), 2: (-x, -y), 3: (y, -x)}[turn]
    across, down = (x - frame.left) / (frame.right - frame.left), (frame.top - y) / (frame.top - frame.bottom)
    return UNIT * across, UNIT * down


def pack(lines: Iterable[PrintedLine]) -> str:
    """A page's lines as short text: numbers, each word counted on from the end of the one before it.

    The first number of a line is 1 if it is sideways, and 2 more if it is bold.

    >>> pack([PrintedLine((Word(0, 2, 100, 150), Word(3, 6, 170, 240)), 30, 45)])
    '0 30 45 0 2 100 50 1 3 20 70'
    """
    packed = []
    for line in lines:
        numbers = [line.sideways + 2 * line.bold, line.y0, line.y1]
        offset = x = 0
        for word in line.words:
            numbers += [word.start - offset, word.end - word.start, word.x0 - x, word.x1 - word.x0]
            offset, x = word.end, word.x1
        packed.append(" ".join(map(str, numbers)))
    return ";".join(packed)


def unpack(packed: str) -> list[PrintedLine]:
    """The lines of a page that `pack` made short.

    >>> unpack(pack(lines := [PrintedLine((Word(0, 2, 100, 150), Word(3, 6, 170, 240)), 30, 45)])) == lines
    True
    """
    return [_unpacked([int(number) for number in line.split()]) for line in packed.split(";") if line]


def _unpacked(numbers: Sequence[int]) -> PrintedLine:
    words: list[Word] = []
    offset = x = 0
    for i in range(3, len(numbers), 4):
        skipped, length, gap, width = numbers[i : i + 4]
        words.append(Word(offset + skipped, offset + skipped + length, x + gap, x + gap + width))
        offset, x = words[-1].end, words[-1].x1
    return PrintedLine(tuple(words), numbers[1], numbers[2], bool(numbers[0] & 1), bool(numbers[0] & 2))
