"""Captions, and sentences that never answer by themselves: headings, table heads, and the leads of lists.

They are made of what papers and questions have anyway, and set among the sentences of passages or read alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from qa.training.cases import Text
from qa.training.papers import FILLER, Part
from qa.training.slips import noun_phrase

_FILLED = 0.3
"""The share of passages to which one or two sentences are added that never answer."""
_TABLES = 5
"""The highest number of a made-up table or figure."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a paper's fillers are made of: its headings, questions asked of it, and leads of lists of any paper."""

    headings: Sequence[str]
    questions: Sequence[str]
    leads: Sequence[str]


def label(choice: random.Random) -> str:
    """The label of a table or figure.

    >>> label(random.Random(1))
    'Table 5'
    """
    return f"{choice.choice(('Table', 'Figure', 'Fig.'))} {choice.randint(1, _TABLES)}"


def caption(of: str, question: str) -> str:
    """A caption with its label that names what a question asks for, and does not say it.

    >>> caption("Table 4", "What was the mean age at diagnosis?")
    'Table 4. Mean age at diagnosis.'
    """
    return f"{of}. {noun_phrase(question)}."


def told(of: str, question: str, sentence: str, choice: random.Random) -> tuple[str, ...]:
    """A caption that says something: its sentences, the last of which has `sentence`.

    >>> told("Fig. 2", "Mean age?", "The mean age was 4 years.", random.Random(0))
    ('Fig. 2. Mean age.', 'The mean age was 4 years.')
    """
    return choice.choice(
        (
            (f"{of}. {sentence}",),
            (f"{of}.", sentence),
            (f"{of}. ({choice.choice('AB')}) {sentence}",),
            (caption(of, question), sentence),
        )
    )


def filler(sources: Sources, choice: random.Random) -> str:
    """A sentence that never answers, "" if the sources have nothing of the kind that was drawn."""
    kind = choice.choice(("heading", "caption", "caption", "head", "lead"))
    if kind == "caption":
        return caption(label(choice), choice.choice(sources.questions)) if sources.questions else ""
    if kind == "lead":
        return choice.choice(sources.leads) if sources.leads else ""
    if not sources.headings:
        return ""
    if kind == "heading":
        return choice.choice(sources.headings)
    return " ".join(choice.sample(sources.headings, min(len(sources.headings), choice.randint(2, 4))))


def filled(part: Part, sources: Sources) -> Part:
    """Three passages in ten get one or two sentences that never answer; which and where depends only on the passage."""
    choice = random.Random(" ".join(part.text.sentences))  # noqa: S311 - a place that anyone can draw again
    if choice.random() >= _FILLED:
        return part
    sentences, numbers = list(part.text.sentences), list(part.numbers)
    for _ in range(choice.randint(1, 2)):
        if added := filler(sources, choice):
            at = choice.randrange(len(sentences) + 1)
            sentences.insert(at, added)
            numbers.insert(at, FILLER)
    return Part(Text(part.text.heading, tuple(sentences)), tuple(numbers))
