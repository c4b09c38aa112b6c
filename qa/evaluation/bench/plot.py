"""The ratios of a table of costs as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.evaluation.bench.rows import Row


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write a bar for each row with a ratio, in groups, as SVG that is the same for the same figures."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "qa"
    from matplotlib import pyplot

    shown = [row for row in rows if row.ratio is not None][::-1]
    figure, axes = pyplot.subplots(figsize=(8, 0.9 + 0.3 * len(shown)), layout="constrained")
    labels = [f"{row.what}: {row.who}" for row in shown]
    bars = axes.barh(range(len(shown)), [row.ratio or 0 for row in shown], color="#2a78d6")
    axes.set_yticks(range(len(shown)), labels)
    axes.bar_label(bars, [row.figure for row in shown], padding=3, fontsize=8)
    axes.axvline(1, color="#888888", linewidth=0.8)
    axes.set_xlabel("ratio to the first of the group")
    axes.margins(x=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
