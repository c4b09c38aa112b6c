"""The page of one paper, without a browser: what the reader is given to draw, marks, and what stands beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.answers.assistant import Assistant
from qa.index import library
from qa.index.library import Library
from qa.types import Citation
from qa.userdata import marks
from qa.userdata.database import user_of
from qa.web.reading import printed
from qa.web.reading.paper import Part
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.papers.pdf.drawing import night
from tests.web.apptest import checked, drawn, text

HOSTILE = "<img src=x> **mine** :red[x]"
TOKEN = "a-token-of-a-user-for-tests"
ANN = user_of(TOKEN)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, corpus: Path) -> Iterator[Path]:
    """The folder of what people leave, beside the two small papers and a third that says the same as one of them."""
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    (corpus / "lava.txt").write_text("We saw that basalt cools quickly from lava, its crystals stay small.\n", "utf-8")
    for name, value in {"INDEX_DIR": tmp_path / "index", "CORPUS_DIR": corpus, "STATE_DIR": tmp_path / "state"}.items():
        monkeypatch.setenv(f"QA_{name}", str(value))
    Library(corpus, tmp_path / "index").update()
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "state"
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    page._page_hash = calc_hash("library")  # AppTest can open only pages that are files
    page.session_state["user_token"] = TOKEN
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def given(page: AppTest) -> dict[str, Any]:
    """What the component is given to draw."""
    for element in page.get("bidi_component"):
        if element.proto.component_name == "qa_reading":
            return dict(json.loads(element.proto.json))
    raise AssertionError("no paper is shown")


def do(page: AppTest, what: str, *parts: Part) -> AppTest:
    """As if that had been chosen in the reader, which AppTest cannot click."""
    now = page.session_state["qa-reading-sheet"]
    now.chosen, now.task = parts, what
    return checked(page.run())


def sentences(page: AppTest) -> list[str]:
    return [words for kind, own in given(page)["blocks"] if kind != "heading" for words in own]


def spans_of(state: Path, document: str, number: int) -> str:
    index = Assistant.open(state.parent / "index").index
    own = [s for passage in index.passages_of(document) for s in passage.sentences]
    return ",".join(f"{span.start}-{span.end}" for span in own[number].spans)


def test_the_whole_paper_is_given_with_its_sections(state: Path) -> None:
    page = opened(paper="fruit")
    data = given(page)
    assert data["blocks"][0] == ["heading", "Introduction"]
    assert sentences(page)[:2] == ["Apples are red and grow on trees.", "The harvest was 120 kg in 2019."]
    assert data["sections"] == [["Introduction", 0], ["Results", 2]]
    assert (data["printable"], data["labels"], data["notice"], data["at"]) == (False, [], "", [])
    assert "Fruit of the North" in text(page)
    assert "None in this paper yet" in text(page)


def test_a_link_opens_at_its_place_with_it_marked(state: Path) -> None:
    data = given(opened(paper="stones", at=spans_of(state, "stones", 1)))
    assert data["start"] == 1
    assert [part[:2] for part in data["at"]] == [[1, 0]]
    beyond = given(opened(paper="stones", at="5000-5010"))
    assert "which may have changed since the link was made" in beyond["notice"]
    assert (beyond["start"], beyond["at"]) == (0, [])
    assert given(opened(paper="stones", at="rubbish"))["notice"]


def test_words_are_found_in_the_paper(state: Path) -> None:
    page = opened(paper="stones")
    page.session_state["qa-reading-sheet"].words = "CRYSTALS"
    found = given(checked(page.run()))["found"]
    assert [sentences(page)[number][start:end] for number, start, end in found] == ["crystals"]


def test_a_highlight_is_kept_for_its_user_and_found_again(state: Path) -> None:
    page = do(opened(paper="stones"), "highlight", Part(1, 0, 6), Part(2, 0, 99))
    assert "Your marks (1)" in text(page)
    words = [row["text"] for row in marks.of(state, ANN, "stones")[0].quotes]
    assert words == ["Basalt", sentences(page)[2]]
    again = opened(paper="stones")
    assert given(again)["marks"] == [[1, 0, 6, "own"], [2, 0, len(sentences(page)[2]), "own"]]
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    other._page_hash = calc_hash("library")
    other.session_state["user_token"] = "another-token-of-another"
    other.query_params["paper"] = "stones"
    assert given(checked(other.run()))["marks"] == []


def test_a_note_is_written_edited_and_deleted(state: Path) -> None:
    page = do(opened(paper="stones"), "note", Part(0, 0, 99))
    assert "Granite is hard." in text(page)
    page.text_area(key="qa-note-words").set_value(HOSTILE)
    checked(page.button(key="qa-note-save").click().run())
    (mark,) = marks.of(state, ANN, "stones")
    assert mark.note == HOSTILE
    assert given(page)["marks"] == [[0, 0, 16, "own noted"]]
    assert HOSTILE in text(page)
    assert "<img" not in drawn(page)
    checked(page.button(key=f"qa-note-{mark.id}").click().run())
    page.text_area(key=f"qa-edit-{mark.id}").set_value("Second")
    checked(page.button(key=f"qa-save-{mark.id}").click().run())
    assert [found.note for found in marks.of(state, ANN, "stones")] == ["Second"]
    before = given(page)["go"]
    checked(page.button(key=f"qa-go-{mark.id}").click().run())
    assert given(page)["go"] == [before[0] + 1, 0]
    checked(page.button(key=f"qa-delete-{mark.id}").click().run())
    assert marks.of(state, ANN, "stones") == []
    assert given(page)["marks"] == []


def test_what_cannot_be_chosen_is_said(state: Path) -> None:
    page = do(opened(paper="stones"), "highlight", Part(77, 0, 5))
    assert "open the paper anew" in text(page)
    assert "Open the paper anew" not in text(checked(page.run()))
    assert "No words are chosen" in text(do(page, "near"))


def test_a_mark_whose_paper_has_changed_shows_its_fate(state: Path, corpus: Path) -> None:
    do(opened(paper="stones"), "highlight", Part(0, 0, 99))
    file = corpus / "stones.txt"
    file.write_text("A new beginning. " + file.read_text("utf-8"), "utf-8")
    Library(corpus, state.parent / "index").update()
    page = opened(paper="stones")
    assert "The paper has changed since; these words still stand in it." in text(page)
    assert given(page)["marks"] == []


def test_other_papers_that_say_the_same_are_linked_at_their_place(state: Path) -> None:
    page = do(opened(paper="stones"), "near", Part(1, 0, 999))
    assert "We saw that basalt cools quickly from lava, its crystals stay small." in text(page)
    linked = [link.proto for link in page.get("page_link") if "lava" in link.proto.query_string]
    assert linked
    assert f"at={spans_of(state, 'lava', 0)}".replace(",", "%2C") in linked[0].query_string
    checked(page.button(key="qa-close-near").click().run())
    assert "We saw" not in text(page)


def test_where_nothing_is_near_it_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.answers.nearby.nearby", lambda *of: ())
    assert "Nothing near to this was found in the other papers." in text(
        do(opened(paper="stones"), "near", Part(0, 0, 9))
    )


def test_marks_are_taken_along(state: Path) -> None:
    page = do(opened(paper="fruit"), "highlight", Part(0, 0, 99))
    index = Assistant.open(state.parent / "index").index
    (mark,) = marks.of(state, ANN, "fruit")
    assert all(isinstance(one, Citation) for one in mark.citations(index.by_id))
    assert [button.label for button in page.get("download_button")] == ["Markdown", "CSV"]
    (row,) = csv.DictReader(io.StringIO(marks.as_csv([mark])))
    assert row["words"] == "Apples are red and grow on trees."


def test_a_paper_is_asked_alone(state: Path) -> None:
    page = opened(paper="stones")
    next(button for button in page.button if button.label == "Ask this paper").click().run()
    assert page.session_state["qa-scope-paper"] == ["stones"]


def test_only_pages_that_somebody_is_near_are_drawn_and_a_changed_file_is_said(state: Path, corpus: Path) -> None:
    (corpus / "night.pdf").write_bytes(night())
    Library(corpus, state.parent / "index").update()
    page = opened(paper="night", at=spans_of(state, "night", 0))
    data = given(page)
    assert (data["printable"], len(data["labels"]), data["images"], data["boxes"]) == (True, 2, {}, [])
    now = page.session_state["qa-reading-sheet"]
    now.look = {"near": [1], "pages": [1], "thumbs": [2]}
    data = given(checked(page.run()))
    assert (list(data["images"]), list(data["thumbs"]), data["boxed"]) == (["1"], ["2"], [1])
    assert len(data["shapes"]) == 2
    assert {(box["page"], box["kind"], box["sentence"]) for box in data["boxes"]} == {(1, "at", 0)}
    (corpus / "night.pdf").write_bytes(night() + b"\n")
    now.look = {"near": [2], "pages": [2], "thumbs": []}
    data = given(checked(page.run()))
    assert not data["printable"]
    assert "has changed since it was indexed" in data["notice"]
    (corpus / "night.pdf").unlink()
    assert "is no longer in" in given(checked(page.run()))["notice"]
    printed._child().close()
