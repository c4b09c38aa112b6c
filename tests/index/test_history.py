"""Publications: what changed, by whom and why; a forced one says so in its manifest; what a killed program left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.index import store
from qa.index.history import FILE, Decision, in_words
from qa.index.library import Library
from qa.types import StoreError
from tests.conftest import FakeEncoder
from tests.index.equality import same

KITES = "Kites fly in the wind. Every kite has a tail of paper.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def mine(corpus: Path, folder: Path) -> Library:
    """A library with one generation of two papers."""
    found = Library(corpus, folder, encoder=FakeEncoder(), by="anna")
    found.update()
    return found


def row(folder: Path) -> dict[str, object]:
    return store.history(folder)[-1]


def test_a_publication_says_what_changed_who_and_why(mine: Library, corpus: Path, folder: Path) -> None:
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    (corpus / "stones.txt").write_text("Chalk is soft.", "utf-8")
    mine.update(why="a better text")
    found = row(folder)
    assert (found["by"], found["why"], found["action"]) == ("anna", "a better text", "build")
    assert (found["added"], found["changed"], found["removed"]) == (["kites"], ["stones"], [])
    mine.rollback()
    assert (row(folder)["added"], row(folder)["removed"]) == ([], ["kites"])
    titles = store.titles(folder, store.history(folder))
    assert titles == {"fruit": "Fruit of the North", "kites": "kites", "stones": "stones"}
    assert in_words(store.history(folder)[0], titles) == "+ 2 papers: Fruit of the North, stones"


def test_rows_of_an_older_version_are_still_read(mine: Library, folder: Path) -> None:
    path = folder / FILE
    old = {"generation": "0" * 12, "action": "build", "published_at": "2026-11-20T10:00:00+00:00"}
    path.write_text(json.dumps(old) + "\n" + path.read_text("utf-8"), "utf-8")
    first, second = store.history(folder)
    assert (first["by"], first["added"], first["gates"], first["kept"]) == ("", [], "", False)
    assert second["current"]


def test_a_failed_gate_needs_a_reason_that_the_manifest_keeps(
    mine: Library, corpus: Path, folder: Path, tmp_path: Path
) -> None:
    new = tmp_path / "kites.txt"
    new.write_text(KITES, "utf-8")
    candidate = mine.prepare([new]).generation
    with pytest.raises(StoreError, match=r"a gate failed .*give a reason"):
        Decision("failed", "  ", ("recall@3",))
    published = mine.release(candidate, [new], Decision("failed", "Kites are wanted", ("recall@3",), {"mrr": 0.5}))
    assert published != candidate
    assert store.current_generation(folder) == published
    assert store.forced(folder, published) == {"why": "Kites are wanted", "by": "anna", "gates": ["recall@3"]}
    manifest = json.loads((folder / published / "manifest.json").read_text("utf-8"))
    assert manifest["forced"]["why"] == "Kites are wanted"
    assert (row(folder)["gates"], row(folder)["figures"]) == ("forced", {"mrr": 0.5})
    assert store.problems(folder) == []
    assert store.unpublished(folder) == []
    assert mine.freshness() == "fresh"
    assert mine.update().generation == published  # nothing has changed, so nothing is published
    assert same(store.load(folder), mine._build(mine.sources_with([]), FakeEncoder(), None, lambda *_: None, print))


def test_a_publication_of_a_passed_gate_keeps_its_name(mine: Library, folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "kites.txt"
    new.write_text(KITES, "utf-8")
    candidate = mine.prepare([new]).generation
    assert mine.release(candidate, [new], Decision("passed", figures={"mrr": 0.9})) == candidate
    assert store.forced(folder, candidate) is None
    assert row(folder)["gates"] == "passed"


def test_a_file_that_was_left_out_and_is_gone_since_is_a_change_too(mine: Library, corpus: Path) -> None:
    (corpus / "twin.txt").write_bytes((corpus / "stones.txt").read_bytes())
    candidate = mine.prepare().generation
    (corpus / "twin.txt").unlink()
    with pytest.raises(StoreError, match="the papers have changed since"):
        mine.release(candidate)


def test_a_publication_that_was_killed_before_its_line_gets_one(mine: Library, corpus: Path, folder: Path) -> None:
    lines = (folder / FILE).read_text("utf-8")
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    killed = mine.update().generation
    (folder / FILE).write_text(lines, "utf-8")
    (corpus / "kites.txt").unlink()
    mine.update()
    assert [(r["generation"], r["action"], r["added"]) for r in store.history(folder)][1] == (
        killed,
        "unknown",
        ["kites"],
    )


def test_going_back_leads_past_what_was_gone_back_from(mine: Library, corpus: Path, folder: Path) -> None:
    names = [store.current_generation(folder)]
    for number in range(3):
        (corpus / "kites.txt").write_text(KITES * (number + 2), "utf-8")
        names.append(mine.update().generation)
    first, second, third, _ = names
    assert mine.rollback() == third
    assert mine.rollback() == second
    (corpus / "kites.txt").unlink()
    (corpus / "owls.txt").write_text("Owls hunt by ear.", "utf-8")
    mine.update()
    assert mine.rollback() == second
    assert mine.rollback() == first
    with pytest.raises(StoreError, match="no earlier generation"):
        mine.rollback()


def test_the_same_papers_again_are_no_reason_not_to_go_back(mine: Library, corpus: Path, folder: Path) -> None:
    first = store.current_generation(folder)
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    second = mine.update().generation
    mine.remove(["kites"], keep_older=True)
    assert store.current_generation(folder) == first
    assert mine.rollback() == second


def test_a_rollback_holds_until_somebody_publishes(mine: Library, corpus: Path) -> None:
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    mine.update()
    assert not mine.holds()
    mine.rollback()
    assert mine.holds()
    mine.update()
    assert not mine.holds()


def test_prune_keeps_the_last_and_the_one_in_use(mine: Library, corpus: Path, folder: Path) -> None:
    names = [store.current_generation(folder)]
    for number in range(3):
        (corpus / "kites.txt").write_text(KITES * (number + 2), "utf-8")
        names.append(mine.update().generation)
    mine.rollback(names[0])
    assert sorted(mine.prune(2)) == sorted(names[1:3])
    assert store.current_generation(folder) == names[0]
    assert mine.prune(1) == [names[3]]
    with pytest.raises(ValueError, match="at least one"):
        mine.prune(0)


def test_what_is_removed_may_stay_in_older_generations_until_it_is_forgotten(
    mine: Library, corpus: Path, folder: Path
) -> None:
    (corpus / "kites.txt").write_text(KITES, "utf-8")
    with_kites = mine.update().generation
    with pytest.raises(StoreError, match="still in use"):
        mine.forget(["kites"])
    mine.remove(["kites"], keep_older=True)
    now = store.current_generation(folder)
    assert (folder / with_kites).is_dir()
    assert not _holding(folder / str(now), b"ites")
    assert mine.forget(["kites"]) == [with_kites]
    assert not _holding(folder, b"ites")


def _holding(folder: Path, word: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and word in path.read_bytes()]
