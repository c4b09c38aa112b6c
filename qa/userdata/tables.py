"""Each user's tables: questions as columns, papers as rows, in each cell what a paper says.

A table is kept as JSON, and changed only by its owner; whoever has its link may read it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.records import json_text
from qa.text import shortened
from qa.types import EVERYTHING, Citation, Document, QuestionError, Scope
from qa.userdata import database
from qa.userdata.answer_record import quote_row
from qa.userdata.table_record import Cell, Column, Table, Verdict, shown

MAX_TITLE = 120
"""Characters of a table's title, and of a column's name. Set by hand on 2026-11-27."""
MAX_COLUMNS = 12
"""Set by hand on 2026-11-27: with more, 200 papers would take ten minutes to fill and nobody could look over them."""

_PAPER = ("title", "author", "year", "doi")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line in a user's list of tables."""

    id: str
    title: str
    changed_at: str
    columns: int
    papers: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A column that was removed, with its place from 0 and its cells by paper, for `put_back`."""

    column: Column
    place: int
    cells: Mapping[str, Cell]


def create(folder: Path, user: str, scope: Scope = EVERYTHING) -> str:
    """Begin a table of the papers in scope, without columns. Returns its id.

    Raises:
        StoreError: the database cannot be written; so do all functions that change a table.
    """
    name, record = secrets.token_urlsafe(16), {"columns": [], "stopped": False, "papers": {}, "cells": {}}
    with database.transaction(folder) as connection:
        connection.execute(
            "INSERT INTO tables VALUES (?, ?, '', ?, '', ?)",
            (name, user, database.now(), json_text(record | {"scope": _scope_row(scope)})),
        )
    return name


def opened(folder: Path, user: str, table: str) -> Table | None:
    """A table, whosever it is; None if there is no table of that id, or it was deleted."""
    with database.snapshot(folder) as connection:
        row = connection.execute("SELECT * FROM tables WHERE id = ?", (table,)).fetchone()
    if row is None:
        return None
    record = json.loads(row["record"])
    return Table(
        row["id"],
        row["title"],
        row["changed_at"],
        row["user"] == user,
        tuple(map(_column, record["columns"])),
        Scope(record["scope"]["documents"], record["scope"]["sections"]),
        record["stopped"],
        record["papers"],
        record["cells"],
    )


def tables(folder: Path, user: str, search: str = "") -> list[TableLine]:
    """A user's tables, the latest first.

    With `search`, only those that contain each of its words, in whatever case, as a whole or a part of a word: in the
    title, the columns, the quotes, or the titles of the papers.
    """
    terms = search.casefold().split()
    with database.snapshot(folder) as connection:
        rows = connection.execute(
            "SELECT id, title, changed_at, words, json_array_length(record, '$.columns') AS columns,"
            " (SELECT count(*) FROM json_each(record, '$.papers')) AS papers"
            " FROM tables WHERE user = ? ORDER BY changed_at DESC, id",
            (user,),
        ).fetchall()
    return [
        TableLine(row["id"], row["title"], row["changed_at"], row["columns"], row["papers"])
        for row in rows
        if all(term in f"{row['title']} {row['words']}".casefold() for term in terms)
    ]


def add_column(folder: Path, user: str, table: str, name: str, questions: Sequence[str]) -> None:
    """Add a question, or several wordings of it, at the right end; the table is filled again if it was stopped.

    The first column gives its name to a table that has none.

    Raises:
        QuestionError: there is such a column already, there are `MAX_COLUMNS`, or the user has no such table.
    """
    with _changed(folder, user, table) as (record, titled):
        columns = record["columns"]
        if any(column["questions"] == list(questions) for column in columns):
            raise QuestionError("there is a column with this question already; ask another one")
        if len(columns) >= MAX_COLUMNS:
            raise QuestionError(f"a table has at most {MAX_COLUMNS} columns; remove one, or begin a new table")
        known = {column["id"] for column in columns}
        free = next(one for one in map("c{}".format, range(MAX_COLUMNS)) if one not in known)
        columns.append({"id": free, "name": shortened(name, MAX_TITLE), "questions": list(questions)})
        record["stopped"] = False
        titled["title"] = titled["title"] or shortened(name, MAX_TITLE)


def remove_column(folder: Path, user: str, table: str, column: str) -> Removed | None:
    """Remove a column with its cells. Returns what `put_back` needs; None if there is no such column."""
    with _changed(folder, user, table) as (record, _):
        for place, row in enumerate(record["columns"]):
            if row["id"] == column:
                del record["columns"][place]
                cells = {paper: own.pop(column) for paper, own in record["cells"].items() if column in own}
                return Removed(_column(row), place, cells)
    return None


def put_back(folder: Path, user: str, table: str, removed: Removed) -> None:
    """Undo `remove_column`. A column that has taken its id meanwhile stays, and nothing is put back."""
    column = removed.column
    with _changed(folder, user, table) as (record, _):
        if all(row["id"] != column.id for row in record["columns"]):
            row = {"id": column.id, "name": column.name, "questions": list(column.questions)}
            record["columns"].insert(removed.place, row)
            for paper, cell in removed.cells.items():
                record["cells"].setdefault(paper, {})[column.id] = cell


def rename_column(folder: Path, user: str, table: str, column: str, name: str) -> None:
    """Give a column another name; its questions stay. Raises `QuestionError` if the name has no words."""
    if not name.strip():
        raise QuestionError("a column needs a name; type one in words")
    with _changed(folder, user, table) as (record, _):
        for row in record["columns"]:
            if row["id"] == column:
                row["name"] = shortened(name, MAX_TITLE)


def rename(folder: Path, user: str, table: str, title: str) -> None:
    """Give a user's table another title. Raises `QuestionError` if the title has no words."""
    if not title.strip():
        raise QuestionError("a table needs a title; type one in words")
    with _changed(folder, user, table) as (_, titled):
        titled["title"] = shortened(title, MAX_TITLE)


def delete(folder: Path, user: str, table: str) -> None:
    """Delete a user's table; its link stops working."""
    with database.transaction(folder) as connection:
        connection.execute("DELETE FROM tables WHERE id = ? AND user = ?", (table, user))


def set_scope(folder: Path, user: str, table: str, scope: Scope) -> None:
    """Say which papers are the rows, and which of their sections are asked. Cells of other papers are kept."""
    with _changed(folder, user, table) as (record, _):
        record["scope"] = _scope_row(scope)


def set_stopped(folder: Path, user: str, table: str, *, stopped: bool) -> None:
    """Say whether empty cells are left empty."""
    with _changed(folder, user, table) as (record, _):
        record["stopped"] = stopped


def set_cell(folder: Path, user: str, table: str, document: Document, column: str, cell: Cell) -> bool:
    """Fill a cell. False, and nothing is changed, if its column was removed, or its owner has judged it meanwhile."""
    with _changed(folder, user, table) as (record, _):
        own = record["cells"].setdefault(document.id, {})
        if all(row["id"] != column for row in record["columns"]) or own.get(column, {}).get("judgement"):
            return False
        own[column] = cell
        known = {"title": document.title, **document.metadata}
        record["papers"][document.id] = {name: known[name] for name in _PAPER if known.get(name)}
    return True


def forget(folder: Path, user: str, table: str, documents: Sequence[str]) -> None:
    """Empty the cells of these papers, so that they are asked again; what a person has judged stays."""
    with _changed(folder, user, table) as (record, _):
        for document in documents:
            own = record["cells"].get(document, {})
            record["cells"][document] = {column: cell for column, cell in own.items() if cell["judgement"]}
        record["stopped"] = False


def judge(folder: Path, user: str, table: str, document: str, column: str, verdict: Verdict | None) -> None:
    """Say that what was found is right or wrong; None takes back whatever was said of it."""
    with _judged(folder, user, table, document, column) as cell:
        cell["judgement"] = verdict and {"verdict": verdict, "at": database.now()}


def choose(folder: Path, user: str, table: str, column: str, citation: Citation) -> None:
    """Put a sentence that a person has chosen in the place of what was found in its paper; that is kept below it."""
    with _judged(folder, user, table, citation.document.id, column) as cell:
        cell["judgement"] = {"verdict": "chosen", "at": database.now(), "quote": quote_row(citation)}


@contextmanager
def _judged(folder: Path, user: str, table: str, document: str, column: str) -> Iterator[Cell]:
    with _changed(folder, user, table) as (record, _):
        cell = record["cells"].get(document, {}).get(column)
        if cell is None:
            raise QuestionError("this cell has not been filled yet; wait until it is")
        yield cell


@contextmanager
def _changed(folder: Path, user: str, table: str) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The record of a user's table, and its `title`; what the block changes in them is kept."""
    with database.transaction(folder) as connection:
        row = connection.execute("SELECT title, record FROM tables WHERE id = ? AND user = ?", (table, user)).fetchone()
        if row is None:
            raise QuestionError("you have no such table any more; begin a new one")
        record, titled = json.loads(row["record"]), {"title": row["title"]}
        yield record, titled
        connection.execute(
            "UPDATE tables SET title = ?, changed_at = ?, words = ?, record = ? WHERE id = ?",
            (titled["title"], database.now(), _words(record), json_text(record), table),
        )


def _column(row: Mapping[str, Any]) -> Column:
    return Column(row["id"], row["name"], tuple(row["questions"]))


def _scope_row(scope: Scope) -> dict[str, list[str]]:
    return {"documents": list(scope.documents), "sections": list(scope.sections)}


def _words(record: Mapping[str, Any]) -> str:
    """The text that a search looks in: columns with their questions, quotes, and titles of the papers."""
    parts = [words for column in record["columns"] for words in (column["name"], *column["questions"])]
    parts += [paper["title"] for paper in record["papers"].values()]
    parts += [quote["text"] for own in record["cells"].values() for cell in own.values() for quote in shown(cell)]
    return " ".join(parts)
