"""The notebook's page and the button that pins, on the small papers, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.index import store
from qa.types import Citation
from qa.userdata import answer_record, conversations, database, notebook
from qa.userdata.database import user_of
from qa.userdata.notebook import About
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.userdata.small import ANSWERED
from tests.web.apptest import checked, drawn, text

ANN, BOB = "ann" * 8, "bob" * 8
QUOTE = "Pears ripened in nine weeks [3]."
HOSTILE = "<img src=x onerror=alert(1)>\n**b** :red[x] > q"


def opened(path: str = "", token: str = ANN) -> AppTest:
    """A new session of a browser with that cookie."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if path:
        app._page_hash = calc_hash(path)  # AppTest can open only pages that are files
    app.session_state.user_token = token
    return checked(app.run())


def press(app: AppTest, words: str, number: int = 0) -> AppTest:
    return checked([b for b in app.button if b.label == words][number].click().run())


def rows(assistant: Assistant) -> list[dict[str, Any]]:
    index = assistant.index
    return [
        answer_record.quote_row(Citation(index.by_id[p.document], p.section, s))
        for p in index.passages
        for s in p.sentences
    ]


def words(folder: Path, user: str = ANN) -> list[str]:
    """The notebook as it is stored."""
    return [entry.text or (entry.quote or {})["text"] for entry in notebook.entries(folder, user_of(user))]


def shown(app: AppTest) -> list[tuple[str, str]]:
    """The entries on the page in their order, quotes and own words told apart as readers see them."""
    found = []
    for element in app.get("html"):
        body = element.proto.body
        if "<style" in body:
            continue
        if "qa-pinned" in body:
            found.append(("quote", re.sub(r"<[^>]+>", "", body[body.index("<blockquote>") :])))
        elif "qa-own" in body:
            assert "Your words" in body
            assert "blockquote" not in body
            found.append(("own", re.sub(r"<[^>]+>", "", body.split("</span>")[1])))
    return found


def ask(app: AppTest, question: str) -> AppTest:
    return checked(app.chat_input[0].set_value(question).run())


def test_a_quote_of_an_answer_is_pinned_and_stands_in_the_notebook(state: Path) -> None:
    app = ask(opened(), ANSWERED)
    assert [b.label for b in app.button if b.label.startswith("Pin")] == ["Pin"]
    press(app, "Pin")
    assert [b.label for b in app.button if b.label.startswith("Pin")] == ["Pinned"]
    assert "Pinned to your notebook." in text(app)
    press(app, "Pinned")
    assert "Already in your notebook." in text(app)
    (entry,) = notebook.entries(state, user_of(ANN))
    (stored,) = conversations.conversations(state, user_of(ANN))
    answer = conversations.opened(state, user_of(ANN), stored.id)[0]
    confidence = answer.record["confidence"]
    assert entry.about is not None
    assert entry.about == About("answer", answer.id, ANSWERED, "answer", pytest.approx(confidence, abs=1e-4))
    page = opened("notebook")
    assert shown(page) == [("quote", QUOTE)]
    assert [link.label for link in page.get("page_link") if "Fruit" in link.label]
    assert "Nothing is pinned" in text(opened("notebook", BOB))
    assert [b.label for b in ask(opened(token=BOB), ANSWERED).button if b.label.startswith("Pin")] == ["Pin"]


def test_what_cannot_be_pinned_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "MAX_ENTRIES", 0)
    app = press(ask(opened(), ANSWERED), "Pin")
    assert "Not pinned: your notebook is full" in text(app)
    assert [b.label for b in app.button if b.label.startswith("Pin")] == ["Pin"]


def test_own_words_stand_where_they_were_put_and_are_no_quote(state: Path, assistant: Assistant) -> None:
    notebook.pin(state, user_of(ANN), rows(assistant)[0], About("paper", standing="chosen"))
    page = press(opened("notebook"), "Add words below")
    page.text_area[0].set_value(HOSTILE)
    press(page, "Keep")
    press(page, "Add words at the top")
    page.text_area[0].set_value("Why I read this")
    page.checkbox[0].check()
    press(page, "Keep")
    assert words(state) == ["Why I read this", rows(assistant)[0]["text"], HOSTILE]
    assert [kind for kind, _ in shown(page)] == ["own", "quote", "own"]
    assert "<img" not in drawn(page)
    assert "&lt;img src=x" in drawn(page)
    assert "Chosen by hand" in text(page)
    press(page, "Edit", 1)
    assert page.text_area[0].value == HOSTILE
    page.text_area[0].set_value("calm")
    press(page, "Keep")
    assert words(state)[2] == "calm"
    press(page, "Edit")
    assert page.checkbox[0].value
    press(page, "Cancel")
    assert shown(page)[0] == ("own", "Why I read this")


def test_words_that_are_refused_are_not_lost(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = press(opened("notebook"), "Write something first")
    press(page, "Keep")
    assert "There are no words yet; type some." in text(page)
    monkeypatch.setattr(notebook, "MAX_ENTRIES", 0)
    page.text_area[0].set_value("mine")
    press(page, "Keep")
    assert "our notebook is full" in text(page)
    assert page.text_area[0].value == "mine"
    assert words(state) == []


def test_entries_move_and_the_ends_have_no_way_on(state: Path) -> None:
    for name in "abc":
        notebook.write(state, user_of(ANN), name)
    page = opened("notebook")
    press(page, "Down")
    assert [word for _, word in shown(page)] == ["b", "a", "c"]
    press(page, "Up", 2)
    assert words(state) == ["b", "c", "a"]
    assert [b.disabled for b in page.button if b.label == "Up"] == [True, False, False]
    assert [b.disabled for b in page.button if b.label == "Down"] == [False, False, True]


def test_what_is_removed_can_be_brought_back(state: Path) -> None:
    for name in ("a", HOSTILE, "c"):
        notebook.write(state, user_of(ANN), name)
    page = press(opened("notebook"), "Remove", 1)
    assert words(state) == ["a", "c"]
    assert "Removed: <img src=x" in text(page)
    assert "<img" not in drawn(page)
    press(page, "Undo")
    assert words(state) == ["a", HOSTILE, "c"]
    for _ in range(3):
        press(page, "Remove")
    assert "Nothing is pinned" not in text(page)  # the last one can be brought back
    press(page, "Undo")
    assert words(state) == ["c"]
    press(page, "Remove")
    assert "Nothing is pinned" in text(opened("notebook"))


def test_another_window_takes_nothing_away(state: Path) -> None:
    """What a page shows may be old: a change goes by the entry that is meant."""
    for name in "abc":
        notebook.write(state, user_of(ANN), name)
    first, second = opened("notebook"), opened("notebook")
    press(first, "Remove")
    press(second, "Down", 1)  # b, which stands first by now
    assert words(state) == ["c", "b"]
    press(second, "Remove", 1)
    press(first, "Undo")
    assert words(state) == ["a", "c"]


def test_a_search_finds_and_orders_nothing(state: Path, assistant: Assistant) -> None:
    notebook.pin(state, user_of(ANN), rows(assistant)[0], About("paper", question="Who <b>?", standing="possible"))
    notebook.write(state, user_of(ANN), "mine")
    page = opened("notebook")
    page.text_input[0].set_value("MINE")
    checked(page.run())
    assert shown(page) == [("own", "mine")]
    assert "1 of 2 have these words." in text(page)
    assert not [b for b in page.button if b.label in ("Up", "Down", "Add words below", "Add words at the top")]
    page.text_input[0].set_value("Paris")
    assert "No entry has these words." in text(checked(page.run()))


def test_a_paper_that_has_changed_is_said(state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    quote = next(row for row in rows(assistant) if row["text"] == QUOTE)
    notebook.pin(state, user_of(ANN), quote, About("paper"))
    fruit = assistant.by_id["fruit"]
    changed = replace(fruit, sha256="new", raw=fruit.raw.replace("nine", "ten "))
    documents = tuple(changed if d.id == "fruit" else d for d in assistant.documents)
    index = replace(assistant.index, documents=documents)
    later = Assistant(index, "later", Models(FakeEncoder(), calibration()), assistant.settings)
    monkeypatch.setattr(Assistant, "open", lambda folder: later)
    monkeypatch.setattr(store, "current_generation", lambda folder: "later")
    page = opened("notebook")
    assert shown(page) == [("quote", QUOTE)]
    assert "these words no longer stand in it" in text(page)
    assert not [link for link in page.get("page_link") if "Fruit" in link.label]


def test_a_database_that_cannot_be_read_is_said(state: Path) -> None:
    state.mkdir()
    (state / database.FILE).write_text("no database " * 100)
    assert "cannot be used" in text(opened("notebook"))
