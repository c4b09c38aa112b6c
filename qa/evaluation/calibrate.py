"""Fit the confidence: `python -m qa.evaluation.calibrate --covidqa FOLDER` writes `eval/calibration.json`.

With `--reader FILE`, a model that `make reader` made, it is fitted for that model instead.

A logistic model (Platt 1999) from the reader's signals to "the passages shown hold the evidence", fitted on the
tuning half of the project's questions and on COVID-QA, each set with the same weight. The threshold is the lowest
at which no more than `FALSE_ANSWERS` of those questions of the tuning half are answered whose evidence is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from qa import library, store
from qa.calibration import Calibration
from qa.config import PROJECT, AskSettings
from qa.crossreader import CrossReader, open_reader
from qa.dialogue import stand_alone
from qa.embed import open_encoder
from qa.evaluation import covidqa
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import holds_any
from qa.index import Index
from qa.reader import read
from qa.search import Query, search
from qa.types import Abstention, Turn

Example = tuple[dict[str, float], bool]
"""The reader's signals for a question, and whether the passages shown hold its evidence."""

FALSE_ANSWERS = 1 / 3
"""Share of questions that may be answered without evidence; without a trained reader a lower one silences too much."""

_SAMPLE = 300


def examples(questions: Sequence[Question], index: Index, model: CrossReader | None = None) -> list[Example]:
    """Search and read for each question as the assistant does, without a calibration."""
    encoder = open_encoder(index.settings.encoder)
    settings = AskSettings()
    found = []
    for question in tqdm(questions, unit="question", leave=False):
        standing = question.earlier[0] if question.earlier else question.question
        for text in [*question.earlier[1:], question.question] if question.earlier else []:
            standing = stand_alone(text, [Turn(standing, Abstention(standing, standing, "", 0.0, (), ""))])
        query = Query.of(standing, encoder)
        hits = search(query, index, "hybrid", settings.read_k, question.documents)
        reading = read(query, hits, index, settings, model)
        shown = [(hit.passage.document, hit.passage.spans) for hit in reading.hits[: settings.top_k]]
        found.append((dict(reading.signals), holds_any(question.evidence, shown)))
    return found


def fit(
    own: Sequence[Example],
    others: Sequence[Example],
    fitted_on: str,
    encoder_sha256: str,
    reader_sha256: str = "",
) -> Calibration:
    """The logistic model of two sets, each with the same weight, and the threshold of the first set."""
    names = sorted(own[0][0])
    rows = np.array([[signals[name] for name in names] for signals, _ in [*own, *others]])
    labels = np.array([label for _, label in [*own, *others]])
    weights = np.repeat([len(labels) / 2 / len(own), len(labels) / 2 / len(others)], [len(own), len(others)])
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression().fit(scaler.transform(rows), labels, sample_weight=weights)
    unanswerable = model.predict_proba(scaler.transform(rows[: len(own)][~labels[: len(own)]]))[:, 1]
    return Calibration(
        fitted_on=fitted_on,
        date=datetime.now(UTC).date().isoformat(),
        encoder_sha256=encoder_sha256,
        bias=float(model.intercept_[0]),
        weights=_named(names, model.coef_[0]),
        means=_named(names, scaler.mean_),
        deviations=_named(names, scaler.scale_),
        threshold=round(float(np.quantile(unanswerable, 1 - FALSE_ANSWERS)), 4),
        reader_sha256=reader_sha256,
    )


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}


@click.command()
@click.option("--index", type=click.Path(path_type=Path), default=Path("index"), show_default=True)
@click.option("--questions", type=click.Path(path_type=Path), default=Path("eval/questions.jsonl"), show_default=True)
@click.option("--covidqa", "data", type=click.Path(path_type=Path), required=True, help="Folder with COVID-QA's files.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("reports/covidqa"), help="Folder for its index.")
@click.option("--reader", type=click.Path(path_type=Path), help="A reader's model; without, the reader without one.")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write, if not the one in eval/.")
def main(index: Path, questions: Path, data: Path, work: Path, reader: Path | None, output: Path | None) -> None:
    """Fit the confidence and write it."""
    model = open_reader(reader) if reader else None
    output = output or PROJECT / "eval" / ("calibration-reader.json" if model else "calibration.json")
    opened = store.load(index)
    own = [question for question in load_questions(questions, opened.documents) if question.split == "tune"]
    covidqa.write_corpus(data, work / "corpus")
    library.update(work / "corpus", work / "index", progress=lambda *step: click.echo(f"{step[0]}/{step[1]} {step[2]}"))
    others = covidqa.load_questions(data, _SAMPLE)
    fitted = fit(
        examples(own, opened, model),
        examples(others, store.load(work / "index"), model),
        f"{len(own)} questions of the tuning half of {questions.name}, and {len(others)} made of COVID-QA",
        opened.encoder_sha256,
        model.sha256 if model else "",
    )
    output.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    click.echo(f"{output} is written: {fitted.fitted_on}")


if __name__ == "__main__":
    main()
