"""The encoder's rows in a file: made once, and read wherever it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qa.training import cases

Rows = list[tuple[str, ...]]
"""Question, the text that answers, and texts that do not; every row of a set has the same length."""


def save(rows: Mapping[str, Rows], path: Path) -> None:
    """Write the rows of each set; the file is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    cases.write_rows(new, ({"set": name, "row": row} for name, own in rows.items() for row in own))
    new.replace(path)


def load(path: Path) -> dict[str, Rows]:
    """Read what `save` wrote."""
    found: dict[str, Rows] = {}
    for item in cases.read_rows(path):
        found.setdefault(item["set"], []).append(tuple(item["row"]))
    return found
