"""Question + hits → evidence sentences, answer spans, and features of the confidence.

The cross-encoder judges the first passages: it reorders them, and tells which of their sentences are evidence and
which words answer. Without it a sentence is scored by its cosine with the question, by the share of the question's
words that it has, and by the score of its passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log
from types import MappingProxyType

import numpy as np

from qa.answers.cross_encoder import UNREAD, CrossEncoder, Judgement, within
from qa.answers.search import Query, standardised
from qa.config import AskSettings
from qa.index import dense, lexical
from qa.index.index import Index
from qa.papers.conventions import POINTER
from qa.types import EVERYTHING, Hit, Passage, Scope, Sentence
from qa.words import terms

WORDS, PASSAGE, FIGURE = 0.8, 0.1, 0.1
"""Weights beside the cosine: of word overlap (0 to 1), of the passage's standard score, and, where the question
asks for a quantity, of a figure that is not the question's own."""
NEAR = 0.1
"""A further sentence joins the answer if its score is within this margin of the best.

All four were chosen on the answerable questions of `eval/questions.jsonl` on 2026-11-21, see `eval/README.md`.
"""

FOUND = 2.0
"""With the cross-encoder: weight of a passage's standard score beside its logits."""
RELEVANT, INSIDE, PLAIN = 0.5, 1.0, 8.0
"""With the cross-encoder: weights beside a sentence's logit of evidence: of the logit of its passage's relevance, of
the passage's standard score, and of the score that the sentence has without the cross-encoder. Chosen, as `FOUND`, on
the development questions of `asked` on 2026-11-26, see `eval/reader.md`."""
NEAR_LOGIT = 3.0
"""With the cross-encoder: a further sentence joins the answer if it is more likely evidence than not, and its score is
within this margin of the best. Chosen on 2026-11-21, see `eval/reader.md`."""

_TOP = 3
"""Passages in which the feature `passage_words` looks for the question's words."""

_QUANTITY = re.compile(
    r"\b(how (?:many|much|long|old|large|big|often|high|soon)|when|rate|survival|percent(?:age)?|dose|"
    r"what (?:\w+ )?(?:proportion|size|age|year|number|stage))\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\w-])(?:[<>≤≥~]\s?)?\d[\d,.]*(?:\s?[–×x-]\s?\d[\d,.]*)*(?![\w-]*[A-Z])"
    r"(?:-(?:year|month|week|day)(?:-old)?\b|\s?%"
    r"|\s?(?:mg|g|kg|cGy|Gy|mm|cm|ml|mL|µg|years?|months?|weeks?|days?|cycles?|patients?)(?:/\w+)?\b)?"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: sentence `number` (from 0) of a hit's passage.

    `score` ranks it, larger is better, no fixed range. `evidence` is the cross-encoder's logit that it is evidence, 0
    without one.
    """

    hit: Hit
    number: int
    score: float
    evidence: float = 0.0

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.hit.passage.sentences[self.number]

    @property
    def id(self) -> tuple[str, int]:
        """The passage's id and the sentence's number."""
        return self.hit.passage.id, self.number


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, before the decision whether to answer.

    `question` is the standalone question; `chosen` are the answering sentences in reading order, or () if there was
    nothing to search; `highlights` are the words in them that answer; `features` are the inputs of the calibration, by
    name; `hits` are the passages in the order in which to read them. `typed` is the question as the user typed it, and
    `scope` is where it was asked.

    Of a question about several things, `parts` has a reading for each, whose `side` names it. `sides` says for each
    chosen sentence which of them it answers, and `unanswered` names those that none answers.
    """

    question: str
    chosen: tuple[Candidate, ...] = ()
    highlights: tuple[str, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    hits: tuple[Hit, ...] = ()
    typed: str = ""
    scope: Scope = EVERYTHING
    side: str = ""
    parts: tuple[Reading, ...] = ()
    sides: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


def read(
    query: Query, hits: Sequence[Hit], index: Index, settings: AskSettings, model: CrossEncoder | None = None
) -> Reading:
    """Choose one to `max_sentences` sentences from the first `read_k` hits. There must be at least one hit.

    With a cross-encoder, sentences come only from the first `reader_k` hits, which are reordered and get its rank as
    `ranks["reader"]`. Of these hits it reads the sentences that look best without it, `reader_words` words in all.
    """
    candidates, features = _without_model(query, hits[: settings.read_k], index)
    if model is None:
        chosen = choose(candidates, NEAR, settings.max_sentences)
        return Reading(query.text, chosen, _figures(query.text, chosen), features, tuple(hits))
    first = hits[: min(settings.reader_k, settings.read_k)]
    promising = _promising(first, candidates, settings.reader_words)
    judged = model.judge(query.text, [_excerpt(index, hit.passage, promising[hit.passage.id]) for hit in first])
    judgements = {
        hit.passage.id: within(judgement, promising[hit.passage.id], len(hit.passage.sentences))
        for hit, judgement in zip(first, judged, strict=True)
    }
    plain = {candidate.id: candidate.score for candidate in candidates}
    ordered, candidates = _judged(hits, judgements, plain)
    best = candidates[0]
    judgement = judgements[best.hit.passage.id]
    likely = [best, *(candidate for candidate in candidates[1:] if candidate.evidence > 0)]
    chosen = choose(likely, NEAR_LOGIT, settings.max_sentences, _spanned(candidates, judgement))
    features |= {
        "reader_sentence": best.evidence,
        "reader_passage": max(judgement.relevance for judgement in judged),
        "reader_no_answer": judgement.no_answer,
    }
    highlights = _answer_words(chosen, judgements) or _figures(query.text, chosen)
    return Reading(query.text, chosen, highlights, features, ordered)


def heading(index: Index, passage: Passage) -> str:
    """The heading that the cross-encoder reads with a passage: the paper's title, and the section if there is one."""
    title = index.by_id[passage.document].title
    return f"{title}: {passage.section}" if passage.section else title


def choose(
    candidates: Sequence[Candidate], margin: float, most: int, beside: Iterable[Candidate] = ()
) -> tuple[Candidate, ...]:
    """The best candidate, those `beside` it, and those whose score is within a margin of the best.

    `candidates` must be sorted, best first. At most `most` are returned, in reading order: the passage of the best
    first, and within a passage in the order of the text.
    """
    best = candidates[0]
    near = [best, *beside, *(other for other in candidates if best.score - other.score <= margin)]
    chosen = list({candidate.id: candidate for candidate in near}.values())[:most]
    passages = list(dict.fromkeys(candidate.hit.passage.id for candidate in chosen))
    return tuple(sorted(chosen, key=lambda candidate: (passages.index(candidate.hit.passage.id), candidate.number)))


# With the cross-encoder


def _promising(hits: Sequence[Hit], candidates: Sequence[Candidate], words: int) -> dict[str, tuple[int, ...]]:
    """The sentences of each hit that are read, by the id of its passage, in the order of the text.

    They are taken from the candidates, which are all sentences, best first, until they have so many words together. At
    least one of each hit is read.
    """
    chosen: dict[str, list[int]] = {hit.passage.id: [] for hit in hits}
    for candidate in candidates:
        own = chosen.get(candidate.hit.passage.id)
        length = len(candidate.sentence.text.split())
        if own is not None and (length <= words or not own):
            own.append(candidate.number)
            words -= length
    return {name: tuple(sorted(numbers)) for name, numbers in chosen.items()}


def _excerpt(index: Index, passage: Passage, numbers: Sequence[int]) -> tuple[str, list[str]]:
    """These sentences of a passage as the cross-encoder reads them, with the heading."""
    return heading(index, passage), [passage.sentences[number].text for number in numbers]


def _judged(
    hits: Sequence[Hit], judgements: Mapping[str, Judgement], plain: Mapping[tuple[str, int], float]
) -> tuple[tuple[Hit, ...], list[Candidate]]:
    """The hits in their new order, and the sentences of those that were judged, best first."""
    first, rest = hits[: len(judgements)], hits[len(judgements) :]
    found = standardised(np.array([hit.score for hit in first], dtype=np.float32))
    standard = {hit.passage.id: float(score) for hit, score in zip(first, found, strict=True)}

    def worth(hit: Hit) -> float:
        judgement = judgements[hit.passage.id]
        return judgement.relevance + max(judgement.sentences) + FOUND * standard[hit.passage.id]

    order = sorted(first, key=lambda hit: (-worth(hit), hit.passage.id))
    moved = [
        replace(hit, score=worth(hit), ranks=MappingProxyType({**hit.ranks, "reader": rank}))
        for rank, hit in enumerate(order, start=1)
    ]
    candidates = []
    for hit in moved:
        name, judgement = hit.passage.id, judgements[hit.passage.id]
        of_passage = RELEVANT * judgement.relevance + INSIDE * standard[name]
        for number, logit in enumerate(judgement.sentences):
            if logit != UNREAD:
                candidates.append(Candidate(hit, number, logit + of_passage + PLAIN * plain[name, number], logit))
    drop = max(0.0, rest[0].score - moved[-1].score) if rest else 0.0  # larger must stay better
    ordered = (*moved, *(replace(hit, score=hit.score - drop) for hit in rest))
    return ordered, sorted(candidates, key=lambda candidate: -candidate.score)


def _spanned(candidates: Sequence[Candidate], judgement: Judgement) -> list[Candidate]:
    """The sentences of the answer span in the passage of the best candidate, if it touches that one."""
    best, span = candidates[0], judgement.span
    if span is None or not span.first <= best.number <= span.last:
        return []
    own = (candidate for candidate in candidates if candidate.hit is best.hit)
    return sorted((c for c in own if span.first <= c.number <= span.last), key=lambda c: c.number)


def _answer_words(chosen: Sequence[Candidate], judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    """The words of the answer spans in the chosen sentences, sentence by sentence."""
    words = []
    for candidate in chosen:
        span, number = judgements[candidate.hit.passage.id].span, candidate.number
        if span is None or not span.first <= number <= span.last:
            continue
        text = candidate.sentence.text
        start = span.start if number == span.first else 0
        end = span.end if number == span.last else len(text)
        words.append(text[start:end].strip())
    return tuple(dict.fromkeys(filter(None, words)))


# Without it


def _without_model(query: Query, hits: Sequence[Hit], index: Index) -> tuple[list[Candidate], dict[str, float]]:
    """Every sentence of the hits, best first, and the features that need no cross-encoder."""
    overlap = _Overlap.of(query, index)
    cosines = dense.scores(index.sentence_vectors, query.vector)
    found = standardised(np.array([hit.score for hit in hits], dtype=np.float32))
    words = iter(terms([sentence.text for hit in hits for sentence in hit.passage.sentences], index.settings.stemmer))
    candidates, shares, covered = [], {}, []
    for hit, passage_score in zip(hits, found, strict=True):
        row = index.first_sentence(hit.passage)
        together: set[str] = set()
        for number, sentence in enumerate(hit.passage.sentences):
            own = set(next(words))
            together |= own
            share, cosine = overlap.share(own), float(cosines[row + number])
            score = cosine + WORDS * share + PASSAGE * float(passage_score)
            score += FIGURE * bool(_figures_in(query.text, [sentence]))
            candidates.append(Candidate(hit, number, score))
            shares[candidates[-1].id] = (cosine, share)
        covered.append(overlap.share(together))
    candidates.sort(key=lambda candidate: -candidate.score)
    cosine, share = shares[candidates[0].id]
    return candidates, {
        "sentence_cosine": cosine,
        "sentence_words": share,
        "passage_words": max(covered[:_TOP]),
        "unknown_words": overlap.unknown,
    }


@dataclass(frozen=True, slots=True)
class _Overlap:
    """The inverse document frequency of a question's terms, and the share of it, 0 to 1, that no passage has."""

    weights: Mapping[str, float]
    unknown: float

    @classmethod
    def of(cls, query: Query, index: Index) -> _Overlap:
        """Weigh the terms as Robertson and Zaragoza 2009 do, plus 1 so that no weight is negative."""
        n = len(index.passages)
        frequency = {term: lexical.document_frequency(index.words, term) for term in sorted(set(query.terms))}
        weights = {term: log(1 + (n - f + 0.5) / (f + 0.5)) for term, f in frequency.items()}
        missing = sum(weights[term] for term, f in frequency.items() if not f)
        return cls(weights, missing / sum(weights.values()) if weights else 1.0)

    def share(self, found: set[str]) -> float:
        """The share, 0 to 1, of the terms' total weight that the found terms carry."""
        total = sum(self.weights.values())
        return sum(self.weights[term] for term in sorted(self.weights.keys() & found)) / total if total else 0.0


# Figures


def _figures(question: str, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The figures in the chosen sentences, if the question asks for a quantity."""
    return _figures_in(question, [candidate.sentence for candidate in chosen])


def _figures_in(question: str, sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Figures with their units, without those in the question; () if it does not ask for a quantity."""
    if not _QUANTITY.search(question):
        return ()
    figures = (
        m[0].strip(" ,.") for sentence in sentences for m in _FIGURE.finditer(_without_references(sentence.text))
    )
    own = r"(?<![\d.,]){}(?![\d%]|[.,]\d)"
    return tuple(dict.fromkeys(f for f in figures if f and not re.search(own.format(re.escape(f)), question)))


def _without_references(sentence: str) -> str:
    return POINTER.sub(" ", sentence)
