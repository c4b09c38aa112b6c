"""What search and scopes need of every passage, as columns of numbers: no passage is read for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from qa.index.arrays import mapped
from qa.types import Kind, Passage, StoreError, hull

KINDS: tuple[str, ...] = get_args(Kind)
FIGURES, UNTITLED = "Figures and tables", "Without a heading"
"""Names for sections that papers do not name themselves; see `section_of`."""
_ARRAYS = {"document": np.int32, "kind": np.uint8, "section": np.int32, "start": np.int64, "end": np.int64}
_FILES = (*_ARRAYS, "sentences", "place", "first")
_NAMES = "names.json"


def section_of(passage: Passage) -> str:
    """The section of a passage as users choose it.

    This is its main heading; `FIGURES` for captions and tables; `UNTITLED` if there is no heading.
    """
    if passage.kind in ("caption", "table"):
        return FIGURES
    return passage.section.partition(": ")[0] or UNTITLED


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A number for each of n passages, (n,); passages of a document lie together.

    `document` is its place in `documents`, `section` that in `sections`, `kind` that in `KINDS`. `start` and `end` are
    those of its id. `place` is its place among all passages sorted by id. `sentences`, (n + 1,), has the row of each
    passage's first sentence, and `first`, (documents + 1,), that of each document's first passage.
    """

    documents: tuple[str, ...]
    sections: tuple[str, ...]
    document: NDArray[np.int32]
    kind: NDArray[np.uint8]
    section: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    sentences: NDArray[np.int64]
    place: NDArray[np.int32]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.document)

    @classmethod
    def of(cls, passages: Iterable[Passage], documents: Sequence[str] = ()) -> Columns:
        """The columns of passages; those of a document must lie together, and the documents stand as named, if so."""
        numbers = {name: number for number, name in enumerate(documents)}
        sections: dict[str, int] = {}
        rows = []
        for passage in passages:
            whole = hull(passage.spans)
            document = numbers.setdefault(passage.document, len(numbers))
            section = sections.setdefault(section_of(passage), len(sections))
            kind = KINDS.index(passage.kind)
            rows.append((document, kind, section, whole.start, whole.end, len(passage.sentences)))
        table = np.array(rows, dtype=np.int64).reshape(-1, 6).T
        arrays = {name: column.astype(kind) for (name, kind), column in zip(_ARRAYS.items(), table, strict=False)}
        return cls._completed(tuple(numbers), tuple(sections), arrays, table[5])

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """The columns of several parts, one behind the other; no document may be in two."""
        documents = tuple(name for part in parts for name in part.documents)
        sections = tuple(dict.fromkeys(part.sections[code] for part in parts for code in _used(part.section)))
        code_of = {name: code for code, name in enumerate(sections)}
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
        before = accumulate((len(part.documents) for part in parts), initial=0)
        arrays["document"] = np.concatenate([part.document + n for part, n in zip(parts, before, strict=False)])
        recoded = [
            np.array([code_of.get(name, 0) for name in part.sections], dtype=np.int32)[part.section] for part in parts
        ]
        arrays["section"] = np.concatenate(recoded)
        return cls._completed(documents, sections, arrays, np.concatenate([np.diff(part.sentences) for part in parts]))

    @classmethod
    def _completed(
        cls, documents: tuple[str, ...], sections: tuple[str, ...], arrays: Mapping[str, Any], counts: NDArray[np.int64]
    ) -> Columns:
        ids = [
            f"{documents[document]}:{start}-{end}"
            for document, start, end in zip(
                *(arrays[name].tolist() for name in ("document", "start", "end")), strict=True
            )
        ]
        place = np.empty(len(ids), dtype=np.int32)
        place[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
        first = np.searchsorted(arrays["document"], np.arange(len(documents) + 1)).astype(np.int64)
        sentences = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(documents, sections, **arrays, sentences=sentences, place=place, first=first)

    def part(self, first: int, last: int) -> Columns:
        """The columns of the documents from `first` up to `last`, as if there were no others."""
        rows = slice(int(self.first[first]), int(self.first[last]))
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        arrays["document"] = arrays["document"] - np.int32(first)
        place = np.empty(rows.stop - rows.start, dtype=np.int32)
        place[np.argsort(self.place[rows])] = np.arange(len(place), dtype=np.int32)
        return Columns(
            self.documents[first:last],
            self.sections,
            **arrays,
            sentences=self.sentences[rows.start : rows.stop + 1] - self.sentences[rows.start],
            place=place,
            first=self.first[first : last + 1] - self.first[first],
        )

    def fit(self, passages: Sequence[Passage]) -> bool:
        """Whether these are the columns of the passages."""
        theirs = Columns.of(passages, self.documents)
        sections = [self.sections[code] for code in self.section] == [theirs.sections[code] for code in theirs.section]
        return sections and all(
            np.array_equal(getattr(self, name), getattr(theirs, name)) for name in _FILES if name != "section"
        )

    def save(self, folder: Path) -> None:
        """Write the columns into a new folder."""
        folder.mkdir()
        names = {"documents": self.documents, "sections": self.sections}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False) + "\n", "utf-8")
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def open(cls, folder: Path) -> Columns:
        """Map columns that `save` wrote into memory.

        Raises:
            StoreError: a file is missing or damaged.
        """
        try:
            names = json.loads((folder / _NAMES).read_text("utf-8"))
            arrays = {name: mapped(folder / f"{name}.npy").view(np.ndarray) for name in _FILES}
            return cls(tuple(names["documents"]), tuple(names["sections"]), **arrays)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{folder} cannot be read ({error}); run `qa index build --full`") from error


def _used(codes: NDArray[np.int32]) -> list[int]:
    """The codes that occur, in the order in which they first do."""
    found, at = np.unique(codes, return_index=True)
    return [int(code) for code in found[np.argsort(at)]]
