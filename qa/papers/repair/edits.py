"""Edits, and the one function that applies them and builds text and map together.

A `Readable` is a text in which every character knows the raw characters that it stands for. The map always leads to
the raw text, so edits may be applied to the result of earlier edits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.types import Span

EditKind = Literal["join", "skip", "lift", "move"]
Offsets = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a fixer proposes, in offsets of the text that it was given.

    - `join` replaces the text by `replacement`; a quote may run over it (hyphen, line break, ligature).
    - `skip` drops the text; a quote is cut in two there (running head, page number).
    - `lift` makes the text a block of its own, of the kind `becomes`, and cuts (caption, abstract between columns).
    - `move` puts the text in front of the offset `to`, and cuts on every side (columns out of order).
    """

    start: int
    end: int
    kind: EditKind
    replacement: str = ""
    becomes: str = "caption"
    to: int = -1


@dataclass(frozen=True, slots=True)
class Readable:
    """A text and its map: arrays with one entry for each character, shape (len(text),).

    `starts` and `ends` (int32) are the raw range that a character stands for. `cuts` (bool) is true where a quote must
    not continue from the character before, because the raw text between the two does not belong to the quote.
    """

    text: str
    starts: Offsets
    ends: Offsets
    cuts: NDArray[np.bool_]

    @classmethod
    def of(cls, raw: str) -> Readable:
        """The raw text: every character stands for itself, and nothing is cut."""
        starts = np.arange(len(raw), dtype=np.int32)
        return cls(raw, starts, starts + 1, np.zeros(len(raw), dtype=np.bool_))

    def slice(self, start: int, end: int) -> Readable:
        """The characters from start to end, with their map."""
        rows = slice(start, end)
        return Readable(self.text[rows], self.starts[rows], self.ends[rows], self.cuts[rows])

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The raw spans of the characters from start to end, in reading order, without white space at their edges.

        No span contains text that was skipped, lifted or moved away.
        """
        bounds = [start, *(start + 1 + np.flatnonzero(self.cuts[start + 1 : end])).tolist(), end]
        spans = []
        for first, last in pairwise(bounds):
            while first < last and self.text[first].isspace():
                first += 1
            while first < last and self.text[last - 1].isspace():
                last -= 1
            if first < last:
                spans.append(Span(int(self.starts[first]), int(self.ends[last - 1])))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Readable text of one kind: `body`, `heading`, `caption`, `abstract`, …"""

    kind: str
    readable: Readable


def apply(readable: Readable, edits: Sequence[Edit]) -> tuple[Readable, list[TextBlock]]:
    """Apply edits, which must not overlap. Returns the text that remains and the blocks lifted out of it.

    Raises:
        ValueError: an edit lies outside the text, overlaps another, or moves text into another edit; the message
            shows the edits. It is a bug in a fixer.
    """
    edits = sorted(edits, key=lambda edit: (edit.start, edit.end))
    _check(edits, len(readable.text))
    arrivals = sorted((edit.to, edit.start, edit.end) for edit in edits if edit.kind == "move")
    pieces: list[Readable] = []
    lifted: list[TextBlock] = []
    position, cut = 0, False  # cut: a quote must not run on to the next character

    def keep(piece: Readable) -> None:
        """Add a piece. A cut waits for the next piece that is not empty."""
        nonlocal cut
        if piece.text:
            pieces.append(_after_cut(piece) if cut else piece)
            cut = False

    def keep_until(end: int) -> None:
        nonlocal position, cut
        while arrivals and arrivals[0][0] <= end:
            to, first, last = arrivals.pop(0)
            keep(readable.slice(position, to))
            cut = True
            keep(readable.slice(first, last))
            position, cut = to, True
        keep(readable.slice(position, end))

    for edit in edits:
        keep_until(edit.start)
        region = readable.slice(edit.start, edit.end)
        if edit.kind == "join":
            replacement, follows = _replace(region, edit.replacement)
            keep(replacement)
            cut = cut or follows
        else:
            cut = True
            if edit.kind == "lift":
                lifted.append(TextBlock(edit.becomes, region))
        position = edit.end
    keep_until(len(readable.text))
    return _concatenate(pieces), lifted


def woven(raw: Readable, parts: Sequence[Span | str]) -> Readable:
    """Pieces of a raw text and the words between them, in the order in which they are read.

    Words between two pieces stand for the blanks between these. If more than blanks is there, or the second piece
    stands first, they stand for the last character before them, and a cut follows.

    >>> woven(Readable.of("Eyes  9"), [Span(0, 4), ": ", Span(6, 7)]).spans(0, 7)
    (Span(start=0, end=7),)
    >>> woven(Readable.of("Owls  9"), [Span(6, 7), " ", Span(0, 4)]).spans(0, 6)
    (Span(start=6, end=7), Span(start=0, end=4))
    """
    pieces: list[Readable] = []
    words, end = "", 0
    for part in parts:
        if isinstance(part, str):
            words += part
            continue
        piece = raw.slice(part.start, part.end)
        if pieces:
            joins = part.start >= end and not raw.text[end : part.start].strip()
            between = (end, part.start) if joins and end < part.start else (end - 1, end)
            size = len(words)
            starts, ends = (np.full(size, at, dtype=np.int32) for at in between)
            pieces.append(Readable(words, starts, ends, np.zeros(size, dtype=np.bool_)))
            piece = piece if joins else _after_cut(piece)
        pieces.append(piece)
        words, end = "", part.end
    return _concatenate(pieces)


def _after_cut(piece: Readable) -> Readable:
    cuts = piece.cuts.copy()
    cuts[0] = True
    return Readable(piece.text, piece.starts, piece.ends, cuts)


def _check(edits: Sequence[Edit], length: int) -> None:
    for edit in edits:
        if not 0 <= edit.start < edit.end <= length:
            raise ValueError(f"{edit} lies outside a text of {length} characters")
    for before, after in pairwise(edits):
        if after.start < before.end:
            raise ValueError(f"{before} and {after} overlap")
    for edit in edits:
        if edit.kind == "move" and (
            not 0 <= edit.to <= length or any(other.start < edit.to < other.end for other in edits)
        ):
            raise ValueError(f"{edit} moves text out of the text, or into another edit")


def _replace(region: Readable, replacement: str) -> tuple[Readable, bool]:
    """The replacement, mapped to the region's raw text, and whether a cut follows it.

    If the region has a cut in it, the raw text at the cut does not belong to it. The replacement then stands for the
    part before the first cut only.
    """
    inner = np.flatnonzero(region.cuts[1:]) + 1
    last = int(inner[0]) - 1 if inner.size else len(region.text) - 1
    size = len(replacement)
    starts = np.full(size, region.starts[0], dtype=np.int32)
    ends = np.full(size, region.ends[last], dtype=np.int32)
    cuts = np.zeros(size, dtype=np.bool_)
    cuts[:1] = region.cuts[0]
    follows = bool(inner.size) or (not size and bool(region.cuts[0]))
    return Readable(replacement, starts, ends, cuts), follows


def _concatenate(pieces: Sequence[Readable]) -> Readable:
    if not pieces:
        return Readable.of("")
    return Readable(
        "".join(piece.text for piece in pieces),
        np.concatenate([piece.starts for piece in pieces]),
        np.concatenate([piece.ends for piece in pieces]),
        np.concatenate([piece.cuts for piece in pieces]),
    )
