"""A table is taken along as CSV, Markdown and XLSX, each read back by another program."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from markdown_it import MarkdownIt

from qa.text import visible
from qa.types import Abstention, Answer, Citation, Document, Sentence, Span
from qa.userdata import table_export, table_record, tables
from qa.userdata.table_export import CHOSEN, NOTHING
from qa.userdata.table_record import Table

HOSTILE = '=HYPERLINK("http://a") | **5 mg**, <b> [x](y) $z$'
RAW = f"{HOSTILE} Later text."
PAPER = Document(
    "paper", "f" * 64, RAW, metadata={"title": "@Title", "author": "Wu, Al", "year": "2001", "doi": "10.1/a"}
)
BLANK = Document("blank", "e" * 64, "Nothing of it.", metadata={"title": "Blank"})
FIRST = Citation(PAPER, "Methods", Sentence(HOSTILE, (Span(0, len(HOSTILE)),)))
LATER = Citation(PAPER, "Results", Sentence("Later text.", (Span(len(HOSTILE) + 1, len(RAW)),)))
QUESTIONS = {"=Dose": "What dose?", "Age": "What age?", "Sex": "Which sex?", "Harm": "What harm?"}


def answer(question: str, *citations: Citation) -> Answer:
    return Answer(question, question, citations, 0.931, (), (), "g1")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A paper with an answer of two sentences, a possible answer, one replaced by hand, one judged wrong."""
    name = tables.create(tmp_path, "ann")
    for title, question in QUESTIONS.items():
        tables.add_column(tmp_path, "ann", name, title, [question])
    nothing = Abstention("q", "q", "no", 0.1, (), "g1")
    found = [
        answer("What dose?", FIRST, LATER),
        Abstention("What age?", "What age?", "no", 0.4, (), "g1", possible=LATER),
        answer("Which sex?", FIRST),
        answer("What harm?", LATER),
    ]
    for number, result in enumerate(found):
        for paper, own in ((PAPER, result), (BLANK, nothing)):
            if (paper.id, number) != ("blank", 3):
                tables.set_cell(tmp_path, "ann", name, paper, f"c{number}", table_record.cell_of(own, paper))
    tables.choose(tmp_path, "ann", name, "c2", LATER)
    tables.judge(tmp_path, "ann", name, "paper", "c3", "wrong")
    opened = tables.opened(tmp_path, "ann", name)
    assert opened is not None
    return opened


STATES = ["answer", "possibly", CHOSEN, "answer, judged wrong"]
QUOTES = [f"{HOSTILE} | Later text.", "Later text.", "Later text.", "Later text."]


def check(wide: list[dict[str, Any]], sources: list[dict[str, Any]]) -> None:
    """That both parts say what the table holds, and refer to each other."""
    first, second = wide
    names = [*QUESTIONS]
    assert (first["Author"], str(first["Year"]), first["DOI"]) == ("Wu, Al", "2001", "10.1/a")
    assert [first[f"{name}: state"] for name in names] == STATES
    assert [first[name].lstrip("'") for name in names] == QUOTES
    assert [float(first[f"{name}: confidence"] or -1) for name in names] == [0.931, 0.4, -1, 0.931]
    assert first["Age: place"] == "Results · line 1"
    assert [second[f"{name}: state"] for name in names] == [NOTHING] * 3 + [table_export.NOT_ASKED]
    assert not any(second[name] for name in names)
    by_number = {str(row["Source"]): row for row in sources}
    assert [*by_number] == ["1", "2", "3", "4", "5", "6"]
    for name in names:
        own = [by_number[number] for number in str(first[f"{name}: sources"]).split(", ")]
        assert " | ".join(row["Quote"].lstrip("'") for row in own) == first[name].lstrip("'")
        assert {row["State"] for row in own} == {first[f"{name}: state"]}
        assert all(row["Column"].lstrip("'") == name.lstrip("'") for row in own)
    replaced = by_number["5"]
    assert replaced["State"] == "answer, replaced by hand"
    assert replaced["Quote"].lstrip("'") == HOSTILE
    assert float(replaced["Confidence"]) == 0.931
    assert (replaced["SHA-256"], replaced["Generation"]) == ("f" * 64, "g1")
    assert replaced["Characters"] == f"0–{len(HOSTILE)}"


def test_csv_is_read_back_and_no_cell_is_a_formula(table: Table) -> None:
    lines = list(csv.reader(io.StringIO(table_export.as_csv(table, ["paper", "blank"]))))
    assert not [cell for line in lines for cell in line if cell[:1] in "=+-@" and cell]
    middle = lines.index([])
    wide = [dict(zip([name.lstrip("'") for name in lines[0]], line, strict=True)) for line in lines[1:middle]]
    wide = [{re.sub("^=", "=", name): value for name, value in row.items()} for row in wide]
    sources = [dict(zip(lines[middle + 1], line, strict=True)) for line in lines[middle + 2 :]]
    check(wide, sources)
    assert [row["Paper"] for row in wide] == ["'@Title", "Blank"]


def test_xlsx_is_read_back_with_every_text_as_text(table: Table) -> None:
    book = openpyxl.load_workbook(io.BytesIO(table_export.as_xlsx(table, ["paper", "blank"])))
    assert book.sheetnames == ["Table", "Sources"]
    read = []
    for sheet in book:
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "n"}
        assert not [cell for row in sheet for cell in row if cell.hyperlink]
        head, *rows = sheet.iter_rows(values_only=True)
        read.append([{name: value or "" for name, value in zip(head, row, strict=True)} for row in rows])
    check(*read)
    assert read[0][0]["Paper"] == "@Title"
    assert isinstance(read[0][0]["Age: confidence"], float)


def test_markdown_is_read_back_without_any_markup_of_papers(table: Table) -> None:
    text = table_export.as_markdown(table, ["paper", "blank"])
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    kinds = {inner.type for token in tokens for inner in token.children or ()} | {token.type for token in tokens}
    assert not kinds & {"strong_open", "html_inline", "html_block", "image"}
    leads = [inner.attrs["href"] for token in tokens for inner in token.children or () if inner.type == "link_open"]
    assert all(str(address).startswith("https://doi.org/") for address in leads)
    words = [visible(t.content) for token in tokens for t in token.children or () if t.type == "text"]
    cells = ["".join(inner.content for inner in token.children or ()) for token in tokens if token.type == "inline"]
    assert words
    assert cells[0] == table.title
    assert cells[1:6] == ["Paper", *QUESTIONS]
    row = cells[6:11]
    assert row[0] == "@Title · 2001"
    assert HOSTILE in row[1]
    for state, cell in zip(STATES, row[1:], strict=True):
        assert state in cell
    assert cells[12:16] == [NOTHING] * 3 + [table_export.NOT_ASKED]
    sources = [token for token in tokens if token.type == "list_item_open"]
    assert [token.info for token in sources] == ["1", "2", "3", "4", "5", "6"]
    assert "answer, replaced by hand" in cells[-2]
    assert "SHA-256" not in text, "which CSV and XLSX have"
    assert "confidence 0.4" in text


def test_only_the_papers_that_are_wanted_and_in_that_order(table: Table) -> None:
    lines = list(csv.reader(io.StringIO(table_export.as_csv(table, ["blank", "paper"]))))
    assert [line[0] for line in lines[1:3]] == ["Blank", "'@Title"]
    (alone,) = [
        line for line in csv.reader(io.StringIO(table_export.as_csv(table, ["blank"]))) if line[:1] == ["Blank"]
    ]
    assert alone[0] == "Blank"


def test_a_cell_longer_than_the_format_allows_is_cut_and_not_lost(tmp_path: Path) -> None:
    long = Document("long", "a" * 64, "word " * 8000)
    citation = Citation(long, "", Sentence(long.raw.strip(), (Span(0, len(long.raw.strip())),)))
    name = tables.create(tmp_path, "ann")
    tables.add_column(tmp_path, "ann", name, "Q", ["Q?"])
    tables.set_cell(tmp_path, "ann", name, long, "c0", table_record.cell_of(answer("Q?", citation), long))
    opened = tables.opened(tmp_path, "ann", name)
    assert opened is not None
    book = openpyxl.load_workbook(io.BytesIO(table_export.as_xlsx(opened, ["long"])))
    assert len(str(book["Table"]["E2"].value)) == table_export._LONGEST
