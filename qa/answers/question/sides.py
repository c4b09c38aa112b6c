"""A question about several things → a question about each.

A question of several clauses gives one for each clause, which can be read in several ways after the first. Otherwise
the two phrases are sought that a word joins or opposes: those which are likest, beside "and", "or" or "versus", or
anywhere before "than". Each side is the question without the other phrase, so that it keeps all that both share.
Whether the question is about several things at all is for the reader to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.answers.question.grammar import ASKING, AUXILIARIES, FUNCTION, PREPOSITIONS, own_words
from qa.answers.question.proposals import Encode, likeness, ways_after, word_vectors

MOST = 3
"""A question has at most this many sides."""
OWN = 4
"""A clause with so many words of its own needs none of the first clause's; by hand."""
LONGEST = 5
"""Words of the longest phrase that is opposed to another; by hand."""
LEAST = 0.3
"""How like two phrases are at least; by hand, as the four that follow."""
SAME, UNEQUAL, WITHIN, LOOSE = 0.3, 0.12, 0.3, 0.5
"""Added if the same preposition begins both phrases; taken off for each word that one is longer, for a preposition
within one, and for a phrase that ends in a word of grammar."""

_CLAUSE = "|".join(sorted(ASKING | AUXILIARIES))
_CLAUSES = re.compile(
    rf"\s*[;?]\s+(?=\S)|[.]\s+(?=[A-Z])|,?\s+(?:and|or|but|while|whereas)\s+(?=(?:{_CLAUSE})\b)"
    rf"|\s+[-–—]\s+(?=(?:{_CLAUSE})\b)",
    re.IGNORECASE,
)
"""Where a clause ends and another begins."""
_BESIDE = r"versus|vs\.?|and|or|as well as|plus|but not"
_APART = (
    r"(?:as )?(?:compared|opposed) (?:with|to)|in contrast (?:with|to)|rather than|instead of|than|against|whereas|"
    r"while|unlike"
)
_DIFFERING = re.compile(r"\b(?:differ\w*|distinguish\w*|compar\w*)\b", re.IGNORECASE)
"""Words behind which "from", "with" and "to" oppose two things."""
_PAIRED = re.compile(r"\b(?:both|either|between|each|respectively|more|less|fewer|or|\w{2,}er)\b", re.IGNORECASE)
"""Words beside which "and" opposes two things that no preposition begins."""
_OPPOSING = re.compile(rf",?\s+(?:(?P<beside>{_BESIDE})|(?P<apart>{_APART})|from|with|to)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_](?:[\w'’/+.-]*[^\W_])?")
_LIKEST = ("replaced", "named", "typed")
"""The ways to read a clause after another, the likest first."""
_TIMES = frozenset("before after during with without".split())
"""Prepositions that are a side by themselves: before and after surgery."""
_PAPERS = re.compile(
    r"\b(?:both|two|three|four|five|all|each|every)\b(?: of)?(?: the| these)?(?: \w+){0,2} "
    r"(?:papers?|articles?|reports?|texts?|documents?|sources?|stud(?:y|ies)|trials?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things that a question asks about: its name in the question's words, and the ways to ask about it, the
    likest first."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words `first` to `last` of a text, both included, from character `start` to `end`, half-open."""

    start: int
    end: int
    words: tuple[str, ...]


def sides(question: str, encode: Encode) -> tuple[Side, ...]:
    """The sides of a question, in its order; () if it has no sign of several."""
    text = " ".join(question.split()).rstrip("?.! ")
    clauses = [part.strip(" ,") for part in _CLAUSES.split(text) if own_words(part)]
    if len(clauses) > 1:
        return tuple(_clauses(clauses[:MOST], encode))
    found = max(_pairs(text, encode), key=lambda pair: pair[0], default=None)
    if found is None or found[0] < LEAST:
        return ()
    _, left, right = found
    first = f"{text[: left.end]}{text[right.end :]}"
    second = f"{text[: left.start]}{text[right.start : right.end]}{text[right.end :]}"
    between = text[left.end : right.start]
    if kept := _between(between):
        second = f"{text[: left.start]}{text[right.start : right.end]} {kept}{text[right.end :]}"
        first = f"{text[: left.end]} {kept}{text[right.end :]}"
    return (
        Side(text[left.start : left.end], (f"{first.strip()}?",)),
        Side(text[right.start : right.end], (f"{second.strip()}?",)),
    )


def of_each_paper(question: str) -> bool:
    """Whether the question asks for what several papers say, without naming them.

    >>> of_each_paper("What do both papers say of fever?"), of_each_paper("What do the papers say of fever?")
    (True, False)
    """
    return bool(_PAPERS.search(question))


def _clauses(clauses: list[str], encode: Encode) -> Iterator[Side]:
    """A side for each clause: with what stands before a colon in the first one, or as it can be read after that."""
    first = clauses[0]
    stem, colon, _ = first.partition(": ")
    yield Side(first, (f"{first}?",))
    for clause in clauses[1:]:
        if colon:
            yield Side(clause, (f"{stem}: {clause}?",))
        elif len(own_words(clause)) < OWN:
            ways = ways_after(f"{first}?", f"{clause}?", encode)
            yield Side(clause, tuple(way.text for way in sorted(ways, key=lambda way: _LIKEST.index(way.way))))
        else:
            yield Side(clause, (f"{clause}?",))


def _between(text: str) -> str:
    """What stands between two phrases, without the word that opposes them: "better" of "better than"."""
    marks = [*_OPPOSING.finditer(f"{text} ")]
    return text[: marks[-1].start()].strip(" ,") if marks else ""


def _pairs(text: str, encode: Encode) -> Iterator[tuple[float, _Phrase, _Phrase]]:
    """Phrases that a word opposes, each pair with how like they are."""
    words = [match.span() for match in _WORD.finditer(text)]
    cuts = [
        cut
        for cut in _OPPOSING.finditer(text)
        if cut["beside"] or cut["apart"] or _DIFFERING.search(text[: cut.start()])
    ]
    vectors = word_vectors([text], encode) if cuts else {}
    for cut in cuts:
        before = [span for span in words if span[1] <= cut.start()]
        behind = [span for span in words if span[0] >= cut.end()]
        lefts = [
            phrase
            for last in ([len(before)] if cut["beside"] else range(1, len(before) + 1))
            for phrase in _phrases(text, [before[max(0, last - n) : last] for n in range(1, LONGEST + 1)])
        ]
        plainly = cut[0].strip().lower() == "and" and not _PAIRED.search(text)
        for right in _phrases(text, [behind[:n] for n in range(1, LONGEST + 1)]):
            rivals = [left for left in lefts if left.words != right.words and not (plainly and not _same(left, right))]
            alike = likeness(" ".join(right.words), [" ".join(left.words) for left in rivals], vectors)
            for value, left in zip(alike, rivals, strict=True):
                yield value + _form(left, right), left, right


def _phrases(text: str, runs: list[list[tuple[int, int]]]) -> Iterator[_Phrase]:
    """The runs of words that name something, without a mark within; each once."""
    for run in {(part[0][0], part[-1][1]): part for part in runs if part}.values():
        start, end = run[0][0], run[-1][1]
        found = tuple(text[a:b].lower() for a, b in run)
        if not re.search(r"[,;:?]", text[start:end]) and (own_words(text[start:end]) or set(found) & _TIMES):
            yield _Phrase(start, end, found)


def _form(left: _Phrase, right: _Phrase) -> float:
    """How well two phrases fit together by their form, beside their likeness."""
    one = len(PREPOSITIONS & {left.words[0], right.words[0]}) == 1
    within = sum(bool(PREPOSITIONS & set(phrase.words[1:])) for phrase in (left, right))
    loose = sum(len(phrase.words) > 1 and phrase.words[-1] in FUNCTION for phrase in (left, right))
    bare = sum(len(phrase.words) == 1 and phrase.words[0] in PREPOSITIONS for phrase in (left, right)) == 1
    return (
        SAME * _same(left, right)
        - UNEQUAL * abs(len(left.words) - len(right.words))
        - WITHIN * within
        - LOOSE * (loose + bare)
        - (SAME * one)
    )


def _same(left: _Phrase, right: _Phrase) -> bool:
    """Whether the same preposition begins both phrases."""
    return left.words[0] == right.words[0] and right.words[0] in PREPOSITIONS
