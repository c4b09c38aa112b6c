"""The life of a corpus: add, update, remove, prepare, release, go back, freshness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from qa.config import IndexSettings, IngestSettings
from qa.index import audit, store
from qa.index.embed import Encoder, open_encoder
from qa.index.history import NOT_ASKED, ROLLBACK, Decision, changes_between, me
from qa.index.index import Failure, Index, NoPaperError
from qa.index.keys import fingerprint, key_of
from qa.papers import intake
from qa.papers.bibliography import read_bibliography
from qa.papers.files import BIBLIOGRAPHY
from qa.papers.folder import papers_in
from qa.papers.intake import Told, nobody_told
from qa.papers.sources import Source, read_corpus, sources_in
from qa.types import Progress, SourceError, StoreError, nobody

Freshness = Literal["missing", "stale", "fresh"]
Change = Literal["new", "changed", "failed and changed", "gone", "failed and gone"]
_CHANGED: Mapping[Change, str] = {
    "new": "{0} is not in the index yet",
    "changed": f"{{0}} or its entry in {BIBLIOGRAPHY} has changed",
    "failed and changed": "{0}, which could not be read, has changed",
    "gone": "{0} is no longer in {1}",
    "failed and gone": "{0}, which could not be read, is no longer in {1}",
}
"""What is said of a paper that is not as it is in an index, and of the folder."""


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

    The settings come from the environment and name the encoder, unless others are given. `by` is who acts, as history
    and audit log name them: the user of this machine, if nobody is given.

        Library("corpus", "index").update()
    """

    def __init__(
        self,
        corpus: str | Path = "corpus",
        folder: str | Path = "index",
        settings: IndexSettings | None = None,
        encoder: Encoder | None = None,
        by: str = "",
    ) -> None:
        self.corpus, self.folder = Path(corpus), Path(folder)
        self.by = by or me()
        self.settings = settings or IndexSettings()
        self._encoder = encoder

    @property
    def encoder(self) -> Encoder:
        """The encoder of the index. Raises `ModelError` if it is missing."""
        return self._encoder or open_encoder(self.settings.encoder)

    def update(
        self,
        *,
        full: bool = False,
        action: str = "build",
        why: str = "",
        progress: Progress = nobody,
        told: Told = nobody_told,
    ) -> Report:
        """Bring the index up to date with the corpus and publish it; only what changed is read and embedded.

        `full` reads everything again. A damaged index is built from scratch. A fault in the bibliography costs its
        entry, and no paper. History and audit log have `action` and `why`.

        Raises:
            SourceError: there is no corpus folder.
            StoreError: there is no paper that can be indexed; the index stays as it was.
        """
        with store.writing(self.folder, told):
            corpus = read_corpus(self.corpus)
            for line in corpus.lines():
                told(line)
            before = _published(self.folder)
            likest = None if full else _likest(self.folder, before, corpus.sources)
            index = self._build(corpus.sources, self.encoder, likest, progress, told)
            current = store.current_generation(self.folder) if before else None
            if before is not None and current is not None and not full and _same(before, index):
                generation = current
            else:
                generation = store.publish(index, self.folder, action, self.by, why)
            if generation != current:
                self._log(action, generation, _papers(before.keys if before else {}, index.keys), why=why)
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
                sources = self.sources_with(added)
                likest = _likest(self.folder, before, sources)
                index = self._build(sources, encoder, likest, progress, nobody_told)
            except Exception:  # what was embedded stays: the next build goes on from there
                raise
            except BaseException:  # a candidate that is given up leaves nothing behind
                store.clear_parts(self.folder)
                raise
            failures = tuple(failure for failure in index.failures if failure.file not in names)
            earlier = store.unpublished(self.folder)
            generation = store.write(replace(index, failures=failures), self.folder)
            for name in earlier:  # of which papers may have been taken over
                if name != generation:
                    store.discard(self.folder, name)
            store.clear_parts(self.folder)
        return _report(generation, before, index)

    def release(
        self,
        generation: str,
        added: Iterable[Path] = (),
        decision: Decision = NOT_ASKED,
        *,
        told: Told = nobody_told,
    ) -> str:
        """Publish a prepared generation, and copy those files of `added` that it holds into the corpus.

        Returns the name of the published generation, which is another one if a gate failed: its manifest says why it
        was published all the same.

        Raises:
            StoreError: the papers have changed since it was built; nothing is published.
            SourceError: as in `add`.
        """
        with store.writing(self.folder, told):
            index = store.load(self.folder, generation)
            files = [file for file in added if file.stem in index.keys]
            if changed_since(index.keys, failed_keys(index.failures), self.sources_with(files)):
                raise StoreError(f"the papers have changed since {generation} was built; build it again")
            before = store.keys(self.folder)
            intake.copy_in(self.corpus, files)
            name = store.point_to(self.folder, generation, "publish", self.by, decision)
            forced = decision.failed if decision.gates == "failed" else ()
            self._log("publish", name, _papers(before, index.keys), why=decision.why, failed_gates=list(forced))
        return name

    def discard(self, generation: str) -> None:
        """Delete a generation that was prepared and never published; a published one stays."""
        with store.writing(self.folder):
            store.discard(self.folder, generation)
            self._log("discard", generation)

    def rollback(self, generation: str | None = None, *, why: str = "", told: Told = nobody_told) -> str:
        """Go back to a named generation, or to the one before the current one; returns its name.

        It stays until somebody publishes another one.

        Raises:
            StoreError: there is no such generation, or it is damaged.
        """
        with store.writing(self.folder, told):
            name = store.rollback(self.folder, generation, self.by, why)
            self._log("rollback", name, why=why)
        return name

    def prune(self, keep: int, *, told: Told = nobody_told) -> list[str]:
        """Delete all published generations but the last `keep`, at least 1, and the current one; returns their names.

        Raises:
            ValueError: none would be kept.
        """
        if keep < 1:
            raise ValueError("at least one generation is kept: the one in use")
        with store.writing(self.folder, told):
            gone = store.prune(self.folder, keep)
            self._log("prune", deleted=gone)
        return gone

    def forget(self, ids: Iterable[str], *, told: Told = nobody_told) -> list[str]:
        """Delete every generation but the current one that may hold one of these papers; returns their names.

        The history no longer names the papers.

        Raises:
            StoreError: the current generation holds one of them.
        """
        ids = list(dict.fromkeys(ids))
        with store.writing(self.folder, told):
            held = [name for name in ids if name in store.keys(self.folder)]
            if held:
                raise StoreError(
                    f"{', '.join(held)}: still in use, so nothing is forgotten; `qa index remove ID` takes a paper out"
                )
            gone = [name for document in ids for name in store.forget(self.folder, document)]
            self._log("forget", papers=ids, deleted=gone)
        return gone

    def add(self, files: Iterable[Path]) -> list[Path]:
        """Copy papers into the corpus, after checking all of them; returns their paths there.

        A file that lies in the corpus already, in a sub-folder too, stays where it is; another file of the same name
        takes its place.

        Raises:
            SourceError: a file is missing, is not a .txt or .pdf, or would replace another paper.
        """
        paths = intake.copy_in(self.corpus, files)
        self._log("copy", papers=[path.stem for path in paths])
        return paths

    def replace(self, files: Iterable[Path]) -> list[Path]:
        """Copy new versions of papers over those in the corpus, after checking all; returns their paths there.

        Raises:
            SourceError: as in `add`, or the corpus has no paper of that name.
        """
        files = list(files)
        there = papers_in(self.corpus).papers
        for file in files:
            if file.stem not in there:
                raise SourceError(f"{self.corpus} has no paper {file.stem!r} yet; `qa index add {file}` adds it")
        return self.add(files)

    def describe(self, paths: Iterable[Path], *, told: Told = nobody_told) -> list[str]:
        """Write an entry into the bibliography for each of these PDFs of the corpus that has none, from what it says.

        Nothing in a plain text tells its title from other lines. Returns as `intake.describe`.
        """
        ids = {path.stem for path in paths if path.suffix.lower() == ".pdf"}
        if not ids:
            return []
        from qa.papers.ingest import ingesting  # pypdf and all that reads papers

        with ingesting(IngestSettings()) as (ingest, _):

            def said_by(source: Source) -> Mapping[str, str]:
                return ingest(source, self.settings.passage_max_words).document.metadata

            return intake.describe(self.corpus, ids, said_by, told)

    def remove(
        self,
        ids: Iterable[str],
        *,
        keep_older: bool = False,
        why: str = "",
        progress: Progress = nobody,
        told: Told = nobody_told,
    ) -> Report | None:
        """Remove papers with everything that holds them: file, BibTeX entry, index and older generations.

        With `keep_older`, older generations stay, so that one can go back to them; `forget` deletes them later. A
        sub-folder goes with the last file in it. Where another file has the same id, that one is read from then on.
        Returns None if no paper is left; then there is no index either.

        Raises:
            SourceError: an id is neither in the corpus nor in the index, or its entry cannot be found because the
                bibliography cannot be read; nothing is removed.
        """
        ids = list(dict.fromkeys(ids))
        sources = {source.id: source for source in sources_in(self.corpus)}
        known = sources.keys() | store.keys(self.folder).keys()
        for document in ids:
            if document not in known:
                there = ", ".join(sorted(sources))
                raise SourceError(f"there is no paper {document!r} in {self.corpus}; there are: {there}")
        intake.take_out(self.corpus, [sources[document].path for document in ids if document in sources], told)
        self._log("remove", papers=ids, why=why)
        if not sources_in(self.corpus):
            self._clear()
            return None
        try:
            report = self.update(action="remove", why=why, progress=progress, told=told)
        except NoPaperError:  # none of the remaining papers can be read
            self._clear()
            raise
        if not keep_older:
            with store.writing(self.folder):
                for document in ids:
                    store.forget(self.folder, document)
        return report

    def holds(self) -> bool:
        """Whether the published generation is there because somebody went back to it: it stays until one publishes.

        Raises:
            StoreError: the index is damaged.
        """
        rows = store.history(self.folder)
        return bool(rows) and rows[-1]["current"] and rows[-1]["action"] == ROLLBACK

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
        changes = changed_since(index.keys, failed_keys(index.failures), sources_in(self.corpus))
        return found + [_CHANGED[change].format(name, self.corpus) for name, change in changes]

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

    def sources_with(self, added: Sequence[Path]) -> tuple[Source, ...]:
        """The papers that the corpus would have with the files `added`, sorted by id.

        Raises:
            SourceError: as in `add`, or the corpus cannot be read.
        """
        intake.check(self.corpus, added)
        there = {source.id: source for source in sources_in(self.corpus)} if self.corpus.exists() else {}
        bibliography = read_bibliography(self.corpus / BIBLIOGRAPHY)
        there |= {file.stem: Source(file.stem, file, bibliography.metadata_of(Path(file.name))) for file in added}
        return tuple(there[name] for name in sorted(there))

    def note(self, what: str, papers: Iterable[str] = ()) -> None:
        """Write into the audit log what was done to papers elsewhere, for example to their entries."""
        self._log(what, papers=papers)

    def _log(self, what: str, generation: str | None = None, papers: Iterable[str] = (), **about: object) -> None:
        """Write what was done into the audit log, which names no paper, since it may not forget: only the beginning of
        the SHA-256 of its id."""
        marks = [hashlib.sha256(name.encode()).hexdigest()[:12] for name in papers]
        audit.record(self.folder, self.by, what, generation, papers=marks, **about)

    def _clear(self) -> None:
        with store.writing(self.folder):
            store.clear(self.folder)


def _same(before: Index, index: Index) -> bool:
    """Whether an index that was built now is the one from before."""
    return (before.fingerprint, before.keys, before.failures) == (index.fingerprint, index.keys, index.failures)


def _papers(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The ids of the papers that two generations do not share, by the keys of their papers."""
    return sorted(set().union(*changes_between(before, after).values()))


def failed_keys(failures: Iterable[Failure]) -> dict[str, str]:
    """The keys of the papers that could not be read, by the names of their files."""
    return {failure.file: failure.key for failure in failures}


def changed_since(
    keys: Mapping[str, str], failed: Mapping[str, str], sources: Iterable[Source]
) -> list[tuple[str, Change]]:
    """How papers differ from those of an index, given its `keys` and those of the papers that could not be read.

    The name of each file, or the id of a paper that is gone; those that are gone come last.
    """
    found: list[tuple[str, Change]] = []
    now, names = set(), set()
    for source in sources:
        name = source.path.name
        names.add(name)
        try:
            key = key_of(source)
        except SourceError:
            continue
        now.add(source.id)
        if source.id in keys:
            found += [(name, "changed")] * (keys[source.id] != key)
        elif name in failed:
            found += [(name, "failed and changed")] * (failed[name] != key)
        else:
            found.append((name, "new"))
    found += [(document, "gone") for document in sorted(keys.keys() - now)]
    return found + [(name, "failed and gone") for name in sorted(failed.keys() - names)]


def _report(generation: str, before: Index | None, index: Index) -> Report:
    old = before.keys if before else {}
    changes = {what: tuple(ids) for what, ids in changes_between(old, index.keys).items()}
    unchanged = tuple(sorted(key for key in index.keys.keys() & old.keys() if index.keys[key] == old[key]))
    return Report(generation, **changes, unchanged=unchanged, failures=index.failures)


def _published(folder: Path) -> Index | None:
    try:
        return store.load(folder, every_byte=False)
    except StoreError:
        return None


def _likest(folder: Path, published: Index | None, sources: Sequence[Source]) -> Index | None:
    """The index from which most of these papers can be taken over: the published one, or one that was prepared, as a
    killed release leaves it."""
    best, most = published, 0
    there = published.keys if published else {}
    for name in store.unpublished(folder):
        try:
            prepared = store.load(folder, name, every_byte=False)
        except StoreError:
            continue
        lost = sum(prepared.keys.get(paper) != key for paper, key in there.items())
        won = sum(there.get(one.id) != prepared.keys.get(one.id, "") == _key(one) for one in sources)
        if won - lost > most and (published is None or prepared.fingerprint == published.fingerprint):
            best, most = prepared, won - lost
    return best


def _key(source: Source) -> str | None:
    try:
        return key_of(source)
    except SourceError:
        return None
