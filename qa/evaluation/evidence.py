"""Whether passages show the evidence, in characters of the raw text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.evaluation.questions import Evidence
from qa.types import Hit, Span

HELD = 0.5
"""A quote is held if more than this share of its characters is shown."""

Shown = Sequence[tuple[str, Sequence[Span]]]
"""What is shown, in order: a document's id and spans of its raw text."""

Lists = Iterable[Sequence[Evidence]]
"""Complete evidence lists, any one of which will do."""


def steps(lists: Lists, shown: Shown) -> tuple[tuple[int | None, ...], ...]:
    """For each item of each list, how many of the things shown it takes to hold it; None if all do not.

    >>> steps([[Evidence("a", Span(0, 10))]], [("b", [Span(0, 10)]), ("a", [Span(0, 4)]), ("a", [Span(4, 9)])])
    ((3,),)
    """
    return tuple(tuple(_step(item, shown) for item in items) for items in lists)


def complete(found: Iterable[Sequence[int | None]]) -> int | None:
    """The smallest number of things shown that completes a list, from what `steps` gives.

    >>> complete([(1, None), (2, 5)])
    5
    """
    return min((max(filter(None, items)) for items in found if items and all(items)), default=None)


def holds_any(lists: Lists, shown: Shown) -> bool:
    """Whether what is shown holds every item of at least one list."""
    return complete(steps(lists, shown)) is not None


def covered(item: Evidence, shown: Shown) -> float:
    """The share, 0 to 1, of a piece of evidence that is shown, in characters of the raw text.

    >>> covered(Evidence("a", Span(0, 10)), [("a", [Span(5, 20)]), ("b", [Span(0, 10)])])
    0.5
    """
    inside: set[int] = set()
    for document, spans in shown:
        inside |= _inside(item, document, spans)
    return len(inside) / (item.span.end - item.span.start)


def touches(items: Iterable[Evidence], document: str, spans: Sequence[Span]) -> bool:
    """Whether the spans of a sentence hold one of the items, or lie mostly within it.

    >>> touches([Evidence("a", Span(0, 100))], "a", [Span(10, 20)])
    True
    """
    length = sum(span.end - span.start for span in spans)
    wide = ((item, item.span.end - item.span.start) for item in items)
    return any(covered(item, [(document, spans)]) * width > HELD * min(width, length) for item, width in wide)


def words_shown(lists: Lists, hits: Sequence[Hit]) -> int | None:
    """How many readable words of the passages, in order, it takes to hold a complete list; None if all do not.

    A sentence counts with all its words.
    """
    sentences = [(hit.passage.document, sentence) for hit in hits for sentence in hit.passage.sentences]
    last = complete(steps(lists, [(document, sentence.spans) for document, sentence in sentences]))
    return None if last is None else sum(len(sentence.text.split()) for _, sentence in sentences[:last])


def _step(item: Evidence, shown: Shown) -> int | None:
    inside: set[int] = set()
    for step, (document, spans) in enumerate(shown, start=1):
        inside |= _inside(item, document, spans)
        if len(inside) > HELD * (item.span.end - item.span.start):
            return step
    return None


def _inside(item: Evidence, document: str, spans: Iterable[Span]) -> set[int]:
    if document != item.document:
        return set()
    return {
        offset for span in spans for offset in range(max(span.start, item.span.start), min(span.end, item.span.end))
    }
