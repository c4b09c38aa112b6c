"""Read other people's files, draw a sample, write their texts as a corpus."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qa.types import QuestionSetError

SEED = 0

T = TypeVar("T")


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a gzip JSONL file.

    Raises:
        QuestionSetError: it cannot be read.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.strip()]
    except (OSError, EOFError, ValueError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); --data names the folder that has it") from error


def sampled(items: Sequence[T], sample: int | None) -> list[T]:
    """A sample of so many items, in order and always the same; all items if `sample` is None.

    >>> sampled("abcdef", 3), sampled("ab", 3)
    (['a', 'd', 'f'], ['a', 'b'])
    """
    if sample is None or sample >= len(items):
        return list(items)
    choice = random.Random(SEED)  # noqa: S311 - a sample that anyone can draw again, not a secret
    return [items[i] for i in sorted(choice.sample(range(len(items)), sample))]


def write_papers(corpus: Path, papers: Mapping[str, tuple[str, str]]) -> None:
    """Write texts, id → (title, text), as a corpus folder; other papers in it are deleted."""
    corpus.mkdir(parents=True, exist_ok=True)
    for path in corpus.glob("*.txt"):
        if path.stem not in papers:
            path.unlink()
    entries = []
    for name, (title, text) in papers.items():
        (corpus / f"{name}.txt").write_bytes(text.encode())
        plain = " ".join("".join(c for c in title or name if c not in "{}\\%$&#_^~").split())
        entries.append(f"@article{{{name},\n  title = {{{{{plain}}}}},\n  file = {{{name}.txt}},\n}}\n")
    (corpus / "corpus.bib").write_text("\n".join(entries), "utf-8")
