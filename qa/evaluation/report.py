"""A run as files: `results.json`, `results.csv`, `report.html`, `junit.xml`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qa.evaluation.compare_runs import Comparison
from qa.evaluation.confidence import metric_of
from qa.evaluation.gates import Verdict, junit
from qa.evaluation.metrics import METRICS
from qa.evaluation.plots import plots
from qa.evaluation.results import Results, as_csv, as_json
from qa.types import QuestionSetError

TABLE = tuple(metric.name for metric in METRICS if metric.name != "papers ndcg@10")
"""The columns of the report's table."""


def write(
    folder: Path, found: Results, verdicts: Sequence[Verdict] = (), comparison: Comparison | None = None
) -> list[Path]:
    """Write the four files into a folder, which is created if it is missing; return their paths.

    Raises:
        QuestionSetError: the folder cannot be written.
    """
    texts = {
        "results.json": as_json(found),
        "results.csv": as_csv(found),
        "report.html": page(found, verdicts, comparison),
        "junit.xml": junit(verdicts, found["set"]),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise QuestionSetError(
            f"the report cannot be written to {folder} ({error}); --report names a folder"
        ) from error
    return [folder / name for name in texts]


def page(found: Results, verdicts: Sequence[Verdict] = (), comparison: Comparison | None = None) -> str:
    """The report as one HTML page. The template escapes all text of papers and questions."""
    environment = Environment(
        loader=PackageLoader("qa.evaluation", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["meaning"] = _meaning
    return environment.get_template("report.html").render(
        r=found,
        columns=TABLE,
        kinds=[*(name for name in found["kinds"] if name != "all"), "all"],
        plots={name: Markup(svg) for name, svg in plots(found).items()},  # noqa: S704 - drawn from figures alone
        verdicts=verdicts,
        comparison=comparison,
        wrongs=_wrongs(found),
    )


def _meaning(key: str) -> str:
    metric = metric_of(key)
    if metric is None:
        return "words in the answer" if key == "answer words" else ""
    return metric.meaning


def _wrongs(found: Results) -> list[tuple[str, int]]:
    """What went wrong, and how often, most frequent first."""
    counts = Counter(row["wrong"].split(" with passage")[0] for row in found["questions"] if row["wrong"])
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
