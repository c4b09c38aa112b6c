"""Word lists of English grammar, and the questions' tokens."""

from __future__ import annotations

import re

from qa.words import terms, zipf

AUXILIARIES = frozenset(
    "is are was were be been am do does did has have had can could will would should shall may might must".split()
)
ASKING = frozenset("what which who whom whose when where why how".split())
PREPOSITIONS = frozenset(
    "of in on at to for from by with without within after before during under over among between against through "
    "since until than as into per about".split()
)
RELATIVES = frozenset("that which who whose whom where when".split())
JOINING = frozenset(
    "and or but than as after before when while until because if since although though once whether whereas".split()
)
PERSONAL = frozenset("he him his she her hers himself herself".split())
PLURAL = frozenset("they them their theirs themselves".split())
NEUTER = frozenset("it its itself".split())
FUNCTION = (AUXILIARIES | ASKING | PREPOSITIONS | RELATIVES | JOINING | PERSONAL | PLURAL | NEUTER) | frozenset(
    "the a an any some many much more most few all each every no not there this these those then so too also very ever "
    "still else instead again only one ones me you i we us our my your please same other others such".split()
)
"""Words that name no matter of their own."""

PEOPLE = frozenset(
    "man woman boy girl child baby infant toddler newborn patient person adult male female teenager adolescent mother "
    "father son daughter brother sister student volunteer donor participant".split()
)
INDIVIDUALS = frozenset("man woman boy girl".split())
"""People of whom a paper has one, as a rule: who they are is known without an earlier question."""
GROUPS = frozenset("men women children babies people".split()) | frozenset(f"{word}s" for word in PEOPLE)

_SAYING = frozenset("tell give say know get got details detail".split())
_IRREGULAR = frozenset("people men women children mice data bacteria".split())
_NO_PLURALS = frozenset(
    "happens causes makes means becomes remains helps goes comes gets works uses gives always perhaps sometimes "
    "besides plus versus across towards afterwards".split()
)
_TOKEN = re.compile(r"[^\W_][\w'’/+-]*")
_RARE = 3.15
"""Words that are rarer in English (zipf: about 1.4 in a million words) name a matter: `penicillin`, not `dose`."""


def tokens(question: str) -> list[str]:
    """The words as they are written, with their hyphens and apostrophes.

    >>> tokens("The man's 5-year survival?")
    ['The', "man's", '5-year', 'survival']
    """
    return _TOKEN.findall(question)


def plain(question: str) -> list[str]:
    """The same in lower case, without a genitive's ending.

    >>> plain("The man's?")
    ['the', 'man']
    """
    return [re.sub(r"['’]s$", "", token.lower()) for token in tokens(question)]


def own_words(question: str) -> list[str]:
    """The words that name what is asked about, each once.

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


def is_person(word: str) -> bool:
    """Whether a lower-case word is somebody whom `he` or `she` can stand for.

    >>> is_person("girl"), is_person("4-year-old"), is_person("drug")
    (True, True, False)
    """
    return word in PEOPLE or word.endswith("-year-old")


def is_name(word: str, first: bool = False) -> bool:
    """Whether a word is a name, an abbreviation or too rare to be of any topic; `first` of a sentence.

    >>> is_name("HIV-1"), is_name("What", first=True), is_name("penicillin"), is_name("dose")
    (True, False, True, False)
    """
    if sum(c.isupper() for c in word) > 1 or (word[0].isupper() and not first and word != "I"):
        return True
    return any(_rare(part.lower()) for part in re.split(r"[-/'’+]", word))


def _rare(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and max(zipf(word), zipf(word.removesuffix("s"))) < _RARE
