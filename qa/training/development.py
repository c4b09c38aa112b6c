"""What is measured during training, and never trained on.

Every row has `set`, `question` and `texts` (heading and sentences). COVID-QA's rows have the first passages of the
question's own paper, `right` (for each text the numbers of its evidence sentences) and `chosen` (the numbers of the
text and the sentence that the reader chooses without the cross-encoder). Rows of questions on whole papers have the
first passages of all papers that are measured on, `right`, the question's `kind`, and its evidence as `answers`. The
rows of SQuAD and CLAPNQ have one text and its `answers` in words. `answers` is empty if there is none.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from qa.answers.reader import heading, read
from qa.answers.search import Query, search
from qa.config import AskSettings
from qa.evaluation.sets import asked, covidqa
from qa.evaluation.sets.corpora import sampled
from qa.index import store
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Index
from qa.index.library import Library
from qa.training.cases import read_rows
from qa.training.convert import covers, plain, sentences
from qa.types import Hit, Scope, Span

FIRST = 5
"""Passages of a paper among which a sentence is chosen."""
FIRST_OF_ALL = 10
"""Passages of all papers among which sentences are chosen."""

READ = {
    "squad2": ("read_squad2dev_eval",),
    "clapnq": ("read_clapnq_dev_ans", "read_clapnq_dev_unans"),
}
"""The files of each set that asks about one text."""


def without(folder: Path) -> set[str]:
    """Contexts and titles that are measured on, as `plain` gives them: no case may be made of them."""
    rows = [row for files in READ.values() for file in files for row in read_rows(folder / f"{file}.jsonl.gz")]
    return {plain(row[field]) for row in rows for field in ("context", "title")} - {""}


def rows(folder: Path, work: Path, sample: int = 0, papers: Path | None = None) -> Iterator[dict[str, Any]]:
    """The rows of all sets, of COVID-QA and of `papers`, the folder of questions on whole papers, `sample` questions.

    All questions if it is 0. Indices are built in `work`.
    """
    yield from _covidqa(folder, work / "covidqa", sample)
    if papers:
        yield from _asked(papers, work / "asked", sample)
    for name, files in READ.items():
        for file in files:
            for row in read_rows(folder / f"{file}.jsonl.gz"):
                yield _row(name, row)


def _row(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    context = row["context"]
    cut = [context[start:end] for start, end in sentences(context)]
    return {
        "set": name,
        "question": row["question"],
        "texts": [{"heading": row["title"], "sentences": cut}],
        "answers": [answer["text"] for answer in row["answers"]],
    }


def _index(work: Path) -> tuple[Index, Encoder]:
    """The index of the corpus in `work`, and its encoder."""
    Library(work / "corpus", work / "index").update()
    index = store.load(work / "index")
    return index, open_encoder(index.settings.encoder)


def _texts(hits: Sequence[Hit], index: Index) -> list[dict[str, Any]]:
    """The passages that were found, as the cross-encoder reads them."""
    return [
        {"heading": heading(index, hit.passage), "sentences": [s.text for s in hit.passage.sentences]} for hit in hits
    ]


def _asked(folder: Path, work: Path, sample: int) -> Iterator[dict[str, Any]]:
    papers = asked.load_papers(folder / "dev_papers.jsonl.gz")
    asked.write_corpus(papers, work / "corpus")
    index, encoder = _index(work)
    questions = sampled(
        list(asked.questions_of(asked.load_asked(folder / "dev_questions.jsonl.gz"), papers)), sample or None
    )
    random.Random(0).shuffle(questions)  # noqa: S311 - an order that anyone can draw again
    for question in tqdm(questions, desc="asked", unit="question", leave=False):
        hits = search(Query.of(question.question, encoder, index.settings.stemmer), index, "hybrid", FIRST_OF_ALL)
        gold = [item for items in question.evidence for item in items]
        yield {
            "set": "asked",
            "kind": question.kind,
            "question": question.question,
            "texts": _texts(hits, index),
            "right": [
                _right(hit, [item.span for item in gold if item.document == hit.passage.document]) for hit in hits
            ],
            "answers": [index.by_id[item.document].raw[item.span.start : item.span.end] for item in gold],
        }


def _right(hit: Hit, gold: Sequence[Span]) -> list[int]:
    """The numbers of a passage's evidence sentences."""
    return [i for i, sentence in enumerate(hit.passage.sentences) if _holds(sentence.spans, gold)]


def _covidqa(folder: Path, work: Path, sample: int) -> Iterator[dict[str, Any]]:
    covidqa.write_corpus(folder, work / "corpus")
    index, encoder = _index(work)
    settings = AskSettings(max_sentences=1)
    questions = [q for q in covidqa.load_questions(folder, sample or 10**6) if q.answerable]
    random.Random(0).shuffle(questions)  # noqa: S311 - an order that anyone can draw again
    for question in tqdm(questions, desc="covidqa", unit="question", leave=False):
        query = Query.of(question.question, encoder, index.settings.stemmer)
        hits = search(query, index, "hybrid", FIRST, Scope(question.documents))
        best = read(query, hits, index, settings).chosen[0]
        gold = [item.span for items in question.evidence for item in items]
        yield {
            "set": "covidqa",
            "question": question.question,
            "texts": _texts(hits, index),
            "right": [_right(hit, gold) for hit in hits],
            "chosen": [hits.index(best.hit), best.number],
        }


def _holds(spans: Sequence[Span], gold: Sequence[Span]) -> bool:
    """Whether a sentence covers a part of the evidence, as `covers` counts it."""
    return any(covers((span.start, span.end), (item.start, item.end)) for span in spans for item in gold)
