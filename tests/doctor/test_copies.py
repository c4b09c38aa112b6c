"""Two versions of one paper are found, and different papers are not taken for one."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence

import pytest

from qa.doctor.copies import SHARED, alike, runs_of
from tests.conftest import ROOT

TEXTS = [path.read_text("utf-8") for path in sorted((ROOT / "corpus").glob("*.txt"))]


def changed(text: str, share: float) -> str:
    """The text with a share of its words replaced by others."""
    chance = random.Random(7)
    return " ".join(
        "".join(chance.choices(string.ascii_lowercase, k=6)) if chance.random() < share else word
        for word in text.split()
    )


def few_words_changed(text: str) -> str:
    return changed(text, 0.05)


def abstract_with_changes(text: str) -> str:
    return changed(text[1000:3000], 0.05)


def other_title_page(text: str) -> str:
    return changed(text[:1500], 1) + text[1500:]


def other_signs(text: str) -> str:
    """As another program extracts it: other quotation marks and dashes, other lines, other case."""
    return text.upper().replace("-", "\u2013").replace('"', "\u201d").replace("'", "\u2019").replace(".", " .\n")


@pytest.mark.parametrize("version", [few_words_changed, abstract_with_changes, other_title_page, other_signs])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_another_version_is_found(text: str, version: Callable[[str], str]) -> None:
    other = version(text)
    (pair,) = alike([runs_of([one]) for one in (*TEXTS, other)])
    assert {pair.longer, pair.shorter} == {TEXTS.index(text), len(TEXTS)}
    assert pair.shorter == len(TEXTS) or version is not abstract_with_changes
    assert SHARED <= pair.shared <= 1


def test_different_papers_are_none() -> None:
    assert alike([runs_of([text]) for text in TEXTS]) == []
    assert alike([]) == []
    assert alike([runs_of([])] * 3) == []


def sentences(chance: random.Random, count: int) -> list[str]:
    return [" ".join("".join(chance.choices("abcdefgh", k=5)) for _ in range(15)) for _ in range(count)]


def test_what_many_papers_say_counts_for_none() -> None:
    chance = random.Random(1)
    everybody: Sequence[str] = sentences(chance, 60)
    papers = [runs_of([*everybody, *sentences(chance, 40)]) for _ in range(12)]
    assert alike(papers) == []
    assert len(alike(papers[:2])) == 1


def test_a_short_text_is_not_judged() -> None:
    text = "We thank all patients and their families for taking part in this trial of ours."
    assert alike([runs_of([text]), runs_of([text])]) == []


def test_most_alike_come_first() -> None:
    text = TEXTS[0]
    pairs = alike([runs_of([one]) for one in (changed(text, 0.08), text, text)])
    assert (pairs[0].longer, pairs[0].shorter) == (1, 2)
    assert [pair.shared for pair in pairs] == sorted((pair.shared for pair in pairs), reverse=True)
    assert len(pairs) == 3
