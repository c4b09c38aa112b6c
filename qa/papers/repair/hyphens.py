"""Whether a hyphen at a line's end belongs to the word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from qa.words import zipf

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
"""A word of letters, with the hyphens inside it."""
_BROKEN = re.compile(r"[\w-]+[-\u2010\u00ad][^\S\r\n\f]*[\r\n\f]\s*[\w-]+")
"""A word that is broken at a line's end."""
_PREFIXES = frozenset(
    "anti auto bi bio co counter de dis extra hyper hypo inter intra macro meta micro mid multi neo neuro non over "
    "para peri poly post pre pro pseudo re semi sub super supra trans tri ultra un under".split()
)
"""Prefixes that are written without a hyphen, from general English. The lists here were collected by hand."""
_COMBINING = frozenset(
    "angio arterio cardio cerebro chemo chondro cyto dermo electro encephalo endo entero fibro gastro haemo hemo "
    "hepato histo immuno lympho myo nephro onco osteo oto patho pharmaco phono photo physio pneumo psycho radio retro "
    "rhino spiro thermo thrombo uro vaso".split()
)
"""Combining forms of medical words. They are joined like prefixes, even if both halves are words."""
_PARTICLES = frozenset("and by down for free in like of off old on or out over the to up wide with year".split())
"""Short second parts of compounds: follow-up, drug-free."""
_SECONDS = frozenset(
    "associated based bearing binding borne bound coated conjugated containing dependent derived directed driven "
    "enriched expressing free guided independent induced infected inducing labelled labeled like linked mediated "
    "negative positive producing related resistant responsive restricted rich sensitive specific stimulated "
    "transfected transformed treated type wide".split()
)
"""Second parts that make a compound with any noun: drug-resistant."""
_ENDINGS = frozenset(
    "able al ally ation ed er ible ic ical ing ion ism ist ity ive ize ized ly ment ness ous tion".split()
)
"""Suffixes, which are never the second part of a compound."""

UNKNOWN = 3.0
"""Zipf frequency (log10 of occurrences in 10^9 words) below which half of a broken word is no word by itself."""
FAMILIAR = 3.3
"""Zipf frequency from which on the joined word is a word, whatever its halves are."""
RARER = 1.6
"""How much rarer (in Zipf) than its rarer half a joined word may be; `wellknown` is 3.9 rarer, `baseline` 1.4."""
ATTESTED = 2.4
"""Zipf frequency from which on a joined word may be `RARER_IF_ATTESTED`; `airway` has 3.2, `halflife` 1.6."""
RARER_IF_ATTESTED = 2.4
"""`RARER` for words that are in use joined; `stillbirth` is 2.36 rarer, `longterm` 2.48."""
UNUSED = 1.0
"""Zipf frequency below which a joined word with a prefix is not in use, so that it keeps its hyphen. Set by hand."""
_SHORTEST_HALF = 3
"""Letters of a half that counts as a word of the paper; two letters may be any ending."""


def words_within_lines(text: str) -> Counter[str]:
    """How often each word occurs in the text unbroken, in lower case, with its hyphens.

    >>> dict(words_within_lines("A well-known li-\\nver"))
    {'a': 1, 'well-known': 1}
    """
    return Counter(m[0].lower() for m in _WORD.finditer(_BROKEN.sub(" ", text)))


def hyphen_stays(before: str, after: str, words: Mapping[str, int]) -> bool:
    """Whether `before-` at a line's end and `after` on the next line are a compound rather than one broken word.

    `words` counts the words that the same paper has unbroken. If it has one form more often, that form is taken.

    >>> hyphen_stays("main", "tenance", {}), hyphen_stays("22-year", "old", {}), hyphen_stays("ABC1", "KLM", {})
    (False, True, True)
    """
    part = before.rsplit("-", 1)[-1]
    if not part or not after or not part[-1].isalpha() or not after[0].islower():
        return True
    word = _WORD.match(after)
    second = (word[0] if word else after).split("-")[0].lower()
    first = part.lower()
    joined, compound = words.get(first + second, 0), words.get(f"{first}-{second}", 0)
    if joined != compound:
        return compound > joined
    if not first.isalpha() or len(first) == 1:  # no word is broken after one letter
        return True
    known, rarer = zipf(first + second), min(zipf(first), zipf(second))
    if known >= FAMILIAR:
        return False
    if second in _ENDINGS:
        return False
    if not known and (second in _SECONDS or _both_stand_alone(first, second, words)):
        return True
    if rarer < UNKNOWN:
        return False
    if (first in _PREFIXES or first in _COMBINING) and second not in _PARTICLES:
        return known < UNUSED
    return second in _PARTICLES or rarer - known > (RARER_IF_ATTESTED if known >= ATTESTED else RARER)


def _both_stand_alone(first: str, second: str, words: Mapping[str, int]) -> bool:
    """Whether the paper has both halves as words by themselves."""
    whole = min(len(first), len(second)) >= _SHORTEST_HALF and first not in _PREFIXES and first not in _COMBINING
    return whole and bool(words.get(first)) and bool(words.get(second))
