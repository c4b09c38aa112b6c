"""All that things cost, in one table: `make bench`, or `python -m qa.evaluation.bench.run`.

The table goes to standard output and to `reports/bench`. Ratios are to the first row of their group in the same run.
"""

from __future__ import annotations

import json
import random
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

from qa.answers.assistant import Assistant
from qa.config import PROJECT, cores
from qa.evaluation.bench import building, cold, plot, search
from qa.evaluation.bench.rows import Row, table
from qa.evaluation.bench.users import Waits, waits
from qa.evaluation.peers.run import PEERS
from qa.evaluation.questions import load_questions
from qa.evaluation.sets.asked import load_papers
from qa.index.library import Library

WORK = PROJECT / "reports" / "bench"
PARTS = ("cold", "users", "floor", "growth", "size")
_EACH = 4
"""Questions that each of many people asks."""


@click.command()
@click.option("--library", type=click.Path(path_type=Path, exists=True), help="A file of papers, as in eval/reader.md.")
@click.option(
    "--papers", default=[3, 300], multiple=True, show_default=True, help="Sizes of libraries; may be repeated."
)
@click.option("--users", default=[1, 8, 32], multiple=True, show_default=True, help="People at once; may be repeated.")
@click.option("--rounds", default=3, show_default=True, help="How often each system is started.")
@click.option("--peer", "peers", multiple=True, type=click.Choice([*PEERS]), default=[*PEERS], help="A peer to run.")
@click.option("--torch-args", default="", help="More words for pip when it installs PyTorch for the peers.")
@click.option(
    "--passages",
    default=[10_000, 100_000, 1_000_000],
    multiple=True,
    show_default=True,
    help="Sizes to which the largest of these libraries, or the three texts, are grown; may be repeated.",
)
@click.option(
    "--questions",
    type=click.Path(path_type=Path, exists=True),
    default=PROJECT / "eval" / "questions.jsonl",
    help="What grown libraries are asked: a file of JSON lines.",
)
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Only this part.")
def main(
    library: Path | None,
    papers: tuple[int, ...],
    users: tuple[int, ...],
    rounds: int,
    peers: tuple[str, ...],
    torch_args: str,
    passages: tuple[int, ...],
    questions: Path,
    only: tuple[str, ...],
) -> None:
    """Measure, print and draw what things cost."""
    WORK.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    wanted = only or PARTS
    if "cold" in wanted:
        rows += cold.rows(WORK / "cold", rounds, peers, shlex.split(torch_args))
    if "users" in wanted:
        rows += asking(users)
    known = load_papers(library) if library else {}
    if known and "floor" in wanted:
        rows += building.floor(known, WORK)
    if known and "growth" in wanted:
        rows += building.growth(known, papers, WORK)
    if "size" in wanted:
        base = building.built(known, max(papers), WORK) if known else three()
        rows += search.rows(base, passages, questions, WORK)
    report = {"date": datetime.now(UTC).date().isoformat(), "cores": cores(), "rows": [asdict(row) for row in rows]}
    (WORK / "results.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (WORK / "bench.md").write_text(table(rows) + "\n", "utf-8")
    plot.draw(rows, WORK / "bench.svg")
    click.echo(table(rows))


def three() -> Path:
    """The index of the three texts, built if it is missing."""
    index = WORK / "three"
    Library(PROJECT / "corpus", index).update()
    return index


def asking(users: tuple[int, ...]) -> Iterator[Row]:
    """Warm search and answers in one process, for one and for many."""
    assistant = Assistant.open(three())
    assistant.warm()
    all_ = load_questions(PROJECT / "eval" / "questions.jsonl", assistant.documents)
    questions = [question.question for question in all_ if not question.earlier]
    random.Random(0).shuffle(questions)  # noqa: S311 - the same order each time, not a secret
    found = waits(assistant.search, questions, 1, 100)
    yield Row(
        "warm search, no reader", "this project", f"p50 {1000 * found.at(50):.1f} ms, p95 {1000 * found.at(95):.1f} ms"
    )
    alone: Waits | None = None
    for count in users:
        fresh = Assistant(assistant.index, assistant.generation, assistant.models, assistant.settings)
        found = waits(fresh.ask, questions, count, _EACH if count > 1 else 40)
        alone = alone or found
        said = f"p50 {found.at(50):.2f} s, p95 {found.at(95):.2f} s, {len(found.errors)} errors"
        yield Row("people at once", str(count), said, float(np.divide(found.at(95), alone.at(95))))


if __name__ == "__main__":
    main()
