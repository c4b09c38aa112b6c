"""A file becomes a `Document`: strict decoding, PDF pages, metadata from `corpus.bib`.

Nothing is repaired here. `raw` of a text file is its bytes decoded as UTF-8 with no newline translation; of a
PDF, what the extractor gives for each page, pages joined by a form feed.
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
    """The papers of a corpus folder, by id; other files and hidden ones are left alone.

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
    """What a BibTeX file says of each paper, by the paper's file name; a missing file says nothing.

    The field `file` is read in the forms that JabRef and Zotero write: `name.pdf`, `:folder/name.pdf:PDF`,
    several separated by `;`.

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
    # In LaTeX a per cent sign begins a comment, which no title means.
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
    """The names of papers in a field `file`, in which reference managers escape `:`, `;` and backslashes."""
    parts = (re.sub(r"\\(.)", r"\1", part).strip(" {}") for part in re.split(r"(?<!\\)[;:]", value))
    return [re.split(r"[/\\]", part)[-1] for part in parts if part.lower().endswith(SUFFIXES)]


def decode(path: Path) -> str:
    """A file's text, strictly UTF-8, newlines as they are.

    Raises:
        SourceError: a byte is not UTF-8; the message says which.
    """
    data = read_bytes(path)
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
    """Name and version of what reads such a file; part of the key under which its passages are kept."""
    return _pdf_extractor() if path.suffix.lower() == ".pdf" else "utf-8"


@lru_cache(maxsize=1)
def _pdf_extractor() -> str:
    """pypdf, and the rules by which its glyphs become lines in order: a changed rule reads PDFs anew, and no texts."""
    import pypdf

    rules = digest(sorted(Path(__file__).with_name("pdf").glob("*.py")))
    return f"pypdf {pypdf.__version__}, layout {rules[:8]}"


def read(source: Source) -> Document:
    """Read one paper. What `corpus.bib` says of it goes before what a PDF states of itself.

    Raises:
        SourceError: the file is empty, damaged, encrypted, not UTF-8 or without text; the message names
            the file and what helps.
    """
    pages, stated = _pdf(source.path) if source.path.suffix.lower() == ".pdf" else ([], {})
    raw = PAGE_BREAK.join(page.text for page in pages) if pages else decode(source.path)
    if not any(c.isalnum() for c in raw):
        raise SourceError(f"{source.path} is empty: there is not one word in it")
    from qa.papers.pdf.printed import pack

    starts = tuple(accumulate((len(page.text) + len(PAGE_BREAK) for page in pages[:-1]), initial=0)) if pages else ()
    return Document(
        id=source.id,
        sha256=sha256(source.path),
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
    """The printed page numbers; () where they say no more than counting does, or cannot be what is printed."""
    labels = tuple(page.label or "" for page in pages)
    counted = tuple(map(str, range(1, len(pages) + 1)))
    are_printed = len(set(labels)) == len(labels) and not {"", "0"} & set(labels)
    return labels if are_printed and labels != counted else ()


def _pdf(path: Path) -> tuple[list[Page], dict[str, str]]:
    """The pages of a PDF, its text in reading order, with what each region is; and its metadata."""
    import pypdf
    from pypdf.errors import FileNotDecryptedError

    from qa.papers.pdf.metadata import metadata_of
    from qa.papers.pdf.pages import read_pages

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings are not about anything one can do
    data = read_bytes(path)
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
    except Exception as error:  # pypdf raises whatever a damaged file leads it to
        raise SourceError(f"{path} is damaged and cannot be read ({type(error).__name__}: {error})") from error
    if not any(page.text.strip() for page in pages):
        if fault := next((page.fault for page in pages if page.fault), ""):
            raise SourceError(f"{path} is damaged and not one page of it can be read ({fault})")
        raise SourceError(f"{path} has {len(pages)} pages and no text layer: a scan; run OCRmyPDF on it first")
    return pages, metadata


def _encrypted(path: Path) -> SourceError:
    return SourceError(f"{path} is encrypted; save a copy without a password, for example with `qpdf --decrypt`")
