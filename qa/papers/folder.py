"""Which files of a corpus folder are papers, and why the others are not."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from qa.papers.files import BIBLIOGRAPHY, SUFFIXES
from qa.types import SourceError

_TEMPORARY = re.compile(
    r"\..*|~\$.*|#.*#|.*~|.*\.(?:te?mp|bak|swp|bib\.sav)|(?:eh)?thumbs\.db|desktop\.ini|icon\r", re.I
)
"""Names of files that systems and editors leave behind, and that nobody takes for papers."""
_DOWNLOADS = (".part", ".crdownload", ".download", ".opdownload", ".partial")
_LISTED = 20
"""Files that are named one by one; a saved web page can bring hundreds. Set by hand, 2026-11-27."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is in the corpus folder and is not read: its path in there, the reason and what helps.

    >>> print(LeftOut("files/12/owls.docx", "save it as PDF"))
    Left out: files/12/owls.docx: save it as PDF
    """

    file: str
    reason: str

    def __str__(self) -> str:
        return f"Left out: {self.file}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of papers by id, which is the name without the ending, sorted by it; and what else is there."""

    papers: dict[str, Path]
    left_out: tuple[LeftOut, ...]


def papers_in(corpus: Path) -> Listing:
    """Look through a folder and its sub-folders, but not through hidden ones and links to folders.

    Of two files with one id the one is read that lies higher up, or comes first by name. Hidden and temporary files are
    passed over without a word. Nothing is opened, so a file that is listed as a paper may be damaged, or a link to
    nothing.

    Raises:
        SourceError: there is no such folder.
    """
    if not corpus.is_dir():
        raise SourceError(f"{corpus} is not a folder; make it and copy papers (.txt, .pdf) into it")
    found: list[PurePath] = []
    left_out: list[LeftOut] = []

    def refuse(path: PurePath, reason: str) -> None:
        left_out.append(LeftOut(os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace"), reason))

    def closed(error: OSError) -> None:
        folder = Path(error.filename).relative_to(corpus)
        refuse(folder, f"this folder cannot be opened: {error.strerror}; give yourself the right to: `chmod u+rx`")

    for top, folders, files in os.walk(corpus, onerror=closed):
        here = Path(top).relative_to(corpus)
        for name in sorted(folders):
            if name.startswith(".") or name == "__MACOSX":
                folders.remove(name)
            elif reason := _against_folder(corpus / here / name):
                folders.remove(name)
                refuse(here / name, reason)
            elif name.lower().endswith(SUFFIXES):
                refuse(here / name, "it is a folder and no paper, whatever its name says; the papers in it are read")
        for name in files:
            file = here / name
            if _is_temporary(name) or file == PurePath(BIBLIOGRAPHY):
                continue
            if reason := _against_file(corpus / file):
                refuse(file, reason)
            else:
                found.append(file)
    papers: dict[str, Path] = {}
    for path in sorted(found, key=lambda path: (len(path.parts), path.parts)):
        first = papers.setdefault(path.stem, corpus / path)
        if first != corpus / path:
            other = first.relative_to(corpus).as_posix()
            refuse(path, f"it would have the id {path.stem!r} of {other}, which is read; rename one of the two")
    return Listing(dict(sorted(papers.items())), tuple(sorted(left_out, key=lambda item: item.file)))


def why_no_paper(name: str) -> str:
    """Why a file of this name cannot be a paper, and what helps; "" if it can be one.

    >>> why_no_paper("owls.docx")
    '.docx files are not read; save it as PDF or as UTF-8 text (.txt)'
    >>> why_no_paper("owls.PDF")
    ''
    """
    ending = PurePath(name).suffix.lower()
    if _is_temporary(name):
        return "it is a hidden or temporary file of another program; name the paper itself"
    if ending in SUFFIXES:
        return ""
    if ending == ".bib":
        return f"of bibliographies only {BIBLIOGRAPHY} is read; copy the entries into it"
    if ending in _DOWNLOADS:
        return "it is a download that has not ended; download it again"
    if not ending:
        return "its name has no ending; if it is a paper, end it in .pdf or .txt"
    return f"{ending} files are not read; save it as PDF or as UTF-8 text (.txt)"


def lines_of(left_out: Sequence[LeftOut]) -> list[str]:
    """What to tell people of files that are left out: a line each, or of very many the count."""
    lines = [str(item) for item in left_out[:_LISTED]]
    if more := Counter(PurePath(item.file).suffix.lower() or "no ending" for item in left_out[_LISTED:]):
        endings = ", ".join(f"{count} {ending}" for ending, count in more.most_common(5))
        lines.append(f"Left out: {more.total()} more ({endings}); `qa index status --json` names all of them")
    return lines


def _is_temporary(name: str) -> bool:
    return _TEMPORARY.fullmatch(name) is not None


def _against_folder(path: Path) -> str:
    """Why the papers in a folder are not looked for; "" if they are."""
    if path.is_symlink():
        return "it is a link to a folder, and those are not followed; copy the folder itself here"
    return _against_name(path.name)


def _against_file(path: Path) -> str:
    """Why a file is no paper; "" if it may be one."""
    if reason := why_no_paper(path.name) or _against_name(path.name):
        return reason
    if not path.is_file() and path.exists():
        return "it is no ordinary file but a device or a pipe; copy the paper itself here"
    return ""


def _against_name(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    return ""
