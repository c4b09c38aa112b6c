"""Citations and references are read back by the libraries that reference managers and writers use."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
import rispy
from bibtexparser import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import Entry
from markdown_it import MarkdownIt

from qa.papers.markup import plain
from qa.userdata import references
from qa.userdata.persons import persons

HOSTILE = "{Hostile} \\input{x} 50% & $x$ #1 ~ _ \"q\" β é — <b> @comment{ ER  - \u202eabc ``l'' 漢字"
VISIBLE = HOSTILE.replace("\u202e", " ").replace("  ", " ")


def quote(document: str = "a", title: str = "T", **metadata: str) -> dict[str, Any]:
    return {
        "document": document,
        "title": title,
        "section": "Results",
        "text": "Five *per* cent_ [1] & 50% <b>.",
        "page": None,
        "page_label": None,
        "lines": [7, 9],
        "metadata": metadata,
    }


def bibtex(*quotes: dict[str, Any]) -> list[Entry]:
    library = parse_string(references.as_bibtex(quotes), append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    return list(library.entries)


def ris(*quotes: dict[str, Any]) -> list[dict[str, Any]]:
    return list(rispy.loads(references.as_ris(quotes)))


def test_each_paper_is_named_once_with_all_that_is_known() -> None:
    known = {"key": "b2020", "author": "Bär, Öl and Cue, D.", "journal": "J & K", "year": "2020", "volume": "3",
             "pages": "5–9", "doi": "10.1/x_y"}  # fmt: skip
    (entry,) = bibtex(quote(**known), quote(**known))
    assert (entry.entry_type, entry.key) == ("article", "b2020")
    assert {field.key: field.value for field in entry.fields} == {
        "title": "T", "author": "Bär, Öl and Cue, D.", "journal": "J & K", "year": "2020", "volume": "3",
        "pages": "5–9", "doi": "10.1/x_y"}  # fmt: skip
    assert references.as_ris([quote(**known)]).startswith("TY  - JOUR\n")
    (row,) = ris(quote(**known), quote(**known))
    assert row["authors"] == ["Bär, Öl", "Cue, D."]
    assert (row["start_page"], row["end_page"], row["doi"], row["year"]) == ("5", "9", "10.1/x_y", "2020")


def test_what_is_missing_is_left_out() -> None:
    (entry,) = bibtex(quote("a paper"))
    assert (entry.entry_type, [field.key for field in entry.fields]) == ("misc", ["title"])
    assert entry.key == references.citation_key(quote("a paper"))
    assert ris(quote("a paper")) == [{"type_of_reference": "GEN", "title": "T"}]


def test_others_are_nobody() -> None:
    (row,) = ris(quote(author="Mand and others"))
    assert row["authors"] == ["Mand"]
    assert "authors" not in ris(quote(author="others"))[0]
    assert ris(quote(author="Mand, X. et al."))[0]["authors"] == ["Mand, X."]
    (entry,) = bibtex(quote(author="Mand and others"))
    assert entry["author"] == "Mand and others"
    assert "author" not in bibtex(quote(author="others"))[0].fields_dict


@pytest.mark.parametrize("name", ["World Health Organization", "{Simon and Schuster}", "EORTC Sarcoma Group"])
def test_an_organisation_is_one_name(name: str) -> None:
    bare = name.strip("{}")
    authors = f"Müller, Jörg and {name}"
    assert ris(quote(author=authors))[0]["authors"] == ["Müller, Jörg", bare]
    written = references.as_bibtex([quote(author=authors)])
    assert f"and {{{bare}}}" in written
    assert references.byline(quote(author=authors, year="2019")) == f"Müller and {bare} 2019"


def test_names_are_given_as_reference_managers_want_them() -> None:
    authors = "Ludwig van Beethoven and O'Neil, Jr, P.-J. and 李 小龙 and Plato"
    wanted = ["van Beethoven, Ludwig", "O'Neil, P.-J., Jr", "小龙, 李", "Plato"]
    assert ris(quote(author=authors))[0]["authors"] == wanted
    again = bibtex(quote(author=authors))[0]["author"]
    assert [one.last_first for one in persons(again)[0]] == wanted


@pytest.mark.parametrize(
    "authors", ["x { y and z", "x } and y", "and", ", and ,", "{} and {}", "a, b, c, d, e", "\x00"]
)
def test_broken_lists_of_authors_break_no_file(authors: str) -> None:
    assert len(bibtex(quote(author=authors), quote("b"))) == 2
    assert len(ris(quote(author=authors), quote("b"))) == 2
    assert references.byline(quote(author=authors))


@pytest.mark.parametrize(
    ("pages", "written", "first", "last"),
    [
        ("89--92", "89--92", "89", "92"),
        ("89–92", "89--92", "89", "92"),
        ("89-92", "89--92", "89", "92"),
        ("e12 – e15", "e12--e15", "e12", "e15"),
        ("S-12", "S-12", "S-12", None),
        ("4711", "4711", "4711", None),
    ],
)
def test_a_range_of_pages_has_two_hyphens(pages: str, written: str, first: str, last: str | None) -> None:
    assert f"pages = {{{written}}}" in references.as_bibtex([quote(pages=pages)])
    (row,) = ris(quote(pages=pages))
    assert (row["start_page"], row.get("end_page")) == (first, last)


def test_hostile_titles_survive() -> None:
    assert "–" not in references.as_bibtex([quote(title="a–b -- c")])
    assert "a--b -- c" in references.as_bibtex([quote(title="a–b -- c")])
    (entry, other) = bibtex(quote(title=HOSTILE, journal=HOSTILE), quote("b", "x { y"))
    assert (entry["title"], entry["journal"], other["title"]) == (VISIBLE, VISIBLE, "x { y")
    (row, other_row) = ris(quote(title=HOSTILE, journal=HOSTILE), quote("b", "a\nER  - \nTY  - JOUR"))
    assert (row["title"], row["journal_name"]) == (VISIBLE, VISIBLE)
    assert other_row["title"] == "a ER - TY - JOUR"
    written = references.as_bibtex([quote(title="10⁶ cells")])
    assert plain(written.split("title = {")[1].split("}\n")[0]) == "10⁶ cells"


def test_keys_are_the_librarys_own_and_never_those_of_another_paper() -> None:
    assert references.citation_key(quote(key="müller:2019")) == "müller:2019"
    names = ["a b", "a-b", "a,b", "a}b", "{", "\\"]
    keys = [references.citation_key(quote(name)) for name in names]
    assert len(set(keys)) == len(names)
    assert [entry.key for entry in bibtex(*map(quote, names))] == keys
    assert len({entry.key for entry in bibtex(quote("a", key="k"), quote("b", key="k"))}) == 2


@pytest.mark.parametrize(
    ("metadata", "byline", "place"),
    [
        ({"author": "Ma and others", "year": "2019"}, "Ma et al. 2019", "Ma et al. 2019 · T · Results · lines 7–9"),
        ({"author": "A, B and C, D and E, F"}, "A et al.", "A et al. · T · Results · lines 7–9"),
        ({"year": "2016"}, "“T” 2016", "T (2016) · Results · lines 7–9"),
        ({}, "“T”", "T · Results · lines 7–9"),
    ],
)  # fmt: skip
def test_where_a_quote_stands_is_said_without_offsets(metadata: dict[str, str], byline: str, place: str) -> None:
    assert references.byline(quote(**metadata)) == byline
    assert references.place_of(quote(**metadata)) == place


def test_a_quote_is_copied_with_its_citation() -> None:
    mand = quote(author="Mand and others", year="2019", key="mand") | {"page": 4, "page_label": "118"}
    link = "http://x/library?paper=a b>&at=3-5"
    words = "“Five *per* cent_ [1] & 50% <b>.” (Mand et al., 2019, p. 118)"
    assert references.quote_with_citation(mand, "plain", link) == f"{words} {link}"
    assert references.quote_with_citation(mand, "plain") == words
    (paragraph,) = [t for t in MarkdownIt().parse(references.quote_with_citation(mand, "markdown", link)) if t.children]
    assert "".join(t.content for t in paragraph.children or ()) == words
    (opened,) = [t for t in paragraph.children or () if t.type == "link_open"]
    assert unquote(str(opened.attrs["href"])) == link
    latex = references.quote_with_citation(mand, "bibtex-key", link)
    assert latex == r"``Five *per* cent\_ [1] \& 50\% \ensuremath{<}b\ensuremath{>}.''~\cite[p.~118]{mand}"
    lines = quote("x", "A long title " * 20)
    assert references.quote_with_citation(lines, "plain").endswith("A long title A long…”, lines 7–9)")
    assert references.quote_with_citation(lines, "bibtex-key").endswith(r"\cite[lines~7--9]{x}")


@pytest.mark.parametrize(
    ("doi", "link"),
    [
        ("10.1002/(SICI)<1661::X>3.0", "https://doi.org/10.1002/%28SICI%29%3C1661%3A%3AX%3E3.0"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_only_a_doi_is_linked(doi: str, link: str) -> None:
    assert references.doi_link(quote(doi=doi)) == link
