"""Checksums of large files, paper by paper.

Such a file has a few bytes of its own in front, and then those of each paper. Its checksum is the SHA-256 of the bytes
in front and the SHA-256 of each paper, one behind the other. Those are kept: where one paper is new, what is taken over
from another generation need not be read again. If it has changed since, whoever reads every byte finds that out.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.index.network import each

SIZE = 32
"""Bytes of a SHA-256."""
_AT_ONCE = 128
"""Papers that a thread reads one after the other. Set by hand on 2026-11-27: 30 MB of vectors."""
_BLOCK = 1 << 20
"""Bytes that are read at once."""

Sums = NDArray[np.uint8]
"""The SHA-256 of each paper's bytes in a file, (papers, 32); 0 where it is not known."""


class ByPaper(NamedTuple):
    """A file with the bytes of papers one behind the other: paper i from `bounds[i]` to `bounds[i + 1]`, int64."""

    path: Path
    bounds: NDArray[np.int64]

    def sums(self, known: Sums | None = None) -> Sums:
        """The SHA-256 of each paper; what is known of them is taken over, and the others are read."""
        found = np.zeros((len(self.bounds) - 1, SIZE), dtype=np.uint8) if known is None else known.copy()
        missing = np.flatnonzero(~found.any(axis=1))
        groups = [missing[first : first + _AT_ONCE] for first in range(0, len(missing), _AT_ONCE)]
        for numbers, own in zip(groups, each(self._read, groups), strict=True):
            found[numbers] = own
        return found

    def fits(self) -> bool:
        """Whether the file is as long as its papers."""
        return self.path.stat().st_size == int(self.bounds[-1])

    def checksum(self, sums: Sums) -> str:
        """The checksum of the file, in hex, if its papers have these."""
        with self.path.open("rb") as file:
            front = file.read(int(self.bounds[0]))
        return hashlib.sha256(front + sums.tobytes()).hexdigest()

    def _read(self, numbers: NDArray[np.int64]) -> Sums:
        with self.path.open("rb") as file:
            found = [_sum(file, *self.bounds[[number, number + 1]].tolist()) for number in numbers]
        return np.frombuffer(b"".join(found), dtype=np.uint8).reshape(-1, SIZE)


def _sum(file: BinaryIO, first: int, last: int) -> bytes:
    """The SHA-256 of the bytes from `first` up to `last`."""
    found = hashlib.sha256()
    file.seek(first)
    for at in range(first, last, _BLOCK):
        found.update(file.read(min(_BLOCK, last - at)))
    return found.digest()
