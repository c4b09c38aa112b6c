"""`qa passages` and `qa show`: what was read of the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.shared import document_option, index_option, json_option, print_json, say, show
from qa.types import Document, QuestionError

if TYPE_CHECKING:
    from qa.index.index import Index


@click.command()
@document_option
@index_option
def passages(documents: tuple[str, ...], index: Path) -> None:
    """Print the passages of the index as JSONL."""
    from qa.index import store
    from qa.records import passage_row

    opened = store.load(index)
    known = _known(opened, documents)
    for passage in opened.passages:
        if not documents or passage.document in documents:
            print_json(passage_row(passage, known[passage.document]))


@click.command("show")
@click.argument("document", metavar="ID")
@click.option("--edits", is_flag=True, help="Print what was changed in the raw text, and where.")
@click.option("--left-out", "left", is_flag=True, help="Print what of the text is not searched, and what it is.")
@json_option
@index_option
def show_document(document: str, edits: bool, left: bool, as_json: bool, index: Path) -> None:
    """Print a paper as it was read, section by section, the edits that made it readable, or what is not searched."""
    from qa.index import store

    opened = store.load(index)
    paper = _known(opened, [document])[document]
    if edits:
        _show_edits(paper, as_json)
        return
    if left:
        _show_left_out(opened, paper, as_json)
        return
    for section, kind, together in opened.sections_of(document):
        if not as_json:
            show(f"\n[{section or paper.title} · {kind}]")
        for passage in together:
            print_json({"section": section, "kind": kind, "text": passage.text}) if as_json else show(passage.text)


def _known(opened: Index, names: Iterable[str]) -> Mapping[str, Document]:
    """The documents of an index by id. Raises `QuestionError` if one of the names is not among them."""
    for name in names:
        if name not in opened.by_id:
            raise QuestionError(f"there is no document {name!r}; there are: {', '.join(sorted(opened.by_id))}")
    return opened.by_id


def _show_edits(paper: Document, as_json: bool) -> None:
    """Print one edit a line, in the order of the raw text, and the count of each kind on standard error."""
    from qa.papers.repair import repair
    from qa.types import Span

    changes = sorted(repair(paper).changes, key=lambda change: (change.start, change.end))
    for change in changes:
        raw = paper.raw[change.start : change.end]
        if as_json:
            print_json(asdict(change) | {"raw": raw})
        else:
            now = f" → {change.replacement!r}" if change.kind == "join" else ""
            show(f"{paper.locate(Span(change.start, change.end))}  {change.name}  {change.kind}  {raw!r}{now}")
    for (name, kind), count in sorted(Counter((change.name, change.kind) for change in changes).items()):
        say(f"{count:6}  {name} ({kind})")


def _show_left_out(opened: Index, paper: Document, as_json: bool) -> None:
    """Print one piece of text a line, in the order of the raw text, and the count of each kind on standard error."""
    from qa.papers.left_out import NAMES, left_out
    from qa.papers.repair import repair

    found = left_out(paper, opened.passages_of(paper.id), repair(paper).changes)
    for one in found:
        raw = paper.raw[one.span.start : one.span.end]
        if as_json:
            print_json({"kind": one.kind, "start": one.span.start, "end": one.span.end, "raw": raw})
        else:
            show(f"{paper.locate(one.span)}  {one.kind}  {raw!r}")
    for kind, count in Counter(one.kind for one in found).most_common():
        say(f"{count:6}  {kind} ({NAMES[kind]})")
