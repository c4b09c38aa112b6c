"""The life of a corpus: update, prepare, release, remove, freshness."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa.config import IndexSettings, IngestSettings
from qa.index import store
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Failure, Index
from qa.index.keys import fingerprint, key_of
from qa.papers.bib_file import forget_before
from qa.papers.bibliography import read_bibliography, without_entries_of
from qa.papers.files import BIBLIOGRAPHY, decode
from qa.papers.folder import papers_in, why_no_paper
from qa.papers.sources import Source, read_corpus, sources_in
from qa.types import Progress, SourceError, StoreError, nobody

Freshness = Literal["missing", "stale", "fresh"]
Told = Callable[[str], object]
"""A function that tells people of a file that is not read or a fault in the bibliography, as soon as it is known."""


def nobody_told(message: str) -> None:
    """Tell nobody."""


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

    def update(self, *, full: bool = False, progress: Progress = nobody, told: Told = nobody_told) -> Report:
        """Bring the index up to date with the corpus and publish it; only what changed is read and embedded.

        `full` reads everything again. A damaged index is built from scratch. A fault in the bibliography costs its
        entry, and no paper.

        Raises:
            SourceError: there is no corpus folder.
            StoreError: there is no paper that can be indexed; the index stays as it was.
        """
        with store.writing(self.folder):
            corpus = read_corpus(self.corpus)
            for line in corpus.lines():
                told(line)
            before = _published(self.folder)
            index = self._build(corpus.sources, self.encoder, None if full else before, progress, told)
            generation = store.publish(index, self.folder)
            store.clear_parts(self.folder)
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
            try:
                index = self._build(self._with(added), encoder, before, progress, nobody_told)
            except BaseException:  # a candidate that is given up leaves nothing behind
                store.clear_parts(self.folder)
                raise
            failures = tuple(failure for failure in index.failures if failure.file not in names)
            for earlier in store.unpublished(self.folder):
                store.discard(self.folder, earlier)
            generation = store.write(replace(index, failures=failures), self.folder)
            store.clear_parts(self.folder)
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
        """Copy papers into the corpus, after checking all of them; returns their paths there.

        A file that lies in the corpus already, in a sub-folder too, stays where it is.

        Raises:
            SourceError: a file is missing, is not a .txt or .pdf, or would replace another paper.
        """
        files = list(files)
        there = _check_new(self.corpus, files)
        self.corpus.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in files:
            path = there.get(file.stem, self.corpus / file.name)
            if file.resolve() != path.resolve():
                shutil.copyfile(file, path)
            paths.append(path)
        return paths

    def remove(self, ids: Iterable[str], *, progress: Progress = nobody, told: Told = nobody_told) -> Report | None:
        """Remove papers with everything that holds them: file, BibTeX entry, index and older generations.

        A sub-folder goes with the last file in it. Where another file has the same id, that one is read from then on.
        Returns None if no paper is left; then there is no index either.

        Raises:
            SourceError: an id is not in the corpus, or its entry cannot be found because the bibliography cannot be
                read; nothing is removed.
        """
        ids = list(dict.fromkeys(ids))
        sources = {source.id: source for source in sources_in(self.corpus)}
        for document in ids:
            if document not in sources:
                there = ", ".join(sorted(sources))
                raise SourceError(f"there is no paper {document!r} in {self.corpus}; there are: {there}")
        self._remove_entries([sources[document].path.relative_to(self.corpus) for document in ids], told)
        for document in ids:
            sources[document].path.unlink()
            _delete_empty(sources[document].path.parent, self.corpus)
        if not sources_in(self.corpus):
            self._clear()
            return None
        try:
            report = self.update(progress=progress, told=told)
        except StoreError:  # none of the remaining papers can be read
            self._clear()
            raise
        with store.writing(self.folder):
            for document in ids:
                store.forget(self.folder, document)
        return report

    def _remove_entries(self, files: Sequence[Path], told: Told) -> None:
        """Delete the entries of files from the bibliography, and tell in which lines their names still are."""
        bibliography = self.corpus / BIBLIOGRAPHY
        forget_before(self.corpus)
        if not bibliography.exists():
            return
        try:
            before = text = decode(bibliography)
        except SourceError as error:
            raise SourceError(f"{error}; nothing is removed, since the entry would stay behind") from None
        for file in files:
            text = without_entries_of(text, file)
        if text != before:
            bibliography.write_text(text, "utf-8", newline="")
        for number, line in enumerate(text.split("\n"), start=1):
            for name in (file.name for file in files if file.name.casefold() in line.casefold()):
                told(
                    f"{BIBLIOGRAPHY}, line {number} still names {name}, in an entry that cannot be read or is of "
                    "another paper; delete it there if it should not stay"
                )

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

    def _build(
        self, sources: Sequence[Source], encoder: Encoder, previous: Index | None, progress: Progress, told: Told
    ) -> Index:
        from qa.index.build import build  # pypdf and all that reads papers, which is not needed to ask
        from qa.papers.ingest import ingesting

        def left_out(failure: Failure) -> None:
            told(f"Left out: {failure.reason}")

        parts = store.parts(self.folder)
        with ingesting(IngestSettings()) as (ingest, at_once):
            return build(sources, self.settings, encoder, previous, ingest, progress, left_out, at_once, parts)

    def _with(self, added: Sequence[Path]) -> tuple[Source, ...]:
        """The papers that the corpus would have with the files `added`, sorted by id."""
        _check_new(self.corpus, added)
        there = {source.id: source for source in sources_in(self.corpus)} if self.corpus.exists() else {}
        bibliography = read_bibliography(self.corpus / BIBLIOGRAPHY)
        there |= {file.stem: Source(file.stem, file, bibliography.metadata_of(Path(file.name))) for file in added}
        return tuple(there[name] for name in sorted(there))

    def _clear(self) -> None:
        with store.writing(self.folder):
            store.clear(self.folder)


def _delete_empty(folder: Path, corpus: Path) -> None:
    """Delete a folder and those above it, up to the corpus, while nothing is in them."""
    while folder != corpus and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


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
        return store.load(folder, every_byte=False)
    except StoreError:
        return None


def _check_new(corpus: Path, files: Iterable[Path]) -> dict[str, Path]:
    """The papers of the corpus by id; raises a `SourceError` unless every file could be copied to them."""
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
