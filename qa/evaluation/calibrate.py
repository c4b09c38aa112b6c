"""Fit the calibration: `python -m qa.evaluation.calibrate`.

With `--reader FILE`, it is fitted for that cross-encoder (made by `make reader`).

The calibration is a logistic model (Platt 1999): from the reader's features it predicts whether the passages shown hold
the evidence. It is fitted on the tuning half of the project's questions and, if given, on COVID-QA's, which weigh less.
A feature that would get the wrong sign on these questions, as if unknown words made an answer likelier, gets weight 0,
because it would mislead on other papers.

Cross-validation estimates how good the confidence is: each question is judged by a model that was fitted without it.
These judgements of the tuning half give the risk-coverage curve (Geifman and El-Yaniv 2017), which turns a promise ("at
most this share of wrong answers") into a threshold. Nothing is fitted on the other half.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
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
"""The features of a question, and whether the passages shown hold its evidence."""

Array = NDArray[np.float64]

FOLDS = 5
OTHERS = 0.25
"""The total weight of other people's questions, where ours weigh 1. Chosen from 0.1, 0.25, 0.5, 1 and 3 as a compromise
between both sets in cross-validation (2026-11-21; Brier score ours / theirs): 0.206 / 0.093, 0.209 / 0.081,
0.212 / 0.075, 0.216 / 0.071, 0.222 / 0.069. Theirs are easier: a wrong paper shares few words with a question."""

_SAMPLE = 300


@dataclass(frozen=True, slots=True)
class Provenance:
    """The questions that a calibration is fitted on, in words, and the models and passages that it is fitted for.

    `passages` is the `passages_key` of the index; `reader_sha256` is "" without a cross-encoder.
    """

    fitted_on: str
    encoder_sha256: str
    passages: str = ""
    reader_sha256: str = ""


def examples(outcomes: Sequence[Outcome]) -> list[Example]:
    """What the calibration is fitted on. Questions with nothing to search in are left out."""
    return [(dict(outcome.features), outcome.rank is not None) for outcome in outcomes if outcome.features]


def uncalibrated(index: Index, cross_encoder: CrossEncoder | None = None) -> Assistant:
    """An assistant without a calibration (its confidence means nothing), which reads the questions for the fit."""
    encoder = open_encoder(index.settings.encoder)
    nothing = Calibration("nothing", "", encoder.sha256, 0.0, {}, {}, {}, 0.0)
    return Assistant(index, "", Models(encoder, nothing, cross_encoder), AskSettings())


def fit(
    own: Sequence[Example], others: Sequence[Example], provenance: Provenance, max_wrong: float = 0.2
) -> Calibration:
    """Fit the logistic model on both sets, and the curve on the first; `others` may be empty.

    `max_wrong`, 0 to 1, is the share of wrong answers that the stored threshold allows.

    Raises:
        QuestionSetError: the first set has too few questions whose evidence is found, or too few others.
    """
    names = sorted(own[0][0]) if own else []
    rows = np.array([[features[name] for name in names] for features, _ in [*own, *others]], dtype=np.float64)
    labels = np.array([label for _, label in [*own, *others]], dtype=bool)
    right = int(labels[: len(own)].sum())
    if min(right, len(own) - right) < FOLDS:
        raise QuestionSetError(
            f"a calibration needs {FOLDS} questions in the tuning half whose evidence is found, and {FOLDS} others; "
            "add questions to the set"
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
        fitted_on=f"{provenance.fitted_on}; Brier score {error:.3f} in {FOLDS}-fold cross-validation",
        date=datetime.now(UTC).date().isoformat(),
        encoder_sha256=provenance.encoder_sha256,
        bias=bias,
        weights=_named(names, (signs * slopes + 0.0).tolist()),
        means=_named(names, scaler.mean_),
        deviations=_named(names, scaler.scale_),
        threshold=0.0,
        curve=promises(judged[: len(own)], wrong[: len(own)]),
        passages=provenance.passages,
        reader_sha256=provenance.reader_sha256,
    )
    return Calibration(**(asdict(fitted) | {"threshold": min(1.0, fitted.operating_point(max_wrong))}))


def logistic(rows: Array, labels: NDArray[np.bool_], weights: Array) -> tuple[float, Array]:
    """The intercept and the slopes, float64, (d,), of a logistic regression without negative slopes.

    While a slope is negative, the column with the most negative one is left out and the rest is fitted again.
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
    """The probability of each example by a model that was fitted without it, float64, (n,).

    `rows` is (n, d), and larger values in each column raise the probability. Examples with the same features, such as
    a question asked twice, are kept in the same fold.
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
    """The share of wrong answers to expect above each threshold: (threshold, share), by falling threshold.

    If w of k answers are wrong, a share of (w + 1) / (k + 1) is expected, as in conformal risk control (Angelopoulos et
    al. 2024): a few right answers do not promise much. A threshold that promises no more than a lower one is left out.

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
    """Round down to four places, so that the question that a threshold comes from still reaches it."""
    return float(np.floor(value * 1e4) / 1e4)


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}


@click.command()
@click.option("--index", type=click.Path(path_type=Path), default=Path("index"), show_default=True)
@click.option("--questions", type=click.Path(path_type=Path), default=QUESTIONS.relative_to(PROJECT), show_default=True)
@click.option("--covidqa", "data", type=click.Path(path_type=Path), help="Folder with COVID-QA's files.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("reports/sets/covidqa"), help="For its index.")
@click.option("--reader", type=click.Path(path_type=Path), help="Cross-encoder to fit for; none if left out.")
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
    found = examples(run(_shown(own), uncalibrated(opened, model)))
    reader_sha256 = model.sha256 if model else ""
    provenance = Provenance(fitted_on, opened.encoder_sha256, passages_key(opened.settings), reader_sha256)
    return fit(found, others, provenance, AskSettings().max_wrong)


def _shown(questions: Sequence[Question]) -> Iterable[Question]:
    return tqdm(questions, unit="question", leave=False)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
