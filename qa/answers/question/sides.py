"""A question about several things → a question about each.

A question is cut where a word joins or opposes two things. The longer part is a question already, and the shorter one
is read as a follow-up of it: as the longer part with the likest phrase replaced if it is a fragment, and with its names
if it is a clause that has too few words of its own. Whether the question is about several things at all is for the
reader to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answers.question.grammar import ASKING, AUXILIARIES, PREPOSITIONS, own_words, tokens
from qa.answers.question.proposals import Encode, is_clause, replaced, with_names

MOST = 3
"""A question is cut into at most this many sides."""
OWN = 4
"""A clause with so many words of its own needs none of the other side's; by hand."""

_OPPOSED = (
    r"(?:versus|vs\.?|(?:as )?(?:compared|opposed) (?:with|to)|in contrast to|rather than|than|against|as well as|plus)"
)
_STARTS = "|".join(sorted(ASKING | AUXILIARIES | PREPOSITIONS - {"than", "as"}))
_CUT = re.compile(
    rf"\s*[;?]\s+(?=\S)|,?\s+{_OPPOSED}\s+|,\s+(?:and|or|but)\s+|\s+(?:and|or)\s+(?=(?:{_STARTS})\b)",
    re.IGNORECASE,
)
"""Where a question is cut: at a word that opposes, at a mark, and at an "and" before a comma or a new phrase."""
_JOINED = re.compile(r"\s+(?:and|or)\s+", re.IGNORECASE)
_PAIRED = re.compile(
    r"\b(?:both|either|between|compar\w*|differ\w*|each|respectively|more|less|\w{2,}er)\b", re.IGNORECASE
)
"""Words beside which a plain "and" or "or" may join two sides."""
_PAPERS = re.compile(
    r"\b(?:both|two|three|four|five|all|each|every)\b(?: of)?(?: the| these)?(?: \w+){0,2} "
    r"(?:papers?|articles?|reports?|texts?|documents?|sources?|stud(?:y|ies)|trials?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things that a question asks about: its name in the question's words, and a question about it."""

    name: str
    text: str


def sides(question: str, encode: Encode) -> tuple[Side, ...]:
    """The sides of a question, in its order; () if it has no sign of several."""
    text = " ".join(question.split()).rstrip("?.! ")
    stem, text = _stem(text)
    parts = _parts(text)
    if len(parts) < 2:
        return ()
    frame = _frame(parts)
    found: dict[int, Side] = {}
    whole = Side(parts[frame], _asked(stem, parts[frame]))
    for i, part in enumerate(parts):
        if i == frame:
            continue
        if stem and not is_clause(parts[frame]):
            found[i] = Side(part, _asked(stem, part))
        elif is_clause(part) and is_clause(parts[frame]):
            needs = len(own_words(part)) < OWN
            found[i] = Side(part, _asked(stem, with_names(part, parts[frame]).rstrip("?") if needs else part))
        elif other := replaced(parts[frame], part, encode):
            found[i] = Side(part, _asked(stem, other.text))
            whole = Side(other.phrase, whole.text)
    found[frame] = whole
    return tuple(found[i] for i in sorted(found)) if len(found) > 1 else ()


def of_each_paper(question: str) -> bool:
    """Whether the question asks for what several papers say, without naming them.

    >>> of_each_paper("What do both papers say of fever?"), of_each_paper("What do the papers say of fever?")
    (True, False)
    """
    return bool(_PAPERS.search(question))


def _parts(text: str) -> list[str]:
    """The parts between the cuts; the last ones together if there are more than `MOST`."""
    found = [part.strip(" ,") for part in _CUT.split(text, maxsplit=MOST - 1)]
    if len(found) == 1 and _PAIRED.search(text):
        found = [part.strip(" ,") for part in _JOINED.split(text, maxsplit=1)]
    parts: list[str] = []
    for part in found:
        if own_words(part) or not parts:
            parts.append(part)
    return [part for part in parts if own_words(part)]


def _frame(parts: Sequence[str]) -> int:
    """The number of the part that the others follow: the first clause, or the longest part if there is none."""
    clauses = (i for i, part in enumerate(parts) if is_clause(part))
    return next(clauses, max(range(len(parts)), key=lambda i: len(tokens(parts[i]))))


def _stem(text: str) -> tuple[str, str]:
    """Split off what stands before a colon or a dash, if what follows has the sides."""
    head, mark, rest = next(_headed(text), ("", "", text))
    return (f"{head}{mark} ", rest) if head else ("", text)


def _headed(text: str) -> Iterator[tuple[str, str, str]]:
    for mark in (":", " -", " –"):
        head, found, rest = text.partition(f"{mark} ")
        if found and own_words(head) and own_words(rest) and len(_parts(rest)) > 1:
            yield head, mark, rest


def _asked(stem: str, text: str) -> str:
    return f"{stem}{text}?"
