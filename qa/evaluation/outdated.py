"""Why a candidate can no longer be published as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.evaluation.pending import Building, Candidate, sums_of
from qa.index import store
from qa.index.index import Index
from qa.index.keys import fingerprint, key_of
from qa.index.library import Library, Report
from qa.papers.bibliography import read_bibliography
from qa.papers.files import BIBLIOGRAPHY
from qa.papers.sources import Source, sources_in
from qa.types import SourceError, StoreError


def outdated(candidate: Candidate | Building, library: Library) -> list[str]:
    """Why a candidate can no longer be published as it is, a line each; [] if it can.

    The checksum of each paper is computed.
    """
    found = []
    now = sums_of(candidate.files)
    for path in candidate.files:
        if path.name not in now:
            found.append(f"the upload {path.name} is gone")
        elif now[path.name] != candidate.sums.get(path.name, now[path.name]):
            found.append(f"the upload {path.name} has changed")
    if isinstance(candidate, Candidate) and candidate.against != _current(library.folder):
        found.append("another generation was published since, so that the gates compared it with an earlier one")
    if candidate.report and not found:
        found += differences(candidate.report, candidate.files, library)
    return found


def _current(folder: Path) -> str | None:
    try:
        return store.current_generation(folder)
    except StoreError:
        return None


def differences(report: Report, files: Sequence[Path], library: Library) -> list[str]:
    """What has changed since a generation was built of the corpus and these files, a line each."""
    try:
        index = store.load(library.folder, report.generation, every_byte=False)
    except StoreError as error:
        return [str(error)]
    found = []
    if fingerprint(library.settings, library.encoder) != index.fingerprint:
        found.append("the settings, the encoder or the reading rules have changed since it was built")
    try:
        return found + _changed(index, report, files, library.corpus)
    except SourceError as error:
        return [*found, str(error)]


def _changed(index: Index, report: Report, files: Sequence[Path], corpus: Path) -> list[str]:
    bibliography = read_bibliography(corpus / BIBLIOGRAPHY)
    sources = {source.id: source for source in sources_in(corpus)} if corpus.exists() else {}
    sources |= {path.stem: Source(path.stem, path, bibliography.metadata_of(Path(path.name))) for path in files}
    left_out = {failure.file: failure.key for failure in (*index.failures, *report.failures)}
    found = []
    for name, source in sources.items():
        key = key_of(source)
        if key != index.keys.get(name, left_out.get(source.path.name)):
            new = name not in index.keys and source.path.name not in left_out
            found.append(f"{source.path.name} {'is new' if new else 'or its entry in corpus.bib has changed'}")
    return found + [f"{name} is no longer there" for name in sorted(index.keys.keys() - sources.keys())]
