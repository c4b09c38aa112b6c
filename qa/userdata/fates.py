"""Where the words of a stored quote stand now, and which earlier generation has them as they were quoted.

A quote is a row as `answer_record.quote_row` makes it. Nothing is taken for it but the same words: its raw text as it
was, or else a sentence with the same readable text, whose hyphens, lines and columns may be others. Every place is made
a `Citation` again, which checks itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.index import kept
from qa.index.index import Index
from qa.index.kept import Kept
from qa.types import Citation, Document, Passage, QuoteError, Sentence, Span, hull, letters
from qa.userdata import answer_record
from qa.userdata.answer_record import Fate

Row = Mapping[str, Any]

_APART = 6000
"""Characters that may come to stand between two parts of one quote: a page with a table. Set by hand on 2026-11-28."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A stored quote and its fate. `then` is the quote in the kept generation `was`, None unless it has changed or is
    gone, and a generation that is kept still has it."""

    row: Row
    fate: Fate
    then: Citation | None = None
    was: Kept | None = None


def traced(row: Row, index: Index, folder: Path) -> Traced:
    """What has become of a stored quote. `index` is the present one, `folder` that of its generations.

    Raises:
        QuoteError: what was stored is damaged: its words are not those of its quote.
    """
    if letters(row["text"]) != letters("".join(row["quote"])) or len(row["quote"]) != len(row["spans"]):
        raise QuoteError(f"a stored quote of {row['document']} is damaged: its words are not those that were quoted")
    fate = answer_record.fate_of(row, index.by_id)
    if fate.kind == "unchanged":
        return Traced(row, Fate("unchanged", found=True, now=answer_record.citation_of(row, index.by_id)))
    for document in kept.of_file(index, row["sha256"]):
        if document.id != row["document"] and (there := _quoted(document, row)):
            return Traced(row, Fate("unchanged", found=True, now=there, renamed_from=row["document"]))
    then, was = _as_it_was(row, folder)
    if fate.kind == "gone":
        return Traced(row, fate, then, was)
    document = index.by_id[row["document"]]
    length = len(was.document.raw) if was else len(document.raw)
    now, times = found_again(row, document, index.passages_of(document.id), length)
    return Traced(row, Fate("changed", found=now is not None, now=now, times=times), then, was)


def found_again(
    row: Row, document: Document, passages: Sequence[Passage], length: int | None = None
) -> tuple[Citation | None, int]:
    """A stored quote in a document that has changed, and how often its words stand there; None and 0 if they do not.

    `passages` are the document's. Of several places the one in the section of the quote comes first, then the one that
    lies nearest in the text to where it stood in a text of that `length`, in characters (by default as long as now).
    """
    there = _Text.of(passages)
    places = [(there.sentence_at(spans) or Sentence(row["text"], spans), spans) for spans in _exact(row, document.raw)]
    places = places or [(sentence, sentence.spans) for sentence in there.like(row["text"])]
    stood = hull(_spans(row)).start / max(1, length or len(document.raw))

    def distance(place: tuple[Sentence, tuple[Span, ...]]) -> tuple[bool, float, int]:
        start = hull(place[1]).start
        apart = abs(start / max(1, len(document.raw)) - stood)
        return there.section_at(place[1]) != row["section"], apart, start

    for sentence, spans in sorted(places, key=distance):
        try:
            return Citation(document, there.section_at(spans), sentence), len(places)
        except QuoteError:
            continue
    return None, 0


@dataclass(frozen=True, slots=True)
class _Text:
    """The sentences of a document with their sections, by where each of their spans begins."""

    starts: tuple[int, ...]
    spans: tuple[tuple[Span, Sentence, str], ...]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> _Text:
        own = [
            (span, sentence, passage.section)
            for passage in passages
            for sentence in passage.sentences
            for span in sentence.spans
        ]
        own.sort(key=lambda part: part[0])
        return cls(tuple(span.start for span, _, _ in own), tuple(own))

    def sentence_at(self, spans: tuple[Span, ...]) -> Sentence | None:
        """The sentence with exactly these spans."""
        found = self._at(spans)
        return found[1] if found and found[1].spans == spans else None

    def section_at(self, spans: tuple[Span, ...]) -> str:
        """The section in which spans begin; "" if that is none."""
        found = self._at(spans)
        return found[2] if found else ""

    def like(self, text: str) -> list[Sentence]:
        """The sentences with that readable text, whatever its blanks, each once."""
        wanted = text.split()
        return list(dict.fromkeys(sentence for _, sentence, _ in self.spans if sentence.text.split() == wanted))

    def _at(self, spans: tuple[Span, ...]) -> tuple[Span, Sentence, str] | None:
        number = bisect_right(self.starts, spans[0].start) - 1
        return self.spans[number] if number >= 0 and self.spans[number][0].end > spans[0].start else None


def _exact(row: Row, raw: str) -> list[tuple[Span, ...]]:
    """Where all parts of a quote stand as they were, in their order in the text; whole words, if there are such."""
    order = sorted(range(len(row["quote"])), key=lambda number: row["spans"][number][0])
    found = []
    for together in _chains([row["quote"][number] for number in order], raw):
        placed = dict(zip(order, together, strict=True))
        found.append(tuple(placed[number] for number in range(len(order))))
    return [spans for spans in found if all(_is_whole(raw, span) for span in spans)] or found


def _chains(parts: Sequence[str], raw: str) -> Iterator[list[Span]]:
    start = raw.find(parts[0])
    while start >= 0:
        chain = [Span(start, start + len(parts[0]))]
        for part in parts[1:]:
            after = chain[-1].end
            at = raw.find(part, after, after + _APART + len(part))
            if at < 0:
                break
            chain.append(Span(at, at + len(part)))
        else:
            yield chain
        start = raw.find(parts[0], start + len(parts[0]))


def _is_whole(raw: str, span: Span) -> bool:
    """Whether a span ends no word in its middle."""
    inside = [raw[span.start : span.start + 1], raw[span.end - 1 : span.end]]
    outside = [raw[span.start - 1 : span.start] if span.start else "", raw[span.end : span.end + 1]]
    return not any(own.isalnum() and other.isalnum() for own, other in zip(inside, outside, strict=True))


def _as_it_was(row: Row, folder: Path) -> tuple[Citation | None, Kept | None]:
    """The quote in the last kept generation that has it, and the paper there."""
    for version in kept.versions(folder, row["document"], row["sha256"]):
        if quote := _quoted(version.document, row):
            return quote, version
    return None, None


def _quoted(document: Document, row: Row) -> Citation | None:
    """A quote where it stood in a document, checked; None if it does not stand there, word for word."""
    spans = _spans(row)
    if any(document.raw[span.start : span.end] != part for span, part in zip(spans, row["quote"], strict=True)):
        return None
    try:
        return Citation(document, row["section"], Sentence(row["text"], spans))
    except QuoteError:
        return None


def _spans(row: Row) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in row["spans"])
