"""Readable blocks become sections, whole sentences and passages; nothing lost, nothing twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, groupby
from math import ceil
from typing import TYPE_CHECKING, cast

from qa.repair import Block, Readable
from qa.repair.lines import names_section
from qa.types import Document, Kind, Passage, Sentence, Span

if TYPE_CHECKING:
    import pysbd

_PREFIX = re.compile(r"^(abstract|summary|keywords|key words)\s*[:.–—]\s*", re.IGNORECASE)
_RUN_IN = re.compile(r"^([A-Z][\w’'/-]*(?: [\w’'/-]+){0,2}): (?=[A-Z0-9])")
_LABEL = re.compile(r"(?:fig(?:ure|\.)?|table|tab\.|scheme|box)\s*S?\d+[\w–-]*\s*[.:|]", re.IGNORECASE)
_MARK = re.compile(r"\[\d[\d,\s–-]*\](?=\s+[A-Z]|\s*$)")
"""A reference mark that ends a sentence; the splitter takes some of them for the beginning of the next one."""
_REFERENCES = frozenset({"references", "reference list", "bibliography", "literature cited", "works cited"})
_LIFTED: Mapping[str, tuple[Kind, str]] = {
    "abstract": ("abstract", "Abstract"),
    "reference": ("reference", "References"),
    "footnote": ("body", "Footnote"),
}
"""Kind and section of lifted blocks that have no label of their own."""
_ABSTRACTS = frozenset({"abstract", "summary"})
_LONGEST_PIECE = 20_000
"""Characters given to the splitter at a time; its rules are regular expressions."""


def passages_of(document: Document, blocks: Sequence[Block], max_words: int) -> tuple[Passage, ...]:
    """Passages of whole sentences, of one section and one kind each, in reading order.

    A section is cut into passages of about equal length with at most `max_words` words, a sentence that is
    longer being a passage alone.
    """
    passages = []
    for (section, kind, _), group in groupby(_labelled(blocks), key=lambda item: item[0]):
        sentences = [sentence for _, block in group for sentence in sentences_of(block.readable)]
        for packed in _pack(sentences, max_words):
            spans = _merge((span for sentence in packed for span in sentence.spans), document.raw)
            passages.append(Passage(document.id, section, kind, tuple(packed), spans))
    return tuple(passages)


def _labelled(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, Kind, int], Block]]:
    """Each block but the headings with its section, its kind, and a number that keeps lifted blocks apart."""
    after_abstract = _abstract_before_its_heading(blocks)
    heading = "Abstract" if after_abstract else ""
    run_in = ""
    for number, block in enumerate(blocks):
        text = block.readable.text
        if block.kind == "heading":
            heading, run_in = "" if number == after_abstract > 0 else _title_case(text), ""
        elif block.kind == "body":
            if found := _PREFIX.match(text):
                kind: Kind = "abstract"
                section = _title_case(found[1])
            else:
                if label := _RUN_IN.match(text):
                    run_in = label[1]
                section = f"{heading}: {run_in}" if heading and run_in else heading or run_in
                kind = _kind_of(heading)
            yield (section, kind, -1), block
        else:
            kind, section = _LIFTED.get(block.kind) or (cast(Kind, block.kind), _label(text))
            yield (section, kind, number), block


def _kind_of(heading: str) -> Kind:
    name = heading.lower()
    return "abstract" if name in _ABSTRACTS else "reference" if name in _REFERENCES else "body"


def _abstract_before_its_heading(blocks: Sequence[Block]) -> int:
    """Index of a heading "Abstract" that follows the abstract, else 0.

    The sign: it is the first heading, and all that stands before it is no longer than an abstract.
    """
    first = next((number for number, block in enumerate(blocks) if block.kind == "heading"), 0)
    before = sum(len(block.readable.text) for block in blocks[:first])
    is_abstract = bool(blocks) and blocks[first].readable.text.strip().lower() in _ABSTRACTS
    return first if is_abstract and 0 < before < 4000 else 0


def _title_case(heading: str) -> str:
    words = " ".join(heading.split()).rstrip(":.")
    if words.upper() != words and not names_section(words):
        return words
    return re.sub(r"[^\W\d_]", lambda first: first[0].upper(), words.lower(), count=1)


def _label(caption: str) -> str:
    """`Figure 2` of `Figure 2. Heterogenous …`, as far as it goes."""
    label = re.match(r"(?:[^\W\d]+ )?[^\W\d]+\.?\s*S?\d+", caption)
    return label[0] if label else ""


def sentences_of(readable: Readable) -> list[Sentence]:
    """The sentences of a paragraph; joined by single blanks they give its text back.

    The splitter is pySBD (Sadvilkar and Neumann 2020, arXiv:2010.09657).
    """
    text = readable.text
    return [Sentence(text[start:end], readable.spans(start, end)) for start, end in _bounds(text)]


def _bounds(text: str) -> list[tuple[int, int]]:
    """Where sentences begin and end, without the blanks between them.

    The splitter's answer is taken by its count of visible characters, since it may change blanks. A boundary
    within a word, before a fragment without a letter or digit, or after the bare label of a figure, is none;
    one before a reference mark stands after it. If the splitter lost a character, the text is one sentence.
    """
    visible = [i for i, c in enumerate(text) if not c.isspace()]
    pieces = [text[i : i + _LONGEST_PIECE] for i in range(0, len(text), _LONGEST_PIECE)]
    sizes = [sum(not c.isspace() for c in part) for piece in pieces for part in _splitter().segment(piece)]
    if not visible:
        return []
    if sum(sizes) != len(visible):
        return [(visible[0], visible[-1] + 1)]
    bounds: list[tuple[int, int]] = []
    first = 0
    for size in accumulate(sizes):
        end = size
        if end < len(visible) and (mark := _MARK.match(text, visible[end])):
            end += sum(not c.isspace() for c in mark[0])
        if end <= first:
            continue
        start, stop = visible[first], visible[end - 1] + 1
        inside_word = end < len(visible) and visible[end] == stop
        rest_is_bare = not any(c.isalnum() for c in text[stop:])
        is_label = _LABEL.fullmatch(text[start:stop]) is not None
        if (inside_word or rest_is_bare or is_label) and end < len(visible):
            continue
        if bounds and not any(c.isalnum() for c in text[start:stop]):
            bounds[-1] = (bounds[-1][0], stop)
        else:
            bounds.append((start, stop))
        first = end
    return bounds


@lru_cache(maxsize=1)
def _splitter() -> pysbd.Segmenter:
    import pysbd

    return pysbd.Segmenter(language="en", clean=False)


def _pack(sentences: Sequence[Sentence], max_words: int) -> list[list[Sentence]]:
    """The sentences in order, in as few and as equal parts as the limit allows."""
    total = sum(_words(sentence) for sentence in sentences)
    for parts in range(max(1, ceil(total / max_words)), len(sentences) + 1):
        packed: list[list[Sentence]] = [[] for _ in range(parts)]
        position = 0
        for sentence in sentences:
            size = _words(sentence)
            packed[min(parts - 1, int((position + size / 2) * parts / total))].append(sentence)
            position += size
        packed = [part for part in packed if part]
        if all(len(part) == 1 or sum(map(_words, part)) <= max_words for part in packed):
            return packed
    return [[sentence] for sentence in sentences]


def _words(sentence: Sentence) -> int:
    return len(sentence.text.split())


def _merge(spans: Iterable[Span], raw: str) -> tuple[Span, ...]:
    """Spans in reading order, those joined that have only white space between them."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if before and before.end <= span.start and not raw[before.end : span.start].strip():
            merged[-1] = Span(before.start, span.end)
        else:
            merged.append(span)
    return tuple(merged)
