"""Raw text becomes readable text with a map back: named fixers propose edits, one function applies them.

edits       Edits, and the one function that applies them and builds text and map together
grid        The cells of a table, each where it is printed, and the columns that they stand in
lines       What a line looks like: heading, end of a sentence, middle of one
captions    Which caption a table of a document with layout has: over it, or under it
heads       Which lines of a table are its heads, and which columns each head stands over
hyphens     Whether a hyphen at a line's end belongs to the word
joined      Which lines of a table are one row: cells of several lines, and names in the middle of theirs
references  Superscript reference numbers that were glued to the word before them
rows        How the rows of a table are read: each cell behind the heads of its column
fixers      The named fixers: each proposes edits and changes nothing
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.papers.conventions import plain_title
from qa.papers.repair.captions import table_label
from qa.papers.repair.edits import Edit, EditKind, Readable, TextBlock, apply, woven
from qa.papers.repair.fixers import (
    compose_accents,
    drop_own_citation,
    drop_running_heads,
    follow_layout,
    join_hyphens,
    join_lines,
    lift_captions,
    lift_dense_blocks,
    plain_characters,
    restore_columns,
    squeeze_blanks,
)
from qa.papers.repair.hyphens import words_within_lines
from qa.papers.repair.lines import ends_sentence, is_heading
from qa.papers.repair.references import part_references
from qa.papers.repair.rows import Row, read_row, rows_of
from qa.types import Document, Region

__all__ = ["FIXERS", "Change", "Edit", "Readable", "Repaired", "TextBlock", "apply", "repair"]

_OF_LINES = (drop_running_heads, lift_captions, lift_dense_blocks, restore_columns)
"""Fixers of whole lines in a text without layout, in the order in which they run."""
_OF_CHARACTERS = (compose_accents, plain_characters, squeeze_blanks, part_references)
"""Fixers that run after the lines are joined, in this order."""
FIXERS: Mapping[str, Callable[..., list[Edit]]] = {
    fixer.__name__: fixer
    for fixer in (follow_layout, *_OF_LINES, read_row, join_lines, join_hyphens, *_OF_CHARACTERS, drop_own_citation)
}
"""Every fixer by the name that its changes have, in the order in which they run."""

_UNREAD = frozenset({"title", "authors", "other"})
"""Kinds that have no sentences of the paper: front matter, and what is not known."""
_DISPLAY_LINES = 8
"""A formula or some code within a text has at most so many lines. Set by hand, 2026-11-27."""
_NEW_SENTENCE = re.compile(r"[A-Z](?:[a-z]+)?,?\s")
"""The first word of a sentence; an abbreviation in capitals may go on with one."""
_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n\n|\Z))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """An edit that was made: by which fixer, to which characters of the raw text, and what stands there now.

    `name` is one of `FIXERS`; `kind` and `replacement` are those of `Edit`.
    """

    name: str
    kind: EditKind
    start: int
    end: int
    replacement: str


class _Workshop:
    """Applies edits and keeps a list of them."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def fix(self, readable: Readable, fixer: Callable[[str], list[Edit]]) -> tuple[Readable, list[TextBlock]]:
        """Apply the edits that a fixer proposes for a text."""
        return self.apply(readable, {fixer.__name__: fixer(readable.text)})

    def apply(self, readable: Readable, proposed: Mapping[str, Sequence[Edit]]) -> tuple[Readable, list[TextBlock]]:
        """Apply the edits that each fixer, by its name, proposes for the same text."""
        for name, edits in proposed.items():
            for edit in edits:
                characters = slice(edit.start, edit.end)
                start, end = int(readable.starts[characters].min()), int(readable.ends[characters].max())
                self.changes.append(Change(name, edit.kind, start, end, edit.replacement))
        return apply(readable, [edit for edits in proposed.values() for edit in edits])


@dataclass(frozen=True, slots=True)
class Repaired:
    """Blocks in reading order: the running text, cut into paragraphs and headings, then what was lifted out of it.

    `title` is the title that the layout shows, "" if there is none. `changes` are all edits in the order in which they
    were made.
    """

    blocks: tuple[TextBlock, ...]
    title: str = ""
    changes: tuple[Change, ...] = ()


def repair(document: Document) -> Repaired:
    """Read a document's raw text as a person would have typed it.

    Whole lines come first (running heads, captions, columns), then the breaks between the lines that remain.
    """
    words = words_within_lines(document.raw)
    shop = _Workshop()
    raw = Readable.of(document.raw)
    running, lifted = _by_layout(document, shop) if document.layout else _by_lines(document, shop)
    blocks: list[TextBlock] = []
    for block in running:
        joined = _join(block.readable, words, shop)
        if block.kind == "heading":
            blocks += [TextBlock("heading", part) for part in _paragraphs(joined)]
        else:
            blocks += [_classify(part) for part in _paragraphs(joined)]
    titles = [_join(block.readable, words, shop).text.strip() for block in lifted if block.kind == "title"]
    rows = rows_of(document) if document.layout else {}
    for block in lifted:
        if block.kind == "table" and document.layout and not table_label(block.readable.text):
            for row in rows[int(block.readable.starts[0])]:
                blocks += _row(raw, row, words, shop)
        elif block.kind not in _UNREAD:
            joined = _join(block.readable, words, shop)
            if block.kind == "abstract":
                joined, _ = shop.fix(joined, drop_own_citation)
            blocks += [TextBlock(block.kind, part) for part in _paragraphs(joined)]
    return Repaired(tuple(blocks), plain_title(" ".join(titles)), tuple(shop.changes))


def _by_lines(document: Document, shop: _Workshop) -> tuple[list[TextBlock], list[TextBlock]]:
    """The running text and the blocks lifted out of it, found by what the lines look like."""
    body = Readable.of(document.raw)
    lifted: list[TextBlock] = []
    for fixer in _OF_LINES:
        body, blocks = shop.fix(body, fixer)
        lifted += blocks
    return [TextBlock("body", body)], lifted


def _by_layout(document: Document, shop: _Workshop) -> tuple[list[TextBlock], list[TextBlock]]:
    """The running text between its headings, and the blocks lifted out of it, found by the regions of the pages."""
    raw = Readable.of(document.raw)
    running: list[TextBlock] = []
    lifted: list[TextBlock] = []
    start = 0
    abstract = _only("abstract", document.layout, raw, shop)
    headings = [region for region in document.layout if region.kind == "heading"]
    stops = _displays_that_end(document)
    for heading in [*headings, None]:
        end = heading.start if heading else len(document.raw)
        for first, last in pairwise([start, *(stop for stop in stops if start < stop < end), end]):
            regions = [region for region in document.layout if first <= region.start < last]
            body, blocks = shop.apply(raw.slice(first, last), {follow_layout.__name__: follow_layout(regions, first)})
            running.append(TextBlock("body", body))
            lifted += [block for block in blocks if block.kind != "abstract"]
        if heading:
            running.append(TextBlock("heading", raw.slice(heading.start, heading.end)))
            start = heading.end
    return running, [*abstract, *lifted]


def _displays_that_end(document: Document) -> list[int]:
    """Where formulas and lines of code end that are the end of a sentence, too: the text behind begins a new one.

    They have text over and under them on one page, and are short; a table with a caption is none.
    """
    found = []
    for over, display, under in zip(document.layout, document.layout[1:], document.layout[2:], strict=False):
        if (over.kind, display.kind, under.kind) != ("body", "table", "body"):
            continue
        text = document.raw[display.start : display.end]
        page = bisect_right(document.page_starts, over.start)
        is_display = text.count("\n") < _DISPLAY_LINES and page == bisect_right(document.page_starts, under.start)
        open_ended = not ends_sentence(document.raw[over.start : over.end])
        if is_display and open_ended and _NEW_SENTENCE.match(document.raw, under.start):
            found.append(display.end)
    return found


def _only(kind: str, layout: Sequence[Region], raw: Readable, shop: _Workshop) -> list[TextBlock]:
    """The regions of one kind as one block, since a sentence may run from one into the next."""
    wanted = [region for region in layout if region.kind == kind]
    if not wanted:
        return []
    start, end = wanted[0].start, wanted[-1].end
    others = [region for region in layout if start <= region.start < end and region.kind != kind]
    edits = [Edit(region.start - start, region.end - start, "skip") for region in others]
    return [TextBlock(kind, shop.apply(raw.slice(start, end), {follow_layout.__name__: edits})[0])]


def _join(readable: Readable, words: Mapping[str, int], shop: _Workshop, one_paragraph: bool = False) -> Readable:
    """One line a paragraph, with a blank line between two, in plain characters; `one_paragraph` if it is no more."""
    text = readable.text
    lines = join_lines(text)
    if one_paragraph:
        lines = [replace(edit, replacement=" ") if "\n" in edit.replacement else edit for edit in lines]
    joins = {join_lines.__name__: lines, join_hyphens.__name__: join_hyphens(text, words)}
    readable, _ = shop.apply(readable, joins)
    for fixer in _OF_CHARACTERS:
        readable, _ = shop.fix(readable, fixer)
    return readable


def _paragraphs(readable: Readable) -> list[Readable]:
    """The text between paragraph breaks, without white space at the edges."""
    return [readable.slice(m.start(), m.end()) for m in _PARAGRAPH.finditer(readable.text)]


def _row(raw: Readable, row: Row, words: Mapping[str, int], shop: _Workshop) -> list[TextBlock]:
    """A row of a table, read with its heads if it has such; otherwise as it stands."""
    if not row.parts and row.several:
        return [TextBlock("row", _join(raw.slice(row.start, row.end), words, shop, one_paragraph=True))]
    if not row.parts:
        joined = _join(raw.slice(row.start, row.end), words, shop)
        return [TextBlock("table", part) for part in _paragraphs(joined)]
    for edit in read_row(raw.text, row):
        shop.changes.append(Change(read_row.__name__, edit.kind, edit.start, edit.end, edit.replacement))
    return [TextBlock("row", _join(woven(raw, row.parts), words, shop, one_paragraph=True))]


def _classify(paragraph: Readable) -> TextBlock:
    return TextBlock("heading" if is_heading(paragraph.text) else "body", paragraph)
