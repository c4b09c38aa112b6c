"""Ways on from a question without an answer: what is offered was asked, and has something to show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.answers.ways_on import ways_on
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.types import Abstention, Answer, Scope
from tests.conftest import FakeEncoder, calibration


@pytest.fixture
def drugs(corpus: Path, encoder: FakeEncoder) -> Assistant:
    (corpus / "drug.txt").write_text(
        "Dupilumab was given for a week. Acute myeloid leukaemia (AML) was treated. Dupilumab was stopped.\n"
    )
    index = build(sources_in(corpus), IndexSettings(), encoder)
    return Assistant(index, "test", Models(encoder, calibration()), AskSettings())


def abstained(assistant: Assistant, question: str, scope: Scope | None = None) -> Abstention:
    result = assistant.ask(question, scope=scope or Scope(), as_typed=True)
    assert isinstance(result, Abstention)
    return result


@pytest.mark.parametrize("typed", ["dupilmab", "dopilumap"], ids=["a slip", "two letters"])
def test_a_name_is_offered_as_the_papers_write_it(drugs: Assistant, typed: str, tmp_path: Path) -> None:
    asked = f"Was {typed} given for a week?"
    found = ways_on(drugs, abstained(drugs, asked), (asked,), tmp_path / "nowhere.jsonl")
    assert found.meant == ("Was Dupilumab given for a week?",)
    assert isinstance(drugs.ask(found.meant[0], as_typed=True), Answer)


def test_another_name_is_not_offered(drugs: Assistant, tmp_path: Path) -> None:
    asked = "Was zirconium given for a week?"
    assert ways_on(drugs, abstained(drugs, asked), (asked,), tmp_path / "nowhere.jsonl").meant == ()


def test_what_has_nothing_to_show_is_not_offered(drugs: Assistant, tmp_path: Path) -> None:
    asked = "Was dupilmab given for a week?"
    fruit = Scope(["fruit"])
    result = abstained(drugs, asked, fruit)
    assert ways_on(drugs, result, (asked,), tmp_path / "nowhere.jsonl", fruit).meant == ()


def test_questions_near_it_are_offered_if_they_are_answered_and_new(assistant: Assistant, tmp_path: Path) -> None:
    rows = [
        {"question": "basalt lava crystals", "answerable": True},
        {"question": "basalt lava, melted reactor in Paris?", "answerable": True},  # near, and not answered
        {"question": "pears ripened weeks", "answerable": True},  # answered, and not near
        {"question": "Basalt lava crystals dupilumab", "answerable": True},  # asked already
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    asked = "basalt lava crystals dupilumab"
    found = ways_on(assistant, abstained(assistant, asked), (asked,), path)
    assert found.others == ("basalt lava crystals",)
