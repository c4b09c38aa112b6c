"""Documents and passages as plain data for JSON, and back; how they are stored and sent between processes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from qa.types import Document, Passage, Quality, Region, Sentence, Span

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def json_text(value: object, indent: int | None = None) -> str:
    """JSON as UTF-8 can carry it: characters as they are, unless there is a lone surrogate among them.

    >>> json_text(["é"]), json_text(["\\ud800"])
    ('["é"]', '["\\\\ud800"]')
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return json.dumps(value, indent=indent) if _SURROGATE.search(text) else text


def cell(value: object) -> object:
    """A value for a CSV file: a text that a spreadsheet would take for a formula has a quotation mark in front.

    >>> cell("=1+1"), cell("5 mg"), cell(-1)
    ("'=1+1", '5 mg', -1)
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def document_record(document: Document) -> dict[str, Any]:
    """All of a document."""
    return {
        "id": document.id,
        "sha256": document.sha256,
        "extractor": document.extractor,
        "page_starts": document.page_starts,
        "page_labels": document.page_labels,
        "layout": [[region.start, region.end, region.kind] for region in document.layout],
        "quality": [[quality.page, quality.score, list(quality.reasons)] for quality in document.quality],
        "metadata": dict(document.metadata),
        "raw": document.raw,
    }


def document_of(record: Mapping[str, Any]) -> Document:
    """The document that a record describes; a KeyError, TypeError or ValueError if it describes none."""
    return Document(
        id=record["id"],
        sha256=record["sha256"],
        raw=record["raw"],
        page_starts=tuple(record["page_starts"]),
        page_labels=tuple(record["page_labels"]),
        layout=tuple(Region(start, end, kind) for start, end, kind in record["layout"]),
        quality=tuple(Quality(page, score, tuple(reasons)) for page, score, reasons in record["quality"]),
        extractor=record["extractor"],
        metadata=record["metadata"],
    )


def passage_record(passage: Passage) -> dict[str, Any]:
    """All of a passage: spans as pairs."""
    return {
        "document": passage.document,
        "section": passage.section,
        "kind": passage.kind,
        "spans": pairs(passage.spans),
        "sentences": [{"text": sentence.text, "spans": pairs(sentence.spans)} for sentence in passage.sentences],
    }


def passage_of(record: Mapping[str, Any]) -> Passage:
    """The passage that a record describes; a KeyError, TypeError or ValueError if it describes none."""
    sentences = tuple(Sentence(row["text"], _spans(row["spans"])) for row in record["sentences"])
    return Passage(record["document"], record["section"], record["kind"], sentences, _spans(record["spans"]))


def pairs(spans: Iterable[Span]) -> list[list[int]]:
    """Spans as [start, end], in their order."""
    return [[span.start, span.end] for span in spans]


def _spans(pairs: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)
