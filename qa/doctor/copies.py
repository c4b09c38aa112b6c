"""Papers that are in the index twice: a preprint and its article, an abstract and its paper.

What two papers share is estimated as Broder did ("On the resemblance and containment of documents", 1997): of all runs
of five words in each, those are compared whose hash is divisible by four. So a changed word costs five of them, and a
text that is cut into other sentences or begins with another page costs hardly any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from qa.doctor.finding import Asked, Finding, few
from qa.index.index import Index
from qa.index.lines import Lines

SHARED = 0.35
"""The share of a paper's runs that are also in the other one, from which the two are called alike. Chosen on 2026-11-28
on 2,018 open-access papers. Different ones shared at most 0.20 of the shorter, and their abstracts 0.18, but for one
pair, two trials of related drugs with 40 % of the sentences word for word. Of 300 with 5 % of their words changed, the
least was 0.73 for papers and 0.49 for abstracts."""
_RUN, _ONE_OF = 5, 4
_MOST = 8
"""Papers that may have the same run; what more of them have is how everybody writes. Set by hand on 2026-11-28."""
_LEAST = 16
"""Runs of its own that a paper must have to be compared: 64 words. Set by hand on 2026-11-28."""
_NAMED = 20
"""Pairs that are named one by one. Set by hand on 2026-11-28."""
_SPACED = bytes(code if chr(code).isalnum() or code > 127 else ord(" ") for code in range(256))
"""Every sign of ASCII that is no letter or number as a space."""
_PUNCTUATION = re.compile(rb"\xe2[\x80\x81][\x80-\xbf]")
"""Dashes and quotation marks that are not in ASCII, in UTF-8: U+2000 to U+207F."""

Runs = NDArray[np.uint64]


class Pair(NamedTuple):
    """Two papers, by their places, the longer one first, and the share of the shorter one that is in the longer."""

    longer: int
    shorter: int
    shared: float


def copies(asked: Asked) -> Iterator[Finding]:
    """Which papers of the index share most of their words."""
    if asked.quick or asked.index is None:
        yield Finding("copies", "ok", "papers that are there twice were not looked for")
        return
    names = asked.index.columns.documents
    pairs = alike([runs_of(sentences) for sentences in _texts(asked.index)])
    for pair in pairs[:_NAMED]:
        longer, shorter = names[pair.longer], names[pair.shorter]
        found = f"{shorter} and {longer} seem to be one paper: {pair.shared:.0%} of {shorter} is also in {longer}"
        yield Finding(
            "copies", "note", found, f"to keep the longer one, run {asked.qa('index', 'remove', '--', shorter)}"
        )
    if more := pairs[_NAMED:]:
        found = (
            f"so do {len(more)} more pairs: {few(f'{names[pair.shorter]} and {names[pair.longer]}' for pair in more)}"
        )
        again = asked.qa("index", "remove", "--", names[more[0].shorter])
        yield Finding("copies", "note", found, f"run {again}")
    if not pairs:
        yield Finding("copies", "ok", f"no two of {len(names)} papers share most of their words")


def alike(papers: Sequence[Runs]) -> list[Pair]:
    """The pairs of papers that share at least `SHARED` of the shorter one, most alike first."""
    runs = np.concatenate([*papers, np.zeros(0, dtype=np.uint64)])
    paper = np.repeat(np.arange(len(papers)), [len(own) for own in papers])
    order = np.argsort(runs, kind="stable")
    runs, paper = runs[order], paper[order]
    first = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]])[: len(runs)])
    counts = np.diff(np.append(first, len(runs)))
    own = np.bincount(paper[np.repeat(counts <= _MOST, counts)], minlength=len(papers))
    codes = [
        paper[first[counts == n] + one] * len(papers) + paper[first[counts == n] + other]
        for n in range(2, _MOST + 1)
        for one, other in combinations(range(n), 2)
    ]
    pairs, shared = np.unique(np.concatenate([*codes, np.zeros(0, dtype=np.int64)]), return_counts=True)
    found = []
    for code, count in zip(pairs.tolist(), shared.tolist(), strict=True):
        shorter, longer = sorted(divmod(code, len(papers)), key=lambda number: (own[number], -number))
        if own[shorter] >= _LEAST and count >= SHARED * own[shorter]:
            found.append(Pair(longer, shorter, count / int(own[shorter])))
    return sorted(found, key=lambda pair: (-pair.shared, pair))


def runs_of(sentences: Iterable[str]) -> Runs:
    """The hashes of the runs of five words in a text that are divisible by four, uint64, ascending, each once.

    >>> len(runs_of(["One, two three", "FOUR five."])) == len(runs_of(["one two three four five"]))
    True
    """
    text = _PUNCTUATION.sub(b" ", "\n".join(sentences).casefold().encode("utf-8", "replace"))
    words = text.translate(_SPACED).split()
    n = len(words) - _RUN + 1
    if n < 1:
        return np.zeros(0, dtype=np.uint64)
    each = np.fromiter(map(crc32, words), np.uint64, len(words))
    found = np.zeros(n, dtype=np.uint64)
    for place in range(_RUN):  # the multipliers are those of SplitMix64 (Steele et al. 2014)
        found = (found * np.uint64(0x9E3779B97F4A7C15)) ^ each[place : place + n]
        found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found ^= found >> np.uint64(32)
    return np.unique(found[found % np.uint64(_ONE_OF) == 0])


def _texts(index: Index) -> Iterator[list[str]]:
    """The sentences of each paper, one after the other; without references, which papers on one subject share."""
    passages = index.passages
    assert isinstance(passages, Lines)  # a stored index: making values of all lines would take twice as long
    for first, last in zip(index.columns.first.tolist(), index.columns.first[1:].tolist(), strict=False):
        lines = zip(passages.raw(first, last).splitlines(), index.searched[first:last].tolist(), strict=True)
        yield [row["text"] for line, is_searched in lines if is_searched for row in json.loads(line)["sentences"]]
