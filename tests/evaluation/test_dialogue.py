"""Conversations and comparisons: how they are held, and figures that a person counts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.evaluation import calibrate
from qa.evaluation import dialogue as command
from qa.evaluation.sets import asked, talk
from qa.index import library
from qa.types import QuestionSetError
from tests.conftest import FakeEncoder, calibration

STONES = ["Basalt cools quickly from lava.", "Granite is hard.", "Marble was limestone once."]
FRUIT = ["Apples are red.", "Pears ripened in nine weeks."]
TURNS = [
    {"question": "basalt cools lava?", "standalone": "basalt cools lava?", "kind": "first", "evidence": [[0]]},
    {"question": "and granite hard?", "standalone": "granite hard?", "kind": "swap", "evidence": [[1]]},
    {"question": "marble limestone once?", "standalone": "marble limestone?", "kind": "new", "evidence": [[2]]},
    {"question": "which zebra?", "standalone": "which zebra?", "kind": "new", "evidence": []},
]
SIDES = [
    {"name": "basalt", "paper": "stones", "evidence": [[0]]},
    {"name": "pears", "paper": "fruit", "evidence": [[1]]},
]


def packed(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def paper(name: str, sentences: list[str]) -> dict[str, object]:
    return {"id": name, "title": f"About {name}", "paragraphs": [{"section": "", "sentences": sentences}]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A conversation on one paper of `dev`, and a comparison of it with a paper of `train`."""
    folder = tmp_path / "data"
    folder.mkdir()
    packed(folder / "dev_papers.jsonl.gz", [paper("stones", STONES)])
    packed(folder / "train_papers.jsonl.gz", [paper("fruit", FRUIT), paper("other", ["Zebras sleep."])])
    (folder / "dev_turns.jsonl").write_text(json.dumps({"paper": "stones", "turns": TURNS}) + "\n", "utf-8")
    question = "Does basalt cool from lava, and did pears ripen in weeks?"
    comparison = {"question": question, "kind": "two-papers", "sides": SIDES}
    (folder / "dev_sides.jsonl").write_text(json.dumps(comparison) + "\n", "utf-8")
    return folder


@pytest.fixture
def models_faked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (library, models, calibrate):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    monkeypatch.setattr(models, "cross_encoder_of", lambda settings: None)


def measured(data: Path, *arguments: object) -> tuple[str, dict[str, Any]]:
    output = data.parent / "found.json"
    call = ["--data", data, "--work", data.parent / "work", "--output", output, *arguments]
    done = CliRunner().invoke(command.main, list(map(str, call)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output, json.loads(output.read_text("utf-8"))


@pytest.mark.usefixtures("models_faked")
def test_turns_are_asked_in_order_and_scored_by_kind(data: Path) -> None:
    printed, found = measured(data)
    assert found["format"] == command.FORMAT
    swap, new, lacking = found["later turns, all papers"]
    assert swap["turns"] == ["basalt cools lava?"]
    assert lacking["turns"] == [turn["question"] for turn in TURNS[:3]]
    assert new["scores"]["passages 1"] == new["scores"]["passages 1, standalone"] == new["scores"]["passages 1, alone"]
    assert "best sentence, alone" not in swap["scores"]
    assert set(lacking["scores"]) == {
        "answered wrongly",
        "answered wrongly, standalone",
        "answered wrongly, alone",
        "repeated",
    }
    [first] = found["first turns, own paper"]
    assert first["scores"]["best sentence"] == first["scores"]["answer"] == 1
    assert "later turns, own paper: 3" in printed


@pytest.mark.usefixtures("models_faked")
def test_both_sides_of_a_comparison_are_looked_for(data: Path) -> None:
    _, found = measured(data, "--no-bound")
    [row] = found["comparisons"]
    assert row["scores"]["sides in passages 10"] == row["scores"]["sides in the answer"] == 1
    assert row["scores"]["one side in the answer"] == 1
    assert not any("standalone" in name for row in found["later turns, all papers"] for name in row["scores"])


@pytest.mark.usefixtures("models_faked")
def test_two_runs_are_compared_turn_by_turn(data: Path) -> None:
    measured(data)
    printed, _ = measured(data, "--baseline", data.parent / "found.json", "--no-bound")
    assert "paired, later turns, own paper" in printed
    assert "+0.000 to +0.000" in printed


def test_evidence_is_the_sentence_of_the_paper(data: Path) -> None:
    papers = asked.load_papers(data / "dev_papers.jsonl.gz")
    [conversation] = talk.load_conversations(data / "dev_turns.jsonl", papers)
    raw = asked.raw_of(papers["stones"])[0]
    spans = [turn.evidence[0][0].span for turn in conversation.turns[:3]]
    assert [raw[span.start : span.end] for span in spans] == STONES
    assert conversation.turns[3].evidence == ()
    assert talk.papers_named(data / "dev_sides.jsonl") == {"stones", "fruit"}


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"none\.jsonl cannot be read"):
        talk.load_comparisons(tmp_path / "none.jsonl", {})
