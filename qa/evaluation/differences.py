"""What differs between two generations: papers, their passages, and what the question set is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.answers.assistant import Assistant
from qa.answers.caches import Caches
from qa.evaluation.questions import Question, parse
from qa.evaluation.run import Outcome, run_together
from qa.index.index import Index
from qa.types import Answer, Progress, QuestionSetError, Result

_SIGN = {"added": "+", "removed": "-", "changed": "~", "unchanged": "="}


@dataclass(frozen=True, slots=True)
class PaperDifference:
    """A paper in two indexes: how many of its passages are in both with the same words, only in the first, only in the
    second; and the texts of those that are in one only."""

    document: str
    state: Literal["added", "removed", "changed", "unchanged"]
    title: str
    same: int
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()

    def __str__(self) -> str:
        passages = f"{self.same} passages the same, {len(self.lost)} only before, {len(self.won)} only after"
        return f"{_SIGN[self.state]} {self.document}: {self.title} ({passages})"


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """A question that two generations answer otherwise: the words of each answer, None where there is none."""

    question: str
    before: str | None
    after: str | None
    confidence_before: float
    confidence_after: float

    def __str__(self) -> str:
        before = "no answer" if self.before is None else self.before
        after = "no answer" if self.after is None else self.after
        return (
            f"? {self.question}\n  - {before} ({self.confidence_before:.2f})\n  + {after} ({self.confidence_after:.2f})"
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """How many questions both generations were asked, and which of them they answer otherwise."""

    asked: int
    changed: tuple[AnswerDifference, ...]


def papers_between(before: Index, after: Index) -> list[PaperDifference]:
    """Each paper of either index, by id."""
    found = []
    for name in sorted(before.keys.keys() | after.keys.keys()):
        title = (after if name in after.keys else before).by_id[name].title
        if before.keys.get(name) == after.keys.get(name) and before.fingerprint == after.fingerprint:
            found.append(PaperDifference(name, "unchanged", title, len(after.rows_of(name))))
            continue
        old, new = (Counter(p.text for p in index.passages_of(name)) for index in (before, after))
        only = tuple((old - new).elements()), tuple((new - old).elements())
        same = (old & new).total()
        state: Literal["added", "removed", "changed"] = (
            "added" if name not in before.keys else "removed" if name not in after.keys else "changed"
        )
        found.append(PaperDifference(name, state, title, same, *only))
    return found


def answers_between(
    index: Path, before: str, after: str, questions: Path, caches: Caches, progress: Progress
) -> Answers:
    """Ask two generations the questions that fit the papers of either, and compare the answers word for word.

    Raises:
        QuestionSetError: no question fits.
        StoreError, ModelError: as for asking.
    """
    old, new = (Assistant.open(index, generation=name) for name in (before, after))
    fitting = {q.id: q for one in (old, new) for q in parse(questions, one.documents)[0].values()}
    if not fitting:
        raise QuestionSetError(f"no question of {questions} has its evidence in these papers")
    asked = [*fitting.values()]
    results = [_results(asked, assistant, name, caches, progress) for assistant, name in ((old, before), (new, after))]
    pairs = [(q, *both) for q, *both in zip(asked, *results, strict=True)]
    return Answers(len(asked), tuple(_difference(q, a, b) for q, a, b in pairs if _words(a) != _words(b)))


def _results(
    questions: Sequence[Question], assistant: Assistant, name: str, caches: Caches, progress: Progress
) -> list[Outcome]:
    try:
        with_caches = assistant.with_models(caches.around(assistant.models))
        return run_together(questions, with_caches, lambda done, total, what: progress(done, total, f"{name}: {what}"))
    finally:
        caches.save()


def _difference(question: Question, before: Outcome, after: Outcome) -> AnswerDifference:
    return AnswerDifference(
        question.question, _words(before), _words(after), round(before.confidence, 4), round(after.confidence, 4)
    )


def _words(outcome: Outcome) -> str | None:
    result: Result | None = outcome.result
    return result.text if isinstance(result, Answer) else None
