"""From words of a sentence to their place in the raw text, and back.

Repairs change neither the letters and digits of a sentence nor their order (`qa.types.check_quote`), so a letter has
the same number in the readable and in the raw text. White space, hyphens and punctuation follow their letters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from qa.types import Document, QuoteError, Sentence, Span, check_quote, letters


def snapped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The whole words that characters `start` to `end` of a text touch; None if these have neither letter nor digit.

    >>> snapped("It was given daily.", 4, 9), snapped("a - b", 2, 3)
    ((3, 12), None)
    """
    start, end = max(0, start), min(len(text), end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not letters(text[start:end]):
        return None
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def part_of(document: Document, sentence: Sentence, start: int, end: int) -> Sentence:
    """Characters `start` to `end` of a sentence's readable text as a quote of their own.

    The whole sentence where the words cannot be told apart in the raw text.

    Raises:
        QuoteError: there are no words there, or they are not those of this paper.
    """
    words = snapped(sentence.text, start, end)
    if words is None:
        raise QuoteError("no words are chosen; choose some, or a whole sentence")
    check_quote(document, sentence.text, sentence.spans)
    if words == (0, len(sentence.text)):
        return sentence
    before = _numbers(sentence.text)
    first, last = before[words[0]], before[words[1]]
    spans = tuple(_letters_between(document.raw, sentence.spans, first, last))
    part = Sentence(sentence.text[words[0] : words[1]], spans) if spans else sentence
    try:
        check_quote(document, part.text, part.spans)
    except QuoteError:
        return sentence
    return part


def covered(document: Document, sentence: Sentence, spans: Iterable[Span]) -> tuple[int, int] | None:
    """The characters of a sentence's readable text whose letters lie in these spans of the raw text; None if none do.

    From the first of them to the last, with the signs that touch these.
    """
    wanted = list(spans)
    first, last, before = -1, 0, 0
    for own in sentence.spans:
        numbers = _numbers(document.raw[own.start : own.end])
        for span in wanted:
            start, end = max(span.start, own.start) - own.start, min(span.end, own.end) - own.start
            if start < end and numbers[start] < numbers[end]:
                first = before + numbers[start] if first < 0 else min(first, before + numbers[start])
                last = max(last, before + numbers[end])
        before += numbers[-1]
    if first < 0:
        return None
    readable = _numbers(sentence.text)
    return _with_signs(sentence.text, readable, bisect_right(readable, first) - 1, bisect_left(readable, last))


def _numbers(text: str) -> list[int]:
    """How many letters and digits stand before each character of a text, and before its end: len(text) + 1 numbers.

    >>> _numbers("a, b")
    [0, 1, 1, 1, 2]
    """
    return list(accumulate(map(_count, text), initial=0))


@lru_cache(maxsize=10_000)
def _count(character: str) -> int:
    return len(letters(character))


def _letters_between(raw: str, spans: Iterable[Span], first: int, last: int) -> Iterable[Span]:
    """Where the letters `first` to `last`, that one left out, of some spans stand, with the signs that touch them."""
    before = 0
    for span in spans:
        text = raw[span.start : span.end]
        numbers = [before + number for number in _numbers(text)]
        before = numbers[-1]
        own_first, own_last = max(first, numbers[0]), min(last, numbers[-1])
        if own_first >= own_last:
            continue
        start, end = bisect_right(numbers, own_first) - 1, bisect_left(numbers, own_last)
        start, end = _with_signs(text, numbers, start, end)
        yield Span(span.start + start, span.start + end)


def _with_signs(text: str, numbers: list[int], start: int, end: int) -> tuple[int, int]:
    """The same characters of a text with the signs before and after that touch them; `numbers` as `_numbers` gives."""
    while start and not text[start - 1].isspace() and numbers[start - 1] == numbers[start]:
        start -= 1
    while end < len(text) and not text[end].isspace() and numbers[end] == numbers[end + 1]:
        end += 1
    return start, end
