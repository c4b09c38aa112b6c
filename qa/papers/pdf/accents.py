"""Accents that are glyphs of their own are set on the letters on which they are painted.

TeX's older fonts (OT1) have no accented letters: the accent is painted first, and its letter under it. Other programs
paint a combining character after the letter. Either becomes one character (Unicode's NFC), by place and not by order.

Limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from qa.papers.pdf.glyphs import Run, parts_of
from qa.text import COMBINING, on_letter

_MARK = re.compile(rf"[{re.escape(''.join(COMBINING))}\u0300-\u036f]")
_COMBINED = re.compile(r"[\u0300-\u036f]")
_BESIDE = 0.12
"""Ems. The middle of an accent lies over its letter, or so far beside it: italics lean over."""
_ABOVE, _BELOW = 0.45, 0.25
"""Ems. An accent's baseline is so far above its letter's at most (over a capital), or so far below it."""
_STRIP = 8.0
"""Points. The height of the strips in which letters are looked for."""


def with_accents(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, in the order of painting, with each accent on its letter; others stay where they are."""
    if not _MARK.search("".join([run.text for run in runs])):
        return list(runs)
    found = [_composed(run) if _COMBINED.search(run.text) else run for run in runs]
    letters: dict[int, dict[int, str]] = defaultdict(dict)
    gone: dict[int, set[int]] = defaultdict(set)
    strips = _strips(found)
    for number, run in enumerate(found):
        for match in _MARK.finditer(run.text):
            mark = COMBINING.get(match[0], match[0])
            for other, i in _under(found, strips, number, match.start()):
                letter = letters.get(other, {}).get(i, found[other].text[i])
                if accented := on_letter(letter, mark):
                    letters[other][i] = accented
                    gone[number].add(match.start())
                    break
    changed: list[Run] = []
    for number, run in enumerate(found):
        if number in letters:
            run = replace(run, text="".join(letters[number].get(i, c) for i, c in enumerate(run.text)))
        changed += parts_of(run, gone.get(number, set()))
    return changed


def _composed(run: Run) -> Run:
    """A run whose letters have the combining characters behind them."""
    text, edges = "", [run.edges[0]]
    for c, edge in zip(run.text, run.edges[1:], strict=True):
        accented = on_letter(text[-1], c) if text and _COMBINED.match(c) else ""
        if accented:
            text = text[:-1] + accented
            edges[-1] = max(edge, edges[-1])
        else:
            text += c
            edges.append(edge)
    return replace(run, text=text, edges=tuple(edges))


def _strips(runs: Sequence[Run]) -> Mapping[tuple[int, int], list[int]]:
    strips: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        if run.text:
            strips[run.turn, int(run.y // _STRIP)].append(number)
    return strips


def _under(
    runs: Sequence[Run], strips: Mapping[tuple[int, int], list[int]], number: int, at: int
) -> Iterator[tuple[int, int]]:
    """The letters on which an accent is painted, the nearest first: a run's number, and the letter's in it."""
    mark = runs[number]
    x = (mark.edges[at] + mark.edges[at + 1]) / 2
    low, high = mark.y - _ABOVE * 2 * mark.size, mark.y + _BELOW * mark.size
    near: list[tuple[float, int, int]] = []
    for strip in range(int(low // _STRIP), int(high // _STRIP) + 1):
        for other in strips.get((mark.turn, strip), ()):
            run = runs[other]
            slack = _BESIDE * run.size
            if other == number or not run.x0 - slack <= x <= run.x1 + slack:
                continue
            if not -_BELOW * run.size <= mark.y - run.y <= _ABOVE * run.size:
                continue
            for i, (x0, x1) in enumerate(pairwise(run.edges)):
                if x0 - slack <= x <= x1 + slack and run.text[i].isalpha():
                    near.append((abs((x0 + x1) / 2 - x), other, i))
    return ((other, i) for _, other, i in sorted(near))
