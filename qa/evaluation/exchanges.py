"""Whether a question is refused once a name in it is exchanged: `python -m qa.evaluation.exchanges`.

The development questions of `asked` that are answered are asked again, each with one of its names or numbers exchanged
for another of its kind that its paper does not have: one that another paper of the library has, or one of none. The
names are recognised and exchanged as for training (`qa.evaluation.swaps`), not by the rule that is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from tqdm import tqdm

from qa.answers.assistant import Assistant
from qa.evaluation import kinds
from qa.evaluation.asked import A_PATH, Used, Wanted, corpus_of, opened
from qa.evaluation.sets import asked
from qa.evaluation.sets.asked import Asked, AskedPaper
from qa.evaluation.swaps import Known, numbers_by_unit, put, takes, terms_of
from qa.evaluation.table import columns
from qa.types import Answer, QAError

Source = Literal["library", "none", "number"]
"""Where the new name comes from: another paper of the library, or none of them; or a number."""

_DRAWS = 2
"""Exchanges of one name from one source, at most."""
_STRANGERS = 300
"""Papers outside the library, from which come the names that no paper of it has."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with one term exchanged, and the paper that it was about."""

    paper: str
    question: str
    old: str
    new: str
    source: Source


@dataclass(frozen=True, slots=True)
class Stock:
    """What can take a term's place: `names` of the same kind, nearest first; `numbers` by unit; and what is known of
    each paper and of the whole library."""

    names: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Sequence[str]]
    papers: Mapping[str, Known]
    library: Known


def stock(questions: Sequence[Asked], papers: Mapping[str, AskedPaper], strangers: Sequence[AskedPaper]) -> Stock:
    """What the terms of these questions can be exchanged for; `strangers` are papers that are not in the library."""
    texts = [*papers.values(), *strangers]
    learnt = kinds.learn([sentence for paper in texts for sentence in paper.sentences])
    names = [term.text for item in questions for term in terms_of(item.question) if not term.unit]
    known = {name: Known.of([paper.title, *paper.sentences]) for name, paper in papers.items()}
    stems = frozenset().union(*(one.stems for one in known.values()))
    numbers = frozenset().union(*(one.numbers for one in known.values()))
    by_unit = numbers_by_unit(item.question for item in questions)
    return Stock(learnt.like(names), by_unit, known, Known(stems, numbers))


def exchanges(item: Asked, shelf: Stock) -> Iterator[Exchange]:
    """The exchanges of a question's terms, in order, the same at each call."""
    choice = random.Random(item.question)  # noqa: S311 - an exchange that anyone can make again
    paper = shelf.papers[item.paper]
    for term in terms_of(item.question):
        others = shelf.numbers.get(term.unit, ()) if term.unit else shelf.names.get(term.text, ())
        absent = [other for other in others if takes(other, term) and not paper.has(other)]
        known = [other for other in absent if shelf.library.has(other)]
        sources: dict[Source, list[str]] = {
            "library": [] if term.unit else known,
            "none": [] if term.unit else [other for other in absent if other not in known],
            "number": absent if term.unit else [],
        }
        for source, able in sources.items():
            for new in choice.sample(able, min(_DRAWS, len(able))):
                yield Exchange(item.paper, put(item.question, term, new), term.text, new, source)


def asked_again(assistant: Assistant, made: Sequence[Exchange]) -> list[Answer | None]:
    """The answer to each exchange, None where it is refused."""
    results = (assistant.ask(exchange.question) for exchange in tqdm(made, unit="exchange", leave=False))
    return [result if isinstance(result, Answer) else None for result in results]


def table(made: Sequence[Exchange], answers: Sequence[Answer | None]) -> str:
    """A line for each source: exchanges, those refused, and those answered from the paper of the first question."""
    lines = [["exchanged for", "n", "refused", "share", "answered from the same paper"]]
    for source in ("library", "none", "number", "all"):
        own = [pair for pair in zip(made, answers, strict=True) if source in ("all", pair[0].source)]
        refused = sum(answer is None for _, answer in own)
        same = sum(answer is not None and answer.citations[0].document.id == one.paper for one, answer in own)
        lines.append([source, str(len(own)), str(refused), f"{refused / max(1, len(own)):.4f}", str(same)])
    return columns(lines)


@click.command()
@click.option("--data", type=A_PATH, required=True, help="Folder with the files of `asked`.")
@click.option("--library", type=A_PATH, required=True, help="File of other papers.")
@click.option("--papers", type=click.IntRange(min=1), default=40, show_default=True, help="Papers in the library.")
@click.option("--most", type=click.IntRange(min=1), default=1000, show_default=True, help="Exchanges at most.")
@click.option("--work", type=A_PATH, default=Path("reports/sets"), show_default=True, help="For the index.")
def main(data: Path, library: Path, papers: int, most: int, work: Path) -> None:
    """Exchange names in questions that are answered, and ask again."""
    try:
        wanted = Wanted(data, work, None, library, papers)
        corpus = corpus_of(wanted)
        assistant = opened(corpus, work, Used())
        items = [item for item in asked.load_asked(data / "dev_questions.jsonl.gz") if item.paper in corpus]
        strangers = list(asked.others(corpus, library, len(corpus) + _STRANGERS).values())
    except QAError as error:
        raise click.ClickException(str(error)) from error
    shelf = stock(items, corpus, strangers)
    able = [(item, list(exchanges(item, shelf))) for item in items if item.evidence]
    answered = (
        made
        for item, made in tqdm(able, unit="question", leave=False)
        if made and isinstance(assistant.ask(item.question), Answer)
    )
    made = [exchange for found in answered for exchange in found]
    made = random.Random(0).sample(made, min(most, len(made)))  # noqa: S311 - a sample that anyone can draw again
    answers = asked_again(assistant, made)
    click.echo(f"{len(corpus)} papers, {len(made)} exchanges\n\n{table(made, answers)}\n")
    for exchange, answer in zip(made, answers, strict=True):
        if answer is not None:
            click.echo(
                f"{answer.confidence:.2f} {exchange.source}: {exchange.old} → {exchange.new}: {exchange.question}"
            )
            click.echo(f"     {answer.citations[0]}: {answer.citations[0].text}")


if __name__ == "__main__":
    main()
