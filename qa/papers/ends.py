"""Where the sentences of a paragraph begin and end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from qa.papers.conventions import LABEL, LABEL_ALONE, NOUNS_WITH_NUMBER, STOP, TERMINATORS
from qa.papers.repair.lines import goes_on, stop_is_inside, stop_may_be_inside

_SIGN = r"(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,5})"
_ITEM_ALONE = re.compile(rf"[(\[]?{_SIGN}(?:\.\)?|\))")
"""The number of a list's item and nothing else, for `fullmatch`: `1.`, `(2)`, `3.1.`, `b)`, `iv.`"""
_ITEM = re.compile(rf"\s*(?:\({_SIGN}\)|{_SIGN}[.)])\s")
_ITEM_IN_BRACKETS = re.compile(r"[A-Za-z](?: ?[,–-] ?[A-Za-z])*|[ivx]{1,5}|[IVX]{1,5}")
"""A letter, letters of panels or a roman numeral, for `fullmatch`."""
_NUMBERED = re.compile(r"(?<!\S)(?P<sign>\(?(?P<number>\d{1,2}|[a-j])(?:\.\)?|\)))(?=\s+(?P<next>\S))")
"""A number or letter that may be that of a list's item."""
_LABEL_BEHIND = re.compile(rf"(?:^|[:;] ?)(?=[A-Z])(?i:{'|'.join(sorted(NOUNS_WITH_NUMBER))}) \d{{1,2}}\.$")
"""A noun and its number alone at the beginning of a sentence, for `search`: `Step 4.`"""
_BEFORE_NUMBER = re.compile(
    rf"(?:(?P<clear>^|[{TERMINATORS}:;•][\"'”’»)\]\d]*)|(?P<pause>,|,? (?:and|or))|(?P<word>[^\W\d_]+|[)\]%]))\s*$"
)
"""What stands before an item: the end of a sentence or clause, a pause, or a word."""
_NO_ITEM_BEHIND = NOUNS_WITH_NUMBER | frozenset(
    """a about an as at be by each equals every for from had has have in least most nor of on only or over per scored
    than the till to under until up was with within""".split()
)
"""Words whose number is their own."""
_BEFORE_FIRST = frozenset({"are", "is", "were", "include", "included", "includes", "following"})
"""Words before the first item of a list within a sentence."""
_FEWEST_ITEMS = 2
"""Items in a row, from 1 on, that show a list if one of them stands behind the end of a clause. Set by hand,
2026-11-27."""
_FEWEST_GLUED = 3
"""Items in a row that show a list if none of them stands there. Set by hand, 2026-11-27."""

_BRACKET = re.compile(
    r"\s*(?:\((?P<round>(?:[^()]|\([^()]{0,99}\)){0,400})\)|\[(?P<square>[^\[\]]{0,400})\])(?P<mark>\s?(?:,(?!\s?\[\d)|[.;:])(?!\w))?(?:[,–-](?=\s?\[\d))?(?=\s|$|\[|\()"
)
"""What stands in brackets behind a stop, and a mark behind them."""
_REFERENCE = re.compile(r"[\d,;\s–-]+")
_CITATIONS = re.compile(r"(?:[^;]*\b(?:19|20)\d\d[a-z]?(?:,? ?(?:pp?\. ?)?\d+)?\s*(?:;|$))+")
"""Authors and years, apart by semicolons."""
_POINTS = re.compile(rf"(?i:see |cf\. ?)?{LABEL}")
_LONGEST_ASIDE = 6
"""Words in brackets at most that are no sentence though they begin with a capital and a stop follows. Set by hand,
2026-11-27."""
_BARE = re.compile(r"[^\w]*|[\[(][\d,\s–-]+[\])][^\w]*")
"""Punctuation or a reference mark alone, which is no sentence."""
_BEGINNING = re.compile(r"\s*(?:[\w(\[“„«‘'\"•*…†‡§#@$€£©∆–—-]|[^\w\s.,:;)\]=±×%/&][^\w\s]*\s?[A-Z])")
"""How a sentence may begin."""
_LEFT_OUT = re.compile(r"[(\[]\s*(?:…|\.{2,})\s*[)\]]$")
"""The sign of an omission, which is no stop."""

_LONGEST_BRACKET = 400
"""Characters in brackets at most in which nothing is parted; if there are more, one bracket is missing. Set by hand,
2026-11-27."""
_LONGEST_QUOTE = 200
"""Characters of a quotation at most in which nothing is parted; what a patient tells is longer. Set by hand,
2026-11-27."""
_BRACKETS = re.compile(r"(?<!\S)\w{1,3}\)|[()\[\]]")
"""A bracket, or the sign of an item with the bracket that closes it."""
_QUOTED = re.compile(r"“[^“”]*”|(?<!\w)\"[^\"]*\"")
_LOOK_BACK = 80
"""Characters before a boundary that are enough to see an abbreviation."""
_LOOK_AHEAD = 100
"""Characters behind a boundary that are enough to see how the next sentence begins."""


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a paragraph begin and end, in characters, without the blanks between them.

    A sentence ends at a stop with a blank behind it, if a word with a capital, a number or an item of a list follows,
    and if the stop does not belong to an abbreviation, a short quotation or brackets. It also ends before an item of a
    numbered list that has no stop before it. Reference marks, pointers and few words in brackets behind a stop belong
    to the sentence before them; punctuation alone does too.

    >>> text = "It fell. [3] See Fig. 2. It rose."
    >>> [text[start:end] for start, end in sentence_bounds(text)]
    ['It fell. [3]', 'See Fig. 2.', 'It rose.']
    """
    numbers, before_items = _items(text)
    whole = _whole(text)
    opened = [start for start, _ in whole]
    last_letter = next((i for i in range(len(text) - 1, -1, -1) if text[i].isalnum()), -1)
    bounds: list[tuple[int, int]] = []
    start = _skip_blanks(text, 0)
    stops = (m.end() for m in STOP.finditer(text) if m.end() not in numbers)
    for stop in sorted({*stops, *before_items}):
        inner = bisect_left(opened, stop) - 1
        if stop <= start or (inner >= 0 and stop < whole[inner][1]):
            continue
        end = stop if stop in before_items else _end_at(text, start, stop)
        if end is None or end > last_letter:
            continue
        _add(bounds, text, start, end)
        start = _skip_blanks(text, end)
    if start < len(text):
        _add(bounds, text, start, len(text.rstrip()))
    return bounds


def _add(bounds: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Add a sentence; punctuation and reference marks alone are added to the one before them."""
    if bounds and _BARE.fullmatch(text, start, end):
        bounds[-1] = (bounds[-1][0], end)
    else:
        bounds.append((start, end))


def _skip_blanks(text: str, i: int) -> int:
    while i < len(text) and text[i].isspace():
        i += 1
    return i


def _end_at(text: str, start: int, stop: int) -> int | None:
    """Where the sentence from `start` with a stop at `stop` ends, with the brackets that belong to it; None if it goes
    on, or if it would be the bare label of a figure or the number of an item.
    """
    back = max(start, stop - _LOOK_BACK)
    if LABEL_ALONE.fullmatch(text, start, stop) or _ITEM_ALONE.fullmatch(text, start, stop):
        return None
    if _LEFT_OUT.search(text, back, stop) or _LABEL_BEHIND.search(text[back:stop]):
        return None
    end = _behind_brackets(text, stop)
    if end is None:
        return None
    after = text[end : end + _LOOK_AHEAD]
    if not after[:1].isspace() or not _BEGINNING.match(after) or (goes_on(after) and not _ITEM.match(after)):
        return None
    if _goes_on_behind(text[back:end], after):
        return None
    if end != stop and not text[back:stop].endswith("al.") and _goes_on_behind(text[back:stop], text[stop:end] + after):
        return None
    return end


def _goes_on_behind(before: str, after: str) -> bool:
    return stop_is_inside(before, after) or stop_may_be_inside(before, after)


def _behind_brackets(text: str, stop: int) -> int | None:
    """The end of the brackets behind a stop that belong to the sentence before it; None if the sentence goes on."""
    end = stop
    while m := _BRACKET.match(text, end):
        words, mark = m["square"] or m["round"] or "", (m["mark"] or "").strip()
        is_item = not mark and m["square"] is None and _is_item(text, words)
        if is_item or _is_sentence(words, mark):
            break
        if mark and mark != ".":
            return None
        end = m.end()
        if mark:
            break
    return end if text[end - 1] not in ",–-" else None


def _is_item(text: str, words: str) -> bool:
    """Whether words in brackets are the sign of an item: a letter, or a number and the one beside it is there too."""
    if words.isdecimal():
        return any(f"({int(words) + step})" in text for step in (-1, 1))
    return bool(_ITEM_IN_BRACKETS.fullmatch(words))


def _is_sentence(words: str, mark: str) -> bool:
    """Whether words in brackets with a mark behind them are a sentence, or stand for words that were left out."""
    stopped = words.rstrip().endswith(tuple(TERMINATORS))
    if stopped or not any(c.isalnum() for c in words):
        return True
    if _REFERENCE.fullmatch(words) or _CITATIONS.fullmatch(words) or _POINTS.match(words):
        return False
    return mark == "." and words[:1].isupper() and len(words.split()) > _LONGEST_ASIDE


def _items(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Where the numbers of the items of lists end, and where sentences end before items that have no stop before them.

    Items count from 1 or `a` on. One behind a word begins a sentence if it begins with a capital, and if the word has
    no number of its own: `levels 3. Patients`, but not `grade 3. Patients`.
    """
    numbers: set[int] = set()
    ends: set[int] = set()
    signed: dict[tuple[str, bool], list[re.Match[str]]] = {}
    for m in _NUMBERED.finditer(text):
        signed.setdefault((m["sign"].replace(m["number"], ""), m["number"].isdecimal()), []).append(m)
    for (sign, _), found in signed.items():
        for run in _runs(text, found):
            if len(run) >= (_FEWEST_ITEMS if any(before["clear"] is not None for _, before in run) else _FEWEST_GLUED):
                numbers.update(m.end("sign") for m, _ in run)
                if sign == ".":
                    ends.update(b.end("word") for m, b in run if b["word"] and m["next"].isupper() and not _leads_in(b))
    return frozenset(numbers), frozenset(ends)


def _runs(text: str, numbered: list[re.Match[str]]) -> Iterator[list[tuple[re.Match[str], re.Match[str]]]]:
    """Numbers that count from 1 on, or letters from `a` on, each with what stands before it."""
    run: list[tuple[re.Match[str], re.Match[str]]] = []
    for m in numbered:
        number = int(m["number"]) if m["number"].isdecimal() else ord(m["number"]) - ord("a") + 1
        before = _BEFORE_NUMBER.search(text, max(0, m.start() - _LOOK_BACK), m.start())
        if number == 1:
            yield run
            run = []
        if before is None or number != len(run) + 1:
            continue
        if (before["word"] or "").lower() not in _NO_ITEM_BEHIND and (number == 1 or not _leads_in(before)):
            run.append((m, before))
    yield run


def _leads_in(before: re.Match[str]) -> bool:
    return (before["word"] or "").lower() in _BEFORE_FIRST


def _whole(text: str) -> list[tuple[int, int]]:
    """Brackets and quotations in which no sentence ends, ascending, none within another."""
    spans = [m.span() for m in _QUOTED.finditer(text) if m.end() - m.start() <= _LONGEST_QUOTE]
    opened: list[int] = []
    for m in _BRACKETS.finditer(text):
        if m[0] in "([":
            opened.append(m.start())
            continue
        partner = _partner(text, opened, m.end())
        if partner is not None:
            spans.append((opened[partner], m.end()))
            del opened[partner:]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _partner(text: str, opened: list[int], end: int) -> int | None:
    """Index of the last opened bracket of the kind that closes before `end`, None if none is near enough."""
    kind = "[" if text[end - 1] == "]" else "("
    for i in range(len(opened) - 1, -1, -1):
        if end - opened[i] > _LONGEST_BRACKET:
            return None
        if text[opened[i]] == kind:
            return i
    return None
