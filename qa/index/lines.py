"""JSONL files of which single lines are read: a value is made of a line when it is first asked for."""

from __future__ import annotations

import json
import mmap
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from qa.index.arrays import mapped, read
from qa.index.copying import copy_range
from qa.types import StoreError

T = TypeVar("T")
Starts = NDArray[np.int64]


class Lazy(Sequence[T]):
    """A sequence whose slices are tuples, and that equals any sequence of the same values."""

    def _at(self, number: int) -> T:
        raise NotImplementedError

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        if isinstance(at, slice):
            return tuple(map(self._at, range(*at.indices(len(self)))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._at(int(at) % len(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_equal, self, other))

    __hash__ = None  # type: ignore[assignment]


def _equal(one: object, other: object) -> bool:
    return one == other


class Lines(Lazy[T], Generic[T]):
    """The values of a file of lines, of which the last `kept` stay in memory.

    Line i is the bytes from `starts[i]` to `starts[i + 1]`, int64, (n + 1,); the file is mapped into memory. A value
    that cannot be made of its line raises a `StoreError` when it is asked for.
    """

    def __init__(self, path: Path, starts: Starts, make: Callable[[Mapping[str, Any]], T], kept: int) -> None:
        self.path, self.starts = path, starts
        self._make = make
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if not len(starts) or int(starts[-1]) != len(self._bytes):
            raise StoreError(f"{path} does not have the lines that it should have; run `qa index build --full`")
        self._kept = lru_cache(maxsize=kept)(self._read)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[T]:
        """All values, none of which is kept."""
        return map(self._read, range(len(self)))

    def _at(self, number: int) -> T:
        return self._kept(number)

    def _read(self, number: int) -> T:
        try:
            return self._make(json.loads(self.raw(number, number + 1)))
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"{self.path} is not in the form that this program writes ({error!r}); run `qa index build --full`"
            ) from error

    def raw(self, first: int, last: int) -> bytes:
        """The bytes of the lines from `first` up to `last`."""
        return self._bytes[int(self.starts[first]) : int(self.starts[last])]


class Kept(Lazy[T], Generic[T]):
    """The values of a small file of lines, which is read anew whenever one is asked for: many parts fill no memory.

    Ask for one after the other by iterating: for a single one, all are made.
    """

    def __init__(self, path: Path, make: Callable[[Mapping[str, Any]], T]) -> None:
        self._path, self._make = path, make
        self._length = self.raw().count(b"\n")

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        with self._path.open(encoding="utf-8", newline="\n") as file:
            return iter([self._make(json.loads(line)) for line in file])

    def _at(self, number: int) -> T:
        return list(self)[number]

    def raw(self) -> bytes:
        """The bytes of all lines."""
        return self._path.read_bytes()


@dataclass(frozen=True, slots=True)
class OnDisk:
    """An array in a file, float32, of that shape, which is read whenever it is asked for."""

    path: Path
    shape: tuple[int, ...]

    @classmethod
    def at(cls, path: Path) -> OnDisk:
        """The array in a `.npy` file. Raises `ValueError` if it is none."""
        return cls(path, mapped(path).shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.float32]:
        return np.asarray(read(self.path), dtype=dtype)


class Part(Lazy[T], Generic[T]):
    """The values from `first` up to `last` of a sequence."""

    def __init__(self, whole: Sequence[T], first: int, last: int) -> None:
        self.whole, self.first, self.last = whole, first, last

    def __len__(self) -> int:
        return self.last - self.first

    def _at(self, number: int) -> T:
        return self.whole[self.first + number]


class Chain(Lazy[T], Generic[T]):
    """Sequences one behind the other."""

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self.parts = tuple(parts)
        self._starts = [*accumulate(map(len, self.parts), initial=0)]

    def __len__(self) -> int:
        return self._starts[-1]

    def _at(self, number: int) -> T:
        part = bisect_right(self._starts, number) - 1
        return self.parts[part][number - self._starts[part]]


def write(path: Path, values: Sequence[T], record: Callable[[T], Mapping[str, Any]]) -> Starts:
    """Write a value a line, as `record` makes it, and return where the lines start; lines of another file are copied.

    Values are taken one by one, so that not all need to be in memory at once.
    """
    with path.open("wb") as file:
        lengths = [*_written(file, values, record)]
    return np.concatenate([[0], *lengths]).cumsum(dtype=np.int64)


def _written(
    file: BinaryIO, values: Sequence[T], record: Callable[[T], Mapping[str, Any]]
) -> Iterator[NDArray[np.int64]]:
    """Write values, and yield the lengths of their lines."""
    if isinstance(values, Chain):
        for part in values.parts:
            yield from _written(file, part, record)
        return
    if isinstance(values, Kept):
        block = values.raw()
        file.write(block)
        yield np.array([len(line) for line in block.splitlines(keepends=True)])
        return
    part = values if isinstance(values, Part) else Part(values, 0, len(values))
    if isinstance(part.whole, Lines):
        starts = part.whole.starts[part.first : part.last + 1]
        copy_range(part.whole.path, int(starts[0]), int(starts[-1]), file)
        yield np.diff(starts)
        return
    for value in part:
        line = f"{json.dumps(record(value), ensure_ascii=False)}\n".encode()
        file.write(line)
        yield np.array([len(line)])
