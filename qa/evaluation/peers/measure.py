"""One measure for all systems: whether their chunks hold the evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from qa.evaluation.compare_runs import difference
from qa.evaluation.confidence import auroc
from qa.evaluation.evidence import Shown, holds_any, steps
from qa.evaluation.metrics import WORDS, Figure, interval, mean, quantile, ranking
from qa.evaluation.peers.asking import Asked
from qa.evaluation.questions import Question
from qa.types import Span

CUTS = (1, 3, 5)
QUALITY = (*(f"recall@{k}" for k in CUTS), "mrr", *(f"words@{n}" for n in WORDS))

_RESAMPLES = 500


def locate(text: str, raw: str) -> Span | None:
    """Where a chunk's text stands in the raw text, blanks and line breaks apart; None if it does not.

    >>> locate("tis- sue is soft", "Such tis-\\nsue is\\n\\nsoft.")
    Span(start=5, end=22)
    """
    bare = "".join(text.split())
    places = [match.start() for match in re.finditer(r"\S", raw)]
    start = "".join(raw[place] for place in places).find(bare)
    if not bare or start < 0:
        return None
    return Span(places[start], places[start + len(bare) - 1] + 1)


def shown(chunks: Sequence[Mapping[str, Any]], raws: Mapping[str, str]) -> Shown:
    """The spans of each chunk, in order: its own, or where its text is found; none if it is not."""
    found = []
    for chunk in chunks:
        document = chunk["document"]
        if chunk["spans"] is not None:
            spans = [Span(*span) for span in chunk["spans"]]
        else:
            place = locate(chunk["text"], raws[document]) if document in raws else None
            spans = [place] if place else []
        found.append((document, spans))
    return found


def first_words(shown: Shown, raws: Mapping[str, str], count: int) -> Shown:
    """What is left of all that is shown when a reader stops after so many words of the raw text.

    >>> first_words([("a", [Span(0, 9)]), ("b", [Span(0, 3)])], {"a": "one two three", "b": "six"}, 3)
    [('a', [Span(start=0, end=9)]), ('b', [])]
    """
    read = []
    for document, spans in shown:
        kept = []
        for span in spans:
            words = list(re.finditer(r"\S+", raws[document][span.start : span.end]))[:count]
            count -= len(words)
            if words:
                kept.append(Span(span.start, span.start + words[-1].end()))
        read.append((document, kept))
    return read


def scores(
    questions: Sequence[Question], asked: Asked, raws: Mapping[str, str]
) -> tuple[dict[str, list[float]], list[str]]:
    """Each figure of `QUALITY` for each question that has an answer, and the chunks that were not found."""
    all_shown = [shown(asked.answers[question.id]["chunks"], raws) for question in questions]
    ranked = ranking([steps(question.evidence, what) for question, what in zip(questions, all_shown, strict=True)])
    values = {name: [row[name] for row in ranked] for name in QUALITY if not name.startswith("words")}
    for n in WORDS:
        values[f"words@{n}"] = [
            float(holds_any(question.evidence, first_words(what, raws, n)))
            for question, what in zip(questions, all_shown, strict=True)
        ]
    lost = [
        chunk["text"]
        for question, what in zip(questions, all_shown, strict=True)
        for chunk, (_, spans) in zip(asked.answers[question.id]["chunks"], what, strict=True)
        if not spans
    ]
    return values, lost


def quality(
    questions: Sequence[Question], asked: Asked, ours: Asked, raws: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Every figure with its interval and its ratio to ours; `p` for those that are scored by the question."""
    answerable = [question for question in questions if question.answerable]
    values, _ = scores(answerable, asked, raws)
    base, _ = scores(answerable, ours, raws)
    found = {
        name: _figure(mean(values[name]), mean(base[name]))
        | {"p": difference(name, list(zip(base[name], values[name], strict=True))).p}
        for name in QUALITY
    }
    for kind in dict.fromkeys(question.kind for question in questions if not question.answerable):
        found[f"auroc {kind}"] = _figure(*(_auroc(questions, kind, system) for system in (asked, ours)))
    return found


def _auroc(questions: Sequence[Question], kind: str, asked: Asked) -> Figure:
    can = [asked.answers[q.id]["confidence"] for q in questions if q.answerable]
    cannot = [asked.answers[q.id]["confidence"] for q in questions if not q.answerable and q.kind == kind]
    return interval(auroc, [can, cannot], resamples=_RESAMPLES)


def _figure(value: Figure, ours: Figure) -> dict[str, float]:
    return asdict(value) | {"ratio": value.value / ours.value if ours.value else float("nan")}


def costs(asked: Asked, ours: Asked) -> dict[str, dict[str, float]]:
    """What a system costs, and the ratio to ours: the middle one of the rounds, the largest for memory."""

    def of(one: Asked) -> dict[str, float]:
        return {
            "start-up, s": quantile(one.start, 0.5),
            "build, s": quantile(one.build, 0.5),
            "p50, ms": quantile(one.milliseconds, 0.5),
            "p95, ms": quantile(one.milliseconds, 0.95),
            "memory, MB": max(one.megabytes),
        }

    base = of(ours)
    return {name: {"value": value, "ratio": value / base[name]} for name, value in of(asked).items()}


def length(asked: Asked) -> float:
    """The mean number of words of a chunk that is shown."""
    lengths = [len(chunk["text"].split()) for row in asked.answers.values() for chunk in row["chunks"]]
    return sum(lengths) / max(1, len(lengths))
