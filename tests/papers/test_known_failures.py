"""What is taken for a paper and is none. Mend one, and its test fails until the mark is taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.papers.sources import sources_in


@pytest.mark.xfail(strict=True, reason="every file whose name ends with .txt is taken for a paper")
def test_the_lock_file_of_an_office_program_is_no_paper(tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text("Owls hunt by ear.", encoding="utf-8")
    (tmp_path / "~$two.txt").write_bytes(b"\x04Anna\x00\x00")
    assert [source.id for source in sources_in(tmp_path)] == ["two"]
