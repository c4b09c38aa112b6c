"""A question about several things → one question about each.

If a question compares things ("X versus Y", "both in X and in Y", "in X, and which in Y?"), few passages cover both, so
each is asked for on its own. The words and patterns were written by hand. They split all 21 comparisons of
`eval/questions.jsonl`, but only 10 of 26 that were written without knowing them; `test_subquestions.py` lists those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.answers.question.grammar import ASKING, AUXILIARIES, FUNCTION, PREPOSITIONS, is_name, own_words, plain
from qa.answers.question.recognition import has_name, is_fragment, points_back
from qa.answers.question.resolution import put, replaced

MOST = 3
"""A question is split into at most this many sub-questions."""

_VERSUS = r"(?:versus|vs\.?|(?:as )?compared (?:with|to)|as opposed to|in contrast to)"
_CUE = re.compile(
    r"\b(?:each|respectively|side by side|compar\w+|differ\w*|same|both|agree\w*|versus|vs|either|"
    r"all (?:two|three|four)|more|less|fewer|(?!other|rather)\w{2,}er(?= than))\b",
    re.IGNORECASE,
)
"""Words that show a comparison, where "and" alone does not."""
_PREPOSITION = r"(?P<before>in|for|with|after|before|of|at|by|from|to|on|under|during|without|among|between)"
_PARALLEL = re.compile(
    rf"(?:\b(?:both|either)\s+)?\b{_PREPOSITION}\s+(?P<a>[^,;:?]+?),?\s+"
    rf"(?:{_VERSUS}|and|or|than|but not|and (?:which|what|how \w+))\s+(?:that |those )?(?P=before)\s+"
    r"(?P<b>[^,;:?]+)",
    re.IGNORECASE,
)
_BEHIND_COLON = re.compile(
    rf"^(?P<stem>[^:]+):\s+(?P<a>[^:;]+?)\s+(?P<by>{_VERSUS}|or|and)\s+(?P<b>[^:;]+)$", re.IGNORECASE
)
_BEFORE_COLON = re.compile(
    rf"^(?P<a>[^:;]+?)\s+(?P<by>{_VERSUS}|or|and|against)\s+(?P<b>[^:;]+?)\s*:\s+(?P<stem>[^:]+)$", re.IGNORECASE
)
_AT_THE_END = re.compile(r"^(?P<stem>.+?),\s*(?P<a>[^,;:]+?)\s+or\s+(?P<b>[^,;:]+)$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+(?P<a>[^,;:?]+?)\s+and\s+(?P<b>[^,;:?]+)", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\s+(?P<a>[^,;:?]+?)\s+and\s+(?P<b>[^,;:?]+)", re.IGNORECASE)
_TWO_NAMED = re.compile(
    r"\b(?P<the>the|an?)\s+(?P<a>(?:(?!\b(?:the|an?)\b)[^,;:?])+?)\s+(?P<by>and|or)\s+(?:the|an?)\s+(?P<b>[^,;:?]+)",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"(?P<a>[^;:?]+?),?\s+{_VERSUS}\s+(?P<b>[^;:?]+)", re.IGNORECASE)
_CLAUSE = re.compile(
    rf",?\s+and\s+(?=(?:{'|'.join(sorted(ASKING))})\b)|,\s+and\s+(?=(?:{'|'.join(sorted(PREPOSITIONS))})\b)"
    rf"|,\s+and\s+(?=(?:{'|'.join(sorted(AUXILIARIES))})\s+(?:the|an?|it|he|she|they|there|this|that)\b)",
    re.IGNORECASE,
)
_PAPERS = re.compile(
    r"\b(?:both|two|three|four|five|all|each|every)\b(?: of)?(?: the| these)?(?: \w+){0,2} "
    r"(?:papers?|articles?|reports?|texts?|documents?|sources?)\b",
    re.IGNORECASE,
)

_BEFORE = FUNCTION - frozenset("of with the a an".split())
_BEHIND = (AUXILIARIES | ASKING | PREPOSITIONS) - frozenset("of with".split()) | frozenset(
    "each both respectively differ agree".split()
)
"""Words after which a side begins, and words before which it ends."""


def subquestions(question: str) -> tuple[str, ...]:
    """One question for each thing that a question compares; just the question if it is about one thing.

    >>> subquestions("What is the dose in adults versus children?")
    ('What is the dose in adults?', 'What is the dose in children?')
    >>> subquestions("Which nerve is cut and which muscles does it move?")
    ('Which nerve is cut?', 'Which nerve is cut? which muscles does it move?')
    >>> subquestions("What is the dose?")
    ('What is the dose?',)
    """
    text = " ".join(question.split())
    bare = text.rstrip("?. ")
    for rule in (_parallel, _colon, _clauses, _at_the_end, _between, _both, _named, _plain):
        found = tuple(dict.fromkeys(" ".join(part.split()).rstrip("?., ") + "?" for part in rule(bare)))
        if 1 < len(found) <= MOST and all(own_words(part) for part in found):
            return found
    return (text,)


def of_each_paper(question: str) -> bool:
    """Whether the question asks for what several papers say, without naming them.

    >>> of_each_paper("What do both papers say of fever?"), of_each_paper("What do the papers say of fever?")
    (True, False)
    """
    return bool(_PAPERS.search(question))


def _parallel(text: str) -> Iterator[str]:
    """In A and in B."""
    found = _PARALLEL.search(text)
    if not found:
        return
    b, rest = _begin(found["b"])
    for side in (found["a"], b):
        yield put(text, found.span(), f"{found['before']} {side}{rest}")


def _colon(text: str) -> Iterator[str]:
    """Stem: A or B. A or B: stem."""
    for pattern in (_BEHIND_COLON, _BEFORE_COLON):
        found = pattern.match(text)
        if found and (found["by"].lower() not in ("and", "against") or _CUE.search(text)):
            for side in _listed(found["a"], found["b"]):
                yield f"{found['stem']}: {side}"
            return


def _clauses(text: str) -> Iterator[str]:
    """Two questions in one; the second is understood as a follow-up of the first."""
    found = _CLAUSE.search(text)
    if not found:
        return
    first, second = text[: found.start()], text[found.end() :]
    asked = plain(first)
    if not AUXILIARIES & set(asked) and (len(asked) < 4 or asked[0] not in ASKING):  # "which gene and which protein"
        return
    yield first
    words = plain(second)
    if words[0] in ASKING and words[1:] and words[1] in PREPOSITIONS and not AUXILIARIES & set(words):  # "which in B"
        second = second.split(maxsplit=1)[1]
        words = words[1:]
    if words[0] in PREPOSITIONS or is_fragment(words, True, len(own_words(second))):
        yield replaced(first, f"and {second}") or f"{_without_its_place(first)} {second}"
    elif has_name(second) and not points_back(second):
        yield second
    else:
        yield f"{first}? {second}"


def _without_its_place(question: str) -> str:
    """A question up to its first preposition, `of` apart, from the fourth word on."""
    words = question.split()
    end = next((i for i in range(3, len(words)) if words[i].lower() in PREPOSITIONS - {"of"}), len(words))
    return " ".join(words[:end])


def _at_the_end(text: str) -> Iterator[str]:
    """Stem, A or B?"""
    found = _AT_THE_END.match(text)
    if found and len(plain(found["stem"])) > 2 and all(len(plain(found[side])) > 1 for side in "ab"):
        yield f"{found['stem']}, {found['a']}"
        yield f"{found['stem']}, {found['b']}"


def _between(text: str) -> Iterator[str]:
    """Between A and B."""
    found = _BETWEEN.search(text)
    if found and _CUE.search(text):
        b, rest = _begin(found["b"])
        for side in _listed(found["a"], b):
            yield put(text, found.span(), f"of {side}{rest}")


def _both(text: str) -> Iterator[str]:
    """Both A and B."""
    found = _BOTH.search(text)
    if found:
        for side in _shared(found["a"], found["b"]):
            yield put(text, found.span(), side)


def _named(text: str) -> Iterator[str]:
    """The A or the B; the A and the B, if a word shows that they are compared."""
    found = _TWO_NAMED.search(text)
    if found and (found["by"].lower() == "or" or _CUE.search(text)) and not AUXILIARIES & set(plain(found["a"])):
        for side in _shared(found["a"], found["b"]):
            yield put(text, found.span(), f"{found['the']} {side}")


def _plain(text: str) -> Iterator[str]:
    """A versus B."""
    found = _PLAIN.search(text)
    if not found:
        return
    stem, a = _end(found["a"])
    b, rest = _begin(found["b"])
    for side in _listed(a, b):
        yield put(text, found.span(), f"{stem}{side}{rest}")


def _listed(a: str, b: str) -> list[str]:
    """The sides; the first may be a list. A single word before a phrase gets the phrase's other words too.

    >>> _listed("early", "late relapse of the disease"), _listed("lung, liver", "bone")
    (['early relapse of the disease', 'late relapse of the disease'], ['lung', 'liver', 'bone'])
    """
    sides = [side.strip() for side in a.split(",") if side.strip()]
    head, *shared = b.split()
    if len(sides) == len(a.split()) == 1 and shared and head.islower() and not is_name(a.lower()):
        sides = [" ".join([a, *shared])]
    return [*sides, b]


def _shared(a: str, b: str) -> tuple[str, str]:
    """Both sides with the words that follow the second, which is assumed to be as long as the first.

    >>> _shared("mumps", "measles rare in adults")
    ('mumps rare in adults', 'measles rare in adults')
    """
    second, rest = _begin(b)
    more = second.split()[len(a.split()) :]
    return " ".join([a, *more]) + rest, b


def _begin(phrase: str) -> tuple[str, str]:
    """Split off the phrase at the beginning of a text.

    >>> _begin("the man with asthma have fever")
    ('the man with asthma', ' have fever')
    """
    words = phrase.split()
    end = next((i for i in range(1, len(words)) if words[i].lower() in _BEHIND), len(words))
    return " ".join(words[:end]), "".join(f" {word}" for word in words[end:])


def _end(phrase: str) -> tuple[str, str]:
    """Split off the phrase at the end of a text.

    >>> _end("How long is the stay after surgery")
    ('How long is the stay after ', 'surgery')
    """
    words = phrase.split()
    start = next((i + 1 for i in reversed(range(len(words) - 1)) if words[i].lower().rstrip(",") in _BEFORE), 0)
    return "".join(f"{word} " for word in words[:start]), " ".join(words[start:])
