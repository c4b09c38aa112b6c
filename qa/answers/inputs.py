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
"""At most this many tokens each of the heading, of the sentence before the window, and of the one after it."""


@dataclass(frozen=True, slots=True)
class InputFormat:
    """How a passage is cut into inputs.

    An input has at most `at_once` sentences and `max_tokens` tokens (128 to 512). With `at_once` 1 the network judges
    sentences, and sees their neighbours only as context; with more it judges passages.
    """

    at_once: int = 64
    max_tokens: int = 384

    def __post_init__(self) -> None:
        if self.at_once < 1 or not 4 * _CONTEXT_TOKENS <= self.max_tokens <= 512:
            raise ValueError(f"an input format needs at_once >= 1 and 128 <= max_tokens <= 512, not {self}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens: their ids, int64, (n,), and their half-open ranges of characters, int64, (n, 2)."""

    ids: Numbers
    offsets: Numbers


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage, as tokens: the passage's heading and its sentences."""

    question: Tokens
    heading: Tokens
    sentences: Sequence[Tokens]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the network: `[CLS] question [SEP] sentences [SEP] heading, neighbours [SEP]`.

    `ids` and `types` (0 for the question, 1 after it) are int64, (n,). `sentence`, int64, (n,), is the number within
    the passage of the sentence that a token belongs to, -1 for all other tokens. `offsets`, int64, (n, 2), is each
    token's half-open range of characters in its sentence.
    """

    ids: Numbers
    types: Numbers
    sentence: Numbers
    offsets: Numbers


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The ids of the token that begins an input and of the token that ends each of its parts."""

    begin: int
    part: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> SpecialTokens:
        """The [CLS] and [SEP] of a tokeniser. Raises `ValueError` if it has none."""
        begin, part = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if begin is None or part is None:
            raise ValueError("the tokeniser has no [CLS] and [SEP]")
        return cls(begin, part)


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """The tokens of each text, without special tokens."""
    found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [
        Tokens(np.array(item.ids, dtype=np.int64), np.array(item.offsets, dtype=np.int64).reshape(-1, 2))
        for item in found
    ]


def windows_of(pair: Pair, input_format: InputFormat) -> list[tuple[int, int]]:
    """The windows of sentences that are read together, half-open, each with as many sentences as fit."""
    room = _room(pair.question, input_format)
    found: list[tuple[int, int]] = []
    first, used = 0, 0
    for i, length in enumerate(len(sentence.ids) for sentence in pair.sentences):
        if i > first and (i - first == input_format.at_once or used + length > room):
            found.append((first, i))
            first, used = i, 0
        used += length
    return [*found, (first, len(pair.sentences))] if pair.sentences else []


def _room(question: Tokens, input_format: InputFormat) -> int:
    """How many tokens are left for sentences and context after the question and the four special tokens."""
    return input_format.max_tokens - min(len(question.ids), _QUESTION_TOKENS) - 4


def input_of(pair: Pair, window: tuple[int, int], input_format: InputFormat, special: SpecialTokens) -> Input:
    """The input for one window of a passage's sentences.

    What does not fit is cut: first the question, then the context, then a sentence that is longer than an input.
    """
    first, stop = window
    room = _room(pair.question, input_format)
    question = pair.question.ids[:_QUESTION_TOKENS]
    chosen = pair.sentences[first:stop]
    focus = np.concatenate([sentence.ids for sentence in chosen])[:room]
    context = np.concatenate(_context(pair, window))[: room - len(focus)]
    end = [special.part]
    ids = np.concatenate([[special.begin], question, end, focus, end, context, end])
    read = slice(len(question) + 2, len(question) + 2 + len(focus))
    types = np.zeros(len(ids), dtype=np.int64)
    types[read.start :] = 1
    number = np.full(len(ids), -1, dtype=np.int64)
    number[read] = np.repeat(np.arange(first, stop), [len(sentence.ids) for sentence in chosen])[:room]
    offsets = np.zeros((len(ids), 2), dtype=np.int64)
    offsets[read] = np.concatenate([sentence.offsets for sentence in chosen])[:room]
    return Input(ids.astype(np.int64), types, number, offsets)


def _context(pair: Pair, window: tuple[int, int]) -> list[Numbers]:
    """The heading, the sentence before the window and the one after it, each cut to `_CONTEXT_TOKENS`."""
    first, stop = window
    context = [pair.heading.ids[:_CONTEXT_TOKENS]]
    if first:
        context.append(pair.sentences[first - 1].ids[-_CONTEXT_TOKENS:])
    if stop < len(pair.sentences):
        context.append(pair.sentences[stop].ids[:_CONTEXT_TOKENS])
    return context


def inputs_of(pair: Pair, input_format: InputFormat, special: SpecialTokens) -> list[Input]:
    """The inputs for a passage, in order; each of its sentences is in exactly one of them."""
    return [input_of(pair, window, input_format, special) for window in windows_of(pair, input_format)]
