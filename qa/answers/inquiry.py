"""Retrieve and read, for each sub-question.

If a question asks about several things, or for what several papers say, each sub-question is searched and read on its
own. The passages are then merged in turn: the best of each sub-question and of the whole question, the second best, ….
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

import numpy as np

from qa.answers.models import Models
from qa.answers.question.subquestions import MOST, of_each_paper, subquestions
from qa.answers.reader import Reading, read
from qa.answers.search import Query, search
from qa.config import AskSettings
from qa.index.index import Index
from qa.types import Hit, Scope


def retrieve_and_read(question: str, scope: Scope, index: Index, models: Models, settings: AskSettings) -> Reading:
    """Search, then read (Chen et al. 2017, DrQA). The reading has no features and no hits if nothing is in scope."""
    k = max(settings.read_k, settings.top_k)

    def retrieved(text: str, within: Scope) -> tuple[Query, list[Hit]]:
        query = Query.of(text, models.encoder, index.settings.stemmer)
        return query, search(query, index, "hybrid", k, within)

    query, hits = retrieved(question, scope)
    if not hits:
        return Reading(question)
    asked = [(text, scope) for text in subquestions(question)]
    if len(asked) == 1 and of_each_paper(question):
        papers = list(dict.fromkeys(hit.passage.document for hit in hits))[:MOST]
        asked = [(question, replace(scope, documents=(paper,))) for paper in papers]
    if len(asked) == 1:
        return read(query, hits, index, settings, models.cross_encoder)
    shared = ("max_sentences", "reader_k", "reader_words")
    limits = {name: max(1, getattr(settings, name) // len(asked)) for name in shared}
    share = settings.model_copy(update=limits)
    readings = [read(*retrieved(*one), index, share, models.cross_encoder) for one in asked]
    return _together(question, readings, hits, settings.max_sentences)


def _together(question: str, readings: Sequence[Reading], whole: Sequence[Hit], most: int) -> Reading:
    """Merge several readings into one, with at most `most` sentences; each feature is the mean of theirs.

    What each of them lacks is missing only if none has a sentence.
    """
    chosen = {candidate.id: candidate for reading in readings for candidate in reading.chosen}
    return Reading(
        question,
        chosen=tuple(chosen.values())[:most],
        highlights=tuple(dict.fromkeys(chain.from_iterable(reading.highlights for reading in readings))),
        features={
            name: float(np.mean([reading.features[name] for reading in readings])) for name in readings[0].features
        },
        hits=tuple(_in_turn([*(reading.hits for reading in readings), whole])),
        missing=() if chosen else tuple(dict.fromkeys(chain.from_iterable(reading.missing for reading in readings))),
    )


def _in_turn(lists: Sequence[Sequence[Hit]]) -> Iterator[Hit]:
    """The hits of each list in turn, each passage once. Scores are lowered where needed, so that they never rise."""
    seen: set[str] = set()
    score = np.inf
    for hit in chain.from_iterable(zip_longest(*lists)):
        if hit is not None and hit.passage.id not in seen:
            seen.add(hit.passage.id)
            score = min(score, hit.score)
            yield replace(hit, score=score)
