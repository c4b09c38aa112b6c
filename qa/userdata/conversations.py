"""Each user's conversations, and permanent links to single answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.records import json_text
from qa.text import shortened
from qa.types import QuestionError
from qa.userdata import database
from qa.userdata.answer_record import Record, quoted

MAX_TITLE = 120
"""Characters of a conversation's title."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line in a user's list of conversations; `changed_at` is the time of the last question."""

    id: str
    title: str
    changed_at: str
    questions: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The record of an answer or an abstention, with its id and the time of the question."""

    id: str
    asked_at: str
    record: Mapping[str, Any]


def append(folder: Path, user: str, conversation: str | None, record: Record) -> tuple[str, str]:
    """Add an answer to the end of a user's conversation; to a new one if that is None or no longer there.

    Returns the ids of the conversation and of the answer.

    Raises:
        StoreError: the database cannot be written.
    """
    now = database.now()
    answer_id = secrets.token_urlsafe(16)
    with database.transaction(folder) as connection:
        own = connection.execute(
            "UPDATE conversations SET changed_at = ? WHERE id = ? AND user = ?", (now, conversation, user)
        )
        if not own.rowcount:
            conversation = secrets.token_urlsafe(16)
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)",
                (conversation, user, shortened(record["question"], MAX_TITLE), now),
            )
        connection.execute(
            "INSERT INTO turns SELECT ?, ?, count(*), ?, ?, ? FROM turns WHERE conversation = ?",
            (answer_id, conversation, now, _words(record), json_text(record), conversation),
        )
    return str(conversation), answer_id


def _words(record: Mapping[str, Any]) -> str:
    """The text that a search looks in: question, quotes, and titles of the papers quoted."""
    rows = quoted(record)
    return " ".join([record["question"], *(row["text"] for row in rows), *(row["title"] for row in rows)])


def conversations(folder: Path, user: str, search: str = "") -> list[Conversation]:
    """A user's conversations, the latest first.

    With `search`, only those that contain each of its words, in whatever case, as a whole or a part of a word: in the
    title, the questions, the answers, or the titles of the papers cited.
    """
    terms = search.casefold().split()
    with database.snapshot(folder) as connection:
        rows = connection.execute(
            "SELECT c.id, c.title, c.changed_at, count(t.id) AS questions, group_concat(t.words, ' ') AS words"
            " FROM conversations c JOIN turns t ON t.conversation = c.id WHERE c.user = ?"
            " GROUP BY c.id ORDER BY c.changed_at DESC, c.id",
            (user,),
        ).fetchall()
    return [
        Conversation(row["id"], row["title"], row["changed_at"], row["questions"])
        for row in rows
        if all(term in f"{row['title']} {row['words']}".casefold() for term in terms)
    ]


def opened(folder: Path, user: str, conversation: str) -> list[StoredAnswer]:
    """The answers of a user's conversation, in order; [] if the user has no conversation of that id."""
    with database.snapshot(folder) as connection:
        rows = connection.execute(
            "SELECT t.id, t.asked_at, t.record FROM turns t JOIN conversations c ON c.id = t.conversation"
            " WHERE c.id = ? AND c.user = ? ORDER BY t.number",
            (conversation, user),
        ).fetchall()
    return [StoredAnswer(row["id"], row["asked_at"], json.loads(row["record"])) for row in rows]


def answer(folder: Path, answer_id: str) -> StoredAnswer | None:
    """One answer, whoever asked for it; None if there is no answer of that id, or it was deleted."""
    with database.snapshot(folder) as connection:
        row = connection.execute("SELECT id, asked_at, record FROM turns WHERE id = ?", (answer_id,)).fetchone()
    return StoredAnswer(row["id"], row["asked_at"], json.loads(row["record"])) if row else None


def rename(folder: Path, user: str, conversation: str, title: str) -> None:
    """Give a user's conversation another title.

    Raises:
        QuestionError: the title has no words.
    """
    if not title.strip():
        raise QuestionError("a conversation needs a title; type one in words")
    with database.transaction(folder) as connection:
        connection.execute(
            "UPDATE conversations SET title = ? WHERE id = ? AND user = ?",
            (shortened(title, MAX_TITLE), conversation, user),
        )


def delete(folder: Path, user: str, conversation: str) -> None:
    """Delete a user's conversation with its answers, and what anybody said of them, since that holds the questions.

    Permanent links to the answers stop working.
    """
    with database.transaction(folder) as connection:
        connection.execute(
            "DELETE FROM feedback WHERE answer IN (SELECT t.id FROM turns t JOIN conversations c"
            " ON c.id = t.conversation WHERE c.id = ? AND c.user = ?)",
            (conversation, user),
        )
        connection.execute("DELETE FROM conversations WHERE id = ? AND user = ?", (conversation, user))
