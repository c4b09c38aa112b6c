"""A paper as its sentences, numbered from 0 in reading order, with their sections and pages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from qa.types import Citation, Document, Kind, QuoteError, Sentence, Span, hull
from qa.web.reading.parts import covered, part_of

if TYPE_CHECKING:
    from qa.index.index import Index

LONGEST = 60
"""Sentences that may be chosen at once: two pages or so. Set by hand on 2026-11-27."""


class Part(NamedTuple):
    """Characters `start` to `end` of the readable text of sentence `number`."""

    number: int
    start: int
    end: int


class Section(NamedTuple):
    """Passages that stand together: their heading ("" without one), their kind, and each one's sentences' numbers."""

    name: str
    kind: Kind
    passages: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """All that is read of a document. `pages` has the page of each sentence, from 1; it is empty for a text."""

    document: Document
    sections: tuple[Section, ...] = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    pages: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, index: Index, document: Document) -> Paper:
        """The paper of a document of an index."""
        sections: list[Section] = []
        sentences: list[Sentence] = []
        names: list[str] = []
        for name, kind, passages in index.sections_of(document.id):
            ranges = []
            for passage in passages:
                ranges.append(range(len(sentences), len(sentences) + len(passage.sentences)))
                sentences += passage.sentences
                names += [name] * len(passage.sentences)
            sections.append(Section(name, kind, tuple(ranges)))
        places = (document.locate(sentence.spans[0]).page for sentence in sentences)
        pages = tuple(page for page in places if page is not None)
        return cls(document, tuple(sections), tuple(sentences), tuple(names), pages)

    def at(self, spans: Sequence[Span]) -> tuple[Part, ...]:
        """The parts of the readable text that lie in some spans of the raw text, in reading order."""
        if not spans:
            return ()
        whole = hull(spans)
        found = []
        for number, sentence in enumerate(self.sentences):
            if any(own.start < whole.end and own.end > whole.start for own in sentence.spans):
                place = covered(self.document, sentence, spans)
                if place is not None:
                    found.append(Part(number, *place))
        return tuple(found)

    def quoted(self, parts: Iterable[Part]) -> tuple[Citation, ...]:
        """Checked quotes of parts of sentences, each once, in reading order.

        Raises:
            QuoteError: no words are chosen, too many, or some that the paper does not have.
        """
        chosen = sorted(set(parts))
        if not chosen:
            raise QuoteError("no words are chosen; choose some, or a whole sentence")
        if len(chosen) > LONGEST:
            raise QuoteError(f"{len(chosen)} sentences are chosen; choose at most {LONGEST}")
        if not 0 <= chosen[0].number <= chosen[-1].number < len(self.sentences):
            raise QuoteError("this sentence is not in the paper as it is now; open the paper anew")
        return tuple(
            Citation(
                self.document, self.names[part.number], part_of(self.document, self.sentences[part.number], *part[1:])
            )
            for part in chosen
        )

    def near(self, span: Span) -> int:
        """The first sentence that does not end before a place of the raw text, or the last one of all.

        >>> paper.near(Span(0, 1))  # doctest: +SKIP
        0
        """
        ends = [hull(sentence.spans).end for sentence in self.sentences]
        after = [number for number, end in enumerate(ends) if end > span.start]
        return min(after, key=ends.__getitem__) if after else max(0, len(ends) - 1)

    def first_on(self, page: int) -> int:
        """The first sentence on a page, or after it; the last one if there is none."""
        return min(bisect_left(self.pages, page), max(0, len(self.sentences) - 1))
