"""Entries of another bibliography are taken over, and none that is there is lost."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from qa.papers.bib_import import OUTCOMES, Known, Taken, taken_over
from qa.papers.bibliography import parse

OWLS = Known("a", PurePath("a.txt"), {"title": "[On owls, by night]"})
BATS = Known("b", PurePath("12/b.pdf"), {"title": "Bats", "doi": "10.1000/Bats"})
CATS = Known("c", PurePath("c.txt"), {"title": "c"})
OURS = "% mine\n@article{low,\n  title = {[On owls, by night]},\n  year = {2019},\n  file = {a.txt},\n}\n"


def take(other: str, text: str = OURS, replacing: bool = False) -> tuple[str, list[Taken]]:
    return taken_over(text, other, "other.bib", [OWLS, BATS, CATS], replacing)


def known(text: str, paper: Known) -> dict[str, str]:
    return parse(text, "").metadata_of(paper.file)


@pytest.mark.parametrize(
    ("entry", "paper"),
    [
        ("@misc{x, title = {Other}, year = {1}, file = {:files/9/c.txt:text/plain}}", CATS),
        ("@misc{x, title = {Other}, year = {1}, doi = {https://doi.org/10.1000/BATS}}", BATS),
        ("@misc{x, title = {On Owls -- by {Night}.}, year = {1}, doi = {10.1000/x}}", OWLS),
    ],
    ids=["file", "DOI", "title"],
)
def test_an_entry_is_that_of_a_paper(entry: str, paper: Known) -> None:
    text, (taken,) = take(entry, "")
    assert (taken.paper, taken.outcome) == (paper.id, "added")
    there = parse(entry, "")
    whole = there.whole(there.entries[0])
    assert known(text, paper) == {name: value for name, value in whole.items() if value} | {"key": "x"}


def test_the_entry_of_a_paper_gets_what_it_lacks_and_keeps_what_it_has() -> None:
    other = (
        '@string{j = {J Owls}}\n@article{z, title={On owls by night}, journal = j # " B", year=2020, note={N}, '
        "volume={3}}"
    )
    text, (taken,) = take(other)
    assert taken == Taken(
        "z", 2, "a", "completed", "now with journal, volume, note; kept as it was, though it differs: title, year"
    )
    more = "  file = {a.txt},\n  journal = {J Owls B},\n  volume = {3},\n  note = {N},\n"
    assert text == OURS.replace("  file = {a.txt},\n", more)
    assert take(other, text)[1][0].outcome == "already there"
    text, (taken,) = take(other, replacing=True)
    assert known(text, OWLS)["title"] == "On owls by night"
    assert known(text, OWLS)["year"] == "2020"
    assert text.startswith("% mine\n@article{low,\n")


def test_what_an_entry_has_of_others_comes_with_it() -> None:
    other = (
        "@string{s = {Series}}\n@proceedings{p, title = {Owls}, subtitle = {1999}, date = {1999-05}}\n"
        "@inproceedings{low, title = {Cats}, subtitle={A tale}, series = s, crossref = {p}, file = {c.txt}, "
        "month = may}"
    )
    text, (parent, taken) = take(other)
    assert (parent.outcome, taken.outcome) == ("no such paper", "added")
    assert text.startswith(OURS)
    found = known(text, CATS)
    assert found == {"title": "Cats: A tale", "booktitle": "Owls: 1999", "year": "1999", "key": found["key"]}
    assert found["key"] != "low"
    assert "series   " in text
    assert "crossref" not in text
    assert parse(text, "").faults == ()


def test_every_entry_is_accounted_for() -> None:
    other = (
        "@misc{one, title={Nobody has this}}\n@misc{two, title={T}, file={c.txt}}\n"
        "@misc{three, title={U}, file={c.txt}}\n"
        "@misc{four, title {x}}\n@misc{five, title={c}}\n"
    )
    text, taken = take(other)
    assert [(t.line, t.key, t.outcome) for t in taken] == [
        (1, "one", "no such paper"),
        (2, "two", "added"),
        (3, "three", "already there"),
        (4, "", "faulty"),
        (5, "five", "no such paper"),
    ]
    assert {t.outcome for t in taken} <= OUTCOMES.keys()
    assert known(text, CATS)["title"] == "T"


def test_a_title_that_two_papers_have_decides_nothing() -> None:
    twice = [OWLS, Known("d", PurePath("d.txt"), OWLS.metadata)]
    text, (taken,) = taken_over(OURS, "@misc{x, title={On owls, by night}}", "o", twice)
    assert (text, taken.outcome) == (OURS, "no such paper")
    assert "a, d" in taken.detail


def test_a_faulty_bibliography_of_our_own_is_not_lost_either() -> None:
    broken = OURS + "@misc{bad, title {X}}\n@misc{k, title={K}, file={k.txt}}\n"
    text, _ = take("@misc{x, title={Cats}, file={c.txt}}", broken)
    assert text.startswith(broken)
    assert known(text, CATS)["title"] == "Cats"


def test_two_thousand_entries_are_taken_over_at_once() -> None:
    papers = [Known(f"p{n}", PurePath(f"p{n}.pdf"), {"title": f"p{n}"}) for n in range(2000)]
    other = "".join(f"@article{{k{n}, title={{On owl number {n}}}, file={{p{n}.pdf}}}}\n" for n in range(2000))
    text, taken = taken_over("", other, "o", papers)
    assert [t.outcome for t in taken] == ["added"] * 2000
    assert parse(text, "").metadata_of(PurePath("p77.pdf"))["title"] == "On owl number 77"
