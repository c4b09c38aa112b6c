"""The immutable `Index`: papers, passages, vectors and words, aligned by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import bm25s
import faiss

from qa.config import IndexSettings
from qa.types import Document, Passage, StoreError


@dataclass(frozen=True, slots=True)
class Failure:
    """A paper that could not be read: its file's name, its key (see `Index`), and the reason with its remedy."""

    file: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Index:
    """All that is needed to answer, aligned by row.

    Row i of `passage_vectors` and text i of `words` belong to `passages[i]`. Row `first_sentence(i)` + j of
    `sentence_vectors` belongs to sentence j of `passages[i]`. `keys` says from which state of which file a document
    was made; a document whose key is the same in another index is the same there. `row_of` maps a passage's id to its
    row.
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

    def __post_init__(self) -> None:
        n, m = len(self.passages), self.sentence_starts[-1]
        found = (self.passage_vectors.ntotal, int(self.words.scores["num_docs"]), self.sentence_vectors.ntotal)
        if found != (n, n, m):
            raise StoreError(
                f"{n} passages with {m} sentences do not match {found[0]} and {found[2]} rows and {found[1]} texts; "
                "run `qa index build --full`"
            )
        object.__setattr__(self, "row_of", {passage.id: row for row, passage in enumerate(self.passages)})

    def document(self, document_id: str) -> Document:
        """The document of that id; a KeyError if there is none."""
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)


def sentence_starts(passages: Sequence[Passage]) -> tuple[int, ...]:
    """The row of each passage's first sentence, and behind the last the number of all sentences."""
    return tuple(accumulate((len(passage.sentences) for passage in passages), initial=0))
