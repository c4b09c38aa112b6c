"""What is measured during training, and never trained on.

Every row has `set`, `question` and `texts` (heading and sentences). COVID-QA's rows have the first passages of the
question's own paper, `right` (for each text the numbers of its evidence sentences) and `chosen` (the numbers of the
text and the sentence that the reader chooses without the cross-encoder). The rows of SQuAD and CLAPNQ have one text and
its `answers` in words, none if it does not answer.
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
from qa.evaluation.sets import covidqa
from qa.index import store
from qa.index.embed import open_encoder
from qa.index.library import Library
from qa.training.cases import read_rows
from qa.training.convert import covers, plain, sentences
from qa.types import Scope, Span

FIRST = 5
"""Passages of a paper among which a sentence is chosen."""


READ = {
    "squad2": ("read_squad2dev_eval",),
    "clapnq": ("read_clapnq_dev_ans", "read_clapnq_dev_unans"),
}
"""The files of each set that asks about one text."""


def without(folder: Path) -> set[str]:
    """Contexts and titles that are measured on, as `plain` gives them: no case may be made of them."""
    rows = [row for files in READ.values() for file in files for row in read_rows(folder / f"{file}.jsonl.gz")]
    return {plain(row[field]) for row in rows for field in ("context", "title")} - {""}


def rows(folder: Path, work: Path, sample: int = 0) -> Iterator[dict[str, Any]]:
    """The rows of all sets; of COVID-QA `sample` questions, all if it is 0. Its index is built in `work`."""
    yield from _papers(folder, work, sample)
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


def _papers(folder: Path, work: Path, sample: int) -> Iterator[dict[str, Any]]:
    covidqa.write_corpus(folder, work / "corpus")
    Library(work / "corpus", work / "index").update()
    index = store.load(work / "index")
    encoder = open_encoder(index.settings.encoder)
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
            "texts": [
                {"heading": heading(index, hit.passage), "sentences": [s.text for s in hit.passage.sentences]}
                for hit in hits
            ],
            "right": [[i for i, s in enumerate(hit.passage.sentences) if _holds(s.spans, gold)] for hit in hits],
            "chosen": [hits.index(best.hit), best.number],
        }


def _holds(spans: Sequence[Span], gold: Sequence[Span]) -> bool:
    """Whether a sentence covers a part of the evidence, as `covers` counts it."""
    return any(covers((span.start, span.end), (item.start, item.end)) for span in spans for item in gold)
