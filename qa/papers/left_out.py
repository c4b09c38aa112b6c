"""What of a paper's text is not searched, and why: nothing vanishes without a name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.papers.repair import Change
from qa.types import Document, Passage, Span, letters

LeftOutKind = Literal["head", "title", "authors", "heading", "reference", "other"]
NAMES: Mapping[LeftOutKind, str] = {
    "head": "running head, foot or page number",
    "title": "title",
    "authors": "front matter",
    "heading": "heading without text",
    "reference": "reference",
    "other": "neither text nor front matter, as far as is known",
}
"""Each kind in words, in the order of a page. A title and a heading are among them only if no passage carries them."""
_SKIPPED: Mapping[str, LeftOutKind] = {"drop_own_citation": "authors"}
"""What a fixer skips is a running head, unless it is named here."""
_LONGEST_HEADING = 12
"""Words. What is longer is no heading that may do without text under it. Set by hand, 2026-11-27."""
_RUN = re.compile(r"\S(?:.*\S)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unsearched:
    """Text in no passage that is searched: a span of the raw text that holds a letter or a digit, and its kind."""

    span: Span
    kind: LeftOutKind


def left_out(document: Document, passages: Sequence[Passage], changes: Sequence[Change]) -> tuple[Unsearched, ...]:
    """All text of a document that is in none of its passages but those of references, in the order of the raw text.

    `changes` are those that repaired it. Titles and headings are searched with the passages under them. Together with
    what the passages quote, the spans hold every letter of the raw text; no two overlap.
    """
    searched = np.zeros(len(document.raw), dtype=np.bool_)
    references = np.zeros(len(document.raw), dtype=np.bool_)
    for passage in passages:
        marked = references if passage.kind == "reference" else searched
        for span in (span for sentence in passage.sentences for span in sentence.spans):
            marked[span.start : span.end] = True
    carried = [_plain(text) for text in {document.title, *(passage.section for passage in passages)}]
    skipped = [c for c in changes if c.kind == "skip" and (not document.layout or c.name in _SKIPPED)]
    found: list[Unsearched] = []
    for start, end in _unsearched(document, searched):
        for run in _RUN.finditer(document.raw, start, end):
            words, span = _plain(run[0]), Span(run.start(), run.end())
            kind: LeftOutKind = (
                "reference" if references[span.start : span.end].any() else _kind(document, span, skipped)
            )
            if words and not (kind in ("title", "heading", "other") and any(words in text for text in carried)):
                found.append(Unsearched(span, kind))
    return tuple(found)


def _unsearched(document: Document, searched: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The ranges without a searched character, cut where a region begins or ends and at blank lines."""
    edges = {0, len(document.raw), *(1 + np.flatnonzero(np.diff(searched)))}
    edges |= {edge for region in document.layout for edge in (region.start, region.end)}
    if not document.layout:
        edges |= {blank.start() for blank in re.finditer(r"\n\s*\n", document.raw)}
    bounds = sorted(int(edge) for edge in edges)
    for start, end in pairwise(bounds):
        if start < end and not searched[start]:
            yield start, end


def _kind(document: Document, span: Span, skipped: Sequence[Change]) -> LeftOutKind:
    """The kind of the region that has a span; in a text without layout, what its fixers skipped is a head."""
    change = next((one for one in skipped if one.start <= span.start and span.end <= one.end), None)
    if change and change.name in _SKIPPED:
        return _SKIPPED[change.name]
    at = bisect_right(document.layout, span.start, key=lambda region: region.start) - 1
    if at >= 0 and span.start < document.layout[at].end:
        name = document.layout[at].kind
        too_long = name == "heading" and len(document.raw[span.start : span.end].split()) > _LONGEST_HEADING
        return next((kind for kind in NAMES if kind == name and not too_long), "other")
    return "head" if change else "other"


def _plain(text: str) -> str:
    return letters(text).lower()
