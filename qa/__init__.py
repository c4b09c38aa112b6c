"""Answers from your own papers, in their own words: every word of an answer is a checked quote."""

from __future__ import annotations

import os
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

# ONNX Runtime (1.32, seen on 2026-11-27) reports what runs to its maker, under an identifier that it writes to
# `~/.cache`, unless this is set before it is imported. Its own `disable_telemetry_events` comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

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
