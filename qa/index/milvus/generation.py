"""A generation in Milvus, as readers have it: counts, scores, passages and papers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.index.embed import Vectors
from qa.index.milvus.collections import (
    ABOUT,
    DRAWS,
    PASSAGES,
    RECORDS,
    SENTENCES,
    collection,
    in_words,
    owner_of,
    record_of,
)
from qa.index.milvus.server import Server
from qa.records import document_of, passage_of
from qa.types import Document, Passage, Scope, StoreError

Ranker = Literal["dense", "sentence", "lexical"]
Years = tuple[int, int]
"""The first and the last year of publication."""
_FIELDS: Mapping[Ranker, tuple[str, str, str]] = {
    "dense": (PASSAGES, "vector", "COSINE"),
    "sentence": (SENTENCES, "vector", "COSINE"),
    "lexical": (PASSAGES, "bm25", "BM25"),
}
_AT_ONCE = 1000
"""Passages that are named in one request. Set by hand on 2026-11-27."""


class Generation:
    """One generation, which does not change: an alias that is switched later leads others elsewhere, not this.

    Passages go by their row in the `Index` that was published.
    """

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        found = self._records([ABOUT])
        if ABOUT not in found:
            raise StoreError(f"the generation {name} in {server.address} is not whole; publish it again")
        self.about: Mapping[str, Any] = found[ABOUT]
        self.by_id: Mapping[str, Document] = _ById(self)
        self.sample = lru_cache(maxsize=64)(self._sample)

    def count(self, within: str) -> int:
        """The number of passages for which an expression holds; "" holds for all."""
        found = self.server.call("query", self._name(PASSAGES), filter=within, output_fields=["count(*)"])
        return int(found[0]["count(*)"])

    def rows(self, within: str, most: int) -> NDArray[np.int64]:
        """The rows of passages for which an expression holds, ascending, at most so many."""
        found = self.server.call("query", self._name(PASSAGES), filter=within, output_fields=["passage"], limit=most)
        return np.array(sorted(row["passage"] for row in found), dtype=np.int64)

    def _sample(self, within: str, n: int, size: int) -> NDArray[np.int64]:
        """About `size` of the n passages for which an expression holds, evenly drawn, ascending; kept."""
        below = -(-DRAWS * size // n)
        return self.rows(_all([within, f"draw < {below}"]), 2 * size)

    def nearest(self, ranker: Ranker, sought: Vectors | Sequence[str], within: str, most: int) -> dict[int, float]:
        """The best passages by a ranker with their scores, larger is better, for which an expression holds."""
        part, field, metric = _FIELDS[ranker]
        data: Any = in_words(sought) if metric == "BM25" else np.asarray(sought, dtype=np.float32).tolist()
        found = self.server.call(
            "search",
            self._name(part),
            data=[data],
            anns_field=field,
            limit=most,
            filter=within,
            output_fields=["passage"],
            search_params={"metric_type": metric},
            **({"group_by_field": "passage"} if ranker == "sentence" else {}),
        )
        # Milvus Lite gives the negative of BM25, Milvus gives BM25; neither is below 0.
        return {
            int(hit["entity"]["passage"]): abs(hit["distance"]) if metric == "BM25" else hit["distance"]
            for hit in found[0]
        }

    def scores(self, ranker: Ranker, sought: Vectors | Sequence[str], rows: NDArray[np.int64]) -> Vectors:
        """The score of each of these passages, float32, (rows,); 0 for one that shares no word."""
        found: dict[int, float] = {}
        for start in range(0, len(rows), _AT_ONCE):
            wanted = set(rows[start : start + _AT_ONCE].tolist())
            while wanted:
                new = self.nearest(ranker, sought, f"passage in {sorted(wanted)}", len(wanted))
                found |= new
                wanted -= new.keys()
                if ranker == "lexical":
                    break
                if not new:  # a group of many sentences may crowd others out of one answer, not of all
                    raise StoreError(f"{self.server.address} has no vectors of {len(wanted)} passages; publish anew")
        return np.array([found.get(row, 0.0) for row in rows.tolist()], dtype=np.float32)

    def ids(self, rows: NDArray[np.int64]) -> list[str]:
        """The ids of passages."""
        found: dict[int, str] = {}
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE].tolist()
            answer = self.server.call(
                "query", self._name(PASSAGES), filter=f"passage in {part}", output_fields=["passage", "id"]
            )
            found |= {row["passage"]: row["id"] for row in answer}
        return [found[row] for row in rows.tolist()]

    def passages(self, rows: Iterable[int]) -> list[Passage]:
        """The passages of rows."""
        owners = [str(row) for row in rows]
        found = self._records(owners)
        return [passage_of(found[owner]) for owner in owners]

    def documents(self, names: Iterable[str]) -> dict[str, Document]:
        """Those of the named documents that there are, by id."""
        found = self._records([owner_of(name) for name in names])
        return {document.id: document for document in map(document_of, found.values())}

    def document_ids(self) -> list[str]:
        """The ids of all documents, sorted; one by one from the server, for messages and small libraries."""
        prefix = owner_of("")
        found = self._query(RECORDS, f"owner like {quoted(prefix + '%')} and piece == 0", ["owner"])
        return sorted(str(row["owner"]).removeprefix(prefix) for row in found)

    def _records(self, owners: Sequence[str]) -> dict[str, Any]:
        if not owners:
            return {}
        found: dict[str, list[Any]] = {}
        for row in self._query(RECORDS, f"owner in [{', '.join(map(quoted, owners))}]", ["owner", "piece", "text"]):
            found.setdefault(row["owner"], []).append(row)
        try:
            return {owner: record_of(pieces) for owner, pieces in found.items()}
        except ValueError as error:
            raise StoreError(f"a record in {self.server.address} has lost a piece ({error}); publish anew") from error

    def _query(self, part: str, within: str, fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """All rows for which an expression holds, a batch at a time."""
        batches = self.server.call(
            "query_iterator", self._name(part), filter=within, output_fields=list(fields), batch_size=_AT_ONCE
        )
        try:
            while batch := batches.next():
                yield from batch
        finally:
            batches.close()

    def _name(self, part: str) -> str:
        return collection(self.server, self.name, part)


class _ById(Mapping[str, Document]):
    """Documents by id, each asked of the server when it is needed."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._kept = lru_cache(maxsize=256)(self._read)

    def _read(self, name: str) -> Document | None:
        return self._generation.documents([name]).get(name)

    def __getitem__(self, name: str) -> Document:
        found = self._kept(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._generation.document_ids())

    def __len__(self) -> int:
        return int(self._generation.about["documents"])


def within(scope: Scope, years: Years | None = None) -> str:
    """The expression that holds for the passages of a scope; references are in no scope.

    >>> within(Scope(["a"], ['The "end"']), (2001, 2010))
    'kind != "reference" and document in ["a"] and section in ["The \\\\"end\\\\""] and year >= 2001 and year <= 2010'
    """
    chosen = [
        f"{name} in [{', '.join(map(quoted, names))}]"
        for name, names in (("document", scope.documents), ("section", scope.sections))
        if names
    ]
    return _all(['kind != "reference"', *chosen, *([f"year >= {years[0]}", f"year <= {years[1]}"] if years else [])])


def _all(expressions: Iterable[str]) -> str:
    return " and ".join(filter(None, expressions))


def quoted(text: str) -> str:
    """A text as expressions have it."""
    return json.dumps(text, ensure_ascii=False)
