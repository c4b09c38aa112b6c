"""Papers go into a corpus folder and out of it: their files, and their entries in the bibliography."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from qa.papers.bib_edit import typed
from qa.papers.bib_file import edit, forget_before
from qa.papers.bibliography import without_entries_of
from qa.papers.files import BIBLIOGRAPHY, decode
from qa.papers.folder import papers_in, why_no_paper
from qa.papers.sources import Source, sources_in
from qa.papers.whole import write_whole
from qa.types import SourceError

Told = Callable[[str], object]
"""A function that tells people of a file that is not read or a fault in the bibliography, as soon as it is known."""


def nobody_told(message: str) -> None:
    """Tell nobody."""


def check(corpus: Path, files: Iterable[Path]) -> dict[str, Path]:
    """The papers of a corpus folder by id.

    Raises:
        SourceError: one of the files is missing, is not a .txt or .pdf, or would replace another paper.
    """
    there = papers_in(corpus).papers if corpus.exists() else {}
    taken = dict(there)
    for file in files:
        if not file.is_file():
            raise SourceError(f"{file} is not a file; give the path of a .txt or .pdf file")
        if reason := why_no_paper(file.name):
            raise SourceError(f"{file} is not a paper that can be read, whose name must end in .txt or .pdf: {reason}")
        clash = taken.get(file.stem)
        if clash is not None and clash.resolve() not in (file.resolve(), (corpus / file.name).resolve()):
            raise SourceError(f"{file} would have the id of {clash}; rename it, or `qa index remove {file.stem}` first")
        taken[file.stem] = file
    return there


def copy_in(corpus: Path, files: Iterable[Path]) -> list[Path]:
    """Copy papers into a corpus folder, each whole or not at all, after checking all; returns their paths there.

    Raises:
        SourceError: as `check`, or one of them cannot be read or written.
    """
    files = list(files)
    there = check(corpus, files)
    corpus.mkdir(parents=True, exist_ok=True)
    paths = []
    for file in files:
        path = there.get(file.stem, corpus / file.name)
        if file.resolve() != path.resolve():
            _copy(file, path)
        paths.append(path)
    return paths


def _copy(file: Path, path: Path) -> None:
    """Copy a file, so that nobody ever sees half of it.

    Raises:
        SourceError: it cannot be read or written.
    """
    try:
        with tempfile.NamedTemporaryFile(prefix=".qa-", dir=path.parent, delete=False) as part:
            made = Path(part.name)
        try:
            shutil.copyfile(file, made)
            made.chmod(0o644)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(
            f"{file} cannot be copied to {path} ({error.strerror}); nothing is left of it there"
        ) from None


def describe(
    corpus: Path, ids: Collection[str], said_by: Callable[[Source], Mapping[str, str]], told: Told = nobody_told
) -> list[str]:
    """Write an entry into the bibliography for each of these papers that has none: what it says of itself.

    `said_by` reads that of a paper. One that cannot be read, or does not say its title, gets no entry. `told` hears of
    an entry that cannot be written. Returns the ids of the papers that have an entry since.
    """
    described = []
    for source in sources_in(corpus):
        if source.id not in ids or source.metadata:
            continue
        said: Mapping[str, str] = {}
        with suppress(Exception):  # the build reads it too, and names the fault
            said = said_by(source)
        if not said.get("title"):
            continue
        try:
            edit(corpus, source.id, {}, _sound(said))
            described.append(source.id)
        except SourceError as error:
            told(f"{BIBLIOGRAPHY} gets no entry for {source.path.name}: {error}")
    return described


def _sound(said: Mapping[str, str]) -> dict[str, str]:
    """What a paper says of itself, without what no bibliography may say; its title alone if that is not enough.

    Raises:
        SourceError: not even the title will do.
    """
    try:
        return typed(said)
    except SourceError:
        return typed({"title": said["title"]})


def take_out(corpus: Path, files: Sequence[Path], told: Told = nobody_told) -> None:
    """Delete papers of a corpus folder and their entries; a sub-folder goes with the last file in it.

    `told` hears in which lines of the bibliography their names still are.

    Raises:
        SourceError: the bibliography cannot be read, so that an entry would stay; nothing is deleted. Or it cannot be
            written, or a file cannot be deleted.
    """
    try:
        _delete_entries(corpus, [file.relative_to(corpus) for file in files], told)
        for file in files:
            file.unlink()
            _delete_empty(file.parent, corpus)
    except OSError as error:
        raise SourceError(
            f"{error.filename or corpus} cannot be written or deleted ({error.strerror}); the published index has not "
            f"changed; see that you may write there (`ls -ld {corpus}`) and that there is room, then remove them again"
        ) from None


def _delete_entries(corpus: Path, files: Sequence[Path], told: Told) -> None:
    bibliography = corpus / BIBLIOGRAPHY
    forget_before(corpus)
    if not bibliography.exists():
        return
    try:
        before = text = decode(bibliography)
    except SourceError as error:
        raise SourceError(f"{error}; nothing is removed, since the entry would stay behind") from None
    for file in files:
        text = without_entries_of(text, file)
    if text != before:
        write_whole(bibliography.resolve(), text)
    for number, line in enumerate(text.split("\n"), start=1):
        for name in (file.name for file in files if file.name.casefold() in line.casefold()):
            told(
                f"{BIBLIOGRAPHY}, line {number} still names {name}, in an entry that cannot be read or is of "
                "another paper; delete it there if it should not stay"
            )


def _delete_empty(folder: Path, corpus: Path) -> None:
    """Delete a folder and those above it, up to the corpus, while nothing is in them."""
    while folder != corpus and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
