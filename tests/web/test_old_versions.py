"""Old links on the page: a quote of a changed paper is seen as it was and where it stands now; without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers import calibration as calibrations
from qa.answers import models, suggestions
from qa.index import library, store
from qa.types import Span
from qa.userdata import addresses, database
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.userdata.shelf import LAVA, PEARS, SPLIT, Shelf
from tests.web.apptest import checked, drawn, text


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, corpus: Path) -> Iterator[Shelf]:
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    monkeypatch.setattr(suggestions, "starters", lambda *args, **kwargs: ())
    made = Shelf(corpus)
    for name, value in {"INDEX_DIR": made.folder, "CORPUS_DIR": corpus, "STATE_DIR": made.state}.items():
        monkeypatch.setenv(f"QA_{name}", str(value))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield made
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page_of: str = "", **parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    page.session_state["user_token"] = "bob" * 8
    if page_of:
        page._page_hash = calc_hash(page_of)  # AppTest can open only pages that are files
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def click(page: AppTest, words: str) -> AppTest:
    (button,) = [button for button in page.button if button.label == words]
    return checked(button.click().run())


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.label.startswith("See ")]


def component(page: AppTest, name: str) -> dict[str, Any]:
    """What a component is given to draw; {} if it is not there."""
    for element in page.get("bidi_component"):
        if element.proto.component_name == name:
            return dict(json.loads(element.proto.json))
    return {}


def marked(source: dict[str, Any]) -> list[str]:
    """The words that the source panel marks."""
    pieces = (
        source["content"] if source["view"] == "raw" else [part for _, block in source["content"] for part in block]
    )
    return [words for words, number in pieces if number is not None]


def place(shelf: Shelf, document: str, text: str) -> dict[str, str]:
    index = store.load(shelf.folder)
    (own,) = [one for passage in index.passages_of(document) for one in passage.sentences if one.text == text]
    return addresses.place(document, own.spans, index.by_id[document].sha256)


def test_a_shared_answer_is_seen_as_it_was_and_where_it_stands_now(shelf: Shelf) -> None:
    old, answer = store.current_generation(shelf.folder), shelf.keep_answer()
    assert labels(opened(answer=answer)) == []
    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    page = opened(answer=answer)
    assert "The paper has changed since; these words still stand in it." in text(page)
    assert "It stands now in Results · line 9." in text(page)
    assert f"It stands, as quoted, in generation {old}, published on" in text(page)
    assert labels(page) == ["See where it stands now", "See it as it was"]
    assert component(page, "qa_source") == {}

    was = component(click(page, "See it as it was"), "qa_source")
    assert was["title"] == "Old version: Fruit of the North"
    assert f"This is the paper as it was in generation {old}" in was["warning"]
    assert marked(was) == [PEARS]
    assert "Quinces" not in json.dumps(was["content"])
    assert was["opener"] in {button.key for button in page.button}

    now = component(click(page, "See where it stands now"), "qa_source")
    assert (now["title"], now["warning"], marked(now)) == ("Fruit of the North", "", [PEARS])
    assert "Quinces" in json.dumps(now["content"])


def test_words_that_no_longer_stand_there_are_seen_only_as_they_were(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    shelf.write("fruit.txt", lambda text: text.replace("nine", "ten"))
    page = opened(answer=answer)
    assert labels(page) == ["See it as it was"]
    assert "It stands now" not in text(page)
    assert marked(component(click(page, "See it as it was"), "qa_source")) == [PEARS]


def test_a_paper_that_was_removed_with_its_generations_is_seen_nowhere(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    page = opened(answer=answer)
    shelf.library.remove(["fruit"])
    checked(page.run())
    assert labels(page) == []
    assert "The paper is no longer in the library; this is what stood in it." in text(page)


def test_an_old_version_is_not_shown_once_its_generation_is_deleted(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    old = store.current_generation(shelf.folder)
    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    page = click(opened(answer=answer), "See it as it was")
    with store.writing(shelf.folder):
        store.forget(shelf.folder, "fruit")
    assert not (shelf.folder / str(old)).exists()
    checked(page.run())
    assert labels(page) == ["See where it stands now"]
    assert component(page, "qa_source") == {}


def test_a_damaged_quote_is_not_shown(shelf: Shelf) -> None:
    answer = shelf.keep_answer()
    with database.transaction(shelf.state) as connection:
        connection.execute(
            "UPDATE turns SET record = replace(record, 'in nine weeks [3].\", \"sha', 'in two days.\", \"sha')"
        )
    page = opened(answer=answer)
    assert "in two days" not in text(page)
    assert "is damaged" in text(page)


def test_a_conversation_shows_the_same(shelf: Shelf) -> None:
    page = opened()
    checked(page.chat_input[0].set_value("When did pears ripen, in how many weeks?").run())
    shelf.write("fruit.txt", lambda text: "Quinces are yellow.\n\n" + text)
    checked(page.run())
    assert labels(page) == ["See where it stands now", "See it as it was"]
    was = component(click(page, "See it as it was"), "qa_source")
    assert (was["title"], marked(was)) == ("Old version: Fruit of the North", [PEARS])


def test_a_link_to_a_place_follows_the_words_to_where_they_stand_now(shelf: Shelf) -> None:
    link = place(shelf, "stones", LAVA)
    assert component(opened("library", **link), "qa_reading")["notice"] == ""
    shelf.write("stones.txt", lambda text: "Slate splits well. " + text.replace(SPLIT, LAVA))
    data = component(opened("library", **link), "qa_reading")
    assert data["notice"].endswith("Its words stand here now.")
    (part,) = data["at"]
    sentences = [words for kind, own in data["blocks"] if kind != "heading" for words in own]
    assert sentences[part[0]][part[1] : part[2]] == LAVA


def test_a_link_to_a_place_that_is_gone_shows_what_stood_there(shelf: Shelf) -> None:
    link = place(shelf, "stones", LAVA)
    shelf.write("stones.txt", lambda text: text.replace("quickly", "slowly"))
    page = opened("library", **link)
    assert component(page, "qa_reading") == {}
    assert LAVA in text(page)
    assert "these words no longer stand in it" in text(page)
    assert marked(component(click(page, "See it as it was"), "qa_source")) == [LAVA]

    (shelf.corpus / "stones.txt").unlink()
    shelf.publish()
    page = opened("library", **link)
    assert "The paper is no longer in the library" in text(page)
    assert labels(page) == ["See it as it was"]


def test_a_link_to_a_place_in_a_renamed_paper_opens_it_under_its_new_name(shelf: Shelf) -> None:
    link = place(shelf, "stones", LAVA)
    (shelf.corpus / "stones.txt").rename(shelf.corpus / "rocks.txt")
    shelf.publish()
    page = opened("library", **link)
    assert "the same file, unchanged, is there as rocks." in text(page)
    assert marked(component(click(page, "See where it stands now"), "qa_source")) == [LAVA]


def test_a_place_in_a_version_that_is_not_kept_is_not_guessed(shelf: Shelf) -> None:
    link = place(shelf, "stones", LAVA)
    shelf.write("stones.txt", lambda text: "Slate splits well. " + text)
    with store.writing(shelf.folder):
        store.forget(shelf.folder, "stones")
    data = component(opened("library", **link), "qa_reading")
    assert "no longer kept" in data["notice"]
    assert data["at"] == []
    (shelf.corpus / "stones.txt").unlink()
    shelf.publish()
    with store.writing(shelf.folder):
        store.forget(shelf.folder, "stones")
    assert "There is no such paper in the library" in text(opened("library", **link))
    assert "There is no such paper in the library" in text(opened("library", **{**link, "paper": "<b>"}))


def test_links_on_the_page_name_their_version(shelf: Shelf) -> None:
    page = opened()
    checked(page.chat_input[0].set_value("When did pears ripen, in how many weeks?").run())
    version = store.load(shelf.folder).by_id["fruit"].sha256[:16]
    assert f"&amp;of={version}" in drawn(page)
    assert addresses.place("a", [Span(0, 1)], "b" * 64)["of"] == "b" * 16
