"""What is front matter and what is text, by the words: for items that neither type nor place makes certain.

Front matter is who wrote the paper, where, when and under which licence. It is not searched, so that text which is
taken for it is lost; what is not surely front matter is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa.papers.conventions import CLAUSE_END, STARTS_WITH_KEYWORDS
from qa.papers.pdf.items import LICENCE, Item, small_share
from qa.papers.pdf.layout import Block
from qa.types import RegionKind

_SENTENCE_WORDS = 8
"""Text has a sentence of at least so many words. Set by hand, 2026-11-27."""
_SMALL = 0.4
"""At least this share of the words of text begins with a small letter; names and addresses have fewer. As in `kinds`:
in trialsjournal_16_1_50 affiliations become text at 0.27, and the lives of the authors addresses at 0.6."""
_LABEL_WORDS = 60
"""A statement that its label names (Correspondence:, Funding:) and that stands in the front has at most so many words.
Numbers, the marks of addresses among them, are none. Set by hand, 2026-11-27."""
_LICENCE_BEGINS = 400
"""A licence names itself within so many characters from the beginning of its item."""
_LICENCE_WORDS = 150
"""A licence has fewer words than this. A longer text that names one is the paper's own."""
_WORDS_AN_ADDRESS = 25
"""A list of addresses has at most so many words for each of them."""
_PLAIN_NAMES = 0.1
"""In a list of names at most this share of the words begins with a small letter. Set by hand, 2026-11-27."""
_LONGEST_NAME = 5
"""Words of a person's name at most. Set by hand, 2026-11-27."""
_FEWEST_PEOPLE = 3
"""So many people make a byline sure: two could be the halves of a title. Set by hand, 2026-11-27."""
_PEOPLE = 0.8
"""At least this share of a byline's parts are people. Set by hand, 2026-11-27."""
STRAY_WORDS = 2
"""So few words in the front, alone in their line or in other type than the body's, are a mark, a number or a label. Set
by hand, 2026-11-27."""
_COVER_WORDS = 150
"""What a cover sheet says is shorter than this; a longer text that names one is the paper's own. Set by hand,
2026-11-27."""
_COVER_SIGNS = 2
"""A cover sheet has at least so many signs of one. A paper may say once that it was downloaded. Set by hand,
2026-11-27."""

_LABELS = (
    r"correspond\w*|(?:author|address|reprints?) (?:for|and|requests?)\b|reprints?\b|e-?mails?\b|permission to make",
    r"(?:(?:present |current )?address(?:es)?|affiliations?)\b|on behalf of|equal contributions?",
    r"(?:these|both|all|the first (?:two|three)) authors (?:have )?contributed|these authors|orcid",
    r"authors?[’']? (?:affiliations?|details|information|note|contributions?)|(?:full|complete) list of author",
    r"for the\b.{0,60}\b(?:group|investigators|consortium|collaborators)",
    r"from the\b.{0,80}\b(?:department|division|university|hospital|institute)",
    r"(?:received|revised|accepted)\b|(?:first |latest )?published\b|available online|article (?:history|info)",
    r"(?:received|revised|accepted|draft|submission|publication) (?:date|version)|last updated|to appear in",
    r"cit(?:e|ation)\b|how to cite|to cite this|please cite|acm reference format|this article (?:is|was)",
    r"(?:handling |academic )?editors?\b|(?:edited|reviewed|communicated) by|reviewers?\b|peer review\w*",
    r"doi\b|pii\b|https?:|www\.|issn\b|isbn\b|arxiv:|preprint\b|downloaded from|check for updates",
    r"typeset (?:by|with|us)|proceedings of|(?:the )?\d+(?:st|nd|rd|th) (?:\w+ ){0,3}(?:conference|symposium|workshop)",
    r"vol(?:ume|\.)|no\.|pp?\.|subject (?:areas?|categor\w+)|specialty section|key ?words?\b|index terms\b",
    r"(?:jel|msc|pacs)\b|ccs concepts|categories and|general terms|contents lists? available|journal homepage",
    r"copyright\b|©|\(c\)|licen[cs]e|open access|data availability|(?:electronic )?supplementary",
    r"competing interests?|conflicts? of interest|disclosures?|funding\b|grant\b|acknowledge?ments?",
)
"""How front matter begins, any case: what is said under such a label is about the paper, and no part of it."""
_LABEL = re.compile(rf"^(?:[*∗†‡§¶#✉]{{1,3}}\s*)?(?:{'|'.join(_LABELS)})", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE_ALONE = re.compile(
    r"\(?(?:(?:manuscript |version |draft |first )*"
    r"(?:dated|compiled|received|revised|accepted|submitted|version|draft|of):? )?"
    rf"(?:\d{{1,2}}\.? {_MONTH},?|{_MONTH} \d{{1,2}},?) (?:19|20)\d\d\.?\)?",
    re.IGNORECASE,
)
"""A date with a word or two before it and nothing else, for `fullmatch`: 27 November, 2022; (Dated: May 3, 2018)."""
_COVERS = (
    # Elsevier, Wiley, Taylor & Francis: accepted manuscripts; PubMed Central: author manuscripts
    r"\bthis is (?:a|an|the) (?:pdf file of|author|accepted|unedited|open.access|peer.reviewed|post.?print|pre.?print"
    r"|self.archived)|\bpublished in final edited form|\bauthor(?:’s|'s)? manuscript\b|\baccepted manuscript\b",
    # repositories of universities, HAL, JSTOR, ResearchGate, CORE
    r"\b(?:see discussions, stats|the user has requested enhancement|your use of the jstor|stable url|hal id|hal is a)",
    r"\b(?:link to publication|document version|citation for published version|general rights|take ?down policy)",
    r"\b(?:research (?:online|explorer|portal|repository)|open repository|institutional repository|version of record)",
    r"\b(?:copyright and moral rights|breaches copyright|terms of use|downloaded from|deposited in|core\.ac\.uk)",
    r"\b(?:this version is available|this paper is posted at|to cite this version|published version available)",
)
_COVER = re.compile("|".join(_COVERS), re.IGNORECASE)
"""What the sheet says that a repository or a publisher puts in front of a paper."""
_ADDRESS = re.compile(
    r"\b(?:universi[td]\w*|depart[ae]?ment\w*|dept|institut\w*|hospitals?|hôpital|clinics?|klinik\w*|facult\w+"
    r"|schools?|colleges?|cent(?:er|re)|laborator\w+|divisions?|academy|ministry|foundation|inc|ltd|gmbh"
    r"|street|road|avenue|box|usa|uk|u\.s\.a|united (?:states|kingdom)|china|germany|france|italy|spain|japan|canada"
    r"|australia|india|brazil|netherlands|switzerland|sweden|norway|denmark|austria|belgium|korea|iran|turkey|israel)\b"
    r"|\S@\S+\.\S",
    re.IGNORECASE,
)
"""What stands in an address: an institution, a street, a country, an e-mail address."""
_DEGREE = re.compile(
    r"(?<![\w.])(?:m\.?d|ph\.?d|m\.?sc?|b\.?sc?|mbbs|mbchb|frcp|facs|dds|dvm|mph|rn|dr|prof)\b\.?", re.IGNORECASE
)
_LIFE = re.compile(
    r"\b(?:received|earned|obtained|holds?|completed|graduated)\b.{0,60}\b(?:ph\.?\s?d|m\.?\s?d|b\.?\s?s|m\.?\s?s|degrees?"
    r"|doctorate|diploma|bachelor\w*|master\w*)\b"
    r"|\bis (?:currently |now )?(?:an? |the )?(?:associate |assistant |full |senior |emeritus )*(?:professor|lecturer"
    r"|consultant|research fellow|postdoc\w*|ph\.?d student)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(r"\[[^\]]*\]|(?<=[^\W\d_.])[\s,]?\d{1,2}(?:\s?[,–-]\s?\d{1,2})*(?!\d)|[*∗†‡§¶#]")
"""What stands behind a name: [1,2], 1,2, an asterisk."""
_PARTICLES = frozenset("and et und y e i von van der den de la le du di da del dos ten ter zu al el bin".split())
"""Words in small letters that stand in names and between them."""
_DATES = re.compile(r"\b(?:received|accepted|published|revised|submitted):?\s+(?:\w+ )?\d", re.IGNORECASE)


def is_text(item: Item) -> bool:
    """Whether an item reads as sentences of a paper: one that is long enough, and most words in small letters."""
    has_sentence = bool(CLAUSE_END.search(item.text)) or item.words >= 2 * _SENTENCE_WORDS
    return item.words >= _SENTENCE_WORDS and has_sentence and small_share(item.text) >= _SMALL


def is_front_matter(item: Item) -> bool:
    """Whether an item says who wrote the paper, where, when, or under which licence, or stands on a cover sheet.

    A label tells (Received, Correspondence to), or the licence, the life of an author, a list of names or addresses.
    """
    text = item.text
    words = sum(any(c.isalpha() for c in word) for word in text.split())
    if STARTS_WITH_KEYWORDS.match(text) or (is_labelled(item) and (words < _LABEL_WORDS or not is_text(item))):
        return True
    if (
        is_licence(item)
        or is_life(item)
        or len(_DATES.findall(text)) > 1
        or _DATE_ALONE.fullmatch(text)
        or (_COVER.search(text) and words < _COVER_WORDS)
    ):
        return True
    if is_text(item):
        return False
    addresses = len(_ADDRESS.findall(text)) + len(_DEGREE.findall(text))
    return addresses >= max(1, words / _WORDS_AN_ADDRESS) or _lists_names(text)


def left_out_kind(item: Item) -> RegionKind:
    """The kind of an item that is not searched: `authors` if it is front matter, else `other`, so that it is missed."""
    return "authors" if is_front_matter(item) else "other"


def is_cover(blocks: Iterable[Block]) -> bool:
    """Whether the first page is a sheet that a repository or a publisher puts in front of a paper."""
    return sum(bool(_COVER.search(Item(0, block).text)) for block in blocks) >= _COVER_SIGNS


def is_labelled(item: Item) -> bool:
    """Whether an item begins as front matter does: Received, Correspondence to, doi."""
    return bool(_LABEL.match(item.text))


def is_life(item: Item) -> bool:
    """Whether an item tells the life of an author: a degree, a post."""
    return bool(_LIFE.search(item.text))


def is_byline(item: Item) -> bool:
    """Whether an item is a list of three or more people, each of two to four words with capitals."""
    people = [part.split() for part in re.split(r"[,;&]|\band\b", _MARKS.sub(",", item.text)) if part.strip()]
    named = sum(map(_is_name, people))
    return named >= _FEWEST_PEOPLE and named >= _PEOPLE * len(people)


def _is_name(words: Sequence[str]) -> bool:
    return 1 < len(words) <= _LONGEST_NAME and all(word[0].isupper() or word in _PARTICLES for word in words)


def is_licence(item: Item) -> bool:
    """Whether an item is the statement of copyright or licence."""
    return bool(LICENCE.search(item.text[:_LICENCE_BEGINS])) and item.words < _LICENCE_WORDS


def _lists_names(text: str) -> bool:
    """Whether a text is words with capitals in front, with "and", commas and marks between them."""
    text = _MARKS.sub(" ", text)
    names = [name for name in re.findall(r"[^\W\d_][\w.’'-]*", text) if len(name) > 1 and name not in _PARTICLES]
    plain = sum(name[0].islower() for name in names)
    return bool(names) and plain <= _PLAIN_NAMES * len(names) and not any(c.isdigit() for c in text)
