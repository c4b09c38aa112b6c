"""The immutable `Index`: papers, passages, vectors and words, aligned by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.config import IndexSettings
from qa.index import abbreviations
from qa.index.columns import KINDS, Columns
from qa.index.dense import Nearest, Rows
from qa.index.lexical import Words
from qa.types import Document, Kind, Passage, StoreError


class NoPaperError(StoreError):
    """No paper can be indexed: there is none, or none can be read."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A paper that could not be read: the name of its file, its key (see `Index`), and the reason with its remedy."""

    file: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """Some passages, by their `rows`, int64, ascending, with their vectors and those of their sentences.

    `starts`, int64, has the place of each passage's first sentence among `sentences`.
    """

    rows: NDArray[np.int64]
    passages: Rows
    sentences: Rows
    starts: NDArray[np.int64]


SAMPLE, _FOR_MOMENTS = 2000, 20_000
"""Passages of a large index whose vectors are held in memory, 18 MB, to estimate how the scores of sentences spread,
and those from which the spread of their own is learnt. Of the ten best of 44,000 passages 99.8 % are the same as with
the spread of all; 99.3 % if both are estimated from 2000 alone, 99.7 % from 4000. On 2026-11-27, 200 questions."""

Near = Callable[[Rows], Nearest | None]
"""Makes an approximate index of rows; None where all rows are looked at."""


def nothing_near(rows: Rows) -> None:
    """No approximate index: all rows are looked at."""


@dataclass(frozen=True, repr=False, eq=False)
class Index:
    """Everything that is needed to answer, aligned by row.

    Row i of `passage_vectors`, of `columns` and of `words` belongs to `passages[i]`. Row `columns.sentences[i]` + j of
    `sentence_vectors` belongs to sentence j of `passages[i]`. `keys` maps a document's id to its `key_of`: two indexes
    with one fingerprint and one key hold the same document; with one `embedding`, one text has the same vector in both.
    `count_written` gives how often the papers write each word.
    `dois` has the DOI, in lower case, of each document that has one. `checksums`, uint8, (documents, files, 32), are
    those of each document in the files of the store (`qa.index.checksums`), 0 where they are not known.
    `make_near_passages` makes or opens what finds vectors of passages without looking at all.

    What is read from a folder stays there: documents and passages are made when they are asked for.
    """

    documents: Sequence[Document]
    keys: Mapping[str, str]
    passages: Sequence[Passage]
    columns: Columns
    passage_vectors: Rows
    sentence_vectors: Rows
    words: Words
    count_written: Callable[[], Mapping[str, int]]
    settings: IndexSettings
    fingerprint: str
    encoder_sha256: str
    failures: tuple[Failure, ...]
    embedding: str = ""
    dois: Mapping[str, str] = field(default_factory=dict)
    checksums: NDArray[np.uint8] | None = None
    make_near_passages: Near = nothing_near
    _abbreviations_of: dict[str, Mapping[str, str]] = field(init=False, default_factory=dict)
    _rows_of: dict[str, Mapping[str, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        n, m = len(self.passages), int(self.columns.sentences[-1])
        found = (self.passage_vectors.n, self.words.n, len(self.columns), self.sentence_vectors.n)
        if found != (n, n, n, m) or len(self.documents) != len(self.columns.documents):
            raise StoreError(
                f"{n} passages with {m} sentences do not match {found[0]} and {found[3]} rows, {found[1]} texts and "
                f"{found[2]} entries; run `qa index build --full`"
            )

    def __repr__(self) -> str:
        return f"Index({len(self.documents)} papers, {len(self.passages)} passages, {self.fingerprint[:12]!r})"

    @cached_property
    def by_id(self) -> Mapping[str, Document]:
        """The documents by id."""
        return _ById(self.documents, self.numbers)

    @cached_property
    def near_passages(self) -> Nearest | None:
        """Finds the vectors of passages without looking at all; None where all are looked at."""
        return self.make_near_passages(self.passage_vectors)

    @cached_property
    def written(self) -> Mapping[str, int]:
        """How often the papers write each word, as it is written (`qa.index.written`)."""
        return self.count_written()

    @cached_property
    def searched(self) -> NDArray[np.bool_]:
        """Whether each passage is searched, (n,): references are not."""
        return np.asarray(self.columns.kind != KINDS.index("reference"))

    @cached_property
    def searched_rows(self) -> NDArray[np.int64]:
        """The rows of the passages that are searched, ascending."""
        return np.flatnonzero(self.searched)

    @cached_property
    def sample(self) -> Excerpt:
        """At least `SAMPLE` of the passages that are searched, if there are so many, evenly spread, in memory."""
        rows = self._spread(SAMPLE)
        inner, starts = self.sentences_of(rows)
        own, sentences = self.passage_vectors.array[rows], self.sentence_vectors.array[inner]
        return Excerpt(rows, Rows.of(own), Rows.of(sentences), starts)

    @cached_property
    def moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The mean of the vectors of the passages that are searched, float64, (d,), and their covariance, (d, d).

        Those of 20,000 of them: mean and variance of their cosines with any vector follow.
        """
        vectors = self.passage_vectors.array[self._spread(_FOR_MOMENTS)].astype(np.float64)
        mean = vectors.mean(axis=0)
        return mean, vectors.T @ vectors / len(vectors) - np.outer(mean, mean)

    def _spread(self, most: int) -> NDArray[np.int64]:
        """At least so many rows that are searched, if there are so many, evenly spread."""
        return self.searched_rows[:: max(1, len(self.searched_rows) // most)]

    def sentences_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of the sentences of some passages, and where those of each passage begin among them."""
        first = self.columns.sentences[rows]
        counts = self.columns.sentences[rows + 1] - first
        starts = np.cumsum(counts) - counts
        return np.repeat(first - starts, counts) + np.arange(int(counts.sum())), starts

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The place of each document among all, by its id."""
        return {name: number for number, name in enumerate(self.columns.documents)}

    def rows_of(self, document_id: str) -> range:
        """The rows of a document's passages; none if there is no such document."""
        number = self.numbers.get(document_id)
        if number is None:
            return range(0)
        return range(int(self.columns.first[number]), int(self.columns.first[number + 1]))

    def ways(self) -> dict[str, dict[str, Any]]:
        """How vectors of passages and sentences are found: `kind`, `rows`, and `recall@10` if passages are not all
        compared; then only the sentences of those that may be among the best are."""
        near = self.near_passages
        passages: dict[str, Any] = {"kind": near.kind if near else "exact", "rows": self.passage_vectors.n}
        sentences = {"kind": "candidates" if near else "exact", "rows": self.sentence_vectors.n}
        share = {"recall@10": round(near.recall10, 3)} if near else {}
        return {"passages": passages | share, "sentences": sentences}

    def copies_of(self, sha256: str, ids: Iterable[str]) -> list[str]:
        """Those of some documents whose file had this SHA-256, by id; each of them is read for it."""
        return [name for name in ids if self.by_id[name].sha256 == sha256]

    def row_of(self, passage: Passage) -> int:
        """The row of a passage of this index."""
        if passage.document not in self._rows_of:
            rows = self.rows_of(passage.document)
            own = zip(self.columns.start[rows.start : rows.stop], self.columns.end[rows.start : rows.stop], strict=True)
            self._rows_of[passage.document] = {
                f"{passage.document}:{start}-{end}": row for row, (start, end) in zip(rows, own, strict=True)
            }
        return self._rows_of[passage.document][passage.id]

    def document_of(self, row: int) -> str:
        """The id of the document of a row."""
        return self.columns.documents[int(self.columns.document[row])]

    def sentence_rows(self, row: int) -> range:
        """The rows of the sentences of the passage of a row."""
        return range(int(self.columns.sentences[row]), int(self.columns.sentences[row + 1]))

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document, in reading order; () if there is no such document."""
        rows = self.rows_of(document_id)
        return tuple(self.passages[rows.start : rows.stop])

    def abbreviations_of(self, document_id: str) -> Mapping[str, str]:
        """The long forms of the abbreviations that a document defines, as it writes both; found when first asked."""
        if document_id not in self._abbreviations_of:
            text = "\n".join(passage.text for passage in self.passages_of(document_id))
            self._abbreviations_of[document_id] = abbreviations.defined_in(text)
        return self._abbreviations_of[document_id]

    def sections_of(self, document_id: str) -> list[tuple[str, Kind, list[Passage]]]:
        """The passages of a document in reading order, grouped by section and kind: (section, kind, passages)."""
        together = groupby(self.passages_of(document_id), key=lambda passage: (passage.section, passage.kind))
        return [(section, kind, list(own)) for (section, kind), own in together]


class _ById(Mapping[str, Document]):
    """Documents by id, each made when it is asked for."""

    def __init__(self, documents: Sequence[Document], numbers: Mapping[str, int]) -> None:
        self._documents, self._numbers = documents, numbers

    def __getitem__(self, name: str) -> Document:
        return self._documents[self._numbers[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
