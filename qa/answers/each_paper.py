"""One question, asked of each paper on its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answers.assistant import Assistant
from qa.text import cell, markdown
from qa.types import EVERYTHING, Answer, Document, Result, Scope

NOTHING = "no statement found"
POSSIBLY = "possibly"
_HEAD = ("Paper", "Quote", "Section", "Place", "Confidence", "Outcome", "Speaks of")


@dataclass(frozen=True, slots=True)
class PaperResult:
    """A paper, and the result of asking it alone."""

    document: Document
    result: Result


def ask_each(assistant: Assistant, question: str, scope: Scope = EVERYTHING) -> Iterator[PaperResult]:
    """Ask each paper in scope alone, for an answer or an abstention each, which may have a possible answer.

    A paper is asked only in those sections of the scope that it has; a paper that has none of them is left out.

    Raises:
        QuestionError: as `Assistant.ask`.
    """
    for document in papers_to_ask(assistant, scope):
        own = set(assistant.sections([document.id])).intersection(scope.sections)
        alone = Scope([document.id], sorted(own))
        yield PaperResult(document, assistant.ask(question, scope=alone))


def papers_to_ask(assistant: Assistant, scope: Scope = EVERYTHING) -> list[Document]:
    """The papers in scope that have at least one of the scope's sections, if it names any."""
    return [
        document
        for document in assistant.documents
        if (not scope.documents or document.id in scope.documents)
        and (not scope.sections or set(scope.sections).intersection(assistant.sections([document.id])))
    ]


def as_csv(rows: Sequence[PaperResult]) -> str:
    """CSV with a line for each citation, or one for a paper without any. No cell is a formula to a spreadsheet.

    The outcome is `answer`, `possibly` for a sentence that may answer, or `NOTHING`.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    writer.writerows(map(cell, line) for line in _lines(rows))
    return file.getvalue()


def as_markdown(question: str, rows: Sequence[PaperResult]) -> str:
    """Markdown: the question and a table with the same lines, with all markup in them escaped."""
    lines = [f"**{markdown(question)}**", "", _table_row(_HEAD), _table_row(["---"] * len(_HEAD))]
    lines += [_table_row([*map(markdown, line)]) for line in _lines(rows)]
    return "\n".join(lines) + "\n"


def _lines(rows: Sequence[PaperResult]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        result, title, sure = row.result, row.document.title, f"{row.result.confidence:.2f}"
        if isinstance(result, Answer):
            labels = result.labels or ("",) * len(result.citations)
            for citation, label in zip(result.citations, labels, strict=True):
                yield title, citation.text, citation.section, str(citation), sure, "answer", label
        elif result.possible:
            yield title, result.possible.text, result.possible.section, str(result.possible), sure, POSSIBLY, ""
        else:
            yield title, NOTHING, "", "", "", NOTHING, ""


def _table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
