"""What each block is: title, abstract, heading, body, caption, table, reference, …

The signs are those of typesetting (style, place, repetition) and the customary labels of papers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from qa.papers.conventions import CAPTION, CLAUSE_END, REFERENCES, TABLE_LABEL
from qa.papers.pdf.front import name_front, name_title
from qa.papers.pdf.items import Item, Typography, is_prose, typography_of
from qa.papers.pdf.layout import Block, Style
from qa.papers.pdf.matter import STRAY_WORDS, is_front_matter, is_licence, is_life, left_out_kind
from qa.papers.pdf.split import ENTRY, split
from qa.types import RegionKind

_LARGER = 0.4
"""Points. A heading that is larger by more than this than that of the reference list ends the list."""
_SENTENCE_WORDS = 4
"""A sentence has at least so many words. At 5 a statement in PMC4521097 becomes a table."""

# Addresses

_ADDRESSES = 3
"""A list of addresses has at least so many institutions or e-mail addresses."""
_WORDS_AN_ADDRESS = 25
"""A list of addresses has at most so many words for each of them."""
_PLAIN_WORDS = 0.4
"""Less than this share of the words in a list of addresses begins with a small letter. In trialsjournal_16_1_50 the
affiliations become body text at 0.27, and the lives of the authors become addresses at 0.6."""

# Tables

_FIGURES = 3
"""A row of figures has at least so many words."""
_FIGURES_SHARE = 0.75
"""More than this share of the words in a row of figures are numbers or signs. At 1 and more a column of figures becomes
text (`test_a_column_of_figures_…`)."""
_COLUMN_WIDTH = 0.45
"""A table's column takes less than this share of the text's column."""
_COLUMN_LINES = 3
"""A table's column has at least so many lines."""
_COLUMN_WORDS = 4
"""A table's column has fewer words than this a line."""

# Text

_OTHER_FACE_WORDS = 15
"""Text of the body's size in another face, or a sentence in smaller type, is body text from so many words on. At 22 the
funders' statement in 3-190 becomes a table."""
_BODY_WORDS = 6
"""In the body's type an item of at least so many words is text even if no sentence ends with it."""
_AFTER_WORDS = 12
"""After the last prose, where acknowledgements stand, other type is text from so many words on. At 8 a line of the
authors' statement in PMC4521097 changes."""
_NOTE_SIZE = 0.78
"""A sentence below this share of the body's size is a footnote, if its lines are few."""
_NOTE_LINES = 6
"""A footnote without a mark has at most so many lines."""
_NOTE_WORDS = 8
"""A footnote that ends without a full stop has at least so many words. Set by hand, 2026-11-27."""
_CAPTION_WORDS = 25
"""A sentence in other type, without a label, belongs to a caption if it has at least so many words."""

# What stands around a caption

_TOUCHING = 1.0
"""Points. A table may reach into the text under it by this."""
_UNDER = 2.0
"""Points. A table may reach into its caption by this."""
_BESIDE_WORDS = 8
"""Text beside a figure's caption, in its style, belongs to it if it has at least so many words."""
_LAST_LINE = 0.35
"""Ems. A caption's last line that a table's column cut off stands less than this from the line above."""
_LAST_LINE_EDGE = 2.0
"""Points. Its left edge differs from the caption's by less than this."""
_FULL_LINE = 3
"""Ems. The line above it ends less than this before the caption's right edge."""

# References

_ENTRY_ITEMS = 3
"""The first entry of a list is within so many items from its heading. Set by hand, 2026-11-27."""
_FEWEST_ENTRIES = 5
"""A list without a heading has at least so many entries; fewer may be steps or findings. Set by hand, 2026-11-27."""
_DATED = 0.6
"""At least this share of its entries have a year. Set by hand, 2026-11-27."""
_ENTRY_NUMBER = re.compile(r"^[\[(](\d{1,3})[\])]\s")
_FIRST_ENTRY = re.compile(r"^[\[(]?1[\]).]*\s+\S")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_FOREIGN = re.compile(
    r"\b(?:referees?|reviewers?|peer review|decision letter|author response|response to the editor|submit your"
    r"|about the authors?|advertise\w*)\b",
    re.IGNORECASE,
)
"""Headings, behind the references, of what is no part of the paper."""
_APPENDIX = re.compile(
    r"^(?:appendi(?:x|ces)|annex|supplement\w*|supporting|additional|tables?|figures?)\b", re.IGNORECASE
)
_RECEIVED = re.compile(r"\breceived:?\s+\d.*\baccepted:?\s+\d", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"\b(?:universit|department|institut|hospital|faculty|school|college)|\S@\S+\.\S", re.IGNORECASE)
_STATEMENT = re.compile(
    r"^(?:conflicts? of interest|competing interests?|disclosures?|copyright|received|publisher.s note|citation"
    r"|how to cite|open access|supplementary|supporting|additional|authors?.{0,3} contributions?"
    r"|acknowledge?ments?|funding|appendix)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•●▪■◦○–—*·-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_MID_SENTENCE = re.compile(r"^[a-z]{2,}\s")
_ENDS_TEXT = re.compile(r"[.:;]\Z")
_FOOTNOTE = re.compile(r"^(?:[*∗†‡§¶#]|\[?\d{1,2}\]?\s?[A-Z]|\[[a-h]\])")
_NUMBERED_NOTE = re.compile(r"^\d{1,2}[^\W\d_]{2,}\S*\s[a-z]")
"""A footnote that begins with a small letter, its number painted on it: what has no sentence's end may be one."""
_LINK_NOTE = re.compile(r"^(?:[*∗†‡§¶#]|\d{1,2})?\s?(?:https?://|www\.)\S+$")
"""A line of a footnote that is only an address of the web."""


def items_of(pages: Sequence[Sequence[Block]], body: Style, title: str) -> list[Item]:
    """The items of a paper, each with its kind.

    `pages` are the blocks of each page in reading order; `title` as the file's metadata have it, or "".
    """
    typography = typography_of(pages, body)
    items = split(pages, typography, title)
    if not items:
        return items
    name_title(items)
    start = name_front(items, typography)
    last = max((i for i, item in enumerate(items) if is_prose(item, typography)), default=0)
    _name_references(items[start:])
    for i, item in enumerate(items[start:], start):
        if item.kind == "body":
            front = item.page == items[start].page and i < last
            item.kind = _kind(item, typography, after_body=i > last, front=front)
    _name_neighbours(items, typography)
    _name_turned_captions(items)
    _drop_false_headings(items[start:])
    filled = [item for item in items if item.filled]
    if len(filled) == 1 and len(filled[0].block.lines) == 1:
        filled[0].kind = "body"  # a single field is a line of the text, several are a table
    return items


def _drop_false_headings(items: Sequence[Item]) -> None:
    """What looks like a heading but has no text under it is part of a table or figure, or heads a box.

    At the end of a page a label of a figure looks so: where the next page goes on in the middle of a sentence.
    """
    following: RegionKind = "table"
    behind: Item | None = None
    for item in reversed(items):
        if item.kind == "heading" and following in ("table", "caption"):
            item.kind = following
        elif item.kind == "heading" and behind and behind.page > item.page and _MID_SENTENCE.match(behind.text):
            item.kind = "table"
        elif item.kind not in ("heading", "head", "footnote"):
            following = following if CAPTION.match(item.text) else item.kind
            behind = behind if item.kind in ("table", "caption") else item


def _name_references(items: Sequence[Item]) -> None:
    """Name the list from its heading to the next heading of its rank, or to a statement of the authors.

    What follows it is the paper's own (appendices, statements) but for reports of referees and advertisements.
    """
    inside: Style | None = None
    past = is_foreign = False
    for i, item in enumerate(items):
        if item.kind in ("heading", "body") and REFERENCES.match(item.text) and _opens_list(items[i + 1 :]):
            item.kind, inside, past, is_foreign = "heading", item.style, True, False
        elif inside is not None and not _ends_list(item, inside):
            if item.kind in ("heading", "body"):
                item.kind = "reference"
            continue
        else:
            inside = None
        if past and item.kind == "heading" and not REFERENCES.match(item.text):
            is_foreign = bool(_FOREIGN.search(item.text)) or (is_foreign and not _APPENDIX.match(item.text))
        if is_foreign and item.kind in ("heading", "body"):
            item.kind = left_out_kind(item)
        elif past and item.kind == "body" and is_life(item):
            item.kind = "authors"
    if not past:
        _name_bare_list(items)


def _opens_list(following: Sequence[Item]) -> bool:
    """Whether a list of references follows its heading, and no section about references or table of contents."""
    text = " ".join(item.text for item in following[:_ENTRY_ITEMS])
    return not following or bool(ENTRY.match(text) or _FIRST_ENTRY.match(text))


def _name_bare_list(items: Sequence[Item]) -> None:
    """Name a list without a heading: entries that count from one at the beginning of their lines, most with a year."""
    entries: list[tuple[int, str]] = []
    for i, item in enumerate(items):
        for line in item.block.lines if item.kind in ("body", "table", "footnote", "heading") else ():
            number = _ENTRY_NUMBER.match(line.text)
            if number and int(number[1]) == len(entries) + 1:
                entries.append((i, line.text))
            elif number and int(number[1]) == 1:
                entries = [(i, line.text)]
            elif entries:
                entries[-1] = (entries[-1][0], f"{entries[-1][1]} {line.text}")
    dated = sum(bool(_YEAR.search(text)) for _, text in entries)
    if len(entries) >= _FEWEST_ENTRIES and dated >= _DATED * len(entries):
        for item in items[entries[0][0] : entries[-1][0] + 1]:
            item.kind = "reference" if item.kind in ("body", "table", "footnote", "heading") else item.kind


def _ends_list(item: Item, heading: Style) -> bool:
    """Whether an item is no longer of the list under a heading of that style."""
    if item.kind == "heading":
        larger = item.style.size > heading.size + _LARGER
        return larger or item.style == heading or bool(_STATEMENT.match(item.text))
    return item.kind == "body" and bool(_STATEMENT.match(item.text))


def _kind(item: Item, typography: Typography, after_body: bool, front: bool) -> RegionKind:
    """The kind of an item of the paper itself that is no heading, caption or reference."""
    body = typography.body
    in_body_face = item.style.face == body.face
    sentence = bool(CLAUSE_END.search(item.text)) and item.words >= _SENTENCE_WORDS
    if _is_numbers(item.text) or not any(c.isalnum() for c in item.text):
        return "table"
    if (front or after_body) and (_RECEIVED.search(item.text) or _addresses(item.text)):
        return "authors"
    if is_licence(item):
        return "authors"
    if typography.is_body_size(item.style.size) and (in_body_face or item.words >= _OTHER_FACE_WORDS):
        is_text = item.words >= _BODY_WORDS or sentence or _ENDS_TEXT.search(item.text) or _BULLET.match(item.text)
        return "body" if is_text and not _is_column(item, typography) else "table"
    if front and (is_front_matter(item) or item.words <= STRAY_WORDS):
        return "authors"
    if after_body:
        return "body" if item.words >= _AFTER_WORDS or sentence else "table"
    if item.style.size < body.size - typography.slack and (
        (_FOOTNOTE.match(item.text) and sentence) or _is_unstopped_note(item)
    ):
        return "footnote"
    if sentence and item.words >= _OTHER_FACE_WORDS and in_body_face:
        small = item.style.size < _NOTE_SIZE * body.size and len(item.block.lines) <= _NOTE_LINES
        return "footnote" if small else "body"
    return "caption" if sentence and item.words >= _CAPTION_WORDS else "table"


def _is_unstopped_note(item: Item) -> bool:
    """Whether small type is a footnote without a full stop: a number glued to a sentence, or addresses of the web."""
    if _NUMBERED_NOTE.match(item.text) and item.words >= _NOTE_WORDS:
        return True
    return all(_LINK_NOTE.match(line.text) for line in item.block.lines)


def _is_column(item: Item, typography: Typography) -> bool:
    """Whether an item in the body's type looks like a table's column: lines of a few words, all short."""
    lines = item.block.lines
    narrow = max(line.width for line in lines) < _COLUMN_WIDTH * typography.column
    few_words = len(lines) >= _COLUMN_LINES and item.words < _COLUMN_WORDS * len(lines)
    return few_words and narrow and not item.text.endswith(".") and not _BULLET.match(item.text)


def _name_neighbours(items: Sequence[Item], typography: Typography) -> None:
    """Give text beside a caption, in the caption's style, to the caption; what is under a table's to the table."""
    by_page: dict[int, list[Item]] = {}
    for item in items:
        by_page.setdefault(item.page, []).append(item)
    for page in by_page.values():
        for caption in [item for item in page if item.kind == "caption" and CAPTION.match(item.text)]:
            _name_around(caption, page, typography)


def _name_turned_captions(items: Sequence[Item]) -> None:
    """Name the rest of a caption that runs over the page: it ends no sentence, the text before it does."""
    text: Item | None = None
    for before, item in pairwise(items):
        text = before if before.kind == "body" else text
        turned = before.kind == "caption" and item.kind == "body" and item.page == before.page + 1
        cut = turned and not CLAUSE_END.search(before.text) and _MID_SENTENCE.match(item.text)
        if cut and (text is None or CLAUSE_END.search(text.text)):
            item.kind = "caption"


def _name_around(caption: Item, page: Sequence[Item], typography: Typography) -> None:
    is_table = bool(TABLE_LABEL.match(caption.text))
    floor = max(
        (
            i.block.top
            for i in page
            if i.block.top < caption.block.bottom and is_prose(i, typography) and _over(i, caption)
        ),
        default=0.0,
    )
    for item in page:
        block = item.block
        if (
            item is caption
            or typography.is_body(item.style)
            or block.table
            or item.kind not in ("body", "footnote", "caption", "table")
        ):
            continue
        if CAPTION.match(item.text) and item.kind == "caption":
            continue
        beside = min(block.top, caption.block.top) - max(block.bottom, caption.block.bottom) > 0
        below = floor - _TOUCHING <= block.bottom and block.top <= caption.block.bottom + _UNDER
        if _continues_caption(item, caption):
            item.kind = "caption"
        elif is_table and below and _over(item, caption):
            item.kind = "table"
        elif not is_table and beside and item.style == caption.style and item.words >= _BESIDE_WORDS:
            item.kind = "caption"


def _addresses(text: str) -> bool:
    """Whether a text is a list of institutions rather than sentences about them."""
    words = text.split()
    plain = sum(word[0].islower() for word in words)
    addresses = len(_ADDRESS.findall(text))
    return addresses >= max(_ADDRESSES, len(words) / _WORDS_AN_ADDRESS) and plain < _PLAIN_WORDS * len(words)


def _is_numbers(text: str) -> bool:
    """Whether most words of a text are numbers or signs."""
    words = text.split()
    figures = sum(not re.search(r"[^\W\d_]{2}", word) for word in words)
    return len(words) >= _FIGURES and figures > _FIGURES_SHARE * len(words)


def _continues_caption(item: Item, caption: Item) -> bool:
    """Whether an item is the last line of a caption, which a column of the table under it cut off."""
    gap = caption.block.bottom - item.block.top
    near = abs(gap) < _LAST_LINE * item.style.size and abs(item.block.x0 - caption.block.x0) < _LAST_LINE_EDGE
    full = caption.block.lines[-1].x1 > caption.block.x1 - _FULL_LINE * item.style.size
    return near and full and item.style == caption.style and len(item.block.lines) == 1


def _over(a: Item, b: Item) -> bool:
    return min(a.block.x1, b.block.x1) > max(a.block.x0, b.block.x0)
