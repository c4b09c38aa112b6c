"""Readable blocks become sections, whole sentences and passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from math import ceil
from typing import cast

from qa.papers.conventions import (
    ABSTRACTS,
    INTRODUCTIONS,
    KEYWORDS,
    LABEL,
    TABLE_LABEL,
    names_abstract,
    names_references,
    names_section,
    numbering_of,
    plain_name,
)
from qa.papers.ends import sentence_bounds
from qa.papers.repair import Readable, TextBlock
from qa.papers.repair.captions import CONTINUED, captions_below, table_label
from qa.types import Document, Kind, Passage, Sentence, Span

_PREFIX = re.compile(rf"({'|'.join(sorted(ABSTRACTS))}|{KEYWORDS})\s*[:.–—]\s*", re.IGNORECASE)
"""The name of an abstract or of keywords at the beginning of a paragraph, set off by a mark."""
_RUN_IN = re.compile(r"^([A-Z][\w’'/-]*(?: [\w’'/-]+){0,4}): (?=[A-Z0-9])")
"""Up to five words with a capital in front and a colon behind them. Set by hand."""
_SPOKEN = frozenset(
    """a also am an are as be been being both can could did do does each either few following follows found had has have
    he her here his how however i if is it its many may might must my no not our saw say says shall she should shown so
    some such that the their then there these they this those thus was we were what when where which while who whose
    why will would you your one two three four five six seven eight nine ten""".split()
)
"""Words that a run-in heading does not have: with one of them, the words before a colon are a sentence. Function words,
verbs of reporting and numerals, collected by hand."""
_SECTION_LABEL = re.compile(rf"{LABEL}|(?:[^\W\d]+ )?(?:{LABEL}|[^\W\d]+\.?\s*S?\d+(?=\s*[.:|]))")
"""A caption's label, possibly with another word before it; or one or two words of any kind with a number and a mark."""
_SQUARES = "■▪◼●□►▶ "
"""Marks of some publishers before their headings."""
_WORD = re.compile(r"(?<![’'])[^\W_]+")
_NUMERAL = re.compile(r"(?=..)X{0,3}(?:IX|IV|V?I{0,3})")
"""A roman numeral from 2 to 39 of two letters or more, in capitals, for `fullmatch`."""
_LIFTED: Mapping[str, tuple[Kind, str]] = {
    "abstract": ("abstract", "Abstract"),
    "reference": ("reference", "References"),
    "footnote": ("body", "Footnote"),
    "row": ("table", ""),
}
"""Kind and section of lifted blocks without a label of their own."""
_BLANK_LINE = re.compile(r"\n\s*\n|\f")
"""What parts two blocks of a text."""
_LONGEST_NAME = 25
"""Words of a caption's first sentence at most that name the rows under it. Set by hand."""
_LONGEST_ROW = 60
"""Words of a row of a table at most that is one sentence; longer ones have whole sentences in their cells. Set by
hand, 2026-11-27."""
_LONGEST_ABSTRACT = 4_000
"""Characters before a heading "Abstract" below which they are the abstract itself: some 600 words. Set by hand."""


def passages_of(document: Document, blocks: Sequence[TextBlock], max_words: int) -> tuple[Passage, ...]:
    """Passages of whole sentences, each of one section and one kind, in the order of the blocks.

    An abstract that stands before the running text comes first. A section is cut into passages of about equal length,
    each with at most `max_words` words. A sentence that is longer is a passage by itself.
    """
    passages = []
    for (section, kind, _), group in groupby(_labelled(document, blocks), key=lambda item: item[0]):
        sentences = [sentence for _, block in group for sentence in _sentences(block)]
        for packed in _pack(sentences, max_words):
            spans = _merge((span for sentence in packed for span in sentence.spans), document.raw)
            passages.append(Passage(document.id, section, kind, tuple(packed), spans))
    # the blocks have the running text first, and behind it what was lifted out of it
    opens = [p for p in passages if p.kind == "abstract" and p.spans[0].start < passages[0].spans[0].start]
    return (*opens, *(p for p in passages if p not in opens))


def _labelled(document: Document, blocks: Sequence[TextBlock]) -> Iterator[tuple[tuple[str, Kind, int], TextBlock]]:
    """Each block except headings, with its section, its kind, and a number that keeps lifted blocks apart."""
    tables = _tables(document, blocks)
    after_abstract = _abstract_before_its_heading(blocks)
    untitled = "Introduction" if _has_untitled_introduction(blocks) else ""
    heading = "Abstract" if after_abstract else untitled
    run_in = ""
    capitals = _capitals(blocks)
    for number, block in enumerate(blocks):
        text = block.readable.text
        if block.kind == "heading":
            heading, run_in = untitled if number == after_abstract > 0 else _title_case(text, capitals), ""
        elif block.kind == "body":
            if found := _PREFIX.match(text):
                kind: Kind = "abstract"
                section = _title_case(found[1])
            else:
                run_in = _run_in_heading(text) or run_in
                if names_section(run_in) and _kind_of(heading) != "abstract":
                    heading, run_in = _title_case(run_in), ""
                section = f"{heading}: {run_in}" if heading and run_in else heading or run_in
                kind = _kind_of(heading)
            yield (section, kind, -1), block
        else:
            kind, section = _LIFTED.get(block.kind) or (cast(Kind, block.kind), _label(text))
            if number in tables:
                section, number = tables[number]
            yield (section, kind, number), block


def _tables(document: Document, blocks: Sequence[TextBlock]) -> dict[int, tuple[str, int]]:
    """By the number of each row of a table: the name of its table, and the number of the table's first row.

    A table's name is the caption directly above or below it, or in its first row. What follows it directly, as notes
    do, is of it, unless that stands over the caption of a figure. A table that goes on keeps its name.
    """
    tables: dict[int, tuple[str, int]] = {}
    names: dict[str, str] = {}
    captions = {block.readable.starts[0]: block.readable.text for block in blocks if block.kind == "caption"}
    below = captions_below(document)
    name, first, end = "", 0, -1
    for number, block in enumerate(blocks):
        if block.kind not in ("caption", "table", "row"):
            continue
        spans = block.readable.spans(0, len(block.readable.text))
        # a row may quote the name of its group, too, which is a row by itself
        steps = _steps(document, end, spans[-1].end)
        if block.kind == "caption":
            name, first = _name(block.readable.text), number + 1
            if CONTINUED.search(name):
                name = names.get(_label(name), name)
            names[_label(name)] = name
        elif table_label(document.raw[spans[0].start : spans[-1].end]):
            name, first = _label(block.readable.text), number
        elif (region := _region_of(document, spans[-1].start)) in below and not below[region]:
            name, first = "", number
        elif caption := below.get(region):
            under = _name(captions.get(caption.start, ""))
            name, first = under, first if under == name and steps <= 1 else number
        elif steps > 1 or (steps and first != number and _stands_apart(document, blocks, number)):
            name, first = "", number
        if block.kind != "caption":
            tables[number] = name, first
        end = spans[-1].end
    return tables


def _region_of(document: Document, offset: int) -> int:
    """The offset at which the region begins in which a character stands, or -1."""
    number = bisect_right(document.layout, offset, key=lambda region: region.start) - 1
    return document.layout[number].start if number >= 0 else -1


def _steps(document: Document, end: int, start: int) -> float:
    """How many regions, or blocks without a blank line, an offset is further on; infinity if it is not."""
    if not 0 <= end <= start:
        return float("inf")
    if document.layout:
        return sum(end <= region.start <= start and region.kind != "head" for region in document.layout)
    return len(_BLANK_LINE.findall(document.raw, end, start))


def _stands_apart(document: Document, blocks: Sequence[TextBlock], first: int) -> bool:
    """Whether a block that follows a table is not of it: so it is in a text without layout.

    With one it is not if the next block but tables is a figure's caption on the same page, and follows directly.
    """
    end, page = -1, None
    for block in blocks[first:] if document.layout else ():
        spans = block.readable.spans(0, len(block.readable.text))
        here = document.locate(spans[-1]).page
        if end >= 0 and here != page:
            return False
        if block.kind not in ("table", "row"):
            is_figure = block.kind == "caption" and not TABLE_LABEL.match(block.readable.text)
            return is_figure and _steps(document, end, spans[0].start) == 1
        end, page = spans[-1].end, here
    return not document.layout


def _name(caption: str) -> str:
    """The name of the table under a caption: its label, and its first sentence if it is short. "" under another."""
    label = TABLE_LABEL.match(caption) and _SECTION_LABEL.match(caption)
    if not label:
        return ""
    words = caption[label.end() :].lstrip(" .:|–—")
    first = sentences_of(Readable.of(words))[0].text if words else ""
    named = first and len(first.split()) <= _LONGEST_NAME
    return f"{_label(caption)}: {first.rstrip(' .:')}" if named else _label(caption)


def _has_untitled_introduction(blocks: Sequence[TextBlock]) -> bool:
    """Whether text between the abstract and the first heading is the introduction, because no heading names one."""
    headings = [block.readable.text for block in blocks if block.kind == "heading"]
    parts = [plain_name(heading) for heading in headings if not names_abstract(heading)]
    has_abstract = len(parts) < len(headings) or any(block.kind == "abstract" for block in blocks)
    named = any(word in name for name in parts for word in INTRODUCTIONS)
    return has_abstract and bool(parts) and not named


def _run_in_heading(text: str) -> str:
    """The words before a paragraph's first colon if they are a heading and no sentence, else ""."""
    label = _RUN_IN.match(text)
    if label is None or label[1].lower().endswith("ed") or not _SPOKEN.isdisjoint(label[1].lower().split()):
        return ""
    return label[1]


def _kind_of(heading: str) -> Kind:
    return "abstract" if names_abstract(heading) else "reference" if names_references(heading) else "body"


def _abstract_before_its_heading(blocks: Sequence[TextBlock]) -> int:
    """Index of a heading "Abstract" that stands below its abstract, else 0.

    The sign is that it is the first heading, and that the text before it is no longer than an abstract.
    """
    first = next((number for number, block in enumerate(blocks) if block.kind == "heading"), 0)
    before = sum(len(block.readable.text) for block in blocks[:first])
    is_abstract = bool(blocks) and names_abstract(blocks[first].readable.text)
    return first if is_abstract and 0 < before < _LONGEST_ABSTRACT else 0


def _title_case(heading: str, capitals: Set[str] = frozenset()) -> str:
    """A heading as it is shown: with its number, without a square before it.

    If all is in capitals, only the first letter stays one, with roman numerals, single letters and the `capitals`.
    """
    words = " ".join(heading.split()).rstrip(":.").lstrip(_SQUARES)
    number = numbering_of(words)
    name = words.removeprefix(number)
    if name.upper() != name and not names_section(name):
        return words
    shown = _WORD.sub(lambda m: m[0].upper() if _stays(m[0].upper(), capitals) else m[0], plain_name(name))
    return number + re.sub(r"[^\W\d_]", lambda first: first[0].upper(), shown, count=1)


def _stays(word: str, capitals: Set[str]) -> bool:
    """Whether a word stays in capitals: one of `capitals`, a roman numeral, or a letter that is no article."""
    return word in capitals or bool(_NUMERAL.fullmatch(word)) or (len(word) == 1 and word.isalpha() and word != "A")


def _capitals(blocks: Iterable[TextBlock]) -> frozenset[str]:
    """Words that the paper's running text has in capitals only, such as HIV."""
    words = {
        word for block in blocks if block.kind in ("body", "abstract") for word in _WORD.findall(block.readable.text)
    }
    other = {word.upper() for word in words if word.upper() != word}
    return frozenset(word for word in words if len(word) > 1 and word.upper() == word and word not in other)


def _label(caption: str) -> str:
    """The label of a caption, `Figure 2` of `Figure 2. Heterogenous …`; "" if it has none."""
    label = _SECTION_LABEL.match(caption)
    return re.sub(r"(?<=[a-z]{2}|[a-z]\.)(?=\d)", " ", label[0].rstrip(" .:|")) if label else ""


def _sentences(block: TextBlock) -> list[Sentence]:
    """The sentences of a block; a row of a table that is no longer than a sentence is one, whatever stops are in it."""
    readable = block.readable
    if block.kind == "row" and len(readable.text.split()) <= _LONGEST_ROW:
        return [Sentence(readable.text, readable.spans(0, len(readable.text)))]
    return sentences_of(readable)


def sentences_of(readable: Readable) -> list[Sentence]:
    """The sentences of a paragraph. Joined by single blanks they are its text."""
    text = readable.text
    return [Sentence(text[start:end], readable.spans(start, end)) for start, end in sentence_bounds(text)]


def _pack(sentences: Sequence[Sentence], max_words: int) -> list[list[Sentence]]:
    """The sentences in order, in as few parts as the limit of words allows, and as equal as possible."""
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
    """Spans in reading order; neighbours with only white space between them are joined."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if before and before.end <= span.start and not raw[before.end : span.start].strip():
            merged[-1] = Span(before.start, span.end)
        else:
            merged.append(span)
    return tuple(merged)
