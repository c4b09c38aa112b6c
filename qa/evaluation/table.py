"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qa.evaluation.compare_runs import Comparison
from qa.evaluation.gates import Verdict
from qa.evaluation.results import Results

_COLUMNS = ("recall@1", "recall@3", "recall@5", "mrr", "ndcg@10", "answered", "evidence", "f1", "false", "right")
_HEADINGS = {"mrr": "MRR", "ndcg@10": "nDCG@10", "f1": "F1"}
_EXPLAINED = (
    "answered: answerable questions answered; evidence: those whose answer holds it; "
    "false: unanswerable questions answered; right: evidence held, or rightly refused"
)


def render(found: Results) -> str:
    """The table by kind, the intervals over all questions, the confidence, the ablation, and the latency."""
    parts = [by_kind(found), intervals(found)]
    parts += [ablated(found)] if found["ablation"] else []
    return "\n\n".join([*parts, _latency(found["times"]) + _EXPLAINED])


def by_kind(found: Results) -> str:
    """A line for each kind of question, and one for all."""
    lines = [["kind", "n", *(_HEADINGS.get(name, name) for name in _COLUMNS)]]
    for kind in [*(name for name in found["kinds"] if name != "all"), "all"]:
        group = found["kinds"][kind]
        lines.append([kind, str(group["n"]), *(_value(group["figures"].get(name)) for name in _COLUMNS)])
    return columns(lines)


def intervals(found: Results) -> str:
    """A line for each figure over all questions."""
    lines = [["over all questions", "", "95 % interval", "n"]]
    for name, figure in (found["kinds"]["all"]["figures"] | found["confidence"]["all"]).items():
        lines.append([name, _value(figure), f"{figure['low']:.2f}–{figure['high']:.2f}", str(figure["n"])])
    return columns(lines)


def _latency(times: Mapping[str, Any]) -> str:
    p50, p95 = times["p50_milliseconds"], times["p95_milliseconds"]
    return "" if p50 is None else f"latency of a warm question: p50 {p50:.0f} ms, p95 {p95:.0f} ms\n"


def ablated(found: Results) -> str:
    """The ablation, a line for each way of answering."""
    names = list(found["ablation"][0]["figures"])
    lines = [["answerable questions", *names]]
    for row in found["ablation"]:
        figures = [row["figures"][name]["value"] for name in names]
        values = [f"{v:.0f}" if n == "answer words" else f"{v:.2f}" for n, v in zip(names, figures, strict=True)]
        lines.append([row["name"], *values])
    return columns(lines)


def compared(comparison: Comparison) -> str:
    """What changed since the baseline."""
    lines = [["against the baseline", "n", "before", "now", "p"]]
    lines += [[d.metric, str(d.n), f"{d.before:.3f}", f"{d.after:.3f}", f"{d.p:.3f}"] for d in comparison.differences]
    parts = [columns(lines)]
    for name in ("won", "lost", "unpaired"):
        ids = getattr(comparison, name)
        parts.append(f"{name} ({len(ids)}): {', '.join(ids) or '–'}")
    return "\n".join(parts)


def judged(verdicts: Sequence[Verdict]) -> str:
    """The gates, a line each, and whether it was passed."""
    return "\n".join(f"{'passed' if v.passed else 'FAILED'}  {v.gate}: {v.reason}" for v in verdicts)


def _value(figure: dict[str, float] | None) -> str:
    return "–" if figure is None else f"{figure['value']:.2f}"


def columns(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells as text; the first column is aligned left, all others right.

    >>> print(columns([["a", "1"], ["long", "23"]]))
    a      1
    long  23
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    first, *rest = widths
    return "\n".join("  ".join([line[0].ljust(first), *map(str.rjust, line[1:], rest)]) for line in lines)
