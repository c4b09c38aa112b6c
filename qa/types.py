"""The values that every room passes on, and the errors.

    QAError
    ├── SourceError      a paper cannot be read
    ├── StoreError       the index is missing, stale, damaged or of another format
    ├── ModelError       an encoder, cross-encoder or calibration is missing or is not the expected one
    ├── QuestionError    the call was wrong: an empty question, an unknown paper
    ├── QuestionSetError a line of a question set is wrong
    └── QuoteError       words are not those of the source

Every value is frozen and slotted. Offsets are half-open ranges of characters in one document's raw text, which never
changes (`ARCHITECTURE.md`, law 1).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from qa.text import COMBINING

Kind = Literal["body", "caption", "abstract", "table", "reference"]
"""What a passage is made of; no passage mixes two kinds."""

RegionKind = Literal[
    "head", "title", "authors", "abstract", "heading", "body", "caption", "table", "footnote", "reference", "other"
]

Progress = Callable[[int, int, str], None]
"""Called with the number of items done, their total number, and what is being done."""


def nobody(done: int, total: int, what: str) -> None:
    """Ignore the progress."""


_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class QAError(Exception):
    """Root of all errors that a user can do something about; the message says what."""


class SourceError(QAError):
    """A paper cannot be read; the message names the file."""


class StoreError(QAError):
    """The index is missing, stale, damaged or of another format; the message names the file."""


class ModelError(QAError):
    """An encoder, cross-encoder or calibration is missing, or is not the expected one."""


class QuestionError(QAError):
    """The question cannot be asked, or not of these papers and sections."""


class BusyError(QAError):
    """Too many questions wait for an answer; the same one can be asked a little later."""


class QuestionSetError(QAError):
    """A question set cannot be used; the message names the file and the line."""


class QuoteError(QAError):
    """Words that should be a quote are not those of the source."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in one document's raw text; never empty.

    >>> Span(3, 5)
    Span(start=3, end=5)
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}, {self.end}")


def hull(spans: Iterable[Span]) -> Span:
    """The shortest span that covers all of these spans; there must be at least one.

    >>> hull([Span(8, 9), Span(3, 5)])
    Span(start=3, end=9)
    """
    spans = list(spans)
    return Span(min(span.start for span in spans), max(span.end for span in spans))


@lru_cache(maxsize=64)
def _line_breaks(raw: str) -> list[int]:
    """The offsets at which all lines but the first begin."""
    return [match.end() for match in _LINE_BREAK.finditer(raw)]


@dataclass(frozen=True, slots=True)
class Place:
    """The page and lines of a quote, both counted from 1; `page` is None for a text without pages.

    `label` is the printed page number if it differs from the count.

    >>> print(Place("paper", None, 151, 153))
    paper:151-153
    >>> print(Place("paper", 4, 20, 20))
    paper:p4:20
    """

    document: str
    page: int | None
    first_line: int
    last_line: int
    label: str = ""

    def __str__(self) -> str:
        page = "" if self.page is None else f"p{self.page}:"
        last = "" if self.last_line == self.first_line else f"-{self.last_line}"
        return f"{self.document}:{page}{self.first_line}{last}"

    def words(self) -> str:
        """The page, or the lines of a text without pages, as the app shows them.

        >>> Place("a", None, 3, 5).words(), Place("a", None, 3, 3).words(), Place("a", 2, 3, 5).words()
        ('lines 3–5', 'line 3', 'page 2')
        >>> Place("a", 2, 3, 5, "118").words()
        'page 118 (sheet 2)'
        """
        if self.page is not None:
            return f"page {self.label} (sheet {self.page})" if self.label else f"page {self.page}"
        if self.first_line == self.last_line:
            return f"line {self.first_line}"
        return f"lines {self.first_line}–{self.last_line}"


def breadcrumb(*parts: str) -> str:
    """Title, section and place on one line; empty parts are left out.

    >>> breadcrumb("A title", "", "page 2")
    'A title · page 2'
    """
    return " · ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Region:
    """A half-open range of a document's raw text that its layout shows to be of one kind.

    `head` is a running head, a footer or a page number; `authors` is all front matter that is no sentence.
    `other` is text that is none of these kinds, as far as is known; it is not searched, and lowers the page's score.
    """

    start: int
    end: int
    kind: RegionKind


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a page (from 1; None for a text without pages) was read: from 0 (not at all) to 1, with reasons.

    If not `judged`, its words could not be, since its language is not English; `score` is that of its characters.
    """

    page: int | None
    score: float
    reasons: tuple[str, ...] = ()
    judged: bool = True


def falling(share: float, well: float, worthless: float) -> float:
    """What a fault leaves of a page's score: 1 up to the share `well`, 0 from `worthless` on, and even between them.

    >>> falling(0.1, 0.2, 0.4), round(falling(0.3, 0.2, 0.4), 2), falling(0.5, 0.2, 0.4)
    (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, (worthless - share) / (worthless - well)))


WELL_READ = 0.5
"""The score below which a page carries a warning; set by hand. No page of the three texts and six open-access PDFs
had less than 0.98 on 2026-11-21."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source as it was read.

    `raw` is exactly what was decoded or extracted. `page_starts` are the offsets at which pages begin (empty for a text
    without pages). `layout` has the pages' regions, in order; if it is empty, they are inferred from the lines.
    `page_labels` are the printed page numbers, or empty. `quality` says how well each page was read. `lines` says where
    each page's lines are printed, packed by `papers.pdf.printed`, or is empty. `extractor` names the program and
    version that made `raw`. `metadata` holds strings: always `title`, and what else is known (`author`, `year`, …).
    """

    id: str
    sha256: str
    raw: str = field(repr=False)
    page_starts: tuple[int, ...] = field(default=(), repr=False)
    layout: tuple[Region, ...] = field(default=(), repr=False)
    extractor: str = "utf-8"
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    page_labels: tuple[str, ...] = field(default=(), repr=False)
    quality: tuple[Quality, ...] = field(default=(), repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    @property
    def title(self) -> str:
        """The title, or the id where none is known."""
        return self.metadata.get("title") or self.id

    def warning(self, span: Span) -> str:
        """A warning for a quote from a page that was read badly; "" if it was read well."""
        page = self.locate(span).page
        for quality in self.quality:
            if quality.page == page and quality.score < WELL_READ:
                where = "This text" if page is None else "This page"
                return f"{where} was read badly: {'; '.join(quality.reasons)}. Look at the original."
        return ""

    def locate(self, span: Span) -> Place:
        """The page and lines of a span.

        Lines are counted in the whole raw text and end at CR, LF or CR LF. A span over a page break belongs to the page
        on which it begins. Raises `QuoteError` if the span ends past the raw text.

        >>> Document("a", "", "one\\ntwo\\nthree").locate(Span(4, 9))
        Place(document='a', page=None, first_line=2, last_line=3, label='')
        """
        if span.end > len(self.raw):
            raise QuoteError(f"{self.id} has {len(self.raw)} characters; {span.start}-{span.end} is past its end")
        breaks = _line_breaks(self.raw)
        first, last = 1 + bisect_right(breaks, span.start), 1 + bisect_right(breaks, span.end - 1)
        page = bisect_right(self.page_starts, span.start) if self.page_starts else None
        label = self.page_labels[page - 1] if page and self.page_labels else ""
        return Place(self.id, page, first, last, "" if label == str(page) else label)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Readable words and their place in the raw text: one span, or several if something interrupts the sentence.

    Spans are in reading order, which is not always the order of the raw text.
    """

    text: str
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        if not self.text.strip() or not self.spans:
            raise ValueError("a sentence has words and at least one span")


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """Whole sentences that are ranked and shown together; `section` is "" if the paper has none.

    `spans` are the sentences' spans with the white space between them, in reading order.
    """

    document: str
    section: str
    kind: Kind
    sentences: tuple[Sentence, ...]
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        if not self.sentences or not self.spans:
            raise ValueError("a passage has at least one sentence and one span")

    def __repr__(self) -> str:
        return f"Passage({self.id!r}, section={self.section!r}, kind={self.kind!r})"

    @property
    def id(self) -> str:
        """`document:start-end`: the same for two builds of the same corpus."""
        whole = hull(self.spans)
        return f"{self.document}:{whole.start}-{whole.end}"

    @property
    def text(self) -> str:
        """The sentences' words with single spaces between them."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its score (larger is better) and its rank by each ranker, from 1."""

    passage: Passage
    score: float
    ranks: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence with its place in the source, checked when it is made.

    `quote[i]` is sliced from `document.raw` and never stored, so it cannot differ from the source. The readable words
    must have the same letters and digits in the same order as the quote: repairs may remove hyphens and line breaks and
    resolve ligatures, and nothing else.

    Raises:
        QuoteError: a span lies outside the source, or the words are not those under the spans.
    """

    document: Document
    section: str
    sentence: Sentence

    def __post_init__(self) -> None:
        check_quote(self.document, self.sentence.text, self.spans)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the sentence stands in the raw text, in reading order."""
        return self.sentence.spans

    @property
    def quote(self) -> tuple[str, ...]:
        """The raw text under each span."""
        return tuple(self.document.raw[span.start : span.end] for span in self.spans)

    @property
    def text(self) -> str:
        """The same in readable words."""
        return self.sentence.text

    @property
    def place(self) -> Place:
        """The page of the first span, and the first and last line that hold a part of the quote."""
        places = [self.document.locate(span) for span in self.spans]
        return Place(
            self.document.id,
            places[0].page,
            min(place.first_line for place in places),
            max(place.last_line for place in places),
            places[0].label,
        )

    @property
    def warning(self) -> str:
        """A warning for a quote of which a page was read badly; "" if all of it was read well."""
        return next(filter(None, map(self.document.warning, self.spans)), "")

    def __str__(self) -> str:
        return str(self.place)


Line = tuple[Literal["data", "remark"], str]
"""A line of a printed result: data, or what is said about it; `qa ask` prints remarks to standard error."""


Correction = tuple[str, str]
"""A slip of the pen in a question: the word as typed, and as it was understood."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is asked of: ids of papers and names of sections; empty means all of them.

    >>> Scope(["a", "b"]).documents
    ('a', 'b')
    """

    documents: Sequence[str] = ()
    sections: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "documents", tuple(self.documents))
        object.__setattr__(self, "sections", tuple(self.sections))

    def __bool__(self) -> bool:
        return bool(self.documents or self.sections)


EVERYTHING = Scope()
"""All papers and all sections."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Quotes that answer the question, the best first; it cannot be made without a citation.

    `confidence` is the calibrated probability, 0 to 1, that the quotes answer the question. `labels` say what each
    quote speaks of, where they do not all speak of one thing; otherwise it is empty. `corrections` are pairs: a word as
    typed, and as it was understood.
    """

    question: str
    interpreted_as: str
    citations: tuple[Citation, ...]
    confidence: float
    highlights: tuple[str, ...]
    passages: tuple[Hit, ...] = field(repr=False)
    generation: str
    labels: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("an answer has at least one citation; without one it is an Abstention")
        if self.labels and len(self.labels) != len(self.citations):
            raise ValueError(f"{len(self.labels)} labels do not fit {len(self.citations)} citations")

    @property
    def text(self) -> str:
        """The answering sentences in readable words."""
        return " ".join(citation.text for citation in self.citations)

    def lines(self) -> Iterator[Line]:
        """The answer as `qa ask` prints it."""
        yield from _interpreted(self)
        if self.labels:
            for i, (label, citation) in enumerate(zip(self.labels, self.citations, strict=True), start=1):
                yield "data", f"{label}: {citation.text} [{i}]"
        else:
            yield "data", " ".join(f"{citation.text} [{i}]" for i, citation in enumerate(self.citations, start=1))
        yield "data", ""
        for number, citation in enumerate(self.citations, start=1):
            yield "data", f"[{number}] {_source(citation)}"
            if citation.warning:
                yield "remark", f"[{number}] {citation.warning}"
        if self.unanswered:
            yield "remark", f"No sentence clearly answers: {'; '.join(self.unanswered)}."
        yield "remark", f"Confidence {self.confidence:.0%}."

    def __str__(self) -> str:
        return "\n".join(text for _, text in self.lines())


@dataclass(frozen=True, slots=True)
class Abstention:
    """The result if no sentence clearly answers; `passages` are the nearest ones, and are no answer.

    `possible` is the nearest sentence, if it may answer, and None if that is unlikely. `missing` are the things that
    the question names and that no passage speaks of together with what is asked. `scope` is where the question was
    asked. `corrections` are as an answer's.
    """

    question: str
    interpreted_as: str
    reason: str
    confidence: float
    passages: tuple[Hit, ...] = field(repr=False)
    generation: str
    possible: Citation | None = None
    missing: tuple[str, ...] = ()
    scope: Scope = field(default=EVERYTHING, repr=False)
    corrections: tuple[Correction, ...] = ()

    @property
    def headline(self) -> str:
        """The outcome in a few words, which claim no more than is known."""
        return headline(self.scope, is_possible=self.possible is not None)

    def lines(self) -> Iterator[Line]:
        """The abstention as `qa ask` prints it."""
        yield from _interpreted(self)
        yield "remark", f"{self.headline}. {self.reason}"
        if self.possible:
            yield "data", f"  {self.possible.text}"
            yield "data", f"  {_source(self.possible)}"
        if self.passages:
            yield "remark", "Nearest passages, not an answer:"
        for hit in self.passages[:3]:
            yield "data", f"  {hit.passage.id}: {hit.passage.text}"

    def __str__(self) -> str:
        return "\n".join(text for _, text in self.lines())


def _source(citation: Citation) -> str:
    section = f", {citation.section}" if citation.section else ""
    return f"{citation.document.title}{section} ({citation})"


def headline(scope: Scope, *, is_possible: bool) -> str:
    """An abstention in a few words, which claim no more than is known.

    >>> headline(Scope(["a"]), is_possible=False)
    'The chosen paper does not say'
    """
    if is_possible:
        return "Possibly"
    if len(scope.documents) == 1:
        return "The chosen paper does not say"
    if scope:
        return "The chosen papers do not say" if scope.documents else "The chosen sections do not say"
    return "No sentence clearly answers this"


def corrected(question: str, corrections: Iterable[Correction]) -> str:
    """A question with its corrections made.

    >>> corrected("Which dose of dupilumb?", [("dupilumb", "dupilumab")])
    'Which dose of dupilumab?'
    """
    meant = dict(corrections)
    return re.sub(r"[A-Za-z]+", lambda word: meant.get(word[0], word[0]), question) if meant else question


def understood(question: str, interpreted_as: str, corrections: Iterable[Correction] = ()) -> tuple[str, ...]:
    """How a question was understood, a remark each for its corrections and its rewriting; () if it was asked as typed.

    >>> understood("dose of dupilumb?", "dose of dupilumab?", [("dupilumb", "dupilumab")])
    ('Asked for: dupilumab',)
    >>> understood("And then?", "What happened then?")
    ('Interpreted as: What happened then?',)
    """
    pairs = [*corrections]
    remarks = [f"Asked for: {', '.join(dict.fromkeys(meant for _, meant in pairs))}"] if pairs else []
    if corrected(question, pairs) != interpreted_as:
        remarks.append(f"Interpreted as: {interpreted_as}")
    return tuple(remarks)


def _interpreted(result: Result) -> Iterator[Line]:
    for remark in understood(result.question, result.interpreted_as, result.corrections):
        yield "remark", remark


Result = Answer | Abstention


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a conversation: the question as typed, and its result."""

    question: str
    result: Result


_BARE: Mapping[int, str | None] = {ord("ı"): "i", ord("ȷ"): "j", **dict.fromkeys(range(0x2C6, 0x2CC))}
"""Letters that have no dot where an accent stands, and accents that Unicode counts as letters: ˆ, ˇ and the like."""


def letters(text: str) -> str:
    """The letters and digits of a text, with ligatures and superscripts resolved, without accents.

    >>> letters("ex-\\nperi\\ufb01ed, 18\\u00b3."), letters("Barr´e") == letters("Barré")
    ('experified183', True)
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).translate(_BARE) if c.isalnum())


def _accents(text: str) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """The accents on letters, each with the number of its letter, and those alone, with how many letters precede."""
    on_letters, alone = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    count, after_letter = 0, False
    for c in unicodedata.normalize("NFKD", text):
        accent = COMBINING.get(c)
        if accent is not None or "\u0300" <= c <= "\u036f":
            if accent is None and after_letter:
                on_letters[count - 1, c] += 1
            else:
                alone[count, accent or c] += 1
        else:
            after_letter = c.isalnum()
            count += after_letter
    return on_letters, alone


def _has_its_accents(text: str, raw: str) -> bool:
    """Whether a text has the accents of a raw text with the same letters, and no others.

    >>> _has_its_accents("Barré", "Barr´e"), _has_its_accents("Barré", "Barre"), _has_its_accents("Barre", "Barré")
    (True, False, False)
    """
    if text.isascii() and raw.isascii():
        return True
    (wanted, _), (printed, alone) = _accents(text), _accents(raw)
    set_on = wanted - printed
    return not printed - wanted and all(alone[i, accent] or alone[i + 1, accent] for i, accent in set_on)


def check_quote(document: Document, text: str, spans: Sequence[Span]) -> None:
    """Raise `QuoteError` unless `text` has the letters and digits of the raw text under `spans`, in order.

    Its accents must be those of the raw text, where they may also stand alone beside their letters.
    """
    if max(span.end for span in spans) > len(document.raw):
        raise QuoteError(f"a quote of {document.id} lies past the end of its text; run `qa index verify`")
    raw = "".join(document.raw[span.start : span.end] for span in spans)
    if letters(text) != letters(raw) or not _has_its_accents(text, raw):
        where = f"{spans[0].start}-{spans[-1].end}"
        raise QuoteError(f"words said to stand in {document.id} at {where} do not; run `qa index build --full`")
