"""What makes an index stale: files, settings, code, libraries, the encoder's weights."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from qa.config import IndexSettings
from qa.index.embed import Encoder
from qa.papers.files import sha256
from qa.papers.rules import digest
from qa.papers.sources import Source, extractor_of

LIBRARIES = ("PyStemmer", "onnxruntime", "tokenizers", "wordfreq")
"""Libraries whose output is stored with every paper: stems, vectors, and which hyphens
stay. pypdf shapes only PDFs, so it is part of their extractor's name."""

_QA = Path(__file__).resolve().parents[1]
_INDEX_CODE = (
    "arrays assemble build checksums columns copying index keys lexical lines minilm network parts reference "
    "written".split()
)
_WRITERS = ("bib_edit.py", "bib_file.py", "bib_import.py", "latex.py", "whole.py")
_ELSEWHERE = ("pdf", "inspection.py", "intake.py", "picture.py", "sandbox.py", *_WRITERS)
"""Parts of `papers` that are left out. `pdf` is in the extractor's name, so that after a new layout rule only PDFs are
read again; the others shape no passage."""


def code_files() -> list[Path]:
    """The files whose code shapes what is stored of every paper, in a fixed order."""
    papers = _QA / "papers"
    found = [p for p in sorted(papers.rglob("*.py")) if p.relative_to(papers).parts[0] not in _ELSEWHERE]
    own = [_QA / "index" / f"{name}.py" for name in _INDEX_CODE]
    return [_QA / "text.py", _QA / "words.py", *own, *found]


@lru_cache(maxsize=1)
def _rules() -> str:
    """Code and library versions, as one SHA-256 in hex."""
    versions = [f"{name} {version(name)}" for name in LIBRARIES]
    return hashlib.sha256("\n".join([digest(code_files()), *versions]).encode()).hexdigest()


def fingerprint(settings: IndexSettings, encoder: Encoder) -> str:
    """What an index depends on besides its files: settings, code, libraries and encoder weights. SHA-256 in hex."""
    return hashlib.sha256(f"{settings.fingerprint()} {_rules()} {encoder.sha256}".encode()).hexdigest()


def embedding(encoder: Encoder) -> str:
    """What a vector depends on besides its text: encoder weights, code and libraries. SHA-256 in hex.

    "" for models of which a vector depends on the others in its batch too.
    """
    if not encoder.alone:
        return ""
    versions = [f"{name} {version(name)}" for name in ("onnxruntime", "tokenizers")]
    files = [_QA / "index" / f"{name}.py" for name in ("minilm", "network")]
    return hashlib.sha256("\n".join([encoder.sha256, digest(files), *versions]).encode()).hexdigest()


def key_of(source: Source, checksum: str = "") -> str:
    """What a document depends on besides the fingerprint: the file, its extractor and its metadata. SHA-256 in hex.

    `checksum` is the SHA-256 of the file, in hex, if it is known already; otherwise the file is read.

    Raises:
        SourceError: the file cannot be read.
    """
    parts = [source.path.name, checksum or sha256(source.path), extractor_of(source.path), dict(source.metadata)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
