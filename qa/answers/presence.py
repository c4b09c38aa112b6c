"""Whether a word of a question stands in the papers, in any of its forms.

A form is another ending (stems, Latin and Greek plurals), another spelling (tumour, tumor), an abbreviation for its
words, or the words for an abbreviation. That a word is absent explains something only if papers could be expected to
have it: everyday words and numbers explain nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qa.index import lexical
from qa.index.index import Index
from qa.words import terms, zipf

WORD = re.compile(r"\w+")
EVERYDAY = 4.0
"""Zipf frequency (10 in a million words) from which a word is an everyday one: `happen`, `diagnosis`. By hand."""
_NUMBERS = frozenset(
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen thirty forty fifty sixty seventy "
    "eighty ninety dozen".split()
)
"""Number words that are no everyday words."""
_PLURALS = [pair.split("/") for pair in "es/is ae/a a/um a/on i/us ices/ix ices/ex ata/a ges/x ces/x".split()]
"""Endings of Latin and Greek words, plural and singular: metastases, vertebrae, bacteria, nuclei, appendices."""
_LONGEST = 6
"""Letters of the longest abbreviation whose words are looked for."""


def telling(question: str) -> list[str]:
    """The words of a question whose absence would explain something, in order, without repeats.

    These are the rarer words, and names, which are known by their capital unless the question is written in capitals.

    >>> telling("Do most relapses happen after diagnosis in Paris, in 17 of seventeen cases?")
    ['relapses', 'Paris']
    """
    words = WORD.findall(question)
    capitals_tell = sum(word[0].isupper() for word in words) <= len(words) / 2
    return [
        word
        for i, word in enumerate(dict.fromkeys(words))
        if word.lower() not in _NUMBERS
        and not any(c.isdigit() for c in word)
        and terms([word])[0]
        and (_is_rare(word) or (capitals_tell and (is_abbreviation(word) or (i > 0 and word[0].isupper()))))
    ]


def is_abbreviation(word: str) -> bool:
    """Whether a word has two capitals or more."""
    return sum(c.isupper() for c in word) > 1


@lru_cache(maxsize=10_000)
def forms(word: str, stemmer: str) -> frozenset[str]:
    """The stemmed terms that a word, in any ending or spelling, has in a text."""
    return frozenset(term for ending in _endings(word.lower()) for term in terms([ending], stemmer)[0])


def rows_with(word: str, question: str, index: Index) -> frozenset[int]:
    """The rows of the passages that have a word of a question in any of its forms, references among them."""
    rows: set[int] = set()
    for form in forms(word, index.settings.stemmer):
        rows.update(lexical.texts_with(index.words, form).tolist())
    for short in _abbreviations(word, question):
        for form in terms([short], index.settings.stemmer)[0]:
            there = lexical.texts_with(index.words, form).tolist()
            rows.update(row for row in there if re.search(rf"\b{short}s?\b", index.passages[row].text))
    if is_abbreviation(word) and (written_out := _written_out(word)):
        rows.update(row for row, passage in enumerate(index.passages) if written_out.search(passage.text))
    return frozenset(rows)


def papers_titled_with(word: str, index: Index) -> frozenset[str]:
    """The ids of the papers whose title has a word; a title need not stand in any passage."""
    stemmer = index.settings.stemmer
    wanted = forms(word, stemmer)
    return frozenset(paper.id for paper in index.documents if wanted & set(terms([paper.title], stemmer)[0]))


def _is_rare(word: str) -> bool:
    return max(map(zipf, _endings(word.lower()))) < EVERYDAY


def _endings(word: str) -> Iterator[str]:
    """A lower-case word, and what it would be in the singular or the plural."""
    yield word
    if len(word) > 3:
        yield word.removesuffix("s")
    for plural, singular in _PLURALS:
        for ending, other in ((plural, singular), (singular, plural)):
            stem = word.removesuffix(ending)
            if stem != word and len(stem) > 2:
                yield stem + other


def _abbreviations(word: str, question: str) -> set[str]:
    """The initials of each run of words of a question that holds a word: AML of acute myeloid leukaemia."""
    words = WORD.findall(question)
    found = set()
    for i in (i for i, other in enumerate(words) if other == word):
        for start in range(max(0, i - _LONGEST + 1), i + 1):
            for end in range(max(i + 1, start + 2), min(len(words), start + _LONGEST) + 1):
                found.add("".join(w[0] for w in words[start:end]).upper())
    return found


@lru_cache(maxsize=1000)
def _written_out(abbreviation: str) -> re.Pattern[str] | None:
    """Words with these initials, or None if it is no abbreviation of words: soft part sarcoma for SPS."""
    letters = re.sub(r"s$", "", abbreviation).replace("_", "")
    if not 2 <= len(letters) <= _LONGEST or not letters.isalpha():
        return None
    between = r"\w*[\W_]+(?:(?:of|and|the|in|for|with)\s+)?"
    return re.compile(r"\b" + between.join(letters), re.IGNORECASE)
