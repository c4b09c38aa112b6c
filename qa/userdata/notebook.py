"""Each user's notebook: pinned quotes and own words, in an order.

A quote is stored as `answer_record.quote_row` makes it, so the notebook can be read when generation and paper are gone.
Every change is one transaction that goes by ids and not by what a page showed, so two windows lose nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qa.records import json_text
from qa.types import QuestionError, QuoteError, letters
from qa.userdata import database
from qa.userdata.database import Connection

MAX_WORDS = 4000
"""Characters of an entry of own words. Chosen on 2026-11-27: a page of print has about 3000."""

MAX_ENTRIES = 500
"""Entries of one notebook. Chosen on 2026-11-27: a page with so many still opens, and nobody reads more of them."""

Origin = Literal["answer", "table", "paper"]
Standing = Literal["answer", "possible", "chosen"]


@dataclass(frozen=True, slots=True)
class About:
    """Where a quote was pinned, and what it was there.

    `origin` says whether in an answer, a table or a paper, and `id` which answer or table, "" if it is not stored.
    `question` is the one that was asked, "" if none. The `standing` of a quote is part of an `answer`, a sentence that
    is `possible`, or `chosen` by hand. `confidence` is the answer's, 0 to 1; None for a quote that is no answer.
    """

    origin: Origin
    id: str = ""
    question: str = ""
    standing: Standing = "answer"
    confidence: float | None = None

    def words(self) -> str:
        """How sure it is that the quote answers the question. A confidence is rounded down, and at most 99%.

        >>> About("answer", confidence=0.997).words(), About("paper", standing="chosen").words()
        ('Confidence 99%', 'Chosen by hand')
        """
        if self.standing == "chosen":
            return "Chosen by hand"
        if self.standing == "possible":
            return "Possibly, check the source"
        return "" if self.confidence is None else f"Confidence {min(99, int(100 * self.confidence))}%"


@dataclass(frozen=True, slots=True)
class Entry:
    """A quote with what it is `about`, or own words; `number` counts the entries of a user from 1.

    Own words have `quote` None, and `text` as it was typed. `is_heading` says that they are a heading. `is_kept` says
    whether the answer or the table that a quote comes from is still stored.
    """

    id: str
    number: int
    made_at: str
    quote: Mapping[str, Any] | None = None
    about: About | None = None
    text: str = ""
    is_heading: bool = False
    is_kept: bool = False


def quote_id(user: str, quote: Mapping[str, Any]) -> str:
    """The id of the entry of that quote: the same words of the same file at the same place are one entry."""
    where = json.dumps([user, quote["document"], quote["sha256"], [list(pair) for pair in quote["spans"]]])
    return hashlib.sha256(where.encode()).hexdigest()[:32]


def has(folder: Path, user: str, quote: Mapping[str, Any]) -> bool:
    """Whether that quote is pinned. `quote` needs `document`, `sha256` and `spans` only."""
    with database.snapshot(folder) as connection:
        return _number(connection, user, quote_id(user, quote)) is not None


def pin(folder: Path, user: str, quote: Mapping[str, Any], about: About) -> tuple[str, bool]:
    """Put a quote at the end: the id of its entry, and whether it is new. A quote that is pinned stays as it is.

    Raises:
        QuoteError: the row's words are not those of its own quote, so somebody else's words would look quoted.
        QuestionError: the notebook is full.
        StoreError: the database cannot be written.
    """
    if letters(quote["text"]) != letters("".join(quote["quote"])):
        raise QuoteError(f"the words are not those of {quote['document']}; open the paper and choose them there")
    name = quote_id(user, quote)
    with database.transaction(folder) as connection:
        if _number(connection, user, name) is not None:
            return name, False
        _insert(connection, user, name, None, json_text({"quote": dict(quote), "about": asdict(about)}))
    return name, True


def write(folder: Path, user: str, text: str, *, is_heading: bool = False, below: str | None = None) -> str:
    """Add own words below that entry; at the beginning if `below` is "", at the end if it is None or no longer there.

    Returns the id of the new entry.

    Raises:
        QuestionError: there are no words, or too many, or the notebook is full.
        StoreError: the database cannot be written.
    """
    record = _words(text, is_heading)
    name = secrets.token_hex(16)
    with database.transaction(folder) as connection:
        above = _number(connection, user, below) if below else 0 if below == "" else None
        _insert(connection, user, name, None if above is None else above + 1, record)
    return name


def edit(folder: Path, user: str, entry: str, text: str, *, is_heading: bool = False) -> None:
    """Replace the own words of an entry. A quote is never changed.

    Raises:
        QuestionError: as `write`, or there is no such entry of own words.
        StoreError: the database cannot be written.
    """
    record = _words(text, is_heading)
    with database.transaction(folder) as connection:
        changed = connection.execute(
            "UPDATE notebook SET record = ? WHERE id = ? AND user = ? AND json_extract(record, '$.quote') IS NULL",
            (record, entry, user),
        )
        if not changed.rowcount:
            raise QuestionError("these words are no longer in your notebook; add them as new ones")


def move(folder: Path, user: str, entry: str, *, by: int = 0, to: int | None = None) -> int | None:
    """Move an entry so many places down, up if `by` is negative, or to a number from 1, or as near as there is one.

    Those between make room. Returns the number that it has now; None if it is no longer there.
    """
    with database.transaction(folder) as connection:
        old = _number(connection, user, entry)
        if old is None:
            return None
        new = min(max(1, old + by if to is None else to), _count(connection, user))
        step, low, high = (1, new, old - 1) if new < old else (-1, old + 1, new)
        connection.execute(
            "UPDATE notebook SET number = number + ? WHERE user = ? AND number BETWEEN ? AND ?", (step, user, low, high)
        )
        connection.execute("UPDATE notebook SET number = ? WHERE id = ? AND user = ?", (new, entry, user))
    return new


def remove(folder: Path, user: str, entry: str) -> Entry | None:
    """Take an entry out. Returns it for `put_back`; None if it is no longer there."""
    with database.transaction(folder) as connection:
        found = connection.execute(f"{_SELECT} WHERE id = ? AND user = ?", (entry, user)).fetchone()
        if found is None:
            return None
        connection.execute("DELETE FROM notebook WHERE id = ? AND user = ?", (entry, user))
        connection.execute(
            "UPDATE notebook SET number = number - 1 WHERE user = ? AND number > ?", (user, found["number"])
        )
    return _entry(dict(found))


def put_back(folder: Path, user: str, entry: Entry) -> None:
    """Undo `remove`: the entry stands where it stood. Nothing happens if it is there, as after a second pin.

    Raises:
        QuestionError: the notebook is full.
        StoreError: the database cannot be written.
    """
    if entry.quote is None:
        record = _words(entry.text, entry.is_heading)
    else:
        record = json_text({"quote": dict(entry.quote), "about": asdict(entry.about or About("paper"))})
    with database.transaction(folder) as connection:
        if _number(connection, user, entry.id) is None:
            _insert(connection, user, entry.id, entry.number, record, entry.made_at)


def entries(folder: Path, user: str, search: str = "") -> list[Entry]:
    """A user's entries in their order.

    With `search`, only those that contain each of its words, in whatever case, as a whole or a part of a word: in own
    words, quotes, titles of papers, or questions.
    """
    terms = search.casefold().split()
    with database.snapshot(folder) as connection:
        rows = connection.execute(f"{_SELECT} WHERE user = ? ORDER BY number", (user,)).fetchall()
    found = [_entry(dict(row)) for row in rows]
    return [entry for entry in found if all(term in _searched(entry) for term in terms)]


_SELECT = """SELECT id, number, made_at, record,
    EXISTS (SELECT 1 FROM turns WHERE turns.id = json_extract(notebook.record, '$.about.id'))
    OR EXISTS (SELECT 1 FROM tables WHERE tables.id = json_extract(notebook.record, '$.about.id')) AS is_kept
    FROM notebook"""


def _entry(row: Mapping[str, Any]) -> Entry:
    record = json.loads(row["record"])
    known = (row["id"], row["number"], row["made_at"])
    if "quote" in record:
        return Entry(*known, record["quote"], About(**record["about"]), is_kept=bool(row["is_kept"]))
    return Entry(*known, text=record["text"], is_heading=record["is_heading"])


def _searched(entry: Entry) -> str:
    if entry.quote is None or entry.about is None:
        return entry.text.casefold()
    return f"{entry.quote['text']} {entry.quote['title']} {entry.about.question}".casefold()


def _words(text: str, is_heading: bool) -> str:
    """The record of own words."""
    words = " ".join(text.split()) if is_heading else text.strip()
    if not words:
        raise QuestionError("there are no words yet; type some")
    if len(words) > MAX_WORDS:
        raise QuestionError(f"these are {len(words)} characters; shorten them to at most {MAX_WORDS}")
    return json_text({"text": words, "is_heading": is_heading})


def _number(connection: Connection, user: str, entry: str) -> int | None:
    row = connection.execute("SELECT number FROM notebook WHERE id = ? AND user = ?", (entry, user)).fetchone()
    return None if row is None else int(row["number"])


def _count(connection: Connection, user: str) -> int:
    return int(connection.execute("SELECT count(*) FROM notebook WHERE user = ?", (user,)).fetchone()[0])


def _insert(connection: Connection, user: str, entry: str, number: int | None, record: str, made_at: str = "") -> None:
    """Put an entry at that number, or at the end; those from there on make room."""
    count = _count(connection, user)
    if count >= MAX_ENTRIES:
        raise QuestionError(f"your notebook is full ({count} entries); export it, and remove what you do not need")
    at = count + 1 if number is None else min(max(1, number), count + 1)
    connection.execute("UPDATE notebook SET number = number + 1 WHERE user = ? AND number >= ?", (user, at))
    connection.execute(
        "INSERT INTO notebook VALUES (?, ?, ?, ?, ?)", (entry, user, at, made_at or database.now(), record)
    )
