"""The named fixers: each proposes edits and changes nothing.

No rule names a word of any particular paper. What each rule is for stands in `RAW_TEXT.md` of the project's
shared notes, by kind; the cases are in `tests/repair/`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from statistics import median

from qa.papers.repair.edits import Edit
from qa.papers.repair.hyphens import hyphen_stays
from qa.papers.repair.lines import Line, ends_sentence, goes_on, is_heading, lines_of, names_section
from qa.text import FORMAT
from qa.types import Region

_CAPTION = re.compile(
    r"^\s*(?:supplement(?:ary|al)\s+|additional\s+)?(?P<label>fig(?:ure|\.)?|table|tab\.|scheme|box|video|file)\s*"
    r"S?\d+(?:\s?[A-H](?:\s?[-–,]\s?[A-H])*)?(?:\s*[.:|]|\s+\()",
    re.IGNORECASE,
)
_PANELS = re.compile(r"^\s*\(?[A-H]\)?(?:\s+\(?[A-H]\)?)*\s*$")
_VOLUME = re.compile(r"\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d+)?\)\s?:|\b(?:19|20)\d\d\s?;\s?\d+|\bdoi\b", re.IGNORECASE)
_VOLUME_AND_PAGES = re.compile(
    r"\b\d{1,4}\s?\(\d{1,4}(?:[-–]\d+)?\)\s?:\s?\d|\b(?:19|20)\d\d\s?;\s?\d+\s?(?:\(\d+\))?\s?:\s?\d"
)
_OWN_CITATION = re.compile(r"(?<=[.!?])\s*[(\[](?P<inside>[A-Z][^()\[\]]*(?:\(\d+\)[^()\[\]]*)?\d)\.?[)\]]\.?\s*$")
_SHORT_AUTHORS = re.compile(r"^\s*[^\W\d_][\w'’-]+(?:\s(?:and|&)\s[\w'’-]+)?,?\set\.?\sal\.?\s*$")
_PROSE = re.compile(r"[a-z]{2,}\s+[a-z]+(?:\s+\S+){2,}[^.\s][.!?]$")
_WIDE_GAP = re.compile(r"\S\s{10,}\S")
_GAP = re.compile(r"[^\S\r\n\f]*(?:(?:\r\n|\r|\n|\f)[^\S\r\n\f]*)+")
_SPECIAL = re.compile(
    r"(?P<ligature>[\ufb00-\ufb06])|(?P<ring>(?<=\d)[\u25e6\u2218\u02da](?=\s?C\b))"
    rf"|[\u00ad{FORMAT}\x00-\x08\x0e-\x1f\x7f]"
)
_TOKEN_BEFORE = re.compile(r"[\w’'\u00ad\u2010-]+$")
_TOKEN_AFTER = re.compile(r"[\w’']+")


def follow_layout(regions: Sequence[Region], offset: int = 0) -> list[Edit]:
    """Skip heads and feet, and lift all that is no running text, as the pages' layout has it.

    `offset` is where the text begins in the document's raw text.
    """
    return [
        Edit(
            region.start - offset,
            region.end - offset,
            "skip" if region.kind == "head" else "lift",
            "follow_layout",
            becomes=region.kind,
        )
        for region in regions
        if region.kind not in ("body", "heading")
    ]


def drop_running_heads(text: str) -> list[Edit]:
    """Skip running heads, feet and page numbers of a text without pages.

    A line that stands alone between blank lines, interrupts a sentence, and looks like a head: a volume and
    issue, "Surname et al.", two parts far apart; and short lines that stand directly beside one, but for the
    title. A journal with its volume and pages and nothing else is one between two paragraphs, too.
    """
    return [Edit(line.start, line.next, "skip", "drop_running_heads") for line in _isolated(lines_of(text))]


def _isolated(lines: Sequence[Line]) -> list[Line]:
    def blank(i: int) -> bool:
        return not 0 <= i < len(lines) or lines[i].blank

    alone = [i for i, line in enumerate(lines) if not line.blank and blank(i - 1) and blank(i + 1)]
    sure = {i for i in alone if _looks_like_head(lines[i])}
    heads = []
    for group in _neighbours([i for i in alone if i in sure or _may_be_head(lines[i])], lines):
        known = not sure.isdisjoint(group) and _interrupts(lines, group)
        at_start = all(line.blank for line in lines[: group[0]])  # beside a sure head may be the title
        if known or (len(group) == 1 and _cites_a_journal(lines[group[0]])):
            heads += [lines[i] for i in group if i in sure or not at_start]
    return heads


def _neighbours(alone: Iterable[int], lines: Sequence[Line]) -> Iterator[list[int]]:
    """Runs of the given lines with nothing but blank lines between them."""
    group: list[int] = []
    for i in alone:
        if group and not all(lines[j].blank for j in range(group[-1] + 1, i)):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _looks_like_head(line: Line) -> bool:
    text = line.text.rstrip()
    if len(text.split()) > 25 or _PROSE.search(text):
        return False
    return bool(_VOLUME.search(text) or _SHORT_AUTHORS.match(text) or _WIDE_GAP.search(text))


def _may_be_head(line: Line) -> bool:
    """Set like a title: few words, most of them with a capital, and neither a sentence's end nor a heading."""
    words = re.findall(r"[^\W\d_]{4,}", line.text)
    capitals = sum(word[0].isupper() for word in words)
    few = 0 < len(words) <= 12 and capitals > len(words) / 2
    return few and not ends_sentence(line.text) and not is_heading(line.text)


def _cites_a_journal(line: Line) -> bool:
    """Only a journal's name, volume and pages: no author with a title before them, no sentence, no list number."""
    text = line.text.strip()
    bare = len(text.split()) <= 10 and text[:1].isupper() and not ends_sentence(text)
    return bare and bool(_VOLUME_AND_PAGES.search(text)) and not re.search(r"[a-z]{3,}[.:,]\s|\bdoi\b", text)


def _interrupts(lines: Sequence[Line], group: Sequence[int]) -> bool:
    before = next((line for line in reversed(lines[: group[0]]) if not line.blank), None)
    after = next((line for line in lines[group[-1] + 1 :] if not line.blank), None)
    if before is None or after is None:
        return True
    ended = ends_sentence(before.text) or before.text.rstrip().endswith(":")
    return not ended or after.text.lstrip()[:1].islower() or bool(_CAPTION.match(after.text))


def lift_captions(text: str) -> list[Edit]:
    """Lift captions of figures and tables, and panel letters that stand alone, out of the text around them.

    A caption begins with its label and number after a blank line or on an indented line. It ends at a blank
    line, at an indented line, or at the next caption.
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
        elif (label := _CAPTION.match(line.text)) is not None:
            last = _caption_end(lines, i)
            becomes = "table" if label["label"].lower().startswith("tab") else "caption"
            edits.append(Edit(line.start, lines[last].next, "lift", "lift_captions", becomes=becomes))
            after_caption = True
        elif _PANELS.match(line.text) and (i + 1 == len(lines) or lines[i + 1].blank) and len(line.text.split()) > 1:
            edits.append(Edit(line.start, line.next, "skip", "lift_captions"))
        i = last + 1
    return edits


def _caption_end(lines: Sequence[Line], first: int) -> int:
    last = first
    while last + 1 < len(lines):
        following = lines[last + 1]
        if following.blank or following.indented or _CAPTION.match(following.text):
            break
        last += 1
    return last


def lift_dense_blocks(text: str) -> list[Edit]:
    """In a double-spaced text, lift runs of single-spaced lines: an abstract or a box set in another way.

    An indented line begins and ends such a run, since it is the mark of a new block.
    """
    lines = lines_of(text)
    full = [i for i, line in enumerate(lines) if not line.blank]
    spaced = [i for i in full if i + 1 < len(lines) and lines[i + 1].blank]
    if len(full) < 20 or len(spaced) < 0.6 * len(full) or median(len(lines[i].text) for i in full) > 150:
        return []
    edits = []
    for _, group in groupby(enumerate(full), lambda pair: pair[1] - pair[0]):
        run = [i for _, i in group]
        starts = [run[0], *(i for i in run[1:] if lines[i].indented), run[-1] + 1]
        for first, end in pairwise(starts):
            if end - first >= 2:
                becomes = "caption" if _CAPTION.match(lines[first].text) else "abstract"
                edit = Edit(lines[first].start, lines[end - 1].next, "lift", "lift_dense_blocks", becomes=becomes)
                edits.append(edit)
    return edits


def restore_columns(text: str) -> list[Edit]:
    """Move a column's foot that was read after the next column's head back in front of it.

    The sign is a section that begins in mid-sentence (lower case) and has within it, after a line that ends
    in mid-sentence, a paragraph that begins properly, and that itself ends in mid-sentence before a gap.
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
            edits.append(Edit(lines[start].start, lines[end - 1].next, "move", "restore_columns", to=line.start))
    return edits


def _opens_section(lines: Sequence[Line], i: int) -> bool:
    before = next((line for line in reversed(lines[:i]) if not line.blank), None)
    return before is None or is_heading(before.text)


def join_lines(text: str, words: Mapping[str, int]) -> list[Edit]:
    """Join the lines of a paragraph, with or without the hyphen, and set paragraphs and headings apart.

    `words` counts those that the paper has unbroken (`words_within_lines`); they decide on hyphens. Afterwards
    `\\n\\n` stands between paragraphs and nowhere else, and no other line break is left.
    """
    lines = [line for line in lines_of(text) if not line.blank]
    if not lines:
        return []
    widths = sorted(len(line.text.rstrip()) for line in lines)
    gaps = [gap for gap in _GAP.finditer(text) if gap.start() > 0 and gap.end() < len(text)]
    usual = _usual_breaks(lines, [_breaks(gap[0]) for gap in gaps])
    wide = [_breaks(gap[0]) > usual for gap in gaps]
    headings = {i for i in range(len(lines)) if _is_set_as_heading(lines, i, wide)}
    edits = []
    for i, gap in enumerate(gaps):
        at_heading = i in headings or i + 1 in headings
        if at_heading or _new_paragraph(lines[i], lines[i + 1], wide[i], widths):
            edits.append(Edit(gap.start(), gap.end(), "join", "join_lines", "\n\n"))
        else:
            edits.append(_join(text, gap.start(), gap.end(), words))
    return edits


def _usual_breaks(lines: Sequence[Line], breaks: Sequence[int]) -> float:
    """Line breaks between two lines of a paragraph.

    Where blank lines are usual, they stand within paragraphs (double spacing), unless most lines end as
    sentences do: then each is a paragraph.
    """
    usual = median(breaks) if breaks else 1
    ended = sum(ends_sentence(line.text) or line.text.rstrip().endswith(":") or is_heading(line.text) for line in lines)
    return 1 if ended > len(lines) / 2 else usual


def _breaks(gap: str) -> int:
    return len(re.findall(r"\r\n|\r|\n|\f", gap))


def _new_paragraph(before: Line, after: Line, wide: bool, widths: Sequence[int]) -> bool:
    """Whether a paragraph ends between two lines; `widths` are the characters of all lines, in ascending order.

    A full line is as wide as three of four are at most, so that the rows of a table count for little.
    """
    text = before.text.rstrip()
    if ends_sentence(text):
        short = len(text) < 0.8 * median(widths)
        return not goes_on(after.text) and (wide or after.indented or short or len(before.text) > 200)
    apart = len(text) < 0.5 * widths[3 * (len(widths) - 1) // 4] or text.endswith(":") or _WIDE_GAP.search(text)
    return wide and bool(apart) and after.text.lstrip()[:1].isupper()


def _is_set_as_heading(lines: Sequence[Line], i: int, wide: Sequence[bool]) -> bool:
    """Whether line i is a heading: it looks like one, and no sentence runs through it.

    `wide[i]` says whether the gap after line i is wider than usual; a customary name needs none.
    """
    text = lines[i].text
    first = text.lstrip()[:1]
    apart = (i > 0 and wide[i - 1]) or (i + 1 < len(lines) and wide[i])
    looks = (first.isupper() or first.isdigit()) and (names_section(text) or (apart and is_heading(text)))
    return looks and not (i + 1 < len(lines) and goes_on(lines[i + 1].text))


def _join(text: str, start: int, end: int, words: Mapping[str, int]) -> Edit:
    """The edit for one line break inside a paragraph."""
    before, after = text[start - 1], text[end]
    first = _TOKEN_BEFORE.search(text[max(0, start - 60) : start])
    second = _TOKEN_AFTER.match(text, end)
    if before in "-\u2010\u00ad" and start >= 2 and text[start - 2].isalnum() and first and second:
        stays = before != "\u00ad" and hyphen_stays(first[0].rstrip("-\u2010"), second[0], words)
        suspended = stays and second[0] in ("and", "or", "to", "versus")  # pre- and postnatal
        return Edit(start if stays else start - 1, end, "join", "join_hyphens", " " if suspended else "")
    if before in "/\u2013" and (before == "/" or (text[start - 2].isdigit() and after.isdigit())):
        return Edit(start, end, "join", "join_lines")
    if after == "(" and re.search(r"[^\s(]\([^\s()]*\)$", text[max(0, start - 30) : start]):
        return Edit(start, end, "join", "join_lines")
    return Edit(start, end, "join", "join_lines", " ")


def drop_own_citation(text: str) -> list[Edit]:
    """Skip the journal's citation of the paper itself, in brackets of its own behind an abstract's last sentence."""
    own = _OWN_CITATION.search(text)
    if own is None or not _VOLUME_AND_PAGES.search(own["inside"]):
        return []
    return [Edit(own.start(), own.end(), "skip", "drop_own_citation")]


def squeeze_blanks(text: str) -> list[Edit]:
    """One blank for several, none at a paragraph's edges, and an ordinary one for every special one."""
    edits = []
    for m in re.finditer(r"(?:(?!\n)\s)+", text):
        edge = m.start() == 0 or m.end() == len(text) or "\n" in (text[m.start() - 1], text[m.end()])
        wanted = "" if edge else " "
        if m[0] != wanted:
            edits.append(Edit(m.start(), m.end(), "join", "squeeze_blanks", wanted))
    return edits


def plain_characters(text: str) -> list[Edit]:
    """Ligatures in plain letters, rings before C in degrees; soft hyphens, byte-order marks and controls dropped."""
    edits = []
    for m in _SPECIAL.finditer(text):
        plain = "°" if m["ring"] else unicodedata.normalize("NFKC", m["ligature"] or "")
        edits.append(Edit(m.start(), m.end(), "join", "plain_characters", plain))
    return edits
