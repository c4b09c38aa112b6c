"""One measure for all systems: whether their chunks hold the evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
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
    """Where a chunk's text stands in the raw text, regardless of white space; None if it is not there.

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
    """The spans of each chunk, in order: those that it names, or where its text is found; none if it is not found."""
    return [(chunk["document"], _spans(chunk, raws.get(chunk["document"], ""))) for chunk in chunks]


def _spans(chunk: Mapping[str, Any], raw: str) -> list[Span]:
    if chunk["spans"] is not None:
        return [Span(*span) for span in chunk["spans"]]
    place = locate(chunk["text"], raw)
    return [place] if place else []


def first_words(shown: Shown, raws: Mapping[str, str], count: int) -> Shown:
    """What is shown up to so many words of the raw text.

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
    """Each figure of `QUALITY` for each question, and the texts of chunks that are not found in the papers."""
    chunks = [asked.answers[question.id]["chunks"] for question in questions]
    all_shown = [shown(of_question, raws) for of_question in chunks]
    pairs = [(question.evidence, what) for question, what in zip(questions, all_shown, strict=True)]
    ranked = ranking([steps(evidence, what) for evidence, what in pairs])
    values = {name: [row[name] for row in ranked] for name in QUALITY if not name.startswith("words")}
    for n in WORDS:
        values[f"words@{n}"] = [float(holds_any(evidence, first_words(what, raws, n))) for evidence, what in pairs]
    places = zip(chain.from_iterable(chunks), chain.from_iterable(all_shown), strict=True)
    return values, [chunk["text"] for chunk, (_, spans) in places if not spans]


def quality(
    questions: Sequence[Question], asked: Asked, ours: Asked, raws: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Every figure with its interval and its ratio to ours, and `p` if it is scored question by question."""
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
    return interval(auroc, [can, cannot], vectorised=True, resamples=_RESAMPLES)


def _figure(value: Figure, ours: Figure) -> dict[str, float]:
    return asdict(value) | {"ratio": value.value / ours.value if ours.value else float("nan")}


def costs(asked: Asked, ours: Asked) -> dict[str, dict[str, float]]:
    """What a system costs, and the ratio to ours: the median of the rounds, the largest for memory."""
    base = _costs(ours)
    return {name: {"value": value, "ratio": value / base[name]} for name, value in _costs(asked).items()}


def _costs(asked: Asked) -> dict[str, float]:
    return {
        "start-up, s": quantile(asked.start, 0.5),
        "build, s": quantile(asked.build, 0.5),
        "p50, ms": quantile(asked.milliseconds, 0.5),
        "p95, ms": quantile(asked.milliseconds, 0.95),
        "memory, MB": max(asked.megabytes),
    }


def length(asked: Asked) -> float:
    """The mean number of words of a chunk that is shown."""
    lengths = [len(chunk["text"].split()) for row in asked.answers.values() for chunk in row["chunks"]]
    return sum(lengths) / max(1, len(lengths))
