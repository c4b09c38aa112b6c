"""Lines of a batch, and conversations → the rows of `qa ask --json`, one a turn."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from qa.answers.assistant import Assistant
from qa.records import result_row
from qa.types import EVERYTHING, QAError, Result, Scope, Turn


def rows_of_line(line: str, assistant: Assistant, documents: Sequence[str], as_typed: bool) -> Iterator[dict[str, Any]]:
    """The rows of one batch line: one a turn, or an error in its place. The line's options override the call's."""
    identity = None
    try:
        item = json.loads(line)
        if not isinstance(item, dict):
            raise ValueError("a line must be a JSON object")
        identity = item.get("id")
        questions = item["turns"] if "turns" in item else [item["question"]]
        wanted = item.get("documents") or list(documents)
        word_for_word = item.get("as_typed", as_typed)
        if not isinstance(questions, list) or not questions or not all(isinstance(q, str) for q in questions):
            raise ValueError("`question` must be a text, `turns` a list of texts")
        if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
            raise ValueError("`documents` must be a list of ids")
        if not isinstance(word_for_word, bool):
            raise ValueError("`as_typed` must be true or false")
    except KeyError:
        yield {"id": identity, "error": "the line has neither `question` nor `turns`"}
        return
    except (ValueError, RecursionError) as error:
        yield {"id": identity, "error": f"the line cannot be read: {error}"}
        return
    asked = conversation(assistant, questions, Scope(wanted), as_typed=word_for_word, identity=identity)
    for number, row in enumerate(asked, start=1):
        yield {"id": identity, "turn": number, "error": str(row)} if isinstance(row, QAError) else row


def conversation(
    assistant: Assistant,
    questions: Sequence[str],
    scope: Scope = EVERYTHING,
    *,
    as_typed: bool = False,
    identity: object = None,
) -> Iterator[dict[str, Any] | QAError]:
    """Ask questions one after the other. For each comes its row, or the error in its place; a question that could not
    be asked is no part of the conversation."""
    turns: list[Turn] = []
    for number, question in enumerate(questions, start=1):
        start = time.perf_counter()
        try:
            result = assistant.ask(question, turns, scope, as_typed=as_typed)
        except QAError as error:
            yield error
            continue
        turns.append(Turn(question, result))
        yield row_of(result, assistant, start, turn=number, identity=identity)


def row_of(
    result: Result, assistant: Assistant, start: float, *, turn: int = 1, identity: object = None
) -> dict[str, Any]:
    """The row of a result; `start` is when it was asked, by `time.perf_counter`."""
    elapsed = round(1000 * (time.perf_counter() - start), 3)  # an answer that is kept takes microseconds
    return {"id": identity, "turn": turn} | result_row(result, assistant.by_id) | {"milliseconds": {"total": elapsed}}
