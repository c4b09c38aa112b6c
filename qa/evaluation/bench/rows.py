"""A row of the table of costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of whom, the figure in words, and its ratio to the baseline of its group, if it has one."""

    what: str
    who: str
    figure: str
    ratio: float | None = None


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown.

    >>> print(table([Row("a", "b", "5 s", 2.0)]))
    | what | of whom | figure | ratio |
    |---|---|---|---|
    | a | b | 5 s | 2.00 |
    """
    lines = ["| what | of whom | figure | ratio |", "|---|---|---|---|"]
    for row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.who} | {row.figure} | {ratio} |")
    return "\n".join(lines)
