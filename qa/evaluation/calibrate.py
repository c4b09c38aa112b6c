"""Fit the calibration: `python -m qa.evaluation.calibrate`.

With `--reader FILE`, a model that `make reader` made, it is fitted for that model instead.

A logistic model (Platt 1999) from the reader's signals to "the passages shown hold the evidence", fitted on the
tuning half of the project's questions and, if they are given, on those of COVID-QA, which weigh less.
A signal to which these questions would give the wrong sign, as if more words that no paper knows made an answer
likelier, has no weight: it would mislead where other papers are asked.
How sure it may be of itself is told by cross-validation: each question is judged by a model that was fitted without
it. From these judgements of the tuning half comes the curve of risk over coverage (Geifman and El-Yaniv 2017) by which
a promise becomes a threshold. Nothing is fitted on the other half.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from qa.answers.assistant import Assistant
from qa.answers.calibration import AGAINST, Calibration, passages_key
from qa.answers.cross_encoder import CrossEncoder, open_cross_encoder
from qa.answers.models import Models
from qa.config import PROJECT, QUESTIONS, AskSettings
from qa.evaluation.confidence import curve
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import Outcome, run
from qa.evaluation.sets import covidqa
from qa.index import store
from qa.index.embed import open_encoder
from qa.index.index import Index
from qa.index.library import Library
from qa.types import QAError, QuestionSetError

Example = tuple[dict[str, float], bool]
"""The reader's signals for a question, and whether the passages shown hold its evidence."""

Array = NDArray[np.float64]

FOLDS = 5
OTHERS = 0.25
"""The weight of other people's questions beside ours, all together. Of 0.1, 0.25, 0.5, 1 and 3 the one that serves both
in cross-validation (2026-11-21; Brier score ours / theirs): 0.206 / 0.093, 0.209 / 0.081, 0.212 / 0.075, 0.216 / 0.071,
0.222 / 0.069. Theirs are easier, as a wrong paper shares few words with a question."""

_SAMPLE = 300


def examples(outcomes: Sequence[Outcome]) -> list[Example]:
    """What the calibration is fitted on; questions for which there was nothing to search are left out."""
    return [(dict(outcome.features), outcome.rank is not None) for outcome in outcomes if outcome.features]


def uncalibrated(index: Index, cross_encoder: CrossEncoder | None = None) -> Assistant:
    """An assistant whose confidence means nothing yet, to read the questions with that it is fitted on."""
    encoder = open_encoder(index.settings.encoder)
    nothing = Calibration("nothing", "", encoder.sha256, 0.0, {}, {}, {}, 0.0)
    return Assistant(index, "", Models(encoder, nothing, cross_encoder), AskSettings())


def fit(
    own: Sequence[Example],
    others: Sequence[Example],
    fitted_on: str,
    encoder_sha256: str,
    passages: str = "",
    max_wrong: float = 0.2,
    reader_sha256: str = "",
) -> Calibration:
    """The logistic model of two sets, and the curve of the first; `others` may be empty.

    Raises:
        QuestionSetError: the first set has too few questions, or all are alike.
    """
    names = sorted(own[0][0]) if own else []
    rows = np.array([[features[name] for name in names] for features, _ in [*own, *others]], dtype=np.float64)
    labels = np.array([label for _, label in [*own, *others]], dtype=bool)
    right = int(labels[: len(own)].sum())
    if min(right, len(own) - right) < FOLDS:
        raise QuestionSetError(
            f"a calibration needs {FOLDS} questions in the tuning half whose evidence is found, and {FOLDS} others"
        )
    weights = np.repeat([1 / len(own), OTHERS / max(1, len(others))], [len(own), len(others)])
    weights *= len(labels) / weights.sum()
    signs = np.array([-1.0 if name in AGAINST else 1.0 for name in names])
    scaler = StandardScaler().fit(rows)
    bias, slopes = logistic(signs * scaler.transform(rows), labels, weights)
    judged = cross_validated(signs * rows, labels, weights)
    wrong = 1.0 - labels
    error = brier_score_loss(labels[: len(own)], judged[: len(own)])
    fitted = Calibration(
        fitted_on=f"{fitted_on}; Brier score {error:.3f} in {FOLDS}-fold cross-validation",
        date=datetime.now(UTC).date().isoformat(),
        encoder_sha256=encoder_sha256,
        bias=bias,
        weights=_named(names, (signs * slopes + 0.0).tolist()),
        means=_named(names, scaler.mean_),
        deviations=_named(names, scaler.scale_),
        threshold=0.0,
        curve=promises(judged[: len(own)], wrong[: len(own)]),
        passages=passages,
        reader_sha256=reader_sha256,
    )
    return Calibration(**(asdict(fitted) | {"threshold": min(1.0, fitted.operating_point(max_wrong))}))


def logistic(rows: Array, labels: NDArray[np.bool_], weights: Array) -> tuple[float, Array]:
    """The intercept and the slopes, float64, (d,), of a logistic regression in which none falls below 0.

    The column that falls the most is left out and the rest fitted anew, until there is none.
    """
    kept = np.arange(rows.shape[1])
    slopes = np.zeros(rows.shape[1])
    while kept.size:
        model = LogisticRegression().fit(rows[:, kept], labels, sample_weight=weights)
        if model.coef_[0].min() >= 0:
            slopes[kept] = model.coef_[0]
            return float(model.intercept_[0]), slopes
        kept = np.delete(kept, model.coef_[0].argmin())
    right = float(np.average(labels, weights=weights))
    return float(np.log(right / (1 - right))), slopes


def cross_validated(rows: Array, labels: NDArray[np.bool_], weights: Array) -> Array:
    """The probability of each example by a model fitted without it and those like it, float64, (n,).

    Of each column, (n, d), more speaks for an answer.

    Examples with the same signals, such as a question asked twice, are kept in the same fold.
    """
    _, groups = np.unique(rows, axis=0, return_inverse=True)
    judged = np.empty(len(labels), dtype=np.float64)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for rest, held in folds.split(rows, labels, groups):
        scaler = StandardScaler().fit(rows[rest])
        bias, slopes = logistic(scaler.transform(rows[rest]), labels[rest], weights[rest])
        judged[held] = expit(bias + scaler.transform(rows[held]) @ slopes)
    return judged


def promises(confidence: Array, wrong: Array) -> list[tuple[float, float]]:
    """What is to be expected from each threshold on: (threshold, share of wrong answers), by falling threshold.

    Of k answers with w wrong, (w + 1) / (k + 1) is expected of the next, as in conformal risk control
    (Angelopoulos et al. 2024): few answers promise little, however right they are. A threshold that promises no
    more than a lower one is left out.

    >>> promises(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0]))
    [(0.8, 0.333333), (0.7, 0.5)]
    """
    found = curve(confidence, wrong)
    answered = found.coverages * len(confidence)
    expected = (found.risks * answered + 1) / (answered + 1)
    kept: list[tuple[float, float]] = []
    for threshold, share in zip(found.thresholds[::-1], expected[::-1], strict=True):
        if not kept or share < kept[0][1]:
            kept.insert(0, (_down(threshold), round(float(share), 6)))
    return kept


def _down(value: float) -> float:
    """Four places, rounded down, so that the question that a threshold comes from still passes it."""
    return float(np.floor(value * 1e4) / 1e4)


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}


@click.command()
@click.option("--index", type=click.Path(path_type=Path), default=Path("index"), show_default=True)
@click.option("--questions", type=click.Path(path_type=Path), default=QUESTIONS.relative_to(PROJECT), show_default=True)
@click.option("--covidqa", "data", type=click.Path(path_type=Path), help="Folder with COVID-QA's files.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("reports/sets/covidqa"), help="For its index.")
@click.option("--reader", type=click.Path(path_type=Path), help="A reader's model; without, the reader without one.")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write, if not the one in eval/.")
def main(index: Path, questions: Path, data: Path | None, work: Path, reader: Path | None, output: Path | None) -> None:
    """Fit the confidence and write it."""
    output = output or PROJECT / "eval" / ("calibration-reader.json" if reader else "calibration.json")
    try:
        fitted = _fitted(index, questions, data, work, open_cross_encoder(reader) if reader else None)
    except QAError as error:
        raise click.ClickException(str(error)) from error
    output.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    click.echo(f"{output} is written: {fitted.fitted_on}")


def _fitted(
    index: Path, questions: Path, data: Path | None, work: Path, model: CrossEncoder | None = None
) -> Calibration:
    opened = store.load(index)
    own = [question for question in load_questions(questions, opened.documents) if question.split == "tune"]
    fitted_on, others = f"{len(own)} questions of the tuning half of {questions.name}", []
    if data:
        covidqa.write_corpus(data, work / "corpus")
        Library(work / "corpus", work / "index").update(progress=lambda *s: click.echo(f"{s[0]}/{s[1]} {s[2]}"))
        asked = covidqa.load_questions(data, _SAMPLE)
        fitted_on += f", and {len(asked)} made of COVID-QA"
        others = examples(run(_shown(asked), uncalibrated(store.load(work / "index"), model)))
    passages = passages_key(opened.settings)
    found = examples(run(_shown(own), uncalibrated(opened, model)))
    max_wrong, reader_sha256 = AskSettings().max_wrong, model.sha256 if model else ""
    return fit(found, others, fitted_on, opened.encoder_sha256, passages, max_wrong, reader_sha256)


def _shown(questions: Sequence[Question]) -> Iterable[Question]:
    return tqdm(questions, unit="question", leave=False)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
