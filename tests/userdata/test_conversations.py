"""Conversations are kept for each user apart, found again, and leave as files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser import parse_string

from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, QuestionError, Turn
from qa.userdata import answer_record, conversations, export, references
from qa.userdata.conversations import StoredAnswer
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


def quotes(answers: list[StoredAnswer]) -> list[dict[str, Any]]:
    return [quote for answer in answers for quote in answer_record.quoted(answer.record)]


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


def test_markdown_quotes_and_places_and_is_no_markup_of_the_papers(folder: Path) -> None:
    text = export.as_markdown("T", own(folder, "ann"))
    assert f"## {ANSWERED}" in text
    assert "> Pears ripened in nine weeks \\[3\\]." in text
    assert re.search(
        r"^1\. Fruit of the North · Results · line 7 · fruit, characters \d+–\d+ · SHA-256 \w{12}$", text, re.M
    )
    assert "No sentence clearly answers this." in text
    hostile = export.as_markdown(HOSTILE, own(folder, "bob"))
    assert r"\<b\>1. \*bold\*\</b\> \& \`x\`" in hostile


def test_what_may_be_an_answer_and_what_a_quote_speaks_of_are_exported(folder: Path, assistant: Assistant) -> None:
    answer, refused = assistant.ask(ANSWERED), assistant.ask(REFUSED)
    assert isinstance(answer, Answer)
    assert isinstance(refused, Abstention)
    labelled = replace(answer, labels=("<b>pears</b>",) * len(answer.citations))
    records = [
        answer_record.record_of([Turn("q", result)], documents(assistant))
        for result in (replace(refused, possible=answer.citations[0]), labelled)
    ]
    stored = [StoredAnswer("x", "now", record) for record in records]
    text = export.as_markdown("T", stored)
    assert re.search(r"^Possibly\..*\n\n> Pears ripened in nine weeks", text, re.M)
    assert r"> \<b\>pears\</b\>: Pears ripened" in text
    assert "<small>&lt;b&gt;pears&lt;/b&gt;:</small> Pears ripened" in export.as_html("T", stored)
    rows = list(csv.DictReader(io.StringIO(export.as_csv(stored))))
    assert [(row["headline"], row["speaks_of"]) for row in rows[:2]] == [("Possibly", ""), ("", "<b>pears</b>")]
    assert "Fruit of the North" in references.as_bibtex(quotes(stored[:1]))


def test_html_is_whole_and_escaped(folder: Path) -> None:
    text = export.as_html(HOSTILE, own(folder, "bob") + own(folder, "ann"))
    assert "<b>" not in text
    assert text.count("&lt;b&gt;1. *bold*") == 3
    assert "<blockquote>Pears ripened in nine weeks [3].</blockquote>" in text
    assert "http" not in text
    assert "<script" not in text


def test_csv_has_a_line_for_each_citation_and_each_refusal(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(export.as_csv(own(folder, "ann")))))
    assert [row["outcome"] for row in rows][-1] == "abstention"
    assert rows[0]["quote"] == "Pears ripened in nine weeks [3]."
    assert rows[0]["lines"] == "7–7"


def cited(**metadata: str) -> list[StoredAnswer]:
    """One answer that cites a paper of which this is known, twice."""
    citation: dict[str, Any] = {"document": "a paper", "title": "Of 50 % & more", "metadata": metadata}
    return [StoredAnswer("x", "now", {"citations": [citation, citation]})]


def test_bibtex_and_ris_name_each_paper_once_and_can_be_read_again(folder: Path) -> None:
    known = {
        "key": "b2020",
        "author": "Bär, Öl and Cue, D.",
        "journal": "J",
        "year": "2020",
        "pages": "5--9",
        "doi": "10.1/x",
    }
    (entry,) = parse_string(references.as_bibtex(quotes(cited(**known)))).entries
    assert (entry.entry_type, entry.key) == ("article", "b2020")
    assert entry["title"] == r"Of 50 \% \& more"
    assert references.as_ris(quotes(cited(**known))).startswith("TY  - JOUR\n")
    (row,) = rispy.loads(references.as_ris(quotes(cited(**known))))
    assert row["authors"] == ["Bär, Öl", "Cue, D."]
    assert (row["start_page"], row["end_page"], row["doi"]) == ("5", "9", "10.1/x")
    (dashed,) = rispy.loads(references.as_ris(quotes(cited(pages="89–92"))))
    assert (dashed["start_page"], dashed["end_page"]) == ("89", "92")
    (bare,) = parse_string(references.as_bibtex(quotes(cited()))).entries
    assert (bare.entry_type, bare.key) == ("misc", "a-paper")
    (fruit,) = parse_string(references.as_bibtex(quotes(own(folder, "ann")))).entries
    assert (fruit.key, fruit["year"]) == ("fruit2019", "2019")
