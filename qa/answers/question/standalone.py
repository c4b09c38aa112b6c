"""Turns + question → a question that stands alone.

A question that names its own topic is left as typed, so that a new topic is not dragged back to the old one
(`recognition`). A follow-up becomes the earlier question with one thing replaced (`resolution`) or, if no rule applies,
is appended to the earlier question.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.answers.question.recognition import is_follow_up
from qa.answers.question.resolution import replaced
from qa.types import Turn, corrected


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it is asked: unchanged, or what a follow-up is understood as.

    >>> stand_alone("What dose was given?", ())
    'What dose was given?'
    """
    if not is_follow_up(question, turns):
        return question
    before = _asked_before(turns)
    if len(before) == 1 and (whole := replaced(before[0], question)):
        return whole
    return " ".join([*map(_ended, before), " ".join(question.split())])


def _asked_before(turns: Sequence[Turn]) -> list[str]:
    """The last question that stood alone, and then the last turn as typed if that was a follow-up."""
    number = next((i for i in reversed(range(len(turns))) if _stood_alone(turns, i)), 0)
    return [turns[number].result.interpreted_as, *([] if number == len(turns) - 1 else [_typed(turns[-1])])]


def _stood_alone(turns: Sequence[Turn], number: int) -> bool:
    """Whether a turn was asked as one complete question, and not as a fragment or appended to an earlier question."""
    typed, asked = _typed(turns[number]), turns[number].result.interpreted_as
    if asked == typed:
        return not is_follow_up(typed, turns[:number])
    return not asked.endswith(tuple(f"{mark} {typed}" for mark in _MARKS))


def _typed(turn: Turn) -> str:
    return " ".join(corrected(turn.question, turn.result.corrections).split())


def _ended(question: str) -> str:
    return question if question.endswith(_MARKS) else f"{question}?"


_MARKS = ("?", ".", "!")
