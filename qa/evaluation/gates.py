"""What may not fall: `eval/gates.toml`, checked against a run."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa.evaluation.confidence import FALLING
from qa.evaluation.metrics import BY_NAME
from qa.evaluation.results import Results
from qa.types import QuestionSetError

_TOLERANCE = 1e-9


class Gate(BaseModel):
    """One figure that is watched.

    `metric` is a name of `qa.evaluation.metrics.METRICS` for a `kind`, or of the confidence's figures for `all`,
    `tune` or `test`. It may not be below `at_least`, above `at_most`, or worse than in the baseline by more than
    `may_worsen`. A gate with a `set`, a path from the gates' own folder, is for that question set alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    kind: str = "all"
    at_least: float | None = None
    at_most: float | None = None
    may_worsen: Annotated[float, Field(ge=0)] | None = None
    set: str | None = None

    def __str__(self) -> str:
        return f"{self.metric} of {self.kind}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run passed a gate, and the figures that decided."""

    gate: str
    passed: bool
    reason: str


def load_gates(path: Path, questions: Path | None) -> list[Gate]:
    """The gates of a file that are for this question set (None: for a set that is no file of ours).

    Raises:
        QuestionSetError: the file cannot be read, or a gate in it is wrong; all wrong ones are named.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("gate", [])
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"the gates {path} cannot be read: {error}") from error
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
    """A verdict on each gate, in order; without a baseline, those are left out that need one.

    A gate for a figure that the run does not have fails, unless it only looks at the baseline.
    """
    verdicts = []
    for gate in gates:
        value = _figure(now, gate)
        old = _figure(before, gate) if before else None
        rising = BY_NAME[gate.metric].rising if gate.metric in BY_NAME else gate.metric.split()[0] not in FALLING
        if gate.at_least is not None or gate.at_most is not None:
            low, high = gate.at_least, gate.at_most
            bounds = " and ".join(
                f"{word} {bound:g}" for word, bound in (("at least", low), ("at most", high)) if bound is not None
            )
            passed = value is not None and (low is None or value >= low - _TOLERANCE) and (
                high is None or value <= high + _TOLERANCE
            )  # fmt: skip
            verdicts.append(Verdict(f"{gate} is {bounds}", passed, f"it is {_said(value)}"))
        if gate.may_worsen is not None and value is not None and old is not None:
            worse = (old - value) if rising else (value - old)
            name = f"{gate} is not worse than before by more than {gate.may_worsen:g}"
            verdicts.append(
                Verdict(name, worse <= gate.may_worsen + _TOLERANCE, f"it was {_said(old)} and is {_said(value)}")
            )
    return verdicts


def _said(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"


def _figure(found: Results, gate: Gate) -> float | None:
    group = found["kinds"].get(gate.kind, {}) or found.get("splits", {}).get(gate.kind, {})
    figures = {**found.get("confidence", {}).get(gate.kind, {}), **group.get("figures", {})}
    return float(figures[gate.metric]["value"]) if gate.metric in figures else None


def junit(verdicts: Sequence[Verdict], name: str) -> str:
    """The verdicts as JUnit XML, one case a gate, for a CI to show."""
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
