"""Questions as people type them: with slips, and without verbs and other function words."""

from __future__ import annotations

import random
import string

from qa.answers.question.grammar import FUNCTION, tokens
from qa.answers.question.spelling import beside

_TOLD = frozenset("why when where not no without before after than least most more".split())
"""Function words that change what is asked, so that nobody in a hurry leaves them out; by hand."""
_LONG = 4
"""Letters of the shortest word that has a slip."""


def slipped(question: str, seed: str = "") -> str:
    """The question with a slip in one word, and in a second if it has eight words: always the same for a seed.

    A slip is a letter left out, doubled, exchanged with the next, or replaced by its neighbour on the keyboard. First
    letters, words of fewer than four letters and words with digits or inner capitals have none.

    >>> slipped("lornoxicam dose?")
    'lornoxicam doose?'
    """
    choice = random.Random(f"{seed} {question}")  # noqa: S311 - a slip that anyone can make again
    words = question.split(" ")
    able = [i for i, word in enumerate(words) if _can_slip(word)]
    for i in choice.sample(able, min(len(able), 2 if len(words) >= 8 else 1)):
        words[i] = _slip(words[i], choice)
    return " ".join(words)


def _can_slip(word: str) -> bool:
    bare = word.strip(string.punctuation)
    return len(bare) >= _LONG and bare.isalpha() and bare[1:].islower()


def _slip(word: str, choice: random.Random) -> str:
    at = choice.randrange(1, len(word.rstrip(string.punctuation)) - 1)
    before, letter, after, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    slips = [before + after + rest, before + letter * 2 + after + rest, before + after + letter + rest]
    slips += [before + other + after + rest for other in beside(letter)]
    return choice.choice(slips)


def bare(question: str) -> str:
    """The words of a question that name what it is about, in lower case, as typed into a search box.

    >>> bare("What was the dose of lornoxicam in sepsis?")
    'dose lornoxicam sepsis'
    >>> bare("Why was it not given after surgery?")
    'why not given after surgery'
    """
    return " ".join(word for word in map(str.lower, tokens(question)) if word in _TOLD or word not in FUNCTION)


def as_typed(question: str, choice: random.Random) -> str:
    """The question as a person in a hurry types it: with slips, bare, or both."""
    return choice.choice((slipped, bare, lambda asked: slipped(bare(asked))))(question)


def noun_phrase(question: str) -> str:
    """The question without the question word and the verbs it begins with, as a caption would say it.

    >>> noun_phrase("What was mean HbA1c at week 260 in children?")
    'Mean HbA1c at week 260 in children'
    """
    words = question.rstrip("?").split()
    first = next((i for i, word in enumerate(words) if word.lower() not in FUNCTION), 0)
    phrase = " ".join(words[first:])
    return phrase[:1].upper() + phrase[1:]
