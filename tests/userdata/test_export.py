"""Conversations leave as files that people read, and as files that programs read."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from bibtexparser import parse_string
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, Scope, Turn
from qa.userdata import answer_record, export, references
from qa.userdata.conversations import StoredAnswer
from qa.userdata.export import Addresses
from tests.userdata.small import ANSWERED, HOSTILE, REFUSED, documents

HERE = Addresses(
    lambda row: f"http://x/library?paper={row['document']}&at=1-2", lambda answer: f"http://x/?answer={answer}"
)


@pytest.fixture
def stored(assistant: Assistant) -> list[StoredAnswer]:
    """An answer, a refusal and an answer to a hostile question."""
    return [kept(assistant, question) for question in (ANSWERED, REFUSED, HOSTILE)]


def kept(assistant: Assistant, question: str, scope: Scope | None = None, **metadata: str) -> StoredAnswer:
    turns = [Turn(question, assistant.ask(question))]
    record = answer_record.record_of(turns, documents(assistant), scope or Scope())
    for citation in record["citations"]:
        citation["metadata"] |= metadata
    return StoredAnswer("x", "2026-11-21T18:08:28+00:00", record)


def quotes(answers: list[StoredAnswer]) -> list[dict[str, Any]]:
    return [quote for answer in answers for quote in answer_record.quoted(answer.record)]


def read(markdown: str) -> tuple[list[str], list[str]]:
    """The words and the links of a text in Markdown; nothing in it may be HTML."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    inner: list[Token] = [one for token in tokens for one in token.children or ()]
    assert not [token for token in (*tokens, *inner) if token.type.startswith("html")]
    lines = ["".join(one.content for one in token.children) for token in tokens if token.children]
    return lines, [str(one.attrs["href"]) for one in inner if one.type == "link_open"]


def test_markdown_says_who_when_where_and_how_sure_in_place_of_offsets(assistant: Assistant) -> None:
    answer = kept(assistant, ANSWERED, Scope(["fruit"], ["Results"]), author="Pear, A. and others", doi="10.1/x_y")
    text = export.as_markdown("T", [answer], HERE)
    lines, links = read(text)
    assert lines[:3] == ["T", ANSWERED, "Pears ripened in nine weeks [3]."]
    assert lines[3] == "Pear et al. 2019 · Fruit of the North · Results · line 7 · Open in the paper · doi:10.1/x_y"
    assert re.fullmatch(
        r"Asked on 2026-11-21 18:08 UTC of 1 paper \(Fruit of the North\), in Results · Confidence \d\d% · This answer",
        lines[-1],
    )
    assert links[:2] == ["http://x/library?paper=fruit&at=1-2", "https://doi.org/10.1/x_y"]
    assert links[-1] == "http://x/?answer=x"
    assert "characters" not in text
    assert "SHA" not in text


def test_markdown_is_no_markup_of_papers_and_users(stored: list[StoredAnswer]) -> None:
    lines, links = read(export.as_markdown(HOSTILE, stored))
    assert HOSTILE in lines
    assert "No sentence clearly answers this." in " ".join(lines)
    assert "of all papers" in lines[-1]
    assert links == []


class Read(HTMLParser):
    """The tags, links and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_html_is_whole_and_escaped_and_loads_nothing(stored: list[StoredAnswer], assistant: Assistant) -> None:
    page = Read(export.as_html(HOSTILE, stored))
    assert not page.tags & {"b", "script", "img", "link"}
    assert page.words.count(HOSTILE) == 3
    assert page.links == []
    assert "<blockquote>Pears ripened in nine weeks [3].</blockquote>" in export.as_html("T", stored)
    hostile = kept(assistant, ANSWERED, author='"><b>', doi='10.1/"><b>')
    linked = Read(export.as_html("T", [hostile], Addresses(lambda row: 'http://x/"><b>', lambda answer: "")))
    assert "b" not in linked.tags
    assert linked.links == ['http://x/"><b>', "https://doi.org/10.1/%22%3E%3Cb%3E"] * len(hostile.record["citations"])
    assert "characters" not in linked.words


def test_what_may_be_an_answer_and_what_a_quote_speaks_of_are_exported(assistant: Assistant) -> None:
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
    assert "Uncertain, check the source" in text
    assert r"> \<b\>pears\</b\>: Pears ripened" in text
    assert "<small>&lt;b&gt;pears&lt;/b&gt;:</small> Pears ripened" in export.as_html("T", stored)
    rows = list(csv.DictReader(io.StringIO(export.as_csv(stored))))
    assert [(row["headline"], row["speaks_of"]) for row in rows[:2]] == [("Possibly", ""), ("", "<b>pears</b>")]
    assert "Fruit of the North" in references.as_bibtex(quotes(stored[:1]))


def test_csv_has_a_line_for_each_citation_and_each_refusal_with_offsets_and_hash(stored: list[StoredAnswer]) -> None:
    rows = list(csv.DictReader(io.StringIO(export.as_csv(stored[:2]))))
    assert [row["outcome"] for row in rows][-1] == "abstention"
    assert rows[0]["quote"] == "Pears ripened in nine weeks [3]."
    assert rows[0]["lines"] == "7–7"
    assert re.fullmatch(r"\d+–\d+", rows[0]["spans"])
    assert len(rows[0]["sha256"]) == 64
    (fruit,) = parse_string(references.as_bibtex(quotes(stored[:1]))).entries
    assert (fruit.key, fruit["year"]) == ("fruit2019", "2019")
