"""Blocks that hold two things become two items: a heading and its text, a caption and the text under it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from qa.papers.conventions import ABSTRACT, ARTICLE_TYPE, CLAUSE_END, REFERENCES, STARTS_WITH_KEYWORDS
from qa.papers.pdf.furniture import style_of
from qa.papers.pdf.items import LICENCE, Item, Typography, is_caption
from qa.papers.pdf.layout import Block, Line, Style
from qa.papers.pdf.matter import is_front_matter, is_text, left_out_kind
from qa.papers.pdf.titles import by_weight, title_blocks

FRONT_PAGES = 2
"""The front matter is on the first pages, so many at most. At 1 the lives of the authors on the second page of
fpsyg-05-01582 become a table."""

# Paragraphs and captions

_INDENT = 0.6
"""Ems. A paragraph's first line is indented by more than this. At 0.9 paragraphs of both Trials papers run together."""
_MOST_INDENT = 4
"""Ems. It is indented by less than this. A line further in is centred, or a formula."""
_SHORT = 1.5
"""Ems. A line that ends more than this before the block's right edge is short, so it can end a paragraph or heading. At
2.25 the head of a table's column in 3-190 runs into the column."""
_CAPTION_STEP = 1.12
"""A step between lines more than this many times the caption's least ends a caption in the body's type. At 1.68 it
swallows the text (`test_a_caption_in_the_bodys_type_…`)."""

# Headings

_WHOLE = 0.9
"""A line is set in a face if at least this share of its characters is. At 0.6 lines with a journal in italics break the
reference lists of three of the six papers."""
_WHOLE_BOLD = 0.95
"""A line also counts as bold if at least this share of its characters is."""
_SMALLER = 0.85
"""Type below this share of the body's size stands out only if it is bold or the next line has another face. At 0.57 the
dates of the Trials papers become headings, at 1.28 some of their headings are lost."""
_LARGER = 0.08
"""Type stands out if it is larger than the body by more than this share of the body's size, and by more than the
slack."""
_HEADING_LINES = 4
"""A heading has at most so many lines."""
_LONGEST_HEADING = 160
"""A heading has at most so many characters. At 107 and at 240 only the referees' reports in 3-190 change."""
_LONGEST_STOPPED = 60
"""A heading that ends with a full stop and is not bold has at most so many characters. At 90 sentences of the referees'
reports in 3-190 become headings."""
_LETTERS = 0.6
"""At least this share of a heading's characters are letters, which keeps out formulas and rows of tables. At 0.9
headings with a number are lost (`Interview at 21 days`)."""
_CAPITALS = 6
"""A heading in capitals has at least so many letters. Fewer are an abbreviation."""
_LONGEST_CAPITALS = 5
"""The longest word of a heading in capitals has at least so many letters."""
_CAPITAL_WORDS = 12
"""A heading in capitals has at most so many words."""
_ENTRY_LINES = 6
"""An entry of a reference list names its year within so many lines."""

_FIXED_PITCH = re.compile(
    r"courier|mono(?!type)|nimbusmon|typewriter|consola|menlo|cursor|letter ?gothic|txtt"
    r"|(?<![a-z])(?:cm|ec|sf|la|tc)(?:it|sl|v|bx)?tt\d",
    re.IGNORECASE,
)
"""Names of faces whose letters are all of one width: what is set in them is code or what a program printed."""
_NAMED = re.compile(rf"{REFERENCES.pattern}|{ABSTRACT.pattern}$")
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+[A-Z]")
ENTRY = re.compile(r"^(?:[\[(]?\d{1,3}[\]).]*\s+)?[^\W\d_a-z][\w’'-]+,?\s.{0,400}?\b(?:1[89]|20)\d\d\b")
"""An entry of a reference list: a number or a name first, a year soon; for `match`."""


def split(pages: Sequence[Sequence[Block]], typography: Typography, title: str) -> list[Item]:
    """The items of a paper from the blocks of its pages in reading order; `title` as its metadata have it, or "".

    Items that their wording or type makes certain have their kind; all others are `body` until they are named.
    """
    found = title_blocks(pages, typography.body, title)
    heading = Block([line for block in found for line in block.lines]) if found else None
    items: list[Item] = []
    for number, page in enumerate(pages):
        for block in page:
            if heading is not None and block is found[0]:
                items += _title_items(number, heading, typography)
            elif not any(block is other for other in found[1:]):
                items += _split(number, block, typography)
    return items


def _title_items(page: int, block: Block, typography: Typography) -> list[Item]:
    """The title without the kind of article over it, without the authors under it, and without what else follows."""
    lines = block.lines
    first = next((i for i, line in enumerate(lines) if not ARTICLE_TYPE.match(line.text)), 0)
    last = next((i for i in range(first + 1, len(lines)) if ABSTRACT.fullmatch(lines[i].text)), len(lines))
    title, *others = (Item(page, part) for part in by_weight(Block(lines[first:last])))
    title.kind = "title"
    over = [Item(page, Block(lines[:first]))] if first else []
    for item in (*over, *others):
        item.kind = "authors"
    return [*over, title, *others, *(_split(page, Block(lines[last:]), typography) if last < len(lines) else [])]


def _split(page: int, block: Block, typography: Typography) -> list[Item]:
    """A table or a caption as a whole; anything else in headings and paragraphs."""
    if block.table:
        return [Item(page, block, "table")]
    if is_caption(block, typography):
        return _caption_and_rest(page, block, typography)
    if block.aside:
        return [_note(Item(page, block), page < FRONT_PAGES)]
    items: list[Item] = []
    lines = block.lines
    i = start = 0
    while i < len(lines):
        after_heading = i == start and bool(items) and items[-1].kind == "heading"
        if i > start and page < FRONT_PAGES and _opens_front(lines, i):
            items.append(Item(page, Block(lines[start:i])))
            start = i
        end = _heading_end(block, i, typography, after_heading)
        if end > i:
            if i > start:
                items.append(Item(page, Block(lines[start:i])))
            items.append(Item(page, Block(lines[i:end]), "heading"))
            i = start = end
        elif i > start and _begins_paragraph(lines, i):
            items.append(Item(page, Block(lines[start:i])))
            start = i
            i += 1
        else:
            i += 1
    if start < len(lines):
        items.append(Item(page, Block(lines[start:])))
    return items


def _note(item: Item, front: bool) -> Item:
    """A note in the margin: a footnote if it is text, else front matter or, further on, a table."""
    if is_text(item) and not is_front_matter(item):
        item.kind = "footnote"
    else:
        item.kind = left_out_kind(item) if front else "table"
    return item


def _caption_and_rest(page: int, block: Block, typography: Typography) -> list[Item]:
    """A caption in the body's own type ends at a larger step or an indent; what follows is split anew."""
    lines = block.lines
    steps = [above.y - line.y for above, line in pairwise(lines)]
    if not typography.is_body(style_of(lines)) or len(steps) < 2:
        return [Item(page, block, "caption")]
    wide = _CAPTION_STEP * min(steps)
    ends = (
        i
        for i, step in enumerate(steps, 1)
        if (i > 1 and step > wide) or _begins_paragraph(lines, i, ended=_is_short(lines[i - 1], block))
    )
    cut = next(ends, len(lines))
    rest = _split(page, Block(lines[cut:]), typography) if cut < len(lines) else []
    return [Item(page, Block(lines[:cut]), "caption"), *rest]


def _heading_end(block: Block, first: int, typography: Typography, after_heading: bool) -> int:
    """Number of the line after the heading that begins with a line, or that line's own number."""
    lines = block.lines
    if (
        first
        and not after_heading
        and not (_is_short(lines[first - 1], block) or CLAUSE_END.search(lines[first - 1].text))
    ):
        return first
    style = lines[first].style
    if first and _alike(lines[first - 1].style, style) and not (after_heading or _NAMED.match(lines[first].text)):
        return first
    if REFERENCES.match(lines[first].text) and _is_entry(lines[first + 1 :]):
        return first + 1
    following = lines[first + 1] if first + 1 < len(lines) else None
    if not _stands_out(lines[first], following, typography):
        return first
    last = end = first + 1
    while last < len(lines) and _alike(lines[last].style, style) and _stands_out(lines[last], None, typography):
        last += 1
    while end < last and not (
        _NAMED.match(lines[end].text) or _NAMED.match(lines[end - 1].text) or _NUMBERED.match(lines[end].text)
    ):
        end += 1
    return end if last - first <= _HEADING_LINES and _reads_as_heading(block, first, end) else first


def _stands_out(line: Line, following: Line | None, typography: Typography) -> bool:
    """Whether a whole line is set in another face than the body's, or larger.

    Smaller than the body's type it stands out if it is bold or the line that follows has another face.
    """
    face, body = line.style.face, typography.body
    if _FIXED_PITCH.search(face.name) and not _FIXED_PITCH.search(body.face.name):
        return False
    if _in_capitals(line.text) and typography.is_body(line.style):
        return following is None or not _in_capitals(following.text)
    whole = sum(len(run.text) for run in line.runs if run.face == face)
    if whole < _WHOLE * sum(len(run.text) for run in line.runs) and line.bold < _WHOLE_BOLD:
        return False
    if line.size < _SMALLER * body.size:
        return face.bold or (following is not None and following.style.face != face != body.face)
    return face != body.face or line.size > body.size + max(typography.slack, _LARGER * body.size)


def _is_entry(lines: Sequence[Line]) -> bool:
    """Whether lines begin with an entry of a reference list: a number or a name first, a year soon."""
    text = " ".join(line.text for line in lines[:_ENTRY_LINES])
    return bool(ENTRY.match(text))


def _opens_front(lines: Sequence[Line], i: int) -> bool:
    """Whether a line within a block opens the abstract or the keywords: by its label, set off from what follows."""
    line = lines[i]
    keywords = STARTS_WITH_KEYWORDS.match(line.text)
    label = keywords or ABSTRACT.match(line.text)
    if label is None or not (CLAUSE_END.search(lines[i - 1].text) or lines[i - 1].text[-1:].isalpha()):
        return False
    stop = line.text[label.end() :].lstrip()[:1] if keywords else label[0].rstrip()[-1:]
    return stop in (":", ".", "—", "–", "|") or line.runs[0].face != line.runs[-1].face


def _begins_paragraph(lines: Sequence[Line], i: int, ended: bool = False) -> bool:
    """Whether a line is indented under the end of a sentence; `ended` if something else shows that end."""
    line, before = lines[i], lines[i - 1]
    indent = line.x0 - before.x0
    if not _INDENT * line.size < indent < _MOST_INDENT * line.size or not (ended or CLAUSE_END.search(before.text)):
        return False
    return i + 1 == len(lines) or lines[i + 1].x0 < line.x0 - _INDENT * line.size


def _reads_as_heading(block: Block, first: int, end: int) -> bool:
    """Whether lines that stand out by their type are worded and set like a heading."""
    lines = block.lines
    text = " ".join(line.text for line in lines[first:end])
    numbered = bool(_NUMBERED.match(text))
    if len(text) > _LONGEST_HEADING or not _wordy(text) or text[0].islower():
        return False
    unfinished = (",", ";", "?") if numbered else (",", ";")
    if text.endswith(unfinished) or LICENCE.search(text) or STARTS_WITH_KEYWORDS.match(text):
        return False
    if end < len(lines):
        return _is_short(lines[end - 1], block) or lines[end].text[:1].isupper()
    return not (text.endswith(".") and not lines[first].style.face.bold and len(text) > _LONGEST_STOPPED)


def _in_capitals(text: str) -> bool:
    """Whether a text is words in capitals, and no mere abbreviation."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    if text.upper() != text or sum(map(len, words)) < _CAPITALS:
        return False
    return max(map(len, words)) >= _LONGEST_CAPITALS and len(words) <= _CAPITAL_WORDS


def _alike(a: Style, b: Style) -> bool:
    """Whether two lines can be of one heading: italics within it are allowed."""
    return a.size == b.size and (a.face == b.face or (a.face.bold and b.face.bold))


def _wordy(text: str) -> bool:
    """Whether a text is words rather than a formula or figures; section numbers do not count."""
    words = re.sub(r"^[\dIVX.]+\s+", "", text)
    signs = [c for c in words if not c.isspace()]
    return (
        bool(re.search(r"[^\W\d_]{3}", words))
        and sum(c.isalpha() for c in signs) >= _LETTERS * len(signs)
        and "=" not in text
    )


def _is_short(line: Line, block: Block) -> bool:
    return line.x1 < block.x1 - _SHORT * line.size
