"""How often the papers write each word, with its capitals: what slips of the pen are told by."""

from __future__ import annotations

import json
import mmap
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qa.types import StoreError

_WORD = re.compile(r"[^\W\d_]{4,}")


def written(texts: Iterable[str]) -> Counter[str]:
    """How often the texts have each word of at least four letters, as it is written.

    >>> written(["The tumour was a Tumour."])
    Counter({'tumour': 1, 'Tumour': 1})
    """
    found: Counter[str] = Counter()
    for text in texts:
        found.update(_WORD.findall(text))
    return found


def save(counts: Mapping[str, int], path: Path) -> None:
    """Write the counts, sorted by word."""
    ordered = {word: counts[word] for word in sorted(counts)}
    path.write_text(json.dumps(ordered, ensure_ascii=False, separators=(",", ":")), "utf-8")


def opened(path: Path) -> Callable[[], Mapping[str, int]]:
    """What reads the counts that `save` wrote, when it is called; the file need not be there any more by then.

    Raises:
        StoreError: the file cannot be read, or, when it is called, is no such file.
    """
    with _reading(path), path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def read() -> Mapping[str, int]:
        with _reading(path):
            counts: dict[str, int] = json.loads(mapped[:])
            return counts

    return read


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); run `qa index build --full`") from error
