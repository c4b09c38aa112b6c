"""Values of filled form fields become text beside their labels.

A field's value is an entry of the file, not paint on the page, so that the page's content does not have it. It is set
in the type of its label and on the label's baseline, where the field's rectangle is (PDF 32000-1:2008, 12.7).
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdf

from qa.papers.pdf.glyphs import Face, Run, placed, shown_box
from qa.papers.pdf.layout import Line, line_of
from qa.types import letters

_log = logging.getLogger(__name__)
_SIZE = 10.0
"""Points. The size of a value that has no label beside it."""
_CHARACTER = 0.5
"""Ems. How wide a character is on average; the field does not say, since a viewer chooses the type."""
_ASCENT = 0.75
"""Ems. The first line of a value in a high field stands so far below its upper edge."""
_LEADING = 1.2
"""Ems. From one line of a value to the next."""
_REACH = 0.5
"""Ems. A label's baseline is within the field's rectangle, or so far outside."""
_FAR = 25
"""Ems. A label stands no further away from its field."""
_NEAR = 3
"""Ems. What a box belongs to begins no further to its right."""
_HIDDEN = 0b100010
"""Flags of an annotation that is not shown: hidden, no view."""
_MULTILINE, _PASSWORD, _PUSHBUTTON = 1 << 12, 1 << 13, 1 << 16
"""Flags of a field: a text of several lines, a text not to be read, a button without a value."""
_CHECKED, _EMPTY = "☒", "☐"
"""What a box or button is written as."""
_LONGEST = 20_000
"""Characters of a value that are read."""
_DEEPEST = 16
"""Ancestors of a field that are asked for what it lacks."""


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a field holds, and its rectangle in the points of the page's runs, y upwards."""

    text: str
    x0: float
    bottom: float
    x1: float
    top: float
    several: bool


def with_values(page: pypdf.PageObject, lines: Sequence[Line], turn: int) -> list[Line]:
    """The lines of a page, and the values of the fields filled in on it.

    A value joins the line to its left whose baseline runs through the field, else the one to its right; otherwise it is
    a line by itself. A box joins what stands to its right, and the label or box to its left. What the page paints
    within the rectangle already is not repeated. `turn` is the direction of writing of the lines, as `Run` has it.
    """
    found = list(lines)
    fields = list(_filled(page, turn))
    if all(field.text == _EMPTY for field in fields):
        return found
    for field in fields:
        if letters(field.text) and _is_painted(field, found):
            continue
        beside = _beside(field, found)
        first, *rest = _runs(field, beside[0] if beside else None, turn)
        joined = line_of([*(run for line in beside for run in line.runs), first])
        found = [line for line in found if not any(line is other for other in beside)]
        found += [joined, *(line_of([run]) for run in rest)]
    return sorted(found, key=lambda line: (-line.y, line.x0))


def values_of(page: pypdf.PageObject) -> list[str]:
    """The values of the fields filled in on a page, in the file's order; for a page that cannot be laid out."""
    return [field.text for field in _filled(page, 0) if field.text != _EMPTY]


def _filled(page: pypdf.PageObject, turn: int) -> Iterator[_Filled]:
    annotations = page.get("/Annots")
    for reference in annotations.get_object() if annotations is not None else []:
        try:
            field = _field(page, reference.get_object(), turn)
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # a damaged field must not cost the page
            _log.info("form field left out: %s", error)
        else:
            if field.text:
                yield field


def _field(page: pypdf.PageObject, widget: Any, turn: int) -> _Filled:
    """What an annotation holds; no text if it is no field or is not shown."""
    rectangle = placed(page, [float(v) for v in widget["/Rect"]], turn)
    if widget.get("/Subtype") != "/Widget" or int(widget.get("/F", 0)) & _HIDDEN or _is_cut_off(page, widget):
        return _Filled("", *rectangle, False)
    flags = int(_inherited(widget, "/Ff") or 0)
    text = _value(widget, flags).replace("\r\n", "\n").replace("\r", "\n").strip()[:_LONGEST]
    return _Filled(text, *rectangle, bool(flags & _MULTILINE))


def _is_cut_off(page: pypdf.PageObject, widget: Any) -> bool:
    """Whether a field lies outside what is shown of the page."""
    left, bottom, right, top = placed(page, [float(v) for v in widget["/Rect"]], 0)
    x0, y0, x1, y1 = shown_box(page)
    return left >= x1 or right <= x0 or bottom >= y1 or top <= y0


def _inherited(field: Any, name: str) -> Any:
    """An entry of a field, or of the nearest of its ancestors that has it."""
    for _ in range(_DEEPEST):
        if name in field:
            return field[name].get_object()
        if "/Parent" not in field:
            return None
        field = field["/Parent"].get_object()
    return None


def _value(widget: Any, flags: int) -> str:
    """What a field shows: its text, the chosen items, or the sign of a box; "" for an empty one."""
    kind, value = _inherited(widget, "/FT"), _inherited(widget, "/V")
    if kind == "/Btn":
        state = str(widget.get("/AS", value if value is not None else "/Off"))
        return "" if flags & _PUSHBUTTON else _EMPTY if state in ("/Off", "") else _CHECKED
    if value is None or kind not in ("/Tx", "/Ch") or (kind == "/Tx" and flags & _PASSWORD):
        return ""
    if kind == "/Ch":
        shown = dict(_options(_inherited(widget, "/Opt")))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(shown.get(_text(one), _text(one)) for one in chosen)
    return _text(value)


def _options(options: Any) -> Iterator[tuple[str, str]]:
    """The items of a list as the file names them, each with the words that are shown."""
    for option in options if isinstance(options, list) else []:
        option = option.get_object()
        if isinstance(option, list) and len(option) == 2:
            yield _text(option[0]), _text(option[1])


def _text(value: Any) -> str:
    value = value.get_object()
    data = value.get_data() if hasattr(value, "get_data") else value
    return data.decode("latin-1") if isinstance(data, bytes) else str(data)


def _is_painted(field: _Filled, lines: Sequence[Line]) -> bool:
    """Whether the page itself has the value where the field is."""
    inside = [
        run.text
        for line in lines
        if field.bottom <= line.y <= field.top
        for run in line.runs
        if field.x0 <= (run.x0 + run.x1) / 2 <= field.x1
    ]
    return letters(field.text) in letters("".join(inside))


def _beside(field: _Filled, lines: Sequence[Line]) -> list[Line]:
    """The lines that a value joins, nearest first: what labels it, on a baseline that runs through its field."""
    row = [line for line in lines if field.bottom - _REACH * line.size <= line.y <= field.top]
    over = [line for line in row if line.x0 <= field.x0 and line.x1 > field.x0 + line.size]
    left = [line for line in row if line.x1 <= field.x0 + line.size and field.x0 - line.x1 < _FAR * line.size]
    right = [line for line in row if line.x0 >= field.x1 - line.size and line.x0 - field.x1 < _FAR * line.size]
    before = max(over or left, key=lambda line: (line.x1, line.y), default=None)
    after = min(right, key=lambda line: (line.x0, -line.y), default=None)
    if field.text not in (_CHECKED, _EMPTY):
        return [line for line in (before or after,) if line]
    if after is None or after.x0 - field.x1 > _NEAR * after.size:
        return [line for line in (before or after,) if line]
    opens = before is not None and (before.text.endswith(":") or _CHECKED in before.text or _EMPTY in before.text)
    return [after, before] if before is not None and opens else [after]


def _runs(field: _Filled, label: Line | None, turn: int) -> list[Run]:
    """The value as runs, one a line, within the rectangle's width; the first on the label's baseline."""
    size = label.size if label else min(_SIZE, max(1.0, field.top - field.bottom))
    face = label.style.face if label else Face("", False, False)
    high = field.top - field.bottom > 2 * _LEADING * size
    middle = (field.top + field.bottom) / 2 - _ASCENT * size / 2
    y = label.y if label else field.top - _ASCENT * size if high else middle
    width = max(1, int((field.x1 - field.x0) / (_CHARACTER * size)))
    parts = [line for part in field.text.split("\n") for line in (_wrapped(part, width) if field.several else [part])]
    runs = []
    for number, text in enumerate(filter(str.strip, parts)):
        end = min(field.x1, field.x0 + _CHARACTER * size * len(text))
        edges = tuple(field.x0 + i * (end - field.x0) / len(text) for i in range(len(text) + 1))
        run = Run(text, field.x0, end, y - number * _LEADING * size, size, face, turn=turn, edges=edges)
        run.blank_before = run.filled = True
        runs.append(run)
    return runs


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
