"""One SQLite database: its tables, its migrations, its transactions.

    conversations, turns    who asked what, and what came of it (`qa.userdata.conversations`)
    feedback                what they said of it (`qa.userdata.feedback`)

Several processes may use it at once: readers never wait, and a writer waits for another up to `BUSY_SECONDS`. A
connection is opened for each piece of work and closed after it, so nothing is shared between threads.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from qa.config import Folders
from qa.types import StoreError

FILE = "state.sqlite3"
VERSION = 1
"""Of the tables below; a database of another version is refused, never changed."""
BUSY_SECONDS = 10.0

_TABLES = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_of ON conversations (user, changed_at);
CREATE TABLE turns (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    number INTEGER NOT NULL, asked_at TEXT NOT NULL, words TEXT NOT NULL, record TEXT NOT NULL,
    UNIQUE (conversation, number)
) STRICT;
CREATE TABLE feedback (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, answer TEXT NOT NULL, passage TEXT NOT NULL, verdict TEXT NOT NULL,
    note TEXT NOT NULL, given_at TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (user, answer, passage)
) STRICT;
"""


def state_folder() -> Path:
    """Where the database is: `QA_STATE_DIR`, or `state` where the program was started."""
    return Folders().state_dir


def user_of(token: str) -> str:
    """The name under which a user's things are kept: a digest, so that nobody can become a user by reading it.

    >>> user_of("a secret")
    '984ca5162200734c592148f1820b7105'
    """
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def now() -> str:
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def snapshot(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of a folder as it is at this moment; made if there is none.

    Raises:
        StoreError: it cannot be opened, or is of another version.
    """
    with _connected(folder, "BEGIN") as connection:
        yield connection


@contextmanager
def transaction(folder: Path) -> Iterator[sqlite3.Connection]:
    """The same to be written: what is done in the block is kept whole, or not at all if it raises."""
    with _connected(folder, "BEGIN IMMEDIATE") as connection:
        yield connection


@contextmanager
def _connected(folder: Path, begin: str) -> Iterator[sqlite3.Connection]:
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            _prepare(connection, path)
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path} cannot be used ({error}); see that the folder can be written to, "
            "or set QA_STATE_DIR to another one"
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there are none, one process at a time, and refuse those of another version."""
    if _version(connection) == VERSION:
        return
    with FileLock(path.with_suffix(".lock")):
        if (version := _version(connection)) == VERSION:
            return
        if version or connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise StoreError(
                f"{path} is of version {version}, and this program reads version {VERSION}; use the program that "
                "wrote it, or set QA_STATE_DIR to another folder"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
