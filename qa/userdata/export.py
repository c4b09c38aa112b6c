"""A conversation as Markdown, HTML or CSV.

Everything is made of records (`qa.userdata.answer_record`), so it needs no index. Each quote comes with its paper, its
place and the hash of the file, so that anybody can check it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.text import cell, markdown
from qa.types import Place, breadcrumb
from qa.userdata import answer_record
from qa.userdata.conversations import StoredAnswer


def as_markdown(title: str, answers: Sequence[StoredAnswer]) -> str:
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
            parts.append(f"{citation['number']}. {markdown(place_of(citation))}")
        parts.append(f"Asked at {answer.asked_at} of generation {record['generation']}.")
    return "\n\n".join(parts) + "\n"


def place_of(citation: Mapping[str, Any]) -> str:
    """Where a quote stands, and in which version of which file."""
    first, last = citation["lines"]
    place = Place(citation["document"], citation["page"], first, last, citation["page_label"] or "")
    offsets = ", ".join(f"{start}–{end}" for start, end in citation["spans"])
    file = f"{citation['document']}, characters {offsets}"
    sha256 = f"SHA-256 {citation['sha256'][:12]}"
    return breadcrumb(citation["title"], citation["section"], place.words(), file, sha256)


def as_html(title: str, answers: Sequence[StoredAnswer]) -> str:
    """One page for printing, without links to other files; all text of papers and users is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "place": place_of,
        "quoted": answer_record.quoted,
        "headline": answer_record.headline_of,
        "remarks": answer_record.remarks,
    }
    return environment.get_template("export.html").render(title=title, answers=answers)


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
