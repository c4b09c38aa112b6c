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


@dataclass(frozen=True, slots=True)
class Failure:
    """A paper that could not be read: the name of its file, its key (see `Index`), and the reason with its remedy."""

    file: str
    key: str
    reason: str


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
    `make_near_passages` and `make_near_sentences` make or open what finds vectors without looking at all.

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
    make_near_sentences: Near = nothing_near
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
    def near_sentences(self) -> Nearest | None:
        """The same for sentences."""
        return self.make_near_sentences(self.sentence_vectors)

    @cached_property
    def written(self) -> Mapping[str, int]:
        """How often the papers write each word, as it is written (`qa.index.written`)."""
        return self.count_written()

    @cached_property
    def searched(self) -> NDArray[np.bool_]:
        """Whether each passage is searched, (n,): references are not."""
        return np.asarray(self.columns.kind != KINDS.index("reference"))

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
        """How the nearest vectors of passages and sentences are found: `kind`, `rows`, and `recall@10` if not exact."""
        found = {}
        for name, rows, near in (
            ("passages", self.passage_vectors, self.near_passages),
            ("sentences", self.sentence_vectors, self.near_sentences),
        ):
            share = {"recall@10": round(near.recall10, 3)} if near else {}
            found[name] = {"kind": near.kind if near else "exact", "rows": rows.n} | share
        return found

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
