"""Which abbreviations are common, from what papers define."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.evaluation.sets.asked import AskedPaper
from qa.index import abbreviations as shipped
from qa.training import abbreviations
from qa.training.abbreviations import PAPERS, SHARE, common, text_of


def test_what_several_papers_define_is_common() -> None:
    few = [{"HR": "Heart rate", "XY": "Xylose"}] * (PAPERS - 1)
    assert common(few) == {}
    assert common([*few, {"HR": "heart rates"}]) == {"HR": ["heart rate"]}


def test_the_most_frequent_long_form_comes_first_and_a_rare_one_is_left_out() -> None:
    many = int(PAPERS / SHARE) + 1
    papers = [*[{"HR": "hazard ratio"}] * PAPERS, *[{"HR": "heart rate"}] * (PAPERS + 1)]
    assert common(papers) == {"HR": ["heart rate", "hazard ratio"]}
    assert common([*papers, *[{"HR": "heart rate"}] * many]) == {"HR": ["heart rate"]}


@pytest.mark.parametrize("short", ["ii", "αβ"])
def test_small_letters_and_foreign_ones_are_no_abbreviation(short: str) -> None:
    assert common([{short: "in it"}] * PAPERS) == {}


def test_no_definition_goes_beyond_a_paragraph() -> None:
    paper = AskedPaper("a", "A", ("One heart.", "A rate.", "(HR) rose."), ("", "", ""), (0, 0, 1))
    assert text_of(paper) == "One heart. A rate.\n(HR) rose."


def test_the_command_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paragraph = {"section": "", "sentences": ["The heart rate (HR) rose."]}
    rows = [{"id": str(n), "title": "A", "paragraphs": [paragraph]} for n in range(PAPERS)]
    with gzip.open(tmp_path / "papers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(abbreviations, "COMMON", tmp_path / "common.json")
    done = CliRunner().invoke(abbreviations.main, ["--library", str(tmp_path / "papers.jsonl.gz")])
    assert (done.exit_code, "is written: 1 abbreviations" in done.output) == (0, True)
    assert json.loads((tmp_path / "common.json").read_text("utf-8")) == {"HR": ["heart rate"]}


def test_those_that_are_shipped_are_read() -> None:
    assert shipped.common()["MRI"] == ["magnetic resonance imaging"]
