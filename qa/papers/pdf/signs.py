"""Comparison signs that are painted in two parts are one: < over = is ≤.

A bound would lose its second half otherwise. Some fonts lack the signs with a bar or a wave, and programs put them
together from two glyphs, one below the other. Limits were set by hand on 2026-11-27.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from qa.papers.pdf.glyphs import Run

_WHOLE = {
    **dict.fromkeys(("<=", "<_", "<-", "<−", "<–"), "≤"),
    **dict.fromkeys((">=", ">_", ">-", ">−", ">–"), "≥"),
    **dict.fromkeys(("<~", "<∼"), "≲"),
    **dict.fromkeys((">~", ">∼"), "≳"),
    "<≈": "⪅",
    ">≈": "⪆",
}
"""The sign that two make, the upper one named first."""
_UPPER, _LOWER = frozenset("<>"), frozenset(sign[1] for sign in _WHOLE)
_BESIDE = 0.15
"""Ems. The middles of the two are no further apart along the line."""
_BELOW = 0.75
"""Ems. The baseline of the lower one is so far below that of the upper one at most, and never above it."""


def with_signs(runs: Sequence[Run]) -> list[Run]:
    """The runs of a page, in the order of painting, with two signs that make one in the place of the upper one."""
    lower: dict[int, list[int]] = defaultdict(list)
    for i, run in enumerate(runs):
        if run.text in _LOWER:
            lower[run.turn].append(i)
    if not lower:
        return list(runs)
    found, gone = list(runs), set[int]()
    for i, run in enumerate(runs):
        if run.text in _UPPER:
            below = next((j for j in lower[run.turn] if j not in gone and _is_under(runs[j], run)), None)
            if below is not None:
                gone.add(below)
                middle = (run.y + runs[below].y) / 2
                found[i] = replace(run, text=_WHOLE[run.text + runs[below].text], y=middle)
    return [run for i, run in enumerate(found) if i not in gone]


def _is_under(lower: Run, upper: Run) -> bool:
    apart = (lower.x0 + lower.x1 - upper.x0 - upper.x1) / 2
    return abs(apart) <= _BESIDE * upper.size and 0 <= upper.y - lower.y <= _BELOW * upper.size
