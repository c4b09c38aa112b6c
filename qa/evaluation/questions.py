"""Question sets: JSONL whose evidence is an exact quote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from qa.records import json_lines
from qa.types import Document, QuestionSetError, Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a document's raw text that holds a part of the answer."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a set.

    `evidence` holds complete lists, any of which is enough; it is empty if the question is unanswerable. `earlier` are
    the turns before the question. `documents` are those that are asked, all if empty.
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


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of a question set; lines are counted from 1.

    >>> print(Problem("questions.jsonl", 3, "the field 'kind' is missing"))
    questions.jsonl, line 3: the field 'kind' is missing
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


def load_questions(path: Path, documents: Sequence[Document]) -> list[Question]:
    """Read a question set and find every quote in the documents.

    Raises:
        QuestionSetError: the file, a line or a quote is wrong. Every wrong line is named with its number.
    """
    questions, wrong = parse(path, documents)
    if wrong:
        raise QuestionSetError("\n".join(map(str, wrong)))
    if not questions:
        raise QuestionSetError(f"{path} has no questions; write one JSON object a line")
    return list(questions.values())


def parse(path: Path, documents: Sequence[Document], strict: bool = False) -> tuple[dict[int, Question], list[Problem]]:
    """The questions of a file by line number, and what is wrong with its other lines.

    `strict` also rejects evidence of an unanswerable question, which is ignored otherwise.

    Raises:
        QuestionSetError: the file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            lines = list(json_lines(file))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); name a file with one JSON object a line") from error
    by_id = {document.id: document for document in documents}
    questions: dict[int, Question] = {}
    wrong: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(_row(line), by_id, strict)
            if question.id in seen:
                raise ValueError(f"the id {question.id!r} is there already, in line {seen[question.id]}")
        except (ValueError, RecursionError) as error:
            wrong.append(Problem(str(path), number, str(error)))
            continue
        seen[question.id] = number
        questions[number] = question
    return questions, wrong


_Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
_Absent = BeforeValidator(lambda value: [] if value is None else value)


class _Item(BaseModel):
    model_config = ConfigDict(strict=True)
    document: str
    quote: str


class _Row(BaseModel):
    model_config = ConfigDict(strict=True)
    id: _Text
    question: _Text
    kind: _Text
    answerable: bool
    evidence: Annotated[list[_Item], _Absent] = []
    alternatives: Annotated[list[list[_Item]], _Absent] = []
    answers: Annotated[list[str], _Absent] = []
    turns: Annotated[list[_Text], _Absent] = []
    documents: Annotated[list[str], _Absent] = []
    draft: bool = False


def _row(line: str) -> _Row:
    """A line as an object with typed fields; raises `ValueError` with one message for everything that is wrong."""
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("a line must be a JSON object")
    try:
        return _Row.model_validate(row)
    except ValidationError as error:
        raise ValueError("; ".join(_said(found) for found in error.errors())) from error


def _said(error: Mapping[str, Any]) -> str:
    first, *rest = error["loc"]
    name = str(first) + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
    if error["type"] == "missing":
        return f"the field {name!r} is missing"
    return f"the field {name!r} is wrong: {str(error['msg']).lower()}"


def _question(row: _Row, documents: Mapping[str, Document], strict: bool) -> Question:
    if row.draft:
        raise ValueError("this is a draft; check the question and its evidence, then take the field `draft` out")
    lists = [row.evidence, *row.alternatives] if row.answerable else []
    if row.answerable and not all(lists):
        raise ValueError("an answerable question needs evidence, and no alternative may be empty")
    if strict and not row.answerable and (row.evidence or row.alternatives):
        raise ValueError("an unanswerable question has evidence; set `answerable` to true or take the evidence out")
    for name in row.documents:
        if name not in documents:
            raise ValueError(f"the document {name!r} is not in the index")
    turns = row.turns or [row.question]
    if turns[-1] != row.question:
        raise ValueError("the last of the turns must be the question")
    return Question(
        id=row.id,
        question=row.question,
        kind=row.kind,
        answerable=row.answerable,
        evidence=tuple(tuple(_evidence(item, documents) for item in items) for items in lists),
        answers=tuple(row.answers),
        earlier=tuple(turns[:-1]),
        documents=tuple(row.documents),
    )


def _evidence(item: _Item, documents: Mapping[str, Document]) -> Evidence:
    if item.document not in documents:
        raise ValueError(f"the document {item.document!r} is not in the index")
    start = documents[item.document].raw.find(item.quote)
    if not item.quote or start < 0:
        raise ValueError(f"this quote is not in {item.document}: {item.quote[:60]!r}")
    return Evidence(item.document, Span(start, start + len(item.quote)))
