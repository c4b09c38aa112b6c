"""Raw text becomes readable text with a map back: named fixers propose edits, one function applies them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qa.repair import fixers
from qa.repair.edits import Block, Edit, Readable, apply
from qa.repair.lines import is_heading
from qa.repair.words import words_within_lines
from qa.types import Document

__all__ = ["Block", "Edit", "Readable", "Repaired", "apply", "repair"]

_PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*(?:\n\n|\Z))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Blocks in reading order: the running text, cut into paragraphs and headings, then what was lifted out."""

    blocks: tuple[Block, ...]


def repair(document: Document) -> Repaired:
    """Read a document's raw text as a person would have typed it.

    Whole lines are dealt with first (heads, captions, columns), then the breaks between those that remain.
    """
    paged = bool(document.page_starts)
    body = Readable.of(document.raw)
    lifted: list[Block] = []
    for propose in (
        lambda text: fixers.drop_running_heads(text, document.page_starts),
        lambda text: fixers.lift_captions(text, paged),
        fixers.lift_dense_blocks,
        fixers.restore_columns,
    ):
        body, blocks = apply(body, propose(body.text))
        lifted += blocks
    words = words_within_lines(document.raw)
    paragraphs = [_classify(part) for part in _paragraphs(_join(body, words))]
    return Repaired(
        (
            *paragraphs,
            *(Block(block.kind, part) for block in lifted for part in _paragraphs(_join(block.readable, words))),
        )
    )


def _join(readable: Readable, words: Mapping[str, int]) -> Readable:
    for propose in (
        lambda text: fixers.join_lines(text, words),
        fixers.plain_characters,
        fixers.squeeze_blanks,
        fixers.part_references,
    ):
        readable, _ = apply(readable, propose(readable.text))
    return readable


def _paragraphs(readable: Readable) -> list[Readable]:
    """The text between paragraph breaks, without blank edges."""
    return [readable.slice(m.start(), m.end()) for m in _PARAGRAPH.finditer(readable.text)]


def _classify(paragraph: Readable) -> Block:
    return Block("heading" if is_heading(paragraph.text) else "body", paragraph)
