"""A file becomes a `Document`: strict decoding, PDF pages, metadata from `corpus.bib`.

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
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from qa.papers.rules import digest
from qa.types import Document, Region, SourceError

if TYPE_CHECKING:
    from qa.papers.pdf.pages import Page

SUFFIXES = (".pdf", ".txt")
BIBLIOGRAPHY = "corpus.bib"
PAGE_BREAK = "\f"

_FIELDS = ("title", "author", "journal", "year", "volume", "number", "pages", "doi", "keywords", "abstract")
_PER_CENT = re.compile(r"(?<!\\)%")
_RUN_ON = re.compile(r"[}\"]\s*\w+\s*=\s*[{\"]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A paper in the corpus folder, not yet read."""

    id: str
    path: Path
    metadata: Mapping[str, str]


def sources_in(corpus: Path) -> tuple[Source, ...]:
    """The papers of a corpus folder, sorted by id; other files and hidden files are ignored.

    Raises:
        SourceError: the folder is missing, or `corpus.bib` cannot be read, or two files have one id.
    """
    if not corpus.is_dir():
        raise SourceError(f"{corpus} is not a folder; make it and copy papers (.txt, .pdf) into it")
    metadata = read_bibliography(corpus / BIBLIOGRAPHY)
    sources: dict[str, Source] = {}
    for path in sorted(corpus.iterdir()):
        if not path.is_file() or path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
            continue
        if path.stem in sources:
            raise SourceError(
                f"{sources[path.stem].path} and {path} would both be called {path.stem!r}; rename one of them"
            )
        sources[path.stem] = Source(path.stem, path, metadata.get(path.name, {}))
    return tuple(sources[key] for key in sorted(sources))


def read_bibliography(path: Path) -> dict[str, dict[str, str]]:
    """The fields of a BibTeX file's entries, by the file name of each paper; {} if the file is missing.

    The field `file` may have the forms that JabRef and Zotero write: `name.pdf`, `:folder/name.pdf:PDF`, and several
    of them separated by `;`.

    Raises:
        SourceError: the file is not UTF-8 or has an entry that is no BibTeX; the message names the line.
    """
    if not path.exists():
        return {}
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware

    text = decode(path)
    plain = parse_string(text)
    wrong = [(block.start_line, str(block.error) or "it has no end") for block in plain.failed_blocks]
    wrong += [
        (entry.start_line, "a comma is missing between two fields")
        for entry in plain.entries
        if any(_RUN_ON.search(str(field.value)) for field in entry.fields)
    ]
    for line, reason in wrong:
        raise SourceError(f"{path}, line {(line or 0) + 1}: this entry cannot be read ({reason})")
    # A per cent sign begins a comment in LaTeX; in a title it is meant as it stands.
    decoded = parse_string(_PER_CENT.sub(r"\\%", text), append_middleware=[LatexDecodingMiddleware()])
    found: dict[str, dict[str, str]] = {}
    for as_written, entry in zip(plain.entries, decoded.entries, strict=True):
        known = {key.lower(): str(field.value) for key, field in entry.fields_dict.items()}
        fields = {name: " ".join(known[name].split()) for name in _FIELDS if known.get(name)}
        files = next((str(f.value) for key, f in as_written.fields_dict.items() if key.lower() == "file"), "")
        for name in _file_names(files):
            found[name] = fields | {"key": entry.key}
    return found


def _file_names(value: str) -> list[str]:
    """The names of papers in a field `file`; reference managers escape `:`, `;` and backslashes in it."""
    parts = (re.sub(r"\\(.)", r"\1", part).strip(" {}") for part in re.split(r"(?<!\\)[;:]", value))
    return [re.split(r"[/\\]", part)[-1] for part in parts if part.lower().endswith(SUFFIXES)]


def decode(path: Path) -> str:
    """A file's text, strictly UTF-8, newlines as they are.

    Raises:
        SourceError: a byte is not UTF-8; the message says which.
    """
    return _decoded(read_bytes(path), path)


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}; "
            f"convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`"
        ) from None


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or a `SourceError` that names it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def extractor_of(path: Path) -> str:
    """Name and version of what extracts the text of such a file; part of the key of its stored passages."""
    return _pdf_extractor() if path.suffix.lower() == ".pdf" else "utf-8"


@lru_cache(maxsize=1)
def _pdf_extractor() -> str:
    """pypdf's version and a digest of the layout rules: after a rule changes, PDFs are read again and texts are not."""
    import pypdf

    papers = Path(__file__).parent
    rules = digest([papers / "conventions.py", *sorted((papers / "pdf").glob("*.py"))])
    return f"pypdf {pypdf.__version__}, layout {rules[:8]}"


def read_document(source: Source) -> Document:
    """Read one paper. What `corpus.bib` says of it overrides what a PDF states of itself.

    Raises:
        SourceError: the file is empty, damaged, encrypted, not UTF-8 or without text; the message names
            the file and what helps.
    """
    data = read_bytes(source.path)
    pages, stated = _pdf(data, source.path) if source.path.suffix.lower() == ".pdf" else ([], {})
    raw = PAGE_BREAK.join(page.text for page in pages) if pages else _decoded(data, source.path)
    if not any(c.isalnum() for c in raw):
        raise SourceError(f"{source.path} is empty: there is not one word in it")
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
    if b"%PDF-" not in data[:1024]:
        raise SourceError(f"{path} is not a PDF: it does not begin with %PDF-; is the ending right?")
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
