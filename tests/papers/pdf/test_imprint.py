"""Year and journal are read from the lines in which journals cite their own papers, and left out elsewhere."""

from __future__ import annotations

import pytest

from qa.papers.pdf.imprint import Imprint, imprint_of
from qa.papers.pdf.metadata import doi_of, metadata_of
from qa.papers.pdf.pages import Page
from qa.types import Region, RegionKind
from tests.papers.pdf.drawing import LEFT, MOTHS, OWLS, TITLE, Drawing, two_columns


def page(*parts: tuple[RegionKind, str]) -> Page:
    text = ""
    regions: list[Region] = []
    for kind, words in parts:
        text += "\n\n" if text else ""
        regions.append(Region(len(text), len(text) + len(words), kind))
        text += words
    return Page(text, tuple(regions))


def imprint(
    *parts: tuple[RegionKind, str], title: str = TITLE, families: tuple[str, ...] = ("Brown", "Green")
) -> tuple[str, str]:
    found = imprint_of([page(("title", title), *parts, ("body", OWLS))], title, families)
    return found.year, found.journal


@pytest.mark.parametrize(
    ("line", "year", "journal"),
    [
        ("Behav Ecol Sociobiol (2015) 69:1383–1394", "2015", "Behav Ecol Sociobiol"),
        ("Brown et al. Owls 2015, 16:2", "2015", "Owls"),
        ("Brown and Green Owls (2015) 16:50", "2015", "Owls"),
        ("BMJ 2012;345:e1234 doi: 10.1136/bmj.e1234 (Published 3 May 2012) Page 1 of 9", "2012", "BMJ"),
        ("Brown A, et al. BMJ Open 2015;5:e006123. doi:10.1136/bmjopen-2014-006123", "2015", "BMJ Open"),
        ("JAMA. 2010;303(1):1-9", "2010", "JAMA"),
        ("J Night Med 2010 Mar;12(3):1-9", "2010", "J Night Med"),
        ("Lancet 2010; 376: 21–31", "2010", "Lancet"),
        ("n engl j med 363;1 nejm.org july 1, 2010", "2010", "N Engl J Med"),
        ("Int. J. Night Sci. 2013, 14, 1234-1256; doi:10.3390/ijns14011234", "2013", "Int. J. Night Sci."),
        ("Nucleic Owls Research, 2014, Vol. 42, No. 1 1–9", "2014", "Nucleic Owls Research"),
        ("Journal of Night, 2022, pp. 1–9", "2022", "Journal of Night"),
        ("Annals of Night 160 (2008), 17–46", "2008", "Annals of Night"),
        ("Int. J. Night 123 (2010) 1–9", "2010", "Int. J. Night"),
        ("Night 123, 1–5 (2010)", "2010", "Night"),
        ("Proceedings of Night Research 1:1–11, 2010", "2010", "Proceedings of Night Research"),
        ("Nightinformatics, 30(2), 2014, 1–9", "2014", "Nightinformatics"),
        ("IEEE TRANSACTIONS ON NIGHT FLIGHT, VOL. 12, NO. 3, MARCH 2010", "2010", "IEEE Transactions on Night Flight"),
        ("J. ACM, Vol. 37, No. 4, Article 111. Publication date: August 2018.", "2018", "J. ACM"),
        ("Archives of Night\n2014, Vol. 2, No. 1, 256–260", "2014", "Archives of Night"),
        ("Journal of Night Medicine\nVolume 2013, Article ID 123456, 9 pages", "2013", "Journal of Night Medicine"),
        (
            "Frontiers in Night\nwww.frontiersin.org\nJanuary 2015 | Volume 5 | Article 1582 | 1",
            "2015",
            "Frontiers in Night",
        ),
        ("PLOS ONE | www.plosone.org 1 January 2014 | Volume 9 | Issue 1 | e87654", "2014", "PLOS ONE"),
        ("www.thelancet.com Vol 376 July 3, 2010", "2010", ""),
        ("Proc. of the 9th Conference on Night Effects, Wood, September 18-20, 2006", "2006", ""),
        ("medRxiv preprint doi: 10.1101/2020.03; this version posted March 5, 2020.", "2020", "medRxiv"),
        ("arXiv:2501.10120v1 [cs.IR] 17 Jan 2025", "2025", ""),
        ("International Journal of Night", "", "International Journal of Night"),
        ("© BMJ Publishing Group Ltd 2015", "2015", ""),
        ("2015 The Authors. Published by the Owl Society", "2015", ""),
    ],
)
def test_a_head_that_cites_the_paper(line: str, year: str, journal: str) -> None:
    assert imprint(("head", line)) == (year, journal)


@pytest.mark.parametrize(
    "line",
    [
        "Groenenborgerlaan 171, 2020 Antwerpen",
        "Geneva 2015, 12",
        "Montreal, September 18-20, 2006",
        "Received 3 May 2010; accepted 4 June 2010",
        "The owls were published in 2004",
        "Copyright 2008-2020 Owl Society",
        "Draft version February 26, 2021",
        "How the Journal of Night was read",
        "Page 2 of 9",
    ],
)
def test_a_line_that_cites_nothing(line: str) -> None:
    assert imprint(("head", line)) == ("", "")


@pytest.mark.parametrize(
    ("citation", "year", "journal"),
    [
        ("Citation: Brown A, Green B (2014) {title}. PLoS ONE 9(1): e87654. doi:10.1371/x", "2014", "PLoS ONE"),
        ("Citation: Brown A and Green B (2014) {title}. Front. Night. 5:1582. doi: 10.3389/x", "2014", "Front. Night."),
        ("How to cite this article: Brown A. {title} [v2; indexed] Night 2015, 3:190", "2015", "Night"),
        (
            "Please cite this article as: Brown, A., Green, B., {title}, Journal of Night (2019), doi: 10.1016/x",
            "2019",
            "Journal of Night",
        ),
        (
            "ACM Reference Format: Ada Brown. 2018. {title}. J. ACM 37, 4, Article 111 (August 2018), 10 pages.",
            "2018",
            "J. ACM",
        ),
        ("Cite this article: Brown A et al. 2015 Another title. Night 2: 150395.", "2015", ""),
    ],
)
def test_a_line_on_how_to_cite(citation: str, year: str, journal: str) -> None:
    assert imprint(("authors", citation.format(title=TITLE))) == (year, journal)
    label, _, rest = citation.format(title=TITLE).partition(": ")
    assert imprint(("heading", f"{label}:"), ("authors", rest)) == (year, journal)


def test_the_journal_over_its_home_page() -> None:
    banner = (
        "Contents lists available at ScienceDirect\nJournal of Night\njournal homepage: www.elsevier.com/locate/night"
    )
    assert imprint(("head", banner), ("head", "J. Night 12 (2010) 1–9")) == ("2010", "Journal of Night")
    parts: list[tuple[RegionKind, str]] = [("head", line) for line in banner.split("\n")]
    assert imprint(*parts) == ("", "Journal of Night")


def test_a_journal_that_the_note_on_a_preprint_names() -> None:
    note = "This is a preprint of an article published in Night Journal, Volume 50, 346–363. Copyright © 2008 Owls."
    assert imprint(("footnote", note)) == ("2008", "Night Journal")


def test_the_citing_line_goes_before_the_copyright_and_what_is_published_online() -> None:
    online: tuple[RegionKind, str] = ("authors", "Published online: 20 December 2014\n© The Author(s) 2014")
    assert imprint(online) == ("2014", "")
    assert imprint(online, ("head", "J Night (2015) 69:1–9")) == ("2015", "J Night")


def test_a_citing_line_in_a_region_that_is_nothing_else() -> None:
    assert imprint(("other", "J Night (2015) 69:1–9")) == ("2015", "J Night")
    assert doi_of([page(("title", TITLE), ("other", "doi:10.1234/night.5"))]) == "10.1234/night.5"


def test_years_that_differ_are_left_out() -> None:
    assert imprint(("head", "Published: 3 May 2010\nPublished: 4 June 2011")) == ("", "")
    assert imprint(("head", "J Night 2010;1:2"), ("footnote", "J Bats 2012;3:4")) == ("", "J Night")


def test_a_copyright_within_prose_is_of_something_else() -> None:
    assert imprint(("body", "We used the program Roost. Copyright (C) 1998 the owls of Wood.")) == ("", "")
    assert imprint(("body", "© 1998 Owl Society. All rights reserved.")) == ("1998", "")


def test_heads_of_the_next_pages() -> None:
    pages = [page(("title", TITLE), ("body", OWLS)), page(("head", "384\nJ Night (2015) 69:383–394"), ("body", OWLS))]
    assert imprint_of(pages) == Imprint("2015", "J Night")
    reference = page(("reference", "1. Brown A: Owls. J Night 2010, 1:2"), ("body", "J Night 2010, 1:2"))
    assert imprint_of([pages[0], reference]) == Imprint()


def test_a_papers_own_words_are_no_journal() -> None:
    assert imprint(("head", "The Journal of Night Owls"), title="The Journal of Night Owls and its readers") == ("", "")


def test_year_and_journal_of_a_drawn_paper() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 30, "Journal of Night 12 (2010) 1-9", 8)
    drawing.line(LEFT, 60, TITLE, 18, "B")
    drawing.line(LEFT, 100, "Abstract", 11, "B")
    drawing.text(LEFT, 114, 495, MOTHS)
    drawing.line(LEFT, 180, "1. Introduction", 12, "B")
    two_columns(drawing, 200)
    found = metadata_of(drawing.reader(), drawing.pages())
    assert (found["year"], found["journal"]) == ("2010", "Journal of Night")
