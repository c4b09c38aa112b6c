"""Who did what is added to the log, and a line that was changed or taken out is noticed."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from qa.index import audit
from qa.index.history import Decision
from qa.index.library import Library
from qa.types import StoreError
from tests.conftest import FakeEncoder


def test_each_line_follows_from_the_one_before(tmp_path: Path) -> None:
    for number in range(3):
        audit.record(tmp_path, "anna", "build", f"g{number}", why="" if number else "first")
    found = audit.entries(tmp_path)
    assert [(row["who"], row["what"], row["generation"]) for row in found] == [
        ("anna", "build", f"g{n}") for n in range(3)
    ]
    assert [row.get("why") for row in found] == ["first", None, None]
    assert audit.broken(tmp_path) is None


@pytest.mark.parametrize(("line", "change"), [(1, "changed"), (2, "changed"), (2, "taken out"), (1, "put in")])
def test_a_line_that_is_not_as_it_was_is_found(tmp_path: Path, line: int, change: str) -> None:
    for number in range(4):
        audit.record(tmp_path, "anna", "build", f"g{number}")
    path = tmp_path / audit.FILE
    lines = path.read_text("utf-8").splitlines(keepends=True)
    if change == "changed":
        lines[line - 1] = lines[line - 1].replace("anna", "bert")
    elif change == "taken out":
        del lines[line - 1]
    else:
        lines.insert(line, json.dumps({"who": "bert", "before": "0" * 64}) + "\n")
    path.write_text("".join(lines), "utf-8")
    assert audit.broken(tmp_path) == (line if change == "taken out" else line + 1)


def test_a_line_that_a_killed_program_left_is_passed_over(tmp_path: Path) -> None:
    audit.record(tmp_path, "anna", "build", "g1")
    with (tmp_path / audit.FILE).open("ab") as file:
        file.write(b'{"at": "2026-11')
    audit.record(tmp_path, "anna", "rollback", "g0")
    assert [row["what"] for row in audit.entries(tmp_path)] == ["build", "rollback"]
    assert audit.broken(tmp_path) is None


def test_several_at_once_are_one_behind_the_other(tmp_path: Path) -> None:
    threads = [threading.Thread(target=audit.record, args=(tmp_path, f"u{n}", "add")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(audit.entries(tmp_path)) == 8
    assert audit.broken(tmp_path) is None


def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / audit.FILE).mkdir()
    with pytest.raises(StoreError, match=r"audit\.jsonl cannot be written"):
        audit.record(tmp_path, "anna", "build")


def test_every_act_of_a_library_is_logged_and_names_no_paper(corpus: Path, tmp_path: Path) -> None:
    folder, new = tmp_path / "index", tmp_path / "kites.txt"
    new.write_text("Kites fly in the wind. Every kite has a tail of paper.\n", "utf-8")
    mine = Library(corpus, folder, encoder=FakeEncoder(), by="anna")
    mine.update()
    candidate = mine.prepare([new]).generation
    forced = Decision("failed", "Kites are wanted", ("recall@3 of all",))
    published = mine.release(candidate, [new], forced)
    mine.rollback(why="no kites")
    mine.discard(mine.prepare().generation)
    mine.remove(["kites"], keep_older=True, why="no kites at all")
    mine.forget(["kites"])
    mine.prune(1)
    found = audit.entries(folder)
    assert {row["who"] for row in found} == {"anna"}
    assert [row["what"] for row in found] == [
        *("build", "publish", "rollback", "discard", "remove"),
        *("forget", "prune"),
    ]
    assert found[1]["generation"] == published
    assert (found[1]["why"], found[1]["failed_gates"]) == ("Kites are wanted", ["recall@3 of all"])
    named = {paper for row in found for paper in row.get("papers", [])}
    assert len(named) == 3
    assert "kites" not in named
    assert audit.broken(folder) is None
