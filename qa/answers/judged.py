"""What the embeddings say of a question's words: how telling they are, and how medical.

A drug, a disease or a gene stands where its question is answered. An everyday word often does not, because papers say
it in other words: "tablets", "sore". Which is which lies in directions of the embeddings, which `qa.training.judged`
learnt for one encoder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa.index.embed import Encoder, Vectors
from qa.words import zipf

PATH = Path(__file__).with_name("judged.json")
FREQUENCIES = (1.5, 5.2)
"""Zipf frequencies between which a word is judged: rarer ones are hardly English, more frequent ones say little. Set
by hand on 2026-11-27."""
_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])")


class Judged(NamedTuple):
    """Probabilities, 0 to 1: that a paper which answers a question with this word has it, in any form, and that it
    means a drug, a disease or a procedure."""

    telling: float
    medical: float


@dataclass(frozen=True, slots=True)
class Directions:
    """Directions of an encoder's vectors: a logit is the first number and the others · vector."""

    encoder_sha256: str
    telling: Sequence[float]
    medical: Sequence[float]

    def judge(self, vectors: Vectors) -> list[Judged]:
        """The probabilities for each word; `vectors` are theirs, float32, (n, d)."""
        both = np.array([self.telling, self.medical], dtype=np.float32)
        logits = both[:, 0] + vectors @ both[:, 1:].T
        return [Judged(*map(float, row)) for row in 1 / (1 + np.exp(-logits))]


@cache
def directions_for(encoder_sha256: str) -> Directions | None:
    """What was learnt for an encoder; None if nothing was."""
    found = Directions(**json.loads(PATH.read_text("utf-8"))) if PATH.exists() else None
    return found if found and found.encoder_sha256 == encoder_sha256 else None


def embedded(question: str, encoder: Encoder) -> tuple[Vectors, Mapping[str, Judged]]:
    """A question's vector, float32, (d,), and what is judged of its words: nothing if the encoder has no directions."""
    known = directions_for(encoder.sha256)
    words = judged_words(question) if known else []
    vectors = encoder.encode([question, *words])
    return vectors[0], dict(zip(words, known.judge(vectors[1:]), strict=True)) if known and words else {}


def judged_words(question: str) -> list[str]:
    """The words of a question that are judged, in lower case, each once.

    >>> judged_words("What was given of aspirin in malaria, and of dupilumab?")
    ['aspirin', 'malaria']
    """
    words = (match[0].lower() for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if FREQUENCIES[0] <= zipf(word) < FREQUENCIES[1]))
