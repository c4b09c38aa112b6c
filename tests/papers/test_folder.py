"""What of a corpus folder is read, and what is left out with a reason; nothing is left out in silence."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from qa.papers.folder import LeftOut, lines_of, papers_in
from qa.types import SourceError


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"Owls")
    return folder


def found(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The paths of the papers by id, and the reasons for the other files by their paths."""
    listing = papers_in(folder)
    papers = {name: path.relative_to(folder).as_posix() for name, path in listing.papers.items()}
    return papers, {item.file: item.reason for item in listing.left_out}


def test_papers_lie_in_sub_folders_too(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "a.PDF", "files/12/c d.pdf", "files/13/é.txt", "files/13/deep/er/f.TXT", "corpus.bib")
    papers, others = found(tmp_path)
    assert papers == {
        "a": "a.PDF",
        "b": "b.txt",
        "c d": "files/12/c d.pdf",
        "f": "files/13/deep/er/f.TXT",
        "é": "files/13/é.txt",
    }
    assert list(papers) == sorted(papers)
    assert others == {}


@pytest.mark.parametrize(
    "name",
    [
        "~$two.txt",
        "~$two.pdf",
        ".~lock.two.txt#",
        ".two.txt",
        "._two.pdf",
        "two.txt~",
        "#two.txt#",
        "two.txt.bak",
        "~WRL0001.tmp",
        "corpus.bib.sav",
        "corpus.bib~",
        "Thumbs.db",
        "desktop.ini",
        ".DS_Store",
        ".git/two.txt",
        "__MACOSX/two.pdf",
    ],
)
def test_hidden_and_temporary_files_are_passed_over(tmp_path: Path, name: str) -> None:
    put(tmp_path, "one.txt", name, f"files/{name}")
    assert found(tmp_path) == ({"one": "one.txt"}, {})


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("two.docx", ".docx files are not read; save it as PDF or as UTF-8 text"),
        ("files/2/two.EPUB", ".epub files are not read; save it as PDF or as UTF-8 text"),
        ("two.html", ".html files"),
        ("two.md", ".md files"),
        ("two", "its name has no ending; if it is a paper, end it in .pdf or .txt"),
        ("two.pdf.part", "it is a download that has not ended"),
        ("two.pdf.crdownload", "it is a download that has not ended"),
        ("My Library.bib", "of bibliographies only corpus.bib is read; copy the entries into it"),
        ("files/corpus.bib", "of bibliographies only corpus.bib is read"),
    ],
)
def test_what_is_no_paper_is_named_with_what_helps(tmp_path: Path, name: str, reason: str) -> None:
    papers, others = found(put(tmp_path, "one.txt", name))
    assert (papers, list(others)) == ({"one": "one.txt"}, [name])
    assert reason in others[name]


def test_a_folder_that_is_called_like_a_paper(tmp_path: Path) -> None:
    papers, others = found(put(tmp_path, "one.pdf/two.txt"))
    assert papers == {"two": "one.pdf/two.txt"}
    assert "it is a folder and no paper" in others["one.pdf"]


@pytest.mark.parametrize(
    ("read", "other"),
    [
        ("a.pdf", "a.txt"),
        ("z/a.pdf", "files/1/a.pdf"),
        ("files/12/a.pdf", "files/13/a.pdf"),
        ("a.txt", "b/a.pdf"),
    ],
)
def test_of_two_files_with_one_id_one_is_read_and_both_are_named(tmp_path: Path, read: str, other: str) -> None:
    papers, others = found(put(tmp_path, other, read))
    assert papers == {"a": read}
    assert others == {other: f"it would have the id 'a' of {read}, which is read; rename one of the two"}


def test_links(tmp_path: Path) -> None:
    corpus, elsewhere = tmp_path / "corpus", tmp_path / "elsewhere"
    put(elsewhere, "one.txt", "two.txt")
    corpus.mkdir()
    (corpus / "one.txt").symlink_to(elsewhere / "one.txt")
    (corpus / "gone.txt").symlink_to(tmp_path / "nowhere")
    (corpus / "all").symlink_to(elsewhere)
    (corpus / "loop").symlink_to(corpus)
    papers, others = found(corpus)
    assert papers == {"gone": "gone.txt", "one": "one.txt"}  # who reads `gone` is told that it cannot be read
    assert set(others) == {"all", "loop"}
    assert all("a link to a folder" in reason for reason in others.values())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(put(tmp_path, "one.txt") / "two.txt")
    assert found(tmp_path)[0] == {"one": "one.txt"}
    assert "no ordinary file" in found(tmp_path)[1]["two.txt"]


def test_a_name_that_is_not_utf8_is_shown_with_its_bytes(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"Owls")
    (tmp_path / os.fsdecode(b"stra\xdfe")).mkdir()
    papers, others = found(tmp_path)
    assert papers == {}
    assert others == dict.fromkeys(["caf\\xe9.txt", "stra\\xdfe"], "its name is not UTF-8; rename it")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_that_may_not_be_opened_is_named(tmp_path: Path) -> None:
    put(tmp_path, "one.txt", "closed/two.txt")
    (tmp_path / "closed").chmod(0)
    try:
        papers, others = found(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert papers == {"one": "one.txt"}
    assert "cannot be opened" in others["closed"]


def test_the_form_of_a_name_stays_as_it_is_on_disk(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Früh")
    assert found(put(tmp_path, f"{name}.txt"))[0] == {name: f"{name}.txt"}


def test_a_folder_that_is_gone_or_empty(tmp_path: Path) -> None:
    assert found(tmp_path) == ({}, {})
    with pytest.raises(SourceError, match="gone is not a folder"):
        papers_in(tmp_path / "gone")


def test_very_many_files_are_counted() -> None:
    many = [LeftOut(f"{n:02}.{'js' if n % 2 else 'css'}", "why") for n in range(30)] + [LeftOut("notes", "why")]
    lines = lines_of(many)
    assert lines[0] == "Left out: 00.css: why"
    assert len(lines) == 21
    assert lines[-1] == ("Left out: 11 more (5 .css, 5 .js, 1 no ending); `qa index status --json` names all of them")
    assert lines_of(many[:20]) == [str(item) for item in many[:20]]
