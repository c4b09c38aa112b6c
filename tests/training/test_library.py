"""Papers of a library become unjudged cases; all papers and questions by hand."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa.evaluation.sets.asked import held_out
from qa.training import cases
from qa.training.convert import Raw
from qa.training.library import convert, main
from tests.conftest import FakeEncoder

LEARNT = [f"PMC{n}" for n in range(60) if not held_out(f"PMC{n}")]
MEASURED = next(f"PMC{n}" for n in count() if held_out(f"PMC{n}"))
DRUGS = "lornoxicam fentanyl heparin codeine warfarin digoxin insulin".split()
FEVER = "How many had fever after lornoxicam?"
LONG = " ".join(["and they wrote down what they saw"] * 20)


def paper(name: str, drug: str) -> dict[str, Any]:
    sections = {
        "Methods": [f"The daily dose of {drug} was 20 mg.", f"We gave {drug} {LONG}."],
        "Results": [f"Two had fever after {drug}.", f"The nurses gave {drug} to all in time {LONG}."],
        "Harm": [f"{drug} levels were measured using an assay.", "No patient died."],
        "Discussion": [f"In the wards {drug} is kept cold."],
    }
    return {
        "id": name,
        "title": f"A trial of {drug}",
        "paragraphs": [{"section": section, "sentences": found} for section, found in sections.items()],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Papers that are trained on, one that is held out, and one of `dev`; all are in the library."""
    ids = [*LEARNT[:5], MEASURED, LEARNT[5]]
    papers = [paper(name, drug) for name, drug in zip(ids, DRUGS, strict=True)]
    rows = {
        "train": [(ids[0], FEVER), (MEASURED, "How many had fever after digoxin?")],
        "dev": [(ids[6], "How many had fever after insulin?")],
        "outcomes": [(ids[1], "Fever: fentanyl versus placebo?")],
    }
    for name, asked in rows.items():
        own = [one for one in papers if one["id"] in dict(asked)]
        questions = [
            {"paper": key, "kind": "numeric", "question": text, "evidence": [[2]], "words": "Two", "tempting": []}
            for key, text in asked
        ]
        cases.write_rows(tmp_path / f"{name}_papers.jsonl.gz", own)
        cases.write_rows(tmp_path / f"{name}_questions.jsonl.gz", questions)
    cases.write_rows(tmp_path / "library.jsonl.gz", papers)
    return tmp_path


@pytest.fixture
def made(folder: Path) -> list[Raw]:
    return convert(folder, folder / "library.jsonl.gz")


def test_nothing_is_known_of_a_case(made: list[Raw]) -> None:
    assert made
    for case in made:
        assert (case.set, case.found, case.pool, case.answers, case.planted) == ("library", [], "", (), ())
        assert case.missing


def test_papers_that_are_measured_on_give_no_question_and_no_text(made: list[Raw]) -> None:
    assert {case.article for case in made} == set(LEARNT[:5])
    said = " ".join([case.question + text.heading for case in made for text in case.missing])
    assert "digoxin" not in said
    assert "insulin" not in said


def test_a_question_of_a_sentence_has_its_passage_first_and_others_behind(made: list[Raw]) -> None:
    case = next(case for case in made if case.question == "What was the daily dose of codeine?")
    assert case.article == LEARNT[3]
    assert "The daily dose of codeine was 20 mg." in case.missing[0].sentences
    titles = [text.heading.split(":")[0] for text in case.missing]
    assert titles[:3] == ["A trial of codeine"] * 3
    assert titles[3:]
    assert "A trial of codeine" not in titles[3:]


def test_questions_on_papers_are_put_to_other_papers(made: list[Raw]) -> None:
    case = next(case for case in made if case.question == FEVER)
    assert any("codeine" in text.heading for text in case.missing)
    assert not any("lornoxicam" in text.heading for text in case.missing)


def test_a_question_that_every_paper_gives_is_asked_of_ten_and_some_are_typed_badly(folder: Path) -> None:
    sentences = [f"The {name} outcome was 5 points." for name in ("primary", "secondary", "cosmetic")]
    row = {"title": "A trial", "paragraphs": [{"section": "", "sentences": sentences}]}
    cases.write_rows(folder / "library.jsonl.gz", [row | {"id": name} for name in LEARNT[10:40]])
    made = [case for case in convert(folder, folder / "library.jsonl.gz") if case.article in LEARNT[10:40]]
    assert len(made) == 3 * 10
    well = [case for case in made if case.question.startswith("What was the ") and case.question.endswith(" outcome?")]
    assert 10 <= len(well) < 3 * 10
    assert any(not case.question.endswith("?") for case in made)


def test_the_encoder_adds_texts_of_other_papers(folder: Path) -> None:
    by_words, both = (
        next(case for case in convert(folder, folder / "library.jsonl.gz", encoder) if case.question == FEVER)
        for encoder in (None, FakeEncoder())
    )
    added = both.missing[len(by_words.missing) :]
    assert added
    assert not any("lornoxicam" in text.heading for text in added)


def test_the_command_writes_the_same_again(folder: Path) -> None:
    written = []
    for name in ("one", "two"):
        arguments = ["--asked", str(folder), "--library", str(folder / "library.jsonl.gz")]
        done = CliRunner().invoke(main, [*arguments, "--output", str(folder / name)], catch_exceptions=False)
        assert done.exit_code == 0
        written.append([(folder / name / f"{what}.jsonl.gz").read_bytes() for what in ("cases", "texts")])
    assert written[0] == written[1]
    loaded = cases.load(folder / "one")
    assert {case.set for case in loaded.cases} == {"library"}
    assert not any(case.found or case.held_out for case in loaded.cases)
