"""The results as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CHANCE = 0.05
"""A difference is marked if its `p` is below this."""


def render(results: Mapping[str, Any]) -> str:
    """All figures, and why a system did not run; `results` is what `run.measured` gives, with `date` and `rounds`."""
    systems = results["systems"]
    rounds = f"{results['date']}, {results['rounds']} rounds, ratio to {systems[0]['name']} in brackets"
    parts = [f"{rounds}; * differs from it by more than chance (p < {CHANCE})"]
    for group, n in results["questions"].items():
        rows = [[f"{group} ({n})", *(system["name"] for system in systems)]]
        rows += [
            [name, *(_cell(system["quality"][group][name], 2) for system in systems)]
            for name in systems[0]["quality"][group]
        ]
        parts.append(_table(rows))
    rows = [["costs", *(system["name"] for system in systems)]]
    rows += [[name, *(_cell(s["costs"][name], 1) for s in systems)] for name in systems[0]["costs"]]
    rows.append(["words in a chunk", *(f"{system['words']:.0f}" for system in systems)])
    rows.append(["chunks not found", *(str(system["lost"]) for system in systems)])
    parts.append(_table(rows))
    parts += [f"{name} did not run: {reason}" for name, reason in results["failed"].items()]
    return "\n\n".join(parts)


def _cell(figure: Mapping[str, float], digits: int) -> str:
    mark = "*" if figure.get("p", 1.0) < CHANCE else ""
    return f"{figure['value']:.{digits}f} ({figure['ratio']:.2f}){mark}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)
