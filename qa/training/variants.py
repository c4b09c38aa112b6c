"""Cases with another question: typed badly, or with a term exchanged so that nothing answers it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from qa.evaluation import kinds, swaps
from qa.evaluation.sets.asked import AskedPaper, held_out
from qa.evaluation.swaps import Known
from qa.training.convert import Raw
from qa.training.slips import as_typed

_TYPED = 0.3
"""The share of the questions that are typed badly too."""


def typed(cases: Iterable[Raw]) -> Iterator[Raw]:
    """Three in ten cases again, as the set `typed`, with their question as people type it."""
    for case in cases:
        choice = random.Random(f"typed {case.question}")  # noqa: S311 - a draw that anyone can repeat
        if choice.random() < _TYPED and (question := as_typed(case.question, choice)) != case.question:
            yield replace(case, set="typed", question=question)


def swapped(
    cases: Sequence[Raw], papers: Mapping[str, Mapping[str, AskedPaper]], library: Iterable[AskedPaper]
) -> Iterator[Raw]:
    """Answerable cases, as the set `swapped`, with a term exchanged: what answered them does not answer any more.

    Names of the same kind are learnt from the papers and the library; `papers` are those of the cases, by set and id.
    """
    others = _others(cases, papers, library)
    known = {
        (name, key): Known.of([paper.title, *paper.sentences])
        for name, of_set in papers.items()
        for key, paper in of_set.items()
    }
    for case in cases:
        evidence = [text.sentences[i] for text, places, _ in case.found for i in places]
        stated = Known.of([papers[case.set][case.article].title, *evidence])
        paper = known[case.set, case.article]
        if case.found and (question := swaps.swapped(case.question, stated, paper, others)):
            yield Raw("swapped", case.article, question, "", (), [], [text for text, _, _ in case.found])


def _others(
    cases: Sequence[Raw], papers: Mapping[str, Mapping[str, AskedPaper]], library: Iterable[AskedPaper]
) -> dict[str, list[str]]:
    """What can take the place of each name in the questions, and numbers by their unit; none is of held-out papers."""
    all_papers = (*library, *(paper for of_set in papers.values() for paper in of_set.values()))
    read = {paper.id: paper for paper in all_papers if not paper.held_out}
    learnt = kinds.learn([sentence for paper in read.values() for sentence in paper.sentences])
    names = [term.text for case in cases for term in swaps.terms_of(case.question) if not term.unit]
    numbers = swaps.numbers_by_unit(case.question for case in cases if not held_out(case.article))
    return {**learnt.like(names), **numbers}
