"""Whether a question is a follow-up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answers.question.grammar import (
    ASKING,
    AUXILIARIES,
    FUNCTION,
    INDIVIDUALS,
    JOINING,
    NEUTER,
    PERSONAL,
    PLURAL,
    PREPOSITIONS,
    RELATIVES,
    is_name,
    is_person,
    is_plural,
    own_words,
    plain,
    tokens,
)
from qa.types import Turn
from qa.words import terms, zipf

LONG, SHORT = 5, 3
"""Words of its own: with more than `LONG`, a question is understood whatever it points to; with more than `SHORT`, it
lacks nothing unless it points to something. By hand, 2026-11-21, on the conversations that eval/README.md names."""

ABOUT = re.compile(
    r"(?:(?:and|but|or|so|then) )?(?:what about|how about|what of|(?:the )?same for|what if|why not|how so)\b", re.I
)
"""Beginnings that only a follow-up has."""
AND = re.compile(r"(?:and|but|or|so|then|also)\b[\s,]*", re.IGNORECASE)
"""Beginnings of follow-ups, and of new questions too."""

_DEFINITION = re.compile(
    r"(?:what|who) (?:is|are|was|were) (?:an? )?(?!the\b)(?:[\w-]+ ?){1,3}\??$|define\b|"
    r"what (?:does|do) .+ (?:mean|stand for)\??$",
    re.IGNORECASE,
)
_JUDGED = (
    "true possible safe necessary known clear likely important better best worth worthwhile recommended advisable "
    "common unusual usual rare feasible ethical reasonable normal useful difficult hard easy dangerous thought "
    "believed reported shown proven proved established wise"
).replace(" ", "|")
_EMPTY_IT = re.compile(
    r"\b(?:is|was|be|been) it (?:(?:\w+ ){1,4}?(?:if|that|whether)\b|"
    rf"(?:\w+ )?(?:{_JUDGED}) (?:to|for|when)\b)|\b(?:does|did|would|will|can) it take\b(?=.* to\b)",
    re.IGNORECASE,
)
"""An `it` that stands for nothing: "is it true that", "how long does it take to"."""
_POINTS_BACK = re.compile(
    r"\b(?:did|does|do|is|was|were|has|had|can|could|will|would|of|in|for|to|after|before|with|from|by|than|like|about|at|"
    r"on|during|without|compare|explain|describe) that\b(?! (?:of|the|an?|most|all|many|some|there|it|they|s?he)\b)|"
    r"\b(?:that|there|then|too|as well|afterwards?)\W*$|\bthis\b|\bones\b|"
    r"\b(?:which|this|that|other|another|last|next|\w+(?:st|nd|rd|th|er)) one\b(?!-)|"
    r"\bthe (?:same\b(?!.* as\b)|others?\b|latter|former)|\binstead\b(?! of)|\b(?:what|who|where|how) else\b",
    re.IGNORECASE,
)
_THESE = re.compile(r"\b(?:these|those)\b", re.IGNORECASE)


def is_follow_up(question: str, turns: Sequence[Turn] = ()) -> bool:
    """Whether the question lacks something that the turns before it have.

    It does when it begins or points back like a follow-up, is no whole clause, or is short and names nothing: no name,
    no rare word, nothing that was not found before. Without turns no question is a follow-up.
    """
    return bool(turns) and _lacks(" ".join(question.split()), turns)


def _lacks(question: str, turns: Sequence[Turn]) -> bool:
    if ABOUT.match(question):
        return True
    opening = AND.match(question)
    rest = question[opening.end() :] if opening else question
    own, words, names = own_words(rest), plain(rest), has_name(rest)
    if len(own) <= LONG and points_back(rest):
        return True
    if not own or is_fragment(words, bool(opening), len(own)):
        return True
    if opening:
        return len(own) <= (SHORT if names else LONG)
    if names or len(own) > SHORT or (_DEFINITION.match(rest) and words[0] in (*ASKING, "define")):
        return False
    definite = [words[i] for start, end in bare_definites(rest) for i in range(start, end)]
    if INDIVIDUALS & set(definite):
        return bool(INDIVIDUALS & set(definite) & set(plain(" ".join(turn.question for turn in turns[-2:]))))
    return bool(definite) or len(own) == 1 or _was_found(min(own, key=zipf), turns[-1])


def is_fragment(words: Sequence[str], opened: bool, own: int) -> bool:
    """Whether these words, of which `own` are the question's own, are no clause: "in adults?", "(and) the second?"."""
    if not words or AUXILIARIES & set(words):
        return False
    return (words[0] in PREPOSITIONS and own <= SHORT) or (opened and words[0] not in ASKING)


def has_name(question: str) -> bool:
    """Whether it has a name, an abbreviation or a rare word; not in a noun phrase that points back.

    >>> has_name("What is the dose of penicillin?"), has_name("Was the penicillin stopped?")
    (True, False)
    """
    pointing = {i for start, end in bare_definites(question) for i in range(start, end)}
    found = tokens(question)
    return any(
        is_name(token, first=i == 0)
        for i, token in enumerate(found)
        if i not in pointing or (token[0].isupper() and i > 0) or sum(c.isupper() for c in token) > 1
    )


def bare_definites(question: str) -> list[tuple[int, int]]:
    """Noun phrases with `the` that nothing behind them makes precise, as ranges of tokens; what follows may be in them.

    >>> bare_definites("Were the margins of the sample clear?")
    [(5, 7)]
    """
    words = plain(question)
    found = []
    for start in (i + 1 for i, word in enumerate(words) if word == "the"):
        end = next((i for i in range(start, len(words)) if words[i] in FUNCTION), len(words))
        if end > start and (end == len(words) or words[end] not in PREPOSITIONS | RELATIVES):
            found.append((start, end))
    return found


def points_back(question: str) -> bool:
    """Whether a pronoun, or a word like `instead`, stands for something that is not in the question.

    >>> points_back("Did she survive?"), points_back("How old was the girl when she fell ill?")
    (True, False)
    """
    if _POINTS_BACK.search(question):
        return True
    if (these := _THESE.search(question)) and not any(map(is_plural, plain(question[: these.start()]))):
        return True
    words = plain(question)
    people = any(is_person(word) and (i == 0 or words[i - 1] not in PERSONAL | PLURAL) for i, word in enumerate(words))
    if not people and PERSONAL & set(words):
        return True
    if any(word in PLURAL and not any(map(is_plural, words[:i])) for i, word in enumerate(words)):
        return True
    return _neuter_points_back(question)


def _neuter_points_back(question: str) -> bool:
    """Whether an `it` has no noun before it, in another clause; for `its` the clause may be the same.

    What is asked for is no such noun ("Which group found it?"), but what that is of may be one.
    """
    words = plain(re.sub(r"[,:;]", " and ", _EMPTY_IT.sub(" ", question)))
    asked_for = next((i for i, word in enumerate(words) if word in AUXILIARIES), 0)
    for place, word in enumerate(words):
        if word not in NEUTER:
            continue
        nouns = [
            i
            for i, noun in enumerate(words[:place])
            if noun not in FUNCTION
            and not (is_person(noun) or is_plural(noun) or noun.endswith(("ed", "ing")))
            and (i > asked_for or "of" in words[:i])
            and (word != "it" or JOINING & set(words[i + 1 : place]))
        ]
        if not nouns:
            return True
    return False


def _was_found(word: str, turn: Turn) -> bool:
    """Whether the passages found for a turn have a word. Where none were found, it may be of the topic all the same."""
    passages = turn.result.passages
    return not passages or set(terms([word])[0]) <= set(terms([" ".join(hit.passage.text for hit in passages)])[0])
