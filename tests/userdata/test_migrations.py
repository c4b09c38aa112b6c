"""A database of an earlier version is taken over whole, once, or not at all."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, StoreError
from qa.userdata import answer_record, conversations, database, feedback
from tests.conftest import ROOT
from tests.userdata.small import ANSWERED, HOSTILE, REFUSED, documents

VERSION_1 = Path(__file__).with_name("version1.sql").read_text("utf-8")
ANSWER, ABSTENTION = "GD8O0FdFzTvMmqhjYVmY3g", "wG_PCvtBDGmcNVVOVPJPvw"
"""The ids of ann's two answers."""

MIGRATE = """
import os, signal, sys, time
from pathlib import Path
from qa.userdata import database

def m003_shout(connection):
    connection.execute("UPDATE conversations SET title = title || '!'")
    {middle}
    connection.execute("CREATE TABLE shouts (word TEXT)")

database.MIGRATIONS = (*database.MIGRATIONS, m003_shout)
with database.snapshot(Path(sys.argv[1])):
    pass
"""
"""A program with one migration more."""


def m003_shout(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE conversations SET title = title || '!'")
    connection.execute("CREATE TABLE shouts (word TEXT)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state folder that version 1 left."""
    with closing(sqlite3.connect(tmp_path / database.FILE)) as connection:
        connection.executescript(VERSION_1)
    return tmp_path


def raw(folder: Path) -> dict[str, Any]:
    """All that is in a database, read past `qa.userdata`."""
    with closing(sqlite3.connect(folder / database.FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        ours = tables & {"conversations", "turns", "feedback"}
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY id").fetchall() for name in ours}
        return rows | {"tables": tables, "version": connection.execute("PRAGMA user_version").fetchone()[0]}


def program(folder: Path, middle: str) -> subprocess.Popen[str]:
    code = MIGRATE.format(middle=middle)
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_migrations_are_numbered_in_their_order() -> None:
    names = [migration.__name__ for migration in database.MIGRATIONS]
    assert [name[:5] for name in names] == [f"m{number:03}_" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("more", [(), (m003_shout,)], ids=["as it is", "migrated"])
def test_what_the_last_version_left_is_all_there(
    folder: Path, more: tuple[Callable[..., None], ...], assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = (*database.MIGRATIONS, *more)
    monkeypatch.setattr(database, "MIGRATIONS", every)
    before, shout = raw(folder), "!" * len(more)
    (one,) = conversations.conversations(folder, "ann")
    assert (one.title, one.questions, one.changed_at) == (ANSWERED + shout, 2, "2026-11-26T15:03:34+00:00")
    (other,) = conversations.conversations(folder, "bob", "pears")
    assert (other.title, other.questions) == (HOSTILE + shout, 1)
    answers = conversations.opened(folder, "ann", one.id)
    assert [answer.id for answer in answers] == [ANSWER, ABSTENTION]
    assert [answer.record["turns"] for answer in answers] == [[ANSWERED], [ANSWERED, REFUSED]]
    assert conversations.answer(folder, ABSTENTION) == answers[1]
    results = [answer_record.restored(answer.record, documents(assistant)) for answer in answers]
    assert [type(result) for result in results] == [Answer, Abstention]
    assert isinstance(results[0], Answer)
    assert results[0].text == "Pears ripened in nine weeks [3]."
    given = feedback.given(folder)
    assert {(one.user, one.answer, one.passage, one.verdict, one.note) for one in given} == {
        ("ann", ANSWER, "", "right", "good"),
        ("bob", ANSWER, "", "wrong evidence", ""),
        ("bob", ANSWER, "fruit:14-79", "right", ""),
        ("ann", ABSTENTION, "", "right", "good"),
        ("bob", ABSTENTION, "", "missed it", ""),
        ("bob", ABSTENTION, "fruit:14-79", "right", ""),
    }
    cases = feedback.cases(given, assistant.documents)
    assert {(case["question"], case["answerable"], len(case["evidence"])) for case in cases} == {
        (ANSWERED, True, 1),
        (REFUSED, True, 1),
        (REFUSED, False, 0),
    }
    after = raw(folder)
    assert (after["turns"], after["feedback"]) == (before["turns"], before["feedback"])
    assert json.loads(after["turns"][0][5])
    assert after["version"] == len(every)
    assert after["tables"] >= before["tables"]


def test_a_new_database_has_the_tables_of_one_that_was_taken_over(folder: Path, tmp_path: Path) -> None:
    def layout(folder: Path) -> set[tuple[str, str, str]]:
        with database.snapshot(folder) as connection:
            rows = connection.execute("SELECT type, name, ifnull(sql, '') FROM sqlite_schema").fetchall()
            return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}

    assert layout(folder) == layout(tmp_path / "new")


def test_a_program_killed_within_a_migration_leaves_the_old_database(folder: Path) -> None:
    before = raw(folder)
    killed = program(folder, "os.kill(os.getpid(), signal.SIGKILL)")
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert raw(folder) == before
    assert len(feedback.given(folder)) == 6
    again = program(folder, "pass")
    assert (again.communicate(timeout=60)[1], again.returncode) == ("", 0)
    assert raw(folder)["version"] == len(database.MIGRATIONS) + 1


def test_a_migration_that_fails_leaves_the_old_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def m003_wrong(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO nowhere VALUES (1)")

    before = raw(folder)
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, m003_shout, m003_wrong))
    with pytest.raises(StoreError, match="no such table: nowhere"):
        feedback.given(folder)
    assert raw(folder) == before


def test_two_processes_at_once_migrate_once(folder: Path) -> None:
    both = [program(folder, "time.sleep(1)") for _ in range(2)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in both] == [("", 0)] * 2
    assert {title for _, _, title, _ in raw(folder)["conversations"]} == {f"{ANSWERED}!", f"{HOSTILE}!"}


def test_an_older_program_refuses_what_a_newer_one_wrote(folder: Path) -> None:
    newer = program(folder, "pass")
    assert (newer.communicate(timeout=60)[1], newer.returncode) == ("", 0)
    before, known = raw(folder), len(database.MIGRATIONS)
    words = f"is of version {known + 1}, and this program reads version {known}; use the program that"
    with pytest.raises(StoreError, match=words):
        feedback.given(folder)
    assert raw(folder) == before


def test_tables_of_another_program_are_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / database.FILE)) as connection:
        connection.execute("CREATE TABLE theirs (id TEXT)")
    with pytest.raises(StoreError, match="is of version 0, and this program reads version"):
        feedback.given(tmp_path)
