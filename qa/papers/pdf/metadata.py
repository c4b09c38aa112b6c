"""What the file says of the paper: DOI, title, authors, year, journal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pypdf

from qa.papers.conventions import plain_title
from qa.papers.pdf.byline import authors_of
from qa.papers.pdf.imprint import imprint_of
from qa.papers.pdf.names import family_of, names_in
from qa.papers.pdf.pages import Page, texts_of

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\[\]{}|\\^`]*", re.IGNORECASE)
_LABELLED = re.compile(r"(?:\bdoi\b\s*[:.]?\s*|doi\.org/)$", re.IGNORECASE)
_TRAILING = ".,;:!?'’”)*†‡"
_AGAIN = re.compile(r"(?<=.{8})(?:10\.\d{4,9}/|(?<=[^\W_])(?:https?:|www\.|doi(?=$|[\W\d_]))).*$", re.IGNORECASE)
"""The same DOI once more, or a label or an address, where print runs together."""
_MOVED_ON = re.compile(
    r"(?:(?<=[a-z0-9])|(?<=\w\.))(?i:received|accepted|published|citation|editor|academic editor|copyright|\(?©"
    r"|available online|downloaded).*$"
    r"|(?<=\d)(?:pages?|p\.|vol|volume|issue|article|this|open access|abstract|keywords?|issn|isbn|pii|pmid|e-?mail)"
    r"(?![a-z0-9]).*$"
    r"|(?<=\d)[A-Z][a-z]{2,}(?![a-z]*\d).*$|(?<=\d)\.[A-Z][a-z]{2,}$"
)
"""What a narrow column or a footer glues to a DOI."""
_VERSION = re.compile(r"(?<=\d{4})(?<!19\d\d)(?<!20\d\d)\.(\d)$")
"""The version of a paper that each revision gives a DOI of its own: F1000Research, preprints."""
_PLACEHOLDER = re.compile(
    r"^(?:untitled|microsoft word|title|document|article|manuscript|\S+\.\w{2,5}$|\S*\d{4,}\S*$|doi:|pii:)",
    re.IGNORECASE,
)
_NAME = re.compile(r"^[^\W\d_][\w.’'-]*(?: [\w.’'-]+){1,5}$")


def metadata_of(reader: pypdf.PdfReader, pages: Sequence[Page]) -> dict[str, str]:
    """What is known for certain of `doi`, `title`, `author`, `year` and `journal`; a key is missing where nothing is.

    `doi` is as `doi_of` gives it, from the text first, else from XMP or the information dictionary. `title` is
    that of the layout, else that of the file if it reads like one. `author` are the names as they are printed under the
    title, joined by " and "; those of XMP or the information dictionary have to be printed on the first page. `year`
    and `journal` come from the lines of the first pages that cite the paper, the year else from behind "Published" or
    from the copyright.
    """
    xmp, info = _xmp(reader), _info(reader)
    title = _title(pages) or _stated_title([*xmp.get("title", []), info.get("/Title", "")])
    authors = authors_of(pages, _borne_out(xmp.get("author", []) or [info.get("/Author", "")], pages))
    imprint = imprint_of(pages, title, [family_of(name) for name in authors])
    found = {
        "doi": doi_of(pages) or _doi_in([*xmp.get("doi", []), *info.values()]),
        "title": title,
        "author": " and ".join(authors),
        "year": imprint.year,
        "journal": imprint.journal,
    }
    return {name: value for name, value in found.items() if value}


def doi_of(text: str | Sequence[Page]) -> str:
    """The DOI printed in a text or on a paper's pages, in lower case; "" where there is none.

    On the first page its heads and feet come first, then the rest of its front; after it the heads and feet of
    the others. Reference lists never count. A DOI with its label goes before a bare one.

    >>> doi_of("PLoS ONE 9(1): e1. DOI:10.1371/Journal.pone.0000001. Editor: A. Owl")
    '10.1371/journal.pone.0000001'
    >>> doi_of("No identifier is printed.")
    ''
    """
    if isinstance(text, str):
        return _doi_in([text])
    kinds = ("head", "authors", "other", "abstract", "footnote", "title", "table", "body")
    front = [list(texts_of(text[:1], kind)) for kind in kinds]
    rest = [list(texts_of(text, "head")), *(list(texts_of(text[1:2], kind)) for kind in ("authors", "other"))]
    found = next((doi for texts in [*front, *rest] if (doi := _doi_in(texts))), "")
    return _latest(found, [text for texts in front for text in texts]) if _VERSION.search(found) else found


def _latest(doi: str, texts: Sequence[str]) -> str:
    """The DOI of a paper's last version among those that the texts have."""
    all_of_them = {_tidy(text, match) for text in texts for match in _DOI.finditer(text)}
    versions = {
        one: int(number[1])
        for one in all_of_them | {doi}
        if (number := _VERSION.search(one)) and _VERSION.sub("", one) == _VERSION.sub("", doi)
    }
    return max(versions, key=lambda one: versions[one])


def _doi_in(texts: Sequence[str]) -> str:
    bare = ""
    for text in texts:
        for match in _DOI.finditer(text):
            doi = _tidy(text, match)
            if doi and _LABELLED.search(text[: match.start()]):
                return doi
            bare = bare or doi
    return bare


def _tidy(text: str, match: re.Match[str]) -> str:
    """A DOI without what follows it in print; one that a line's end cut after a joint goes on in the next line."""
    doi = match[0]
    if doi[-1] in "/.-_" and (rest := re.match(r"\n(\w[^\s\"<>]*)", text[match.end() :])):
        goes_on = doi[-1] != "." or (re.search(r"\d", rest[1]) and not re.match(r"[A-Z][a-z]", rest[1]))
        doi += rest[1] if goes_on else ""
    doi = _MOVED_ON.sub("", _AGAIN.sub("", doi)).rstrip(_TRAILING)
    if doi.endswith("/"):
        return ""
    if doi.count("(") > doi.count(")"):
        doi += ")" if text[match.start() + len(doi) :].startswith(")") else ""
    return doi.lower()


def _title(pages: Sequence[Page]) -> str:
    first, *others = list(texts_of(pages[:2], "title")) or [""]
    more = (text for text in others if not text.rstrip().endswith(":") and names_in(text) is None)
    return plain_title(" ".join([first, *more]))


def _stated_title(titles: Sequence[str]) -> str:
    """The first of a file's titles that reads like one: three words or more, no file's name."""
    plain = (" ".join(title.split()) for title in titles)
    return next((title for title in plain if len(title.split()) >= 3 and not _PLACEHOLDER.match(title)), "")


def _borne_out(stated: Sequence[str], pages: Sequence[Page]) -> list[str]:
    """Names that the file states; [] unless each looks like a person's and is printed on the first page.

    One name alone may be the first of many, and counts only if it is all that stands in its line.
    """
    listed = stated if len(stated) > 1 else re.split(r"\s*(?:;|,|&|\band\b)\s*", stated[0])
    names = [" ".join(name.split()) for name in listed if name.strip()]
    if not names or not pages or not all(_NAME.match(name) and names_in(name) for name in names):
        return []
    lines = [_letters(line) for line in pages[0].text.split("\n")]
    if len(names) == 1:
        return names if _letters(names[0]) in lines else []
    printed = "".join(lines)
    return names if all(_letters(name.split()[-1]) in printed for name in names) else []


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalpha())


def _info(reader: pypdf.PdfReader) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in (reader.metadata or {}).items() if isinstance(value, str)}
    except Exception:  # a damaged dictionary must not cost the paper
        return {}


def _xmp(reader: pypdf.PdfReader) -> dict[str, list[str]]:
    """Titles, authors and identifiers of the XMP packet."""
    try:
        xmp: Any = reader.xmp_metadata
        if xmp is None:
            return {}
        found = {
            "title": list((xmp.dc_title or {}).values()),
            "author": list(xmp.dc_creator or []),
            "doi": [str(xmp.dc_identifier or ""), *_elements(xmp)],
        }
    except Exception:  # nor must a damaged packet
        return {}
    return {name: [str(value) for value in values if value] for name, values in found.items()}


def _elements(xmp: Any) -> Iterator[str]:
    """The text of the packet's elements and attributes named `doi`, of any vocabulary (PRISM, Crossmark)."""
    for element in xmp.rdf_root.getElementsByTagName("*"):
        if element.localName and element.localName.lower() == "doi":
            yield "".join(node.data for node in element.childNodes if node.nodeType == node.TEXT_NODE)
        for name, value in (element.attributes or {}).items():
            if name.lower().endswith(":doi"):
                yield value
