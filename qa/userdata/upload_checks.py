"""What each upload is: it is read once, and held against the papers that the library has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qa.config import IndexSettings, IngestSettings
from qa.index.index import Index
from qa.index.keys import key_of
from qa.papers.bibliography import read_bibliography
from qa.papers.files import BIBLIOGRAPHY
from qa.papers.sources import Source, sources_in
from qa.papers.whole import write_whole
from qa.records import json_text
from qa.types import Progress, Quality, SourceError, StoreError
from qa.userdata import uploads

_TICK = 0.5
"""Seconds between two looks at a paper that is being read: so late a Cancel is heard. Set by hand on 2026-11-28."""

Standing = Literal["unchecked", "unreadable", "copy", "clash", "replaces", "new"]
"""What an upload is to the library. Only what is `unchecked`, `replaces` a paper or is `new` goes into a build."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was read of a file: title, pages (0 of a text), words, how well each page was read; or the `problem`."""

    title: str = ""
    pages: int = 0
    words: int = 0
    doi: str = ""
    quality: tuple[Quality, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file with its check, None if it was not read yet.

    For a `copy`, a `clash` or what `replaces` a paper, `paper` is the id of that one, and `why` says what they share.
    `target` is the name under which the file would replace it, "" if it cannot.
    """

    path: Path
    check: Check | None
    standing: Standing
    paper: str = ""
    why: str = ""
    target: str = ""

    @property
    def ready(self) -> bool:
        """Whether it goes into the next build."""
        return self.standing in ("unchecked", "replaces", "new")


def unchecked(folder: Path) -> list[Path]:
    """The uploads of a state folder that were not read yet."""
    return [path for path in uploads.staged(folder) if check_of(folder, path) is None]


def check_all(folder: Path, corpus: Path, progress: Progress) -> None:
    """Read each upload that was not read yet, within the limits of a build, and keep what came out.

    What was read before `progress` raises is kept.
    """
    from qa.papers.ingest import ingesting  # pypdf and all that reads papers

    waiting = unchecked(folder)
    progress(0, len(waiting), "reading what was sent")
    bibliography = read_bibliography(corpus / BIBLIOGRAPHY)
    with ingesting(IngestSettings()) as (ingest, at_once):
        pool = ThreadPoolExecutor(at_once)
        try:
            most = IndexSettings().passage_max_words
            sources = [Source(path.stem, path, bibliography.metadata_of(Path(path.name))) for path in waiting]
            futures = [pool.submit(ingest, source, most) for source in sources]
            for done, (path, future) in enumerate(zip(waiting, futures, strict=True)):
                while not wait([future], _TICK).done:
                    progress(done, len(waiting), path.name)
                try:
                    paper = future.result()
                    document = paper.document
                    words = sum(len(passage.text.split()) for passage in paper.passages)
                    doi = document.metadata.get("doi", "").lower()
                    check = Check(document.title, len(document.page_starts), words, doi, document.quality)
                except SourceError as error:
                    check = Check(problem=str(error).replace(str(path), path.name))
                except Exception as error:  # a fault of this program in one paper keeps no other out
                    check = Check(problem=f"{path.name} could not be read, by a fault of this program ({error!r})")
                _keep(folder, path, check)
                progress(done + 1, len(waiting), path.name)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def check_of(folder: Path, path: Path) -> Check | None:
    """What was read of an upload; None if it was not read yet, or by another version of this program."""
    try:
        row: dict[str, Any] = json.loads(uploads.check_file(folder, path).read_text("utf-8"))
        pages = [Quality(**{**page, "reasons": tuple(page["reasons"])}) for page in row.pop("quality")]
        return Check(**row, quality=tuple(pages))
    except (OSError, ValueError, KeyError, TypeError, SourceError):
        return None


def _keep(folder: Path, path: Path, check: Check) -> None:
    if not path.is_file():  # dropped while it was read
        return
    file = uploads.check_file(folder, path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json_text(asdict(check)))
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror}); set QA_STATE_DIR to another folder") from error


def standings(folder: Path, corpus: Path, index: Index | None) -> list[Upload]:
    """All uploads of a state folder, by name, each with what it is to the corpus and the published index, if any."""
    staged = uploads.staged(folder)
    if not staged:
        return []
    sources = sources_in(corpus) if corpus.is_dir() else ()
    there = {source.id: source.path for source in sources}
    by_doi = {doi: name for name, doi in index.dois.items()} if index else {}
    found: list[Upload] = []
    for path in staged:
        check = check_of(folder, path)
        new = Upload(path, check, "unchecked" if check is None else "unreadable" if check.problem else "new")
        if new.standing != "unreadable":
            new = _standing(new, found, sources, there, by_doi, corpus, index)
        found.append(new)
    return found


def _standing(
    new: Upload,
    earlier: Sequence[Upload],
    sources: Sequence[Source],
    there: Mapping[str, Path],
    by_doi: Mapping[str, str],
    corpus: Path,
    index: Index | None,
) -> Upload:
    """What an upload is to the papers that are there, and to the uploads before it; a DOI is known if it was read."""
    path, check = new.path, new.check

    def same(standing: Standing, paper: str, why: str) -> Upload:
        target = there.get(paper)
        fits = target is not None and target.parent == corpus and target.suffix == path.suffix
        return Upload(path, check, standing, paper, why, target.name if target and fits else "")

    if index and (paper := _copy_in(sources, index, uploads.checksum(path))):
        return Upload(path, check, "copy", paper, "the same bytes")
    for other in earlier:
        if uploads.checksum(other.path) == uploads.checksum(path):
            return Upload(path, check, "copy", other.path.name, "the same bytes")
        if other.path.stem == path.stem:
            return Upload(path, check, "clash", other.path.name, "the same name but for the ending")
    if path.stem in there:
        replaced = same("clash", path.stem, "the same name")
        is_wanted = replaced.target == path.name and uploads.replaces(path)
        return same("replaces", path.stem, "the same name") if is_wanted else replaced
    if check and check.doi and (paper := by_doi.get(check.doi, "")):
        return same("copy", paper, f"the same DOI, {check.doi}")
    return new


def _copy_in(sources: Sequence[Source], index: Index, checksum: str) -> str:
    """The paper of the index whose file has this SHA-256; "" if there is none. No paper is read for it."""
    return next((source.id for source in sources if index.keys.get(source.id) == key_of(source, checksum)), "")
