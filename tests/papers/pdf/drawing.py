"""Little PDFs of invented papers: text drawn line by line at given places, by fpdf2."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import fpdf
import pypdf

from qa.papers.pdf.glyphs import Face, Run
from qa.papers.pdf.pages import Page, read_pages

LEFT, RIGHT, WIDTH = 50, 306, 235
"""Left edges of two columns and their width, in points."""

OWLS = (
    "The owl hunts by ear in the long dark of the northern winter, when the voles move under the snow. "
    "It turns its face towards the sound and waits until the second one comes from the same place. "
    "Most of what it takes is eaten on the spot, and only the young are fed from a store. "
    "We counted the pellets under twelve roosts and measured every skull that was whole. "
)
BATS = (
    "The bat calls as it flies and hears the moth that turns away from the light of the lamp. "
    "Its calls are short where the trees stand close and long where nothing stands at all. "
    "We filmed forty flights along the edge of the wood and marked where each of them turned. "
    "No bat was followed for more than one night, and none was caught for this study. "
)
MOTHS = (
    "The moth folds its wings and falls when it hears what hunts it, and few are taken twice. "
    "Those that had been warmed flew sooner than those that had not, whatever their weight. "
    "Nothing that we saw speaks for the older view that the moths are deaf to low calls. "
    "All traps were emptied before dawn and set again in another order every evening. "
)
TWICE = "The same words stand here twice."
TITLE = "How owls and bats divide the night between them"


class Drawing:
    """A4 pages on which text stands where one says; points from the upper left corner, baselines for y."""

    def __init__(self) -> None:
        self._pdf = fpdf.FPDF(unit="pt", format="A4")
        self._pdf.set_compression(False)
        self.new_page()

    def new_page(self) -> None:
        """Go on with an empty page."""
        self._pdf.add_page()

    @contextmanager
    def upwards(self, x: float, y: float) -> Iterator[None]:
        """What is drawn is turned by a quarter anticlockwise about x, y, so that text runs up the page."""
        with self._pdf.rotation(90, x, y):
            yield

    @contextmanager
    def unseen(self, white: bool = False) -> Iterator[None]:
        """Text is painted so that nothing shows (render mode 3), or in white."""
        if white:
            with self._pdf.local_context(text_color=255):
                yield
        else:
            with self._pdf.local_context(text_mode="INVISIBLE"):
                yield

    def line(
        self, x: float, y: float, text: str, size: float = 10, style: str = "", right: bool = False, face: str = "Times"
    ) -> float:
        """One line; `style` of the face as fpdf2 has it ("B", "I"); `right` if it ends at x. Returns x of its end."""
        self._pdf.set_font(face, style, size)
        width = float(self._pdf.get_string_width(text))
        self._pdf.text(x - width if right else x, y, text)
        return x if right else x + width

    def spaced(self, x: float, y: float, text: str, size: float = 10, style: str = "") -> None:
        """One line whose letters are painted one by one, a fifth of an em apart."""
        self._pdf.set_font("Times", style, size)
        for letter in text:
            if letter != " ":
                self._pdf.text(x, y, letter)
            x += self._pdf.get_string_width(letter) + 0.2 * size

    def text(
        self, x: float, y: float, width: float, text: str, size: float = 10, style: str = "", first: str = ""
    ) -> float:
        """A paragraph set to a width, justified but for its last line; returns y of the line after it.

        `first` is a bold beginning of the first line.
        """
        self._pdf.set_font("Times", "B", size)
        indent = self._pdf.get_string_width(first + " ") if first else 0.0
        self._pdf.set_font("Times", style, size)
        lines: list[list[str]] = [[]]
        for word in text.split():
            used = self._pdf.get_string_width(" ".join([*lines[-1], word])) + (indent if len(lines) == 1 else 0)
            if lines[-1] and used > width:
                lines.append([])
            lines[-1].append(word)
        for number, words in enumerate(lines):
            left = x + (indent if number == 0 else 0)
            if number == 0 and first:
                self.line(x, y, first, size, "B")
                self._pdf.set_font("Times", style, size)
            gap = self._pdf.get_string_width(" ")
            if number + 1 < len(lines) and len(words) > 1:
                gap = (x + width - left - sum(map(self._pdf.get_string_width, words))) / (len(words) - 1)
            for word in words:
                self._pdf.text(left, y, word)
                left += self._pdf.get_string_width(word) + gap
            y += 1.2 * size
        return y

    def information(self, title: str = "", author: str = "") -> None:
        """Fill in the information dictionary."""
        self._pdf.set_title(title)
        self._pdf.set_author(author)

    def reader(self) -> pypdf.PdfReader:
        """The file as it is opened."""
        return pypdf.PdfReader(io.BytesIO(self.data()))

    def data(self) -> bytes:
        """The file's bytes; they can be asked for once, when all is drawn."""
        return bytes(self._pdf.output())

    def pages(self) -> list[Page]:
        """The file as it is read."""
        return read_pages(self.reader())


def night() -> bytes:
    """Two columns on two pages: a sentence runs over a column's end, another over a page's, and one is there twice."""
    drawing = Drawing()
    drawing.line(60, 60, TITLE, 18, "B")
    drawing.text(60, 100, 225, OWLS + BATS + "A sentence that begins in the column on the left is")
    drawing.text(310, 100, 225, "finished in the right one. " + BATS + OWLS + "The last sentence of the page")
    drawing.new_page()
    y = drawing.text(60, 100, 225, "goes on where the next page begins. " + MOTHS)
    drawing.text(60, y, 225, TWICE)
    drawing.text(310, 100, 225, TWICE + " " + BATS)
    return drawing.data()


def texts(pages: Sequence[Page], *kinds: str) -> list[str]:
    """The regions of some kinds, each on one line."""
    return [
        " ".join(page.text[region.start : region.end].split())
        for page in pages
        for region in page.regions
        if region.kind in kinds
    ]


def running(pages: Sequence[Page]) -> str:
    """The body, regions joined by a blank."""
    return " ".join(texts(pages, "body"))


def sentences(text: str) -> list[str]:
    """The sentences of the invented texts above."""
    return [sentence.strip() + "." for sentence in text.split(". ") if sentence.strip()]


def two_columns(drawing: Drawing, y: float = 60, left: str = OWLS * 3, right: str = BATS * 3) -> None:
    drawing.text(LEFT, y, WIDTH, left)
    drawing.text(RIGHT, y, WIDTH, right)


def titled(drawing: Drawing, y: float = 70) -> float:
    drawing.line(LEFT, y, TITLE, 18, "B")
    drawing.line(LEFT, y + 24, "Anna B. Berger, Boris C. Novak", 10)
    return y + 60


def run_of(text: str, x: float, y: float = 100.0, width: float = 5.0, turn: int = 0) -> Run:
    """Characters of 10 points that are painted one after another, all as wide."""
    edges = tuple(x + width * i for i in range(len(text) + 1))
    return Run(text, x, edges[-1], y, 10.0, Face("Times", False, False), turn=turn, edges=edges)
