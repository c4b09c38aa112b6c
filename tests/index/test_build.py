"""An index made in steps equals one made at once; only what changed is read and embedded again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import qa.index.build as building
from qa.config import IndexSettings
from qa.index import keys, store
from qa.index.build import build
from qa.index.columns import Columns
from qa.index.dense import Rows
from qa.index.embed import embedded_text
from qa.index.index import Failure, Index
from qa.index.keys import fingerprint, key_of
from qa.index.lexical import Words
from qa.index.lines import Lines
from qa.papers import files, ingest, sources
from qa.papers.rules import digest
from qa.papers.sources import Source, sources_in
from qa.types import Document, ModelError, StoreError, letters
from qa.words import terms
from tests.conftest import BIBLIOGRAPHY, PAPERS, ROOT, FakeEncoder
from tests.rooms import FILES, imports

SETTINGS = IndexSettings()


def written(index: Index, folder: Path) -> dict[str, bytes]:
    """The files of an index's generation, by name; the manifest among them."""
    with store.writing(folder):
        generation = folder / store.publish(index, folder)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(generation.rglob("*")) if p.is_file()}


def first_only(corpus: Path) -> None:
    (corpus / "stones.txt").unlink()


def another_text(corpus: Path) -> None:
    (corpus / "fruit.txt").write_text("Plums are blue. Cherries are red.\n", "utf-8")


def another_title(corpus: Path) -> None:
    (corpus / "corpus.bib").write_text(BIBLIOGRAPHY.replace("North", "South"), "utf-8")


def more_papers(corpus: Path) -> None:
    for name in ("ants", "kites", "zebras"):
        (corpus / f"{name}.txt").write_text(f"Few {name} fly. Many {name} are small.\n", "utf-8")


def a_bad_one(corpus: Path) -> None:
    (corpus / "stones.txt").write_bytes(b"\xff\xfe no UTF-8")


@pytest.mark.parametrize(
    "steps",
    [
        [first_only],
        [another_text],
        [another_title],
        [more_papers],
        [a_bad_one],
        [more_papers, another_title, first_only, another_text],
    ],
    ids=lambda steps: " ".join(step.__name__ for step in steps),
)
def test_incremental_equals_full(steps: list[Callable[[Path], None]], corpus: Path, tmp_path: Path) -> None:
    """There from the papers of the fixture by the steps, through the store as in life, and back again."""
    states = [{path.name: path.read_bytes() for path in corpus.iterdir()}]
    for step in steps:
        step(corpus)
        states.append({path.name: path.read_bytes() for path in corpus.iterdir()})
    index: Index | None = None
    for number, state in enumerate([*states, states[0]]):
        for path in corpus.iterdir():
            path.unlink()
        for name, data in state.items():
            (corpus / name).write_bytes(data)
        stepwise = build(sources_in(corpus), SETTINGS, FakeEncoder(), index)
        found = written(stepwise, tmp_path / "stepwise")
        assert found == written(build(sources_in(corpus), SETTINGS, FakeEncoder()), tmp_path / f"full{number}")
        index = store.load(tmp_path / "stepwise")


SCRIPT = """
import sys
from pathlib import Path
from qa.config import IndexSettings
from qa.index import store
from qa.index.build import build
from qa.papers.sources import sources_in
from tests.conftest import FakeEncoder
corpus, folder = map(Path, sys.argv[1:])
with store.writing(folder):
    store.publish(build(sources_in(corpus), IndexSettings(), FakeEncoder()), folder)
"""


def test_another_process_and_folder_give_the_same_bytes(small_index: Index, tmp_path: Path) -> None:
    corpus, folder = tmp_path / "elsewhere" / "papers", tmp_path / "theirs"
    corpus.mkdir(parents=True)
    for name, text in reversed([*PAPERS.items(), ("corpus.bib", BIBLIOGRAPHY)]):
        (corpus / name).write_text(text, "utf-8")
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-c", SCRIPT, str(corpus), str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    theirs = folder / (store.current_generation(folder) or "")
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in theirs.rglob("*") if p.is_file()}
    assert found == written(small_index, tmp_path / "ours")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the papers that are read."""
    found: list[str] = []

    def read(source: Source) -> Document:
        found.append(source.id)
        return original(source)

    original = ingest.read_document
    monkeypatch.setattr(ingest, "read_document", read)
    return found


def embedded(index: Index, document: str) -> list[str]:
    """The texts that are embedded of a paper."""
    passages = [passage for passage in index.passages if passage.document == document]
    texts = [(p.section, p.text) for p in passages] + [(p.section, s.text) for p in passages for s in p.sentences]
    return [embedded_text(index.by_id[document].title, section, text) for section, text in texts]


def test_unchanged_papers_are_neither_read_nor_embedded(corpus: Path, small_index: Index, reads: list[str]) -> None:
    encoder = FakeEncoder()
    assert build(sources_in(corpus), SETTINGS, encoder, small_index).passages == small_index.passages
    assert (reads, encoder.texts) == ([], [])


def test_a_changed_text_is_read_and_embedded_alone(corpus: Path, small_index: Index, reads: list[str]) -> None:
    another_text(corpus)
    encoder = FakeEncoder()
    index = build(sources_in(corpus), SETTINGS, encoder, small_index)
    assert reads == ["fruit"]
    assert encoder.texts == embedded(index, "fruit")
    assert index.passages[-1] == small_index.passages[-1]


def test_a_changed_title_embeds_that_paper_only(corpus: Path, small_index: Index) -> None:
    another_title(corpus)
    encoder = FakeEncoder()
    index = build(sources_in(corpus), SETTINGS, encoder, small_index)
    assert encoder.texts == embedded(index, "fruit")
    assert index.by_id["fruit"].title == "Fruit of the South"
    assert all(text.startswith("Fruit of the South\n") for text in encoder.texts)


@pytest.mark.parametrize("change", [{"passage_max_words": 20}, {"stemmer": "german"}, {"encoder": "another"}])
def test_a_changed_setting_makes_all_new(
    corpus: Path, small_index: Index, reads: list[str], change: dict[str, object]
) -> None:
    settings = IndexSettings(**change)
    index = build(sources_in(corpus), settings, FakeEncoder(), small_index)
    assert reads == ["fruit", "stones"]
    assert index.fingerprint != small_index.fingerprint
    assert index.settings == settings


def test_another_encoder_makes_all_new(corpus: Path, small_index: Index, reads: list[str]) -> None:
    encoder = FakeEncoder()
    encoder.sha256 = "other weights"
    assert build(sources_in(corpus), SETTINGS, encoder, small_index).encoder_sha256 == "other weights"
    assert reads == ["fruit", "stones"]


def test_changed_code_makes_all_new(
    corpus: Path, small_index: Index, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_rules", lambda: "other rules")
    assert build(sources_in(corpus), SETTINGS, FakeEncoder(), small_index).fingerprint != small_index.fingerprint
    assert reads == ["fruit", "stones"]


def test_the_code_that_shapes_an_index_is_in_its_fingerprint() -> None:
    """Every module that `qa.index.build` leads to, but for nouns, settings, what only carries numbers, and what is
    found when it is first asked for."""
    needed, new = {"qa.index.build"}, {"qa.index.build"}
    while new:
        new = {used for name in new for used in imports(FILES[name]) & FILES.keys()} - needed
        needed |= new
    assert {"qa.papers.sources", "qa.papers.segment", "qa.papers.repair.fixers", "qa.words"} <= needed
    needed -= {"qa.types", "qa.config", "qa.index.embed", "qa.index.dense", "qa.records", "qa.papers.sandbox"}
    needed -= {"qa.index.abbreviations"}
    needed = {name for name in needed if not name.startswith("qa.papers.pdf")}  # those are in the extractor's name
    assert {FILES[name] for name in needed} <= set(keys.code_files())


@pytest.mark.parametrize("library", keys.LIBRARIES)
def test_an_upgraded_library_makes_an_index_stale(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(SETTINGS, FakeEncoder())
    monkeypatch.setattr(keys, "version", lambda name: "99" if name == library else version(name))
    keys._rules.cache_clear()
    after = fingerprint(SETTINGS, FakeEncoder())
    monkeypatch.undo()
    keys._rules.cache_clear()
    assert after != before == fingerprint(SETTINGS, FakeEncoder())


def test_a_changed_comment_leaves_an_index_fresh(tmp_path: Path) -> None:
    file = tmp_path / "rule.py"

    def code(text: str) -> str:
        file.write_text(text, "utf-8")
        return digest([file])

    plain = code("LONG = 5\n\ndef rule(x):\n    return x > LONG\n")
    prose = '"""Why."""\nLONG = 5\n"""Words."""\n\ndef rule(x):\n    """What."""\n    return x > LONG  # so\n'
    assert code(prose) == plain
    assert code("LONG = 6\n\ndef rule(x):\n    return x > LONG\n") != plain


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"Caf\xe9 au lait", "byte 3 is 0xe9"), (b"", "empty"), (b" \n\n ...", "empty")],
    ids=["not UTF-8", "empty", "no word"],
)
def test_one_bad_paper_keeps_no_other_out(corpus: Path, small_index: Index, data: bytes, reason: str) -> None:
    (corpus / "bad.txt").write_bytes(data)
    index = build(sources_in(corpus), SETTINGS, FakeEncoder())
    assert index.passages == small_index.passages
    assert [failure.file for failure in index.failures] == ["bad.txt"]
    assert index.failures[0].key
    assert "bad.txt" in index.failures[0].reason
    assert reason in index.failures[0].reason
    assert str(corpus) not in index.failures[0].reason


def test_a_fault_of_the_program_is_a_failure_too(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(document: Document) -> None:
        if document.id == "fruit":
            raise ZeroDivisionError("oh")

    original = ingest.repair
    monkeypatch.setattr(ingest, "repair", lambda document: broken(document) or original(document))
    index = build(sources_in(corpus), SETTINGS, FakeEncoder())
    assert index.failures == (Failure("fruit.txt", key_of(sources_in(corpus)[0]), index.failures[0].reason),)
    assert "ZeroDivisionError" in index.failures[0].reason
    assert [document.id for document in index.documents] == ["stones"]


def test_a_missing_model_is_no_fault_of_a_paper(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: FakeEncoder, texts: object) -> None:
        raise ModelError("no weights")

    monkeypatch.setattr(FakeEncoder, "encode", refuse)
    with pytest.raises(ModelError, match="no weights"):
        build(sources_in(corpus), SETTINGS, FakeEncoder())


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no paper to index; copy \.txt or \.pdf"):
        build(sources_in(tmp_path), SETTINGS, FakeEncoder())


def test_a_corpus_of_bad_papers_is_refused_with_every_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff")
    (tmp_path / "b.txt").write_bytes(b"")
    with pytest.raises(StoreError, match=r"(?s)a\.txt is not UTF-8.*b\.txt is empty"):
        build(sources_in(tmp_path), SETTINGS, FakeEncoder())


def test_title_and_section_are_embedded_and_never_quoted(small_index: Index, encoder: FakeEncoder) -> None:
    texts = embedded(small_index, "fruit") + embedded(small_index, "stones")
    assert encoder.texts == texts
    assert "Fruit of the North\nResults\nThey were stored at four degrees." in texts
    assert "stones\nGranite is hard." in texts
    for passage in small_index.passages:
        raw = small_index.by_id[passage.document].raw
        for sentence in passage.sentences:
            assert letters(sentence.text) == letters("".join(raw[span.start : span.end] for span in sentence.spans))
            assert "Fruit of the North" not in sentence.text


def test_rows_belong_to_their_passages(small_index: Index) -> None:
    encoder = FakeEncoder()
    titles = {document.id: document.title for document in small_index.documents}
    passages, sentences = small_index.passage_vectors.array, small_index.sentence_vectors.array
    for i, passage in enumerate(small_index.passages):
        title = titles[passage.document]
        assert small_index.row_of(passage) == i
        assert passages[i] == pytest.approx(encoder.encode([embedded_text(title, passage.section, passage.text)])[0])
        for j, sentence in zip(small_index.sentence_rows(i), passage.sentences, strict=True):
            expected = encoder.encode([embedded_text(title, passage.section, sentence.text)])[0]
            assert sentences[j] == pytest.approx(expected)
        words = small_index.words.scores(terms([passage.text])[0])
        assert words.argmax() == i


@pytest.mark.parametrize(
    "part",
    ["documents", "passages", "passage_vectors", "sentence_vectors", "words", "columns"],
)
def test_parts_that_do_not_match_make_no_index(small_index: Index, part: str) -> None:
    short = Rows.of(np.eye(27, dtype=np.float32)[:2])
    parts = {
        "documents": small_index.documents[:-1],
        "passages": small_index.passages[:-1],
        "passage_vectors": short,
        "sentence_vectors": short,
        "words": Words.build(["one", "two"], "english"),
        "columns": Columns.of(small_index.passages[:-1]),
    }
    with pytest.raises(StoreError, match=r"do not match .*; run `qa index build --full`"):
        replace(small_index, **{part: parts[part]})


def test_an_index_knows_its_documents(small_index: Index) -> None:
    assert small_index.by_id["stones"].raw == PAPERS["stones.txt"]
    with pytest.raises(KeyError):
        small_index.by_id["nowhere"]


def test_keys_and_fingerprints_change_with_what_they_stand_for(corpus: Path, encoder: FakeEncoder) -> None:
    source = sources_in(corpus)[0]
    key = key_of(source)
    assert key == key_of(replace(source))
    assert key != key_of(replace(source, metadata=dict(source.metadata) | {"year": "2020"}))
    source.path.write_text("Other words.", "utf-8")
    assert key != key_of(source)
    assert fingerprint(SETTINGS, encoder) == fingerprint(IndexSettings(), FakeEncoder())


def test_a_file_is_read_once_for_its_checksum_and_once_to_be_ingested(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = files.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path.name)
        return original(path)

    for module in (files, sources, building):
        monkeypatch.setattr(module, "read_bytes", counted)
    papers = sources_in(corpus)
    read.clear()  # the bibliography
    first = build(papers, SETTINGS, FakeEncoder())
    assert sorted(read) == ["fruit.txt"] * 2 + ["stones.txt"] * 2
    read.clear()
    build(papers, SETTINGS, FakeEncoder(), first)
    assert sorted(read) == ["fruit.txt", "stones.txt"]


def test_what_the_bytes_tell_is_told_before_the_first_paper_is_read(corpus: Path, reads: list[str]) -> None:
    """The reason for the last of the papers, too; that of a paper which has to be read comes when it was."""
    (corpus / "zebra.txt").write_text("Zebras in UTF-16", "utf-16")
    (corpus / "zoo.pdf").write_bytes(b"")
    (corpus / "twin.txt").write_bytes((corpus / "fruit.txt").read_bytes())
    (corpus / "gone.txt").symlink_to(corpus / "nowhere.txt")
    (corpus / "mule.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    told: list[tuple[str, int]] = []
    index = build(
        sources_in(corpus),
        SETTINGS,
        FakeEncoder(),
        told=lambda failure: told.append((failure.file, len(reads))),
    )
    assert told == [("gone.txt", 0), ("twin.txt", 0), ("zebra.txt", 0), ("zoo.pdf", 0), ("mule.pdf", 2)]
    assert [failure.file for failure in index.failures] == sorted(name for name, _ in told)
    assert [document.id for document in index.documents] == ["fruit", "stones"]


def test_two_empty_texts_are_empty_and_no_duplicates(corpus: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (corpus / name).write_bytes(b"")
    index = build(sources_in(corpus), SETTINGS, FakeEncoder())
    assert ["is empty" in failure.reason for failure in index.failures] == [True, True]


def test_the_same_paper_twice_is_indexed_once(corpus: Path, small_index: Index) -> None:
    (corpus / "granite.txt").write_bytes((corpus / "stones.txt").read_bytes())
    index = build(sources_in(corpus), SETTINGS, FakeEncoder())
    assert [document.id for document in index.documents] == ["fruit", "granite"]
    (failure,) = index.failures
    assert re.match(
        r"stones\.txt is granite\.txt once more \(the same bytes, SHA-256 \w{64}\); delete one", failure.reason
    )


def test_two_papers_of_one_doi_are_one(corpus: Path) -> None:
    entries = [f"@article{{k{i}, title = {{T}}, doi = {{{doi}}}, file = {{{name}}}}}\n"
               for i, (name, doi) in enumerate([("fruit.txt", "10.1/Ab"), ("stones.txt", "10.1/aB")])]  # fmt: skip
    (corpus / "corpus.bib").write_text("".join(entries), "utf-8")
    first = build(sources_in(corpus), SETTINGS, FakeEncoder())
    again = build(sources_in(corpus), SETTINGS, FakeEncoder(), first)
    for index in (first, again):
        assert [document.id for document in index.documents] == ["fruit"]
        assert [failure.reason for failure in index.failures] == [
            "stones.txt is fruit.txt once more (the same DOI, 10.1/ab); delete one of the two"
        ]


def test_a_new_paper_of_the_same_doi_is_told_by_an_index_that_was_stored(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No stored document is read for it."""
    entry = "@article{{{0}, title = {{T}}, doi = {{10.1/{1}}}, file = {{{0}.txt}}}}\n"
    bibliography = corpus / "corpus.bib"
    bibliography.write_text(entry.format("fruit", "Ab") + entry.format("stones", "c"), "utf-8")
    written(build(sources_in(corpus), SETTINGS, FakeEncoder()), tmp_path / "index")
    (corpus / "zebras.txt").write_text("Zebras are striped.", "utf-8")
    bibliography.write_text(bibliography.read_text("utf-8") + entry.format("zebras", "aB"), "utf-8")
    stored = store.load(tmp_path / "index")
    monkeypatch.setattr(Lines, "_read", None)
    index = build(sources_in(corpus), SETTINGS, FakeEncoder(), stored)
    assert (list(index.keys), dict(index.dois)) == (["fruit", "stones"], {"fruit": "10.1/ab", "stones": "10.1/c"})
    assert [failure.reason for failure in index.failures] == [
        "zebras.txt is fruit.txt once more (the same DOI, 10.1/ab); delete one of the two"
    ]


def test_an_index_knows_its_papers(small_index: Index) -> None:
    assert repr(small_index) == f"Index(2 papers, 3 passages, {small_index.fingerprint[:12]!r})"
    assert list(small_index.by_id.values()) == list(small_index.documents)
    assert [p for name in small_index.by_id for p in small_index.passages_of(name)] == list(small_index.passages)
    assert small_index.passages_of("nowhere") == ()
    sections = small_index.sections_of("fruit")
    assert [(section, kind) for section, kind, _ in sections] == [("Introduction", "body"), ("Results", "body")]
    assert [p for _, _, own in sections for p in own] == list(small_index.passages_of("fruit"))
