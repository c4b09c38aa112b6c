"""Text that is painted twice at one place is read once.

A page may have its words again: as text recognised under the picture of a scan, as a shadow a point away, painted over
to look bold, or as a whole line and its letters one by one. Two texts of one line that lie on one another are two
layers. Where they say the same, that which shows and is more complete is kept, and the other cut out, whatever the
order in which they were painted and however they are cut into runs.

Lengths are ems (the font size) where their docstrings do not say otherwise. All limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from rapidfuzz.distance import Levenshtein

from qa.papers.pdf.glyphs import Run, parts_of
from qa.papers.pdf.layout import text_of

_BESIDE = 0.35
"""Baselines that differ by no more than this may be one line painted twice: a shadow, or a line that was recognised.
A superscript stands higher, and lines of text are three times as far apart."""
_ALIKE, _ALIKE_HIDDEN = 1.6, 2.2
"""Sizes of type that differ by no more than this factor may be one line. Text recognition guesses the size."""
_OVERLAP, _SHARE = 0.12, 0.3
"""Runs lie on one another if they overlap by more than this many ems, and by more than this share of the narrower:
italics lean over and kerning pulls together by less."""
_SHADOW = 0.3
"""A shadow is less than this away: two points of small type."""
_AGAIN = 0.22
"""A run that begins with the same character less than this away lies on the other, though letters may be as narrow."""
_STRUCK = 0.15
"""One or two characters alone are painted twice if they are again less than this away."""
_STRUCK_SIGN = 0.05
"""The same for signs that are no letters or digits: arrows and bars are made of parts that overlap."""
_DRIFT = 1.5
"""Letters of a long line of text recognition stand less than this off their place on average."""
_FEW, _LONG = 3, 8
"""Characters: fewer say little by themselves, so many say much."""
_SAME, _SAME_LONG = 0.74, 0.6
"""Two layers say the same if this share of their characters is: of four, one may be misread; of a long line, more."""
_WORD_GAP = 1.0
"""Runs of one layer that are less than this apart are one stretch of text."""
_EDGE = 0.35
"""A character is covered by a text that it lies under, or less than this beside."""
_JUNK = 0.2
"""A layer with more than this share of characters without a meaning is kept only if there is no other."""
_BUCKET = 4.0
"""Points. The height of the strips in which runs that lie on one another are looked for."""
_MEANINGLESS = re.compile(r"[\ufffd\ue000-\uf8ff]")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class _Char:
    """A character of a run: its number there, its letter as it is compared, and its middle in points."""

    run: Run
    i: int
    letter: str
    x: float


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The numbers of the characters that go, by their run's id; and how many `differ` or are `unlike`, as in `Once`."""

    lost: Mapping[int, set[int]] = field(default_factory=dict)
    differ: int = 0
    unlike: int = 0


@dataclass(frozen=True, slots=True)
class Once:
    """A page's runs without what is painted again, in the order of painting.

    `differ` is the share of their characters, 0 to 1, that two layers have differently, neither of which can be trusted
    more than the other. `unlike` is the share of those that lie on others which say something else.
    """

    runs: list[Run]
    differ: float
    unlike: float


def read_once(runs: Sequence[Run]) -> Once:
    """The runs of a page, each character once."""
    left: dict[int, list[Run]] = {}
    differ = unlike = 0
    for row in _doubled_rows(runs):
        base: list[tuple[int, Run]] = []
        for layer in _layers(row, runs):
            number = {id(run): i for i, run in layer}
            added: list[tuple[int, Run]] = []
            for stretch in _stretches([run for _, run in layer]):
                verdict = _twice([run for _, run in base], stretch)
                lost = verdict.lost
                differ, unlike = differ + verdict.differ, unlike + verdict.unlike
                base = [(i, part) for i, run in base for part in _without(run, lost)]
                added += [(number[id(run)], part) for run in stretch for part in _without(run, lost)]
            base += added
        left |= {i: [] for i in row}
        for i, part in sorted(base, key=lambda entry: (entry[0], entry[1].x0)):
            left[i].append(part)
    kept = [part for i, run in enumerate(runs) for part in left.get(i, (run,))]
    total = max(1, sum(len(run.text) for run in kept))
    return Once(kept, differ / total, unlike / total)


def _doubled_rows(runs: Sequence[Run]) -> Iterator[list[int]]:
    """The numbers of the runs that lie on another one, those on one baseline together, in the order of painting."""
    strips: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for i, run in enumerate(runs):
        if run.text:
            reach = _BESIDE / 2 * run.size
            for strip in range(int((run.y - reach) // _BUCKET), int((run.y + reach) // _BUCKET) + 1):
                strips[run.turn, strip].append((run.x0, i))
    doubled: set[int] = set()
    for strip_runs in strips.values():
        if len(strip_runs) > 1:
            strip_runs.sort()
            doubled |= _overlapping(strip_runs, runs)
    rows: list[list[int]] = []
    for i in sorted(doubled, key=lambda i: (runs[i].turn, -runs[i].y)):
        first = runs[rows[-1][0]] if rows else None
        if first and first.turn == runs[i].turn and first.y - runs[i].y <= _BESIDE * max(first.size, runs[i].size):
            rows[-1].append(i)
        else:
            rows.append([i])
    for row in rows:
        yield sorted({*row, *_touching(row, runs, strips)})


def _touching(
    row: Sequence[int], runs: Sequence[Run], strips: Mapping[tuple[int, int], list[tuple[float, int]]]
) -> set[int]:
    """The numbers of the other runs of a row that overlap one of it, however little: a narrow letter's shadow."""
    if len(row) < _FEW:
        return set()
    extents = _extents([runs[i] for i in sorted(row, key=lambda i: runs[i].x0)], 0.0)
    heights = {int(runs[i].y // _BUCKET) for i in row}
    beside = {i for height in heights for _, i in strips[runs[row[0]].turn, height]}.difference(row)
    return {
        i
        for i in beside
        if abs(runs[i].y - runs[row[0]].y) <= _BESIDE * runs[i].size
        and any(x0 < runs[i].x1 and runs[i].x0 < x1 for x0, x1 in extents)
    }


def _overlapping(strip: Sequence[tuple[float, int]], runs: Sequence[Run]) -> set[int]:
    """The numbers of the runs of a strip, from left to right, that lie on another one of it."""
    found: set[int] = set()
    active: list[int] = []
    reach = float("-inf")
    for x0, i in strip:
        if x0 >= reach:
            active = [i]
            reach = runs[i].x1
            continue
        active = [j for j in active if runs[j].x1 > x0]
        for j in active:
            if _lies_on(runs[j], runs[i]):
                found |= {i, j}
        active.append(i)
        reach = max(reach, runs[i].x1)
    return found


def _lies_on(a: Run, b: Run) -> bool:
    small, large = (a.size, b.size) if a.size < b.size else (b.size, a.size)
    if abs(a.y - b.y) > _BESIDE * large or large > (_ALIKE_HIDDEN if a.hidden or b.hidden else _ALIKE) * small:
        return False
    overlap = min(a.x1, b.x1) - max(a.x0, b.x0)
    if overlap > max(_OVERLAP * small, _SHARE * min(a.x1 - a.x0, b.x1 - b.x0)):
        return True
    return a.text[0] == b.text[0] and abs(a.x0 - b.x0) <= _AGAIN * small


def _layers(row: Sequence[int], runs: Sequence[Run]) -> list[list[tuple[int, Run]]]:
    """The runs of a row with their numbers, in layers within which none lies on another, from left to right.

    A run is in the layer that it continues, or else in the first one in which there is room. White text comes after
    that which is not, and hidden text last.
    """
    layers: list[tuple[tuple[bool, bool], list[tuple[float, int, Run]]]] = []
    for i in row:
        run = runs[i]
        looks = (run.hidden, run.pale)
        gaps = [_gap(layer, run) if seen == looks else None for seen, layer in layers]
        nearest = min((gap for gap in gaps if gap is not None), default=None)
        if nearest is None:
            layers.append((looks, [(run.x0, i, run)]))
        else:
            insort(layers[gaps.index(nearest)][1], (run.x0, i, run))
    layers.sort(key=lambda layer: layer[0])
    return [[(i, run) for _, i, run in layer] for _, layer in layers]


def _gap(layer: Sequence[tuple[float, int, Run]], run: Run) -> float | None:
    """How far a run is from the nearest of a layer, in points, or None if it lies on one of it."""
    at = bisect_right(layer, run.x0, key=lambda entry: entry[0])
    before, after = [entry[2] for entry in layer[max(0, at - 2) : at]], []
    for entry in layer[at:]:
        after.append(entry[2])
        if entry[0] >= run.x1:
            break
    if any(_lies_on(other, run) for other in (*before, *after)):
        return None
    gaps = [abs(run.x0 - other.x1) + abs(run.y - other.y) for other in before]
    return min(gaps + [abs(other.x0 - run.x1) + abs(run.y - other.y) for other in after])


def _stretches(layer: Sequence[Run]) -> list[list[Run]]:
    """The runs of a layer, from left to right, cut where it has nothing for more than a word's distance."""
    stretches = [[layer[0]]]
    for before, run in pairwise(layer):
        if run.x0 - before.x1 < _WORD_GAP * run.size:
            stretches[-1].append(run)
        else:
            stretches.append([run])
    return stretches


def _twice(base: Sequence[Run], stretch: Sequence[Run]) -> _Verdict:
    """What a stretch and the base under it have twice."""
    em = max(run.size for run in stretch)
    x0, x1 = stretch[0].x0 - em, max(run.x1 for run in stretch) + em
    under = sorted((run for run in base if run.x1 > x0 and run.x0 < x1), key=lambda run: run.x0)
    old, new = list(_covered(under, stretch, _EDGE)), list(_covered(stretch, under, _EDGE))
    if not old or not new:
        return _Verdict()
    if len(new) < _FEW < len(old) + len(new):  # a letter: not its neighbours
        old = list(_covered(under, stretch, 0.0)) or old
    if _say_the_same(old, new, em):
        goes = new if _is_better(under, stretch, old, new) else old
        return _Verdict(_numbers(goes), differ=_differences(under, stretch, old, new))
    if stretch[0].hidden and not under[0].hidden:
        if _junk(old) > _JUNK >= _junk(new):
            return _Verdict(_numbers(old))
        return _Verdict(_numbers(new), unlike=len(new) if len(new) >= _FEW else 0)
    longest = min(max(len(run.text) for run in under), max(len(run.text) for run in stretch))
    return _Verdict(unlike=min(len(old), len(new)) if longest >= _FEW else 0)


def _numbers(chars: Sequence[_Char]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for char in chars:
        found[id(char.run)].add(char.i)
    return found


def _covered(runs: Sequence[Run], by: Sequence[Run], edge: float) -> Iterator[_Char]:
    """The characters of some runs, from left to right, that lie on what others paint, or so many ems beside it.

    What lies in the blanks between its words counts, too.
    """
    extents = _extents(by, edge)
    for run in runs:
        for i, c in enumerate(run.text):
            x = (run.edges[i] + run.edges[i + 1]) / 2
            if not c.isspace() and any(x0 < x < x1 for x0, x1 in extents):
                for letter in unicodedata.normalize("NFKC", c):
                    yield _Char(run, i, letter, x)


def _extents(runs: Sequence[Run], edge: float) -> list[tuple[float, float]]:
    """Where some runs, from left to right, have text, blanks between words included: edges moved out by so many ems."""
    return [
        (stretch[0].x0 - edge * stretch[0].size, max(run.x1 for run in stretch) + edge * stretch[0].size)
        for stretch in (_stretches(runs) if runs else ())
    ]


def _say_the_same(old: Sequence[_Char], new: Sequence[_Char], em: float) -> bool:
    """Whether two layers of one stretch have the same characters at the same places."""
    before, after = "".join(c.letter for c in old), "".join(c.letter for c in new)
    if not any(c.isalnum() for c in before):
        near = len(old) == len(new) and all(_is_at(a, b, em) for a, b in zip(old, new, strict=True))
        return near and before == after and not _MEANINGLESS.search(before)
    fewer = min(len(before), len(after))
    needed = 1.0 if fewer <= _FEW else _SAME if fewer < _LONG else _SAME_LONG
    if Levenshtein.normalized_similarity(before, after) < needed:
        return False
    equal = [block for block in Levenshtein.editops(before, after).as_matching_blocks() if block.size]
    shifts = [abs(old[m.a + i].x - new[m.b + i].x) / em for m in equal for i in range(m.size)]
    if fewer < _FEW:
        return max(shifts) <= _STRUCK
    return median(shifts) <= (_DRIFT if fewer >= _LONG else _SHADOW)


def _is_at(a: _Char, b: _Char, em: float) -> bool:
    return abs(a.x - b.x) <= _STRUCK_SIGN * em and abs(a.run.y - b.run.y) <= _STRUCK_SIGN * em


def _is_better(older: Sequence[Run], newer: Sequence[Run], old: Sequence[_Char], new: Sequence[_Char]) -> bool:
    """Whether of two layers that say the same, the older is kept.

    What shows comes before what does not, black before white; then what says more, has more English words or longer
    runs.
    """

    def worth(runs: Sequence[Run], chars: Sequence[_Char]) -> tuple[float, ...]:
        length = sum(len(run.text) for run in runs)
        beyond = length > len(chars) + _FEW
        return (
            _junk(chars) <= _JUNK,
            not runs[0].hidden,
            not runs[0].pale,
            beyond,
            _known(_words(runs)),
            length / len(runs),
        )

    return worth(older, old) >= worth(newer, new)


def _junk(chars: Sequence[_Char]) -> float:
    """The share of characters that have no meaning, 0 to 1."""
    return sum(bool(_MEANINGLESS.match(c.letter)) for c in chars) / len(chars)


def _words(runs: Sequence[Run]) -> list[str]:
    ordered = sorted(runs, key=lambda run: run.x0)
    largest = max(runs, key=lambda run: run.size)
    return _WORD.findall(unicodedata.normalize("NFKC", text_of(ordered, largest.y, largest.size)))


def _known(words: Sequence[str]) -> float:
    """The share of English words among some, 0 to 1."""
    from qa.words import is_english  # slow to load, and seldom needed

    return round(sum(map(is_english, words)) / max(1, len(words)), 2)


def _differences(older: Sequence[Run], newer: Sequence[Run], old: Sequence[_Char], new: Sequence[_Char]) -> int:
    """How many characters two layers that say nearly the same have differently; 0 if one of them is surely right.

    That which shows is right, and so is that with more English words, but for its digits.
    """
    before, after = (_alphanumeric(chars) for chars in (old, new))
    looks = [(layer[0].hidden, layer[0].pale) for layer in (older, newer)]
    if before == after or looks[0] != looks[1] or max(_junk(old), _junk(new)) > _JUNK:
        return 0
    if _known(_words(older)) != _known(_words(newer)):
        before, after = "".join(filter(str.isdigit, before)), "".join(filter(str.isdigit, after))
    return Levenshtein.distance(before, after)


def _alphanumeric(chars: Sequence[_Char]) -> str:
    return "".join(c.letter for c in chars if c.letter.isalnum())


def _without(run: Run, lost: Mapping[int, set[int]]) -> list[Run]:
    """What is left of a run without the characters that go, by the run's id."""
    return parts_of(run, lost.get(id(run), set()))
