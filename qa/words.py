"""English words: stems, and how frequent a word is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import bm25s
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS
from wordfreq import top_n_list, zipf_frequency

from qa.text import without_accents

_WORD = r"(?u)\b\w+\b"
_SPELLINGS = (
    (re.compile(r"(?<=\w\w\w)our(?=s|ed|ing|able|al|$)"), "or"),  # tumour, favourable
    (re.compile(r"(?<=\w\w\w)is(?=e[ds]?$|ing$|ations?$)"), "iz"),  # randomised
    (re.compile(r"ae|oe"), "e"),  # paediatric, oedema
)
"""British spellings and their American forms. Question and passage change alike, so a wrong match does no harm."""


@lru_cache(maxsize=8)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def terms(texts: Sequence[str], stemmer: str = "english") -> list[list[str]]:
    """The words of each text in order, with repeats: stemmed, lower case, American spelling, no English stop words.

    Letters lose their accents, since few people type them.

    >>> terms(["Which of the tumours?", "2 tumors"]), terms(["Sjögren"]) == terms(["Sjogren"])
    ([['tumor'], ['2', 'tumor']], True)
    """
    stem = _stemmer(stemmer)
    found: list[list[str]] = bm25s.tokenize(
        [without_accents(text) for text in texts],
        token_pattern=_WORD,
        stopwords=list(STOPWORDS_EN_PLUS),
        stemmer=lambda words: stem.stemWords([_american(word) for word in words]),
        return_ids=False,
        show_progress=False,
    )
    return found


def _american(word: str) -> str:
    for spelling, form in _SPELLINGS:
        word = spelling.sub(form, word)
    return word


@lru_cache(maxsize=100_000)
def zipf(word: str) -> float:
    """Zipf frequency of a word in English, by wordfreq: log10 of occurrences in 10^9 words; 0 if no list has it."""
    return zipf_frequency(word, "en")


def is_english(word: str) -> bool:
    """Whether any of wordfreq's English lists has a word.

    >>> is_english("Pneumonia"), is_english("penumoina")
    (True, False)
    """
    return zipf(word.lower()) > 0


def frequent(n: int) -> list[str]:
    """The n most frequent English words by wordfreq, the most frequent first.

    >>> frequent(3)
    ['the', 'to', 'and']
    """
    return top_n_list("en", n)
