"""`qa cite` as other programs see it: data, talk and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli
from qa.index import store
from qa.userdata import conversations, database
from tests.userdata.shelf import LAVA, PEARS, Shelf
from tests.userdata.small import ANSWERED


@pytest.fixture
def shelf(corpus: Path) -> Shelf:
    return Shelf(corpus)


def cite(shelf: Shelf, *arguments: str) -> Result:
    options = ["--index", str(shelf.folder), "--state", str(shelf.state)]
    return CliRunner().invoke(cli, ["cite", *arguments, *options], catch_exceptions=False)


def test_a_quote_that_stands_and_one_that_does_not(shelf: Shelf) -> None:
    old, answer = store.current_generation(shelf.folder), shelf.keep_answer()
    same = cite(shelf, f"http://x/ask?answer={answer}")
    assert same.exit_code == 0
    assert same.stdout.splitlines()[:2] == [ANSWERED, f"Answered from generation {old}."]
    assert "The paper has not changed since." in same.stdout
    assert "It stands now in Fruit of the North, Results (fruit:7)." in same.stdout

    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    moved = cite(shelf, answer)
    assert moved.exit_code == 0
    assert f"[1] {PEARS}" in moved.stdout
    assert "The paper has changed since; these words still stand in it." in moved.stdout
    assert "It stands now in Fruit of the North, Results (fruit:9)." in moved.stdout
    assert f"It stands, as quoted, in generation {old}, published on 2" in moved.stdout

    shelf.write("fruit.txt", lambda text: text.replace("nine", "ten"))
    lost = cite(shelf, answer)
    assert lost.exit_code == 1
    assert "and these words no longer stand in it." in lost.stdout


def test_json_is_one_object_a_quote(shelf: Shelf) -> None:
    old, place = store.current_generation(shelf.folder), shelf.place("stones", LAVA)
    (row,) = map(json.loads, cite(shelf, place, "--json").stdout.splitlines())
    assert list(row) == ["link", "number", "document", "title", "text", "quote", "spans", "fate", "found", "now",
                         "generation"]  # fmt: skip
    assert (row["link"], row["number"], row["text"], row["fate"], row["found"]) == (place, 1, LAVA, "unchanged", True)
    assert row["now"] == {"document": "stones", "spans": row["spans"], "place": "stones:1-2"}
    assert row["generation"] is None
    (shelf.corpus / "stones.txt").unlink()
    shelf.publish()
    gone = cite(shelf, place, "--json")
    (after,) = map(json.loads, gone.stdout.splitlines())
    assert gone.exit_code == 1
    assert after == row | {"fate": "gone", "found": False, "now": None, "generation": old}


def test_what_cannot_be_resolved_has_its_own_codes(shelf: Shelf) -> None:
    wrong = cite(shelf, "hello")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "is no link" in wrong.stderr
    answer = shelf.keep_answer()
    (one,) = conversations.conversations(shelf.state, "ann")
    conversations.delete(shelf.state, "ann", one.id)
    deleted = cite(shelf, answer)
    assert (deleted.exit_code, deleted.stdout) == (3, "")
    assert "its owner has deleted it" in deleted.stderr
    (shelf.state / database.FILE).write_text("no database " * 100)
    assert cite(shelf, answer).exit_code == 3
    (shelf.folder / "CURRENT").write_text("nothing\n")
    assert cite(shelf, answer).exit_code == 3
    assert cite(shelf, "hello").exit_code == 2  # whatever there is of an index


def test_hostile_words_of_a_paper_do_not_reach_the_terminal(shelf: Shelf) -> None:
    escape = "\x1b[31m"
    shelf.write("stones.txt", lambda text: text.replace("Granite is hard.", f"Granite {escape}is hard."))
    sentence = store.load(shelf.folder).passages_of("stones")[0].sentences[0]
    done = cite(shelf, shelf.place("stones", sentence.text))
    assert "is hard." in done.stdout
    assert "\x1b" not in done.stdout
    bare = cite(shelf, "/library?paper=stones&at=0-7")
    assert (bare.exit_code, "does not say of which version" in bare.stderr) == (0, True)
