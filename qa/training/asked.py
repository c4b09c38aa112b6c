"""Questions on whole papers become cases: with what answers, what looks like it, and what other papers say.

The sets are `asked` and `outcomes`, as in `qa.evaluation.sets.asked`; `typed` has some of their questions as people
type them, and `swapped` some with a term exchanged.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa.evaluation.sets.asked import Asked, AskedPaper, held_out, load_asked, load_papers, section_name
from qa.index.embed import Encoder
from qa.training.cases import Answering, Text
from qa.training.convert import Raw, plain
from qa.training.fillers import Sources, caption, filled, label, told
from qa.training.negatives import Elsewhere, nearest
from qa.training.papers import Part, further_papers, parts_of
from qa.training.variants import swapped, typed

SETS: Mapping[str, str] = {"asked": "train", "outcomes": "outcomes"}
"""The name of each set's files."""

_TEMPTING, _NEAR = 4, 3
"""Texts of its paper that do not answer a question, at most: with tempting sentences, and other near ones."""
_UNMARKED = 5
"""Near passages of the paper that are left out where not all evidence is marked: they may answer."""
_LIBRARY = 3
"""One paper of the library in so many is searched for texts that do not answer."""
_CAPTIONS = 0.25
"""The share of the questions that get a caption which only names what is asked for, and the share of those that get one
which says it."""


@dataclass(frozen=True, slots=True)
class AskedSet:
    """A set's papers by id, and its questions. Sets have papers in common, with sentences numbered differently."""

    name: str
    papers: Mapping[str, AskedPaper]
    questions: Mapping[str, Sequence[Asked]]

    @classmethod
    def open(cls, name: str, folder: Path) -> AskedSet:
        """Read a set's files."""
        files = SETS[name]
        questions: dict[str, list[Asked]] = defaultdict(list)
        for question in load_asked(folder / f"{files}_questions.jsonl.gz"):
            questions[question.paper].append(question)
        return cls(name, load_papers(folder / f"{files}_papers.jsonl.gz"), questions)

    def leads(self) -> list[str]:
        """Sentences that end in a colon and answer nothing, of papers that are trained on; each once."""
        found = [
            sentence
            for paper in self.papers.values()
            if not paper.held_out
            for number, sentence in enumerate(paper.sentences)
            if sentence.endswith(":") and not any(number in item.answering for item in self.questions.get(paper.id, ()))
        ]
        return list(dict.fromkeys(found))

    def parts(self) -> dict[str, list[Part]]:
        """The passages of each paper, some with sentences that never answer."""
        leads = self.leads()
        return {
            key: [filled(part, Sources(_headings(paper), self._named(key), leads)) for part in parts_of(paper)]
            for key, paper in self.papers.items()
        }

    def _named(self, paper: str) -> list[str]:
        """The questions on a paper that ask for something that a caption could name."""
        return [item.question for item in self.questions.get(paper, ()) if item.kind in ("numeric", "short", "factoid")]


def _headings(paper: AskedPaper) -> list[str]:
    return [name for name in dict.fromkeys(map(section_name, paper.sections)) if name]


def convert(folder: Path, library: Path | None = None, encoder: Encoder | None = None) -> list[Raw]:
    """The cases of all sets in the folder; `library` is a file of further papers.

    Papers that are measured on give no text and no term to other papers' cases. Without an encoder, only BM25 searches
    for near passages; it alone searches other papers.
    """
    sets = [AskedSet.open(name, folder) for name in SETS]
    further = further_papers(folder, library) if library else {}
    parts = {one.name: one.parts() for one in sets}
    cases = [case for one in sets for case in _of_set(one, parts[one.name], encoder)]
    papers = {one.name: one.papers for one in sets}
    elsewhere = Elsewhere(_texts(sets, parts, further))
    for case in tqdm(cases, desc="other papers", unit="question", leave=False):
        case.missing += elsewhere.nearest(case)
        _captions(case, papers[case.set][case.article])
    return [*cases, *typed(cases), *swapped(cases, papers, further.values())]


def _texts(
    sets: Sequence[AskedSet], parts: Mapping[str, Mapping[str, Sequence[Part]]], further: Mapping[str, AskedPaper]
) -> list[tuple[str, Text]]:
    """The texts that are searched for the questions of other papers, each with its paper's id; each paper once."""
    chosen: dict[str, Sequence[Part]] = {}
    for one in sets:
        chosen |= {key: parts[one.name][key] for key in one.papers if key not in chosen and not held_out(key)}
    chosen |= {key: parts_of(further[key]) for key in [key for key in further if key not in chosen][::_LIBRARY]}
    return [(key, part.text) for key, of_paper in chosen.items() for part in of_paper]


def _of_set(one: AskedSet, parts: Mapping[str, Sequence[Part]], encoder: Encoder | None) -> Iterator[Raw]:
    """The cases of a set, paper by paper, with the texts of their own paper."""
    for paper, questions in tqdm(one.questions.items(), desc=one.name, unit="paper", leave=False):
        near = nearest([item.question for item in questions], [part.text for part in parts[paper]], encoder)
        for question, order in zip(questions, near, strict=True):
            yield _case(one.name, question, parts[paper], order)


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


def _captions(case: Raw, paper: AskedPaper) -> None:
    """Add a caption to some of the cases.

    It only names what is asked for, or it says it; another that says something else comes with the latter.
    """
    choice = random.Random(f"caption {case.question}")  # noqa: S311 - a draw that anyone can repeat
    drawn = choice.random()
    if drawn < _CAPTIONS:
        of = label(choice)
        case.missing.append(Text(f"{paper.title}: {of}", (caption(of, case.question),)))
    elif drawn < 2 * _CAPTIONS and case.found:
        case.found.append(_answering_caption(case, paper, choice))
        if case.missing:
            of, other = label(choice), choice.choice(case.missing[0].sentences)
            case.missing.append(Text(f"{paper.title}: {of}", told(of, case.question, other, choice)))


def _answering_caption(case: Raw, paper: AskedPaper, choice: random.Random) -> Answering:
    """A caption with a sentence that answers, one with the answer span if it is known."""
    text, places, bounds = next((answer for answer in case.found if answer[2]), case.found[0])
    sentence = text.sentences[bounds[0] if bounds else places[0]]
    of = label(choice)
    sentences = told(of, case.question, sentence, choice)
    last = len(sentences) - 1
    shift = len(sentences[last]) - len(sentence)
    words = (last, bounds[1] + shift, last, bounds[3] + shift) if bounds and bounds[0] == bounds[2] else None
    return Text(f"{paper.title}: {of}", sentences), (last,), words
