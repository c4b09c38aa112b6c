"""How well questions on whole papers are answered: `python -m qa.evaluation.asked`.

The development questions of the set `asked` are asked of all its papers at once, or of a library with other papers
beside them, and each of its own paper only. Figures are by kind of question, with intervals by paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from math import inf
from pathlib import Path
from typing import Any

import click
import numpy as np
from tqdm import tqdm

from qa.answers.assistant import Assistant
from qa.answers.calibration import Calibration
from qa.answers.models import cross_encoder_of
from qa.answers.reader import Candidate
from qa.answers.search import Method
from qa.config import AskSettings, IndexSettings
from qa.evaluation import clusters
from qa.evaluation.calibrate import uncalibrated
from qa.evaluation.clusters import Estimate, Values
from qa.evaluation.confidence import Curve, curve
from qa.evaluation.evidence import complete, steps, touches
from qa.evaluation.libraries import part_of, shelves
from qa.evaluation.metrics import quantile
from qa.evaluation.plots import risks_compared
from qa.evaluation.questions import Question
from qa.evaluation.run import Outcome, run, shown
from qa.evaluation.sets import asked
from qa.evaluation.sets.asked import Asked, AskedPaper
from qa.evaluation.sets.corpora import sampled
from qa.evaluation.table import columns
from qa.index import store
from qa.index.library import Library
from qa.records import json_text
from qa.types import QAError, QuestionSetError, Scope, Span

FORMAT = 1
A_PATH = click.Path(path_type=Path)
CUTS = (1, 3, 20)
"""Numbers of passages among which search, before reading, is to find the evidence."""
METHODS: tuple[Method, ...] = ("dense", "hybrid")

Row = dict[str, Any]
"""A question and what came of it: `scores` has those of an answerable question; `confidence` is that of asking all
papers and `own` that of asking its own; they and `answered` are None without a calibration."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask: a sample of the questions in `data`, or all, of its papers and so many others of a `library` that
    there are `papers`; or fewer `papers` at once. The index is built in `work`."""

    data: Path
    work: Path
    sample: int | None = None
    library: Path | None = None
    papers: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """The models to ask with, where they are not those of the settings; `calibration` must fit them."""

    encoder: str | None = None
    reader: Path | None = None
    calibration: Path | None = None

    @property
    def calibrated(self) -> bool:
        """Whether there is a calibration, so that a confidence means something."""
        return self.calibration is not None or not (self.encoder or self.reader)

    @property
    def index_settings(self) -> IndexSettings:
        """The settings of the index."""
        return IndexSettings(encoder=self.encoder) if self.encoder else IndexSettings()

    @property
    def ask_settings(self) -> AskSettings:
        """The settings of asking."""
        plain = AskSettings()
        return replace(
            plain,
            reader_model=self.reader or plain.reader_model,
            calibration=self.calibration or plain.calibration,
            reader_calibration=self.calibration or plain.reader_calibration,
        )


def corpus_of(wanted: Wanted) -> dict[str, AskedPaper]:
    """The papers by id: those that are asked about, and others of the library. A smaller choice is part of a larger.

    Raises:
        QuestionSetError: a file cannot be read.
    """
    papers = asked.load_papers(wanted.data / "dev_papers.jsonl.gz")
    if wanted.library is None or wanted.papers is None:
        return papers
    return papers | asked.others(papers, wanted.library, wanted.papers)


def opened(papers: Mapping[str, AskedPaper], work: Path, used: Used) -> Assistant:
    """An assistant for these papers, whose index is built or updated in a folder under `work`."""
    library = Library(work / "corpus", work / "index", used.index_settings)
    folder = work / f"asked-{len(papers)}-{library.encoder.sha256[:8]}"
    asked.write_corpus(papers, folder / "corpus")
    with tqdm(unit="paper", leave=False) as bar:
        Library(folder / "corpus", folder / "index", used.index_settings).update(
            progress=lambda done, total, what: bar.update(done - bar.n)
        )
    if used.calibrated:
        return Assistant.open(folder / "index", used.ask_settings)
    return uncalibrated(store.load(folder / "index"), cross_encoder_of(used.ask_settings))


def measure(wanted: Wanted, used: Used) -> dict[str, Any]:
    """Ask all questions, and measure: what the result file holds.

    Raises:
        QuestionSetError, StoreError, ModelError: a file, the index or a model is at fault.
    """
    papers = corpus_of(wanted)
    questions = sampled(asked.load_asked(wanted.data / "dev_questions.jsonl.gz"), wanted.sample)
    whole = opened(papers, wanted.work, used)
    own = list(dict.fromkeys(item.paper for item in questions))
    rows: list[Row] = []
    for shelf in shelves(own, list(papers), wanted.papers or len(papers)):
        index = whole.index if len(shelf) == len(papers) else part_of(whole.index, shelf)
        assistant = Assistant(index, whole.generation, whole.models, whole.settings)
        rows += _asked([item for item in questions if item.paper in shelf], papers, assistant)
    if not used.calibrated:
        rows = [row | {"confidence": None, "own": None, "answered": None} for row in rows]
    model = whole.models.cross_encoder
    return {
        "format": FORMAT,
        "papers": min(wanted.papers or len(papers), len(papers)),
        "passages": len(whole.index.passages),
        "encoder_sha256": whole.models.encoder.sha256,
        "reader_sha256": model.sha256 if model else "",
        "settings": {name: getattr(whole.settings, name) for name in ("top_k", "read_k", "reader_k")},
        "kinds": {
            kind: {name: asdict(estimate.figure) for name, estimate in found.items()}
            for kind, found in estimates(rows).items()
        },
        "levels": levels(rows, whole.models.calibration) if used.calibrated else [],
        "p50_milliseconds": round(quantile([row["milliseconds"] for row in rows], 0.5), 1),
        "questions": rows,
    }


def _asked(questions: Sequence[Asked], papers: Mapping[str, AskedPaper], assistant: Assistant) -> list[Row]:
    """Ask questions of all papers of a library, and of their own."""
    ways = [list(asked.questions_of(questions, papers, own=own)) for own in (False, True)]
    outcomes, own = (run(tqdm(way, unit="question", leave=False), assistant) for way in ways)
    return [
        _row(item.paper, outcome, assistant) | {"own": alone.confidence}
        for item, outcome, alone in zip(questions, outcomes, own, strict=True)
    ]


def _row(paper: str, outcome: Outcome, assistant: Assistant) -> Row:
    question = outcome.question
    return {
        "id": question.id,
        "paper": paper,
        "kind": question.kind,
        "question": question.question,
        "answerable": question.answerable,
        "scores": _scores(outcome, assistant) if question.answerable else {},
        "right": outcome.eager_right,
        "confidence": outcome.confidence,
        "answered": outcome.answered,
        "features": dict(outcome.features),
        "answer": [candidate.sentence.text for candidate in outcome.chosen],
        "milliseconds": round(outcome.milliseconds, 1),
    }


def _scores(outcome: Outcome, assistant: Assistant) -> dict[str, float]:
    """The scores of an answerable question: 0 or 1, but for `sentences`, the length of the answer."""
    ranks = {method: _rank(outcome.question, assistant, method) for method in METHODS}
    found = {f"{method} {k}": float(rank <= k) for method, rank in ranks.items() for k in CUTS}
    right = [touches(chain(*outcome.question.evidence), *_place(candidate)) for candidate in outcome.chosen]
    return found | {
        "first passage": float(outcome.rank == 1),
        "three passages": float(outcome.rank is not None and outcome.rank <= 3),
        "shown": float(outcome.rank is not None),
        "first sentence": float(right[:1] == [True]),
        "a sentence": float(any(right)),
        "answer": float(outcome.eager_holds),
        "sentences": float(len(right)),
    }


def _rank(question: Question, assistant: Assistant, method: Method) -> float:
    """How many passages of plain search it takes to hold the evidence, infinity if all do not."""
    hits = assistant.search(question.question, method, max(CUTS), Scope(question.documents))
    return complete(steps(question.evidence, shown(hits))) or inf


def _place(candidate: Candidate) -> tuple[str, tuple[Span, ...]]:
    return candidate.hit.passage.document, candidate.sentence.spans


MEANINGS = {
    **{f"{method} {k}": f"{method} search holds the evidence in {k}" for method in METHODS for k in CUTS},
    "first passage": "after reading, the first passage holds the evidence",
    "three passages": "after reading, the first three passages hold the evidence",
    "shown": "all passages shown hold the evidence",
    "first sentence": "the best sentence of the answer is evidence",
    "a sentence": "one of the answer's sentences is evidence",
    "answer": "the answer's sentences hold all the evidence needed",
    "sentences": "sentences in the answer, which is given whatever the confidence",
    "auroc": "a question of this kind has a higher confidence than a near miss, asked of all papers",
    "auroc own": "the same, each asked of its own paper only",
    "answered": "the confidence reaches the threshold",
    "near answered": "so does that of a near miss",
    "wrong answers": "of all answers given, those of which no sentence is evidence (near misses have none)",
    "wrong passages": "of all answers given, those with passages that do not hold the evidence (near misses have none)",
    "wrong quotes": "of all answers given, those whose sentences do not hold the evidence",
}
"""The figures by name, in the order of the table."""
_OF_ANSWERS = ("wrong answers", "wrong passages", "wrong quotes")
"""Figures of the answers given, which are not those of the same questions in another run."""


def estimates(rows: Sequence[Row]) -> dict[str, dict[str, Estimate]]:
    """For each kind of answerable question, and for all of them, each figure by name.

    `auroc` and `auroc own`, which need a calibration and near misses, tell the kind's questions from the near misses.
    """
    kinds = dict.fromkeys(row["kind"] for row in rows if row["answerable"])
    return {
        kind: _estimates([row for row in rows if row["answerable"] and kind in ("all", row["kind"])], rows)
        for kind in ("all", *kinds)
    }


def _estimates(group: Sequence[Row], rows: Sequence[Row]) -> dict[str, Estimate]:
    found = {name: clusters.mean(_values(group, name)) for name in group[0]["scores"]} if group else {}
    near = [row for row in rows if not row["answerable"]]
    for name, field in (("auroc", "confidence"), ("auroc own", "own")):
        if near and group and all(row[field] is not None for row in (*near, *group)):
            found[name] = clusters.auroc(*([(row["paper"], row[field]) for row in some] for some in (group, near)))
    return found | _decided(group, near)


def _decided(group: Sequence[Row], near: Sequence[Row]) -> dict[str, Estimate]:
    """What comes of the threshold; nothing without a calibration."""
    if any(row["answered"] is None for row in group):
        return {}
    given = [row for row in (*group, *near) if row["answered"]]
    values = {
        "answered": [(row["paper"], float(row["answered"])) for row in group],
        "near answered": [(row["paper"], float(row["answered"])) for row in near],
        "wrong answers": [(row["paper"], 1 - row["scores"].get("a sentence", 0.0)) for row in given],
        "wrong passages": [(row["paper"], 1 - row["scores"].get("shown", 0.0)) for row in given],
        "wrong quotes": [(row["paper"], 1 - row["scores"].get("answer", 0.0)) for row in given],
    }
    return {name: clusters.mean(some) for name, some in values.items() if some}


def levels(rows: Sequence[Row], calibration: Calibration) -> list[tuple[str, int, float, float]]:
    """For each word for a confidence: the word, questions with it, their mean confidence, and the share that is right.

    The last line, without a word, is of all questions.
    """
    found = []
    for word in (*(word for word, *_ in calibration.levels), ""):
        own = [row for row in rows if word in ("", calibration.level(row["confidence"]))]
        if own:
            sure, right = (sum(row[name] for row in own) / len(own) for name in ("confidence", "right"))
            found.append((word, len(own), round(sure, 4), round(right, 4)))
    return found


def risk_over_coverage(rows: Sequence[Row]) -> Curve:
    """How many of the answers are wrong, at every share of questions answered; needs a calibration."""
    wrong = np.array([1 - row["scores"].get("a sentence", 0.0) for row in rows])
    return curve(np.array([row["confidence"] for row in rows]), wrong)


def _values(rows: Sequence[Row], name: str) -> Values:
    return [(row["paper"], row["scores"][name]) for row in rows]


def table(kinds: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """A line for each figure and a column for each kind; the interval is that of all."""
    lines = [["", *kinds, "interval of all"]]
    for name, every in kinds["all"].items():
        values = [f"{kinds[kind][name]['value']:.3f}" if name in kinds[kind] else "–" for kind in kinds]
        lines.append([name, *values, f"{every['low']:.3f}–{every['high']:.3f}"])
    return columns(lines)


def compared(before: Sequence[Row], after: Sequence[Row]) -> str:
    """Each figure of the questions that both runs asked, by kind, before and after.

    The interval is that of the difference; p is that of `clusters.chance`, which is for means only.
    """
    old = {(row["id"], row["question"]): row for row in before}
    new = [row for row in after if (row["id"], row["question"]) in old]
    pairs = [(old[row["id"], row["question"]], row) for row in new]
    if not any(row["answerable"] for row in new):
        return "no answerable question was asked in both runs"
    first, second = estimates([a for a, _ in pairs]), estimates(new)
    lines = [["paired", "", "n", "before", "now", "difference, 95 %", "p"]]
    for kind, found in second.items():
        of = [pair for pair in pairs if pair[1]["answerable"] and kind in ("all", pair[1]["kind"])]
        for name in [name for name in found if name in first[kind] and name not in _OF_ANSWERS]:
            change = (found[name] - first[kind][name]).figure
            scored = [_values(rows, name) for rows in zip(*of, strict=True)] if name in of[0][0]["scores"] else []
            p = f"{clusters.chance(*scored):.3f}" if scored else "–"
            cells = [f"{value:.3f}" for value in (first[kind][name].value, found[name].value)]
            interval = f"{change.low:+.3f} to {change.high:+.3f}"
            lines.append([name, kind, str(change.n), *cells, interval, p])
    return columns(lines)


def load(path: Path) -> list[Row]:
    """The questions of a result file.

    Raises:
        QuestionSetError: it cannot be read, or is none of this format.
    """
    remedy = "make one with `python -m qa.evaluation.asked --output FILE`"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); {remedy}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT or "kinds" not in found:
        raise QuestionSetError(f"{path} is no result file of format {FORMAT}; {remedy}")
    rows: list[Row] = found["questions"]
    return rows


@click.command()
@click.option("--data", type=A_PATH, required=True, help="Folder with the files of the set.")
@click.option("--output", type=A_PATH, help="Write the figures and every question here, as JSON.")
@click.option("--baseline", type=A_PATH, help="Compare with this earlier file, question by question.")
@click.option("--plot", type=A_PATH, help="Draw risk over coverage here, as SVG, with that of the earlier file.")
@click.option("--library", type=A_PATH, help="File of other papers to ask at the same time.")
@click.option("--papers", type=click.IntRange(min=1), help="Papers to ask at once; those of --library fill the rest.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many questions, always the same.")
@click.option("--encoder", help="Package or folder of another encoder.")
@click.option("--reader", type=A_PATH, help="Another cross-encoder.")
@click.option("--calibration", type=A_PATH, help="The calibration of these models; without, there is no AUROC.")
@click.option("--work", type=A_PATH, default=Path("reports/sets"), show_default=True, help="Folder for the index.")
def main(**options: Any) -> None:
    """Ask the development questions, and print how well they are answered."""
    output, baseline, plot = (options.pop(name) for name in ("output", "baseline", "plot"))
    if options["library"] and not options["papers"]:
        raise click.UsageError("--library FILE needs --papers N")
    used = Used(**{name: options.pop(name) for name in ("encoder", "reader", "calibration")})
    try:
        before = load(baseline) if baseline else None
        found = measure(Wanted(**options), used)
    except QAError as error:
        raise click.ClickException(str(error)) from error
    if output:
        output.write_text(json_text(found, indent=1) + "\n", "utf-8")
    click.echo(f"{found['papers']} papers, {len(found['questions'])} questions, p50 {found['p50_milliseconds']} ms\n")
    click.echo(table(found["kinds"]) + "\n\n" + "\n".join(f"{name}: {what}" for name, what in MEANINGS.items()))
    lines = [
        ["confidence", "questions", "mean", "right"],
        *([w or "all", str(n), *map(str, x)] for w, n, *x in found["levels"]),
    ]
    click.echo("\n" + columns(lines))
    if plot:
        runs = {"before": before, "now": found["questions"]}
        plot.write_text(
            risks_compared({name: risk_over_coverage(rows) for name, rows in runs.items() if rows}), "utf-8"
        )
    if before:
        click.echo("\n" + compared(before, found["questions"]))


if __name__ == "__main__":
    main()
