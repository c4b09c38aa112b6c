"""The one form of training data: a question, passages that answer it and where, passages that do not."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.sets import asked

UNJUDGED = "library"
"""The set of questions and texts that only a teacher judges; without one it is not read."""

PAPER_SETS = frozenset({"asked", "outcomes", "typed", "swapped", UNJUDGED})
"""The sets whose articles are whole papers, named by their ids."""

SpanBounds = tuple[int, int, int, int]
"""Of an answer span: its first sentence and the character at which it begins there, its last sentence and the
character behind its end."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage: its heading (title and section, "" if there is none) and its sentences."""

    heading: str
    sentences: tuple[str, ...]

    def words(self, bounds: SpanBounds) -> str:
        """The words of an answer span, with single spaces between sentences.

        >>> Text("", ("It is hard.", "It is red.")).words((0, 6, 1, 5))
        'hard. It is'
        """
        first, start, last, end = bounds
        parts = list(self.sentences[first : last + 1])
        parts[-1] = parts[-1][:end]
        parts[0] = parts[0][start:]
        return " ".join(parts)


Answering = tuple[Text, tuple[int, ...], SpanBounds | None]
"""A text that answers: the text, the numbers of its evidence sentences, and the answer span if known."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text (by its number) that answers: the numbers of its evidence sentences, and the answer span if known."""

    text: int
    evidence: tuple[int, ...]
    words: SpanBounds | None

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a text that answers has at least one evidence sentence")


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a data set.

    `found` are the texts that answer it, `missing` the numbers of similar texts that do not. Cases are held out by
    `article`: all cases of an article are either trained on or held out.
    """

    set: str
    article: str
    question: str
    found: tuple[Found, ...]
    missing: tuple[int, ...]

    @property
    def texts(self) -> tuple[int, ...]:
        """The numbers of all its texts, those that answer first."""
        return (*(found.text for found in self.found), *self.missing)

    @property
    def held_out(self) -> bool:
        """Whether the case is measured on and never trained on: one article in thirty, chosen by its hash.

        Of the sets made of whole papers it is one paper in ten, the same as in `qa.evaluation.sets.asked`.
        """
        if self.set in PAPER_SETS:
            return asked.held_out(self.article)
        return hashlib.sha256(self.article.encode()).digest()[0] % 30 == 0


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases, and the texts that they refer to by number."""

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
    """Write gzip JSONL without a time stamp, so that the same rows give the same bytes."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for row in rows:
            packed.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a gzip JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
