"""A file's bytes, text and checksum, or a `SourceError` that says what helps."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
from pathlib import Path

from qa.types import SourceError

SUFFIXES = (".pdf", ".txt")
"""The endings of papers, in lower case."""
BIBLIOGRAPHY = "corpus.bib"

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins as that of UTF-16 does, and is looked for first
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LOOKED_AT = 4096
"""Bytes at the beginning of a file in which zeros are counted."""
_ZEROS = 0.2
"""Share of zero bytes above which a file is no UTF-8 text: of Latin script in UTF-16 half are zeros. Set by hand,
2026-11-27."""


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or a `SourceError` that names it."""
    try:
        return path.read_bytes()
    except OSError as error:
        if path.is_symlink() and not path.exists():
            raise SourceError(
                f"{path} cannot be read: it is a link to {path.readlink()}, which is not there; "
                "copy the file itself here, or delete the link"
            ) from None
        help_ = (
            f"; give yourself the right to read it: `chmod u+r {path}`" if isinstance(error, PermissionError) else ""
        )
        raise SourceError(f"{path} cannot be read: {error.strerror}{help_}") from None


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def decode(path: Path) -> str:
    """A file's text, strictly UTF-8, newlines and a byte order mark as they are.

    Raises:
        SourceError: as `text_of`, or the file cannot be read.
    """
    return text_of(read_bytes(path), path)


def text_of(data: bytes, path: Path) -> str:
    """The text of the bytes of a file, strictly UTF-8.

    Raises:
        SourceError: it is UTF-16 or UTF-32, or a byte is not UTF-8; the message says which, counted from 0, in which
            line, counted from 1, and what to do.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise SourceError(
                f"{path} is not UTF-8: byte 0 is 0x{data[0]:02x}, with which a text in {encoding} begins; "
                f"{_convert(encoding)}"
            )
    if data[:_LOOKED_AT].count(0) > _ZEROS * len(data[:_LOOKED_AT]):
        raise SourceError(f"{path} is not UTF-8: it has zero bytes as {_of_zeros(data)}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path} is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}, in line {line}; "
            f"{_convert('WINDOWS-1252')}"
        ) from None


def _convert(encoding: str) -> str:
    return f"convert it, for example with `iconv -f {encoding} -t UTF-8`"


def _of_zeros(data: bytes) -> str:
    """What a file with many zero bytes is, and what helps."""
    for encoding in ("UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data[:_LOOKED_AT].decode(encoding)
            if all(c.isprintable() or c.isspace() for c in text):
                return f"{encoding} has them; {_convert(encoding)}"
    return "no text has them; open it with the program that made it, and save it as PDF or as UTF-8 text"
