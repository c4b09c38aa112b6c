"""COVID-QA: questions on biomedical papers, answers marked by experts.

Its files, `covidqa_articles.jsonl.gz` and `covidqa_questions.jsonl.gz`, are not in the repository; `data` is the folder
that has them.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from qa.evaluation.questions import Evidence, Question
from qa.evaluation.sets.corpora import rows, write_papers
from qa.types import Span


def write_corpus(data: Path, corpus: Path) -> None:
    """Write the papers as a corpus folder, each with its title."""
    articles = rows(data / "covidqa_articles.jsonl.gz")
    write_papers(corpus, {row["document"]: (row["title"], row["text"]) for row in articles})


def load_questions(data: Path, sample: int | None, seed: int = 0) -> list[Question]:
    """The questions or a sample, each asked of its own paper and again of another one, where it is unanswerable."""
    asked = rows(data / "covidqa_questions.jsonl.gz")
    documents = sorted({row["document"] for row in asked})
    choice = random.Random(seed)  # noqa: S311 - a sample that anyone can draw again, not a secret
    questions = []
    for row in choice.sample(asked, min(sample or len(asked), len(asked))):
        own = row["document"]
        evidence = tuple((_evidence(own, answer),) for answer in row["answers"])
        answers = tuple(answer["text"].strip() for answer in row["answers"])
        questions.append(Question(row["id"], row["question"], "own paper", True, evidence, answers, (), (own,)))
        other = choice.choice([document for document in documents if document != own])
        questions.append(Question(f"{row['id']}-other", row["question"], "other paper", False, (), (), (), (other,)))
    return questions


def _evidence(document: str, answer: dict[str, Any]) -> Evidence:
    """The marked words without surrounding white space."""
    text = answer["text"]
    start = answer["start"] + len(text) - len(text.lstrip())
    return Evidence(document, Span(start, start + len(text.strip())))
