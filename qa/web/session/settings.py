"""The app's question set and gates."""

from __future__ import annotations

from pathlib import Path

from qa.config import WebSettings


def questions() -> Path:
    """The question set that is run, and from which questions are suggested: `QA_QUESTIONS`, or the project's own."""
    return WebSettings().questions


def gates() -> Path:
    """What may not fall: `QA_GATES`, or the project's own."""
    return WebSettings().gates
