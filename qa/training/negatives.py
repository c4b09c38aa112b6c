"""Hard negatives by BM25 and by the encoder."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from tqdm import tqdm

from qa.index.embed import Encoder, Vectors
from qa.index.lexical import Words
from qa.training.cases import Case, Cases, Found, Text
from qa.training.convert import Raw, plain
from qa.words import terms

BY_WORDS, BY_MEANING = 3, 2
"""How many texts BM25 and the encoder add for a question."""
_TRIES = 12
"""How many of the nearest texts are considered."""
_ELSEWHERE, _TRIES_ELSEWHERE = 3, 20
"""How many texts of other papers are taken for a question by default, and how many of the nearest are considered."""
_HOST_SENTENCES = 5
"""Sentences of a text around those that are planted in it."""


def complete(raw: Sequence[Raw], encoder: Encoder | None = None) -> Cases:
    """Cases with texts that do not answer: first those of the same paper or article, then those of the same set.

    A text that answers the same question elsewhere, or contains the words of the answer, is never among them. Single
    sentences are planted in the nearest text that does not answer. Cases without a pool are complete as they are.
    Without an encoder, only BM25 searches.
    """
    answering: dict[str, set[Text]] = defaultdict(set)
    for case in raw:
        answering[case.question].update(text for text, _, _ in case.found)
    missing: list[list[Text]] = [[] if case.pool else case.missing for case in raw]
    for number, nearest in _by_nearness(raw, encoder):
        case = raw[number]
        others = [text for text in nearest if _lacks(text, case, answering[case.question])]
        own = [text for text in case.missing if _lacks(text, case, answering[case.question])]
        missing[number] = [*own, *(_plant(case, others) if case.planted else others[: BY_WORDS + BY_MEANING])]
    return _numbered(raw, missing)


def _by_nearness(raw: Sequence[Raw], encoder: Encoder | None) -> Iterator[tuple[int, list[Text]]]:
    """The number of each case, pool by pool, with the texts of its pool that are nearest to its question.

    A pool without texts of its own has those of all pools whose names begin with its name and a blank.
    """
    pools: dict[str, dict[Text, None]] = defaultdict(dict)
    members: dict[str, list[int]] = defaultdict(list)
    for number, case in enumerate(raw):
        if not case.pool:
            continue
        members[case.pool].append(number)
        pools[case.pool].update(dict.fromkeys([*(text for text, _, _ in case.found), *case.missing]))
    with tqdm(total=len(raw), desc="negatives", unit="question", leave=False) as bar:
        for name, numbers in sorted(members.items()):
            texts = list(pools[name]) or [t for other in pools if other.startswith(f"{name} ") for t in pools[other]]
            found = nearest([raw[number].question for number in numbers], texts, encoder) if texts else []
            for place, number in enumerate(numbers):
                yield number, [texts[i] for i in found[place]] if texts else []
                bar.update()


def _numbered(raw: Sequence[Raw], missing: Sequence[Sequence[Text]]) -> Cases:
    """Cases that refer to their texts by number; each text is stored once. Cases without texts are left out."""
    numbers: dict[Text, int] = {}
    for texts in [*([text for text, _, _ in case.found] for case in raw), *missing]:
        for text in texts:
            numbers.setdefault(text, len(numbers))
    cases = []
    for case, others in zip(raw, missing, strict=True):
        found = tuple(Found(numbers[text], evidence, words) for text, evidence, words in case.found)
        absent = tuple(dict.fromkeys(numbers[text] for text in others))
        if found or absent:
            cases.append(Case(case.set, case.article, case.question, found, absent))
    return Cases(tuple(numbers), tuple(cases))


def _lacks(text: Text, case: Raw, answering: set[Text]) -> bool:
    """Whether a text, as far as is known, does not answer the case's question."""
    if text in answering:
        return False
    words = f" {plain(' '.join(text.sentences))} "
    return not any(f" {answer} " in words for answer in case.answers if answer)


def _plant(case: Raw, hosts: Sequence[Text]) -> list[Text]:
    """Insert the case's sentences into a host; return the host without them and others: they do not answer."""
    if not hosts:
        case.found.append((Text("", case.planted), tuple(range(len(case.planted))), None))
        return []
    choice = random.Random(case.question)  # noqa: S311 - a place that anyone can draw again
    host = hosts[choice.randrange(min(3, len(hosts)))]
    around = host.sentences[:_HOST_SENTENCES]
    at = choice.randrange(len(around) + 1)
    text = Text(host.heading, (*around[:at], *case.planted, *around[at:]))
    case.found.append((text, tuple(range(at, at + len(case.planted))), None))
    return [Text(host.heading, around), *(other for other in hosts[:2] if other != host)]


class Elsewhere:
    """Searches texts, each with the id of its paper, for those of other papers that are nearest to a question."""

    def __init__(self, texts: Sequence[tuple[str, Text]]) -> None:
        self._texts = texts
        self._words = Words.build([whole(text) for _, text in texts])

    def nearest(self, case: Raw, count: int = _ELSEWHERE, tries: int = _TRIES_ELSEWHERE) -> list[Text]:
        """The nearest texts by BM25, `count` at most, that are of other papers and do not have the answer's words.

        Only the `tries` nearest of all are considered.
        """
        scores = self._words.scores(terms([case.question])[0])
        near = [self._texts[i] for i in _first(scores, tries) if scores[i] > 0]
        others = (text for paper, text in near if paper != case.article and _lacks(text, case, set()))
        return list(islice(others, count))


def nearest(questions: Sequence[str], texts: Sequence[Text], encoder: Encoder | None) -> list[list[int]]:
    """For each question the numbers of the nearest texts, 12 by BM25 and 12 by the encoder, in turn."""
    read = [whole(text) for text in texts]
    words = Words.build(read)
    vectors = (encoder.encode(read), encoder.encode(list(questions))) if encoder else None
    found = []
    for i, asked in enumerate(terms(questions)):
        by_words = _first(words.scores(asked), _TRIES)
        by_meaning = _first(vectors[0] @ vectors[1][i], _TRIES) if vectors else []
        found.append(_interleaved(by_words, by_meaning))
    return found


def whole(text: Text) -> str:
    """A text as it is searched: its heading and its sentences."""
    return " ".join((text.heading, *text.sentences))


def _first(scores: Vectors, count: int) -> list[int]:
    """The numbers of the highest scores, highest first, ties in order."""
    return [int(i) for i in np.argsort(-scores, kind="stable")[:count]]


def _interleaved(by_words: Sequence[int], by_meaning: Sequence[int]) -> list[int]:
    """Both lists in turn, `BY_WORDS` of the one and `BY_MEANING` of the other at a time, each number once.

    >>> _interleaved([1, 2, 3, 4], [3, 9])
    [1, 2, 3, 9, 4]
    """
    merged: list[int] = []
    for start in range(_TRIES):
        merged += by_words[start * BY_WORDS : (start + 1) * BY_WORDS]
        merged += by_meaning[start * BY_MEANING : (start + 1) * BY_MEANING]
    return list(dict.fromkeys(merged))
