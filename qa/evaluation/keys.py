"""What the outcomes of a question set depend on, as one hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from qa.answers.assistant import Assistant
from qa.index.network import processor
from qa.papers.files import sha256
from qa.papers.rules import digest

LIBRARIES = (
    *("PyStemmer", "bm25s", "faiss-cpu", "ir-measures", "numpy", "onnxruntime", "scikit-learn", "scipy"),
    *("tokenizers", "wordfreq"),
)
"""Libraries that an answer or a figure comes from."""

_QA = Path(__file__).resolve().parents[1]
_ROOMS = ("answers", "evaluation", "index")
_BELOW = ("config.py", "records.py", "text.py", "types.py", "words.py", "papers/conventions.py")


def key_of(questions: Path, assistant: Assistant, split: str | None = None) -> str:
    """SHA-256 in hex of all that shapes the outcomes of a question set (or of the half `split`).

    This is the generation, the bytes of the set, the settings, the models, the kind of processor, and the code that
    answers and measures.

    Raises:
        SourceError: the set cannot be read.
    """
    models = assistant.models
    settings = {name: value for name, value in vars(assistant.settings).items() if not isinstance(value, Path)}
    parts = [
        assistant.generation,
        sha256(questions),
        split,
        settings,
        models.encoder.sha256,
        models.cross_encoder.sha256 if models.cross_encoder else "",
        asdict(models.calibration),
        processor(),
        _code(),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_files() -> list[Path]:
    """The files whose code shapes an outcome: what reads papers is in the generation, and pages change nothing."""
    return [_QA / name for name in _BELOW] + [path for room in _ROOMS for path in sorted((_QA / room).rglob("*.py"))]


@lru_cache(maxsize=1)
def _code() -> str:
    data = [sha256(path) for room in _ROOMS for path in sorted((_QA / room).glob("*.json"))]
    return " ".join([digest(code_files()), *data, *(f"{name} {version(name)}" for name in LIBRARIES)])
