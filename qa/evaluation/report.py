"""A run as files: `results.json`, `results.csv`, `report.html`, `junit.xml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qa.evaluation import confidence
from qa.evaluation.compare_runs import Comparison
from qa.evaluation.gates import Verdict, junit
from qa.evaluation.metrics import BY_NAME
from qa.evaluation.plots import plots
from qa.evaluation.results import Results, as_csv, as_json
from qa.types import QuestionSetError

TABLE = ("recall@1", "recall@3", "recall@5", "recall@10", "mrr", "ndcg@10", "words@100", "words@200", "words@400",
         "answered", "evidence", "f1", "false", "right")  # fmt: skip


def write(
    folder: Path, found: Results, verdicts: Sequence[Verdict] = (), comparison: Comparison | None = None
) -> list[Path]:
    """Write the four files into a folder, which is made if need be, and say which they are.

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
        raise QuestionSetError(f"the report cannot be written to {folder}: {error}") from error
    return [folder / name for name in texts]


def page(found: Results, verdicts: Sequence[Verdict] = (), comparison: Comparison | None = None) -> str:
    """The report as one HTML page. All that comes from papers and questions is escaped by the template."""
    environment = Environment(
        loader=PackageLoader("qa.evaluation", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["meaning"] = _meaning
    return environment.get_template("report.html").render(
        r=found,
        columns=TABLE,
        kinds=[*(name for name in found["kinds"] if name != "all"), "all"],
        plots={name: Markup(svg) for name, svg in plots(found).items()},  # noqa: S704 - drawn here, from figures alone
        verdicts=verdicts,
        comparison=comparison,
        wrongs=_wrongs(found),
    )


def _meaning(name: str) -> str:
    first, _, rest = name.partition(" ")
    if name in BY_NAME:
        return BY_NAME[name].meaning
    return confidence.MEANINGS.get(first, "words in the answer" if rest == "words" else "")


def _wrongs(found: Results) -> list[tuple[str, int]]:
    """What went wrong, and how often, the most frequent first."""
    counts: dict[str, int] = {}
    rows: list[dict[str, Any]] = [row for row in found["questions"] if row["wrong"]]
    for row in rows:
        reason = row["wrong"].split(" with passage")[0]
        counts[reason] = counts.get(reason, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
