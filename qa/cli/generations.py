"""`qa index` on what was published: status, verify, history, going back, deleting, comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.shared import (
    AT_FAULT,
    corpus_option,
    index_option,
    json_option,
    open_store,
    print_json,
    progress_bar,
    say,
    show,
    store_option,
    tell,
    why_option,
)
from qa.types import Document, QuestionSetError

if TYPE_CHECKING:
    from qa.index.index import Index
    from qa.papers.sources import Corpus


@click.command()
@json_option
@corpus_option
@index_option
@store_option
def status(as_json: bool, corpus: Path, index: Path, store: str) -> None:
    """Say what is indexed, and whether the index is up to date; of a store, which generation it has."""
    from qa.index import store as folder
    from qa.index.library import Library
    from qa.papers.sources import Corpus, read_corpus

    opened = folder.load(index)
    differences = Library(corpus, index).differences(opened)
    found = read_corpus(corpus) if corpus.is_dir() else Corpus((), (), ())
    counts = {document.id: len(opened.passages_of(document.id)) for document in opened.documents}
    remote = open_store(store).load() if store else None
    if as_json:
        row = _status_row(opened, folder.current_generation(index), differences, found)
        print_json(row | ({"store": {"generation": remote.name, **remote.about}} if remote else {}))
        return
    show(f"Generation {folder.current_generation(index)}: {len(counts)} papers, {len(opened.passages)} passages")
    for what, way in opened.ways().items():
        how = "are all compared with a question"
        if "recall@10" in way:
            how = f"are found by their codes, {way['recall@10']:.1%} of the nearest ten"
        elif way["kind"] == "candidates":
            how = "are compared with a question where their passage may be among the best"
        show(f"  the vectors of {way['rows']} {what} {how}")
    for document in opened.documents:
        show(f"  {document.id}: {counts[document.id]} passages, {document.title}")
    for failure in opened.failures:
        show(f"  left out: {failure.reason}")
    for line in found.lines():
        show(f"  {line[:1].lower()}{line[1:]}")
    _show_worst_pages(opened.documents)
    show("The index is up to date." if not differences else "The index is stale; run `qa index build`:")
    for difference in differences:
        show(f"  {difference}")
    if remote:
        about = remote.about
        show(f"The store has generation {remote.name}: {about['documents']} papers, {about['passages']} passages")


def _status_row(opened: Index, generation: str | None, differences: Sequence[str], found: Corpus) -> dict[str, Any]:
    """The index and the corpus as JSON: `failures` are papers that could not be read, `left_out` are all files that
    are not; `bibliography` are the faults in it."""
    from qa.records import paper_row

    documents = [paper_row(document, len(opened.passages_of(document.id))) for document in opened.documents]
    failures = [{"file": failure.file, "reason": failure.reason} for failure in opened.failures]
    return {
        "generation": generation,
        "state": "stale" if differences else "fresh",
        "differences": differences,
        "search": opened.ways(),
        "documents": documents,
        "failures": failures,
        "left_out": failures + [asdict(item) for item in found.left_out],
        "bibliography": [asdict(fault) for fault in found.faults],
    }


def _show_worst_pages(documents: Sequence[Document], most: int = 10) -> None:
    """Print the pages that were not read well, worst first."""
    from qa.papers.quality import worst

    pages = worst(documents)
    for name, quality in pages[:most]:
        page = "" if quality.page is None else f", page {quality.page}"
        read = f"read at {quality.score:.2f} of 1" if quality.judged else "not judged"
        show(f"  {read}: {name}{page}: {'; '.join(quality.reasons)}")
    if len(pages) > most:
        show(f"  and {len(pages) - most} more; `qa index status --json` has all of them")


@click.command()
@click.argument("generation", required=False)
@json_option
@index_option
@click.pass_context
def verify(context: click.Context, generation: str | None, as_json: bool, index: Path) -> None:
    """Check every checksum, count and quote of the published index, or of another generation."""
    from qa.index import folder, store

    problems = store.problems(index, generation)
    if as_json:
        print_json({"generation": generation or folder.named(index), "sound": not problems, "problems": problems})
    for problem in problems:
        say(problem)
    if problems:
        context.exit(AT_FAULT)
    if as_json:
        return
    opened = store.load(index, generation)
    show(
        f"Generation {generation or store.current_generation(index)} is sound: {len(opened.documents)} papers, "
        f"{len(opened.passages)} passages and {opened.sentence_vectors.n} sentences, word for word in their sources."
    )


@click.command()
@json_option
@index_option
@store_option
def history(as_json: bool, index: Path, store: str) -> None:
    """List what was published, oldest first: when, what changed, who did it and why."""
    from qa.index import store as folder
    from qa.index.history import in_words

    rows = open_store(store).history() if store else folder.history(index)
    titles = {} if store or as_json else folder.titles(index, rows)
    for row in rows:
        if as_json:
            print_json(row)
            continue
        note = "current" if row["current"] else "" if row["kept"] else "deleted"
        show(f"{row['published_at']}  {row['generation']}  {row['action']}  {note}".rstrip())
        if not store:
            gates = {"passed": "gates passed", "forced": "a gate failed"}.get(row["gates"], "")
            about = [in_words(row, titles), row["by"] and f"by {row['by']}", gates, row["why"] and f"“{row['why']}”"]
            say(f"    {' · '.join(filter(None, about))}")


@click.command()
@click.argument("generation", required=False)
@why_option
@json_option
@corpus_option
@index_option
@store_option
def rollback(generation: str | None, why: str, as_json: bool, corpus: Path, index: Path, store: str) -> None:
    """Go back to a generation, or to the one before: in a store only there, else in the folder.

    It stays until somebody publishes: nothing does so by itself.
    """
    from qa.index.library import Library
    from qa.index.store import writing

    if store:
        with writing(index):
            name = open_store(store).rollback(generation)
    else:
        name = Library(corpus, index).rollback(generation, why=why, told=tell)
    if as_json:
        print_json({"generation": name})
    say(f"Generation {name} is current again.")


@click.command()
@click.option("--keep", type=click.IntRange(min=1), help="How many published generations stay.")
@click.option("--forget", "papers", multiple=True, metavar="ID", help="Delete all that hold this paper; repeatable.")
@json_option
@corpus_option
@index_option
def prune(keep: int | None, papers: tuple[str, ...], as_json: bool, corpus: Path, index: Path) -> None:
    """Delete older generations: all but the last ones, or those that hold a paper. The one in use stays."""
    from qa.index.library import Library

    if keep is None and not papers:
        raise click.UsageError("give --keep N, --forget ID, or both")
    library = Library(corpus, index)
    gone = library.forget(papers, told=tell) if papers else []
    gone += library.prune(keep, told=tell) if keep else []
    for name in gone:
        if as_json:
            print_json({"generation": name, "state": "deleted"})
        else:
            say(f"Generation {name} is deleted.")
    if not gone:
        say("There was nothing to delete.")


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B", required=False)
@click.option("--no-questions", is_flag=True, help="Do not ask the question set.")
@json_option
@index_option
def diff(before: str, after: str | None, no_questions: bool, as_json: bool, index: Path) -> None:
    """Say what differs between two generations: papers, passages, and answers of the question set.

    B is the one in use if it is not given.
    """
    from qa.answers.caches import Caches
    from qa.config import Folders, WebSettings
    from qa.evaluation.differences import answers_between, papers_between
    from qa.evaluation.runs import CACHES
    from qa.index import store

    other = after or store.current_generation(index) or ""
    found = papers_between(store.load(index, before), store.load(index, other))
    for paper in found:
        if as_json:
            print_json(asdict(paper))
        elif paper.state != "unchanged":
            show(str(paper))
    unchanged = sum(paper.state == "unchanged" for paper in found)
    if unchanged:
        say(f"Papers that are the same in both: {unchanged}.")
    if no_questions:
        return
    try:
        with progress_bar("") as progress:
            caches = Caches(Folders().state_dir / CACHES)
            answers = answers_between(index, before, other, WebSettings().questions, caches, progress)
    except QuestionSetError as error:
        say(f"The question set was not asked, since it does not fit these papers: {error}")
        return
    for answer in answers.changed:
        if as_json:
            print_json(asdict(answer))
        else:
            show(str(answer))
    say(f"Of {answers.asked} questions, {len(answers.changed)} are answered otherwise.")
