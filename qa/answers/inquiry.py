"""A question and the turns before → what is read for it.

The ways in which a question can be read (`question.proposals`, `question.sides`) are searched and read, and the one
with the highest confidence is kept. A question without turns and without a sign of several sides is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from math import inf, log

import numpy as np

from qa.answers.calibration import Calibration
from qa.answers.models import Models
from qa.answers.question.grammar import own_words
from qa.answers.question.proposals import Proposal, asked_now, proposals
from qa.answers.question.sides import MOST, Side, of_each_paper, sides
from qa.answers.reader import Candidate, Reading, lowered, read
from qa.answers.search import Query, search
from qa.config import AskSettings
from qa.index.index import Index
from qa.types import Answer, Hit, Scope, Span, Turn
from qa.words import terms

AGAIN = 2.0
"""Taken off, in log-odds, if the best sentence is a quote of the turn before that has none of the question's words.
Set by hand on 2026-11-27: from 1 to 4 all did equally well on conversations about held-out papers."""
WHOLE, AS_TYPED = 4, 1.0
"""With so many words of its own a question may stand alone, and its reading as typed gets the second on top of its
log-odds. Chosen with `SAME_PAPER`."""
SAME_PAPER = 1.0
"""Added, in log-odds, if the best sentence is of the paper that was spoken of. Chosen on 2026-11-27 on conversations
about held-out papers: more keeps too many questions about other papers there."""
LIGHT_PASSAGES, LIGHT_WORDS = 10, 600
"""Passages and words that the cross-encoder reads for each of several ways; set by hand on 2026-11-27."""

Quote = tuple[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Where and with what a question is asked; `near` is the paper that was spoken of, or ""."""

    scope: Scope
    index: Index
    models: Models
    settings: AskSettings
    near: str = ""

    def read(self, text: str, scope: Scope | None = None) -> Reading:
        """Search, then read (Chen et al. 2017, DrQA). Without features and hits if nothing is in scope."""
        query = Query.of(text, self.models.encoder, self.index.settings.stemmer)
        k = max(self.settings.read_k, self.settings.top_k)
        scope = self.scope if scope is None else scope
        hits = search(query, self.index, "hybrid", k, scope, self.near)
        if not hits:
            return Reading(text)
        papers = len(scope.documents) or None
        return read(query, hits, self.index, self.settings, self.models.cross_encoder, papers)

    @property
    def within(self) -> Scope | None:
        """The part of the scope that is the paper that was spoken of; None if that is not in the scope."""
        inside = self.near and (not self.scope.documents or self.near in self.scope.documents)
        return replace(self.scope, documents=(self.near,)) if inside else None

    @property
    def light(self) -> Inquiry:
        """The same, reading less."""
        passages = min(self.settings.reader_k, LIGHT_PASSAGES)
        words = min(self.settings.reader_words, LIGHT_WORDS)
        return replace(self, settings=replace(self.settings, reader_k=passages, reader_words=words))


def inquire(question: str, turns: Sequence[Turn], inquiry: Inquiry) -> Reading:
    """Read a question in the way that the reader is surest of. `question` is on one line.

    Of a question about several things, or about what several papers say, each is read too, as the reading's `parts`.
    """
    encode = inquiry.models.encoder.encode
    ways = proposals(question, turns, encode)
    if len(ways) == 1 and ways[0].way == "typed":
        whole = inquiry.read(question)
    else:
        inquiry = replace(inquiry, near=_spoken_of(turns))
        whole = _surest(question, ways, turns[-1], inquiry)
    if not whole.hits:
        return whole
    if apart := sides(whole.question, encode):
        parts = [_side(side, inquiry) for side in apart]
    else:
        parts = list(_of_each_paper(whole, inquiry)) if of_each_paper(question) else []
    hits = tuple(_in_turn([whole.hits, *(part.hits for part in parts)])) if parts else whole.hits
    return replace(whole, parts=tuple(parts), hits=hits)


# Follow-ups


def _surest(question: str, ways: Sequence[Proposal], before: Turn, inquiry: Inquiry) -> Reading:
    """The surest reading of a question.

    As it was typed, it is also asked of the paper that was spoken of; behind the passages of that paper stand those of
    all. A quote of the turn before that has none of the question's own words is left out, and all are if that one is
    best.
    """
    said = _said(before, question, inquiry.index.settings.stemmer)
    whole = len(own_words(asked_now(question))) >= WHOLE

    def sure(reading: Reading) -> float:
        same = bool(reading.chosen) and reading.chosen[0].hit.passage.document == inquiry.near
        more = SAME_PAPER * same + AS_TYPED * (whole and reading.question == question) - AGAIN * _repeats(reading, said)
        return log_odds(reading, inquiry.models.calibration) + more

    readings = [inquiry.light.read(way.text) for way in ways]
    if ways[0].way == "typed" and (there := inquiry.within):
        own = inquiry.light.read(ways[0].text, there)
        found = {hit.passage.id for hit in own.hits}
        rest = [hit for hit in readings[0].hits if hit.passage.id not in found]
        readings.append(replace(own, hits=(*own.hits, *lowered(rest, own.hits))))
    best = max(readings, key=sure)
    fresh = tuple(c for c in best.chosen if (c.hit.passage.document, c.sentence.spans) not in said)
    return replace(best, chosen=() if _repeats(best, said) else fresh)


def _spoken_of(turns: Sequence[Turn]) -> str:
    """The paper of the last answer; without an answer, that of the last question's first passage, or ""."""
    for turn in reversed(turns):
        if isinstance(turn.result, Answer):
            return turn.result.citations[0].document.id
    passages = turns[-1].result.passages
    return passages[0].passage.document if passages else ""


def _said(before: Turn, question: str, stemmer: str) -> frozenset[Quote]:
    """The quotes of the turn before that name nothing of what the question itself names."""
    quotes = before.result.citations if isinstance(before.result, Answer) else ()
    own, *words = terms([" ".join(own_words(asked_now(question))), *(quote.text for quote in quotes)], stemmer)
    return frozenset(
        (quote.document.id, quote.spans) for quote, its in zip(quotes, words, strict=True) if not set(own) & set(its)
    )


def _repeats(reading: Reading, said: frozenset[Quote]) -> bool:
    """Whether the best sentence was said."""
    first = reading.chosen[:1]
    return any((candidate.hit.passage.document, candidate.sentence.spans) in said for candidate in first)


def log_odds(reading: Reading, calibration: Calibration) -> float:
    """The log-odds that a reading's passages answer; minus infinity if it has no sentence."""
    if not reading.chosen or not reading.features:
        return -inf
    probability = calibration.probability(reading.features)
    return log(probability / (1 - probability))


# Questions about several things


def _side(side: Side, inquiry: Inquiry) -> Reading:
    """The reading of a side: in the first of the ways to ask about it of which a passage has all names."""
    first = found = inquiry.light.read(side.texts[0])
    for text in side.texts[1:]:
        if not found.missing:
            break
        found = inquiry.light.read(text)
    return replace(first if found.missing else found, side=side.name)


def _of_each_paper(whole: Reading, inquiry: Inquiry) -> Iterator[Reading]:
    """A reading of each of the first papers found, named by its title."""
    for paper in list(dict.fromkeys(hit.passage.document for hit in whole.hits))[:MOST]:
        alone = inquiry.light.read(whole.question, replace(inquiry.scope, documents=(paper,)))
        yield replace(alone, side=inquiry.index.by_id[paper].title)


def settled(whole: Reading, calibration: Calibration, threshold: float) -> Reading:
    """The reading to answer with: the whole question's, or those of its parts.

    The parts are taken if two of them, with different sentences, reach the threshold, or if one does and the whole does
    not. If no passage has all names of the question, all parts must: one side of a comparison with a drug that the
    papers lack is no answer. Parts that do not reach it are named in `unanswered`; the features are those of the least
    sure part that is taken.
    """
    chosen: dict[tuple[str, int], tuple[Candidate, Reading]] = {}
    unanswered: list[str] = []
    for part in whole.parts:
        if part.chosen and calibration.probability(part.features) >= threshold:
            chosen.setdefault(part.chosen[0].id, (part.chosen[0], part))
        else:
            unanswered.append(part.side)
    alone = bool(whole.chosen) and calibration.probability(whole.features) >= threshold
    if len(chosen) < max(1, len(whole.parts) if whole.missing else 2 * alone):
        return whole
    sure = [part for _, part in chosen.values()]
    return replace(
        whole,
        chosen=tuple(candidate for candidate, _ in chosen.values()),
        highlights=tuple(dict.fromkeys(chain.from_iterable(part.highlights for part in sure))),
        sides=tuple(part.side for part in sure),
        features=min((part.features for part in sure), key=calibration.probability),
        hits=tuple(_in_turn([*(part.hits for part in whole.parts), whole.hits])),
        unanswered=tuple(unanswered),
        missing=(),
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
