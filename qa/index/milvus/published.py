"""Generations in Milvus: publishing by an alias, history, rollback, what is forgotten.

The alias NAME names the collection of passages of the current generation. A reader asks it once and then goes by the
generation's own names, so it sees the old or the new and never a mixture. One publishes at a time, as in a folder.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from qa.index import store
from qa.index.index import Index
from qa.index.milvus.collections import (
    ABOUT,
    PARTS,
    PASSAGES,
    RECORDS,
    collection,
    generation_of,
    write,
)
from qa.index.milvus.generation import Generation, quoted
from qa.index.milvus.server import Address, Server
from qa.types import Progress, StoreError, nobody

LOADED = 2
"""Generations whose vectors the server holds in memory: the current one, and the one whose readers may not be done.
Set by hand on 2026-11-27."""
_HISTORY_FIELDS = ("generation", "action", "published_at")


class Store:
    """The generations under one name in a Milvus server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @classmethod
    def open(cls, address: str) -> Store:
        """Connect to a store. Raises `StoreError` if there is no server, or no pymilvus."""
        return cls(Server(Address.parse(address)))

    def current(self) -> str | None:
        """The name of the published generation, or None."""
        target = self.server.target_of(self.server.name)
        return generation_of(self.server, target) if target else None

    def load(self, generation: str | None = None) -> Generation:
        """Open the published generation, or a named one.

        Raises:
            StoreError: there is none.
        """
        name = generation or self.current()
        if name is None:
            raise StoreError(f"there is no index in {self.server.address}; run `qa index build --store …`")
        if name not in self._there():
            raise StoreError(f"there is no generation {name!r} in {self.server.address}; `qa index history` lists them")
        self._load(name)
        return Generation(self.server, name)

    def publish(self, index: Index, generation: str, action: str = "build", progress: Progress = nobody) -> None:
        """Send an index, unless the server has that generation already, and make it the current one.

        What an earlier publication left unfinished is deleted.

        Raises:
            StoreError: the server refuses, or does not have what it was sent; readers have what they had.
        """
        published = {row["generation"] for row in self._published()} | {self.current()}
        for name in self._there() - published:
            if name != generation:
                self._drop(name)
        if not self._is_whole(generation):
            write(self.server, generation, index, progress)
            self._load(generation)
            self._check(generation, index)
        self._point_to(generation, action)

    def history(self) -> list[dict[str, Any]]:
        """The publications, oldest first, as `qa.index.store.history` has them."""
        current, there, rows = self.current(), self._there(), self._published()
        last = max((i for i, row in enumerate(rows) if row["generation"] == current), default=-1)
        return [row | {"kept": row["generation"] in there, "current": i == last} for i, row in enumerate(rows)]

    def rollback(self, generation: str | None = None) -> str:
        """Go back to a named generation, or to the one before the current one; returns its name.

        Raises:
            StoreError: there is no such generation.
        """
        if generation is None:
            generation = self._previous()
        self.load(generation)
        self._point_to(generation, "rollback")
        return generation

    def forget(self, document: str) -> list[str]:
        """Delete every generation but the current one that holds a document; returns their names."""
        current = self.current()
        holding = [name for name in sorted(self._there()) if name != current and self._may_hold(name, document)]
        for name in holding:
            self._drop(name)
        return holding

    def clear(self) -> None:
        """Delete all generations and the alias, after the last paper was removed; the history stays."""
        if self.current():
            self.server.call("drop_alias", self.server.name)
        for name in self._there():
            self._drop(name)

    def close(self) -> None:
        """End the connection."""
        self.server.close()

    def _previous(self) -> str:
        names, there = list(dict.fromkeys(str(row["generation"]) for row in self._published())), self._there()
        current = self.current()
        earlier = names[: names.index(current)] if current in names else names
        for name in reversed(earlier):
            if name in there:
                return name
        raise StoreError(
            f"{self.server.address} has no earlier generation to go back to; `qa index history` lists them"
        )

    def _there(self) -> set[str]:
        """The generations of which there are collections."""
        names = (generation_of(self.server, name) for name in self.server.call("list_collections"))
        return {name for name in names if name}

    def _is_whole(self, generation: str) -> bool:
        try:
            self._load(generation)
            return bool(Generation(self.server, generation).about)
        except StoreError:
            return False

    def _may_hold(self, generation: str, document: str) -> bool:
        """Whether a generation holds a document; True if that cannot be told."""
        try:
            self._load(generation)
            return bool(Generation(self.server, generation).documents([document]))
        except StoreError:
            return True

    def _load(self, generation: str) -> None:
        for part in PARTS:
            self.server.call("load_collection", collection(self.server, generation, part))

    def _check(self, generation: str, index: Index) -> None:
        """Raise a `StoreError` unless the server has the rows that it was sent, as it says after all are in."""
        name = collection(self.server, generation, PASSAGES)
        found = self.server.call("query", name, filter="", output_fields=["count(*)"], consistency_level="Strong")
        if int(found[0]["count(*)"]) != len(index.passages):
            raise StoreError(
                f"{self.server.address} has {found[0]['count(*)']} of {len(index.passages)} passages; publish again"
            )
        about = self.server.call(
            "query",
            collection(self.server, generation, RECORDS),
            filter=f"owner == {quoted(ABOUT)}",
            output_fields=["owner"],
            consistency_level="Strong",
        )
        if not about:
            raise StoreError(f"{self.server.address} has not taken all records; publish again")

    def _point_to(self, generation: str, action: str) -> None:
        if generation == self.current():
            return
        self._load(generation)
        switch = "alter_alias" if self.current() else "create_alias"
        self.server.call(switch, collection(self.server, generation, PASSAGES), self.server.name)
        self._note(generation, action)
        self._prune()

    @property
    def _history_name(self) -> str:
        return f"{self.server.name}_history"

    def _published(self) -> list[dict[str, Any]]:
        if not self.server.call("has_collection", self._history_name):
            return []
        self.server.call("load_collection", self._history_name)
        fields = ["number", *_HISTORY_FIELDS]
        found = self.server.call(
            "query", self._history_name, filter="number >= 0", output_fields=fields, consistency_level="Strong"
        )
        return [{name: row[name] for name in _HISTORY_FIELDS} for row in sorted(found, key=lambda row: row["number"])]

    def _note(self, generation: str, action: str) -> None:
        from pymilvus import DataType, MilvusClient

        rows = self._published()
        if not self.server.call("has_collection", self._history_name):
            schema = MilvusClient.create_schema(auto_id=False)
            schema.add_field("number", DataType.INT64, is_primary=True)
            for name in _HISTORY_FIELDS:
                schema.add_field(name, DataType.VARCHAR, max_length=64)
            schema.add_field("blank", DataType.FLOAT_VECTOR, dim=2)
            indexes = MilvusClient.prepare_index_params()
            indexes.add_index("blank", index_type="FLAT", metric_type="COSINE")
            self.server.create(self._history_name, schema, indexes, "Strong")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {"generation": generation, "action": action, "published_at": now}
        self.server.call("upsert", self._history_name, [{"number": len(rows), "blank": [0.0, 1.0]} | entry])

    def _prune(self) -> None:
        """Delete the generations past the last `qa.index.store.KEEP`, and take those before the last two off memory."""
        published = list(dict.fromkeys(row["generation"] for row in reversed(self._published())))
        there = self._there()
        for number, name in enumerate(name for name in published if name in there):
            if number >= store.KEEP:
                self._drop(name)
            elif number >= LOADED:
                for part in PARTS:
                    self.server.call("release_collection", collection(self.server, name, part))

    def _drop(self, generation: str) -> None:
        for part in reversed(PARTS):  # what says that it is whole goes first
            self.server.call("drop_collection", collection(self.server, generation, part))
