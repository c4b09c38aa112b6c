"""Checksums of a file paper by paper, and how bytes come from one file into another."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from qa.index import checksums, copying
from qa.index.checksums import ByPaper
from qa.index.copying import copy_range

FRONT, PAPERS = b"front", [b"a paper", b"", b"another, that is longer", b"a paper"]
BOUNDS = np.cumsum([len(FRONT), *map(len, PAPERS)])


@pytest.fixture
def file(tmp_path: Path) -> ByPaper:
    (tmp_path / "large").write_bytes(FRONT + b"".join(PAPERS))
    return ByPaper(tmp_path / "large", BOUNDS)


def test_the_checksum_is_that_of_the_front_and_of_each_paper(file: ByPaper, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = [hashlib.sha256(paper).digest() for paper in PAPERS]
    assert file.fits()
    for at_once, block in ((1, 3), (2, 100), (100, 1)):
        monkeypatch.setattr(checksums, "_AT_ONCE", at_once)
        monkeypatch.setattr(checksums, "_BLOCK", block)
        assert [row.tobytes() for row in file.sums()] == by_hand
    assert file.checksum(file.sums()) == hashlib.sha256(FRONT + b"".join(by_hand)).hexdigest()


@pytest.mark.parametrize("at", range(int(BOUNDS[-1])))
def test_every_byte_counts(file: ByPaper, at: int) -> None:
    before, data = file.checksum(file.sums()), bytearray(file.path.read_bytes())
    data[at] ^= 1
    file.path.write_bytes(data)
    assert file.checksum(file.sums()) != before


def test_a_file_that_is_longer_or_shorter_does_not_fit(file: ByPaper) -> None:
    data = file.path.read_bytes()
    for other in (data + b"x", data[:-1], b""):
        file.path.write_bytes(other)
        assert not file.fits()


def test_what_is_known_is_not_read(file: ByPaper, monkeypatch: pytest.MonkeyPatch) -> None:
    known = file.sums()
    expected = known.copy()
    known[2] = 0
    read: list[int] = []
    original = checksums._sum
    monkeypatch.setattr(checksums, "_sum", lambda of, first, last: read.append(first) or original(of, first, last))
    assert file.sums(known).tobytes() == expected.tobytes()
    assert read == [BOUNDS[2]]
    assert not known[2].any()  # it stays as it was


@pytest.mark.parametrize("how", ["by the system", "by hand", "the system gives up", "the system gives up midway"])
def test_bytes_of_a_file_are_appended_to_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 40)
    monkeypatch.setattr(copying, "_BLOCK", 1000)
    if how == "by hand":
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    elif how != "by the system":
        monkeypatch.setattr(os, "copy_file_range", _gives_up(how.endswith("midway")), raising=False)
    with (tmp_path / "target").open("wb") as target:
        target.write(b"before ")
        copy_range(source, 300, 9000, target)
        copy_range(source, 5, 5, target)
        target.write(b" after")
    assert (tmp_path / "target").read_bytes() == b"before " + source.read_bytes()[300:9000] + b" after"


def _gives_up(midway: bool) -> object:
    calls: list[int] = []

    def copy(source: int, target: int, count: int) -> int:
        calls.append(count)
        if len(calls) > 1 or not midway:
            raise OSError(18, "between file systems")
        return os.write(target, os.read(source, 700))

    return copy


def test_a_file_that_ends_too_early_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"short")
    with (tmp_path / "target").open("wb") as target, pytest.raises(OSError, match=r"source ends before byte 9"):
        copy_range(tmp_path / "source", 2, 9, target)
