"""Which block of the first page is the paper's title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from qa.papers.conventions import ABSTRACT
from qa.papers.pdf.furniture import style_of
from qa.papers.pdf.items import Item
from qa.papers.pdf.layout import Block, Style, line_of
from qa.papers.pdf.matter import is_byline, is_cover, is_front_matter, is_text

_PAGES = 2
"""The title is looked for on this many pages, since a publisher's cover sheet may come first."""
_FEWEST_WORDS = 3
"""A title has at least so many words."""
_FEWEST_LETTERS = 12
"""A title has at least so many letters."""
_KNOWN = 15
"""A block is the title if it begins with so many letters of the title in the metadata. A shorter title there is
ignored (`untitled`)."""
_LARGER = 1.1
"""A title is more than this many times as large as the body. At 0.74 body text becomes the title; at 1.65 a title of 16
points over text of 10 is missed."""
_GAP = 0.7
"""Ems. There is less white than this between the blocks of one title, and more between title and authors. At 0.47 the
title of 3-190 is cut."""
_OVERLAP = 2.0
"""Points. The blocks of one title overlap by no more than this."""
_SAME_SIZE = 0.6
"""Points. The blocks of one title differ in size by less than this: sizes are rounded to halves."""
_LONGEST = 5
"""Lines of a title in the body's size at most. Set by hand, 2026-11-27."""
_BANNER = 60
"""Points. A journal's banner names its home page within this distance under the journal's name."""


_IMPRINT = re.compile(r"\bissn\b|\bdoi[.:]|https?://|\bwww\.|\bvol(?:ume|\.)\s*\d", re.IGNORECASE)
"""What a journal's own line says, and no title."""


def title_blocks(pages: Sequence[Sequence[Block]], body: Style, known: str) -> list[Block]:
    """The block or blocks of the first page in the largest type, or the one that the file's metadata call the title."""
    wanted = _letters(known)
    first, others = pages[0] if pages else [], list(pages[1:_PAGES])
    for page in [*others, first] if is_cover(first) else [first, *others]:
        found = [(block, " ".join(line.text for line in block.lines)) for block in page]
        found = [(block, text) for block, text in found if _can_be_title(text)]
        matching = [b for b, text in found if len(wanted) >= _KNOWN and _letters(text)[:_KNOWN] == wanted[:_KNOWN]]
        large = [b for b, text in found if _largest(b) > _LARGER * body.size and not _IMPRINT.search(text)]
        large = [b for b in large if not _names_journal(b, page)]
        large = [b for b in large if not is_byline(Item(0, b))] or large
        if matching or large:
            best = max(matching or large, key=lambda block: (round(_largest(block)), block.top))
            return [best, *_continuations(best, page)]
        if placed := _by_place(page, body):
            return [placed]
    return []


def _by_place(page: Sequence[Block], body: Style) -> Block | None:
    """The first block that stands out by its weight or capitals, above all text; None without one.

    It is larger than the body, or stands over the abstract's label.
    """
    over = list(takewhile(lambda item: not (ABSTRACT.match(item.text) or is_text(item)), map(_first_part, page)))
    has_abstract = len(over) < len(page) and ABSTRACT.match(Item(0, page[len(over)]).text)
    for block, item in zip(page, over, strict=False):
        stands_out = (item.style.face.bold and not body.face.bold) or item.text.isupper()
        is_large = item.style.size > body.size or (has_abstract and item.style.size == body.size)
        is_title = len(item.block.lines) <= _LONGEST and _can_be_title(item.text) and not is_front_matter(item)
        if stands_out and is_large and is_title:
            return block
    return None


def _first_part(block: Block) -> Item:
    return Item(0, by_weight(block)[0])


def _can_be_title(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS and len(_letters(text)) >= _FEWEST_LETTERS


def _continuations(title: Block, page: Sequence[Block]) -> list[Block]:
    """The blocks under a title that go on with it: the same size, and little white between."""
    found: list[Block] = []
    last = title
    for block in sorted(page, key=lambda block: -block.top):
        size = _largest(title)
        near = -_OVERLAP <= last.bottom - block.top < _GAP * size and block.top < last.top
        alike = abs(_largest(block) - size) < _SAME_SIZE and _overlap_of(block, last) > 0
        if near and alike and not (is_byline(Item(0, block)) or ABSTRACT.match(block.lines[0].text)):
            found.append(block)
            last = block
    return found


def _overlap_of(a: Block, b: Block) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _largest(block: Block) -> float:
    return style_of(block.lines).size


def _names_journal(block: Block, page: Sequence[Block]) -> bool:
    """Whether the block is a journal's banner: its home page is named in or right under it."""
    near = [other for other in page if block.bottom - _BANNER <= other.top <= block.top]
    return any(re.search(r"home\s?page|contents lists? available", line.text, re.I) for b in near for line in b.lines)


def by_weight(block: Block) -> list[Block]:
    """A bold title and the regular text that follows it, as two blocks; anything else as it is."""
    runs = [(number, run) for number, line in enumerate(block.lines) for run in line.runs]
    if not runs or not runs[0][1].face.bold:
        return [block]
    cut = next((i for i, (_, run) in enumerate(runs) if not run.face.bold), len(runs))
    if cut == len(runs) or any(run.face.bold for _, run in runs[cut:]):
        return [block]
    parts: list[Block] = []
    for half in (runs[:cut], runs[cut:]):
        numbers = sorted({number for number, _ in half})
        parts.append(Block([line_of([run for n, run in half if n == number]) for number in numbers]))
    return parts


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
