"""Nothing vanishes: what is in no passage that is searched is listed, and has a name."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.ingest import Paper, ingest_here
from qa.papers.left_out import NAMES, Unsearched, left_out
from qa.papers.pdf.pages import read_pages
from qa.papers.repair import repair
from qa.papers.sources import Source
from qa.types import SourceError, letters
from tests.papers.pdf.drawing import BATS, LEFT, MOTHS, OWLS, TITLE, Drawing, sentences, titled

PIECES = [
    *sentences(OWLS + MOTHS),
    "References",
    "[1] Low A, High B. Owls at night. J Made Up Birds. 2001;3:11-9.",
    "Table 1. Owls by weight",
    "Heavy  12  7",
    "Anna B. Berger, Boris C. Novak",
    "Department of Night, University of Owls",
    "Abstract",
    "METHODS",
    "Fig. 2 A bat",
    "7",
    "q = r + s",
]
BLOCKS = st.tuples(
    st.sampled_from(PIECES),
    st.sampled_from([(LEFT, 500), (LEFT, 235), (306, 235)]),
    st.sampled_from([7.0, 10.0, 12.0, 18.0]),
    st.sampled_from(["", "B", "I"]),
)


def ingested(data: bytes, folder: Path) -> Paper:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return ingest_here(Source("paper", path, {}), 160)


def unsearched(paper: Paper) -> tuple[Unsearched, ...]:
    return left_out(paper.document, paper.passages, repair(paper.document).changes)


def said(paper: Paper, found: Sequence[Unsearched], kind: str) -> list[str]:
    return [paper.document.raw[one.span.start : one.span.end] for one in found if one.kind == kind]


def check_law(paper: Paper) -> None:
    """Each letter of the raw text is searched, or carried by a passage as title or section, or listed with a name."""
    document = paper.document
    covered = Counter[int]()
    for passage in paper.passages:
        if passage.kind != "reference":
            for span in (span for sentence in passage.sentences for span in sentence.spans):
                covered.update(range(span.start, span.end))
    found = unsearched(paper)
    carried = letters(" ".join([document.title, *(passage.section for passage in paper.passages)])).lower()
    for one in found:
        assert one.kind in NAMES
        assert not any(i in covered for i in range(one.span.start, one.span.end))
        covered.update(range(one.span.start, one.span.end))
    for region in document.layout:
        missing = "".join(document.raw[i] for i in range(region.start, region.end) if i not in covered)
        assert all(letters(line).lower() in carried for line in missing.split("\n"))
    for quality in document.quality:
        lost = [one for one in found if one.kind == "other" and document.locate(one.span).page == quality.page]
        lines = sum(document.raw[one.span.start : one.span.end].count("\n") + 1 for one in lost)
        assert lines <= 2 or (quality.score < 1 and any("are left out" in reason for reason in quality.reasons))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.lists(BLOCKS, max_size=9), min_size=1, max_size=3))
def test_no_letter_of_any_page_vanishes(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[tuple[str, tuple[int, int], float, str]]]
) -> None:
    drawing = Drawing()
    drawn = ""
    for number, blocks in enumerate(pages):
        if number:
            drawing.new_page()
        y = 60.0
        for text, (x, width), size, style in blocks:
            y = drawing.text(x, y, width, text, size, style) + 0.6 * size
            drawn += text
    data = drawing.data()
    read = read_pages(pypdf.PdfReader(io.BytesIO(data)))
    assert Counter(letters("".join(page.text for page in read))) == Counter(letters(drawn))
    for page in read:
        inside = "".join(page.text[region.start : region.end] for region in page.regions)
        assert letters(inside) == letters(page.text)
    try:
        paper = ingested(data, tmp_path_factory.mktemp("corpus"))
    except SourceError:
        return  # not one sentence on it
    check_law(paper)


@pytest.mark.skipif("QA_TEST_PDFS" not in os.environ, reason="QA_TEST_PDFS names no folder with PDFs")
def test_no_letter_of_any_pdf_at_hand_vanishes() -> None:
    for path in sorted(Path(os.environ["QA_TEST_PDFS"]).glob("*.pdf")):
        try:
            paper = ingest_here(Source(path.stem, path, {}), 160)
        except SourceError:
            continue
        check_law(paper)


def test_what_is_left_out_is_listed_by_its_kind(tmp_path: Path) -> None:
    drawing = Drawing()
    y = titled(drawing)
    for i in range(5):
        drawing.line(LEFT, y + 10 * i, f"Quill Roost {i}.5 mm", 8)
    drawing.line(LEFT, y + 90, "Introduction", 12, "B")
    y = drawing.text(LEFT, y + 106, 495, (OWLS + BATS) * 3)
    drawing.line(LEFT, y + 20, "References", 12, "B")
    drawing.line(LEFT, y + 36, "[1] Low A, High B. Owls at night. J Made Up Birds. 2001;3:11-9.")
    paper = ingested(drawing.data(), tmp_path)
    found = unsearched(paper)
    assert said(paper, found, "authors") == ["Anna B. Berger, Boris C. Novak"]
    assert said(paper, found, "reference") == ["[1] Low A, High B. Owls at night. J Made Up Birds. 2001;3:11-9."]
    (lost,) = said(paper, found, "other")
    assert lost.count("Quill") == 5
    assert not said(paper, found, "title")
    assert TITLE not in "".join(said(paper, found, "other"))
    (page,) = paper.document.quality
    assert page.score < 1
    assert any(reason.startswith("5 lines are left out") for reason in page.reasons)
    check_law(paper)


def test_a_text_lists_its_running_heads(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "The hamsters were fed at noon, and those that had slept in the barn were\n\nXenon Res 5(2):1-9, 2012\n\n"
        "weighed before they went to the well in the yard.\n",
        encoding="utf-8",
    )
    paper = ingest_here(Source("a", path, {}), 160)
    (one,) = unsearched(paper)
    assert (one.kind, paper.document.raw[one.span.start : one.span.end]) == ("head", "Xenon Res 5(2):1-9, 2012")


def test_the_journals_citation_of_a_paper_behind_its_abstract_is_front_matter(tmp_path: Path) -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Abstract", 12, "B")
    y = drawing.text(LEFT, y + 16, 495, MOTHS + "(J Made Up Birds. 2011;3:14-21)")
    drawing.line(LEFT, y + 20, "Introduction", 12, "B")
    drawing.text(LEFT, y + 36, 495, (OWLS + BATS) * 3)
    paper = ingested(drawing.data(), tmp_path)
    found = unsearched(paper)
    assert said(paper, found, "authors") == ["Anna B. Berger, Boris C. Novak", "(J Made Up Birds.\n2011;3:14-21)"]
    assert not said(paper, found, "other")
    check_law(paper)
