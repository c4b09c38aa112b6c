"""The database of what people leave behind: two processes at once, whole or not at all, and no foreign version."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.types import StoreError
from qa.userdata import conversations, database, feedback
from tests.conftest import ROOT

ROW = "INSERT INTO conversations VALUES (?, 'u', 't', 'now')"
WRITER = f"""
import sys
from pathlib import Path
from qa.userdata import database
for number in range(20):
    with database.transaction(Path(sys.argv[1])) as connection:
        connection.execute({ROW!r}, (f"{{sys.argv[2]}}-{{number}}",))
"""


def count(folder: Path) -> int:
    with database.snapshot(folder) as connection:
        return int(connection.execute("SELECT count(*) FROM conversations").fetchone()[0])


def test_two_processes_write_at_once_from_the_first_moment(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    assert [(writer.communicate(timeout=60)[1], writer.returncode) for writer in writers] == [("", 0)] * 2
    assert count(folder) == 40


def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_half_done(tmp_path: Path) -> None:
    with database.transaction(tmp_path) as connection:
        connection.execute(ROW, ("a",))
        assert count(tmp_path) == 0
    assert count(tmp_path) == 1


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(tmp_path) as connection:
        connection.execute(ROW, ("a",))
        raise ZeroDivisionError
    assert count(tmp_path) == 0


def test_another_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / database.FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / database.FILE).read_bytes()
    with pytest.raises(
        StoreError, match=rf"state\.sqlite3 is of version 99.*version {len(database.MIGRATIONS)}.*QA_STATE_DIR"
    ):
        count(tmp_path)
    assert (tmp_path / database.FILE).read_bytes() == before


def test_a_damaged_file_and_an_impossible_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / database.FILE).write_text("no database " * 100)
    with pytest.raises(StoreError, match=r"state\.sqlite3 cannot be used .*QA_STATE_DIR"):
        count(tmp_path)
    with pytest.raises(StoreError, match="cannot be used"):
        count(tmp_path / database.FILE / "inner")


def test_no_query_for_a_user_reads_a_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page asks several of them at each click."""
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(statements.append)
        return connection

    count(tmp_path)
    monkeypatch.setattr(sqlite3, "connect", traced)
    record = dict.fromkeys(("interpreted_as", "turns", "documents", "sections", "generation", "answer"), "")
    record |= {"question": "Why?", "outcome": "abstention", "citations": [], "passages": []}
    name, answer_id = conversations.append(tmp_path, "ann", None, record)
    conversations.append(tmp_path, "ann", name, record)
    conversations.conversations(tmp_path, "ann", "why")
    conversations.opened(tmp_path, "ann", name)
    answer = conversations.answer(tmp_path, answer_id)
    assert answer
    feedback.give(tmp_path, "ann", answer, feedback.Opinion("right"), {})
    assert len(feedback.given(tmp_path, "ann")) == len(feedback.given(tmp_path, "ann", answer_id)) == 1
    assert feedback.given(tmp_path, "bob") == feedback.given(tmp_path, answer="other") == []
    feedback.take_back(tmp_path, "ann", answer_id)
    conversations.rename(tmp_path, "ann", name, "Because")
    conversations.delete(tmp_path, "ann", name)
    monkeypatch.undo()
    ran = [one for one in statements if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    assert len(ran) >= 14
    with database.snapshot(tmp_path) as connection:
        plans = {one: [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}")] for one in ran}
    scans = [one for one, plan in plans.items() if any(step.startswith("SCAN") for step in plan)]
    # Of an answer alone no page asks, and a conversation is seldom deleted, with what all users said of its answers.
    assert all(
        "WHERE answer = 'other'" in one or one.startswith("DELETE FROM feedback WHERE answer IN") for one in scans
    )


def test_the_folder_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.state_folder() == Path("state")
    monkeypatch.setenv("QA_STATE_DIR", "/elsewhere")
    assert database.state_folder() == Path("/elsewhere")
