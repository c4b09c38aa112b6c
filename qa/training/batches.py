"""Cases become batches of inputs with their targets."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from qa.answers.inputs import Input, InputFormat, Numbers, SpecialTokens, Tokens, input_of, tokenise, windows_of
from qa.training.cases import Case, Cases, Words

UNKNOWN = -100
"""Where the words are that a span should cover is not known: nothing is learnt from it."""

WEIGHTS: Mapping[str, float] = {
    "bioasq_snippet": 2.0,
    "bioasq_exact": 1.5,
    "reqa_bioasq": 1.0,
    "scifact": 1.5,
    "squad2": 1.5,
    "squad1_dev": 0.6,
    "squad1_part": 1.0,
    "squad1_flan": 1.0,
    "new_wiki": 1.0,
    "reddit": 0.5,
    "amazon": 0.5,
    "qed": 0.7,
    "qamr_dev": 0.3,
    "qamr_test": 0.3,
    "nqg": 0.3,
    "reqa_squad": 0.3,
}
"""How often an answering text of each set is read in an epoch: the domain first, lower-cased and tokenised sets less,
`squad1_dev` less because half of its questions are `squad2`'s."""


@dataclass(frozen=True, slots=True)
class Tokenised:
    """Cases as tokens: by number the questions, and the texts' headings and sentences."""

    cases: Sequence[Case]
    questions: Sequence[Tokens]
    headings: Sequence[Tokens]
    sentences: Sequence[Sequence[Tokens]]


@dataclass(frozen=True, slots=True)
class Pick:
    """An input to be read: which stretch of which text for which case. `found` is the number of the answer, or -1."""

    case: int
    found: int
    text: int
    stretch: tuple[int, int]
    tokens: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """An input with what is right: the sentences that are evidence, and the tokens at which the words begin and end.

    The tokens are 0 if the words are not there, and `UNKNOWN` if nothing is known of them.
    """

    input: Input
    evidence: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of about the same length, padded: arrays of b rows and n columns, numbers int64.

    `sentence` counts the sentences of each input from 0, -1 for tokens that are none; `evidence`, float32, (b, m), is
    1 for those that are evidence, 0 for others and -1 for padding. `start` and `end` are (b,), as in `Labelled`.
    """

    ids: Numbers
    mask: Numbers
    types: Numbers
    sentence: Numbers
    evidence: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    start: Numbers
    end: Numbers


def tokenised(cases: Cases, chosen: Sequence[Case], tokenizer: Tokenizer) -> Tokenised:
    """The chosen cases, and all texts."""
    flat = tokenise(tokenizer, [sentence for text in cases.texts for sentence in text.sentences])
    rest = iter(flat)
    sentences = [[next(rest) for _ in text.sentences] for text in cases.texts]
    headings = tokenise(tokenizer, [text.heading for text in cases.texts])
    return Tokenised(chosen, tokenise(tokenizer, [case.question for case in chosen]), headings, sentences)


def draw(
    data: Tokenised, form: InputFormat, unanswerable: float, seed: int, weights: Mapping[str, float]
) -> list[Pick]:
    """The inputs of an epoch, about the given share of the texts read not answering their question.

    Of a text that is read sentence by sentence, those that are evidence are taken, their neighbours, and another one.
    """
    choice = random.Random(seed)  # noqa: S311 - a sample that anyone can draw again
    answered: list[tuple[int, int]] = []
    refused: list[int] = []
    for i, case in enumerate(data.cases):
        weight = weights.get(case.set, 1.0)
        if not case.found:
            refused += [i] * _times(weight, choice)
        for j in range(len(case.found)):
            answered += [(i, j)] * _times(weight, choice)
    wanted = round(len(answered) * unanswerable / (1 - unanswerable))
    with_near = [i for i, _ in answered if data.cases[i].missing]
    choice.shuffle(with_near)
    refused = [*refused, *with_near[: max(0, wanted - len(refused))]]
    choice.shuffle(refused)
    picks: list[Pick] = []
    for i, j in answered:
        picks += _picks(data, i, j, data.cases[i].found[j].text, form, choice)
    for i in refused[:wanted]:
        picks += _picks(data, i, -1, choice.choice(data.cases[i].missing), form, choice)
    return picks


def _times(weight: float, choice: random.Random) -> int:
    return int(weight) + (choice.random() < weight % 1)


def _picks(data: Tokenised, i: int, j: int, text: int, form: InputFormat, choice: random.Random) -> list[Pick]:
    question, sentences = data.questions[i], data.sentences[text]
    cut = windows_of(question, sentences, form)
    if form.at_once == 1:
        evidence = set(data.cases[i].found[j].evidence) if j >= 0 else set()
        near = {k for number in evidence for k in (number - 1, number, number + 1)}
        others = [k for k in range(len(cut)) if k not in near]
        near |= set(choice.sample(others, min(len(others), 1 if evidence else 2)))
        cut = [stretch for stretch in cut if stretch[0] in near]
    base = len(question.ids) + len(data.headings[text].ids) + 4
    return [Pick(i, j, text, s, base + sum(len(x.ids) for x in sentences[slice(*s)])) for s in cut]


def labelled(data: Tokenised, pick: Pick, form: InputFormat, marks: SpecialTokens) -> Labelled:
    """The input of a pick with what is right."""
    sentences = data.sentences[pick.text]
    made = input_of(data.questions[pick.case], data.headings[pick.text], sentences, pick.stretch, form, marks)
    if pick.found < 0:
        return Labelled(made, frozenset(), 0, 0)
    found = data.cases[pick.case].found[pick.found]
    evidence = frozenset(found.evidence) & frozenset(range(*pick.stretch))
    if not evidence:
        return Labelled(made, evidence, 0, 0)
    start, end = tokens_of(found.words, made) if found.words else (UNKNOWN, UNKNOWN)
    return Labelled(made, evidence, start, end)


def tokens_of(words: Words, made: Input) -> tuple[int, int]:
    """The first and the last token of the words in an input, or `UNKNOWN` twice if they are not whole in it."""
    first, start, last, end = words
    begins = np.flatnonzero((made.sentence == first) & (made.offsets[:, 1] > start))
    ends = np.flatnonzero((made.sentence == last) & (made.offsets[:, 0] < end))
    if not begins.size or not ends.size or begins[0] > ends[-1] or made.offsets[ends[-1], 1] < end:
        return UNKNOWN, UNKNOWN
    return int(begins[0]), int(ends[-1])


def grouped(picks: Sequence[Pick], tokens: int, seed: int) -> list[list[Pick]]:
    """Batches of picks of about the same length, at most that many tokens with padding (but at least one pick)."""
    choice = random.Random(seed)  # noqa: S311 - an order that anyone can draw again
    order = list(picks)
    choice.shuffle(order)
    batches: list[list[Pick]] = []
    for begin in range(0, len(order), 8192):
        stretch = sorted(order[begin : begin + 8192], key=lambda pick: pick.tokens)
        batch: list[Pick] = []
        for pick in stretch:
            if batch and (len(batch) + 1) * pick.tokens > tokens:
                batches.append(batch)
                batch = []
            batch.append(pick)
        batches.append(batch)
    choice.shuffle(batches)
    return batches


def collate(rows: Sequence[Labelled], pad: int = 0) -> Batch:
    """Rows side by side, padded to a multiple of 8 tokens."""
    width = -(-max(len(row.input.ids) for row in rows) // 8) * 8
    counts = [int(row.input.sentence.max(initial=-1)) - _first(row.input) + 1 for row in rows]
    shape = (len(rows), width)
    ids, mask, types = np.full(shape, pad, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    sentence = np.full(shape, -1, np.int64)
    evidence = np.full((len(rows), max(1, *counts)), -1, np.float32)
    for i, (row, count) in enumerate(zip(rows, counts, strict=True)):
        n, first = len(row.input.ids), _first(row.input)
        ids[i, :n], mask[i, :n], types[i, :n] = row.input.ids, 1, row.input.types
        sentence[i, :n] = np.where(row.input.sentence >= 0, row.input.sentence - first, -1)
        evidence[i, :count] = [number in row.evidence for number in range(first, first + count)]
    start, end = (np.array([getattr(row, name) for row in rows], np.int64) for name in ("start", "end"))
    return Batch(ids, mask, types, sentence, evidence, start, end)


def _first(made: Input) -> int:
    """The number of the first sentence that is read."""
    numbers = made.sentence[made.sentence >= 0]
    return int(numbers.min()) if numbers.size else 0


def batches_of(
    data: Tokenised, groups: Sequence[Sequence[Pick]], form: InputFormat, marks: SpecialTokens
) -> Iterator[Batch]:
    """The batches, one after another."""
    for group in groups:
        yield collate([labelled(data, pick, form, marks) for pick in group])
