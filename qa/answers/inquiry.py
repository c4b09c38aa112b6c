"""Retrieve and read, for each sub-question."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

import numpy as np

from qa.answers.cross_encoder import CrossEncoder
from qa.answers.question.subquestions import MOST, of_each_paper, parts
from qa.answers.reader import Reading, read
from qa.answers.search import Query, search
from qa.config import AskSettings
from qa.index.embed import Encoder
from qa.index.index import Index
from qa.types import Hit


def retrieve_and_read(
    question: str,
    encoder: Encoder,
    index: Index,
    settings: AskSettings,
    model: CrossEncoder | None = None,
    documents: Collection[str] = (),
    sections: Collection[str] = (),
) -> Reading | None:
    """Search and read; None if there is nothing to search.

    Where several things are asked about, or several papers, each has its own search and its own sentences: the first
    passages are the best of each in turn, and then of the question as a whole.
    """
    k = max(settings.read_k, settings.top_k)
    query = Query.of(question, encoder)
    hits = search(query, index, "hybrid", k, documents, sections)
    if not hits:
        return None
    asked: list[tuple[str, Collection[str]]] = [(part, documents) for part in parts(question)]
    if len(asked) == 1 and of_each_paper(question):
        papers = list(dict.fromkeys(hit.passage.document for hit in hits))[:MOST]
        asked = [(question, {paper}) for paper in papers]
    if len(asked) == 1:
        return read(query, hits, index, settings, model)
    share = settings.model_copy(
        update={name: max(1, getattr(settings, name) // len(asked)) for name in ("max_sentences", "reader_k")}
    )
    readings = []
    for part, within in asked:
        own = query if part == question else Query.of(part, encoder)
        readings.append(read(own, search(own, index, "hybrid", k, within, sections), index, share, model))
    return _together(readings, hits, settings.max_sentences)


def _together(readings: Sequence[Reading], whole: Sequence[Hit], most: int) -> Reading:
    """One reading of several, with at most so many sentences; its signals are their means."""
    names = readings[0].features.keys()
    chosen = {(hit.passage.id, sentence): (hit, sentence) for reading in readings for hit, sentence in reading.chosen}
    return Reading(
        chosen=tuple(chosen.values())[:most],
        highlights=tuple(dict.fromkeys(chain.from_iterable(reading.highlights for reading in readings))),
        features={name: float(np.mean([reading.features[name] for reading in readings])) for name in names},
        hits=tuple(_in_turn([*(reading.hits for reading in readings), whole])),
    )


def _in_turn(lists: Sequence[Sequence[Hit]]) -> Iterator[Hit]:
    """The hits of each list in turn, every passage once; scores never rise."""
    seen: set[str] = set()
    score = np.inf
    for hit in chain.from_iterable(zip_longest(*lists)):
        if hit is not None and hit.passage.id not in seen:
            seen.add(hit.passage.id)
            score = min(score, hit.score)
            yield replace(hit, score=score)
