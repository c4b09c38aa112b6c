"""What a line looks like: heading, page number, end of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.papers.conventions import SENTENCE_END, names_section, numbering_of

_LINE = re.compile(r"([^\r\n\f]*)(?:\r\n|\r|\n|\f|\Z)")
_GOES_ON = re.compile(r"\s*[a-z\ufb00-\ufb06]+(?![\w’'])")
_NUMBERED = re.compile(r"^[1-9]\d?(?:\.[1-9]\d?)+\.?\s+[A-Z][^.;:]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `text` is text[start:end] without its break, `next` is the offset after the break."""

    start: int
    end: int
    next: int
    text: str

    @property
    def blank(self) -> bool:
        """Has nothing but white space."""
        return not self.text.strip()

    @property
    def indented(self) -> bool:
        """Begins with a blank: in a text whose lines do not, the mark of a new paragraph or block."""
        return not self.blank and self.text[0] in " \t\u00a0"


def lines_of(text: str) -> list[Line]:
    """All lines in order; every character belongs to exactly one.

    >>> [line.text for line in lines_of("a\\n\\nb")]
    ['a', '', 'b']
    """
    return [Line(m.start(), m.end(1), m.end(), m[1]) for m in _LINE.finditer(text) if m.end() > m.start()]


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, a reference mark after the full stop allowed.

    >>> ends_sentence("as was shown [3]. "), ends_sentence("in the 1990s.3"), ends_sentence("initial MRI")
    (True, True, False)
    """
    return bool(SENTENCE_END.search(text.rstrip()))


def goes_on(text: str) -> bool:
    """Whether the text begins in mid-sentence: with a word in small letters, names like pH and p53 apart.

    >>> goes_on("and the liver"), goes_on("The liver"), goes_on("pH was"), goes_on("p53 was"), goes_on("β-casein")
    (True, False, False, False, False)
    """
    return bool(_GOES_ON.match(text))


def is_heading(text: str) -> bool:
    """Whether a line that stands alone is a heading: a customary name, numbered or not, a number such as 2.3 with
    words of its own, or all capitals.

    >>> is_heading("2. Materials and methods"), is_heading("CASE PRESENTATION"), is_heading("A B C")
    (True, True, False)
    >>> is_heading("2.3. Wings and their length"), is_heading("2.3 wings were seen"), is_heading("2. Wings")
    (True, False, False)
    """
    words = text.strip()
    words = words.removeprefix(numbering_of(words))
    if names_section(words):
        return True
    if len(words) <= 80 and _NUMBERED.match(text.strip()) and re.search(r"[a-z]{4}", words):
        return True
    letters = [c for c in words if c.isalpha()]
    longest = max((len(word) for word in words.split()), default=0)
    return (
        len(words) <= 80
        and longest >= 4
        and len(letters) >= 0.6 * len(words)
        and words.upper() == words
        and not words.endswith((".", ",", ";", "-", "/"))
    )
