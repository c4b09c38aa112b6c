"""A Milvus server, or Milvus Lite in this process: its address, and errors that say what helps."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qa.types import StoreError

FORMS = "milvus://HOST:PORT/NAME, milvus+tls://USER:PASSWORD@HOST:PORT/NAME, or milvus+lite:FILE.db for Milvus Lite"
_PORT, _NAME, _WAIT = 19530, "papers", 10.0
"""Milvus's own port; what collections are called if no name is given; seconds until a server counts as away.
The last set by hand on 2026-11-27."""
_A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is: the URI as pymilvus takes it, and the name that its collections begin with.

    >>> Address.parse("milvus://db.example/trials")
    Address(uri='http://db.example:19530', name='trials')
    >>> Address.parse("milvus+lite:/data/try.db"), Address.parse("milvus://try.db").is_lite
    (Address(uri='/data/try.db', name='papers'), True)
    """

    uri: str
    name: str = _NAME
    token: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address that a text names. Raises `StoreError` if it names none."""
        parts = urlsplit(text)
        file = text.partition(":")[2].removeprefix("//")
        if parts.scheme in ("milvus", "milvus+lite") and file.endswith(".db"):
            return cls(file)
        name = parts.path.strip("/") or _NAME
        try:
            host, port = parts.hostname, parts.port or _PORT
        except ValueError:
            host, port = None, 0
        if parts.scheme not in ("milvus", "milvus+tls") or not host or not _A_NAME.fullmatch(name):
            raise StoreError(f"{without_password(text)} names no store; write {FORMS}; a NAME has letters and digits")
        token = f"{parts.username}:{parts.password or ''}" if parts.username else ""
        return cls(f"{'https' if parts.scheme.endswith('tls') else 'http'}://{host}:{port}", name, token)

    @property
    def is_lite(self) -> bool:
        """Whether it is a file of Milvus Lite."""
        return self.uri.endswith(".db")

    def __str__(self) -> str:
        return self.uri if self.is_lite else f"{self.uri}/{self.name}"


def without_password(text: str) -> str:
    """An address as it may be printed.

    >>> without_password("milvus://me:secret@host/x")
    'milvus://…@host/x'
    """
    return re.sub(r"//[^@/]*@", "//…@", text)


class Server:
    """An open connection. Each call of pymilvus's client goes through `call`, so that its errors are ours."""

    def __init__(self, address: Address) -> None:
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise StoreError(f"{address} needs pymilvus ({error}); run `pip install 'qa[milvus]'`") from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it prints a traceback of what it raises anyway
        self.address, self.name = address, address.name
        if address.is_lite:
            Path(address.uri).parent.mkdir(parents=True, exist_ok=True)
        with self._errors():
            self._client: Any = MilvusClient(address.uri, token=address.token, timeout=_WAIT)

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        """What a method of pymilvus's client returns. Raises `StoreError`."""
        with self._errors():
            return getattr(self._client, method)(*arguments, **named)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from pymilvus import MilvusException

        try:
            yield
        except MilvusException as error:
            said = error.message or repr(error)
            raise StoreError(f"the store {self.address}: {said}; {self._remedy(said)}") from error

    def _remedy(self, said: str) -> str:
        if self.address.is_lite and "open" in said.lower():
            return "is it open in another program, and is milvus-lite there (`pip install 'qa[milvus]'`)?"
        if "connect" in said.lower() or "unavailable" in said.lower():
            return f"is the server running: `curl {self.address.uri.rpartition(':')[0]}:9091/healthz`"
        return "`qa index history --store …` lists what is there, `qa index build --store …` publishes anew"

    def create(self, name: str, schema: Any, indexes: Any, consistency: str) -> None:
        """Make a collection with its indexes; loading it waits for them, so this does not, half a second for each."""
        self.call("create_collection", name, schema=schema, consistency_level=consistency)
        self.call("create_index", name, indexes, sync=False)

    def target_of(self, alias: str) -> str | None:
        """The collection that an alias names, or None. The alias is looked for among all, since none is no error."""
        for collection in self.call("list_collections"):
            if alias in self.call("list_aliases", collection)["aliases"]:
                return str(collection)
        return None

    def close(self) -> None:
        """End the connection; Milvus Lite lets go of its file."""
        self._client.close()
        if self.address.is_lite:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self.address.uri)
