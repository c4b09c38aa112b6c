"""The set `asked`: how it is asked, measured and compared; figures by paper against their formulas, written out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from qa.answers import assistant as assistants
from qa.answers import calibration as calibrations
from qa.answers import models
from qa.evaluation import asked as command
from qa.evaluation import calibrate, clusters
from qa.evaluation.sets import asked, named
from qa.index import library
from qa.types import nobody
from tests.conftest import FakeEncoder, calibration

STONES = [
    {"section": "Results / Stones", "sentences": ["Basalt cools quickly from lava.", "Granite is hard."]},
    {"section": "Discussion", "sentences": ["Marble was limestone once.", "It is white."]},
]
FRUIT = [{"section": "Results", "sentences": ["Apples are red.", "Pears ripened in nine weeks."]}]


def packed(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def paper(name: str, paragraphs: object) -> dict[str, object]:
    return {"id": name, "doi": f"10.1/{name}", "title": f"About {name}", "paragraphs": paragraphs}


def question(name: str, kind: str, text: str, *evidence: list[int]) -> dict[str, object]:
    return {
        "paper": name,
        "kind": kind,
        "question": text,
        "evidence": list(evidence),
        "words": "",
        "tempting": [],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two papers, with a question for a sentence, one for two sentences or another, and a near miss on each."""
    folder = tmp_path / "data"
    packed(folder / "dev_papers.jsonl.gz", [paper("stones", STONES), paper("fruit", FRUIT)])
    packed(
        folder / "dev_questions.jsonl.gz",
        [
            question("stones", "factoid", "Which basalt cools from lava?", [0]),
            question("stones", "near", "Which zinc was mined?"),
            question("fruit", "lay", "How long until pears ripened?", [0, 1], [1]),
            question("fruit", "near", "Which kiwi was frozen?"),
        ],
    )
    others = [paper(f"other{n}", [{"section": "", "sentences": [f"Zebra number {n} sleeps."]}]) for n in range(4)]
    packed(folder / "library.jsonl.gz", [paper("stones", STONES), *others])
    return folder


@pytest.fixture
def models_faked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (library, models, calibrate):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    monkeypatch.setattr(models, "cross_encoder_of", lambda settings: None)
    monkeypatch.setattr(command, "cross_encoder_of", lambda settings: None)


@pytest.mark.usefixtures("models_faked")
def test_a_set_is_asked_of_all_papers_or_of_each_its_own(data: Path, tmp_path: Path) -> None:
    everywhere, index = named.prepare("asked", data, None, tmp_path / "work", nobody)
    alone, same = named.prepare("asked-own", data, None, tmp_path / "work", nobody)
    assert index == same
    assert [q.documents for q in everywhere] == [()] * 4
    assert [q.documents for q in alone] == [("stones",), ("stones",), ("fruit",), ("fruit",)]
    assert [q.id for q in named.prepare("asked", data, 2, tmp_path / "work", nobody)[0]] == ["stones-1", "fruit-3"]
    raw, spans = asked.raw_of(asked.load_papers(data / "dev_papers.jsonl.gz")["fruit"])
    assert [raw[item.span.start : item.span.end] for items in alone[2].evidence for item in items] == [
        "Apples are red.",
        "Pears ripened in nine weeks.",
        "Pears ripened in nine weeks.",
    ]
    assert len(spans) == 2
    assert assistants.store.current_generation(index)


def measured(data: Path, *arguments: object) -> tuple[str, dict[str, Any]]:
    output = data.parent / "found.json"
    call = ["--data", data, "--work", data.parent / "work", "--output", output, *arguments]
    done = CliRunner().invoke(command.main, list(map(str, call)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output, json.loads(output.read_text("utf-8"))


@pytest.mark.usefixtures("models_faked")
def test_figures_are_those_that_a_person_counts(data: Path) -> None:
    printed, found = measured(data)
    assert list(found["kinds"]) == ["all", "factoid", "lay"]
    assert set(found["kinds"]["all"]) == command.MEANINGS.keys()
    every = {name: figure["value"] for name, figure in found["kinds"]["all"].items()}
    assert every["hybrid 20"] == every["three passages"] == every["auroc"] == every["auroc own"] == 1
    first, near, lay, _ = found["questions"]
    assert first["answer"][0] == "Basalt cools quickly from lava."
    assert first["scores"]["first sentence"] == first["scores"]["answer"] == 1
    assert lay["scores"]["sentences"] == len(lay["answer"])
    assert near["scores"] == {}
    assert near["confidence"] < first["confidence"]
    assert "first sentence" in printed
    answered = [row for row in found["questions"] if row["answered"]]
    wrong = [1 - row["scores"].get("answer", 0) for row in answered]
    assert every["wrong quotes"] == np.mean(wrong)
    assert every["near answered"] == np.mean([row["answered"] for row in found["questions"] if not row["answerable"]])


@pytest.mark.usefixtures("models_faked")
def test_other_papers_are_asked_too_and_a_smaller_choice_is_part_of_a_larger(data: Path) -> None:
    file = data / "library.jsonl.gz"
    few, many = (set(command.corpus_of(command.Wanted(data, data, library=file, papers=papers))) for papers in (3, 5))
    assert {"stones", "fruit"} < few < many
    assert (len(few), len(many)) == (3, 5)
    assert measured(data, "--library", file, "--papers", 4)[1]["papers"] == 4


@pytest.mark.usefixtures("models_faked")
def test_without_a_calibration_there_is_no_confidence(data: Path) -> None:
    found = measured(data, "--encoder", "another")[1]
    assert {row["confidence"] for row in found["questions"]} == {None}
    assert not {"auroc", "answered", "wrong quotes"} & found["kinds"]["all"].keys()
    assert found["kinds"]["all"]["three passages"]["n"] == 2


@pytest.mark.usefixtures("models_faked")
def test_a_run_is_compared_with_an_earlier_one(data: Path, tmp_path: Path) -> None:
    _, found = measured(data)
    for row in found["questions"]:
        row["scores"] = dict.fromkeys(row["scores"], 0.0)
    found["questions"].append(found["questions"][0] | {"id": "gone"})
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(found), "utf-8")
    printed, _ = measured(data, "--baseline", earlier)
    line = next(line for line in printed.splitlines() if line.startswith("three passages") and " all " in line)
    assert line.split() == ["three", "passages", "all", "2", "0.000", "1.000", "+1.000", "to", "+1.000", "0.500"]
    earlier.write_text("{}", "utf-8")
    done = CliRunner().invoke(command.main, ["--data", str(data), "--baseline", str(earlier)])
    assert done.exit_code == 1
    assert "is no result file" in done.output


def test_an_interval_by_paper_is_wider_than_one_by_question() -> None:
    alike = [(name, float(name < "f")) for name in "abcdefghij" for _ in range(20)]
    mixed = [(name, float(n < 10)) for name in "abcdefghij" for n in range(20)]
    found, other = clusters.mean(alike).figure, clusters.mean(mixed).figure
    assert found.value == other.value == 0.5
    assert found.high - found.low > 0.4
    assert other.low == other.high == 0.5


def test_separation_by_paper_is_that_of_the_drawn_papers() -> None:
    right, wrong = [("a", 0.9), ("a", 0.4), ("b", 0.5)], [("a", 0.5), ("b", 0.3), ("c", 0.95)]
    found = clusters.auroc(right, wrong)
    assert found.value == pytest.approx(sum([1, 1, 0, 0, 1, 0, 0.5, 1, 0]) / 9)
    draws = np.random.default_rng(clusters.SEED).multinomial(3, [1 / 3] * 3, clusters.RESAMPLES)
    for drawn, value in zip(draws[:50], found.resampled[:50], strict=True):
        many = dict(zip("abc", drawn, strict=True))
        rights, wrongs = ([v for paper, v in some for _ in range(many[paper])] for some in (right, wrong))
        wins = [(r > w) + 0.5 * (r == w) for r in rights for w in wrongs]
        assert value == pytest.approx(np.mean(wins)) if wins else np.isnan(value)


def test_a_difference_is_paired() -> None:
    before = [(str(n), float(n % 2)) for n in range(40)]
    after = [(name, min(1.0, value + (int(name) < 4))) for name, value in before]
    change = (clusters.mean(after) - clusters.mean(before)).figure
    assert change.value == pytest.approx(0.05)
    assert 0 <= change.low < change.value < change.high < 0.2
    assert clusters.chance(before, before) == 1
    assert clusters.chance(before, after) == pytest.approx(0.5, abs=0.02)
