"""What contradicts a question: the other side of its bound, or the other sex.

"What was the dose under 50 kg?" is not answered by what holds over 50 kg, nor "How many women?" by what holds for men.
A sentence that has both sides, or neither, does not contradict. Bounds count only where a quantity is asked for: "Why
were those over 50 kg left out?" is answered by "Those under 50 kg were taken, because …". A row of a table holds for
its own bounds alone, whatever is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from qa.answers.quantities import quantities, same_quantity
from qa.answers.question.asked_for import asked_for

Side = Literal["below", "above"]

_THAN = r"(?: (?:than|the age of|age|a weight of|or equal to|an?))*"
_LOWER = "less|fewer|lower|younger|smaller|shorter|lighter|under|below"
_HIGHER = "more|greater|higher|older|larger|longer|heavier|over|above"
_BEFORE: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("below", re.compile(rf"(?:[<≤⩽]=?|\b(?:{_LOWER}|earlier|up to|at most){_THAN})\s*$", re.IGNORECASE)),
    ("above", re.compile(rf"(?:[>≥⩾]=?|\b(?:{_HIGHER}|later|beyond|exceed\w*|at least){_THAN})\s*$", re.IGNORECASE)),
)
_BEHIND: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("below", re.compile(rf"\s*(?:of age |old )?(?:or|and) (?:{_LOWER})\b")),
    ("above", re.compile(rf"\s*(?:of age |old )?(?:or|and) (?:{_HIGHER})\b")),
)
"""Words before and behind a number; by hand."""
_SIGNS = "<>≤≥⩽⩾= "
_NEAR = 40
"""Characters before a number in which its bound is looked for; set by hand on 2026-11-27."""
_SEXES = (
    re.compile(r"\b(?:wom[ae]n|females?|girls?|mothers?)\b", re.IGNORECASE),
    re.compile(r"\b(?:m[ae]n|males?|boys?|fathers?)\b", re.IGNORECASE),
)
_ONLY = re.compile(r"\b(?:only|exclusively|all|no|none)\b", re.IGNORECASE)
"""With such a word a sentence about one sex says something of the other."""


def contradicts(sentence: str, question: str, is_row: bool = False) -> bool:
    """Whether a sentence, or a table's row, speaks only of the other side of the question's bound, or the other sex.

    >>> asked = "What was the dose under 50 kg?"
    >>> contradicts("Children over 50 kg had 0.5 mg.", asked)
    True
    >>> contradicts("Children over 50 kg had 0.5 mg, those below 50 kg 0.25 mg.", asked)
    False
    >>> contradicts("Of the men, 12 stopped.", "How many women stopped?")
    True
    """
    return _is_of_the_other_sex(sentence, question) or _is_beyond_the_bound(sentence, question, is_row)


def _is_beyond_the_bound(sentence: str, question: str, is_row: bool) -> bool:
    asked = _bounds(question) if is_row or asked_for(question) == "quantity" else ()
    found = _bounds(sentence) if asked else ()
    for side, number in asked:
        sides = {other for other, one in found if same_quantity(one, number)}
        if sides and side not in sides:
            return True
    return False


@lru_cache(maxsize=256)
def _bounds(text: str) -> tuple[tuple[Side, str], ...]:
    """The bounds of a text: the side, and the quantity without its sign."""
    found = []
    for quantity in quantities(text):
        bare = quantity.text.lstrip(_SIGNS)
        start = quantity.end - len(bare)
        before = [side for side, words in _BEFORE if words.search(text, max(0, start - _NEAR), start)]
        behind = [side for side, words in _BEHIND if words.match(text, quantity.end)]
        found += [(side, bare) for side in (before or behind)[:1]]
    return tuple(found)


def _is_of_the_other_sex(sentence: str, question: str) -> bool:
    asked = _sexes(question)
    found = _sexes(sentence) if len(asked) == 1 else frozenset()
    return bool(found) and not asked & found and not _ONLY.search(sentence)


@lru_cache(maxsize=256)
def _sexes(text: str) -> frozenset[int]:
    return frozenset(number for number, words in enumerate(_SEXES) if words.search(text))
