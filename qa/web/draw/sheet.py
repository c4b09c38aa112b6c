"""Draw a table of what each paper says to each question: as a table, and as a card a paper on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.types import Citation, Document, QuoteError, breadcrumb
from qa.userdata import answer_record
from qa.userdata.answer_record import Fate
from qa.userdata.table_export import NOTHING, where
from qa.userdata.table_record import Cell, Column, Table, is_chosen, shown
from qa.web.draw import cards, quotes
from qa.web.draw.text import escaped, marked, opener_key

OPENER = "qa-table"
"""What the keys of the citations begin with."""
LONG = 320
"""Characters from which the quotes of a cell are cut, with a way to see all: five lines of the widest column, and eight
of the narrowest. Set by hand on 2026-11-28, with the width and the number of lines in `table.css`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn of a table: these papers, in this order. `documents` are those of today's index, by id.

    `filling`: more cells are on the way. `citations` are the quotes that can be opened in their source, each checked
    again, by paper, column and number from 0; they are numbered in this order.
    """

    table: Table
    papers: Sequence[str]
    documents: Mapping[str, Document]
    filling: bool = False
    citations: Mapping[tuple[str, str, int], Citation] = field(init=False)

    def __post_init__(self) -> None:
        found = {}
        for paper in self.papers:
            for column in self.table.columns:
                cell = self.table.cell(paper, column.id)
                for number, quote in enumerate(shown(cell) if cell else ()):
                    try:
                        found[paper, column.id, number] = answer_record.citation_of(quote, self.documents)
                    except QuoteError:
                        continue
        object.__setattr__(self, "citations", found)


def fate_of(table: Table, paper: str, documents: Mapping[str, Document]) -> Fate:
    """What has become of a paper since it was asked: the worst of what has become of its cells."""
    document, cells = documents.get(paper), table.cells.get(paper, {}).values()
    if document is None:
        return Fate("gone", found=False)
    if all(cell["sha256"] == document.sha256 for cell in cells):
        return Fate("unchanged", found=True)
    fates = [answer_record.fate_of(quote, documents) for cell in cells for quote in shown(cell)]
    return Fate("changed", found=all(fate.found for fate in fates))


def html(sheet: Sheet) -> str:
    """The table. Each of its buttons has `data-paper` and `data-column`, and a citation's number `data-quote` too."""
    columns = sheet.table.columns
    head = "".join(f"<th scope='col'>{escaped(column.name)}{_asked(column)}</th>" for column in columns)
    numbers = {key: number for number, key in enumerate(sheet.citations)}
    body = "".join(
        f"<tr><th scope='row'>{_paper(sheet, paper)}</th>"
        + "".join(f"<td>{_cell(sheet, paper, column, numbers)}</td>" for column in columns)
        + "</tr>"
        for paper in sheet.papers
    )
    return (
        f"<table class='qa-sheet' style='--qa-columns: {len(columns)}'><thead><tr><th scope='col'>Paper</th>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table>"
    )


def _asked(column: Column) -> str:
    """HTML of a column's questions, if its name does not say them."""
    if column.questions == (column.name,):
        return ""
    return f"<span class='qa-small'>{escaped(' · '.join(column.questions))}</span>"


def _paper(sheet: Sheet, paper: str) -> str:
    known = sheet.table.papers.get(paper) or {}
    document = sheet.documents.get(paper)
    if document is not None:
        known = {"title": document.title, **document.metadata}
    line = breadcrumb(*(known[name] for name in ("author", "year") if known.get(name)))
    fate = fate_of(sheet.table, paper, sheet.documents)
    words = escaped(known.get("title", paper))
    words += f"<p class='qa-small qa-byline'>{escaped(line)}</p>" if line else ""
    if fate.kind != "unchanged":
        words += f"<p class='qa-small qa-warning' data-fate='{fate.kind}'>{escaped(str(fate))}</p>"
    return words


def _cell(sheet: Sheet, paper: str, column: Column, numbers: Mapping[tuple[str, str, int], int]) -> str:
    cell = sheet.table.cell(paper, column.id)
    name = f"<p class='qa-column' aria-hidden='true'>{escaped(column.name)}</p>"
    if cell is None:
        return f"{name}<p class='qa-small'>{'…' if sheet.filling else 'not asked yet'}</p>"
    verdict = cell["judgement"]["verdict"] if cell["judgement"] else ""
    kind = verdict if verdict in ("chosen", "wrong") else "maybe" if cell["outcome"] == "possibly" else cell["outcome"]
    where_ = f"data-paper='{escaped(paper)}' data-column='{escaped(column.id)}'"
    about = f"{column.name}, {sheet.table.papers.get(paper, {}).get('title', paper)}"
    edit = (
        f"<button type='button' class='qa-edit' {where_} aria-label='Judge or replace: {escaped(about)}'>⋯</button>"
        if sheet.table.own
        else ""
    )
    lines = [_quote_line(sheet, (paper, column.id, i), quote, numbers) for i, quote in enumerate(shown(cell))]
    return (
        f"{name}<div class='qa-cell qa-{kind}'>{_state(cell)}{quotes_of(cell)}{''.join(lines)}{_sure(cell)}</div>{edit}"
    )


def _state(cell: Cell) -> str:
    """HTML of what a cell is, if it is not simply an answer."""
    verdict = cell["judgement"]["verdict"] if cell["judgement"] else ""
    words = {"chosen": "Chosen by hand", "right": "✓ Judged right", "wrong": "✗ Judged wrong"}.get(verdict, "")
    possibly = "<p class='qa-state'>Possibly</p>" if cell["outcome"] == "possibly" and verdict != "chosen" else ""
    return possibly + (f"<p class='qa-state qa-judged'>{words}</p>" if words else "")


def quotes_of(cell: Cell, *, whole: bool = False) -> str:
    """HTML of what a cell shows; long quotes are cut, with a way to see all, unless they are wanted `whole`."""
    quoted = shown(cell)
    if not quoted:
        return f"<p class='qa-small'>{NOTHING}</p>"
    highlights = () if is_chosen(cell) else cell["highlights"]
    words = "".join(
        f"<span{' class=qa-labelled' if quote.get('speaks_of') else ''}>{quotes.label(quote.get('speaks_of'))}"
        f"{marked(quote['text'], highlights)}</span> "
        for quote in quoted
    )
    if whole or sum(len(quote["text"]) for quote in quoted) <= LONG:
        return f"<blockquote>{words}</blockquote>"
    return (
        f"<blockquote class='qa-cut'>{words}</blockquote>"
        "<details class='qa-more'><summary><span>Show all</span><span>Show less</span></summary></details>"
    )


def _quote_line(
    sheet: Sheet, key: tuple[str, str, int], quote: Mapping[str, object], numbers: Mapping[tuple[str, str, int], int]
) -> str:
    """HTML of where a quote stands, behind the number that opens it there; or of what has become of it."""
    place = escaped(where(quote))
    if key not in numbers:
        fate = answer_record.fate_of(quote, sheet.documents)
        return f"<p class='qa-small'>{place}</p><p class='qa-small qa-warning'>{escaped(str(fate))}</p>"
    paper, column, number = key
    opens = opener_key(OPENER, numbers[key])
    button = (
        f"<button type='button' class='qa-cite' data-opens='{opens}' data-paper='{escaped(paper)}' "
        f"data-column='{escaped(column)}' data-quote='{number}' "
        f"aria-label='Citation {numbers[key] + 1}: show its source'>{numbers[key] + 1}</button>"
    )
    warning = f"<br><span class='qa-warning'>{escaped(str(quote['warning']))}</span>" if quote.get("warning") else ""
    return f"<p class='qa-small qa-where'>{button} {place}{warning}</p>"


def _sure(cell: Cell) -> str:
    """HTML of how sure it is; of a sentence that a person has chosen nothing is known."""
    if is_chosen(cell) or not cell["quotes"]:
        return ""
    words = cards.UNCERTAIN if cell["outcome"] == "possibly" else cards.confidence_words(cell["confidence"])
    return f"<p class='qa-small'>{escaped(words)}</p>"
