"""Question sets: JSONL whose evidence is an exact quote, resolved to spans when the file is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.types import Document, QuestionSetError, Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in a document's raw text."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a set. `evidence` holds complete lists, any one of which will do; empty if unanswerable.

    `earlier` are the turns before the question; `documents` those that are asked, all if empty.
    """

    id: str
    question: str
    kind: str
    answerable: bool
    evidence: tuple[tuple[Evidence, ...], ...]
    answers: tuple[str, ...]
    earlier: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def split(self) -> str:
        """`tune` or `test`, by the id's hash: nothing is fitted on `test`."""
        return "tune" if hashlib.sha256(self.id.encode()).digest()[0] % 2 else "test"


def load_questions(path: Path, documents: Sequence[Document]) -> list[Question]:
    """Read a question set and find every quote in the documents.

    Raises:
        QuestionSetError: the file, a line or a quote is wrong. All bad lines are named, each with its number.
    """
    try:
        lines = path.read_text("utf-8").split("\n")  # JSON strings may hold what else cuts a line
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"{path} cannot be read: {error}") from error
    by_id = {document.id: document for document in documents}
    questions: list[Question] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line), by_id)
            if question.id in seen:
                raise ValueError(f"the id {question.id!r} is there already")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"the field {error} is missing" if isinstance(error, KeyError) else error
            wrong.append(f"{path}, line {number}: {reason}")
            continue
        seen.add(question.id)
        questions.append(question)
    if wrong:
        raise QuestionSetError("\n".join(wrong))
    if not questions:
        raise QuestionSetError(f"{path} has no questions")
    return questions


def _question(row: Mapping[str, Any], documents: Mapping[str, Document]) -> Question:
    answerable = row["answerable"]
    lists = [row.get("evidence") or [], *(row.get("alternatives") or [])] if answerable else []
    if answerable and not all(lists):
        raise ValueError("an answerable question needs evidence, and no alternative may be empty")
    for name in row.get("documents") or ():
        if name not in documents:
            raise ValueError(f"the document {name!r} is not in the index")
    turns = row.get("turns") or [row["question"]]
    if turns[-1] != row["question"]:
        raise ValueError("the last of the turns must be the question")
    return Question(
        id=row["id"],
        question=row["question"],
        kind=row["kind"],
        answerable=answerable,
        evidence=tuple(tuple(_evidence(item, documents) for item in items) for items in lists),
        answers=tuple(row.get("answers") or ()),
        earlier=tuple(turns[:-1]),
        documents=tuple(row.get("documents") or ()),
    )


def _evidence(item: Mapping[str, str], documents: Mapping[str, Document]) -> Evidence:
    name, quote = item["document"], item["quote"]
    if name not in documents:
        raise ValueError(f"the document {name!r} is not in the index")
    start = documents[name].raw.find(quote)
    if not quote or start < 0:
        raise ValueError(f"this quote is not in {name}: {quote[:60]!r}")
    return Evidence(name, Span(start, start + len(quote)))
