"""The commands on folders and files as other programs leave them: what is not read is said at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import qa.cli
from qa.index import library
from tests.conftest import BIBLIOGRAPHY, FakeEncoder
from tests.index.equality import contents


@pytest.fixture
def own(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """`--corpus` and `--index` of a folder with two papers, a third in a sub-folder, and much that is none."""
    monkeypatch.setattr(library, "open_encoder", lambda name: FakeEncoder())
    (corpus / "files" / "12").mkdir(parents=True)
    (corpus / "files" / "12" / "kites.txt").write_text("Kites fly in the wind.", "utf-8")
    (corpus / "files" / "12" / "kites.html").write_text("<p>Kites", "utf-8")
    (corpus / "notes.docx").write_bytes(b"PK")
    (corpus / "wide.txt").write_text("Owls hunt by ear.", "utf-16")
    (corpus / "gone.pdf").symlink_to(corpus / "nowhere.pdf")
    (corpus / "~$fruit.txt").write_bytes(b"\x04Anna")
    (corpus / "corpus.bib").write_text(BIBLIOGRAPHY + "@misc{x, title = {\n", "utf-8")
    return ["--corpus", corpus, "--index", tmp_path / "own"]


LEFT_OUT = {
    "files/12/kites.html": ".html files are not read; save it as PDF or as UTF-8 text (.txt)",
    "gone.pdf": "which is not there",
    "notes.docx": ".docx files are not read; save it as PDF or as UTF-8 text (.txt)",
    "wide.txt": "`iconv -f UTF-16 -t UTF-8`",
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(qa.cli.cli, [str(part) for part in arguments], catch_exceptions=False)


def test_build_and_add_say_what_they_leave_out_before_they_publish(own: list[object], tmp_path: Path) -> None:
    (tmp_path / "ants.txt").write_text("Ants carry leaves.", "utf-8")
    for command, done in ((["build"], "3 added"), (["add", tmp_path / "ants.txt"], "1 added, 3 unchanged")):
        result = run("index", *command, *own)
        said, published = result.stderr.split("Generation", 1)
        assert (result.exit_code, result.stdout) == (3, "")
        assert done in published
        for file, reason in LEFT_OUT.items():
            (line,) = (line for line in said.splitlines() if file in line)
            assert line.startswith("Left out: ")
            assert reason in line
        assert "corpus.bib, line 6: the entry 'x' is left out: it is not closed" in said
        assert "~$" not in result.stderr


def test_files_that_are_no_papers_are_no_fault(own: list[Any]) -> None:
    for name in ("wide.txt", "gone.pdf"):
        (own[1] / name).unlink()
    result = run("index", "build", *own)
    assert (result.exit_code, result.stderr.count("Left out: ")) == (0, 2)


def test_status_names_what_is_left_out(own: list[Any]) -> None:
    run("index", "build", *own)
    before = contents(own[1]) | contents(own[3])
    row = json.loads(run("index", "status", "--json", *own).stdout)
    assert [paper["id"] for paper in row["documents"]] == ["fruit", "kites", "stones"]
    assert [failure["file"] for failure in row["failures"]] == ["gone.pdf", "wide.txt"]
    found = {item["file"]: item["reason"] for item in row["left_out"]}
    assert found.keys() == LEFT_OUT.keys()
    assert all(reason in found[file] for file, reason in LEFT_OUT.items())
    ((file, line),) = [(fault["file"], fault["line"]) for fault in row["bibliography"]]
    assert (file, line) == ("corpus.bib", 6)
    text = run("index", "status", *own).stdout
    assert all(f"left out: {file}" in text for file in LEFT_OUT)
    assert "corpus.bib, line 6: the entry 'x'" in text
    assert contents(own[1]) | contents(own[3]) == before


def test_status_without_the_corpus(own: list[Any]) -> None:
    run("index", "build", *own)
    own[1].rename(own[1].with_name("elsewhere"))
    assert json.loads(run("index", "status", "--json", *own).stdout)["bibliography"] == []


def test_remove_takes_a_paper_out_of_its_sub_folder(own: list[Any]) -> None:
    run("index", "build", *own)
    assert "1 removed, 2 unchanged" in run("index", "remove", "kites", *own).stderr
    assert not (own[1] / "files" / "12" / "kites.txt").exists()
