"""Repairs case by case, out of `cases.json`: what is to be repaired, and what looks broken and is not.

To add a case, add an object there: a `label`, a `comment` that says what it is about, `raw` (a string, or a list
of its lines) and the `blocks` that a person would have typed, each a kind and a text. Instead of `raw` it may have
`pages`, each a list of regions with a kind and a text; where they are `printed`, each character of a line takes the
same room. What the code does not manage yet has the reason under `xfail`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.pdf.printed import PrintedLine, Word, pack
from qa.papers.repair import FIXERS, repair
from qa.papers.segment import passages_of
from qa.types import Citation, Document, Region, RegionKind, Sentence, check_quote, letters

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))


def document_of(case: dict[str, Any]) -> Document:
    if "pages" not in case:
        return Document("case", "", case["raw"] if isinstance(case["raw"], str) else "\n".join(case["raw"]))
    raw, starts, layout = "", [], []
    for page in case["pages"]:
        raw += "\f" if starts else ""
        starts.append(len(raw))
        for number, (kind, text) in enumerate(page):
            raw += "\n\n" if number else ""
            layout.append(Region(len(raw), len(raw) + len(text), kind))
            raw += text
    lines = [pack(typed(page)) for page in raw.split("\f")] if "printed" in case else []
    return Document("case", "", raw, tuple(starts), tuple(layout), lines=tuple(lines))


def typed(page: str) -> Iterator[PrintedLine]:
    """The cells of a page's lines as a typewriter would print them."""
    for number, line in enumerate(re.finditer(r"[^\n]+", page)):
        for cell in re.finditer(r"\S+(?: \S+)*", line[0]):
            words = [(line.start() + cell.start() + word.start(), word[0]) for word in re.finditer(r"\S+", cell[0])]
            yield PrintedLine(
                tuple(
                    Word(at, at + len(word), 50 * (at - line.start()), 50 * (at - line.start() + len(word)))
                    for at, word in words
                ),
                100 * number,
                100 * number + 70,
            )


def check_quotes(document: Document) -> None:
    """Every block has the letters of its spans, and no two blocks quote the same characters but a table's heads."""
    quoted: set[int] = set()
    for block in repair(document).blocks:
        sentence = Sentence(block.readable.text, block.readable.spans(0, len(block.readable.text)))
        check_quote(document, sentence.text, sentence.spans)
        for span in sentence.spans if block.kind != "row" else ():
            assert quoted.isdisjoint(range(span.start, span.end))
            quoted.update(range(span.start, span.end))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["label"], marks=[pytest.mark.xfail(reason=case["xfail"])] if "xfail" in case else [])
        for case in CASES
    ],
)
def test_case(case: dict[str, Any]) -> None:
    document = document_of(case)
    assert [[block.kind, block.readable.text] for block in repair(document).blocks] == case["blocks"]
    check_quotes(document)


def test_every_change_has_the_name_of_a_fixer_and_every_fixer_a_case() -> None:
    names = {change.name for case in CASES for change in repair(document_of(case)).changes}
    assert names == FIXERS.keys()


def test_the_title_is_the_one_of_the_layout() -> None:
    pages = [[["head", "Moth J"], ["title", "Of Moths and\nTheir La-\nmps"], ["body", "They fly."]]]
    assert repair(document_of({"pages": pages})).title == "Of Moths and Their Lamps"
    assert repair(document_of({"raw": "They fly."})).title == ""


def test_cases_are_told_apart() -> None:
    keys = {"label", "comment", "raw", "pages", "printed", "blocks", "xfail"}
    assert {key for case in CASES for key in case} <= keys
    assert [label for label, times in Counter(case["label"] for case in CASES).items() if times > 1] == []


PIECES = [
    *("The spleen was pale and", "swollen in 3 of 10 ham-", "sters with fever.3", " Kept in the cold", "ends here."),
    *("Figure 1. A slice of the", "Table 2: doses", "Methods", "Abstract", "2. Results", "lower case goes on", "", ""),
    *("kidney,4 and", "PET/", "(q35)", "well-", "known", "10-", "PAX3-", "x", "0.5 mg", "[3].", "e.g.", "..."),
    *("“Quoted!”", "ob\u00adject", "e\ufb03cient", "\ufeff", "- item", "• item", "\u2028new"),
]
HEADS = ["Hamster Res 5(2):1-9, 2012", "Smith et al.", "left             right", "A B C", "12", "\f"]


def raw_of(pieces: list[str]) -> st.SearchStrategy[str]:
    lines = st.tuples(st.sampled_from(pieces), st.sampled_from(["\n", "\n", "\n\n", "\r\n", " \n", "\r", "\n\n\n"]))
    return st.lists(lines.map("".join), max_size=40).map("".join)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(raw_of(PIECES + HEADS))
def test_any_lines_are_repaired_and_quoted(raw: str) -> None:
    check_quotes(Document("case", "", raw))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(raw_of(PIECES))
def test_nothing_is_lost_where_there_are_no_heads(raw: str) -> None:
    blocks = repair(Document("case", "", raw)).blocks
    assert Counter(letters("".join(block.readable.text for block in blocks))) == Counter(letters(raw))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=80))
def test_any_text_is_repaired_and_quoted(raw: str) -> None:
    check_quotes(Document("case", "", raw))


REGIONS = st.tuples(
    st.sampled_from(get_args(RegionKind)), st.sampled_from([piece for piece in PIECES if piece.strip()])
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.lists(REGIONS, max_size=8), min_size=1, max_size=4))
def test_any_layout_is_followed_and_quoted(pages: list[list[tuple[RegionKind, str]]]) -> None:
    document = document_of({"pages": pages})
    check_quotes(document)
    read = [(kind, text) for page in pages for kind, text in page if kind not in ("head", "title", "authors", "other")]
    blocks = repair(document).blocks if document.layout else ()
    assert Counter(letters("".join(b.readable.text for b in blocks))) == Counter(letters("".join(t for _, t in read)))
    lifted = [b.kind for b in blocks if b.kind not in ("body", "heading")]
    assert set(lifted) <= {kind for kind, _ in read}
    running = [int(b.readable.starts[0]) for b in blocks if b.kind in ("body", "heading")]
    assert running == sorted(running)


TOLD = """The hamsters were fed at noon, and those that had slept in the barn were weigh-
ed before they went to the well in the yard. Few of them drank, and
none was ill. They were then taken to the Hamster House of the Institute, which
stands on a hill. It was warm there in all of the summer, and they ate."""
INTERRUPTIONS = [
    "\n\nXenon Res 5(2):1-9, 2012\n\n",
    "\n\nXaver et al.\n\n12                                              Xenon Res\n\n",
    "\n\nFigure 1. X marks the yard and\nthe barn. (A) X too.\n\n",
    "\n\nTable 2: X by weight\n ",
    "\n Fig. 3. X of the well.\n\nXaver et al.\n\n",
]


def said(raw: str, layout: tuple[Region, ...] = ()) -> tuple[list[str], list[str]]:
    """The sentences of the body in readable words, and what stands in the raw text under each."""
    document = Document("case", "", raw, (0,) if layout else (), layout)
    passages = passages_of(document, repair(document).blocks, 160)
    sentences = [s for passage in passages if passage.kind == "body" for s in passage.sentences]
    citations = [Citation(document, "", sentence) for sentence in sentences]
    return [citation.text for citation in citations], ["\n".join(citation.quote) for citation in citations]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([None, None, *INTERRUPTIONS]), min_size=3, max_size=3))
def test_what_interrupts_the_lines_of_a_sentence_is_in_no_citation(between: list[str | None]) -> None:
    lines = TOLD.split("\n")
    raw = lines[0] + "".join((cut or "\n") + line for cut, line in zip(between, lines[1:], strict=True)) + "\n"
    words, quotes = said(raw)
    assert words == said(TOLD)[0]
    assert len(words) == 4
    assert not any("X" in quote for quote in quotes)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([None, "head", "caption", "table", "abstract", "reference"]), min_size=3, max_size=3))
def test_what_interrupts_the_regions_of_a_sentence_is_in_no_citation(between: list[RegionKind | None]) -> None:
    raw, layout = "", []
    for line, kind in zip(TOLD.split("\n"), [*between, None], strict=True):
        layout.append(Region(len(raw), len(raw) + len(line), "body"))
        raw += line + "\n\n"
        if kind:
            layout.append(Region(len(raw), len(raw) + 7, kind))
            raw += "X of X.\n\n"
    words, quotes = said(raw, tuple(layout))
    assert words == said(TOLD)[0]
    assert not any("X" in quote for quote in quotes)
