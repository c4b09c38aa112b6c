"""Whole papers become passages, whose sentences are known by their numbers in the paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from qa.evaluation.sets.asked import AskedPaper, load_papers, section_name
from qa.index.embed import embedded_text
from qa.training.cases import Answering, SpanBounds, Text
from qa.training.pieces import PASSAGE_WORDS, pieces

FILLER = -1
"""The number of a sentence that was added."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage of a paper, and for each of its sentences its number in the paper, or `FILLER`."""

    text: Text
    numbers: tuple[int, ...]

    def evidence(self, answering: Collection[int]) -> tuple[int, ...]:
        """The places of the answering sentences in the passage."""
        return tuple(place for place, number in enumerate(self.numbers) if number in answering)

    def has(self, numbers: Collection[int]) -> bool:
        """Whether any of these sentences is in the passage."""
        return any(number in numbers for number in self.numbers)

    def answer(self, answering: Collection[int], words: str) -> Answering:
        """The passage as one that answers; the answer span is known if an evidence sentence has its words."""
        evidence = self.evidence(answering)
        return self.text, evidence, self._span(evidence, words)

    def _span(self, evidence: Collection[int], words: str) -> SpanBounds | None:
        for place in evidence if words else ():
            if (start := self.text.sentences[place].find(words)) >= 0:
                return place, start, place, start + len(words)
        return None


def parts_of(paper: AskedPaper) -> list[Part]:
    """The passages of a paper, as an index cuts them: of one section each, of whole sentences, and of equal length."""
    parts = []
    for section, group in groupby(range(len(paper.sentences)), key=paper.sections.__getitem__):
        numbers = list(group)
        name = section_name(section)
        heading = f"{paper.title}: {name}" if name else paper.title
        for piece in pieces([len(paper.sentences[i].split()) for i in numbers], PASSAGE_WORDS):
            chosen = tuple(numbers[i] for i in piece)
            parts.append(Part(Text(heading, tuple(paper.sentences[i] for i in chosen)), chosen))
    return parts


def further_papers(asked: Path, library: Path) -> dict[str, AskedPaper]:
    """The papers of a library without those that are measured on, by id; `asked` is the folder of the questions."""
    measured_on = load_papers(asked / "dev_papers.jsonl.gz")
    papers = load_papers(library)
    return {key: paper for key, paper in papers.items() if key not in measured_on and not paper.held_out}


def passage_text(paper: AskedPaper, part: Part) -> str:
    """A passage as the index embeds it."""
    section = section_name(paper.sections[part.numbers[0]])
    return embedded_text(paper.title, section, " ".join(part.text.sentences))


def sentence_text(paper: AskedPaper, number: int) -> str:
    """A sentence as the index embeds it."""
    return embedded_text(paper.title, section_name(paper.sections[number]), paper.sentences[number])
