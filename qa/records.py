"""Values as plain data for JSON: as they are stored, and as other programs read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import IO, Any

from qa.types import Answer, Citation, Document, Hit, Passage, Quality, Region, Result, Sentence, Span

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def json_text(value: object, indent: int | None = None) -> str:
    """JSON that UTF-8 can encode: not escaped, unless there is a lone surrogate in it.

    >>> json_text(["é"]), json_text(["\\ud800"])
    ('["é"]', '["\\\\ud800"]')
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return json.dumps(value, indent=indent) if _SURROGATE.search(text) else text


def json_lines(file: IO[bytes], errors: str = "strict") -> Iterator[str]:
    """The lines of JSON in a file, as they come, without their ends; empty ones too.

    It may be written in UTF-8, UTF-16 or UTF-32, with a byte order mark or without, and with the line ends of any
    system, as editors and shells do on Windows; of UTF-16 and UTF-32 the whole file is read first. `errors` is what
    `bytes.decode` makes of it.

    Raises:
        UnicodeDecodeError: it is none of these, and `errors` is `strict`.

    >>> from io import BytesIO
    >>> list(json_lines(BytesIO(b"\\xef\\xbb\\xbf[1]\\r\\n[2]"))), list(json_lines(BytesIO("[1]".encode("utf-16"))))
    (['[1]', '[2]'], ['[1]'])
    """
    first = file.readline()
    encoding = json.detect_encoding(first)
    whole = [first + file.read()] if encoding[:6] in ("utf-16", "utf-32") else []
    for line in whole or chain([first], file):
        text = line.decode(encoding if whole else "utf-8", errors)
        for part in re.split(r"\r\n?|\n", re.sub(r"(?:\r\n?|\n)\Z", "", text)):
            yield part.removeprefix("\ufeff")


def document_record(document: Document) -> dict[str, Any]:
    """Everything about a document, as it is stored."""
    return {
        "id": document.id,
        "sha256": document.sha256,
        "extractor": document.extractor,
        "page_starts": document.page_starts,
        "page_labels": document.page_labels,
        "layout": [[region.start, region.end, region.kind] for region in document.layout],
        "quality": [[q.page, q.score, list(q.reasons), q.judged] for q in document.quality],
        "lines": document.lines,
        "metadata": dict(document.metadata),
        "raw": document.raw,
    }


def document_of(record: Mapping[str, Any]) -> Document:
    """The document of a record. Raises `KeyError`, `TypeError` or `ValueError` if the record is not of this form."""
    return Document(
        id=record["id"],
        sha256=record["sha256"],
        raw=record["raw"],
        page_starts=tuple(record["page_starts"]),
        page_labels=tuple(record["page_labels"]),
        layout=tuple(Region(start, end, kind) for start, end, kind in record["layout"]),
        quality=tuple(  # generations of older versions do not say whether it was judged
            Quality(page, score, tuple(reasons), *judged) for page, score, reasons, *judged in record["quality"]
        ),
        lines=tuple(record.get("lines", ())),  # generations of older versions have none
        extractor=record["extractor"],
        metadata=record["metadata"],
    )


def passage_record(passage: Passage) -> dict[str, Any]:
    """Everything about a passage, as it is stored; spans are pairs."""
    return {
        "document": passage.document,
        "section": passage.section,
        "kind": passage.kind,
        "spans": pairs(passage.spans),
        "sentences": [{"text": sentence.text, "spans": pairs(sentence.spans)} for sentence in passage.sentences],
    }


def passage_of(record: Mapping[str, Any]) -> Passage:
    """The passage of a record. Raises `KeyError`, `TypeError` or `ValueError` if the record is not of this form."""
    sentences = tuple(Sentence(row["text"], _spans(row["spans"])) for row in record["sentences"])
    return Passage(record["document"], record["section"], record["kind"], sentences, _spans(record["spans"]))


def pairs(spans: Iterable[Span]) -> list[list[int]]:
    """Spans as [start, end], in their order."""
    return [[span.start, span.end] for span in spans]


def _spans(pairs: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def result_row(result: Result, documents: Mapping[str, Document]) -> dict[str, Any]:
    """An answer or an abstention, without the fields of a batch (`id`, `turn`, `milliseconds`)."""
    answer = result if isinstance(result, Answer) else None
    possible = None if isinstance(result, Answer) else result.possible
    citations = answer.citations if answer else ()
    labels = (answer.labels if answer else ()) or [None] * len(citations)
    return {
        "question": result.question,
        "interpreted_as": result.interpreted_as,
        "outcome": "answer" if answer else "abstention",
        "confidence": round(result.confidence, 4),
        "answer": answer.text if answer else None,
        "highlights": list(answer.highlights) if answer else [],
        "unanswered": list(answer.unanswered) if answer else [],
        "reason": None if isinstance(result, Answer) else result.reason,
        "possible": possible and citation_row(1, possible),
        "missing": [] if isinstance(result, Answer) else list(result.missing),
        "citations": [
            citation_row(number, citation) | {"speaks_of": label}
            for number, (citation, label) in enumerate(zip(citations, labels, strict=True), start=1)
        ],
        "passages": hit_rows(result.passages, documents),
        "generation": result.generation,
        "corrections": [{"typed": typed, "as": meant} for typed, meant in result.corrections],
    }


def citation_row(number: int, citation: Citation) -> dict[str, Any]:
    """A citation with its number, its checked quote and its place."""
    place = citation.place
    return {
        "number": number,
        "document": citation.document.id,
        "title": citation.document.title,
        "section": citation.section,
        "page": place.page,
        "page_label": place.label or None,
        "lines": [place.first_line, place.last_line],
        "spans": pairs(citation.spans),
        "quote": list(citation.quote),
        "text": citation.text,
        "sha256": citation.document.sha256,
        "warning": citation.warning or None,
    }


def hit_rows(hits: Iterable[Hit], documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    """Hits in order, ranked from 1."""
    return [
        {"rank": rank}
        | passage_row(hit.passage, documents[hit.passage.document])
        | {"score": round(hit.score, 6), "ranks": dict(hit.ranks)}
        for rank, hit in enumerate(hits, start=1)
    ]


def paper_row(document: Document, passages: int) -> dict[str, Any]:
    """What is known of a paper, without its text; `passages` is the number of its passages."""
    return {
        "id": document.id,
        "title": document.title,
        "metadata": dict(document.metadata),
        "sha256": document.sha256,
        "extractor": document.extractor,
        "pages": len(document.page_starts) or None,
        "passages": passages,
        "quality": [asdict(quality) for quality in document.quality],
    }


def passage_row(passage: Passage, document: Document) -> dict[str, Any]:
    """A passage in readable words, with its place."""
    return {
        "id": passage.id,
        "document": passage.document,
        "title": document.title,
        "section": passage.section,
        "kind": passage.kind,
        "page": document.locate(passage.spans[0]).page,
        "text": passage.text,
        "spans": pairs(passage.spans),
    }
