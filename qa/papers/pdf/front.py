"""The front of a paper: title, authors, and the abstract, with a label or without."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa.papers.conventions import ABSTRACT, REFERENCES, STARTS_WITH_KEYWORDS
from qa.papers.pdf.items import LICENCE, Item, Typography, is_prose
from qa.papers.pdf.layout import Style
from qa.papers.pdf.matter import (
    STRAY_WORDS,
    is_byline,
    is_front_matter,
    is_labelled,
    is_licence,
    is_text,
    left_out_kind,
)
from qa.types import letters

_PAGES_ON = 1
"""An abstract begins on the paper's first page or so many pages on, and ends at most so many after that."""
_TITLE_PAGES = 3
"""Where no text comes before it, it begins at most so many pages on: behind a cover sheet, and pages for title and
authors, as in manuscripts. Set by hand, 2026-11-27."""
_TITLE_NEIGHBOURS = 2
"""So many items after the title may be further lines of it."""
_ABOVE = 1.0
"""Points. What stands above the title may reach into it by this."""
_TITLE_LETTERS = 15
"""What holds a title of so many letters is the paper's citation of itself. Set by hand, 2026-11-27."""

# An abstract with a label

_PART_LABELS = 3
"""Text with at least so many labels of parts (Background:, Methods:, …) is an abstract without a heading."""
_PART_TEXT = 10
"""More than so many characters follow such a label on its line."""
_HEADING_WORDS = 4
"""Once one label is found, a heading with fewer words than this ends the search for the others."""
_MOST_WORDS = 600
"""After so many words of an abstract no further heading is that of one of its parts."""
_FIRST_WORDS = 15
"""The first text under the label has at least so many words; fewer are a name or a date. At 22 a short part is missed
(`test_an_abstract_with_headings_…`)."""
_ENOUGH_WORDS = 40
"""After so many words of an abstract, body text in another style ends it."""
_SMALLER = 0.1
"""Points. A heading within an abstract is smaller than the abstract's label by more than this."""

# An abstract without a label

_BARE_PARAGRAPH = 30
"""Only paragraphs of at least so many words count for an abstract without a label."""
_BARE_WORDS = 50
"""An abstract without a label has at least so many words."""
_BARE_MOST = 500
"""An abstract without a label, in the body's type, has at most so many words before the heading of the first
section."""
_IMPRINTS = 1
"""An abstract without a label has at most so many words of an imprint (received, university, …)."""

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
_TERMS = re.compile(
    r"(?:list of |table of |main |key )?"
    r"(?:nomenclature|abbreviations?|acronyms|symbols|notations?|glossary|definitions)"
    r"(?: (?:and|used|in|this|the|list|of|paper|text|terms?|acronyms|symbols|abbreviations|definitions|units))*\s*:?",
    re.IGNORECASE,
)
"""The heading of a list of terms, for `fullmatch`."""
_IMPRINT = re.compile(
    r"\breceived:?\s+\d|\baccepted:?\s+\d|\bpublished(?: online)?:?\s+\d|correspond\w+ (?:to|author)|\S@\S+\.\S"
    r"|\bdoi\b|\be-?mail\b|\bdepartment of\b|\buniversity\b|\bedited by\b|\breviewed by\b|\bcitation:",
    re.IGNORECASE,
)
_FIRST_SECTION = re.compile(r"^(?:(?:1|I)[.:]?\s+[^\d\s]|(?:general )?(?:introduction|background)\b)", re.IGNORECASE)


def name_title(items: Sequence[Item]) -> None:
    """Name what goes with the title: its other lines where they stand far apart, and what is above it."""
    at = next((i for i, item in enumerate(items) if item.kind == "title"), None)
    if at is None:
        return
    title = items[at]
    for item in items[at + 1 : at + 1 + _TITLE_NEIGHBOURS]:
        alike = item.page == title.page and item.style == title.style and item.kind in ("body", "heading")
        if alike and not is_byline(item) and not is_labelled(item):
            item.kind = "title"
    for item in items[:at]:
        if item.kind in ("body", "heading") and not is_text(item):
            item.kind = "head" if item.block.bottom >= title.block.top - _ABOVE else "authors"


def name_front(items: Sequence[Item], typography: Typography) -> int:
    """Name abstract and front matter; returns the number of the item with which the paper itself begins."""
    label = _labelled(items)
    after = 0 if label is None else _name_labelled_abstract(items, label, typography)
    start = _first_prose(items, after, typography, bare=label is None)
    while start > after and items[start - 1].kind == "heading":
        start -= 1
    if label is None:
        _name_bare_abstract(items[:start])
    _name_rest(items[:start])
    return start


def _name_rest(front: Sequence[Item]) -> None:
    """Name what stands in the front and is neither title nor abstract: front matter, text, or what is not known.

    A mark, a number or a label of a word or two is front matter there, and so is the paper's citation of itself.
    """
    title = letters(" ".join(item.text for item in front if item.kind == "title"))
    for item in _terms(front):
        item.kind = "table"
    over_text = False
    for item in reversed(front):
        if item.kind == "heading" and (over_text or ABSTRACT.fullmatch(item.text)):
            over_text = False
        elif item.kind in ("body", "heading"):
            is_stray = item.words <= STRAY_WORDS and len(item.block.lines) == 1
            cites_itself = len(title) >= _TITLE_LETTERS and title in letters(item.text)
            over_text = is_text(item) and not (is_front_matter(item) or cites_itself)
            item.kind = "body" if over_text else "authors" if is_stray or cites_itself else left_out_kind(item)
        else:
            over_text = False


def _terms(front: Sequence[Item]) -> Iterator[Item]:
    """What stands under the heading of a list of terms, up to the next text: symbols, and what each of them means."""
    inside = False
    for item in front:
        if item.kind == "heading" and _TERMS.fullmatch(item.text):
            inside = True
        elif item.kind not in ("body", "heading") or is_text(item) or is_labelled(item):
            inside = False
        elif inside:
            yield item


def _labelled(items: Sequence[Item]) -> int | None:
    """Number of the item that opens the abstract by its label, or by the labels of its parts."""
    text_began = False
    for i, item in enumerate(items):
        if item.page > items[0].page + (_PAGES_ON if text_began else _TITLE_PAGES):
            break
        if item.kind in ("body", "heading") and _opens_abstract(item):
            return i
        text_began |= item.kind == "body" and is_text(item) and not is_front_matter(item)
    return _structured(items)


def _opens_abstract(item: Item) -> bool:
    match = ABSTRACT.match(item.text)
    if match is None:
        return False
    rest = item.text[match.end() :]
    first = item.block.lines[0].runs[0].face
    return not rest or match[0].rstrip()[-1] in ".:–—|" or first != item.block.lines[-1].style.face


def _structured(items: Sequence[Item]) -> int | None:
    """Number of the item that opens an abstract without a heading, which has its parts' labels in the line."""
    opening: int | None = None
    labels = 0
    for i, item in enumerate(items):
        if item.page > items[0].page + _PAGES_ON or labels >= _PART_LABELS:
            break
        if item.kind == "heading" and item.words < _HEADING_WORDS and opening is not None:
            break
        for line in item.block.lines if item.kind == "body" else ():
            found = _PART.match(line.text)
            if found and found["stop"] and len(line.text) > found.end() + _PART_TEXT:
                opening = i if opening is None else opening
                labels += 1
    return opening if labels >= _PART_LABELS else None


@dataclass(slots=True)
class _Abstract:
    """An abstract as it is gathered from the item with its label on.

    `style` is that of its text, None until there is some; `parts` are the headings of its parts.
    """

    label: Item
    style: Style | None = None
    words: int = 0
    parts: list[Item] = field(default_factory=list)

    def ends_before(self, item: Item, typography: Typography) -> bool:
        """Whether an item shows that the abstract is over: a heading of its rank, or other text after enough of it."""
        if item.page > self.label.page + _PAGES_ON or REFERENCES.match(item.text):
            return True
        if item.kind == "heading":
            is_smaller = item.style.size < self.label.style.size - _SMALLER
            return self.style is not None and not is_smaller and not self.has_part(item)
        is_other = self.style not in (None, item.style, typography.body)
        return is_other and self.words >= _ENOUGH_WORDS and is_prose(item, typography) and not is_licence(item)

    def has_part(self, heading: Item) -> bool:
        """Whether a heading is that of a part which the abstract can have next."""
        if self.words >= _MOST_WORDS or not _PART.fullmatch(heading.text):
            return False
        if not self.parts:
            return self.style is None
        names = [_name(part) for part in self.parts]
        name = _name(heading)
        is_over = any(known.startswith(("conclusion", "interpretation")) for known in names)
        return (
            heading.style == self.parts[0].style
            and (not is_over or "registration" in name)
            and name not in names
            and not name.startswith(("introduction", "background"))
        )

    def has_text(self, item: Item) -> bool:
        """Whether an item's text belongs to the abstract: its first that is long enough, and all in that style."""
        return item.words >= _FIRST_WORDS if self.style is None else item.style == self.style

    def add(self, item: Item) -> None:
        """Name an item as the abstract's text."""
        item.kind, self.style = "abstract", item.style
        self.words += item.words


def _name(heading: Item) -> str:
    return heading.text.lower().strip(" :.")


def _name_labelled_abstract(items: Sequence[Item], first: int, typography: Typography) -> int:
    """Name the abstract that begins with a label; returns the number of the first item after it."""
    label = items[first]
    abstract = _Abstract(label)
    if ABSTRACT.sub("", label.text):
        label.kind, abstract.style = "abstract", label.style
    else:
        label.kind = "heading"
    after = first + 1
    for i, item in enumerate(items[after:], after):
        if abstract.ends_before(item, typography):
            break
        if item.kind == "heading" and abstract.has_part(item):
            abstract.parts.append(item)
        elif item.kind != "body" or is_licence(item):
            continue
        elif STARTS_WITH_KEYWORDS.match(item.text):
            item.kind, after = "authors", i + 1
            if item.page == label.page and abstract.style is not None:
                break
        elif abstract.has_text(item):
            abstract.add(item)
            after = i + 1
    for item in items[first + 1 : after]:
        if item.kind == "heading":
            item.kind = "abstract"
    return after


def _first_prose(items: Sequence[Item], after: int, typography: Typography, bare: bool) -> int:
    """Number of the first item of the paper's own text; `bare` if an abstract without label may precede it."""
    prose = [i for i in range(after, len(items)) if is_prose(items[i], typography) and not is_front_matter(items[i])]
    if not prose:
        return len(items) - 1
    if bare:
        introduction = _introduction(items, after, prose)
        if introduction is not None:
            return introduction
        exact = next((i for i in prose if items[i].style == typography.body), None)
        if exact is not None and items[exact].page <= items[0].page + _PAGES_ON:
            return exact
    return prose[0]


def _introduction(items: Sequence[Item], after: int, prose: Sequence[int]) -> int | None:
    """Number of the first text under the first section's heading, if an abstract's length of text precedes it."""
    heading = next((i for i in range(after, len(items)) if items[i].kind == "heading" and i > min(prose)), None)
    if any(item.kind == "heading" and _FIRST_SECTION.match(item.text) for item in items[after : min(prose)]):
        return None
    if heading is None or not _FIRST_SECTION.match(items[heading].text):
        return None
    words = sum(items[i].words for i in prose if i < heading)
    return next((i for i in prose if i > heading), None) if _BARE_WORDS <= words <= _BARE_MOST else None


def _name_bare_abstract(front: Sequence[Item]) -> None:
    """Name an abstract without a label: the longest prose of a style of its own before the paper begins."""
    possible = [
        item
        for item in front
        if item.kind == "body"
        and not STARTS_WITH_KEYWORDS.match(item.text)
        and not LICENCE.search(item.text)
        and not is_front_matter(item)
        and len(_IMPRINT.findall(item.text)) <= _IMPRINTS
    ]
    words: Counter[Style] = Counter()
    for item in possible:
        words[item.style] += item.words if item.words >= _BARE_PARAGRAPH else 0
    if not words:
        return
    style, most = words.most_common(1)[0]
    if most >= _BARE_WORDS:
        for item in possible:
            if item.style == style:
                item.kind = "abstract"
