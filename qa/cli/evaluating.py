"""`qa eval`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from qa.cli.shared import A_PATH, AT_FAULT, NO_ANSWER, index_option, print_json, progress_bar, say, show

OTHER_SETS = ("covidqa", "scifact", "clapnq", "squad2", "asked", "asked-own")


@click.command("eval")
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
