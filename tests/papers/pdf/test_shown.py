"""What a viewer does not show of a page is not read: what is cut off, and layers that are switched off."""

from __future__ import annotations

import io

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, RectangleObject, TextStringObject

from qa.papers.pdf.pages import read_pages
from tests.papers import minimal
from tests.papers.pdf.drawing import BATS, LEFT, Drawing


def saved(writer: pypdf.PdfWriter) -> pypdf.PdfReader:
    data = io.BytesIO()
    writer.write(data)
    return pypdf.PdfReader(data)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("box", ["crop", "media"])
def test_text_outside_what_is_shown_is_left_out(box: str, turn: int) -> None:
    drawing = Drawing()
    drawing.line(LEFT, 30, "Slug line: job 1234, colour bars")
    drawing.text(LEFT, 142, 400, BATS)
    drawing.line(500, 142, "turned in the margin")
    drawing.line(LEFT, 820, "Printed at noon")
    writer = pypdf.PdfWriter(io.BytesIO(drawing.data()))
    page = writer.pages[0]
    height = float(page.mediabox.height)
    shown = RectangleObject((40, 60, 480, height - 60))
    if box == "crop":
        page.cropbox = shown
    else:
        page.mediabox = shown
    page.rotate(turn)
    (read,) = read_pages(saved(writer))
    assert " ".join(read.text.split()) == BATS.strip()


def test_a_line_that_is_cut_is_read_as_far_as_it_is_shown() -> None:
    drawing = Drawing()
    x = drawing.line(LEFT, 142, "The owl hunts")
    drawing.line(x, 142, " by ear.")
    drawing.line(LEFT, 154, "The bat hunts by ear.")
    writer = pypdf.PdfWriter(io.BytesIO(drawing.data()))
    top = float(writer.pages[0].mediabox.height)
    writer.pages[0].cropbox = RectangleObject((0, 0, x + 0.5, top))
    (read,) = read_pages(saved(writer))
    assert read.text.split("\n")[0] == "The owl hunts"
    assert "ear" not in read.text


def layered(off: bool, base: bool = False) -> pypdf.PdfReader:
    """A page with a layer, which is switched off or not."""
    content = "Owls hunt.) Tj T* /OC /L1 BDC /Span BMC (DRAFT) Tj EMC T* (not for use) Tj EMC T* (So do bats."
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(minimal.pdf(content)))
    group = writer._add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("Draft")})
    )
    usual = DictionaryObject({NameObject("/OFF"): ArrayObject([group] if off else [])})
    if base:
        usual = DictionaryObject({NameObject("/BaseState"): NameObject("/OFF")})
        if not off:
            usual[NameObject("/ON")] = ArrayObject([group])
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([group]), NameObject("/D"): usual}
    )
    resources = writer.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/Properties")] = DictionaryObject({NameObject("/L1"): group})
    return saved(writer)


@pytest.mark.parametrize("base", [True, False])
def test_a_layer_that_is_switched_off_is_left_out(base: bool) -> None:
    (page,) = read_pages(layered(off=True, base=base))
    assert page.text.split() == ["Owls", "hunt.", "So", "do", "bats."]


@pytest.mark.parametrize("base", [True, False])
def test_a_layer_that_is_shown_is_read(base: bool) -> None:
    (page,) = read_pages(layered(off=False, base=base))
    assert page.text.split() == ["Owls", "hunt.", "DRAFT", "not", "for", "use", "So", "do", "bats."]
