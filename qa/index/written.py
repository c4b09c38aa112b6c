"""How often the papers write each word, with its capitals: what slips of the pen are told by."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
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


def load(path: Path) -> Mapping[str, int]:
    """Read what `save` wrote. Raises `StoreError` if that fails."""
    try:
        counts: dict[str, int] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); run `qa index build --full`") from error
    return counts
