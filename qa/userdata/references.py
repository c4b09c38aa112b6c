"""Where a quote comes from, in words, as a citation, and as a reference: BibTeX and RIS.

A quote is a row as `answer_record.quote_row` makes it and `answer_record.quoted` finds it, so no index is needed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import quote

from qa.text import markdown, visible
from qa.types import Place, breadcrumb
from qa.userdata.persons import listed, persons, short

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

Row = Mapping[str, Any]
How = Literal["plain", "markdown", "bibtex-key"]
HOW: tuple[How, ...] = get_args(How)

MAX_TITLE = 60
"""Characters of a title that stands for authors who are not known; set by hand on 2026-11-27: a line on a phone."""

_FIELDS = ("title", "author", "journal", "booktitle", "year", "volume", "number", "pages", "doi")
_KEY = re.compile(r"[^\w:.+/-]+")
"""What may not stand in a BibTeX key."""
_RANGE = re.compile(r"(?<=\d)\s*[-‐‑–—−]+\s*(?=\w*\d)")
"""What stands between the first page and the last."""
_RAISED = {ord(sign): rf"\textsuperscript{{{plain}}}" for sign, plain in zip("⁰⁴⁵⁶⁷⁸⁹⁺⁻", "0456789+-", strict=True)}


def byline(row: Row) -> str:
    """Who wrote the paper of a quote, and when, as one names it in a text; its title where no author is known.

    >>> byline({"title": "T", "metadata": {"author": "Mand and others", "year": "2019"}})
    'Mand et al. 2019'
    >>> byline({"title": "T", "metadata": {}})
    '“T”'
    """
    return " ".join(filter(None, (_author(row), _known(row).get("year", ""))))


def place_of(row: Row) -> str:
    """Where a quote stands, in words: authors and year, title, section, page or lines."""
    known = _known(row)
    year = known.get("year", "")
    named = byline(row) if short(known.get("author", "")) else ""
    title = visible(row["title"]) + (f" ({year})" if year and not named else "")
    return breadcrumb(named, title, visible(row["section"]), page_or_lines(row))


def page_or_lines(row: Row) -> str:
    """The page of a quote, or its lines in a text without pages."""
    return _place(row).words()


def citation_key(row: Row) -> str:
    """The key of a quote's paper in BibTeX: that in the library's own bibliography, or one made of the paper's id.

    What may not stand in a key becomes a hyphen; then a few letters of a hash keep apart what would become equal.

    >>> citation_key({"document": "a b", "title": "T", "metadata": {}})
    'a-b-c8687a'
    """
    name = _known(row).get("key") or str(row["document"])
    key = _KEY.sub("-", name).strip("-") or "paper"
    return key if key == name else f"{key}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:6]}"


def quote_with_citation(row: Row, how: How, link: str = "") -> str:
    """A quote with its citation, to be pasted into a text; `link` leads to its place in the source.

    `bibtex-key` is LaTeX: the quote, and `\\cite` with the page and the `citation_key`, which is also the key in
    `as_bibtex`. It has no link, since the entry says where the paper is.

    >>> row = {"document": "a", "title": "T", "text": "5 % *did*.", "page": 4, "page_label": None, "lines": [3, 3],
    ...        "metadata": {"author": "Mand and others", "year": "2019", "key": "mand"}}
    >>> print(quote_with_citation(row, "plain", "http://x/"))
    “5 % *did*.” (Mand et al., 2019, p. 4) http://x/
    >>> print(quote_with_citation(row, "markdown", "http://x/"))
    “5 % \\*did\\*.” ([Mand et al., 2019, p. 4](<http://x/>))
    >>> print(quote_with_citation(row, "bibtex-key"))
    ``5 \\% *did*.''~\\cite[p.~4]{mand}
    """
    text = visible(row["text"])
    if how == "bibtex-key":
        return f"``{_latex(text)}''~\\cite[{_latex(_pinpoint(row)).replace(' ', '~')}]{{{citation_key(row)}}}"
    source = ", ".join(filter(None, (_author(row), _known(row).get("year", ""), _pinpoint(row))))
    if how == "plain":
        return " ".join(filter(None, (f"“{text}” ({source})", link)))
    return f"“{markdown(text)}” ({markdown_link(source, link)})"


def markdown_link(words: str, address: str) -> str:
    """A link in Markdown, or the words alone where there is no address."""
    safe = re.sub(r"[<>\s\\]", lambda sign: quote(sign[0]), visible(address))
    return f"[{markdown(words)}](<{safe}>)" if safe else markdown(words)


def doi_link(row: Row) -> str:
    """The address that the paper's DOI leads to; "" if none is known."""
    doi = _known(row).get("doi", "")
    return f"https://doi.org/{quote(doi, errors='replace')}" if doi.startswith("10.") else ""


def as_bibtex(quotes: Iterable[Row]) -> str:
    """A BibTeX entry for each paper cited, in the order of citation, with its `citation_key`."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field

    entries: dict[str, Block] = {}
    for row in _papers(quotes):
        known = _known(row)
        kind = "article" if "journal" in known else "inproceedings" if "booktitle" in known else "misc"
        fields = [Field(name, value) for name in _FIELDS if (value := _field(name, known.get(name, "")))]
        key = citation_key(row)
        if key in entries:  # two entries of the library's bibliography have one key
            key += f"-{hashlib.sha256(str(row['document']).encode(errors='replace')).hexdigest()[:6]}"
        entries[key] = Entry(kind, key, fields)
    return str(write_string(Library(list(entries.values()))))


def as_ris(quotes: Iterable[Row]) -> str:
    """The same as RIS, for reference managers that do not read BibTeX."""
    import rispy

    class Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
        def set_header(self, count: int) -> str:
            return ""  # a number before each reference is no RIS

    rows = []
    for paper in _papers(quotes):
        known = _known(paper)
        first, *last = _RANGE.split(known.get("pages", ""), maxsplit=1)
        row = {
            "type_of_reference": "JOUR" if "journal" in known else "CONF" if "booktitle" in known else "GEN",
            "title": known["title"],
            "authors": listed(known.get("author", "")),
            "journal_name": known.get("journal"),
            "secondary_title": known.get("booktitle"),
            "year": known.get("year"),
            "volume": known.get("volume"),
            "number": known.get("number"),
            "start_page": first,
            "end_page": "".join(last),
            "doi": known.get("doi"),
        }
        rows.append({name: value for name, value in row.items() if value})
    return str(rispy.dumps(rows, implementation=Writer))


def _papers(quotes: Iterable[Row]) -> Iterable[Row]:
    """One quote of each paper, in the order of citation."""
    found: dict[str, Row] = {}
    for row in quotes:
        found.setdefault(row["document"], row)
    return found.values()


def _known(row: Row) -> dict[str, str]:
    """What is known of a quote's paper, in one line each; always a title."""
    known = {"title": row["title"], **row.get("metadata", {})}
    found = {name: visible(str(known[name])) for name in (*_FIELDS, "key") if known.get(name)}
    return {"title": str(row.get("document", ""))} | {name: value for name, value in found.items() if value}


def _author(row: Row) -> str:
    known = _known(row)
    if named := short(known.get("author", "")):
        return named
    title = known["title"]
    return f"“{title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rsplit(' ', 1)[0] + '…'}”"


def _place(row: Row) -> Place:
    first, last = row["lines"]
    return Place(row["document"], row["page"], first, last, row["page_label"] or "")


def _pinpoint(row: Row) -> str:
    """Page or lines as a citation has them: `p. 4`, `line 7`, `lines 7–9`."""
    place = _place(row)
    return place.words() if place.page is None else f"p. {place.label or place.page}"


def _field(name: str, value: str) -> str:
    """A value as BibTeX wants it: pages with two hyphens between them; a DOI as it is, since it is no text."""
    if name == "author":
        named, are_more = persons(value)
        people = [f"{{{_latex(one.family)}}}" if one.is_whole else _latex(one.bibtex) for one in named]
        return " and ".join([*people, *(["others"] if are_more and people else [])])
    if name == "doi":
        return re.sub(r"[{}\\]", "", value).replace("%", r"\%")
    return _latex(_RANGE.sub("--", value) if name == "pages" else value)


def _latex(text: str) -> str:
    return str(_encoder().unicode_to_latex(text))


@cache
def _encoder() -> UnicodeToLatexEncoder:
    from pylatexenc.latexencode import (
        RULE_DICT,
        RULE_REGEX,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
    )

    dashes = {ord("–"): "--", ord("—"): "---", ord('"'): '"'}
    rules = [
        UnicodeToLatexConversionRule(RULE_DICT, dashes | _RAISED),
        UnicodeToLatexConversionRule(RULE_REGEX, [(re.compile(r"([?!`'])(?=[`'])"), r"\1{}")]),  # no ligatures
        "defaults",
    ]
    return UnicodeToLatexEncoder(conversion_rules=rules, unknown_char_policy="keep", unknown_char_warning=False)
