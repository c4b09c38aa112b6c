"""`Index` ⇄ folder: generations, checksums, atomic publishing, rollback.

    index/CURRENT                   the name of the published generation
    index/history.jsonl             what was published when, by whom and why (`qa.index.history`)
    index/audit.jsonl               who did what (`qa.index.audit`)
    index/.<generation>.json        what the system says of its files: so long as it says the same, they are the same
    index/<generation>/             never changed once it is there
        manifest.json               format, fingerprint, models, counts, checksum of every file beside it
        documents.jsonl             raw text and metadata of each document
        passages.jsonl              passages with the spans of their sentences
        documents.npy, passages.npy where the lines of the two begin
        columns/                    what search and scopes need of each passage, as columns of numbers
        passages.faiss, sentences.faiss     their vectors; passages-near.faiss finds passages without looking at all
        words/, written.json        BM25; how often each word is written
        checksums.npy               the SHA-256 of each paper in the four large files (`qa.index.checksums`)

A generation is named by the SHA-256 of its manifest, so the same corpus gives the same name, and an altered manifest no
longer matches its folder. Readers never write. A writer makes a new folder beside the old ones, loads it back, and then
replaces the small file `CURRENT`.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from qa.config import IndexSettings
from qa.index import arrays, dense, lines, written
from qa.index import history as publications
from qa.index.checksums import ByPaper
from qa.index.columns import Columns
from qa.index.dense import Nearest, Rows
from qa.index.folder import BUILDING, CURRENT, delete, named, replace
from qa.index.folder import lock_of as lock_of
from qa.index.folder import writing as writing
from qa.index.history import NOT_ASKED, Decision, Row
from qa.index.index import Failure, Index
from qa.index.keys import code_files
from qa.index.lexical import Words
from qa.index.lines import Lines
from qa.index.network import each
from qa.papers.rules import note, noted
from qa.papers.sources import layout_files
from qa.records import document_of, document_record, passage_of, passage_record
from qa.types import QuoteError, StoreError, check_quote

_Made = TypeVar("_Made")

FORMAT = 4
_WITHOUT_PAPERS = 3
"""The format in which the checksum of a large file is the SHA-256 of its bytes; it is still read."""
KEEP = 10
"""How many published generations are kept for a rollback; older ones are deleted when another one is published."""

_MANIFEST, _DOCUMENTS, _PASSAGES = "manifest.json", "documents.jsonl", "passages.jsonl"
_PASSAGE_ROWS, _SENTENCE_ROWS, _WORDS = "passages.faiss", "sentences.faiss", "words"
_NEAR_PASSAGES = "passages-near.faiss"
_COLUMNS, _WRITTEN, _CHECKSUMS, _STARTS = "columns", "written.json", "checksums.npy", ".npy"
_LARGE = (_DOCUMENTS, _PASSAGES, _PASSAGE_ROWS, _SENTENCE_ROWS)
"""The files with the bytes of each paper behind those of another."""
_DOCUMENTS_KEPT, _PASSAGES_KEPT = 256, 20_000
"""Papers and passages that stay in memory once they were read: 10 and 40 MB. Set by hand on 2026-11-27."""
_FORM: Mapping[str, Any] = {"indent": 1, "sort_keys": True, "ensure_ascii": False}
"""How a manifest is written."""
_SETTLED = 50_000_000
"""Nanoseconds after which a file that is written to has another time than before; systems count in 1 to 10 ms. Set by
hand on 2026-11-27."""
_PARTS = ".parts"
_FORCED = "forced"
"""What a manifest has of a generation that was published though a gate failed: `why`, `by`, and the gates."""


def current_generation(folder: Path) -> str | None:
    """The name of the published generation, or None if nothing was published.

    Raises:
        StoreError: `CURRENT` cannot be read, or the generation that it names is missing.
    """
    try:
        name = (folder / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / CURRENT} cannot be read ({error}); run `qa index rollback`") from error
    if not _is_generation(folder / name):
        if named(folder) != name:  # another one was published meanwhile
            return current_generation(folder)
        raise StoreError(
            f"{folder / CURRENT} names the generation {name!r}, which is missing; "
            "run `qa index rollback` or `qa index build --full`"
        )
    return name


def published(folder: Path, opened: Callable[[str], _Made]) -> _Made:
    """What `opened` makes of the name of the published generation, which is asked for anew if another program has
    published one and deleted the other meanwhile.

    Raises:
        StoreError: nothing was published, or what `opened` raises.
    """
    name = current_generation(folder)
    if name is None:
        raise StoreError(f"there is no index in {folder}; run `qa index build`")
    try:
        return opened(name)
    except (StoreError, OSError):
        if named(folder) == name:
            raise
    return published(folder, opened)


def _is_generation(path: Path) -> bool:
    return path.name.isalnum() and (path / _MANIFEST).is_file()


def load(folder: Path, generation: str | None = None, *, every_byte: bool = True) -> Index:
    """Load the published generation, or a named one; every checksum is checked.

    Without `every_byte`, a file is not read for that if the system says of it what it said when it was written here:
    its size, its times, where it lies. So a later build notices whatever was written into it, but no failing disk.

    Raises:
        StoreError: there is no such generation, or a file is missing, altered or of another format; the message names
            the file.
    """
    if not generation:
        return published(folder, lambda name: load(folder, name, every_byte=every_byte))
    name = generation
    if not _is_generation(folder / name):
        raise StoreError(f"there is no generation {name!r} in {folder}; `qa index history` lists them")
    return _load(folder / name, name, {} if every_byte else _unchanged(folder, name))


def _load(folder: Path, name: str, sound: Collection[str] = ()) -> Index:
    """Load a generation; those of its files that are known to be `sound` are not read for their checksums.

    All of them are open then: who holds it can ask it though its folder is deleted.
    """
    manifest = _manifest(folder, name)
    _check(folder, manifest, sound)
    columns = Columns.open(folder / _COLUMNS)
    passage_vectors = Rows.open(folder / _PASSAGE_ROWS)
    nearest = _nearest(folder / _NEAR_PASSAGES, passage_vectors)
    note(manifest["digests"])
    return Index(
        documents=_lines(folder / _DOCUMENTS, document_of, kept=_DOCUMENTS_KEPT),
        keys=manifest["keys"],
        passages=_lines(folder / _PASSAGES, passage_of, kept=_PASSAGES_KEPT),
        columns=columns,
        passage_vectors=passage_vectors,
        sentence_vectors=Rows.open(folder / _SENTENCE_ROWS),
        words=Words.open(folder / _WORDS),
        count_written=written.opened(folder / _WRITTEN),
        settings=IndexSettings.of(manifest["settings"]),
        fingerprint=manifest["fingerprint"],
        encoder_sha256=manifest["encoder_sha256"],
        embedding=manifest.get("embedding", ""),  # generations of older versions do not say
        failures=tuple(Failure(**row) for row in manifest["failures"]),
        dois=manifest.get("dois", {}),
        checksums=arrays.mapped(folder / _CHECKSUMS) if manifest["format"] == FORMAT else None,
        make_near_passages=lambda rows: nearest,
    )


def _check(folder: Path, manifest: Mapping[str, Any], sound: Collection[str]) -> None:
    """Raise a `StoreError` unless each checksum is the manifest's; every byte is read but of the `sound` files."""
    expected: Mapping[str, str] = {file: sha256 for file, sha256 in manifest["files"].items() if file not in sound}
    large = expected.keys() & set(_LARGE) if manifest["format"] == FORMAT else set()
    whole = [file for file in expected if file not in large]
    for file, sha256 in zip(whole, each(lambda file: _sha256(folder / file), whole), strict=True):
        if sha256 != expected[file]:
            raise _altered(folder / file)
    if large:
        for papers in _by_paper(folder, Columns.open(folder / _COLUMNS), manifest["dimension"]):
            name = papers.path.name
            try:
                if name in large and not (papers.fits() and papers.checksum(papers.sums()) == expected[name]):
                    raise _altered(papers.path)
            except OSError as error:
                raise _unreadable(papers.path) from error


def _seen(folder: Path) -> dict[str, list[int]]:
    """What the system says of each file of a generation: its size, its times, where it lies."""
    found = {}
    for path in folder.rglob("*"):
        stat = path.stat()
        if not path.is_dir():
            name = path.relative_to(folder).as_posix()
            found[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    return found


def _unchanged(folder: Path, name: str) -> set[str]:
    """The files of a generation of which the system says what it said when they were written here."""
    try:
        then = json.loads(_notes(folder, name).read_text("utf-8"))
        noted_at = _notes(folder, name).stat().st_mtime_ns
        now = _seen(folder / name)
    except (OSError, ValueError):
        return set()
    return {file for file, seen in now.items() if then.get(file) == seen and seen[1] + _SETTLED < noted_at}


def _notes(folder: Path, name: str) -> Path:
    return folder / f".{name}.json"


def _delete(generation: Path) -> None:
    _notes(generation.parent, generation.name).unlink(missing_ok=True)
    delete(generation)


def _altered(path: Path) -> StoreError:
    return StoreError(
        f"{path} was altered or damaged: its checksum is not the manifest's; "
        "run `qa index rollback` or `qa index build --full`"
    )


def _by_paper(folder: Path, columns: Columns, d: int) -> list[ByPaper]:
    """The large files, with where each paper begins; `d` numbers make a vector."""
    first = np.asarray(columns.first)
    bounds = (
        arrays.read((folder / _DOCUMENTS).with_suffix(_STARTS)),
        arrays.read((folder / _PASSAGES).with_suffix(_STARTS))[first],
        dense.places(first, d),
        dense.places(np.asarray(columns.sentences)[first], d),
    )
    return [ByPaper(folder / name, own) for name, own in zip(_LARGE, bounds, strict=True)]


def _lines(path: Path, make: Callable[[Mapping[str, Any]], _Made], kept: int) -> Lines[_Made]:
    try:
        return Lines(path, arrays.mapped(path.with_suffix(_STARTS)), make, kept)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); run `qa index build --full`") from error


def _nearest(path: Path, rows: Rows) -> Nearest | None:
    return Nearest.open(path, rows) if path.exists() else None


def _manifest(folder: Path, name: str) -> Mapping[str, Any]:
    path = folder / _MANIFEST
    remedy = "run `qa index rollback` or `qa index build --full`"
    try:
        data = path.read_bytes()
        manifest = json.loads(data)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); {remedy}") from error
    if not isinstance(manifest, dict) or manifest.get("format") not in (_WITHOUT_PAPERS, FORMAT):
        raise StoreError(f"{path} is not of format {FORMAT}, which this program reads; run `qa index build --full`")
    if not name.startswith(BUILDING) and _generation_of(data) != name:
        raise StoreError(f"{path} was altered: it is no longer the manifest of {name}; {remedy}")
    return manifest


def manifest(folder: Path, name: str) -> Mapping[str, Any]:
    """The manifest of a generation. Raises `StoreError` if it is missing, was altered or is of another format."""
    return _manifest(folder / name, name)


def _generation_of(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:12]


def publish(index: Index, folder: Path, action: str = "build", by: str = "", why: str = "") -> str:
    """Write an index as a generation and make it current; returns its name. Call it inside `writing`."""
    name = write(index, folder)
    point_to(folder, name, action, by, Decision(why=why))
    return name


def parts(folder: Path) -> Path:
    """The folder in which a build keeps what it has read; `clear_parts` deletes it when that is published."""
    return folder / _PARTS


def clear_parts(folder: Path) -> None:
    """Delete what builds have read: a generation has it."""
    shutil.rmtree(folder / _PARTS, ignore_errors=True)


def write(index: Index, folder: Path) -> str:
    """Write an index as a generation beside the others and load it back; returns its name.

    Call it inside `writing`. Readers see no change until `point_to`. If the generation is never published, remove it
    with `discard`.

    Raises:
        StoreError: what was written cannot be loaded; nothing is left of it.
    """
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder))
    try:
        _write(index, building)
        seen = _seen(building)  # before it is read for its checksums: what comes later is noticed
        (building / _MANIFEST).write_text(_described(index, building), "utf-8")
        _load(building, building.name, sound=seen)
        name = _generation_of((building / _MANIFEST).read_bytes())
        if (folder / name).exists():
            try:
                _load(folder / name, name)
            except StoreError:
                _delete(folder / name)
        if not (folder / name).exists():
            building.chmod(0o755)
            building.replace(folder / name)
            _replace(_notes(folder, name), json.dumps(seen))
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return name


def keys(folder: Path) -> Mapping[str, str]:
    """The keys of the papers of the current generation, by id; {} if there is none, or it is damaged."""
    return _keys(folder, named(folder))


def unpublished(folder: Path) -> list[str]:
    """The names of the generations that were written and never published."""
    published = {row["generation"] for row in publications.rows(folder)} | {named(folder)}
    return sorted(path.name for path in folder.iterdir() if _is_generation(path) and path.name not in published)


def discard(folder: Path, name: str) -> None:
    """Delete a generation that was never published; a published one is left alone."""
    if name in unpublished(folder):
        _delete(folder / name)


def point_to(folder: Path, name: str, action: str, by: str = "", decision: Decision = NOT_ASKED) -> str:
    """Make a generation the current one; returns its name. Call it inside `writing`.

    A reader sees either the old or the new one, never anything in between. A generation that is published though a
    gate failed becomes another one, whose manifest says so. Only the last `KEEP` published generations are kept.
    """
    before = named(folder)
    if before == name:
        return name
    rows = _complete(folder, before)
    changes = publications.changes_between(_keys(folder, before), _keys(folder, name))
    if decision.gates == "failed":
        name = _forced(folder, name, by, decision)
    rows.append(publications.row_of(name, action, by, changes, decision))
    replace((folder / CURRENT, f"{name}\n"), (folder / publications.FILE, publications.text_of(rows)))
    prune(folder, KEEP)
    return name


def _complete(folder: Path, current: str) -> list[Row]:
    """The history. If a killed program published the current generation and left no line of it, it has one now."""
    rows = publications.rows(folder)
    if _is_generation(folder / current) and (not rows or rows[-1]["generation"] != current):
        at = datetime.fromtimestamp((folder / CURRENT).stat().st_mtime, UTC)
        changes = publications.changes_between(
            _keys(folder, rows[-1]["generation"] if rows else ""), _keys(folder, current)
        )
        rows.append(publications.row_of(current, publications.UNKNOWN, changes=changes, at=at))
    return rows


def _keys(folder: Path, name: str) -> Mapping[str, str]:
    """The keys of the papers of a generation; {} if it is not there or damaged."""
    try:
        keys: Mapping[str, str] = _manifest(folder / name, name)["keys"] if name else {}
    except StoreError:
        keys = {}
    return keys


def _forced(folder: Path, name: str, by: str, decision: Decision) -> str:
    """Write a generation once more, with the same files and a manifest that says why it was published; its name."""
    forced = {"why": decision.why, "by": by, "gates": list(decision.failed)}
    manifest = json.dumps({**_manifest(folder / name, name), _FORCED: forced}, **_FORM) + "\n"
    other = _generation_of(manifest.encode())
    if not _is_generation(folder / other):
        building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder))
        try:
            shutil.copytree(folder / name, building, copy_function=_linked, dirs_exist_ok=True)
            (building / _MANIFEST).unlink()  # the files are those of the other generation, and this one is not
            (building / _MANIFEST).write_text(manifest, "utf-8")
            building.chmod(0o755)
            building.replace(folder / other)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    if name in unpublished(folder):
        _delete(folder / name)
    return other


def _linked(source: str, target: str) -> None:
    """Give a file another name, or copy it where that cannot be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def forced(folder: Path, name: str) -> Mapping[str, Any] | None:
    """Why a generation was published though a gate failed: `why`, `by`, `gates`; None if that was not so.

    Raises:
        StoreError: its manifest cannot be read.
    """
    found: Mapping[str, Any] | None = _manifest(folder / name, name).get(_FORCED)
    return found


def history(folder: Path) -> list[Row]:
    """The publications, oldest first, each with whether it is `kept`, and whether it is `current`."""
    current = current_generation(folder)
    rows = _complete(folder, current or "")
    last = max((i for i, row in enumerate(rows) if row["generation"] == current), default=-1)
    return [
        row | {"kept": _is_generation(folder / row["generation"]), "current": i == last} for i, row in enumerate(rows)
    ]


def titles(folder: Path, rows: Iterable[Row]) -> dict[str, str]:
    """The titles of the papers that `in_words` names of publications, by id, from the generations that are kept."""
    wanted = {name for row in rows for what in publications.CHANGES for name in row[what][: publications.NAMED]}
    found: dict[str, str] = {}
    kept = dict.fromkeys([named(folder), *(row["generation"] for row in reversed(publications.rows(folder)))])
    for generation in kept:
        missing = (wanted - found.keys()) & _keys(folder, generation).keys()
        if missing and _is_generation(folder / generation):
            with suppress(StoreError):
                documents = load(folder, generation, every_byte=False).by_id
                found |= {name: documents[name].title for name in missing}
    return found


def rollback(folder: Path, generation: str | None = None, by: str = "", why: str = "") -> str:
    """Go back to a named generation, or to the one before the current one; returns its name.

    Raises:
        StoreError: there is no such generation, or it is damaged.
    """
    if generation is None:
        generation = _previous(folder)
    load(folder, generation)
    return point_to(folder, generation, publications.ROLLBACK, by, Decision(why=why))


def _previous(folder: Path) -> str:
    """The last existing generation that was in use before the current one; a `StoreError` if there is none."""
    current = named(folder)
    earlier = publications.line(publications.rows(folder))
    if current in earlier:
        del earlier[len(earlier) - 1 - earlier[::-1].index(current) :]
    for name in reversed(earlier):
        if name != current and _is_generation(folder / name):
            return name
    raise StoreError(f"{folder} has no earlier generation to go back to; `qa index history` lists them")


def prune(folder: Path, keep: int) -> list[str]:
    """Delete all published generations but the last `keep`, at least 1, and the current one; returns their names.

    Call it inside `writing`.
    """
    latest = dict.fromkeys(row["generation"] for row in reversed(publications.rows(folder)))
    there = [name for name in latest if _is_generation(folder / name)]
    current = named(folder)
    kept = [current, *(name for name in there if name != current)][:keep]
    gone = [name for name in there if name not in kept]
    for name in gone:
        _delete(folder / name)
    return gone


def forget(folder: Path, document_id: str) -> list[str]:
    """Delete every generation except the current one that may hold a document; returns their names.

    Those too that hold its file under another name, unless the current one still does. The history no longer names it
    either. Call it inside `writing`.
    """
    current = current_generation(folder)
    rows = publications.rows(folder)
    if (without := publications.without(rows, document_id)) != rows:
        _replace(folder / publications.FILE, publications.text_of(without))
    older = [path for path in sorted(folder.iterdir()) if _is_generation(path) and path.name != current]
    files = set(chain.from_iterable(_files_of(path, document_id) for path in older))
    files = {sha256 for sha256 in files if not (current and _has_file(folder / current, sha256))}
    forgotten = [path for path in older if _may_hold(path, document_id, files)]
    for path in forgotten:
        _delete(path)
    return [path.name for path in forgotten]


def _files_of(path: Path, document_id: str) -> list[str]:
    """The SHA-256 of a document's file, if a generation holds it and is sound enough to tell."""
    try:
        manifest = _manifest(path, path.name)
        if document_id in manifest["keys"]:
            return [_load(path, path.name, sound=manifest["files"]).by_id[document_id].sha256]
    except (StoreError, OSError, KeyError):  # damaged; it is deleted then for its keys
        pass
    return []


def _has_file(path: Path, sha256: str) -> bool:
    """Whether one of the documents of a generation was read from the file with a SHA-256."""
    with (path / _DOCUMENTS).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines_of_all:
        return lines_of_all.find(f'"sha256": "{sha256}"'.encode()) >= 0


def _may_hold(path: Path, document_id: str, files: Iterable[str]) -> bool:
    """Whether a generation holds a document, or one of these files; True if it is too damaged to tell."""
    try:
        return document_id in _manifest(path, path.name)["keys"] or any(_has_file(path, file) for file in files)
    except (StoreError, OSError, ValueError):
        return True


def clear(folder: Path) -> None:
    """Delete all generations, parts and the pointer, after the last paper was removed; the history stays."""
    (folder / CURRENT).unlink(missing_ok=True)
    clear_parts(folder)
    for path in folder.iterdir():
        if _is_generation(path):
            _delete(path)


def problems(folder: Path, generation: str | None = None) -> list[str]:
    """Everything that is wrong with the published index, or a named generation (checksums, counts, spans, quotes); []
    if it is sound."""
    try:
        index = load(folder, generation)
    except StoreError as error:
        return [str(error)]
    found = []
    documents = index.by_id
    for passage in index.passages:
        for text, spans in [(passage.text, passage.spans), *((s.text, s.spans) for s in passage.sentences)]:
            try:
                check_quote(documents[passage.document], text, spans)
            except (KeyError, QuoteError) as error:
                found.append(f"{passage.id}: {error}")
    if not index.columns.fit(index.passages):
        found.append(f"{folder}: what search knows of the passages is not theirs; run `qa index build --full`")
    return found


def _write(index: Index, folder: Path) -> None:
    """Write an index into an empty folder. What it takes over from another one is copied as it is."""
    documents, passages = folder / _DOCUMENTS, folder / _PASSAGES
    np.save(documents.with_suffix(_STARTS), lines.write(documents, index.documents, document_record))
    np.save(passages.with_suffix(_STARTS), lines.write(passages, index.passages, passage_record))
    write_vectors(index.passage_vectors, folder / _PASSAGE_ROWS)
    write_vectors(index.sentence_vectors, folder / _SENTENCE_ROWS)
    if nearest := index.make_near_passages(Rows.open(folder / _PASSAGE_ROWS)):
        nearest.save(folder / _NEAR_PASSAGES)
    index.columns.save(folder / _COLUMNS)
    index.words.save(folder / _WORDS)
    written.save(index.written, folder / _WRITTEN)


def _described(index: Index, folder: Path) -> str:
    """The manifest of an index in its folder; writes the checksums of its papers there too."""
    sums = dict(_sums(index, folder))
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    whole = [file for file in files if file not in sums]
    manifest = {
        "format": FORMAT,
        "fingerprint": index.fingerprint,
        "settings": asdict(index.settings),
        "encoder_sha256": index.encoder_sha256,
        "embedding": index.embedding,
        "keys": dict(index.keys),
        "counts": {
            "documents": len(index.documents),
            "passages": len(index.passages),
            "sentences": index.sentence_vectors.n,
        },
        "failures": [asdict(failure) for failure in index.failures],
        "dimension": index.passage_vectors.d,
        "dois": dict(index.dois),
        "digests": dict(map(noted, (code_files(), layout_files()))),
        "files": dict(zip(whole, each(lambda file: _sha256(folder / file), whole), strict=True)) | sums,
    }
    return json.dumps(manifest, **_FORM) + "\n"


def _sums(index: Index, folder: Path) -> Iterator[tuple[str, str]]:
    """The checksums of the large files; keeps those of the papers, of which only the new ones are read."""
    files = _by_paper(folder, index.columns, index.passage_vectors.d)
    known = index.checksums
    sums = [file.sums(None if known is None else known[:, number]) for number, file in enumerate(files)]
    np.save(folder / _CHECKSUMS, np.stack(sums, axis=1))
    return ((file.path.name, file.checksum(own)) for file, own in zip(files, sums, strict=True))


def write_vectors(rows: Rows, path: Path) -> None:
    """Write vectors block by block."""
    with dense.writing(path, rows.d) as file:
        for block in rows.blocks:
            file.add(block)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> StoreError:
    return StoreError(f"{path} is missing or cannot be read; run `qa index build --full`")


def _replace(path: Path, text: str) -> None:
    replace((path, text))


class Leftovers(NamedTuple):
    """What programs that were stopped have left: files that were written, papers that were read, halves of generations
    that were deleted."""

    written: list[Path]
    read: list[Path]
    deleted: list[Path]


def leftovers(folder: Path) -> Leftovers:
    """What is left in the folder of an index of programs that were stopped, or is being written at this moment."""
    if not folder.is_dir():
        return Leftovers([], [], [])
    folders = [path for path in sorted(folder.iterdir()) if re.fullmatch(r"[0-9a-f]{12}", path.name) and path.is_dir()]
    return Leftovers(
        written=sorted(folder.glob(f"{BUILDING}*")),
        read=sorted(parts(folder).glob("*")),
        deleted=[path for path in folders if not _is_generation(path)],
    )
