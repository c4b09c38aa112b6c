"""A run as plain data: what `results.json` holds.

The same run on another day or machine gives the same data, except in the fields named `times` and `milliseconds`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from qa.answers.assistant import Assistant
from qa.evaluation import confidence
from qa.evaluation.ablation import Row
from qa.evaluation.evidence import touches
from qa.evaluation.metrics import METRICS, Figure, Scores, quantile, scores, summary
from qa.evaluation.questions import Evidence
from qa.evaluation.run import Outcome
from qa.records import json_text
from qa.text import cell
from qa.types import Answer, Document, Hit, QuestionSetError

FORMAT = 1
_SHOWN = 3
"""Passages whose text is stored for each question, besides the one that completes the evidence."""

Results = dict[str, Any]

Scored = Sequence[tuple[Outcome, Scores]]
"""Outcomes, each with its scores."""


def results(
    outcomes: Sequence[Outcome], assistant: Assistant, name: str, rows: Sequence[Row] = (), key: str = ""
) -> Results:
    """Everything that was measured on the question set `name`; `rows` are the ablation. Needs at least one outcome.

    `key` is that of `qa.evaluation.keys`, or "": two runs with the same one have the same outcomes.
    """
    scored = list(zip(outcomes, scores(outcomes), strict=True))
    kinds = {"all": scored} | _grouped(scored)
    halves = {split: [pair for pair in scored if pair[0].question.split == split] for split in ("tune", "test")}
    halves = {split: half for split, half in halves.items() if half}
    return {
        "format": FORMAT,
        "key": key,
        "set": name,
        "questions_sha256": _hash(outcomes),
        "generation": assistant.generation,
        "encoder_sha256": assistant.models.encoder.sha256,
        "calibration": _calibration(assistant),
        "kinds": {kind: _group(kind, group) for kind, group in kinds.items()},
        "splits": {split: _group(split, half) for split, half in halves.items()},
        "confidence": {
            split: _figures(confidence.figures([outcome for outcome, _ in group]))
            for split, group in {"all": scored, **halves}.items()
        },
        "curves": {aim: _curve(outcomes, aim) for aim in confidence.AIMS},
        "reliability": _reliability(outcomes),
        "ablation": [{"name": row.name, "figures": _figures(row.figures)} for row in rows],
        "questions": [_question(outcome, row, assistant.by_id) for outcome, row in scored],
        "times": _times([outcome.milliseconds for outcome in outcomes if outcome.result and outcome.milliseconds]),
    }


def _hash(outcomes: Sequence[Outcome]) -> str:
    """SHA-256, in hex, of what was asked and what was expected."""
    rows = [asdict(outcome.question) for outcome in outcomes]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _calibration(assistant: Assistant) -> dict[str, Any]:
    return {
        "fitted_on": assistant.models.calibration.fitted_on,
        "date": assistant.models.calibration.date,
        "max_wrong": assistant.settings.max_wrong,
        "threshold": assistant.threshold,
    }


def _grouped(scored: Scored) -> dict[str, list[tuple[Outcome, Scores]]]:
    """The outcomes by kind of question, in the order in which the kinds occur first."""
    groups: dict[str, list[tuple[Outcome, Scores]]] = {}
    for outcome, row in scored:
        groups.setdefault(outcome.question.kind, []).append((outcome, row))
    return groups


def _group(name: str, scored: Scored) -> dict[str, Any]:
    answerable = sum(outcome.question.answerable for outcome, _ in scored)
    figures = _figures(summary([row for _, row in scored]))
    return {"name": name, "n": len(scored), "answerable": answerable, "figures": figures}


def _figures(figures: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    return {
        name: {"value": _round(f.value), "low": _round(f.low), "high": _round(f.high), "n": f.n}
        for name, f in figures.items()
    }


def _round(value: float) -> float:
    """Six places: fewer than any figure here is sure of, and the same on every machine."""
    return round(float(value), 6) + 0.0


def _curve(outcomes: Sequence[Outcome], aim: confidence.Aim) -> dict[str, list[float]]:
    found = confidence.curve(confidence.confidences(outcomes), confidence.losses(outcomes, aim))
    return {
        "thresholds": [_round(x) for x in found.thresholds],
        "coverages": [_round(x) for x in found.coverages],
        "risks": [_round(x) for x in found.risks],
    }


def _reliability(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    bins = confidence.reliability(confidence.confidences(outcomes), confidence.losses(outcomes, "answer"))
    return [asdict(one) for one in bins]


def _times(milliseconds: Sequence[float]) -> dict[str, Any]:
    return {
        "run_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "p50_milliseconds": round(quantile(milliseconds, 0.5), 1) if milliseconds else None,
        "p95_milliseconds": round(quantile(milliseconds, 0.95), 1) if milliseconds else None,
    }


def _question(outcome: Outcome, row: Scores, documents: Mapping[str, Document]) -> dict[str, Any]:
    """A question, what was expected, what came of it and how it scores."""
    question, result = outcome.question, outcome.result
    return {
        "id": question.id,
        "kind": question.kind,
        "split": question.split,
        "answerable": question.answerable,
        "turns": [*question.earlier, question.question],
        "interpreted_as": result.interpreted_as if result else None,
        "answers": list(question.answers),
        "evidence": [[_evidence(item, documents[item.document]) for item in items] for items in question.evidence],
        "outcome": "failure" if result is None else "answer" if isinstance(result, Answer) else "abstention",
        "right": outcome.right,
        "wrong": diagnosis(outcome),
        "confidence": _round(outcome.confidence),
        **_answer(outcome.eager),
        "reason": outcome.error or getattr(result, "reason", None),
        "rank": outcome.rank,
        "words": outcome.words,
        "passages": _passages(outcome),
        "scores": {metric.name: None if (score := row[metric.name]) is None else _round(score) for metric in METRICS},
        "milliseconds": round(outcome.milliseconds, 1) if outcome.milliseconds else None,
    }


def _evidence(item: Evidence, document: Document) -> dict[str, str]:
    quote = document.raw[item.span.start : item.span.end]
    return {"document": item.document, "quote": quote, "place": str(document.locate(item.span))}


def _answer(answer: Answer | None) -> dict[str, Any]:
    """The answer that was given, or would have been without a threshold."""
    citations = answer.citations if answer else ()
    return {
        "answer": answer.text if answer else None,
        "citations": [{"place": str(one), "section": one.section, "text": one.text} for one in citations],
        "highlights": list(answer.highlights) if answer else [],
    }


def _passages(outcome: Outcome) -> list[dict[str, Any]]:
    """The first passages, and the one that completes the evidence."""
    hits = outcome.result.passages if outcome.result else ()
    return [
        _passage(rank, hit, outcome) for rank, hit in enumerate(hits, start=1) if rank <= _SHOWN or rank == outcome.rank
    ]


def _passage(rank: int, hit: Hit, outcome: Outcome) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": rank,
        "id": passage.id,
        "section": passage.section,
        "ranks": dict(hit.ranks),
        "sentences": _sentences(hit, outcome),
    }


def _sentences(hit: Hit, outcome: Outcome) -> list[dict[str, Any]]:
    """The passage's sentences, and whether each holds a part of the evidence."""
    items = [item for items in outcome.question.evidence for item in items]
    return [
        {"text": sentence.text, "evidence": touches(items, hit.passage.document, sentence.spans)}
        for sentence in hit.passage.sentences
    ]


def diagnosis(outcome: Outcome) -> str:
    """What went wrong with a question, in a few words; "" if nothing did."""
    if outcome.right:
        return ""
    if outcome.result is None:
        return "could not be asked"
    if not outcome.question.answerable:
        return "answered, though the papers do not say"
    if outcome.answered:
        return f"other sentences chosen; {_where(outcome)}"
    return f"refused, and would have been {'right' if outcome.eager_holds else 'wrong'}; {_where(outcome)}"


def _where(outcome: Outcome) -> str:
    """How much of the evidence the passages hold, in a few words."""
    if outcome.rank:
        return f"evidence complete with passage {outcome.rank}"
    if any(step for items in outcome.steps for step in items):
        return "only a part of the evidence among the passages"
    return "evidence not among the passages"


def as_json(found: Results) -> str:
    """The text of `results.json`; lone surrogates are escaped."""
    return json_text(found, indent=1) + "\n"


def as_csv(found: Results) -> str:
    """A line for each question with its scores; a field is empty where a score does not apply.

    A text that a spreadsheet would take for a formula has a quotation mark in front.
    """
    names = [metric.name for metric in METRICS]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*_BEFORE_SCORES, *names, *_BEHIND_SCORES])
    for row in found["questions"]:
        fields = row | {"question": row["turns"][-1], "answer": row["answer"] if row["outcome"] == "answer" else None}
        before, behind = ([fields[name] for name in columns] for columns in (_BEFORE_SCORES, _BEHIND_SCORES))
        writer.writerow(map(cell, [*before, *(row["scores"][name] for name in names), *behind]))
    return file.getvalue()


_BEFORE_SCORES = ("id", "kind", "split", "answerable", "question", "outcome", "right", "confidence", "rank")
_BEHIND_SCORES = ("wrong", "answer", "milliseconds")
"""The columns of `results.csv` around the scores."""


class _Figure(BaseModel):
    value: float


class _Group(BaseModel):
    figures: dict[str, _Figure]


class _Asked(BaseModel):
    id: str
    turns: list[str]
    answerable: bool
    evidence: list[list[dict[str, str]]]
    right: bool
    scores: dict[str, float | None]


class _Baseline(BaseModel):
    """The parts of a `results.json` that a comparison reads."""

    questions: list[_Asked]
    kinds: dict[str, _Group]
    splits: dict[str, _Group] = {}
    confidence: dict[str, dict[str, _Figure]] = {}


def load_results(path: Path) -> Results:
    """Read a `results.json`.

    Raises:
        QuestionSetError: the file cannot be read, is damaged, or is no `results.json` of this format.
    """
    remedy = "make one with `qa eval --report DIR`"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise QuestionSetError(f"the baseline {path} cannot be read ({error}); {remedy}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise QuestionSetError(f"{path} is no results.json of format {FORMAT}; {remedy}")
    try:
        _Baseline.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise QuestionSetError(f"{path} is damaged ({where}: {first['msg'].lower()}); {remedy}") from error
    return found
