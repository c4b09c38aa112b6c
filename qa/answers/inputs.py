"""Question + passage → the tokens that the cross-encoder reads, in training and in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Numbers = NDArray[np.int64]
_QUESTION_TOKENS = 64
_CONTEXT_TOKENS = 32
"""Of the heading, of the sentence before those read, and of the one after, each."""


@dataclass(frozen=True, slots=True)
class InputFormat:
    """How a passage is put before the network.

    `at_once` sentences of it are read in one input: with 1 the network is a reader of sentences, which sees their
    neighbours as context only; with many, of passages. An input has at most `max_tokens` tokens.
    """

    at_once: int = 64
    max_tokens: int = 384

    def __post_init__(self) -> None:
        if self.at_once < 1 or not 4 * _CONTEXT_TOKENS <= self.max_tokens <= 512:
            raise ValueError(f"a form needs at_once >= 1 and 128 <= max_tokens <= 512, not {self}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens: their numbers, int64, (n,), and the characters each stands for, int64, (n, 2), half-open."""

    ids: Numbers
    offsets: Numbers


@dataclass(frozen=True, slots=True)
class Input:
    """What the network reads at once: `[CLS] question [SEP] sentences [SEP] heading, neighbours [SEP]`.

    `ids` and `types` (0 for the question, 1 behind it) are int64, (n,). `sentence`, int64, (n,), is the number within
    the passage of the sentence that a token belongs to, -1 for all other tokens; `offsets`, int64, (n, 2), are the
    token's characters in that sentence.
    """

    ids: Numbers
    types: Numbers
    sentence: Numbers
    offsets: Numbers


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The numbers of the tokens that begin an input and that stand behind each of its parts."""

    begin: int
    part: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> SpecialTokens:
        """Those of a tokeniser of BERT's kind."""
        begin, part = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if begin is None or part is None:
            raise ValueError("the tokeniser has no [CLS] and [SEP]")
        return cls(begin, part)


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """The tokens of each text, without special ones."""
    found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [
        Tokens(np.array(item.ids, dtype=np.int64), np.array(item.offsets, dtype=np.int64).reshape(-1, 2))
        for item in found
    ]


def windows_of(question: Tokens, sentences: Sequence[Tokens], form: InputFormat) -> list[tuple[int, int]]:
    """Which sentences are read together: number of the first and of the one behind the last, as many as fit."""
    room = _room(question, form)
    found: list[tuple[int, int]] = []
    first, used = 0, 0
    for i, length in enumerate(len(sentence.ids) for sentence in sentences):
        if i > first and (i - first == form.at_once or used + length > room):
            found.append((first, i))
            first, used = i, 0
        used += length
    return [*found, (first, len(sentences))] if sentences else []


def _room(question: Tokens, form: InputFormat) -> int:
    """Tokens for sentences and context, beside the question and the four special ones."""
    return form.max_tokens - min(len(question.ids), _QUESTION_TOKENS) - 4


def input_of(
    question: Tokens,
    heading: Tokens,
    sentences: Sequence[Tokens],
    stretch: tuple[int, int],
    form: InputFormat,
    marks: SpecialTokens,
) -> Input:
    """The input in which a stretch of a passage's sentences is read.

    What is too long is cut: the question, then the context, then a sentence that is longer than an input.
    """
    first, stop = stretch
    room = _room(question, form)
    ask = question.ids[:_QUESTION_TOKENS]
    chosen = sentences[first:stop]
    focus = np.concatenate([sentence.ids for sentence in chosen])[:room]
    before = sentences[first - 1].ids[-_CONTEXT_TOKENS:] if first else focus[:0]
    after = sentences[stop].ids[:_CONTEXT_TOKENS] if stop < len(sentences) else focus[:0]
    context = np.concatenate([heading.ids[:_CONTEXT_TOKENS], before, after])[: room - len(focus)]
    ids = np.concatenate([[marks.begin], ask, [marks.part], focus, [marks.part], context, [marks.part]])
    read = slice(len(ask) + 2, len(ask) + 2 + len(focus))
    types = np.zeros(len(ids), dtype=np.int64)
    types[read.start :] = 1
    number = np.full(len(ids), -1, dtype=np.int64)
    number[read] = np.repeat(np.arange(first, stop), [len(sentence.ids) for sentence in chosen])[:room]
    offsets = np.zeros((len(ids), 2), dtype=np.int64)
    offsets[read] = np.concatenate([sentence.offsets for sentence in chosen])[:room]
    return Input(ids.astype(np.int64), types, number, offsets)


def inputs_of(
    question: Tokens, heading: Tokens, sentences: Sequence[Tokens], form: InputFormat, marks: SpecialTokens
) -> list[Input]:
    """The inputs in which a passage is read, in order; each of its sentences stands in exactly one."""
    return [
        input_of(question, heading, sentences, stretch, form, marks)
        for stretch in windows_of(question, sentences, form)
    ]
