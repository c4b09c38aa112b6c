"""Models that remember: what a network made of an input is kept, since it depends on nothing else.

A question set that is asked of two indexes gives the networks mostly the same to read. Both caches give to the last bit
what their models give, and several threads may use them. They are bounded: what was not used for longest goes first.
With `recall` off they only learn: the models are asked each time, as where times are measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from qa.answers import cross_encoder, inputs
from qa.answers.cross_encoder import AnswerSpan, Judge, Judgement
from qa.answers.models import Models
from qa.index import embed, minilm, network, reference
from qa.index.embed import Encoder, Vectors
from qa.papers.rules import digest
from qa.types import StoreError

JUDGEMENTS = 60_000
"""Judgements that are kept, about 30 MB; a set of 269 questions needs 5,000 on an index. Set by hand on 2026-11-27."""
TEXTS = 20_000
"""Texts whose vectors are kept, about 30 MB; a set of 269 questions has 2,400. Set by hand on 2026-11-27."""
_BYTES = 16
"""Bytes of a key. The odds that two of a million inputs have the same one are 1 to 10^26."""
_LIBRARIES = ("numpy", "onnxruntime", "tokenizers")

T = TypeVar("T")
Arrays = Mapping[str, NDArray[Any]]


class CachedCrossEncoder:
    """A cross-encoder that judges nothing twice.

    A judgement is known by the hash of what the network reads: question, heading and sentences. `judged` counts the
    passages that the network has judged, and `known` those that it did not need to.
    """

    def __init__(self, model: Judge, most: int = JUDGEMENTS, *, recall: bool = True) -> None:
        self.sha256 = model.sha256
        self.judged = self.known = 0
        self._model = model
        self._most = most
        self._recall = recall
        self._judgements: OrderedDict[bytes, Judgement] = OrderedDict()
        self._lock = threading.Lock()

    def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
        """Judge each passage, as `CrossEncoder.judge` does."""
        keys = [_key([question, heading, *sentences]) for heading, sentences in passages]
        with self._lock:
            found = {key: self._judgements[key] for key in keys if self._recall and key in self._judgements}
            for key in found:
                self._judgements.move_to_end(key)
        unknown = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in found}
        if unknown:
            found |= zip(unknown, self._model.judge(question, list(unknown.values())), strict=True)
        with self._lock:
            self.judged += len(unknown)
            self.known += len(keys) - len(unknown)
            self._judgements |= {key: found[key] for key in unknown}
            while len(self._judgements) > self._most:
                self._judgements.popitem(last=False)
        return [found[key] for key in keys]

    def save(self, path: Path) -> None:
        """Write the judgements to a file (`.npz`).

        `keys` is uint8, (n, 16). `numbers` is float64, (n, 3): relevance, no answer, and how many sentences there are,
        whose logits follow each other in `sentences`, float64. `spans` is int64, (n, 4), -1 where there is no span.

        Raises:
            StoreError: the file cannot be written; what it held stays.
        """
        with self._lock:
            rows = dict(self._judgements)
        every = rows.values()
        numbers = [(one.relevance, one.no_answer, len(one.sentences)) for one in every]
        spans = [(s.first, s.start, s.last, s.end) if (s := one.span) else (-1,) * 4 for one in every]
        arrays = {
            "numbers": np.array(numbers, dtype=np.float64).reshape(-1, 3),
            "spans": np.array(spans, dtype=np.int64).reshape(-1, 4),
            "sentences": np.array([logit for one in every for logit in one.sentences], dtype=np.float64),
        }
        _write(path, self._made_by(), rows, arrays)

    def load(self, path: Path) -> int:
        """Take the judgements of a file, and return how many it has.

        A file that is missing or damaged, or that another model, code, library or processor has written, has none.
        """
        rows = _read(path, self._made_by(), _judgements)
        with self._lock:
            self._judgements |= rows
        return len(rows)

    def _made_by(self) -> str:
        return f"{self.sha256} {_code()}"


class CachedEncoder:
    """An encoder that is never given the same texts together twice.

    What is known is a whole call, since an encoder may pad a batch to its longest text, which changes the last bits of
    the others. `encoded` counts the texts that were encoded.
    """

    def __init__(self, encoder: Encoder, most: int = TEXTS, *, recall: bool = True) -> None:
        self.name, self.sha256, self.alone = encoder.name, encoder.sha256, encoder.alone
        self.encoded = 0
        self._encoder = encoder
        self._most = most
        self._recall = recall
        self._texts = 0
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d), in the order of the texts; they cannot be written to."""
        key = _key(texts)
        with self._lock:
            if self._recall and key in self._vectors:
                self._vectors.move_to_end(key)
                return self._vectors[key]
        vectors = self._encoder.encode(texts)
        vectors.setflags(write=False)
        self._take({key: vectors})
        self.encoded += len(texts)
        return vectors

    def save(self, path: Path) -> None:
        """Write the vectors to a file (`.npz`).

        `keys` is uint8, (n, 16), a row for each call; `counts`, int64, (n,), says how many texts it had, whose vectors
        follow each other in `vectors`, float32, (texts, d).

        Raises:
            StoreError: the file cannot be written; what it held stays.
        """
        with self._lock:
            rows = dict(self._vectors)
        if not rows:
            return
        counts = np.array([len(vectors) for vectors in rows.values()], dtype=np.int64)
        _write(path, self._made_by(), rows, {"counts": counts, "vectors": np.concatenate(list(rows.values()))})

    def load(self, path: Path) -> int:
        """Take the vectors of a file, and return of how many calls it has some; as for `CachedCrossEncoder.load`."""
        rows = _read(path, self._made_by(), _vectors)
        self._take(rows)
        return len(rows)

    def _take(self, rows: Mapping[bytes, Vectors]) -> None:
        with self._lock:
            for key, vectors in rows.items():
                self._texts += len(vectors) if key not in self._vectors else 0
                self._vectors[key] = vectors
            while self._texts > self._most:
                self._texts -= len(self._vectors.popitem(last=False)[1])

    def _made_by(self) -> str:
        return f"{self.name} {self.sha256} {_code()}"


class Caches:
    """The caches around an encoder and a cross-encoder, kept in a folder from one process to the next."""

    def __init__(self, folder: Path, *, recall: bool = True) -> None:
        self.recall = recall
        self._judgements, self._vectors = folder / "judgements.npz", folder / "vectors.npz"
        self.cross_encoder: CachedCrossEncoder | None = None
        self.encoder: CachedEncoder | None = None

    def around(self, models: Models) -> Models:
        """The same models with the caches around them. Other models than at the last call begin with empty ones."""
        model, encoder = models.cross_encoder, models.encoder
        if self.encoder is None or (self.encoder.name, self.encoder.sha256) != (encoder.name, encoder.sha256):
            self.encoder = CachedEncoder(encoder, recall=self.recall)
            self.encoder.load(self._vectors)
        if model and (self.cross_encoder is None or self.cross_encoder.sha256 != model.sha256):
            self.cross_encoder = CachedCrossEncoder(model, recall=self.recall)
            self.cross_encoder.load(self._judgements)
        return replace(models, encoder=self.encoder, cross_encoder=self.cross_encoder if model else None)

    def save(self) -> None:
        """Write both to the folder. Raises `StoreError` if that is not possible."""
        if self.encoder:
            self.encoder.save(self._vectors)
        if self.cross_encoder:
            self.cross_encoder.save(self._judgements)


# Keys and files


def _key(texts: Sequence[str]) -> bytes:
    return hashlib.blake2b(json.dumps(list(texts)).encode(), digest_size=_BYTES).digest()


@lru_cache(maxsize=1)
def _code() -> str:
    """What a network's output depends on besides its input and its weights: code, libraries and processor."""
    modules = (cross_encoder, inputs, embed, minilm, network, reference)
    files = [Path(module.__file__ or "") for module in modules]
    return " ".join([digest(files), *(f"{name} {version(name)}" for name in _LIBRARIES), network.processor()])


def _write(path: Path, made_by: str, keys: Mapping[bytes, object], arrays: Arrays) -> None:
    """Write to a file of another name first, so that `path` is whole at any time."""
    rows = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, _BYTES)
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".tmp", path.name, path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, made_by=np.array(made_by), keys=rows, **arrays)
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written ({error}); check the disk and the folder's permissions") from error


def _read(path: Path, made_by: str, rows_of: Callable[[Arrays], dict[bytes, T]]) -> dict[bytes, T]:
    """The rows of a file; {} if it is missing or damaged (a zip file has checksums), or made by something else."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return rows_of(file) if str(file["made_by"]) == made_by else {}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


def _judgements(file: Arrays) -> dict[bytes, Judgement]:
    numbers, spans = file["numbers"].tolist(), file["spans"].tolist()
    logits = iter(_parts(file["sentences"], file["numbers"][:, 2]))
    return {
        key: Judgement(tuple(next(logits).tolist()), relevance, no_answer, AnswerSpan(*s) if s[0] >= 0 else None)
        for key, (relevance, no_answer, _), s in zip(_keys(file), numbers, spans, strict=True)
    }


def _vectors(file: Arrays) -> dict[bytes, Vectors]:
    vectors = file["vectors"]
    vectors.setflags(write=False)
    return dict(zip(_keys(file), _parts(vectors, file["counts"]), strict=True))


def _keys(file: Arrays) -> list[bytes]:
    return [row.tobytes() for row in file["keys"]]


def _parts(rows: NDArray[Any], counts: NDArray[Any]) -> list[NDArray[Any]]:
    """The rows cut into parts of these lengths. Raises `ValueError` if they do not add up."""
    ends = np.cumsum(counts, dtype=np.int64)
    if (ends[-1] if len(ends) else 0) != len(rows):
        raise ValueError(f"{len(rows)} rows are not {counts.sum()}")
    return np.split(rows, ends[:-1]) if len(ends) else []
