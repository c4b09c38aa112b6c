"""Bytes of one file are appended to another, by the system itself where it can."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20
"""Bytes that are copied at once where the system does not do it."""


def copy_range(source: Path, first: int, last: int, target: BinaryIO) -> None:
    """Append the bytes of a file from `first` up to `last` to another.

    Raises:
        OSError: a file cannot be read or written, or the source is shorter than that.
    """
    target.flush()
    with source.open("rb", buffering=0) as file:
        file.seek(first)
        left = last - first - _by_system(file.fileno(), last - first, target.fileno())
        target.seek(0, os.SEEK_END)
        while left:
            block = file.read(min(_BLOCK, left))
            if not block:
                raise OSError(f"{source} ends before byte {last}")
            target.write(block)
            left -= len(block)


def _by_system(source: int, size: int, target: int) -> int:
    """How many bytes Linux copied from file to file; 0 on other systems, and between file systems that cannot."""
    done = 0
    if hasattr(os, "copy_file_range"):
        try:
            while done < size and (copied := os.copy_file_range(source, target, size - done)):
                done += copied
        except OSError:
            pass  # the rest is copied by hand, or fails there in words
    return done
