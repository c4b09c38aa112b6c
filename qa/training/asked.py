"""Questions on whole papers become cases: with what answers, what looks like it, and what other papers say.

The sets are `asked` and `outcomes`, as in `qa.evaluation.sets.asked`; `typed` has some of their questions as people
type them, and `swapped` some with a term exchanged.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tqdm import tqdm

from qa.evaluation.sets.asked import Asked, AskedPaper, load_asked, load_papers
from qa.index import lexical
from qa.index.embed import Encoder
from qa.training import kinds, slips, swaps
from qa.training.cases import Text
from qa.training.convert import Raw, plain
from qa.training.fillers import Sources, caption, label
from qa.training.negatives import first, nearest
from qa.training.papers import Part, filled, parts_of, section_name
from qa.words import terms

SETS: Mapping[str, str] = {"asked": "train", "outcomes": "outcomes"}
"""The name of each set's files."""

_TEMPTING, _NEAR, _ELSEWHERE = 4, 3, 3
"""Texts that do not answer a question, at most: with tempting sentences, near in its paper, of other papers."""
_UNMARKED = 5
"""Near passages of the paper that are left out where not all evidence is marked: they may answer."""
_TRIES = 20
"""How many of the nearest texts of other papers are considered."""
_LIBRARY = 3
"""One paper of the library in so many is searched for texts that do not answer."""
_CAPTIONS, _TYPED = 0.25, 0.3
"""The share of the questions that get a caption which only names what is asked for, and that are typed badly too."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Papers that are trained on, and questions asked of some of them."""

    papers: Mapping[str, AskedPaper]
    questions: Mapping[str, Sequence[Asked]]
    library: Mapping[str, AskedPaper]


def convert(folder: Path, library: Path | None = None, encoder: Encoder | None = None) -> list[Raw]:
    """The cases of all sets in the folder; `library` is a file of further papers.

    Papers that are measured on give no text and no term to other papers' cases. Without an encoder, only BM25 searches
    for near passages; it alone searches other papers.
    """
    shelf = _shelf(folder, library)
    parts = _parts(shelf)
    cases = [case for name in SETS for case in _of_set(name, shelf, parts, encoder)]
    elsewhere = _Elsewhere(shelf, parts)
    for case in tqdm(cases, desc="other papers", unit="question", leave=False):
        case.missing += elsewhere.nearest(case)
        case.missing += _captions(case, shelf.papers[case.article])
        case.answers = ()
    return [*cases, *_typed(cases), *_swapped(cases, shelf)]


def _shelf(folder: Path, library: Path | None) -> Shelf:
    papers = {key: paper for name in SETS.values() for key, paper in load_papers(_file(folder, name, "papers")).items()}
    measured_on = load_papers(_file(folder, "dev", "papers"))
    others = load_papers(library) if library else {}
    return Shelf(
        papers,
        {name: load_asked(_file(folder, files, "questions")) for name, files in SETS.items()},
        {key: paper for key, paper in others.items() if key not in measured_on and not paper.held_out},
    )


def _file(folder: Path, name: str, what: str) -> Path:
    return folder / f"{name}_{what}.jsonl.gz"


def _parts(shelf: Shelf) -> dict[str, list[Part]]:
    """The passages of each paper, some with sentences that never answer."""
    asked: dict[str, list[Asked]] = defaultdict(list)
    for questions in shelf.questions.values():
        for question in questions:
            asked[question.paper].append(question)
    leads = [
        sentence
        for paper in shelf.papers.values()
        if not paper.held_out
        for number, sentence in enumerate(paper.sentences)
        if sentence.endswith(":") and not any(number in question.answering for question in asked[paper.id])
    ]
    parts = {}
    for paper in shelf.papers.values():
        headings = [name for name in dict.fromkeys(map(section_name, paper.sections)) if name]
        named = [question.question for question in asked[paper.id] if question.kind in ("numeric", "short", "factoid")]
        parts[paper.id] = [filled(part, Sources(headings, named, leads)) for part in parts_of(paper)]
    return parts


def _of_set(name: str, shelf: Shelf, parts: Mapping[str, Sequence[Part]], encoder: Encoder | None) -> Iterator[Raw]:
    """The cases of a set, paper by paper, with the texts of their own paper."""
    by_paper: dict[str, list[Asked]] = defaultdict(list)
    for question in shelf.questions[name]:
        by_paper[question.paper].append(question)
    for paper, questions in tqdm(by_paper.items(), desc=name, unit="paper", leave=False):
        near = nearest([item.question for item in questions], [part.text for part in parts[paper]], encoder)
        for question, order in zip(questions, near, strict=True):
            yield _case(name, question, parts[paper], order)


def _case(name: str, question: Asked, parts: Sequence[Part], near: Sequence[int]) -> Raw:
    answering = question.answering
    others = [part for part in parts if not part.has(answering)]
    tempting = [part.text for number in question.tempting for part in others if part.has({number})]
    lacking = [parts[i].text for i in near if not parts[i].has(answering)]
    lacking = lacking[_UNMARKED if question.kind == "outcome" else 0 :]
    missing = [*dict.fromkeys(tempting)][:_TEMPTING]
    missing += [text for text in lacking if text not in missing][:_NEAR]
    found = [part.answer(answering, question.words) for part in parts if part.has(answering)]
    return Raw(name, question.paper, question.question, "", (plain(question.words),), found, missing)


class _Elsewhere:
    """Searches the texts of papers that are trained on, and of the library, for those nearest to a question."""

    def __init__(self, shelf: Shelf, parts: Mapping[str, Sequence[Part]]) -> None:
        chosen = {key: texts for key, texts in parts.items() if not shelf.papers[key].held_out}
        further = [paper for key, paper in shelf.library.items() if key not in shelf.papers]
        chosen |= {paper.id: parts_of(paper) for paper in further[::_LIBRARY]}
        self._texts = [(key, part.text) for key, texts in chosen.items() for part in texts]
        self._words = lexical.build([" ".join((text.heading, *text.sentences)) for _, text in self._texts])

    def nearest(self, case: Raw) -> list[Text]:
        """The nearest texts of other papers that do not have the answer's words."""
        scores = lexical.scores(self._words, terms([case.question])[0])
        near = [self._texts[i] for i in first(scores, _TRIES) if scores[i] > 0]
        answers = [f" {answer} " for answer in case.answers if answer]
        return [
            text
            for key, text in near
            if key != case.article and not any(a in f" {plain(' '.join(text.sentences))} " for a in answers)
        ][:_ELSEWHERE]


def _drawn(case: Raw, purpose: str) -> random.Random:
    """A draw for a case that is the same in every run."""
    return random.Random(f"{purpose} {case.question}")  # noqa: S311 - a draw that anyone can repeat


def _captions(case: Raw, paper: AskedPaper) -> list[Text]:
    choice = _drawn(case, "caption")
    if choice.random() >= _CAPTIONS:
        return []
    of = label(choice)
    return [Text(f"{paper.title}: {of}", (caption(of, case.question),))]


def _typed(cases: Sequence[Raw]) -> Iterator[Raw]:
    """Some cases with their question as people type it."""
    ways = (slips.slipped, slips.bare, lambda question: slips.slipped(slips.bare(question)))
    for case in cases:
        choice = _drawn(case, "typed")
        if choice.random() < _TYPED and (question := choice.choice(ways)(case.question)) != case.question:
            yield replace(case, set="typed", question=question, found=list(case.found), missing=list(case.missing))


def _swapped(cases: Sequence[Raw], shelf: Shelf) -> Iterator[Raw]:
    """Answerable cases with a term of their question exchanged: what answered it does not answer any more."""
    trained = {**shelf.library, **shelf.papers}
    learnt = kinds.learn([s for paper in trained.values() if not paper.held_out for s in paper.sentences])
    terms_by_case = [list(swaps.terms_of(case.question)) for case in cases]
    names = [term.text for found in terms_by_case for term in found if not term.unit]
    questions = [case.question for case in cases if not shelf.papers[case.article].held_out]
    others = {**learnt.like(names), **swaps.numbers_by_unit(questions)}
    known = {key: swaps.Known.of([paper.title, *paper.sentences]) for key, paper in shelf.papers.items()}
    exchange = partial(swaps.swapped, others=others)
    for case in cases:
        evidence = [text.sentences[i] for text, places, _ in case.found for i in places]
        title = shelf.papers[case.article].title
        question = exchange(case.question, swaps.Known.of([title, *evidence]), known[case.article])
        if case.found and question:
            yield Raw("swapped", case.article, question, "", (), [], [text for text, _, _ in case.found])
