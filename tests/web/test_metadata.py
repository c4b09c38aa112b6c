"""The Library's list, its forms and collections, and the menu of papers, as a user drives them without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.index import audit, library
from qa.index.library import Library
from qa.papers import bib_edit, bib_file
from qa.userdata import collections
from qa.userdata.database import user_of
from qa.web.pages import library_list, maintain
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.web import apptest
from tests.web.apptest import checked

text = partial(apptest.text, between=" ")
ANN = "ann-" + "a" * 20


@pytest.fixture
def corpus_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, corpus: Path) -> Iterator[Path]:
    """The folder of the small papers, of which a server's index is published."""
    encoder = FakeEncoder()
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: encoder)
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    folders = {"INDEX_DIR": tmp_path / "index", "CORPUS_DIR": corpus, "STATE_DIR": tmp_path / "state"}
    for name, value in (folders | {"QUESTIONS": tmp_path / "none", "GATES": tmp_path / "none"}).items():
        monkeypatch.setenv(f"QA_{name}", str(value))
    kites = "@misc{k, title = {[Kites of Özil]}, author = {Özil, A.}, doi = {10.1000/kite}, file = {kites.txt}}\n"
    (corpus / "corpus.bib").open("a").write(kites)
    (corpus / "kites.txt").write_text("Kites fly in the wind. Every kite has a tail.\n", "utf-8")
    Library(corpus, tmp_path / "index").update()
    st.cache_resource.clear()
    st.cache_data.clear()
    yield corpus
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(path: str, user: str = ANN, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page._page_hash = calc_hash(path) if path else ""
    page.session_state["user_token"] = user
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def click(page: AppTest, words: str) -> AppTest:
    return checked(next(b for b in page.button if b.label.startswith(words)).click().run())


def listed(page: AppTest) -> list[str]:
    """The ids of the papers in the list, in order, by their links."""
    found = [link.proto.query_string for link in page.get("page_link")]
    return [query.removeprefix("paper=") for query in found if query.startswith("paper=")]


def own(corpus: Path, user: str = ANN) -> list[collections.Collection]:
    return collections.collections(corpus.parent / "state", user_of(user))


def test_the_list_is_filtered_sorted_and_in_pages(corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("library")
    assert listed(page) == ["fruit", "kites", "stones"]
    assert "translated or supplied" in text(page)
    assert "no title known" in text(page)
    assert listed(page.selectbox[0].set_value("Newest first").run()) == ["fruit", "kites", "stones"]
    for words, ids in (("ozil KITE", ["kites"]), ("2019", ["fruit"]), ("10.1000/kite", ["kites"]), ("zebra", [])):
        assert listed(checked(page.text_input[0].set_value(words).run())) == ids
    assert "No paper has these words" in text(page)
    monkeypatch.setattr(library_list, "PER_PAGE", 2)
    page = opened("library")
    assert listed(page) == ["fruit", "kites"]
    assert listed(page.number_input[0].set_value(2).run()) == ["stones"]


def test_a_paper_is_edited_and_the_index_is_stale_until_it_is_built(
    corpus_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (corpus_folder / "corpus.bib").read_text("utf-8")
    page = opened("library", paper="fruit")
    boxes = {box.label: box for box in [*page.text_area, *page.text_input]}
    assert boxes["Title"].value == "Fruit of the North"
    boxes["Year"].set_value("20")
    page = click(page, "Save")
    assert "'20' is no year" in text(page)
    assert (corpus_folder / "corpus.bib").read_text("utf-8") == before
    boxes = {box.label: box for box in [*page.text_area, *page.text_input]}
    assert boxes["Year"].value == "20"
    boxes["Year"].set_value("2020")
    boxes["Authors, one a line (“others” for more)"].set_value("Low, A.\nLee, B.")
    page = click(page, "Save")
    assert (corpus_folder / "corpus.bib").read_text("utf-8") == before.replace("{2019}", "{2020}").replace(
        "  file = {fruit.txt},\n", "  file = {fruit.txt},\n  author = {Low, A. and Lee, B.},\n"
    )
    assert "not published yet" in text(page)
    assert audit.entries(corpus_folder.parent / "index")[-1]["what"] == "edit entry"
    begun: list[bool] = []
    monkeypatch.setattr(maintain, "begin", lambda: begun.append(True))
    page = opened("library", paper="fruit")
    next(b for b in page.button if b.label.startswith("Build aside")).click().run()
    assert begun == [True]
    Library(corpus_folder, corpus_folder.parent / "index").update()
    page = opened("library", paper="fruit")
    assert "not published yet" not in text(page)
    assert "Low, A. and Lee, B. · 2020" in text(page)


def test_a_new_title_costs_the_passages_of_its_paper_alone(corpus_folder: Path) -> None:
    encoder = FakeEncoder()
    there = Library(corpus_folder, corpus_folder.parent / "index", encoder=encoder)
    assert there.freshness() == "fresh"
    shown = bib_file.known_of(corpus_folder, "fruit")
    bib_file.edit(corpus_folder, "fruit", shown, bib_edit.typed(shown | {"title": "Fruit of the South"}))
    assert there.freshness() == "stale"
    report = there.update()
    assert (report.changed, report.unchanged) == (("fruit",), ("kites", "stones"))
    assert encoder.texts
    assert all("Fruit of the South" in words for words in encoder.texts)
    there.remove(["fruit"])
    assert not [path for path in corpus_folder.iterdir() if "Fruit" in path.read_text("utf-8")]


def test_nobody_edits_where_the_server_does_not_offer_it(corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any("Import" in box.label for box in opened("library").expander)
    monkeypatch.setenv("QA_WEB_ROLES", "trainee")
    for parameters in ({}, {"paper": "fruit"}):
        page = opened("library", **parameters)
        assert not page.text_area
        assert not any("Import" in box.label or "Edit" in box.label for box in page.expander)


def test_collections_are_made_of_a_filter_and_of_picked_papers_and_asked(corpus_folder: Path) -> None:
    page = opened("library")
    checked(page.text_input[0].set_value("kite").run())
    next(box for box in page.text_input if "new collection" in box.label).set_value("Wind <b>")
    page = click(page, "Make the collection")
    assert "Wind <b>: 1 paper" in text(page)
    page = opened("library")
    checked(next(box for box in page.checkbox if "stones" in box.label).check().run())
    page = click(page, "Add")
    (made,) = own(corpus_folder)
    assert (made.title, made.papers) == ("Wind <b>", ("kites", "stones"))
    page = checked(page.selectbox[1].set_value(made.id).run())
    assert listed(page) == ["kites", "stones"]
    checked(next(box for box in page.checkbox if "stones" in box.label).check().run())
    page = click(page, "Take 1 out")
    assert listed(page) == ["kites"]
    next(box for box in page.text_input if box.label == "New name").set_value("Wind")
    click(page, "Rename it")
    assert own(corpus_folder)[0].title == "Wind"
    page = opened("library", **{"in": made.id})
    click(page, "Delete this collection")
    assert own(corpus_folder) == []


def test_the_menu_asks_a_collection_that_somebody_has_given(corpus_folder: Path) -> None:
    state = corpus_folder.parent / "state"
    made = collections.create(state, user_of("bob-" + "b" * 20), "Wind", ["kites", "gone"])
    page = opened("", collection=made.id)
    assert page.multiselect[1].label == "Collections"
    assert page.multiselect[1].value == [made.id]
    answered = checked(page.chat_input[0].set_value("How does basalt cool from lava?").run())
    exchange = answered.session_state.exchanges[0]
    assert exchange.turn.result.scope.documents == ("kites",)
    gone = collections.create(state, user_of(ANN), "Gone", ["gone"])
    page = opened("", collection=gone.id)
    assert gone.id not in page.session_state["qa-scope-collection"]
    assert listed(opened("library", **{"in": made.id})) == ["kites"]
    assert "given you this collection" in text(opened("library", **{"in": made.id}))


def test_the_years_have_those_without(corpus_folder: Path) -> None:
    page = opened("")
    years = next(box for box in page.multiselect if box.label == "Years")
    assert years.options == ["2019", "Without a year"]
    page = checked(years.set_value(["none"]).run())
    checked(page.chat_input[0].set_value("How does basalt cool from lava?").run())
    result = page.session_state.exchanges[0].turn.result
    assert {hit.passage.document for hit in result.passages} == {"kites", "stones"}


def test_the_page_of_a_paper_has_its_title_in_the_tab(corpus_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    monkeypatch.setattr(st, "set_page_config", lambda page_title="", *rest, **more: titles.append(page_title))
    opened("library", paper="fruit")
    assert titles[-1] == "Fruit of the North · Ask the papers"


def test_the_list_is_there_where_nothing_can_be_stored(corpus_folder: Path) -> None:
    (corpus_folder.parent / "state").write_text("a file in the way", "utf-8")
    page = opened("library")
    assert listed(page) == ["fruit", "kites", "stones"]
    assert "cannot be used" in text(page)
