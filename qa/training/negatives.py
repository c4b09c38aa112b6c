"""Hard negatives by BM25 and by the encoder."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from qa.index import lexical
from qa.index.embed import Encoder, Vectors
from qa.training.cases import Case, Cases, Text
from qa.training.convert import Raw, numbered, plain

BY_WORDS, BY_MEANING = 3, 2
"""How many texts each of the two finds for a question."""
_TRIES = 12
"""How many of the nearest texts are looked at."""
_HOST_SENTENCES = 5


def complete(raw: Sequence[Raw], encoder: Encoder | None = None) -> Cases:
    """Cases with the texts that do not answer, from the same paper or article first, else from the same set.

    A text that answers the same question elsewhere, or that has the words of the answer, is never among them. Single
    sentences are planted among those of the nearest text that does not answer.
    """
    pools: dict[str, dict[Text, None]] = defaultdict(dict)
    answering: dict[str, set[Text]] = defaultdict(set)
    for case in raw:
        for text in [*(text for text, _, _ in case.found), *case.missing]:
            pools[case.pool][text] = None
        answering[case.question].update(text for text, _, _ in case.found)
    members: dict[str, list[int]] = defaultdict(list)
    for i, case in enumerate(raw):
        members[case.pool].append(i)
    missing: list[list[Text]] = [[] for _ in raw]
    with tqdm(total=len(raw), desc="negatives", unit="question", leave=False) as bar:
        for name, numbers in sorted(members.items()):
            texts = list(pools[name])
            nearest = _nearest([raw[i].question for i in numbers], texts, encoder) if texts else [[] for _ in numbers]
            for i, ranked in zip(numbers, nearest, strict=True):
                bad = [texts[j] for j in ranked if _lacks(texts[j], raw[i], answering[raw[i].question])]
                own = [text for text in raw[i].missing if _lacks(text, raw[i], answering[raw[i].question])]
                others = _plant(raw[i], bad) if raw[i].planted else bad[: BY_WORDS + BY_MEANING]
                missing[i] = [*own, *others]
                bar.update()
    numbers_of, found, absent = numbered(raw, missing)
    cases = [
        Case(case.set, case.article, case.question, answers, others)
        for case, answers, others in zip(raw, found, absent, strict=True)
        if answers or others
    ]
    return Cases(tuple(numbers_of), tuple(cases))


def _lacks(text: Text, case: Raw, answering: set[Text]) -> bool:
    """Whether a text answers the case's question nowhere that is known."""
    if text in answering:
        return False
    words = f" {plain(' '.join(text.sentences))} "
    return not any(f" {answer} " in words for answer in case.answers if answer)


def _plant(case: Raw, hosts: Sequence[Text]) -> list[Text]:
    """Put the case's sentences among those of a host, and give the host back as a text that does not answer."""
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


def _nearest(questions: Sequence[str], texts: Sequence[Text], encoder: Encoder | None) -> list[list[int]]:
    """For each question the numbers of the nearest texts: those by words first, then others by meaning."""
    whole = [" ".join((text.heading, *text.sentences)) for text in texts]
    words = lexical.build(whole)
    rows = (encoder.encode(whole), encoder.encode(list(questions))) if encoder else None
    found = []
    for i, question in enumerate(questions):
        by_words = _first(lexical.scores(words, question), _TRIES)
        by_meaning = _first(rows[0] @ rows[1][i], _TRIES) if rows else []
        found.append(_interleaved(by_words, by_meaning))
    return found


def _first(scores: Vectors, count: int) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:count]
    return [int(i) for i in order]


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
