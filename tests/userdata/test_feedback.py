"""From what people say to draft cases that the evaluation can load."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers.assistant import Assistant
from qa.evaluation.questions import load_questions
from qa.types import Abstention, Answer, Document, QuestionError, Scope, Turn
from qa.userdata import answer_record, database, feedback
from qa.userdata.conversations import StoredAnswer
from qa.userdata.drafts import Case
from qa.userdata.feedback import Opinion, Verdict
from tests.userdata.small import ANSWERED, REFUSED, documents


class Room:
    """Where opinions are given, on the answers of one assistant."""

    def __init__(self, folder: Path, assistant: Assistant) -> None:
        self.folder, self.assistant = folder, assistant
        self.documents = documents(assistant)

    def say(
        self,
        verdict: Verdict,
        question: str = ANSWERED,
        *,
        user: str = "ann",
        passage: int | None = None,
        note: str = "",
    ) -> None:
        record = self.record(question)
        name = "" if passage is None else record["passages"][passage]["id"]
        answer = StoredAnswer(f"{user} {question}", "now", record)
        feedback.give(self.folder, user, answer, Opinion(verdict, name, note), self.documents)

    def record(self, question: str) -> answer_record.Record:
        return answer_record.record_of([Turn(question, self.assistant.ask(question))], self.documents)

    def cases(self, papers: tuple[Document, ...] | None = None) -> list[Case]:
        return feedback.cases(feedback.given(self.folder), self.assistant.documents if papers is None else papers)


@pytest.fixture
def room(tmp_path: Path, assistant: Assistant) -> Room:
    return Room(tmp_path / "state", assistant)


@pytest.mark.parametrize(("verdict", "answerable"), [("right", True), ("should have refused", False)])
def test_what_may_be_an_answer_is_judged_as_an_answer_is(room: Room, verdict: Verdict, answerable: bool) -> None:
    result, answer = room.assistant.ask(REFUSED), room.assistant.ask(ANSWERED)
    assert isinstance(result, Abstention)
    assert isinstance(answer, Answer)
    turn = Turn(REFUSED, replace(result, possible=answer.citations[0]))
    stored = StoredAnswer("x", "now", answer_record.record_of([turn], room.documents))
    assert feedback.allowed(stored.record) == feedback.VERDICTS
    feedback.give(room.folder, "ann", stored, Opinion(verdict), room.documents)
    (case,) = room.cases()
    quotes = [item["quote"] for item in case["evidence"]]
    assert (case["answerable"], quotes) == (answerable, list(answer.citations[0].quote) if answerable else [])


def test_an_opinion_is_kept_with_all_that_it_is_about(room: Room) -> None:
    room.say("right", note=" good \n")
    (one,) = feedback.given(room.folder)
    made = room.record(ANSWERED)
    assert (one.user, one.passage, one.verdict, one.note) == ("ann", "", "right", "good")
    assert one.given_at <= database.now()
    about = one.record
    assert (about["question"], about["turns"], about["generation"]) == (ANSWERED, [ANSWERED], "test")
    assert about["outcome"] == "answer"
    citation = made["citations"][0]
    assert about["citations"][0] == {name: citation[name] for name in ("document", "sha256", "spans", "quote")}
    assert [row["id"] for row in about["passages"]] == [row["id"] for row in made["passages"]]


def test_a_later_opinion_of_the_same_thing_replaces_the_earlier(room: Room) -> None:
    room.say("right")
    room.say("wrong evidence")
    room.say("right", passage=0)
    room.say("right", user="bob")
    own = {(one.verdict, bool(one.passage)) for one in feedback.given(room.folder, user="ann")}
    assert own == {("wrong evidence", False), ("right", True)}
    assert len(feedback.given(room.folder)) == 3
    feedback.take_back(room.folder, "ann", f"ann {ANSWERED}")
    assert [one.passage for one in feedback.given(room.folder, user="ann")] == [
        room.record(ANSWERED)["passages"][0]["id"]
    ]


def test_what_does_not_fit_is_refused(room: Room) -> None:
    made = room.record(ANSWERED)

    def give(verdict: Verdict, record: answer_record.Record = made, **more: str) -> None:
        answer = StoredAnswer("a", "now", record)
        feedback.give(room.folder, "ann", answer, Opinion(verdict, **more), room.documents)

    with pytest.raises(QuestionError, match="nowhere:1-2 was not shown"):
        give("right", passage="nowhere:1-2")
    with pytest.raises(QuestionError, match="say one of: right, wrong evidence"):
        give("should have refused", passage=made["passages"][0]["id"])
    with pytest.raises(QuestionError, match="say one of: right, missed it"):
        give("should have refused", room.record(REFUSED))
    with pytest.raises(QuestionError, match="2001 characters"):
        give("right", note="x" * 2001)
    assert feedback.given(room.folder) == []


def test_a_right_answer_becomes_a_case_that_loads(room: Room, tmp_path: Path) -> None:
    room.say("right")
    (case,) = room.cases()
    assert case["draft"] is True
    assert case["todo"] == []
    assert [item["quote"] for item in case["evidence"]] == room.record(ANSWERED)["citations"][0]["quote"]
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(case | {"draft": False}) + "\n", "utf-8")
    (question,) = load_questions(path, room.assistant.documents)
    span = question.evidence[0][0].span
    assert [span.start, span.end] == room.record(ANSWERED)["citations"][0]["spans"][0]


@pytest.mark.parametrize(("verdict", "question"), [("should have refused", ANSWERED), ("right", REFUSED)])
def test_what_should_be_refused_is_unanswerable(room: Room, verdict: Verdict, question: str) -> None:
    room.say(verdict, question)
    (case,) = room.cases()
    assert (case["answerable"], case["evidence"], case["todo"]) == (False, [], [])


@pytest.mark.parametrize(("verdict", "question"), [("wrong evidence", ANSWERED), ("missed it", REFUSED)])
def test_what_was_missed_asks_for_its_evidence_or_takes_the_right_passages(
    room: Room, verdict: Verdict, question: str
) -> None:
    room.say(verdict, question)
    (case,) = room.cases()
    assert (case["answerable"], case["evidence"]) == (True, [])
    assert case["todo"] == ["Add the evidence: an exact quote that answers the question."]
    room.say("right", question, passage=1)
    room.say("wrong evidence", question, passage=0)
    (case,) = room.cases()
    passage = room.record(question)["passages"][1]
    raw = room.documents[passage["document"]].raw
    assert [item["quote"] for item in case["evidence"]] == [raw[start:end] for start, end in passage["spans"]]
    assert case["todo"] == []
    assert [one["verdict"] for one in case["from"]].count("right") == 1


def test_the_same_case_is_made_once_and_says_where_it_came_from(room: Room) -> None:
    room.say("right", note="one")
    room.say("right", user="bob", note="two")
    (case,) = room.cases()
    assert sorted(one["note"] for one in case["from"]) == ["one", "two"]
    assert "ann" not in json.dumps(case)  # who said it is nobody's business


def test_opposite_opinions_are_two_cases_that_say_so(room: Room) -> None:
    room.say("right")
    room.say("should have refused", user="bob")
    one, other = room.cases()
    assert one["answerable"] != other["answerable"]
    assert one["todo"] == [f"Others say the opposite of whether it can be answered: {other['id']}."]
    assert other["id"] != one["id"]


def test_quotes_are_looked_up_in_the_papers_of_today(room: Room) -> None:
    room.say("right")
    fruit = room.documents["fruit"]
    for papers, words in [
        ((), "The paper fruit is no longer in the index."),
        ((replace(fruit, raw=fruit.raw.replace("Pears", "Plums")),), "This quote no longer stands in fruit"),
        ((replace(fruit, raw=fruit.raw * 2),), "This quote stands 2 times in fruit; lengthen it"),
    ]:
        (case,) = room.cases(papers)
        assert case["todo"][0].startswith(words)


def test_a_question_to_some_sections_needs_a_second_look(room: Room) -> None:
    turn = Turn(ANSWERED, room.assistant.ask(ANSWERED))
    record = answer_record.record_of([turn], room.documents, Scope(["fruit"], ["Results"]))
    feedback.give(room.folder, "ann", StoredAnswer("a", "now", record), Opinion("right"), room.documents)
    (case,) = room.cases()
    assert (case["documents"], case["sections"]) == (["fruit"], ["Results"])
    assert case["todo"][0].startswith("It was asked of some sections only")
