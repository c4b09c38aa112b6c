"""What the file says of the paper: DOI, title, authors, year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pypdf

from qa.papers.pdf.pages import Page

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\[\]{}|\\^`]*", re.IGNORECASE)
_LABELLED = re.compile(r"(?:\bdoi\b\s*[:.]?\s*|doi\.org/)$", re.IGNORECASE)
_TRAILING = ".,;:!?'’”)*†‡"
_MOVED_ON = re.compile(r"(?<=[a-z0-9])(?:received|accepted|published|citation|editor|copyright|\(?©).*$", re.IGNORECASE)
"""What a narrow column glues to a DOI."""
_YEAR = re.compile(r"(?:©|\(c\)|\bcopyright)\s*(?:©\s*)?(?:the authors?\(?s?\)?\s*)?((?:19|20)\d\d)\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"\bpublished(?: online)?:?\s[^.;\n]{0,25}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^(?:untitled|microsoft word|title|document|article|manuscript|\S+\.\w{2,5}$|\S*\d{4,}\S*$|doi:|pii:)",
    re.IGNORECASE,
)
_NAME = re.compile(r"^[^\W\d_][\w.’'-]*(?: [\w.’'-]+){1,5}$")


def metadata_of(reader: pypdf.PdfReader, pages: Sequence[Page]) -> dict[str, str]:
    """What is known for certain of `doi`, `title`, `author` and `year`; a key is missing where nothing is.

    `doi` is as `doi_of` gives it, from the text first, else from XMP or the information dictionary. `title` is
    that of the layout, else that of the file if it reads like one. `author` comes from XMP or the information
    dictionary, names in the form of the file, joined by " and ", if the first page prints them all. `year` is
    printed on the first page, after "Published" or in the copyright line.
    """
    xmp, info = _xmp(reader), _info(reader)
    found = {
        "doi": doi_of(pages) or _doi_in([*xmp.get("doi", []), *info.values()]),
        "title": _title(pages) or _stated_title([*xmp.get("title", []), info.get("/Title", "")]),
        "author": _authors(xmp.get("author", []) or [info.get("/Author", "")], pages),
        "year": _year(pages),
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
    front = [_texts(text[:1], kind) for kind in ("head", "authors", "abstract", "footnote", "title", "table", "body")]
    rest = [_texts(text, "head"), _texts(text[1:2], "authors")]
    return next((doi for texts in [*front, *rest] if (doi := _doi_in(texts))), "")


def _texts(pages: Sequence[Page], kind: str) -> list[str]:
    return [page.text[region.start : region.end] for page in pages for region in page.regions if region.kind == kind]


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
        doi += rest[1]
    doi = _MOVED_ON.sub("", doi).rstrip(_TRAILING)
    if doi.endswith("/"):
        return ""
    if doi.count("(") > doi.count(")"):
        doi += ")" if text[match.start() + len(doi) :].startswith(")") else ""
    return doi.lower()


def _title(pages: Sequence[Page]) -> str:
    return " ".join(" ".join(_texts(pages[:2], "title")).split())


def _stated_title(titles: Sequence[str]) -> str:
    """The first of a file's titles that reads like one: three words or more, no file's name."""
    plain = (" ".join(title.split()) for title in titles)
    return next((title for title in plain if len(title.split()) >= 3 and not _PLACEHOLDER.match(title)), "")


def _authors(stated: Sequence[str], pages: Sequence[Page]) -> str:
    """Names joined by " and "; "" unless each looks like a person's and is printed on the first page.

    One name alone may be the first of many, and counts only if it is all that stands in its line.
    """
    listed = stated if len(stated) > 1 else re.split(r"\s*(?:;|,|&|\band\b)\s*", stated[0])
    names = [" ".join(name.split()) for name in listed if name.strip()]
    if not names or not pages or not all(map(_NAME.match, names)):
        return ""
    lines = [_letters(line) for line in pages[0].text.split("\n")]
    if len(names) == 1:
        return names[0] if _letters(names[0]) in lines else ""
    printed = "".join(lines)
    return " and ".join(names) if all(_letters(name.split()[-1]) in printed for name in names) else ""


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalpha())


def _year(pages: Sequence[Page]) -> str:
    """The year in the first page's copyright lines or after "Published"; "" if they differ or there is none."""
    text = pages[0].text if pages else ""
    for rule in (_PUBLISHED, _YEAR):
        years = set(rule.findall(text))
        if len(years) == 1:
            return str(years.pop())
    return ""


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
