"""Answered questions with a name exchanged: what takes its place, and how the refusals are counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings
from qa.evaluation import exchanges
from qa.evaluation.exchanges import Exchange, asked_again, stock, table
from qa.evaluation.sets.asked import Asked, AskedPaper
from qa.index.index import Index
from qa.types import Abstention, Answer
from tests.conftest import FakeEncoder, calibration


def paper(name: str, *sentences: str) -> AskedPaper:
    n = len(sentences)
    return AskedPaper(name, f"About {name}", sentences, ("",) * n, tuple(range(n)))


def item(of: str, question: str) -> Asked:
    return Asked(of, "factoid", question, ((0,),), "", ())


PAPERS = {
    "one": paper("one", *["We gave lornoxicam before surgery to all."] * 8, "After 20 days all went home."),
    "two": paper("two", *["We gave meloxicam before surgery to all."] * 8, "After 30 days all went home."),
}
STRANGERS = [
    paper("far", *["We gave naproxen before surgery to all."] * 8),
    paper("scales", *["They filled the WOMAC questionnaire at home."] * 8),
]
"""Drugs are given before surgery, scales are filled in at home."""
QUESTIONS = [item("one", "Was lornoxicam given for 20 days?"), item("two", "Was meloxicam given for 30 days?")]


def test_a_name_is_exchanged_for_one_of_the_library_and_for_one_of_none() -> None:
    made = list(exchanges.exchanges(QUESTIONS[0], stock(QUESTIONS, PAPERS, STRANGERS)))
    assert made == [
        Exchange("one", "Was lornoxicam given for 30 days?", "20", "30", "number"),
        Exchange("one", "Was meloxicam given for 20 days?", "lornoxicam", "meloxicam", "library"),
        Exchange("one", "Was naproxen given for 20 days?", "lornoxicam", "naproxen", "none"),
    ]


def test_what_its_own_paper_has_never_takes_a_place() -> None:
    papers = PAPERS | {"one": paper("one", *PAPERS["one"].sentences, "Meloxicam and naproxen came after 30 days.")}
    assert list(exchanges.exchanges(QUESTIONS[0], stock(QUESTIONS, papers, STRANGERS))) == []


def test_the_same_exchanges_are_made_at_each_call() -> None:
    shelf = stock(QUESTIONS, PAPERS, STRANGERS)
    assert list(exchanges.exchanges(QUESTIONS[1], shelf)) == list(exchanges.exchanges(QUESTIONS[1], shelf))


def test_answers_and_refusals_are_told_apart(small_index: Index) -> None:
    assistant = Assistant(small_index, "g", Models(FakeEncoder(), calibration(0.1)), AskSettings())
    made = [
        Exchange("fruit", "granite hard", "pears", "granite", "library"),
        Exchange("fruit", "zirconium hard", "pears", "zirconium", "none"),
    ]
    answers = asked_again(assistant, made)
    assert isinstance(answers[0], Answer)
    assert answers[1] is None


def test_the_table_counts_by_source(small_index: Index) -> None:
    assistant = Assistant(small_index, "g", Models(FakeEncoder(), calibration(0.1)), AskSettings())
    answer = assistant.ask("granite hard")
    assert isinstance(answer, Answer)
    made = [Exchange(paper, "q", "a", "b", "library") for paper in ("stones", "fruit", "fruit", "fruit")]
    made += [Exchange("fruit", "q", "1", "2", "number")]
    lines = table(made, [answer, answer, None, None, None]).splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["library"] == ["4", "2", "0.5000", "1"], "n, refused, their share, answered from the same paper"
    assert rows["number"] == ["1", "1", "1.0000", "0"]
    assert rows["none"] == ["0", "0", "0.0000", "0"]
    assert rows["all"] == ["5", "3", "0.6000", "1"]


def packed(path: Path, rows: list[dict[str, object]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def as_rows(papers: list[AskedPaper]) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "doi": "",
            "title": one.title,
            "paragraphs": [{"section": "", "sentences": [text]} for text in one.sentences],
        }
        for one in papers
    ]


def test_only_questions_that_are_answered_are_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command asks each question, exchanges the names of those answered, and says what was not refused."""
    packed(tmp_path / "dev_papers.jsonl.gz", as_rows([*PAPERS.values()]))
    rows = [
        {
            "paper": one.paper,
            "kind": one.kind,
            "question": one.question,
            "evidence": [[0]],
            "words": "",
            "tempting": [],
        }
        for one in QUESTIONS
    ]
    packed(tmp_path / "dev_questions.jsonl.gz", rows)
    library = packed(tmp_path / "library.jsonl.gz", as_rows(STRANGERS))
    asked: list[str] = []

    class Asking:
        def ask(self, question: str) -> Answer | Abstention:
            asked.append(question)
            return Abstention(question, question, "why", 0.1, (), "g")

    monkeypatch.setattr(exchanges, "opened", lambda *rest: Asking())
    arguments = ["--data", str(tmp_path), "--library", str(library), "--work", str(tmp_path / "work"), "--papers", "2"]
    done = CliRunner().invoke(exchanges.main, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "2 papers, 0 exchanges" in done.output
    assert sorted(asked) == sorted(one.question for one in QUESTIONS), "none is answered, and none is asked again"
