"""An item is lines of one kind on one page; the typography is the type in which the whole paper is set."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.papers.conventions import CAPTION
from qa.papers.pdf.furniture import style_of
from qa.papers.pdf.layout import Block, Style
from qa.types import RegionKind

_MAIN_SHARE = 0.3
"""If more than this share of the characters is in the body's style, other sizes are meant to differ. A recognised scan,
which has a size for each line, has less."""
_SLACK = 0.6
"""Points. Where sizes are meant, body text differs from the body's size by no more than this."""
_SCAN_SLACK = 0.2
"""The same for a recognised scan, as a share of the body's size."""
_WIDTH_STEP = 5
"""Points. Widths of lines are rounded to this before the most frequent one is taken for the column's."""
_PARAGRAPH_LINES = 3
"""Only blocks with at least so many lines tell how wide a column is."""
_USUAL_COLUMN = 200.0
"""Points. The column's width in a paper without such blocks: a little less than half of the text on an A4 page."""
_PROSE_WORDS = 20
"""Text in the body's type with at least so many words is prose, however narrow it is."""
_PROSE_WIDTH = 0.7
"""Two lines are prose, however few their words, if one is wider than this share of the column."""
_PROSE_SMALL = 0.35
"""More than this share of the words of prose begin with a small letter. Names and addresses have fewer."""

LICENCE = re.compile(
    r"creative\s?commons|(?:©|\(c\)|copyright:?)\s*(?:©\s*)?(?:(?:19|20)\d\d|the authors?|by\b)"
    r"|\ball rights reserved|\bthis article is (?:published|distributed)|^open access\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typography:
    """The type of a paper's body text: its style, by how many points a size may differ from it, a column's width."""

    body: Style
    slack: float
    column: float

    def is_body(self, style: Style) -> bool:
        """Whether a style is that of the body text."""
        return style.face == self.body.face and self.is_body_size(style.size)

    def is_body_size(self, size: float) -> bool:
        """Whether a size is that of the body text."""
        return abs(size - self.body.size) <= self.slack


@dataclass(slots=True)
class Item:
    """Lines of one kind on one page (pages counted from 0)."""

    page: int
    block: Block
    kind: RegionKind = "body"
    style: Style = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.style = style_of(self.block.lines)
        self.text = unicodedata.normalize("NFKC", " ".join(line.text for line in self.block.lines))

    @property
    def filled(self) -> bool:
        """Whether it has the values of form fields."""
        return any(run.filled for line in self.block.lines for run in line.runs)

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def typography_of(pages: Sequence[Sequence[Block]], body: Style) -> Typography:
    """The typography of a paper with that body style, from the blocks of its pages."""
    blocks = [block for page in pages for block in page]
    lines = [line for block in blocks for line in block.lines]
    share = sum(len(line.text) for line in lines if line.style == body) / sum(len(line.text) for line in lines)
    slack = _SLACK if share > _MAIN_SHARE else _SCAN_SLACK * body.size
    typography = Typography(body, slack, _USUAL_COLUMN)
    widths = Counter(
        round(line.width / _WIDTH_STEP) * _WIDTH_STEP
        for block in blocks
        if len(block.lines) >= _PARAGRAPH_LINES
        for line in block.lines
        if typography.is_body(line.style)
    )
    return Typography(body, slack, float(widths.most_common(1)[0][0])) if widths else typography


def is_prose(item: Item, typography: Typography) -> bool:
    """Whether an item is body text beyond doubt: in the body's style, and long or a column wide."""
    lines = item.block.lines
    return (
        item.kind == "body"
        and typography.is_body(item.style)
        and small_share(item.text) > _PROSE_SMALL
        and (
            item.words >= _PROSE_WORDS
            or (len(lines) >= 2 and max(line.width for line in lines) > _PROSE_WIDTH * typography.column)
        )
    )


def small_share(text: str) -> float:
    """Share of a text's words that begin with a small letter."""
    words = [word for word in text.split() if word[0].isalpha()]
    return sum(word[0].islower() for word in words) / max(1, len(words))


def opens_caption(text: str) -> bool:
    """Whether a text begins with the label of a figure, table or box.

    >>> opens_caption("Fig. 2 A seal"), opens_caption("Figures are drawn")
    (True, False)
    """
    return bool(CAPTION.match(text))


def is_caption(block: Block, typography: Typography) -> bool:
    """Whether a block begins with a caption's label, and is set or worded as a caption and not as a sentence."""
    first = block.lines[0]
    match = CAPTION.match(first.text)
    if match is None:
        return False
    if len(block.lines) > 1 and match.end() == len(first.text) and not match["stop"]:
        return True  # a label on a line of its own, and no end of a sentence
    label = first.runs[0]
    rest = first.text[match.end() :].lstrip()
    if not typography.is_body(style_of(block.lines)):
        return not rest or bool(match["stop"]) or not rest[0].islower() or label.face.bold
    ends_label = match["stop"] == ":" or (bool(match["stop"]) and not rest[:1].islower())
    return label.face != typography.body.face or ends_label
