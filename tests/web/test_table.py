"""The Table page on the small papers, without a browser: filling, stopping, judging, and what others may do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers.assistant import Assistant
from qa.answers.columns import READY
from qa.answers.models import Models
from qa.config import IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.types import BusyError, Result, Scope
from qa.userdata import table_record, tables
from qa.userdata.database import user_of
from qa.userdata.table_record import Table
from qa.web.draw.sheet import LONG, Sheet, fate_of, html
from qa.web.pages.table_rows import Wanted, rows
from qa.web.session import filling
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.userdata.small import ANSWERED, HOSTILE
from tests.web.apptest import changed, checked, drawn, serve, text

ANN, BOB = "ann" * 8, "bob" * 8
USER = user_of(ANN)
BASALT = "basalt cools quickly from lava"


def opened(token: str = ANN, page: str = "table", **parameters: str) -> AppTest:
    """A new session of a browser with that cookie."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    test.session_state.user_token = token
    for name, value in parameters.items():
        test.query_params[name] = value
    test._page_hash = calc_hash(page)  # AppTest can open only pages that are files
    return checked(test.run())


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def filled(page: AppTest) -> AppTest:
    """The page once no cell is being filled."""
    for _ in range(200):
        if "Stop" not in labels(page):
            return page
        time.sleep(0.05)
        checked(page.run())
    raise AssertionError("the table is never filled")


def add(page: AppTest, question: str) -> AppTest:
    return filled(checked(page.chat_input[0].set_value(question).run()))


def table_of(page: AppTest, state: Path) -> Table:
    found = tables.opened(state, USER, page.query_params["table"])
    assert found is not None
    return found


def button(page: AppTest, label: str) -> AppTest:
    return checked(next(b for b in page.button if b.label == label).click().run())


def outcomes(table: Table) -> Mapping[str, list[str]]:
    return {paper: [cell["outcome"] for cell in own.values()] for paper, own in table.cells.items()}


def test_a_question_becomes_a_column_and_each_paper_answers_for_itself(state: Path) -> None:
    page = add(opened(), ANSWERED)
    table = table_of(page, state)
    assert {paper: [*own] for paper, own in outcomes(table).items()} == {"fruit": ["answer"], "stones": ["nothing"]}
    assert "Pears ripened in nine weeks [3]." in text(page)
    assert "no statement found" in text(page)
    add(page, BASALT)
    assert outcomes(table_of(page, state))["stones"][1] == "answer"
    assert text(page).count("no statement found") == 2
    add(page, BASALT)
    assert "There is a column with this question already; ask another one." in text(page)
    add(page, "?")
    assert "The question is empty; type a question in words." in text(page)
    assert len(table_of(page, state).columns) == 2


def test_columns_that_are_ready_made_are_added_once(state: Path) -> None:
    page = filled(button(opened(), "Population"))
    (column,) = table_of(page, state).columns
    assert (column.name, column.questions) == ("Population", READY["Population"])
    assert next(b for b in page.button if b.label == "Population").disabled
    assert not next(b for b in page.button if b.label == "Limitations").disabled


def test_a_stopped_table_keeps_what_it_has_and_goes_on(
    state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, asked = assistant.ask, []

    def stopping(question: str, scope: Scope) -> Result:
        """The owner stops the table while the first cell is being filled."""
        asked.append(scope.documents)
        if len(asked) == 1:
            (line,) = tables.tables(state, USER)
            tables.set_stopped(state, USER, line.id, stopped=True)
        return ask(question, scope=scope)

    monkeypatch.setattr(assistant, "ask", stopping)
    page = add(opened(), ANSWERED)
    assert asked == [("fruit",)]
    assert "Stopped; 1 cell not asked yet" in text(page)
    assert "not asked yet" in text(page).partition("stones")[2]
    again = opened(table=page.query_params["table"])  # after a reload it is still stopped
    assert asked == [("fruit",)]
    filled(button(again, "Go on"))
    assert asked == [("fruit",), ("stones",)]
    assert set(table_of(page, state).cells) == {"fruit", "stones"}


def test_a_reload_fills_what_is_empty(state: Path, assistant: Assistant) -> None:
    """As after a server that was stopped in the middle."""
    name = tables.create(state, USER)
    tables.add_column(state, USER, name, "Weeks", [ANSWERED])
    opened_here = filled(opened(table=name))
    assert set(table_of(opened_here, state).cells) == {"fruit", "stones"}


def test_an_error_is_told_and_what_was_filled_stays(
    state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, broken = assistant.ask, [True]

    def busy(question: str, scope: Scope) -> Result:
        if scope.documents == ("stones",) and broken:
            raise BusyError("too many questions are waiting")
        return ask(question, scope=scope)

    monkeypatch.setattr(assistant, "ask", busy)
    page = add(opened(), ANSWERED)
    assert "Too many questions are waiting." in text(page)
    assert set(table_of(page, state).cells) == {"fruit"}
    broken.clear()
    filled(button(page, "Go on"))
    assert set(table_of(page, state).cells) == {"fruit", "stones"}


def test_the_scope_says_which_papers_are_rows_and_comes_back_with_the_table(state: Path) -> None:
    page = add(opened(paper="stones"), BASALT)
    table = table_of(page, state)
    assert (table.scope, set(table.cells)) == (Scope(["stones"]), {"stones"})
    again = opened(table=table.id)
    assert again.query_params["paper"] == "stones"
    assert "1 paper, 1 question" in text(again)
    tables.set_scope(state, USER, table.id, Scope())
    filled(opened(table=table.id))
    assert set(table_of(page, state).cells) == {"fruit", "stones"}


def test_cells_of_other_sections_are_asked_again_unless_they_were_judged(state: Path, assistant: Assistant) -> None:
    page = add(opened(paper="fruit"), ANSWERED)
    add(page, BASALT)
    table = table_of(page, state)
    assert filling.empty(assistant, table) == []
    narrow = replace(table, scope=Scope(["fruit"], ["Results"]))
    assert [column.id for _, column, _ in filling.empty(assistant, narrow)] == ["c0", "c1"]
    tables.judge(state, USER, table.id, "fruit", "c0", "right")
    judged = replace(table_of(page, state), scope=narrow.scope)
    assert [column.id for _, column, _ in filling.empty(assistant, judged)] == ["c1"]


def test_a_cell_is_judged_and_replaced_in_its_dialog(state: Path) -> None:
    page = add(opened(), ANSWERED)
    page.session_state.table_cell = ("fruit", "c0")
    checked(page.run())
    assert {"Right", "Wrong"} <= set(labels(page))
    assert [words for words in labels(page) if words.startswith("Pears ripened in nine weeks")]
    assert "Undo" not in labels(page)
    button(page, "Wrong")
    assert "Judged wrong" in text(checked(page.run()))
    page.session_state.table_cell = ("fruit", "c0")
    checked(page.run())
    checked(page.text_input(key="qa-cell-words").set_value("zebra").run())
    assert "No sentence of this paper has all of these words." in text(page)
    checked(page.text_input(key="qa-cell-words").set_value("HARVEST kg").run())
    (offered,) = [words for words in labels(page) if "harvest" in words]
    button(page, offered)
    cell = table_of(page, state).cell("fruit", "c0")
    assert cell is not None
    assert [quote["text"] for quote in table_record.shown(cell)] == ["The harvest was 120 kg in 2019."]
    assert cell["quotes"][0]["text"] == "Pears ripened in nine weeks [3]."
    checked(page.run())
    assert "Chosen by hand" in text(page)
    page.session_state.table_cell = ("fruit", "c0")
    checked(page.run())
    assert "Found by the program" in text(page)
    button(page, "Undo")
    undone = table_of(page, state).cell("fruit", "c0")
    assert undone is not None
    assert undone["judgement"] is None


def test_columns_and_the_table_are_renamed_removed_and_put_back(state: Path) -> None:
    page = add(opened(), ANSWERED)
    before = table_of(page, state)
    checked(page.text_input(key=f"qa-name-{before.id}-c0").set_value("Weeks <b>").run())
    checked(page.text_input(key=f"qa-table-title-{before.id}").set_value(HOSTILE).run())
    assert table_of(page, state).columns[0].name == "Weeks <b>"
    assert "Weeks &lt;b&gt;" in drawn(page)
    assert "<b>1." not in drawn(page)
    button(page, "Remove")
    assert not table_of(page, state).columns
    assert "“Weeks <b>” was removed" in text(page)
    button(page, "Undo")
    assert table_of(page, state).cells == before.cells
    checked(page.text_input(key=f"qa-name-{before.id}-c0").set_value(" ").run())
    assert "A column needs a name; type one in words." in text(page)


def test_others_read_the_table_and_change_nothing(state: Path) -> None:
    page = add(opened(), ANSWERED)
    name = page.query_params["table"]
    other = opened(BOB, table=name)
    assert "Pears ripened in nine weeks [3]." in text(other)
    assert "shared with you to read" in text(other)
    assert not other.chat_input
    assert "qa-edit" not in drawn(other)
    assert not {"Remove", "Population"} & set(labels(other))
    other.session_state.table_cell = ("fruit", "c0")
    assert "Right" not in labels(checked(other.run()))
    button(other, "New table")
    assert other.chat_input
    assert "table" not in other.query_params
    assert "There is no such table, or its owner has deleted it." in text(opened(table="unknown"))


def test_history_lists_the_users_own_tables_and_deletes_them(state: Path) -> None:
    page = add(opened(), ANSWERED)
    name = page.query_params["table"]
    assert "Your tables" not in text(opened(BOB, "history"))
    history = opened(page="history")
    assert "Your tables" in text(history)
    assert "1 question, 2 papers" in text(history)
    checked(history.text_input(key="qa-history-search").set_value("xylophone").run())
    assert "Your tables" not in text(history)
    checked(history.text_input(key="qa-history-search").set_value("nine weeks").run())
    checked(history.button(key=f"qa-really-table-{name}").click().run())
    assert tables.opened(state, USER, name) is None
    assert "There is no such table" in text(checked(page.run()))


def test_a_paper_that_changed_says_so_and_is_asked_again(
    state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = add(opened(), ANSWERED)
    name = page.query_params["table"]
    fruit = assistant.by_id["fruit"]
    serve(monkeypatch, changed(assistant, replace(fruit, sha256="later")))
    later = opened(table=name)
    assert drawn(later).count("data-fate='changed'") == 1
    assert "these words still stand in it" in text(later)
    assert "data-quote" not in drawn(later)  # nothing that could be opened at the wrong place
    assert "1 paper has changed since" in text(later)
    filled(button(later, "Ask again"))
    assert "data-fate" not in drawn(checked(later.run()))
    assert "data-quote" in drawn(later)


def test_a_paper_that_is_gone_keeps_its_row(state: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = add(opened(), ANSWERED)
    for name in ("fruit.txt", "corpus.bib"):
        (corpus / name).unlink()
    index = build(sources_in(corpus), IndexSettings(), FakeEncoder())
    serve(monkeypatch, Assistant(index, "later", Models(FakeEncoder(), calibration())))
    later = filled(opened(table=page.query_params["table"]))
    assert drawn(later).count("data-fate='gone'") == 1
    assert "Pears ripened in nine weeks [3]." in text(later)
    assert "2 papers, 1 question" in text(later)
    later.session_state.table_cell = ("fruit", "c0")
    assert "Right" in labels(checked(later.run()))
    assert "Choose another sentence" not in text(later)


def made(state: Path, *questions: str) -> str:
    name = tables.create(state, USER)
    for question in questions:
        tables.add_column(state, USER, name, question, [question])
    return name


def test_rows_are_sorted_and_filtered(tmp_path: Path, assistant: Assistant) -> None:
    name = made(tmp_path, "A?", "B?")
    fruit = assistant.by_id["fruit"]
    papers = {
        key: replace(fruit, id=key, metadata={"title": title} | ({"year": year} if year else {}))
        for key, title, year in [("x", "beta", "2001"), ("y", "Alpha", "2010"), ("z", "gamma", "")]
    }
    own = assistant.ask(ANSWERED, scope=Scope(["fruit"]))
    cells = [("x", "c0", "possibly", 0.4), ("y", "c0", "answer", 0.7), ("z", "c0", "answer", 0.9)]
    for key, column, outcome, sure in [*cells, ("z", "c1", "nothing", 0.1)]:
        cell = table_record.cell_of(own, papers[key]) | {"outcome": outcome, "confidence": sure}
        tables.set_cell(tmp_path, USER, name, papers[key], column, cell)

    def shown(order: str = "title", only: str = "all", words: str = "") -> str:
        table = tables.opened(tmp_path, USER, name)
        assert table is not None
        return "".join(rows(table, ["x", "y", "z", "w"], papers, Wanted(order, only, words)))

    assert shown() == "yxzw"
    assert shown("new") == "yxzw"
    assert shown("old") == "xyzw"
    assert shown("c0") == "zyxw"
    assert shown("answered") == "yzxw"
    assert shown(only="any") == shown(only="c0") == "yz"
    assert shown(only="c1") == ""
    assert shown(words="GAMMA nine weeks") == "z"
    tables.judge(tmp_path, USER, name, "z", "c0", "wrong")
    tables.judge(tmp_path, USER, name, "x", "c0", "right")
    assert shown("c0") == "xyzw"
    assert shown(only="any") == "yx"


def test_a_long_quote_is_cut_and_hostile_text_is_text(tmp_path: Path, assistant: Assistant) -> None:
    name = made(tmp_path, HOSTILE)
    fruit = replace(assistant.by_id["fruit"], metadata={"title": HOSTILE, "author": HOSTILE})
    cell = table_record.cell_of(assistant.ask(ANSWERED, scope=Scope(["fruit"])), fruit)
    tables.set_cell(tmp_path, USER, name, fruit, "c0", cell)
    table = tables.opened(tmp_path, USER, name)
    assert table is not None
    drawn_now = html(Sheet(table, ["fruit"], {"fruit": fruit}))
    assert "<b>" not in drawn_now
    assert "Show all" not in drawn_now
    assert [*Sheet(table, ["fruit"], {"fruit": fruit}).citations] == [("fruit", "c0", 0)]
    cell["quotes"][0]["text"] += " and so on" * LONG
    tables.set_cell(tmp_path, USER, name, fruit, "c0", cell)
    long = tables.opened(tmp_path, USER, name)
    assert long is not None
    sheet = Sheet(long, ["fruit"], {"fruit": fruit})
    assert "Show all" in html(sheet)
    assert not sheet.citations  # its words are not those of the source, so it opens nothing
    assert fate_of(long, "fruit", {}).kind == "gone"
