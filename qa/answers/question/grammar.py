"""Word lists of English grammar, and the questions' tokens.

All lists were written by hand, and none is complete.
"""

from __future__ import annotations

import re

from qa.words import terms, zipf

AUXILIARIES = frozenset(
    "is are was were be been am do does did has have had can could will would should shall may might must".split()
)
"""Auxiliary verbs; by hand. A fragment of a question has none of them."""

ASKING = frozenset("what which who whom whose when where why how".split())
"""Question words; by hand."""

PREPOSITIONS = frozenset(
    "of in on at to for from by with without within after before during under over among between against through "
    "since until than as into per about".split()
)
"""Prepositions of one word, and `than` and `as`; by hand."""

RELATIVES = frozenset("that which who whose whom where when".split())
"""Words that begin a relative clause; by hand."""

JOINING = frozenset(
    "and or but than as after before when while until because if since although though once whether whereas".split()
)
"""Words that join clauses; by hand."""

PERSONAL = frozenset("he him his she her hers himself herself".split())
PLURAL = frozenset("they them their theirs themselves".split())
NEUTER = frozenset("it its itself".split())
"""Third-person pronouns of people (`PERSONAL`), of several (`PLURAL`) and of things (`NEUTER`); by hand."""

FUNCTION = (AUXILIARIES | ASKING | PREPOSITIONS | RELATIVES | JOINING | PERSONAL | PLURAL | NEUTER) | frozenset(
    "the a an any some many much more most few all each every no not there this these those then so too also very ever "
    "still else instead again only one ones me you i we us our my your please same other others such".split()
)
"""Words that name no topic: the lists above, and determiners, adverbs and pronouns that were added by hand."""

PEOPLE = frozenset(
    "man woman boy girl child baby infant toddler newborn patient person adult male female teenager adolescent mother "
    "father son daughter brother sister student volunteer donor participant".split()
)
"""Nouns of people, in the singular; by hand."""
GROUPS = frozenset("men women children babies people".split()) | frozenset(f"{word}s" for word in PEOPLE)
"""The plurals of `PEOPLE`; the irregular ones by hand."""

_SAYING = frozenset("tell give say know get got details detail".split())
"""Words of requests such as "tell me more"; by hand."""
_IRREGULAR = frozenset("people men women children mice data bacteria".split())
"""Plurals without `s`; by hand."""
_NO_PLURALS = frozenset(
    "happens causes makes means becomes remains helps goes comes gets works uses gives always perhaps sometimes "
    "besides plus versus across towards afterwards".split()
)
"""Words that end in `s` and are no plurals; by hand."""
_TOKEN = re.compile(r"[^\W_][\w'’/+-]*")
_RARE = 3.15
"""A word below this Zipf frequency (about 1.4 in a million words) names a topic: `penicillin`, not `dose`. By hand."""


def tokens(question: str) -> list[str]:
    """The words of a question as written, with hyphens and apostrophes.

    >>> tokens("The man's 5-year survival?")
    ['The', "man's", '5-year', 'survival']
    """
    return _TOKEN.findall(question)


def plain(question: str) -> list[str]:
    """The words of a question in lower case, without the genitive's `'s`.

    >>> plain("The man's?")
    ['the', 'man']
    """
    return [re.sub(r"['’]s$", "", token.lower()) for token in tokens(question)]


def own_words(question: str) -> list[str]:
    """The words that name what a question is about, each once.

    >>> own_words("How long did the side effects of it last?")
    ['long', 'side', 'effects', 'last']
    """
    return list(dict.fromkeys(w for w in plain(question) if w not in FUNCTION | _SAYING and terms([w])[0]))


def is_plural(word: str) -> bool:
    """Whether a lower-case word looks like a noun in the plural.

    >>> is_plural("drugs"), is_plural("diagnosis"), is_plural("does")
    (True, False, False)
    """
    ending = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word in _IRREGULAR or (ending and word not in FUNCTION | _NO_PLURALS)


def is_name(word: str, first: bool = False) -> bool:
    """Whether a word is a name, an abbreviation or a rare word; `first` if it begins a sentence.

    >>> is_name("HIV-1"), is_name("What", first=True), is_name("penicillin"), is_name("dose")
    (True, False, True, False)
    """
    if sum(c.isupper() for c in word) > 1 or (word[0].isupper() and not first and word != "I"):
        return True
    return any(_rare(part.lower()) for part in re.split(r"[-/'’+]", word))


def _rare(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and max(zipf(word), zipf(word.removesuffix("s"))) < _RARE
