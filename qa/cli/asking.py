"""`qa ask` and `qa search`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from qa.cli.shared import (
    NO_ANSWER,
    corpus_option,
    document_option,
    index_option,
    json_option,
    open_assistant,
    open_remote,
    print_json,
    say,
    show,
    store_option,
)
from qa.types import Answer, Result, Scope, SourceError

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant


@click.command()
@click.argument("question", required=False)
@click.option("--batch", type=click.File("rb"), help="Ask each line of a JSONL file, or of -.")
@click.option(
    "--as-typed",
    is_flag=True,
    help="Ask word for word: slips of the pen stay, and follow-ups are asked without what they follow.",
)
@json_option
@document_option
@index_option
@corpus_option
@click.pass_context
def ask(
    context: click.Context,
    question: str | None,
    batch: IO[bytes] | None,
    as_typed: bool,
    as_json: bool,
    documents: tuple[str, ...],
    index: Path,
    corpus: Path,
) -> None:
    """Answer a question with quotes from the papers, or say that they do not answer it."""
    if (question is None) == (batch is None):
        raise click.UsageError("give a question, or --batch FILE with one JSON object a line")
    assistant = open_assistant(index)
    _warn_if_stale(context, assistant, corpus, index)
    if batch is not None:
        _ask_batch(batch, assistant, documents, as_typed)
        return
    from qa.answers.batch import row_of

    assert question is not None
    start = time.perf_counter()
    result = assistant.ask(question, scope=Scope(documents), as_typed=as_typed)
    if as_json:
        print_json(row_of(result, assistant, start))
    else:
        _show_result(result)
    if not isinstance(result, Answer):
        context.exit(NO_ANSWER)


def _warn_if_stale(context: click.Context, assistant: Assistant, corpus: Path, index: Path) -> None:
    """Warn if the corpus has changed since the build, unless the call names an index without its corpus."""
    from qa.index.library import Library

    given = [context.get_parameter_source(name) != click.core.ParameterSource.DEFAULT for name in ("index", "corpus")]
    if given == [True, False] or not corpus.is_dir():
        return
    try:
        differences = Library(corpus, index).differences(assistant.index)
    except SourceError as error:
        say(f"qa: whether the index is stale cannot be told: {error}")
        return
    if differences:
        say(f"qa: the index is stale ({differences[0]}); run `qa index build`")


def _ask_batch(batch: IO[bytes], assistant: Assistant, documents: tuple[str, ...], as_typed: bool) -> None:
    from qa.answers.batch import rows_of_line
    from qa.records import json_lines

    for line in json_lines(batch, errors="replace"):
        if line.strip():
            for row in rows_of_line(line, assistant, documents, as_typed):
                print_json(row)
                sys.stdout.flush()


def _show_result(result: Result) -> None:
    for kind, text in result.lines():
        show(text) if kind == "data" else say(text)


@click.command()
@click.argument("question")
@click.option("--method", type=click.Choice(["dense", "lexical", "hybrid"]), default="hybrid", show_default=True)
@click.option("--top-k", type=click.IntRange(1, 1000), default=10, show_default=True)
@json_option
@document_option
@index_option
@store_option
def search(
    question: str, method: Any, top_k: int, as_json: bool, documents: tuple[str, ...], index: Path, store: str
) -> None:
    """Rank the passages for a question, without an answer."""
    from qa.records import hit_rows

    assistant = open_remote(store) if store else open_assistant(index)
    hits = assistant.search(question, method, top_k, Scope(documents))
    for row in hit_rows(hits, assistant.by_id):
        if as_json:
            print_json(row)
        else:
            ranks = ", ".join(f"{ranker} {rank}" for ranker, rank in row["ranks"].items())
            show(f"{row['rank']}. {row['id']}  {row['score']:.3f} ({ranks})\n   {row['text']}")
