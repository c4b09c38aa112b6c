"""Data sets become cases.

There are three kinds of sets: `read_*` (a context, and where the answer stands in it), `rank_*` with every sentence
of a text marked, and `rank_*` with single sentences, which are inserted into another text.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

from tqdm import tqdm

from qa.papers.repair import Readable
from qa.papers.segment import sentences_of
from qa.training.cases import Answering, SpanBounds, Text, read_rows
from qa.training.pieces import PASSAGE_WORDS, pieces

Row = Mapping[str, Any]
Bounds = tuple[int, int]
"""Of a sentence or an answer: the first of its characters and the one behind its last."""


@dataclass(slots=True)
class Raw:
    """A case that has texts and no numbers of texts yet.

    `missing` are texts of the same paper that do not answer. Further ones are searched for among the texts of the same
    `pool`, none if it is "", and none of them may contain one of the `answers`. `planted` are sentences that still need
    a text around them.
    """

    set: str
    article: str
    question: str
    pool: str
    answers: tuple[str, ...]
    found: list[Answering] = field(default_factory=list)
    missing: list[Text] = field(default_factory=list)
    planted: tuple[str, ...] = ()


def plain(text: str) -> str:
    """A text reduced to its letters and digits, so that two copies of it are equal.

    >>> plain("A 2-year study")
    'a 2 year study'
    """
    return " ".join(re.findall(r"\w+", text.lower()))


def convert(data: Path, without: Collection[str] = ()) -> list[Raw]:
    """All cases of the folder of training sets, in the order of `SETS`.

    Rows whose context or title, as `plain` gives it, is in `without` are left out: they are measured on.
    """
    cases: list[Raw] = []
    for name, (file, way) in SETS.items():
        rows = [
            row
            for row in read_rows(data / f"{file}.jsonl.gz")
            if plain(row.get("context", "")) not in without and plain(row.get("title", "")) not in without
        ]
        cases += way(name, rows)
    return cases


@cache
def sentences(text: str) -> tuple[Bounds, ...]:
    """The bounds of a text's sentences. They are kept: sets have texts in common, and cutting them takes most time."""
    return tuple((s.spans[0].start, s.spans[-1].end) for s in sentences_of(Readable.of(text)) if s.text.strip())


def passages(text: str, bounds: Sequence[Bounds], heading: str) -> list[tuple[range, Text]]:
    """A text cut into passages: the numbers of each passage's sentences, and the passage."""
    cut = [text[start:end] for start, end in bounds]
    return [
        (part, Text(heading, tuple(cut[i] for i in part)))
        for part in pieces([len(sentence.split()) for sentence in cut], PASSAGE_WORDS)
    ]


def covers(sentence: Bounds, span: Bounds) -> bool:
    """Whether the overlap is more than half of the sentence or of the span.

    >>> covers((0, 10), (8, 12)), covers((0, 10), (9, 20))
    (False, False)
    >>> covers((0, 10), (2, 3)), covers((0, 10), (4, 50))
    (True, True)
    """
    common = min(sentence[1], span[1]) - max(sentence[0], span[0])
    return 2 * common > min(sentence[1] - sentence[0], span[1] - span[0])


def _read(name: str, rows: Sequence[Row], short: bool = True, article: str = "title", every: int = 1) -> Iterator[Raw]:
    """Cases of a `read_*` set, one a question; `short` answers are answer spans, others whole sentences.

    Cases are held out by the field `article`, or by their context if that field is empty.
    """
    cases: dict[tuple[str, str], Raw] = {}
    for row in tqdm(rows[::every], desc=name, unit="row", leave=False):
        context, question = row["context"], row["question"].strip()
        bounds = sentences(context)
        shared = row["title"] if article == "title" else ""
        key = (question, "" if article == "question" else context)
        case = cases.setdefault(key, Raw(name, row[article] or context, question, f"{name} {shared}".strip(), ()))
        if short:
            case.answers += tuple(plain(answer["text"]) for answer in row["answers"])
        _place(case, row, bounds, short, "" if article == "context" else row["title"])
    yield from cases.values()


def _place(case: Raw, row: Row, bounds: Sequence[Bounds], short: bool, heading: str) -> None:
    """Add a context's passages to the case's texts that answer, or to those that do not."""
    spans = [(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]]
    # BioASQ marks everything that answers; SQuAD repeats one answer in other words.
    marked = spans if "type" in row or not short else spans[:1]
    for part, text in passages(row["context"], bounds, heading):
        evidence = tuple(i - part.start for i in part if any(covers(bounds[i], span) for span in marked))
        words = _answer_span(bounds, part, spans[0]) if short and spans else None
        if words and not evidence:
            evidence = tuple(range(words[0], words[2] + 1))
        if evidence:
            case.found.append((text, evidence, words))
        elif row["is_impossible"] or row.get("all_snippets_found", True):
            case.missing.append(text)


def _answer_span(bounds: Sequence[Bounds], part: range, span: Bounds) -> SpanBounds | None:
    """The bounds of a span within a part's sentences; None unless the whole span lies in the part."""
    first = next((i for i in part if bounds[i][0] <= span[0] < bounds[i][1]), None)
    last = next((i for i in part if bounds[i][0] < span[1] <= bounds[i][1]), None)
    if first is None or last is None:
        return None
    return first - part.start, span[0] - bounds[first][0], last - part.start, span[1] - bounds[last][0]


def _rationales(name: str, rows: Sequence[Row]) -> Iterator[Raw]:
    """Cases of a set that marks the sentences of whole texts; its rows are in order."""
    for question, group in groupby(rows, key=lambda row: row["question"]):
        case = Raw(name, question, question, name, ())
        for _, inner in groupby(group, key=lambda row: row["doc"]):
            marked = [(row["candidate"], row["label"]) for row in inner]
            for part in pieces([len(sentence.split()) for sentence, _ in marked], PASSAGE_WORDS):
                text = Text("", tuple(marked[i][0] for i in part))
                evidence = tuple(i - part.start for i in part if marked[i][1])
                if evidence:
                    case.found.append((text, evidence, None))
                else:
                    case.missing.append(text)
        yield case


def _shuffled(name: str, rows: Sequence[Row]) -> Iterator[Raw]:
    """Cases of a set that lists the right sentence of a question first; the sentences are shuffled."""
    grouped: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        grouped[row["question"]].append((row["candidate"], row["label"]))
    for question, marked in grouped.items():
        random.Random(question).shuffle(marked)  # noqa: S311 - an order that anyone can draw again
        evidence = tuple(i for i, (_, label) in enumerate(marked) if label)
        case = Raw(name, " ".join(sorted(sentence for sentence, _ in marked)), question, name, ())
        if evidence:
            case.found.append((Text("", tuple(sentence for sentence, _ in marked)), evidence, None))
        yield case


def _pairs(name: str, rows: Sequence[Row], pool: str) -> Iterator[Raw]:
    """Cases of a set of single answers, which `negatives.complete` inserts into a text of the pool."""
    for row in rows:
        candidate = row["candidate"]
        planted = tuple(candidate[start:end] for start, end in sentences(candidate))
        yield Raw(name, row["question"], row["question"], pool, (), planted=planted)


_bioasq = partial(_read, article="question")
SETS: Mapping[str, tuple[str, Callable[[str, Sequence[Row]], Iterator[Raw]]]] = {
    "bioasq_snippet": ("read_bioasq_snippet_6to8", partial(_bioasq, short=False)),
    "bioasq_exact": ("read_bioasq_exact_6to8", _bioasq),
    "squad2": ("read_squad2dev_train", _read),
    "squad1_dev": ("read_squad1dev_train", _read),
    "squad1_part": ("read_squad1train_part", _read),
    "squad1_flan": ("read_squad1train_flan", _read),
    "new_wiki": ("read_squadshifts_new_wiki", _read),
    "reddit": ("read_squadshifts_reddit", partial(_read, article="context")),
    "amazon": ("read_squadshifts_amazon_reviews", _read),
    "qed": ("read_qed_dev", _read),
    "qamr_dev": ("read_qamr_dev", partial(_read, article="context", every=4)),
    "qamr_test": ("read_qamr_test", partial(_read, article="context", every=4)),
    "scifact": ("rank_scifact_rationale_train", _rationales),
    "nqg": ("rank_nqg_squad1train_sent", _shuffled),
    "reqa_bioasq": ("rank_reqa_bioasq_pairs", partial(_pairs, pool="bioasq_snippet")),
    "reqa_squad": ("rank_reqa_squad_pairs", partial(_pairs, pool="new_wiki")),
}
"""Each set's file, and the function that makes cases of its rows. `rank_ansel_*` and `rank_bioasq_sent_6to8` are left
out: they have the questions of the `read_*` sets, without their contexts."""
