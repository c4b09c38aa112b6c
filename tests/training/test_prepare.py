"""Files of data sets become the files that training reads, without a network and without the real encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa.index import library
from qa.training import cases, development, prepare
from qa.training.convert import SETS
from tests.conftest import FakeEncoder

ROCKS = "Granite is hard. Basalt cools quickly from lava. Marble was limestone once."
FRUIT = "Apples are red. Pears ripen in nine weeks. Plums are blue."


def row(question: str, context: str, *answers: str, title: str = "") -> dict[str, Any]:
    marked = [{"text": text, "start": context.index(text)} for text in answers]
    return {"question": question, "context": context, "title": title, "answers": marked, "is_impossible": not answers}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of training sets; all that are not named here are empty."""
    folder = tmp_path / "train"
    folder.mkdir()
    filled: Mapping[str, list[dict[str, Any]]] = {
        "read_squad2dev_train": [row("How hard is granite?", ROCKS, "hard", title="Rocks"), row("a?", FRUIT, "red")],
        "read_squadshifts_new_wiki": [row("What cools?", ROCKS, "Basalt")],
        "rank_reqa_squad_pairs": [{"question": "What is slate?", "candidate": "Slate splits. It is grey."}],
    }
    for file, _ in SETS.values():
        cases.write_rows(folder / f"{file}.jsonl.gz", filled.get(file, []))
    return folder


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A folder of the sets to measure on; one of their contexts is in the training sets too."""
    folder = tmp_path / "dev"
    folder.mkdir()
    cases.write_rows(folder / "read_squad2dev_eval.jsonl.gz", [row("Colour?", FRUIT, "red"), row("Who?", FRUIT)])
    cases.write_rows(folder / "read_clapnq_dev_ans.jsonl.gz", [row("Plums?", "Plums are blue.", "Plums are blue.")])
    cases.write_rows(folder / "read_clapnq_dev_unans.jsonl.gz", [])
    papers = [{"document": "one", "title": "Stones", "text": ROCKS}, {"document": "two", "title": "", "text": FRUIT}]
    cases.write_rows(folder / "covidqa_articles.jsonl.gz", papers)
    asked = [
        {"id": "1", "document": "one", "question": "What cools quickly from lava?", "answers": "Basalt cools quickly"},
        {"id": "2", "document": "two", "question": "Which are red?", "answers": "Apples"},
    ]
    for one in asked:
        one["answers"] = [{"text": one["answers"], "start": (ROCKS + FRUIT).index(one["answers"]) % len(ROCKS)}]
    cases.write_rows(folder / "covidqa_questions.jsonl.gz", asked)
    return folder


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder of questions on whole papers, one to train on and one to measure on."""
    folder = tmp_path / "asked"
    folder.mkdir()
    for name, title, text, question in (
        ("train", "Metals", ["Iron rusts.", "Gold does not."], "What rusts?"),
        ("dev", "Seas", ["Seas are salty.", "Lakes are not."], "What is salty?"),
    ):
        paper = {"id": title, "title": title, "paragraphs": [{"section": "Results", "sentences": text}]}
        asked = {"paper": title, "kind": "lay", "question": question, "evidence": [[0]], "words": "", "tempting": [1]}
        near = {"paper": title, "kind": "near", "question": "Why?", "evidence": [], "words": "", "tempting": [1]}
        cases.write_rows(folder / f"{name}_papers.jsonl.gz", [paper])
        cases.write_rows(folder / f"{name}_questions.jsonl.gz", [asked, near])
    for what in ("papers", "questions"):
        cases.write_rows(folder / f"outcomes_{what}.jsonl.gz", [])
    return folder


@pytest.fixture
def prepared(data: Path, dev: Path, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The folder that the command wrote, and what it said."""
    for module in (prepare, development, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    arguments = ["--data", str(data), "--dev", str(dev), "--asked", str(papers), "--output", str(tmp_path / "cases")]
    done = CliRunner().invoke(prepare.main, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return tmp_path / "cases", done.stderr


def test_unjudged_cases_need_a_library(data: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data), "--output", str(tmp_path / "cases"), "--no-encoder", "--unjudged"]
    done = CliRunner().invoke(prepare.main, arguments)
    assert done.exit_code == 2
    assert "--library" in done.stderr


def test_unjudged_cases_are_added(data: Path, papers: Path, tmp_path: Path) -> None:
    further = {
        "id": "Wood",
        "title": "Wood",
        "paragraphs": [{"section": "", "sentences": ["The oak weight was 5 tons."]}],
    }
    cases.write_rows(tmp_path / "library.jsonl.gz", [further])
    arguments = ["--data", str(data), "--asked", str(papers), "--library", str(tmp_path / "library.jsonl.gz")]
    arguments += ["--output", str(tmp_path / "cases"), "--no-encoder", "--unjudged"]
    CliRunner().invoke(prepare.main, arguments, catch_exceptions=False)
    made = cases.load(tmp_path / "cases")
    assert ("Wood", ()) in [(case.article, case.found) for case in made.cases if case.set == "library"]


def test_cases_are_made_of_all_sets_but_not_of_what_is_measured_on(prepared: tuple[Path, str]) -> None:
    folder, said = prepared
    made = cases.load(folder)
    assert [(case.set, case.question) for case in made.cases] == [
        ("squad2", "How hard is granite?"),
        ("new_wiki", "What cools?"),
        ("reqa_squad", "What is slate?"),
        ("asked", "What rusts?"),
        ("asked", "Why?"),
    ]
    (planted,) = [case for case in made.cases if case.set == "reqa_squad"]
    text = made.texts[planted.found[0].text]
    assert [text.sentences[i] for i in planted.found[0].evidence] == ["Slate splits.", "It is grey."]
    assert set(text.sentences) > {"Slate splits.", "It is grey."}
    asked = next(case for case in made.cases if case.set == "asked")
    assert made.texts[asked.found[0].text].heading == "Metals: Results"
    assert "squad2               1 questions,      1 answered" in said
    assert f"5 cases with {len(made.texts)} texts are in {folder}" in said


def test_development_rows_say_what_is_right(prepared: tuple[Path, str]) -> None:
    *papers, _, _, _, _, _ = rows = list(cases.read_rows(prepared[0] / "dev.jsonl.gz"))
    (paper,) = [one for one in papers if one["question"] == "What cools quickly from lava?"]
    (text,) = paper["texts"]
    assert "Stones" in text["heading"]
    assert [text["sentences"][i] for i in paper["right"][0]] == ["Basalt cools quickly from lava."]
    assert paper["chosen"] == [0, 1]
    assert [one["set"] for one in rows] == ["covidqa"] * 2 + ["asked"] * 2 + ["squad2", "squad2", "clapnq"]
    assert [(one["set"], one["question"], one["answers"]) for one in rows[4:]] == [
        ("squad2", "Colour?", ["red"]),
        ("squad2", "Who?", []),
        ("clapnq", "Plums?", ["Plums are blue."]),
    ]
    assert rows[4]["texts"][0]["sentences"] == ["Apples are red.", "Pears ripen in nine weeks.", "Plums are blue."]


def test_rows_of_whole_papers_have_the_first_passages_of_all(prepared: tuple[Path, str]) -> None:
    rows = {row["question"]: row for row in cases.read_rows(prepared[0] / "dev.jsonl.gz") if row["set"] == "asked"}
    salty, near = rows["What is salty?"], rows["Why?"]
    (text,) = salty["texts"]
    assert (text["heading"], text["sentences"]) == ("Seas: Results", ["Seas are salty.", "Lakes are not."])
    assert (salty["right"], salty["answers"], salty["kind"]) == ([[0]], ["Seas are salty."], "lay")
    assert (near["right"], near["answers"], near["kind"]) == ([[]], [], "near")
