"""Every figure of an evaluation against a case worked out by hand."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from qa.evaluation import confidence
from qa.evaluation.compare_runs import compare, difference
from qa.evaluation.metrics import METRICS, Figure, interval, mean, papers, quantile, ranking, scores, summary, token_f1
from qa.evaluation.questions import Evidence, Question
from qa.evaluation.results import diagnosis
from qa.evaluation.run import Outcome
from qa.types import Abstention, Answer, Citation, Document, Hit, Passage, Sentence, Span

PAPER = Document("a", "", "Granite is hard.")
CITED = (Citation(PAPER, "", Sentence("Granite is hard.", (Span(0, 16),))),)
GOLD = ((Evidence("a", Span(0, 16)),),)


def answer(sure: float = 0.9, hits: tuple[Hit, ...] = ()) -> Answer:
    return Answer("q", "q", CITED, sure, (), hits, "g")


def abstention(sure: float = 0.1) -> Abstention:
    return Abstention("q", "q", "why", sure, (), "g")


def outcome(
    answerable: bool = True,
    result: Answer | Abstention | None = None,
    rank: int | None = None,
    *,
    holds: bool = False,
    eager_holds: bool | None = None,
    eager_right: bool = False,
    words: int | None = None,
    kind: str = "x",
    answers: tuple[str, ...] = ("hard",),
) -> Outcome:
    return Outcome(
        Question("id", "q", kind, answerable, GOLD if answerable else (), answers if answerable else ()),
        result,
        steps=((rank,),) if answerable else (),
        words=words,
        holds=holds,
        eager=answer(),
        eager_holds=holds if eager_holds is None else eager_holds,
        eager_right=eager_right,
    )


def test_ranks_become_recall_reciprocal_rank_and_gain() -> None:
    first, both, part, none, late, missing = ranking(
        [[(1,)], [(2, 4), (None,)], [(None, 3)], [(None,)], [(6,), (9, None)], []]
    )
    assert first == {"recall@1": 1, "recall@3": 1, "recall@5": 1, "recall@10": 1, "mrr": 1, "ndcg@10": 1}
    assert [both[f"recall@{k}"] for k in (1, 3, 5, 10)] == [0, 0, 1, 1]
    assert both["mrr"] == pytest.approx(1 / 4)
    ideal = 1 + 1 / log2(3)
    assert both["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)
    assert (part["recall@10"], part["mrr"]) == (0, 0)
    assert part["ndcg@10"] == pytest.approx((1 / log2(4)) / ideal)
    assert set(none.values()) == set(missing.values()) == {0}
    assert [late[f"recall@{k}"] for k in (5, 10)] == [0, 1]
    assert late["ndcg@10"] == pytest.approx(1 / log2(7))


def test_reciprocal_rank_and_gain_end_with_the_tenth() -> None:
    (found,) = ranking([[(11,)]])
    assert (found["mrr"], found["ndcg@10"], found["recall@10"]) == (0, 0, 0)


def hit(document: str) -> Hit:
    sentence = Sentence("Word.", (Span(0, 5),))
    return Hit(Passage(document, "", "body", (sentence,), (Span(0, 5),)), 1.0, {})


def test_papers_are_ranked_by_their_first_passage() -> None:
    gold = ((Evidence("b", Span(0, 5)),), (Evidence("c", Span(0, 5)),))
    question = Question("id", "q", "x", True, gold, ())
    hits = tuple(hit(name) for name in ("a", "a", "b", "b", "c"))
    found = papers([Outcome(question, answer(hits=hits)), Outcome(question, None)])
    assert found == [pytest.approx((1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3))), 0]


@pytest.mark.parametrize(
    ("given", "expected", "share"),
    [
        ("800 mg once daily", "800 mg once daily", 1),
        ("The dose was 800 mg.", "800 mg", 2 * (2 / 4) * 1 / (2 / 4 + 1)),
        ("a hard, hard stone", "hard", 2 * (1 / 3) * 1 / (1 / 3 + 1)),
        ("soft", "hard", 0),
        ("", "hard", 0),
    ],
)
def test_word_overlap_is_that_of_squad(given: str, expected: str, share: float) -> None:
    assert token_f1(given, expected) == pytest.approx(share)


def test_scores_say_nothing_where_they_have_nothing_to_say() -> None:
    rows = scores(
        [
            outcome(True, answer(), 2, holds=True, words=150, answers=("soft", "is hard")),
            outcome(True, abstention(), 2, eager_holds=True, words=100),
            outcome(True, answer(), None, answers=()),
            outcome(True, None),
            outcome(False, answer()),
            outcome(False, abstention()),
            outcome(False, None),
        ]
    )
    assert [row["evidence"] for row in rows] == [1, 0, 0, 0, None, None, None]
    assert [row["answered"] for row in rows] == [1, 0, 1, 0, None, None, None]
    assert [row["false"] for row in rows] == [None, None, None, None, 1, 0, 0]
    assert [row["right"] for row in rows] == [1, 0, 0, 0, 0, 1, 0]
    assert [row["mrr"] for row in rows] == [0.5, 0.5, 0, 0, None, None, None]
    assert [(row["words@100"], row["words@200"]) for row in rows[:3]] == [(0, 1), (1, 1), (0, 0)]
    assert [row["f1"] for row in rows[:4]] == [pytest.approx(0.8), 0, None, 0]
    assert all(set(row) == {metric.name for metric in METRICS} for row in rows)
    figures = summary(rows)
    assert (figures["evidence"].value, figures["evidence"].n) == (1 / 4, 4)
    assert (figures["f1"].value, figures["f1"].n) == (pytest.approx(0.8 / 3), 3)
    assert (figures["false"].value, figures["false"].n) == (pytest.approx(1 / 3), 3)
    assert "false" not in summary(rows[:4])


def test_an_interval_is_drawn_again_the_same_and_holds_its_value() -> None:
    values = [1.0] * 30 + [0.0] * 10
    figure = mean(values)
    assert figure == mean(values)
    assert (figure.value, figure.n) == (0.75, 40)
    normal = 1.96 * (0.75 * 0.25 / 40) ** 0.5
    assert figure.low == pytest.approx(0.75 - normal, abs=0.03)
    assert figure.high == pytest.approx(0.75 + normal, abs=0.03)
    assert mean([0.5]) == Figure(0.5, 0.5, 0.5, 1)
    assert mean([1.0, 1.0, 1.0]) == Figure(1, 1, 1, 3)
    both = interval(confidence.auroc, [[0.9, 0.8], [0.1, 0.2]], vectorised=True, resamples=50)
    assert both == Figure(1, 1, 1, 4)


def test_quantiles_are_values_of_the_list() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [quantile(values[::-1], share) for share in (0.01, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert quantile([7.0], 0.95) == 7


SURE = np.array([0.9, 0.8, 0.8, 0.4])
WRONG = np.array([0.0, 1.0, 0.0, 1.0])


def test_risk_over_coverage_by_hand() -> None:
    curve = confidence.curve(SURE, WRONG)
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.4]
    assert curve.coverages.tolist() == [1 / 4, 3 / 4, 1]
    assert curve.risks.tolist() == [0, 1 / 3, 1 / 2]
    shared = [0, 0.5 / 2, 1 / 3, 2 / 4]
    assert confidence.aurc(SURE, WRONG) == pytest.approx(sum(shared) / 4)
    assert confidence.aurc(SURE[::-1], WRONG[::-1]) == pytest.approx(sum(shared) / 4)


@pytest.mark.parametrize(("precision", "share"), [(0.95, 1 / 4), (2 / 3, 3 / 4), (0.5, 1), (1.0, 1 / 4)])
def test_coverage_at_a_precision(precision: float, share: float) -> None:
    assert confidence.coverage_at(SURE, WRONG, precision) == share


def test_no_coverage_where_the_surest_is_wrong_alone() -> None:
    assert confidence.coverage_at(np.array([0.9, 0.1]), np.array([1.0, 1.0])) == 0


def test_calibration_error_by_hand() -> None:
    sure, wrong = np.array([0.95, 0.91, 0.15, 0.1]), np.array([0.0, 1.0, 1.0, 1.0])
    high, low = (0.95 + 0.91) / 2, (0.15 + 0.1) / 2
    bins = confidence.reliability(sure, wrong)
    assert [one.n for one in bins] in ([2, 2], [1, 1, 2])
    assert confidence.ece(sure, wrong) == pytest.approx((2 * abs(0.5 - high) + 2 * low) / 4)
    assert confidence.ece(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 0


def test_separation_counts_ties_half() -> None:
    assert confidence.auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_confidence_figures_by_kind_and_aim() -> None:
    outcomes = [
        outcome(True, answer(0.9), 1, eager_right=True),
        outcome(True, answer(0.8), 3, holds=True),
        outcome(True, abstention(0.2), None),
        outcome(False, abstention(0.5), kind="near-miss"),
        outcome(False, abstention(0.1), kind="off-topic"),
    ]
    figures = confidence.figures(outcomes)
    assert figures["auroc near-miss"].value == pytest.approx(2 / 3)
    assert figures["auroc off-topic"].value == 1
    assert (figures["risk answer"].value, figures["risk passages"].value) == (0.5, 0)
    assert figures["coverage@95 answer"].value == pytest.approx(1 / 5)
    assert figures["coverage@95 passages"].value == pytest.approx(2 / 5)
    assert figures["aurc passages"].value == pytest.approx((0 + 0 + 1 / 3 + 2 / 4 + 3 / 5) / 5)
    squares = [0.1**2, 0.8**2, 0.2**2, 0.5**2, 0.1**2]
    assert figures["brier"].value == pytest.approx(sum(squares) / 5)
    assert all(f.low <= f.value <= f.high for name, f in figures.items() if name != "ece")
    assert "auroc x" not in figures


def test_a_figure_s_key_parses_back() -> None:
    outcomes = [outcome(True, answer(0.9), 1, holds=True), outcome(False, abstention(0.5), kind="near-miss")]
    keys = [*summary(scores(outcomes)), *confidence.figures(outcomes)]
    assert {"papers ndcg@10", "auroc near-miss", "coverage@95 answer", "ece"} <= set(keys)
    for key in keys:
        metric = confidence.metric_of(key)
        assert metric
        assert str(metric) == key
        assert metric.rising == (key.split()[0] not in ("false", "aurc", "risk", "ece", "brier"))
    assert confidence.metric_of("nonsense") is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (outcome(True, answer(), 1, holds=True), ""),
        (outcome(False, abstention()), ""),
        (outcome(True, None), "could not be asked"),
        (outcome(False, answer()), "answered, though the papers do not say"),
        (outcome(True, answer(), 2), "other sentences chosen; evidence complete with passage 2"),
        (outcome(True, answer()), "other sentences chosen; evidence not among the passages"),
        (
            outcome(True, abstention(), 1, eager_holds=True),
            "refused, and would have been right; evidence complete with passage 1",
        ),
        (outcome(True, abstention()), "refused, and would have been wrong; evidence not among the passages"),
    ],
)
def test_what_went_wrong_is_said(found: Outcome, said: str) -> None:
    assert diagnosis(found) == said


def test_a_difference_is_tested_by_exchanging_labels() -> None:
    """Of the 2 ** 4 ways to exchange the labels of four pairs that all rose, two are as extreme."""
    found = difference("mrr", [(0.0, 1.0)] * 4)
    assert (found.n, found.before, found.after, found.p) == (4, 0, 1, pytest.approx(2 / 16))
    assert difference("mrr", [(0.5, 0.5)] * 4).p == 1
    assert difference("mrr", [(0.0, 1.0)]).p == 1
    mixed = difference("mrr", [(0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
    assert (mixed.before, mixed.after, mixed.p) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 1)
    many = [(0.0, 1.0)] * 30 + [(1.0, 0.0)] * 2
    assert difference("mrr", many).p < 0.001
    assert difference("mrr", many) == difference("mrr", many)


def row(name: str, right: bool, question: str = "q", **more: float | None) -> dict[str, object]:
    figures = {metric.name: None for metric in METRICS} | {"right": float(right)} | more
    return {"id": name, "turns": [question], "answerable": True, "evidence": [], "right": right, "scores": figures}


def test_runs_are_paired_by_question() -> None:
    before = {"questions": [row("1", True, mrr=1.0), row("2", False, mrr=0.0), row("3", True), row("5", True)]}
    after = {"questions": [row("1", False, mrr=0.5), row("2", True, mrr=0.5), row("3", True, "other"), row("4", True)]}
    found = compare(before, after)
    assert (found.won, found.lost, found.unpaired) == (("2",), ("1",), ("3", "5", "4"))
    by_name = {one.metric: one for one in found.differences}
    assert set(by_name) == {"mrr", "right"}
    assert (by_name["mrr"].n, by_name["mrr"].before, by_name["mrr"].after) == (2, 0.5, 0.5)
    assert compare(before, {"questions": []}).differences == ()
