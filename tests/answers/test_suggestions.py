"""Questions to begin with and to go on with: answered by this index, new, and about what was asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from qa.answers import own_questions, suggestions
from qa.answers.assistant import Assistant
from qa.answers.calibration import FAIR, HIGH
from qa.types import Answer, QuestionError, Scope


def written(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_starters_are_marked_in_the_question_set_and_answered(assistant: Assistant, tmp_path: Path) -> None:
    rows = [
        {"question": "basalt lava crystals", "starter": True},
        {"question": "how many reactors in Paris?", "starter": True},
        {"question": "pears ripened weeks", "starter": True},
        {"question": "granite"},
    ]
    path = written(tmp_path / "questions.jsonl", rows)
    assert suggestions.starters(assistant, path) == ("basalt lava crystals", "pears ripened weeks")
    assert suggestions.starters(assistant, path, Scope(["fruit"])) == ("pears ripened weeks",)
    assert suggestions.starters(assistant, path) == ("basalt lava crystals", "pears ripened weeks")


def test_follow_ups_are_near_answered_and_new(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "_SHARED", 1)
    monkeypatch.setattr(suggestions, "_FROM_SET", 9)
    rows = [
        {"question": "basalt lava crystals", "answerable": True},  # the same in other words
        {"question": "quickly cools what?", "answerable": True},  # answered by what is quoted already
        {"question": "marble limestone lava", "answerable": True},
        {"question": "why does basalt melt lava reactors in Paris?", "answerable": True},  # near, and not answered
        {"question": "pears ripened weeks", "answerable": True},  # answered, and not near
        {"question": "basalt lava marble", "answerable": False},
        {"question": "lava basalt marble", "answerable": True, "turns": ["lava"]},
    ]
    path = written(tmp_path / "questions.jsonl", rows)
    answer = assistant.ask("basalt lava")
    assert isinstance(answer, Answer)
    assert suggestions.follow_ups(assistant, answer, {"basalt lava"}, path) == ("marble limestone lava",)
    assert suggestions.follow_ups(assistant, answer, (), path, Scope(["fruit"])) == ()


def test_what_is_made_of_sentences_asks_and_names_something() -> None:
    assert own_questions.sensible("How was the size of the haematoma calculated?")
    assert not own_questions.sensible("Was the size of the haematoma calculated by hand?")  # gives its answer away
    assert not own_questions.sensible("What were 158 owls divided into?")
    assert not own_questions.sensible("What was the primary outcome?")  # every paper has one
    assert own_questions.alike("How was the owl weighed?", "How were owls weighed?")


def test_a_paper_without_a_question_set_has_questions_of_its_own(real_assistant: Assistant) -> None:
    """Each is answered by the paper alone, with high confidence, and names what the paper speaks of."""
    for document in real_assistant.documents:
        for question in own_questions.questions_about(real_assistant, document.id):
            answer = real_assistant.ask(question, scope=Scope([document.id]), as_typed=True)
            assert isinstance(answer, Answer)
            assert answer.confidence >= HIGH
            assert question.endswith("?")
    assert own_questions.questions_about(real_assistant, "arms-case-2019")
    with pytest.raises(QuestionError, match="no document"):
        own_questions.questions_about(real_assistant, "bats")


def test_a_library_without_a_question_set_has_starters_and_follow_ups(
    real_assistant: Assistant, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere.jsonl"
    first = suggestions.starters(real_assistant, nowhere)
    assert first
    assert all(isinstance(real_assistant.ask(question, as_typed=True), Answer) for question in first)
    found = 0
    for question in first:
        answer = real_assistant.ask(question, as_typed=True)
        assert isinstance(answer, Answer)
        quoted = {citation.spans for citation in answer.citations}
        for other in suggestions.follow_ups(real_assistant, answer, {question}, nowhere):
            given = real_assistant.ask(other, as_typed=True)
            assert isinstance(given, Answer)
            assert given.confidence >= FAIR
            assert given.citations[0].spans not in quoted
            assert not own_questions.alike(other, question)
            found += 1
    assert found
