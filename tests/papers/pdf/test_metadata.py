"""What a PDF says of itself is taken only where it is certain."""

from __future__ import annotations

import pytest

from qa.papers.pdf.metadata import doi_of, metadata_of
from tests.papers.pdf.drawing import BATS, LEFT, OWLS, TITLE, Drawing, titled


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("DOI 10.1007/s00265-015-1952-7", "10.1007/s00265-015-1952-7"),
        ("https://doi.org/10.1371/journal.PONE.0000001.", "10.1371/journal.pone.0000001"),
        ("see 10.1000/182, and doi:10.1186/1745-6215-16-2;", "10.1186/1745-6215-16-2"),
        ("(doi: 10.1016/S0140-6736(05)67889-1)", "10.1016/s0140-6736(05)67889-1"),
        ("doi:10.3389/\nfpsyg.2014.01582", "10.3389/fpsyg.2014.01582"),
        ("doi:10.1155/2013/123456Received 3 May 2013", "10.1155/2013/123456"),
        ("doi:10.1155/2013/123456.Received 3 May 2013", "10.1155/2013/123456"),
        ("DOI 10.1109/abcd.2010.49doi10.1109/abcd.2010.49", "10.1109/abcd.2010.49"),
        ("DOI 10.1109/abcd.2010.49DOI 10.1109/abcd.2010.49", "10.1109/abcd.2010.49"),
        ("10.1109/abcd.2010.4910.1109/abcd.2010.49", "10.1109/abcd.2010.49"),
        ("10.1109/abcd.2010.49DOI", "10.1109/abcd.2010.49"),
        ("10.1109/abcd.2010.49page 7", "10.1109/abcd.2010.49"),
        ("10.1093/annonc/mdy310Downloaded from wood.org", "10.1093/annonc/mdy310"),
        ("10.1016/j.owl.2019.07.015This is an open access article", "10.1016/j.owl.2019.07.015"),
        ("doi 10.1136/bmj.e1http://www.bmj.com", "10.1136/bmj.e1"),
        ("doi:10.1371/journal.pone.0000001.\nEditor: A. Owl", "10.1371/journal.pone.0000001"),
        ("https://doi.org/10.1098/rsos.\n150395 and", "10.1098/rsos.150395"),
        ("10.1103/PhysRevLett.105.012345", "10.1103/physrevlett.105.012345"),
        ("10.1002/14651858.CD000227.pub2", "10.1002/14651858.cd000227.pub2"),
        ("10.1007/978-3-642-doi-1", "10.1007/978-3-642-doi-1"),
        ("10.5555/12345678.1234Abc12", "10.5555/12345678.1234abc12"),
        ("version 10.1 of 2019/20", ""),
    ],
)
def test_a_doi_in_print(text: str, doi: str) -> None:
    assert doi_of(text) == doi


@pytest.mark.parametrize(
    ("first", "second", "doi"),
    [
        ("10.12688/f1000research.4767.1", "10.12688/f1000research.4767.2", "10.12688/f1000research.4767.2"),
        ("10.1109/abcd.2010.4", "10.1109/abcd.2010.5", "10.1109/abcd.2010.4"),
    ],
)
def test_of_the_versions_of_a_paper_the_last_is_meant(first: str, second: str, doi: str) -> None:
    drawing = paper()
    drawing.line(50, 116, f"First published: 12 Aug 2014 (doi: {first})", 8)
    drawing.line(50, 124, f"Latest published: 27 Jan 2015 (doi: {second})", 8)
    assert metadata(drawing)["doi"] == doi


def test_a_doi_that_is_printed_twice_at_one_place_is_read_once() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.text(LEFT, 130, 495, (OWLS + BATS) * 3)
    for _ in range(2):
        drawing.line(LEFT, 800, "DOI 10.1109/abcd.2010.49", 8)
        drawing.line(450, 800, "page 7", 8)
    assert metadata_of(drawing.reader(), drawing.pages())["doi"] == "10.1109/abcd.2010.49"


def paper(doi: str = "", title: str = "", author: str = "", line: str = "Anna Berger, Boris Novak") -> Drawing:
    drawing = Drawing()
    drawing.information(title, author)
    if doi:
        drawing.line(50, 30, f"J Dark Things 2019, 3:14  doi:{doi}", 8)
    drawing.line(50, 70, TITLE, 18, "B")
    drawing.line(50, 94, line)
    drawing.line(50, 106, "Received: 3 March 2018  Published online: 9 May 2019", 8)
    drawing.text(50, 140, 495, (OWLS + BATS) * 3)
    drawing.line(50, 500, "References", 12, "B")
    drawing.text(50, 520, 495, "1. Novak B: Bats of the coast. J Dark Things 1999, 2:3-9. doi:10.9999/other.1", 8)
    return drawing


def metadata(drawing: Drawing) -> dict[str, str]:
    return metadata_of(drawing.reader(), drawing.pages())


def test_what_is_printed_and_stated() -> None:
    found = metadata(paper("10.1234/Dark.5", "J-42 1..9", "Anna Berger and Boris Novak"))
    assert found == {
        "doi": "10.1234/dark.5",
        "title": TITLE,
        "author": "Anna Berger and Boris Novak",
        "year": "2019",
        "journal": "J Dark Things",
    }


def test_a_doi_in_a_reference_is_not_the_papers() -> None:
    assert "doi" not in metadata(paper())


@pytest.mark.parametrize("author", ["Anna Berger", "berger_a", "Anna Berger; Carl Xu", "User", ""])
def test_authors_that_the_page_does_not_bear_out_are_left_out(author: str) -> None:
    assert "author" not in metadata(paper(author=author, line="for Anna Berger, Boris Novak"))


def test_a_single_author_whose_name_stands_alone() -> None:
    assert metadata(paper(author="Anna Berger", line="Anna Berger"))["author"] == "Anna Berger"


def test_marks_behind_a_title_are_none_of_it() -> None:
    drawing = Drawing()
    x = drawing.line(LEFT, 70, TITLE, 18, "B")
    drawing.line(x, 70, "*", 18, "B")
    drawing.line(LEFT, 94, "Anna B. Berger, Boris C. Novak", 10)
    drawing.text(LEFT, 130, 495, OWLS * 3)
    assert metadata_of(drawing.reader(), drawing.pages())["title"] == TITLE
