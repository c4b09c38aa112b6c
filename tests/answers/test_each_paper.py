"""One question to each paper, and the table that is made of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from qa.answers.assistant import Assistant
from qa.answers.each_paper import NOTHING, POSSIBLY, PaperResult, as_csv, as_markdown, ask_each, papers_to_ask
from qa.types import Abstention, Answer, Citation, Document, Scope, Sentence, Span

HOSTILE = '=HYPERLINK(1) | **5 mg**, "a" <b>'
PAPER = Document("paper", "", HOSTILE, metadata={"title": "@Title"})


def test_each_paper_answers_or_abstains_for_itself(assistant: Assistant) -> None:
    rows = list(ask_each(assistant, "basalt cools quickly from lava"))
    assert [(row.document.id, type(row.result)) for row in rows] == [("fruit", Abstention), ("stones", Answer)]
    assert all(hit.passage.document == row.document.id for row in rows for hit in row.result.passages)


def test_papers_without_the_section_are_not_asked(assistant: Assistant) -> None:
    assert [paper.id for paper in papers_to_ask(assistant, Scope(sections=["Results"]))] == ["fruit"]
    (row,) = ask_each(assistant, "pears ripened weeks", Scope(sections=["Results"]))
    assert {hit.passage.section for hit in row.result.passages} == {"Results"}


def test_the_tables_hold_every_quote_and_nothing_that_a_program_would_run() -> None:
    citation = Citation(PAPER, "", Sentence(HOSTILE, (Span(0, len(HOSTILE)),)))
    answer = Answer("q", "q", (citation,), 0.93, (), (), "g")
    labelled = replace(answer, labels=(HOSTILE,))
    nothing = Abstention("q", "q", "no", 0.1, (), "g")
    results = (answer, nothing, replace(nothing, possible=citation, confidence=0.4), labelled)
    rows = [PaperResult(PAPER, result) for result in results]
    lines = list(csv.reader(io.StringIO(as_csv(rows))))
    assert lines[1] == ["'@Title", f"'{HOSTILE}", "", "paper:1", "0.93", "answer", ""]
    assert lines[2] == ["'@Title", NOTHING, "", "", "", NOTHING, ""]
    assert lines[3] == ["'@Title", f"'{HOSTILE}", "", "paper:1", "0.40", POSSIBLY, ""]
    assert lines[4][-1] == f"'{HOSTILE}"
    markdown = as_markdown("Is *it*?", rows)
    assert r"\*\*5 mg\*\*" in markdown
    assert r"\<b\>" in markdown
    assert all(line.replace(r"\|", "").count("|") == 8 for line in markdown.splitlines()[2:])
