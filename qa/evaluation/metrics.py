"""One score a question, and means by kind with bootstrap intervals.

Every score is 0 to 1, and None where it does not apply: recall to a question without evidence, false answers to one
with evidence. A question without a result scores zero.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG
from scipy import stats

from qa.evaluation.evidence import complete
from qa.evaluation.run import Outcome
from qa.types import Answer

RESAMPLES, SEED, LEVEL = 2000, 20261121, 0.95
"""Of every interval: the number of resamples, their seed, and the share of them that lies within."""

CUTS = (1, 3, 5, 10)
WORDS = (100, 200, 400)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's name, what it means, and whether larger is better.

    The name is its key in `results.json` and in gates; `confidence.metric_of` gives the metric of any key.

    >>> str(BY_NAME["recall@3"])
    'recall@3'
    """

    name: str
    meaning: str
    rising: bool = True

    def __str__(self) -> str:
        return self.name


METRICS = (
    Metric("recall@1", "the first passage holds a complete list of evidence"),
    *(Metric(f"recall@{k}", f"the first {k} passages hold a complete list of evidence") for k in CUTS[1:]),
    Metric("mrr", "one over the smallest number of passages that do, 0 if ten do not"),
    Metric("ndcg@10", "the items of the best evidence list, discounted by the rank at which each is held"),
    Metric("papers ndcg@10", "the papers that hold evidence, by the rank of their first passages"),
    *(Metric(f"words@{n}", f"the first {n} words of the passages hold a complete list of evidence") for n in WORDS),
    Metric("answered", "an answerable question is answered, rightly or wrongly"),
    Metric("evidence", "the answer's own quotes hold a complete list of evidence"),
    Metric("f1", "words that the answer shares with the best short answer, of both (Rajpurkar et al. 2016)"),
    Metric("false", "an unanswerable question is answered all the same", rising=False),
    Metric("right", "the answer holds the evidence, or what has no answer is refused"),
)
"""What is scored for each question, in the order of the report."""

BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}

Scores = Mapping[str, float | None]
"""The scores of a question by the names of their metrics."""

_RANKED = {**{f"recall@{k}": R @ k for k in CUTS}, "mrr": RR @ CUTS[-1]}
"""The measures of ir_measures on whole evidence lists."""
_GAIN = nDCG @ 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}–{self.high:.2f}]"


def scores(outcomes: Sequence[Outcome]) -> list[dict[str, float | None]]:
    """The scores of each outcome, by the names of `METRICS`."""
    ranked = ranking([outcome.steps for outcome in outcomes])
    return [
        _score(outcome, passages | {"papers ndcg@10": gain})
        for outcome, passages, gain in zip(outcomes, ranked, papers(outcomes), strict=True)
    ]


def _score(outcome: Outcome, ranked: Mapping[str, float]) -> dict[str, float | None]:
    if not outcome.question.answerable:
        return {metric.name: None for metric in METRICS} | {
            "false": float(outcome.answered),
            "right": float(outcome.right),
        }
    answers = outcome.question.answers
    text = outcome.result.text if isinstance(outcome.result, Answer) else ""
    return {
        **ranked,
        **{f"words@{n}": float(outcome.words is not None and outcome.words <= n) for n in WORDS},
        "answered": float(outcome.answered),
        "evidence": float(outcome.holds),
        "f1": max(token_f1(text, answer) for answer in answers) if answers else None,
        "false": None,
        "right": float(outcome.right),
    }


def ranking(found: Sequence[Sequence[Sequence[int | None]]]) -> list[dict[str, float]]:
    """recall@k, mrr and ndcg@10 of each question, computed by ir_measures.

    `found` has for each question, list and item after how many passages the item is held, as `evidence.steps` gives
    it. For recall and mrr a question has one relevant document, at the rank that completes a list. For nDCG each item
    of a list is a relevant document at the rank at which it is held, and the best list counts. Evidence that is not
    found is in no run, and ir_measures gives it zero.
    """
    wholes = {str(i): {"0": complete(lists)} for i, lists in enumerate(found)}
    items = {f"{i}/{j}": _numbered(ranks) for i, lists in enumerate(found) for j, ranks in enumerate(lists)}
    whole, parts = _measured(list(_RANKED.values()), wholes), _measured([_GAIN], items)
    return [
        {name: whole[str(i)][measure] for name, measure in _RANKED.items()}
        | {"ndcg@10": max((parts[f"{i}/{j}"][_GAIN] for j in range(len(lists))), default=0.0)}
        for i, lists in enumerate(found)
    ]


def _numbered(ranks: Sequence[int | None]) -> dict[str, int | None]:
    return {str(i): rank for i, rank in enumerate(ranks)}


def papers(outcomes: Sequence[Outcome]) -> list[float]:
    """nDCG@10 of each outcome's papers; those with evidence are relevant. This is what BEIR measures on SciFact."""
    found = _measured([_GAIN], {str(i): _paper_ranks(outcome) for i, outcome in enumerate(outcomes)})
    return [found[str(i)][_GAIN] for i in range(len(outcomes))]


def _paper_ranks(outcome: Outcome) -> dict[str, int | None]:
    """The rank of each paper with evidence among the papers of the passages, None if it is not among them."""
    hits = outcome.result.passages if outcome.result else ()
    shown = list(dict.fromkeys(hit.passage.document for hit in hits))
    relevant = sorted({item.document for items in outcome.question.evidence for item in items})
    return {document: shown.index(document) + 1 if document in shown else None for document in relevant}


def _measured(
    measures: Sequence[ir_measures.Measure], ranks: Mapping[str, Mapping[str, int | None]]
) -> dict[str, dict[ir_measures.Measure, float]]:
    """Each measure of each query, given the ranks of its relevant documents; None is a document that is not found.

    The ranks between them are filled with irrelevant documents.
    """
    qrels = [Qrel(query, document, 1) for query, places in ranks.items() for document in places]
    run = []
    for query, places in ranks.items():
        found = {document: rank for document, rank in places.items() if rank}
        run += [ScoredDoc(query, document, 1 / rank) for document, rank in found.items()]
        free = set(range(1, max(found.values(), default=0))) - set(found.values())
        run += [ScoredDoc(query, f"-{rank}", 1 / rank) for rank in sorted(free)]
    scores = {query: dict.fromkeys(measures, 0.0) for query in ranks}
    for row in ir_measures.iter_calc(measures, qrels, run):
        scores[row.query_id][row.measure] = float(row.value)
    return scores


def token_f1(answer: str, expected: str) -> float:
    """The harmonic mean of the precision and recall of words, 0 to 1, as in SQuAD (Rajpurkar et al. 2016).

    >>> round(token_f1("The dose was 800 mg.", "800 mg once"), 3)
    0.571
    """
    given, wanted = _tokens(answer), _tokens(expected)
    common = sum((Counter(given) & Counter(wanted)).values())
    if not common:
        return float(given == wanted)
    precision, recall = common / len(given), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def _tokens(text: str) -> list[str]:
    """Lower-case words without articles and punctuation."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(?:a|an|the)\b", " ", bare).split()


def summary(rows: Sequence[Scores]) -> dict[str, Figure]:
    """The mean of every metric that applies to at least one question, with its interval."""
    figures = {}
    for metric in METRICS:
        values = [value for row in rows if (value := row[metric.name]) is not None]
        if values:
            figures[metric.name] = mean(values)
    return figures


def mean(values: Sequence[float]) -> Figure:
    """The mean of at least one value, with its interval."""
    return interval(lambda sample, axis: np.mean(sample, axis=axis), [values], vectorised=True)


Statistic = Callable[..., Any]
"""A function of one or more samples, float64, (n,); if it is vectorised, of samples (…, n) and `axis`."""


def interval(
    statistic: Statistic,
    samples: Sequence[Sequence[float]],
    *,
    vectorised: bool = False,
    paired: bool = False,
    resamples: int = RESAMPLES,
) -> Figure:
    """A statistic of one or more samples with its percentile bootstrap interval (Efron 1979), by SciPy.

    Samples are resampled independently, or question by question if `paired`. The interval of a single question is
    its value.
    """
    data = [np.asarray(sample, dtype=np.float64) for sample in samples]
    n = len(data[0]) if paired else sum(map(len, data))
    value = float(statistic(*data, axis=-1) if vectorised else statistic(*data))
    if any(len(sample) < 2 for sample in data):
        return Figure(value, value, value, n)
    found = stats.bootstrap(
        data,
        statistic,
        n_resamples=resamples,
        batch=500,
        vectorized=vectorised,
        paired=paired,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Figure(value, float(found.low), float(found.high), n)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values, at least one, that a share of them, 0 to 1, does not exceed.

    >>> quantile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    return float(np.quantile(np.asarray(values, dtype=np.float64), share, method="inverted_cdf"))
