"""Terms of one kind, and questions that their paper no longer answers."""

from __future__ import annotations

import pytest

from qa.evaluation import kinds
from qa.evaluation.swaps import Known, numbers_by_unit, swapped

DRUGS = ("lornoxicam", "meloxicam", "naproxen")
SCALES = ("WOMAC", "HADS", "UPDRS")


@pytest.fixture(scope="module")
def learnt() -> kinds.Kinds:
    """Drugs are given before surgery, scales are filled in at home."""
    sentences = [f"We gave {drug} before surgery to all." for drug in DRUGS] * 8
    sentences += [f"They filled the {scale} questionnaire at home." for scale in SCALES] * 8
    sentences += ["Nobody took ketorolac there."] * 7
    return kinds.learn(sentences)


def test_what_stands_between_the_same_words_is_of_one_kind(learnt: kinds.Kinds) -> None:
    like = learnt.like(["lornoxicam", "HADS", "ketorolac", "surgery"])
    assert set(like) == {"lornoxicam", "HADS"}  # the others are too rare, or no names
    assert sorted(like["lornoxicam"]) == ["meloxicam", "naproxen"]
    assert sorted(like["HADS"]) == ["UPDRS", "WOMAC"]


def test_a_name_that_the_paper_has_never_takes_a_place(learnt: kinds.Kinds) -> None:
    others = learnt.like(["lornoxicam"])
    question = "Was lornoxicam given early?"
    evidence = Known.of(["Lornoxicam was given at once."])
    assert swapped(question, evidence, Known.of(["Lornoxicam.", "Meloxicam."]), others) == "Was naproxen given early?"
    assert swapped(question, evidence, Known.of(["Lornoxicam, meloxicam, naproxen."]), others) is None


def test_a_name_that_is_not_in_the_evidence_stays(learnt: kinds.Kinds) -> None:
    others = learnt.like(["lornoxicam"])
    assert swapped("Was lornoxicam given early?", Known.of(["It was given at once."]), Known.of([]), others) is None


def test_numbers_are_exchanged_for_near_ones_of_their_unit() -> None:
    others = numbers_by_unit(["After 20 days, or 30 days?", "In 10 days?", "At 400 days and 35 months?"])
    assert others == {"days": ["20", "30", "10", "400"], "months": ["35"]}
    paper = Known.of(["They stayed for 20 days."])
    # 10 may be written as a word, 400 is too far, months are no days
    assert swapped("How many left after 20 days?", paper, paper, others) == "How many left after 30 days?"
    assert swapped("How many left after 21 days?", paper, paper, others) is None


def test_a_number_without_a_unit_stays() -> None:
    assert numbers_by_unit(["Of 20 or 30?", "In 1999?", "At 2.5 mg or 7%?"]) == {"mg": ["2.5"], "%": ["7"]}
