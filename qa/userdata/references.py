"""The papers of some quotes as references: BibTeX and RIS.

A quote is a row as `answer_record.quote_row` makes it and `answer_record.quoted` finds it, so no index is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_KEY = re.compile(r"[^A-Za-z0-9_:-]+")
"""What may not stand in a BibTeX key."""

_FIELDS = ("title", "author", "journal", "year", "volume", "number", "pages", "doi")


def _cited(quotes: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The bibliographic fields of each paper cited, by document id, in the order of citation."""
    found: dict[str, dict[str, str]] = {}
    for quote in quotes:
        known = {"title": quote["title"], **quote["metadata"]}
        found.setdefault(quote["document"], {name: known[name] for name in (*_FIELDS, "key") if known.get(name)})
    return found


def as_bibtex(quotes: Iterable[Mapping[str, Any]]) -> str:
    """A BibTeX entry for each paper cited, with its key in the library's own bibliography if it has one there."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexEncodingMiddleware
    from bibtexparser.model import Block, Entry, Field

    entries: list[Block] = [
        Entry(
            "article" if "journal" in known else "misc",
            _KEY.sub("-", known.get("key") or document),
            [Field(name, known[name]) for name in _FIELDS if name in known],
        )
        for document, known in _cited(quotes).items()
    ]
    return str(write_string(Library(entries), prepend_middleware=[LatexEncodingMiddleware()]))


def as_ris(quotes: Iterable[Mapping[str, Any]]) -> str:
    """The same as RIS, for reference managers that do not read BibTeX."""
    import rispy
    from bibtexparser.middlewares.names import split_multiple_persons_names

    class Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
        def set_header(self, count: int) -> str:
            return ""  # a number before each reference is no RIS

    rows = []
    for known in _cited(quotes).values():
        first, _, last = re.sub("-+|–", "-", known.get("pages", "")).partition("-")
        row = {
            "type_of_reference": "JOUR" if "journal" in known else "GEN",
            "title": known["title"],
            "authors": split_multiple_persons_names(known.get("author", "")),
            "journal_name": known.get("journal"),
            "year": known.get("year"),
            "volume": known.get("volume"),
            "number": known.get("number"),
            "start_page": first.strip(),
            "end_page": last.strip(),
            "doi": known.get("doi"),
        }
        rows.append({name: value for name, value in row.items() if value})
    return str(rispy.dumps(rows, implementation=Writer))
