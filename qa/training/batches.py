"""Cases become batches of inputs with their targets."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from qa.answers.inputs import Input, InputFormat, Numbers, Pair, SpecialTokens, Tokens, input_of, tokenise, windows_of
from qa.training.cases import PAPER_SETS, UNJUDGED, Case, Cases, Found, SpanBounds

UNKNOWN = -100
"""Target of start and end where the answer span is not known: it adds nothing to the loss."""

WEIGHTS: Mapping[str, float] = {
    "asked": 2.0,
    "outcomes": 1.5,
    "typed": 1.0,
    "swapped": 0.5,
    "library": 1.0,
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
"""How often a text that answers is read in an epoch, by set, and of questions without any how often one that does not.
Questions on whole papers weigh most, then biomedical sets, lower-cased and tokenised sets less; `squad1_dev` weighs
less because half of its questions are in `squad2` too."""

_SORTED_TOGETHER = 8192
"""Picks that are sorted by length at once: batches need little padding, and their order stays random."""


@dataclass(frozen=True, slots=True)
class Tokenised:
    """Cases as tokens: questions by the number of the case, headings and sentences by the number of the text."""

    cases: Sequence[Case]
    questions: Sequence[Tokens]
    headings: Sequence[Tokens]
    sentences: Sequence[Sequence[Tokens]]
    special: SpecialTokens

    def pair(self, case: int, text: int, kept: Sequence[int]) -> Pair:
        """The question of a case with these sentences of a text."""
        sentences = self.sentences[text]
        return Pair(self.questions[case], self.headings[text], [sentences[number] for number in kept])


@dataclass(frozen=True, slots=True)
class Pick:
    """An input to read: a window of those of a text's sentences that are kept, for a case.

    `found` is the number of the text among those that answer the case, or -1 if the text does not answer it. `kept` are
    the numbers of the sentences, and `window` is a half-open range of them. `tokens` estimates the input's length.
    """

    case: int
    found: int
    text: int
    kept: tuple[int, ...]
    window: tuple[int, int]
    tokens: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which inputs an epoch has: the share `unanswerable` of them is from texts that do not answer, and from the share
    `thinned` of the texts some sentences are taken out, as the reader leaves out hopeless ones; by a `seed`."""

    unanswerable: float
    thinned: float
    seed: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """An input with its targets: the numbers of the evidence sentences, and the answer span's first and last token.

    Both tokens are 0 if the answer is not in the input, and `UNKNOWN` if the span is not known. An input that is not
    `judged` has no target but the teacher's judgement.
    """

    input: Input
    evidence: frozenset[int]
    start: int
    end: int
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of about the same length, padded: int64 arrays of b rows and n columns.

    `sentence` numbers the sentences of each input from 0, -1 for tokens of none. `evidence`, float32, (b, m), is 1 for
    evidence sentences, 0 for others and -1 for padding. `start`, `end` and the bool `judged` are (b,), as in
    `Labelled`.
    """

    ids: Numbers
    mask: Numbers
    types: Numbers
    sentence: Numbers
    evidence: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    start: Numbers
    end: Numbers
    judged: np.ndarray[tuple[int], np.dtype[np.bool_]]


def tokenised(cases: Cases, chosen: Sequence[Case], tokenizer: Tokenizer) -> Tokenised:
    """The chosen cases, and all texts."""
    flat = iter(tokenise(tokenizer, [sentence for text in cases.texts for sentence in text.sentences]))
    return Tokenised(
        cases=chosen,
        questions=tokenise(tokenizer, [case.question for case in chosen]),
        headings=tokenise(tokenizer, [text.heading for text in cases.texts]),
        sentences=[[next(flat) for _ in text.sentences] for text in cases.texts],
        special=SpecialTokens.of(tokenizer),
    )


def draw(data: Tokenised, input_format: InputFormat, sampling: Sampling, weights: Mapping[str, float]) -> list[Pick]:
    """The inputs of an epoch.

    Of a text that is read sentence by sentence, the evidence sentences are picked, their neighbours, and one other.
    """
    choice = random.Random(sampling.seed)  # noqa: S311 - a sample that anyone can draw again
    picks: list[Pick] = []
    for case, found, text in _texts(data.cases, sampling.unanswerable, weights, choice):
        answer = data.cases[case].found[found] if found >= 0 else None
        kept = _kept(len(data.sentences[text]), answer, sampling.thinned, choice)
        pair = data.pair(case, text, kept)
        windows = windows_of(pair, input_format)
        if input_format.at_once == 1:
            windows = _near(windows, [kept.index(number) for number in answer.evidence] if answer else (), choice)
        around = len(pair.question.ids) + len(pair.heading.ids) + 4
        lengths = [len(tokens.ids) for tokens in pair.sentences]
        picks += [Pick(case, found, text, kept, (a, b), around + sum(lengths[a:b])) for a, b in windows]
    return picks


def _kept(sentences: int, answer: Found | None, thinned: float, choice: random.Random) -> tuple[int, ...]:
    """The numbers of the sentences that stay: those of the answer, and a random share, at least a quarter, of others.

    At least one stays.
    """
    if choice.random() >= thinned:
        return tuple(range(sentences))
    needed = set(answer.evidence) if answer else {choice.randrange(sentences)}
    if answer and answer.words:
        needed |= set(range(answer.words[0], answer.words[2] + 1))
    share = choice.uniform(0.25, 1)
    return tuple(number for number in range(sentences) if number in needed or choice.random() < share)


def _texts(
    cases: Sequence[Case], unanswerable: float, weights: Mapping[str, float], choice: random.Random
) -> Iterator[tuple[int, int, int]]:
    """Each text that is read: case, number among the texts that answer it or -1, and the text's number.

    Questions that nothing answers have a text that does not; so has each text that answers a question on a whole paper;
    other questions fill up the share. Of the texts that do not answer a case, the first third is drawn more than half
    of the time. Texts that only a teacher judges come on top of the share, each as likely as the others of its case.
    """
    answered: list[tuple[int, int]] = []
    unanswered: list[int] = []
    for number, case in enumerate(cases):
        weight = weights.get(case.set, 1.0)
        if case.set == UNJUDGED:
            for _ in range(_times(weight, choice)):
                yield number, -1, choice.choice(case.missing)
        elif not case.found:
            unanswered += [number] * _times(weight, choice)
        for found in range(len(case.found)):
            answered += [(number, found)] * _times(weight, choice)
    wanted = round(len(answered) * unanswerable / (1 - unanswerable))
    with_near = [number for number, _ in answered if cases[number].missing]
    choice.shuffle(with_near)
    with_near.sort(key=lambda number: cases[number].set not in PAPER_SETS)
    unanswered += with_near[: max(0, wanted - len(unanswered))]
    choice.shuffle(unanswered)
    for number, found in answered:
        yield number, found, cases[number].found[found].text
    for number in unanswered[:wanted]:
        missing = cases[number].missing
        yield number, -1, missing[int(len(missing) * choice.random() ** 2)]  # the hardest come first


def _times(weight: float, choice: random.Random) -> int:
    """The weight as a whole number, rounded up as often as its fraction says."""
    return int(weight) + (choice.random() < weight % 1)


def _near(windows: Sequence[tuple[int, int]], evidence: Sequence[int], choice: random.Random) -> list[tuple[int, int]]:
    """The windows, of one sentence each, of the evidence and its neighbours and of one other; of two without any."""
    near = {number for sentence in evidence for number in (sentence - 1, sentence, sentence + 1)}
    others = [number for number in range(len(windows)) if number not in near]
    near |= set(choice.sample(others, min(len(others), 1 if evidence else 2)))
    return [window for window in windows if window[0] in near]


def labelled(data: Tokenised, pick: Pick, input_format: InputFormat) -> Labelled:
    """The input of a pick with its targets; its sentences are numbered among those that are kept."""
    made = input_of(data.pair(pick.case, pick.text, pick.kept), pick.window, input_format, data.special)
    if data.cases[pick.case].set == UNJUDGED:
        return Labelled(made, frozenset(), UNKNOWN, UNKNOWN, judged=False)
    if pick.found < 0:
        return Labelled(made, frozenset(), 0, 0)
    found = data.cases[pick.case].found[pick.found]
    place = {number: i for i, number in enumerate(pick.kept)}
    evidence = frozenset(place[number] for number in found.evidence) & frozenset(range(*pick.window))
    if not evidence:
        return Labelled(made, evidence, 0, 0)
    if not found.words:
        return Labelled(made, evidence, UNKNOWN, UNKNOWN)
    first, begin, last, end = found.words
    return Labelled(made, evidence, *tokens_of((place[first], begin, place[last], end), made))


def tokens_of(bounds: SpanBounds, made: Input) -> tuple[int, int]:
    """The first and the last token of an answer span in an input, or `UNKNOWN` twice unless the whole span is in it."""
    first, start, last, end = bounds
    begins = np.flatnonzero((made.sentence == first) & (made.offsets[:, 1] > start))
    ends = np.flatnonzero((made.sentence == last) & (made.offsets[:, 0] < end))
    if not begins.size or not ends.size or begins[0] > ends[-1] or made.offsets[ends[-1], 1] < end:
        return UNKNOWN, UNKNOWN
    return int(begins[0]), int(ends[-1])


def grouped(picks: Sequence[Pick], tokens: int, seed: int) -> list[list[Pick]]:
    """Batches of picks of about the same length: at most so many tokens with padding, and at least one pick."""
    choice = random.Random(seed)  # noqa: S311 - an order that anyone can draw again
    order = list(picks)
    choice.shuffle(order)
    batches: list[list[Pick]] = []
    for begin in range(0, len(order), _SORTED_TOGETHER):
        batch: list[Pick] = []
        for pick in sorted(order[begin : begin + _SORTED_TOGETHER], key=lambda pick: pick.tokens):
            if batch and (len(batch) + 1) * pick.tokens > tokens:
                batches.append(batch)
                batch = []
            batch.append(pick)
        batches.append(batch)
    choice.shuffle(batches)
    return batches


def collate(rows: Sequence[Labelled], pad: int = 0) -> Batch:
    """Rows as one batch, padded to a multiple of 8 tokens."""
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
    judged = np.array([row.judged for row in rows], np.bool_)
    return Batch(ids, mask, types, sentence, evidence, start, end, judged)


def _first(made: Input) -> int:
    """The number of the first sentence in an input, 0 if there is none."""
    numbers = made.sentence[made.sentence >= 0]
    return int(numbers.min()) if numbers.size else 0


def batches_of(data: Tokenised, groups: Sequence[Sequence[Pick]], input_format: InputFormat) -> Iterator[Batch]:
    """The batches, one after another."""
    for group in groups:
        yield collate([labelled(data, pick, input_format) for pick in group])
