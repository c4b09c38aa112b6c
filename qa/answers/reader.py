"""Question + hits → evidence sentences, answer spans, and features of the confidence.

Only passages that have what the question names are read (`qa.answers.presence`), and only sentences that can answer it
are candidates. The cross-encoder judges the passages: it reorders them, and tells which of their sentences are evidence
and which words answer. Without it a sentence is scored by its cosine with the question, by the share of the question's
words that it has, and by the score of its passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import log, log10
from types import MappingProxyType

import numpy as np

from qa.answers.cross_encoder import UNREAD, Judge, Judgement, within
from qa.answers.highlights import highlight
from qa.answers.labels import is_head, is_label
from qa.answers.names import Name, names_in
from qa.answers.presence import Presence
from qa.answers.question.asked_for import answering, answers_type, asked_for, likeliest
from qa.answers.question.opposites import contradicts
from qa.answers.search import Query, standardised
from qa.config import AskSettings
from qa.index.index import Index
from qa.types import EVERYTHING, Correction, Hit, Passage, Scope, Sentence, letters
from qa.words import terms

WORDS, PASSAGE, FIGURE = 0.8, 0.1, 0.1
"""Weights beside the cosine: of word overlap (0 to 1), of the passage's standard score, and, where the question
asks for a quantity, of a figure that is not the question's own."""
NEAR = 0.1
"""A further sentence joins the answer if its score is within this margin of the best.

All four were chosen on the answerable questions of `eval/questions.jsonl` on 2026-11-21, see `eval/README.md`.
"""

FOUND = 2.0
"""With the cross-encoder: weight of a passage's standard score beside its logits. Chosen on the development questions
of `asked` on 2026-11-26, see `eval/reader.md`."""
COSINE, INSIDE, SPAN, SHORT = 10.0, 0.5, 1.0, 4.0
"""With the cross-encoder: weights beside a sentence's logit of evidence: of its cosine with the question; of its
passage's standard score; of the answer span, if it touches the sentence; and against a sentence of fewer than `FEW`
words. Chosen on the questions of `asked` on papers held out, on 2026-11-27, see `eval/reader.md`."""
FEW = 6
NEAR_LOGIT = 2.5
"""With the cross-encoder: a further sentence of the same paper joins the answer if it is more likely evidence than not,
and its score is within this margin of the best. Chosen with `COSINE`."""

_FAR, _MANY, _LONG = 10.0, 6, 60
"""The largest values of the features `margin`, `rivals` and `length` (in words)."""
_LIBRARY = 3, 300
"""Numbers of papers between which the feature `papers` (their logarithm) was fitted on 2026-11-27."""
_TOP = 3
"""Passages in which the feature `passage_words` looks for the question's words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: sentence `number` (from 0) of a hit's passage.

    `score` ranks it, larger is better, no fixed range. `cosine` is that of its vector and the question's. `evidence` is
    the cross-encoder's logit that it is evidence, 0 without one. `fits` says whether it can answer: it is no label,
    has a quantity if the question asks for one, and does not speak of the opposite.
    """

    hit: Hit
    number: int
    score: float
    cosine: float = 0.0
    fits: bool = True
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

    `question` is the standalone question; `chosen` are the answering sentences, the best first, or () if there are
    none; `highlights` are the words in them that answer; `features` are the inputs of the calibration, by
    name; `hits` are the passages in the order in which to read them. `missing` are the names of the question that the
    nearest passage lacks, if every passage lacks one. `typed` is the question as the user typed it, `scope` is
    where it was asked, and `corrections` are the slips of the pen in it.

    Of a question about several things, `parts` has a reading for each, whose `side` names it. `sides` says for each
    chosen sentence which of them it answers, and `unanswered` names those that none answers.
    """

    question: str
    chosen: tuple[Candidate, ...] = ()
    highlights: tuple[str, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    hits: tuple[Hit, ...] = ()
    missing: tuple[Name, ...] = ()
    typed: str = ""
    scope: Scope = EVERYTHING
    corrections: tuple[Correction, ...] = ()
    side: str = ""
    parts: tuple[Reading, ...] = ()
    sides: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


def read(
    query: Query,
    hits: Sequence[Hit],
    index: Index,
    settings: AskSettings,
    model: Judge | None = None,
    papers: int | None = None,
) -> Reading:
    """Choose up to `max_sentences` sentences from the first `read_k` hits. There must be at least one hit.

    Hits that lack a name of the question are put behind the others, and none of their sentences is chosen. With a
    cross-encoder, sentences come only from the first `reader_k` hits, which are reordered and get its rank as
    `ranks["reader"]`. Of these hits it reads the sentences that look best without it, `reader_words` words in all.

    `papers` were searched, or all: the more there are, the likelier is it that one of them looks right and is not.
    """
    presence = Presence(index, names_in(query.text, index, query.judged))
    lacking = {hit.passage.id: presence.missing(hit.passage) for hit in hits}
    able = [hit for hit in hits if not lacking[hit.passage.id]]
    missing = () if able else min(map(lacking.__getitem__, lacking), key=len)
    rest = [hit for hit in hits if able and lacking[hit.passage.id]]
    found = _read(query, able or hits, index, settings, model)
    searched = min(max(len(index.documents) if papers is None else papers, _LIBRARY[0]), _LIBRARY[1])
    features = {**found.features, "names_missing": float(bool(missing)), "papers": log10(searched)}
    if missing:
        found = replace(found, chosen=(), highlights=())
    return replace(found, features=features, hits=(*found.hits, *lowered(rest, found.hits)), missing=missing)


def _read(query: Query, hits: Sequence[Hit], index: Index, settings: AskSettings, model: Judge | None) -> Reading:
    candidates, features = _without_model(query, hits[: settings.read_k], index)
    if model is None:
        chosen = choose([one for one in candidates if one.fits], NEAR, settings.max_sentences)
        return Reading(query.text, chosen, _figures(query.text, chosen), features, tuple(hits))
    first = hits[: min(settings.reader_k, settings.read_k)]
    promising = _promising(first, candidates, settings.reader_words)
    judged = model.judge(query.text, [_excerpt(index, hit.passage, promising[hit.passage.id]) for hit in first])
    judgements = {
        hit.passage.id: within(judgement, promising[hit.passage.id], len(hit.passage.sentences))
        for hit, judgement in zip(first, judged, strict=True)
    }
    ordered, every = _judged(hits, judgements, candidates)
    fitting = [candidate for candidate in every if candidate.fits]
    best, *others = fitting or every
    paper = best.hit.passage.document
    likely = [best, *(other for other in others if other.evidence > 0 and other.hit.passage.document == paper)]
    chosen = choose(likely, NEAR_LOGIT, settings.max_sentences) if fitting else ()
    judgement = judgements[best.hit.passage.id]
    features |= {
        "reader_sentence": best.evidence,
        "reader_passage": judgement.relevance,
        "reader_no_answer": judgement.no_answer,
        "score": best.score,
        "margin": min(_FAR, best.score - others[0].score) if others else _FAR,
        "rivals": float(min(_MANY, sum(other.evidence > 0 for other in others))),
        "quantity": float(asked_for(query.text) == "quantity"),
        "length": float(min(_LONG, len(best.sentence.text.split()))),
        "sentences": float(len(chosen)),
    }
    highlights = _answer_words(query.text, chosen, judgements) or _figures(query.text, chosen)
    return Reading(query.text, chosen, highlights, features, ordered)


def heading(index: Index, passage: Passage) -> str:
    """The heading that the cross-encoder reads with a passage: the paper's title, and the section if there is one."""
    title = index.by_id[passage.document].title
    return f"{title}: {passage.section}" if passage.section else title


def choose(candidates: Sequence[Candidate], margin: float, most: int) -> tuple[Candidate, ...]:
    """The best candidate, and those whose score is within a margin of the best; at most `most`, the best first.

    `candidates` must be sorted, best first; () if there are none. No sentence comes twice, from whatever passages.
    """
    alone: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidates[0].score - candidate.score <= margin:
            alone.setdefault(letters(candidate.sentence.text), candidate)
    return tuple(alone.values())[:most]


def lowered(hits: Sequence[Hit], before: Sequence[Hit]) -> list[Hit]:
    """Hits to stand behind others: where their scores are larger, all are lowered, so that larger stays better."""
    drop = max(0.0, hits[0].score - before[-1].score) if hits and before else 0.0
    return [replace(hit, score=hit.score - drop) for hit in hits]


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
    hits: Sequence[Hit], judgements: Mapping[str, Judgement], candidates: Sequence[Candidate]
) -> tuple[tuple[Hit, ...], list[Candidate]]:
    """The hits in their new order, and the candidates of those that were judged, best first."""
    first, rest = hits[: len(judgements)], hits[len(judgements) :]
    found = standardised(np.array([hit.score for hit in first], dtype=np.float32))
    standard = {hit.passage.id: float(score) for hit, score in zip(first, found, strict=True)}

    def worth(hit: Hit) -> float:
        judgement = judgements[hit.passage.id]
        return judgement.relevance + max(judgement.sentences) + FOUND * standard[hit.passage.id]

    order = sorted(first, key=lambda hit: (-worth(hit), hit.passage.id))
    moved = {
        hit.passage.id: replace(hit, score=worth(hit), ranks=MappingProxyType({**hit.ranks, "reader": rank}))
        for rank, hit in enumerate(order, start=1)
    }
    read = []
    for candidate in candidates:
        name = candidate.hit.passage.id
        if name not in judgements or (logit := judgements[name].sentences[candidate.number]) == UNREAD:
            continue
        text, span = candidate.sentence.text, judgements[name].span
        score = logit + COSINE * candidate.cosine + INSIDE * standard[name]
        score += SPAN * (span is not None and span.first <= candidate.number <= span.last)
        score -= SHORT * (len(text.split()) < FEW)
        read.append(replace(candidate, hit=moved[name], score=score, evidence=logit))
    ordered = [*moved.values()]
    place = {name: rank for rank, name in enumerate(moved)}
    read.sort(key=lambda candidate: (-candidate.score, place[candidate.hit.passage.id], candidate.number))
    return (*ordered, *lowered(rest, ordered)), read


def _answer_words(question: str, chosen: Sequence[Candidate], judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    """The words of the answer spans in the chosen sentences, sentence by sentence, as whole expressions."""
    words = []
    for candidate in chosen:
        span, number = judgements[candidate.hit.passage.id].span, candidate.number
        if span is None or not span.first <= number <= span.last:
            continue
        text = candidate.sentence.text
        start = span.start if number == span.first else 0
        end = span.end if number == span.last else len(text)
        words.append(highlight(text, start, end, question))
    return tuple(dict.fromkeys(filter(None, words)))


# Without it


def _without_model(query: Query, hits: Sequence[Hit], index: Index) -> tuple[list[Candidate], dict[str, float]]:
    """Every sentence of the hits, best first, and the features that need no cross-encoder."""
    overlap, asked, asked_terms = _Overlap.of(query, index), asked_for(query.text), set(query.terms)
    inner = [list(index.sentence_rows(index.row_of(hit.passage))) for hit in hits]
    cosines = iter(index.sentence_vectors.scores_at(query.vector, np.array([*chain.from_iterable(inner)])).tolist())
    found = standardised(np.array([hit.score for hit in hits], dtype=np.float32))
    words = iter(terms([sentence.text for hit in hits for sentence in hit.passage.sentences], index.settings.stemmer))
    candidates, shares, covered = [], {}, []
    for hit, passage_score in zip(hits, found, strict=True):
        together: set[str] = set()
        for number, sentence in enumerate(hit.passage.sentences):
            own = set(next(words))
            together |= own
            share, cosine = overlap.share(own), next(cosines)
            score = cosine + WORDS * share + PASSAGE * float(passage_score)
            fits = asked != "quantity" or answers_type(asked, sentence.text, query.text)
            score += FIGURE * (asked == "quantity" and fits)
            fits &= not is_label(sentence.text, hit.passage.kind, asked_terms) and not is_head(hit.passage, number)
            fits &= not contradicts(sentence.text, query.text, hit.passage.kind == "table")
            candidates.append(Candidate(hit, number, score, cosine, fits))
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
    """The weights of a question's terms, and the share of them, 0 to 1, that no passage has."""

    weights: Mapping[str, float]
    unknown: float

    @classmethod
    def of(cls, query: Query, index: Index) -> _Overlap:
        """Weigh the terms as Robertson and Zaragoza 2009 do, plus 1 so that no weight is negative, and by how telling
        they are."""
        n, stemmer = len(index.passages), index.settings.stemmer
        frequency = {term: index.words.document_frequency(term) for term in sorted(set(query.terms))}
        words = zip(terms(list(query.judged), stemmer), query.judged.values(), strict=True)
        telling = {term: judged.telling for own, judged in words for term in own}
        weights = {term: telling.get(term, 1.0) * log(1 + (n - f + 0.5) / (f + 0.5)) for term, f in frequency.items()}
        missing = sum(weights[term] for term, f in frequency.items() if not f)
        return cls(weights, missing / sum(weights.values()) if weights else 1.0)

    def share(self, found: set[str]) -> float:
        """The share, 0 to 1, of the terms' total weight that the found terms carry."""
        total = sum(self.weights.values())
        return sum(self.weights[term] for term in sorted(self.weights.keys() & found)) / total if total else 0.0


# Figures


def _figures(question: str, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """The quantities in the chosen sentences that can answer, if the question asks for one."""
    asked = asked_for(question)
    found = [quantity for one in chosen for quantity in answering(asked, one.sentence.text, question)]
    return tuple(dict.fromkeys(quantity.text for quantity in likeliest(found, question)))
