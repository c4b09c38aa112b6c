"""Each user's collections: papers under a name, which can be asked alone. Whoever has the id may read one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.records import json_text
from qa.types import QuestionError
from qa.userdata import database

MAX_TITLE, MAX_COLLECTIONS, MAX_PAPERS = 80, 200, 20_000
"""Characters of a name; collections of one user; papers in one of them, which take about 1 MB then. Set by hand,
2026-11-27, so that nobody fills the disk of a shared server."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Papers under a name: their ids, in the order in which they were added."""

    id: str
    title: str
    changed_at: str
    papers: tuple[str, ...]


def collections(folder: Path, user: str) -> list[Collection]:
    """A user's collections, by name."""
    with database.snapshot(folder) as connection:
        rows = connection.execute("SELECT * FROM collections WHERE user = ?", (user,)).fetchall()
    return sorted(map(_collection, rows), key=lambda one: (one.title.casefold(), one.id))


def collection(folder: Path, name: str) -> Collection | None:
    """The collection of an id, whoever made it; None if there is none, or it was deleted."""
    with database.snapshot(folder) as connection:
        row = connection.execute("SELECT * FROM collections WHERE id = ?", (name,)).fetchone()
    return _collection(row) if row else None


def create(folder: Path, user: str, title: str, papers: Iterable[str] = ()) -> Collection:
    """Make a collection.

    Raises:
        QuestionError: the title is empty or that of another collection of this user, or there is too much of something.
        StoreError: the database cannot be written.
    """
    words, ids = _title(title), _papers(papers)
    made = Collection(secrets.token_urlsafe(12), words, database.now(), ids)
    with database.transaction(folder) as connection:
        (there,) = connection.execute("SELECT count(*) FROM collections WHERE user = ?", (user,)).fetchone()
        if there >= MAX_COLLECTIONS:
            raise QuestionError(f"there are {there} collections already; delete one that is no longer needed")
        _check_new(connection, user, made.id, words)
        row = (made.id, user, words, made.changed_at, json_text({"papers": list(ids)}))
        connection.execute("INSERT INTO collections VALUES (?, ?, ?, ?, ?)", row)
    return made


def rename(folder: Path, user: str, name: str, title: str) -> None:
    """Give a user's collection another title. Raises as `create`."""
    with database.transaction(folder) as connection:
        own, words = _own(connection, user, name), _title(title)
        _check_new(connection, user, own.id, words)
        connection.execute(
            "UPDATE collections SET title = ?, changed_at = ? WHERE id = ?", (words, database.now(), name)
        )


def add(folder: Path, user: str, name: str, papers: Iterable[str]) -> int:
    """Add papers to a user's collection; how many were not in it. Raises as `create`."""
    with database.transaction(folder) as connection:
        own = _own(connection, user, name)
        now = _papers([*own.papers, *papers])
        _write(connection, own.id, now)
    return len(now) - len(own.papers)


def remove(folder: Path, user: str, name: str, papers: Iterable[str]) -> None:
    """Take papers out of a user's collection. Raises as `create`."""
    out = set(papers)
    with database.transaction(folder) as connection:
        own = _own(connection, user, name)
        _write(connection, own.id, tuple(paper for paper in own.papers if paper not in out))


def delete(folder: Path, user: str, name: str) -> None:
    """Delete a user's collection; links to it stop working, and the papers stay."""
    with database.transaction(folder) as connection:
        connection.execute("DELETE FROM collections WHERE id = ? AND user = ?", (name, user))


def _collection(row: Any) -> Collection:
    return Collection(row["id"], row["title"], row["changed_at"], tuple(json.loads(row["record"])["papers"]))


def _own(connection: Any, user: str, name: str) -> Collection:
    row = connection.execute("SELECT * FROM collections WHERE id = ? AND user = ?", (name, user)).fetchone()
    if row is None:
        raise QuestionError("this collection is not there any more, or is somebody else's; make one of your own")
    return _collection(row)


def _write(connection: Any, name: str, papers: Iterable[str]) -> None:
    record = json_text({"papers": list(papers)})
    connection.execute("UPDATE collections SET record = ?, changed_at = ? WHERE id = ?", (record, database.now(), name))


def _check_new(connection: Any, user: str, name: str, title: str) -> None:
    rows = connection.execute("SELECT id, title FROM collections WHERE user = ?", (user,)).fetchall()
    if any(row["title"].casefold() == title.casefold() and row["id"] != name for row in rows):
        raise QuestionError(f"there is a collection {title!r} already; take another name, or add to that one")


def _title(title: str) -> str:
    words = " ".join(title.split())
    if not words or len(words) > MAX_TITLE:
        raise QuestionError(f"a collection needs a name of at most {MAX_TITLE} characters; type one in words")
    return words


def _papers(papers: Iterable[str]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(papers))
    if len(ids) > MAX_PAPERS:
        raise QuestionError(f"a collection holds at most {MAX_PAPERS} papers; filter for fewer")
    return ids
