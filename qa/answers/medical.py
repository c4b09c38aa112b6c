"""Which words of a question mean a drug, a disease or a procedure, by their embeddings.

The ending of a word often tells (`qa.answers.names`); aspirin and malaria have none that does. What they mean lies in
the direction in which words with such endings lie, which `qa.training.medical` learnt for one encoder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from qa.index.embed import Vectors
from qa.words import zipf

PATH = Path(__file__).with_name("medical.json")
SURE = 0.6
"""The probability from which a word counts as medical. Set by hand: of 94 everyday words that questions of `asked`
use and no paper has, none reaches 0.5."""
_MIDDLING = (2.8, 4.2)
"""Zipf frequencies between which the meaning of a word is asked: rarer ones are names anyway."""
_WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Medical:
    """A direction of an encoder's vectors: the logit of a medical word is `bias` + `weights` · vector."""

    encoder_sha256: str
    bias: float
    weights: Sequence[float]

    def among(self, words: Sequence[str], vectors: Vectors) -> frozenset[str]:
        """Those words that are medical; `vectors` are theirs, float32, (n, d)."""
        if not words:
            return frozenset()
        logits = self.bias + vectors @ np.array(self.weights, dtype=np.float32)
        return frozenset(word for word, logit in zip(words, logits, strict=True) if logit > np.log(SURE / (1 - SURE)))


@cache
def medical_for(encoder_sha256: str) -> Medical | None:
    """What was learnt for an encoder; None if nothing was."""
    found = Medical(**json.loads(PATH.read_text("utf-8"))) if PATH.exists() else None
    return found if found and found.encoder_sha256 == encoder_sha256 else None


def middling(question: str) -> list[str]:
    """The lower-case words of a question whose meaning decides whether they are names, each once.

    >>> middling("What was the dose of aspirin in malaria, and of dupilumab?")
    ['aspirin', 'malaria']
    """
    words = (match[0].lower() for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if _MIDDLING[0] <= zipf(word) < _MIDDLING[1]))
