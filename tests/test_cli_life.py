"""The life of an index at the command line: update, watch, prune, diff, and what is said of each paper."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fpdf import FPDF

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.cli import cli
from qa.evaluation import confidence
from qa.index import history, library, store
from tests.conftest import FakeEncoder, calibration

KITES = "Kites fly in the wind. Every kite has a tail of paper.\n"


@pytest.fixture
def own(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """`--corpus` and `--index` of a folder with two papers, indexed."""
    monkeypatch.setattr(library, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.chdir(tmp_path)
    found = ["--corpus", corpus, "--index", tmp_path / "own"]
    assert qa_("index", "build", *found).exit_code == 0
    return found


def qa_(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(part) for part in arguments], catch_exceptions=False)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def new(folder: Path, name: str, text: str = KITES) -> Path:
    (folder / "new").mkdir(exist_ok=True)
    (folder / "new" / name).write_text(text, "utf-8")
    return folder / "new" / name


def test_each_paper_is_listed_with_what_became_of_it(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    (corpus / "stones.txt").write_text("Chalk is soft.", "utf-8")
    (corpus / "fruit.txt").unlink()
    (corpus / "bad.pdf").write_bytes(b"no PDF")
    result = qa_("index", "add", new(tmp_path, "kites.txt"), "--json", *own)
    assert result.exit_code == 3
    *papers, last = rows(result)
    assert [(row["state"], row["document"]) for row in papers] == [
        ("added", "kites"),
        ("changed", "stones"),
        ("removed", "fruit"),
        ("failed", "bad"),
    ]
    assert (papers[-1]["file"], "not a PDF" in papers[-1]["reason"]) == ("bad.pdf", True)
    assert last["counts"] == {"added": 1, "changed": 1, "removed": 1, "unchanged": 0, "failed": 1}
    assert last["generation"] == store.current_generation(own[3])
    said = qa_("index", "remove", "kites", *own).stderr
    assert "  removed kites" in said
    assert "1 removed, 1 unchanged" in said


def test_a_paper_gets_an_entry_of_what_it_says_of_itself(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=20)
    page.multi_cell(0, 10, "The flight of paper kites in strong winds", new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, "\nhttps://doi.org/10.1234/kites.2019\n\nIntroduction\n\n" + KITES * 12)
    (tmp_path / "new").mkdir()
    page.output(str(tmp_path / "new" / "kites.pdf"))
    result = qa_("index", "add", tmp_path / "new" / "kites.pdf", new(tmp_path, "owls.txt", "Owls hunt by ear."), *own)
    assert result.exit_code == 0, result.stderr
    entries = (corpus / "corpus.bib").read_text("utf-8")
    assert "{The flight of paper kites in strong winds}" in entries
    assert "{10.1234/kites.2019}" in entries
    assert "owls" not in entries  # a plain text does not say which of its lines is its title
    assert "kites has an entry in the bibliography now" in result.stderr
    assert "The index is up to date" in qa_("index", "status", *own).stdout
    qa_("index", "update", tmp_path / "new" / "kites.pdf", *own)
    assert (corpus / "corpus.bib").read_text("utf-8") == entries


def test_update_puts_a_new_version_in_the_place_of_a_paper(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    result = qa_("index", "update", new(tmp_path, "stones.txt", "Chalk is soft."), *own)
    assert "1 changed, 1 unchanged" in result.stderr
    assert (corpus / "stones.txt").read_text("utf-8") == "Chalk is soft."
    refused = qa_("index", "update", new(tmp_path, "kites.txt"), *own)
    assert (refused.exit_code, "qa index add" in refused.stderr) == (3, True)
    assert not (corpus / "kites.txt").exists()
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    assert "1 added" in qa_("index", "update", *own).stderr


def test_verify_and_rollback_speak_to_programs_too(own: list[Any], corpus: Path) -> None:
    first = store.current_generation(own[3])
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    qa_("index", "build", *own)
    second = store.current_generation(own[3])
    assert rows(qa_("index", "rollback", "--json", *own)) == [{"generation": first}]
    assert rows(qa_("index", "verify", "--json", *own[2:])) == [{"generation": first, "sound": True, "problems": []}]
    (own[3] / str(second) / "written.json").write_text("{}", "utf-8")
    damaged = qa_("index", "verify", second, "--json", *own[2:])
    assert (damaged.exit_code, rows(damaged)[0]["sound"], len(rows(damaged)[0]["problems"])) == (3, False, 1)


def test_prune_deletes_older_generations(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    first = store.current_generation(own[3])
    qa_("index", "add", new(tmp_path, "kites.txt"), *own)
    with_kites = store.current_generation(own[3])
    qa_("index", "remove", "kites", "--keep-older", *own)
    assert store.current_generation(own[3]) == first
    assert rows(qa_("index", "prune", "--forget", "kites", "--json", *own)) == [
        {"generation": with_kites, "state": "deleted"}
    ]
    assert "still in use" in qa_("index", "prune", "--forget", "fruit", *own).stderr
    assert "nothing to delete" in qa_("index", "prune", "--keep", "1", *own).stderr
    assert qa_("index", "prune", *own).exit_code == 2


def test_diff_names_papers_and_passages(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    first = store.current_generation(own[3])
    (corpus / "stones.txt").write_text("Granite is hard. Chalk is soft.", "utf-8")
    qa_("index", "add", new(tmp_path, "kites.txt"), *own)
    found = {row["document"]: row for row in rows(qa_("index", "diff", first, "--no-questions", "--json", *own[2:]))}
    assert {name: row["state"] for name, row in found.items()} == {
        "fruit": "unchanged",
        "kites": "added",
        "stones": "changed",
    }
    assert found["kites"]["won"] == [KITES.strip()]
    assert any("Chalk is soft." in text for text in found["stones"]["won"])
    assert any("Marble" in text for text in found["stones"]["lost"])
    text = qa_("index", "diff", first, "--no-questions", *own[2:])
    assert "+ kites: kites (0 passages the same, 0 only before, 1 only after)" in text.stdout
    assert "the same in both: 1" in text.stderr
    assert qa_("index", "diff", "nothing", *own[2:]).exit_code == 3


@pytest.mark.model
def test_diff_asks_the_questions_of_both(
    own: list[Any], corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("QA_ASK_MAX_WRONG", "1")  # answers everything
    monkeypatch.setenv("QA_QUESTIONS", str(tmp_path / "questions.jsonl"))
    question = {"id": "q", "question": "Does basalt cool quickly from lava?", "kind": "fact", "answerable": True}
    evidence = [{"document": "stones", "quote": "Basalt cools quickly from lava"}]
    (tmp_path / "questions.jsonl").write_text(json.dumps(question | {"evidence": evidence}) + "\n", "utf-8")
    qa_("index", "build", "--full", *own)
    first = store.current_generation(own[3])
    (corpus / "stones.txt").write_text("Granite is hard. Chalk is soft.", "utf-8")
    qa_("index", "build", *own)
    result = qa_("index", "diff", first, "--json", *own[2:])
    (answer,) = (row for row in rows(result) if "question" in row)
    assert answer["before"].startswith("Basalt cools quickly from lava")
    assert "Basalt" not in (answer["after"] or "")
    assert "Of 1 questions, 1 are answered otherwise" in result.stderr


@pytest.fixture
def gated(own: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The folders, with a question set of one question and a gate that no index passes."""
    monkeypatch.setattr(models, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration(0.0))
    monkeypatch.setattr(confidence, "_RESAMPLES", 20)
    monkeypatch.setenv("QA_ASK_READER", "false")
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("QA_QUESTIONS", str(tmp_path / "questions.jsonl"))
    monkeypatch.setenv("QA_GATES", str(tmp_path / "gates.toml"))
    question = {"id": "q", "question": "Does basalt cool quickly from lava?", "kind": "fact", "answerable": True}
    evidence = [{"document": "stones", "quote": "Basalt cools quickly from lava"}]
    (tmp_path / "questions.jsonl").write_text(json.dumps(question | {"evidence": evidence}) + "\n", "utf-8")
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "recall@3"\nat_least = 2.0\n', "utf-8")
    return own


def test_a_gate_holds_back_what_a_reason_publishes(gated: list[Any], corpus: Path, tmp_path: Path) -> None:
    first = store.current_generation(gated[3])
    result = qa_("index", "add", "--gate", new(tmp_path, "kites.txt"), *gated)
    assert (result.exit_code, store.current_generation(gated[3])) == (1, first)
    assert "FAILED  recall@3 of all is at least 2" in result.stderr
    assert not (corpus / "kites.txt").exists()
    result = qa_("index", "add", "--gate", "--force", "kites are wanted", tmp_path / "new" / "kites.txt", *gated)
    assert result.exit_code == 0, result.stderr
    now = store.current_generation(gated[3])
    assert now is not None
    assert store.forced(gated[3], now) == {
        "why": "kites are wanted",
        "by": history.me(),
        "gates": ["recall@3 of all is at least 2"],
    }
    assert (corpus / "kites.txt").exists()
    assert not list((tmp_path / "state" / "uploads").glob("*"))
    assert "a gate failed · “kites are wanted”" in qa_("index", "history", *gated[2:]).stderr


def test_a_gate_that_is_passed_publishes(gated: list[Any], corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "recall@3"\nat_least = 0.5\n', "utf-8")
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    result = qa_("index", "build", "--gate", "--json", "--why", "a test", *gated)
    assert result.exit_code == 0, result.stderr
    assert rows(result)[0] == {"gate": "recall@3 of all is at least 0.5", "passed": True, "reason": "it is 1.000"}
    last = rows(qa_("index", "history", "--json", *gated[2:]))[-1]
    assert (last["gates"], last["why"], last["added"], last["figures"]["n"]) == ("passed", "a test", ["kites"], 1)
    assert qa_("index", "build", "--gate", "--full", *gated).exit_code == 2


WATCH = """
import sys
from tests.conftest import FakeEncoder
from qa.index import library
library.open_encoder = lambda name: FakeEncoder()
from qa.cli import main
main()
"""


def test_watch_builds_once_changes_are_at_rest_and_goes_on_after_a_fault(own: list[Any], corpus: Path) -> None:
    command = [sys.executable, "-c", WATCH, "index", "watch", "--quiet", "0.5", *map(str, own)]
    root = Path(__file__).resolve().parents[1]
    (corpus / "owls.txt").write_text("Owls hunt by ear.", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as program:
        try:
            until(lambda: "owls" in store.keys(own[3]))
            for number in range(3):
                (corpus / f"kites{number}.txt").write_text(f"Kite {number} flies. {KITES}", "utf-8")
                time.sleep(0.1)
            until(lambda: "kites2" in store.keys(own[3]))
            published = len(store.history(own[3]))
            (corpus / "stones.txt").write_bytes(b"\xff\xfe bad")
            until(lambda: "stones" not in store.keys(own[3]))
            (corpus / "stones.txt").write_text("Chalk is soft.", "utf-8")
            until(lambda: "stones" in store.keys(own[3]))
            program.send_signal(signal.SIGINT)
            _, said = program.communicate(timeout=60)
        finally:
            program.kill()
    assert program.returncode == 0, said
    assert published == 3  # three papers were one change
    assert "Traceback" not in said
    assert {row["action"] for row in store.history(own[3])[1:]} == {"watch"}


def test_watch_leaves_a_rollback_alone_until_something_changes(own: list[Any], corpus: Path, tmp_path: Path) -> None:
    qa_("index", "add", new(tmp_path, "kites.txt"), *own)
    qa_("index", "rollback", *own)
    first = store.current_generation(own[3])
    command = [sys.executable, "-c", WATCH, "index", "watch", "--quiet", "0.2", *map(str, own)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as program:
        try:
            assert program.stderr is not None
            assert "rolled back" in program.stderr.readline()
            assert "Watching" in program.stderr.readline()
            assert store.current_generation(own[3]) == first
            (corpus / "owls.txt").write_text("Owls hunt by ear.", "utf-8")
            until(lambda: {"kites", "owls"} <= store.keys(own[3]).keys())
        finally:
            program.send_signal(signal.SIGINT)


def until(holds: Any) -> None:
    """Wait until something holds, half a minute at most."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
