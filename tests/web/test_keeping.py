"""What outlives a session: the conversation, links to answers, opinions. On the small papers, as a user drives it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qa.answers.assistant import Assistant
from qa.userdata import conversations, database, feedback
from qa.userdata.database import user_of
from tests.conftest import ROOT
from tests.userdata.small import ANSWERED, REFUSED
from tests.web.apptest import changed, checked, serve, text

ANN, BOB = "ann" * 8, "bob" * 8


def opened(token: str = ANN, **parameters: str) -> AppTest:
    """A new session of a browser with that cookie."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    page.session_state.user_token = token
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def ask(page: AppTest, question: str) -> AppTest:
    return checked(page.chat_input[0].set_value(question).run())


def conversation(page: AppTest) -> str:
    return str(page.query_params["conversation"])


def last_answer(folder: Path) -> str:
    (one,) = conversations.conversations(folder, user_of(ANN))
    return conversations.opened(folder, user_of(ANN), one.id)[-1].id


def test_a_new_session_brings_the_conversation_back_and_goes_on_with_it(state: Path) -> None:
    before = ask(ask(opened(), ANSWERED), REFUSED)
    again = opened(conversation=conversation(before))
    assert text(again) == text(before)
    ask(again, "And what of granite?")
    (one,) = conversations.conversations(state, user_of(ANN))
    assert one.questions == 3


def test_the_address_brings_nothing_to_another_user(state: Path) -> None:
    other = opened(BOB, conversation=conversation(ask(opened(), ANSWERED)))
    assert "Pears" not in text(other)
    assert "conversation" not in other.query_params
    ask(other, REFUSED)
    assert [c.title for c in conversations.conversations(state, user_of(ANN))] == [ANSWERED]


def test_a_new_conversation_is_a_new_one(state: Path) -> None:
    page = ask(opened(), ANSWERED)
    next(b for b in page.button if b.label == "New conversation").click().run()
    assert "Pears" not in text(page)
    ask(page, REFUSED)
    assert [c.questions for c in conversations.conversations(state, user_of(ANN))] == [1, 1]


def test_a_changed_paper_is_said_where_it_was_quoted(
    state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = conversation(ask(opened(), ANSWERED))
    fruit = assistant.index.by_id["fruit"]
    serve(monkeypatch, changed(assistant, replace(fruit, sha256="new", raw=fruit.raw.replace("nine", "ten "))))
    page = opened(conversation=name)
    assert "Pears ripened in nine weeks [3]." in text(page)
    assert "The paper has changed since, and these words no longer stand in it." in text(page)
    assert not [b for b in page.button if "source" in b.label]
    ask(page, REFUSED)  # the conversation goes on


def test_a_link_shows_one_answer_to_whoever_has_it(
    state: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ask(opened(), ANSWERED), REFUSED)
    first = conversations.opened(state, user_of(ANN), conversations.conversations(state, user_of(ANN))[0].id)[0].id
    page = opened(BOB, answer=first)
    assert "Pears ripened in nine weeks [3]." in text(page)
    assert "Its papers have not changed since." in text(page)
    checked(next(b for b in page.button if b.label == "Show quote 1 in source").click().run())
    assert page.session_state["qa-shown-shared"].citations[0].text == "Pears ripened in nine weeks [3]."
    assert REFUSED not in text(page)
    serve(monkeypatch, changed(assistant, replace(assistant.index.by_id["fruit"], id="other")))
    assert "The paper is no longer in the library" in text(opened(BOB, answer=first))
    assert "There is no such answer" in text(opened(BOB, answer="unknown"))


def test_an_opinion_given_on_the_page_becomes_a_draft_case(state: Path, assistant: Assistant) -> None:
    page = ask(opened(), ANSWERED)
    checked(page.pills[0].set_value("right").run())
    (case,) = feedback.cases(feedback.given(state), assistant.documents)
    assert (case["question"], case["answerable"], case["todo"]) == (ANSWERED, True, [])
    again = opened(conversation=conversation(page))
    assert again.pills[0].value == "right"


def test_what_cannot_be_stored_is_said_and_the_answer_is_there(state: Path) -> None:
    state.mkdir()
    (state / database.FILE).write_text("no database " * 100)
    page = ask(opened(), ANSWERED)
    assert "Pears ripened in nine weeks [3]." in text(page)
    assert "This conversation is not being kept" in text(page)
