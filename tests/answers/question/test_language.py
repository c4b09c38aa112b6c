"""A question in another language is recognised by a few words, and an English one is never taken for one."""

from __future__ import annotations

import json

import pytest

from qa.answers.question.language import ANOTHER, other_language
from tests.conftest import ROOT

FOREIGN = [
    ("Welche Dosis wurde gegeben?", "German"),
    ("Quel âge avait la fille ?", "French"),
    ("¿Cuántos años tenía la niña?", "Spanish"),
    ("Quanti anni aveva la ragazza?", "Italian"),
    ("Hoe oud was het meisje?", "Dutch"),
    ("Ile lat miała dziewczynka?", "Polish"),
    ("Kız kaç yaşındaydı?", "Turkish"),
    ("Какая доза была назначена?", ANOTHER),
    ("剂量是多少？", ANOTHER),
    ("ما هي الجرعة؟", ANOTHER),
]


@pytest.mark.parametrize(("question", "language"), FOREIGN)
def test_another_language_is_named(question: str, language: str) -> None:
    assert other_language(question) == language


def test_no_english_question_is_taken_for_another_language() -> None:
    rows = map(json.loads, (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines())
    asked = [row["question"] for row in rows]
    assert len(asked) > 200
    assert not [question for question in asked if other_language(question)]


@pytest.mark.parametrize("question", ["", "?", "mg/kg", "α", "α-SMA β-catenin", "IL-6", "12 34"])
def test_what_has_no_words_has_no_language(question: str) -> None:
    assert other_language(question) == ""
