"""Superscript reference numbers that were glued to the word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.papers.conventions import NUMBERED_ABBREVIATIONS
from qa.papers.repair.edits import Edit
from qa.words import zipf

_MARKS = r"[1-9]\d{0,2}(?:[,–-][1-9]\d{0,2})*"
_AFTER_STOP = re.compile(rf"(?P<word>\b\w+)?(?<=[A-Za-z)\]%”’])\.[”’]?(?P<marks>{_MARKS})(?=\s+[A-Z(“]|\s*(?:\n|$))")
_AFTER_COMMA = re.compile(rf"(?<=[a-z)\]%])[,;:](?P<marks>{_MARKS})(?=\s+[A-Za-z])")
_AFTER_DECIMAL = re.compile(
    rf"(?:[=<>≤≥~]|\b(?:about|and|approximately|at|by|from|is|of|or|than|to|was|were))\s?\d+\.\d+\.(?P<marks>{_MARKS})"
    r"(?=\s+[A-Z][a-z]+)"
)
_AFTER_AUTHORS = re.compile(rf"\bet\sal\.?(?P<marks>{_MARKS})(?=[\s,;])")
_AFTER_NUMBER = re.compile(
    rf"(?<![\w.,])\d+\.(?P<marks>{_MARKS})(?=\s+(?:The|This|These|In|It|We|Our|However|Although|Of|They|There|A|An)\s)"
)
_AFTER_SIGN = re.compile(rf"(?:(?<=\d)%|(?<=\s)\([^()\d]*[A-Za-z]{{3}}[^()\d]*\))(?P<marks>{_MARKS})(?=[\s.,;:)])")
_AFTER_WORD = re.compile(rf"(?<![\w-])(?P<word>[a-z]{{4,}})(?P<marks>{_MARKS})(?=[\s.,;:)])")
_WITH_NUMBER = NUMBERED_ABBREVIATIONS | frozenset(
    """
    app appendix art cat col ed ex lib lot max min pt ser sup sups
    alpha arms beta chapter chromosome class cohort cycle delta epsilon exon factor figure gamma grade group intron
    kappa lambda layer level omega panel part patient phase protein residue score section sigma site stage step table
    theta type version vitamin visit week year zeta""".split()
)
"""Abbreviations and nouns whose number is their own, not a reference. Collected by hand."""

SURE = 3
"""This many sure references must be in a text before a number directly behind a word is taken for one. By hand."""
COMMON = 3.5
"""Zipf frequency from which on a word in -in or -ase is no protein, whose number is part of its name; `disease` and
`skin` have 4.9, `caspase` 2.3. Set by hand."""


def part_references(text: str) -> list[Edit]:
    """Put reference numbers that lost their superscript in brackets: `1990s.3 In` reads `1990s.[3] In`.

    A number is surely a reference if it follows a full stop or comma and a new word begins after it, or if it follows
    `et al.`. A number behind a plain lower-case word (`pneumonia2`), a percentage, a bracket, or another number that
    ends a sentence (`in 2010.14 The`) may also belong to a unit or a name. It is taken for a reference only if the text
    has `SURE` sure ones, and if it is at most one higher than the highest of them.

    >>> [edit.replacement for edit in part_references("It fell.1 It rose,2 and fell.3 Still trials4 go on.")]
    ['[1]', '[2]', '[3]', '[4]']
    """
    sure = {m.span("marks") for m in _sure(text)}
    if len(sure) < SURE:
        return []
    highest = 1 + max(_last(text[start:end]) for start, end in sure)
    likely = {m.span("marks") for m in _likely(text) if _last(m["marks"]) <= highest}
    return [Edit(start, end, "join", f"[{text[start:end]}]") for start, end in _apart(sure, likely)]


def _sure(text: str) -> Iterator[re.Match[str]]:
    for m in _AFTER_STOP.finditer(text):
        word = (m["word"] or "").lower()
        if len(word) != 1 and word not in _WITH_NUMBER:
            yield m
    for pattern in (_AFTER_COMMA, _AFTER_DECIMAL, _AFTER_AUTHORS):
        yield from pattern.finditer(text)


def _likely(text: str) -> Iterator[re.Match[str]]:
    yield from _AFTER_NUMBER.finditer(text)
    yield from _AFTER_SIGN.finditer(text)
    for m in _AFTER_WORD.finditer(text):
        if m["word"] not in _WITH_NUMBER and not _names_protein(m["word"]):
            yield m


def _names_protein(word: str) -> bool:
    return word.endswith(("in", "ase")) and zipf(word) < COMMON


def _last(marks: str) -> int:
    return max(int(number) for number in re.findall(r"\d+", marks))


def _apart(sure: set[tuple[int, int]], likely: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """All sure spans, and the likely ones that overlap none of them, in order."""
    kept = [span for span in likely if not any(span[0] < end and start < span[1] for start, end in sure)]
    return sorted({*sure, *kept})
