"""Why a candidate can no longer be published as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qa.evaluation.pending import Building, Candidate, sums_of
from qa.index import store
from qa.index.keys import fingerprint
from qa.index.library import Change, Library, Report, changed_since, failed_keys
from qa.papers.files import BIBLIOGRAPHY
from qa.types import SourceError, StoreError

_CHANGED: Mapping[Change, str] = {
    "new": "is new",
    "changed": f"or its entry in {BIBLIOGRAPHY} has changed",
    "failed and changed": f"or its entry in {BIBLIOGRAPHY} has changed",
    "gone": "is no longer there",
    "failed and gone": "is no longer there",
}


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
        sources = library.sources_with(files)
    except SourceError as error:
        return [*found, str(error)]
    failed = failed_keys((*index.failures, *report.failures))
    return found + [f"{name} {_CHANGED[change]}" for name, change in changed_since(index.keys, failed, sources)]
