"""How well follow-ups and comparisons are answered: `python -m qa.evaluation.dialogue`.

The conversations of the set `talk` are held turn by turn, as a user would, with all papers of `asked` at once and with
their own paper only. Each turn is also asked as one question that stands alone, which is what the best understanding of
it could find, and as typed without the turns before, which is what a new topic must find. Comparisons are asked of all
papers that they name. Figures are by kind, with intervals by paper.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from qa.answers.assistant import Assistant
from qa.answers.reader import Reading
from qa.evaluation import clusters
from qa.evaluation.asked import A_PATH, Used, opened
from qa.evaluation.clusters import Estimate
from qa.evaluation.evidence import complete, holds_any, steps, touches
from qa.evaluation.metrics import quantile
from qa.evaluation.run import shown
from qa.evaluation.sets import asked, talk
from qa.evaluation.sets.asked import AskedPaper
from qa.evaluation.sets.corpora import sampled
from qa.evaluation.sets.talk import AskedSide, AskedTurn, Comparison, Conversation, Lists
from qa.evaluation.table import columns
from qa.records import json_text
from qa.types import EVERYTHING, Answer, QAError, Result, Scope, Turn

FORMAT = 1
CUTS = (1, 3, 10)
"""Numbers of passages among which the evidence is looked for."""

Row = dict[str, Any]
"""What came of a turn or a comparison; `scores` are 0 or 1, by the name of a figure."""


@dataclass(frozen=True, slots=True)
class Given:
    """A reading, and what was decided on it with and without a threshold."""

    reading: Reading
    result: Result
    eager: Result
    milliseconds: float

    @classmethod
    def of(cls, assistant: Assistant, question: str, turns: Sequence[Turn] = (), scope: Scope = EVERYTHING) -> Given:
        """Ask a question."""
        start = time.perf_counter()
        reading = assistant.read(question, turns, scope)
        result = assistant.decide(reading)
        milliseconds = 1000 * (time.perf_counter() - start)
        return cls(reading, result, assistant.decide(reading, threshold=0.0), milliseconds)

    @property
    def quotes(self) -> list[tuple[str, tuple[Any, ...]]]:
        """The sentences that would be quoted without a threshold, as evidence is compared with them."""
        return [(c.document.id, c.spans) for c in self.eager.citations] if isinstance(self.eager, Answer) else []

    def scores(self, evidence: Lists) -> dict[str, float]:
        """Those of a question that the papers answer."""
        rank = complete(steps(evidence, shown(self.reading.hits)))
        best = max(self.reading.chosen, key=lambda candidate: candidate.score, default=None)
        place = (best.hit.passage.document, best.sentence.spans) if best else None
        return {f"passages {k}": float(rank is not None and rank <= k) for k in CUTS} | {
            "best sentence": float(place is not None and touches(chain(*evidence), *place)),
            "answer": float(holds_any(evidence, self.quotes)),
            "answered": float(isinstance(self.result, Answer)),
            "right": float(isinstance(self.result, Answer) and holds_any(evidence, self.quotes)),
        }

    def decided(self, evidence: Lists) -> dict[str, float]:
        """The scores by name; a question without evidence has only whether it was answered, which is wrong."""
        return self.scores(evidence) if evidence else {"answered wrongly": float(isinstance(self.result, Answer))}


def hold(conversation: Conversation, assistant: Assistant, own: bool, bound: bool = True) -> list[Row]:
    """Ask the turns in order; a row each, with the earlier results as the turns of the next.

    `bound` says whether a later turn is also asked as a question that stands alone.
    """
    scope = Scope([conversation.paper]) if own else EVERYTHING
    turns: list[Turn] = []
    rows = []
    for number, turn in enumerate(conversation.turns):
        given = Given.of(assistant, turn.question, turns, scope)
        scores = given.decided(turn.evidence)
        if number:
            scores |= {"repeated": _repeated(given, turns[-1])}
            scores |= _beside(turn, assistant, scope) if bound else {}
        rows.append(
            {
                "paper": conversation.paper,
                "kind": turn.kind,
                "own": own,
                "turns": [earlier.question for earlier in turns],
                "question": turn.question,
                "standalone": turn.standalone,
                "interpreted_as": given.reading.question,
                "confidence": given.result.confidence,
                "answer": [candidate.sentence.text for candidate in given.reading.chosen],
                "milliseconds": round(given.milliseconds, 1),
                "scores": scores,
            }
        )
        turns.append(Turn(turn.question, given.result))
    return rows


def _beside(turn: AskedTurn, assistant: Assistant, scope: Scope) -> dict[str, float]:
    """The same figures of the turn as one question that stands alone and, of a new topic, as typed without turns."""
    ways = {"standalone": turn.standalone} | ({"alone": turn.question} if turn.kind == "new" else {})
    return {
        f"{name}, {way}": score
        for way, text in ways.items()
        for name, score in Given.of(assistant, text, scope=scope).decided(turn.evidence).items()
    }


def _repeated(given: Given, before: Turn) -> float:
    """Whether a quote of the turn before is quoted again."""
    earlier = before.result.citations if isinstance(before.result, Answer) else ()
    return float(any((c.document.id, c.spans) in given.quotes for c in earlier))


def compare(comparison: Comparison, assistant: Assistant) -> Row:
    """Ask a comparison of all papers; its row."""
    given = Given.of(assistant, comparison.question)
    stated = [side for side in comparison.sides if side.evidence]
    return {
        "paper": comparison.sides[0].paper,
        "kind": comparison.kind,
        "question": comparison.question,
        "confidence": given.result.confidence,
        "answer": [candidate.sentence.text for candidate in given.reading.chosen],
        "milliseconds": round(given.milliseconds, 1),
        "scores": _sides(given, stated, len(stated) == len(comparison.sides)),
    }


def _sides(given: Given, stated: Sequence[AskedSide], every: bool) -> dict[str, float]:
    passages, result = shown(given.reading.hits), given.result
    quotes = [(c.document.id, c.spans) for c in result.citations] if isinstance(result, Answer) else []
    counts = {f"sides in passages {k}": [holds_any(s.evidence, passages[:k]) for s in stated] for k in CUTS[1:]}
    counts["sides in the answer"] = [holds_any(s.evidence, given.quotes) for s in stated]
    items = list(chain.from_iterable(chain(*side.evidence) for side in stated))
    beside = [not touches(items, *place) for place in quotes]
    scores = {name: float(all(found)) for name, found in counts.items() if found}
    scores["one side in the answer"] = float(any(counts["sides in the answer"]))
    scores["answered"] = float(bool(quotes))
    if quotes:
        scores["sentences given that are evidence of no side"] = sum(beside) / len(beside)
        if not every:
            scores["the same, where one side is not stated"] = sum(beside) / len(beside)
    return scores


def estimates(rows: Iterable[Row]) -> dict[str, dict[str, Estimate]]:
    """For all rows, and for each kind, each figure by name."""
    rows = list(rows)
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    return {
        kind: _means([row for row in rows if kind in ("all", row["kind"])])
        for kind in (["all", *kinds] if len(kinds) > 1 else kinds)
    }


def _means(rows: Sequence[Row]) -> dict[str, Estimate]:
    names = list(dict.fromkeys(chain.from_iterable(row["scores"] for row in rows)))
    return {
        name: clusters.mean([(row["paper"], row["scores"][name]) for row in rows if name in row["scores"]])
        for name in sorted(names)
    }


MEANINGS = {
    "passages K": "after reading, the first K passages hold the evidence",
    "best sentence": "the best sentence of the answer is evidence",
    "answer": "the answer's sentences, given whatever the confidence, hold all the evidence needed",
    "answered": "the confidence reaches the threshold",
    "right": "it does, and the answer's sentences hold all the evidence needed",
    "answered wrongly": "it does, for a question that the paper does not answer",
    "repeated": "a quote of the turn before is quoted again, whatever the confidence",
    "…, standalone": "the same figure of the turn as one question that stands alone",
    "…, alone": "the same figure of a new topic as typed, without the turns before",
    "sides in …": "the evidence of every side that is stated",
}
"""The figures by name."""


def table(found: Mapping[str, Mapping[str, Estimate]]) -> str:
    """A line for each figure and a column for each kind; the interval is that of the first column."""
    first, *_ = found.values()
    lines = [["", *found, "interval", "n"]]
    for name, every in first.items():
        values = [f"{of[name].value:.3f}" if name in of else "–" for of in found.values()]
        figure = every.figure
        lines.append([name, *values, f"{figure.low:.3f}–{figure.high:.3f}", str(figure.n)])
    return columns(lines)


def measure(data: Path, work: Path, used: Used, sample: int | None = None, bound: bool = True) -> dict[str, list[Row]]:
    """Hold all conversations and ask all comparisons: the rows by the name of their table.

    Raises:
        QuestionSetError, StoreError, ModelError: a file, the index or a model is at fault.
    """
    papers = asked.load_papers(data / "dev_papers.jsonl.gz")
    conversations = sampled(talk.load_conversations(data / "dev_turns.jsonl", papers), sample)
    assistant = opened(papers, work, used)
    assistant.models.encoder.encode(["warm"])
    found: dict[str, list[Row]] = {}
    for name, own in (("all papers", False), ("own paper", True)):
        bar = tqdm(conversations, unit="conversation", leave=False)
        rows = list(chain.from_iterable(hold(conversation, assistant, own, bound) for conversation in bar))
        found[f"first turns, {name}"] = [row for row in rows if row["kind"] == "first"]
        found[f"later turns, {name}"] = [row for row in rows if row["kind"] != "first"]
    more = _with_train(papers, data)
    comparisons = sampled(talk.load_comparisons(data / "dev_sides.jsonl", more), sample)
    assistant = opened(more, work, used)
    found["comparisons"] = [compare(one, assistant) for one in tqdm(comparisons, unit="question", leave=False)]
    return found


def _with_train(papers: Mapping[str, AskedPaper], data: Path) -> dict[str, AskedPaper]:
    """The papers, and those of `train` that comparisons name."""
    named = talk.papers_named(data / "dev_sides.jsonl")
    train = asked.load_papers(data / "train_papers.jsonl.gz")
    return dict(papers) | {name: paper for name, paper in train.items() if name in named}


@click.command()
@click.option("--data", type=A_PATH, required=True, help="Folder with the files of the set.")
@click.option("--output", type=A_PATH, help="Write every turn and every comparison here, as JSON.")
@click.option("--baseline", type=A_PATH, help="Compare the means with those of this earlier file.")
@click.option("--sample", type=click.IntRange(min=1), help="Only so many conversations and comparisons.")
@click.option("--bound/--no-bound", default=True, help="Also ask each turn as a question that stands alone.")
@click.option("--encoder", help="Package or folder of another encoder.")
@click.option("--reader", type=A_PATH, help="Another cross-encoder.")
@click.option("--calibration", type=A_PATH, help="The calibration of these models.")
@click.option("--work", type=A_PATH, default=Path("reports/sets"), show_default=True, help="Folder for the indexes.")
def main(**options: Any) -> None:
    """Hold the conversations, ask the comparisons, and print how well they are answered."""
    output, baseline = options.pop("output"), options.pop("baseline")
    used = Used(**{name: options.pop(name) for name in ("encoder", "reader", "calibration")})
    try:
        found = measure(**options, used=used)
    except QAError as error:
        raise click.ClickException(str(error)) from error
    if output:
        output.write_text(json_text({"format": FORMAT, **found}, indent=1) + "\n", "utf-8")
    before = json.loads(baseline.read_text("utf-8")) if baseline else {}
    for name, rows in found.items():
        p50 = quantile([row["milliseconds"] for row in rows], 0.5)
        click.echo(f"{name}: {len(rows)}, p50 {p50:.0f} ms\n\n{table(estimates(rows))}\n")
        if name in before:
            click.echo(f"paired, {name}\n\n{paired(before[name], rows)}\n")
    click.echo("\n".join(f"{name}: {what}" for name, what in MEANINGS.items()))


def paired(before: Sequence[Row], after: Sequence[Row]) -> str:
    """Each figure of the questions that both runs asked, before and after, with the interval of the difference."""
    old = {(*row.get("turns", ()), row["question"]): row for row in before}
    pairs = [(old[key], row) for row in after if (key := (*row.get("turns", ()), row["question"])) in old]
    lines = [["", "n", "before", "now", "difference, 95 %", "p"]]
    for name in sorted({name for row in after for name in row["scores"]}):
        both = [pair for pair in pairs if all(name in row["scores"] for row in pair)]
        if not both:
            continue
        first, second = ([(row["paper"], row["scores"][name]) for row in rows] for rows in zip(*both, strict=True))
        a, b = clusters.mean(first), clusters.mean(second)
        change = (b - a).figure
        interval = f"{change.low:+.3f} to {change.high:+.3f}"
        chance = f"{clusters.chance(first, second):.3f}"
        lines.append([name, str(change.n), f"{a.value:.3f}", f"{b.value:.3f}", interval, chance])
    return columns(lines)


if __name__ == "__main__":
    main()
