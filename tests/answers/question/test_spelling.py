"""Slips of the pen are undone, and a name that the papers lack never becomes one that they have."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import top_n_list

from qa.answers.question.spelling import Spelling, is_slip
from qa.config import IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.training.slips import slipped
from qa.types import corrected
from tests.conftest import FakeEncoder

NAMES = (
    "pazopanib nilotinib palbociclib prednisolone tocilizumab adalimumab clonazepam hydroxychloroquine cysteamine "
    "methotrexate rhabdomyosarcoma osteosarcoma leishmaniasis cryptococcosis thrombocytopenia pheochromocytoma"
).split()
OTHERS = "treatment children patients connection trail form stage adrenaline tensions simethicone Wilms".split()
REAL = (
    "dasatinib nintedanib lenvatinib ribociclib abemaciclib prednisone sarilumab dupilumab tivozanib clonazolam "
    "cloxazolam adrenalone connectin tensins methoxamine certolizumab imatinib bosutinib hydroxyurea "
    "pralatrexate osteosarcomatosis leiomyosarcoma cryptosporidiosis thrombocythaemia stago"
).split()
"""Real names, most of them so new or rare that wordfreq lacks them; some are one or two letters away from a name above,
or share its beginning or its end."""


@pytest.fixture(scope="module")
def spelling(tmp_path_factory: pytest.TempPathFactory) -> Spelling:
    folder = tmp_path_factory.mktemp("corpus")
    words = [*NAMES, *OTHERS]
    text = " ".join(f"We saw {word} in one case. Then we saw {word} again." for word in words)
    (folder / "names.txt").write_text(f"Results\n\n{text}\n", "utf-8")
    return Spelling(build(sources_in(folder), IndexSettings(), FakeEncoder()))


@pytest.mark.parametrize(
    ("question", "understood", "corrections"),
    [
        ("wat is the dose of pazopanb?", "wat is the dose of pazopanib?", [("pazopanb", "pazopanib")]),
        ("Pazopanb, which dose", "Pazopanib, which dose", [("Pazopanb", "Pazopanib")]),
        ("treatmnt  of (chldren)!", "treatment  of (children)!", [("treatmnt", "treatment"), ("chldren", "children")]),
        ("wilmms?", "Wilms?", [("wilmms", "Wilms")]),
        ("pazopanb or PAZOPANB or pazoPanb", "pazopanib or PAZOPANB or pazoPanb", [("pazopanb", "pazopanib")]),
        ("pazopanb-2, anti-pazopanb, pazopanb/x, a@pazopanb.org", None, []),
        ("wat hw teh recieve cd20 dosse", None, []),
        ("wich dose of pazopanb?", "which dose of pazopanib?", [("wich", "which"), ("pazopanb", "pazopanib")]),
        ("Whta  is it", "What  is it", [("Whta", "What")]),
        ("wher is it", "where is it", [("wher", "where")]),
        ("hwo is it", None, []),  # how or who
        ("wich", None, []),
        ("In wich trial", None, []),
        ("", None, []),
    ],
)
def test_a_slip_is_undone_and_all_else_stays(
    spelling: Spelling, question: str, understood: str | None, corrections: list[tuple[str, str]]
) -> None:
    found, pairs = spelling.mended(question)
    assert (found, list(pairs)) == (question if understood is None else understood, corrections)


@pytest.mark.parametrize("name", REAL)
def test_a_real_name_never_becomes_another(spelling: Spelling, name: str) -> None:
    assert spelling.mended(f"What dose of {name} was given?")[1] == ()
    assert spelling.mended(f"{name.capitalize()} dose")[1] == ()


@given(st.sampled_from([*NAMES, *OTHERS]), st.sampled_from(["", "s", "'s"]), st.booleans())
def test_a_word_that_the_index_knows_is_never_corrected(
    spelling: Spelling, word: str, ending: str, capital: bool
) -> None:
    several = ending if ending == "'s" or not word.endswith("s") else ""
    question = f"Is {word.capitalize() if capital else word}{several} safe?"
    assert spelling.mended(question) == (question, ())


@given(st.sampled_from(top_n_list("en", 20_000)))
def test_a_word_that_english_knows_is_never_corrected(spelling: Spelling, word: str) -> None:
    assert spelling.mended(word) == (word, ())


@given(st.text(st.sampled_from("aeinopstz AP.,-'2")) | st.text())
def test_what_was_understood_is_the_question_with_its_corrections(spelling: Spelling, question: str) -> None:
    found, pairs = spelling.mended(question)
    assert found == (corrected(question, pairs) if pairs else question)


def test_most_slips_in_names_are_undone_and_none_into_another_name(spelling: Spelling) -> None:
    found = [
        (name, spelling.mended(typed)[0])
        for name in NAMES
        for seed in range(40)
        if (typed := slipped(name, str(seed))) != name and not spelling.knows(typed)
    ]
    right = sum(name == understood for name, understood in found)
    assert right > 0.6 * len(found)
    assert not [pair for pair in found if pair[0] != pair[1] and pair[1] in {*NAMES, *OTHERS}]


def test_one_slip_is_undone_and_not_two() -> None:
    assert is_slip("prednisoloen", "prednisolone")
    assert not is_slip("prednisone", "prednisolone")
    assert not is_slip("prednosiloen", "prednisolone")


@given(st.text("abcdeinos", min_size=6, max_size=12), st.text("abcdeinos", min_size=6, max_size=12))
def test_words_that_are_no_slip_apart_are_told_apart(one: str, other: str) -> None:
    if is_slip(f"x{one}", f"x{other}"):
        assert abs(len(one) - len(other)) <= 1
        assert sorted(one) == sorted(other) or len(set(one) ^ set(other)) <= 2


def test_of_two_words_that_may_be_meant_neither_is(tmp_path: Path) -> None:
    def understood(text: str) -> str:
        (tmp_path / "paper.txt").write_text(text, "utf-8")
        return Spelling(build(sources_in(tmp_path), IndexSettings(), FakeEncoder())).mended("morplate")[0]

    rarely, often = "It was morpolate. The morpolate. ", "It was mortplate. The mortplate. "
    assert understood(rarely) == "morpolate"
    assert understood(rarely + often) == "morplate"
    assert understood(rarely * 6 + often) == "morpolate"


def test_a_word_that_is_itself_a_slip_of_the_papers_is_no_correction(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text("It was morpolate.", "utf-8")
    assert Spelling(build(sources_in(tmp_path), IndexSettings(), FakeEncoder())).mended("morplate")[1] == ()


def test_an_index_of_few_words_has_a_spelling(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text("1 2 3.", "utf-8")
    spelling = Spelling(build(sources_in(tmp_path), IndexSettings(), FakeEncoder()))
    assert spelling.mended("pazopanb?") == ("pazopanb?", ())


def test_slips_by_chance_are_slips() -> None:
    choice = random.Random(1)
    for _ in range(200):
        word = "".join(choice.sample("abcdefghijklm", 9))
        at = choice.randrange(1, 5)
        assert is_slip(word[:at] + word[at + 1 :], word)
        assert is_slip(word[:at] + word[at] + word[at:], word)
        assert is_slip(word[:at] + word[at + 1] + word[at] + word[at + 2 :], word)
