"""Raw text becomes readable text with a map back: named fixers propose edits, one function applies them.

edits       Edits, and the one function that applies them and builds text and map together
lines       What a line looks like: heading, page number, end of a sentence
hyphens     Whether a hyphen at a line's end belongs to the word
references  Superscript references that were glued to the word before them
fixers      The named fixers: each proposes edits and changes nothing
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.papers.repair import fixers
from qa.papers.repair.edits import Block, Edit, EditKind, Readable, apply
from qa.papers.repair.hyphens import words_within_lines
from qa.papers.repair.lines import is_heading
from qa.papers.repair.references import part_references
from qa.types import Document, Region

__all__ = ["Block", "Change", "Edit", "Readable", "Repaired", "apply", "repair"]

_UNREAD = frozenset({"title", "authors"})
"""Kinds of front matter that are no sentences of the paper."""
_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n\n|\Z))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """An edit that was made: by which fixer, to which characters of the raw text, and what stands there now.

    `kind` and `replacement` are those of `Edit`.
    """

    name: str
    kind: EditKind
    start: int
    end: int
    replacement: str


class _Workshop:
    """Applies edits and notes them."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def apply(self, readable: Readable, edits: Sequence[Edit]) -> tuple[Readable, list[Block]]:
        for edit in edits:
            rows = slice(edit.start, edit.end)
            start, end = int(readable.starts[rows].min()), int(readable.ends[rows].max())
            self.changes.append(Change(edit.name, edit.kind, start, end, edit.replacement))
        return apply(readable, edits)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Blocks in reading order: the running text, cut into paragraphs and headings, then what was lifted out.

    `title` is what the layout shows to be the title, "" if there is none. `changes` are all edits, as they were made.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    changes: tuple[Change, ...] = ()


def repair(document: Document) -> Repaired:
    """Read a document's raw text as a person would have typed it.

    Whole lines are dealt with first (heads, captions, columns), then the breaks between those that remain.
    """
    words = words_within_lines(document.raw)
    shop = _Workshop()
    running, lifted = _by_layout(document, shop) if document.layout else _by_lines(document, shop)
    blocks: list[Block] = []
    for block in running:
        joined = _join(block.readable, words, shop)
        if block.kind == "heading":
            blocks += [Block("heading", part) for part in _paragraphs(joined)]
        else:
            blocks += [_classify(part) for part in _paragraphs(joined)]
    titles = [_join(block.readable, words, shop).text.strip() for block in lifted if block.kind == "title"]
    for block in lifted:
        if block.kind not in _UNREAD:
            joined = _join(block.readable, words, shop)
            if block.kind == "abstract":
                joined, _ = shop.apply(joined, fixers.drop_own_citation(joined.text))
            blocks += [Block(block.kind, part) for part in _paragraphs(joined)]
    return Repaired(tuple(blocks), " ".join(titles), tuple(shop.changes))


def _by_lines(document: Document, shop: _Workshop) -> tuple[list[Block], list[Block]]:
    """The running text and what interrupts it, by what the lines look like."""
    body = Readable.of(document.raw)
    lifted: list[Block] = []
    for propose in (
        fixers.drop_running_heads,
        fixers.lift_captions,
        fixers.lift_dense_blocks,
        fixers.restore_columns,
    ):
        body, blocks = shop.apply(body, propose(body.text))
        lifted += blocks
    return [Block("body", body)], lifted


def _by_layout(document: Document, shop: _Workshop) -> tuple[list[Block], list[Block]]:
    """The running text between its headings, and what interrupts it, by the regions of the pages."""
    raw = Readable.of(document.raw)
    running: list[Block] = []
    lifted: list[Block] = []
    start = 0
    abstract = _only("abstract", document.layout, raw, shop)
    headings = [region for region in document.layout if region.kind == "heading"]
    for heading in [*headings, None]:
        end = heading.start if heading else len(document.raw)
        stretch = raw.slice(start, end)
        regions = [region for region in document.layout if start <= region.start < end]
        body, blocks = shop.apply(stretch, fixers.follow_layout(regions, start))
        running.append(Block("body", body))
        lifted += [block for block in blocks if block.kind != "abstract"]
        if heading:
            running.append(Block("heading", raw.slice(heading.start, heading.end)))
            start = heading.end
    return running, [*abstract, *lifted]


def _only(kind: str, layout: Sequence[Region], raw: Readable, shop: _Workshop) -> list[Block]:
    """The regions of one kind as one block, since a sentence may run from one into the next."""
    wanted = [region for region in layout if region.kind == kind]
    if not wanted:
        return []
    start, end = wanted[0].start, wanted[-1].end
    others = [region for region in layout if start <= region.start < end and region.kind != kind]
    edits = [Edit(region.start - start, region.end - start, "skip", "follow_layout") for region in others]
    return [Block(kind, shop.apply(raw.slice(start, end), edits)[0])]


def _join(readable: Readable, words: Mapping[str, int], shop: _Workshop) -> Readable:
    for propose in (
        lambda text: fixers.join_lines(text, words),
        fixers.plain_characters,
        fixers.squeeze_blanks,
        part_references,
    ):
        readable, _ = shop.apply(readable, propose(readable.text))
    return readable


def _paragraphs(readable: Readable) -> list[Readable]:
    """The text between paragraph breaks, without blank edges."""
    return [readable.slice(m.start(), m.end()) for m in _PARAGRAPH.finditer(readable.text)]


def _classify(paragraph: Readable) -> Block:
    return Block("heading" if is_heading(paragraph.text) else "body", paragraph)
