"""The shapes of requests and replies, described field by field: OpenAPI and the tools' schemas are made of them.

Replies are rows of `qa.records`. A test holds these shapes to them; a field more is allowed, as in the contract.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_TURNS = 20
"""Earlier questions that a follow-up may bring. All are asked anew, since nothing is kept of a conversation: a third of
a second each on two cores. Set by hand on 2026-11-27."""
MOST_NAMES = 1000
"""Papers, or sections, of a scope; set by hand on 2026-11-27."""
MOST_HITS = 1000
"""Passages of one search, as for `qa search`."""
MOST_PAPERS = 1000
"""Papers of one list; set by hand on 2026-11-27."""

PASSAGE_ID = "Id of the passage: `document:start-end`"

Pair = Annotated[list[int], Field(min_length=2, max_length=2)]
Spans = Annotated[
    list[Pair],
    Field(description="Half-open ranges of characters in the raw text of the paper, as [start, end], in reading order"),
]
Question = Annotated[str, Field(description="The question, in English. At most 2,000 characters, unless set otherwise")]
Turns = Annotated[
    list[str],
    Field(
        max_length=MOST_TURNS,
        description="The questions that were asked before in this conversation, oldest first, if this one follows up "
        "on them. Nothing is kept between calls",
    ),
]
Documents = Annotated[
    list[str], Field(max_length=MOST_NAMES, description="Ids of the papers to ask; all of them if none is named")
]
Sections = Annotated[
    list[str],
    Field(max_length=MOST_NAMES, description="Sections to ask, as a paper's `sections` has them; all if none is named"),
]
AsTyped = Annotated[
    bool,
    Field(description="Ask word for word: slips of the pen stay, and a follow-up is asked without what it follows"),
]
Method = Annotated[
    Literal["dense", "lexical", "hybrid"],
    Field(description="How passages are ranked: by the meaning of their words, by the words themselves, or by both"),
]
Generation = Annotated[str, Field(description="The state of the index that was asked")]


class Asked(BaseModel):
    """A question, and what it is asked of."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    turns: Turns = []
    documents: Documents = []
    sections: Sections = []
    as_typed: AsTyped = False
    id: str | int | None = Field(None, description="Comes back with the answer")


class Row(BaseModel):
    """A reply, which may have more fields than are described."""

    model_config = ConfigDict(extra="allow")


class Quote(Row):
    """A sentence, and the words of the source that it is. They were compared before the sentence was shown."""

    number: int = Field(description="From 1")
    document: str = Field(description="Id of the paper")
    title: str = Field(description="Title of the paper")
    section: str = Field(description="Section; empty if the paper has none")
    page: int | None = Field(description="Page, from 1; null for a text without pages")
    page_label: str | None = Field(description="Page number as printed, if it is another")
    lines: Pair = Field(description="First and last line of the raw text, from 1")
    spans: Spans
    quote: list[str] = Field(description="The raw text under each span, character for character")
    text: str = Field(description="The same in readable words")
    sha256: str = Field(description="SHA-256 of the source file, in hex")
    warning: str | None = Field(description="A warning, if the page was read badly")


class Citation(Quote):
    """A quote of an answer."""

    speaks_of: str | None = Field(description="What it speaks of, where the quotes do not all speak of one thing")


class Passage(Row):
    """Whole sentences that are ranked and shown together."""

    id: str = Field(description=PASSAGE_ID)
    document: str = Field(description="Id of the paper")
    title: str = Field(description="Title of the paper")
    section: str = Field(description="Section; empty if the paper has none")
    kind: Literal["body", "caption", "abstract", "table", "reference"] = Field(description="What it is made of")
    page: int | None = Field(description="Page, from 1; null for a text without pages")
    text: str = Field(description="Readable words")
    spans: Spans


class Hit(Passage):
    """A passage that was found."""

    rank: int = Field(description="From 1, the best")
    score: float = Field(description="Larger is better; comparable within one reply only")
    ranks: dict[str, int] = Field(description="Its rank by each ranker, from 1")


class Correction(Row):
    """A slip of the pen in the question."""

    typed: str = Field(description="The word as typed")
    as_: str = Field(alias="as", description="The word as it was understood")


class Milliseconds(Row):
    """How long it took."""

    total: float = Field(description="From the question to its result, in milliseconds")


class Result(Row):
    """An answer, every word of which is a quote, or an abstention: what `qa ask --json` prints."""

    id: str | int | None = Field(description="The id that came with the question")
    turn: int = Field(description="Number of the question in its conversation, from 1")
    question: str = Field(description="The question as typed")
    interpreted_as: str = Field(description="The question as it was read, which needs no earlier turn")
    outcome: Literal["answer", "abstention"] = Field(
        description="An abstention means that no sentence of the papers clearly answers"
    )
    confidence: float = Field(
        ge=0, le=1, description="Calibrated probability that what was found answers the question, for both outcomes"
    )
    answer: str | None = Field(description="The answering sentences in readable words; null for an abstention")
    highlights: list[str] = Field(description="The words that answer, within the answer; may be empty")
    unanswered: list[str] = Field(description="Sides of the question that no sentence clearly answers")
    reason: str | None = Field(description="Why there is no answer; null for an answer")
    possible: Quote | None = Field(
        description="For some abstentions, the nearest sentence, which may answer; it is uncertain, and no answer"
    )
    missing: list[str] = Field(description="What the question names, and no passage speaks of; empty for an answer")
    citations: list[Citation] = Field(description="The sentences of the answer; empty for an abstention")
    passages: list[Hit] = Field(description="The passages nearest to the question, best first, for both outcomes")
    generation: Generation
    corrections: list[Correction] = Field(description="Slips of the pen that were put right")
    milliseconds: Milliseconds = Field(description="How long it took; differs from call to call")


class Found(Row):
    """Passages that were found, best first."""

    generation: Generation
    passages: list[Hit] = Field(description="Best first")


class ReadPassage(Passage):
    """One passage, and those beside it in its paper."""

    generation: Generation
    previous: str | None = Field(description="Id of the passage before it in the paper; null for the first")
    next: str | None = Field(description="Id of the passage after it in the paper; null for the last")


class Paper(Row):
    """A paper, as a list names it."""

    id: str = Field(description="The name of its file, without the ending")
    title: str = Field(description="Its title, or its id if that is not known")
    metadata: dict[str, str] = Field(description="What is known of it: authors, year, journal, DOI")
    pages: int | None = Field(description="Number of pages; null for a text without pages")
    passages: int = Field(description="Number of passages")
    sha256: str = Field(description="SHA-256 of the source file, in hex")
    extractor: str = Field(description="What made its raw text, with the version")


class Papers(Row):
    """Papers in the order of their ids."""

    generation: Generation
    total: int = Field(description="Number of papers in the library")
    papers: list[Paper] = Field(description="The papers of this part of the list")


class PageQuality(Row):
    """How well a page was read."""

    page: int | None = Field(description="Page, from 1; null for a text without pages")
    score: float = Field(ge=0, le=1, description="1 is best")
    reasons: list[str] = Field(description="What speaks against it")
    judged: bool = Field(description="False if its words could not be judged, since they are not English")


class ReadPaper(Paper):
    """All that is known of a paper, but for its text."""

    generation: Generation
    quality: list[PageQuality] = Field(description="How well each page was read")
    sections: list[str] = Field(description="The sections that a question can be limited to")


class Health(Row):
    """What is served."""

    status: Literal["ok"] = Field(description="Always ok; if the index cannot be opened, there is an error instead")
    generation: Generation
    papers: int = Field(description="Number of papers")
    passages: int = Field(description="Number of passages")


class Failure(Row):
    """Why there is no reply."""

    error: str = Field(description="What happened, and what helps, in one or two sentences")
