"""What the commands share: exit codes, options, how they speak, how far they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.text import for_terminal
from qa.types import Progress, QAError, QuestionError

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.answers.milvus import Remote
    from qa.index.milvus.published import Store

NO_ANSWER, WRONG_CALL, AT_FAULT = 1, 2, 3

A_PATH = click.Path(path_type=Path)


def folder_option(name: str, variable: str, what: str) -> Callable[[Any], Any]:
    """An option for a folder; an environment variable can name it too."""
    return click.option(f"--{name}", type=A_PATH, default=name, envvar=variable, show_default=True, help=what)


index_option = folder_option("index", "QA_INDEX_DIR", "Folder of the index.")
corpus_option = folder_option("corpus", "QA_CORPUS_DIR", "Folder of the papers.")
store_option = click.option(
    "--store",
    default="",
    envvar="QA_STORE",
    metavar="ADDRESS",
    help="A store in Milvus: milvus://HOST:PORT/NAME, or milvus+lite:FILE.db for Milvus Lite.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
why_option = click.option("--why", default="", metavar="TEXT", help="A reason, which history and audit log keep.")
document_option = click.option(
    "--document", "documents", multiple=True, metavar="ID", help="Ask only this paper; may be repeated."
)


class Group(click.Group):
    """Prints a `QAError` as one message without a traceback, and exits with its code."""

    def invoke(self, context: click.Context) -> Any:
        """As any group, but for the errors."""
        try:
            return super().invoke(context)
        except QAError as error:
            say(f"qa: {error}")
            context.exit(WRONG_CALL if isinstance(error, QuestionError) else AT_FAULT)


def say(text: str) -> None:
    """Print a message for a person, on standard error."""
    click.echo(for_terminal(text), err=True)


def tell(text: str) -> None:
    """Print a message for a person while a progress bar may be there."""
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stderr):
        say(text)


def show(text: str) -> None:
    """Print data for a person, on standard output."""
    click.echo(for_terminal(text))


def print_json(row: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    from qa.records import json_text

    click.echo(json_text(row))


@contextmanager
def progress_bar(unit: str = "paper") -> Iterator[Progress]:
    """A progress bar over papers, on standard error, with the time left at the mean speed since the first step.

    What is done at the first step took no time.
    """
    from tqdm import tqdm

    with tqdm(unit=unit, dynamic_ncols=True, leave=False, delay=0.5, smoothing=0) as bar:

        def progress(done: int, total: int, what: str) -> None:
            if bar.total is None:
                bar.reset(total)
                bar.initial = bar.n = done
            bar.total = total
            bar.set_description(for_terminal(what)[:40], refresh=False)
            bar.update(done - bar.n)
            bar.refresh()

        yield progress


def open_assistant(index: Path) -> Assistant:
    """The assistant of the published index; its models load while modules are imported."""
    from qa.answers import loading

    models = loading.begin()
    from qa.answers.assistant import Assistant

    models.join()
    return Assistant.open(index)


def open_remote(store: str) -> Remote:
    """What searches in a store, by its address."""
    from qa.answers.milvus import Remote

    return Remote.open(store)


def open_store(store: str) -> Store:
    """The generations in a store, by its address."""
    from qa.index.milvus.published import Store

    return Store.open(store)
