"""Fill a table's empty cells in the background, one at a time; each is kept as soon as it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qa.types import Document, Progress, Scope
from qa.userdata import database, tables
from qa.userdata.table_record import Column, Table, cell_of
from qa.web.jobs import Job
from qa.web.session import work

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant


def job_of(table: str) -> str:
    """The name of the job that fills a table."""
    return f"table-{table}"


def empty(assistant: Assistant, table: Table) -> list[tuple[Document, Column, Scope]]:
    """The cells to fill, with what to ask for each: row by row, in the order of the papers' titles.

    A cell that was asked in other sections than those of the table's scope is empty too, unless it was judged.
    """
    from qa.answers import each_paper

    papers = sorted(each_paper.papers_to_ask(assistant, table.scope), key=lambda document: document.title.casefold())
    found = []
    for document in papers:
        alone = each_paper.alone(assistant, document.id, table.scope)
        for column in table.columns:
            cell = table.cell(document.id, column.id)
            if cell is None or (not cell["judgement"] and cell["sections"] != list(alone.sections)):
                found.append((document, column, alone))
    return found


def fill(folder: Path, user: str, name: str, assistant: Assistant, progress: Progress) -> None:
    """Fill the empty cells of a user's table until there are none, or until it is stopped or deleted.

    The table is read anew for each cell, because its owner may change it meanwhile.

    Raises:
        QuestionError, BusyError: as `Assistant.ask`; what has been filled stays.
    """
    from qa.answers import each_paper

    done = 0
    while (table := tables.opened(folder, user, name)) and not table.stopped and (left := empty(assistant, table)):
        document, column, alone = left[0]
        progress(done, done + len(left), f"{document.title}: {column.name}")
        result = each_paper.said(assistant, document.id, column.questions, alone)
        cell = cell_of(result, document, alone.sections)
        tables.set_cell(folder, user, name, document, column.id, cell)
        done += 1


def begin(user: str, table: Table, assistant: Assistant) -> Job:
    """Fill a table in the background; a job that fills it already is returned instead.

    Raises:
        QAError: another server fills it.
    """
    folder = database.state_folder()
    return work.jobs().start(job_of(table.id), lambda progress: fill(folder, user, table.id, assistant, progress))
