"""FAISS: exact nearest vectors by cosine.

The index is exact: `IndexFlatIP` computes the inner product, which for unit vectors is the cosine (-1 to 1, larger is
better). It is fast enough at this size, and the baseline for any approximate index (Douze et al. 2024,
arXiv:2401.08281).
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np

from qa.index.embed import Vectors
from qa.types import StoreError


def build(vectors: Vectors) -> faiss.IndexFlatIP:
    """An exact index of unit vectors, float32, (n, d)."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def scores(index: faiss.IndexFlatIP, query: Vectors) -> Vectors:
    """The cosine of a query, float32, (d,), of unit length, with every vector: float32, (n,).

    >>> scores(build(np.eye(3, dtype=np.float32)), np.array([0, 1, 0], dtype=np.float32)).tolist()
    [0.0, 1.0, 0.0]
    """
    if query.shape != (index.d,):
        raise ValueError(f"the query has shape {query.shape}; the index holds vectors of {index.d}")
    found, numbers = index.search(query[np.newaxis, :], index.ntotal)
    by_row = np.empty(index.ntotal, dtype=np.float32)
    by_row[numbers[0]] = found[0]
    return by_row


def vectors_of(index: faiss.IndexFlatIP) -> Vectors:
    """The vectors as they were added, float32, (n, d)."""
    vectors: Vectors = index.reconstruct_n(0, index.ntotal)
    return vectors


def save(index: faiss.IndexFlatIP, path: Path) -> None:
    """Write the index in FAISS's format."""
    faiss.write_index(index, str(path))


def load(path: Path) -> faiss.IndexFlatIP:
    """Read an index that `save` wrote.

    Raises:
        StoreError: FAISS cannot read the file, or it is not a flat inner-product index.
    """
    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise StoreError(f"{path} cannot be read by FAISS; run `qa index build --full`") from error
    if not isinstance(index, faiss.IndexFlatIP):
        raise StoreError(f"{path} holds a {type(index).__name__}, not a flat index; run `qa index build --full`")
    return index
