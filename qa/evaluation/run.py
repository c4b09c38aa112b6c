"""Run a question set and count: is the evidence found, does the answer hold it, is a refusal right."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.assistant import Assistant
from qa.evaluation.questions import Evidence, Question
from qa.types import Answer, Result, Span, Turn


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    `rank` is the smallest k at which the first k passages hold a complete evidence list, or None.
    `holds` says whether the answer's quotes do. `milliseconds` is the time of the last turn.
    """

    question: Question
    result: Result
    rank: int | None
    holds: bool
    milliseconds: float


def run(questions: Iterable[Question], assistant: Assistant) -> list[Outcome]:
    """Ask every question, with its earlier turns asked first, in order."""
    return [_ask(question, assistant) for question in questions]


def _ask(question: Question, assistant: Assistant) -> Outcome:
    turns: list[Turn] = []
    for earlier in question.earlier:
        turns.append(Turn(earlier, assistant.ask(earlier, turns, question.documents)))
    start = time.perf_counter()
    result = assistant.ask(question.question, turns, question.documents)
    milliseconds = 1000 * (time.perf_counter() - start)
    shown = [(hit.passage.document, hit.passage.spans) for hit in result.passages]
    rank = next((k for k in range(1, len(shown) + 1) if holds_any(question.evidence, shown[:k])), None)
    quoted = [(c.document.id, c.spans) for c in result.citations] if isinstance(result, Answer) else []
    return Outcome(question, result, rank, holds_any(question.evidence, quoted), milliseconds)


Shown = Sequence[tuple[str, Sequence[Span]]]
"""Documents' ids, each with the spans of what is shown of it."""


def holds_any(lists: Iterable[Sequence[Evidence]], shown: Shown) -> bool:
    """Whether what is shown holds every item of at least one list."""
    return any(items and all(covered(item, shown) > 0.5 for item in items) for items in lists)


def covered(item: Evidence, shown: Shown) -> float:
    """The share, 0 to 1, of a piece of evidence that is shown, in characters of the raw text.

    >>> covered(Evidence("a", Span(0, 10)), [("a", [Span(5, 20)]), ("b", [Span(0, 10)])])
    0.5
    """
    inside = {
        offset
        for document, spans in shown
        if document == item.document
        for span in spans
        for offset in range(max(span.start, item.span.start), min(span.end, item.span.end))
    }
    return len(inside) / (item.span.end - item.span.start)


@dataclass(frozen=True, slots=True)
class Row:
    """Figures for one kind of question; None where the kind has no such questions. Shares are 0 to 1.

    `recall` is the share of answerable questions whose evidence is complete in the first 1, 3, 5 passages, `mrr`
    the mean of 1/rank; `answered` and `right` the shares of answerable ones that were answered, and whose
    answer holds the evidence; `false_answers` the share of unanswerable ones that were answered.
    """

    kind: str
    n: int
    recall: tuple[float, float, float] | None
    mrr: float | None
    answered: float | None
    right: float | None
    false_answers: float | None


def table(outcomes: Sequence[Outcome]) -> list[Row]:
    """A row for each kind, in the order in which they first come, and one for all."""
    kinds = list(dict.fromkeys(outcome.question.kind for outcome in outcomes))
    rows = [_row(kind, [o for o in outcomes if o.question.kind == kind]) for kind in kinds]
    return [*rows, _row("all", outcomes)]


def _row(kind: str, outcomes: Sequence[Outcome]) -> Row:
    can = [o for o in outcomes if o.question.answerable]
    cannot = [o for o in outcomes if not o.question.answerable]

    def share(of: Sequence[Outcome], values: Iterable[float]) -> float | None:
        return sum(values) / len(of) if of else None

    def within(k: int) -> float:
        return sum(o.rank is not None and o.rank <= k for o in can) / len(can)

    return Row(
        kind=kind,
        n=len(outcomes),
        recall=(within(1), within(3), within(5)) if can else None,
        mrr=share(can, (1 / o.rank for o in can if o.rank)),
        answered=share(can, (isinstance(o.result, Answer) for o in can)),
        right=share(can, (o.holds for o in can)),
        false_answers=share(cannot, (isinstance(o.result, Answer) for o in cannot)),
    )


def render(outcomes: Sequence[Outcome]) -> str:
    """The table and the latency as text."""
    header = ("kind", "n", "recall@1", "recall@3", "recall@5", "MRR", "answered", "evidence", "false")
    lines: list[tuple[str, ...]] = [header]
    for row in table(outcomes):
        figures = (*(row.recall or (None, None, None)), row.mrr, row.answered, row.right, row.false_answers)
        lines.append((row.kind, str(row.n), *("–" if value is None else f"{value:.2f}" for value in figures)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    first, *rest = widths
    text = ["  ".join([line[0].ljust(first), *map(str.rjust, line[1:], rest)]) for line in lines]
    times = sorted(outcome.milliseconds for outcome in outcomes)
    text.append("")
    text.append(
        f"latency of a warm question: p50 {quantile(times, 0.5):.0f} ms, p95 {quantile(times, 0.95):.0f} ms\n"
        "answered: answerable questions answered; evidence: those whose answer holds it; "
        "false: unanswerable questions answered"
    )
    return "\n".join(text)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value at a share, 0 to 1, of an ordered list that is not empty.

    >>> quantile([1.0, 2.0, 3.0], 0.5)
    2.0
    """
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
