"""Filled form fields: what the fields hold is text beside their labels, where the field is printed."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from qa.papers.ingest import ingest_here
from qa.papers.pdf.pages import Page, read_pages
from qa.papers.sources import Source
from tests.papers.pdf.drawing import BATS, LEFT, OWLS, Drawing, running, titled


@dataclass
class Field:
    """A field over a line of the drawing: its left edge, the line's baseline, and its entries."""

    x: float
    y: float
    entries: dict[str, PdfObject] = field(default_factory=dict)
    width: float = 120
    height: float = 14


def name(text: str) -> NameObject:
    return NameObject(text)


def words(text: str) -> TextStringObject:
    return TextStringObject(text)


def typed(value: str, x: float, y: float, flags: int = 0, height: float = 14) -> Field:
    return Field(x, y, {"/FT": name("/Tx"), "/V": words(value), "/Ff": NumberObject(flags)}, height=height)


def box(state: str, x: float, y: float, flags: int = 0) -> Field:
    entries: dict[str, PdfObject] = {"/FT": name("/Btn"), "/V": name(state), "/AS": name(state)}
    return Field(x, y, entries | {"/Ff": NumberObject(flags)}, width=10, height=10)


def filled(drawing: Drawing, *fields: Field) -> bytes:
    """The drawing with fields on its first page."""
    writer = pypdf.PdfWriter(io.BytesIO(drawing.data()))
    page = writer.pages[0]
    height = float(page.mediabox.height)
    widgets = ArrayObject()
    for one in fields:
        bottom = height - one.y - 3
        corners = (one.x, bottom, one.x + one.width, bottom + one.height)
        widget = DictionaryObject({name("/Type"): name("/Annot"), name("/Subtype"): name("/Widget")})
        widget.update({name(key): value for key, value in one.entries.items()})
        widget[name("/Rect")] = ArrayObject([FloatObject(v) for v in corners])
        widgets.append(writer._add_object(widget))
    page[name("/Annots")] = widgets
    writer.root_object[name("/AcroForm")] = DictionaryObject({name("/Fields"): widgets})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def form(*lines: tuple[float, float, str]) -> Drawing:
    drawing = Drawing()
    titled(drawing)
    for x, y, text in lines:
        drawing.line(x, y, text)
    drawing.text(LEFT, 400, 495, (OWLS + BATS) * 3)
    return drawing


def read(drawing: Drawing, *fields: Field) -> list[Page]:
    return read_pages(pypdf.PdfReader(io.BytesIO(filled(drawing, *fields))))


def lines(drawing: Drawing, *fields: Field) -> list[str]:
    (page,) = read(drawing, *fields)
    return page.text.splitlines()


def test_the_value_of_a_filled_field_is_text_beside_its_label() -> None:
    pages = read(form((LEFT, 130, "Voles eaten a night:")), typed("seventeen", 200, 130))
    assert "Voles eaten a night: seventeen" in running(pages)


def test_each_value_stands_beside_its_own_label() -> None:
    drawing = form((LEFT, 130, "Name of the owl:"), (300, 130, "Age:"), (LEFT, 160, "Food:"))
    found = lines(drawing, typed("voles", 150, 160), typed("4 years", 340, 130), typed("Bubo", 150, 130))
    assert {"Name of the owl: Bubo", "Age: 4 years", "Food: voles"} <= set(found)


def test_a_value_stands_where_its_field_is_printed() -> None:
    drawing = form((LEFT, 130, "Food:"))
    (page,) = read(drawing, typed("voles", 200, 130))
    start = page.text.index("Food: voles") + len("Food: ")
    line, word = next((line, word) for line in page.lines for word in line.words if word.start == start)
    assert page.text[word.start : word.end] == "voles"
    assert abs(word.x0 - 200 / 595.28 * 10_000) < 5
    assert line.y0 < 130 / 841.89 * 10_000 < line.y1


def test_boxes_are_read_with_what_they_belong_to() -> None:
    drawing = form((LEFT, 130, "Sex:"), (112, 130, "male"), (172, 130, "female"), (LEFT, 160, "Ringed"))
    fields = [box("/Off", 98, 130), box("/Yes", 158, 130), box("/1", 98, 160)]
    assert {"Sex: ☐ male ☒ female", "Ringed ☒"} <= set(lines(drawing, *fields))


def test_a_choice_is_read_as_it_is_shown() -> None:
    options = ArrayObject([ArrayObject([words("v"), words("voles")]), ArrayObject([words("m"), words("mice")])])
    choice = {"/FT": name("/Ch"), "/Opt": options}
    one = Field(150, 130, {**choice, "/V": words("m")})
    two = Field(150, 160, {**choice, "/V": ArrayObject([words("v"), words("m")])})
    assert {"Food: mice", "Prey: voles, mice"} <= set(lines(form((LEFT, 130, "Food:"), (LEFT, 160, "Prey:")), one, two))


def test_a_field_has_what_its_parent_has() -> None:
    parent = DictionaryObject({name("/FT"): name("/Tx"), name("/V"): words("voles")})
    assert "Food: voles" in lines(form((LEFT, 130, "Food:")), Field(150, 130, {"/Parent": parent}))


def test_a_long_value_is_read_as_a_paragraph() -> None:
    note = "The owl was seen at dusk on the old barn and it had a ring on its left foot."
    found = lines(form((LEFT, 130, "Note:")), typed(note, 150, 176, 1 << 12, height=60))
    assert note in " ".join(" ".join(found).split())


@pytest.mark.parametrize(
    "unread",
    [
        typed("", 150, 130),
        typed("secret", 150, 130, flags=1 << 13),
        box("/Yes", 150, 130, flags=1 << 16),
        box("/Off", 150, 130),
        Field(150, 130, {"/FT": name("/Tx"), "/V": words("unseen"), "/F": NumberObject(2)}),
        Field(150, 130, {"/FT": name("/Sig"), "/V": DictionaryObject()}),
    ],
    ids=["empty", "password", "button", "boxes all empty", "hidden", "signature"],
)
def test_what_a_form_does_not_show_is_not_read(unread: Field) -> None:
    assert "Food:" in lines(form((LEFT, 130, "Food:")), unread)


def test_what_the_page_paints_in_the_field_is_read_once() -> None:
    found = lines(form((LEFT, 130, "Food:"), (152, 130, "Bubo bubo")), typed("Bubo bubo", 150, 130))
    assert "\n".join(found).count("Bubo bubo") == 1


def test_a_damaged_field_costs_only_itself() -> None:
    damaged = Field(150, 130, {"/FT": name("/Tx"), "/V": words("mice")})
    damaged.entries["/Ff"] = words("many")
    found = lines(form((LEFT, 130, "Food:"), (LEFT, 160, "Prey:")), damaged, typed("voles", 150, 160))
    assert "Prey: voles" in found


def test_a_filled_form_is_quoted_exactly(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("corpus") / "form.pdf"
    path.write_bytes(filled(form((LEFT, 130, "Voles eaten a night:")), typed("seven (7)", 200, 130)))
    paper = ingest_here(Source("form", path, {}), 160)
    (said,) = [s for p in paper.passages for s in p.sentences if "Voles eaten" in s.text]
    (span,) = said.spans
    assert said.text == paper.document.raw[span.start : span.end] == "Voles eaten a night: seven (7)"


def test_a_field_outside_what_is_shown_is_left_out() -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.text(LEFT, 130, 495, OWLS)
    drawing.line(LEFT, 400, "Daily dose:")
    writer = pypdf.PdfWriter(io.BytesIO(filled(drawing, typed("7 mg/kg", 110, 400), typed("9 mg/kg", 110, 700))))
    left, bottom, right, top = (float(v) for v in writer.pages[0].mediabox)
    writer.pages[0].cropbox = pypdf.generic.RectangleObject((left, bottom + 300, right, top))
    data = io.BytesIO()
    writer.write(data)
    (page,) = read_pages(pypdf.PdfReader(data))
    assert "Daily dose: 7 mg/kg" in page.text
    assert "9 mg/kg" not in page.text
