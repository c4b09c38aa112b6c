"""SQuAD 2 and CLAPNQ: each question with a passage that answers it or does not.

SQuAD 2 (Rajpurkar, Jia and Liang 2018, https://aclanthology.org/P18-2124) has short answers, CLAPNQ (Rosenthal et
al. 2025, https://aclanthology.org/2025.tacl-1.3) whole sentences. Each passage becomes a paper of its own, and its
questions are asked of it alone. So these sets measure the choice of words and abstention, not search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.evaluation.questions import Evidence, Question
from qa.evaluation.sets.corpora import rows, sampled, write_papers
from qa.types import Span

FILES: Mapping[str, tuple[str, ...]] = {
    "squad2": ("read_squad2dev_eval.jsonl.gz",),
    "clapnq": ("read_clapnq_dev_ans.jsonl.gz", "read_clapnq_dev_unans.jsonl.gz"),
}
"""The files of each set, by its name."""


def load(name: str, data: Path, corpus: Path, sample: int | None) -> list[Question]:
    """The questions of a set, or a sample, with their passages written as a corpus folder.

    SQuAD's answers to a question are alternatives; CLAPNQ's are the sentences of one answer.
    """
    chosen = sampled([row for file in FILES[name] for row in rows(data / file)], sample)
    write_papers(corpus, {_paper(row): (row["title"], row["context"]) for row in chosen})
    return [_question(name, row) for row in chosen]


def _paper(row: Mapping[str, Any]) -> str:
    return "p" + hashlib.sha256(row["context"].encode()).hexdigest()[:12]


def _question(name: str, row: Mapping[str, Any]) -> Question:
    paper = _paper(row)
    answerable = not row["is_impossible"]
    found = [Evidence(paper, Span(a["start"], a["start"] + len(a["text"]))) for a in row["answers"]]
    lists: Sequence[tuple[Evidence, ...]] = (tuple(found),) if name == "clapnq" else [(item,) for item in found]
    expected = row.get("gold_answers") or [answer["text"] for answer in row["answers"]]
    return Question(
        id=row["id"],
        question=" ".join(row["question"].split()),
        kind="answerable" if answerable else "unanswerable",
        answerable=answerable,
        evidence=tuple(lists) if answerable else (),
        answers=tuple(dict.fromkeys(text for text in expected if text.strip())) if answerable else (),
        documents=(paper,),
    )
