"""A gate that compares two runs asks what both have, and fails for a loss that is no chance."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qa.evaluation.compare_runs import compare
from qa.evaluation.gates import Gate, Verdict, judge


def row(number: int, score: float, metric: str = "recall@3", **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number), "kind": "factoid" if number % 2 else "list", "split": "tune",
        "turns": [f"Question {number}?"], "answerable": True,
        "evidence": [[{"document": "owls", "quote": f"quote {number}", "place": "owls, line 3"}]],
        "right": score > 0, "outcome": "answer", "citations": [{"text": "Owls hunt.", "place": "owls, line 3"}],
        "scores": {metric: score},
    } | fields  # fmt: skip


def run(scores: list[float], metric: str = "recall@3", **fields: Any) -> dict[str, Any]:
    rows = [row(number, score, metric, **fields) for number, score in enumerate(scores)]
    mean = sum(scores) / len(scores)
    return {"questions": rows, "kinds": {"all": {"figures": {metric: {"value": mean}}}}, "confidence": {}}


def verdict(now: dict[str, Any], before: dict[str, Any], metric: str = "recall@3", **fields: Any) -> Verdict:
    (found,) = judge([Gate.model_validate({"metric": metric, "may_worsen": 0.02} | fields)], now, before)
    return found


BEFORE = run([1.0] * 44 + [0.0] * 13)


def test_a_paper_that_costs_two_of_57_questions_by_chance_passes() -> None:
    found = verdict(run([1.0] * 42 + [0.0] * 15), BEFORE)
    assert found.passed
    assert found.reason == "it was 0.772 and is 0.737, n = 57, lost 2, won 0, p = 0.250; this may be chance"


def test_a_broad_loss_fails_and_a_won_question_weighs_against_a_lost_one() -> None:
    found = verdict(run([1.0] * 36 + [0.0] * 21), BEFORE)
    assert not found.passed
    assert "lost 8, won 0, p = 0.00" in found.reason
    mixed = verdict(run([1.0] * 36 + [0.0] * 9 + [1.0] * 6 + [0.0] * 6), BEFORE)
    assert mixed.passed
    assert "lost 8, won 6" in mixed.reason


def test_a_small_loss_that_is_sure_passes_within_what_may_be_lost() -> None:
    before = run([1.0] * 600)
    assert verdict(run([1.0] * 591 + [0.0] * 9), before).passed  # 0.015 worse with p = 0.002
    assert not verdict(run([1.0] * 585 + [0.0] * 15), before).passed


def test_the_level_is_the_gate_s_own() -> None:
    now = run([1.0] * 42 + [0.0] * 15)
    assert not verdict(now, BEFORE, level=0.3).passed
    with pytest.raises(ValidationError):
        Gate(metric="mrr", may_worsen=0.0, level=0.0)


def test_questions_that_only_one_run_has_are_not_counted() -> None:
    now = run([1.0] * 44 + [0.0] * 13)
    now["questions"] = now["questions"][20:]  # the paper with the evidence of twenty was taken out
    now["questions"][0]["turns"] = ["Asked otherwise?"]
    now["questions"][1]["evidence"][0][0]["quote"] = "another quote"
    now["questions"][2]["evidence"][0][0]["place"] = "owls, line 9"  # the same words, which have moved
    found = verdict(now, BEFORE)
    assert found.passed
    assert "n = 35, lost 0, won 0" in found.reason
    assert len(compare(BEFORE, now).unpaired) == 22
    now["questions"] = []
    assert verdict(now, BEFORE).reason == "no question is in both runs, so that nothing can be compared"


def test_a_falling_metric_fails_when_it_rises() -> None:
    before, now = run([0.0] * 40, "false"), run([1.0] * 10 + [0.0] * 30, "false")
    assert not verdict(now, before, "false").passed
    assert verdict(before, now, "false").passed


def test_a_gate_of_a_kind_asks_only_that_kind() -> None:
    scores = [float(number % 2) for number in range(40)]
    before, now = run(scores), run([0.0] * 40)
    for found in (before, now):
        found["kinds"] |= {"list": found["kinds"]["all"], "factoid": found["kinds"]["all"]}
    assert verdict(now, before, kind="list").passed
    lost = verdict(now, before, kind="factoid")
    assert not lost.passed
    assert "n = 20, lost 20" in lost.reason


def test_of_few_questions_and_of_runs_without_rows_the_means_decide_and_that_is_said() -> None:
    found = verdict(run([0.0] * 4), run([1.0] * 4))
    assert not found.passed
    assert found.reason.endswith("too few questions for a test, so the means decide")
    old = {"kinds": BEFORE["kinds"]}
    found = verdict(run([1.0] * 42 + [0.0] * 15), old)
    assert not found.passed
    assert "the means are compared, since a run lacks the scores of its questions" in found.reason


def test_what_is_not_scored_per_question_is_compared_as_it_is() -> None:
    before, now = run([1.0]), run([1.0])
    before["confidence"], now["confidence"] = {"all": {"ece": {"value": 0.1}}}, {"all": {"ece": {"value": 0.2}}}
    found = verdict(now, before, "ece")
    assert not found.passed
    assert found.reason == "it was 0.100 and is 0.200"


def test_answers_that_changed_are_counted_apart_from_lost_and_won() -> None:
    before, now = run([1.0, 1.0, 0.0, 1.0]), run([1.0, 0.0, 1.0, 1.0])
    now["questions"][0]["citations"] = [{"text": "Owls sleep.", "place": "owls, line 4"}]
    now["questions"][3]["citations"] = [{"text": "Owls hunt.", "place": "owls, line 9"}]
    found = compare(before, now)
    assert (found.lost, found.won, found.changed) == (("1",), ("2",), ("0",))
