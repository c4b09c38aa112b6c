"""In which language a question is asked, as far as a few words tell.

Questions are read in English. One in another language finds little, and whoever asked it should hear why.
"""

from __future__ import annotations

import re
import unicodedata
from statistics import fmean

from qa.words import zipf, zipf_in

_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 2
"""Fewer words, or letters, do not tell their language. Set by hand on 2026-11-27."""
_USUAL = 3.5
"""Words as frequent as that in English, on average (Zipf), are English: those of over 90 % of 8,944 English questions
on papers, and of none of 40 in 16 other languages. On 2026-11-27."""
_LIKELIER = 1.0
"""By how much the words have to be more frequent in another language, on average: ten times. None of the same English
questions is taken for one in another language then, and all of the others are. On 2026-11-27."""
_LANGUAGES = {
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sh": "Serbo-Croatian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "tr": "Turkish",
    "vi": "Vietnamese",
}
"""Languages in Latin letters of which wordfreq has a list, by code."""
ANOTHER = "another language"


def other_language(question: str) -> str:
    """The English name of the language of a question, `ANOTHER` if only its script tells; "" if it may be English.

    >>> other_language("Wie alt war das Mädchen?"), other_language("How old was the child?"), other_language("mg/kg")
    ('German', '', '')
    >>> other_language("Каков возраст ребёнка?")
    'another language'
    """
    letters = [letter for letter in question if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if len(letters) > _FEWEST and 2 * latin < len(letters):  # a lone Greek letter is part of a name
        return ANOTHER
    words = [word.lower() for word in _WORD.findall(question)]
    if len(words) < _FEWEST:
        return ""
    usual = fmean(map(zipf, words))
    if usual >= _USUAL:
        return ""
    code, there = max(((code, fmean(zipf_in(code, words))) for code in _LANGUAGES), key=lambda found: found[1])
    return _LANGUAGES[code] if there - usual > _LIKELIER else ""
