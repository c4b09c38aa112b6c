"""When and where a paper was published: year and journal, from lines of its first pages that cite itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from qa.papers.pdf.lexicon import CITE
from qa.papers.pdf.pages import Page, texts_of

_PAGES = 3
"""Running heads of so many pages are read: many first pages have none, and left ones differ from right ones. Set by
hand, 2026-11-27."""
_MOST_WORDS = 12
"""Words of a journal's name, at most. Set by hand, 2026-11-27."""
_MOST_LETTERS = 90
"""Letters of it, at most. Set by hand, 2026-11-27."""
_TITLE_WORDS = 4
"""A citation has the title if it has so many of its first words; what follows the last of the same words is not
the title's. Set by hand, 2026-11-27."""
_PROSE = 20
"""A region in which so many words begin with a small letter has no line that cites the paper. Set by hand,
2026-11-27."""
_LABEL = 40
"""A region with no more characters than this may be a label for what follows it. Set by hand, 2026-11-27."""

# -- parts of a citation

_ANY = r"((?:19|20)\d\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_MONTHS = rf"(?i:{_MONTH}(?:\s?[–/-]\s?{_MONTH})?)"
_WORD = r"(?:[A-Z][\w.&’'/-]*|(?:of|and|the|in|for|on|de|des|der|für|et|y|di|&)(?=\s)|[a-z]{1,7}\.)"
_JOURNAL = (
    r"(?P<journal>(?:[A-Z0-9]*[A-Z][\w.&’'/-]*|e[A-Z]\w+|npj|i[A-Z]\w+)" rf"(?:\s{_WORD}){{0,{_MOST_WORDS - 1}}})"
)
_VOLUME = r"(?:[A-Z]?\d{1,4}[A-Z]?)"
_VOL = r"(?i:vol(?:ume)?)\.?\s*"
_ISSUE = r"\([^)]{1,14}\)"
_RANGE = r"(?:[A-Za-z]{0,2}\d+(?:\s?[–-]\s?[A-Za-z]{0,2}\d+)?)"
_BEHIND_VOLUME = (
    rf"(?:{_ISSUE}|:\s*[A-Za-z]{{0,3}}\d"
    r"|[,;]\s*(?:(?i:no)\.?\s*\d|(?i:article)\s|[A-Za-z]{0,2}\d+\s?[–-]|[a-z]?\d{3}))"
)
"""An issue or pages, which must follow the volume: `Geneva 2015, 12` is no journal."""

# -- lines that cite the paper

_FORMS = tuple(
    re.compile(form)
    for form in (
        # Behav Ecol (2015) 69:1383–1394; Trials 2015, 16:2; JAMA. 2010;303(1):1-9; J Foo 2010 Mar;12(3):1-9
        rf"{_JOURNAL},?\s*\(?{_YEAR}\)?\s*[;,:.]?\s*(?:{_MONTHS}(?:\s\d{{1,2}})?\s?[;,:]\s*)?"
        rf"(?:{_VOL}{_VOLUME}\b|{_VOLUME}\s*{_BEHIND_VOLUME})",
        # Journal of Foo, 2022, pp. 1–9
        rf"{_JOURNAL},?\s*\(?{_YEAR}\)?\s*[;,:.]?\s*(?:pp?\.\s?|(?i:pages|article)\s)\d",
        # Annals of Foo 160 (2008), 17–46; J. ACM 37, 4, Article 111 (August 2018); Nature 123, 1–5 (2010)
        rf"{_JOURNAL},?\s+(?:{_VOL})?{_VOLUME}(?:\s?{_ISSUE}|\s?[,:/]\s?(?:(?i:article|no\.?)\s)?{_RANGE})*"
        rf"\s*\((?:{_MONTHS}\s)?{_YEAR}\)",
        # Proceedings of Foo 1:1–11, 2010; Bioinformatics, 30(2), 2014, 1–9
        rf"{_JOURNAL},?\s+{_VOLUME}(?:\s?{_ISSUE}(?:\s?:\s?{_RANGE})?|\s?:\s?{_RANGE}),\s+{_YEAR}\b",
        # IEEE TRANSACTIONS ON FOO, VOL. 12, NO. 3, MARCH 2010; J. ACM, Vol. 37, No. 4. Publication date: August 2018.
        rf"{_JOURNAL}[,.]?\s+\(?{_VOL}{_VOLUME}\b(?:(?!(?:19|20)\d\d).){{0,80}}?\b{_YEAR}\b",
        # Journal of Foo, Volume 2013, Article ID 123456
        rf"{_JOURNAL}[,.]?\s+(?i:volume)\s{_YEAR},\s(?i:article)\s",
        # PLOS ONE | www.plosone.org 1 January 2014 | Volume 9 | Issue 1
        rf"{_JOURNAL}\s*(?:\|\s*)?(?:www\.\S+\s+)?(?:\d+\s+)?{_MONTHS}\s{_YEAR}\s*\|\s*(?i:volume)\s\d+",
        # n engl j med 363;1 nejm.org july 1, 2010
        rf"(?P<journal>(?:[A-Za-z]+\s){{1,6}})\d+;\d+\s+\S+\.org\s+{_MONTHS}\s\d{{1,2}},\s{_YEAR}",
    )
)
"""Forms of a line that begins with the journal, for `match`."""
_BEHIND_TITLE = tuple(
    re.compile(form)
    for form in (
        rf"{_JOURNAL},?\s\({_YEAR}\)",  # Elsevier: Journal of Foo (2019), doi
        rf"{_JOURNAL},?\s{_VOLUME}\s?\([\w–-]+\):\s?[a-z]?\d",  # PLOS: PLoS ONE 10(1): e0116
        rf"{_JOURNAL},?\s{_VOLUME}:\s?[A-Za-z]?\d",  # Frontiers: Front. Psychol. 5:1582
    )
)
"""Forms behind the title in a line on how to cite, which may have the year elsewhere."""
_CITED_YEAR = re.compile(rf"\bet\s?al\.?,?\s*\(?{_ANY}\b|^[^(]{{0,300}}\({_ANY}\)|\b{_ANY};")
_VOLUME_AND_YEAR = re.compile(
    rf"\b(?i:vol(?:ume)?)\.?\s*\d+\b[^.|]{{0,50}}?\b{_ANY}\b"  # www.thelancet.com Vol 376 July 3, 2010
    rf"|^(?i:proc(?:eedings|\.))\s.*\b{_ANY}$"  # Proc. of the 9th Conference on Foo, Wood, May 3–5, 2006
    rf"|{_MONTHS}\s{_ANY}\s*\|\s*(?i:volume)\s\d"
)
_BEFORE_JOURNAL = re.compile(r"^.{1,60}?\bet\s?al\b\.?[,:;]?\s+")
_PAGE_NUMBER = re.compile(r"^\d{1,5}\s+(?=[A-Z])|\s(?!(?:19|20)\d\d$)\d{1,5}$")
_PREPRINT_SERVER = re.compile(r"^(?P<journal>bioRxiv|medRxiv)\s+preprint\b")

# -- other places that name the journal

_BANNER = re.compile(
    r"contents? lists? available (?:at|on)\s+[\w ]*?(?:sciencedirect|sciverse)\S*\s*\n"
    r"(?P<journal>[^\n]{3,90}(?:\n(?!journal|www)[^\n]{3,60})?)\n\s*(?:journal\s+home\s?page|www\.)",
    re.IGNORECASE,
)
_HOME_PAGE = re.compile(r"^\s*(?P<journal>[^\n]{3,90})\n\s*journal\s+home\s?page", re.IGNORECASE)
_ALONE = re.compile(
    r"(?=(?:The\s)?(?:[\w-]+\s){0,5}(?:Journal|Annals|Archives|Transactions|Bulletin|Acta|Reviews)\b)" + _JOURNAL
)
_PREPRINT = re.compile(
    r"(?i:(?:preprint|version) of an? (?:article|paper|manuscript)[^.]{0,40}?(?:published|accepted|appear)\w*"
    rf"(?: for publication)?) (?i:in)\s{_JOURNAL}(?=,|\.\s|\s\(|$)"
)
_NO_JOURNAL = re.compile(
    r"\b(?:vol|page|received|accepted|published|copyright|downloaded|figure|table|article|doi|updated|submitted"
    rf"|preprint|draft|version|print|conference|{_MONTH})\b|://|\bwww\.|\w\.\w{{3}}",
    re.IGNORECASE,
)

# -- other places that have the year

_PUBLISHED = re.compile(
    r"\bpublished(?: online| ahead of print)?:?\s"
    rf"(?!(?:in|by|between|from|since|before|after|during|data|work)\b)[^.;\n]{{0,25}}?\b{_ANY}\b"
    r"|\bthis version posted\s\w+\s\d{1,2},\s(20\d\d)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    rf"(?:©\s?c?|\(c\)|\bcopyright\b)\s*(?:©\s*)?(?:by\s)?(?:[^\d\n©]{{0,80}}?\s)??{_ANY}\b(?!\s?[–-]\s?\d)"
    r"|\b(20\d\d) the authors?\b|\bthe author\(s\)\s(20\d\d)\b",
    re.IGNORECASE,
)
_OWN_LINES = re.compile(
    r"^\W{0,3}(?:©|\(c\)|copyright\b|published\b|20\d\d the authors?\b).*(?:\n.*)?", re.IGNORECASE | re.MULTILINE
)
"""A copyright or a date at the beginning of a line, with the line after it; within prose it is of something else."""
_STAMP = re.compile(rf"\barXiv:\S+(?:\s*\[[\w.-]+\])?\s+\d{{1,2}}\s+{_MONTHS}\s+{_ANY}")

_PROSE_KINDS = ("abstract", "body", "caption", "reference")
_FRONT_KINDS = ("title", "authors", "other", "heading", "footnote", "abstract", "body", "table")
_ACRONYMS = frozenset(
    "IEEE ACM SIAM BMC BMJ PLOS JAMA AIP APS IET RSC ACS AJR CMAJ MMWR ASME ESMO ACR EMBO FEBS".split()
)
_SMALL = frozenset("of and the in for on de des der et".split())


@dataclass(frozen=True, slots=True)
class Imprint:
    """Year and journal as the paper prints them; "" for what is not certain."""

    year: str = ""
    journal: str = ""


def imprint_of(pages: Sequence[Page], title: str = "", families: Sequence[str] = ()) -> Imprint:
    """When and where a paper was published, from its first pages.

    The line on how to cite it goes before heads and feet of the first page, these before its other lines, and those
    before heads and feet of the next pages. A year that none of them has is that behind "Published", of the copyright,
    or of arXiv's stamp. `title` and `families`, the authors' family names, are what is known of the paper.
    """
    found = [
        *(_cited(line, title) for line in _citations(pages)),
        *_stated(_lines(pages[:1], "head"), families),
        *_stated(_lines(pages[:1], *_FRONT_KINDS), families),
        *_stated(_lines(pages[1:_PAGES], "head"), families),
    ]
    years = [one.year for one in found if one.year]
    journal = _banner(pages) or next((one.journal for one in found if one.journal), "") or _alone(pages, title)
    agree = bool(years) and years.count(years[0]) * 2 > len(years)
    return Imprint(years[0] if agree else _dated(pages), journal)


def _regions(pages: Sequence[Page], *kinds: str) -> Iterator[str]:
    return (unicodedata.normalize("NFKC", text) for text in texts_of(pages, *kinds))


def _citations(pages: Sequence[Page]) -> Iterator[str]:
    """The lines on how to cite the paper, with their label or behind it."""
    before = ""
    for text in _regions(pages[:2], "head", *_FRONT_KINDS):
        is_label = len(text) <= _LABEL
        if (CITE.match(text) and not is_label) or (CITE.match(before) and len(before) <= _LABEL):
            yield " ".join(text.split())
        before = text


def _lines(pages: Sequence[Page], *kinds: str) -> Iterator[str]:
    """Lines that may cite the paper, pairs of them, and whole heads; no line of prose."""
    for text in _regions(pages, *kinds):
        lines = [" ".join(line.split()) for line in text.split("\n")]
        if kinds != ("head",) and sum(word[:1].islower() for word in text.split()) >= _PROSE:
            continue
        yield from lines
        yield from (f"{first} {second}" for first, second in pairwise(lines))
        if len(lines) > 2:
            yield " ".join(lines)


def _stated(lines: Iterator[str], families: Sequence[str]) -> Iterator[Imprint]:
    """What lines have that cite the paper, without the authors before the journal's name."""
    for line in lines:
        text = _without_authors(_PAGE_NUMBER.sub("", _BEFORE_JOURNAL.sub("", line)), families)
        match = next((match for form in _FORMS if (match := form.match(text))), None)
        if match and (journal := _journal(match["journal"])):
            yield Imprint(match["year"], journal)
        elif server := _PREPRINT_SERVER.match(text):
            yield Imprint("", server["journal"])
        elif (match := _VOLUME_AND_YEAR.search(text)) and len(set(re.findall(rf"\b{_ANY}\b", text))) == 1:
            yield Imprint(next(year for year in match.groups() if year), "")


def _without_authors(line: str, families: Sequence[str]) -> str:
    """A running head without the surnames before the journal's name: `Brown and Green J Foo 2010, 1:2`."""
    for family in families[:2]:
        if match := re.match(rf"(?:[A-Z]\.\s?)*{re.escape(family)}\b\s*(?:,|and\b|&)?\s*", line, re.IGNORECASE):
            line = line[match.end() :]
    return line


def _cited(citation: str, title: str) -> Imprint:
    """Year and journal in a line on how to cite the paper; only the title tells where the journal's name begins."""
    found = _CITED_YEAR.search(citation)
    year = next(year for year in found.groups() if year) if found else ""
    rest = _behind_title(citation, title).lstrip(' .,;:?!"”’])')
    match = next((match for form in (*_FORMS, *_BEHIND_TITLE) if (match := form.match(rest))), None)
    if match is None:
        return Imprint(year)
    return Imprint(match.groupdict().get("year") or year, _journal(match["journal"]))


def _behind_title(citation: str, title: str) -> str:
    """What a citation has behind the paper's title; "" if the title is not found in it."""
    wanted = [word.lower() for word in re.findall(r"\w+", title)]
    there = list(re.finditer(r"\w+", citation))
    words = [match[0].lower() for match in there]
    for start in range(len(words)):
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(wanted, words[start:], strict=False)))
        if same >= min(_TITLE_WORDS, len(wanted)) > 1:
            return re.sub(r"^\s*\[[^\]]*\]", "", citation[there[start + same - 1].end() :])
    return ""


def _banner(pages: Sequence[Page]) -> str:
    """The journal over the address of its home page, as Elsevier's journals have it."""
    texts = list(_regions(pages[:1], "head", *_FRONT_KINDS))
    match = _BANNER.search("\n".join(texts)) or next((m for text in texts if (m := _HOME_PAGE.match(text))), None)
    return _journal(match["journal"]) if match else ""


def _alone(pages: Sequence[Page], title: str) -> str:
    """A journal's name that is all of a running head of the first page, or stands in the note on a preprint."""
    for text in _regions(pages[:1], "head"):
        for line in map(str.strip, text.split("\n")):
            if _ALONE.fullmatch(line) and line.lower() not in title.lower():
                return _journal(line)
    for text in _regions(pages[:1], "head", *_FRONT_KINDS):
        if match := _PREPRINT.search(" ".join(text.split())):
            return _journal(re.sub(r"^the\s(?=Journal)", "", match["journal"]))
    return ""


def _journal(name: str) -> str:
    """A journal's name as it is printed, capitals made small; "" if it is none."""
    words = name.strip(" ,;:|\n").split()
    name = " ".join(words)
    if _NO_JOURNAL.search(name) or not 2 <= sum(map(str.isalpha, name)) <= _MOST_LETTERS or len(words) > _MOST_WORDS:
        return ""
    if words[-1].lower() in _SMALL:
        return ""
    if name.endswith(".") and name.count(".") == 1:
        name = name[:-1]
    is_loud = len(words) > 1 and name.upper() == name and any(len(word) > 4 for word in words)
    if is_loud or name.lower() == name:
        return " ".join(_small(word, first=i == 0) for i, word in enumerate(name.split()))
    return name


def _small(word: str, first: bool) -> str:
    """A word of a journal's name that is all in capitals, or all small, as it is written elsewhere."""
    if word in _ACRONYMS:
        return word
    if word.lower() in _SMALL and not first:
        return word.lower()
    return "-".join(part.capitalize() for part in word.split("-"))


def _dated(pages: Sequence[Page]) -> str:
    """The year behind "Published", of the copyright, or of arXiv's stamp; "" if there is none or it is not one."""
    first = "\n".join(_regions(pages[:1], "head", *(kind for kind in _FRONT_KINDS if kind not in _PROSE_KINDS)))
    first += "\n" + "\n".join(_OWN_LINES.findall("\n".join(_regions(pages[:1], *_PROSE_KINDS))))
    second = "\n".join(_OWN_LINES.findall("\n".join(_regions(pages[1:2], "head", "authors", "other", "footnote"))))
    for rule, texts in ((_PUBLISHED, [first]), (_COPYRIGHT, [first, second]), (_STAMP, [first])):
        for text in texts:
            years = {next(year for year in match.groups() if year) for match in rule.finditer(text)}
            if len(years) == 1:
                return years.pop()
            if years:
                break
    return ""
