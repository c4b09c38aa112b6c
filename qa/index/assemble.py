"""Papers, each read and embedded, become an `Index`; those of an earlier one stay where they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from qa.config import IndexSettings
from qa.index.columns import Columns
from qa.index.dense import Block, Joined, Nearest, Rows, kind_for
from qa.index.embed import Vectors, embedded_text
from qa.index.index import Failure, Index, Near
from qa.index.lexical import Words
from qa.index.lines import Chain, Part
from qa.index.written import written
from qa.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Piece:
    """Papers of an index in the making, one behind the other: documents, passages, and their vectors.

    `passage_vectors` are (passages, d), `sentence_vectors` (sentences, d). `taken` are the places of the documents in
    the index from which they are taken over; None if this is one new paper.
    """

    documents: Sequence[Document]
    passages: Sequence[Passage]
    columns: Columns
    passage_vectors: Block
    sentence_vectors: Block
    taken: slice | None = None

    @classmethod
    def of(cls, document: Document, passages: Sequence[Passage], vectors: Vectors, inner: Vectors) -> Piece:
        """A paper that was read and embedded just now."""
        return cls((document,), passages, Columns.of(passages), vectors, inner)

    @classmethod
    def of_index(cls, index: Index, first: int, last: int) -> Piece:
        """The papers of an index from place `first` up to `last`; nothing of them is read."""
        rows = index.columns.first[[first, last]].tolist()
        return cls(
            Part(index.documents, first, last),
            Part(index.passages, *rows),
            index.columns.part(first, last),
            index.passage_vectors.part(*rows),
            index.sentence_vectors.part(*index.columns.sentences[rows].tolist()),
            slice(first, last),
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
    dois: Mapping[str, str] = field(default_factory=dict)


def assembled(papers: Sequence[Piece | int], about: About, previous: Index | None = None) -> Index:
    """The index of these papers, at least one. A number stands for the paper at that place of `previous`.

    What can be made of the previous index is: its words and its approximate indexes are carried on.
    """
    pieces = [*_together(papers, previous)]
    columns = Columns.joined([piece.columns for piece in pieces])
    vectors = Joined([piece.passage_vectors for piece in pieces])
    inner = Joined([piece.sentence_vectors for piece in pieces])
    near: Near
    before = previous if any(piece.taken for piece in pieces) else None
    counts = _counts(pieces, before)
    if before is None:
        words = Words.build(chain.from_iterable(map(_texts, pieces)), about.settings.stemmer)
        near = _nearest
    else:
        moved = _moved(pieces, before)
        new = {
            row: text
            for piece, first in zip(pieces, _starts(pieces), strict=True)
            if piece.taken is None
            for row, text in enumerate(_texts(piece), start=first)
        }
        words = before.words.updated(moved, new)
        near = partial(_nearest, before=before.near_passages, moved=moved)
    return Index(
        documents=Chain([piece.documents for piece in pieces]),
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
        dois=about.dois,
        checksums=_checksums(pieces, before),
        make_near_passages=near,
    )


def _together(papers: Sequence[Piece | int], previous: Index | None) -> Iterator[Piece]:
    """The papers, those in one piece that follow each other in the previous index as they do here."""
    run: list[int] = []
    for paper in [*papers, None]:
        if run and previous and paper != run[-1] + 1:
            yield Piece.of_index(previous, run[0], run[-1] + 1)
            run = []
        if isinstance(paper, Piece):
            yield paper
        elif paper is not None:
            run.append(paper)


def _starts(pieces: Sequence[Piece]) -> list[int]:
    """The row of the first passage of each piece."""
    return [*accumulate((len(piece.passages) for piece in pieces[:-1]), initial=0)]


def _checksums(pieces: Sequence[Piece], before: Index | None) -> NDArray[np.uint8] | None:
    if before is None or before.checksums is None:
        return None
    shape = before.checksums.shape[1:]
    new = [
        before.checksums[piece.taken] if piece.taken else np.zeros((len(piece.documents), *shape), dtype=np.uint8)
        for piece in pieces
    ]
    return np.concatenate(new)


def _texts(piece: Piece) -> Iterator[str]:
    """What is indexed of each passage of a paper."""
    title = piece.documents[0].title
    return (embedded_text(title, passage.section, passage.text) for passage in piece.passages)


def _counts(pieces: Sequence[Piece], before: Index | None) -> Mapping[str, int]:
    """How often each word is written: what was counted before, without the papers that are gone, and with the new."""
    counts = Counter(before.written) if before else Counter()
    if before:
        numbers = range(len(before.documents))
        for number in set(numbers).difference(*(numbers[piece.taken] for piece in pieces if piece.taken)):
            counts.subtract(_written(Piece.of_index(before, number, number + 1)))
    for piece in pieces:
        if piece.taken is None:
            counts.update(_written(piece))
    return {word: count for word, count in counts.items() if count}


def _written(piece: Piece) -> Counter[str]:
    return written([piece.documents[0].title, *(passage.text for passage in piece.passages)])


def _moved(pieces: Sequence[Piece], before: Index) -> NDArray[np.int64]:
    """The new row of each passage of an earlier index, (n,); -1 if it is gone."""
    moved = np.full(len(before.passages), -1, dtype=np.int64)
    for piece, first in zip(pieces, _starts(pieces), strict=True):
        if piece.taken:
            rows = slice(*before.columns.first[[piece.taken.start, piece.taken.stop]].tolist())
            moved[rows] = np.arange(first, first + len(piece.passages))
    return moved


def _nearest(rows: Rows, before: Nearest | None = None, moved: NDArray[np.int64] | None = None) -> Nearest | None:
    """The approximate index that pays at this size, if one does."""
    if kind_for(rows.n) == "exact":
        return None
    return before.updated(rows, moved) if before is not None and moved is not None else Nearest.build(rows)
