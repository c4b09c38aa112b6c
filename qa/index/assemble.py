"""Papers, each read and embedded, become an `Index`; those of an earlier one stay where they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from qa.config import IndexSettings
from qa.index.columns import Columns
from qa.index.dense import Joined, Nearest, Rows, kind_for
from qa.index.embed import Vectors, embedded_text
from qa.index.index import Failure, Index, Near
from qa.index.lexical import Words
from qa.index.lines import Chain, OnDisk, Part
from qa.index.written import written
from qa.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Piece:
    """A paper of an index in the making: its document, its passages, and their vectors.

    `passage_vectors` are (passages, d), `sentence_vectors` (sentences, d). `number` is the place of the document in the
    index from which it is taken over, None if it is new.
    """

    document: Sequence[Document]
    passages: Sequence[Passage]
    columns: Columns
    passage_vectors: Vectors | OnDisk
    sentence_vectors: Vectors | OnDisk
    number: int | None = None

    @classmethod
    def of(cls, document: Document, passages: Sequence[Passage], vectors: Vectors, inner: Vectors) -> Piece:
        """A paper that was read and embedded just now."""
        return cls((document,), passages, Columns.of(passages), vectors, inner)

    @classmethod
    def taken(cls, index: Index, name: str) -> Piece:
        """A paper of an index; nothing of it is read."""
        rows = index.rows_of(name)
        number = int(index.columns.document[rows.start])
        sentences = slice(index.sentence_rows(rows[0]).start, index.sentence_rows(rows[-1]).stop)
        return cls(
            Part(index.documents, number, number + 1),
            Part(index.passages, rows.start, rows.stop),
            index.columns.part(number),
            index.passage_vectors.array[rows.start : rows.stop],
            index.sentence_vectors.array[sentences],
            number,
        )


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself beside its papers."""

    keys: Mapping[str, str]
    settings: IndexSettings
    fingerprint: str
    encoder_sha256: str
    failures: tuple[Failure, ...] = ()
    embedding: str = ""


def assembled(pieces: Sequence[Piece], about: About, previous: Index | None = None) -> Index:
    """The index of these papers, at least one. `previous` is where those with a `number` are taken from.

    What can be made of the previous index is: its words and its approximate indexes are carried on.
    """
    columns = Columns.joined([piece.columns for piece in pieces])
    vectors = Joined([piece.passage_vectors for piece in pieces])
    inner = Joined([piece.sentence_vectors for piece in pieces])
    near: Near
    before = previous if any(piece.number is not None for piece in pieces) else None
    counts = _counts(pieces, before)
    if before is None:
        words = Words.build(chain.from_iterable(map(_texts, pieces)), about.settings.stemmer)
        near = _nearest
    else:
        moved = _moved(pieces, columns, before)
        new = {
            row: text
            for piece, first in zip(pieces, columns.first.tolist(), strict=False)
            if piece.number is None
            for row, text in enumerate(_texts(piece), start=first)
        }
        words = before.words.updated(moved, new)
        near = partial(_nearest, before=before.near_passages, moved=moved)
    return Index(
        documents=Chain([piece.document for piece in pieces]),
        keys=about.keys,
        passages=Chain([piece.passages for piece in pieces]),
        columns=columns,
        passage_vectors=vectors,
        sentence_vectors=inner,
        words=words,
        count_written=lambda: counts,
        settings=about.settings,
        fingerprint=about.fingerprint,
        encoder_sha256=about.encoder_sha256,
        failures=about.failures,
        embedding=about.embedding,
        make_near_passages=near,
    )


def _texts(piece: Piece) -> Iterator[str]:
    """What is indexed of each passage."""
    title = piece.document[0].title
    return (embedded_text(title, passage.section, passage.text) for passage in piece.passages)


def _counts(pieces: Sequence[Piece], before: Index | None) -> Mapping[str, int]:
    """How often each word is written: what was counted before, without the papers that are gone, and with the new."""
    counts = Counter(before.written) if before else Counter()
    kept = {piece.number for piece in pieces}
    for number, name in enumerate(before.columns.documents if before else ()):
        if before and number not in kept:
            counts.subtract(_written(Piece.taken(before, name)))
    for piece in pieces:
        if piece.number is None:
            counts.update(_written(piece))
    return {word: count for word, count in counts.items() if count}


def _written(piece: Piece) -> Counter[str]:
    return written([piece.document[0].title, *(passage.text for passage in piece.passages)])


def _moved(pieces: Sequence[Piece], columns: Columns, before: Index) -> NDArray[np.int64]:
    """The new row of each passage of an earlier index, (n,); -1 if it is gone."""
    moved = np.full(len(before.passages), -1, dtype=np.int64)
    for piece, first in zip(pieces, columns.first.tolist(), strict=False):
        if piece.number is not None:
            rows = slice(int(before.columns.first[piece.number]), int(before.columns.first[piece.number + 1]))
            moved[rows] = np.arange(first, first + len(piece.passages))
    return moved


def _nearest(rows: Rows, before: Nearest | None = None, moved: NDArray[np.int64] | None = None) -> Nearest | None:
    """The approximate index that pays at this size, if one does."""
    if kind_for(rows.n) == "exact":
        return None
    return before.updated(rows, moved) if before is not None and moved is not None else Nearest.build(rows)
