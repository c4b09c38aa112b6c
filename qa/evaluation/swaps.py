"""Questions with one drug, disease, group or number exchanged, so that their paper no longer answers them."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.answers.question.grammar import FUNCTION
from qa.evaluation.kinds import WORD, shape
from qa.words import terms

_NUMBER = re.compile(r"(?<![\w.,–-])(\d+(?:\.\d+)?)(?=\s?(%)|[ -]([a-z]+))")
_SPELT = 12
"""Up to this number papers may write numbers as words, so that none of them is known to be absent."""
_TIMES = 3
"""A number is exchanged for one at most so many times as large or small."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a question: its characters, its text, and the unit if it is a number."""

    start: int
    end: int
    text: str
    unit: str = ""


def terms_of(question: str) -> Iterator[Term]:
    """The exchangeable terms of a question: numbers with a unit, and names.

    >>> [(term.text, term.unit) for term in terms_of("Was lornoxicam given for 14 days?")]
    [('14', 'days'), ('lornoxicam', '')]
    """
    for match in _NUMBER.finditer(question):
        if (unit := match[2] or match[3]) not in FUNCTION:
            yield Term(*match.span(1), match[1], unit)
    for i, match in enumerate(WORD.finditer(question)):
        if shape(match[0], first=i == 0):
            yield Term(*match.span(), match[0])


def numbers_by_unit(questions: Iterable[str]) -> dict[str, list[str]]:
    """The numbers of all questions by unit, each once.

    >>> numbers_by_unit(["After 14 days?", "At 20 days, in 30%?"])
    {'days': ['14', '20'], '%': ['30']}
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for question in questions:
        for term in terms_of(question):
            if term.unit:
                found[term.unit][term.text] = None
    return {unit: list(numbers) for unit, numbers in found.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """What some text says, to check whether it has a term: its stems, and its numbers."""

    stems: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Known:
        """What the texts say together."""
        whole = " ".join(texts)
        return cls(frozenset(terms([whole])[0]), frozenset(re.findall(r"\d+(?:\.\d+)?", whole)))

    def has(self, term: str) -> bool:
        """Whether any word of a term is there, in any form.

        >>> known = Known.of(["Hemolysis in 14 days."])
        >>> known.has("haemolysis"), known.has("14"), known.has("15")
        (True, True, False)
        """
        return term in self.numbers if term[0].isdigit() else bool(self.stems & _stems(term))


@lru_cache(maxsize=100_000)
def _stems(term: str) -> frozenset[str]:
    return frozenset(terms([term])[0])


def swapped(question: str, evidence: Known, paper: Known, others: Mapping[str, Sequence[str]]) -> str | None:
    """The question with one term exchanged for one that the paper does not have; None if none can be exchanged.

    `others` are the names that can take a name's place, and the numbers that have a unit. Names must stand in the
    evidence or the title, which `evidence` knows; numbers anywhere in the paper.
    """
    choice = random.Random(question)  # noqa: S311 - an exchange that anyone can make again
    able = []
    for term in terms_of(question):
        stated = (paper if term.unit else evidence).has(term.text)
        absent = [text for text in others.get(term.unit or term.text, ()) if takes(text, term) and not paper.has(text)]
        if stated and absent:
            able.append((term, absent))
    if not able:
        return None
    term, absent = choice.choice(able)
    return put(question, term, choice.choice(absent))


def put(question: str, term: Term, new: str) -> str:
    """The question with something new in a term's place."""
    return question[: term.start] + new + question[term.end :]


def takes(text: str, term: Term) -> bool:
    """Whether a text can take a term's place as far as its form goes."""
    if not term.unit:
        return bool(_stems(text))
    number, own = float(text), float(term.text)
    return number > _SPELT and own / _TIMES <= number <= own * _TIMES
