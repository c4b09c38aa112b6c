"""Questions worth asking: those of the question set that this index answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from qa.config import QUESTIONS
from qa.types import EVERYTHING, Answer, Scope
from qa.words import terms

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_SUGGESTED, _TRIED = 3, 4
"""Follow-up questions to suggest, and how many to ask at most to find them."""

_KNOWN: WeakKeyDictionary[Assistant, dict[tuple[str, Scope], bool]] = WeakKeyDictionary()
"""Cache: does this assistant answer this question in this scope?"""


def starters(assistant: Assistant, questions: Path = QUESTIONS, scope: Scope = EVERYTHING) -> tuple[str, ...]:
    """Questions to begin with: those that the question set marks as starters and this index answers in this scope."""
    marked = [row["question"] for row in _question_rows(questions) if row.get("starter")]
    return tuple(answered(assistant, marked, scope))


def follow_ups(
    assistant: Assistant,
    answer: Answer,
    asked: Collection[str] = (),
    questions: Path = QUESTIONS,
    scope: Scope = EVERYTHING,
) -> tuple[str, ...]:
    """Up to three questions of the question set that share words with an answer and that this index answers.

    Those that share the most words come first. Questions already `asked` are left out.
    """
    near = [question for question in sharing_words(assistant, answer.text, questions) if question not in asked]
    return tuple(islice(answered(assistant, near[:_TRIED], scope), _SUGGESTED))


def sharing_words(assistant: Assistant, text: str, questions: Path = QUESTIONS) -> list[str]:
    """The questions of the question set that share words with a text, those that share the most first."""
    stemmer = assistant.index.settings.stemmer
    own_words = set(terms([text], stemmer)[0])
    own = [row["question"] for row in _question_rows(questions) if row.get("answerable") and "turns" not in row]
    shared = {question: len(own_words.intersection(terms([question], stemmer)[0])) for question in own}
    return sorted(filter(lambda question: shared[question], own), key=lambda question: -shared[question])


def answered(assistant: Assistant, questions: Iterable[str], scope: Scope) -> Iterator[str]:
    """Those of some questions that this assistant answers in this scope."""
    known = _KNOWN.setdefault(assistant, {})
    for question in questions:
        if (question, scope) not in known:
            known[question, scope] = isinstance(assistant.ask(question, scope=scope, as_typed=True), Answer)
        if known[question, scope]:
            yield question


def _question_rows(questions: Path) -> list[dict[str, Any]]:
    """The rows of a question set, unchecked; [] if there is no such file."""
    if not questions.exists():
        return []
    return [json.loads(line) for line in questions.read_text("utf-8").splitlines() if line.strip()]
