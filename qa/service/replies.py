"""What is replied to each request, as rows of `qa.records`; over HTTP and to tools alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa.answers.assistant import Assistant
from qa.answers.batch import conversation
from qa.answers.search import Method
from qa.records import hit_rows, paper_row, passage_row
from qa.types import QAError, QuestionError, Scope


class UnknownError(QuestionError):
    """There is no such paper or passage."""


def ask(
    assistant: Assistant,
    question: str,
    turns: Sequence[str],
    scope: Scope,
    *,
    as_typed: bool = False,
    identity: object = None,
) -> dict[str, Any]:
    """The row of the last question of a conversation. Raises as `Assistant.ask` does, for an earlier one too."""
    rows: list[dict[str, Any]] = []
    for row in conversation(assistant, [*turns, question], scope, as_typed=as_typed, identity=identity):
        if isinstance(row, QAError):
            raise row
        rows.append(row)
    return rows[-1]


def search(assistant: Assistant, question: str, method: Method, top_k: int, scope: Scope) -> dict[str, Any]:
    """Passages, best first. Raises as `Assistant.search` does."""
    hits = assistant.search(question, method, top_k, scope)
    return {"generation": assistant.generation, "passages": hit_rows(hits, assistant.by_id)}


def passage(assistant: Assistant, name: str) -> dict[str, Any]:
    """One passage by its id, and the ids of those beside it. Raises `UnknownError`."""
    document = name.rpartition(":")[0]
    beside = assistant.index.passages_of(document) if document in assistant.by_id else ()
    names = [one.id for one in beside]
    if name not in names:
        raise UnknownError(
            f"there is no passage {name!r}; ids change when a paper is read anew, and a search gives them"
        )
    at = names.index(name)
    return passage_row(beside[at], assistant.by_id[document]) | {
        "generation": assistant.generation,
        "previous": names[at - 1] if at else None,
        "next": names[at + 1] if at + 1 < len(names) else None,
    }


def papers(assistant: Assistant, offset: int, limit: int) -> dict[str, Any]:
    """Papers in the order of their ids, without the quality of their pages: `limit` of them, from `offset` on."""
    rows = []
    for document in assistant.documents[offset : offset + limit]:
        row = paper_row(document, len(assistant.index.rows_of(document.id)))
        rows.append({name: value for name, value in row.items() if name != "quality"})
    return {"generation": assistant.generation, "total": len(assistant.documents), "papers": rows}


def paper(assistant: Assistant, name: str) -> dict[str, Any]:
    """All that is known of a paper, but for its text. Raises `UnknownError`."""
    if name not in assistant.by_id:
        raise UnknownError(f"there is no paper {name!r}; the list of papers has the ids")
    return paper_row(assistant.by_id[name], len(assistant.index.rows_of(name))) | {
        "generation": assistant.generation,
        "sections": list(assistant.sections([name])),
    }


def health(assistant: Assistant) -> dict[str, Any]:
    """What is served."""
    return {
        "status": "ok",
        "generation": assistant.generation,
        "papers": len(assistant.documents),
        "passages": len(assistant.index.passages),
    }
