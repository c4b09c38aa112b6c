"""Draft cases that evaluators write by marking a sentence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.records import json_text
from qa.types import Document, QuestionError, Sentence, StoreError, check_quote

Case = dict[str, Any]
"""A line of a question set (`qa.evaluation.questions`) as plain data for JSON; `draft` is true until it is accepted."""

FILE = "drafts.jsonl"


def draft(question: str, document: Document, sentence: Sentence, kind: str = "factoid") -> Case:
    """A line of a question set whose evidence is a sentence of a paper, quoted from the raw text.

    Raises:
        QuestionError: the question is empty, or the sentence's words stand more than once in the paper.
        QuoteError: the sentence does not stand in this paper.
    """
    words = " ".join(question.split())
    if not any(c.isalnum() for c in words):
        raise QuestionError("the question is empty; type a question in words")
    check_quote(document, sentence.text, sentence.spans)
    quotes = [document.raw[span.start : span.end] for span in sentence.spans]
    for quote in quotes:
        if (times := document.raw.count(quote)) > 1:
            raise QuestionError(
                f"these words stand {times} times in {document.id} and are no evidence for one place: {quote[:60]!r}"
            )
    evidence = [{"document": document.id, "quote": quote} for quote in quotes]
    name = hashlib.sha256(json.dumps([words, evidence]).encode()).hexdigest()[:12]
    return {
        "id": f"draft-{name}",
        "question": words,
        "kind": kind,
        "answerable": True,
        "evidence": evidence,
        "alternatives": [],
        "answers": [],
        "draft": True,
    }


def append(folder: Path, case: Case) -> bool:
    """Add a case to the file of drafts; False if it is there already.

    Raises:
        StoreError: the file cannot be written, or a line of it is no JSON.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if any(known["id"] == case["id"] for known in drafts(folder)):
                return False
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json_text(case) + "\n")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); set QA_STATE_DIR to another folder") from error
    return True


def drafts(folder: Path) -> list[Case]:
    """The drafts, oldest first.

    Raises:
        StoreError: a line of the file is no JSON; the message names it.
    """
    path = folder / FILE
    found: list[Case] = []
    lines = path.read_text("utf-8").split("\n") if path.exists() else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(dict(json.loads(line)))
        except (ValueError, TypeError) as error:
            raise StoreError(f"{path}, line {number}, is no draft ({error}); correct it or take it out") from error
    return found
