"""Answers from your own papers, in their own words: every word of an answer is a checked quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.types import (
    Abstention,
    Answer,
    Citation,
    Document,
    Hit,
    ModelError,
    Passage,
    Place,
    QAError,
    QuestionError,
    QuestionSetError,
    QuoteError,
    Sentence,
    SourceError,
    Span,
    StoreError,
    Turn,
)

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "Citation",
    "Document",
    "Hit",
    "ModelError",
    "Passage",
    "Place",
    "QAError",
    "QuestionError",
    "QuestionSetError",
    "QuoteError",
    "Sentence",
    "SourceError",
    "Span",
    "StoreError",
    "Turn",
]


def __getattr__(name: str) -> object:
    """`Assistant` is imported when it is first asked for: it needs FAISS, and `qa --help` does not."""
    if name == "Assistant":
        from qa.answers.assistant import Assistant

        return Assistant
    raise AttributeError(name)
