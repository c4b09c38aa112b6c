"""Results as the rows that other programs read (the public contract's JSON); plain data, nothing computed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qa.records import pairs
from qa.types import Answer, Citation, Document, Hit, Passage, Result


def result_row(result: Result, documents: Mapping[str, Document]) -> dict[str, Any]:
    """An answer or an abstention, without the fields that belong to a batch (`id`, `turn`, `milliseconds`)."""
    answer = result if isinstance(result, Answer) else None
    return {
        "question": result.question,
        "interpreted_as": result.interpreted_as,
        "outcome": "answer" if answer else "abstention",
        "confidence": round(result.confidence, 4),
        "answer": answer.text if answer else None,
        "highlights": list(answer.highlights) if answer else [],
        "reason": None if isinstance(result, Answer) else result.reason,
        "citations": [_citation(number, c) for number, c in enumerate(answer.citations if answer else (), start=1)],
        "passages": hit_rows(result.passages, documents),
        "generation": result.generation,
    }


def _citation(number: int, citation: Citation) -> dict[str, Any]:
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
