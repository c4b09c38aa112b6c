"""The earlier question with the one thing replaced that a follow-up changes."""

from __future__ import annotations

import re

from qa.answers.question.grammar import (
    ASKING,
    AUXILIARIES,
    GROUPS,
    PEOPLE,
    PREPOSITIONS,
    is_name,
    own_words,
    plain,
    tokens,
)
from qa.answers.question.recognition import ABOUT, AND
from qa.words import terms

_TAIL = re.compile(r"(?:\s+(?:instead|then|too|though|one))*\W*$", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(?P<count>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th)|"
    r"(?<![\d.,])\d+(?![\d.,]*\d))\b(?:[\s-]+(?P<of>[^\W\d_]+))?",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?P<letters>[^\W\d_]{2,})(?P<dash>-?)(?P<number>\d+)")
_WHO = re.compile(
    rf"(?:\b(?:the|an?|this|that)\s+)?(?:\b[\w-]+\s+)??\b(?:{'|'.join(sorted(PEOPLE | GROUPS))})\b(?P<genitive>['’]s)?",
    re.IGNORECASE,
)


def replaced(earlier: str, follow_up: str) -> str:
    """The earlier question, asked about what the follow-up names instead, or "" if no rule applies.

    An ordinal or a count replaces another one, people replace people, and a code with a number replaces a code with the
    same letters. The follow-up must name nothing else, and the earlier question must have just one thing of that kind.

    >>> replaced("How was the first attack treated?", "And the second?")
    'How was the second attack treated?'
    >>> replaced("Is it safe in children?", "What about adults?")
    'Is it safe in adults?'
    >>> replaced("How was the first attack treated?", "And why?")
    ''
    """
    opening = ABOUT.match(follow_up) or AND.match(follow_up)
    new = _TAIL.sub("", follow_up[opening.end() :] if opening else follow_up).strip()
    words = plain(new)
    if AUXILIARIES & set(words) or ASKING & set(words[:1]):
        return ""
    return _other_count(earlier, new) or _other_code(earlier, new) or _other_people(earlier, new)


def _other_count(earlier: str, new: str) -> str:
    old, wanted = list(_COUNT.finditer(earlier)), list(_COUNT.finditer(new))
    if len(old) != 1 or len(wanted) != 1 or old[0]["count"][0].isdigit() != wanted[0]["count"][0].isdigit():
        return ""
    counted = wanted[0]["of"] or ""
    if terms([counted])[0] not in ([], terms([old[0]["of"] or ""])[0]) or _more(new, f"{earlier} {wanted[0][0]}"):
        return ""
    return put(earlier, old[0].span("count"), wanted[0]["count"])


def _other_code(earlier: str, new: str) -> str:
    wanted = list(_CODE.finditer(new))
    old = list(_CODE.finditer(earlier))
    if len(old) != 1 or len(wanted) != 1 or old[0]["letters"].lower() != wanted[0]["letters"].lower():
        return ""
    return (
        ""
        if _more(new, f"{earlier} {new[wanted[0].start() :].split()[0]}")
        else put(earlier, old[0].span(), wanted[0][0])
    )


def _other_people(earlier: str, new: str) -> str:
    words = new.split()
    who = new if not words or words[0].lower() not in PREPOSITIONS else " ".join(words[1:])
    old = list(_WHO.finditer(earlier))
    if len(old) != 1 or not (wanted := _WHO.fullmatch(who)):
        return ""
    start, end = old[0].span()
    while (first := earlier[start:end].split()[0]).lower() in PREPOSITIONS | AUXILIARIES:  # "in children"
        start += len(first) + 1
    end = _end_of_attribute(earlier, end)
    if end < 0:
        return ""
    named = who[: wanted.start("genitive")] if wanted["genitive"] else who
    return put(earlier, (start, end), named + (old[0]["genitive"] or ""))


def _end_of_attribute(question: str, end: int) -> int:
    """The end of a "with X" or "of X" that follows people, as an offset; -1 if X is not made of names."""
    attribute = re.match(r"\s+(?:with|of)\s+", question[end:])
    if not attribute:
        return end
    rest = question[end + attribute.end() :]
    run = 0
    for token in tokens(rest):
        if not is_name(token):
            return -1
        run = rest.index(token, run) + len(token)
    return end + attribute.end() + run


def _more(new: str, said: str) -> bool:
    """Whether the follow-up has own words that `said` lacks."""
    return bool(set(own_words(new)) - set(plain(said)))


def put(text: str, place: tuple[int, int], word: str) -> str:
    """The text with the word put in place of the range of characters."""
    return text[: place[0]] + word + text[place[1] :]
