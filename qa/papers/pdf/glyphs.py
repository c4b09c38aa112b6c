"""What a page paints: runs of characters with their positions, sizes and fonts.

pypdf 7.1.0 parses the file, its content streams and its fonts; the text operators are carried out here, because
neither of pypdf's own ways will do: the chunks of `visitor_text` have no widths and swallow several words, and the
layout mode leaves out form XObjects and multiplies a chain of matrices for each show operator. Three things are used
that pypdf does not document: `Font.from_font_resource`, for encodings and widths, `ContentStream`, and `adobe_glyphs`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from typing import Any

import pypdf
from pypdf._codecs import adobe_glyphs
from pypdf.generic import ContentStream, DictionaryObject, RectangleObject, StreamObject
from pypdf.generic._font import Font

from qa.papers.pdf.bidi import as_painted

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 8
"""Form XObjects within form XObjects are followed so far down."""
_WORD_SPACE = 0.15
"""Ems. Two characters of a string that are further apart belong to two words, or are spaced for effect."""
_USUAL_BLANK = 0.25
"""Ems. The blank of a font that does not say how wide it is."""
_PLAUSIBLE_EM = (0.4, 2.5)
"""A Type 3 font's unit is an em if its letters make it one between these; otherwise they tell the em."""
_BOLD_WEIGHT = 600
"""A font of at least this weight is bold: 600 is semi-bold in PDF as in CSS."""
_SMALL_LETTER = 0.45
"""Ems. The height of a small letter."""
_SLOPE = 0.3
"""A line of writing is upright up to this slope, which is 17 degrees."""
_TEX_CODES = {
    **dict(zip("\x0b\x0c\r\x0e\x0f", ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip("\x1b\x1c\x1d\x1e\x1f", ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip("\x10\x11\x15\x16", "“”–—", strict=True)),
}
"""What TeX's text fonts have under control codes (OT1 and T1), where a bitmap font does not name its glyphs."""
_FILLS = (b"g", b"rg", b"k", b"sc", b"scn", b"cs")
"""Operators that set the colour in which letters are filled; `cs` begins anew with black."""
_UNPAINTED = (3, 7)
"""Modes of text that paint nothing: neither filled nor stroked, or a path to clip by (PDF 32000-1:2008, 9.3.6)."""
_ONLY_FILLED = (0, 4)
"""Modes of text in which the colour of the filling is all that shows."""
_UNICODE_NAME = re.compile(r"uni((?:[0-9A-F]{4})+)|u([0-9A-F]{4,6})")
_DINGBAT = re.compile("[\u2190-\u27be]")
"""The characters of ITC Zapf Dingbats: arrows, figures in circles, cards, and a block of their own."""
_ASCII = re.compile("[0-9A-Za-z]")
_SUBSET = re.compile(r"^/?[A-Z]{6}\+")
_BOLD = re.compile(r"bold|black|heavy|demi|CMBX|CMB\d|-medi(?:ital)?$|(?<=[-.,_])B(?![a-z])", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|slant|CMTI|(?<=[-.,_])(?:It|I)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Face:
    """A font as the eye tells it from others."""

    name: str
    bold: bool
    italic: bool


@dataclass(slots=True)
class Run:
    """Characters painted one after another; points, y upwards, y on the baseline, size that of the em.

    `text` has no blanks at its edges; `blank_before` and `blank_after` say whether it was painted with them.
    `blank` is the width of the font's blank in ems.
    `turn` is the direction of writing in quarter turns anticlockwise, 0 for upright text.
    `edges` are the x at which each character begins, and x1.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    face: Face
    blank: float = _USUAL_BLANK
    turn: int = 0
    blank_before: bool = False
    blank_after: bool = False
    edges: tuple[float, ...] = ()
    filled: bool = False
    """Whether it is the value of a form field."""
    hidden: bool = False
    """Whether it is painted so that nothing shows, as text recognition writes over the picture of a page."""
    pale: bool = False
    """Whether it is painted in white."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Widths of a Type 3 font by character code, in thousandths of its unit; how many ems that unit is."""

    widths: dict[int, float]
    em: float


@dataclass(slots=True)
class _Typeface:
    """A pypdf font with, for each character code, its text and its width in thousandths of the em."""

    font: Font
    face: Face
    glyphs: dict[str, tuple[str, float]] = field(default_factory=dict)
    drawn: _Drawn | None = None
    """What a Type 3 font says of its glyphs, whose measure is its own."""
    numbered: bool = False
    """Whether its codes are numbers of glyphs, which say nothing of the letters."""

    def codes(self, value: bytes) -> str:
        encoding = self.font.encoding
        return value.decode(encoding, "replace") if isinstance(encoding, str) else value.decode("latin-1")

    def glyph(self, code: str) -> tuple[str, float]:
        """A code's text and width, which `glyphs` has from now on."""
        width = self.drawn.widths.get(ord(code), 0.0) if self.drawn else float(self.font.get_text_width(code))
        found = self.glyphs[code] = (self._text(code), width)
        return found

    def _text(self, code: str) -> str:
        """The characters of a code; U+FFFD where the font does not say, so that nothing vanishes unseen."""
        font = self.font
        if not font.interpretable or (self.numbered and code not in font.character_map):
            return "\ufffd"
        text = code if isinstance(font.encoding, str) else font.encoding.get(ord(code), code)
        if len(text) > 1 and text[0] == "/":  # pypdf leaves the name of a glyph that it does not know
            text = _named(text)
        mapped = "".join(str(font.character_map.get(c, c)) for c in text)
        text = text if self.drawn and text == code and _is_misnamed(mapped, font.character_map) else as_painted(mapped)
        if self.drawn and len(text) == 1 and text in _TEX_CODES:
            return _TEX_CODES[text]
        if text in ("\t", "\n", "\r", "\u00a0"):
            return " "
        return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs", "Cn") else c for c in text)


@dataclass(slots=True)
class _State:
    """The part of the graphics state that text depends on; `q` keeps a copy and `Q` brings it back."""

    ctm: Matrix
    typeface: _Typeface | None = None
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    white: bool = False

    def copy(self) -> _State:
        return _State(
            self.ctm,
            self.typeface,
            self.size,
            self.char_space,
            self.word_space,
            self.stretch,
            self.leading,
            self.rise,
            self.mode,
            self.white,
        )


class Painter:
    """Carries out the text operators of a document's pages; keeps the fonts from one page to the next."""

    def __init__(self, reader: pypdf.PdfReader) -> None:
        self._reader = reader
        self._typefaces: dict[int, _Typeface] = {}
        self._kept: list[Any] = []  # fonts are known by id(), which holds only as long as they live
        self._off = _switched_off(reader)

    def runs(self, page: pypdf.PageObject) -> list[Run]:
        """The page's runs in the order of painting, the page turned as it is shown."""
        contents = page.get("/Contents")
        resources = page.get("/Resources")
        if contents is None or resources is None:
            return []
        runs: list[Run] = []
        self._paint(contents.get_object(), resources.get_object(), _page_matrix(page), 0, runs)
        return runs

    def _paint(self, contents: Any, resources: Any, ctm: Matrix, depth: int, runs: list[Run]) -> None:
        stream = ContentStream(contents, self._reader, "bytes")
        data = stream.get_data()
        if b"TJ" not in data and b"Tj" not in data and b"Do" not in data and b"'" not in data:
            return  # a drawing
        state = _State(ctm)
        saved: list[_State] = []
        shown, layers = runs, list[bool]()  # whether each marked part within another is switched off
        matrix = line = _IDENTITY
        for operands, operator in stream.operations:
            if operator == b"TJ" and operands and isinstance(operands[0], list):
                for item in operands[0]:
                    if isinstance(item, bytes):
                        matrix = _show(state, matrix, item, shown)
                    elif isinstance(item, (int, float)):
                        matrix = _move(matrix, -float(item) / 1000 * state.size * state.stretch, 0.0)
            elif operator == b"Tj" and operands and isinstance(operands[0], bytes):
                matrix = _show(state, matrix, operands[0], shown)
            elif operator in (b"Td", b"TD") and len(operands) >= 2:
                x, y = _number(operands[0]), _number(operands[1])
                if operator == b"TD":
                    state.leading = -y
                matrix = line = _move(line, x, y)
            elif operator == b"Tm" and len(operands) >= 6:
                matrix = line = _matrix(operands)
            elif operator == b"BT":
                matrix = line = _IDENTITY
            elif operator == b"T*":
                matrix = line = _move(line, 0.0, -state.leading)
            elif operator in (b"'", b'"') and operands and isinstance(operands[-1], bytes):
                if operator == b'"' and len(operands) >= 3:
                    state.word_space, state.char_space = _number(operands[0]), _number(operands[1])
                line = _move(line, 0.0, -state.leading)
                matrix = _show(state, line, operands[-1], shown)
            elif operator == b"q":
                saved.append(state.copy())
            elif operator == b"Q":
                state = saved.pop() if saved else state
            elif operator == b"cm" and len(operands) >= 6:
                state.ctm = _times(_matrix(operands), state.ctm)
            elif operator == b"Do" and operands and depth < _DEEPEST:
                self._paint_form(resources, operands[0], state.ctm, depth, shown)
            elif operator in (b"BDC", b"BMC"):
                layers.append(bool(self._off) and self._is_off(resources, operands))
                shown = [] if any(layers) else runs
            elif operator == b"EMC" and layers:
                layers.pop()
                shown = [] if any(layers) else runs
            elif operator == b"Tf" and len(operands) >= 2:
                state.typeface = self._typeface(resources, operands[0])
                state.size = _number(operands[1])
            elif operator in _FILLS:
                state.white = operator != b"cs" and _is_white(operands)
            elif operands and isinstance(operands, list):  # pypdf gives an inline image a dictionary
                _set(state, operator, operands[0])

    def _paint_form(self, resources: Any, name: Any, ctm: Matrix, depth: int, runs: list[Run]) -> None:
        forms = _entry(resources, "/XObject")
        form = _entry(forms, name)
        if form is None or form.get("/Subtype") != "/Form" or (self._off and self._layer_is_off(_entry(form, "/OC"))):
            return
        own = _entry(form, "/Resources")
        inner = _times(_matrix(form["/Matrix"]), ctm) if "/Matrix" in form else ctm
        self._paint(form, own if own is not None else resources, inner, depth + 1, runs)

    def _is_off(self, resources: Any, operands: Any) -> bool:
        """Whether a marked part of the content is a layer that is not shown."""
        if len(operands) < 2 or operands[0] != "/OC":
            return False
        return self._layer_is_off(_entry(_entry(resources, "/Properties"), operands[1]))

    def _layer_is_off(self, layer: Any) -> bool:
        """Whether a layer is switched off; one made of several is if all of them are."""
        if not isinstance(layer, DictionaryObject):
            return False
        groups = _entry(layer, "/OCGs")
        several = groups if isinstance(groups, list) else [groups] if groups is not None else [layer]
        return bool(several) and all(_number_of(group.get_object()) in self._off for group in several)

    def _typeface(self, resources: Any, name: Any) -> _Typeface | None:
        resource = _entry(_entry(resources, "/Font"), name)
        if not isinstance(resource, DictionaryObject):
            return None
        if id(resource) not in self._typefaces:
            font = Font.from_font_resource(resource)
            drawn = _drawn(resource) if resource.get("/Subtype") == "/Type3" else None
            face = _face(font)
            if drawn and "/ToUnicode" not in resource and "/FontDescriptor" not in resource:
                face = Face(str(resource.get("/Name", name)), face.bold, face.italic)
            self._typefaces[id(resource)] = _Typeface(font, face, drawn=drawn, numbered=_is_numbered(resource))
            self._kept.append(resource)
        return self._typefaces[id(resource)]


def _switched_off(reader: pypdf.PdfReader) -> frozenset[int]:
    """The numbers of the objects of the layers (optional content groups) that are not shown when a file is opened."""
    properties = _entry(reader.root_object, "/OCProperties")
    usual = _entry(properties, "/D")
    off = _entry(properties, "/OCGs") if _entry(usual, "/BaseState") == "/OFF" else _entry(usual, "/OFF")
    on = _entry(usual, "/ON") if _entry(usual, "/BaseState") == "/OFF" else None
    numbers = [{_number_of(group.get_object()) for group in groups or ()} for groups in (off, on)]
    return frozenset(numbers[0] - numbers[1] - {0})


def _number_of(group: Any) -> int:
    reference = getattr(group, "indirect_reference", None)
    return reference.idnum if reference is not None else 0


def _entry(dictionary: Any, name: Any) -> Any:
    found = dictionary.get(name) if isinstance(dictionary, DictionaryObject) else None
    return None if found is None else found.get_object()


def _is_numbered(resource: DictionaryObject) -> bool:
    """Whether a composite font's codes are its own numbers of glyphs (Identity-H or -V)."""
    if resource.get("/Subtype") != "/Type0" or str(_entry(resource, "/Encoding")) not in ("/Identity-H", "/Identity-V"):
        return False
    return "/ToUnicode" not in resource or isinstance(_entry(resource, "/ToUnicode"), StreamObject)


def _is_misnamed(text: str, known: Mapping[Any, Any]) -> bool:
    """Whether a text is a dingbat in a font whose letters and figures are dingbats by its table.

    TeX's bitmap fonts name each glyph by its code (`a101` for e); Ghostscript takes that for ITC Zapf Dingbats' names.
    """
    if not _DINGBAT.fullmatch(text):
        return False
    return any(_ASCII.fullmatch(str(code)) and _DINGBAT.fullmatch(str(shown)) for code, shown in known.items())


def _named(name: str) -> str:
    """What a glyph's name says: a letter's name with an ending (`one.oldstyle`), or several (`f_f_i`); else U+FFFD.

    The rules are those of Adobe's Glyph List Specification, but for names that are known already.
    """
    parts = name[1:].split(".")[0].split("_")
    letters = [adobe_glyphs.get(f"/{part}") or _by_number(part) for part in parts]
    return "".join(letters) if all(letters) else "\ufffd"


def _by_number(name: str) -> str:
    """The characters that a glyph's name gives by their numbers in Unicode, as uni20AC does; "" if it gives none."""
    match = _UNICODE_NAME.fullmatch(name)
    if match is None:
        return ""
    digits = match[1] or match[2]
    numbers = [int(digits[i : i + 4], 16) for i in range(0, len(digits), 4)] if match[1] else [int(digits, 16)]
    return "".join(map(chr, numbers)) if all(number <= 0x10FFFF for number in numbers) else ""


def _drawn(resource: DictionaryObject) -> _Drawn | None:
    """The measures of a Type 3 font; None if it lacks them.

    Letters are about half an em wide on average, so twice their mean width is the em where the font's unit is not.
    """
    values, matrix = _entry(resource, "/Widths"), _entry(resource, "/FontMatrix")
    if not isinstance(values, list) or not isinstance(matrix, list) or not matrix:
        return None
    first, scale = int(_number(resource.get("/FirstChar"))), abs(_number(matrix[0])) * 1000
    widths = {first + i: _number(value.get_object()) * scale for i, value in enumerate(values)}
    inked = [width for width in widths.values() if width > 0]
    if not inked:
        return None
    em = 2 * sum(inked) / len(inked) / 1000
    return _Drawn(widths, 1.0 if _PLAUSIBLE_EM[0] < em < _PLAUSIBLE_EM[1] else em)


def _face(font: Font) -> Face:
    name = _SUBSET.sub("", font.name)
    weight = font.font_descriptor.weight
    bold = bool(_BOLD.search(name)) or (str(weight).isdigit() and int(weight) >= _BOLD_WEIGHT)
    return Face(name, bold, bool(_ITALIC.search(name)) or bool(font.font_descriptor.italic_angle))


def shown_box(page: pypdf.PageObject) -> tuple[float, float, float, float]:
    """Left, bottom, right and upper edge of what is shown of a page, in the points of its runs.

    A viewer shows no more than the media box, however large the crop box is.
    """
    crop = _corners(page.cropbox)
    media = _corners(page.mediabox) if "/MediaBox" in page else crop
    x0, y0, x1, y1 = max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3])
    matrix = _page_matrix(page)
    (left, bottom), (right, top) = (_move(matrix, x, y)[4:] for x, y in ((x0, y0), (x1, y1)))
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def within(runs: Iterable[Run], box: tuple[float, float, float, float]) -> list[Run]:
    """The runs without the characters that lie outside the box that is shown; left, bottom, right and upper edge.

    A character stays if any of it is shown, from the baseline to the height of a small letter.
    """
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        return list(runs)
    edges = ((x0, x1, y0, y1), (y0, y1, -x1, -x0), (-x1, -x0, -y1, -y0), (-y1, -y0, x0, x1))
    kept: list[Run] = []
    for run in runs:
        left, right, bottom, top = edges[run.turn]
        if not (bottom < run.y + _SMALL_LETTER * run.size and run.y < top):
            continue
        if left <= run.x0 and run.x1 <= right:
            kept.append(run)
        elif run.text:
            kept += parts_of(run, {i for i, (a, b) in enumerate(pairwise(run.edges)) if b <= left or a >= right})
    return kept


def placed(page: pypdf.PageObject, rectangle: Sequence[float], turn: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and upper edge of a page's rectangle, in the points of its runs in that direction."""
    matrix = _page_matrix(page)
    xs, ys = zip(
        *(_upright(*_move(matrix, x, y)[4:], turn) for x, y in (rectangle[:2], rectangle[2:4])),
        strict=True,
    )
    return min(xs), min(ys), max(xs), max(ys)


def _corners(box: RectangleObject) -> tuple[float, float, float, float]:
    """Left, bottom, right and upper edge, whichever two corners the file names first."""
    left, bottom, right, top = (float(v) for v in (box.left, box.bottom, box.right, box.top))
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _page_matrix(page: pypdf.PageObject) -> Matrix:
    """From the page's own coordinates to those of the page as it is shown, its lower left corner at 0, 0."""
    box = page.cropbox
    left, bottom, right, top = (float(v) for v in (box.left, box.bottom, box.right, box.top))
    turned: dict[int, Matrix] = {
        90: (0.0, -1.0, 1.0, 0.0, -bottom, right),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, 1.0, -1.0, 0.0, top, -left),
    }
    return turned.get(page.rotation % 360, (1.0, 0.0, 0.0, 1.0, -left, -bottom))


def _show(state: _State, matrix: Matrix, value: bytes, runs: list[Run]) -> Matrix:
    """Add the run that a string paints; returns the text matrix after it.

    Two characters spaced as far as words are: some programs write a word's last and the next one's first so.
    """
    typeface = state.typeface
    if typeface is None or not value:
        return matrix
    if state.char_space > _WORD_SPACE * abs(state.size) and len(list(typeface.codes(value))) == 2:
        half = len(value) // 2
        matrix = _show_string(state, typeface, matrix, value[:half], runs)
        value = value[half:]
    return _show_string(state, typeface, matrix, value, runs)


def _show_string(state: _State, typeface: _Typeface, matrix: Matrix, value: bytes, runs: list[Run]) -> Matrix:
    texts, ends, end = [], [0.0], 0.0
    single = not isinstance(typeface.font.encoding, str)
    per_em, known = state.size / 1000, typeface.glyphs
    for code in typeface.codes(value):
        text, width = known.get(code) or typeface.glyph(code)
        advance = width * per_em + state.char_space
        if single and code == " ":
            advance += state.word_space
        end += advance * state.stretch
        texts.append(text)
        ends.append(end)
    run = _run(state, matrix, texts, ends)
    if run is not None:
        runs.append(run)
    return _move(matrix, end, 0.0)


def _run(state: _State, matrix: Matrix, texts: list[str], ends: list[float]) -> Run | None:
    first, last = 0, len(texts)
    while first < last and not texts[first].strip():
        first += 1
    while last > first and not texts[last - 1].strip():
        last -= 1
    a, b, c, d, e, f = _times(matrix, state.ctm)
    if state.typeface is None:
        return None
    drawn = state.typeface.drawn
    size = abs(state.size) * hypot(c, d) * (drawn.em if drawn else 1.0)
    if size <= 0:
        return None
    if first == last:  # a blank alone: it may be the only blank between two words
        x, y = e + state.rise * c, f + state.rise * d
        return Run("", x, x + ends[-1] * a, y, size, state.typeface.face, turn=_turn(a, b), blank_before=True)
    x = e + ends[first] * a + state.rise * c
    y = f + ends[first] * b + state.rise * d
    length = ends[last] - ends[first] - state.char_space * state.stretch
    turn = _turn(a, b)
    x, y = _upright(x, y, turn)
    scale = hypot(a, b)
    text = "".join(texts[first:last])
    # a code is one character, but for ligatures
    begins = ends[first:last] if len(text) == last - first else _begins(texts[first:last], ends[first : last + 1])
    x1 = x + length * scale
    return Run(
        text,
        x,
        x1,
        y,
        size,
        state.typeface.face,
        _USUAL_BLANK if drawn else float(state.typeface.font.space_width) / 1000,
        turn,
        first > 0,
        last < len(texts),
        (*[x + scale * (begin - ends[first]) for begin in begins], x1),
        hidden=state.mode in _UNPAINTED,
        pale=state.white and state.mode in _ONLY_FILLED,
    )


def part_of(run: Run, first: int, last: int) -> Run:
    """A run's characters from `first` up to `last` as a run; none of the two at its edges is a blank."""
    return replace(
        run,
        text=run.text[first:last],
        x0=run.edges[first],
        x1=run.edges[last],
        edges=run.edges[first : last + 1],
        blank_before=run.text[first - 1].isspace() if first else run.blank_before,
        blank_after=run.text[last].isspace() if last < len(run.text) else run.blank_after,
    )


def parts_of(run: Run, gone: Set[int]) -> list[Run]:
    """What is left of a run without some of its characters, by their numbers."""
    if not gone:
        return [run]
    parts: list[Run] = []
    start = 0
    for end in [*sorted(gone), len(run.text)]:
        text = run.text[start:end]
        if text.strip():
            parts.append(part_of(run, start + len(text) - len(text.lstrip()), start + len(text.rstrip())))
        start = end + 1
    return parts


def _upright(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point as if the page had been turned until text of that direction is upright."""
    return {0: (x, y), 1: (y, -x), 2: (-x, -y), 3: (-y, x)}[turn]


def _begins(texts: Sequence[str], ends: Sequence[float]) -> Iterator[float]:
    """Where each character begins; the characters of one code share its width."""
    for text, (start, end) in zip(texts, pairwise(ends), strict=True):
        yield from (start + i * (end - start) / len(text) for i in range(len(text)))


def _turn(a: float, b: float) -> int:
    if abs(b) <= _SLOPE * abs(a):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _set(state: _State, operator: bytes, value: Any) -> None:
    if not isinstance(value, (int, float)):
        return
    number = float(value)
    if operator == b"Tc":
        state.char_space = number
    elif operator == b"Tw":
        state.word_space = number
    elif operator == b"Tz":
        state.stretch = number / 100
    elif operator == b"TL":
        state.leading = number
    elif operator == b"Ts":
        state.rise = number
    elif operator == b"Tr":
        state.mode = int(number)


def _is_white(operands: Any) -> bool:
    """Whether the parts of a colour make white: all 1 of grey or of red, green and blue, or no ink of four."""
    parts = list(operands)
    wanted = 0 if len(parts) == 4 else 1
    return len(parts) in (1, 3, 4) and all(isinstance(part, (int, float)) and part == wanted for part in parts)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (_number(value) for value in list(operands)[-6:])
    return a, b, c, d, e, f


def _move(m: Matrix, x: float, y: float) -> Matrix:
    return m[0], m[1], m[2], m[3], x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
