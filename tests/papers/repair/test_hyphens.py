"""Whether a hyphen stays: the paper's own spelling first, then how frequent the words are in English."""

from __future__ import annotations

from collections import Counter

import pytest

from qa.papers.repair.hyphens import hyphen_stays, words_within_lines

GO = """
    main-tenance ex-perienced dis-ease re-currence ma-crophage patho-genesis chil-dren infec-tion litera-ture tu-mor
    immuno-globulin pneumo-thorax hepato-cyte phago-cytosis under-lying out-come over-all base-line
    with-in through-out more-over there-by
    her-self im-plant de-scribed pre-vious re-moved un-known co-operate inter-action micro-scope anti-body
    air-way still-birth cardio-gram photo-graph blood-stream eye-lid life-span heart-beat cardio-vascular
    car-boplatin yellow-ish thera-py gen-eral pa-tients mon-itored can-cer be-fore to-gether
""".split()
STAY = """
    22-year-old 5-month-old follow-up well-known double-blind drug-resistant self-reported short-term first-line
    long-acting high-grade low-dose side-effect half-life T-cell B-cells X-ray C-reactive PAX3-FKHR BCR-ABL IL-6 10-20
    24-hour age-matched wild-type one-third Epstein-Barr anti-HER2 long-term real-time part-time full-time
    self-esteem soft-tissue large-scale cost-effective cardio-renal
    mother-in-law year-old check-up e-mail
""".split()


@pytest.mark.parametrize("word", GO)
def test_a_hyphen_in_a_word_goes(word: str) -> None:
    before, after = word.rsplit("-", 1)
    assert not hyphen_stays(before, after, {})


@pytest.mark.parametrize("word", STAY)
def test_a_hyphen_of_a_compound_stays(word: str) -> None:
    before, after = word.rsplit("-", 1)
    assert hyphen_stays(before, after, {})


@pytest.mark.parametrize(
    ("before", "after", "text", "stays"),
    [
        ("well", "known", "Wellknown facts.", False),
        ("main", "tenance", "The main-tenance of it.", True),
        ("pre", "term", "pre-term, preterm and preterm again", False),
        ("pre", "term", "Pre-term, PRE-TERM and preterm", True),
        ("follow", "up", "followup, follow-up", True),
        ("anti-in", "flammatory", "in-flammatory", True),
        ("cross", "section-wise", "crosssection crosssection", False),
        ("papain", "like", "", True),
        ("hairpin", "loops", "A hairpin has loops.", True),
        ("hairpin", "loops", "A hair-\npin has loo-\nps.", False),
        ("inhalation", "al", "By inhalation, as Low et al. have it.", False),
        ("immuno", "globulin", "Of immuno and globulin", False),
        ("invasive", "ness", "", False),
    ],
)
def test_the_papers_own_words_decide(before: str, after: str, text: str, stays: bool) -> None:
    assert hyphen_stays(before, after, words_within_lines(text)) is stays


@pytest.mark.parametrize(
    ("before", "after"), [("", "cells"), ("type", ""), ("2", "cells"), ("cell", "Types"), ("a", "1")]
)
def test_what_is_no_syllable_keeps_its_hyphen(before: str, after: str) -> None:
    joined = words_within_lines(f"{before}{after} " * 9)
    assert hyphen_stays(before, after, joined)


def test_words_are_counted_in_lower_case_with_their_hyphens_and_without_digits() -> None:
    counted = words_within_lines("Pre-term lambs, preterm Lambs: re-\nterm 5-year_old Öl")
    assert counted == Counter("pre-term lambs preterm lambs year old öl".split())
