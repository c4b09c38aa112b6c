"""The life of a corpus: update, prepare, release, remove, freshness."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa.config import IndexSettings, IngestSettings
from qa.index import store
from qa.index.build import build
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Failure, Index
from qa.index.keys import fingerprint, key_of
from qa.papers.ingest import ingester
from qa.papers.sources import BIBLIOGRAPHY, SUFFIXES, Source, decode, read_bibliography, sources_in
from qa.types import Progress, SourceError, StoreError, nobody

Freshness = Literal["missing", "stale", "fresh"]


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did, as document ids; `failures` are the papers that could not be read."""

    generation: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failures: tuple[Failure, ...]


class Library:
    """A folder of papers and the folder of its index.

    The settings come from the environment and name the encoder, unless others are given.

        Library("corpus", "index").update()
    """

    def __init__(
        self,
        corpus: str | Path = "corpus",
        folder: str | Path = "index",
        settings: IndexSettings | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        self.corpus, self.folder = Path(corpus), Path(folder)
        self.settings = settings or IndexSettings()
        self._encoder = encoder

    @property
    def encoder(self) -> Encoder:
        """The encoder of the index. Raises `ModelError` if it is missing."""
        return self._encoder or open_encoder(self.settings.encoder)

    def update(self, *, full: bool = False, progress: Progress = nobody) -> Report:
        """Bring the index up to date with the corpus and publish it; only what changed is read and embedded.

        `full` reads everything again. A damaged index is built from scratch.

        Raises:
            SourceError: the corpus folder or its bibliography cannot be read.
            StoreError: there is no paper that can be indexed; the index stays as it was.
        """
        encoder = self.encoder
        with store.writing(self.folder):
            before = _published(self.folder)
            index = self._build(sources_in(self.corpus), encoder, None if full else before, progress)
            generation = store.publish(index, self.folder)
        return _report(generation, before, index)

    def prepare(self, added: Iterable[Path] = (), *, progress: Progress = nobody) -> Report:
        """Build the index that `update` would build with the files `added` in the corpus, without publishing it.

        Readers and the corpus see no change until the generation is released. Files of `added` that cannot be read are
        in the report, but not in the generation. A generation that was prepared earlier and never released is
        discarded.

        Raises:
            SourceError: a file is no paper or would replace another, or the corpus cannot be read.
            StoreError: there is no paper that can be indexed.
        """
        encoder, added = self.encoder, list(added)
        names = {file.name for file in added}
        with store.writing(self.folder):
            before = _published(self.folder)
            index = self._build(self._with(added), encoder, before, progress)
            failures = tuple(failure for failure in index.failures if failure.file not in names)
            for earlier in store.unpublished(self.folder):
                store.discard(self.folder, earlier)
            generation = store.write(replace(index, failures=failures), self.folder)
        return _report(generation, before, index)

    def release(self, generation: str, added: Iterable[Path] = ()) -> None:
        """Publish a prepared generation, and copy those files of `added` that it holds into the corpus.

        Raises:
            StoreError: the papers have changed since it was built; nothing is published.
            SourceError: as in `add`.
        """
        with store.writing(self.folder):
            index = store.load(self.folder, generation)
            files = [file for file in added if file.stem in index.keys]
            failed = {failure.file for failure in index.failures}
            now = {source.id: key_of(source) for source in self._with(files) if source.path.name not in failed}
            if now != dict(index.keys):
                raise StoreError(f"the papers have changed since {generation} was built; build it again")
            self.add(files)
            store.point_to(self.folder, generation, "build")

    def discard(self, generation: str) -> None:
        """Delete a generation that was prepared and never published; a published one stays."""
        with store.writing(self.folder):
            store.discard(self.folder, generation)

    def add(self, files: Iterable[Path]) -> list[Path]:
        """Copy papers into the corpus, after checking all of them; returns their new paths.

        Raises:
            SourceError: a file is missing, is not a .txt or .pdf, or would replace another paper.
        """
        files = list(files)
        _check_new(self.corpus, files)
        self.corpus.mkdir(parents=True, exist_ok=True)
        for file in files:
            if file.resolve() != (self.corpus / file.name).resolve():
                shutil.copyfile(file, self.corpus / file.name)
        return [self.corpus / file.name for file in files]

    def remove(self, ids: Iterable[str], *, progress: Progress = nobody) -> Report | None:
        """Remove papers with everything that holds them: file, BibTeX entry, index and older generations.

        Returns None if no paper is left; then there is no index either.

        Raises:
            SourceError: an id is not in the corpus.
        """
        ids = list(dict.fromkeys(ids))
        sources = {source.id: source for source in sources_in(self.corpus)}
        for document in ids:
            if document not in sources:
                there = ", ".join(sorted(sources))
                raise SourceError(f"there is no paper {document!r} in {self.corpus}; there are: {there}")
        for document in ids:
            sources[document].path.unlink()
            _remove_entry(self.corpus / BIBLIOGRAPHY, sources[document].path.name)
        if not sources.keys() - set(ids):
            self._clear()
            return None
        try:
            report = self.update(progress=progress)
        except StoreError:  # none of the remaining papers can be read
            self._clear()
            raise
        with store.writing(self.folder):
            for document in ids:
                store.forget(self.folder, document)
        return report

    def freshness(self) -> Freshness:
        """Whether the published index matches the corpus; computes the checksum of each paper, and parses none.

        Raises:
            StoreError: the index is damaged.
        """
        if store.current_generation(self.folder) is None:
            return "missing"
        return "stale" if self.differences(store.load(self.folder)) else "fresh"

    def differences(self, index: Index) -> list[str]:
        """The reasons why an index of this library is stale, a line each; [] if it is fresh."""
        if not self.corpus.is_dir():
            return [f"the folder {self.corpus} no longer exists"]
        found = []
        if fingerprint(self.settings, self.encoder) != index.fingerprint:
            found.append("the settings, the encoder or the reading rules have changed since the index was built")
        return found + _changed_papers(self.corpus, index)

    def _build(self, sources: Sequence[Source], encoder: Encoder, previous: Index | None, progress: Progress) -> Index:
        return build(_shown(sources, progress), self.settings, encoder, previous, ingester(IngestSettings()))

    def _with(self, added: Sequence[Path]) -> tuple[Source, ...]:
        """The papers that the corpus would have with the files `added`, sorted by id."""
        _check_new(self.corpus, added)
        there = {source.id: source for source in sources_in(self.corpus)} if self.corpus.exists() else {}
        metadata = read_bibliography(self.corpus / BIBLIOGRAPHY)
        there |= {file.stem: Source(file.stem, file, metadata.get(file.name, {})) for file in added}
        return tuple(there[name] for name in sorted(there))

    def _clear(self) -> None:
        with store.writing(self.folder):
            store.clear(self.folder)


def _shown(sources: Sequence[Source], progress: Progress) -> Iterator[Source]:
    """The sources, reporting progress before each and after the last."""
    for done, source in enumerate(sources):
        progress(done, len(sources), source.path.name)
        yield source
    progress(len(sources), len(sources), "done")


def _changed_papers(corpus: Path, index: Index) -> list[str]:
    found = []
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


def _check_new(corpus: Path, files: Iterable[Path]) -> None:
    """Raise a `SourceError` unless every file could be copied into the corpus."""
    there = {source.id: source.path for source in sources_in(corpus)} if corpus.exists() else {}
    for file in files:
        if not file.is_file():
            raise SourceError(f"{file} is not a file; give the path of a .txt or .pdf file")
        if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
            raise SourceError(
                f"{file} is not a paper that can be read: its name must end in .txt or .pdf, and not begin with a dot"
            )
        clash = there.get(file.stem)
        if clash is not None and (clash.name != file.name or clash.parent != corpus):
            raise SourceError(f"{file} would have the id of {clash}; rename it, or `qa index remove {file.stem}` first")
        there[file.stem] = file


def _remove_entry(bibliography: Path, file_name: str) -> None:
    """Delete the entries of a file from the bibliography; every other character stays."""
    from bibtexparser.entrypoint import parse_string

    while (entry := read_bibliography(bibliography).get(file_name)) is not None:
        text = decode(bibliography)
        raw = next(str(block.raw) for block in parse_string(text).entries if block.key == entry["key"])
        before, after = text.split(raw, 1)
        bibliography.write_text(before + after.lstrip("\n"), "utf-8", newline="")
