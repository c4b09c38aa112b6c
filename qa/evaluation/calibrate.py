"""Fit the calibration: `python -m qa.evaluation.calibrate`.

With `--reader FILE`, it is fitted for that cross-encoder (made by `make reader`).

The calibration is a logistic model (Platt 1999): from the reader's features it predicts whether the passages shown hold
the evidence. It is fitted on the tuning half of the project's questions and, if given, on those of `asked` on papers
that no weights are learnt from, asked of all these papers at once, and on COVID-QA's, which weigh less. A feature that
would get the wrong sign on these questions, as if unknown words made an answer likelier, gets weight 0, because it
would mislead on other papers.

Cross-validation estimates how good the confidence is: each question is judged by a model that was fitted without it,
and a question of `asked` without any on its paper. These judgements of all but COVID-QA's give the risk-coverage curve
(Geifman and El-Yaniv 2017), which turns a promise ("at most this share of wrong answers") into a threshold. Nothing is
fitted on the other half of the project's questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

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
from qa.config import PROJECT, QUESTIONS, AskSettings, IndexSettings
from qa.evaluation.confidence import curve
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import Outcome, run
from qa.evaluation.sets import asked, covidqa
from qa.index import store
from qa.index.embed import open_encoder
from qa.index.index import Index
from qa.index.library import Library
from qa.types import QAError, QuestionSetError


class Example(NamedTuple):
    """The features of a question, and whether the passages shown hold its evidence.

    Examples of the same paper, if it is named, are judged by a model that was fitted without any of them.
    """

    features: Mapping[str, float]
    right: bool
    paper: str = ""


Array = NDArray[np.float64]

FOLDS = 5
OTHERS = 0.25
"""The total weight of other people's questions, where ours weigh 1. Chosen from 0.1, 0.25, 0.5, 1 and 3 as a compromise
between both sets in cross-validation (2026-11-21; Brier score ours / theirs): 0.206 / 0.093, 0.209 / 0.081,
0.212 / 0.075, 0.216 / 0.071, 0.222 / 0.069. Theirs are easier: a wrong paper shares few words with a question."""

_SAMPLE = 300


@dataclass(frozen=True, slots=True)
class Sources:
    """The questions to fit on: our own on an index, and, if their folders are given, those of COVID-QA and `asked`,
    whose indexes are built in `work`."""

    index: Path
    questions: Path
    covidqa: Path | None
    asked: Path | None
    work: Path


@dataclass(frozen=True, slots=True)
class Provenance:
    """The questions that a calibration is fitted on, in words, and the models and passages that it is fitted for.

    `passages` is the `passages_key` of the index; `reader_sha256` is "" without a cross-encoder.
    """

    fitted_on: str
    encoder_sha256: str
    passages: str = ""
    reader_sha256: str = ""


def examples(outcomes: Sequence[Outcome], papers: Sequence[str] = ()) -> list[Example]:
    """What the calibration is fitted on. Questions with nothing to search in are left out.

    `papers` are those that the questions are about, if they are to be kept together.
    """
    return [
        Example(dict(outcome.features), outcome.rank is not None, paper)
        for outcome, paper in zip(outcomes, papers or [""] * len(outcomes), strict=True)
        if outcome.features
    ]


def uncalibrated(index: Index, cross_encoder: CrossEncoder | None = None) -> Assistant:
    """An assistant without a calibration (its confidence means nothing), which reads the questions for the fit."""
    encoder = open_encoder(index.settings.encoder)
    nothing = Calibration("nothing", "", encoder.sha256, 0.0, {}, {}, {}, 0.0)
    return Assistant(index, "", Models(encoder, nothing, cross_encoder), AskSettings())


def fit(
    own: Sequence[Example], others: Sequence[Example], provenance: Provenance, max_wrong: float = 0.2
) -> Calibration:
    """Fit the logistic model on both sets, and the curve on the first; `others` may be empty.

    The questions of a set weigh the same, those of `others` together `OTHERS` times as much as those of `own`.

    `max_wrong`, 0 to 1, is the share of wrong answers that the stored threshold allows.

    Raises:
        QuestionSetError: the first set has too few questions whose evidence is found, or too few others.
    """
    both = [*own, *others]
    names = sorted(own[0].features) if own else []
    rows = np.array([[example.features[name] for name in names] for example in both], dtype=np.float64)
    labels = np.array([example.right for example in both], dtype=bool)
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
    judged = cross_validated(signs * rows, labels, weights, [example.paper for example in both])
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


def cross_validated(rows: Array, labels: NDArray[np.bool_], weights: Array, papers: Sequence[str] = ()) -> Array:
    """The probability of each example by a model that was fitted without it, float64, (n,).

    `rows` is (n, d), and larger values in each column raise the probability. Examples of the same paper, where one is
    named, are kept in the same fold, and so are those without one that have the same features, such as a question asked
    twice.
    """
    _, groups = np.unique(rows, axis=0, return_inverse=True)
    number = {paper: -n for n, paper in enumerate(dict.fromkeys(filter(None, papers)), start=1)}
    if papers:
        groups = np.array([number.get(paper, alike) for paper, alike in zip(papers, groups, strict=True)])
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
@click.option("--covidqa", type=click.Path(path_type=Path), help="Folder with COVID-QA's files.")
@click.option("--asked", type=click.Path(path_type=Path), help="Folder with the files of `asked`.")
@click.option("--work", type=click.Path(path_type=Path), default=Path("reports/sets"), help="For their indexes.")
@click.option("--reader", type=click.Path(path_type=Path), help="Cross-encoder to fit for; none if left out.")
@click.option("--output", type=click.Path(path_type=Path), help="The file to write, if not the one in eval/.")
def main(reader: Path | None, output: Path | None, **sources: Any) -> None:
    """Fit the confidence and write it."""
    output = output or PROJECT / "eval" / ("calibration-reader.json" if reader else "calibration.json")
    try:
        fitted = _fitted(Sources(**sources), open_cross_encoder(reader) if reader else None)
    except QAError as error:
        raise click.ClickException(str(error)) from error
    output.write_text(json.dumps(asdict(fitted), indent=1) + "\n", "utf-8")
    click.echo(f"{output} is written: {fitted.fitted_on}")


def _fitted(sources: Sources, model: CrossEncoder | None) -> Calibration:
    index = store.load(sources.index)
    ours = [question for question in load_questions(sources.questions, index.documents) if question.split == "tune"]
    own, others = examples(run(_shown(ours), uncalibrated(index, model))), []
    fitted_on = [f"{len(ours)} questions of the tuning half of {sources.questions.name}"]
    if sources.asked:
        found = _of_asked(sources.asked, sources.work / "asked-held-out", index.settings, model)
        fitted_on.append(f"{len(found)} on {len({example.paper for example in found})} papers of asked held out")
        own += found
    if sources.covidqa:
        others = _of_covidqa(sources.covidqa, sources.work / "covidqa", index.settings, model)
        fitted_on.append(f"{len(others)} made of COVID-QA")
    reader_sha256 = model.sha256 if model else ""
    passages = passages_key(index.settings)
    provenance = Provenance(", and ".join(fitted_on), index.encoder_sha256, passages, reader_sha256)
    return fit(own, others, provenance, AskSettings().max_wrong)


def _of_asked(data: Path, work: Path, settings: IndexSettings, model: CrossEncoder | None) -> list[Example]:
    """The questions on the papers held out, asked of all of these papers at once."""
    every = asked.load_papers(data / "train_papers.jsonl.gz")
    papers = {name: paper for name, paper in every.items() if paper.held_out}
    items = [item for item in asked.load_asked(data / "train_questions.jsonl.gz") if item.paper in papers]
    asked.write_corpus(papers, work / "corpus")
    outcomes = run(_shown(list(asked.questions_of(items, papers))), _reading(work, settings, model))
    return examples(outcomes, [item.paper for item in items])


def _of_covidqa(data: Path, work: Path, settings: IndexSettings, model: CrossEncoder | None) -> list[Example]:
    covidqa.write_corpus(data, work / "corpus")
    return examples(run(_shown(covidqa.load_questions(data, _SAMPLE)), _reading(work, settings, model)))


def _reading(work: Path, settings: IndexSettings, model: CrossEncoder | None) -> Assistant:
    """An uncalibrated assistant for a corpus, whose index is built or updated beside it."""
    library = Library(work / "corpus", work / "index", settings)
    library.update(progress=lambda *s: click.echo(f"{s[0]}/{s[1]} {s[2]}"))
    return uncalibrated(store.load(work / "index"), model)


def _shown(questions: Sequence[Question]) -> Iterable[Question]:
    return tqdm(questions, unit="question", leave=False)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
