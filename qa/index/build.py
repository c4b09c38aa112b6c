"""Corpus → `Index`; unchanged papers are taken from an earlier index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from qa.config import IndexSettings
from qa.index.assemble import About, Piece, assembled
from qa.index.embed import Encoder, embedded_text
from qa.index.index import Failure, Index
from qa.index.keys import fingerprint, key_of
from qa.papers.files import read_bytes
from qa.papers.ingest import Ingest, Paper, ingest_here
from qa.papers.sources import Source, check
from qa.types import ModelError, Progress, SourceError, StoreError, nobody


def build(
    sources: Iterable[Source],
    settings: IndexSettings,
    encoder: Encoder,
    previous: Index | None = None,
    ingest: Ingest = ingest_here,
    progress: Progress = nobody,
    told: Callable[[Failure], object] = lambda failure: None,
) -> Index:
    """Ingest and embed every paper, or take it from `previous` if its key and the fingerprint are the same there.

    Papers are embedded one at a time, so that an incremental build equals a full one to the last bit. A paper that
    cannot be read, or that duplicates another (same bytes or same DOI), becomes a `Failure`, and the others are still
    indexed. It is tried again in each build. `told` gets each failure as soon as it is known: what the bytes of a file
    tell is known before the first paper is ingested.

    Raises:
        StoreError: no paper could be read.
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
    pieces: list[Piece] = []
    for done, source in enumerate(sound):
        progress(done, len(sound), source.path.name)
        key = keys[source.id]
        try:
            piece = _reuse(reusable, source.id, key) or _ingest(source, settings, encoder, ingest)
            if doi := piece.document[0].metadata.get("doi", "").lower():
                _reject_duplicate(f"the same DOI, {doi}", source, known)
        except ModelError:
            raise
        except Exception as error:  # the same
            fail(source, keys.pop(source.id), error)
            continue
        pieces.append(piece)
    progress(len(sound), len(sound), "done")
    if not pieces:
        reasons = "".join(f"\n  {failure.reason}" for failure in failures.values())
        raise StoreError(f"there is no paper to index; copy .txt or .pdf files into the corpus folder{reasons}")
    failed = tuple(failures[source.id] for source in sources if source.id in failures)
    return assembled(pieces, About(keys, settings, wanted, encoder.sha256, failed), reusable)


def _reject_duplicate(sameness: str, source: Source, known: dict[str, str]) -> None:
    """Raise a `SourceError` if an earlier paper has this in common; `known` maps each such fact to its first paper."""
    name = source.path.name
    if known.setdefault(sameness, name) != name:
        raise SourceError(f"{name} is {known[sameness]} once more ({sameness}); delete one of the two")


def _ingest(source: Source, settings: IndexSettings, encoder: Encoder, ingest: Ingest) -> Piece:
    paper: Paper = ingest(source, settings.passage_max_words)
    document, passages = paper.document, paper.passages
    vectors = encoder.encode([embedded_text(document.title, passage.section, passage.text) for passage in passages])
    inner_vectors = encoder.encode(
        [embedded_text(document.title, p.section, sentence.text) for p in passages for sentence in p.sentences]
    )
    return Piece.of(document, passages, vectors, inner_vectors)


def _reuse(previous: Index | None, document_id: str, key: str) -> Piece | None:
    if previous is None or previous.keys.get(document_id) != key:
        return None
    return Piece.taken(previous, document_id)


def _failure(source: Source, key: str, error: Exception) -> Failure:
    """A failure that names the file without its folder, so that it does not depend on where the corpus is."""
    reason = str(error).replace(str(source.path), source.path.name)
    if not isinstance(error, SourceError):
        reason = f"{source.path.name} could not be read, by a fault of this program ({error!r}); please report it"
    return Failure(source.path.name, key, reason)
