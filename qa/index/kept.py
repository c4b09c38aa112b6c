"""A paper as an earlier generation has it, to be shown where what was quoted from it has changed or is gone.

Nothing but the files of that generation is opened, of them only what the one paper needs, and every byte that is read
is checked against the manifest's checksums.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from qa.index import store
from qa.index.index import Index
from qa.index.lines import Lines
from qa.records import document_of, passage_of
from qa.types import Document, Kind, Passage, StoreError

_FRONT = 4096
"""Bytes of a document's line in which its id and its SHA-256 stand. Set by hand on 2026-11-28; a file's name has at
most 255."""


@dataclass(frozen=True)
class Kept:
    """A document and its passages, in reading order, of a generation that was published at that time (UTC).

    It can be read like an index that has no other paper.
    """

    generation: str
    published_at: str
    document: Document
    passages: tuple[Passage, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Document]:
        """The document by its id."""
        return {self.document.id: self.document}

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of the document; () for any other."""
        return self.passages if document_id == self.document.id else ()

    def sections_of(self, document_id: str) -> list[tuple[str, Kind, list[Passage]]]:
        """As `Index.sections_of`."""
        together = groupby(self.passages_of(document_id), key=lambda passage: (passage.section, passage.kind))
        return [(section, kind, list(own)) for (section, kind), own in together]


def versions(folder: Path, document_id: str, sha256: str = "") -> Iterator[Kept]:
    """What the kept generations of an index folder have of a document, those that were published last first.

    Each version comes once. With `sha256`, only those of files whose SHA-256 begins so. The generation in use is left
    out, and so is one that cannot be read or was altered.
    """
    seen = set()
    for name, published_at in _generations(folder):
        try:
            manifest = store.manifest(folder, name)
            version = (manifest["fingerprint"], manifest["keys"].get(document_id))
            if version[1] is None or version in seen:
                continue
            found = _read(folder / name, manifest, document_id, sha256)
        except (OSError, ValueError, KeyError, TypeError, IndexError, StoreError):
            continue
        seen.add(version)
        if found is not None:
            yield Kept(name, published_at, *found)


def generations(folder: Path) -> tuple[str, ...]:
    """The names of the generations that `versions` looks into, those that were published last first."""
    return tuple(name for name, _ in _generations(folder))


def of_file(index: Index, sha256: str) -> list[Document]:
    """The documents of an index whose file has a SHA-256 that begins so, in the index's order.

    No other document is read whole.
    """
    documents = index.documents
    numbers = _numbers(documents, sha256) if isinstance(documents, Lines) else range(len(documents))
    return [document for number in numbers if (document := documents[number]).sha256.startswith(sha256)]


def _numbers(documents: Lines[Document], sha256: str) -> list[int]:
    """The lines of documents that may be of a file with that SHA-256."""
    needle = f'"sha256": "{sha256}'.encode()
    with documents.path.open("rb") as file:
        fronts = (_bytes(file, start, start + _FRONT) for start in documents.starts[:-1].tolist())
        return [number for number, front in enumerate(fronts) if needle in front]


def _bytes(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def _generations(folder: Path) -> list[tuple[str, str]]:
    """The kept generations but the one in use, with the time of their last publication, the latest first."""
    try:
        current, rows = store.current_generation(folder), store.history(folder)
    except StoreError:
        return []
    times = {row["generation"]: row["published_at"] for row in rows if row["kept"] and row["generation"] != current}
    order = dict.fromkeys(row["generation"] for row in reversed(rows))
    return [(name, times[name]) for name in order if name in times]


def _read(
    folder: Path, manifest: Mapping[str, Any], document_id: str, sha256: str
) -> tuple[Document, tuple[Passage, ...]] | None:
    """The document of a generation and its passages; None if it is of another file.

    Raises `OSError`, or what comes of a damaged file.
    """
    checked = _Files(folder, manifest)
    number = json.loads(checked.whole("columns/names.json"))["documents"].index(document_id)
    first = checked.array("columns/first.npy")
    line = checked.part("documents", number, number, number + 1)
    document = document_of(json.loads(line))
    if document.id != document_id or not document.sha256.startswith(sha256):
        return None
    lines = checked.part("passages", number, int(first[number]), int(first[number + 1]))
    return document, tuple(passage_of(json.loads(row)) for row in lines.splitlines())


class _Files:
    """The files of a generation; each byte that is returned was checked."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self._folder, self._manifest = folder, manifest

    def whole(self, name: str) -> bytes:
        data = (self._folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != self._manifest["files"][name]:
            raise ValueError(f"{name} was altered")
        return data

    def array(self, name: str) -> Any:
        self.whole(name)
        return np.load(self._folder / name, allow_pickle=False)

    def part(self, name: str, number: int, first: int, last: int) -> bytes:
        """The lines from `first` up to `last` of a file, which are all that it has of document `number`."""
        path, starts = self._folder / f"{name}.jsonl", self.array(f"{name}.npy")
        start, end = int(starts[first]), int(starts[last])
        if self._manifest["format"] != store.FORMAT:
            return self.whole(path.name)[start:end]
        with path.open("rb") as file:
            data = _bytes(file, start, end)
        checksums = self.array("checksums.npy")
        if hashlib.sha256(data).digest() != checksums[number, ("documents", "passages").index(name)].tobytes():
            raise ValueError(f"{path.name} was altered")
        return data
