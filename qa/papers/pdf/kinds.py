"""What each block is: title, abstract, heading, body, caption, table, reference, …

The signs are those of typesetting (style, place, repetition) and the customary labels of papers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qa.papers.pdf.furniture import REFERENCES, style_of
from qa.papers.pdf.layout import Block, Line, Style
from qa.papers.pdf.titles import by_weight, title_blocks
from qa.types import RegionKind

_CAPTION = re.compile(
    r"^(?:(?:supplement(?:ary|al)|additional|extended data|online|box)\s+)?"
    r"(?P<label>fig(?:ure|\.)?|table|tab\.|scheme|box|plate|video|movie|chart|map|file)\s*"
    r"(?:[A-Z]?\d+|[IVX]+)(?:\.\d+)*(?:\s?[a-hA-H](?![a-z]))?\s*(?P<stop>[.:|–—]|$|(?=\S))",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"^(?:abstract|summary|synopsis|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t)\b\s*[.:–—|]?\s*", re.IGNORECASE)
_PART = re.compile(
    r"^(?:(?:study |trial |main |principal |primary |clinical )*"
    r"(?:background|context|introduction|importance|purpose|rationale"
    r"|objectives?|aims?|hypothes[ie]s|design|setting|participants?|patients?|subjects|interventions?|materials?|methods?"
    r"|methodology|measure(?:ment)?s?|outcomes?|results?|findings|discussion|conclusions?|interpretation|significance"
    r"|limitations|(?:trial )?registration|funding)"
    r"(?:[ /,]*(?:and|of|the|study|trial|purpose|aims?|objectives?|methods?|methodology|results?|findings|measures?"
    r"|discussion|conclusions?|significance|registration|number|design))*)\s*(?P<stop>[:.—–]|$)",
    re.IGNORECASE,
)
"""The label of an abstract's part."""
_KEYWORDS = re.compile(r"^(?:key\s?-?words?(?: and phrases)?|index terms)\b", re.I)
_NAMED = re.compile(rf"{REFERENCES.pattern}|{_ABSTRACT.pattern}$", re.IGNORECASE)
"""A line that is a heading by itself, whatever stands above or below it."""
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+[A-Z]")
_LICENCE = re.compile(
    r"creative\s?commons|(?:©|\(c\)|copyright:?)\s*(?:©\s*)?(?:(?:19|20)\d\d|the authors?|by\b)"
    r"|\ball rights reserved|\bthis article is (?:published|distributed)|^open access\b",
    re.IGNORECASE,
)
_IMPRINT = re.compile(
    r"\breceived:?\s+\d|\baccepted:?\s+\d|\bpublished(?: online)?:?\s+\d|correspond\w+ (?:to|author)|\S@\S+\.\S"
    r"|\bdoi\b|\be-?mail\b|\bdepartment of\b|\buniversity\b|\bedited by\b|\breviewed by\b|\bcitation:",
    re.IGNORECASE,
)
_RECEIVED = re.compile(r"\breceived:?\s+\d.*\baccepted:?\s+\d", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"\b(?:universit|department|institut|hospital|faculty|school|college)|\S@\S+\.\S", re.IGNORECASE)
_STATEMENT = re.compile(
    r"^(?:conflicts? of interest|competing interests?|disclosures?|copyright|received|publisher.s note|citation"
    r"|how to cite|open access|supplementary|supporting|additional|authors?.{0,3} contributions?"
    r"|acknowledge?ments?|funding|appendix)\b",
    re.IGNORECASE,
)
_FIRST_SECTION = re.compile(r"^(?:(?:1|I)[.:]?\s+[^\d\s]|(?:general )?(?:introduction|background)\b)", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[•●▪■◦○–—*·-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_FOOTNOTE = re.compile(r"^(?:[*†‡§¶#]|\[?\d{1,2}\]?\s?[A-Z]|\[[a-h]\])")
_ENTRY = re.compile(r"^(?:[\[(]?\d{1,3}[\]).]*\s+)?[^\W\d_a-z][\w’'-]+,?\s.{0,400}?\b(?:1[89]|20)\d\d\b")
_PAGE_NUMBER = re.compile(r"^(?:page\s+)?\d{1,5}(?:\s*(?:of|/|\|)\s*\d{1,5})?$", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?:;][\"'”’)\]]*$|(?<!\d)[.!?:;][\"'”’)\]\d,–-]*$")
_LONGEST_HEADING = 160
"""Characters of a heading at most."""


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
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


class Paper:
    """The blocks of a whole paper in reading order, and what they have in common."""

    def __init__(self, blocks: Sequence[Sequence[Block]], body: Style, title: str) -> None:
        """`blocks` of each page; `title` as the file's metadata have it, or ""."""
        self.body = body
        lines = [line for page in blocks for block in page for line in block.lines]
        share = sum(len(line.text) for line in lines if line.style == body) / sum(len(line.text) for line in lines)
        self.slack = 0.6 if share > 0.3 else 0.2 * body.size  # recognised scans have a size for each line
        widths = Counter(
            round(line.width / 5) * 5
            for page in blocks
            for block in page
            if len(block.lines) > 2
            for line in block.lines
            if self._in_body(line.style)
        )
        self.column = float(widths.most_common(1)[0][0]) if widths else 200.0
        found = title_blocks(blocks, body, title)
        heading = Block([line for block in found for line in block.lines]) if found else None
        self.items = [
            item
            for number, page in enumerate(blocks)
            for block in page
            if not any(block is other for other in found[1:])
            for item in (
                _title_items(number, heading)
                if heading is not None and block is found[0]
                else self._split(number, block)
            )
        ]
        self._classify()

    # -- splitting blocks

    def _split(self, page: int, block: Block) -> list[Item]:
        """A caption as a whole; anything else in headings and paragraphs."""
        if self._caption(block):
            return self._caption_and_rest(page, block)
        if block.aside:
            return [Item(page, block, "authors" if page <= 1 else "table")]
        items: list[Item] = []
        lines = block.lines
        i = start = 0
        while i < len(lines):
            after_heading = i == start and bool(items) and items[-1].kind == "heading"
            if i > start and page <= 1 and _opens_front(lines, i):
                items.append(Item(page, Block(lines[start:i])))
                start = i
            end = self._heading_end(block, i, after_heading)
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

    def _caption_and_rest(self, page: int, block: Block) -> list[Item]:
        """A caption in the body's own type ends at a larger step or an indent; what follows is split anew."""
        lines = block.lines
        steps = [above.y - line.y for above, line in pairwise(lines)]
        if not self._in_body(style_of(lines)) or len(steps) < 2:
            return [Item(page, block, "caption")]
        ends = (
            i
            for i, step in enumerate(steps, 1)
            if (i > 1 and step > 1.12 * min(steps)) or _begins_paragraph(lines, i, ended=_is_short(lines[i - 1], block))
        )
        cut = next(ends, len(lines))
        rest = self._split(page, Block(lines[cut:])) if cut < len(lines) else []
        return [Item(page, Block(lines[:cut]), "caption"), *rest]

    def _heading_end(self, block: Block, first: int, after_heading: bool) -> int:
        """Number of the line after the heading that begins with a line, or that line's own number."""
        lines = block.lines
        if (
            first
            and not after_heading
            and not (_is_short(lines[first - 1], block) or _ENDS_SENTENCE.search(lines[first - 1].text))
        ):
            return first
        style = lines[first].style
        if first and _alike(lines[first - 1].style, style) and not (after_heading or _NAMED.match(lines[first].text)):
            return first
        if REFERENCES.match(lines[first].text) and _is_entry(lines[first + 1 :]):
            return first + 1
        following = lines[first + 1] if first + 1 < len(lines) else None
        if not self._stands_out(lines[first], following):
            return first
        last = end = first + 1
        while last < len(lines) and _alike(lines[last].style, style) and self._stands_out(lines[last], None):
            last += 1
        while end < last and not (
            _NAMED.match(lines[end].text) or _NAMED.match(lines[end - 1].text) or _NUMBERED.match(lines[end].text)
        ):
            end += 1
        return end if last - first <= 4 and _reads_as_heading(block, first, end) else first

    def _stands_out(self, line: Line, following: Line | None) -> bool:
        """Whether a whole line is set in another face than the body's, or larger.

        Smaller than the body's type it stands out if it is bold or the line that follows has another face.
        """
        face = line.style.face
        if _in_capitals(line.text) and self._in_body(line.style):
            return following is None or not _in_capitals(following.text)
        whole = sum(len(run.text) for run in line.runs if run.face == face)
        if whole < 0.9 * sum(len(run.text) for run in line.runs) and line.bold < 0.95:
            return False
        if line.size < 0.85 * self.body.size:
            return face.bold or (following is not None and following.style.face != face != self.body.face)
        return face != self.body.face or line.size > self.body.size + max(self.slack, 0.08 * self.body.size)

    def _in_body(self, style: Style) -> bool:
        return style.face == self.body.face and abs(style.size - self.body.size) <= self.slack

    def _caption(self, block: Block) -> bool:
        first = block.lines[0]
        match = _CAPTION.match(first.text)
        if match is None:
            return False
        label = first.runs[0]
        rest = first.text[match.end() :].lstrip()
        if not self._in_body(style_of(block.lines)):
            return not rest or bool(match["stop"]) or not rest[0].islower() or label.face.bold
        return label.face != self.body.face or (bool(match["stop"]) and not rest[:1].islower())

    # -- naming items

    def _classify(self) -> None:
        items = self.items
        if not items:
            return
        self._name_title()
        start = self._name_front()
        last = max((i for i, item in enumerate(items) if self._is_prose(item)), default=0)
        self._name_references(start)
        for i, item in enumerate(items):
            if item.kind == "body" and i >= start:
                item.kind = self._kind(item, after_body=i > last, front=item.page == items[start].page and i < last)
        self._name_neighbours()
        self._drop_false_headings(start)

    def _drop_false_headings(self, start: int) -> None:
        """What looks like a heading but has no text under it is part of a table or figure, or heads a box."""
        following: RegionKind = "table"
        for item in reversed(self.items[start:]):
            if item.kind == "heading" and following in ("table", "caption"):
                item.kind = following
            elif item.kind not in ("heading", "head", "footnote") and not _CAPTION.match(item.text):
                following = item.kind

    def _is_prose(self, item: Item) -> bool:
        """Body text beyond doubt: in the body's style, and long or a column wide."""
        lines = item.block.lines
        return (
            item.kind == "body"
            and self._in_body(item.style)
            and _small_share(item.text) > 0.35
            and (item.words >= 20 or (len(lines) >= 2 and max(line.width for line in lines) > 0.7 * self.column))
        )

    def _name_title(self) -> None:
        """Name what goes with the title: its other lines where they stand far apart, and what is above it."""
        items = self.items
        at = next((i for i, item in enumerate(items) if item.kind == "title"), None)
        if at is None:
            return
        title = items[at]
        for item in items[at + 1 : at + 3]:
            if item.page == title.page and item.style == title.style and item.kind in ("body", "heading"):
                item.kind = "title"
        for item in items[:at]:
            if item.kind in ("body", "heading"):
                item.kind = "head" if item.block.bottom >= title.block.top - 1 else "authors"

    def _name_front(self) -> int:
        """Name abstract and front matter; returns the number of the item with which the paper itself begins."""
        items = self.items
        pages = items[0].page + 1
        labelled = next(
            (
                i
                for i, item in enumerate(items)
                if item.page <= pages and item.kind in ("body", "heading") and self._opens_abstract(item)
            ),
            self._structured(),
        )
        after = self._name_labelled_abstract(labelled) if labelled is not None else 0
        start = self._first_prose(after, bare=labelled is None)
        while start > after and items[start - 1].kind == "heading":
            start -= 1
        if labelled is None:
            self._name_bare_abstract(start)
        for item in items[:start]:
            if item.kind in ("body", "heading") and not _ABSTRACT.fullmatch(item.text):
                item.kind = "authors"
        return start

    def _structured(self) -> int | None:
        """Number of the item that opens an abstract without a heading, which has its parts' labels in the line."""
        opening: int | None = None
        labels = 0
        for i, item in enumerate(self.items):
            if item.page > self.items[0].page + 1 or labels >= 3:
                break
            if item.kind == "heading" and item.words < 4 and opening is not None:
                break
            for line in item.block.lines if item.kind == "body" else ():
                found = _PART.match(line.text)
                if found and found["stop"] and len(line.text) > found.end() + 10:
                    opening = i if opening is None else opening
                    labels += 1
        return opening if labels >= 3 else None

    def _first_prose(self, after: int, bare: bool) -> int:
        """Number of the first item of the paper's own text; `bare` if an abstract without label may precede it."""
        items = self.items
        prose = [i for i in range(after, len(items)) if self._is_prose(items[i])]
        if not prose:
            return len(items) - 1
        introduction = self._introduction(after, prose) if bare else None
        if introduction is not None:
            return introduction
        exact = next((i for i in prose if items[i].style == self.body), None)
        if bare and exact is not None and items[exact].page <= items[0].page + 1:
            return exact
        return prose[0]

    def _introduction(self, after: int, prose: Sequence[int]) -> int | None:
        """Number of the first text under the first section's heading, if an abstract's length of text precedes it."""
        items = self.items
        heading = next((i for i in range(after, len(items)) if items[i].kind == "heading" and i > min(prose)), None)
        if any(item.kind == "heading" and _FIRST_SECTION.match(item.text) for item in items[after : min(prose)]):
            return None
        if heading is None or not _FIRST_SECTION.match(items[heading].text):
            return None
        words = sum(items[i].words for i in prose if i < heading)
        return next((i for i in prose if i > heading), None) if 50 <= words <= 500 else None

    def _opens_abstract(self, item: Item) -> bool:
        match = _ABSTRACT.match(item.text)
        if match is None:
            return False
        rest = item.text[match.end() :]
        first = item.block.lines[0].runs[0].face
        return not rest or match[0].rstrip()[-1] in ".:–—|" or first != item.block.lines[-1].style.face

    def _name_labelled_abstract(self, first: int) -> int:
        """Name the abstract that begins with a label; returns the number of the first item after it."""
        items = self.items
        label = items[first].style
        style: Style | None = None
        if not _ABSTRACT.sub("", items[first].text):
            items[first].kind = "heading"
        else:
            items[first].kind = "abstract"
            style = items[first].style
        after = first + 1
        words = 0
        parts: list[Item] = []
        for i in range(first + 1, len(items)):
            item = items[i]
            if item.page > items[first].page + 1 or REFERENCES.match(item.text):
                break
            if item.kind == "heading" and words < 600 and _continues_abstract(item, parts, style is None):
                parts.append(item)
                continue
            if item.kind == "heading":
                if style is not None and item.style.size >= label.size - 0.1:
                    break
                continue
            if item.kind != "body" or _LICENCE.search(item.text[:400]):
                continue
            if style not in (None, item.style, self.body) and words >= 40 and self._is_prose(item):
                break
            if _KEYWORDS.match(item.text):
                item.kind = "authors"
                after = i + 1
                if item.page == items[first].page and style is not None:
                    break
            elif (style is None and item.words >= 15) or item.style == style:
                item.kind, style, after = "abstract", item.style, i + 1
                words += item.words
        for item in items[first:after]:
            if item.kind == "heading" and item is not items[first]:
                item.kind = "abstract"
        return after

    def _name_bare_abstract(self, start: int) -> None:
        """Name an abstract without a label: the longest prose of a style of its own before the paper begins."""
        front = [
            item
            for item in self.items[:start]
            if item.kind == "body"
            and not _KEYWORDS.match(item.text)
            and not _LICENCE.search(item.text)
            and len(_IMPRINT.findall(item.text)) <= 1
        ]
        sizes: Counter[Style] = Counter()
        for item in front:
            sizes[item.style] += item.words if item.words >= 30 else 0
        if sizes and sizes.most_common(1)[0][1] >= 50:
            style = sizes.most_common(1)[0][0]
            for item in front:
                if item.style == style:
                    item.kind = "abstract"

    def _name_references(self, start: int) -> None:
        """Name the list from its heading to the next heading of its rank, or to a statement of the authors."""
        inside: Style | None = None
        past = False
        for item in self.items[start:]:
            if item.kind in ("heading", "body") and REFERENCES.match(item.text):
                item.kind, inside, past = "heading", item.style, True
            elif inside is not None and self._ends_list(item, inside):
                inside = None
            elif inside is not None and item.kind in ("heading", "body"):
                item.kind = "reference"
            elif past and item.kind == "body" and not self._in_body(item.style) and item.style.face != self.body.face:
                item.kind = "authors"  # reports of referees, advertisements, lives of the authors

    @staticmethod
    def _ends_list(item: Item, heading: Style) -> bool:
        """Whether an item is no longer of the list under a heading of that style."""
        if item.kind == "heading":
            larger = item.style.size > heading.size + 0.4
            return larger or item.style == heading or bool(_STATEMENT.match(item.text))
        return item.kind == "body" and bool(_STATEMENT.match(item.text))

    def _kind(self, item: Item, after_body: bool, front: bool) -> RegionKind:
        """The kind of an item of the paper itself that is no heading, caption or reference."""
        sentence = bool(_ENDS_SENTENCE.search(item.text)) and item.words >= 4
        if _is_numbers(item.text):
            return "table"
        if (front or after_body) and (_RECEIVED.search(item.text) or _addresses(item.text)):
            return "authors"
        if _LICENCE.search(item.text[:400]) and item.words < 150:
            return "authors"
        if abs(item.style.size - self.body.size) <= self.slack and (self._in_body(item.style) or item.words >= 15):
            is_text = item.words >= 6 or sentence or item.text.endswith((".", ":", ";")) or _BULLET.match(item.text)
            return "body" if is_text and not self._is_column(item) else "table"
        if front:
            return "authors"
        if after_body:
            return "body" if item.words >= 12 or sentence else "table"
        if item.style.size < self.body.size - self.slack and _FOOTNOTE.match(item.text) and sentence:
            return "footnote"
        if sentence and item.words >= 15 and item.style.face == self.body.face:
            small = item.style.size < 0.78 * self.body.size and len(item.block.lines) <= 6
            return "footnote" if small else "body"
        return "caption" if sentence and item.words >= 25 else "table"

    def _is_column(self, item: Item) -> bool:
        """Whether an item in the body's type looks like a table's column: lines of a few words, all short."""
        lines = item.block.lines
        narrow = max(line.width for line in lines) < 0.45 * self.column
        few_words = len(lines) >= 3 and item.words < 4 * len(lines)
        return few_words and narrow and not item.text.endswith(".") and not _BULLET.match(item.text)

    def _name_neighbours(self) -> None:
        """Give text beside a caption, in the caption's style, to the caption; what is under a table's to the table."""
        by_page: dict[int, list[Item]] = {}
        for item in self.items:
            by_page.setdefault(item.page, []).append(item)
        for page in by_page.values():
            for caption in [item for item in page if item.kind == "caption" and _CAPTION.match(item.text)]:
                self._name_around(caption, page)

    def _name_around(self, caption: Item, page: Sequence[Item]) -> None:
        is_table = caption.text.lower().startswith("tab")
        floor = max(
            (
                i.block.top
                for i in page
                if i.block.top < caption.block.bottom and self._is_prose(i) and _over(i, caption)
            ),
            default=0.0,
        )
        for item in page:
            block = item.block
            if (
                item is caption
                or self._in_body(item.style)
                or item.kind not in ("body", "footnote", "caption", "table")
            ):
                continue
            if _CAPTION.match(item.text) and item.kind == "caption":
                continue
            beside = min(block.top, caption.block.top) - max(block.bottom, caption.block.bottom) > 0
            below = floor - 1 <= block.bottom and block.top <= caption.block.bottom + 2
            if _continues_caption(item, caption):
                item.kind = "caption"
            elif is_table and below and _over(item, caption):
                item.kind = "table"
            elif not is_table and beside and item.style == caption.style and item.words >= 8:
                item.kind = "caption"


def _addresses(text: str) -> bool:
    """Whether a text is a list of institutions rather than sentences about them."""
    words = text.split()
    plain = sum(word[0].islower() for word in words)
    return len(_ADDRESS.findall(text)) >= max(3, len(words) / 25) and plain < 0.4 * len(words)


def _is_numbers(text: str) -> bool:
    """Whether most words of a text are numbers or signs."""
    words = text.split()
    return len(words) >= 3 and sum(not re.search(r"[^\W\d_]{2}", word) for word in words) > 0.75 * len(words)


def _small_share(text: str) -> float:
    """Share of a text's words that begin with a small letter: names and addresses have few."""
    words = [word for word in text.split() if word[0].isalpha()]
    return sum(word[0].islower() for word in words) / max(1, len(words))


def _continues_caption(item: Item, caption: Item) -> bool:
    """Whether an item is the last line of a caption, which a column of the table under it cut off."""
    gap = caption.block.bottom - item.block.top
    near = abs(gap) < 0.35 * item.style.size and abs(item.block.x0 - caption.block.x0) < 2
    full = caption.block.lines[-1].x1 > caption.block.x1 - 3 * item.style.size
    return near and full and item.style == caption.style and len(item.block.lines) == 1


def _over(a: Item, b: Item) -> bool:
    return min(a.block.x1, b.block.x1) > max(a.block.x0, b.block.x0)


def _is_entry(lines: Sequence[Line]) -> bool:
    """Whether lines begin with an entry of a reference list: a number or a name first, a year soon."""
    text = " ".join(line.text for line in lines[:6])
    return bool(_ENTRY.match(text))


def _continues_abstract(heading: Item, parts: Sequence[Item], bare: bool) -> bool:
    """Whether a heading is a part of the abstract that has these parts so far; `bare` if it has no text yet."""
    if not _PART.fullmatch(heading.text):
        return False
    if not parts:
        return bare
    names = [part.text.lower().strip(" :.") for part in parts]
    name = heading.text.lower().strip(" :.")
    over = any(known.startswith(("conclusion", "interpretation")) for known in names) and "registration" not in name
    return (
        heading.style == parts[0].style
        and not over
        and name not in names
        and not name.startswith(("introduction", "background"))
    )


def _opens_front(lines: Sequence[Line], i: int) -> bool:
    """Whether a line within a block opens the abstract or the keywords: by its label, set off from what follows."""
    line = lines[i]
    keywords = _KEYWORDS.match(line.text)
    label = keywords or _ABSTRACT.match(line.text)
    if label is None or not (_ENDS_SENTENCE.search(lines[i - 1].text) or lines[i - 1].text[-1:].isalpha()):
        return False
    stop = line.text[label.end() :].lstrip()[:1] if keywords else label[0].rstrip()[-1:]
    return stop in (":", ".", "—", "–", "|") or line.runs[0].face != line.runs[-1].face


def _begins_paragraph(lines: Sequence[Line], i: int, ended: bool = False) -> bool:
    """Whether a line is indented under the end of a sentence; `ended` if something else shows that end."""
    line, before = lines[i], lines[i - 1]
    indent = line.x0 - before.x0
    if not 0.6 * line.size < indent < 4 * line.size or not (ended or _ENDS_SENTENCE.search(before.text)):
        return False
    return i + 1 == len(lines) or lines[i + 1].x0 < line.x0 - 0.6 * line.size


def _reads_as_heading(block: Block, first: int, end: int) -> bool:
    """Whether lines that stand out by their type are worded and set like a heading."""
    lines = block.lines
    text = " ".join(line.text for line in lines[first:end])
    numbered = bool(_NUMBERED.match(text))
    if len(text) > _LONGEST_HEADING or not _wordy(text) or text[0].islower():
        return False
    if text.endswith((",", ";", "?") if numbered else (",", ";")) or _LICENCE.search(text) or _KEYWORDS.match(text):
        return False
    if end < len(lines):
        return _is_short(lines[end - 1], block) or lines[end].text[:1].isupper()
    return not (text.endswith(".") and not lines[first].style.face.bold and len(text) > 60)


def _in_capitals(text: str) -> bool:
    """Whether a text is words in capitals, and no mere abbreviation."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return text.upper() == text and sum(map(len, words)) >= 6 and max(map(len, words)) >= 5 and len(words) <= 12


def _alike(a: Style, b: Style) -> bool:
    """Whether two lines can be of one heading: italics within it are allowed."""
    return a.size == b.size and (a.face == b.face or (a.face.bold and b.face.bold))


def _wordy(text: str) -> bool:
    """Whether a text is words rather than a formula or figures; section numbers do not count."""
    words = re.sub(r"^[\dIVX.]+\s+", "", text)
    signs = [c for c in words if not c.isspace()]
    return (
        bool(re.search(r"[^\W\d_]{3}", words))
        and sum(c.isalpha() for c in signs) >= 0.6 * len(signs)
        and "=" not in text
    )


def _is_short(line: Line, block: Block) -> bool:
    return line.x1 < block.x1 - 1.5 * line.size


def opens_caption(text: str) -> bool:
    """Whether a text begins with the label of a figure, table or box.

    >>> opens_caption("Fig. 2 A seal"), opens_caption("Figures are drawn")
    (True, False)
    """
    return bool(_CAPTION.match(text))


def _title_items(page: int, block: Block) -> list[Item]:
    parts = [Item(page, part) for part in by_weight(block)]
    parts[0].kind = "title"
    for part in parts[1:]:
        part.kind = "authors"
    return parts
