"""A corpus folder becomes papers, and each a `Document`: decoded text or PDF pages, with what is known of it.

Nothing is repaired here. `raw` of a text file is its bytes decoded as UTF-8 without newline translation. `raw` of a PDF
is the extractor's text of each page, pages joined by a form feed.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from qa.papers.bibliography import Fault, read_bibliography
from qa.papers.files import BIBLIOGRAPHY, read_bytes, text_of
from qa.papers.folder import LeftOut, lines_of, papers_in
from qa.papers.rules import digest
from qa.types import Document, Quality, Region, SourceError

if TYPE_CHECKING:
    from qa.papers.pdf.pages import Page

PAGE_BREAK = "\f"
_FAULTS = 20
"""Faults of a bibliography that are named one by one. Set by hand, 2026-11-27."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A paper in the corpus folder, not yet read."""

    id: str
    path: Path
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is in a corpus folder: the papers, sorted by id; the other files; the faults of the bibliography."""

    sources: tuple[Source, ...]
    left_out: tuple[LeftOut, ...]
    faults: tuple[Fault, ...]

    def lines(self) -> list[str]:
        """What to tell people of it: what is not read, and what is wrong with the bibliography."""
        lines = [*lines_of(self.left_out), *map(str, self.faults[:_FAULTS])]
        if (more := len(self.faults) - _FAULTS) > 0:
            lines.append(f"{BIBLIOGRAPHY}: {more} more faults; `qa index status --json` names all of them")
        return lines


def read_corpus(corpus: Path) -> Corpus:
    """Look through a corpus folder and its bibliography; no paper is opened.

    Raises:
        SourceError: the folder is missing.
    """
    listing = papers_in(corpus)
    bibliography = read_bibliography(corpus / BIBLIOGRAPHY)
    sources = tuple(
        Source(name, path, bibliography.metadata_of(path.relative_to(corpus))) for name, path in listing.papers.items()
    )
    return Corpus(sources, listing.left_out, bibliography.faults)


def sources_in(corpus: Path) -> tuple[Source, ...]:
    """The papers of a corpus folder, sorted by id. Raises `SourceError` if the folder is missing."""
    return read_corpus(corpus).sources


def check(data: bytes, path: Path) -> None:
    """Raise a `SourceError` if the bytes of a paper's file alone tell that it cannot be read; this takes no time."""
    if path.suffix.lower() != ".pdf":
        _check_words(text_of(data, path), path)
    elif not data:
        raise SourceError(f"{path} is not a PDF: it is empty, with not one byte in it; copy or download it again")
    elif b"%PDF-" not in data[:1024]:
        raise SourceError(f"{path} is not a PDF: it does not begin with %PDF-; is the ending right?")


def _check_words(raw: str, path: Path) -> None:
    if any(c.isalnum() for c in raw):
        return
    if "\ufffd" in raw and path.suffix.lower() == ".pdf":
        raise SourceError(f"{path} does not say which letters its fonts show; run `ocrmypdf --force-ocr` on it")
    raise SourceError(f"{path} is empty: there is not one word in it; delete it or copy the paper again")


def extractor_of(path: Path) -> str:
    """Name and version of what extracts the text of such a file; part of the key of its stored passages."""
    return _pdf_extractor() if path.suffix.lower() == ".pdf" else "utf-8"


@lru_cache(maxsize=1)
def _pdf_extractor() -> str:
    """pypdf's version and a digest of the layout rules: after a rule changes, PDFs are read again and texts are not."""
    return f"pypdf {version('pypdf')}, layout {digest(layout_files())[:8]}"


def layout_files() -> list[Path]:
    """The files whose code shapes what is read of a PDF, in a fixed order."""
    papers = Path(__file__).parent
    return [papers / "conventions.py", *sorted((papers / "pdf").glob("*.py"))]


def read_document(source: Source) -> Document:
    """Read one paper. What `corpus.bib` says of it overrides what a PDF states of itself.

    Raises:
        SourceError: the file is empty, damaged, encrypted, not UTF-8 or without text; the message names
            the file and what helps.
    """
    data = read_bytes(source.path)
    check(data, source.path)
    pages, stated = _pdf(data, source.path) if source.path.suffix.lower() == ".pdf" else ([], {})
    raw = PAGE_BREAK.join(page.text for page in pages) if pages else text_of(data, source.path)
    _check_words(raw, source.path)
    from qa.papers.pdf.printed import pack

    starts = tuple(accumulate((len(page.text) + len(PAGE_BREAK) for page in pages[:-1]), initial=0)) if pages else ()
    return Document(
        id=source.id,
        sha256=hashlib.sha256(data).hexdigest(),
        raw=raw,
        page_starts=starts,
        page_labels=_labels(pages),
        layout=tuple(
            Region(start + region.start, start + region.end, region.kind)
            for page, start in zip(pages, starts, strict=True)
            for region in page.regions
        ),
        quality=tuple(
            Quality(number, prod(factor for _, factor in page.doubts), tuple(reason for reason, _ in page.doubts))
            for number, page in enumerate(pages, start=1)
        ),
        lines=tuple(pack(page.lines) for page in pages),
        extractor=extractor_of(source.path),
        metadata=stated | dict(source.metadata),
    )


def _labels(pages: Sequence[Page]) -> tuple[str, ...]:
    """The printed page numbers; () if they only count the pages, or cannot be what is printed."""
    labels = tuple(page.label or "" for page in pages)
    counted = tuple(map(str, range(1, len(pages) + 1)))
    are_printed = len(set(labels)) == len(labels) and not {"", "0"} & set(labels)
    return labels if are_printed and labels != counted else ()


def _pdf(data: bytes, path: Path) -> tuple[list[Page], dict[str, str]]:
    """The pages of a PDF, text in reading order with the kind of each region, and the PDF's own metadata."""
    import pypdf
    from pypdf.errors import FileNotDecryptedError

    from qa.papers.pdf.metadata import metadata_of
    from qa.papers.pdf.pages import read_pages

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # users cannot act on its warnings
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(path)
        pages = [replace(page, text=_SURROGATE.sub("\ufffd", page.text)) for page in read_pages(reader)]
        metadata = {name: _SURROGATE.sub("\ufffd", value) for name, value in metadata_of(reader, pages).items()}
    except (SourceError, MemoryError):
        raise
    except FileNotDecryptedError:
        raise _encrypted(path) from None
    except Exception as error:  # pypdf may raise any exception on a damaged file
        raise SourceError(f"{path} is damaged and cannot be read ({type(error).__name__}: {error})") from error
    if not any(page.text.strip() for page in pages):
        if fault := next((page.fault for page in pages if page.fault), ""):
            raise SourceError(f"{path} is damaged and not one page of it can be read ({fault})")
        raise SourceError(f"{path} has {len(pages)} pages and no text layer: a scan; run OCRmyPDF on it first")
    return pages, metadata


def _encrypted(path: Path) -> SourceError:
    return SourceError(f"{path} is encrypted; save a copy without a password, for example with `qpdf --decrypt`")
