"""Search inside a paper: words as one types them, whatever their case, accents and hyphens."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from qa.text import visible, without_accents
from qa.web.reading.paper import Paper, Part

MOST = 1000
"""Finds that are shown; a word that is found more often is no help in finding a place. Set by hand on 2026-11-27."""
LONGEST = 200
"""Characters of what is looked for. Set by hand on 2026-11-27."""


def found(paper: Paper, words: str) -> tuple[Part, ...]:
    """Where these words stand in the paper, in reading order, at most `MOST` places; within one sentence each.

    They begin where a word begins, and may end inside one, so that "tumour" finds "tumours".
    """
    wanted, _ = folded(visible(words)[:LONGEST])
    if not wanted.strip():
        return ()
    places: list[Part] = []
    for number, sentence in enumerate(paper.sentences):
        text, origin = folded(sentence.text)
        at = text.find(wanted)
        while at >= 0:
            if at == 0 or text[at - 1] == " ":
                places.append(Part(number, origin[at], origin[at + len(wanted) - 1] + 1))
                if len(places) == MOST:
                    return tuple(places)
            at = text.find(wanted, at + 1)
    return tuple(places)


def folded(text: str) -> tuple[str, Sequence[int]]:
    """A text in its plainest form, and of each of its characters the place in the text that it comes from.

    Letters lose case and accents, and ligatures their form; hyphens vanish; all else that is no letter or digit becomes
    one blank, as white space does.

    >>> folded("Anti-TNF, ﬁrst")[0]
    'antitnf first'
    >>> folded("Sjögren")[0] == folded("SJOGREN")[0]
    True
    """
    plain: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        if character in _HYPHENS:
            continue
        form = character.lower() if character.isascii() else _plain(character)
        for one in form:
            if not one.isalnum():
                if not plain or plain[-1] == " ":
                    continue
                one = " "
            plain.append(one)
            origin.append(place)
    if plain and plain[-1] == " ":
        plain.pop()
        origin.pop()
    return "".join(plain), origin


_HYPHENS = frozenset("-\u00ad\u2010\u2011\u2012\u2043\u2212")


def _plain(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    return without_accents(unicodedata.normalize("NFKD", character)).casefold()
