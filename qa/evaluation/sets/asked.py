"""Asked: questions on whole open-access papers, with every sentence that answers.

A set NAME has two files, `NAME_papers.jsonl.gz` and `NAME_questions.jsonl.gz`, which are not in the repository; `data`
is the folder that has them. Sentences are numbered from 0 through a paper.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.evaluation.questions import Evidence, Question
from qa.evaluation.sets.corpora import rows, write_papers
from qa.types import Span

HELD_OUT = 10
"""One paper in so many, chosen by the hash of its id, is held out of every training, for the calibration."""


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A paper as text: its sentences, each with the name of its section, and the number of its paragraph."""

    id: str
    title: str
    sentences: tuple[str, ...]
    sections: tuple[str, ...]
    paragraphs: tuple[int, ...]

    @property
    def held_out(self) -> bool:
        """Whether no weights may be learnt from this paper."""
        return held_out(self.id)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a paper.

    `evidence` are complete lists of the numbers of sentences, any of which is enough, () if the paper does not say.
    `words` are the shortest words of the evidence that answer, or "". `tempting` are sentences that look like an answer
    and are none.
    """

    paper: str
    kind: str
    question: str
    evidence: tuple[tuple[int, ...], ...]
    words: str
    tempting: tuple[int, ...]

    @property
    def answering(self) -> frozenset[int]:
        """All sentences of the evidence."""
        return frozenset(number for numbers in self.evidence for number in numbers)


def held_out(paper: str) -> bool:
    """Whether a paper, named by its id, is held out of every training."""
    return hashlib.sha256(paper.encode()).digest()[0] % HELD_OUT == 0


def section_name(section: str) -> str:
    """The heading nearest to a section's text.

    >>> section_name("Results / Safety")
    'Safety'
    """
    return section.rpartition(" / ")[2]


def load_papers(path: Path) -> dict[str, AskedPaper]:
    """The papers of a file by id, in its order."""
    papers = {}
    for row in rows(path):
        flat = [
            (sentence, paragraph["section"], number)
            for number, paragraph in enumerate(row["paragraphs"])
            for sentence in paragraph["sentences"]
        ]
        sentences, sections, paragraphs = zip(*flat, strict=True)
        papers[row["id"]] = AskedPaper(row["id"], row["title"], sentences, sections, paragraphs)
    return papers


def load_asked(path: Path) -> list[Asked]:
    """The questions of a file, in its order."""
    return [
        Asked(
            row["paper"],
            row["kind"],
            row["question"],
            tuple(map(tuple, row["evidence"])),
            row["words"],
            tuple(row["tempting"]),
        )
        for row in rows(path)
    ]


def others(papers: Mapping[str, AskedPaper], library: Path, size: int) -> dict[str, AskedPaper]:
    """So many papers of a library, with which these make `size`; a smaller choice is part of a larger.

    Papers with the same title as one of these are left out.
    """
    known = {paper.title for paper in papers.values()}
    able = [p for p in load_papers(library).values() if p.id not in papers and p.title not in known]
    able.sort(key=lambda paper: hashlib.sha256(paper.id.encode()).digest())
    return {paper.id: paper for paper in able[: max(0, size - len(papers))]}


def raw_of(paper: AskedPaper) -> tuple[str, tuple[Span, ...]]:
    """A paper as a text file, and the span of each sentence in it.

    A heading stands on a line of its own wherever the section changes, and a paragraph on one line.
    """
    parts: list[str] = []
    spans: list[Span] = []
    length = 0

    def write(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    section, paragraph = "", -1
    for sentence, its_section, its_paragraph in zip(paper.sentences, paper.sections, paper.paragraphs, strict=True):
        if its_paragraph != paragraph:
            write("\n\n" if parts else "")
            if its_section and its_section != section:
                write(f"{section_name(its_section)}\n\n")
            section, paragraph = its_section, its_paragraph
        else:
            write(" ")
        spans.append(Span(length, length + len(sentence)))
        write(sentence)
    return "".join(parts) + "\n", tuple(spans)


def write_corpus(papers: Mapping[str, AskedPaper], corpus: Path) -> None:
    """Write the papers as a corpus folder, each with its title."""
    write_papers(corpus, {paper.id: (paper.title, raw_of(paper)[0]) for paper in papers.values()})


def questions_of(asked: Sequence[Asked], papers: Mapping[str, AskedPaper], own: bool = False) -> Iterator[Question]:
    """The questions as the evaluation asks them: of all papers, or each of its `own` only."""
    spans = {paper.id: raw_of(paper)[1] for paper in papers.values()}
    for number, item in enumerate(asked):
        evidence = tuple(
            tuple(Evidence(item.paper, spans[item.paper][i]) for i in numbers) for numbers in item.evidence
        )
        yield Question(
            f"{item.paper}-{number}",
            item.question,
            item.kind,
            bool(item.evidence),
            evidence,
            (item.words,) if item.words else (),
            documents=(item.paper,) if own else (),
        )
