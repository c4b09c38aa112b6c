"""Files that are sent in: a name that leads nowhere else, and away again."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.types import SourceError, StoreError
from qa.userdata.uploads import drop, stage, staged


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("A paper (2).PDF", "A paper (2).PDF"),
        ("../../etc/p.txt", "p.txt"),
        ("C:\\x\\p.txt", "p.txt"),
        (".hidden.txt", "hidden.txt"),
        ("a<b>\x00&.pdf", "a-b-.pdf"),
        ("Müller.pdf", "Müller.pdf"),
    ],
)
def test_a_file_is_kept_under_a_plain_name(tmp_path: Path, name: str, kept: str) -> None:
    path = stage(tmp_path, name, b"data")
    assert path.name == kept
    assert path.parent == tmp_path / "uploads"
    assert path.read_bytes() == b"data"
    assert staged(tmp_path) == [path]


@pytest.mark.parametrize("name", ["p.exe", ".pdf", "", "p", "x" * 200 + ".pdf"])
def test_what_is_no_paper_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"must end in \.txt or \.pdf"):
        stage(tmp_path, name, b"")
    assert staged(tmp_path) == []


def test_files_are_dropped_one_or_all(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        stage(tmp_path, name, b"")
    drop(tmp_path, "b.txt")
    assert [path.name for path in staged(tmp_path)] == ["a.txt", "c.txt"]
    drop(tmp_path)
    assert staged(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file")
    with pytest.raises(StoreError, match="QA_STATE_DIR"):
        stage(tmp_path, "a.txt", b"")
