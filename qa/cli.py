"""The commands: data goes to standard output, messages for people to standard error.

Exit codes: 0 done, 1 the question had no answer in the documents, 2 the call was wrong, 3 the input or the index was
at fault. Modules that load slowly are imported inside the commands that need them, so that `qa --help` is quick.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from qa.text import for_terminal
from qa.types import Answer, Document, Progress, QAError, QuestionError, Result, Scope, SourceError, StoreError

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.answers.milvus import Remote
    from qa.index.index import Index
    from qa.index.library import Report
    from qa.index.milvus.published import Store
    from qa.papers.sources import Corpus

NO_ANSWER, WRONG_CALL, AT_FAULT = 1, 2, 3

_GARBAGE = (50_000, 20, 50)
"""Python looks for garbage after so many new objects. After 700, its default, it would look 400 times while modules are
imported, which takes 0.1 s. Set by hand on 2026-11-27."""
_READERS = (["ask"], ["search"], ["mcp"])
"""Commands that write nothing but to the two streams, which are flushed. So the process may end without Python taking
models and modules apart, for another 0.1 s."""

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
document_option = click.option(
    "--document", "documents", multiple=True, metavar="ID", help="Ask only this paper; may be repeated."
)


class _Group(click.Group):
    """Prints a `QAError` as one message without a traceback, and exits with its code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except QAError as error:
            say(f"qa: {error}")
            context.exit(WRONG_CALL if isinstance(error, QuestionError) else AT_FAULT)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa", prog_name="qa")
def cli() -> None:
    """Ask your own papers, and get answers in their own words."""


def main() -> None:
    """The console script `qa`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.set_threshold(*_GARBAGE)
    try:
        cli()
    except SystemExit as done:
        if sys.argv[1:2] not in _READERS:
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(done.code or 0))


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


@cli.command()
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
    assistant = _open(index)
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


def _open(index: Path) -> Assistant:
    from qa.answers import loading

    models = loading.begin()
    from qa.answers.assistant import Assistant

    models.join()
    return Assistant.open(index)


def _open_remote(store: str) -> Remote:
    from qa.answers.milvus import Remote

    return Remote.open(store)


def _open_store(store: str) -> Store:
    from qa.index.milvus.published import Store

    return Store.open(store)


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


@cli.command()
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

    assistant = _open_remote(store) if store else _open(index)
    hits = assistant.search(question, method, top_k, Scope(documents))
    for row in hit_rows(hits, assistant.by_id):
        if as_json:
            print_json(row)
        else:
            ranks = ", ".join(f"{ranker} {rank}" for ranker, rank in row["ranks"].items())
            show(f"{row['rank']}. {row['id']}  {row['score']:.3f} ({ranks})\n   {row['text']}")


@cli.command()
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


@cli.command("show")
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


@cli.group()
def index() -> None:
    """Build the index, look after it, go back."""


@index.command()
@click.option("--full", is_flag=True, help="Read and embed every paper again.")
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Read and embed on the machines of a Ray cluster: HOST:PORT of its head, `auto`, or `local` for this one.",
)
@corpus_option
@index_option
@store_option
@click.pass_context
def build(context: click.Context, full: bool, ray: str | None, corpus: Path, index: Path, store: str) -> None:
    """Build or update the index: only what changed is read and embedded. A store gets the whole generation."""
    from qa.index.library import Library

    if ray:
        from qa.index.cluster import read_and_embed

        with progress_bar() as progress:
            read = read_and_embed(corpus, index, ray, full=full, progress=progress)
        say(f"Papers that were read and embedded on the cluster: {read}")
    with progress_bar() as progress:
        report = Library(corpus, index).update(full=full, progress=progress, told=tell)
    _finish(context, report, index, store)


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


def _finish(context: click.Context, report: Report, index: Path, store: str, forgotten: Iterable[str] = ()) -> None:
    """Publish in a store too, and print what an update did; exit with `AT_FAULT` if a paper could not be read."""
    if store:
        _publish(report.generation, index, store, forgotten)
    parts = [
        f"{len(ids)} {word}"
        for word, ids in (
            ("added", report.added),
            ("changed", report.changed),
            ("removed", report.removed),
            ("unchanged", report.unchanged),
        )
        if ids
    ]
    say(f"Generation {report.generation} is published: {', '.join(parts)}.")
    if report.failures:
        say(f"Papers that were left out: {len(report.failures)}; why stands above, and in `qa index status`.")
        context.exit(AT_FAULT)


def _publish(generation: str, index: Path, store: str, forgotten: Iterable[str]) -> None:
    """Publish a generation of a folder in a store, and forget papers there."""
    from qa.index.store import load, writing

    with writing(index), progress_bar("passage") as progress:  # one publishes at a time
        remote = _open_store(store)
        remote.publish(load(index, generation), generation, progress=progress)
        for document in forgotten:
            remote.forget(document)
        remote.close()


@index.command()
@click.argument("files", nargs=-1, required=True, type=A_PATH)
@corpus_option
@index_option
@store_option
@click.pass_context
def add(context: click.Context, files: tuple[Path, ...], corpus: Path, index: Path, store: str) -> None:
    """Copy papers into the corpus and update the index."""
    from qa.index.library import Library

    library = Library(corpus, index)
    library.add(files)
    with progress_bar() as progress:
        report = library.update(progress=progress, told=tell)
    _finish(context, report, index, store)


@index.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@corpus_option
@index_option
@store_option
@click.pass_context
def remove(context: click.Context, ids: tuple[str, ...], corpus: Path, index: Path, store: str) -> None:
    """Take papers out of the corpus and the index, and delete older generations that hold them."""
    from qa.index.library import Library

    with progress_bar() as progress:
        report = Library(corpus, index).remove(ids, progress=progress, told=tell)
    if report is None:
        if store:
            _open_store(store).clear()
        say("The last paper was taken out; there is no index any more.")
    else:
        _finish(context, report, index, store, ids)


@index.command()
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
    remote = _open_store(store).load() if store else None
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


@index.command()
@index_option
@click.pass_context
def verify(context: click.Context, index: Path) -> None:
    """Check every checksum, count and quote of the published index."""
    from qa.index import store

    problems = store.problems(index)
    for problem in problems:
        say(problem)
    if problems:
        context.exit(AT_FAULT)
    opened = store.load(index)
    show(
        f"Generation {store.current_generation(index)} is sound: {len(opened.documents)} papers, "
        f"{len(opened.passages)} passages and {opened.sentence_vectors.n} sentences, word for word in their sources."
    )


@index.command()
@json_option
@index_option
@store_option
def history(as_json: bool, index: Path, store: str) -> None:
    """List the generations, oldest first."""
    from qa.index import store as folder

    for row in _open_store(store).history() if store else folder.history(index):
        if as_json:
            print_json(row)
        else:
            note = "current" if row["current"] else "" if row["kept"] else "deleted"
            show(f"{row['published_at']}  {row['generation']}  {row['action']}  {note}".rstrip())


@index.command()
@click.argument("generation", required=False)
@index_option
@store_option
def rollback(generation: str | None, index: Path, store: str) -> None:
    """Go back to a generation, or to the one before: in a store only there, else in the folder."""
    from qa.index import store as folder

    with folder.writing(index):
        name = _open_store(store).rollback(generation) if store else folder.rollback(index, generation)
    say(f"Generation {name} is current again.")


OTHER_SETS = ("covidqa", "scifact", "clapnq", "squad2", "asked", "asked-own")


@cli.command("eval")
@click.argument("questions", type=A_PATH, required=False)
@click.option("--check", is_flag=True, help="Only say what is wrong with the question set, line by line.")
@click.option("--from-feedback", is_flag=True, help="Print draft cases made of what users said of answers, as JSONL.")
@click.option("--report", type=A_PATH, help="Write JSON, CSV, JUnit XML and an HTML page here.")
@click.option("--baseline", type=A_PATH, help="Compare with this earlier results.json.")
@click.option("--gates", type=A_PATH, help="What may not fall.  [default: eval/gates.toml]")
@click.option("--split", type=click.Choice(["tune", "test"]), help="Only this half of the questions.")
@click.option(
    "--set",
    "name",
    type=click.Choice(OTHER_SETS),
    help="Other people's questions in place of ours, on an index of their own texts.",
)
@click.option("--data", type=A_PATH, help="Folder with the files of --set.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many questions of --set, always the same.")
@click.option(
    "--work",
    type=A_PATH,
    default=Path("reports/sets"),
    show_default=True,
    help="Folder for the texts of --set and their index.",
)
@index_option
@click.pass_context
def evaluate(
    context: click.Context, /, questions: Path | None, check: bool, from_feedback: bool, **options: Any
) -> None:
    """Run a question set (eval/questions.jsonl) and print how well it was answered; exit 1 when a gate fails."""
    name, index = options["name"], options["index"]
    if name and (questions or check or from_feedback):
        raise click.UsageError("--set takes no question set of yours, no --check and no --from-feedback")
    if check and from_feedback:
        raise click.UsageError("--check and --from-feedback are two things; ask for one")
    if bool(name) != bool(options["data"]) or (options["sample"] and not name):
        raise click.UsageError("--set NAME and --data DIR belong together, and --sample to them")
    from qa.config import PROJECT, QUESTIONS

    path = questions or QUESTIONS.relative_to(PROJECT)
    if check:
        _check_questions(context, path, index)
    elif from_feedback:
        _print_drafts(path, index)
    else:
        _run_questions(context, None if name else path, options)


def _run_questions(context: click.Context, questions: Path | None, options: Mapping[str, Any]) -> None:
    from qa.evaluation.command import Run, evaluate

    with progress_bar("") as progress:
        done = evaluate(Run(questions, **options), progress)
    show(done.text)
    for file in done.files:
        say(f"{file} is written")
    if not done.passed:
        context.exit(NO_ANSWER)


def _print_drafts(questions: Path, index: Path) -> None:
    from qa.evaluation.questions import parse
    from qa.index import store
    from qa.userdata import database, feedback

    documents = store.load(index).documents
    accepted = {question.id for question in parse(questions, documents)[0].values()}
    drafts = feedback.cases(feedback.given(database.state_folder()), documents)
    fresh = [case for case in drafts if case["id"] not in accepted]
    for case in fresh:
        print_json(case)
    say(f"New drafts of what users said: {len(fresh)}; in {questions} already: {len(drafts) - len(fresh)}")
    if fresh:
        say(f"To accept one, do what its `todo` says, take `draft`, `todo` and `from` out, and add it to {questions}")


def _check_questions(context: click.Context, questions: Path, index: Path) -> None:
    from qa.evaluation.check import problems
    from qa.index import store

    documents = store.load(index).documents
    found = problems(questions, documents)
    for problem in found:
        say(str(problem))
    if found:
        context.exit(AT_FAULT)
    show(f"{questions} is sound: every quote stands in its paper, no question is asked twice or copies its evidence.")


@cli.command()
@corpus_option
@index_option
@click.pass_context
def doctor(context: click.Context, corpus: Path, index: Path) -> None:
    """Check the installation, the models and the index; each finding ends with the command that mends it."""
    from qa.answers.models import calibration_of, cross_encoder_of
    from qa.config import AskSettings, IndexSettings
    from qa.index import store
    from qa.index.embed import open_encoder
    from qa.index.library import Library
    from qa.papers.bibliography import read_bibliography
    from qa.papers.files import BIBLIOGRAPHY
    from qa.papers.folder import lines_of
    from qa.papers.sources import read_corpus

    settings, ask = IndexSettings(), AskSettings()

    def reads() -> str:
        model = cross_encoder_of(ask)
        if model is None:
            return "by embeddings and words, without a cross-encoder"
        model.judge("test", [("", ["test"])])
        return f"{ask.reader_model.name} reads the first {ask.reader_k} passages"

    def papers() -> str:
        found = read_corpus(corpus)
        return "\n".join([f"{len(found.sources)} papers in {corpus}", *lines_of(found.left_out)])

    def described() -> str:
        found = read_bibliography(corpus / BIBLIOGRAPHY)
        if found.faults:
            raise QAError("\n".join(map(str, found.faults)))
        return f"{len(found.entries)} entries in {BIBLIOGRAPHY}" if found.entries else f"{BIBLIOGRAPHY} has no entry"

    def fresh() -> str:
        found = Library(corpus, index).freshness()
        if found != "fresh":
            raise QAError(f"the index is {found}; run `qa index build`")
        return f"{index} is up to date"

    def sound() -> str:
        problems = store.problems(index)
        if problems:
            raise QAError(problems[0])
        return f"{index} is sound"

    checks: dict[str, Callable[[], str]] = {
        "encoder": lambda: f"{open_encoder(settings.encoder).encode(['test']).shape[1]} dimensions",
        "reader": reads,
        "calibration": lambda: calibration_of(ask, open_encoder(settings.encoder), cross_encoder_of(ask)).fitted_on,
        "corpus": papers,
        "bibliography": described,
        "index": sound,
        "freshness": fresh,
    }
    failed = False
    for name, check in checks.items():
        try:
            state, said = "ok   ", check()
        except QAError as error:
            failed, state, said = True, "wrong", str(error)
        show(f"{state} {name}: {said}".replace("\n", "\n      "))
    if failed:
        context.exit(AT_FAULT)


APP_PORT, API_PORT = 8501, 8502


@cli.command()
@click.option("--api", is_flag=True, help="Serve JSON over HTTP for other programs, in place of the app.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="PORT",
    help=f"[default: {APP_PORT}; with --api {API_PORT}]",
)
@click.option(
    "--host", metavar="ADDRESS", help="With --api: listen at this address.  [default: 127.0.0.1, this machine only]"
)
@corpus_option
@index_option
def serve(api: bool, port: int | None, host: str | None, corpus: Path, index: Path) -> None:
    """Build the index if it is missing or stale, and serve the app, or JSON for other programs."""
    if host and not api:
        raise click.UsageError("--host belongs to --api")
    if api:
        _serve_api(host or "127.0.0.1", port or API_PORT, corpus, index)
    else:
        _serve_app(port or APP_PORT, corpus, index)


def _serve_app(port: int, corpus: Path, index: Path) -> None:
    from qa.web.serve import check_port, run_server

    check_port(port)
    _build_if_not_fresh(corpus, index)
    say(f"The app is at http://localhost:{port} (stop it with Ctrl+C)")
    run_server(corpus, index, port)


def _serve_api(host: str, port: int, corpus: Path, index: Path) -> None:
    from qa.service import server

    listener = server.taken(host, port)
    _build_if_not_fresh(corpus, index)
    if not server.is_here(host):
        say(f"qa: whoever reaches port {port} of this machine can read the papers: there is no login")
    where = server.address(host, port)
    say(f"The service is at {where}, described at {where}/openapi.json (stop it with Ctrl+C)")
    server.run(index, listener, host)


def _build_if_not_fresh(corpus: Path, index: Path) -> None:
    from qa.index.library import Library

    library = Library(corpus, index)
    try:
        fresh = library.freshness() == "fresh"
    except StoreError as error:
        say(f"qa: {error}; building it anew")
        fresh = False
    if not fresh:
        say(f"Reading the papers in {corpus} …")
        with progress_bar() as progress:
            library.update(progress=progress, told=tell)


@cli.command()
@index_option
def mcp(index: Path) -> None:
    """Serve the papers as tools of the Model Context Protocol, over standard input and output."""
    from qa.answers import loading

    loading.begin()
    from qa.service import tools

    if sys.stdin.isatty():
        say("This waits for a program that speaks the Model Context Protocol; README says how to name it there.")
    tools.run(index)
