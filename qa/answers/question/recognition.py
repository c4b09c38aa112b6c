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
"""Counts of a question's own words. With more than `LONG` it is no follow-up, even if it points back; with more than
`SHORT` it is one only if it points back. By hand, 2026-11-21, on the conversations that eval/README.md names."""

ABOUT = re.compile(
    r"(?:(?:and|but|or|so|then) )?(?:what about|how about|what of|(?:the )?same for|what if|why not|how so)\b", re.I
)
"""Openings that only follow-ups have; by hand."""
AND = re.compile(r"(?:and|but|or|so|then|also)\b[\s,]*", re.IGNORECASE)
"""Openings that follow-ups and new questions have; by hand."""

_DEFINITION = re.compile(
    r"(?:what|who) (?:is|are|was|were) (?:an? )?(?!the\b)(?:[\w-]+ ?){1,3}\??$|define\b|"
    r"what (?:does|do) .+ (?:mean|stand for)\??$",
    re.IGNORECASE,
)
"""A question for a definition, which stands alone however short it is."""
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
"""An `it` that refers to nothing: "is it true that", "how long does it take to"; the adjectives by hand."""
_POINTS_BACK = re.compile(
    r"\b(?:did|does|do|is|was|were|has|had|can|could|will|would|of|in|for|to|after|before|with|from|by|than|like|about|at|"
    r"on|during|without|compare|explain|describe) that\b(?! (?:of|the|an?|most|all|many|some|there|it|they|s?he)\b)|"
    r"\b(?:that|there|then|too|as well|afterwards?)\W*$|\bthis\b|\bones\b|"
    r"\b(?:which|this|that|other|another|last|next|\w+(?:st|nd|rd|th|er)) one\b(?!-)|"
    r"\bthe (?:same\b(?!.* as\b)|others?\b|latter|former)|\binstead\b(?! of)|\b(?:what|who|where|how) else\b",
    re.IGNORECASE,
)
"""A demonstrative, or a word such as `instead`, that refers to an earlier question; by hand."""
_THESE = re.compile(r"\b(?:these|those)\b", re.IGNORECASE)


def is_follow_up(question: str, turns: Sequence[Turn] = ()) -> bool:
    """Whether the question lacks something that the turns before it have.

    It does if it opens like a follow-up, points back, is only a fragment, or is short and names nothing new: no name,
    no rare word, no word that the last turn's passages lack. Without turns no question is a follow-up.
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
    """Whether these words, `own` of them the question's own, are no clause: "in adults?", "(and) the second?"."""
    if not words or AUXILIARIES & set(words):
        return False
    return (words[0] in PREPOSITIONS and own <= SHORT) or (opened and words[0] not in ASKING)


def has_name(question: str) -> bool:
    """Whether the question has a name, an abbreviation or a rare word outside noun phrases that point back.

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
    """Noun phrases with `the` that no preposition or relative clause defines, as half-open ranges of tokens.

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
    """Whether a pronoun, or a word like `instead`, refers to something outside the question.

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
    """Whether an `it` or `its` has no noun before it to refer to.

    For `it` that noun must be in another clause, for `its` it may be in the same. The thing asked for is no such noun
    ("Which group found it?"), unless it follows an `of`.
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
    """Whether the passages found for a turn have a word; also true if no passages were found."""
    passages = turn.result.passages
    return not passages or set(terms([word])[0]) <= set(terms([" ".join(hit.passage.text for hit in passages)])[0])
