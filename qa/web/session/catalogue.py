"""What lists show of each paper, made once for each published index: no paper is read for a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from qa.text import without_accents
from qa.web.draw import papers

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.index.index import Index


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper in a list: its id, title, authors, year, DOI, and how many passages it has.

    `name` is its title, with the id behind it where several papers share it. `about` says what else is known of it,
    `read` how well it was read, `note` what is unusual about its title; `words` are what a filter looks in.
    """

    id: str
    title: str
    name: str
    author: str
    year: str
    doi: str
    passages: int
    about: str
    read: str
    note: str
    words: str


_MADE: WeakKeyDictionary[Index, Mapping[str, Listed]] = WeakKeyDictionary()


def of(assistant: Assistant) -> Mapping[str, Listed]:
    """The papers of an assistant's index by id, in the order of the index.

    The first call for an index reads all papers.
    """
    index = assistant.index
    if index not in _MADE:
        _MADE[index] = _made(index)
    return _MADE[index]


def _made(index: Index) -> Mapping[str, Listed]:
    counts = dict(zip(index.columns.documents, np.diff(index.columns.first).tolist(), strict=True))
    titles = Counter(document.title for document in index.documents)
    return {
        document.id: Listed(
            document.id,
            document.title,
            document.title if titles[document.title] == 1 else f"{document.title} ({document.id})",
            document.metadata.get("author", ""),
            document.metadata.get("year", ""),
            document.metadata.get("doi", ""),
            counts.get(document.id, 0),
            papers.byline(document),
            papers.quality_words(document),
            papers.title_note(document),
            form(" ".join([document.id, document.title, document.metadata.get("doi", ""), papers.byline(document)])),
        )
        for document in index.documents
    }


def matching(listed: Iterable[Listed], words: str) -> list[Listed]:
    """Those papers in which each word of a filter stands, in whatever case, as a whole or a part of a word."""
    wanted = form(words).split()
    return [paper for paper in listed if all(word in paper.words for word in wanted)]


def form(text: str) -> str:
    """Text by which two are compared: small letters without accents.

    >>> form("Öwls")
    'owls'
    """
    return without_accents(text).casefold()
