"""What a teacher thinks of texts and sentences, for the encoder to learn: `python -m qa.training.taught`.

The teacher is a cross-encoder. For each question there is a list of texts, with the teacher's logit that a text
answers, and a list of sentences, with its logit that a sentence is evidence. Texts are written as the index embeds
them. All lists of a kind have the same length.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import click
import torch
from tqdm import tqdm

from qa.answers.cross_encoder import Judgement
from qa.answers.inputs import InputFormat
from qa.index.embed import embedded_text
from qa.training import cases as case_files
from qa.training import network
from qa.training.cases import PAPER_SETS, UNJUDGED, Case, Cases
from qa.training.measure import Judge, judge_by

SETS = ("asked", "outcomes", "typed", "bioasq_snippet", UNJUDGED)
TEXTS, SENTENCES = 6, 8
"""Lengths of the lists."""
_EVIDENCE = 3
"""Evidence sentences in a list, at most."""
_AT_ONCE = 2000
"""Questions that are judged at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A question with the numbers of the texts to judge: if one of them is known to answer, the first.

    `evidence` are the numbers of the first text's evidence sentences, () if none is known.
    """

    question: str
    texts: tuple[int, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taught:
    """A question with texts or sentences, as its `kind` says, and the teacher's logit of each."""

    kind: str
    question: str
    texts: tuple[str, ...]
    logits: tuple[float, ...]


def listed(cases: Cases, seed: int, most: int) -> list[Listed]:
    """The cases that are not held out, of each set at most so many, evenly taken.

    The texts that do not answer come hardest first. Where there are too few, texts of other cases fill the list.
    """
    choice = random.Random(seed)  # noqa: S311 - a draw that anyone can repeat
    chosen = [case for name in SETS for case in _evenly(_of_set(cases.cases, name), most)]
    others = sorted({text for case in chosen for text in case.texts})
    return [_listed(case, others, choice) for case in chosen]


def _of_set(cases: Iterable[Case], name: str) -> list[Case]:
    return [case for case in cases if case.set == name and case.missing and not case.held_out]


def _evenly(cases: Sequence[Case], most: int) -> Sequence[Case]:
    return cases[:: -(-len(cases) // most) or 1]


def _listed(case: Case, others: Sequence[int], choice: random.Random) -> Listed:
    first = choice.choice(case.found) if case.found else None
    texts = [first.text] if first else []
    texts = [*texts, *case.missing][:TEXTS]
    free = [number for number in choice.sample(others, min(len(others), 4 * TEXTS)) if number not in case.texts]
    return Listed(case.question, tuple([*texts, *free][:TEXTS]), first.evidence if first else ())


def titles(headings: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Each heading as the title and the section that it was made of, as far as other headings tell.

    >>> titles(["Gout: a trial: Methods", "Gout: a trial: Results", "Gout: a trial", "Gout: a review"])["Gout: a trial"]
    ('Gout: a trial', '')
    >>> titles(["Gout: a trial: Methods", "Gout: a trial: Results"])["Gout: a trial: Results"]
    ('Gout: a trial', 'Results')
    """
    distinct = list(dict.fromkeys(headings))
    times = Counter(start for heading in distinct for start in _starts(heading))
    return {heading: _split(heading, times) for heading in distinct}


def _starts(heading: str) -> list[str]:
    """What stands before each colon, the longest first."""
    parts = heading.split(": ")
    return [": ".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def _split(heading: str, times: Mapping[str, int]) -> tuple[str, str]:
    starts = _starts(heading)
    if heading in times or not starts:
        return heading, ""
    title = next((start for start in starts if times[start] > 1), starts[0])
    return title, heading[len(title) + 2 :]


def taught(cases: Cases, judge: Judge, chosen: Sequence[Listed]) -> Iterator[Taught]:
    """The lists of texts and of sentences for these questions."""
    papers = {number for case in cases.cases if case.set in PAPER_SETS for number in case.texts}
    known = titles(cases.texts[number].heading for number in sorted(papers))
    rest = iter(chosen)
    with tqdm(total=len(chosen), desc="taught", unit="question") as bar:
        while group := list(islice(rest, _AT_ONCE)):
            judged = iter(judge([(item.question, cases.texts[number]) for item in group for number in item.texts]))
            for item in group:
                headings = [(cases.texts[number].heading, number in papers) for number in item.texts]
                yield from _lists(
                    item,
                    [known[heading] if of_paper else (heading, "") for heading, of_paper in headings],
                    [cases.texts[number].sentences for number in item.texts],
                    [next(judged) for _ in item.texts],
                )
            bar.update(len(group))


def _lists(
    item: Listed,
    headings: Sequence[tuple[str, str]],
    texts: Sequence[Sequence[str]],
    judged: Sequence[Judgement],
) -> Iterator[Taught]:
    """Both lists of a question; a list that would be too short is left out."""
    whole = tuple(
        embedded_text(*heading, " ".join(sentences)) for heading, sentences in zip(headings, texts, strict=True)
    )
    if len(whole) == TEXTS:
        yield Taught("passages", item.question, whole, tuple(_rounded(one.relevance) for one in judged))
    order = sorted(
        ((text, place) for text, one in enumerate(judged) for place in range(len(one.sentences))),
        key=lambda at: -judged[at[0]].sentences[at[1]],
    )
    evidence = [(0, place) for place in item.evidence[:_EVIDENCE]]
    known = {(0, place) for place in item.evidence}
    places = [*evidence, *(at for at in order if at not in known)]
    sentences: dict[str, float] = {}
    for text, place in places:
        written = embedded_text(*headings[text], texts[text][place])
        sentences.setdefault(written, _rounded(judged[text].sentences[place]))
    if len(sentences) >= SENTENCES:
        kept = list(sentences.items())[:SENTENCES]
        yield Taught("sentences", item.question, tuple(text for text, _ in kept), tuple(logit for _, logit in kept))


def _rounded(logit: float) -> float:
    return round(logit, 3)


@click.command()
@click.option("--cases", "folder", type=click.Path(path_type=Path), required=True, help="Folder of the cases.")
@click.option("--teacher", type=click.Path(path_type=Path), required=True, help="Folder of the trained network.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="File to write, .jsonl.gz.")
@click.option("--most", default=10**6, help="Questions of each set, at most.")
@click.option("--tokens", default=65536, show_default=True, help="Tokens that the teacher reads at once.")
@click.option("--seed", default=0, show_default=True, help="Which texts are drawn.")
def main(folder: Path, teacher: Path, output: Path, most: int, tokens: int, seed: int) -> None:
    """Let the teacher judge, and write its lists."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = network.load(teacher).to(device)
    input_format = InputFormat(**json.loads((teacher / "form.json").read_text("utf-8")))
    judge = judge_by(model, network.open_tokenizer(teacher), input_format, tokens)
    cases = case_files.load(folder)
    counts: Counter[str] = Counter()

    def rows() -> Iterator[dict[str, object]]:
        for item in taught(cases, judge, listed(cases, seed, most)):
            counts[item.kind] += 1
            yield asdict(item)

    case_files.write_rows(output, rows())
    click.echo(f"{output}: {dict(counts)}", err=True)


if __name__ == "__main__":
    main()
