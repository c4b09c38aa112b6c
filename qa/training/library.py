"""Unjudged cases of a library's papers, for a teacher to judge: `python -m qa.training.library`.

No text of theirs is known to answer or not. All are of the set `library`, and their texts are `missing`. There are
three kinds: questions made of the papers' own sentences, questions of `asked` put to other papers, and those questions
with a name exchanged. Every draw is seeded, so that the same files give the same cases.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from qa.answers.statements import questions_of
from qa.evaluation.sets.asked import AskedPaper, held_out
from qa.index.embed import OURS, Encoder, open_encoder
from qa.training import cases, slips
from qa.training.asked import SETS, AskedSet
from qa.training.cases import UNJUDGED, Text
from qa.training.convert import Raw
from qa.training.negatives import Elsewhere, complete, nearest, whole
from qa.training.papers import Part, further_papers, parts_of
from qa.training.variants import swapped

_SEARCHED = 3
"""One paper of the library in so many is searched for texts of other papers."""
_PER_PAPER = 16
"""Questions made of one paper's sentences, at most."""
_REPEATED = 10
"""Papers of which the same question is asked, at most: every trial has a primary outcome."""
_HURRIED = 0.25
"""The share of these questions that are typed badly."""
_OWN, _OTHERS = 2, 2
"""Near texts of the own paper and of others for these questions."""
_ASKED_BY_WORDS, _ASKED_BY_MEANING = 8, 4
"""Texts of other papers for a question of `asked`, by BM25 and by the encoder."""
_TRIES = 60
"""How many of the nearest texts are considered: many are of the own paper."""
_SWAPPED = 4
"""Texts of any paper for a question with a name exchanged."""
_COMMON = 10
"""Times that the library writes a word in lower case, so that it is no name."""


def convert(folder: Path, library: Path, encoder: Encoder | None = None) -> list[Raw]:
    """All unjudged cases of a library's papers and of the questions in `folder`; none of papers that are measured on.

    Without an encoder, only BM25 searches.
    """
    papers = further_papers(folder, library)
    parts = {key: parts_of(paper) for key, paper in papers.items()}
    texts = [(key, part.text) for key in list(papers)[::_SEARCHED] for part in parts[key]]
    elsewhere = Elsewhere(texts)
    sets = [AskedSet.open(name, folder) for name in SETS]
    asked = [case for one in sets for case in _answered(one)]
    stated = list(_stated(papers, parts))
    for case in tqdm(stated, desc="statements", unit="question", leave=False):
        case.missing += elsewhere.nearest(case, _OTHERS, _TRIES)
    put = [_unjudged(case, elsewhere.nearest(_unjudged(case, []), _ASKED_BY_WORDS, _TRIES)) for case in asked]
    if encoder:
        _add_by_meaning(put, texts, encoder)
    exchanged = swapped(asked, {one.name: one.papers for one in sets}, papers.values())
    return [*stated, *put, *(_with_any(case, elsewhere) for case in exchanged)]


def _unjudged(case: Raw, texts: list[Text]) -> Raw:
    return Raw(UNJUDGED, case.article, case.question, "", (), missing=texts)


def _answered(one: AskedSet) -> Iterator[Raw]:
    """A set's questions on papers that are not held out, with the passages that answer, as they are in the paper."""
    for key, questions in one.questions.items():
        parts = [] if held_out(key) else parts_of(one.papers[key])
        for asked in questions if parts else ():
            found = [part.answer(asked.answering, asked.words) for part in parts if part.has(asked.answering)]
            yield Raw(one.name, key, asked.question, "", (), found)


def _add_by_meaning(put: Sequence[Raw], texts: Sequence[tuple[str, Text]], encoder: Encoder) -> None:
    """Add to each case the texts of other papers that the encoder finds nearest."""
    vectors = encoder.encode([whole(text) for _, text in texts])
    for case, vector in zip(put, encoder.encode([case.question for case in put]), strict=True):
        order = np.argsort(-(vectors @ vector), kind="stable")
        others = (texts[i][1] for i in order if texts[i][0] != case.article)
        case.missing += islice(others, _ASKED_BY_MEANING)


def _with_any(case: Raw, elsewhere: Elsewhere) -> Raw:
    """A case with a name exchanged, with what answered it before and the nearest texts of any paper."""
    anywhere = elsewhere.nearest(Raw(UNJUDGED, "", case.question, "", ()), _SWAPPED)
    return _unjudged(case, [*case.missing, *anywhere])


def _stated(papers: Mapping[str, AskedPaper], parts: Mapping[str, Sequence[Part]]) -> Iterator[Raw]:
    """Questions made of the papers' sentences, with the passage of the sentence and those of its paper near to it."""
    counts = Counter(word for paper in papers.values() for sentence in paper.sentences for word in sentence.split())
    common = {word for word, times in counts.items() if times >= _COMMON and word.islower()}
    times: Counter[str] = Counter()
    for key, paper in tqdm(papers.items(), desc="papers", unit="paper", leave=False):
        drawn = [(number, question) for number, question in _drawn(paper, common) if times[question] < _REPEATED]
        times.update(question for _, question in drawn)
        near = nearest([question for _, question in drawn], [part.text for part in parts[key]], None) if drawn else []
        for (number, question), order in zip(drawn, near, strict=True):
            own = next(i for i, part in enumerate(parts[key]) if part.has({number}))
            chosen = [own, *[i for i in order if i != own][:_OWN]]
            yield Raw(UNJUDGED, key, _typed(question, key), "", (), missing=[parts[key][i].text for i in chosen])


def _drawn(paper: AskedPaper, common: Collection[str]) -> list[tuple[int, str]]:
    """Questions on a paper, each with its sentence's number: one a sentence, of each rule in turn, all different."""
    choice = random.Random(f"library {paper.id}")  # noqa: S311 - a draw that anyone can repeat
    by_rule: dict[str, dict[str, int]] = defaultdict(dict)
    numbers = list(range(len(paper.sentences)))
    choice.shuffle(numbers)
    for number in numbers:
        if fitting := list(questions_of(paper.sentences[number], common)):
            rule = fitting[0][0]
            question = choice.choice([question for name, question in fitting if name == rule])
            by_rule[rule].setdefault(question, number)
    in_turn = chain.from_iterable(zip_longest(*(of_rule.items() for of_rule in by_rule.values())))
    return [(number, question) for question, number in filter(None, in_turn)][:_PER_PAPER]


def _typed(question: str, paper: str) -> str:
    """The question, or for one in four what people in a hurry type: without function words, with slips, or both."""
    choice = random.Random(f"library {paper} {question}")  # noqa: S311 - a draw that anyone can repeat
    if choice.random() >= _HURRIED:
        return question
    short, slip = choice.choice([(True, False), (False, True), (True, True)])
    typed = slips.bare(question) if short else question
    return slips.slipped(typed, paper) if slip else typed


@click.command()
@click.option("--asked", type=click.Path(path_type=Path), required=True, help="Folder of questions on whole papers.")
@click.option("--library", type=click.Path(path_type=Path), required=True, help="File of further papers.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for the cases.")
@click.option("--encoder/--no-encoder", "meaning", default=False, help="Search by the encoder too (slow).")
def main(asked: Path, library: Path, output: Path, meaning: bool) -> None:
    """Write cases.jsonl.gz and texts.jsonl.gz of unjudged cases only."""
    made = complete(convert(asked, library, open_encoder(OURS) if meaning else None))
    cases.save(made, output)
    click.echo(f"{len(made.cases)} cases with {len(made.texts)} texts are in {output}", err=True)


if __name__ == "__main__":
    main()
