"""What a line looks like: heading, end of a sentence, middle of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.papers.conventions import (
    AUTHORS_AND_MARK,
    BEHIND_AUTHORS,
    LETTER_OF_NOUN,
    OPENERS,
    SENTENCE_END,
    STARTS_WITH_LETTER,
    STARTS_WITH_MARK,
    STARTS_WITH_NUMBER,
    STARTS_WITH_PLACE,
    STARTS_WITH_VARIANT,
    STOP_IN_NUMBER,
    STOP_INSIDE,
    STOP_MAY_BE_INSIDE,
    names_section,
    numbering_of,
)

_LINE = re.compile(r"([^\r\n\f]*)(?:\r\n|\r|\n|\f|\Z)")
_FIRST_WORD = re.compile(
    r"\s+[(“\"‘]?(?!A (?:&|and|or|with|is|are|was|were|has|had|in|from|to)\b)([A-Z][a-z]*)(?![\w.’'-])"
)
"""A word with a capital; `A` behind which no noun can stand is a letter, as in `sp. A and B`."""
_GOES_ON = re.compile(r"\s*[a-z\ufb00-\ufb06]+(?![\w’'])")
_NUMBERED = re.compile(r"^[1-9]\d?(?:\.[1-9]\d?)+\.?\s+[A-Z][^.;:]*$")
_LONGEST_HEADING = 80
"""Characters of a heading, without its number, at most: about one line. Set by hand."""
_WHOLE_WORD = 4
"""Letters of a heading's longest word at least: `A B C` are panels, `DNA` is a label. Set by hand."""
_HAS_WORD = re.compile(rf"[a-z]{{{_WHOLE_WORD}}}")
_LETTERS = 0.6
"""Share of letters in a heading in capitals at least; a formula or a row of a table has fewer. Set by hand."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line: `text` is text[start:end] without its break, `next` is the offset after the break."""

    start: int
    end: int
    next: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether it has only white space."""
        return not self.text.strip()

    @property
    def indented(self) -> bool:
        """Whether it begins with a blank, which marks a new paragraph or block."""
        return not self.blank and self.text[0] in " \t\u00a0"


def lines_of(text: str) -> list[TextLine]:
    """All lines in order. Every character of the text belongs to exactly one of them.

    >>> [line.text for line in lines_of("a\\n\\nb")]
    ['a', '', 'b']
    """
    return [TextLine(m.start(), m.end(1), m.end(), m[1]) for m in _LINE.finditer(text) if m.end() > m.start()]


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does; a reference mark may follow the full stop.

    >>> ends_sentence("as was shown [3]. "), ends_sentence("in the 1990s.3"), ends_sentence("initial MRI")
    (True, True, False)
    """
    return bool(SENTENCE_END.search(text.rstrip()))


def goes_on(text: str) -> bool:
    """Whether the text begins in the middle of a sentence: with a lower-case word, but not a name like pH or p53.

    >>> goes_on("and the liver"), goes_on("The liver"), goes_on("pH was"), goes_on("p53 was"), goes_on("β-casein")
    (True, False, False, False, False)
    """
    return bool(_GOES_ON.match(text))


def opens_sentence(text: str) -> bool:
    """Whether the text surely begins a sentence: with a word that seldom has a capital within one.

    >>> opens_sentence(" The owl"), opens_sentence(" A. Low"), opens_sentence(" Kyoto")
    (True, False, False)
    """
    word = _FIRST_WORD.match(text)
    return word is not None and word[1].lower() in OPENERS


def stop_is_inside(before: str, after: str) -> bool:
    """Whether the stop at the end of `before` surely ends no sentence, since `after` goes on with it.

    The stop belongs to an abbreviation (`cf.`, `et al.`, `Fig.`) or a number (`c.35 G>A`), or a reference mark and then
    small letters follow it. Behind `et al. [3]` a sentence ends only where a new one surely begins.

    >>> stop_is_inside("As Low et al.", " [3] saw"), stop_is_inside("It fell.", " [3] The owl")
    (True, False)
    >>> stop_is_inside("It is in Table.", " 1 of it"), stop_is_inside("It is in the table.", " 12 owls fell")
    (True, False)
    """
    mark = STARTS_WITH_MARK.match(after)
    if mark and (mark["pause"] or goes_on(after[mark.end() :])):
        return True
    if AUTHORS_AND_MARK.search(before):
        return bool(after.strip()) and not opens_sentence(after)
    if STOP_IN_NUMBER.search(before):
        return bool(after.strip())
    found = STOP_INSIDE.search(before)
    if found is None:
        return False
    if found["label"]:
        return bool(STARTS_WITH_NUMBER.match(after) or STARTS_WITH_VARIANT.match(after))
    if found["sequence"]:
        return bool(STARTS_WITH_VARIANT.match(after))
    return not found["authors"] or bool(BEHIND_AUTHORS.match(after))


def stop_may_be_inside(before: str, after: str) -> bool:
    """Whether the stop at the end of `before` may be one of an abbreviation with which the sentence goes on.

    Behind initials and abbreviations such as `i.v.` and `U.S.` a sentence ends only where a new one surely begins; a
    letter behind a noun or a number is no initial. Behind a firm it goes on with a place, behind `spp.` with a letter.

    >>> stop_may_be_inside("made by Owl Inc.", " Kyoto, Japan"), stop_may_be_inside("made by Owl Inc.", " The rest")
    (True, False)
    >>> stop_may_be_inside("by J.", " Low"), stop_may_be_inside("in group J.", " Low doses")
    (True, False)
    """
    found = STOP_MAY_BE_INSIDE.search(before)
    if found is None or not after.strip() or opens_sentence(after):
        return False
    if found["rank"]:
        return bool(STARTS_WITH_LETTER.match(after))
    if found["firm"]:
        return not before.endswith(".") or bool(STARTS_WITH_PLACE.match(after))
    return not (found["initial"] and LETTER_OF_NOUN.search(before))


def is_heading(text: str) -> bool:
    """Whether a line that stands alone is a heading.

    It is one if it is a customary name, numbered or not; if it has a number such as 2.3 with any words; or if it is set
    in capitals.

    >>> is_heading("2. Materials and methods"), is_heading("CASE PRESENTATION"), is_heading("A B C")
    (True, True, False)
    >>> is_heading("2.3. Wings and their length"), is_heading("2.3 wings were seen"), is_heading("2. Wings")
    (True, False, False)
    """
    words = text.strip()
    words = words.removeprefix(numbering_of(words))
    if names_section(words):
        return True
    if len(words) <= _LONGEST_HEADING and _NUMBERED.match(text.strip()) and _HAS_WORD.search(words):
        return True
    return (
        len(words) <= _LONGEST_HEADING
        and words.upper() == words
        and not words.endswith((".", ",", ";", "-", "/"))
        and max(map(len, words.split()), default=0) >= _WHOLE_WORD
        and sum(map(str.isalpha, words)) >= _LETTERS * len(words)
    )
