"""The words that answer, as whole expressions.

The cross-encoder marks tokens: its span may begin or end within a word, a number or a pair of brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answers.quantities import Quantity, quantities
from qa.answers.question.asked_for import answering, answers_type, asked_for, likeliest

_WORD = re.compile(r"[\w°%‰µ]+(?:[-‐‑–−'’/+.,:^]+[\w°%‰µ]+)*[+%]?")
"""A word or number with its compounds: 4-year-old, anti-PD-1, 2,500, CD4/CD8, patient's."""
_BEFORE = re.compile(r"^[\s.,;:)\]]+")
_BEHIND = re.compile(r"(?:[\s.,;:(\[]|\[[\d,\s–-]+\])+$")
"""What belongs to no expression: blanks, stops, brackets the wrong way round, and reference marks at the end."""
_CLOSING = {")": "(", "]": "["}


def highlight(sentence: str, start: int, end: int, question: str) -> str:
    """The whole expression around characters `start` to `end` of a sentence, or "".

    If the question asks for a quantity and the words hold none, it is the nearest of the likeliest quantities.

    >>> highlight("She was 4 years old when she fell ill.", 24, 38, "How old was she?")
    '4 years old'
    """
    asked = asked_for(question)
    found = [] if answers_type(asked, sentence[start:end], question) else answering(asked, sentence, question)
    wanted = likeliest(found, question)
    return sentence[slice(*whole(sentence, start, end, wanted))]


def whole(text: str, start: int, end: int, wanted: Sequence[Quantity] = ()) -> tuple[int, int]:
    """Widen characters `start` to `end`, half-open, until they cut no word, quantity or pair of brackets.

    Blanks, stops and reference marks at either end are left out; if nothing else is there, the range is empty. If
    `wanted` quantities of this text are given and the range touches none of them, the nearest is taken instead.

    >>> text = "A 4-year-old girl (31 kg) received 5,040 cGy [3]."
    >>> [text[slice(*whole(text, start, end))] for start, end in ((2, 3), (12, 20), (35, 49))]
    ['4-year-old', 'girl (31 kg)', '5,040 cGy']
    """
    if wanted and not any(one.start < end and start < one.end for one in wanted):
        nearest = min(wanted, key=lambda one: max(one.start - end, start - one.end))
        start, end = nearest.start, nearest.end
    start, end = _trimmed(text, start, end)
    units = [match.span() for match in _WORD.finditer(text)] + [(one.start, one.end) for one in quantities(text)]
    pairs = _pairs(text)
    before = None
    while start < end and before != (start, end):
        before = start, end
        cut = [(a, b) for a, b in units if a < end and start < b]
        cut += [(a, b) for a, b in pairs if (start <= a < end) != (start < b <= end)]
        start, end = min([start, *(a for a, _ in cut)]), max([end, *(b for _, b in cut)])
    return _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without what belongs to no expression, and without an outermost bracket whose other half is outside."""
    while True:
        part = text[start:end]
        before, behind = _BEFORE.search(part), _BEHIND.search(part)
        left, right = before.end() if before else 0, behind.start() if behind else len(part)
        if left >= right:
            return start, start
        inner = part[left:right]
        if inner[-1] in _CLOSING and not any(b == len(inner) for _, b in _pairs(inner)):
            right -= 1
        elif inner[0] in _CLOSING.values() and not any(a == 0 for a, _ in _pairs(inner)):
            left += 1
        elif left == 0 and right == len(part):
            return start, end
        start, end = start + left, start + right


def _pairs(text: str) -> list[tuple[int, int]]:
    """The ranges of balanced brackets, the brackets included."""
    found, opened = [], []
    for place, letter in enumerate(text):
        if letter in _CLOSING.values():
            opened.append(place)
        elif letter in _CLOSING and opened and text[opened[-1]] == _CLOSING[letter]:
            found.append((opened.pop(), place + 1))
    return found
