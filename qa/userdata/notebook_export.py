"""A notebook as Markdown or HTML: quotes with their citations, own words, references.

A quote is a block quotation with a number, and nothing else is. Own words are paragraphs and headings, and both forms
say so at their beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.text import markdown, visible
from qa.types import Document, breadcrumb
from qa.userdata import answer_record, printed
from qa.userdata.notebook import Entry
from qa.userdata.persons import persons
from qa.userdata.printed import Filters
from qa.userdata.references import Row, doi_link, markdown_link, place_of

TITLE = "Notebook"
LEGEND = (
    "Block quotations with a number are the words of the papers, each checked against its source when it was pinned. "
    "All other paragraphs and headings are notes of the reader."
)
"""What an export says at its beginning."""

_SOURCE = "Open in the paper"


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that is quoted: in words, the address of its DOI or "", and the numbers of its quotes."""

    words: str
    address: str
    numbers: tuple[int, ...]


def quotes(entries: Sequence[Entry]) -> list[Row]:
    """The quotes of a notebook in their order, numbered from 1."""
    rows = [entry.quote for entry in entries if entry.quote is not None]
    return [{**row, "number": number} for number, row in enumerate(rows, start=1)]


def references(entries: Sequence[Entry]) -> list[Reference]:
    """The papers quoted, in the order of their first quotes."""
    rows = quotes(entries)
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(row["document"], []).append(row["number"])
    first = {row["document"]: row for row in reversed(rows)}
    return [Reference(_reference(first[name]), doi_link(first[name]), tuple(found)) for name, found in numbers.items()]


def as_markdown(entries: Sequence[Entry], documents: Mapping[str, Document], source: Callable[[Row], str]) -> str:
    """The notebook in Markdown. `documents` are those of today's index, by id; `source` gives the address of the place
    of a quote, and "" if there is none.
    """
    parts = [f"# {TITLE}", LEGEND]
    rows = iter(quotes(entries))
    for entry in entries:
        if entry.quote is None:
            parts += [f"## {markdown(line)}" if entry.is_heading else markdown(line) for line in lines(entry.text)]
            continue
        row = next(rows)
        where = [markdown(place_of(row))]
        if address := source_of(row, documents, source):
            where.append(markdown_link(_SOURCE, address))
        parts += [f"> {markdown(row['text'])}", f"**{row['number']}** · {' · '.join(where)}"]
        parts += [markdown(remark) for remark in remarks(entry, documents)]
    if papers := references(entries):
        parts += ["## References", "\n".join(map(_listed, papers))]
    return "\n\n".join(parts) + "\n"


def as_html(entries: Sequence[Entry], documents: Mapping[str, Document], source: Callable[[Row], str]) -> str:
    """The same as one page for printing, which loads nothing; all text of papers and users is escaped."""
    rows = iter(quotes(entries))
    numbered = [(entry, None if entry.quote is None else next(rows)) for entry in entries]
    filters: Filters = {
        "lines": lines,
        "numbers": _numbers,
        "place": place_of,
        "remarks": lambda entry: remarks(entry, documents),
        "source": lambda row: source_of(row, documents, source),
    }
    values: dict[str, object] = {"title": TITLE, "legend": LEGEND, "open": _SOURCE, "references": references(entries)}
    return printed.page("notebook.html", filters, entries=numbered, **values)


def lines(text: str) -> list[str]:
    """The lines of own words that have any; each becomes a paragraph.

    >>> lines("a\\n\\n b \\r\\n===")
    ['a', 'b', '===']
    """
    return [found for line in re.split(r"[\r\n]+", text) if (found := visible(line))]


def source_of(row: Row, documents: Mapping[str, Document], source: Callable[[Row], str]) -> str:
    """The address of a quote's place; "" if the quote no longer stands there."""
    return source(row) if answer_record.fate_of(row, documents).kind == "unchanged" else ""


def remarks(entry: Entry, documents: Mapping[str, Document]) -> list[str]:
    """What a quote answers and how surely, and what has become of its paper if that has changed."""
    if entry.quote is None or entry.about is None:
        return []
    question = f"Asked: {entry.about.question}" if entry.about.question else ""
    fate = answer_record.fate_of(entry.quote, documents)
    found = [breadcrumb(question, entry.about.words()), "" if fate.kind == "unchanged" else str(fate)]
    return [remark for remark in found if remark]


def _reference(row: Row) -> str:
    """The paper of a quote as a list of references has it."""
    known = {name: visible(str(value)) for name, value in row.get("metadata", {}).items()}
    named, are_more = persons(known.get("author", ""))
    author = "; ".join(person.last_first for person in named) + " et al." * are_more
    year = f"({known['year']})" if known.get("year") else ""
    volume = known.get("volume", "") + (f"({known['number']})" if known.get("number") else "")
    pages = re.sub(r"(?<=\d)\s*[-–—]+\s*(?=\w)", "–", known.get("pages", ""))
    venue = ", ".join(filter(None, (known.get("journal") or known.get("booktitle", ""), volume, pages)))
    parts = (" ".join(filter(None, (author, year))), visible(row["title"]), venue)
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _listed(reference: Reference) -> str:
    address = f" {markdown_link(reference.address, reference.address)}." if reference.address else ""
    return f"- {markdown(reference.words)}{address} {_numbers(reference)}"


def _numbers(reference: Reference) -> str:
    numbers = ", ".join(map(str, reference.numbers))
    return f"Quoted: {numbers}."
