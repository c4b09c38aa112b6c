"""Names of the same kind, by the words beside them: drugs resemble drugs, scales resemble scales.

Each name is described by how often each frequent word stands right before and right after it (positive pointwise
mutual information; Bullinaria and Levy 2007, doi:10.3758/BF03193020).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from qa.answers.question.grammar import FUNCTION, is_name, is_plural
from qa.words import zipf

WORD = re.compile(r"(?<![\w-])[^\W\d_][\w/+-]*(?![\w'’])")

_CONTEXTS = 3000
"""The most frequent words, which describe the names beside them."""
_FEWEST = 8
"""Times that a name occurs at least."""
_COMMON = 3.3
"""A lower-case word above this Zipf frequency is no name: it may have a synonym in the paper. By eye."""
_ALIKE = 0.2
"""Cosine of two names of the same kind, at least. By eye."""
_NEAREST = 8
"""Names among which one is drawn."""
_INFLECTED = ("ed", "ing", "ly", "al", "ic", "ous", "ive", "able")
"""Endings of words that are mostly no nouns; by hand."""


def shape(word: str, first: bool = False) -> str:
    """How a name is written, "" for words that are none; `first` if the word begins a sentence.

    >>> shape("lornoxicam"), shape("VAS"), shape("Tehran"), shape("tumours"), shape("What", first=True)
    ('lower', 'upper', 'title', '', '')
    """
    if len(word) < 2 or word.lower() in FUNCTION or not is_name(word, first):
        return ""
    if sum(c.isupper() for c in word) > 1:
        return "upper"
    if word[0].isupper():
        return "" if first else "title"
    return "" if zipf(word) > _COMMON or not word.isalpha() or word.endswith(_INFLECTED) else "lower"


@dataclass(frozen=True, slots=True)
class Kinds:
    """Names with their rows of unit length, (names, contexts)."""

    names: tuple[str, ...]
    rows: csr_matrix

    def like(self, names: Sequence[str]) -> dict[str, list[str]]:
        """For each name that is known, the nearest others that are written alike, nearest first; 8 at most."""
        place = {name: i for i, name in enumerate(self.names)}
        written = np.array([_written(name) for name in self.names])
        known = [name for name in dict.fromkeys(names) if name in place]
        found = {}
        for name in known:
            scores = (self.rows @ self.rows[place[name]].T).toarray()[:, 0]
            scores[(written != _written(name)) | (scores < _ALIKE)] = 0
            scores[place[name]] = 0
            order = np.argsort(-scores, kind="stable")[:_NEAREST]
            found[name] = [self.names[i] for i in order if scores[i] > 0]
        return found


def _written(name: str) -> str:
    """Case and number of a name: `RCTs` are several, `HADS` is one."""
    return f"{shape(name)} {name[-1].islower() and is_plural(name.lower())}"


def learn(sentences: Sequence[str]) -> Kinds:
    """The names in the sentences that occur 8 times or more, described by the words beside them."""
    cut = [WORD.findall(sentence) for sentence in sentences]
    counts = Counter(word for words in cut for word in words[1:])
    names = tuple(word for word, count in counts.items() if count >= _FEWEST and shape(word))
    frequent = [word for word, _ in Counter({w: n for w, n in counts.items() if w.islower()}).most_common(_CONTEXTS)]
    name_at = {word: i for i, word in enumerate(names)}
    context_at = {word: i for i, word in enumerate(frequent)}
    pairs: Counter[tuple[int, int]] = Counter()
    for words in cut:
        for i, word in enumerate(words):
            if (row := name_at.get(word)) is not None:
                for shift, side in ((-1, 0), (1, len(frequent))):
                    beside = words[i + shift] if 0 <= i + shift < len(words) else ""
                    if (column := context_at.get(beside.lower())) is not None:
                        pairs[row, column + side] += 1
    return Kinds(names, _informative(pairs, (len(names), 2 * len(frequent))))


def _informative(pairs: Counter[tuple[int, int]], size: tuple[int, int]) -> csr_matrix:
    """Counts as positive pointwise mutual information, rows of unit length or zero."""
    rows, columns = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    counts = csr_matrix((np.array(list(pairs.values()), np.float64), (rows, columns)), size)
    by_row, by_column = (np.asarray(counts.sum(axis=axis)).ravel() for axis in (1, 0))
    expected = by_row[rows] * by_column[columns] / max(1.0, counts.sum())
    values = np.maximum(0, np.log(np.array(list(pairs.values())) / expected))
    weighed = csr_matrix((values, (rows, columns)), size)
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(length, 1e-9)) @ weighed)
