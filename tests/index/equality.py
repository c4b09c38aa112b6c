"""Whether two folders, or two indexes, are the same."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from qa.index.columns import Columns
from qa.index.index import Index


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every path under a folder; None for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


_PLAIN = ("documents", "keys", "passages", "written", "settings", "fingerprint", "encoder_sha256", "failures", "dois")


def same(one: Index, other: Index) -> bool:
    """Whether two indexes are equal, to the last bit of each number."""
    return (
        all(getattr(one, name) == getattr(other, name) for name in _PLAIN)
        and all(
            _alike(getattr(one.columns, field.name), getattr(other.columns, field.name)) for field in fields(Columns)
        )
        and all(
            _alike(getattr(one, name).array, getattr(other, name).array)
            for name in ("passage_vectors", "sentence_vectors")
        )
        and _alike(one.words.scores(["basalt", "appl"]), other.words.scores(["basalt", "appl"]))
    )


def _alike(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return one == other
