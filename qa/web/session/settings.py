"""The app's question set and gates."""

from __future__ import annotations

import os
from pathlib import Path

from qa.config import PROJECT


def questions() -> Path:
    """The question set that is run, and from which questions are suggested: `QA_QUESTIONS`, or the project's own."""
    return Path(os.environ.get("QA_QUESTIONS") or PROJECT / "eval" / "questions.jsonl")


def gates() -> Path:
    """What may not fall: `QA_GATES`, or the project's own."""
    return Path(os.environ.get("QA_GATES") or PROJECT / "eval" / "gates.toml")
