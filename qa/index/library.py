"""The life of a corpus: update, prepare, release, remove, freshness."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa.config import IndexSettings, IngestSettings
from qa.index import store
from qa.index.build import build
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Failure, Index
from qa.index.keys import fingerprint, key_of
from qa.papers.ingest import reader
from qa.papers.sources import BIBLIOGRAPHY, SUFFIXES, Source, decode, read_bibliography, sources_in
from qa.types import Progress, SourceError, StoreError

if TYPE_CHECKING:
    pass

Freshness = Literal["missing", "stale", "fresh"]


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did, by document id; `failures` are the papers that could not be read."""

    generation: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failures: tuple[Failure, ...]


def update(
    corpus: Path,
    folder: Path,
    settings: IndexSettings | None = None,
    *,
    full: bool = False,
    encoder: Encoder | None = None,
    progress: Progress = lambda done, total, what: None,
) -> Report:
    """Bring the index up to date with the corpus and publish it; only what changed is read and embedded.

    `full` reads everything again. A damaged index is built anew.

    Raises:
        SourceError: the corpus folder or its bibliography cannot be read.
        StoreError: there is no paper that can be indexed; the index stays as it was.
    """
    settings = settings or IndexSettings()
    encoder = encoder or open_encoder(settings.encoder)
    with store.writing(folder):
        before = _published(folder)
        sources = sources_in(corpus)
        index = build(sources, settings, encoder, None if full else before, progress, reader(IngestSettings()))
        generation = store.publish(index, folder)
    return _report(generation, before, index)


def prepare(
    corpus: Path,
    folder: Path,
    added: Iterable[Path] = (),
    settings: IndexSettings | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Progress = lambda done, total, what: None,
) -> Report:
    """Build the index that `update` would build if the files `added` were in the corpus, beside the published one.

    Nothing changes for a reader, and the corpus stays as it is, until the generation is `release`d. Of the files
    `added`, those that cannot be read are in the report, and nowhere in the generation. What was prepared before and
    never released is taken away.

    Raises:
        SourceError: a file is no paper or would replace another, or the corpus cannot be read.
        StoreError: there is no paper that can be indexed.
    """
    settings = settings or IndexSettings()
    encoder = encoder or open_encoder(settings.encoder)
    added = list(added)
    names = {file.name for file in added}
    with store.writing(folder):
        before = _published(folder)
        index = build(_with(corpus, added), settings, encoder, before, progress, reader(IngestSettings()))
        kept = tuple(failure for failure in index.failures if failure.file not in names)
        for earlier in store.unpublished(folder):
            store.discard(folder, earlier)
        generation = store.write(replace(index, failures=kept), folder)
    return _report(generation, before, index)


def release(corpus: Path, folder: Path, generation: str, added: Iterable[Path] = ()) -> None:
    """Copy those of the files `added` that could be read into the corpus, and publish what was prepared with them.

    Raises:
        StoreError: the papers are no longer those it was built from; nothing is published.
        SourceError: as for `add`.
    """
    with store.writing(folder):
        index = store.load(folder, generation)
        files = [file for file in added if file.stem in index.keys]
        failed = {failure.file for failure in index.failures}
        now = {source.id: key_of(source) for source in _with(corpus, files) if source.path.name not in failed}
        if now != dict(index.keys):
            raise StoreError(f"the papers have changed since {generation} was built; build it anew")
        add(corpus, files)
        store.point_to(folder, generation, "build")


def _with(corpus: Path, added: Iterable[Path]) -> tuple[Source, ...]:
    """The papers of a corpus as they would be with some more, by id."""
    added = list(added)
    _check_new(corpus, added)
    there = {source.id: source for source in sources_in(corpus)} if corpus.exists() else {}
    metadata = read_bibliography(corpus / BIBLIOGRAPHY)
    there |= {file.stem: Source(file.stem, file, metadata.get(file.name, {})) for file in added}
    return tuple(there[name] for name in sorted(there))


def _report(generation: str, before: Index | None, index: Index) -> Report:
    old = before.keys if before else {}
    return Report(
        generation,
        added=tuple(sorted(index.keys.keys() - old.keys())),
        changed=tuple(sorted(key for key in index.keys.keys() & old.keys() if index.keys[key] != old[key])),
        removed=tuple(sorted(old.keys() - index.keys.keys())),
        unchanged=tuple(sorted(key for key in index.keys.keys() & old.keys() if index.keys[key] == old[key])),
        failures=index.failures,
    )


def _published(folder: Path) -> Index | None:
    try:
        return store.load(folder)
    except StoreError:
        return None


def freshness(
    corpus: Path, folder: Path, settings: IndexSettings | None = None, encoder: Encoder | None = None
) -> Freshness:
    """Whether the published index is that of the corpus as it is now; reads no paper, only its checksum.

    Raises:
        StoreError: the index is damaged.
    """
    if store.current_generation(folder) is None:
        return "missing"
    settings = settings or IndexSettings()
    index = store.load(folder)
    return "stale" if differences(corpus, index, settings, encoder or open_encoder(settings.encoder)) else "fresh"


def differences(corpus: Path, index: Index, settings: IndexSettings, encoder: Encoder) -> list[str]:
    """What makes the index stale, one line each; [] if it is not."""
    if not corpus.is_dir():
        return [f"the folder {corpus} is not there any more"]
    found = []
    if fingerprint(settings, encoder) != index.fingerprint:
        found.append("the settings, the encoder or the reading rules have changed since the index was built")
    failed = {failure.file: failure.key for failure in index.failures}
    now: dict[str, str] = {}
    names = set()
    for source in sources_in(corpus):
        name = source.path.name
        names.add(name)
        try:
            key = now[source.id] = key_of(source)
        except SourceError:
            continue
        if source.id not in index.keys and name not in failed:
            found.append(f"{name} is not in the index yet")
        elif source.id in index.keys and index.keys[source.id] != key:
            found.append(f"{name} or its entry in {BIBLIOGRAPHY} has changed")
        elif source.id not in index.keys and failed[name] != key:
            found.append(f"{name}, which could not be read, has changed")
    found += [f"{document} is no longer in {corpus}" for document in sorted(index.keys.keys() - now.keys())]
    found += [f"{name}, which could not be read, is no longer in {corpus}" for name in sorted(failed.keys() - names)]
    return found


def add(corpus: Path, files: Iterable[Path]) -> list[Path]:
    """Copy papers into the corpus; all are checked before the first is copied. Returns where they are now.

    Raises:
        SourceError: a file is not there, is no .txt or .pdf, or would replace another paper.
    """
    files = list(files)
    _check_new(corpus, files)
    corpus.mkdir(parents=True, exist_ok=True)
    for file in files:
        if file.resolve() != (corpus / file.name).resolve():
            shutil.copyfile(file, corpus / file.name)
    return [corpus / file.name for file in files]


def _check_new(corpus: Path, files: Iterable[Path]) -> None:
    """Raise a `SourceError` unless every file could be copied into the corpus."""
    there = {source.id: source.path for source in sources_in(corpus)} if corpus.exists() else {}
    for file in files:
        if not file.is_file():
            raise SourceError(f"{file} is not a file")
        if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
            raise SourceError(
                f"{file} is not a paper that can be read: its name must end in .txt or .pdf, and not begin with a dot"
            )
        clash = there.get(file.stem)
        if clash is not None and (clash.name != file.name or clash.parent != corpus):
            raise SourceError(f"{file} would have the id of {clash}; rename it, or `qa index remove {file.stem}` first")
        there[file.stem] = file


def remove(
    corpus: Path,
    folder: Path,
    ids: Iterable[str],
    settings: IndexSettings | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Progress = lambda done, total, what: None,
) -> Report | None:
    """Take papers out, leaving nothing behind: file, BibTeX entry, index, and older generations with them.

    Returns None when no paper is left, and so no index either.

    Raises:
        SourceError: an id is not in the corpus.
    """
    ids = list(dict.fromkeys(ids))
    sources = {source.id: source for source in sources_in(corpus)}
    for document in ids:
        if document not in sources:
            raise SourceError(f"there is no paper {document!r} in {corpus}; there are: {', '.join(sorted(sources))}")
    for document in ids:
        sources[document].path.unlink()
        _remove_entry(corpus / BIBLIOGRAPHY, sources[document].path.name)
    if not sources.keys() - set(ids):
        with store.writing(folder):
            store.clear(folder)
        return None
    try:
        report = update(corpus, folder, settings, encoder=encoder, progress=progress)
    except StoreError:  # of the papers that are left, not one can be read
        with store.writing(folder):
            store.clear(folder)
        raise
    with store.writing(folder):
        for document in ids:
            store.forget(folder, document)
    return report


def _remove_entry(bibliography: Path, file_name: str) -> None:
    """Cut the entries of a file out of the bibliography, and leave every other character as it was."""
    from bibtexparser.entrypoint import parse_string

    while (entry := read_bibliography(bibliography).get(file_name)) is not None:
        text = decode(bibliography)
        raw = next(str(block.raw) for block in parse_string(text).entries if block.key == entry["key"])
        before, after = text.split(raw, 1)
        bibliography.write_text(before + after.lstrip("\n"), "utf-8", newline="")
