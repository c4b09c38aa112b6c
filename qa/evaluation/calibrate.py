"""Fit the calibration: `python -m qa.evaluation.calibrate`.

With `--reader FILE`, it is fitted for that cross-encoder (made by `make reader`).

The calibration is a logistic model (Platt 1999): from the reader's features it predicts whether a sentence of the
answer is evidence. It is fitted on the tuning half of the project's questions and, if given, on those of `asked` on
papers that no weights are learnt from, each asked of a library of 3 papers, of all these papers, and of 300 where there
are others to fill it. A feature that would get the wrong sign on these questions, as if unknown words made an answer
likelier, gets weight 0, because it would mislead on other papers.

Cross-validation estimates how good the confidence is: each question is judged by a model that was fitted without any
question on its paper. These judgements give the risk-coverage curve (Geifman and El-Yaniv 2017), which turns a promise
("at most this share of wrong answers") into a threshold, and the levels, which give a confidence its word. Nothing is
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
from qa.answers.calibration import AGAINST, EITHER, Calibration, passages_key
from qa.answers.cross_encoder import CrossEncoder, open_cross_encoder
from qa.answers.models import Models
from qa.config import PROJECT, QUESTIONS, AskSettings, IndexSettings
from qa.evaluation.confidence import curve
from qa.evaluation.libraries import part_of, shelves
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.run import Outcome, run
from qa.evaluation.sets import asked
from qa.index import store
from qa.index.embed import open_encoder
from qa.index.index import Index
from qa.index.library import Library
from qa.types import QAError, QuestionSetError


class Example(NamedTuple):
    """The features of a question, and whether a sentence of the answer is evidence.

    Examples of the same paper, if it is named, are judged by a model that was fitted without any of them. `weight` is
    how much the example counts.
    """

    features: Mapping[str, float]
    right: bool
    paper: str = ""
    weight: float = 1.0


Array = NDArray[np.float64]

FOLDS = 5
SMALL, LARGE = 3, 300
"""Numbers of papers of the libraries in which a question of `asked` is asked, beside all papers held out."""
RESAMPLES, CERTAIN = 500, 0.95
"""Resamples of the papers, and the share of them in which a promise is kept."""
LEVELS = (("High", 0.05), ("Fair", 0.3), ("Low", 1.0))
"""Words for a confidence, each with the largest share of wrong answers among those with this word."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The questions to fit on: our own on an index, and, if its folder is given, those of `asked`, whose index is built
    in `work`, with papers of a `library` beside them, if that is given."""

    index: Path
    questions: Path
    asked: Path | None
    library: Path | None
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


def examples(outcomes: Sequence[Outcome], papers: Sequence[str] = (), weight: float = 1.0) -> list[Example]:
    """What the calibration is fitted on. Questions with nothing to search in are left out.

    `papers` are those that the questions are about, if they are to be kept together.
    """
    return [
        Example(dict(outcome.features), outcome.eager_right, paper, weight)
        for outcome, paper in zip(outcomes, papers or [""] * len(outcomes), strict=True)
        if outcome.features
    ]


def uncalibrated(index: Index, cross_encoder: CrossEncoder | None = None) -> Assistant:
    """An assistant without a calibration (its confidence means nothing), which reads the questions for the fit."""
    encoder = open_encoder(index.settings.encoder)
    nothing = Calibration("nothing", "", encoder.sha256, 0.0, {}, {}, {}, threshold=2.0)
    return Assistant(index, "", Models(encoder, nothing, cross_encoder), AskSettings())


def fit(questions: Sequence[Example], provenance: Provenance, max_wrong: float = 0.1) -> Calibration:
    """Fit the logistic model, the curve and the levels.

    `max_wrong`, 0 to 1, is the share of wrong answers that the stored threshold allows.

    Raises:
        QuestionSetError: there are too few questions that are answered rightly, too few others, or too few papers.
    """
    names = sorted(questions[0].features) if questions else []
    rows = np.array([[example.features[name] for name in names] for example in questions], dtype=np.float64)
    labels = np.array([example.right for example in questions], dtype=bool)
    right = int(labels.sum())
    if min(right, len(questions) - right) < FOLDS:
        raise QuestionSetError(
            f"a calibration needs {FOLDS} questions that are answered rightly, and {FOLDS} others; add questions to "
            "the set"
        )
    weights = np.array([example.weight for example in questions])
    weights *= len(labels) / weights.sum()
    signs = np.array([-1.0 if name in AGAINST else 1.0 for name in names])
    free = np.array([name in EITHER for name in names])
    scaler = StandardScaler().fit(rows)
    bias, slopes = logistic(signs * scaler.transform(rows), labels, weights, free)
    judged = cross_validated(signs * rows, labels, weights, [example.paper for example in questions], free)
    wrong = 1.0 - labels
    error = brier_score_loss(labels, judged, sample_weight=weights)
    fitted = Calibration(
        fitted_on=f"{provenance.fitted_on}; Brier score {error:.3f} in {FOLDS}-fold cross-validation",
        date=datetime.now(UTC).date().isoformat(),
        encoder_sha256=provenance.encoder_sha256,
        bias=bias,
        weights=_named(names, (signs * slopes + 0.0).tolist()),
        means=_named(names, scaler.mean_),
        deviations=_named(names, scaler.scale_),
        threshold=0.0,
        curve=promises(
            judged,
            wrong,
            [example.paper for example in questions],
            [example.features.get("papers", 0.0) for example in questions],
        ),
        levels=levels(judged, wrong),
        passages=provenance.passages,
        reader_sha256=provenance.reader_sha256,
    )
    return Calibration(**(asdict(fitted) | {"threshold": min(1.0, fitted.operating_point(max_wrong))}))


def logistic(
    rows: Array, labels: NDArray[np.bool_], weights: Array, free: NDArray[np.bool_] | None = None
) -> tuple[float, Array]:
    """The intercept and the slopes, float64, (d,), of a logistic regression without negative slopes.

    `free`, bool, (d,), says which slopes may be negative all the same. While one of the others is negative, the column
    with the most negative one is left out and the rest is fitted again.
    """
    kept = np.arange(rows.shape[1])
    slopes = np.zeros(rows.shape[1])
    while kept.size:
        model = LogisticRegression(max_iter=1000).fit(rows[:, kept], labels, sample_weight=weights)
        bound = np.where(free[kept], np.inf, model.coef_[0]) if free is not None else model.coef_[0]
        if bound.min() >= 0:
            slopes[kept] = model.coef_[0]
            return float(model.intercept_[0]), slopes
        kept = np.delete(kept, bound.argmin())
    right = float(np.average(labels, weights=weights))
    return float(np.log(right / (1 - right))), slopes


def cross_validated(
    rows: Array,
    labels: NDArray[np.bool_],
    weights: Array,
    papers: Sequence[str] = (),
    free: NDArray[np.bool_] | None = None,
) -> Array:
    """The probability of each example by a model that was fitted without it, float64, (n,).

    `rows` is (n, d), and larger values in each column raise the probability. Examples of the same paper, where one is
    named, are kept in the same fold, and so are those without one that have the same features, such as a question asked
    twice.
    """
    _, groups = np.unique(rows, axis=0, return_inverse=True)
    number = {paper: -n for n, paper in enumerate(dict.fromkeys(filter(None, papers)), start=1)}
    if papers:
        groups = np.array([number.get(paper, alike) for paper, alike in zip(papers, groups, strict=True)])
    if len(np.unique(groups)) < FOLDS:
        raise QuestionSetError(f"a calibration needs questions on {FOLDS} papers, or as many that differ; add some")
    judged = np.empty(len(labels), dtype=np.float64)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for rest, held in folds.split(rows, labels, groups):
        scaler = StandardScaler().fit(rows[rest])
        bias, slopes = logistic(scaler.transform(rows[rest]), labels[rest], weights[rest], free)
        judged[held] = expit(bias + scaler.transform(rows[held]) @ slopes)
    return judged


def promises(
    confidence: Array, wrong: Array, papers: Sequence[str] = (), libraries: Sequence[float] = ()
) -> list[tuple[float, float]]:
    """The share of wrong answers to expect above each threshold: (threshold, share), by falling threshold.

    If w of k answers are wrong, a share of (w + 1) / (k + 1) is expected, as in conformal risk control (Angelopoulos et
    al. 2024): a few right answers do not promise much. Papers differ: if they are named, the share is at least the 95 %
    quantile over resamples of the papers. Libraries of several sizes, if they are told apart, are each judged alone,
    and the worst of them counts. A threshold that promises no more than a lower one is left out.

    >>> promises(np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 1.0]))
    [(0.8, 0.333333), (0.7, 0.5)]
    """
    thresholds = curve(confidence, wrong).thresholds
    named, sizes = np.array(papers), np.array(libraries or np.zeros(len(wrong)))
    shares = []
    for size in np.unique(sizes):
        own = sizes == size
        given = confidence[own] >= thresholds[:, None]
        shares.append((given @ wrong[own] + 1) / (given.sum(axis=1) + 1))
        if papers:
            shares.append(_upper(thresholds, confidence[own], wrong[own], named[own].tolist()))
    kept: list[tuple[float, float]] = []
    for threshold, share in zip(thresholds[::-1], np.max(shares, axis=0)[::-1], strict=True):
        if not kept or share < kept[0][1]:
            kept.insert(0, (_down(threshold), round(float(share), 6)))
    return kept


def _upper(thresholds: Array, confidence: Array, wrong: Array, papers: Sequence[str]) -> Array:
    """The 95 % quantile of the share of wrong answers above each threshold over resamples of the papers, (m,)."""
    _, number = np.unique([paper or f"alone {n}" for n, paper in enumerate(papers)], return_inverse=True)
    drawn = np.random.default_rng(0).integers(0, number.max() + 1, (RESAMPLES, number.max() + 1))
    times = np.apply_along_axis(np.bincount, 1, drawn, minlength=number.max() + 1).astype(np.float64)
    found = []
    for threshold in thresholds:
        given = confidence >= threshold
        answers = np.bincount(number[given], minlength=number.max() + 1)
        lost = np.bincount(number[given], wrong[given], minlength=number.max() + 1)
        found.append(np.quantile(times @ lost / np.maximum(times @ answers, 1), CERTAIN))
    return np.array(found)


def levels(confidence: Array, wrong: Array) -> list[tuple[str, float, float]]:
    """Words for a confidence by what came true: (word, lowest confidence, share of wrong ones among those with it).

    Each begins as low as its share of wrong answers allows, among the confidences below the level before. Answers of
    the same confidence have the same word.

    >>> levels(np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.0, 0.0, 1.0, 1.0]))
    [('High', 0.8, 0.0), ('Low', 0.0, 1.0)]
    """
    order = np.argsort(-confidence, kind="stable")
    sure, lost = confidence[order], wrong[order]
    last = np.append(np.diff(sure) != 0, True)
    found, start = [], 0
    for word, most in LEVELS:
        shares = np.cumsum(lost[start:]) / np.arange(1, len(lost) - start + 1)
        fits = np.flatnonzero((shares <= most) & last[start:])
        if fits.size:
            end = int(fits[-1])
            found.append((word, 0.0 if most == 1 else _down(sure[start + end]), round(float(shares[end]), 4)))
            start += end + 1
    return found


def _down(value: float) -> float:
    """Round down to four places, so that the question that a threshold comes from still reaches it."""
    return float(np.floor(value * 1e4) / 1e4)


def _named(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(names, values, strict=True)}


@click.command()
@click.option("--index", type=click.Path(path_type=Path), default=Path("index"), show_default=True)
@click.option("--questions", type=click.Path(path_type=Path), default=QUESTIONS.relative_to(PROJECT), show_default=True)
@click.option("--asked", type=click.Path(path_type=Path), help="Folder with the files of `asked`.")
@click.option("--library", type=click.Path(path_type=Path), help="File of other papers, to ask more at once.")
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
    found = examples(run(_shown(ours), uncalibrated(index, model)))
    fitted_on = [f"{len(ours)} questions of the tuning half of {sources.questions.name}"]
    if sources.asked:
        theirs = _of_asked(sources, index.settings, model)
        papers = len({example.paper for example in theirs})
        fitted_on.append(f"questions of asked on {papers} papers held out, asked {len(theirs)} times")
        found += theirs
    reader_sha256 = model.sha256 if model else ""
    passages = passages_key(index.settings)
    provenance = Provenance(", and ".join(fitted_on), index.encoder_sha256, passages, reader_sha256)
    return fit(found, provenance, AskSettings().max_wrong)


def _of_asked(sources: Sources, settings: IndexSettings, model: CrossEncoder | None) -> list[Example]:
    """The questions on the papers held out, each asked in libraries of several sizes, with one weight in all."""
    data = sources.asked or Path()
    every = asked.load_papers(data / "train_papers.jsonl.gz")
    papers = {name: paper for name, paper in every.items() if paper.held_out}
    others = asked.others(papers, sources.library, LARGE) if sources.library else {}
    asked.write_corpus(papers | others, sources.work / "asked-held-out" / "corpus")
    index = _indexed(sources.work / "asked-held-out", settings)
    items = [item for item in asked.load_asked(data / "train_questions.jsonl.gz") if item.paper in papers]
    questions = list(asked.questions_of(items, papers))
    sizes = [SMALL, len(papers), *([LARGE] if others else [])]
    found = []
    for size in sizes:
        for shelf in shelves(list(papers), list(others), size):
            own = [n for n, item in enumerate(items) if item.paper in shelf]
            outcomes = run(_shown([questions[n] for n in own]), uncalibrated(part_of(index, shelf), model))
            found += examples(outcomes, [items[n].paper for n in own], 1 / len(sizes))
    return found


def _indexed(work: Path, settings: IndexSettings) -> Index:
    """The index of a corpus, built or updated beside it."""
    Library(work / "corpus", work / "index", settings).update(progress=lambda *s: click.echo(f"{s[0]}/{s[1]} {s[2]}"))
    return store.load(work / "index")


def _shown(questions: Sequence[Question]) -> Iterable[Question]:
    return tqdm(questions, unit="question", leave=False)  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
