"""The one form of training data: a question, passages that answer it and where, passages that do not."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Words = tuple[int, int, int, int]
"""The sharpest words: sentence and character where they begin, sentence and character behind their end."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage: its heading (title and section, "" if there is none) and its sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A text (by its number) that answers: the numbers of the sentences that do, and the sharpest words if known."""

    text: int
    evidence: tuple[int, ...]
    words: Words | None

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a text that answers has a sentence that does")


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a data set.

    `found` are the texts that answer it, `missing` the numbers of texts that do not, though they look like it.
    `article` is what the case is held out by: no article has cases on both sides.
    """

    set: str
    article: str
    question: str
    found: tuple[Found, ...]
    missing: tuple[int, ...]

    @property
    def held_out(self) -> bool:
        """Whether the case is for measuring and not for training: one article in thirty, by its hash."""
        return hashlib.sha256(self.article.encode()).digest()[0] % 30 == 0


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases, and the texts that they speak of by number."""

    texts: tuple[Text, ...]
    cases: tuple[Case, ...]


def save(cases: Cases, folder: Path) -> None:
    """Write `texts.jsonl.gz` and `cases.jsonl.gz`; the same cases give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "texts.jsonl.gz", (asdict(text) for text in cases.texts))
    write_rows(folder / "cases.jsonl.gz", (asdict(case) for case in cases.cases))


def load(folder: Path) -> Cases:
    """Read what `save` wrote."""
    texts = tuple(Text(row["heading"], tuple(row["sentences"])) for row in read_rows(folder / "texts.jsonl.gz"))
    return Cases(texts, tuple(_case(row) for row in read_rows(folder / "cases.jsonl.gz")))


def _case(row: Mapping[str, Any]) -> Case:
    found = tuple(
        Found(item["text"], tuple(item["evidence"]), tuple(item["words"]) if item["words"] else None)
        for item in row["found"]
    )
    return Case(row["set"], row["article"], row["question"], found, tuple(row["missing"]))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """JSONL, compressed without a date."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for row in rows:
            packed.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a compressed JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
