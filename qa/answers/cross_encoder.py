"""The trained cross-encoder, run by ONNX Runtime: a judgement of each passage.

One network reads the question and sentences of a passage together (Nogueira and Cho 2019, arXiv:1901.04085). It has
three outputs: whether the passage answers, whether each token is evidence, and where the answer span starts and ends,
where a span at the first token means "no answer here" (Devlin et al. 2019, arXiv:1810.04805). One ONNX file holds the
weights, the tokeniser and the input format used in training.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.answers.inputs import Input, InputFormat, Pair, SpecialTokens, inputs_of, tokenise
from qa.config import BUNDLED_MODEL
from qa.index import network
from qa.types import ModelError

SHA256 = "885ca2304af4c6f7e7dc812a939a09905edee283e5881687ac3443d23b1cfd2b"
"""SHA-256 of the bundled model, in hex."""

Logits = NDArray[np.float32]

UNREAD = -np.inf
"""The logit of a sentence that was not read."""
_SPAN_TOKENS = 30
"""The longest answer span, in tokens."""
_NOWHERE = 50.0
"""The no-answer logit of a passage that has no token to choose."""
_OPENING = threading.Lock()
_REMEDY = "take it from the repository again, or set QA_ASK_READER=false"


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The likeliest answer span, half-open: from character `start` of sentence `first` to character `end` of `last`."""

    first: int
    start: int
    last: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The network's judgement of one passage, as logits: larger is better, 0 is even odds.

    `sentences` has a logit for each sentence (is it evidence?), and `relevance` is the logit of the passage (does it
    have evidence?). `no_answer` is the logit of "no answer here" minus that of the best span, so larger is worse.
    `span` is None if `no_answer` is above 0.
    """

    sentences: tuple[float, ...]
    relevance: float
    no_answer: float
    span: AnswerSpan | None


class Judge(Protocol):
    """What the reader needs of a cross-encoder."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the model, in hex."""

    def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
        """Judge each passage, given as its heading ("" if it has none) and its sentences (at least one)."""


def within(judged: Judgement, numbers: Sequence[int], sentences: int) -> Judgement:
    """The judgement of a passage with that many sentences, of which those with these numbers were read.

    >>> within(Judgement((1.0, 2.0), 0.5, 0.0, None), [0, 2], 3).sentences
    (1.0, -inf, 2.0)
    """
    logits = dict(zip(numbers, judged.sentences, strict=True))
    span = judged.span and replace(judged.span, first=numbers[judged.span.first], last=numbers[judged.span.last])
    return replace(judged, sentences=tuple(logits.get(number, UNREAD) for number in range(sentences)), span=span)


def judgement(inputs: Sequence[Input], outputs: Sequence[tuple[Logits, float]], sentences: int) -> Judgement:
    """Combine the outputs for a passage's inputs into a judgement of a passage with that many sentences.

    Each output is the logits of the tokens, float32, (n, 3), for evidence, start of the span and end of the span, and
    the logit of relevance. A sentence's score is the mean over its tokens; a sentence without tokens gets the score of
    the worst sentence.
    """
    scores: dict[int, float] = {}
    best: tuple[float, AnswerSpan | None] = (np.inf, None)
    for item, (logits, _) in zip(inputs, outputs, strict=True):
        for number in sorted(set(item.sentence.tolist()) - {-1}):  # np.unique loads NumPy's masked arrays, 0.03 s
            scores[number] = float(logits[item.sentence == number, 0].mean(dtype=np.float64))
        best = min(best, best_span(item, logits), key=lambda found: found[0])
    worst = min(scores.values(), default=0.0)
    return Judgement(
        tuple(scores.get(number, worst) for number in range(sentences)),
        max(relevance for _, relevance in outputs),
        min(best[0], _NOWHERE),
        best[1] if best[0] <= 0 else None,
    )


def best_span(item: Input, logits: Logits) -> tuple[float, AnswerSpan | None]:
    """The logit of "no answer here" minus that of the best span, and the best span.

    A span's logit is the sum of its start and end logits. Infinity and None if no token can be chosen.
    """
    rows = np.flatnonzero(item.sentence >= 0)
    if not rows.size:
        return np.inf, None
    starts, ends = (logits[rows, column].astype(np.float64) for column in (1, 2))
    reach = np.lib.stride_tricks.sliding_window_view(
        np.concatenate([ends, np.full(_SPAN_TOKENS - 1, -np.inf)]), _SPAN_TOKENS
    )
    sums = starts + reach.max(axis=1)
    first = int(sums.argmax())
    last = first + int(reach[first].argmax())
    null = float(logits[0, 1]) + float(logits[0, 2])
    a, b = rows[first], rows[last]
    span = AnswerSpan(int(item.sentence[a]), int(item.offsets[a, 0]), int(item.sentence[b]), int(item.offsets[b, 1]))
    return null - float(sums[first]), span


class CrossEncoder:
    """The trained network, ready to run. Each input is run alone, so no passage's score depends on the others."""

    def __init__(self, path: Path, expected: str = "") -> None:
        """Open a file; `expected` is its SHA-256 in hex, if that is known. Raises `ModelError`."""
        from tokenizers import Tokenizer

        try:
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(f"{path} cannot be read ({error}); {_REMEDY}") from error
        if expected and self.sha256 != expected:
            raise ModelError(f"{path} has SHA-256 {self.sha256}, not {expected}; {_REMEDY}")
        try:
            self._session = network.session(path)
            facts = self._session.get_modelmeta().custom_metadata_map
            self.input_format = InputFormat(**json.loads(facts["form"]))
            self._tokenizer = Tokenizer.from_str(facts["tokenizer"])
            self._special = SpecialTokens.of(self._tokenizer)
        except Exception as error:  # ONNX Runtime's errors have no common root
            raise ModelError(f"{path} is not a cross-encoder ({error}); {_REMEDY}") from error

    def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
        """Judge each passage, given as its heading ("" if it has none) and its sentences (at least one)."""
        texts = [question]
        for heading, sentences in passages:
            texts += [heading, *sentences]
        tokens = iter(tokenise(self._tokenizer, texts))
        asked = next(tokens)
        pairs = [Pair(asked, next(tokens), [next(tokens) for _ in sentences]) for _, sentences in passages]
        read = [inputs_of(pair, self.input_format, self._special) for pair in pairs]
        outputs = iter(network.each(self._run, [item for inputs in read for item in inputs]))
        return [
            judgement(inputs, [next(outputs) for _ in inputs], len(pair.sentences))
            for inputs, pair in zip(read, pairs, strict=True)
        ]

    def _run(self, item: Input) -> tuple[Logits, float]:
        feed: dict[str, Any] = {
            "ids": item.ids[None],
            "mask": np.ones_like(item.ids)[None],
            "types": item.types[None],
        }
        tokens, relevance = self._session.run(["tokens", "relevance"], feed)
        return np.asarray(tokens[0], dtype=np.float32), float(relevance[0])


def open_cross_encoder(path: Path) -> CrossEncoder:
    """Open a cross-encoder file, once per process; the bundled file is checked by its SHA-256.

    Raises:
        ModelError: the file cannot be read, is not the one that was bundled, or is not a cross-encoder.
    """
    with _OPENING:
        return _opened(path)


@lru_cache(maxsize=2)
def _opened(path: Path) -> CrossEncoder:
    return CrossEncoder(path, SHA256 if path == BUNDLED_MODEL else "")
