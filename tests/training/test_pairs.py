"""The encoder's rows: what answers is never among what does not."""

from __future__ import annotations

import itertools

import pytest

from qa.evaluation.sets.asked import Asked, AskedPaper, held_out
from qa.training import pairs
from qa.training.encoder_rows import Rows
from qa.training.papers import sentence_text

NAMES = (f"P{number}" for number in itertools.count())
LEARNT, KEPT = next(name for name in NAMES if not held_out(name)), next(name for name in NAMES if held_out(name))
OTHER = "other"


def paper(name: str, *sections: str) -> AskedPaper:
    """Each section has sentences separated by `|`."""
    flat = [
        (text, f"{number}. Part / Section {number}") for number, part in enumerate(sections) for text in part.split("|")
    ]
    sentences, names = zip(*flat, strict=True)
    return AskedPaper(name, f"Title of {name}", sentences, names, tuple(range(len(flat))))


STONES = paper(
    LEARNT,
    "Granite was given to ten men.|Basalt was given to twelve women.|Nobody was given marble.",
    "All ten men became warm.|Two women fell asleep.",
)
WATER = paper(OTHER, "Water was given to ten men in another town.|It rained.")


def question(text: str, *evidence: tuple[int, ...], tempting: tuple[int, ...] = (), of: str = LEARNT) -> Asked:
    return Asked(of, "factoid", text, evidence, "", tempting)


@pytest.fixture(scope="module")
def library() -> pairs.Library:
    return pairs.Library([STONES, WATER])


def rows_of(library: pairs.Library, *asked: Asked) -> dict[str, Rows]:
    return pairs.asked_rows(asked, {LEARNT: STONES, KEPT: paper(KEPT, "It is kept.|So is this.")}, library)


def test_a_row_has_what_answers_and_then_what_does_not(library: pairs.Library) -> None:
    rows = rows_of(library, question("Who was given granite?", (0,), tempting=(3,)))["asked sentences"]
    asked, right, first, second = rows[0]
    assert asked == "Who was given granite?"
    assert right == f"Title of {LEARNT}\nSection 0\nGranite was given to ten men."
    assert first.endswith("All ten men became warm."), "the tempting sentence comes first"
    assert "Granite" not in second


@pytest.mark.parametrize("text", [f"Who was given granite {n}?" for n in range(8)])
def test_no_sentence_of_the_evidence_is_a_negative(library: pairs.Library, text: str) -> None:
    rows = rows_of(library, question(text, (0,), (3, 1)))
    right = {sentence_text(STONES, number) for number in (0, 1, 3)}
    assert {row[1] for row in rows["asked sentences"]} == right
    for row in rows["asked sentences"]:
        assert right.isdisjoint(row[2:])


def test_half_of_the_second_negatives_are_of_another_paper(library: pairs.Library) -> None:
    asked = [question(f"Who was given granite, number {n}?", (0,)) for n in range(40)]
    titles = [row[3].split("\n")[0] for row in rows_of(library, *asked)["asked sentences"]]
    assert set(titles) == {f"Title of {LEARNT}", f"Title of {OTHER}"}


def test_a_passage_that_answers_is_never_a_negative(library: pairs.Library) -> None:
    asked = [question(f"Who was given granite, number {n}?", (0,)) for n in range(40)]
    rows = rows_of(library, *asked)["asked passages"]
    assert len({row[0] for row in rows}) == len(rows) > 40
    for _, right, *wrong in rows:
        assert "Granite was given" in right
        assert [text.split("\n")[0] for text in wrong] == [f"Title of {LEARNT}", f"Title of {OTHER}"]
        assert not any("Granite was given" in text for text in wrong)


def test_a_share_of_the_questions_is_typed_badly_too(library: pairs.Library) -> None:
    asked = [question(f"Who was given granite, number {n}?", (0,)) for n in range(200)]
    rows = rows_of(library, *asked)["asked sentences"]
    told = {item.question for item in asked}
    typed = [row for row in rows if row[0] not in told]
    assert len(rows) - len(typed) == 200
    assert abs(len(typed) / 200 - pairs.TYPED) < 0.1
    texts = {row[1:] for row in rows if row[0] in told}
    assert {row[1:] for row in typed} <= texts


def test_nothing_is_learnt_from_near_misses_and_papers_held_out(library: pairs.Library) -> None:
    asked = (question("Who was given marble and gold?"), question("What is kept?", (0,), of=KEPT))
    assert not any(rows_of(library, *asked).values())


def test_the_library_never_gives_the_questions_own_paper(library: pairs.Library) -> None:
    for name, other in ((LEARNT, OTHER), (OTHER, LEARNT)):
        assert library.nearest(["water", "granit"], name)[0].id == other
