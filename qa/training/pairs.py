"""What the encoder learns from: questions, each with a text that answers and texts that look as if they did."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from qa.evaluation.sets.asked import Asked, AskedPaper, load_asked, load_papers
from qa.evaluation.sets.corpora import rows
from qa.index.embed import embedded_text
from qa.index.lexical import Words
from qa.training.convert import plain
from qa.training.encoder_rows import Rows
from qa.training.papers import Part, further_papers, parts_of, passage_text, sentence_text
from qa.training.slips import as_typed
from qa.words import terms

TYPED = 0.25
"""The share of the questions on papers that are rows as people type them too."""
GENERAL = {
    "read_bioasq_snippet_6to8": 2400,
    "read_squad1train_part": 500,
    "read_squad2dev_train": 500,
    "read_qed_dev": 400,
}
"""How many questions of each set of contexts keep the encoder good at what it could do before."""
GENERAL_SENTENCES = {"rank_reqa_bioasq_pairs": 5000, "rank_scifact_rationale_train": 1000}
"""The same for sets of single sentences."""


class Library:
    """Passages of many papers, and which of them are nearest to a question by BM25."""

    def __init__(self, papers: Iterable[AskedPaper]) -> None:
        self._parts = [(paper, part) for paper in papers for part in parts_of(paper)]
        self._owners = np.array([paper.id for paper, _ in self._parts])
        self._words = Words.build([passage_text(paper, part) for paper, part in self._parts])

    def nearest(self, question: Sequence[str], without: str) -> tuple[AskedPaper, Part]:
        """The nearest passage to a question, given as its terms, that is not of the paper `without`."""
        scores = np.where(self._owners == without, -np.inf, self._words.scores(question))
        return self._parts[int(scores.argmax())]


def asked_rows(asked: Sequence[Asked], papers: Mapping[str, AskedPaper], library: Library) -> dict[str, Rows]:
    """Rows of sentences and of passages, from the questions that the papers answer.

    A row of sentences has two that do not answer: a tempting one or else the nearest of the paper, and in turn a
    second one of the paper or the nearest of another paper. A row of passages has two too, of the same paper and of
    another. Some questions have all their rows twice, the second time as people type them.
    """
    sentences: Rows = []
    passages: Rows = []
    by_paper: dict[str, list[Asked]] = defaultdict(list)
    for item in asked:
        if item.evidence and not papers[item.paper].held_out:
            by_paper[item.paper].append(item)
    for name, items in tqdm(by_paper.items(), desc="asked", unit="paper", leave=False):
        near = _Nearest(papers[name])
        for item, words in zip(items, terms([item.question for item in items]), strict=True):
            other = library.nearest(words, name)
            sentences += _and_typed(_sentence_rows(item, near, words, other))
            passages += _and_typed(_passage_rows(item, near, words, other))
    return {"asked sentences": sentences, "asked passages": passages}


class _Nearest:
    """The sentences and the passages of one paper, the nearest to a question first."""

    def __init__(self, paper: AskedPaper) -> None:
        self.paper = paper
        self.parts = parts_of(paper)
        self._sentences = Words.build(list(paper.sentences))
        self._passages = Words.build([" ".join(part.text.sentences) for part in self.parts])

    def wrong_sentences(self, item: Asked, words: Sequence[str]) -> list[int]:
        """Sentences that do not answer: the tempting ones, then the nearest."""
        order = np.argsort(-self._sentences.scores(words), kind="stable").tolist()
        return [i for i in dict.fromkeys([*item.tempting, *order]) if i not in item.answering]

    def wrong_passages(self, item: Asked, words: Sequence[str]) -> list[Part]:
        """Passages that do not answer: those with tempting sentences, then the nearest."""
        order = np.argsort(-self._passages.scores(words), kind="stable").tolist()
        wrong = [self.parts[i] for i in order if not self.parts[i].has(item.answering)]
        return sorted(wrong, key=lambda part: not part.has(item.tempting))


def _sentence_rows(item: Asked, near: _Nearest, words: Sequence[str], other: tuple[AskedPaper, Part]) -> Rows:
    wrong = near.wrong_sentences(item, words)
    if not wrong:
        return []
    found: Rows = []
    for turn, number in enumerate(sorted(item.answering)):
        first = sentence_text(near.paper, wrong[turn % len(wrong)])
        if _coin(item.question, turn) and len(wrong) > 1:
            second = sentence_text(near.paper, wrong[(turn + 1) % len(wrong)])
        else:
            second = sentence_text(other[0], _likeliest(other, words))
        found.append((item.question, sentence_text(near.paper, number), first, second))
    return found


def _passage_rows(item: Asked, near: _Nearest, words: Sequence[str], other: tuple[AskedPaper, Part]) -> Rows:
    wrong = near.wrong_passages(item, words)
    right = [part for part in near.parts if part.has(item.answering)] if wrong else []
    return [
        (
            item.question,
            passage_text(near.paper, part),
            passage_text(near.paper, wrong[turn % len(wrong)]),
            passage_text(*other),
        )
        for turn, part in enumerate(right)
    ]


def _and_typed(rows_of_question: Rows) -> Rows:
    """The rows of a question, and for a share of the questions the same rows as people type them."""
    question = rows_of_question[0][0] if rows_of_question else ""
    choice = random.Random(f"pairs {question}")  # noqa: S311 - a draw that anyone can repeat
    if choice.random() >= TYPED or (typed := as_typed(question, choice)) == question:
        return rows_of_question
    return rows_of_question + [(typed, *texts) for _, *texts in rows_of_question]


def _likeliest(other: tuple[AskedPaper, Part], words: Sequence[str]) -> int:
    """The sentence of a passage that shares most terms with the question."""
    _, part = other
    asked = set(words)
    shared = [len(asked & set(own)) for own in terms(part.text.sentences)]
    return part.numbers[int(np.argmax(shared))]


def _coin(question: str, turn: int) -> bool:
    """Heads or tails, the same for the same question and turn."""
    return hashlib.sha256(f"{question} {turn}".encode()).digest()[0] % 2 == 0


def general_rows(data: Path, without: Collection[str]) -> dict[str, Rows]:
    """Rows of the old sets: contexts with their questions, and single sentences; contexts in `without` are left out."""
    contexts: Rows = []
    for name, most in GENERAL.items():
        contexts += _evenly(list(_contexts(rows(data / f"{name}.jsonl.gz"), without)), most)
    sentences: Rows = []
    for name, most in GENERAL_SENTENCES.items():
        right = [row for row in rows(data / f"{name}.jsonl.gz") if row["label"]]
        sentences += _evenly([(row["question"], row["candidate"]) for row in right], most)
    return {"general passages": contexts, "general sentences": sentences}


def _contexts(found: Iterable[Mapping[str, str]], without: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each context once, with the first question that it answers."""
    seen: set[str] = set()
    for row in found:
        if row["is_impossible"] or row["context"] in seen or plain(row["context"]) in without:
            continue
        seen.add(row["context"])
        yield row["question"].strip(), embedded_text(row.get("title") or "", "", row["context"])


def _evenly(found: Rows, most: int) -> Rows:
    return found[:: max(1, len(found) // max(1, most))][:most]


def all_rows(asked: Path, library: Path, data: Path, without: Collection[str]) -> dict[str, Rows]:
    """Every row, by set. Papers that are measured on are left out of the library."""
    searched = Library(further_papers(asked, library).values())
    found: dict[str, Rows] = defaultdict(list)
    for name in ("train", "outcomes"):  # sets have papers in common, with sentences numbered differently
        questions = load_asked(asked / f"{name}_questions.jsonl.gz")
        papers = load_papers(asked / f"{name}_papers.jsonl.gz")
        for kind, rows_of_kind in asked_rows(questions, papers, searched).items():
            found[kind] += rows_of_kind
    return found | general_rows(data, without)
