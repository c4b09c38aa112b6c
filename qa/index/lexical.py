"""BM25 by bm25s: scores of texts for a question's words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from qa.index.embed import Vectors
from qa.types import StoreError
from qa.words import terms


def build(texts: Sequence[str], stemmer: str = "english") -> bm25s.BM25:
    """A BM25 index over the texts (k1 1.5, b 0.75, Lucene's variant)."""
    found = terms(texts, stemmer)
    if not any(found):  # bm25s cannot index texts that have no word
        found = [["\0"], *found[1:]]
    vocabulary = {word: number for number, word in enumerate(sorted(set().union(*found)))}
    index = bm25s.BM25()
    numbers = [[vocabulary[word] for word in words] for words in found]
    index.index(
        (numbers, vocabulary), show_progress=False
    )  # bm25s would number words in the order of a set, which varies
    return index


def texts_with(index: bm25s.BM25, term: str) -> NDArray[np.int32]:
    """The rows of the texts that have a (stemmed) term, ascending.

    >>> texts_with(build(["one tumour", "two men", "three tumors"]), "tumor").tolist()
    [0, 2]
    """
    number = index.vocab_dict.get(term)
    if number is None:
        return np.empty(0, dtype=np.int32)
    starts = index.scores["indptr"]
    return np.sort(index.scores["indices"][starts[number] : starts[number + 1]]).astype(np.int32)


def document_frequency(index: bm25s.BM25, term: str) -> int:
    """The number of texts that have a (stemmed) term.

    >>> document_frequency(build(["one tumour", "two tumors"]), "tumor")
    2
    """
    return len(texts_with(index, term))


def scores(index: bm25s.BM25, query: Sequence[str]) -> Vectors:
    """The BM25 score of every text for (stemmed) terms, float32, (n,): larger is better, 0 if no term is shared."""
    found = [term for term in query if term in index.vocab_dict]
    if not found:
        return np.zeros(int(index.scores["num_docs"]), dtype=np.float32)
    return np.asarray(index.get_scores(found), dtype=np.float32)


def save(index: bm25s.BM25, folder: Path) -> None:
    """Write the index into a folder, as `.npy` and `.json` files."""
    index.save(folder, show_progress=False)


def load(folder: Path) -> bm25s.BM25:
    """Read an index that `save` wrote.

    Raises:
        StoreError: a file is missing or damaged.
    """
    try:
        return bm25s.BM25.load(folder, load_corpus=False)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise StoreError(f"{folder} cannot be read by bm25s ({error}); run `qa index build --full`") from error
