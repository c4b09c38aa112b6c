"""A passage's raw text with every edit that made it readable, for a maintainer to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.papers.repair import Change, repair
from qa.papers.repair.edits import EditKind
from qa.types import Document, Passage, hull


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of raw text, and what became of it.

    `kind` is `same` if nothing was changed, else the kind of the edit; `name` is the name of the fixer.
    """

    raw: str
    kind: Literal["same"] | EditKind
    replacement: str = ""
    name: str = ""


def changes_of(document: Document) -> tuple[Change, ...]:
    """The edits of a document in the order of its raw text; of two that begin together, the longer first."""
    return tuple(sorted(repair(document).changes, key=lambda change: (change.start, -change.end)))


def pieces(document: Document, passage: Passage, changes: Sequence[Change]) -> list[Piece]:
    """The raw text from the passage's first character to its last, cut where an edit begins or ends.

    The pieces joined are that raw text. If one edit lies within another, only the outer one is shown.
    """
    whole = hull(passage.spans)
    at, end = whole.start, whole.end
    found: list[Piece] = []
    for change in changes:
        if change.start < at or change.end > end:
            continue
        if at < change.start:
            found.append(Piece(document.raw[at : change.start], "same"))
        raw = document.raw[change.start : change.end]
        found.append(Piece(raw, change.kind, change.replacement, change.name))
        at = change.end
    if at < end:
        found.append(Piece(document.raw[at:end], "same"))
    return found
