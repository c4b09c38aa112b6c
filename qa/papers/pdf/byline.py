"""Who wrote a paper: the names under its title, taken only where they are certain.

A wrong author is worse than none. Names are read from the regions between the title and the abstract, by their words
and their order. Something beside the form of the words must speak for names (marks, initials, an address under them, a
list, the same surname in a running head or an email), and nothing may speak against them: a line that may be one more
name, a note to which none of them points, a running head or a line on how to cite with other people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import get_args

from qa.papers.conventions import ABSTRACT, KEYWORDS, names_section
from qa.papers.pdf.lexicon import CITE, INSTITUTION, STREET, is_place
from qa.papers.pdf.names import (
    MARKS,
    Name,
    ends_name,
    ends_open,
    family_of,
    is_blank,
    is_separated,
    leading_names,
    names_in,
    plain,
    starts_with_and,
)
from qa.papers.pdf.pages import Page, texts_of
from qa.types import RegionKind

_PAGES = 2
"""Names are looked for on so many pages, since a cover sheet may come first. Set by hand, 2026-11-27."""
_PROSE = 25
"""A region with so many words is prose, unless it is a list of names. Set by hand, 2026-11-27."""
_SMALL_SHARE = 0.4
"""More than this share of the words of prose begin with a small letter. Set by hand, 2026-11-27."""
_MOST_ROWS = 80
"""A list of names has at most so many lines. Set by hand, 2026-11-27."""
_MOST_LETTERS = 12_000
"""A region with names has at most so many characters: 80 lines of 150. Set by hand, 2026-11-27."""
_HEADS = 6
"""Running heads of so many pages are compared with the names. Set by hand, 2026-11-27."""

_OTHERS = re.compile(
    r"^\W*(?:(?:academic |handling |section |associate |guest )?editors?\b|edited by|reviewed by|reviewers?\b|referee"
    r"|invited referees|communicated by|corresp|address (?:for )?corr|reprint|author for corr|contact|supervis"
    r"|presented by|translat|in memor|dedicated)",
    re.IGNORECASE,
)
"""What stands before names that are no authors', for `match`."""
_HISTORY = re.compile(
    r"\b(?:received|accepted|revised|published|submitted|dated|updated|draft|version|released|typeset)\b"
    r"|^\W*(?:\d{1,2}\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s\d"
    r"|^\W*\d{4}[-/]\d\d|\b(?:19|20)\d\d\W*$",
    re.IGNORECASE,
)
"""A date in the paper's history, for `search`."""
_KEYWORDS = re.compile(rf"(?i:{KEYWORDS})\b")
_LEADING_MARK = re.compile(
    rf"^\s*(?:\[[^\]]{{1,8}}\]|\(?\d{{1,2}}[.)]?|[{MARKS}]+\)?|[a-z][.)]?(?=\s?[A-Z]))\s*(?=[^\W\d_])"
)
_LEADING_NUMBER = re.compile(r"(?:^|[;,.]\s*|\n)\s*\[?(\d{1,2})\]?[.)]?\s*(?=[^\W\d_]{3})")
_LEADING_LETTER = re.compile(r"^\s*\[?([a-z])\]?[.)]?\s?(?=[A-Z])", re.MULTILINE)
_ONLY_MARKS = re.compile(rf"[\W\d_{MARKS}]*|\W*[a-z]\W*")
_ET_AL = re.compile(r"^\W*(?P<first>[^\W\d_][\w’'. -]{1,40}?),?\s+et\s?al\b", re.IGNORECASE)
_TWO = re.compile(r"^\W*(?P<first>[^\W\d_][\w’' -]{1,30}?)\s(?:(?i:and)|&)\s(?P<second>[^\W\d_][\w’'-]{1,30})\W*$")


@dataclass(frozen=True, slots=True)
class _Row:
    """A printed line of a region, and where it begins in the page's text."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A name, the row it stands in, and the region's number."""

    name: Name
    at: int
    region: int


@dataclass(slots=True)
class _Block:
    """Names at the beginning of a region with the row of each, and the lines under them.

    `listed` if a line has several of them, `open` if it ends in a comma, `doubt` if a line may have one more.
    """

    names: list[tuple[Name, _Row]]
    rest: list[str]
    listed: bool
    open: bool
    doubt: bool


@dataclass(slots=True)
class _Clues:
    """What the paper prints elsewhere about its authors.

    `common` are the words that it has in small letters. `families` are words of emails, of running heads with names, of
    the line on how to cite and of the file's own metadata, plain letters.
    """

    common: frozenset[str]
    families: frozenset[str]
    heads: tuple[str, ...]
    cited: str


@dataclass(slots=True)
class _Byline:
    """The names as they are gathered, and the addresses under them.

    `listed` if a line had several of them, `open` if the last one ended in a comma, `interrupted` if something else
    stood behind a name, `doubt` if a line may or may not have one more name, so that nothing is certain. `next` is the
    number of the region from which to go on.
    """

    found: list[_Found] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    listed: bool = False
    open: bool = False
    interrupted: bool = False
    doubt: bool = False
    next: int = 0


def authors_of(pages: Sequence[Page], stated: Sequence[str] = ()) -> list[str]:
    """The authors as the first page prints them, in their order; [] where they are not certain.

    `stated` are names that the file's own metadata have, printed somewhere on the page. They speak for what is read,
    and settle it where the page leaves a doubt.
    """
    titled = next((i for i, page in enumerate(pages[:_PAGES]) if any(r.kind == "title" for r in page.regions)), None)
    clues = _clues(pages, stated)
    for page in pages[:_PAGES] if titled is None else pages[titled : titled + 1]:
        byline = _read(page, clues)
        if byline.found:
            names = [found.name for found in _in_order(byline.found, page)]
            needed = 1 if titled is not None else 2
            printed = [name.text for name in names] if _is_certain(byline, names, clues, needed) else []
            return _settled(printed, {name.family for name in names}, stated)
    return list(stated) if titled is not None or len(stated) > 1 else []


def _settled(printed: list[str], candidates: set[str], stated: Sequence[str]) -> list[str]:
    """Of the printed and the stated names those with all the people; [] if each has somebody whom the other has not."""
    there = {plain(family_of(name)) for name in stated}
    here = {plain(family_of(name)) for name in printed}
    if not printed:
        return list(stated) if candidates <= there else []
    if there <= here:
        return printed
    return list(stated) if here < there else []


def _read(page: Page, clues: _Clues) -> _Byline:
    byline = _Byline()
    regions = list(enumerate(page.regions))
    titles = [i for i, region in regions if region.kind == "title"]
    for i, region in regions:
        if i < max(byline.next, *titles[:1], 0) or region.kind in ("head", "caption", "reference"):
            continue
        text = page.text[region.start : region.end]
        if not text.strip():
            continue
        if region.kind == "title" and i == titles[0] and not _is_marked_list(text, clues):
            continue
        if _ends(region.kind, text, bool(byline.found)):
            break
        if not _add(byline, i, page, clues) and byline.found and byline.open:
            byline.doubt = True  # a list that ends in a comma goes on somewhere else
    byline.doubt |= byline.open
    return byline


def _rows(page: Page, start: int, end: int) -> Iterator[_Row]:
    at = start
    for line in page.text[start:end].split("\n"):
        if line.strip():
            yield _Row(line, at)
        at += len(line) + 1


def _ends(kind: str, text: str, begun: bool) -> bool:
    """Whether the front with the names is over: the abstract, a section or prose."""
    first = text.split("\n")[0]
    if _KEYWORDS.match(first) or (ABSTRACT.match(first) and len(first.split()) < 3):
        return True
    if (kind == "heading" and names_section(first)) or (begun and _OTHERS.match(text)):
        return True
    return _is_prose(text) and (begun or kind in ("abstract", "body"))


def _is_prose(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= _PROSE and sum(word[0].islower() for word in words) > _SMALL_SHARE * len(words)


def _is_marked_list(text: str, clues: _Clues) -> bool:
    names = names_in(" ".join(text.split())) or []
    return sum(bool(name.marks) for name in names) > 1 and not _are_common(names, clues)


def _add(byline: _Byline, number: int, page: Page, clues: _Clues) -> bool:
    """Take up a region; whether it has names or is one of what may stand between names."""
    region = page.regions[number]
    text = page.text[region.start : region.end]
    if _ONLY_MARKS.fullmatch(text):
        return not byline.open
    if len(text) > _MOST_LETTERS:
        return _add_other(byline, text)
    if _OTHERS.match(text) or CITE.match(text):
        return False
    block = _block(list(_rows(page, region.start, region.end)), clues)
    if block is None and (block := _over_two(page, number, clues)):
        byline.next = number + 2
    if block is None or _is_not_cited(byline, block, clues):
        return _add_other(byline, text)
    pointed = bool(byline.found) and all(one.name.pointed for one in byline.found)
    if pointed and not byline.open and not all(name.pointed for name, _ in block.names):
        return _add_other(byline, text)  # where all names point to their addresses, what does not is no name
    is_sure = all(_is_sure(name, clues) for name, _ in block.names)
    if byline.interrupted and not is_sure:
        byline.doubt = True
        return False
    if byline.addresses and not (byline.open or block.rest or is_sure):
        byline.doubt |= not _address_follows(page, number)
    if byline.found and byline.found[-1].region == number - 1 and block.rest and not (byline.open or is_sure):
        byline.doubt = True  # one more name with its address, or the first line of the address of the one before
    byline.doubt |= block.doubt
    byline.found += [_Found(name, row.at, number) for name, row in block.names]
    byline.listed |= block.listed
    byline.open = block.open
    byline.addresses += block.rest
    return True


def _over_two(page: Page, number: int, clues: _Clues) -> _Block | None:
    """A list of names whose last line is the next region, as where lines are set far apart."""
    region = page.regions[number]
    rows = list(_rows(page, region.start, region.end))
    if number + 1 == len(page.regions) or not all(is_separated(row.text) for row in rows):
        return None
    following = page.regions[number + 1]
    block = _block([*rows, *_rows(page, following.start, following.end)], clues)
    return block if block and block.listed and not block.rest and len(block.names) > len(rows) else None


def _is_not_cited(byline: _Byline, block: _Block, clues: _Clues) -> bool:
    """Whether the line on how to cite has the names before these, all of them, and none of these."""
    cited = "" if re.search(r"\bet\s?al\b", clues.cited) else plain(clues.cited)
    known = [one.name.family in cited for one in byline.found]
    return bool(known) and all(known) and not any(name.family in cited for name, _ in block.names)


def _is_sure(name: Name, clues: _Clues) -> bool:
    """Whether more than its form speaks for a name."""
    return bool(name.marks) or name.has_initial or name.family in clues.families


def _add_other(byline: _Byline, text: str) -> bool:
    if not byline.found:
        return False
    if _is_address(text) and not _HISTORY.match(text):
        byline.addresses.append(text)
        return True
    byline.interrupted |= not is_blank(text)
    return not byline.interrupted


def _address_follows(page: Page, number: int) -> bool:
    following = page.regions[number + 1 : number + 3]
    return any(_is_address(page.text[region.start : region.end]) for region in following)


def _block(rows: Sequence[_Row], clues: _Clues) -> _Block | None:
    """The names at the beginning of a region and what is under them; None if it does not begin with names."""
    first = rows[0].text
    is_dated = _HISTORY.search(first) and re.search(r"\d{4}", first)
    if _LEADING_MARK.match(first) or is_dated or rows[-1].text.rstrip().endswith(":"):
        return None
    if credits := _credits(rows, clues):
        return credits
    for count in range(min(len(rows), _MOST_ROWS), 0, -1):
        taken, rest = rows[:count], rows[count:]
        listed = any(is_separated(row.text) for row in taken)
        joined, doubt = _joined(taken) if listed else ("\n".join(row.text for row in taken), False)
        names = names_in(joined)
        if names is None or _are_common(names, clues):
            continue
        if not listed:  # a second name, or an address without a word that tells it
            doubt = not all(_is_sure(name, clues) for name in names[1:])
        one_each = not listed and len(names) == count
        placed = list(zip(names, taken, strict=True)) if one_each else [(name, taken[0]) for name in names]
        is_open = not rest and ends_open(taken[-1].text)
        return _Block(placed, [row.text for row in rest], listed, is_open, doubt or _has_doubtful(rest, clues))
    return None


def _credits(rows: Sequence[_Row], clues: _Clues) -> _Block | None:
    """Names each with the address in its line: `Ada Brown, University of Owls`; None if the first line is none such."""
    block = _Block([], [], False, False, False)
    for row in rows:
        names, address, is_unsure = leading_names(row.text)
        if names and address and not _are_common(names, clues):
            block.names += [(name, row) for name in names]
            block.rest.append(address)
            block.doubt |= is_unsure
        elif not block.names:
            return None
        else:
            block.rest.append(row.text)
            block.doubt |= bool(names) and not address and not _is_address(row.text)
    return block


def _has_doubtful(rest: Sequence[_Row], clues: _Clues) -> bool:
    """Whether the lines under names in one region may be further names, or are neither names nor addresses."""
    for i, row in enumerate(rest):
        is_address = _is_address(row.text)
        names = None if is_address or _LEADING_MARK.match(row.text) else names_in(row.text)
        if names is None or _are_common(names, clues):
            if i == 0 and not (is_address or _HISTORY.search(row.text) or is_blank(row.text)):
                return True
            continue
        follows = rest[i + 1].text if i + 1 < len(rest) else ""
        if not follows or _is_address(follows) or any(name.marks or name.family in clues.families for name in names):
            return True
    return False


def _joined(rows: Sequence[_Row]) -> tuple[str, bool]:
    """Lines of a list of names as one text, and whether a line's end may or may not part two names."""
    text, doubt = rows[0].text, False
    marked = [bool(name.marks) for row in rows for name in names_in(row.text) or ()]
    for before, row in pairwise(rows):
        if ends_open(before.text):
            text += " " + row.text
        elif ends_name(before.text) or starts_with_and(row.text):
            text += "\n" + row.text
        else:
            both = names_in(before.text) is not None and names_in(row.text) is not None
            doubt |= both and sum(marked) < len(marked) - 1
            text += " " + row.text
    return text, doubt


def _is_address(text: str) -> bool:
    first = text.split("\n")[0]
    return bool(
        INSTITUTION.search(text)
        or STREET.search(first)
        or "@" in text
        or re.search(r"\d{4,}|https?:|www\.", first)
        or (_LEADING_MARK.match(first) and len(first.split()) > 1)
        or any(is_place(part) for part in first.split(","))
        or re.fullmatch(r"\s*\(.*\)\s*", first)
    )


def _are_common(names: Sequence[Name], clues: _Clues) -> bool:
    """Whether a name has only words that the paper prints in small letters elsewhere."""
    for name in names:
        words = _long_words(name)
        if words and words <= clues.common:
            return True
    return False


def _long_words(name: Name) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", name.text)}


def _in_order(found: Sequence[_Found], page: Page) -> list[_Found]:
    """Names in blocks that stand beside each other, row of blocks by row; as they are if their places are not known."""
    blocks = [list(group) for _, group in groupby(found, key=lambda one: one.region)]
    places = {line.words[0].start: (line.y0, line.y1, line.words[0].x0) for line in page.lines}
    if len(blocks) < 2 or not all(block[0].at in places for block in blocks):
        return list(found)
    rows: list[list[list[_Found]]] = []
    for block in sorted(blocks, key=lambda block: places[block[0].at]):
        y0, y1, _ = places[rows[-1][0][0].at] if rows else (0, 0, 0)
        if rows and places[block[0].at][0] < (y0 + y1) / 2:
            rows[-1].append(block)
        else:
            rows.append([block])
    ordered = [block for row in rows for block in sorted(row, key=lambda block: places[block[0].at][2])]
    return [one for block in ordered for one in block]


def _clues(pages: Sequence[Page], stated: Sequence[str]) -> _Clues:
    prose = " ".join(texts_of(pages, "body", "abstract", "caption"))
    common = frozenset(re.findall(r"(?<![\w.@/-])[a-zß-ÿ]{3,}(?![\w@/]|\.\w)", prose))
    heads = [line.strip() for text in texts_of(pages[:_HEADS], "head") for line in text.split("\n")]
    front = list(texts_of(pages[:_PAGES], *(kind for kind in get_args(RegionKind) if kind != "reference")))
    labelled = zip(["", *front], front, strict=False)
    cited = " ".join(text for before, text in labelled if CITE.match(text) or CITE.fullmatch(before.strip(" :")))
    named = [line for line in heads if _ET_AL.match(line) or _TWO.match(line) or _has_names(line)]
    words = re.findall(r"[^\W\d_]{2,}", " ".join([*named, *stated, cited]))
    words += re.findall(r"[^\W\d_]{3,}", " ".join(re.findall(r"([\w.+-]{1,64})@", "\n".join(front))))
    return _Clues(common, frozenset(map(plain, words)), tuple(heads), " ".join(cited.split()))


def _has_names(line: str) -> bool:
    """Whether a running head is names and no title."""
    names = names_in(line)
    return names is not None and (len(names) > 1 or names[0].has_initial)


def _is_certain(byline: _Byline, names: Sequence[Name], clues: _Clues, needed: int) -> bool:
    """Whether enough speaks for the names and nothing against them."""
    if byline.doubt or len({name.text for name in names}) < len(names) or _speaks_against(byline, names, clues):
        return False
    words = set().union(*map(_long_words, names))
    reasons = [
        any(name.marks for name in names),
        any(name.has_initial for name in names),
        byline.listed and len(names) > 1 and not words & clues.common,
        any(_is_address(text) for text in byline.addresses[:2]),
        any(name.family in clues.families for name in names),
    ]
    return sum(reasons) >= needed


def _speaks_against(byline: _Byline, names: Sequence[Name], clues: _Clues) -> bool:
    """Whether a note to which no name points, a running head or the line on how to cite has other people."""
    numbers = frozenset().union(*(name.numbers for name in names))
    noted = {int(number) for text in byline.addresses for number in _LEADING_NUMBER.findall(text)}
    letters = {letter for text in byline.addresses for letter in _LEADING_LETTER.findall(text)}
    if (numbers and noted - numbers) or any(not name.pointed and name.text[-1] in letters for name in names):
        return True  # a note of somebody else; a letter that hangs on a name
    first = names[0].family
    for line in (*clues.heads, re.sub(r"^[^:]*:\s*", "", clues.cited)):
        if found := _ET_AL.match(line):
            if len(names) < 2 or first not in plain(found["first"]):
                return True
        elif (found := _TWO.match(line)) and plain(found["first"].split()[-1]) == first and len(names) != 2:
            return True
    full = bool(clues.cited) and not re.search(r"\bet\s?al\b", clues.cited)
    return full and not all(name.family in plain(clues.cited) for name in names)
