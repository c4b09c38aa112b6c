"""Question + the words of an index → the question without its slips of the pen, and what was changed.

A name that the papers lack must never become one that they have: then another drug's dose would be the answer. So only
a word that the papers do not know, and English not or seldom, is changed, and only by undoing one slip of a hand that
knows the word: a letter left out, doubled, exchanged with the next, or hit beside its key. Names of real drugs differ
by other letters, or in their last ones, which name the class (-nib, -mab, -ine, -one). Two slips in a word are not
undone, because that made methylprednisolone out of methylprednisone.

Measured in a library of 300 papers that are not in `dev`: of 8,011 names of substances that it lacks (from the package
drug-named-entity-recognition 2.0.9), 3 became a word that it has. Of 144 slips of `qa.training.slips` in rare words of
questions 69 % were undone, and none became another word; in libraries of 8 and 40 papers, 74 % and 73 %.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

from qa.index.index import Index
from qa.types import Correction
from qa.words import is_english, terms, zipf

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_TYPED = re.compile(r"(?<![\w/+@.’'-])[A-Za-z][a-z]{4,}(?![\w/+@-]|\.\w)")
"""A word that may be mended: no abbreviation, code or part of a compound, and of five letters at least."""
_LONG = 6
"""In shorter words only a doubled or exchanged letter is a slip: too many brands differ by one letter. Set by hand."""
_ENDING = 4
"""In so many last letters none is hit beside its key: adrenalone is not adrenaline. Set by hand."""
_PROTEINS = re.compile(r"ins?$"), re.compile(r"(ion|ing)s?$")
"""Endings that are one letter apart in words that have nothing in common: connectin is not a connection."""
_CLEARER = 5
"""A word must be written so many times as often as any other that is one letter away. Set by hand."""
_SELDOM, _EVERYDAY = 2.2, 4.0
"""Lists of English words have frequent slips too (lenght): a word below the first Zipf frequency can be a slip of one
above the second. Set by hand: of 4,899 words of other papers that a library of 32 lacks, two such became others."""
_ORDINARY = 3.3
"""A word above this Zipf frequency has no capital of its own, even if the papers write it in headings mostly."""
_ASKING = ("which", "what", "when", "where", "who", "how", "why", "does")
_FIRST = re.compile(r"\A[A-Za-z][a-z]{2,5}(?= +\w)")
_UNUSUAL = 3.0
"""A question begins with a slip of a word that asks (wich, whta) if no paper knows its first word, English has it below
this Zipf frequency, and one letter is left out, doubled or exchanged. Set by hand, 2026-11-28: of 18,962 questions as
people asked them, in a library that knows no word, none was changed."""
_TWICE = 2
"""A word that English does not know must be written so often in the papers, which have slips of their own."""


def beside(letter: str) -> str:
    """The letters to the left and right of a lower-case one on an English keyboard, "" for other characters.

    >>> beside("s"), beside("q"), beside("é")
    ('ad', 'w', '')
    """
    row = next((row for row in _ROWS if letter in row), "")
    at = row.find(letter)
    return row[max(0, at - 1) : at] + row[at + 1 : at + 2] if row else ""


class Spelling:
    """How the papers of an index write their words; they are counted when a question first has one that none knows."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How often each word of at least four letters is written, in lower case."""
        counts: Counter[str] = Counter()
        for form, count in self._index.written.items():
            counts[form.lower()] += count
        return counts

    @cached_property
    def forms(self) -> Mapping[str, str]:
        """The form in which a word mostly is written, where that has capitals, by the word in lower case."""
        return {
            form.lower(): form
            for form, count in self._index.written.items()
            if form != form.lower() and 2 * count > self.counts[form.lower()]
        }

    @cached_property
    def by_letter(self) -> Mapping[str, Sequence[str]]:
        """The words in lower case by their first letter."""
        words = defaultdict(list)
        for word in sorted(self.counts):
            words[word[0]].append(word)
        return words

    def mended(self, question: str) -> tuple[str, tuple[Correction, ...]]:
        """The question with its slips undone, and each (typed, understood) once; all other characters stay.

        About 0.2 ms for each word that 300 papers do not know.
        """
        corrections: dict[str, str] = {}

        def understood(found: re.Match[str], word: str) -> str:
            if not word:
                return found[0]
            corrections[found[0]] = word[0].upper() + word[1:] if found[0][0].isupper() else word
            return corrections[found[0]]

        begun = _FIRST.sub(lambda found: understood(found, self._asks(found[0].lower())), question)
        mended = _TYPED.sub(lambda found: understood(found, self._meant(found[0].lower())), begun)
        return mended, tuple(corrections.items())

    def knows(self, word: str) -> bool:
        """Whether the papers know a word, in any form of it."""
        return all(term in self._index.words.terms for term in self._stems(word.lower()))

    def _asks(self, typed: str) -> str:
        """The word that asks which a lower-case first word was meant to be; "" if there is none, or two of them."""
        if self.knows(typed) or zipf(typed) >= _UNUSUAL:
            return ""
        near = [word for word in _ASKING if is_slip(typed, word) or _lacks_one(typed, word)]
        return near[0] if len(near) == 1 else ""

    def _meant(self, typed: str) -> str:
        """What a lower-case word was meant to be, as the papers write it; "" if it is no slip, or not a clear one."""
        if self.knows(typed):
            return ""
        found = process.extract(
            typed, self.by_letter.get(typed[0], ()), scorer=OSA.distance, score_cutoff=1, limit=None
        )
        near = sorted((word for word, _, _ in found), key=lambda word: (-self.counts[word], word))
        best = next((word for word in near if is_slip(typed, word) and self._trusted(word)), "")
        rivals = [self.counts[word] for word in near if self._stems(word) != self._stems(best)]
        if not best or self.counts[best] < _CLEARER * max(rivals, default=0):
            return ""
        if is_english(typed) and (zipf(typed) > _SELDOM or zipf(best) < _EVERYDAY):
            return ""
        return best if zipf(best) > _ORDINARY else self.forms.get(best, best)

    def _trusted(self, word: str) -> bool:
        return self.counts[word] >= _TWICE or is_english(word)

    def _stems(self, word: str) -> list[str]:
        return terms([word], self._index.settings.stemmer)[0]


def _lacks_one(typed: str, meant: str) -> bool:
    return len(typed) < len(meant) and Indel.distance(typed, meant) == 1


def is_slip(typed: str, meant: str) -> bool:
    """Whether one slip of the pen makes `typed` out of `meant`; both in lower case, and not the same.

    >>> [is_slip(typed, "dupilumab") for typed in ("dupilmab", "duppilumab", "dupilmuab", "supilumab")]
    [True, True, True, True]
    >>> is_slip("sunitinib", "semitinib"), is_slip("adrenalone", "adrenaline"), is_slip("connectin", "connection")
    (False, False, False)
    """
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    had, has = typed[at:], meant[at:]
    if had[:1] == typed[at - 1 : at] and had[1:] == has:  # doubled
        return True
    if has[:1] == meant[at - 1 : at] and has[1:] == had:  # one of two left out
        return True
    if had[:2] == has[1::-1] and had[2:] == has[2:] and len(has) > 1:  # exchanged
        return True
    if len(typed) < _LONG:
        return False
    if has[1:] == had:  # left out, but not the last
        return bool(had) and not all(
            ending.search(word) for ending, word in zip(_PROTEINS, (typed, meant), strict=True)
        )
    return len(has) > _ENDING and had[1:] == has[1:] and had[0] in beside(has[0])
