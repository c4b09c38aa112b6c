"""The component: the paper in its two views, with what is marked in it. All text is set as text, never as HTML.

What the reader looks at, looks for and chooses is kept in the session as a `Reading`, one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import streamlit as st

from qa.text import visible
from qa.types import Document, SourceError, Span
from qa.web.reading import find, printed
from qa.web.reading.paper import Paper, Part
from qa.web.reading.parts import part_of

if TYPE_CHECKING:
    from qa.answers.nearby import Near

Task = Literal["highlight", "note", "near"]
"""What can be done with chosen words."""

_KEY = "qa-reading-sheet"
_MOST_PAGES = 12
"""Pages of one size that are drawn in one run, whatever the browser asks for. Set by hand on 2026-11-27."""
_MOST_BOXES = 300
"""Quotes that are boxed in one run: 2 s or so. Set by hand on 2026-11-27."""


class Marked(NamedTuple):
    """Parts of the paper that one user has marked, with a note or without."""

    parts: tuple[Part, ...]
    has_note: bool


class _Marks(NamedTuple):
    """All that is marked in the paper: where it was opened, in the raw and in the readable text, and the rest."""

    at: tuple[Span, ...]
    opened: tuple[Part, ...]
    own: tuple[Marked, ...]
    found: tuple[Part, ...]


@dataclass
class Reading:
    """What a user does with a paper. `paper` is its id and file.

    `look` are the pages that the browser shows (`near`) and lacks (`pages`, `thumbs`). `words` are looked for, and
    `found` says which were and where they stand. `go` is the sentence to show, with a number that grows with each wish.
    `chosen` are the words that `task` is done with, and `near` says for which words other papers were looked through,
    and what was found there.
    """

    paper: str = ""
    look: Mapping[str, Sequence[int]] = field(default_factory=dict)
    words: str = ""
    found: tuple[str, tuple[Part, ...]] = ("", ())
    go: tuple[int, int] = (0, 0)
    chosen: tuple[Part, ...] = ()
    task: Task | None = None
    near: tuple[tuple[Part, ...], tuple[Near, ...]] = ((), ())

    def goto(self, number: int) -> None:
        """Show a sentence."""
        self.go = (self.go[0] + 1, number)


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


_component = st.components.v2.component(
    "qa_reading",
    html=_file("reading.html"),
    js="\n".join(map(_file, ("text.js", "reading.js"))),
    isolate_styles=False,  # in a shadow root, most browsers do not tell what is selected
)


def reading(document: Document) -> Reading:
    """What this session does with a paper; it begins anew with another paper, or another file of it."""
    name = f"{document.id}@{document.sha256[:12]}"
    now: Reading = st.session_state.setdefault(_KEY, Reading())
    if now.paper != name:
        now = st.session_state[_KEY] = Reading(name)
    return now


def draw(paper: Paper, now: Reading, at: Sequence[Span], marks: Sequence[Marked], notice: str) -> None:
    """Draw the paper, opened at some spans of its raw text, with the user's marks in it."""
    if now.found[0] != now.words:
        now.found = (now.words, find.found(paper, now.words))
    shown = _Marks(tuple(at), paper.at(at), tuple(marks), now.found[1])
    data: dict[str, Any] = {
        "paper": f"{now.paper} {' '.join(f'{span.start}-{span.end}' for span in at)}",
        "blocks": list(_blocks(paper)),
        "sections": _sections(paper),
        "labels": _labels(paper.document),
        "pages": paper.pages,
        "start": shown.opened[0].number if shown.opened else paper.near(at[0]) if at else 0,
        "at": [(*part, "at") for part in shown.opened],
        "marks": [(*part, "own noted" if mark.has_note else "own") for mark in marks for part in mark.parts],
        "found": shown.found,
        "most": find.MOST,
        "words": now.words,
        "go": now.go,
    }
    data |= _pages(paper, now, shown, notice)
    key = f"qa-reader-{hashlib.sha256(data['paper'].encode()).hexdigest()[:12]}"
    _component(
        key=key,
        data=data,
        on_look_change=lambda: _looked(now, key, len(paper.document.page_starts)),
        on_find_change=lambda: _searched(now, key),
        on_do_change=lambda: _chosen(now, key),
    )


def _blocks(paper: Paper) -> Iterator[tuple[str, object]]:
    """Headings and paragraphs, in order; a paragraph is the list of its sentences."""
    before = None
    for section in paper.sections:
        if section.name and section.name != before:
            yield "heading", visible(section.name)
        before = section.name
        kind = "body" if section.kind in ("body", "abstract") else "aside"
        for numbers in section.passages:
            yield kind, [paper.sentences[number].text for number in numbers]


def _sections(paper: Paper) -> list[tuple[str, int]]:
    """The sections with the number of the first sentence of each; one that is interrupted counts once."""
    found: list[tuple[str, int]] = []
    for section in paper.sections:
        if not found or found[-1][0] != visible(section.name):
            found.append((visible(section.name), section.passages[0].start))
    return found


def _labels(document: Document) -> list[str]:
    """The pages, as they are printed where that is known."""
    labels = document.page_labels or [str(number) for number, _ in enumerate(document.page_starts, start=1)]
    return list(map(visible, labels))


class _Quote(NamedTuple):
    """Words to box on the printed pages: what they are, their sentence, and which find they are, if any."""

    kind: str
    sentence: int
    find: int | None
    spans: tuple[Span, ...]


def _quotes(paper: Paper, shown: _Marks, near: Sequence[int]) -> list[_Quote]:
    """What is marked on these pages, or begins on the one before or after."""
    parts: list[tuple[str, int | None, Part]] = [("at", None, part) for part in shown.opened]
    parts += [("own", None, part) for mark in shown.own for part in mark.parts]
    parts += [("found", number, part) for number, part in enumerate(shown.found)]
    quotes = [] if shown.opened or not shown.at else [_Quote("at", paper.near(shown.at[0]), None, tuple(shown.at))]
    for kind, number, part in parts:
        if any(abs(paper.pages[part.number] - page) <= 1 for page in near):
            spans = part_of(paper.document, paper.sentences[part.number], *part[1:]).spans
            quotes.append(_Quote(kind, part.number, number, spans))
    return quotes


def _pages(paper: Paper, now: Reading, shown: _Marks, notice: str) -> dict[str, Any]:
    """What is shown of the printed pages: those that the browser lacks, and the boxes on those that it shows."""
    document = paper.document
    data: dict[str, Any] = {"printable": bool(document.page_starts), "shapes": (), "images": {}, "thumbs": {}}
    data |= {"boxKey": hashlib.sha256(repr(shown).encode()).hexdigest(), "boxed": [], "boxes": [], "notice": notice}
    if not document.page_starts:
        return data
    try:
        printed.file(document)
        if now.look:
            near = now.look["near"]
            data["shapes"] = printed.shapes(document)
            data["images"] = {page: printed.sheet(document, page) for page in now.look["pages"]}
            data["thumbs"] = {page: printed.thumbnail(document, page) for page in now.look["thumbs"]}
            data |= {"boxed": near, "boxes": _boxes(paper, _quotes(paper, shown, near), near)}
    except SourceError as error:
        reason = str(error)
        reason = f"{reason[:1].upper()}{reason[1:]}. The text is shown as it was when it was indexed."
        data |= {"printable": False, "notice": " ".join(filter(None, (notice, visible(reason))))}
    return data


def _boxes(paper: Paper, quotes: Sequence[_Quote], near: Sequence[int]) -> list[dict[str, Any]]:
    from qa.papers.picture import pages_of

    wanted = [quote for quote in quotes if set(near).intersection(pages_of(paper.document, quote.spans))][:_MOST_BOXES]
    found = printed.boxes(paper.document, [quote.spans for quote in wanted])
    return [
        {
            "page": page,
            "kind": quote.kind,
            "sentence": quote.sentence,
            "find": quote.find,
            "box": tuple(asdict(box).values()),
        }
        for quote, by_page in zip(wanted, found, strict=True)
        for page, boxes in by_page.items()
        if page in near
        for box in boxes
    ]


def _looked(now: Reading, key: str, pages: int) -> None:
    wanted = _sent(key, "look")
    if isinstance(wanted, Mapping):
        now.look = {name: _numbers(wanted.get(name), pages) for name in ("near", "pages", "thumbs")}


def _numbers(sent: object, most: int) -> list[int]:
    """The pages in what a browser has sent."""
    numbers = sent if isinstance(sent, Sequence) else ()
    return [number for number in numbers if isinstance(number, int) and 1 <= number <= most][:_MOST_PAGES]


def _searched(now: Reading, key: str) -> None:
    words = _sent(key, "find")
    if isinstance(words, str):
        now.words = words[: find.LONGEST]


def _chosen(now: Reading, key: str) -> None:
    sent = _sent(key, "do")
    if not isinstance(sent, Mapping) or sent.get("what") not in get_args(Task):
        return
    try:
        now.chosen = tuple(Part(*map(int, part)) for part in sent["parts"])
    except (TypeError, ValueError, KeyError):
        return
    now.task = sent["what"]


def _sent(key: str, name: str) -> object:
    return getattr(st.session_state.get(key), name, None)
