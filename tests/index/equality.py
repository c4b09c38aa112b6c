"""Whether two folders, or two indexes, are the same."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from qa.index import dense, lexical
from qa.index.index import Index


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every path under a folder; None for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def same(one: Index, other: Index) -> bool:
    """Whether two indexes are equal, those parts too that FAISS and bm25s cannot compare."""
    compared = ("passage_vectors", "sentence_vectors", "words")
    plain = [field.name for field in fields(Index) if field.name not in compared]
    return (
        all(getattr(one, name) == getattr(other, name) for name in plain)
        and dense.vectors_of(one.passage_vectors).tobytes() == dense.vectors_of(other.passage_vectors).tobytes()
        and dense.vectors_of(one.sentence_vectors).tobytes() == dense.vectors_of(other.sentence_vectors).tobytes()
        and lexical.scores(one.words, ["basalt", "appl"]).tobytes()
        == lexical.scores(other.words, ["basalt", "appl"]).tobytes()
    )
