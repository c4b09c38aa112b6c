"""Conversations are kept for each user apart, found again, and leave as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answers.assistant import Assistant
from qa.types import QuestionError, Turn
from qa.userdata import answer_record, conversations, feedback
from qa.userdata.conversations import StoredAnswer
from qa.userdata.feedback import Opinion
from tests.userdata.small import ANSWERED, HOSTILE, REFUSED, documents


@pytest.fixture
def folder(tmp_path: Path, assistant: Assistant) -> Path:
    """A conversation of two questions by ann, one by bob."""
    folder = tmp_path / "state"
    turns: list[Turn] = []
    conversation = None
    for question in (ANSWERED, REFUSED):
        turns.append(Turn(question, assistant.ask(question, turns)))
        conversation, _ = conversations.append(
            folder, "ann", conversation, answer_record.record_of(turns, documents(assistant))
        )
    hostile = [Turn(HOSTILE, assistant.ask(HOSTILE))]
    conversations.append(folder, "bob", None, answer_record.record_of(hostile, documents(assistant)))
    return folder


def own(folder: Path, user: str) -> list[StoredAnswer]:
    (one,) = conversations.conversations(folder, user)
    return conversations.opened(folder, user, one.id)


def test_a_conversation_is_its_turns_in_order(folder: Path) -> None:
    (one,) = conversations.conversations(folder, "ann")
    assert (one.title, one.questions) == (ANSWERED, 2)
    answers = conversations.opened(folder, "ann", one.id)
    assert [answer.record["turns"] for answer in answers] == [[ANSWERED], [ANSWERED, REFUSED]]
    assert len({answer.id for answer in answers}) == 2


def test_nobody_sees_or_changes_the_conversations_of_another(folder: Path, assistant: Assistant) -> None:
    (one,) = conversations.conversations(folder, "ann")
    assert conversations.opened(folder, "bob", one.id) == []
    conversations.rename(folder, "bob", one.id, "mine now")
    conversations.delete(folder, "bob", one.id)
    record = answer_record.record_of([Turn(REFUSED, assistant.ask(REFUSED))], documents(assistant))
    conversation, _ = conversations.append(folder, "bob", one.id, record)
    assert conversation != one.id
    assert conversations.conversations(folder, "ann") == [one]
    assert conversations.conversations(folder, "nobody") == []


def test_an_answer_is_there_for_whoever_has_its_id_until_it_is_deleted(folder: Path) -> None:
    (one,) = conversations.conversations(folder, "ann")
    first = own(folder, "ann")[0]
    assert conversations.answer(folder, first.id) == first
    assert conversations.answer(folder, "unknown") is None
    conversations.delete(folder, "ann", one.id)
    assert conversations.conversations(folder, "ann") == []
    assert conversations.answer(folder, first.id) is None


def test_what_was_said_of_its_answers_goes_with_a_conversation_and_nothing_else(
    folder: Path, assistant: Assistant
) -> None:
    (mine,), (theirs,) = (conversations.conversations(folder, user) for user in ("ann", "bob"))
    for user in ("ann", "bob"):
        for answer in (*own(folder, "ann"), *own(folder, "bob")):
            feedback.give(folder, user, answer, Opinion("right", note=answer.record["question"]), documents(assistant))
    conversations.delete(folder, "bob", mine.id)  # not bob's
    assert len(feedback.given(folder)) == 6
    conversations.delete(folder, "ann", mine.id)
    assert {one.answer for one in feedback.given(folder)} == {own(folder, "bob")[0].id}
    conversations.delete(folder, "bob", theirs.id)
    assert feedback.given(folder) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [("PEARS ripened", 1), ("nine weeks", 1), ("fruit of the north", 1), ("pears granite%", 0), ("_", 0), ("Paris", 1)],
)
def test_a_search_looks_in_questions_answers_and_titles_of_papers(folder: Path, search: str, found: int) -> None:
    assert len(conversations.conversations(folder, "ann", search)) == found


def test_a_conversation_is_renamed(folder: Path) -> None:
    (one,) = conversations.conversations(folder, "ann")
    conversations.rename(folder, "ann", one.id, "  Fruit   notes ")
    assert [c.title for c in conversations.conversations(folder, "ann", "fruit notes")] == ["Fruit notes"]
    with pytest.raises(QuestionError, match="needs a title"):
        conversations.rename(folder, "ann", one.id, " ")
