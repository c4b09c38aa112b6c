"""One SQLite database: its tables, its migrations, its transactions.

    conversations, turns    who asked what, and what came of it (`qa.userdata.conversations`)
    feedback                what users said of it (`qa.userdata.feedback`)
    tables                  several questions asked of several papers (`qa.userdata.tables`)
    marks                   highlights and notes on papers (`qa.userdata.marks`)
    notebook                pinned quotes and own words (`qa.userdata.notebook`)
    collections             papers under a name (`qa.userdata.collections`)

Several processes may use it at once: readers never wait, and a writer waits for another up to `BUSY_SECONDS`. Each
piece of work opens a connection and closes it, so threads share nothing.

The tables change by migrations only: functions that are applied once, in their order. SQLite's `user_version` says how
many a database has had. A published migration never changes; a change of the tables is a new function at the end of
`MIGRATIONS`.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from qa.config import Folders
from qa.types import StoreError

FILE = "state.sqlite3"
BUSY_SECONDS = 10.0
NEEDED = (3, 37, 0)
"""The version of SQLite that first knew STRICT tables (https://sqlite.org/stricttables.html)."""
SQLITE = sqlite3.sqlite_version_info
"""The version of SQLite that this Python has."""
_TRIES = 3
"""How often a database is looked into that is being written to. Set by hand on 2026-11-28."""

Connection = sqlite3.Connection
"""What `snapshot` and `transaction` yield."""


def m001_initial(connection: sqlite3.Connection) -> None:
    """Conversations with their turns, and feedback."""
    connection.execute(
        """CREATE TABLE conversations (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT NOT NULL
        ) STRICT"""
    )
    connection.execute("CREATE INDEX conversations_of ON conversations (user, changed_at)")
    connection.execute(
        """CREATE TABLE turns (
            id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
            number INTEGER NOT NULL, asked_at TEXT NOT NULL, words TEXT NOT NULL, record TEXT NOT NULL,
            UNIQUE (conversation, number)
        ) STRICT"""
    )
    connection.execute(
        """CREATE TABLE feedback (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, answer TEXT NOT NULL, passage TEXT NOT NULL, verdict TEXT NOT NULL,
            note TEXT NOT NULL, given_at TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (user, answer, passage)
        ) STRICT"""
    )


def m002_workplace(connection: sqlite3.Connection) -> None:
    """Tables, marks on papers, the notebook, and collections of papers; what each holds is JSON in `record`."""
    connection.execute(
        """CREATE TABLE tables (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT NOT NULL, words TEXT NOT NULL,
            record TEXT NOT NULL
        ) STRICT"""
    )
    connection.execute("CREATE INDEX tables_of ON tables (user, changed_at)")
    connection.execute(
        """CREATE TABLE marks (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, document TEXT NOT NULL, made_at TEXT NOT NULL, record TEXT NOT NULL
        ) STRICT"""
    )
    connection.execute("CREATE INDEX marks_of ON marks (user, document)")
    connection.execute(
        """CREATE TABLE notebook (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, number INTEGER NOT NULL, made_at TEXT NOT NULL,
            record TEXT NOT NULL
        ) STRICT"""
    )
    connection.execute("CREATE INDEX notebook_of ON notebook (user, number)")
    connection.execute(
        """CREATE TABLE collections (
            id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, changed_at TEXT NOT NULL,
            record TEXT NOT NULL, UNIQUE (user, title)
        ) STRICT"""
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (m001_initial, m002_workplace)
"""All migrations, the oldest first. Each runs within a transaction and must not end it (`executescript` would)."""


def state_folder() -> Path:
    """The folder of the database: `QA_STATE_DIR`, or `state` in the folder in which the program was started."""
    return Folders().state_dir


def user_of(token: str) -> str:
    """The name of a user, whose cookie holds a secret token: a digest, so that nobody who reads it becomes that user.

    >>> user_of("a secret")
    '984ca5162200734c592148f1820b7105'
    """
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def now() -> str:
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def snapshot(folder: Path) -> Iterator[sqlite3.Connection]:
    """Read the database of a folder as it is at this moment; it is made if there is none.

    Raises:
        StoreError: the database cannot be opened, or a newer program wrote it.
    """
    with _opened(folder) as connection, _transaction(connection, "BEGIN"):
        yield connection


@contextmanager
def transaction(folder: Path) -> Iterator[sqlite3.Connection]:
    """Write to the database of a folder: the changes of the block are kept whole, or not at all if it raises.

    Raises:
        StoreError: as `snapshot`, or the database cannot be written.
    """
    with _opened(folder) as connection, _transaction(connection, "BEGIN IMMEDIATE"):
        yield connection


def look_into(folder: Path) -> tuple[int, str]:
    """How many migrations the database of a folder has had, and what is wrong with it, "" if nothing is.

    A copy is opened, so that nothing changes: SQLite makes two files beside a database of this form even to read it,
    and while another program writes, the newest rows are in one of them.
    """
    path = folder / FILE
    try:
        with tempfile.TemporaryDirectory() as work:
            for _ in range(_TRIES):
                before = _seen(path)
                copy = Path(tempfile.mkdtemp(dir=work)) / FILE
                for there in before:
                    shutil.copyfile(there, copy.with_name(there.name))
                with closing(sqlite3.connect(copy)) as connection:
                    version = _version(connection)
                    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
                if said == "ok" or _seen(path) == before:  # else it was copied while it was written to
                    break
    except (OSError, sqlite3.Error) as error:
        return 0, str(error)
    return version, "" if said == "ok" else said


def _seen(path: Path) -> dict[Path, tuple[int, int]]:
    """The size and the time of a database and of the log beside it, of those that are there."""
    found = {one: one.stat() for one in (path, path.with_name(f"{path.name}-wal")) if one.exists()}
    return {one: (stat.st_size, stat.st_mtime_ns) for one, stat in found.items()}


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database of a folder, which has had every migration."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            if _version(connection) != len(MIGRATIONS):
                with FileLock(path.with_suffix(".lock")):
                    _migrate(connection, path)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path} cannot be used ({error}); see that the folder can be written to, "
            "or set QA_STATE_DIR to another one"
        ) from error


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the migrations that a database has not had, in one transaction. One process at a time may do so.

    Raises:
        StoreError: the database has had migrations that this program does not know, or the tables are not ours.
    """
    version = _version(connection)
    is_ours = version > 0 or not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not 0 <= version <= len(MIGRATIONS) or not is_ours:
        raise StoreError(
            f"{path} is of version {version}, and this program reads version {len(MIGRATIONS)}; use the program that "
            "wrote it, or set QA_STATE_DIR to another folder"
        )
    connection.execute("PRAGMA journal_mode = WAL")  # not possible within a transaction
    with _transaction(connection, "BEGIN IMMEDIATE"):
        for migration in MIGRATIONS[version:]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
