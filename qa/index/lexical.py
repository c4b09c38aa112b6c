"""BM25 over memory-mapped counts: scores of texts for a question's words.

Kept are the counts that a score is made of, not the scores: one text more changes every score, but only its own counts.
So an index is made of an earlier one without splitting and stemming its texts again. A score is made when it is asked
for (k1 1.5, b 0.75, Lucene's variant: Lù 2024, arXiv:2407.03618, table 1), the same to the last bit as bm25s makes it;
all that would be left to bm25s here is one addition.
"""

from __future__ import annotations

import json
import math
import mmap
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from qa.index.arrays import mapped
from qa.index.embed import Vectors
from qa.types import StoreError
from qa.words import terms

_K1, _B = 1.5, 0.75
"""How soon a repeated word counts no more, and how much a long text is marked down; bm25s has the same two."""
_BLOCK = 20_000
"""Texts that are split at once when an index is built. Set by hand on 2026-11-27: 2 million words."""
_AT_ONCE = 4_000_000
"""Postings that are sorted at once, so that memory stays bounded. Set by hand on 2026-11-27: 200 MB."""
_POSTINGS = 16_384
"""Postings that are weighed at once: what is computed of them stays in the processor's cache. A question has 1,040,000
in 10^6 passages (95th percentile), which take 11.5 ms in place of 24.7 all at once. On 2026-11-27."""
_TERMS, _PARAMETERS = "terms.jsonl", "words.json"
_ARRAYS = ("starts", "rows", "counts", "lengths")
_FORMAT = 1
_MOST = np.iinfo(np.uint16).max


class _Postings(NamedTuple):
    """Which texts have which terms.

    `terms` ascend and are all different. The texts with term t stand at `starts[t]` to `starts[t + 1]` (int64,
    (terms + 1,)) of `rows`, int32, and how often they have it in `counts`, uint16.
    """

    terms: Sequence[str]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]


class Terms(Sequence[str]):
    """The terms of an index, ascending, looked up where they stand in the file: a million make no million objects.

    Each is a line of JSON: a term has letters, digits and `_` only, so that nothing in it is escaped.

    >>> found = Terms(b'"dose"\\n"men"\\n"tumor"\\n')
    >>> list(found), found[1], "tumor" in found, found.starting_with("do")
    (['dose', 'men', 'tumor'], 'men', True, ['dose'])
    """

    def __init__(self, lines: bytes | mmap.mmap) -> None:
        self.lines = lines
        ends = np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == ord("\n"))
        starts: NDArray[np.int64] = np.concatenate([[0], ends + 1])
        self._starts = starts.data  # its numbers are read twice as fast as an array's

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        numbers = range(len(self))[number]
        if isinstance(numbers, int):
            return self._bytes(numbers).decode("utf-8")
        return [self[n] for n in numbers]

    def __iter__(self) -> Iterator[str]:
        return iter(self._between(0, len(self)))

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and self.number(term) is not None

    def number(self, term: str) -> int | None:
        """The place of a term among all; None if there is no such term."""
        at = self.place(term)
        return at if at < len(self) and self[at] == term else None

    def starting_with(self, prefix: str) -> list[str]:
        """The terms that begin with a prefix, ascending."""
        return self._between(self.place(prefix), self.place(prefix + "\U0010ffff"))

    def with_new(self, new: Sequence[str]) -> Terms:
        """These terms and others, ascending too, none of which is among them."""
        at = [0, *(self._starts[self.place(term)] for term in new), len(self.lines)]
        own = [self.lines[first:last] for first, last in pairwise(at)]
        return Terms(b"".join(chain.from_iterable(zip_longest(own, map(_line, new), fillvalue=b""))))

    def place(self, term: str) -> int:
        """The number of terms before a word; UTF-8 has the order of the characters."""
        return bisect_left(range(len(self)), term.encode("utf-8", "surrogatepass"), key=self._bytes)

    def _bytes(self, number: int) -> bytes:
        return self.lines[self._starts[number] + 1 : self._starts[number + 1] - 2]

    def _between(self, first: int, last: int) -> list[str]:
        """The terms from one to another, that one left out."""
        lines = self.lines[self._starts[first] : self._starts[last]].decode("utf-8")
        return lines.replace('"', "").split("\n")[:-1]


def _line(term: str) -> bytes:
    return f'"{term}"\n'.encode()


class Words:
    """BM25 over n texts: `n`, their `terms` (stemmed, ascending), and which texts have which.

    Two indexes of the same texts are the same to the last bit, however they were made.
    """

    def __init__(self, terms: Terms, postings: _Postings, lengths: NDArray[np.int32], stemmer: str) -> None:
        self.terms = terms
        self.n = len(lengths)
        self.stemmer = stemmer
        self._postings = postings
        self._lengths = lengths
        mean = (int(lengths.sum(dtype=np.int64)) or 1) / max(self.n, 1)
        self._damping = _K1 * ((1 - _B) + _B * lengths.astype(np.float64) / mean)

    @classmethod
    def build(cls, texts: Iterable[str], stemmer: str = "english") -> Words:
        """Split and stem texts, a block at a time.

        >>> Words.build(["one tumour", "two men", "three tumors"]).scores(["tumor"]) > 0
        array([ True, False,  True])
        """
        parts, lengths, first = [], [], 0
        remaining = iter(texts)
        while block := list(islice(remaining, _BLOCK)):
            postings, own = _counted(block, np.arange(first, first + len(block)), stemmer)
            parts.append(postings)
            lengths.append(own)
            first += len(block)
        return cls._of(parts, np.concatenate([np.empty(0, dtype=np.int32), *lengths]), stemmer)

    def updated(self, moved: NDArray[np.int64], texts: Mapping[int, str]) -> Words:
        """The index of a later state of the texts; the same to the last bit as if it had been built of them all.

        `moved`, (n,), is the later row of each text, or -1 if it is gone. `texts` are the new ones by their rows.
        """
        kept = moved >= 0
        new = np.array(sorted(texts), dtype=np.int64)
        n = int(kept.sum()) + len(new)
        if moved.shape != (self.n,) or not np.array_equal(np.sort(np.concatenate([moved[kept], new])), np.arange(n)):
            raise ValueError(
                f"{self.n} texts, {len(moved)} of them moved, and {len(new)} new ones do not make {n} rows"
            )
        added, own = _counted([texts[row] for row in new.tolist()], new, self.stemmer)
        lengths = np.empty(n, dtype=np.int32)
        lengths[moved[kept]] = self._lengths[kept]
        lengths[new] = own
        if kept.all() and np.all(np.diff(moved) > 0):
            there = self._postings._replace(rows=moved.astype(np.int32)[self._postings.rows])
            return Words(*_inserted(self.terms, there, added), lengths, self.stemmer)
        return self._of([_moved(self._postings, moved), added], lengths, self.stemmer)

    @classmethod
    def _of(cls, parts: Sequence[_Postings], lengths: NDArray[np.int32], stemmer: str) -> Words:
        """Merge postings whose texts are all different."""
        all_terms = list(dict.fromkeys(sorted(chain.from_iterable(part.terms for part in parts))))
        terms = Terms(b"".join(map(_line, all_terms)))
        number_of = {term: number for number, term in enumerate(all_terms)}
        starts = []
        for part in parts:
            found = np.zeros(len(all_terms) + 1, dtype=np.int64)
            numbers = np.fromiter(map(number_of.__getitem__, part.terms), dtype=np.int64, count=len(part.terms))
            found[numbers + 1] = np.diff(part.starts)
            starts.append(np.cumsum(found))
        return cls(terms, _merged(terms, parts, starts), lengths, stemmer)

    def save(self, folder: Path) -> None:
        """Write the index into a folder: terms as lines, numbers as `.npy`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TERMS).write_bytes(self.terms.lines)
        own = self._postings
        arrays: tuple[NDArray[np.integer], ...] = (own.starts, own.rows, own.counts, self._lengths)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        (folder / _PARAMETERS).write_text(json.dumps({"format": _FORMAT, "stemmer": self.stemmer}) + "\n", "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Words:
        """Map an index that `save` wrote into memory; nothing of it is read before it is needed.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            parameters = json.loads((folder / _PARAMETERS).read_text("utf-8"))
            if parameters["format"] != _FORMAT:
                raise ValueError(f"format {parameters['format']}")
            terms = Terms(_mapped(folder / _TERMS))
            starts, rows, counts, lengths = (mapped(folder / f"{name}.npy").view(np.ndarray) for name in _ARRAYS)
            if len(starts) != len(terms) + 1 or starts[-1] != len(rows) or len(rows) != len(counts):
                raise ValueError(f"{len(terms)} terms with {len(rows)} rows and {len(counts)} counts")
            return cls(terms, _Postings(terms, starts, rows, counts), lengths, str(parameters["stemmer"]))
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{folder} cannot be read ({error}); run `qa index build --full`") from error

    def texts_with(self, term: str) -> NDArray[np.int32]:
        """The rows of the texts that have a (stemmed) term, ascending; a view.

        >>> Words.build(["one tumour", "two men", "three tumors"]).texts_with("tumor").tolist()
        [0, 2]
        """
        return self._postings.rows[self._places(term)]

    def document_frequency(self, term: str) -> int:
        """The number of texts that have a (stemmed) term."""
        return len(self.texts_with(term))

    def scores(self, query: Sequence[str]) -> Vectors:
        """The BM25 score of every text for (stemmed) terms, float32, (n,): larger is better, 0 if no term is shared."""
        total = np.zeros(self.n, dtype=np.float32)
        for term in query:
            places = self._places(term)
            for first in range(places.start, places.stop, _POSTINGS):
                some = slice(first, min(first + _POSTINGS, places.stop))
                rows = self._postings.rows[some]
                weights = self._weights(rows, self._postings.counts[some], places.stop - places.start)
                np.add.at(total, rows, weights)  # half the time of `+=`
        return total

    def scores_at(self, query: Sequence[str], rows: NDArray[np.integer]) -> Vectors:
        """The scores of some texts, float32, (len(rows),), as `scores` gives them to the last bit."""
        total = np.zeros(len(rows), dtype=np.float32)
        for term in query:
            places = self._places(term)
            having = self._postings.rows[places]
            if len(having):
                at = np.minimum(np.searchsorted(having, rows), len(having) - 1)
                shared = np.flatnonzero(having[at] == rows)
                weights = self._weights(having[at[shared]], self._postings.counts[places][at[shared]], len(having))
                total[shared] += weights
        return total

    def _places(self, term: str) -> slice:
        """Where the postings of a term stand."""
        number = self.terms.number(term)
        if number is None:
            return slice(0, 0)
        return slice(int(self._postings.starts[number]), int(self._postings.starts[number + 1]))

    def _weights(self, rows: NDArray[np.int32], counts: NDArray[np.uint16], df: int) -> Vectors:
        """What a term that is in `df` texts adds to the scores of some of them."""
        idf = np.float32(math.log(1 + (self.n - df + 0.5) / (df + 0.5)))
        found = counts.astype(np.float64)
        weights = self._damping.take(rows)
        weights += found
        np.divide(found, weights, out=weights)
        weights *= np.float64(idf)
        return weights.astype(np.float32)


def _counted(texts: Sequence[str], rows: NDArray[np.int64], stemmer: str) -> tuple[_Postings, NDArray[np.int32]]:
    """The postings of texts with their rows, which ascend, and how many terms each text has."""
    found = terms(texts, stemmer)
    lengths = np.fromiter(map(len, found), dtype=np.int32, count=len(found))
    own = sorted(set().union(*found))
    number_of = {term: number for number, term in enumerate(own)}
    numbers = np.fromiter(map(number_of.__getitem__, chain.from_iterable(found)), dtype=np.int64, count=lengths.sum())
    keys, counts = np.unique(numbers << 32 | np.repeat(np.arange(len(texts)), lengths), return_counts=True)
    if counts.max(initial=0) > _MOST:
        raise ValueError(f"a text has a word {counts.max()} times; at most {_MOST} can be counted")
    starts = np.searchsorted(keys, np.arange(len(own) + 1, dtype=np.int64) << 32)
    return _Postings(own, starts, rows[keys & 0xFFFFFFFF].astype(np.int32), counts.astype(np.uint16)), lengths


def _moved(postings: _Postings, moved: NDArray[np.int64]) -> _Postings:
    """Postings with the later rows of their texts; without texts that are gone, and terms that none is left to have."""
    rows = moved.astype(np.int32)[postings.rows]
    kept = rows >= 0
    if kept.all():
        return _Postings(postings.terms, postings.starts, rows, postings.counts)
    starts = np.concatenate([[0], np.cumsum(kept)])[postings.starts]
    left = np.flatnonzero(np.diff(starts))
    terms = list(postings.terms)
    own = [terms[number] for number in left.tolist()]
    return _Postings(own, np.append(starts[left], starts[-1]), rows[kept], postings.counts[kept])


def _inserted(terms: Terms, there: _Postings, added: _Postings) -> tuple[Terms, _Postings]:
    """Postings of all `terms` with those of a few other texts: nothing is sorted again, and no term is made anew."""
    at = np.fromiter(map(terms.place, added.terms), dtype=np.int64, count=len(added.terms))
    is_new = np.array([term not in terms for term in added.terms], dtype=np.bool_)
    all_terms = terms.with_new([term for term, new in zip(added.terms, is_new, strict=True) if new])
    counts = np.insert(np.diff(there.starts), at[is_new], 0)
    counts[at + np.cumsum(is_new) - is_new] += np.diff(added.starts)
    places = [
        first + np.searchsorted(there.rows[first:last], added.rows[own:end])
        for (first, last), (own, end) in zip(
            np.stack([there.starts[at], np.where(is_new, there.starts[at], there.starts[at + ~is_new])], axis=1),
            pairwise(added.starts),
            strict=True,
        )
    ]
    where = np.concatenate([np.empty(0, dtype=np.int64), *places])
    starts = np.concatenate([[0], np.cumsum(counts)])
    return all_terms, _Postings(
        all_terms, starts, np.insert(there.rows, where, added.rows), np.insert(there.counts, where, added.counts)
    )


def _merged(terms: Terms, parts: Sequence[_Postings], starts: Sequence[NDArray[np.int64]]) -> _Postings:
    """The postings of all parts by term and row; `starts` says where those of each of all terms stand in each part."""
    total = np.sum([np.zeros(len(terms) + 1, dtype=np.int64), *starts], axis=0)
    rows, counts = np.empty(total[-1], dtype=np.int32), np.empty(total[-1], dtype=np.uint16)
    first = 0
    while first < len(terms):
        last = max(first + 1, int(np.searchsorted(total, total[first] + _AT_ONCE, side="right")) - 1)
        slices = [slice(own[first], own[last]) for own in starts]
        numbers = [np.repeat(np.arange(last - first), np.diff(own[first : last + 1])) for own in starts]
        their_rows = np.concatenate([part.rows[places] for part, places in zip(parts, slices, strict=True)])
        order = np.argsort(np.concatenate(numbers) << 32 | their_rows, kind="stable")
        target = slice(total[first], total[last])
        rows[target] = their_rows[order]
        counts[target] = np.concatenate([part.counts[p] for part, p in zip(parts, slices, strict=True)])[order]
        first = last
    return _Postings(terms, total, rows, counts)


def _mapped(path: Path) -> bytes | mmap.mmap:
    """The bytes of a file, mapped into memory; an empty one cannot be."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
