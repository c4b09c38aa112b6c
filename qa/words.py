"""English words: stems, and how frequent a word is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import Stemmer
from wordfreq import top_n_list, zipf_frequency

from qa.text import without_accents

_WORD = re.compile(r"\w+")
_STOP = frozenset(
    "a about above after again against ain all am an and any are aren aren't as at be because been before being "
    "below between both but by can couldn couldn't d did didn didn't do does doesn doesn't doing don don't down "
    "during each few for from further had hadn hadn't has hasn hasn't have haven haven't having he her here hers "
    "herself him himself his how i if in into is isn isn't it it's its itself just ll m ma me mightn mightn't more "
    "most mustn mustn't my myself needn needn't no nor not now o of off on once only or other our ours ourselves "
    "out over own re s same shan shan't she she's should should've shouldn shouldn't so some such t than that "
    "that'll the their theirs them themselves then there these they this those through to too under until up ve "
    "very was wasn wasn't we were weren weren't what when where which while who whom why will with won won't wouldn "
    "wouldn't y you you'd you'll you're you've your yours yourself yourselves".split()
)
"""English words that say nothing of what a text is about: bm25s's longer list, which is that of NLTK."""
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
    words = [_WORD.findall(without_accents(text).lower()) for text in texts]
    return [[_stem(word, stemmer) for word in own if word not in _STOP] for own in words]


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    stem: str = _stemmer(language).stemWord(_american(word))
    return stem


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
