"""How telling and how medical a word is, learnt with an encoder that counts letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.evaluation.sets import asked
from qa.evaluation.sets.asked import Asked, AskedPaper
from qa.training.judged import learnt, medical, told
from tests.conftest import FakeEncoder

PAPER = AskedPaper("a", "On granite", ("It was weathered.", "It was blasted."), ("", ""), (0, 0))
QUESTION = Asked("a", "lay", "Does weathering or dynamite crumble the granites?", ((0,),), "", ())


@pytest.fixture(autouse=True)
def _no_paper_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "held_out", lambda paper: paper == "held out")


def test_words_that_the_paper_has_in_any_form_are_told_from_others() -> None:
    found = list(told([QUESTION], {"a": PAPER}))
    assert found == [("weathering", True), ("dynamite", False), ("crumble", False), ("granites", True)]


def test_questions_without_an_answer_and_papers_held_out_are_left_out() -> None:
    held = replace(QUESTION, paper="held out")
    papers = {"a": PAPER, "held out": replace(PAPER, id="held out")}
    assert list(told([replace(QUESTION, evidence=()), held], papers)) == []


def test_words_like_those_that_papers_have_lie_in_that_direction() -> None:
    encoder = FakeEncoder()
    found = learnt([("zoozoo", True), ("zozo", True), ("papa", False), ("appap", False)] * 20, encoder)
    assert found.encoder_sha256 == encoder.sha256
    assert len(found.telling) == len(found.medical) == 1 + encoder.encode(["one"]).shape[1]
    zoo, pap = found.judge(encoder.encode(["zoo", "pap"]))
    assert zoo.telling > 0.5 > pap.telling


def test_words_with_medical_endings_lie_in_the_other() -> None:
    """The fake encoder only counts letters, but `osteomyelitis` has others than `standing`."""
    encoder = FakeEncoder()
    found = learnt([("one", True), ("two", False)], encoder)
    words = ["osteomyelitis", "glomerulonephritis", "standing", "breaking"]
    likely = [word.medical for word in found.judge(encoder.encode(words))]
    assert min(likely[:2]) > 0.5 > max(likely[2:])


def test_the_examples_of_medical_words_are_always_the_same() -> None:
    assert medical() == medical()
    assert {right for _, right in medical()} == {True, False}
