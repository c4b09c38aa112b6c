"""An answer that is kept comes back the same, or says what has become of its papers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, Scope, Turn
from qa.userdata import answer_record
from tests.userdata.small import ANSWERED, REFUSED, documents


def record(assistant: Assistant, question: str) -> answer_record.Record:
    """A record that has been through JSON, as the database has it."""
    turn = Turn(question, assistant.ask(question))
    made: answer_record.Record = json.loads(json.dumps(answer_record.record_of([turn], documents(assistant))))
    return made


@pytest.mark.parametrize(("question", "kind"), [(ANSWERED, Answer), (REFUSED, Abstention)])
def test_a_result_comes_back_equal(assistant: Assistant, question: str, kind: type) -> None:
    result = assistant.ask(question)
    assert isinstance(result, kind)
    assert answer_record.restored(record(assistant, question), documents(assistant)) == result


@pytest.mark.parametrize("question", [ANSWERED, REFUSED])
def test_what_may_be_an_answer_labels_and_corrections_come_back(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(ANSWERED)
    assert isinstance(answer, Answer)
    result = replace(assistant.ask(question), corrections=(("pairs", "pears"),))
    if isinstance(result, Answer):
        result = replace(result, labels=("pears",) * len(result.citations))
    else:
        result = replace(result, possible=answer.citations[0], missing=("Paris",))
    papers = documents(assistant)
    made = json.loads(json.dumps(answer_record.record_of([Turn(question, result)], papers)))
    assert answer_record.restored(made, papers) == result
    assert answer_record.quoted(made)[0]["metadata"]["title"] == "Fruit of the North"
    assert "Asked for: pears" in answer_record.remarks(made)
    papers["fruit"] = replace(papers["fruit"], sha256="other")
    assert answer_record.restored(made, papers) is None


def test_a_record_says_all_without_an_index(assistant: Assistant) -> None:
    turns = [Turn(q, assistant.ask(q)) for q in (ANSWERED, REFUSED)]
    made = answer_record.record_of(turns, documents(assistant), Scope(["fruit"]))
    assert (made["turns"], made["documents"], made["outcome"]) == ([ANSWERED, REFUSED], ["fruit"], "abstention")
    citation = record(assistant, ANSWERED)["citations"][0]
    raw = documents(assistant)["fruit"].raw
    assert [raw[start:end] for start, end in citation["spans"]] == citation["quote"]
    assert citation["sha256"] == documents(assistant)["fruit"].sha256


CHANGES = [
    (lambda d: d, "unchanged", True),
    (lambda d: replace(d, sha256="other"), "changed", True),
    (lambda d: replace(d, raw="One line more.\n" + d.raw), "changed", True),
    (lambda d: replace(d, sha256="other", raw=d.raw.replace("Pears", "Plums")), "changed", False),
    (lambda d: None, "gone", False),
]


@pytest.mark.parametrize(("change", "state", "found"), CHANGES)
def test_what_has_become_of_a_paper_is_said(assistant: Assistant, change: object, state: str, found: bool) -> None:
    assert callable(change)
    made = record(assistant, ANSWERED)
    changed = change(documents(assistant)["fruit"])
    now = {name: d for name, d in (documents(assistant) | {"fruit": changed}).items() if d is not None}
    fate = answer_record.fate_of(made["citations"][0], now)
    assert (fate.kind, fate.found) == (state, found)
    assert (answer_record.restored(made, now) is None) == (state != "unchanged")


def test_the_four_fates_are_told_apart(assistant: Assistant) -> None:
    words = {str(answer_record.Fate(state, found)) for _, state, found in CHANGES}  # type: ignore[arg-type]
    assert len(words) == 4


def test_an_altered_record_is_not_restored(assistant: Assistant) -> None:
    for path in ("citations", "passages"):
        made = record(assistant, ANSWERED)
        made[path][0]["text"] = "Pears ripened in ten weeks."
        if path == "passages":
            made[path][0]["sentences"][0]["text"] = "Pears ripened in ten weeks."
        assert answer_record.restored(made, documents(assistant)) is None


@pytest.mark.parametrize("question", ["Pears rippened weeks", "zirconium harrvest"])
def test_corrections_are_kept_and_older_records_have_none(assistant: Assistant, question: str) -> None:
    made, result = record(assistant, question), assistant.ask(question)
    assert [(row["typed"], row["as"]) for row in made["corrections"]] == list(result.corrections) != []
    assert answer_record.restored(made, documents(assistant)) == result
    del made["corrections"]
    older = answer_record.restored(made, documents(assistant))
    assert older is not None
    assert older.corrections == ()


def test_a_conversation_goes_on_after_its_papers_have_changed(assistant: Assistant) -> None:
    turn = answer_record.turn_of(record(assistant, ANSWERED), {})
    assert turn.question == ANSWERED
    assert turn.result.interpreted_as == ANSWERED
    assert isinstance(turn.result, Abstention)
    assert answer_record.turn_of(record(assistant, ANSWERED), documents(assistant)).result == assistant.ask(ANSWERED)
