"""Question + hits → answering sentences, the sharpest words, and what the confidence is estimated from.

Without a trained model: a sentence is chosen by its meaning (cosine of embeddings), by the share of the
question's words that it has, and by how well its passage was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from qa import dense, lexical
from qa.config import AskSettings
from qa.index import Index
from qa.search import Query, standardised
from qa.types import Hit, Sentence

WORDS, PASSAGE, FIGURE = 0.8, 0.1, 0.1
"""Weights beside the cosine: of word overlap (0 to 1), of the passage's standard score, and, where the question
asks for a quantity, of a figure that is not the question's own."""
NEAR = 0.1
"""A further sentence joins the answer when its score is no further below the best than this.

All four were chosen on the answerable questions of `eval/questions.jsonl` on 2026-11-21, see `eval/README.md`.
"""

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

    `chosen` are the answering sentences in reading order, each with its hit. `signals` are the numbers from
    which the confidence is estimated, by name.
    """

    chosen: tuple[tuple[Hit, Sentence], ...]
    highlights: tuple[str, ...]
    signals: Mapping[str, float]


def read(query: Query, hits: Sequence[Hit], index: Index, settings: AskSettings) -> Reading:
    """Choose one to `max_sentences` sentences from the hits. There must be at least one hit."""
    weights = _weights(query.text, index)
    cosines = dense.scores(index.sentence_rows, query.row)
    passage_scores = standardised(np.array([hit.score for hit in hits], dtype=np.float32))
    candidates: list[tuple[float, int, int]] = []
    covered: dict[tuple[int, int], float] = {}
    for i, hit in enumerate(hits):
        first = index.sentence_starts[index.rows[hit.passage.id]]
        words = lexical.terms([sentence.text for sentence in hit.passage.sentences], index.settings.stemmer)
        for j, found in enumerate(words):
            covered[i, j] = _coverage(weights, found)
            figures = _figures(query.text, [hit.passage.sentences[j].text])
            score = float(cosines[first + j]) + WORDS * covered[i, j] + PASSAGE * float(passage_scores[i])
            candidates.append((score + FIGURE * bool(figures), i, j))
    candidates.sort(key=lambda candidate: (-candidate[0], candidate[1], candidate[2]))
    best, i, j = candidates[0]
    near = [(other, k) for score, other, k in candidates[: settings.max_sentences] if best - score <= NEAR]
    chosen = tuple((hits[a], hits[a].passage.sentences[b]) for a, b in _reading_order(near))
    first = index.sentence_starts[index.rows[hits[i].passage.id]]
    top_words = lexical.terms([hit.passage.text for hit in hits[:3]], index.settings.stemmer)
    signals = {
        "sentence_cosine": float(cosines[first + j]),
        "sentence_words": covered[i, j],
        "passage_words": max(_coverage(weights, found) for found in top_words),
        "unknown_words": _unknown(weights, query.text, index),
    }
    return Reading(chosen, _figures(query.text, [sentence.text for _, sentence in chosen]), signals)


def _reading_order(near: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(hit, sentence) pairs, best hit first, and within a hit in the order of the text."""
    hits = list(dict.fromkeys(hit for hit, _ in near))
    return sorted(near, key=lambda pair: (hits.index(pair[0]), pair[1]))


def _weights(question: str, index: Index) -> dict[str, float]:
    """The question's terms with their inverse document frequency (the form of Robertson and Zaragoza 2009)."""
    n = len(index.passages)
    terms = set(lexical.terms([question], index.settings.stemmer)[0])
    frequency = {term: lexical.document_frequency(index.words, term) for term in terms}
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
