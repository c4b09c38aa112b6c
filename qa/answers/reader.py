"""Question + hits → evidence sentences, answer spans, and features of the confidence.

The trained model judges the first passages, their order and their sentences. Without it a sentence is chosen by its
meaning (cosine of embeddings), by the share of the question's words that it has, and by how well its passage was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from types import MappingProxyType

import numpy as np

from qa.answers.cross_encoder import CrossEncoder, Judgement
from qa.answers.search import Query, standardised
from qa.config import AskSettings
from qa.index import dense, lexical
from qa.index.index import Index
from qa.types import Hit, Passage, Sentence
from qa.words import terms

WORDS, PASSAGE, FIGURE = 0.8, 0.1, 0.1
"""Weights beside the cosine: of word overlap (0 to 1), of the passage's standard score, and, where the question
asks for a quantity, of a figure that is not the question's own."""
NEAR = 0.1
"""A further sentence joins the answer when its score is no further below the best than this.

All four were chosen on the answerable questions of `eval/questions.jsonl` on 2026-11-21, see `eval/README.md`.
"""

FOUND, PLAIN = 2.0, 3.0
"""With the model: weights, beside the logits of relevance and of evidence, of the passage's standard score, and of the
score that a sentence has without it. Chosen on the half `tune` of the questions on 2026-11-21, see `eval/reader.md`."""
NEAR_LOGIT = 3.0
"""With the model: a further sentence joins the answer when it is likelier evidence than not, and its score is no
further below the best than this. Chosen on 2026-11-21, see `eval/reader.md`."""

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
class Reading:
    """What the reader found.

    `chosen` are the answering sentences in reading order, each with its hit. `features` are the numbers from
    which the confidence is estimated, by name. `hits` are those given, in the order in which they should be read.
    """

    chosen: tuple[tuple[Hit, Sentence], ...]
    highlights: tuple[str, ...]
    features: Mapping[str, float]
    hits: tuple[Hit, ...]


def read(
    query: Query, hits: Sequence[Hit], index: Index, settings: AskSettings, model: CrossEncoder | None = None
) -> Reading:
    """Choose one to `max_sentences` sentences from the first `read_k` hits. There must be at least one hit.

    With a model, the first `reader_k` hits are put in a new order, have its rank beside the others, and are the only
    ones of which sentences are taken.
    """
    plain, scores = _read_plainly(query, hits[: settings.read_k], index, settings)
    plain = replace(plain, hits=tuple(hits))
    if model is None:
        return plain
    first = hits[: settings.reader_k]
    judged = model.judge(
        query.text, [(heading(index, h.passage), [s.text for s in h.passage.sentences]) for h in first]
    )
    return _read_by_model(query, hits, judged, plain, scores, settings)


def heading(index: Index, passage: Passage) -> str:
    """What the model is told of where a passage stands: the paper's title, and the section if it has one."""
    title = index.document(passage.document).title
    return f"{title}: {passage.section}" if passage.section else title


def _read_by_model(
    query: Query,
    hits: Sequence[Hit],
    judged: Sequence[Judgement],
    plain: Reading,
    scores: Mapping[tuple[int, int], float],
    settings: AskSettings,
) -> Reading:
    found = standardised(np.array([hit.score for hit in hits[: len(judged)]], dtype=np.float32))
    worth = [
        judgement.relevance + max(judgement.sentences) + FOUND * float(score)
        for judgement, score in zip(judged, found, strict=True)
    ]
    order = sorted(range(len(judged)), key=lambda i: (-worth[i], hits[i].passage.id))
    ordered = _in_order(hits, [(i, worth[i]) for i in order])
    candidates = sorted(
        (
            (evidence + FOUND * float(found[i]) + PLAIN * scores.get((i, j), 0.0), rank, j, evidence)
            for rank, i in enumerate(order)
            for j, evidence in enumerate(judged[i].sentences)
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    best, rank, j, evidence = candidates[0]
    near = [(rank, j)]
    near += [(rank, k) for k in _run_on(judged[order[rank]], j)]
    near += [(a, b) for score, a, b, logit in candidates[1:] if best - score <= NEAR_LOGIT and logit > 0]
    near = list(dict.fromkeys(near))[: settings.max_sentences]
    chosen = tuple((ordered[a], ordered[a].passage.sentences[b]) for a, b in _reading_order(near))
    words = [word for a in dict.fromkeys(a for a, _ in near) for word in _words(judged[order[a]], ordered[a], a, near)]
    features = dict(plain.features) | {
        "reader_sentence": evidence,
        "reader_passage": max(judgement.relevance for judgement in judged),
        "reader_no_answer": judged[order[rank]].no_answer,
    }
    highlights = tuple(dict.fromkeys(words)) or _figures(query.text, [sentence.text for _, sentence in chosen])
    return Reading(chosen, highlights, features, ordered)


def _in_order(hits: Sequence[Hit], order: Sequence[tuple[int, float]]) -> tuple[Hit, ...]:
    """The judged hits by their worth, then the rest, whose scores are lowered so that larger stays better."""
    first = [
        replace(hits[i], score=worth, ranks=MappingProxyType({**hits[i].ranks, "reader": rank}))
        for rank, (i, worth) in enumerate(order, start=1)
    ]
    rest = hits[len(first) :]
    drop = max(0.0, rest[0].score - first[-1].score) if rest else 0.0
    return (*first, *(replace(hit, score=hit.score - drop) for hit in rest))


def _run_on(judgement: Judgement, sentence: int) -> list[int]:
    """The other sentences over which the sharpest words run that begin or end in this one."""
    words = judgement.words
    if words is None or not words.first <= sentence <= words.last:
        return []
    return [k for k in range(words.first, words.last + 1) if k != sentence]


def _words(judgement: Judgement, hit: Hit, number: int, near: Sequence[tuple[int, int]]) -> list[str]:
    """The sharpest words of a passage, sentence by sentence, as far as they stand in the sentences chosen."""
    words = judgement.words
    if words is None:
        return []
    cut = []
    for k in range(words.first, words.last + 1):
        text = hit.passage.sentences[k].text
        start = words.start if k == words.first else 0
        end = words.end if k == words.last else len(text)
        if (number, k) in near and text[start:end].strip():
            cut.append(text[start:end].strip())
    return cut


def _read_plainly(
    query: Query, hits: Sequence[Hit], index: Index, settings: AskSettings
) -> tuple[Reading, dict[tuple[int, int], float]]:
    """What is found without the model, and the score of each sentence, by the numbers of its hit and of itself."""
    weights = _weights(query.text, index)
    cosines = dense.scores(index.sentence_vectors, query.row)
    passage_scores = standardised(np.array([hit.score for hit in hits], dtype=np.float32))
    candidates: list[tuple[float, int, int]] = []
    covered: dict[tuple[int, int], float] = {}
    for i, hit in enumerate(hits):
        first = index.sentence_starts[index.row_of[hit.passage.id]]
        words = terms([sentence.text for sentence in hit.passage.sentences], index.settings.stemmer)
        for j, found in enumerate(words):
            covered[i, j] = _coverage(weights, found)
            figures = _figures(query.text, [hit.passage.sentences[j].text])
            score = float(cosines[first + j]) + WORDS * covered[i, j] + PASSAGE * float(passage_scores[i])
            candidates.append((score + FIGURE * bool(figures), i, j))
    candidates.sort(key=lambda candidate: (-candidate[0], candidate[1], candidate[2]))
    best, i, j = candidates[0]
    near = [(other, k) for score, other, k in candidates[: settings.max_sentences] if best - score <= NEAR]
    chosen = tuple((hits[a], hits[a].passage.sentences[b]) for a, b in _reading_order(near))
    first = index.sentence_starts[index.row_of[hits[i].passage.id]]
    top_words = terms([hit.passage.text for hit in hits[:3]], index.settings.stemmer)
    features = {
        "sentence_cosine": float(cosines[first + j]),
        "sentence_words": covered[i, j],
        "passage_words": max(_coverage(weights, found) for found in top_words),
        "unknown_words": _unknown(weights, query.text, index),
    }
    highlights = _figures(query.text, [sentence.text for _, sentence in chosen])
    scores = {(i, j): score for score, i, j in candidates}
    return Reading(chosen, highlights, features, tuple(hits)), scores


def _reading_order(near: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(hit, sentence) pairs, best hit first, and within a hit in the order of the text."""
    hits = list(dict.fromkeys(hit for hit, _ in near))
    return sorted(near, key=lambda pair: (hits.index(pair[0]), pair[1]))


def _weights(question: str, index: Index) -> dict[str, float]:
    """The question's terms with their inverse document frequency (the form of Robertson and Zaragoza 2009)."""
    n = len(index.passages)
    frequency = {
        term: lexical.document_frequency(index.words, term)
        for term in set(terms([question], index.settings.stemmer)[0])
    }
    return {term: log(1 + (n - f + 0.5) / (f + 0.5)) for term, f in sorted(frequency.items())}


def _coverage(weights: Mapping[str, float], found: Sequence[str]) -> float:
    """The share, 0 to 1, of the terms' weight that the words found have."""
    total = sum(weights.values())
    return sum(weights[term] for term in sorted(weights.keys() & set(found))) / total if total else 0.0


def _unknown(weights: Mapping[str, float], question: str, index: Index) -> float:
    """The share, 0 to 1, of the terms' weight that stands in no passage at all."""
    total = sum(weights.values())
    missing = [term for term in weights if not lexical.document_frequency(index.words, term)]
    return sum(weights[term] for term in missing) / total if total else 1.0


def _figures(question: str, sentences: Sequence[str]) -> tuple[str, ...]:
    """Figures with their units, where the question asks for a quantity; the question's own are left out."""
    if not _QUANTITY.search(question):
        return ()
    figures = (m[0].strip(" ,.") for sentence in sentences for m in _FIGURE.finditer(_without_references(sentence)))
    own = r"(?<![\d.,]){}(?![\d%]|[.,]\d)"
    return tuple(dict.fromkeys(f for f in figures if f and not re.search(own.format(re.escape(f)), question)))


def _without_references(sentence: str) -> str:
    return re.sub(r"\[[\d,\s–-]+\]|\((?:Fig\.|Figure|Figures|Table)[^)]*\)", " ", sentence)
