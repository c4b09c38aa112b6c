"""FAISS: nearest vectors by cosine, exact, or approximate with exact scores.

The inner product of unit vectors is the cosine (-1 to 1, larger is better). `Rows` are compared with a question one by
one, from a file that is mapped into memory. `Nearest` finds candidates among many rows without looking at them all
(Jégou et al. 2011, doi:10.1109/TPAMI.2010.57; Douze et al. 2024, arXiv:2401.08281), and `Rows` say their exact scores.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from qa.index.copying import copy_range
from qa.index.embed import Vectors
from qa.index.lines import OnDisk
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

    def __init__(self, array: Vectors, file: mmap.mmap | None = None, path: Path | None = None) -> None:
        self.array = array
        self.n, self.d = array.shape
        self.path = path
        self._file = file

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
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(np.frombuffer(mapped, dtype=np.float32, offset=_HEADER).reshape(shape), mapped, path)

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
        with _one_thread():
            _kernels.fvec_inner_products_by_idx(*numbers, self.d, 1, len(rows))
        return found

    def part(self, first: int, last: int) -> Block:
        """The rows from `first` up to `last`; nothing of them is read."""
        return self.array[first:last] if self.path is None else Stretch(self, first, last)

    @property
    def blocks(self) -> Sequence[Block]:
        """The rows in pieces, of which each is to be read alone."""
        return (self.array,)

    def release(self) -> None:
        """Let the system have back the memory into which parts of the file were read; they are read again when needed.

        Without it a process that compares 200 of 10^6 rows a hundred times holds the whole file, 1.5 GB. Once for each
        time it costs 0.2 ms, and 0.4 ms to map them again.
        """
        if self._file is not None and hasattr(mmap, "MADV_DONTNEED"):  # Windows has no such call
            self._file.madvise(mmap.MADV_DONTNEED)

    def _fitting(self, query: Vectors) -> Vectors:
        if query.shape != (self.d,):
            raise ValueError(f"the query has shape {query.shape}; the index holds vectors of {self.d}")
        return np.ascontiguousarray(query, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of a file from `first` up to `last`: an array when they are looked at, and copied as they lie there."""

    rows: Rows
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        return (len(self), self.rows.d)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Vectors:
        return np.asarray(self.rows.array[self.first : self.last], dtype=dtype)


Block = Vectors | OnDisk | Stretch


class Joined(Rows):
    """Rows of several arrays, one behind the other; they are put together when they are first looked at."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = tuple(blocks)
        self.path = self._file = None
        self.n, self.d = sum(map(len, blocks)), blocks[0].shape[1]

    @property
    def blocks(self) -> Sequence[Block]:
        """The arrays."""
        return self._blocks

    @cached_property
    def array(self) -> Vectors:  # type: ignore[override]
        """All of them in memory."""
        return np.concatenate([np.asarray(block) for block in self._blocks])


class RowsFile:
    """A file of rows that is being written."""

    def __init__(self, file: BinaryIO, d: int) -> None:
        self.n = 0
        self.d = d
        self._file = file

    def add(self, block: Block) -> None:
        """Append vectors, (m, d); those of another file are never in memory as a whole."""
        if len(block.shape) != 2 or block.shape[1] != self.d:
            raise ValueError(f"the vectors have shape {block.shape}; the file holds vectors of {self.d}")
        if isinstance(block, Stretch) and block.rows.path:
            first, last = places(np.array([block.first, block.last]), self.d).tolist()
            copy_range(block.rows.path, first, last, self._file)
            self.n += len(block)
            return
        vectors = np.asarray(block)
        for first in range(0, len(vectors), _BLOCK):
            self._file.write(np.ascontiguousarray(vectors[first : first + _BLOCK], dtype=np.float32).tobytes())
        self.n += len(vectors)


def places(rows: NDArray[np.int64], d: int) -> NDArray[np.int64]:
    """The bytes at which rows begin in a file of rows of d numbers."""
    return _HEADER + 4 * d * rows


@contextmanager
def writing(path: Path, d: int) -> Iterator[RowsFile]:
    """Write a file that `Rows.open` and FAISS read, a block of vectors at a time; complete when the block is left."""
    _write(faiss.IndexFlatIP(d), path)
    with path.open("r+b") as file:
        file.seek(_HEADER)
        rows = RowsFile(file, d)
        yield rows
        for at, number in ((_COUNT, rows.n), (_SIZE, rows.n * d)):
            file.seek(at)
            file.write(struct.pack("<q", number))


def _read(path: Path, flags: int) -> faiss.Index:
    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError as error:
        raise StoreError(f"{path} cannot be read by FAISS; run `qa index build --full`") from error


def _write(index: Any, path: Path) -> None:
    """Write an index in FAISS's format. Raises `OSError` if that fails; FAISS does not say by which number."""
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"FAISS cannot write {path.name}, as on a full disk") from error


EXACT_UNTIL = 10_000
"""Up to so many passages all are compared with a question, and all their sentences, see `kind_for`: that takes 7 ms of
processor time, and nothing is missed. Chosen on 2026-11-27."""
_PROBED, _AND, _LEAST = 0.25, 100, 350
"""The share of the lists that is looked through, how many more, and the fewest. A question is unlike the passages that
answer it, so its nearest rows lie in many lists: of the ten best of 10^6 passages by hybrid search, half of the lists
lose 0.8 %, a third of them 1.3 %, in two thirds of the time. Up to 10^5 rows all are looked through, in 2 ms. On
2026-11-27."""
_SPARE, _TIMES = 160, 4
"""For k wanted rows so many candidates, and so many times k, are compared exactly: with 200 for 10 the codes lose none
of 10^6 rows, with 100 they lose 0.4 %. On 2026-11-27."""
_SAMPLE, _SMALLEST, _ROUNDS = 40, 20_000, 8
"""Rows for each list, and at least so many, that the lists and codes are learnt from, and rounds of k-means: 10^6 rows
take 4 s. More of either found no more rows. On 2026-11-27."""
_STALE = 0.2
"""If a larger share of the rows has changed since lists and codes were learnt, they are learnt again. Set by hand on
2026-11-27."""
_FEW = 20_000
"""So few allowed rows are all compared: 1.6 ms. On 2026-11-27."""
_SEED, _ASKED, _CENTRES = 15, 100, 16
_FORMAT = 1


def kind_for(n: int) -> Kind:
    """How the passages are found whose vectors are nearest: by comparing all n, or by an approximate index.

    Measured on 2026-11-27 with questions of `asked/dev` on papers of the library, with five sentences a passage, in
    milliseconds of processor time a search: of 5,000 passages 3.1 if all are compared, 4.8 by `Nearest`; of 10,000 7.1
    and 4.2; of 20,000 22.9 and 5.9. A graph (HNSW with 32 links, 800 looked at) finds as many of 3 * 10^5 rows in 4 ms,
    but takes 191 s to build in place of 6 s and 1,810 bytes a row in place of 110, and rows cannot be taken out of it:
    so there is none.
    """
    return "exact" if n <= EXACT_UNTIL else "ivf-pq"


class Nearest:
    """An approximate index over rows: codes of 4 bits for every two numbers, in lists of rows that are alike.

    The best rows by their codes are compared exactly. `trained_on` rows the lists and codes were learnt from the state
    of, and `changed` have come or gone since.
    """

    kind: Kind = "ivf-pq"

    def __init__(
        self, rows: Rows, index: faiss.Index, trained_on: int, changed: int, recall10: float | None = None
    ) -> None:
        self.rows = rows
        self.trained_on, self.changed = trained_on, changed
        self._index: Any = index
        self._recall10 = recall10

    @property
    def recall10(self) -> float:
        """The share of the ten nearest that is found, 0 to 1, measured when lists and codes were learnt."""
        if self._recall10 is None:
            self._recall10 = self.recall()
        return self._recall10

    @classmethod
    def build(cls, rows: Rows) -> Nearest:
        """Learn lists and codes from a sample of the rows, and add all; the same whatever the number of threads."""
        if rows.n < _CENTRES:
            raise ValueError(f"{rows.n} rows are too few to learn {_CENTRES} codes from; compare them all")
        lists = round(rows.n**0.5)
        parts = rows.d // 2 if rows.d % 2 == 0 else rows.d
        index: Any = faiss.index_factory(rows.d, f"IVF{lists},PQ{parts}x4fs", faiss.METRIC_INNER_PRODUCT)
        size = min(rows.n, max(lists * _SAMPLE, _SMALLEST))
        for learnt in (index.cp, index.pq.cp):
            learnt.niter, learnt.min_points_per_centroid, learnt.max_points_per_centroid = _ROUNDS, 1, size
        drawn = np.random.default_rng(_SEED).permutation(rows.n)[:size]
        with _one_thread():
            index.train(np.ascontiguousarray(rows.array[np.sort(drawn)]))
        _add(index, rows, np.arange(rows.n))
        return cls(rows, index, rows.n, 0)

    @classmethod
    def open(cls, path: Path, rows: Rows) -> Nearest:
        """Map an index that `save` wrote into memory.

        Raises:
            StoreError: FAISS cannot read the file, it is not of so many rows, or what is noted beside it is damaged.
        """
        index = _read(path, faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(index, _kernels.IndexIVFPQFastScan) or (index.ntotal, index.d) != (rows.n, rows.d):
            raise StoreError(f"{path} is no index of {rows.n} vectors of {rows.d}; run `qa index build --full`")
        notes = path.with_suffix(".json")
        try:
            noted = json.loads(notes.read_text("utf-8"))
            if noted["format"] != _FORMAT:
                raise ValueError(f"format {noted['format']}")
            return cls(rows, index, int(noted["trained_on"]), int(noted["changed"]), float(noted["recall10"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{notes} cannot be read ({error!r}); run `qa index build --full`") from error

    def save(self, path: Path) -> None:
        """Write the index in FAISS's format, and beside it a `.json` with how much has changed since it was trained."""
        _write(self._index, path)
        noted = {
            "format": _FORMAT,
            "kind": self.kind,
            "trained_on": self.trained_on,
            "changed": self.changed,
            "recall10": round(self.recall10, 4),
        }
        path.with_suffix(".json").write_text(json.dumps(noted) + "\n", "utf-8")

    def nearest(
        self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The k best rows that are found, int64, (at most k,), best first, ties by row, and their exact scores.

        `allowed`, (n,), says of each row whether it may be found; few are all compared.
        """
        if allowed is not None and allowed.shape != (self.rows.n,):
            raise ValueError(f"{allowed.shape} rows are allowed or not; there are {self.rows.n}")
        if allowed is not None and np.count_nonzero(allowed) <= _FEW:
            found = np.flatnonzero(allowed)
        else:
            found, _ = self.candidates(query, _SPARE + _TIMES * k, allowed)
        scores = self.rows.scores_at(query, found)
        order = np.lexsort((found, -scores))[:k]
        return found[order], scores[order]

    def candidates(
        self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """At most k rows that are the best by their codes, ascending, and their scores by these, about the exact ones.

        `allowed`, (n,), says of each row whether it may be found.
        """
        k = min(k, self.rows.n)
        lists = self._index.nlist
        wanted = {"nprobe": min(lists, max(_LEAST, _AND + math.ceil(lists * _PROBED)))}
        if allowed is not None:
            wanted["sel"] = _kernels.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        with _one_thread():
            scores, found = self._index.search(query[np.newaxis], k, params=_kernels.SearchParametersIVF(**wanted))
        order = np.argsort(found[0])
        order = order[found[0][order] >= 0]
        return found[0][order], scores[0][order]

    def updated(self, rows: Rows, moved: NDArray[np.int64]) -> Nearest:
        """The index of a later state of the rows: `moved`, (n,), is the later row of each, or -1 if it is gone.

        Rows that none has moved to are added. If much has changed since lists and codes were learnt, all is built anew.
        """
        if moved.shape != (self.rows.n,) or moved.max(initial=-1) >= rows.n:
            raise ValueError(f"{moved.shape} rows move to at most {moved.max(initial=-1)}: {self.rows.n} to {rows.n}")
        kept = moved >= 0
        is_new = np.ones(rows.n, dtype=np.bool_)
        is_new[moved[kept]] = False
        gone, new = np.flatnonzero(~kept), np.flatnonzero(is_new)
        if len(gone) + rows.n - len(new) != self.rows.n:
            raise ValueError("two rows move to the same one")
        changed = self.changed + len(gone) + len(new)
        if changed > _STALE * self.trained_on:
            return self.build(rows)
        index: Any = faiss.clone_index(self._index)
        lists = index.invlists
        before = [lists.list_size(number) for number in range(index.nlist)]
        if len(gone):
            index.remove_ids(_kernels.IDSelectorBatch(gone))
        again = [new]
        for number, size in enumerate(before):
            left = lists.list_size(number)
            ids = _kernels.rev_swig_ptr(lists.get_ids(number), left) if left else np.empty(0, dtype=np.int64)
            ids[:] = moved[ids]
            if left < size:  # FAISS writes new codes over what is left of old ones in a block that is not full
                again.append(ids[left - left % index.bbs :].copy())
                lists.resize(number, left - left % index.bbs)
                index.ntotal -= left % index.bbs
        _add(index, rows, np.sort(np.concatenate(again)))
        return Nearest(rows, index, self.trained_on, changed, self._recall10)

    def recall(self, queries: Vectors | None = None, k: int = 10) -> float:
        """The share of the k nearest rows that are found, for queries, (m, d), or else for 100 of the rows themselves.

        Rows are found more easily than the answers to questions.
        """
        if queries is None:
            drawn = np.random.default_rng(_SEED).permutation(self.rows.n)[:_ASKED]
            queries = np.ascontiguousarray(self.rows.array[np.sort(drawn)])
        k = min(k, self.rows.n)
        found = 0
        for query in queries:
            scores = self.rows.scores(query)
            best = np.lexsort((np.arange(self.rows.n), -scores))[:k]
            found += len(np.intersect1d(best, self.nearest(query, k)[0]))
        return found / (len(queries) * k)


def _add(index: Any, rows: Rows, numbers: NDArray[np.int64]) -> None:
    with _one_thread():
        for first in range(0, len(numbers), _BLOCK):
            block = numbers[first : first + _BLOCK]
            index.add_with_ids(rows.array[block], block)


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS uses one thread for what the calling thread asks of it: sums are the same then, and no time is lost in
    waiting for a thread that has little to do (10 ms for 200 scores where other programs are at work)."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
