"""Runs become lines, and the gutters between columns are found; geometry only.

Lengths are points, y upwards. Thresholds are in ems (the font size) where their docstrings or the line above their
group do not say otherwise, so that they hold for any size of type.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa.papers.pdf.bidi import as_typed, goes_left
from qa.papers.pdf.glyphs import Face, Run

# Blanks and words, in ems

BLANK = 0.15
"""A gap wider than this is a blank. At 0.1 and at 0.23 every page of PMC4632522 changes; at 0.23 the characters of a
formula in 3-190 run together."""
HALF_BLANK = 0.5
"""A gap wider than this share of the font's own blank is a blank, too: narrow fonts have narrow ones. PMC4521097
changes at 0.34, fpsyg-05-01582 at 0.75."""
KERNING = 0.07
"""A gap narrower than this is no blank, however narrow the font."""
MIXED_SIZES = 1.4
"""Between two sizes of type, an em is that of the larger, but at most so many of the smaller: a gap before an index
is no blank. At 0.94 every page of PMC4632522 changes."""
NEXT_WORD = 0.9
"""A gap narrower than this, painted on without a break, is within a line; gutters have about 1.2 and more. At 1.35
cells of a table in 3-190 run together."""
NEAR_WORD = 0.7
"""The same where the parts were painted at different times. At 0.47 headings of 3-190 fall apart, at 1.05 cells of its
tables run together."""
STRETCHED = 1.3
"""The words of a justified line stand less than this apart. At 1.95 PMC4521097 changes."""
_ALIKE_GAPS = 0.12
"""The gaps of a justified line differ by less than this. At 0.18 PMC4632522 changes."""
_FEWEST_STRETCHED = 3
"""A justified line has at least so many parts, since a single gap is like itself. At 2 PMC4521097 and PMC4632522
change."""
_LIST_MARK_GAP = 2.5
"""A list's mark stands less than this before its text. At 1.7 and at 3.8 numbers in the tables of 3-190 run into other
cells."""
_QUAD = 1.15
"""A heading's number in type that is not bold stands less than this before it: TeX has one em there. Set by hand,
2026-11-27."""
_HEADING = 6
"""Such a heading has more characters than this. Set by hand, 2026-11-27."""
_OVERLAP = 0.3
"""The parts of a line overlap by less than this: italics lean over, kerning pulls together."""
_OVERLAP_PAINTED_ON = 0.5
"""The same where they are painted one after another."""
_WITHIN = 0.1
"""A piece that lies in a blank of another overlaps its neighbours by less than this."""

# Baselines and scripts, in ems

_SAME_BASELINE = 0.12
"""Baselines that differ by no more than this are one. At 0.08 and at 0.18 a formula in 3-190 changes."""
_SAME_ROW = 0.3
"""Lines whose baselines differ by no more than this are one row. At 0.2 and at 0.45 a formula in 3-190 changes."""
_LINE_REACH = 1.5
"""Pieces whose baselines are further apart than this are not parts of one line."""
LEAST_SIZE = 8.0
"""Points. Where the neighbours of smaller type are looked for, it counts as if it had this size: they may be set in
larger type."""
_SCRIPT_SIZE = 0.85
"""A script is smaller than this share of the line's size. At 0.57 the authors of 3-190 lose their marks and four other
papers change; at 1.28 a formula in 3-190 does."""
_SCRIPT_RISE = 0.6
"""A script's baseline is less than this above or below the line's. At 0.4 the authors of trialsjournal_16_1_2 lose
their marks, and three other papers change."""
_SCRIPT_GAP = 0.3
"""A script stands less than this after what carries it. At 0.45 two lines of a note in 3-190 run together."""
_SCRIPT_GAP_PAINTED_ON = 0.4
"""The same where it is painted right after it. At 0.27 fpsyg-05-01582 changes."""
RAISED = 0.15
"""A script whose baseline is higher than the line's by more than this is a superscript."""

# Letter-spaced lines

_FEWEST_SPACED = 5
"""A letter-spaced line has at least so many runs; fewer say nothing about its gaps."""
_LETTERS_A_RUN = 1.2
"""A letter-spaced line has at most so many letters a run on average. At 0.8 none is known
(`test_a_letter_spaced_heading_is_words`), at 1.8 PMC4632522 changes."""
_SPACED_BLANKS = 0.4
"""At most this share of its gaps are painted blanks; if more are, the letters are words."""
_SPACED_LEAST = 0.5
"""Its smallest gap is at least this share of its usual gap."""
_SPACED_WORD = 1.7
"""A gap wider than so many usual ones is between two words."""

# Initials, in ems of the text beside them

INITIAL = 1.9
"""A letter more than so many times larger than the text beside it is the initial of a paragraph. At 1.27 the authors of
3-190 and trialsjournal_16_1_2 lose their marks."""
_INITIAL_OVERLAP = 0.2
"""An initial reaches into the text beside it by no more than this."""
_INITIAL_GAP = 1.0
"""The text beside an initial begins less than this after it."""
_CAPITAL = 0.7
"""The height of a capital. The tops of an initial and of its line differ by less than that."""
_WORDS_OF_A_LETTER = "AI"
"""Initials that are words, so that a blank may follow."""

# Line numbers of manuscripts

_FEWEST_NUMBERS = 8
"""A manuscript has at least so many line numbers on a page; the first column of a small table has fewer."""
_LONGEST_NUMBER = 4
"""A line number has at most so many digits."""
_TEXT_LEFT = 20
"""One in so many pieces of text may begin left of the line numbers."""
_STEPS = (1, 2, 5, 10)
"""What line numbers count in."""
_REGULAR = 0.8
"""At least this share of the steps from one line number to the next are the same."""

# Columns and gutters

_COLUMN_PIECE = 10
"""Ems. Pieces wider than this tell where a column ends."""
_COLUMN_ENDS = 4
"""A column ends where at least so many such pieces do."""
_GUTTER_ROWS = 4
"""A gutter has at least so many rows beside it."""
_GUTTER_STEP = 4
"""Ems. From one row beside a gutter to the next it is at most this: an empty line or a heading may be between. At 5
3-190 changes."""
_GUTTER_WIDTH = 0.5
"""Ems. A gutter is nowhere narrower than this."""
_GUTTER_ROW = 0.7
"""Ems. The baselines of neighbours in two columns differ by at most this."""
_TALL_GUTTER = 120
"""Points. No justified line goes across a gutter taller than this; a lower one may be chance."""
_TOUCHING = 1.0
"""Points. Positions may be off by this."""
_RISE = 60
"""Points. A gutter is moved up by less than this: five lines."""
_RISE_STEP = 2.5
"""Ems. The lines beside which it is moved up are at most this far apart."""
_RISE_REACH = 1.5
"""Ems. They begin less than this right of the gutter."""

# A line's extent, in ems

ASCENT = 0.8
"""From the baseline to the upper edge of a block's first line. At 0.54 and at 1.2 3-190 changes."""
DESCENT = 0.2
"""From the baseline to the lower edge of a block's last line."""

MOST_PIECES = 8_000
"""A page has at most so many pieces of text: the work grows with the square of their number."""
_LIST_MARK = re.compile(r"^(?:[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[)\].]{1,2}|\d{1,3}|[•●▪■◦○–—*·-])$")
_SECTION_NUMBER = re.compile(r"^(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?$")
_REFERENCE_MARK = re.compile(r"^\d{1,3}(?:(?:\s?[,;–-]\s?|\s)\d{1,3})*,?$|^[a-h](?:,[a-h])*$")
_MAY_CARRY_MARK = re.compile(r"(?:[^\W\d_]{3,}|[^\W\d_]-?[A-Z0-9]{2,}|[.,;:!?)\]”’\"%])$")
_WORD = re.compile(r"[A-Z][a-z]{2}")
"""The beginning of a word, which no symbol of an element is."""
_NEGATIVE = re.compile(r"^[-−–]\s?\d{1,3}$")
_EXPONENT = re.compile(r"^[-−–]?\s?\d+$")
_POWER_OF_UNIT = re.compile(r"^[1-4]$")
_TEN = re.compile(r"(?<!\d)(?<!\d[.,])10$")
_UNIT = re.compile(r"(?:^|(?<=[\d\s/·⋅×*(\[]))(?:[kcdmµμn]?m|[mµμn]?s|sec|min|h|[kmµμnp]?g|[mdcµμ]?[lL])$")
"""A unit with nothing but a number, a blank or another unit before it: what stands raised behind it is its power."""
_POWERED = re.compile(r"(?:^|(?<=[\d\s/·⋅×*(\[]))(?:[kcdmµμnu]?m)$|(?:[/·⋅×]\s?|[^\W\d_]\s)(?:[mµμnu]?s|sec|min|h)$")
"""A unit that is squared or cubed: of length, or of time behind another unit. Behind `10 min` stands a mark."""
_TERM = re.compile(r"\((?!.*[^\W\d_]{3})(?=.*(?<![^\W\d_])[^\W\d_](?![^\W\d_]))[^()]*[+−×·][^()]*\)$")
"""Brackets around a sum or a product with a letter for a number, and no word."""


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
    aside: bool = False
    """Whether it is a line number in the margin."""

    @property
    def width(self) -> float:
        """Points from the first run to the last."""
        return self.x1 - self.x0


@dataclass(slots=True)
class Block:
    """Lines that belong together, from top to bottom.

    `aside` if they are a note beside the text; `table` if they are cells, row by row, of the table with that `caption`
    where it has one.
    """

    lines: list[Line]
    aside: bool = False
    table: bool = False
    caption: Block | None = None
    x0: float = field(init=False)
    x1: float = field(init=False)
    top: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(line.x0 for line in self.lines)
        self.x1 = max(line.x1 for line in self.lines)
        self.top = max(line.y + ASCENT * line.size for line in self.lines)
        self.bottom = min(line.y - DESCENT * line.size for line in self.lines)


class Groups:
    """Disjoint sets of the numbers 0 to n - 1."""

    def __init__(self, n: int) -> None:
        self._up = list(range(n))

    def find(self, i: int) -> int:
        """The number that stands for the set of `i`."""
        while self._up[i] != i:
            self._up[i] = self._up[self._up[i]]
            i = self._up[i]
        return i

    def join(self, i: int, j: int) -> None:
        """Make one set of those of `i` and `j`."""
        self._up[self.find(i)] = self.find(j)

    def members(self) -> list[list[int]]:
        """The sets, each in ascending order."""
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self._up)):
            groups[self.find(i)].append(i)
        return list(groups.values())


def lines_of(runs: Iterable[Run]) -> list[Line]:
    """The lines of a page, from its top; runs that lie on the same baseline a word's distance apart are one line.

    Raises:
        ValueError: the page has more pieces of text than a page can have.
    """
    pieces = [line_of(piece) for piece in _pieces(runs)]
    pieces = [piece for piece in pieces if piece.text]
    if len(pieces) > MOST_PIECES:
        raise ValueError(f"{len(pieces)} pieces of text on one page")
    pieces.sort(key=lambda piece: -piece.y)
    numbers = _line_numbers(pieces)
    edges = _right_edges(pieces)
    groups = Groups(len(pieces))
    for i, piece in enumerate(pieces):
        for j in range(i + 1, len(pieces)):
            if piece.y - pieces[j].y > _LINE_REACH * max(piece.size, LEAST_SIZE):
                break
            if i not in numbers and j not in numbers and _adjoin(piece, pieces[j], edges):
                groups.join(i, j)
    for i in numbers:
        pieces[i].aside = True
    merged = [
        pieces[group[0]] if len(group) == 1 else line_of([run for i in group for run in pieces[i].runs])
        for group in groups.members()
    ]
    return sorted(_with_initials(_with_stretched(merged)), key=lambda line: (-line.y, line.x0))


def _with_stretched(lines: list[Line]) -> list[Line]:
    """Lines whose words were set far apart to fill the column made whole: their gaps are all alike."""
    gutters = [gutter for gutter in gutters_of(sorted(lines, key=lambda line: -line.y)) if _is_tall(gutter)]
    rows: dict[float, list[Line]] = defaultdict(list)
    for line in lines:
        rows[round(line.y, 1)].append(line)
    whole: list[Line] = []
    for row in rows.values():
        row.sort(key=lambda line: line.x0)
        group = [row[0]]
        for before, line in pairwise(row):
            gap = line.x0 - before.x1
            first = group[1].x0 - group[0].x1 if len(group) > 1 else gap
            alike = 0 < gap < STRETCHED * line.size and abs(gap - first) < _ALIKE_GAPS * line.size
            if alike and not before.aside and not any(_lies_in(gutter, before, line) for gutter in gutters):
                group.append(line)
            else:
                whole += _merged(group)
                group = [line]
        whole += _merged(group)
    return whole


def _is_tall(gutter: Gutter) -> bool:
    return gutter.top - gutter.bottom > _TALL_GUTTER


def _lies_in(gutter: Gutter, left: Line, right: Line) -> bool:
    """Whether the gutter runs between two lines of one row."""
    beside = gutter.bottom - _TOUCHING <= left.y <= gutter.top + _TOUCHING
    return beside and left.x1 - _TOUCHING <= gutter.x0 and gutter.x1 <= right.x0 + _TOUCHING


def _merged(group: list[Line]) -> list[Line]:
    """One line of three or more; fewer as they are."""
    return group if len(group) < _FEWEST_STRETCHED else [line_of([run for line in group for run in line.runs])]


def _line_numbers(pieces: Sequence[Line]) -> set[int]:
    """Pieces that count the lines of a manuscript: left of all text, one under another, each larger by as much."""
    found = [i for i, piece in enumerate(pieces) if piece.text.isdecimal() and len(piece.text) <= _LONGEST_NUMBER]
    others = [piece.x0 for i, piece in enumerate(pieces) if not piece.text.isdecimal()]
    if len(found) < _FEWEST_NUMBERS or not others:
        return set()
    left = sorted(others)[len(others) // _TEXT_LEFT]
    found = [i for i in found if pieces[i].x1 < left]
    steps = Counter(int(pieces[j].text) - int(pieces[i].text) for i, j in pairwise(found))
    step, count = steps.most_common(1)[0] if steps else (0, 0)
    return set(found) if step in _STEPS and count >= max(_FEWEST_NUMBERS - 1, _REGULAR * len(found)) else set()


def _with_initials(lines: list[Line]) -> list[Line]:
    """Lines with the large initial that opens a text put in front of the first line beside it."""
    for initial in [line for line in lines if len(line.text) == 1 and line.text.isupper()]:
        beside = [
            line
            for line in lines
            if initial.size > INITIAL * line.size
            and 0 <= line.x0 - initial.x1 + _INITIAL_OVERLAP * line.size < (_INITIAL_OVERLAP + _INITIAL_GAP) * line.size
            and abs(line.y + _CAPITAL * line.size - initial.y - _CAPITAL * initial.size) < _CAPITAL * line.size
        ]
        if beside:
            first = max(beside, key=lambda line: line.y)
            end = initial.x1 if initial.text in _WORDS_OF_A_LETTER else first.x0
            run = Run(initial.text, initial.x0, end, first.y, first.size, first.style.face, edges=(initial.x0, end))
            lines = [line for line in lines if line is not first and line is not initial]
            lines.append(line_of([run, *first.runs]))
    return lines


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
            pieces[-1].append(run)
            base = run if run.size > base.size else base
        elif run.text:
            pieces.append([run])
            base = run
    return pieces


def _continues(base: Run, last: Run, run: Run) -> bool:
    em = max(base.size, run.size)
    gap, rise = run.x0 - last.x1, abs(run.y - base.y)
    if em > INITIAL * min(base.size, run.size) and base.text:
        return False
    overlap = -_OVERLAP_PAINTED_ON * em
    if rise <= _SAME_BASELINE * em:
        return overlap < gap < NEXT_WORD * em
    is_script = min(base.size, run.size) < _SCRIPT_SIZE * em and rise < _SCRIPT_RISE * em
    return is_script and overlap < gap < _SCRIPT_GAP_PAINTED_ON * em


def _right_edges(pieces: Sequence[Line]) -> set[int]:
    """Where columns end: points, rounded, at which four or more long pieces end."""
    ends = Counter(round(piece.x1) for piece in pieces if piece.width > _COLUMN_PIECE * piece.size)
    return {x for x in ends if ends[x - 1] + ends[x] + ends[x + 1] >= _COLUMN_ENDS}


def _adjoin(a: Line, b: Line, edges: Set[int]) -> bool:
    """Whether two pieces are parts of one line: side by side, or a script, or a list's mark and its text.

    What looks like a mark but ends where a column ends is an equation's number.
    """
    if b.x0 < a.x0:
        a, b = b, a
    em, small = max(a.size, b.size), min(a.size, b.size)
    gap, rise = b.x0 - a.x1, abs(a.y - b.y)
    if em > INITIAL * small:
        return False
    overlap = -_OVERLAP * em
    if rise <= _SAME_BASELINE * em:
        if (_LIST_MARK.match(a.text) or _is_section_number(a, b)) and round(a.x1) not in edges:
            return overlap < gap < _LIST_MARK_GAP * em
        return overlap < gap < NEAR_WORD * em or (gap <= 0 and _fits_between(a, b))
    if small > _SCRIPT_SIZE * em or rise >= _SCRIPT_RISE * em:
        return False
    return overlap < gap < _SCRIPT_GAP * em or (gap <= 0 and _fits_between(a, b))


def _is_section_number(a: Line, b: Line) -> bool:
    """Whether a piece is the number of the heading behind it, in the same type: 2.1, and in bold type A or B.3."""
    if a.style != b.style or not b.text[0].isupper() or not _SECTION_NUMBER.match(a.text):
        return False
    return a.style.face.bold or ("." in a.text and b.x0 - a.x1 < _QUAD * a.size and len(b.text) > _HEADING)


def _fits_between(a: Line, b: Line) -> bool:
    """Whether all of `b` lies in a blank of `a`."""
    slack = _WITHIN * a.size
    return b.x1 < a.x1 and any(left.x1 - slack <= b.x0 and b.x1 <= right.x0 + slack for left, right in pairwise(a.runs))


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines by their baselines, from top to bottom; those on one baseline in the order given."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and abs(rows[-1][0].y - line.y) <= _SAME_ROW * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def line_of(runs: list[Run]) -> Line:
    """The line of some runs, in any order."""
    runs = sorted(runs, key=lambda run: run.x0)
    alike: dict[tuple[int, float], list[Run]] = {}
    for run in runs:  # a face is known by id() first: there are few, and many runs
        alike.setdefault((id(run.face), round(run.size * 2) / 2), []).append(run)
    by_style: dict[Style, list[Run]] = {}
    for (_, half), group in alike.items():
        by_style.setdefault(Style(group[0].face, half), []).extend(group)
    counts = {style: sum([len(run.text) for run in group]) for style, group in by_style.items()}
    style = max(counts, key=lambda s: (counts[s], s.size, s.face.name))
    y = median([run.y for run in by_style[style]])
    bold = sum(count for style, count in counts.items() if style.face.bold) / max(1, sum(counts.values()))
    x0, x1 = runs[0].x0, max([run.x1 for run in runs])
    return Line(runs, text_of(runs, y, style.size), x0, x1, y, style.size, style, bold)


def text_of(runs: Sequence[Run], y: float, size: float) -> str:
    """The runs' characters with blanks between words.

    A raised smaller number after a word is a reference mark and is put in square brackets. After the number 10, a unit
    or a term it is an exponent and is put after a caret (`10^6`, `kg/m^2`), and so is a negative one after anything.
    Before a letter it belongs to that (`18F`), before a word it has a blank behind it (`2 The University`). Other
    scripts stay attached (`CO2`, `Ca2+`). What is written from right to left is put in the order in which it is read.
    """
    if (spaced := _letter_spaced(runs)) is not None:
        return spaced
    text = ""
    i = 0
    while i < len(runs):
        end = i + 1
        if _is_raised(runs[i], y, size):
            while end < len(runs) and _is_raised(runs[end], y, size):
                end += 1
            mark = _spaced(runs[i:end])
            gap = i > 0 and (runs[i - 1].blank_after or _blank_between(runs[i - 1], runs[i]))
            carried = end < len(runs) and (gap or not i) and _is_carried_by(runs[end - 1], runs[end])
            text += " " * gap + mark if carried else _script(text, mark, gap)
            behind = "".join(run.text for run in runs[end : end + 3])
            text += " " if carried and mark.isdecimal() and _WORD.match(behind) else ""
        else:
            gap = i > 0 and _blank_between(runs[i - 1], runs[i])
            text += (" " if gap else "") + runs[i].text
        i = end
    return as_typed(text.strip()) if goes_left(text) else text.strip()


def _letter_spaced(runs: Sequence[Run]) -> str | None:
    """The text of a line set with its letters apart, which has no blanks but between words; None for any other."""
    if len(runs) < _FEWEST_SPACED or sum(len(run.text) for run in runs) > _LETTERS_A_RUN * len(runs):
        return None
    painted = [a.blank_after or b.blank_before for a, b in pairwise(runs)]
    gaps = [(b.x0 - a.x1) / max(a.size, b.size) for a, b in pairwise(runs)]
    usual = median(gaps)
    if sum(painted) > _SPACED_BLANKS * len(painted) or usual < KERNING or min(gaps) < _SPACED_LEAST * usual:
        return None
    return runs[0].text + "".join(
        (" " if blank or gap > _SPACED_WORD * usual else "") + run.text
        for blank, gap, run in zip(painted, gaps, runs[1:], strict=True)
    )


def _is_raised(run: Run, y: float, size: float) -> bool:
    return run.size < _SCRIPT_SIZE * size and RAISED * size < run.y - y < size


def _spaced(runs: Sequence[Run]) -> str:
    text = runs[0].text
    for before, run in pairwise(runs):
        text += (" " if _blank_between(before, run) else "") + run.text
    return text


def _is_carried_by(mark: Run, behind: Run) -> bool:
    """Whether a raised run belongs to what follows it, as the number of an isotope does."""
    return behind.text[0].isalpha() and not _blank_between(mark, behind)


def _script(before: str, mark: str, gap: bool) -> str:
    if not gap and _is_power(before, mark):
        return "^" + mark.replace(" ", "")
    if _REFERENCE_MARK.match(mark) and (_MAY_CARRY_MARK.search(before) or _UNIT.search(before)):
        return f"[{mark.rstrip(',')}]" + ("," if mark.endswith(",") else "")
    return (" " if gap else "") + mark


def _is_power(before: str, mark: str) -> bool:
    if _NEGATIVE.match(mark):
        return before[-1:].isalnum() or before.endswith((")", "]"))
    if _TEN.search(before):
        return bool(_EXPONENT.match(mark))
    return bool(_POWER_OF_UNIT.match(mark)) and bool(_POWERED.search(before) or _TERM.search(before))


def _blank_between(a: Run, b: Run) -> bool:
    if a.blank_after or b.blank_before:
        return True
    em = min(max(a.size, b.size), MIXED_SIZES * min(a.size, b.size))
    return b.x0 - a.x1 > min(BLANK, max(KERNING, HALF_BLANK * a.blank)) * em


@dataclass(frozen=True, slots=True)
class Gutter:
    """A white strip beside which lines stand on both sides, several of them one above another."""

    x0: float
    x1: float
    top: float
    bottom: float


def gutters_of(lines: Sequence[Line]) -> list[Gutter]:
    """The gutters of a page, those between the columns of its tables included.

    A gutter goes on upwards beside a column that begins higher than its neighbour.
    """
    chains: list[list[float]] = []  # x0, x1, top, bottom, count
    for y, x0, x1, size in _row_gaps(lines):
        for chain in chains:
            left, right = max(chain[0], x0), min(chain[1], x1)
            if chain[3] - y <= _GUTTER_STEP * size and right - left >= _GUTTER_WIDTH * size:
                chain[0], chain[1], chain[3], chain[4] = left, right, min(chain[3], y), chain[4] + 1
                break
        else:
            chains.append([x0, x1, y + size, y, 1])
    return [
        Gutter(x0, x1, _risen(x0, x1, top, lines), bottom)
        for x0, x1, top, bottom, count in chains
        if count >= _GUTTER_ROWS
    ]


def _risen(x0: float, x1: float, top: float, lines: Sequence[Line]) -> float:
    """The top of a strip moved up to the first line of the column to its right, if nothing crosses the strip."""
    above = [
        line for line in lines if top < line.y < top + _RISE and line.x0 < x1 + _RISE_REACH * line.size and line.x1 > x0
    ]
    for line in sorted(above, key=lambda line: line.y):
        if line.x0 < x1 - _TOUCHING or line.y - top > _RISE_STEP * line.size:
            break
        top = line.y
    return top


def _row_gaps(lines: Sequence[Line]) -> list[tuple[float, float, float, float]]:
    """From the top down, the gaps between a line and the next to its right: y, left and right edge, font size."""
    gaps = []
    ys = [-line.y for line in lines]
    for line in lines:
        reach = _GUTTER_ROW * line.size
        row = lines[bisect_left(ys, -line.y - reach) : bisect_right(ys, -line.y + reach)]
        right = min((other.x0 for other in row if other.x0 >= line.x1 and other is not line), default=None)
        if right is not None:
            gaps.append((line.y, line.x1, right, line.size))
    return gaps
