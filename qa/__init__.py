"""Answers from your own papers, in their own words: every word of an answer is a checked quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.types import (
    Abstention,
    Answer,
    BusyError,
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
    Result,
    Scope,
    Sentence,
    SourceError,
    Span,
    StoreError,
    Turn,
)

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.index.library import Library

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "BusyError",
    "Citation",
    "Document",
    "Hit",
    "Library",
    "ModelError",
    "Passage",
    "Place",
    "QAError",
    "QuestionError",
    "QuestionSetError",
    "QuoteError",
    "Result",
    "Scope",
    "Sentence",
    "SourceError",
    "Span",
    "StoreError",
    "Turn",
]


def __getattr__(name: str) -> object:
    """`Assistant` and `Library` are imported when they are first asked for: they need FAISS, `qa --help` does not."""
    if name == "Assistant":
        from qa.answers.assistant import Assistant

        return Assistant
    if name == "Library":
        from qa.index.library import Library

        return Library
    raise AttributeError(name)
