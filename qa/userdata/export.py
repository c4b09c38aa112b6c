"""A conversation as Markdown, HTML or CSV.

Everything is made of records (`qa.userdata.answer_record`), so it needs no index. Markdown and HTML are for people: who
wrote it, when, on which page, with a link. CSV is for checking: it has offsets and the hash of the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.text import cell, markdown, visible
from qa.types import breadcrumb
from qa.userdata import answer_record, printed
from qa.userdata.conversations import StoredAnswer
from qa.userdata.printed import Filters
from qa.userdata.references import Row, doi_link, markdown_link, place_of


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the links of an export lead: to the place of a quote in its paper, and to an answer by its id; "" if
    there is no such address."""

    source: Callable[[Row], str]
    answer: Callable[[str], str]


NOWHERE = Addresses(lambda row: "", lambda answer: "")
"""Without a server there is nothing to link to."""


def as_markdown(title: str, answers: Sequence[StoredAnswer], addresses: Addresses = NOWHERE) -> str:
    """A heading for each question, the quotes as quotations, and under each quote where it stands."""
    parts = [f"# {markdown(title)}"]
    for answer in answers:
        record = answer.record
        parts.append(f"## {markdown(record['turns'][-1])}")
        parts += map(markdown, answer_record.remarks(record))
        if record["outcome"] == "abstention":
            parts.append(markdown(f"{answer_record.headline_of(record)}. {record['reason']}"))
        for citation in answer_record.quoted(record):
            label = f"{citation['speaks_of']}: " if citation.get("speaks_of") else ""
            parts.append(f"> {markdown(label + citation['text'])}")
            where = [markdown(place_of(citation))]
            where += [markdown_link(words, address) for words, address in _links(citation, addresses)]
            parts.append(f"{citation['number']}. {' · '.join(where)}")
        asked = [markdown(about(answer))]
        if address := addresses.answer(answer.id):
            asked.append(markdown_link("This answer", address))
        parts.append(" · ".join(asked))
    return "\n\n".join(parts) + "\n"


def about(answer: StoredAnswer) -> str:
    """When a question was asked, of which papers, and how sure the answer is."""
    when = f"{answer.asked_at[:16].replace('T', ' ')} UTC"
    return breadcrumb(f"Asked on {when} of {scope_words(answer.record)}", confidence_words(answer.record))


def scope_words(record: Mapping[str, Any]) -> str:
    """The papers and sections that were asked, in words; a paper of which no passage was shown, by its id."""
    papers, sections = record["documents"], record["sections"]
    titles = {row["document"]: visible(row["title"]) for row in (*record["passages"], *answer_record.quoted(record))}
    words = "all papers"
    if papers:
        named = "; ".join(titles.get(document) or visible(document) for document in papers)
        words = f"{len(papers)} paper{'s' if len(papers) > 1 else ''} ({named})"
    return f"{words}, in {'; '.join(map(visible, sections))}" if sections else words


def confidence_words(record: Mapping[str, Any]) -> str:
    """The calibrated confidence in per cent, rounded down and at most 99, as on the page; "" if there is no answer."""
    if record["outcome"] == "answer":
        return f"Confidence {min(99, int(100 * record['confidence']))}%"
    return "Uncertain, check the source" if answer_record.quoted(record) else ""


def _links(citation: Row, addresses: Addresses) -> list[tuple[str, str]]:
    """Words and address of each link that a quote has."""
    doi = doi_link(citation)
    found = [("Open in the paper", addresses.source(citation))]
    if doi:
        found.append((f"doi:{visible(citation['metadata']['doi'])}", doi))
    return [(words, address) for words, address in found if address]


def as_html(title: str, answers: Sequence[StoredAnswer], addresses: Addresses = NOWHERE) -> str:
    """One page for printing, which loads nothing; all text of papers and users is escaped."""
    filters: Filters = {
        "about": about,
        "place": place_of,
        "quoted": answer_record.quoted,
        "headline": answer_record.headline_of,
        "remarks": answer_record.remarks,
        "links": lambda citation: _links(citation, addresses),
        "address": addresses.answer,
    }
    return printed.page("export.html", filters, title=title, answers=answers)


def as_csv(answers: Sequence[StoredAnswer]) -> str:
    """A line for each citation, and one for each abstention; `headline` is "Possibly" for what may be an answer."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    own = ["question", "interpreted_as", "outcome", "confidence", "reason", "generation"]
    cited = ["number", "text", "document", "title", "section", "page", "lines", "spans", "quote", "sha256", "speaks_of"]
    writer.writerow(["asked_at", *own, *cited, "headline"])
    for answer in answers:
        record = answer.record
        headline = answer_record.headline_of(record) if record["outcome"] == "abstention" else ""
        for citation in answer_record.quoted(record) or [{}]:
            values = [answer.asked_at, *(record[name] for name in own)]
            values += [*(_joined(citation.get(name)) for name in cited), headline]
            writer.writerow(map(cell, values))
    return file.getvalue()


def _joined(value: Any) -> Any:
    """A list as text: a pair of numbers as a–b, several pairs or quotes with bars between them."""
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], int):
        return "–".join(map(str, value))
    return " | ".join(str(_joined(item)) for item in value)
