"""Papers that a build has read and embedded, on disk: a build that was stopped goes on with them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.index.assemble import Piece
from qa.index.columns import Columns
from qa.index.embed import Vectors
from qa.index.lines import Kept, OnDisk
from qa.records import document_of, document_record, passage_of, passage_record
from qa.types import Document, Passage, StoreError

_DOCUMENT, _PASSAGES, _VECTORS, _INNER = "document.jsonl", "passages.jsonl", "passages.npy", "sentences.npy"
_FILES = "files.json"


class Parts:
    """A folder with a sub-folder for each paper. `fingerprint` is that of the index that is built."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder, self._fingerprint = folder, fingerprint

    def load(self, key: str) -> Piece | None:
        """The paper with that key; None if it was not read yet, or is damaged."""
        path = self._path(key)
        try:
            stated = json.loads((path / _FILES).read_text("utf-8"))
            if any(_sha256(path / name) != sha256 for name, sha256 in stated.items()):
                return None
            documents, passages = Kept(path / _DOCUMENT, document_of), Kept(path / _PASSAGES, passage_of)
            columns = Columns.of(passages)
            return Piece(documents, passages, columns, OnDisk.at(path / _VECTORS), OnDisk.at(path / _INNER))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(
        self, key: str, document: Document, passages: Sequence[Passage], vectors: Vectors, inner: Vectors
    ) -> Piece:
        """Keep a paper; what a stopped build leaves of it is never taken for the whole.

        Raises:
            StoreError: it cannot be written.
        """
        path = self._path(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder) as work:
                made = Path(work) / "part"
                made.mkdir()
                _write(made / _DOCUMENT, [document_record(document)])
                _write(made / _PASSAGES, map(passage_record, passages))
                np.save(made / _VECTORS, vectors)
                np.save(made / _INNER, inner)
                stated = {file.name: _sha256(file) for file in made.iterdir()}
                (made / _FILES).write_text(json.dumps(stated), "utf-8")
                shutil.rmtree(path, ignore_errors=True)
                made.replace(path)
            documents, kept = Kept(path / _DOCUMENT, document_of), Kept(path / _PASSAGES, passage_of)
            return Piece(documents, kept, Columns.of(passages), OnDisk.at(path / _VECTORS), OnDisk.at(path / _INNER))
        except OSError as error:
            raise StoreError(
                f"{self._folder} cannot be written ({error.strerror or error}); the published index has not changed; "
                "when it can be written, `qa index build` goes on from there"
            ) from error

    def has(self, key: str) -> bool:
        """Whether there is a part with that key, sound or damaged."""
        return self._path(key).is_dir()

    def _path(self, key: str) -> Path:
        return self._folder / hashlib.sha256(f"{self._fingerprint} {key}".encode()).hexdigest()[:32]


def _write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
