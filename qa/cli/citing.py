"""`qa cite`: what has become of the quotes that a permanent link leads to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.shared import NO_ANSWER, folder_option, index_option, json_option, print_json, say, show
from qa.types import breadcrumb

if TYPE_CHECKING:
    from qa.userdata.fates import Traced

state_option = folder_option("state", "QA_STATE_DIR", "Folder of the kept answers.")


@click.command()
@click.argument("link")
@json_option
@index_option
@state_option
@click.pass_context
def cite(context: click.Context, link: str, as_json: bool, index: Path, state: Path) -> None:
    """Say what has become of the quotes that a permanent link leads to, to an answer or to a place in a paper.

    Exit codes: 0 every quote stands in the present papers, word for word; 1 some do not; 2 this is no such link; 3 the
    answer or the version of the paper is not known, or the index is at fault.
    """
    from qa.userdata.addresses import named

    what = named(link)
    from qa.index import store
    from qa.userdata.cited import cited

    found = cited(what, store.load(index), index, state)
    if as_json:
        for quote in found.quotes:
            print_json(_row(link, quote))
    else:
        if found.question:
            show(found.question)
        if found.generation:
            show(f"Answered from generation {found.generation}.")
        for quote in found.quotes:
            _show(quote)
    if not found.quotes:
        say("This answer quotes nothing.")
    if not found.is_dated:
        say("This link does not say of which version of the paper it is; these are the words that stand there now.")
    if not all(quote.fate.found for quote in found.quotes):
        context.exit(NO_ANSWER)


def _show(quote: Traced) -> None:
    row, fate = quote.row, quote.fate
    show(f"[{row['number']}] {row['text']}")
    show(f"    {breadcrumb(row['title'], row['section'], row['document'])}")
    show(f"    {fate}")
    if fate.now:
        times = f", once of {fate.times}" if fate.times > 1 else ""
        section = f", {fate.now.section}" if fate.now.section else ""
        show(f"    It stands now in {fate.now.document.title}{section} ({fate.now}){times}.")
    if quote.was:
        when = quote.was.published_at
        show(f"    It stands, as quoted, in generation {quote.was.generation}, published on {when}.")
    elif fate.kind != "unchanged":
        show("    No generation that is kept has it as it was quoted.")


def _row(link: str, quote: Traced) -> dict[str, Any]:
    from qa.records import pairs

    row, fate = quote.row, quote.fate
    now = fate.now and {"document": fate.now.document.id, "spans": pairs(fate.now.spans), "place": str(fate.now)}
    return {
        "link": link,
        **{name: row[name] for name in ("number", "document", "title", "text", "quote", "spans")},
        "fate": fate.kind,
        "found": fate.found,
        "now": now,
        "generation": quote.was and quote.was.generation,
    }
