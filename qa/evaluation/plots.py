"""The report's plots as SVG, the same bytes for the same figures."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qa.evaluation.confidence import PROMISED, Curve
from qa.evaluation.results import Results

_INK, _FAINT, _FIRST, _SECOND, _THIRD = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {_INK: "ink", _FAINT: "faint", _FIRST: "first", _SECOND: "second", _THIRD: "third"}
"""Placeholder colours that a plot would not use otherwise; each becomes a CSS variable, for the page's dark mode."""

_ALONE = {"ink": "#57606a", "faint": "#8c959f55", "first": "#0969da", "second": "#bc4c00", "third": "#1a7f37"}
"""Colours of a plot that stands alone, on light and dark ground."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
}
_ABOVE: Any = {"xytext": (0, 9), "ha": "center", "textcoords": "offset points", "fontsize": 8}
"""Where the number of a dot stands."""


def plots(found: Results) -> dict[str, str]:
    """Every plot as SVG, by name."""
    made = {"risk-coverage": risk_coverage(found), "reliability": reliability(found), "kinds": kinds(found)}
    times = [row["milliseconds"] for row in found["questions"] if row["outcome"] != "failure" and row["milliseconds"]]
    return made | ({"latency": latency(times)} if times else {})


def risk_coverage(found: Results) -> str:
    """Risk over coverage for answers and passages, with the threshold in use and a line at 5 % wrong."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("questions answered (coverage)", "of these, wrong (risk)")
        labels = {"answer": ("answers", _FIRST, "-"), "passages": ("passages shown", _SECOND, "--")}
        threshold = found["calibration"]["threshold"]
        for aim, (label, colour, line) in labels.items():
            curve = found["curves"][aim]
            axes.step(curve["coverages"], curve["risks"], where="post", color=colour, linestyle=line, label=label)
            used = [i for i, value in enumerate(curve["thresholds"]) if value >= threshold]
            if used:
                axes.plot(curve["coverages"][used[-1]], curve["risks"][used[-1]], "o", color=colour)
        axes.axhline(1 - PROMISED, color=_THIRD, linestyle=":", label="5 % wrong")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        axes.legend(loc="upper left")
        return _svg(figure, "risk-coverage", "Risk over coverage; a dot marks the threshold in use")


def risks_compared(curves: Mapping[str, Curve]) -> str:
    """Risk over coverage of several runs by their names, at most three, as SVG that needs no page around it."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("questions answered (coverage)", "of these, wrong (risk)")
        for (name, curve), colour in zip(curves.items(), (_SECOND, _FIRST, _THIRD), strict=False):
            axes.step(curve.coverages, curve.risks, where="post", color=colour, label=name)
        axes.set(xlim=(0, 1.02), ylim=(0, None))
        axes.legend(loc="upper left")
        drawn = _svg(figure, "risks", "Risk over coverage, compared")
    for name, colour in _ALONE.items():
        drawn = drawn.replace(f"var(--{name})", colour)
    return drawn


def reliability(found: Results) -> str:
    """The share that is right over the confidence; a dot's area grows with its number of questions."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("confidence", "passages hold the evidence")
        bins = found["reliability"]
        axes.plot([0, 1], [0, 1], color=_THIRD, linestyle=":", label="perfect")
        axes.plot([b["confidence"] for b in bins], [b["share"] for b in bins], color=_FIRST)
        sizes = [12 + 4 * b["n"] for b in bins]
        axes.scatter([b["confidence"] for b in bins], [b["share"] for b in bins], s=sizes, color=_FIRST, alpha=0.5)
        for one in bins:
            axes.annotate(str(one["n"]), (one["confidence"], one["share"]), **_ABOVE)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.12))
        axes.legend(loc="lower right")
        return _svg(figure, "reliability", "Reliability: the share of questions that came true in each tenth")


def kinds(found: Results) -> str:
    """The share of right results by kind, with intervals."""
    with mpl.rc_context(_STYLE):
        names = [name for name in found["kinds"] if "right" in found["kinds"][name]["figures"]]
        figure, axes = _axes("right (95 % interval)", "")
        for place, name in enumerate(reversed(names)):
            one = found["kinds"][name]["figures"]["right"]
            colour = _SECOND if name == "all" else _FIRST
            axes.plot([one["low"], one["high"]], [place, place], color=colour)
            axes.plot(one["value"], place, "o", color=colour)
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, len(names) - 0.4))
        return _svg(figure, "kinds", "Right results by kind of question, with 95 % intervals")


def latency(milliseconds: Sequence[float]) -> str:
    """A histogram of the times of warm questions."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes("milliseconds", "questions")
        axes.hist(milliseconds, bins=30, range=(0, max(milliseconds) * 1.02 + 1), color=_FIRST)
        return _svg(figure, "latency", "Latency of a warm question")


def _axes(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(5.2, 3.7), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlabel=across, ylabel=up)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Figure, name: str, title: str) -> str:
    """The drawing as SVG for a page: ids begin with its name, colours are the page's, the title is its label."""
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\g<1>{name}-", text)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
