"""Text that is painted twice at one place is read once, and what only looks so is kept."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.papers.ingest import Paper, ingest_here
from qa.papers.pdf.glyphs import Face, Run, part_of
from qa.papers.pdf.overprint import read_once
from qa.papers.pdf.pages import Page
from qa.papers.sources import Source
from qa.types import WELL_READ
from tests.papers.pdf.drawing import BATS, LEFT, MOTHS, OWLS, Drawing, running, sentences, texts, titled

SENTENCES = sentences(OWLS + BATS)[:6]
FACE = Face("Times", False, False)


def words(drawing: Drawing, x: float, y: float, text: str, size: float = 10, style: str = "") -> None:
    """Draw a line word by word."""
    for word in text.split():
        x = drawing.line(x, y, word, size, style)
        x = drawing.line(x, y, " ", size, style)


def letters(drawing: Drawing, x: float, y: float, text: str, size: float = 10, style: str = "") -> None:
    """Draw a line letter by letter, without its blanks."""
    for letter in text:
        end = drawing.line(x, y, letter if letter != " " else "", size, style)
        x = end if letter != " " else drawing.line(x, y, " ", size, style)


def whole(drawing: Drawing, x: float, y: float, text: str, size: float = 10, style: str = "") -> None:
    drawing.line(x, y, text, size, style)


def halves(drawing: Drawing, x: float, y: float, text: str, size: float = 10, style: str = "") -> None:
    """Draw a line in two parts, cut within a word."""
    at = len(text) // 2
    drawing.line(drawing.line(x, y, text[:at], size, style), y, text[at:], size, style)


def each_is_there_once(pages: Sequence[Page]) -> bool:
    """Whether the sentences are all there is, in order and each once."""
    return running(pages) == " ".join(SENTENCES)


def paper_of(drawing: Drawing, folder: Path) -> Paper:
    path = folder / "paper.pdf"
    path.write_bytes(drawing.data())
    return ingest_here(Source("paper", path, {}), 160)


@pytest.mark.parametrize("shift", [(0.3, 0), (1, 0), (-1, 0), (0, 1), (0, -1.5), (1.2, 1.2), (2, 0), (0, 0)])
@pytest.mark.parametrize("again", [whole, words, letters, halves])
@pytest.mark.parametrize("first", [whole, words, letters])
def test_a_line_painted_again_is_read_once(first, again, shift: tuple[float, float]) -> None:  # type: ignore[no-untyped-def]
    drawing = Drawing()
    titled(drawing)
    for i, text in enumerate(SENTENCES):
        first(drawing, LEFT, 130 + 12 * i, text)
        again(drawing, LEFT + shift[0], 130 + 12 * i + shift[1], text)
    assert each_is_there_once(drawing.pages())


@pytest.mark.parametrize("first", [whole, letters])
@pytest.mark.parametrize("again", [whole, letters, halves])
def test_a_page_painted_twice_is_read_once(first, again) -> None:  # type: ignore[no-untyped-def]
    drawing = Drawing()
    for paint in (first, again):
        titled(drawing)
        for i, text in enumerate(SENTENCES):
            paint(drawing, LEFT, 130 + 12 * i, text)
    assert each_is_there_once(drawing.pages())


def test_each_letter_and_its_shadow_are_one() -> None:
    drawing = Drawing()
    titled(drawing)
    for i, text in enumerate(SENTENCES):
        x = float(LEFT)
        for word in text.split():
            for letter in word:
                drawing.line(x + 1.2, 130 + 12 * i, letter)
                x = drawing.line(x, 130 + 12 * i, letter)
            x = drawing.line(x, 130 + 12 * i, " ")
    assert each_is_there_once(drawing.pages())


@pytest.mark.parametrize("layer", ["before", "behind"])
@pytest.mark.parametrize("white", [True, False])
def test_text_recognised_under_the_text_is_left_out(layer: str, white: bool, tmp_path: Path) -> None:
    """It has other letters, sizes and widths, and stands a little off."""
    drawing = Drawing()
    recognised = [text.replace("rn", "m").replace("ll", "11", 1) for text in SENTENCES]

    def under() -> None:
        with drawing.unseen(white):
            for i, text in enumerate(recognised):
                words(drawing, LEFT + 0.8, 129 + 12 * i, text, 9.8)

    titled(drawing)
    if layer == "before":
        under()
    for i, text in enumerate(SENTENCES):
        whole(drawing, LEFT, 130 + 12 * i, text)
    if layer == "behind":
        under()
    paper = paper_of(drawing, tmp_path)
    assert [s.text for p in paper.passages for s in p.sentences] == list(SENTENCES)
    assert paper.document.quality[0].score == 1


def test_text_recognised_on_a_scan_is_all_there_is() -> None:
    drawing = Drawing()
    with drawing.unseen():
        titled(drawing)
        for i, text in enumerate(SENTENCES):
            whole(drawing, LEFT, 130 + 12 * i, text)
    assert each_is_there_once(drawing.pages())


def test_two_layers_with_other_numbers_are_not_trusted(tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    for i in range(6):
        whole(drawing, LEFT, 130 + 12 * i, f"Owl {i} was given 10 mg of the drug in 24 hours and ate {i} of 37 mice.")
        whole(drawing, LEFT, 130 + 12 * i, f"Owl {i} was given 16 mg of the drug in 24 hours and ate {i} of 31 mice.")
    document = paper_of(drawing, tmp_path).document
    assert document.raw.count("was given") == 6
    assert document.quality[0].score < WELL_READ
    assert "painted twice" in document.quality[0].reasons[0]


def test_texts_that_lie_on_one_another_are_not_trusted(tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    for i, (one, other) in enumerate(zip(sentences(OWLS), sentences(MOTHS), strict=True)):
        whole(drawing, LEFT, 130 + 12 * i, one)
        whole(drawing, LEFT + 2, 132 + 12 * i, other)
    document = paper_of(drawing, tmp_path).document
    assert document.quality[0].score < WELL_READ
    assert any("lie on others" in reason for reason in document.quality[0].reasons)


def test_a_word_made_bold_in_a_line_is_read_once() -> None:
    drawing = Drawing()
    titled(drawing)
    x = drawing.line(LEFT, 130, "The owl hunts by ")
    for shift in (0.2, 0.4, 0.6):
        drawing.line(x + shift, 130, "ear")
    drawing.line(LEFT, 130, "The owl hunts by ear in the dark of the winter night.")
    assert running(drawing.pages()) == "The owl hunts by ear in the dark of the winter night."


def test_what_one_layer_has_more_is_kept() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.line(LEFT, 130, "The owl hunts by ear")
    with drawing.unseen():
        drawing.line(LEFT, 130, "The owl hunts by ear in the dark of the winter night.")
    assert running(drawing.pages()) == "The owl hunts by ear in the dark of the winter night."


@pytest.mark.parametrize(
    "text",
    [
        "The owl had had all the little mice that will still be illicit in Illinois.",
        "bookkeeper aardvark 11111 000000 77 77 77 1 1 1 1",
        "Owl owl owl owl: all all all, too too too... ----- ===== |||||",
    ],
)
@pytest.mark.parametrize("paint", [whole, words, letters])
@pytest.mark.parametrize("size", [6, 10, 24])
def test_what_is_there_twice_side_by_side_stays(text: str, paint, size: float) -> None:  # type: ignore[no-untyped-def]
    drawing = Drawing()
    paint(drawing, 10, 130, text, size / (1 if len(text) * size < 1000 else 1.7))
    assert "".join(drawing.pages()[0].text.split()) == text.replace(" ", "")


def test_equal_numbers_under_one_another_stay() -> None:
    drawing = Drawing()
    for i in range(10):
        for j in range(6):
            drawing.line(LEFT + 40 * j, 100 + 9 * i, "12", 9)
    assert drawing.pages()[0].text.count("12") == 60


def test_a_formula_keeps_what_stands_on_another_sign() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 100, "The number x")
    for x, y, text, size in ((108, 96, "2", 6.5), (108, 103, "i", 6.5), (130, 100, "=", 10), (131, 100, "/", 10)):
        drawing.line(x, y, text, size)
    assert sorted("".join(drawing.pages()[0].text.split())) == sorted("Thenumberx2i=/")


def run_of(text: str, x: float, y: float, size: float = 10.0) -> Run:
    """A run whose characters are half an em wide."""
    edges = tuple(x + i * size / 2 for i in range(len(text) + 1))
    return Run(text, x, edges[-1], y, size, FACE, edges=edges)


LINES = st.lists(
    st.text("abcdeft ", min_size=3, max_size=30).map(str.strip).filter(lambda t: len(t.replace(" ", "")) > 3),
    max_size=5,
)


@given(LINES, st.randoms(use_true_random=False))
def test_what_is_painted_once_stays_as_it_is(lines: list[str], chance: random.Random) -> None:
    runs = [run_of(text, 50, 700 - 12 * i) for i, text in enumerate(lines)]
    chance.shuffle(runs)
    assert read_once(runs).runs == runs


@given(LINES, st.floats(-2, 2), st.floats(-2, 2), st.randoms(use_true_random=False))
def test_no_character_is_lost_but_the_second_one(lines: list[str], dx: float, dy: float, chance: random.Random) -> None:
    """Two layers, the second shifted and cut anywhere, in any order."""
    runs: list[Run] = []
    for i, text in enumerate(lines):
        run = run_of(text, 50, 700 - 12 * i)
        again = replace(run, x0=run.x0 + dx, x1=run.x1 + dx, y=run.y + dy, edges=tuple(e + dx for e in run.edges))
        at = chance.randrange(1, len(text))
        parts = [(0, at), (at, len(text))] if not (text[at - 1] + text[at]).count(" ") else [(0, len(text))]
        runs += [run, *(part_of(again, *part) for part in parts)]
    chance.shuffle(runs)
    kept = read_once(runs)
    assert sorted("".join("".join(run.text for run in kept.runs).split())) == sorted("".join("".join(lines).split()))
    assert kept.differ == kept.unlike == 0


def test_a_heading_with_a_shadow_is_a_heading() -> None:
    drawing = Drawing()
    titled(drawing)
    for shift in (0, 1):
        drawing.line(LEFT + shift, 130, "Methods", 12, "B")
    drawing.text(LEFT, 150, 495, BATS * 4)
    assert texts(drawing.pages(), "heading") == ["Methods"]
