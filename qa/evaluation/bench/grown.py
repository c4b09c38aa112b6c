"""A library grown to any size by papers of shuffled sentences of its own, whose vectors need no encoder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.index import store
from qa.index.assemble import About, Piece, assembled
from qa.index.columns import KINDS, Columns
from qa.index.embed import Vectors
from qa.index.index import Index
from qa.index.lines import Lazy
from qa.types import Document, Passage, Sentence, Span

T = TypeVar("T")
_SEED = 15
_SHARE = 0.5
"""How much of another sentence's vector is added to a sentence's own, so that none is there twice: the cosine of the
two is 0.91 then. Set by hand on 2026-11-27."""


def grow(base: Index, passages: int, folder: Path) -> None:
    """Publish an index of about so many passages: the first papers of `base`, then made ones, in a new folder.

    A made paper has the passages of one paper, filled with shuffled sentences of it and of another. The vector of a
    sentence is its own with some of another's, that of a passage the sum of its sentences', all of unit length. Papers
    are made when they are written, so that memory does not grow with them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    maker = Maker(base)
    pieces: list[Piece] = []
    n = 0
    there = len(base.documents)
    for number in count():
        if n >= passages:
            break
        if number < there:
            pieces.append(replace(Piece.of_index(base, number, number + 1), taken=None))
        else:
            pieces.append(maker.piece(number - there))
        n += len(pieces[-1].passages)
    keys = {name: f"{name}.txt" for piece in pieces for name in piece.columns.documents}
    about = About(keys, base.settings, base.fingerprint, base.encoder_sha256, (), base.embedding)
    with store.writing(folder):
        store.publish(assembled(pieces, about), folder)


class _Made(Lazy[T]):
    """So many values, which are made anew each time."""

    def __init__(self, length: int, make: Callable[[], Sequence[T]]) -> None:
        self._length, self._make = length, make

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return iter(self._make())

    def _at(self, number: int) -> T:
        return self._make()[number]


@dataclass(frozen=True, slots=True)
class _MadeVectors:
    """An array, float32, of that shape, which is made when it is read."""

    shape: tuple[int, int]
    make: Callable[[], Vectors]

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.float32]:
        return np.asarray(self.make(), dtype=dtype)


class Maker:
    """Makes papers of those of an index; the same number gives the same paper."""

    def __init__(self, base: Index) -> None:
        self._base = base
        self._texts = [sentence.text for passage in base.passages for sentence in passage.sentences]
        self._columns = base.columns
        self.paper = lru_cache(maxsize=2)(self._paper)

    def piece(self, number: int) -> Piece:
        """A made paper; nothing of it is kept."""
        made = self.paper(number)[1]
        rows, _ = self._drawn(number)
        d = self._base.passage_vectors.d
        return Piece(
            _Made(1, lambda: [self.paper(number)[0]]),
            _Made(len(made), lambda: self.paper(number)[1]),
            Columns.of(made),
            _MadeVectors((len(made), d), partial(self._passage_vectors, number)),  # type: ignore[arg-type]
            _MadeVectors((len(rows), d), partial(self._sentence_vectors, number)),  # type: ignore[arg-type]
        )

    def _drawn(self, number: int) -> tuple[NDArray[np.int64], slice]:
        """The rows of the sentences of a made paper, and the passages whose place they take."""
        draw = np.random.default_rng((_SEED, number))
        one, other = draw.integers(0, len(self._columns.documents), 2).tolist()
        first = self._columns.first
        own, others = (slice(int(first[n]), int(first[n + 1])) for n in (one, other))
        sentences = [np.arange(*self._columns.sentences[[rows.start, rows.stop]].tolist()) for rows in (own, others)]
        drawn: NDArray[np.int64] = draw.permutation(np.concatenate(sentences))[: len(sentences[0])]
        return drawn, own

    def _starts(self, own: slice) -> NDArray[np.int64]:
        """Where the sentences of each passage begin, and where those of the last end."""
        starts = self._columns.sentences
        return np.asarray(starts[own.start : own.stop + 1] - starts[own.start], dtype=np.int64)

    def _paper(self, number: int) -> tuple[Document, list[Passage]]:
        rows, own = self._drawn(number)
        name, texts = f"made-{number:06}", [self._texts[row] for row in rows.tolist()]
        ends = np.cumsum([len(text) + 1 for text in texts]).tolist()
        sentences = [
            Sentence(text, (Span(end - 1 - len(text), end - 1),)) for text, end in zip(texts, ends, strict=True)
        ]
        starts = self._starts(own).tolist()
        passages = []
        for row, first, last in zip(range(own.start, own.stop), starts, starts[1:], strict=False):
            inner = tuple(sentences[first:last])
            section = self._columns.sections[int(self._columns.section[row])]
            whole = Span(inner[0].spans[0].start, inner[-1].spans[0].end)
            passages.append(Passage(name, section, KINDS[int(self._columns.kind[row])], inner, (whole,)))  # type: ignore[arg-type]
        return Document(name, "", " ".join(texts), metadata={"title": texts[0][:80]}), passages

    def _sentence_vectors(self, number: int) -> Vectors:
        rows, _ = self._drawn(number)
        vectors = self._base.sentence_vectors.array[rows]
        return _unit(vectors + np.float32(_SHARE) * np.roll(vectors, 1, axis=0))

    def _passage_vectors(self, number: int) -> Vectors:
        _, own = self._drawn(number)
        return _unit(np.add.reduceat(self._sentence_vectors(number), self._starts(own)[:-1]))


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
