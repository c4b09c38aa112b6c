"""A notebook leaves as files that other programs read, and nobody's words become those of a paper."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import rispy
from bibtexparser import parse_string
from markdown_it import MarkdownIt

from qa.answers.assistant import Assistant
from qa.types import Citation
from qa.userdata import answer_record, notebook_export, references
from qa.userdata.notebook import About, Entry
from tests.userdata.small import ANSWERED, documents

EVIL = "# a <b>x</b> [y](javascript:z) `c` *d* | $e$ &amp; \u202e ![i](http://evil.example/i.png)"
OWN = f"My words\n===\n> no quote\n1. first\n- {EVIL}\n~~~\n<script>alert(1)</script>"
BOOK = {
    "author": "Bär, Öl and Cue, D. and others",
    "year": "2020",
    "journal": "J of <i>F</i>",
    "volume": "5",
    "number": "2",
    "pages": "5--9",
    "doi": "10.1/x)(y<z>",
}


@pytest.fixture
def quote(assistant: Assistant) -> dict[str, Any]:
    passage = next(p for p in assistant.index.passages if "Pears" in p.text)
    sentence = next(s for s in passage.sentences if "Pears" in s.text)
    return answer_record.quote_row(Citation(assistant.index.by_id["fruit"], passage.section, sentence))


@pytest.fixture
def entries(quote: dict[str, Any]) -> list[Entry]:
    """A heading, a quote, own words, a second quote of the same paper, one of a paper that is gone."""
    gone = quote | {"document": "gone", "title": EVIL, "metadata": BOOK | {"title": EVIL}, "text": quote["text"]}
    other = quote | {"spans": [[1, 3]]}
    return [
        Entry("1", 1, "now", text="Part *one*", is_heading=True),
        Entry("2", 2, "now", quote, About("answer", "x", ANSWERED, "answer", 0.876), is_kept=True),
        Entry("3", 3, "now", text=OWN),
        Entry("4", 4, "now", other, About("paper", standing="chosen")),
        Entry("5", 5, "now", gone, About("table", "t", EVIL, "possible")),
    ]


def source(row: references.Row) -> str:
    return f"http://qa.example/library?paper={row['document']}&at={row['spans'][0][0]}"


def read(text: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """What a viewer shows: block quotes, headings, other paragraphs as text, and where links and pictures lead."""
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(text)
    quotes: list[str] = []
    headings: list[str] = []
    paragraphs: list[str] = []
    addresses: list[str] = []
    kind = paragraphs
    for token in tokens:
        assert token.type not in ("html_block", "fence", "code_block", "table_open", "hr", "ordered_list_open")
        if token.type in ("blockquote_open", "heading_open"):
            kind = quotes if token.type == "blockquote_open" else headings
        elif token.type in ("blockquote_close", "heading_close"):
            kind = paragraphs
        elif token.type == "inline":
            children = token.children or []
            assert not [c for c in children if c.type in ("html_inline", "code_inline", "em_open", "image")]
            kind.append("".join(c.content for c in children))
            addresses += [str(c.attrs["href"]) for c in children if c.type == "link_open"]
    return quotes, headings, paragraphs, addresses


def test_markdown_can_be_read_back(assistant: Assistant, entries: list[Entry], quote: dict[str, Any]) -> None:
    text = notebook_export.as_markdown(entries, documents(assistant), source)
    quotes, headings, paragraphs, addresses = read(text)
    assert quotes == [quote["text"]] * 3
    assert headings == ["Notebook", "Part *one*", "References"]
    assert paragraphs[0] == notebook_export.LEGEND
    assert [p for p in notebook_export.lines(OWN) if p not in paragraphs] == []
    first = paragraphs[1:3]
    assert first[0].startswith("1 · ")
    assert all(words in first[0] for words in ("Fruit of the North", "2019", "Results", "line 7", "Open in the paper"))
    assert first[1] == f"Asked: {ANSWERED} · Confidence 87%"
    assert "Chosen by hand" in paragraphs
    assert "The paper is no longer in the library; this is what stood in it." in paragraphs
    start = quote["spans"][0][0]
    assert addresses == [f"http://qa.example/library?paper=fruit&at={start}", "https://doi.org/10.1/x%29%28y%3Cz%3E"]
    listed = [p for p in paragraphs if "Quoted:" in p]
    assert "Fruit of the North" in listed[0] and listed[0].endswith("Quoted: 1, 2.")
    assert listed[1].startswith("Bär, Öl; Cue, D. et al. (2020). # a <b>x</b>")
    assert "J of <i>F</i>, 5(2), 5–9. https://doi.org/" in listed[1]


def test_own_words_are_never_quoted(assistant: Assistant, entries: list[Entry]) -> None:
    """Neither in Markdown nor in HTML, whatever signs they have, nor among the papers."""
    own = [Entry("1", 1, "now", text=f"> {OWN}"), Entry("2", 2, "now", text="> “Pears”", is_heading=True)]
    quotes, headings, paragraphs, addresses = read(notebook_export.as_markdown(own, documents(assistant), source))
    assert (quotes, addresses) == ([], [])
    assert headings == ["Notebook", "> “Pears”"]
    assert "> My words" in paragraphs and "> no quote" in paragraphs
    html = notebook_export.as_html(own, documents(assistant), source)
    assert "<blockquote>" not in html.split("</head>")[1]
    assert notebook_export.quotes(own) == []


class Reading(HTMLParser):
    """The texts of a page by the element that they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.found += [("href", value or "") for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.found.append((self.open[-1], data.strip()))


def test_html_is_escaped_and_tells_quotes_from_notes(
    assistant: Assistant, entries: list[Entry], quote: dict[str, Any]
) -> None:
    html = notebook_export.as_html(entries, documents(assistant), source)
    page = Reading()
    page.feed(html)
    assert [text for tag, text in page.found if tag == "blockquote"] == [quote["text"]] * 3
    assert [text for tag, text in page.found if tag == "h2"] == ["Part *one*", "References"]
    assert {"script", "b", "i", "img"}.isdisjoint(page.tags)
    assert "<script>alert(1)</script>" in [text for tag, text in page.found if tag == "p"]
    assert [text for tag, text in page.found if tag == "small"] == ["Note"]
    assert [text for tag, text in page.found if tag == "href"] == [
        source(quote),
        "https://doi.org/10.1/x%29%28y%3Cz%3E",
    ]
    assert "\u202e" not in html
    assert not re.search(r"(?:src|url)\s*[=(]", html.split("</head>")[0])


def test_a_paper_that_has_changed_is_said_and_not_linked(
    assistant: Assistant, entries: list[Entry], quote: dict[str, Any]
) -> None:
    papers = documents(assistant)
    papers["fruit"] = replace(papers["fruit"], sha256="new", raw=papers["fruit"].raw.replace("Pears", "Plums"))
    text = notebook_export.as_markdown(entries[:2], papers, source)
    assert "The paper has changed since, and these words no longer stand in it." in text
    assert "qa.example" not in text
    assert read(text)[0] == [quote["text"]]


def test_the_papers_quoted_are_references(entries: list[Entry]) -> None:
    rows = notebook_export.quotes(entries)
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert parse_string(references.as_bibtex(rows)).entries[0]["title"] == "Fruit of the North"
    assert rispy.loads(references.as_ris(rows))[0]["title"] == "Fruit of the North"
    assert len(rispy.loads(references.as_ris(rows))) == 2


def test_an_empty_notebook_is_a_file_too() -> None:
    assert read(notebook_export.as_markdown([], {}, source))[1] == ["Notebook"]
    assert "<h1>Notebook</h1>" in notebook_export.as_html([], {}, source)
