"""Figures of judges that are always right, always wrong, or that abstain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa.answers.cross_encoder import AnswerSpan, Judgement
from qa.training import measure
from qa.training.cases import Cases, Text


def judging(toy: Cases, right: bool, abstains: bool = False) -> measure.Judge:
    """A judge that knows the toy's answers, or their opposite."""

    def judge(pairs: Sequence[tuple[str, Text]]) -> list[Judgement]:
        judged = []
        for question, text in pairs:
            stone = question.split()[-1].strip("?")
            here = any(s.startswith(f"The {stone} is ") for s in text.sentences[1:2])
            sentences = (0.0, 1.0 if right else -1.0, 0.0)
            words = AnswerSpan(1, len(f"The {stone} is "), 1, len(text.sentences[1]) - 1)
            judged.append(Judgement(sentences, float(here == right), float(abstains), None if abstains else words))
        return judged

    return judge


@pytest.fixture
def all_held_out(toy: Cases) -> Cases:
    """The toy's cases under an article that is held out."""
    article = next(str(n) for n in range(1000) if replace(toy.cases[0], article=str(n)).held_out)
    return Cases(toy.texts, tuple(replace(case, article=article) for case in toy.cases))


def test_held_out_figures(all_held_out: Cases) -> None:
    best = measure.held_out(all_held_out, judging(all_held_out, True))
    assert best["sentence"] == best["best_text"] == best["answerable"] == best["f1"] == 1
    worst = measure.held_out(all_held_out, judging(all_held_out, False))
    assert worst["sentence"] == worst["best_text"] == worst["answerable"] == 0
    assert measure.held_out(all_held_out, judging(all_held_out, True, True))["f1"] == 0
    assert measure.total(best) > measure.total(worst)


def row(answers: Sequence[str]) -> dict[str, object]:
    texts = [{"heading": "", "sentences": ["The slate is old.", "The granite is red.", "Chalk is white."]}]
    return {"set": "squad2", "question": "Which colour has the granite?", "texts": texts, "answers": answers}


def test_development_figures(toy: Cases) -> None:
    rows = [row(["red"]), row([])]
    says = measure.development(rows, judging(toy, True))
    assert (says["squad2_em"], says["squad2_f1"]) == (0.5, 0.5)
    silent = measure.development(rows, judging(toy, True, True))
    assert (silent["squad2_em"], silent["squad2_auroc"]) == (0.5, 0.5)


def test_the_best_sentence_of_several_texts(toy: Cases) -> None:
    text = {"heading": "", "sentences": ["The slate is old.", "The granite is red.", "Chalk is white."]}
    papers = row([]) | {"set": "covidqa", "texts": [text, text], "right": [[1], []], "chosen": [1, 1]}
    figures = measure.development([papers], judging(toy, True))
    assert (figures["covidqa"], figures["covidqa_plain"], figures["covidqa_at_most"]) == (1, 0, 1)


def asked(
    kind: str, right: Sequence[Sequence[int]], *texts: Sequence[float]
) -> tuple[dict[str, object], list[Judgement]]:
    """A row and its judgements, of sentences with these logits; all passages are equally relevant."""
    answers = ["red"] if kind != "near" else []
    judged = [Judgement(tuple(text), 0.0, 0.0, None) for text in texts]
    return {"kind": kind, "answers": answers, "right": right}, judged


def test_figures_of_all_papers_at_once() -> None:
    rows = [
        asked("lay", [[], [1]], [3, 1], [2, 4]),  # the best sentence of the best passage
        asked("why", [[], [1]], [5, 4], [0, 3]),  # the third sentence, in the second passage
        asked("list", [[], [], [], [0]], [4, 4], [3], [2], [1]),  # the fourth passage
        asked("why", [[], []], [9], [8]),  # not found
        asked("near", [[]], [3.5]),
        asked("near", [[]], [4.5]),
    ]
    figures = measure.asked_figures(rows)
    assert [figures[f"asked_{name}"] for name in ("first", "three", "passage1", "passage3")] == [0.25, 0.5, 0.25, 0.5]
    assert [figures[f"asked_lay_{name}"] for name in ("first", "three", "passage1", "passage3")] == [1, 1, 1, 1]
    assert figures["asked_near"] == (1 + 2 + 1 + 2) / 8
    assert figures["asked_lay_near"] == 0.5
    assert measure.asked_figures([]) == {}
