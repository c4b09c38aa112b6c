"""A table as CSV, Markdown or XLSX: a row a paper, and below or beside it every quote with its place.

Everything is made of the stored table (`qa.userdata.tables`), so it needs no index.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qa.text import cell as harmless
from qa.text import markdown, visible
from qa.types import breadcrumb
from qa.userdata.references import doi_link, markdown_link, page_or_lines, place_of
from qa.userdata.table_record import Cell, Column, Table, is_chosen, shown

NOTHING = "no statement found"
NOT_ASKED = "not asked"
CHOSEN = "chosen by hand"
_STATES = {"answer": "answer", "possibly": "possibly", "nothing": NOTHING}
_PAPER = ("Paper", "Author", "Year", "DOI")
_PARTS = ("", ": place", ": confidence", ": state", ": sources")
"""What a column of the table becomes: the quotes, and what is to be known of them."""
_SOURCE = (
    "Source", "Paper", "Column", "Question", "Quote", "Speaks of", "State", "Confidence", "Section", "Page", "Lines",
    "Characters", "File", "SHA-256", "Generation",
)  # fmt: skip
_LONGEST = 32_767
"""Characters of a cell in Excel's format; XlsxWriter leaves out a longer one. Its specification says so."""

Value = str | float | int


def where(quote: Mapping[str, Any]) -> str:
    """Section, and page or lines, of a stored quote, in words."""
    return breadcrumb(quote["section"], page_or_lines(quote))


def state(cell: Cell | None) -> str:
    """What a cell is, in words: an answer, possibly one, nothing, chosen by hand; and how it was judged."""
    if cell is None:
        return NOT_ASKED
    if is_chosen(cell):
        return CHOSEN
    verdict = f", judged {cell['judgement']['verdict']}" if cell["judgement"] else ""
    return _STATES[cell["outcome"]] + verdict


def as_csv(table: Table, documents: Sequence[str]) -> str:
    """The rows of these papers, an empty line, and a line for each source. No cell is a formula to a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in [*_wide(table, documents), [], *_sources(table, documents)]:
        writer.writerow(map(harmless, row))
    return file.getvalue()


def as_markdown(table: Table, documents: Sequence[str]) -> str:
    """A heading, a table with a row for each of these papers, and a list of the sources; all markup is escaped."""
    numbers = _numbered(table, documents)
    lines = [f"# {markdown(table.title)}", "", _line(["Paper", *(markdown(column.name) for column in table.columns)])]
    lines.append(_line(["---"] * (1 + len(table.columns))))
    for document in documents:
        cells = [_in_words(table.cell(document, column.id), numbers, document, column) for column in table.columns]
        lines.append(_line([markdown(breadcrumb(*_paper(table, document)[:3:2])), *cells]))
    lines += ["", "## Sources", ""]
    for number, column, cell, replaced, quote in _every(table, documents):
        about = [markdown(place_of(quote)), markdown(column.name), markdown(_state_of(cell, replaced))]
        about += [f"confidence {cell['confidence']:.2f}"] if not is_chosen(cell) or replaced else []
        about += [markdown_link("DOI", doi)] if (doi := doi_link(quote)) else []
        lines.append(f"{number}. {markdown(quote['text'])} — {' · '.join(about)}")
    return "\n".join(lines) + "\n"


def as_xlsx(table: Table, documents: Sequence[str]) -> bytes:
    """A workbook with the sheets Table and Sources. Every text is written as text, so none is a formula or a link."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        wrapped = {"text_wrap": True, "valign": "top"}
        head, body = book.add_format(wrapped | {"bold": True}), book.add_format(wrapped)
        for name, rows in (("Table", _wide(table, documents)), ("Sources", _sources(table, documents))):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    style = head if number == 0 else body
                    if isinstance(value, str):
                        sheet.write_string(number, place, visible(value)[:_LONGEST], style)
                        if number == 0:
                            sheet.set_column(place, place, 48 if _is_wide(name, place, value) else 14)
                    else:
                        sheet.write_number(number, place, value, style)
    return file.getvalue()


def _is_wide(sheet: str, place: int, head: str) -> bool:
    """Whether a column of a sheet holds whole sentences."""
    if sheet == "Sources":
        return head in ("Paper", "Question", "Quote")
    return place == 0 or (place >= len(_PAPER) and (place - len(_PAPER)) % len(_PARTS) == 0)


def _wide(table: Table, documents: Sequence[str]) -> Iterator[list[Value]]:
    """The head, and a row for each paper."""
    yield [*_PAPER, *(column.name + part for column in table.columns for part in _PARTS)]
    numbers = _numbered(table, documents)
    for document in documents:
        row: list[Value] = [*_paper(table, document)]
        for column in table.columns:
            cell = table.cell(document, column.id)
            quotes = shown(cell) if cell else []
            row += [
                " | ".join(quote["text"] for quote in quotes),
                " | ".join(map(where, quotes)),
                _confidence(cell),
                state(cell),
                ", ".join(str(numbers[document, column.id, False] + i) for i in range(len(quotes))),
            ]
        yield row


def _sources(table: Table, documents: Sequence[str]) -> Iterator[list[Value]]:
    """The head, and a row for each quote."""
    yield [*_SOURCE]
    for number, column, cell, replaced, quote in _every(table, documents):
        by_hand = is_chosen(cell) and not replaced
        yield [
            number,
            quote["title"],
            column.name,
            cell["question"],
            quote["text"],
            quote.get("speaks_of") or "",
            _state_of(cell, replaced),
            "" if by_hand else cell["confidence"],
            quote["section"],
            quote["page_label"] or quote["page"] or "",
            "–".join(map(str, quote["lines"])),
            ", ".join(f"{start}–{end}" for start, end in quote["spans"]),
            quote["document"],
            quote["sha256"],
            cell["generation"],
        ]


def _every(table: Table, documents: Sequence[str]) -> Iterator[tuple[int, Column, Cell, bool, Mapping[str, Any]]]:
    """Each quote with its number from 1; of a cell that was replaced by hand, what was found comes last, with True."""
    number = 0
    for _, column, cell, replaced in _quoting(table, documents):
        for quote in cell["quotes"] if replaced else shown(cell):
            number += 1
            yield number, column, cell, replaced, quote


def _state_of(cell: Cell, replaced: bool) -> str:
    return f"{_STATES[cell['outcome']]}, replaced by hand" if replaced else state(cell)


def _quoting(table: Table, documents: Sequence[str]) -> Iterator[tuple[str, Column, Cell, bool]]:
    """The cells that have quotes, in order; one that was replaced comes once more, with True, for what was found."""
    for document in documents:
        for column in table.columns:
            cell = table.cell(document, column.id)
            if cell is not None:
                yield document, column, cell, False
                if is_chosen(cell):
                    yield document, column, cell, True


def _numbered(table: Table, documents: Sequence[str]) -> dict[tuple[str, str, bool], int]:
    """The number of each cell's first source, counted from 1."""
    numbers, number = {}, 1
    for document, column, cell, replaced in _quoting(table, documents):
        numbers[document, column.id, replaced] = number
        number += len(cell["quotes"] if replaced else shown(cell))
    return numbers


def _paper(table: Table, document: str) -> list[str]:
    known = table.papers.get(document, {})
    return [known.get("title", document), *(known.get(name, "") for name in ("author", "year", "doi"))]


def _confidence(cell: Cell | None) -> Value:
    """That of what is shown: a sentence chosen by hand has none, and nor has nothing."""
    return cell["confidence"] if cell and cell["quotes"] and not is_chosen(cell) else ""


def _in_words(cell: Cell | None, numbers: Mapping[tuple[str, str, bool], int], document: str, column: Column) -> str:
    """A cell of the Markdown table."""
    quotes = shown(cell) if cell else []
    if not quotes:
        return markdown(state(cell))
    first, sure = numbers[document, column.id, False], _confidence(cell)
    parts = [
        f"“{markdown(q['text'])}” ({number}: {markdown(where(q))})" for number, q in enumerate(quotes, start=first)
    ]
    return f"{' '.join(parts)} {markdown(state(cell))}{f', {sure:.2f}' if sure != '' else ''}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
