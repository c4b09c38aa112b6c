"""Corpus → `Index`; unchanged papers are taken from an earlier index."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, pairwise
from pathlib import Path

import numpy as np

from qa.config import IndexSettings
from qa.index.assemble import About, Piece, assembled
from qa.index.embed import Encoder, Vectors, embedded_text
from qa.index.index import Failure, Index, NoPaperError
from qa.index.keys import embedding, fingerprint, key_of
from qa.index.parts import Parts
from qa.papers.files import read_bytes
from qa.papers.ingest import Ingest, Paper, ingest_here
from qa.papers.sources import Source, check
from qa.types import Document, ModelError, Progress, SourceError, StoreError, nobody

_CHARACTERS_OF_PDF = 45_000
"""Characters that a PDF is taken to have at most, for the progress: six of 0.2 to 3 MB have 30 to 65 thousand, whatever
their size, which is that of their pictures. On 2026-11-27."""


def build(
    sources: Iterable[Source],
    settings: IndexSettings,
    encoder: Encoder,
    previous: Index | None = None,
    ingest: Ingest = ingest_here,
    progress: Progress = nobody,
    told: Callable[[Failure], object] = lambda failure: None,
    at_once: int = 1,
    parts: Path | None = None,
) -> Index:
    """Ingest and embed every paper, or take it from `previous` if its key and the fingerprint are the same there.

    So many papers are ingested `at_once`, while those before them are embedded. Each is kept in the folder `parts`, if
    there is one, from which a later build takes it. A vector depends on its text alone, so that an incremental build
    equals a full one to the last bit, and those that the same paper had before are taken over too.

    A paper that cannot be read, or that duplicates another (same bytes or same DOI), becomes a `Failure`, and the
    others are still indexed. It is tried again in each build. `told` gets each failure as soon as it is known: what the
    bytes of a file tell is known before the first paper is ingested. `progress` counts papers, weighted by their bytes;
    those of `previous` are done from the start, and not named.

    Raises:
        NoPaperError: no paper could be read.
        StoreError: the folder `parts` cannot be written.
    """
    wanted = fingerprint(settings, encoder)
    reusable = previous if previous is not None and previous.fingerprint == wanted else None
    failures: dict[str, Failure] = {}
    known: dict[str, str] = {}

    def fail(source: Source, key: str, error: Exception) -> None:
        failures[source.id] = _failure(source, key, error)
        told(failures[source.id])

    keys: dict[str, str] = {}
    sound: list[Source] = []
    sources = list(sources)
    for source in sources:
        key = ""
        try:
            data = read_bytes(source.path)
            checksum = hashlib.sha256(data).hexdigest()
            key = key_of(source, checksum)
            check(data, source.path)
            _reject_duplicate(f"the same bytes, SHA-256 {checksum}", source, known)
        except Exception as error:  # no error in one paper may keep the others out
            fail(source, key, error)
            continue
        keys[source.id] = key
        sound.append(source)
    gone = sorted(previous.keys.keys() - {source.id for source in sources}) if previous else []
    made = _Making(settings, encoder, reusable, previous, ingest, Parts(parts, wanted) if parts else None, gone)
    found: list[Piece | int] = []
    dois: dict[str, str] = {}
    steps = _steps([(_weight(source.path), made.has(source.id, keys[source.id])) for source in sound])
    with closing(made.ahead(sound, keys, at_once)) as papers:
        for (before, after), (source, piece_of) in zip(pairwise(steps), papers, strict=True):
            tick = _ticks(progress, before, after, len(sound), source.path.name)
            if not _is_there(reusable, source.id, keys[source.id]):
                tick(0.0)
            try:
                paper = piece_of(tick)
                if doi := made.doi(source.id, paper):
                    _reject_duplicate(f"the same DOI, {doi}", source, known)
                    dois[source.id] = doi
            except (ModelError, StoreError):  # no fault of the paper
                raise
            except Exception as error:  # the same
                fail(source, keys.pop(source.id), error)
                continue
            found.append(paper)
    progress(len(sound), len(sound), "done")
    if not found:
        reasons = "".join(f"\n  {failure.reason}" for failure in failures.values())
        raise NoPaperError(f"there is no paper to index; copy .txt or .pdf files into the corpus folder{reasons}")
    failed = tuple(failures[source.id] for source in sources if source.id in failures)
    return assembled(found, About(keys, settings, wanted, encoder.sha256, failed, embedding(encoder), dois), reusable)


def _reject_duplicate(sameness: str, source: Source, known: dict[str, str]) -> None:
    """Raise a `SourceError` if an earlier paper has this in common; `known` maps each such fact to its first paper."""
    name = source.path.name
    if known.setdefault(sameness, name) != name:
        raise SourceError(f"{name} is {known[sameness]} once more ({sameness}); delete one of the two")


_Tick = Callable[[float], object]
"""Called every now and then with the share of a paper that is done: it tells that the work goes on, and may raise to
stop it."""
_Make = Callable[[_Tick], Piece | int]
"""What makes a paper, or says where the index that there is has it."""
_TICK, _TEXTS = 0.5, 32
"""After so many seconds of waiting, and so many texts, there is a tick: half a second of embedding."""


def _weight(path: Path) -> int:
    """About how many characters a paper has: what takes time is embedding them."""
    size = path.stat().st_size
    return min(size, _CHARACTERS_OF_PDF) if path.suffix.lower() == ".pdf" else size


def _steps(papers: Sequence[tuple[int, bool]]) -> list[float]:
    """How far a build is before each paper and at its end, in papers, if a heavy one counts for several.

    Of each paper the weight is given, and whether it is there already: such are done from the start.

    >>> _steps([(10, False), (30, False), (40, True), (20, False)])
    [1.6, 2.0, 3.2, 3.2, 4.0]
    """
    there = sum(weight for weight, is_there in papers if is_there)
    done = accumulate((0 if is_there else weight for weight, is_there in papers), initial=there)
    total = max(1, sum(weight for weight, _ in papers))
    return [len(papers) * weight / total for weight in done]


def _ticks(progress: Progress, before: float, after: float, total: int, what: str) -> _Tick:
    return lambda share: progress(int(before + share * (after - before)), total, what)


@dataclass(frozen=True, slots=True)
class _Making:
    """How papers become pieces of an index."""

    settings: IndexSettings
    encoder: Encoder
    reusable: Index | None
    previous: Index | None
    ingest: Ingest
    parts: Parts | None
    gone: Sequence[str]
    """The ids of papers that were in the index before and are no longer there."""

    def ahead(
        self, sources: Sequence[Source], keys: Mapping[str, str], at_once: int
    ) -> Generator[tuple[Source, _Make], None, None]:
        """Each paper with what makes its piece: the next papers are ingested meanwhile, so many at once.

        When it is closed, no other paper is begun, and nobody waits for those that are being read.
        """
        pool = ThreadPoolExecutor(at_once)
        window: deque[tuple[Source, _Make]] = deque()
        try:
            for source in sources:
                key = keys[source.id]
                if self.reusable and _is_there(self.reusable, source.id, key):
                    window.append((source, partial(_same, self.reusable.numbers[source.id])))
                elif piece := self.parts and self.parts.load(key):
                    window.append((source, partial(_same, piece)))
                else:
                    read = self._now(source) if at_once == 1 else partial(_waited, pool.submit(self._ingested, source))
                    window.append((source, partial(self._made, key, read)))
                if len(window) > 2 * at_once or at_once == 1:
                    yield window.popleft()
            yield from window
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def doi(self, name: str, paper: Piece | int) -> str:
        """The DOI of a paper in lower case; "" if it has none."""
        if isinstance(paper, Piece):
            return paper.documents[0].metadata.get("doi", "").lower()
        return self.reusable.dois.get(name, "") if self.reusable else ""

    def has(self, name: str, key: str) -> bool:
        """Whether a paper need not be read."""
        return _is_there(self.reusable, name, key) or bool(self.parts and self.parts.has(key))

    def _now(self, source: Source) -> Callable[[_Tick], Paper]:
        return lambda tick: self._ingested(source)

    def _ingested(self, source: Source) -> Paper:
        return self.ingest(source, self.settings.passage_max_words)

    def _made(self, key: str, ingested: Callable[[_Tick], Paper], tick: _Tick) -> Piece:
        """Embed a paper and keep it."""
        paper = ingested(tick)
        document, passages = paper.document, paper.passages
        title = document.title
        texts = [embedded_text(title, passage.section, passage.text) for passage in passages]
        inner = [embedded_text(title, p.section, sentence.text) for p in passages for sentence in p.sentences]
        vectors = embedded([*texts, *inner], self.encoder, self._known(document), tick)
        both = vectors[: len(texts)], vectors[len(texts) :]
        return self.parts.save(key, document, passages, *both) if self.parts else Piece.of(document, passages, *both)

    def _known(self, document: Document) -> Mapping[str, Vectors]:
        """The vectors that the same paper had before, by what was embedded; under another id if that is gone."""
        index = self.previous
        if index is None or not index.embedding or index.embedding != embedding(self.encoder):
            return {}
        same = [document.id] if document.id in index.by_id else index.copies_of(document.sha256, self.gone)
        return dict(chain.from_iterable(_embedded_before(index, name) for name in same))


def _same(paper: Piece | int, tick: _Tick) -> Piece | int:
    return paper


def _waited(future: Future[Paper], tick: _Tick) -> Paper:
    """What a future gives; meanwhile, `tick` is called twice a second."""
    while not wait([future], _TICK).done:
        tick(0.0)
    return future.result()


def embedded(texts: Sequence[str], encoder: Encoder, known: Mapping[str, Vectors], tick: _Tick) -> Vectors:
    """The vectors of texts, (n, d); each text is embedded once, and not if its vector is known."""
    new = [text for text in dict.fromkeys(texts) if text not in known]
    found = dict(known)
    size = _TEXTS if encoder.alone else max(1, len(new))
    for first in range(0, len(new), size):
        tick(first / len(new))
        found |= zip(new[first : first + size], encoder.encode(new[first : first + size]), strict=True)
    return np.stack([found[text] for text in texts])


def _embedded_before(index: Index, document: str) -> Iterator[tuple[str, Vectors]]:
    """What was embedded of a paper, with its vectors."""
    title = index.by_id[document].title
    for row in index.rows_of(document):
        passage = index.passages[row]
        yield embedded_text(title, passage.section, passage.text), index.passage_vectors.array[row]
        for at, sentence in zip(index.sentence_rows(row), passage.sentences, strict=True):
            yield embedded_text(title, passage.section, sentence.text), index.sentence_vectors.array[at]


def _is_there(previous: Index | None, document_id: str, key: str) -> bool:
    return previous is not None and previous.keys.get(document_id) == key


def _failure(source: Source, key: str, error: Exception) -> Failure:
    """A failure that names the file without its folder, so that it does not depend on where the corpus is."""
    reason = str(error).replace(str(source.path), source.path.name)
    if not isinstance(error, SourceError):
        reason = f"{source.path.name} could not be read, by a fault of this program ({error!r}); please report it"
    return Failure(source.path.name, key, reason)
