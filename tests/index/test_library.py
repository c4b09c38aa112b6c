"""The life of a corpus: what is added, changed and taken out again, with nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from qa.config import IndexSettings
from qa.index import checksums, store
from qa.index.library import Freshness, Library, Report
from qa.papers.sources import sources_in
from qa.types import SourceError, StoreError
from tests.conftest import BIBLIOGRAPHY, PAPERS, FakeEncoder
from tests.index.equality import contents, same

Change = Callable[[Path], None]
NEW = "Kites fly in the wind. Every kite has a tail of paper.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def update(corpus: Path, folder: Path, **options: bool) -> Report:
    return Library(corpus, folder, encoder=FakeEncoder()).update(**options)


def remove(corpus: Path, folder: Path, *ids: str) -> Report | None:
    return Library(corpus, folder, encoder=FakeEncoder()).remove(ids)


def freshness(corpus: Path, folder: Path) -> Freshness:
    return Library(corpus, folder, encoder=FakeEncoder()).freshness()


def new_paper(tmp_path: Path, name: str = "kites.txt", text: str = NEW) -> Path:
    path = tmp_path / "downloads" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# Missing, stale, fresh


def test_missing_then_fresh(corpus: Path, folder: Path) -> None:
    assert freshness(corpus, folder) == "missing"
    update(corpus, folder)
    assert freshness(corpus, folder) == "fresh"


def edit(corpus: Path) -> None:
    (corpus / "stones.txt").write_text("Chalk is soft.", "utf-8")


def add_file(corpus: Path) -> None:
    (corpus / "kites.txt").write_text(NEW, "utf-8")


def rename(corpus: Path) -> None:
    (corpus / "stones.txt").rename(corpus / "rocks.txt")


def delete(corpus: Path) -> None:
    (corpus / "stones.txt").unlink()


def retitle(corpus: Path) -> None:
    (corpus / "corpus.bib").write_text(BIBLIOGRAPHY.replace("North", "South"), "utf-8")


def break_file(corpus: Path) -> None:
    (corpus / "stones.txt").write_bytes(b"\xff")


CHANGES = {
    edit: ["stones.txt or its entry in corpus.bib has changed"],
    add_file: ["kites.txt is not in the index yet"],
    rename: ["rocks.txt is not in the index yet", "stones is no longer in {corpus}"],
    delete: ["stones is no longer in {corpus}"],
    retitle: ["fruit.txt or its entry in corpus.bib has changed"],
    break_file: ["stones.txt or its entry in corpus.bib has changed"],
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_stale_after_a_change_and_fresh_after_an_update(change: Change, corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    change(corpus)
    assert freshness(corpus, folder) == "stale"
    found = Library(corpus, folder, encoder=FakeEncoder()).differences(store.load(folder))
    assert found == [line.format(corpus=corpus) for line in CHANGES[change]]
    update(corpus, folder)
    assert freshness(corpus, folder) == "fresh"


def test_stale_when_settings_or_encoder_have_changed(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    other = FakeEncoder()
    other.sha256 = "other weights"
    assert Library(corpus, folder, encoder=other).freshness() == "stale"
    assert Library(corpus, folder, IndexSettings(passage_max_words=50), FakeEncoder()).freshness() == "stale"


def test_stale_when_the_corpus_is_gone(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    corpus.rename(corpus.with_name("elsewhere"))
    assert freshness(corpus, folder) == "stale"


def test_a_paper_that_cannot_be_read_makes_nothing_stale(corpus: Path, folder: Path) -> None:
    break_file(corpus)
    assert [failure.file for failure in update(corpus, folder).failures] == ["stones.txt"]
    assert freshness(corpus, folder) == "fresh"


@pytest.mark.parametrize("change", [edit, delete])
def test_stale_when_a_paper_that_could_not_be_read_has_changed(change: Change, corpus: Path, folder: Path) -> None:
    break_file(corpus)
    update(corpus, folder)
    change(corpus)
    assert freshness(corpus, folder) == "stale"


def test_the_state_of_a_damaged_index_is_an_error(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    (folder / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="CURRENT"):
        freshness(corpus, folder)


def test_state_reads_checksums_only(corpus: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update(corpus, folder)
    monkeypatch.delattr("qa.papers.ingest.read_document")
    encoder = FakeEncoder()
    assert Library(corpus, folder, encoder=encoder).freshness() == "fresh"
    assert encoder.texts == []


# Updates


def test_the_report_says_what_an_update_did(corpus: Path, folder: Path) -> None:
    first = update(corpus, folder)
    assert first == Report(store.current_generation(folder) or "", ("fruit", "stones"), (), (), (), ())
    edit(corpus)
    add_file(corpus)
    (corpus / "bad.txt").write_bytes(b"\xff")
    second = update(corpus, folder)
    assert (second.added, second.changed, second.removed, second.unchanged) == (("kites",), ("stones",), (), ("fruit",))
    assert [failure.file for failure in second.failures] == ["bad.txt"]
    (corpus / "fruit.txt").unlink()
    third = update(corpus, folder)
    assert (third.added, third.changed, third.removed, third.unchanged) == ((), (), ("fruit",), ("kites", "stones"))
    assert third.generation == store.current_generation(folder) != second.generation


def test_an_update_without_a_change_changes_nothing(corpus: Path, folder: Path) -> None:
    generation = update(corpus, folder).generation
    before = contents(folder)
    encoder = FakeEncoder()
    report = Library(corpus, folder, encoder=encoder).update()
    assert (report.generation, report.unchanged, encoder.texts) == (generation, ("fruit", "stones"), [])
    assert contents(folder) == before


def test_full_embeds_everything_again(corpus: Path, folder: Path) -> None:
    generation = update(corpus, folder).generation
    encoder = FakeEncoder()
    assert Library(corpus, folder, encoder=encoder).update(full=True).generation == generation
    assert len(encoder.texts) == 10


@pytest.mark.parametrize("file", ["CURRENT", "passages.jsonl", "manifest.json"])
def test_a_damaged_index_is_built_anew(corpus: Path, folder: Path, file: str) -> None:
    generation = update(corpus, folder).generation
    path = folder / file if file == "CURRENT" else folder / generation / file
    path.write_bytes(path.read_bytes()[:-3])
    assert update(corpus, folder).generation == generation
    assert store.problems(folder) == []


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now is taken for old."""
    monkeypatch.setattr(store, "_SETTLED", -(10**18))


def changed_in_secret(path: Path) -> None:
    """Change a byte in the middle of a file, and give the file back its time."""
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_new_paper_reads_nothing_of_the_others(
    corpus: Path, folder: Path, settled: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = folder / update(corpus, folder).generation
    add_file(corpus)  # kites, between fruit and stones
    read: list[str] = []
    one, other = store._sha256, checksums._sum
    with monkeypatch.context() as patch:
        patch.setattr(store, "_sha256", lambda path: read.append(str(path)) or one(path))
        patch.setattr(checksums, "_sum", lambda file, *range_: read.append(file.name) or other(file, *range_))
        generation = update(corpus, folder).generation
    own = [path for path in read if path.endswith((".jsonl", ".faiss")) and "words" not in path]
    assert sorted(path.rpartition("/")[2] for path in own) == [
        "documents.jsonl",
        "passages.faiss",
        "passages.jsonl",
        "sentences.faiss",
    ]
    assert [path for path in read if path.startswith(str(before))] == [str(before / "checksums.npy")]
    assert update(corpus, tmp_path / "anew").generation == generation
    assert store.problems(folder) == []


@pytest.mark.parametrize("file", ["passages.jsonl", "sentences.faiss", "words/rows.npy", "checksums.npy"])
def test_a_file_that_was_changed_in_secret_is_noticed(corpus: Path, folder: Path, settled: None, file: str) -> None:
    generation = update(corpus, folder).generation
    changed_in_secret(folder / generation / file)
    assert update(corpus, folder).generation == generation
    assert store.problems(folder) == []


@pytest.mark.parametrize("file", ["documents.jsonl", "passages.jsonl", "passages.faiss", "sentences.faiss"])
def test_a_byte_that_a_disk_lost_is_found_in_what_was_made_of_it(
    corpus: Path, folder: Path, settled: None, file: str
) -> None:
    """The system says that the file is as it was, so it is copied; but whoever asks or verifies reads every byte."""
    generation = update(corpus, folder).generation
    changed_in_secret(folder / generation / file)
    (folder / f".{generation}.json").write_text(json.dumps(store._seen(folder / generation)), "utf-8")
    add_file(corpus)
    later = update(corpus, folder).generation
    (problem,) = store.problems(folder)
    assert f"{later}/{file} was altered or damaged" in problem
    assert "qa index build --full" in problem
    assert update(corpus, folder, full=True).generation == later
    assert store.problems(folder) == []


def test_files_written_a_moment_ago_or_elsewhere_are_read(corpus: Path, folder: Path, tmp_path: Path) -> None:
    """Their times may be those of a later change; and a copy is another file."""
    generation = update(corpus, folder).generation
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_SETTLED", 10**12)  # a quarter of an hour: a busy machine takes its time
        assert store._unchanged(folder, generation) == set()
    shutil.copytree(folder, tmp_path / "copy")
    store._replace(folder / f".{generation}.json", (folder / f".{generation}.json").read_text("utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_SETTLED", -(10**18))
        assert len(store._unchanged(folder, generation)) > 10
        assert store._unchanged(tmp_path / "copy", generation) == set()
        (folder / f".{generation}.json").write_text("nonsense", "utf-8")
        assert store._unchanged(folder, generation) == set()


def test_what_is_noted_of_a_generation_goes_with_it(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    add_file(corpus)
    update(corpus, folder)
    remove(corpus, folder, "fruit")
    noted = {path.name for path in folder.glob(".*.json")}
    assert noted == {f".{store.current_generation(folder)}.json"}
    remove(corpus, folder, "kites", "stones")
    assert not list(folder.glob(".*.json"))


def test_an_update_without_papers_leaves_the_index_as_it_was(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    before = contents(folder)
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="no paper to index"):
        update(corpus, folder)
    assert contents(folder) == before


def test_progress_counts_every_paper(corpus: Path, folder: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    Library(corpus, folder, encoder=FakeEncoder()).update(progress=lambda *step: steps.append(step))
    assert list(dict.fromkeys(steps)) == [(0, 2, "fruit.txt"), (1, 2, "stones.txt"), (2, 2, "done")]


def test_a_long_paper_counts_for_several(corpus: Path, folder: Path) -> None:
    for name in ("ants", "bees", "cats"):
        (corpus / f"{name}.txt").write_text(f"The {name} sleep.", "utf-8")
    (corpus / "zebras.txt").write_text("Zebras are striped. " * 40, "utf-8")
    steps: list[tuple[int, int, str]] = []
    Library(corpus, folder, encoder=FakeEncoder()).update(progress=lambda *step: steps.append(step))
    assert list(dict.fromkeys(steps))[-2:] == [(1, 6, "zebras.txt"), (6, 6, "done")]


def test_a_long_paper_is_done_little_by_little(corpus: Path, folder: Path) -> None:
    (corpus / "owls.txt").write_text("\n".join(f"The owl {n} sat there for a while." for n in range(300)), "utf-8")
    (corpus / "stones.txt").unlink()
    steps: list[tuple[int, int, str]] = []
    Library(corpus, folder, encoder=FakeEncoder()).update(progress=lambda *step: steps.append(step))
    assert list(dict.fromkeys(steps)) == [(0, 2, "fruit.txt"), (0, 2, "owls.txt"), (1, 2, "owls.txt"), (2, 2, "done")]


# Adding


def test_added_papers_are_copied(corpus: Path, folder: Path, tmp_path: Path) -> None:
    files = [new_paper(tmp_path), new_paper(tmp_path, "ants.TXT", "Ants carry leaves.")]
    assert Library(corpus, corpus.parent / "index").add(files) == [corpus / "kites.txt", corpus / "ants.TXT"]
    assert (corpus / "kites.txt").read_bytes() == files[0].read_bytes()
    assert update(corpus, folder).added == ("ants", "fruit", "kites", "stones")


def test_the_first_paper_makes_the_folder(tmp_path: Path) -> None:
    corpus = tmp_path / "library" / "corpus"
    Library(corpus, corpus.parent / "index").add([new_paper(tmp_path)])
    assert [source.id for source in sources_in(corpus)] == ["kites"]


def test_the_same_file_again_is_no_fault(corpus: Path, tmp_path: Path) -> None:
    before = contents(corpus)
    Library(corpus, corpus.parent / "index").add([corpus / "fruit.txt"])
    Library(corpus, corpus.parent / "index").add([new_paper(tmp_path, "fruit.txt", PAPERS["fruit.txt"])])
    assert contents(corpus) == before


def test_what_cannot_be_added_is_named_and_nothing_is_copied(corpus: Path, tmp_path: Path) -> None:
    good = new_paper(tmp_path)
    (tmp_path / "folder.txt").mkdir()
    before = contents(corpus)
    for bad, message in (
        (tmp_path / "nowhere.txt", r"nowhere\.txt is not a file"),
        (tmp_path / "folder.txt", r"folder\.txt is not a file"),
        (new_paper(tmp_path, "paper.docx"), r"paper\.docx .* must end in \.txt or \.pdf: .*save it as PDF"),
        (new_paper(tmp_path, "~$paper.txt"), r"paper\.txt is not a paper .* temporary file of another program"),
        (new_paper(tmp_path, "paper"), r"must end in \.txt or \.pdf"),
        (new_paper(tmp_path, "fruit.pdf"), r"fruit\.pdf would have the id of .*fruit\.txt; .*qa index remove fruit"),
        (new_paper(tmp_path, "kites.pdf"), r"kites\.pdf would have the id of .*kites\.txt"),
    ):
        with pytest.raises(SourceError, match=message):
            Library(corpus, corpus.parent / "index").add([good, bad])
        assert contents(corpus) == before


def test_two_papers_of_one_name_are_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    other = new_paper(tmp_path, "kites.txt", "Other words.").rename(tmp_path / "more" / "kites.txt")
    with pytest.raises(SourceError):
        Library(corpus, corpus.parent / "index").add([new_paper(tmp_path), other])


def test_a_hidden_file_is_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        Library(corpus, corpus.parent / "index").add([new_paper(tmp_path, ".kites.txt")])


def test_a_paper_in_a_sub_folder_is_there_already(corpus: Path, tmp_path: Path) -> None:
    inside = corpus / "files" / "12" / "kites.txt"
    inside.parent.mkdir(parents=True)
    inside.write_text(NEW, "utf-8")
    before = contents(corpus)
    assert Library(corpus, corpus.parent / "index").add([inside]) == [inside]
    with pytest.raises(SourceError, match=r"would have the id of .*files/12/kites\.txt"):
        Library(corpus, corpus.parent / "index").add([new_paper(tmp_path)])
    assert contents(corpus) == before


# Sub-folders, and what is not read


@pytest.fixture
def shelves(corpus: Path) -> Path:
    """A corpus as Zotero writes it: a third paper in a folder of its own, with an entry, and a page that was saved."""
    (corpus / "files" / "12").mkdir(parents=True)
    (corpus / "files" / "12" / "kites.txt").write_text(NEW, "utf-8")
    (corpus / "files" / "13").mkdir()
    (corpus / "files" / "13" / "page.html").write_text("<p>Owls", "utf-8")
    entry = "@misc{k12, title = {On Kites}, file = {Full Text:files/12/kites.txt:text/plain}}\n"
    (corpus / "corpus.bib").write_text(BIBLIOGRAPHY + entry, "utf-8")
    return corpus


def test_papers_in_sub_folders_are_indexed_and_moving_them_changes_nothing(shelves: Path, folder: Path) -> None:
    assert update(shelves, folder).added == ("fruit", "kites", "stones")
    assert store.load(folder).by_id["kites"].title == "On Kites"
    assert freshness(shelves, folder) == "fresh"
    (shelves / "files" / "12" / "kites.txt").rename(shelves / "kites.txt")
    assert freshness(shelves, folder) == "fresh"
    (shelves / "kites.txt").unlink()
    assert freshness(shelves, folder) == "stale"


def test_a_paper_is_removed_from_its_sub_folder_with_the_folder(shelves: Path, folder: Path) -> None:
    update(shelves, folder)
    report = remove(shelves, folder, "kites")
    assert report is not None
    assert report.removed == ("kites",)
    assert sorted(contents(shelves)) == [
        "corpus.bib",
        "files",
        "files/13",
        "files/13/page.html",
        "fruit.txt",
        "stones.txt",
    ]
    assert (shelves / "corpus.bib").read_text("utf-8") == BIBLIOGRAPHY


def test_of_two_files_with_one_id_the_other_is_read_when_the_first_is_removed(shelves: Path, folder: Path) -> None:
    (shelves / "kites.txt").write_text("Other kites.", "utf-8")
    told: list[str] = []
    Library(shelves, folder, encoder=FakeEncoder()).update(told=told.append)
    assert (
        "Left out: files/12/kites.txt: it would have the id 'kites' of kites.txt, which is read; rename one of the two"
        in told
    )
    assert store.load(folder).by_id["kites"].raw == "Other kites."
    remove(shelves, folder, "kites")
    assert store.load(folder).by_id["kites"].raw == NEW
    remove(shelves, folder, "kites")
    assert "kites" not in store.load(folder).by_id


def test_what_is_not_read_is_told_before_the_first_paper(shelves: Path, folder: Path) -> None:
    (shelves / "bad.txt").write_bytes(b"caf\xe9")
    (shelves / "corpus.bib").write_text(BIBLIOGRAPHY * 2, "utf-8")
    steps: list[str] = []
    library = Library(shelves, folder, encoder=FakeEncoder())
    report = library.update(told=steps.append, progress=lambda done, total, what: steps.append(what))
    page, fault, bad = steps[:3]
    assert page.startswith("Left out: files/13/page.html: .html files are not read")
    assert fault.startswith("corpus.bib, line 6: the key 'fruit2019' is already that of the entry in line 1")
    assert bad.startswith("Left out: bad.txt is not UTF-8: byte 3 is 0xe9")
    assert list(dict.fromkeys(steps[3:])) == ["fruit.txt", "kites.txt", "stones.txt", "done"]
    assert (report.added, [failure.file for failure in report.failures]) == (("fruit", "kites", "stones"), ["bad.txt"])


BROKEN = {
    "one key twice": (BIBLIOGRAPHY + "@misc{fruit2019, title = {B}, file = {stones.txt}}\n", "Fruit of the North", "B"),
    "a field twice": (BIBLIOGRAPHY.replace("year =", "title = {Other}, year ="), "Fruit of the North", "stones"),
    "not closed": ("@misc{x, title = {\n" + BIBLIOGRAPHY, "Fruit of the North", "stones"),
    "not UTF-8": (BIBLIOGRAPHY.replace("North", "\udce9"), "fruit", "stones"),
}


@pytest.mark.parametrize(("text", "fruit", "stones"), BROKEN.values(), ids=list(BROKEN))
def test_a_fault_in_the_bibliography_keeps_no_paper_out(
    corpus: Path, folder: Path, text: str, fruit: str, stones: str
) -> None:
    (corpus / "corpus.bib").write_bytes(text.encode(errors="surrogateescape"))
    told: list[str] = []
    report = Library(corpus, folder, encoder=FakeEncoder()).update(told=told.append)
    assert (report.added, report.failures) == (("fruit", "stones"), ())
    assert [line.startswith("corpus.bib") for line in told] == [True]
    assert [document.title for document in store.load(folder).documents] == [fruit, stones]
    assert freshness(corpus, folder) == "fresh"


def test_nothing_is_removed_if_the_entry_would_stay(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    (corpus / "corpus.bib").write_bytes(BIBLIOGRAPHY.encode() + b"% \xe9")
    before = contents(corpus) | contents(folder)
    with pytest.raises(SourceError, match=r"corpus\.bib is not UTF-8: .*; nothing is removed"):
        remove(corpus, folder, "fruit")
    assert contents(corpus) | contents(folder) == before


def test_a_name_that_stays_in_the_bibliography_is_told(corpus: Path, folder: Path) -> None:
    (corpus / "corpus.bib").write_text(BIBLIOGRAPHY + "\n@misc{x, title = {\n file = {fruit.txt}\n", "utf-8")
    update(corpus, folder)
    told: list[str] = []
    Library(corpus, folder, encoder=FakeEncoder()).remove(["fruit"], told=told.append)
    assert [line for line in told if "still names fruit.txt" in line] == [
        "corpus.bib, line 2 still names fruit.txt, in an entry that cannot be read or is of another paper; delete it "
        "there if it should not stay"
    ]


# Taking out


def test_a_removed_paper_leaves_nothing_behind(corpus: Path, folder: Path, tmp_path: Path) -> None:
    update(corpus, folder)
    edit(corpus)
    update(corpus, folder)
    add_file(corpus)
    update(corpus, folder)
    report = remove(corpus, folder, "fruit")
    assert report is not None
    assert (report.removed, report.unchanged) == (("fruit",), ("kites", "stones"))
    assert sorted(path.name for path in corpus.iterdir()) == ["corpus.bib", "kites.txt", "stones.txt"]
    for path in [*folder.rglob("*"), *corpus.rglob("*")]:
        data = path.read_bytes() if path.is_file() else b""
        assert not any(word in data for word in (b"Apples", b"ripen", b"harvest", b"Fruit", b"fruit", b"pear")), path
    never_had = tmp_path / "never"
    update(corpus, never_had)
    assert same(store.load(folder), store.load(never_had))
    assert freshness(corpus, folder) == "fresh"
    assert [row["kept"] for row in store.history(folder)] == [False, False, False, True]
    with pytest.raises(StoreError, match="no earlier generation"):
        store.rollback(folder)


def test_older_generations_without_the_paper_are_kept(corpus: Path, folder: Path) -> None:
    first = update(corpus, folder).generation
    add_file(corpus)
    update(corpus, folder)
    remove(corpus, folder, "kites")
    assert store.current_generation(folder) == first
    assert [row["kept"] for row in store.history(folder)] == [True, False, True]


BEFORE = (
    "% Mine {unbalanced\n@string{toj = {TOJ}}\n\n@article{first,\n  title = {First},\n  file = {stones.txt},\n}\n\n"
)
AFTER = "@article{last,\n  title = {{L}ast — Ü}, note = {fruit.txt},\n}\n% the end"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rest_of_the_bibliography_is_untouched(corpus: Path, folder: Path, newline: str) -> None:
    text = BEFORE + BIBLIOGRAPHY + newline + AFTER
    (corpus / "corpus.bib").write_bytes(text.replace("\n", newline).encode() if newline == "\r\n" else text.encode())
    update(corpus, folder)
    remove(corpus, folder, "fruit")
    left = (corpus / "corpus.bib").read_bytes().decode()
    assert left.split() == (BEFORE + AFTER).split()
    assert left.startswith(BEFORE.replace("\n", newline))
    assert left.endswith(AFTER.replace("\n", newline))


def test_the_bibliography_is_left_alone_where_it_has_no_entry(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    before = (corpus / "corpus.bib").read_bytes()
    remove(corpus, folder, "stones")
    assert (corpus / "corpus.bib").read_bytes() == before


TWO_ENTRIES = "".join(f"@misc{{{key},\n  title = {{Fruit}},\n  file = {{fruit.txt}},\n}}\n" for key in ("one", "two"))


def test_every_entry_of_a_removed_paper_goes(corpus: Path, folder: Path) -> None:
    (corpus / "corpus.bib").write_text(TWO_ENTRIES, "utf-8")
    update(corpus, folder)
    remove(corpus, folder, "fruit")
    assert (corpus / "corpus.bib").read_text("utf-8").strip() == ""


def test_two_papers_at_once(corpus: Path, folder: Path) -> None:
    add_file(corpus)
    update(corpus, folder)
    report = remove(corpus, folder, "fruit", "kites")
    assert report is not None
    assert report.removed == ("fruit", "kites")
    assert [document.id for document in store.load(folder).documents] == ["stones"]


@pytest.mark.parametrize("ids", [("fruit", "stones"), ("stones", "fruit")])
def test_the_last_paper_takes_the_index_with_it(corpus: Path, folder: Path, ids: tuple[str, str]) -> None:
    update(corpus, folder)
    assert remove(corpus, folder, *ids) is None
    assert [path.name for path in corpus.iterdir()] == ["corpus.bib"]
    assert freshness(corpus, folder) == "missing"
    assert not any(path.is_dir() for path in folder.iterdir())
    with pytest.raises(StoreError, match="there is no index"):
        store.load(folder)
    add_file(corpus)
    assert update(corpus, folder).added == ("kites",)


def test_an_unknown_id_removes_nothing(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    before = contents(corpus) | contents(folder)
    with pytest.raises(SourceError, match=r"no paper 'nowhere' in .*; there are: fruit, stones"):
        remove(corpus, folder, "fruit", "nowhere")
    assert contents(corpus) | contents(folder) == before


def test_a_paper_that_never_was_indexed_can_be_removed(corpus: Path, folder: Path) -> None:
    break_file(corpus)
    update(corpus, folder)
    report = remove(corpus, folder, "stones")
    assert report is not None
    assert (report.removed, report.failures) == ((), ())
    assert not (corpus / "stones.txt").exists()


def test_an_id_given_twice_is_removed_once(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    remove(corpus, folder, "fruit", "fruit")
    assert [document.id for document in store.load(folder).documents] == ["stones"]


def test_the_last_readable_paper_leaves_nothing_behind_either(corpus: Path, folder: Path) -> None:
    break_file(corpus)
    update(corpus, folder)
    with suppress(StoreError):
        remove(corpus, folder, "fruit")
    assert not any(b"Apples" in data for data in contents(folder).values() if data)


# Built aside, then released


def prepare(corpus: Path, folder: Path, *files: Path) -> Report:
    return Library(corpus, folder, encoder=FakeEncoder()).prepare(files)


def test_what_is_prepared_is_seen_by_nobody_until_it_is_released(corpus: Path, folder: Path, tmp_path: Path) -> None:
    before = update(corpus, folder).generation
    files = contents(corpus)
    kites = new_paper(tmp_path)
    report = prepare(corpus, folder, kites)
    assert (report.added, report.unchanged) == (("kites",), ("fruit", "stones"))
    assert store.current_generation(folder) == before
    assert contents(corpus) == files
    assert [row["generation"] for row in store.history(folder)] == [before]
    assert freshness(corpus, folder) == "fresh"

    Library(corpus, folder).release(report.generation, [kites])
    assert store.current_generation(folder) == report.generation
    assert (corpus / "kites.txt").read_text("utf-8") == NEW
    assert freshness(corpus, folder) == "fresh"
    assert update(corpus, folder).generation == report.generation  # the same as if it had been built in place


def test_what_was_prepared_can_be_discarded_and_a_published_one_cannot(
    corpus: Path, folder: Path, tmp_path: Path
) -> None:
    before = update(corpus, folder).generation
    aside = prepare(corpus, folder, new_paper(tmp_path)).generation
    for name in (aside, before, "nothing"):
        Library(corpus, folder).discard(name)
    assert not (folder / aside).exists()
    assert store.load(folder, before)


def test_what_was_prepared_before_is_taken_away(corpus: Path, folder: Path, tmp_path: Path) -> None:
    before = update(corpus, folder).generation
    prepare(corpus, folder, new_paper(tmp_path))
    aside = prepare(corpus, folder, new_paper(tmp_path, "other.txt")).generation
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {before, aside}


def test_a_corpus_that_has_changed_since_stops_the_release(corpus: Path, folder: Path, tmp_path: Path) -> None:
    before = update(corpus, folder).generation
    kites = new_paper(tmp_path)
    aside = prepare(corpus, folder, kites).generation
    edit(corpus)
    with pytest.raises(StoreError, match="papers have changed since"):
        Library(corpus, folder).release(aside, [kites])
    assert store.current_generation(folder) == before
    assert not (corpus / "kites.txt").exists()


def test_a_paper_that_cannot_be_read_is_reported_and_never_copied(corpus: Path, folder: Path, tmp_path: Path) -> None:
    update(corpus, folder)
    files = [new_paper(tmp_path), new_paper(tmp_path, "bad.txt", " ")]
    report = prepare(corpus, folder, *files)
    assert [failure.file for failure in report.failures] == ["bad.txt"]
    Library(corpus, folder).release(report.generation, files)
    assert sorted(path.name for path in corpus.glob("*.txt")) == ["fruit.txt", "kites.txt", "stones.txt"]
    assert freshness(corpus, folder) == "fresh"


def test_a_paper_may_not_take_the_place_of_another_unseen(corpus: Path, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"would have the id of .*fruit\.txt"):
        prepare(corpus, folder, new_paper(tmp_path, "fruit.pdf"))


def test_a_removed_paper_is_in_no_older_generation_under_another_name(corpus: Path, folder: Path) -> None:
    update(corpus, folder)
    rename(corpus)
    update(corpus, folder)
    add_file(corpus)
    update(corpus, folder)
    remove(corpus, folder, "rocks")
    assert not any(b"Basalt" in data for data in contents(folder).values() if data)
    assert [row["kept"] for row in store.history(folder)] == [False, False, False, True]


def test_a_generation_is_kept_whose_file_is_still_there_under_its_other_name(corpus: Path, folder: Path) -> None:
    first = update(corpus, folder).generation
    rename(corpus)
    second = update(corpus, folder).generation
    shutil.copyfile(corpus / "rocks.txt", corpus / "stones.txt")  # once more, and so it is not indexed
    update(corpus, folder)
    remove(corpus, folder, "stones")
    assert not (folder / first).exists()
    assert (folder / second).exists()
