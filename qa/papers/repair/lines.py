"""What a line looks like: heading, page number, end of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"([^\r\n\f]*)(?:\r\n|\r|\n|\f|\Z)")
_ENDS_SENTENCE = re.compile(r"[.!?][\"'”’)\]]*(?:\s*\[[\d,\s–-]+\]|\d{1,3}(?:[,–-]\d{1,3})*)?[\"'”’)\]]*$")
_GOES_ON = re.compile(r"\s*[a-z\ufb00-\ufb06]+(?![\w’'])")
_NUMBERED = re.compile(r"^[1-9]\d?(?:\.[1-9]\d?)+\.?\s+[A-Z][^.;:]*$")
_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+")
_HEADINGS = frozenset(
    name.strip()
    for name in """
    abstract, summary, introduction, background, case, cases, case report, case reports, case presentation,
    case description, clinical presentation, patients and methods, subjects and methods, participants, methods,
    method, materials and methods, material and methods, methods and materials, methodology, study design, design,
    setting, data collection, data analysis, statistical analysis, statistical analyses, statistics, results,
    findings, results and discussion, discussion, strengths and limitations, limitations, conclusion, conclusions,
    concluding remarks, discussion and conclusion, discussion and conclusions, future directions, outlook,
    acknowledgement, acknowledgements, acknowledgment, acknowledgments, funding, funding statement,
    competing interests, competing interest, conflict of interest, conflicts of interest,
    conflict of interest statement, declaration of interests, declarations, disclosure, disclosures,
    author contributions, authors' contributions, contributors, ethics, ethics statement, ethics approval,
    ethics approval and consent to participate, consent for publication, informed consent, data availability,
    data availability statement, availability of data and materials, abbreviations, appendix,
    supplementary material, supplementary data, supporting information, additional files, references,
    reference list, bibliography, literature cited, works cited, keywords, key words, trial registration,
    publisher's note""".split(",")
)


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
    return bool(_ENDS_SENTENCE.search(text.rstrip()))


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
    words = _NUMBERING.sub("", text.strip())
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


def names_section(text: str) -> bool:
    """Whether the words are a customary name of a section.

    >>> names_section("DISCUSSION"), names_section("Discussion of the case")
    (True, False)
    """
    plain = _NUMBERING.sub("", text.strip()).lower().replace("’", "'").rstrip(":.")
    return " ".join(plain.split()) in _HEADINGS
