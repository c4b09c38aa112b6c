"""English words: stems, and how frequent a word is."""

from __future__ import annotations

import gzip
import importlib.util
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import msgpack
import Stemmer

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
    """Zipf frequency of a word in English, by wordfreq: log10 of occurrences in 10^9 words; 0 if no list has it.

    wordfreq takes 0.1 s to import, for tokenising. A word of A to Z needs none, and is looked up without it.
    """
    if not (word.isascii() and word.isalpha()):
        from wordfreq import zipf_frequency

        return zipf_frequency(word, "en")
    many = zipf.cache_info().misses > _FEW_WORDS
    place = _places().get(word.lower()) if many else _place(word.lower(), _bands())
    return 0.0 if place is None else round((_CENTIBELS - place) / 100, 2)


_FEW_WORDS = 500
"""After so many words, a table of all is made, which takes 0.07 s and 20 MB, but 0.1 ms less for each word. A question
has ten or so. Set by hand on 2026-11-27."""
_CENTIBELS = 900
"""100 * log10 of 10^9 words."""


@cache
def _bands() -> list[list[str]]:
    """wordfreq's longest list of English words, in bands."""
    return _read("large_en")


def _read(name: str) -> list[list[str]]:
    """A list of wordfreq's in bands: that at place n has the words of frequency 10^(-n/100), sorted.

    The format is described in wordfreq's `read_cBpack`.
    """
    spec = importlib.util.find_spec("wordfreq")
    assert spec
    assert spec.origin
    packed = Path(spec.origin).with_name("data") / f"{name}.msgpack.gz"
    bands: list[list[str]] = msgpack.unpackb(gzip.decompress(packed.read_bytes()))[1:]
    return bands


def zipf_in(language: str, words: Sequence[str]) -> list[float]:
    """Zipf frequencies of words in lower case in another language, by its code, as `zipf` has them for English.

    wordfreq's short list is read each time, in 0.01 s, and not kept: this is rarely asked.

    >>> zipf_in("de", ["nicht", "patients"])[0] > 6
    True
    """
    bands = _read(f"small_{language}")
    places = (_place(word, bands) for word in words)
    return [0.0 if place is None else round((_CENTIBELS - place) / 100, 2) for place in places]


def _place(word: str, bands: Sequence[list[str]]) -> int | None:
    """The place of the band that has the word."""
    return next((n for n, band in enumerate(bands) if band[(at := bisect_left(band, word)) : at + 1] == [word]), None)


@cache
def _places() -> Mapping[str, int]:
    return {word: place for place, band in enumerate(_bands()) for word in band}


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
    from wordfreq import top_n_list

    return top_n_list("en", n)
