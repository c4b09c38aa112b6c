"""`Index` ⇄ folder: generations, checksums, atomic publishing, rollback.

    index/CURRENT                   the name of the published generation
    index/history.jsonl             what was published when
    index/<generation>/             never changed once it is there
        manifest.json               format, fingerprint, models, counts, SHA-256 of every file beside it
        documents.jsonl             raw text and metadata of each document
        passages.jsonl              passages with the spans of their sentences
        documents.npy, passages.npy where the lines of the two begin
        columns/                    what search and scopes need of each passage, as columns of numbers
        passages.faiss, sentences.faiss     their vectors; passages-near.faiss finds passages without looking at all
        words/, written.json        BM25; how often each word is written

A generation is named by the SHA-256 of its manifest, so the same corpus gives the same name, and an altered manifest no
longer matches its folder. Readers never write. A writer makes a new folder beside the old ones, loads it back, and then
replaces the small file `CURRENT`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from filelock import FileLock

from qa.config import IndexSettings
from qa.index import dense, lines, written
from qa.index.columns import Columns
from qa.index.dense import Nearest, Rows
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

FORMAT = 3
KEEP = 10
"""How many published generations are kept for a rollback; older ones are deleted when a new one is published."""

_MANIFEST, _DOCUMENTS, _PASSAGES = "manifest.json", "documents.jsonl", "passages.jsonl"
_PASSAGE_ROWS, _SENTENCE_ROWS, _WORDS = "passages.faiss", "sentences.faiss", "words"
_NEAR_PASSAGES = "passages-near.faiss"
_COLUMNS, _WRITTEN, _STARTS = "columns", "written.json", ".npy"
_DOCUMENTS_KEPT, _PASSAGES_KEPT = 256, 20_000
"""Papers and passages that stay in memory once they were read: 10 and 40 MB. Set by hand on 2026-11-27."""
_CURRENT, _HISTORY, _BUILDING, _PARTS = "CURRENT", "history.jsonl", ".building-", ".parts"


def current_generation(folder: Path) -> str | None:
    """The name of the published generation, or None if nothing was published.

    Raises:
        StoreError: `CURRENT` cannot be read, or the generation that it names is missing.
    """
    try:
        name = (folder / _CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / _CURRENT} cannot be read ({error}); run `qa index rollback`") from error
    if not _is_generation(folder / name):
        raise StoreError(
            f"{folder / _CURRENT} names the generation {name!r}, which is missing; "
            "run `qa index rollback` or `qa index build --full`"
        )
    return name


def _is_generation(path: Path) -> bool:
    return path.name.isalnum() and (path / _MANIFEST).is_file()


def load(folder: Path, generation: str | None = None) -> Index:
    """Load the published generation, or a named one; every checksum is checked.

    Raises:
        StoreError: there is no such generation, or a file is missing, altered or of another format; the message names
            the file.
    """
    name = generation or current_generation(folder)
    if name is None:
        raise StoreError(f"there is no index in {folder}; run `qa index build`")
    if not _is_generation(folder / name):
        raise StoreError(f"there is no generation {name!r} in {folder}; `qa index history` lists them")
    return _load(folder / name, name)


def _load(folder: Path, name: str, *, hashed: bool = False) -> Index:
    """Load a generation; its files have been `hashed` if they were written just now."""
    manifest = _manifest(folder, name)
    expected: Mapping[str, str] = {} if hashed else manifest["files"]
    found = each(lambda file: _sha256(folder / file), expected)
    for file, sha256 in zip(expected, found, strict=True):
        if sha256 != expected[file]:
            raise StoreError(
                f"{folder / file} was altered or damaged: its SHA-256 is not the manifest's; "
                "run `qa index rollback` or `qa index build --full`"
            )
    columns = Columns.open(folder / _COLUMNS)
    note(manifest["digests"])
    return Index(
        documents=_lines(folder / _DOCUMENTS, document_of, kept=_DOCUMENTS_KEPT),
        keys=manifest["keys"],
        passages=_lines(folder / _PASSAGES, passage_of, kept=_PASSAGES_KEPT),
        columns=columns,
        passage_vectors=Rows.open(folder / _PASSAGE_ROWS),
        sentence_vectors=Rows.open(folder / _SENTENCE_ROWS),
        words=Words.open(folder / _WORDS),
        count_written=partial(written.load, folder / _WRITTEN),
        settings=IndexSettings.model_validate(manifest["settings"]),
        fingerprint=manifest["fingerprint"],
        encoder_sha256=manifest["encoder_sha256"],
        embedding=manifest.get("embedding", ""),  # generations of older versions do not say
        failures=tuple(Failure(**row) for row in manifest["failures"]),
        make_near_passages=partial(_nearest, folder / _NEAR_PASSAGES),
    )


def _lines(path: Path, make: Callable[[Mapping[str, Any]], _Made], kept: int) -> Lines[_Made]:
    try:
        return Lines(path, np.load(path.with_suffix(_STARTS), mmap_mode="r"), make, kept)
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
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StoreError(f"{path} is not of format {FORMAT}, which this program reads; run `qa index build --full`")
    if not name.startswith(_BUILDING) and _generation_of(data) != name:
        raise StoreError(f"{path} was altered: it is no longer the manifest of {name}; {remedy}")
    return manifest


def _generation_of(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:12]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Lock the index folder for writing; other writers wait. What a killed build left behind is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        for leftover in folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        yield


def publish(index: Index, folder: Path, action: str = "build") -> str:
    """Write an index as a generation and make it current; returns its name. Call it inside `writing`."""
    name = write(index, folder)
    point_to(folder, name, action)
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
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
    try:
        _write(index, building)
        _load(building, building.name, hashed=True)
        name = _generation_of((building / _MANIFEST).read_bytes())
        if (folder / name).exists():
            try:
                _load(folder / name, name)
            except StoreError:
                shutil.rmtree(folder / name)
        if not (folder / name).exists():
            building.chmod(0o755)
            building.replace(folder / name)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return name


def unpublished(folder: Path) -> list[str]:
    """The names of the generations that were written and never published."""
    published = {row["generation"] for row in _published(folder)} | {current_generation(folder)}
    return sorted(path.name for path in folder.iterdir() if _is_generation(path) and path.name not in published)


def discard(folder: Path, name: str) -> None:
    """Delete a generation that was never published; a published one is left alone."""
    if name in unpublished(folder):
        shutil.rmtree(folder / name)


def point_to(folder: Path, name: str, action: str) -> None:
    """Make a generation the current one. A reader sees either the old or the new one, never anything in between.

    Only the last `KEEP` published generations are kept.
    """
    before = (folder / _CURRENT).read_bytes() if (folder / _CURRENT).exists() else b""
    if before.decode(errors="replace").strip() == name:
        return
    _replace(folder / _CURRENT, f"{name}\n")
    entry = {"generation": name, "action": action, "published_at": datetime.now(UTC).isoformat(timespec="seconds")}
    rows = [*_published(folder), entry]
    _replace(folder / _HISTORY, "".join(json.dumps(row) + "\n" for row in rows))
    _prune(folder)


def history(folder: Path) -> list[dict[str, Any]]:
    """The publications, oldest first: generation, action, time (UTC), whether it is `kept`, whether it is `current`."""
    current = current_generation(folder)
    rows = _published(folder)
    last = max((i for i, row in enumerate(rows) if row["generation"] == current), default=-1)
    return [
        row | {"kept": _is_generation(folder / row["generation"]), "current": i == last} for i, row in enumerate(rows)
    ]


def _published(folder: Path) -> list[dict[str, Any]]:
    """The rows of the history; damaged lines are skipped."""
    path = folder / _HISTORY
    if not path.exists():
        return []
    rows = []
    for line in path.read_text("utf-8", errors="replace").splitlines():
        with suppress(ValueError, TypeError, KeyError):
            row = json.loads(line)
            rows.append({name: str(row[name]) for name in ("generation", "action", "published_at")})
    return rows


def rollback(folder: Path, generation: str | None = None) -> str:
    """Go back to a named generation, or to the one before the current one; returns its name.

    Raises:
        StoreError: there is no such generation, or it is damaged.
    """
    if generation is None:
        generation = _previous(folder)
    load(folder, generation)
    point_to(folder, generation, "rollback")
    return generation


def _previous(folder: Path) -> str:
    """The last existing generation that was published before the current one; a `StoreError` if there is none."""
    names = list(dict.fromkeys(row["generation"] for row in _published(folder)))
    try:
        current = (folder / _CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        current = ""
    earlier = names[: names.index(current)] if current in names else names
    for name in reversed(earlier):
        if _is_generation(folder / name):
            return str(name)
    raise StoreError(f"{folder} has no earlier generation to go back to; `qa index history` lists them")


def forget(folder: Path, document_id: str) -> list[str]:
    """Delete every generation except the current one that may hold a document; returns their names."""
    current = current_generation(folder)
    forgotten = []
    for path in sorted(folder.iterdir()):
        if _is_generation(path) and path.name != current and _may_hold(path, document_id):
            shutil.rmtree(path)
            forgotten.append(path.name)
    return forgotten


def _may_hold(path: Path, document_id: str) -> bool:
    """Whether a generation holds a document; True if it is too damaged to tell."""
    try:
        return document_id in _manifest(path, path.name)["keys"]
    except StoreError:
        return True


def clear(folder: Path) -> None:
    """Delete all generations, parts and the pointer, after the last paper was removed; the history stays."""
    (folder / _CURRENT).unlink(missing_ok=True)
    clear_parts(folder)
    for path in folder.iterdir():
        if _is_generation(path):
            shutil.rmtree(path)


def problems(folder: Path) -> list[str]:
    """Everything that is wrong with the published index (checksums, counts, spans, quotes); [] if it is sound."""
    try:
        index = load(folder)
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
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    manifest = {
        "format": FORMAT,
        "fingerprint": index.fingerprint,
        "settings": index.settings.model_dump(mode="json"),
        "encoder_sha256": index.encoder_sha256,
        "embedding": index.embedding,
        "keys": dict(index.keys),
        "counts": {
            "documents": len(index.documents),
            "passages": len(index.passages),
            "sentences": index.sentence_vectors.n,
        },
        "failures": [asdict(failure) for failure in index.failures],
        "digests": dict(map(noted, (code_files(), layout_files()))),
        "files": dict(zip(files, each(lambda file: _sha256(folder / file), files), strict=True)),
    }
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / _MANIFEST).write_text(text, "utf-8")


def write_vectors(rows: Rows, path: Path) -> None:
    """Write vectors block by block."""
    with dense.writing(path, rows.d) as file:
        for block in rows.blocks:
            file.add(np.asarray(block))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreError(f"{path} is missing or cannot be read; run `qa index build --full`") from error


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", prefix=_BUILDING, dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    written = Path(file.name)
    written.chmod(0o644)
    written.replace(path)


def _prune(folder: Path) -> None:
    published = list(dict.fromkeys(row["generation"] for row in reversed(_published(folder))))
    for name in published[KEEP:]:
        if _is_generation(folder / name):
            shutil.rmtree(folder / name)
