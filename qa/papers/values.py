"""The values of a BibTeX entry: their tokens, and where each field stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r'(?<!\\)[{}"]')
_BARE = re.compile(r'[^\s{}"#=,]+|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Written:
    """A field as it is written: its name in lower case, and where name and value begin and the value ends in the text.

    `values` are the parts of the value, which `#` joins: in braces, in quotation marks, or bare.
    """

    name: str
    start: int
    value_start: int
    end: int
    values: tuple[str, ...]


def tokens(text: str) -> Iterator[str]:
    """The parts of a value as it is written: in braces, in quotation marks, words, and signs of one character.

    >>> list(tokens('"J " # {X {Y}} , year = 2018'))
    ['"J "', '#', '{X {Y}}', ',', 'year', '=', '2018']
    """
    return (text[start:end] for start, end in _spans(text, 0))


def parts(found: list[str]) -> tuple[list[str], list[str]]:
    """The parts of the value with which a list of tokens begins, which `#` joins, and the tokens behind it."""
    values: list[str] = []
    while found:
        first, found = found[0], found[1:]
        values.append(first)
        if found[:1] != ["#"]:
            break
        found = found[1:]
    return values, found


def fields_in(text: str, start: int, end: int) -> list[Written]:
    """The fields of the entry that stands from `start` up to `end`, in their order; those behind a missing comma too.

    >>> [(field.name, field.values) for field in fields_in("@misc{k, Year = 2018, title = {A} # b}", 0, 38)]
    [('year', ('2018',)), ('title', ('{A}', 'b'))]
    """
    inner = text[: end - 1]
    spans = list(_spans(inner, inner.find(",", start) + 1)) if "," in inner[start:] else []
    found = []
    at = 1
    while at < len(spans):
        if inner[slice(*spans[at])] != "=":
            at += 1
            continue
        first = at + 1
        at = first + 1
        while at + 1 < len(spans) and inner[slice(*spans[at])] == "#":
            at += 2
        values = spans[first:at:2]
        if values:
            name = inner[slice(*spans[first - 2])].lower()
            words = tuple(inner[slice(*span)] for span in values)
            found.append(Written(name, spans[first - 2][0], values[0][0], values[-1][1], words))
    return found


def _spans(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the tokens of a text stand, from `at` on."""
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end = _closing(text, at) if text[at] in '{"' else _BARE.match(text, at).end()  # type: ignore[union-attr]
        yield at, end
        at = end


def _closing(text: str, start: int) -> int:
    """Where the part ends whose brace or quotation mark is at `start`."""
    depth = 0
    for mark in _MARK.finditer(text, start + 1):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            if depth == 0 and text[start] == "{":
                return mark.end()
            depth = max(depth - 1, 0)
        elif depth == 0 and text[start] == '"':
            return mark.end()
    return len(text)
