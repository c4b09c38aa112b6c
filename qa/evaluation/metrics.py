"""One score a question, and means by kind with bootstrap intervals.

Every score is 0 to 1 or a number of milliseconds, and None where it says nothing of a question: recall of one that
has no evidence, false answers of one that has. A question without a result scores zero.
"""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
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
"""Of every interval: how many resamples are drawn, from which seed, and what share of them lies within."""

CUTS = (1, 3, 5, 10)
WORDS = (100, 200, 400)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's name, what it means, and whether more of it is better."""

    name: str
    meaning: str
    rising: bool = True


METRICS = (
    *(
        Metric(f"recall@{k}", f"the first {k} passages hold a complete list of evidence" if k > 1
               else "the first passage holds a complete list of evidence")
        for k in CUTS
    ),
    Metric("mrr", "one over the smallest number of passages that do, 0 if ten do not"),
    Metric("ndcg@10", "the items of the best evidence list, discounted by the rank at which each is held"),
    Metric("papers ndcg@10", "the papers that hold evidence, by the rank of their first passages"),
    *(Metric(f"words@{n}", f"the first {n} words of the passages hold a complete list of evidence") for n in WORDS),
    Metric("answered", "an answerable question is answered, rightly or wrongly"),
    Metric("evidence", "the answer's own quotes hold a complete list of evidence"),
    Metric("f1", "words that the answer shares with the best short answer, of both (Rajpurkar et al. 2016)"),
    Metric("false", "an unanswerable question is answered all the same", rising=False),
    Metric("right", "the answer holds the evidence, or what has no answer is refused"),
)  # fmt: skip
"""What is scored for each question, in the order in which it is shown."""

BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}

Scores = Mapping[str, float | None]


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
    """A score of each of `METRICS` for each outcome, in order."""
    ranked = zip(ranking([outcome.steps for outcome in outcomes]), papers(outcomes), strict=True)
    return [
        _score(outcome, passages | {"papers ndcg@10": found})
        for outcome, (passages, found) in zip(outcomes, ranked, strict=True)
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

    `found` has for each question, list and item the number of passages that hold the item, as `evidence.steps` tells.
    A question's evidence is one relevant document, at the rank that completes a list; for nDCG each item of a
    list is one, an item takes the place of the passage that completes it, and the best list counts. A question
    whose evidence is not found is in no run, and ir_measures gives it its zero.
    """
    wholes = {str(i): complete(lists) for i, lists in enumerate(found)}
    items = {f"{i}/{j}": ranks for i, lists in enumerate(found) for j, ranks in enumerate(lists)}
    whole = _measured(
        [R @ k for k in CUTS] + [RR @ CUTS[-1]],
        [Qrel(name, "0", 1) for name in wholes],
        [ScoredDoc(name, "0", 1 / rank) for name, rank in wholes.items() if rank],
        wholes,
    )
    parts = _measured(
        [nDCG @ 10],
        [Qrel(name, str(i), 1) for name, ranks in items.items() for i in range(len(ranks))],
        [ScoredDoc(name, str(i), 1 / rank) for name, ranks in items.items() for i, rank in enumerate(ranks) if rank],
        items,
    )
    return [
        {f"recall@{k}": whole[str(i), str(R @ k)] for k in CUTS}
        | {"mrr": whole[str(i), str(RR @ CUTS[-1])]}
        | {"ndcg@10": max((parts[f"{i}/{j}", str(nDCG @ 10)] for j in range(len(lists))), default=0.0)}
        for i, lists in enumerate(found)
    ]


def papers(outcomes: Sequence[Outcome]) -> list[float]:
    """nDCG@10 of each outcome's papers, of which those with evidence are relevant; what BEIR measures on SciFact."""
    wanted = [{item.document for items in outcome.question.evidence for item in items} for outcome in outcomes]
    given = [
        list(dict.fromkeys(hit.passage.document for hit in outcome.result.passages)) if outcome.result else []
        for outcome in outcomes
    ]
    found = _measured(
        [nDCG @ 10],
        [Qrel(str(i), document, 1) for i, documents in enumerate(wanted) for document in sorted(documents)],
        [ScoredDoc(str(i), document, 1 / rank) for i, documents in enumerate(given)
         for rank, document in enumerate(documents, start=1)],
        {str(i): None for i in range(len(outcomes))},
    )  # fmt: skip
    return [found[str(i), str(nDCG @ 10)] for i in range(len(outcomes))]


def _measured(
    measures: Sequence[ir_measures.Measure],
    qrels: Sequence[Qrel],
    run: Sequence[ScoredDoc],
    names: Mapping[str, object],
) -> dict[tuple[str, str], float]:
    """Each measure of each query; ranks are kept by filling the places before a document with irrelevant ones."""
    taken: dict[str, set[int]] = defaultdict(set)
    for found in run:
        taken[found.query_id].add(round(1 / found.score))
    filling = [
        ScoredDoc(name, f"-{rank}", 1 / rank)
        for name, ranks in taken.items()
        for rank in range(1, max(ranks))
        if rank not in ranks
    ]
    rows = ir_measures.iter_calc(measures, qrels, [*run, *filling])
    return {(name, str(m)): 0.0 for name in names for m in measures} | {
        (row.query_id, str(row.measure)): float(row.value) for row in rows
    }


def token_f1(answer: str, expected: str) -> float:
    """The harmonic mean of precision and recall of words, 0 to 1, as SQuAD has it (Rajpurkar et al. 2016).

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
    """Lower-case words without articles and marks."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(?:a|an|the)\b", " ", bare).split()


def summary(rows: Sequence[Scores]) -> dict[str, Figure]:
    """The mean of every metric that says something of at least one question, with its interval."""
    figures = {}
    for metric in METRICS:
        values = [value for row in rows if (value := row[metric.name]) is not None]
        if values:
            figures[metric.name] = mean(values)
    return figures


def mean(values: Sequence[float]) -> Figure:
    """The mean of values that are not empty, with its interval."""
    return interval(lambda sample, axis: np.mean(sample, axis=axis), [values], vectorised=True)


Statistic = Callable[..., Any]
"""Of as many samples as are given, float64, (n,); with `axis` where it is vectorised."""


def interval(statistic: Statistic, samples: Sequence[Sequence[float]], *, vectorised: bool = False,
             paired: bool = False, resamples: int = RESAMPLES) -> Figure:  # fmt: skip
    """A statistic of one or more samples with its percentile bootstrap interval (Efron 1979), by SciPy.

    Samples are drawn anew each for itself, or, if `paired`, question by question. One question alone has no interval.
    """
    data = [np.asarray(sample, dtype=np.float64) for sample in samples]
    n = len(data[0]) if paired else sum(map(len, data))
    value = float(statistic(*data, axis=-1) if vectorised else statistic(*data))
    if any(len(sample) < 2 for sample in data):
        return Figure(value, value, value, n)
    found = stats.bootstrap(
        data, statistic, n_resamples=resamples, batch=500, vectorized=vectorised, paired=paired,
        confidence_level=LEVEL, method="percentile", rng=np.random.default_rng(SEED),
    ).confidence_interval  # fmt: skip
    return Figure(value, float(found.low), float(found.high), n)


def quantile(values: Sequence[float], share: float) -> float:
    """The value of a list, which may not be empty, that a share of them, 0 to 1, does not exceed.

    >>> quantile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    return float(np.quantile(np.asarray(values, dtype=np.float64), share, method="inverted_cdf"))
