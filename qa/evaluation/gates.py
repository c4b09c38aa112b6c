"""What may not fall: `eval/gates.toml`, checked against a run."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa.evaluation.compare_runs import difference, paired, scores
from qa.evaluation.confidence import metric_of
from qa.evaluation.metrics import BY_NAME, Metric
from qa.evaluation.results import Results
from qa.types import QuestionSetError

_TOLERANCE = 1e-9
LEVEL = 0.05
"""The level of the test of a gate that names none: one gate in twenty fails by chance. Set by hand on 2026-11-28."""
_FEWEST = 10
"""Of fewer questions than these the means decide: a test would let half of them be lost. Set by hand on 2026-11-28."""


class Gate(BaseModel):
    """Bounds of one figure.

    `metric` is a name of `qa.evaluation.metrics.METRICS`, for a `kind`, or a key of the confidence's figures, for
    `all`, `tune` or `test`. The figure may not be below `at_least`, above `at_most`, or worse than in the baseline by
    more than `may_worsen`. A gate with a `set`, a path relative to the gates' folder, is only for that question set.

    If each question has a score of its own, `may_worsen` compares only the questions that both runs have, and the gate
    fails only if chance alone would make them so much worse with a probability below `level`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    kind: str = "all"
    at_least: float | None = None
    at_most: float | None = None
    may_worsen: Annotated[float, Field(ge=0)] | None = None
    level: Annotated[float, Field(gt=0, le=1)] = LEVEL
    set: str | None = None

    def __str__(self) -> str:
        return f"{self.metric} of {self.kind}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run passed a gate, and the figures that decide it."""

    gate: str
    passed: bool
    reason: str


def load_gates(path: Path, questions: Path | None) -> list[Gate]:
    """The gates of a file that are for this question set; None is a set without a file of its own.

    Raises:
        QuestionSetError: the file cannot be read, or gates in it are wrong; all of these are named.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("gate", [])
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"the gates {path} cannot be read ({error}); --gates names the file") from error
    gates, wrong = [], []
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
        try:
            gate = Gate.model_validate(row)
        except ValidationError as error:
            wrong += [f"{path}, gate {number}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        if gate.at_least is None and gate.at_most is None and gate.may_worsen is None:
            wrong.append(f"{path}, gate {number}: it needs `at_least`, `at_most` or `may_worsen`")
        if gate.set is None or (questions and (path.parent / gate.set).resolve() == questions.resolve()):
            gates.append(gate)
    if wrong:
        raise QuestionSetError("\n".join(wrong))
    return gates


def judge(gates: Sequence[Gate], now: Results, before: Results | None = None) -> list[Verdict]:
    """The verdicts on each gate, in order; without a baseline, what is compared with it is left out.

    If the run lacks a gate's figure, the gate fails, unless it is only compared with the baseline.
    """
    verdicts = []
    for gate in gates:
        value = _figure(now, gate)
        if gate.at_least is not None or gate.at_most is not None:
            verdicts.append(_within(gate, value))
        if gate.may_worsen is not None and before is not None:
            verdicts += _against(gate, gate.may_worsen, now, before)
    return verdicts


def _within(gate: Gate, value: float | None) -> Verdict:
    """Whether a figure is within a gate's bounds."""
    low, high = gate.at_least, gate.at_most
    bounds = [f"at least {low:g}"] if low is not None else []
    bounds += [f"at most {high:g}"] if high is not None else []
    above = value is not None and (low is None or value >= low - _TOLERANCE)
    below = value is not None and (high is None or value <= high + _TOLERANCE)
    return Verdict(f"{gate} is {' and '.join(bounds)}", above and below, f"it is {_said(value)}")


def _against(gate: Gate, may_worsen: float, now: Results, before: Results) -> list[Verdict]:
    """Whether a figure is not much worse than before; [] if one of the runs lacks it."""
    name = f"{gate} is not worse than before by more than {may_worsen:g}"
    value, old = _figure(now, gate), _figure(before, gate)
    if value is None or old is None:
        return []
    metric = metric_of(gate.metric)
    if gate.metric in BY_NAME:
        if "questions" in now and "questions" in before:
            return [_paired(gate, name, may_worsen, now, before)]
        means = "; the means are compared, since a run lacks the scores of its questions"
    else:
        means = ""
    passed = _worse(metric, old, value) <= may_worsen + _TOLERANCE
    return [Verdict(name, passed, f"it was {_said(old)} and is {_said(value)}{means}")]


def _paired(gate: Gate, name: str, may_worsen: float, now: Results, before: Results) -> Verdict:
    """The verdict on the questions that both runs have, with the same wording and evidence.

    Where there are too few for a test, or no loss of them could reach the level, the difference of the means decides.
    """
    metric = BY_NAME[gate.metric]
    pairs = [(a, b) for a, b in paired(before, now) if gate.kind in ("all", b.get("kind"), b.get("split"))]
    values = scores(gate.metric, pairs)
    if not values:
        return Verdict(name, True, "no question is in both runs, so that nothing can be compared")
    found = difference(gate.metric, values, "less" if metric.rising else "greater")
    changes = [_worse(metric, a, b) for a, b in values]
    lost, won = sum(change > _TOLERANCE for change in changes), sum(change < -_TOLERANCE for change in changes)
    reason = f"it was {found.before:.3f} and is {found.after:.3f}, n = {found.n}, lost {lost}, won {won}"
    worse = _worse(metric, found.before, found.after) > may_worsen + _TOLERANCE
    if found.n < _FEWEST or 0.5**found.n >= gate.level:
        return Verdict(name, not worse, f"{reason}; too few questions for a test, so the means decide")
    reason += f", p = {found.p:.3f}"
    if worse and found.p >= gate.level:
        return Verdict(name, True, f"{reason}; this may be chance")
    return Verdict(name, not worse, reason)


def _worse(metric: Metric | None, before: float, after: float) -> float:
    """By how much a figure has worsened; negative if it is better."""
    return after - before if metric and not metric.rising else before - after


def _said(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"


def _figure(found: Results, gate: Gate) -> float | None:
    group = found["kinds"].get(gate.kind, {}) or found.get("splits", {}).get(gate.kind, {})
    figures = {**found.get("confidence", {}).get(gate.kind, {}), **group.get("figures", {})}
    return float(figures[gate.metric]["value"]) if gate.metric in figures else None


def junit(verdicts: Sequence[Verdict], name: str) -> str:
    """The verdicts as JUnit XML, one test case a gate, which CI servers show."""
    failures = str(sum(not verdict.passed for verdict in verdicts))
    attributes = {"name": f"gates of {name}", "tests": str(len(verdicts)), "failures": failures, "errors": "0"}
    suite = ElementTree.Element("testsuite", attributes)
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", {"classname": "qa.gates", "name": verdict.gate})
        if not verdict.passed:
            ElementTree.SubElement(case, "failure", {"message": verdict.reason})
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
