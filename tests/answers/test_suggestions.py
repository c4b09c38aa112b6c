"""Questions worth asking: only those that this index answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.types import Answer, Scope


def test_starters_are_those_that_are_marked_and_answered(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"question": "Which reactor melted?", "starter": True},
        {"question": "basalt lava crystals", "starter": True},
        {"question": "Granite is hard, marble was limestone once?"},
        {"question": "pears ripened weeks", "starter": True},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", "utf-8")
    assert suggestions.starters(assistant, path) == ("basalt lava crystals", "pears ripened weeks")
    assert suggestions.starters(assistant, path, Scope(["fruit"])) == ("pears ripened weeks",)
    monkeypatch.setattr(assistant, "ask", None)  # what is known is not asked again
    assert suggestions.starters(assistant, path) == ("basalt lava crystals", "pears ripened weeks")
    assert suggestions.starters(assistant, tmp_path / "nowhere.jsonl") == ()


def test_follow_ups_are_near_answered_and_new(assistant: Assistant, tmp_path: Path) -> None:
    rows = [
        {"question": "basalt lava crystals", "answerable": True},
        {"question": "crystals of lava that cool quickly", "answerable": True},
        {"question": "why does basalt melt reactors in Paris?", "answerable": True},  # near, and not answered
        {"question": "pears ripened weeks", "answerable": True},  # answered, and not near
        {"question": "basalt", "answerable": False},
        {"question": "lava", "answerable": True, "turns": ["lava"]},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    answer = assistant.ask("basalt lava")
    assert isinstance(answer, Answer)
    assert suggestions.follow_ups(assistant, answer, {"basalt lava crystals"}, path) == (rows[1]["question"],)
    assert suggestions.follow_ups(assistant, answer, (), path, Scope(["fruit"])) == ()
