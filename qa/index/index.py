"""The immutable `Index`: papers, passages, vectors and words, aligned by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby

import bm25s
import faiss

from qa.config import IndexSettings
from qa.index import abbreviations
from qa.types import Document, Kind, Passage, StoreError


@dataclass(frozen=True, slots=True)
class Failure:
    """A paper that could not be read: the name of its file, its key (see `Index`), and the reason with its remedy."""

    file: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Index:
    """Everything that is needed to answer, aligned by row.

    Row i of `passage_vectors` and text i of `words` belong to `passages[i]`. Row `sentence_starts[i]` + j of
    `sentence_vectors` belongs to sentence j of `passages[i]`. `keys` maps a document's id to its `key_of`: two indexes
    with one fingerprint and one key hold the same document. `row_of` maps a passage's id to its row, and `by_id` a
    document's id to the document.
    """

    documents: tuple[Document, ...]
    keys: Mapping[str, str]
    passages: tuple[Passage, ...]
    passage_vectors: faiss.IndexFlatIP
    sentence_vectors: faiss.IndexFlatIP
    words: bm25s.BM25
    settings: IndexSettings
    fingerprint: str
    encoder_sha256: str
    failures: tuple[Failure, ...]
    sentence_starts: tuple[int, ...]
    row_of: Mapping[str, int] = field(init=False, compare=False)
    by_id: Mapping[str, Document] = field(init=False, compare=False)
    _passages_of: Mapping[str, tuple[Passage, ...]] = field(init=False, compare=False)
    _abbreviations_of: dict[str, Mapping[str, str]] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        n, m = len(self.passages), self.sentence_starts[-1]
        found = (self.passage_vectors.ntotal, int(self.words.scores["num_docs"]), self.sentence_vectors.ntotal)
        if found != (n, n, m):
            raise StoreError(
                f"{n} passages with {m} sentences do not match {found[0]} and {found[2]} rows and {found[1]} texts; "
                "run `qa index build --full`"
            )
        object.__setattr__(self, "row_of", {passage.id: row for row, passage in enumerate(self.passages)})
        object.__setattr__(self, "by_id", {document.id: document for document in self.documents})
        by_document = groupby(self.passages, key=lambda passage: passage.document)
        object.__setattr__(self, "_passages_of", {document: tuple(own) for document, own in by_document})

    def __repr__(self) -> str:
        return f"Index({len(self.documents)} papers, {len(self.passages)} passages, {self.fingerprint[:12]!r})"

    def first_sentence(self, passage: Passage) -> int:
        """The row of a passage's first sentence."""
        return self.sentence_starts[self.row_of[passage.id]]

    def passages_of(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document, in reading order; () if there is no such document."""
        return self._passages_of.get(document_id, ())

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


def sentence_starts(passages: Sequence[Passage]) -> tuple[int, ...]:
    """The row of each passage's first sentence, and at the end the number of all sentences."""
    return tuple(accumulate((len(passage.sentences) for passage in passages), initial=0))
