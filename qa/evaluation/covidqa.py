"""COVID-QA (Möller et al. 2020, https://aclanthology.org/2020.nlpcovid19-acl.18): biomedical papers, expert questions.

Its files are not in the repository; the folder that has `covidqa_articles.jsonl.gz` and
`covidqa_questions.jsonl.gz` is named by whoever runs this.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.evaluation.questions import Evidence, Question
from qa.types import Span


def write_corpus(data: Path, corpus: Path) -> None:
    """Write the papers as a corpus folder, each with its title."""
    corpus.mkdir(parents=True, exist_ok=True)
    entries = []
    for row in _rows(data / "covidqa_articles.jsonl.gz"):
        name = row["document"]
        (corpus / f"{name}.txt").write_bytes(row["text"].encode())
        title = "".join(c for c in row["title"] or name if c not in "{}\\%$&#_^~")
        entries.append(f"@article{{{name},\n  title = {{{{{title}}}}},\n  file = {{{name}.txt}},\n}}\n")
    (corpus / "corpus.bib").write_text("\n".join(entries), "utf-8")


def load_questions(data: Path, sample: int, seed: int = 0) -> list[Question]:
    """A sample of the questions, each asked of its own paper, and again, unanswerable, of another one."""
    rows = list(_rows(data / "covidqa_questions.jsonl.gz"))
    documents = sorted({row["document"] for row in rows})
    choice = random.Random(seed)  # noqa: S311 - a sample that anyone can draw again, not a secret
    questions = []
    for row in choice.sample(rows, min(sample, len(rows))):
        own = row["document"]
        evidence = tuple((_evidence(own, answer),) for answer in row["answers"])
        answers = tuple(answer["text"].strip() for answer in row["answers"])
        questions.append(Question(row["id"], row["question"], "own paper", True, evidence, answers, (), (own,)))
        other = choice.choice([document for document in documents if document != own])
        questions.append(Question(f"{row['id']}-other", row["question"], "other paper", False, (), (), (), (other,)))
    return questions


def _evidence(document: str, answer: dict[str, Any]) -> Evidence:
    """The marked words without their outer blanks."""
    text = answer["text"]
    start = answer["start"] + len(text) - len(text.lstrip())
    return Evidence(document, Span(start, start + len(text.strip())))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
