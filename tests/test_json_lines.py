"""Lines of JSON, as a batch and as a question set, in whatever encoding an editor or a shell wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import qa.cli
import qa.cli.asking
from qa.answers.assistant import Assistant
from qa.evaluation.questions import load_questions
from qa.index.index import Index

LINES = (
    '{"id": "q1", "question": "Is basalt from lava — or not?"}\r\n\r\n{"id": "q2", "question": "Are apples red?"}\r\n'
)


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(qa.cli.cli, [str(part) for part in arguments], input=given, catch_exceptions=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("way", ["file", "-"])
def test_a_batch_in_any_encoding_is_the_same_batch(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, newline: str, way: str
) -> None:
    monkeypatch.setattr(qa.cli.asking, "open_assistant", lambda index: assistant)
    data = LINES.replace("\r\n", newline).encode(encoding)
    path = tmp_path / "batch.jsonl"
    path.write_bytes(data)
    result = run("ask", "--batch", path if way == "file" else "-", "--index", tmp_path, given=data)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["question"]) for row in found] == [
        ("q1", "Is basalt from lava — or not?"),
        ("q2", "Are apples red?"),
    ]


def test_two_files_with_marks_in_one_batch(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `cat` joins them, and PowerShell writes them."""
    monkeypatch.setattr(qa.cli.asking, "open_assistant", lambda index: assistant)
    result = run("ask", "--batch", "-", "--index", tmp_path, given=2 * LINES.encode("utf-8-sig"))
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["q1", "q2", "q1", "q2"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_question_set_in_any_encoding(small_index: Index, tmp_path: Path, encoding: str) -> None:
    row = {"id": "q1", "question": "Is granite hard?", "kind": "factoid", "answerable": False}
    (tmp_path / "q.jsonl").write_text(f"\n{json.dumps(row)}\n", encoding, newline="\r\n")
    (question,) = load_questions(tmp_path / "q.jsonl", small_index.documents)
    assert question.id == "q1"
