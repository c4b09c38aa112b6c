"""Tables: kept, changed only by their owner, read by whoever has the link; a judgement takes away nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.types import EVERYTHING, Abstention, Answer, Citation, Document, QuestionError, Result, Scope, Sentence, Span
from qa.userdata import table_record, tables
from qa.userdata.answer_record import citation_of, fate_of
from qa.userdata.table_record import Table

PAPER = Document("paper", "sha", "Ten men came. They had flu. Five left.", metadata={"title": "Men", "year": "2001"})
COUNT = Citation(PAPER, "Methods", Sentence("Ten men came.", (Span(0, 13),)))
OTHER = Citation(PAPER, "Results", Sentence("Five left.", (Span(28, 38),)))
ANSWER = Answer("How many?", "How many?", (COUNT,), 0.91234, ("Ten",), (), "g1")
NOTHING = Abstention("How many?", "How many?", "no", 0.1, (), "g1")


@pytest.fixture
def table(tmp_path: Path) -> str:
    """A table of Ann's with two columns."""
    name = tables.create(tmp_path, "ann", Scope(["paper"]))
    tables.add_column(tmp_path, "ann", name, "Number", ["How many?", "What number?"])
    tables.add_column(tmp_path, "ann", name, "Why did they come?", ["Why did they come?"])
    return name


def see(folder: Path, table: str, user: str = "ann") -> Table:
    found = tables.opened(folder, user, table)
    assert found is not None
    return found


def fill(folder: Path, table: str, column: str = "c0", result: Result = ANSWER) -> bool:
    return tables.set_cell(folder, "ann", table, PAPER, column, table_record.cell_of(result, PAPER))


def test_a_table_is_kept_with_its_columns_papers_and_cells(tmp_path: Path, table: str) -> None:
    assert see(tmp_path, table).cell("paper", "c0") is None
    assert fill(tmp_path, table)
    kept = see(tmp_path, table)
    assert [(c.id, c.name, c.questions) for c in kept.columns] == [
        ("c0", "Number", ("How many?", "What number?")),
        ("c1", "Why did they come?", ("Why did they come?",)),
    ]
    assert (kept.title, kept.scope, kept.own, kept.stopped) == ("Number", Scope(["paper"]), True, False)
    assert kept.papers == {"paper": {"title": "Men", "year": "2001"}}
    cell = kept.cell("paper", "c0")
    assert cell is not None
    assert (cell["outcome"], cell["confidence"], cell["question"]) == ("answer", 0.9123, "How many?")
    assert citation_of(cell["quotes"][0], {"paper": PAPER}) == COUNT
    assert fate_of(cell["quotes"][0], {}).kind == "gone"


@pytest.mark.parametrize(
    ("result", "outcome", "texts"),
    [
        (ANSWER, "answer", [COUNT.text]),
        (NOTHING, "nothing", []),
        (replace(NOTHING, possible=OTHER), "possibly", [OTHER.text]),
        (replace(ANSWER, citations=(COUNT, OTHER), labels=("a", "b")), "answer", [COUNT.text, OTHER.text]),
    ],
    ids=["answer", "nothing", "possibly", "two"],
)
def test_a_cell_says_what_was_found(result: Result, outcome: str, texts: list[str]) -> None:
    cell = table_record.cell_of(result, PAPER, ["Methods"])
    assert (cell["outcome"], [quote["text"] for quote in table_record.shown(cell)]) == (outcome, texts)
    assert cell["sections"] == ["Methods"]
    labels = getattr(result, "labels", ()) or (None,) * len(texts)
    assert [quote["speaks_of"] for quote in cell["quotes"]] == list(labels)


def test_a_judgement_can_be_taken_back_and_never_loses_what_was_found(tmp_path: Path, table: str) -> None:
    with pytest.raises(QuestionError, match="not been filled"):
        tables.judge(tmp_path, "ann", table, "paper", "c0", "right")
    fill(tmp_path, table)
    before = see(tmp_path, table).cell("paper", "c0")
    tables.judge(tmp_path, "ann", table, "paper", "c0", "wrong")
    judged = see(tmp_path, table).cell("paper", "c0")
    assert judged is not None and before is not None
    assert judged["judgement"]["verdict"] == "wrong"
    tables.choose(tmp_path, "ann", table, "c0", OTHER)
    chosen = see(tmp_path, table).cell("paper", "c0")
    assert chosen is not None
    assert table_record.is_chosen(chosen)
    assert [quote["text"] for quote in table_record.shown(chosen)] == [OTHER.text]
    assert chosen | {"judgement": None} == before
    assert not fill(tmp_path, table, result=NOTHING)  # what a person has judged is not filled again
    tables.judge(tmp_path, "ann", table, "paper", "c0", None)
    assert see(tmp_path, table).cell("paper", "c0") == before


def test_papers_are_asked_again_but_where_a_person_has_judged(tmp_path: Path, table: str) -> None:
    fill(tmp_path, table)
    fill(tmp_path, table, "c1")
    tables.judge(tmp_path, "ann", table, "paper", "c1", "right")
    tables.set_stopped(tmp_path, "ann", table, stopped=True)
    tables.forget(tmp_path, "ann", table, ["paper", "unknown"])
    kept = see(tmp_path, table)
    assert kept.cell("paper", "c0") is None
    assert kept.cell("paper", "c1") is not None
    assert not kept.stopped


def test_a_removed_column_can_be_put_back_with_its_cells(tmp_path: Path, table: str) -> None:
    fill(tmp_path, table)
    before = see(tmp_path, table)
    removed = tables.remove_column(tmp_path, "ann", table, "c0")
    assert removed is not None
    gone = see(tmp_path, table)
    assert [column.id for column in gone.columns] == ["c1"]
    assert gone.cell("paper", "c0") is None
    assert not fill(tmp_path, table)  # a cell that was being filled meanwhile
    tables.put_back(tmp_path, "ann", table, removed)
    assert see(tmp_path, table).cells == before.cells
    assert see(tmp_path, table).columns == before.columns
    assert tables.remove_column(tmp_path, "ann", table, "c9") is None


def test_columns_and_tables_are_renamed_in_words_and_not_doubled(tmp_path: Path, table: str) -> None:
    tables.rename_column(tmp_path, "ann", table, "c0", " People \n counted ")
    tables.rename(tmp_path, "ann", table, "x" * 200)
    kept = see(tmp_path, table)
    assert kept.columns[0].name == "People counted"
    assert len(kept.title) == tables.MAX_TITLE
    with pytest.raises(QuestionError, match="needs a name"):
        tables.rename_column(tmp_path, "ann", table, "c0", " ")
    with pytest.raises(QuestionError, match="needs a title"):
        tables.rename(tmp_path, "ann", table, "")
    with pytest.raises(QuestionError, match="already"):
        tables.add_column(tmp_path, "ann", table, "Again", ["How many?", "What number?"])
    for number in range(tables.MAX_COLUMNS - 2):
        tables.add_column(tmp_path, "ann", table, "More", [f"What of {number}?"])
    with pytest.raises(QuestionError, match="at most"):
        tables.add_column(tmp_path, "ann", table, "More", ["And this?"])
    assert len({column.id for column in see(tmp_path, table).columns}) == tables.MAX_COLUMNS


def test_others_read_by_the_link_and_change_nothing(tmp_path: Path, table: str) -> None:
    fill(tmp_path, table)
    before = see(tmp_path, table)
    assert see(tmp_path, table, "bob") == replace(before, own=False)
    attempts = [
        lambda: tables.add_column(tmp_path, "bob", table, "x", ["x?"]),
        lambda: tables.remove_column(tmp_path, "bob", table, "c0"),
        lambda: tables.rename_column(tmp_path, "bob", table, "c0", "x"),
        lambda: tables.rename(tmp_path, "bob", table, "x"),
        lambda: tables.set_scope(tmp_path, "bob", table, EVERYTHING),
        lambda: tables.set_stopped(tmp_path, "bob", table, stopped=True),
        lambda: tables.set_cell(tmp_path, "bob", table, PAPER, "c0", table_record.cell_of(NOTHING, PAPER)),
        lambda: tables.forget(tmp_path, "bob", table, ["paper"]),
        lambda: tables.judge(tmp_path, "bob", table, "paper", "c0", "wrong"),
        lambda: tables.choose(tmp_path, "bob", table, "c0", OTHER),
    ]
    for attempt in attempts:
        with pytest.raises(QuestionError, match="no such table"):
            attempt()
    tables.delete(tmp_path, "bob", table)
    assert see(tmp_path, table) == before
    tables.delete(tmp_path, "ann", table)
    assert tables.opened(tmp_path, "ann", table) is None


def test_the_list_has_the_users_own_tables_and_finds_their_words(tmp_path: Path, table: str) -> None:
    fill(tmp_path, table)
    other = tables.create(tmp_path, "ann")
    tables.add_column(tmp_path, "ann", other, "Dose", ["What dose?"])
    tables.create(tmp_path, "bob")
    found = {line.id: (line.title, line.columns, line.papers) for line in tables.tables(tmp_path, "ann")}
    assert found == {table: ("Number", 2, 1), other: ("Dose", 1, 0)}
    for search in ("MEN ten", "why come", "number"):
        assert [line.id for line in tables.tables(tmp_path, "ann", search)] == [table]
    assert [line.id for line in tables.tables(tmp_path, "ann", "what dose")] == [other]
    tables.choose(tmp_path, "ann", table, "c0", OTHER)
    assert [line.id for line in tables.tables(tmp_path, "ann", "five left")] == [table]
