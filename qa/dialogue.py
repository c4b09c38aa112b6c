"""Turns + question → a question that stands alone, without a language model.

A follow-up is known by what it lacks: a pronoun in place of a noun, a beginning such as "and" or "what about",
or no word of its own. It is asked with the standing question before it in front. A question that names its own
matter is left as it was typed, so that a new topic is not dragged back to the old one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.lexical import terms
from qa.types import Turn

_OPENING = re.compile(
    r"^\s*(?:and|but|or|so|then|also|what about|how about|what of|same for|why|why not|how so)\b", re.I
)
_REFERS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|the same|"
    r"the other|the others|the latter|the former|one|ones|such|else|instead)\b",
    re.IGNORECASE,
)
_QUESTION_WORDS = frozenset(
    "what which who whom whose when where why how do does did is are was were can could should would will has have "
    "had about any many much there give tell me more".split()
)


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it is to be asked: itself, or a follow-up with what it follows in front.

    That is the last question that stood alone, and the one just before this if it was a follow-up too.

    >>> stand_alone("What dose was given?", ())
    'What dose was given?'
    """
    if not turns or not is_follow_up(question):
        return question
    alone = next((t for t in reversed(turns) if t.result.interpreted_as == " ".join(t.question.split())), turns[0])
    before = [alone.result.interpreted_as, *([] if alone is turns[-1] else [turns[-1].question])]
    return " ".join(part.strip() for part in [*before, question])


def is_follow_up(question: str) -> bool:
    """Whether the question cannot be understood without the one before.

    >>> is_follow_up("And after the second one?"), is_follow_up("Which gene fusions occur in ARMS tumours?")
    (True, False)
    """
    own = [term for term in terms([question])[0] if term not in _QUESTION_WORDS]
    opening = _OPENING.match(question)
    if opening and (len(own) <= 5 or opening[0].strip().lower() in ("what about", "how about", "same for")):
        return True
    return len(own) <= 1 or (bool(_REFERS.search(question)) and len(own) <= 6)
