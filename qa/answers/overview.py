"""A paper's aim, design, sample, main result and limitations, each in its own words or not at all.

The sentences that look like an aspect (`qa.answers.aspects`) are read by the cross-encoder with the aspect's question,
and the best is quoted if it reaches the aspect's floor. Nothing is written, and nothing is fitted to a paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from qa.answers.aspects import ASPECTS, LOOKS, PROTOCOL, Aspect, announces
from qa.answers.memory import Memory
from qa.answers.reader import heading
from qa.answers.zones import Zone, zones_of
from qa.papers.conventions import SENTENCE_END
from qa.types import Citation, Passage, QuestionError, QuoteError, Sentence, letters

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

READ = 8
"""Sentences that the cross-encoder reads for an aspect, at most. Set by hand on 2026-11-27."""
_SHORTEST, _LONGEST = 6, 90
"""Words of a sentence that is quoted. Set by hand on 2026-11-27."""
_CLEAR = 3.0
"""The cross-encoder's logit counts up to here, either way. Set by hand on 2026-11-27."""
_TOLD = 5
"""Sentences behind one that announces limitations, which may tell them. Set by hand on 2026-11-27."""
_KEPT = 500
"""Overviews that are kept for each generation, under 1 MB. Set by hand on 2026-11-27."""
RIGHT: Mapping[Aspect, float] = {"Sample": 35 / 37, "Main result": 41 / 45, "Limitations": 54 / 59}
"""How probably a quote tells its aspect, by Laplace's rule of succession, (right + 1) / (shown + 2), from the counts at
`LOOKS` and those of 29 more papers: 16 of 17, 14 of 15, and 12 of 13, read by one person on 2026-11-28."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A paper's aspects, in the order of `ASPECTS`, each with its quote, or None where no sentence clearly says it."""

    document: str
    aspects: tuple[tuple[Aspect, Citation | None], ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes, in the order of the aspects."""
        return tuple(citation for _, citation in self.aspects if citation)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may tell an aspect, the one behind it in its section, and its `points`, larger is better.

    `at` is its place among the sentences of its zone, from 0 to 1; `opens`: it is the first of its section.
    """

    passage: Passage
    sentence: Sentence
    zone: Zone
    at: float
    opens: bool
    behind: Sentence | None = None
    points: float = 0.0


_MADE: WeakKeyDictionary[Assistant, Memory[str, Overview]] = WeakKeyDictionary()
"""Cache: the overviews of an assistant, which has one generation, by paper."""


def overview(assistant: Assistant, document_id: str) -> Overview:
    """The overview of a paper; made once.

    Raises:
        QuestionError: there is no such paper.
    """
    if document_id not in assistant.by_id:
        raise QuestionError(f"there is no document {document_id!r}")
    made = _MADE.setdefault(assistant, Memory[str, Overview](_KEPT))
    return made.get(document_id, lambda: _overview(assistant, document_id))


def _overview(assistant: Assistant, document_id: str) -> Overview:
    every = candidates(assistant.index.passages_of(document_id), assistant.by_id[document_id].title)
    used: set[str] = set()
    found = []
    for aspect in ASPECTS:
        citation = None
        none_yet = aspect == "Main result" and PROTOCOL.search(assistant.by_id[document_id].title)
        for score, candidate in () if none_yet else ranked(assistant, aspect, every):
            if score < LOOKS[aspect].floor:
                break
            words = letters(candidate.sentence.text)
            if words not in used and (citation := _citation(assistant, candidate)):
                used.add(words)
                break
        found.append((aspect, citation))
    return Overview(document_id, tuple(found))


def candidates(passages: Sequence[Passage], title: str = "") -> list[Candidate]:
    """The sentences of a paper with their places; the title, headings and fragments are left out.

    In a discussion, what follows a sentence that announces limitations is of the zone that tells them.
    """
    zoned = zip(zones_of(passages), passages, strict=True)
    every = [(zone, passage, sentence) for zone, passage in zoned for sentence in passage.sentences]
    count = Counter(zone for zone, _, _ in every)
    seen: Counter[Zone] = Counter()
    found: list[Candidate] = []
    announced = -_TOLD - 1
    for place, (zone, passage, sentence) in enumerate(every):
        at = seen[zone] / max(1, count[zone] - 1)
        seen[zone] += 1
        tells = zone == "discussion" and place - announced <= _TOLD and passage.section == every[announced][1].section
        if zone == "discussion" and announces(sentence.text):
            announced = place
        whole = _SHORTEST <= len(sentence.text.split()) <= _LONGEST and SENTENCE_END.search(sentence.text)
        if whole and passage.kind in ("body", "abstract") and letters(sentence.text) != letters(title):
            after = every[place + 1] if place + 1 < len(every) else None
            follows = after is not None and after[1].section == passage.section and SENTENCE_END.search(after[2].text)
            behind = after[2] if after and follows else None
            opens = place == 0 or every[place - 1][1].section != passage.section
            found.append(Candidate(passage, sentence, "limitations" if tells else zone, at, opens, behind))
    return found


def ranked(assistant: Assistant, aspect: Aspect, every: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """The sentences that look most like an aspect, best first, each with its score."""
    looks = LOOKS[aspect]
    found = []
    for one in every:
        points = looks.points(one.sentence.text, one.zone, one.at, one.passage.section, one.opens)
        if points is not None:
            found.append(replace(one, points=points))
    found.sort(key=lambda one: -one.points)
    read = found[:READ]
    model = assistant.models.cross_encoder
    if model is None or not read:
        return [(one.points, one) for one in read]
    read.sort(key=lambda one: (assistant.index.row_of(one.passage), one.at))
    groups = [list(own) for _, own in groupby(read, key=lambda one: one.passage.id)]
    judged = model.judge(
        looks.question,
        [(heading(assistant.index, own[0].passage), [one.sentence.text for one in own]) for own in groups],
    )
    scores = [
        (one.points + looks.weight * max(-_CLEAR, min(_CLEAR, logit)), one)
        for own, judgement in zip(groups, judged, strict=True)
        for one, logit in zip(own, judgement.sentences, strict=True)
    ]
    return sorted(scores, key=lambda pair: -pair[0])


def _citation(assistant: Assistant, candidate: Candidate) -> Citation | None:
    """The sentence as a checked quote, with the one behind it if it only announces what follows."""
    passage, chosen = candidate.passage, [candidate.sentence]
    if announces(candidate.sentence.text):
        if candidate.behind is None:
            return None
        chosen.append(candidate.behind)
    sentence = Sentence(" ".join(one.text for one in chosen), tuple(span for one in chosen for span in one.spans))
    try:
        return Citation(assistant.by_id[passage.document], passage.section, sentence)
    except QuoteError:
        return None
