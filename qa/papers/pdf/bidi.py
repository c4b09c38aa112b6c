"""A line of Arabic or Hebrew as it is painted becomes the line as it is typed.

A PDF paints from left to right whatever the script, so that the letters of a script that is written from right to left
come in reverse. This undoes what Unicode's bidirectional algorithm (UAX 9) does for display: numbers and Latin words
within such a line stay as they are. Letters in the form that they have within a word become plain ones (NFKC).
"""

from __future__ import annotations

import re
import unicodedata

_RIGHT = "\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
"""Scripts that are written from right to left, without their digits, which are not."""
_WRITTEN_LEFT = re.compile(rf"[{_RIGHT}]")
_FORM = re.compile(r"[\ufb1d-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile(rf"(?![{_RIGHT}])[^\W\d_]")
_WORD = rf"(?:[$€£+−-](?=\d))?(?![{_RIGHT}])[^\W_](?:[^\s{_RIGHT}]*(?![{_RIGHT}])[^\W_])?[%°]?"
_RIGHTWARD = re.compile(rf"{_WORD}(?:[ /:+–-]{_WORD})*")
"""What may go from left to right in a line that goes from right to left: words and numbers that are not Arabic or
Hebrew."""
_UNIT_FIRST = re.compile(r"(?<!\S)([µμ]?[A-Za-z]{1,3}(?:/[A-Za-z]{1,3})?|%) ([\d.,–-]*\d)(?!\S)")
"""A unit and a number: between letters that go left, the number is on the right of its unit."""
_LEFTWARD = re.compile(rf"[{_RIGHT}](?:(?:(?!{_LATIN.pattern}).)*[{_RIGHT}])?")
"""What goes from right to left in a line that goes from left to right, with the numbers within it."""
_MIRRORED = str.maketrans("()[]{}«»<>", ")(][}{»«><")


def goes_left(text: str) -> bool:
    """Whether a text has a letter that is written from right to left."""
    return not text.isascii() and _WRITTEN_LEFT.search(text) is not None


def as_painted(text: str) -> str:
    """What one glyph stands for, in the order of painting."""
    return text[::-1] if len(text) > 1 and goes_left(text) else text


def as_typed(text: str) -> str:
    """A line in the order in which it is read, out of that in which it is painted.

    >>> as_typed("COVID 19 ,2020 " + "שלום"[::-1]) == "שלום 2020, COVID 19"
    True
    >>> as_typed("the word " + "שלום"[::-1] + " here") == "the word שלום here"
    True
    """
    words = text.split()
    if sum(map(goes_left, words)) >= sum(_LATIN.search(word) is not None for word in words):
        typed = _reversed(text)
    else:
        typed = _LEFTWARD.sub(lambda match: _reversed(match[0]), text)
    return _FORM.sub(lambda match: unicodedata.normalize("NFKC", match[0]), typed)


def _rightward(text: str) -> str:
    """Words and numbers in the order in which they are read; of numbers alone the one on the right comes first."""
    if not _LATIN.search(text):
        return " ".join(reversed(text.split(" ")))
    return _UNIT_FIRST.sub(r"\2 \1", text)


def _reversed(text: str) -> str:
    """A text from right to left, but for its Latin words and numbers."""
    parts: list[str] = []
    at = 0
    for match in _RIGHTWARD.finditer(text):
        parts += [text[at : match.start()][::-1], _rightward(match[0])]
        at = match.end()
    parts.append(text[at:][::-1])
    typed = "".join(reversed(parts))
    bracket = re.search(r"[()\[\]]", typed)
    return typed.translate(_MIRRORED) if bracket and bracket[0] in ")]" else typed
