"""FAISS: nearest vectors by cosine, exact, or approximate with exact scores.

The inner product of unit vectors is the cosine (-1 to 1, larger is better). `Rows` are compared with a question one by
one, from a file that is mapped into memory. `Nearest` finds candidates among many rows without looking at them all
(Jégou et al. 2011, doi:10.1109/TPAMI.2010.57; Douze et al. 2024, arXiv:2401.08281), and `Rows` say their exact scores.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from qa.index.embed import Vectors
from qa.types import StoreError

Kind = Literal["exact", "ivf-pq"]

_kernels: Any = faiss
"""FAISS with what its own types leave out."""

_COUNT, _SIZE, _HEADER = 8, 37, 45
"""Where FAISS writes the number of vectors and of their floats (int64 both) in the file of a flat index, and where the
floats begin."""
_BLOCK = 4096
"""Vectors that are copied at once, so that memory stays bounded."""


class Rows:
    """n vectors of unit length: `array`, float32, (n, d), which nobody may write to.

    >>> Rows.of(np.eye(3, dtype=np.float32)).scores(np.array([0, 1, 0], dtype=np.float32)).tolist()
    [0.0, 1.0, 0.0]
    """

    def __init__(self, array: Vectors) -> None:
        self.array = array
        self.n, self.d = array.shape

    @classmethod
    def of(cls, vectors: Vectors) -> Rows:
        """Rows in memory; not copied if they can be taken as they are."""
        array = np.ascontiguousarray(vectors, dtype=np.float32).view()
        array.flags.writeable = False
        return cls(array)

    @classmethod
    def open(cls, path: Path) -> Rows:
        """Map a flat index of FAISS's into memory: nothing of it is read before it is needed.

        Raises:
            StoreError: FAISS cannot read the file, or it is not a flat inner-product index.
        """
        index = _read(path, faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(index, faiss.IndexFlatIP):
            raise StoreError(f"{path} holds a {type(index).__name__}, not a flat index; run `qa index build --full`")
        shape = (index.ntotal, index.d)
        if path.stat().st_size != _HEADER + 4 * shape[0] * shape[1]:
            raise StoreError(f"{path} is longer or shorter than its {shape[0]} vectors; run `qa index build --full`")
        if not index.ntotal:
            return cls.of(np.empty(shape, dtype=np.float32))
        return cls(np.memmap(path, dtype=np.float32, mode="r", offset=_HEADER, shape=shape).view(np.ndarray))

    def save(self, path: Path) -> None:
        """Write a file that `open` and FAISS read."""
        with writing(path, self.d) as file:
            file.add(self.array)

    def scores(self, query: Vectors) -> Vectors:
        """The cosine of a query, float32, (d,), of unit length, with every row: float32, (n,)."""
        found = np.empty(self.n, dtype=np.float32)
        numbers = map(faiss.swig_ptr, (found, self._fitting(query), self.array))
        _kernels.fvec_inner_products_ny(*numbers, self.d, self.n)
        return found

    def scores_at(self, query: Vectors, rows: NDArray[np.integer]) -> Vectors:
        """The cosine of a query with some rows, float32, (len(rows),), as `scores` gives them to the last bit."""
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        if len(rows) and not 0 <= rows.min() <= rows.max() < self.n:
            raise IndexError(f"rows {rows.min()} to {rows.max()} are asked for; there are {self.n}")
        found = np.empty(len(rows), dtype=np.float32)
        numbers = map(faiss.swig_ptr, (found, self._fitting(query), self.array, rows))
        _kernels.fvec_inner_products_by_idx(*numbers, self.d, 1, len(rows))
        return found

    @property
    def blocks(self) -> Sequence[Vectors]:
        """The rows in pieces, of which each is to be read alone."""
        return (self.array,)

    def _fitting(self, query: Vectors) -> Vectors:
        if query.shape != (self.d,):
            raise ValueError(f"the query has shape {query.shape}; the index holds vectors of {self.d}")
        return np.ascontiguousarray(query, dtype=np.float32)


class Joined(Rows):
    """Rows of several arrays, one behind the other; they are put together when they are first looked at."""

    def __init__(self, blocks: Sequence[Vectors]) -> None:
        self._blocks = tuple(blocks)
        self.n, self.d = sum(map(len, blocks)), blocks[0].shape[1]

    @property
    def blocks(self) -> Sequence[Vectors]:
        """The arrays."""
        return self._blocks

    @cached_property
    def array(self) -> Vectors:  # type: ignore[override]
        """All of them in memory."""
        return np.concatenate(self._blocks)


class RowsFile:
    """A file of rows that is being written."""

    def __init__(self, file: BinaryIO, d: int) -> None:
        self.n = 0
        self.d = d
        self._file = file

    def add(self, vectors: Vectors) -> None:
        """Append vectors, (m, d), block by block: a mapped array is never in memory as a whole."""
        if vectors.ndim != 2 or vectors.shape[1] != self.d:
            raise ValueError(f"the vectors have shape {vectors.shape}; the file holds vectors of {self.d}")
        for first in range(0, len(vectors), _BLOCK):
            block = np.ascontiguousarray(vectors[first : first + _BLOCK], dtype=np.float32)
            self._file.write(block.tobytes())
        self.n += len(vectors)


@contextmanager
def writing(path: Path, d: int) -> Iterator[RowsFile]:
    """Write a file that `Rows.open` and FAISS read, a block of vectors at a time; complete when the block is left."""
    faiss.write_index(faiss.IndexFlatIP(d), str(path))
    with path.open("r+b") as file:
        file.seek(_HEADER)
        rows = RowsFile(file, d)
        yield rows
        for place, number in ((_COUNT, rows.n), (_SIZE, rows.n * d)):
            file.seek(place)
            file.write(struct.pack("<q", number))


def _read(path: Path, flags: int) -> faiss.Index:
    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError as error:
        raise StoreError(f"{path} cannot be read by FAISS; run `qa index build --full`") from error


EXACT_UNTIL = 100_000
"""Up to so many rows all are compared."""
_SEED = 15
_TRAINED_ON = 64
"""Vectors for each list that the lists are learnt from."""
_CANDIDATES = 20
"""Candidates for each row that is wanted."""
_STALE = 0.2
"""If a larger share of the rows has changed since the lists were learnt, they are learnt again."""
_FEW = 20_000
"""So few allowed rows are all compared."""


def kind_for(n: int) -> Kind:
    """How the nearest of n rows are found: by comparing all, or by an approximate index."""
    return "exact" if n <= EXACT_UNTIL else "ivf-pq"


class Nearest:
    """An approximate index over rows, whose candidates are compared exactly."""

    kind: Kind = "ivf-pq"

    def __init__(self, rows: Rows, index: faiss.IndexIVFPQ, trained_on: int, changed: int) -> None:
        self.rows = rows
        self.trained_on, self.changed = trained_on, changed
        self._index = index

    @classmethod
    def build(cls, rows: Rows) -> Nearest:
        """Learn lists and codes from a sample of the rows, and add all; the same whatever the number of threads."""
        lists = max(1, min(4096, int(4 * rows.n**0.5), rows.n // 39))
        index: Any = faiss.index_factory(rows.d, f"IVF{lists},PQ{rows.d // 4}", faiss.METRIC_INNER_PRODUCT)
        with _one_thread():
            drawn = np.random.default_rng(_SEED).permutation(rows.n)[: max(lists * _TRAINED_ON, 256 * 39)]
            index.cp.seed = index.pq.cp.seed = _SEED
            index.train(np.ascontiguousarray(rows.array[np.sort(drawn)]))
            _add(index, rows, np.arange(rows.n))
        return cls(rows, index, rows.n, 0)

    @classmethod
    def open(cls, path: Path, rows: Rows) -> Nearest:
        """Read an index that `save` wrote; its lists stay in the file, mapped into memory.

        Raises:
            StoreError: FAISS cannot read the file, or it is not of these rows.
        """
        index = _read(path, faiss.IO_FLAG_MMAP)
        if not isinstance(index, faiss.IndexIVFPQ) or (index.ntotal, index.d) != (rows.n, rows.d):
            raise StoreError(f"{path} does not belong to {rows.n} vectors of {rows.d}; run `qa index build --full`")
        return cls(rows, index, rows.n, 0)

    def save(self, path: Path) -> None:
        """Write the index in FAISS's format."""
        faiss.write_index(self._index, str(path))

    def nearest(
        self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The k best (allowed) rows that are found, best first, ties by row, with their exact scores.

        `allowed`, (n,), says of each row whether it may be found. At most `k` come back.
        """
        if allowed is not None and np.count_nonzero(allowed) <= _FEW:
            found = np.flatnonzero(allowed)
        else:
            search = _kernels.SearchParametersIVF(nprobe=32)
            bits = None if allowed is None else np.packbits(allowed, bitorder="little")
            if bits is not None:
                search.sel = _kernels.IDSelectorBitmap(bits)
            _, numbers = self._index.search(query[np.newaxis], min(k * _CANDIDATES, self.rows.n), params=search)
            found = numbers[0][numbers[0] >= 0]
        scores = self.rows.scores_at(query, found)
        order = np.lexsort((found, -scores))[:k]
        return found[order], scores[order]

    def updated(self, rows: Rows, moved: NDArray[np.int64]) -> Nearest:
        """The index of a later state of the rows: `moved`, (n,), is the later row of each, or -1 if it is gone."""
        return self.build(rows)

    def recall(self, queries: Vectors, k: int = 10) -> float:
        """The share of the k nearest rows of some queries, (m, d), that are found."""
        found = 0
        for query in queries:
            best = np.argsort(-self.rows.scores(query), kind="stable")[:k]
            found += len(np.intersect1d(best, self.nearest(query, k)[0]))
        return float(found / max(1, len(queries) * min(k, self.rows.n)))


def _add(index: faiss.IndexIVFPQ, rows: Rows, numbers: NDArray[np.int64]) -> None:
    for first in range(0, len(numbers), _BLOCK):
        block = numbers[first : first + _BLOCK]
        index.add_with_ids(np.ascontiguousarray(rows.array[block]), block)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
