"""A run as plain data: what `results.json` holds.

Nothing in it depends on when or where it was run, but for the fields named `times` and `milliseconds`.
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
from qa.evaluation.evidence import HELD, covered
from qa.evaluation.metrics import METRICS, Figure, quantile, scores, summary
from qa.evaluation.questions import Evidence
from qa.evaluation.run import Outcome
from qa.records import json_text
from qa.text import cell
from qa.types import Answer, Hit, QuestionSetError, Span

FORMAT = 1
_SHOWN = 3
"""Passages whose text is kept for each question; the one that completes the evidence is kept besides."""

Results = dict[str, Any]


def results(outcomes: Sequence[Outcome], assistant: Assistant, name: str, rows: Sequence[Row] = ()) -> Results:
    """Everything that was measured. `name` is that of the question set; there must be at least one outcome."""
    found = scores(outcomes)
    groups: dict[str, list[int]] = {"all": list(range(len(outcomes)))}
    for i, outcome in enumerate(outcomes):
        groups.setdefault(outcome.question.kind, []).append(i)
    splits = {split: [i for i, o in enumerate(outcomes) if o.question.split == split] for split in ("tune", "test")}
    everything = confidence.confidences(outcomes)
    milliseconds = [outcome.milliseconds for outcome in outcomes if outcome.result]
    return {
        "format": FORMAT,
        "set": name,
        "questions_sha256": _hash(outcomes),
        "generation": assistant.generation,
        "encoder_sha256": assistant.models.encoder.sha256,
        "calibration": {
            "fitted_on": assistant.models.calibration.fitted_on,
            "date": assistant.models.calibration.date,
            "max_wrong": assistant.settings.max_wrong,
            "threshold": assistant.threshold,
        },
        "kinds": {group: _kind(group, chosen, outcomes, found) for group, chosen in groups.items()},
        "splits": {split: _kind(split, chosen, outcomes, found) for split, chosen in splits.items() if chosen},
        "confidence": {split: _figures(confidence.figures([outcomes[i] for i in chosen]))
                       for split, chosen in {"all": groups["all"], **splits}.items() if chosen},
        "curves": {aim: _curve(confidence.curve(everything, confidence.losses(outcomes, aim)))
                   for aim in confidence.AIMS},
        "reliability": [asdict(one) for one in
                        confidence.reliability(everything, confidence.losses(outcomes, "passages"))],
        "ablation": [{"name": row.name, "figures": _figures(row.figures)} for row in rows],
        "questions": [_question(outcome, row, assistant) for outcome, row in zip(outcomes, found, strict=True)],
        "times": {
            "run_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "p50_milliseconds": round(quantile(milliseconds, 0.5), 1) if milliseconds else None,
            "p95_milliseconds": round(quantile(milliseconds, 0.95), 1) if milliseconds else None,
        },
    }  # fmt: skip


def _hash(outcomes: Sequence[Outcome]) -> str:
    """SHA-256 of what was asked and what was expected."""
    rows = [asdict(outcome.question) for outcome in outcomes]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _kind(
    name: str, chosen: Sequence[int], outcomes: Sequence[Outcome], found: Sequence[Mapping[str, float | None]]
) -> dict[str, Any]:
    answerable = sum(outcomes[i].question.answerable for i in chosen)
    figures = _figures(summary([found[i] for i in chosen]))
    return {"name": name, "n": len(chosen), "answerable": answerable, "figures": figures}


def _figures(figures: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    return {
        name: {"value": _round(f.value), "low": _round(f.low), "high": _round(f.high), "n": f.n}
        for name, f in figures.items()
    }


def _round(value: float) -> float:
    """Six places: less than any figure here is sure of, and the same on every machine."""
    return round(float(value), 6) + 0.0


def _curve(found: confidence.Curve) -> dict[str, list[float]]:
    return {
        "thresholds": [_round(x) for x in found.thresholds],
        "coverages": [_round(x) for x in found.coverages],
        "risks": [_round(x) for x in found.risks],
    }


def _question(outcome: Outcome, row: Mapping[str, float | None], assistant: Assistant) -> dict[str, Any]:
    question, result = outcome.question, outcome.result
    documents = assistant.by_id
    passages = result.passages if result else ()
    kept = [k for k in range(1, len(passages) + 1) if k <= _SHOWN or k == outcome.rank]
    return {
        "id": question.id,
        "kind": question.kind,
        "split": question.split,
        "answerable": question.answerable,
        "turns": [*question.earlier, question.question],
        "interpreted_as": result.interpreted_as if result else None,
        "answers": list(question.answers),
        "evidence": [
            [
                {"document": item.document, "quote": documents[item.document].raw[item.span.start : item.span.end],
                 "place": str(documents[item.document].locate(item.span))}
                for item in items
            ]
            for items in question.evidence
        ],
        "outcome": "failure" if result is None else "answer" if isinstance(result, Answer) else "abstention",
        "right": outcome.right,
        "wrong": diagnosis(outcome),
        "confidence": _round(outcome.confidence),
        "answer": outcome.eager.text if outcome.eager else None,
        "citations": [{"place": str(c), "section": c.section, "text": c.text} for c in
                      (outcome.eager.citations if outcome.eager else ())],
        "highlights": list(outcome.eager.highlights) if outcome.eager else [],
        "reason": outcome.error or getattr(result, "reason", None),
        "rank": outcome.rank,
        "words": outcome.words,
        "passages": [
            {"rank": rank, "id": passages[rank - 1].passage.id, "section": passages[rank - 1].passage.section,
             "ranks": dict(passages[rank - 1].ranks), "sentences": _sentences(passages[rank - 1], outcome)}
            for rank in kept
        ],
        "scores": {metric.name: None if (score := row[metric.name]) is None else _round(score) for metric in METRICS},
        "milliseconds": round(outcome.milliseconds, 1),
    }  # fmt: skip


def _sentences(hit: Hit, outcome: Outcome) -> list[dict[str, Any]]:
    """The passage's sentences, each with whether it holds a part of the evidence."""
    items = [item for items in outcome.question.evidence for item in items]
    return [
        {"text": sentence.text, "evidence": any(_touches(item, hit.passage.document, sentence.spans) for item in items)}
        for sentence in hit.passage.sentences
    ]


def _touches(item: Evidence, document: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence holds the item, or lies mostly within it."""
    if document != item.document:
        return False
    inside = covered(item, [(document, spans)]) * (item.span.end - item.span.start)
    return inside > HELD * min(item.span.end - item.span.start, sum(span.end - span.start for span in spans))


def diagnosis(outcome: Outcome) -> str:
    """What went wrong with a question, in a few words; "" if nothing did."""
    if outcome.right:
        return ""
    if outcome.result is None:
        return "could not be asked"
    if not outcome.question.answerable:
        return "answered, though the papers do not say"
    known = any(step for items in outcome.steps for step in items)
    where = (
        f"evidence complete with passage {outcome.rank}" if outcome.rank
        else "only a part of the evidence among the passages" if known
        else "evidence not among the passages"
    )  # fmt: skip
    if outcome.answered:
        return f"other sentences chosen; {where}"
    return f"refused, and would have been {'right' if outcome.eager_holds else 'wrong'}; {where}"


def as_json(found: Results) -> str:
    """The text of `results.json`; lone surrogates are escaped."""
    return json_text(found, indent=1) + "\n"


def as_csv(found: Results) -> str:
    """A line for each question with its scores; an empty field where a score says nothing.

    A text that a spreadsheet would take for a formula has a quotation mark in front.
    """
    names = [metric.name for metric in METRICS]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "kind", "split", "answerable", "question", "outcome", "right", "confidence", "rank", *names,
                     "wrong", "answer", "milliseconds"])  # fmt: skip
    for row in found["questions"]:
        values = [row["id"], row["kind"], row["split"], row["answerable"], row["turns"][-1], row["outcome"],
                  row["right"], row["confidence"], row["rank"], *(row["scores"][name] for name in names),
                  row["wrong"], row["answer"] if row["outcome"] == "answer" else None, row["milliseconds"]]  # fmt: skip
        writer.writerow(map(cell, values))
    return file.getvalue()


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
        QuestionSetError: it cannot be read, or is no such file, or one of another format, or damaged.
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
