"""Highlights and notes on papers, kept for each user, and their export."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.records import json_text
from qa.text import cell, markdown
from qa.types import Citation, QuestionError, breadcrumb
from qa.userdata import answer_record, database
from qa.userdata.answer_record import Fate
from qa.userdata.references import place_of

MAX_NOTE = 4000
"""Characters of a note. Set by hand on 2026-11-27."""
MOST = 2000
"""Marks that a user may have on one paper. Set by hand on 2026-11-27."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a user has marked in a paper: rows as `answer_record.quote_row` makes them, in reading order, at least one.

    `note` is in the user's own words; "" for a highlight.
    """

    id: str
    document: str
    made_at: str
    quotes: tuple[Mapping[str, Any], ...]
    note: str

    def fate(self, documents: Mapping[str, Any]) -> Fate:
        """What has become of the marked words: the worst fate that any quote has. `documents`: see `fate_of`."""
        fates = [answer_record.fate_of(row, documents) for row in self.quotes]
        return next(
            (fate for fate in fates if not fate.found), next((f for f in fates if f.kind != "unchanged"), fates[0])
        )

    def citations(self, documents: Mapping[str, Any]) -> tuple[Citation, ...]:
        """The marked words, checked again.

        Raises:
            QuoteError: the paper is gone, or no longer has them where they stood.
        """
        return tuple(answer_record.citation_of(row, documents) for row in self.quotes)


def add(folder: Path, user: str, citations: Sequence[Citation], note: str = "") -> str:
    """Store a mark on the paper that these quotes, in reading order, are from; return its id.

    The same words marked twice are one mark: a note replaces none or an earlier one.

    Raises:
        QuestionError: there are no quotes or of several papers, the note is too long, or there are too many marks.
        StoreError: the database cannot be written.
    """
    papers = {citation.document.id for citation in citations}
    if len(papers) != 1:
        raise QuestionError("a mark is on words of one paper; choose some")
    rows = [answer_record.quote_row(citation, number) for number, citation in enumerate(citations, start=1)]
    document, note = papers.pop(), _checked(note)
    there = of(folder, user, document)
    same = next((mark for mark in there if _places(mark.quotes) == _places(rows)), None)
    if same is not None:
        if note:
            edit(folder, user, same.id, note)
        return same.id
    if len(there) >= MOST:
        raise QuestionError(f"there are {len(there)} marks on this paper already; delete some first")
    name = secrets.token_urlsafe(9)
    with database.transaction(folder) as connection:
        connection.execute(
            "INSERT INTO marks VALUES (?, ?, ?, ?, ?)",
            (name, user, document, database.now(), json_text({"quotes": rows, "note": note})),
        )
    return name


def of(folder: Path, user: str, document: str | None = None) -> list[Mark]:
    """A user's marks on a paper, or on all papers, in the order of the papers' ids and of the text.

    Raises:
        StoreError: the database cannot be read.
    """
    with database.snapshot(folder) as connection:
        rows = connection.execute(
            "SELECT id, document, made_at, record FROM marks WHERE user = ? AND (? IS NULL OR document = ?)",
            (user, document, document),
        ).fetchall()
    marks = [_mark(row) for row in rows]
    return sorted(marks, key=lambda mark: (mark.document, mark.quotes[0]["spans"], mark.made_at, mark.id))


def edit(folder: Path, user: str, mark: str, note: str) -> None:
    """Replace the note of a user's mark; "" leaves a highlight. Nothing happens to what another user has marked.

    Raises:
        QuestionError: the note is too long.
        StoreError: the database cannot be written.
    """
    words = _checked(note)
    with database.transaction(folder) as connection:
        connection.execute(
            "UPDATE marks SET record = json_set(record, '$.note', ?) WHERE user = ? AND id = ?", (words, user, mark)
        )


def delete(folder: Path, user: str, mark: str) -> None:
    """Delete a user's mark. Raises `StoreError` if the database cannot be written."""
    with database.transaction(folder) as connection:
        connection.execute("DELETE FROM marks WHERE user = ? AND id = ?", (user, mark))


def as_markdown(title: str, marks: Sequence[Mark]) -> str:
    """The marked words as quotations, each with its place, and the user's notes, which say that they are notes."""
    parts = [f"# {markdown(title)}"]
    if marks:
        parts.append(markdown(reference(marks[-1].quotes[0])))
    for mark in marks:
        parts.append(f"> {markdown(_words(mark))}")
        parts.append(markdown(_place(mark)))
        if mark.note:
            parts += ["Note:", *(markdown(line) for line in mark.note.splitlines() if line.strip())]
    return "\n\n".join(parts) + "\n"


def as_csv(marks: Sequence[Mark]) -> str:
    """A line for each mark: the marked words, the note, where they stand, and the reference of the paper."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["made_at", "words", "note", "place", "section", "reference", "document", "spans", "sha256"])
    for mark in marks:
        first = mark.quotes[0]
        spans = " | ".join(f"{start}–{end}" for row in mark.quotes for start, end in row["spans"])
        values = [mark.made_at, _words(mark), mark.note, _place(mark), first["section"], reference(first)]
        writer.writerow(map(cell, [*values, mark.document, spans, first["sha256"]]))
    return file.getvalue()


def reference(quote: Mapping[str, Any]) -> str:
    """The paper of a quote in one line: author, year, title, journal and DOI, as far as they are known."""
    known = quote["metadata"]
    doi = f"doi:{known['doi']}" if known.get("doi") else ""
    who = breadcrumb(known.get("author", ""), known.get("year", ""))
    return breadcrumb(who, quote["title"], known.get("journal", ""), doi)


def _checked(note: str) -> str:
    words = note.strip()
    if len(words) > MAX_NOTE:
        raise QuestionError(f"the note has {len(words)} characters; shorten it to at most {MAX_NOTE}")
    return words


def _mark(row: Mapping[str, Any]) -> Mark:
    record = json.loads(row["record"])
    return Mark(row["id"], row["document"], row["made_at"], tuple(record["quotes"]), record["note"])


def _words(mark: Mark) -> str:
    return " ".join(row["text"] for row in mark.quotes)


def _place(mark: Mark) -> str:
    return place_of(mark.quotes[0])


def _places(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [(row["sha256"], [list(span) for span in row["spans"]]) for row in rows]
