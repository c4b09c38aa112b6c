"""A table as it is kept: columns, cells, and what a cell shows.

A cell is a `cell_of` a result, and may hold a judgement beside it, which never takes away what was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qa.types import Answer, Document, Result, Scope
from qa.userdata.answer_record import quote_row
from qa.userdata.database import now

Cell = dict[str, Any]
"""Plain data for JSON: `outcome` (answer, possibly or nothing), `confidence`, `quotes` (rows of `quote_row` with
`speaks_of`), `highlights`, `question` (of a column's wordings, the one that gave it), `sections` asked, the file's
`sha256`, `generation`, `asked_at`; and `judgement`, None or a `verdict` (right, wrong, chosen) with `at` and, of a
chosen sentence, its `quote`."""
Verdict = Literal["right", "wrong"]


@dataclass(frozen=True, slots=True)
class Column:
    """A question, or several wordings of it, under a name."""

    id: str
    name: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is kept. `own`: whether it belongs to the user who opened it.

    `stopped`: its owner does not want its empty cells filled. `papers` has the title of each paper that was asked, and
    author, year and DOI if known, so that it can be named when it is gone.
    """

    id: str
    title: str
    changed_at: str
    own: bool
    columns: tuple[Column, ...]
    scope: Scope
    stopped: bool
    papers: Mapping[str, Mapping[str, str]]
    cells: Mapping[str, Mapping[str, Cell]]

    def cell(self, document: str, column: str) -> Cell | None:
        """What a paper says to a question; None if it has not been asked."""
        return self.cells.get(document, {}).get(column)


def cell_of(result: Result, document: Document, sections: Sequence[str] = ()) -> Cell:
    """The cell of a result that a paper alone gave, asked in these sections, or in all if there are none."""
    answer = result if isinstance(result, Answer) else None
    possible = None if isinstance(result, Answer) else result.possible
    citations = answer.citations if answer else (possible,) if possible else ()
    labels = (answer.labels if answer else ()) or ("",) * len(citations)
    return {
        "outcome": "answer" if answer else "possibly" if possible else "nothing",
        "confidence": round(result.confidence, 4),
        "quotes": [
            quote_row(citation, number) | {"speaks_of": label or None}
            for number, (citation, label) in enumerate(zip(citations, labels, strict=True), start=1)
        ],
        "highlights": list(answer.highlights) if answer else [],
        "question": result.question,
        "sections": list(sections),
        "sha256": document.sha256,
        "generation": result.generation,
        "asked_at": now(),
        "judgement": None,
    }


def shown(cell: Cell) -> list[dict[str, Any]]:
    """The quotes that a cell shows: the sentence that its owner has chosen, or else those that were found."""
    judgement = cell["judgement"]
    return [judgement["quote"]] if is_chosen(cell) else list(cell["quotes"])


def is_chosen(cell: Cell) -> bool:
    """Whether its owner has put a sentence in the place of what was found."""
    return cell["judgement"] is not None and cell["judgement"]["verdict"] == "chosen"
