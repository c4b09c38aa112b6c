"""The named fixers: each proposes edits and changes nothing.

A fixer's name is the name of its edits, in `qa show --edits` too. The cases are in `tests/papers/repair/cases.json`. No
rule names a word of a particular paper. "Set by hand" beside a number says that its occasion was not recorded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import median

from qa.papers.conventions import CAPTION_IN_TEXT, TABLE_LABEL, names_section
from qa.papers.repair.edits import Edit
from qa.papers.repair.hyphens import hyphen_stays
from qa.papers.repair.lines import TextLine, ends_sentence, goes_on, is_heading, lines_of, stop_is_inside
from qa.text import COMBINING, FORMAT, on_letter
from qa.types import Region

_PANELS = re.compile(r"^\s*\(?[A-H]\)?(?:\s+\(?[A-H]\)?)*\s*$")
"""A line of panel letters: `A B C`, `(A) (B)`."""
_VOLUME = re.compile(r"\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d+)?\)\s?:|\b(?:19|20)\d\d\s?;\s?\d+|\bdoi\b", re.IGNORECASE)
"""A sign of a journal's line: `12(3):`, `2012;39` or a DOI."""
_VOLUME_AND_PAGES = re.compile(
    r"\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d+)?\)\s?:\s?\d|\b(?:19|20)\d\d\s?;\s?\d+\s?(?:\(\d+\))?\s?:\s?\d"
)
"""Volume, issue and first page: `12(3):45`, `2012;39:89`."""
_OWN_CITATION = re.compile(r"(?<=[.!?])\s*[(\[](?P<inside>[A-Z][^()\[\]]*(?:\(\d+\)[^()\[\]]*)?\d)\.?[)\]]\.?\s*$")
"""Something in brackets that begins with a capital and ends with a number, behind the last sentence of a text."""
_SHORT_AUTHORS = re.compile(r"^\s*[^\W\d_][\w'’-]+(?:\s(?:and|&)\s[\w'’-]+)?,?\set\.?\sal\.?\s*$")
"""A line with nothing but `Surname et al.`"""
_PROSE = re.compile(r"[a-z]{2,}\s+[a-z]+(?:\s+\S+){2,}[^.\s][.!?]$")
"""The end of a sentence: two words in small letters, two more at least, and a full stop."""
_WIDE_GAP = re.compile(r"\S\s{10,}\S")
"""Ten blanks or more within a line: its two parts stood at opposite margins. Set by hand."""
_GAP = re.compile(r"[^\S\r\n\f]*(?:(?:\r\n|\r|\n|\f)[^\S\r\n\f]*)+")
"""One or more line breaks with the blanks around them."""
_SPECIAL = re.compile(
    r"(?P<plain>[\ufb00-\ufb06\U0001d400-\U0001d7ff])|(?P<ring>(?<=\d)[\u25e6\u2218\u02da](?=\s?C\b))"
    rf"|[\u00ad{FORMAT}\x00-\x08\x0e-\x1f\x7f]"
)
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f]+")
_LETTERS_WITH: Mapping[str, tuple[str, str]] = {
    "´": ("aeiouyı", ""),
    "`": ("aeiouı", ""),
    "¨": ("aeiouyı", ""),
    "ˆ": ("aeiouı", "cgshwy"),
    "˜": ("ano", "iu"),
    "ˇ": ("cenrsz", "dltg"),
    "˚": ("au", ""),
    "¸": ("cs", "t"),
    "˙": ("z", "ceg"),
    "¯": ("aeiouı", ""),
    "˘": ("ag", "eiou"),
    "˝": ("ou", ""),
    "˛": ("ae", "iu"),
}
"""Accents that stand alone, with the letters that have them often in European languages, and those that seldom do."""
_LONE_ACCENT = re.compile(
    rf"(?P<before>[^\W\d_])?(?P<ahead> ?)(?P<accent>[{''.join(_LETTERS_WITH)}])"
    r"(?P<contracted>(?=(?:s|t|re|ve|ll|d|m)(?![^\W\d_])))?"  # it´s
    r"(?=(?P<behind> ?)(?P<after>[^\W\d_])(?P<alone>(?![^\W\d_]))?|)"
)
_APOSTROPHES = "´`"
"""Accents that are typed for apostrophes and quotation marks, too."""
_TOKEN_BEFORE = re.compile(r"[\w’'\u00ad\u2010-]+$")
_TOKEN_AFTER = re.compile(r"[\w’']+")
_BANDS_BEFORE = re.compile(r"[^\s(]\([^\s()]*\)$")
"""A bracket without a blank before it, as in the formula of a translocation: `t(9;22)`."""
_HYPHENS = "-\u2010\u00ad"
_AFTER_SUSPENDED = ("and", "or", "to", "versus")
"""Words behind a hyphen that stands for a word's second part: pre- and postnatal."""

_LONGEST_HEAD = 25
"""Words of a running head at most. Set by hand."""
_LONGEST_TITLE = 12
"""Words of four letters or more in a title that stands beside a running head, at most. Set by hand."""
_CAPITALS = 0.5
"""More than this share of those words begin with a capital in such a title. Set by hand."""
_LONGEST_JOURNAL = 10
"""Words of a line that has only a journal, its volume and pages, at most. Set by hand."""
_FEWEST_LINES = 20
"""Lines from which on a text can be called double-spaced. Set by hand."""
_DOUBLE_SPACED = 0.6
"""Share of lines with a blank line below them from which on a text is double-spaced: captions, abstract and headings
are the rest. Set by hand."""
_LONGEST_LINE = 150
"""Characters of the median line at most in a text that was broken into lines; a longer line is a paragraph. By hand."""
_FEWEST_DENSE = 2
"""Lines of a single-spaced block at least."""
_SHORT = 0.8
"""Share of the median line's characters below which a line that ends a sentence ends a paragraph too. Set by hand."""
_PARAGRAPH = 200
"""Characters above which a line is a paragraph by itself: no printed line is as long. Set by hand."""
_FAR_SHORTER = 0.5
"""Share of a full line's characters below which a line before a wide gap ends a paragraph without a full stop, as the
row of a table does. Set by hand."""
_TOKEN = 60
"""Characters before a line break in which the last word is looked for."""
_FORMULA = 30
"""Characters before a line break in which the brackets of a formula are looked for."""


def follow_layout(regions: Sequence[Region], offset: int = 0) -> list[Edit]:
    """Skip running heads and feet, and lift every other region that is not running text.

    `offset` is where the text begins in the document's raw text, in characters.
    """
    return [
        Edit(
            region.start - offset,
            region.end - offset,
            "skip" if region.kind == "head" else "lift",
            becomes=region.kind,
        )
        for region in regions
        if region.kind not in ("body", "heading")
    ]


def drop_running_heads(text: str) -> list[Edit]:
    """Skip running heads, feet and page numbers of a text without pages.

    A line is one if it stands alone between blank lines, interrupts a sentence, and looks like a head: it has a volume
    and issue, or is "Surname et al.", or has two parts far apart. Short lines directly beside it are skipped as well,
    except the title. A line with only a journal, its volume and pages is skipped between two paragraphs, too.
    """
    return [Edit(line.start, line.next, "skip") for line in _isolated(lines_of(text))]


def _isolated(lines: Sequence[TextLine]) -> list[TextLine]:
    def blank(i: int) -> bool:
        return not 0 <= i < len(lines) or lines[i].blank

    alone = [i for i, line in enumerate(lines) if not line.blank and blank(i - 1) and blank(i + 1)]
    sure = {i for i in alone if _looks_like_head(lines[i])}
    heads = []
    for group in _neighbours([i for i in alone if i in sure or _may_be_head(lines[i])], lines):
        known = not sure.isdisjoint(group) and _interrupts(lines, group)
        at_start = all(line.blank for line in lines[: group[0]])  # the line beside a sure head may be the title
        if known or (len(group) == 1 and _cites_a_journal(lines[group[0]])):
            heads += [lines[i] for i in group if i in sure or not at_start]
    return heads


def _neighbours(alone: Iterable[int], lines: Sequence[TextLine]) -> Iterator[list[int]]:
    """Runs of the given lines with nothing but blank lines between them."""
    group: list[int] = []
    for i in alone:
        if group and not all(lines[j].blank for j in range(group[-1] + 1, i)):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _looks_like_head(line: TextLine) -> bool:
    text = line.text.rstrip()
    if len(text.split()) > _LONGEST_HEAD or _PROSE.search(text):
        return False
    return bool(_VOLUME.search(text) or _SHORT_AUTHORS.match(text) or _WIDE_GAP.search(text))


def _may_be_head(line: TextLine) -> bool:
    """Whether a line is set like a title: few words, most of them capitalised, no end of a sentence and no heading."""
    words = re.findall(r"[^\W\d_]{4,}", line.text)
    capitals = sum(word[0].isupper() for word in words)
    few = 0 < len(words) <= _LONGEST_TITLE and capitals > _CAPITALS * len(words)
    return few and not ends_sentence(line.text) and not is_heading(line.text)


def _cites_a_journal(line: TextLine) -> bool:
    """Whether a line has only a journal's name, volume and pages: no author or title, no sentence, no list number."""
    text = line.text.strip()
    bare = len(text.split()) <= _LONGEST_JOURNAL and text[:1].isupper() and not ends_sentence(text)
    return bare and bool(_VOLUME_AND_PAGES.search(text)) and not re.search(r"[a-z]{3,}[.:,]\s|\bdoi\b", text)


def _interrupts(lines: Sequence[TextLine], group: Sequence[int]) -> bool:
    before = next((line for line in reversed(lines[: group[0]]) if not line.blank), None)
    after = next((line for line in lines[group[-1] + 1 :] if not line.blank), None)
    if before is None or after is None:
        return True
    ended = ends_sentence(before.text) or before.text.rstrip().endswith(":")
    return not ended or after.text.lstrip()[:1].islower() or bool(CAPTION_IN_TEXT.match(after.text))


def lift_captions(text: str) -> list[Edit]:
    """Lift captions of figures and tables out of the text around them; skip lines that have only panel letters.

    A caption begins with its label and number, after a blank line or on an indented line. It ends at a blank line, at
    an indented line, or at the next caption.
    """
    lines = lines_of(text)
    edits = []
    i, after_caption = 0, False
    while i < len(lines):
        line = lines[i]
        last = i
        opens = i == 0 or lines[i - 1].blank or line.indented or after_caption
        after_caption = False
        if line.blank or not opens:
            pass
        elif CAPTION_IN_TEXT.match(line.text):
            last = _caption_end(lines, i)
            becomes = "table" if TABLE_LABEL.match(line.text) else "caption"
            edits.append(Edit(line.start, lines[last].next, "lift", becomes=becomes))
            after_caption = True
        elif _PANELS.match(line.text) and (i + 1 == len(lines) or lines[i + 1].blank) and len(line.text.split()) > 1:
            edits.append(Edit(line.start, line.next, "skip"))
        i = last + 1
    return edits


def _caption_end(lines: Sequence[TextLine], first: int) -> int:
    last = first
    while last + 1 < len(lines):
        following = lines[last + 1]
        if following.blank or following.indented or CAPTION_IN_TEXT.match(following.text):
            break
        last += 1
    return last


def lift_dense_blocks(text: str) -> list[Edit]:
    """In a double-spaced text, lift runs of single-spaced lines: an abstract or a caption.

    An indented line begins a new run, since it marks a new block.
    """
    lines = lines_of(text)
    full = [i for i, line in enumerate(lines) if not line.blank]
    spaced = [i for i in full if i + 1 < len(lines) and lines[i + 1].blank]
    is_double_spaced = len(full) >= _FEWEST_LINES and len(spaced) >= _DOUBLE_SPACED * len(full)
    if not is_double_spaced or median(len(lines[i].text) for i in full) > _LONGEST_LINE:
        return []
    edits = []
    for _, group in groupby(enumerate(full), lambda pair: pair[1] - pair[0]):
        run = [i for _, i in group]
        starts = [run[0], *(i for i in run[1:] if lines[i].indented), run[-1] + 1]
        for first, end in pairwise(starts):
            if end - first >= _FEWEST_DENSE:
                becomes = "caption" if CAPTION_IN_TEXT.match(lines[first].text) else "abstract"
                edits.append(Edit(lines[first].start, lines[end - 1].next, "lift", becomes=becomes))
    return edits


def restore_columns(text: str) -> list[Edit]:
    """Move the foot of a column that was read after the head of the next column back in front of it.

    The sign is a section that begins in the middle of a sentence, with a lower-case word. In it, a line that ends in
    the middle of a sentence is followed by an indented paragraph that begins with a capital, and this paragraph breaks
    off in the middle of a sentence, too. It is the foot.
    """
    lines = lines_of(text)
    edits: list[Edit] = []
    for i, line in enumerate(lines):
        in_mid_sentence = re.match(r"\s*[a-z]+[\s,;]", line.text)
        if not in_mid_sentence or not _opens_section(lines, i) or (edits and line.start < edits[-1].end):
            continue
        end = next((j for j in range(i, len(lines)) if lines[j].blank), len(lines))
        start = next(
            (
                j
                for j in range(i + 1, end)
                if lines[j].indented and lines[j].text.strip()[:1].isupper() and not ends_sentence(lines[j - 1].text)
            ),
            None,
        )
        if start is not None and end < len(lines) and not ends_sentence(lines[end - 1].text):
            edits.append(Edit(lines[start].start, lines[end - 1].next, "move", to=line.start))
    return edits


def _opens_section(lines: Sequence[TextLine], i: int) -> bool:
    before = next((line for line in reversed(lines[:i]) if not line.blank), None)
    return before is None or is_heading(before.text)


def join_lines(text: str) -> list[Edit]:
    """Join the lines of a paragraph by a blank, and set paragraphs and headings apart.

    Afterwards `\\n\\n` stands between paragraphs and nowhere else, and no other line break is left, except those
    behind a hyphen within a word. `join_hyphens` joins these, on the same text.
    """
    edits = []
    for start, end, apart in _line_breaks(text):
        if apart:
            edits.append(Edit(start, end, "join", "\n\n"))
        elif _broken_word(text, start, end) is None:
            edits.append(Edit(start, end, "join", "" if _needs_no_blank(text, start, end) else " "))
    return edits


def join_hyphens(text: str, words: Mapping[str, int]) -> list[Edit]:
    """Join the halves of a word that has a hyphen at a line's end, with or without the hyphen.

    `words` counts the words that the paper has unbroken (`words_within_lines`); they decide whether it stays.
    """
    edits = []
    for start, end, apart in _line_breaks(text):
        halves = None if apart else _broken_word(text, start, end)
        if halves:
            stays = text[start - 1] != "\u00ad" and hyphen_stays(*halves, words)
            suspended = stays and halves[1] in _AFTER_SUSPENDED
            edits.append(Edit(start if stays else start - 1, end, "join", " " if suspended else ""))
    return edits


@lru_cache(maxsize=1)  # `join_lines` and `join_hyphens` are given the same text, one behind the other
def _line_breaks(text: str) -> tuple[tuple[int, int, bool], ...]:
    """Where lines end and the next begin, blank lines left out, and whether a paragraph or a heading ends there."""
    lines = [line for line in lines_of(text) if not line.blank]
    if not lines:
        return ()
    widths = sorted(len(line.text.rstrip()) for line in lines)
    gaps = [gap for gap in _GAP.finditer(text) if gap.start() > 0 and gap.end() < len(text)]
    usual = _usual_breaks(lines, [_breaks(gap[0]) for gap in gaps])
    wide = [_breaks(gap[0]) > usual for gap in gaps]
    headings = {i for i in range(len(lines)) if _is_set_as_heading(lines, i, wide)}
    return tuple(
        (
            gap.start(),
            gap.end(),
            not headings.isdisjoint((i, i + 1)) or _new_paragraph(lines[i], lines[i + 1], wide[i], widths),
        )
        for i, gap in enumerate(gaps)
    )


def _usual_breaks(lines: Sequence[TextLine], breaks: Sequence[int]) -> float:
    """How many line breaks stand between two lines of one paragraph.

    Where most gaps have a blank line, the text is double-spaced and a blank line ends no paragraph; unless most lines
    end as sentences do: then each line is a paragraph.
    """
    usual = median(breaks) if breaks else 1
    ended = sum(ends_sentence(line.text) or line.text.rstrip().endswith(":") or is_heading(line.text) for line in lines)
    return 1 if ended > len(lines) / 2 else usual


def _breaks(gap: str) -> int:
    return len(re.findall(r"\r\n|\r|\n|\f", gap))


def _new_paragraph(before: TextLine, after: TextLine, wide: bool, widths: Sequence[int]) -> bool:
    """Whether a paragraph ends between two lines; `widths` are the characters of all lines, in ascending order.

    The third quartile of the widths is taken for a full line, so that the short rows of a table count for little.
    """
    text = before.text.rstrip()
    if stop_is_inside(text, after.text):
        return False
    if ends_sentence(text):
        short = len(text) < _SHORT * median(widths)
        return not goes_on(after.text) and (wide or after.indented or short or len(before.text) > _PARAGRAPH)
    full = widths[3 * (len(widths) - 1) // 4]
    apart = len(text) < _FAR_SHORTER * full or text.endswith(":") or _WIDE_GAP.search(text)
    return wide and bool(apart) and after.text.lstrip()[:1].isupper()


def _is_set_as_heading(lines: Sequence[TextLine], i: int, wide: Sequence[bool]) -> bool:
    """Whether line i is a heading: it looks like one, and the next line does not continue it.

    `wide[i]` says whether the gap after line i is wider than usual. A customary name needs no wide gap.
    """
    text = lines[i].text
    first = text.lstrip()[:1]
    apart = (i > 0 and wide[i - 1]) or (i + 1 < len(lines) and wide[i])
    looks = (first.isupper() or first.isdigit()) and (names_section(text) or (apart and is_heading(text)))
    return looks and not (i + 1 < len(lines) and goes_on(lines[i + 1].text))


def _broken_word(text: str, start: int, end: int) -> tuple[str, str] | None:
    """The halves of a word with a hyphen before the line break from `start` to `end`, without that hyphen."""
    first = _TOKEN_BEFORE.search(text[max(0, start - _TOKEN) : start])
    second = _TOKEN_AFTER.match(text, end)
    if text[start - 1] in _HYPHENS and start >= 2 and text[start - 2].isalnum() and first and second:
        return first[0].rstrip("-\u2010"), second[0]
    return None


def _needs_no_blank(text: str, start: int, end: int) -> bool:
    """Whether the lines around a break belong together: at a slash, in a range of numbers, in a formula."""
    before, after = text[start - 1], text[end]
    if before == "/" or (before == "\u2013" and text[start - 2].isdigit() and after.isdigit()):
        return True
    return after == "(" and bool(_BANDS_BEFORE.search(text[max(0, start - _FORMULA) : start]))


def drop_own_citation(text: str) -> list[Edit]:
    """Skip the journal's citation of the paper itself, which some print in brackets behind the abstract."""
    own = _OWN_CITATION.search(text)
    if own is None or not _VOLUME_AND_PAGES.search(own["inside"]):
        return []
    return [Edit(own.start(), own.end(), "skip")]


def squeeze_blanks(text: str) -> list[Edit]:
    """Replace white space by one ordinary blank, and drop it at the edges of paragraphs."""
    edits = []
    for m in re.finditer(r"[^\S\n]+", text):
        edge = m.start() == 0 or m.end() == len(text) or "\n" in (text[m.start() - 1], text[m.end()])
        wanted = "" if edge else " "
        if m[0] != wanted:
            edits.append(Edit(m.start(), m.end(), "join", wanted))
    return edits


def compose_accents(text: str) -> list[Edit]:
    """Set an accent that stands alone beside its letter on it: `Barr´e` or `Barre´` reads `Barré`.

    TeX's fonts have the accent before its letter, other programs behind it. Of the two letters beside it, that which
    has this accent more often in a European language is taken, else the one behind. Combining characters are joined to
    their letter.
    """
    edits = [
        Edit(m.start(), m.end(), "join", whole)
        for m in _DECOMPOSED.finditer(text)
        if (whole := unicodedata.normalize("NFC", m[0])) != m[0]
    ]
    for m in _LONE_ACCENT.finditer(text):
        found = _accented(m)
        if found and not (edits and edits[-1].end > found.start >= edits[-1].start):
            edits.append(found)
    return sorted(edits, key=lambda edit: edit.start)


def _accented(m: re.Match[str]) -> Edit | None:
    """The edit that sets an accent on the letter behind it or before it; None where it is on neither of them."""
    accent, before, after = m["accent"], m["before"] or "", m["after"] or ""
    usual, rare = _LETTERS_WITH[accent]
    behind, ahead = (
        (2 * (letter.lower() in usual) + (letter.lower() in rare)) if letter else 0 for letter in (after, before)
    )
    if m["ahead"]:
        ahead = 0  # a blank parts it from the letter before it
        behind = 0 if m["behind"] and accent != "¨" else behind  # a sign in a formula
    if accent in _APOSTROPHES:
        if accent == "´" and m["contracted"] is not None:
            return None
        if not before or m["ahead"]:
            behind = 2 * (accent + after == "´E")
        elif m["behind"]:
            behind = 2 * (accent + after == "´e" and m["alone"] is not None)
    if behind and (behind > ahead or (behind == ahead and not m["behind"])):
        start = m.start("ahead") if m["behind"] else m.start("accent")
        return Edit(start, m.end("after"), "join", on_letter(after, COMBINING[accent]))
    if ahead:
        return Edit(m.start("before"), m.end("accent"), "join", on_letter(before, COMBINING[accent]))
    return None


def plain_characters(text: str) -> list[Edit]:
    """Write ligatures and mathematical letters in plain ones, and a ring before C as a degree.

    Soft hyphens and control characters are dropped. A mathematical letter is one of Unicode's alphabets for formulas.
    """
    edits = []
    for m in _SPECIAL.finditer(text):
        plain = "°" if m["ring"] else unicodedata.normalize("NFKC", m["plain"] or "")
        edits.append(Edit(m.start(), m.end(), "join", plain))
    return edits
