"""Papers under a name: each user has their own, and whoever has the id may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.types import QuestionError
from qa.userdata import collections

ANN, BOB = "a" * 32, "b" * 32


def titles(folder: Path, user: str) -> list[str]:
    return [one.title for one in collections.collections(folder, user)]


def test_a_collection_is_made_changed_and_deleted(tmp_path: Path) -> None:
    made = collections.create(tmp_path, ANN, " Knee  pain ", ["a", "b", "a"])
    assert (made.title, made.papers) == ("Knee pain", ("a", "b"))
    assert collections.add(tmp_path, ANN, made.id, ["b", "c"]) == 1
    collections.remove(tmp_path, ANN, made.id, ["a", "z"])
    collections.rename(tmp_path, ANN, made.id, "Knees")
    (found,) = collections.collections(tmp_path, ANN)
    assert (found.id, found.title, found.papers) == (made.id, "Knees", ("b", "c"))
    collections.delete(tmp_path, ANN, made.id)
    assert collections.collections(tmp_path, ANN) == []
    assert collections.collection(tmp_path, made.id) is None


def test_users_see_their_own_and_whoever_has_the_id_may_read_but_not_write(tmp_path: Path) -> None:
    made = collections.create(tmp_path, ANN, "Knees", ["a"])
    collections.create(tmp_path, BOB, "knees")
    assert (titles(tmp_path, ANN), titles(tmp_path, BOB)) == (["Knees"], ["knees"])
    assert collections.collection(tmp_path, made.id) == made
    for change in (
        lambda: collections.add(tmp_path, BOB, made.id, ["b"]),
        lambda: collections.remove(tmp_path, BOB, made.id, ["a"]),
        lambda: collections.rename(tmp_path, BOB, made.id, "Mine"),
    ):
        with pytest.raises(QuestionError, match="somebody else's"):
            change()
    collections.delete(tmp_path, BOB, made.id)
    assert collections.collection(tmp_path, made.id) == made


def test_names_are_words_and_are_taken_once(tmp_path: Path) -> None:
    collections.create(tmp_path, ANN, "Knees")
    other = collections.create(tmp_path, ANN, "Feet")
    for title in (" ", "x" * (collections.MAX_TITLE + 1)):
        with pytest.raises(QuestionError, match="needs a name"):
            collections.create(tmp_path, ANN, title)
    with pytest.raises(QuestionError, match="already"):
        collections.create(tmp_path, ANN, "KNEES")
    with pytest.raises(QuestionError, match="already"):
        collections.rename(tmp_path, ANN, other.id, "knees")
    collections.rename(tmp_path, ANN, other.id, "FEET")
    assert titles(tmp_path, ANN) == ["FEET", "Knees"]


def test_nobody_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "MAX_COLLECTIONS", 1)
    monkeypatch.setattr(collections, "MAX_PAPERS", 2)
    made = collections.create(tmp_path, ANN, "Knees", ["a", "b"])
    with pytest.raises(QuestionError, match="at most 2 papers"):
        collections.add(tmp_path, ANN, made.id, ["c"])
    with pytest.raises(QuestionError, match="1 collections already"):
        collections.create(tmp_path, ANN, "Feet")
