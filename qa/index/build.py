"""Corpus → `Index`; unchanged papers of an earlier one are taken over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.config import IndexSettings
from qa.index import dense, lexical
from qa.index.embed import Encoder, Vectors
from qa.index.index import Failure, Index, sentence_starts
from qa.index.keys import fingerprint, key_of
from qa.papers.ingest import Paper, Reader, ingest_here
from qa.papers.sources import Source, sha256
from qa.types import Document, ModelError, Passage, Progress, SourceError, StoreError


def embedded_text(title: str, section: str, text: str) -> str:
    """What is embedded and indexed for a passage or a sentence: title and section in front, never quoted."""
    return "\n".join(part for part in (title, section, text) if part)


def build(
    sources: Sequence[Source],
    settings: IndexSettings,
    encoder: Encoder,
    previous: Index | None = None,
    progress: Progress = lambda done, total, what: None,
    read: Reader = ingest_here,
) -> Index:
    """Read, repair, cut and embed every paper; take over those that `previous` has with the same key.

    Papers are embedded one at a time, so that an index made in steps equals one made at once to the last
    bit. A paper that cannot be read, or that is another one once more (the same bytes, or the same DOI), becomes
    a `Failure` and stops nothing; it is tried again each time.

    Raises:
        StoreError: not one paper could be read.
    """
    wanted = fingerprint(settings, encoder)
    reusable = previous if previous is not None and previous.fingerprint == wanted else None
    documents: list[Document] = []
    keys: dict[str, str] = {}
    passages: list[Passage] = []
    passage_vectors: list[Vectors] = []
    sentence_vectors: list[Vectors] = []
    failures: list[Failure] = []
    known: dict[str, str] = {}
    for done, source in enumerate(sources):
        progress(done, len(sources), source.path.name)
        try:
            key = key_of(source)
            _refuse_again(f"the same bytes, SHA-256 {sha256(source.path)}", source, known)
            part = _reuse(reusable, source.id, key) or _read(source, settings, encoder, read)
            if doi := part[0].metadata.get("doi", "").lower():
                _refuse_again(f"the same DOI, {doi}", source, known)
        except ModelError:
            raise
        except Exception as error:  # whatever it is, it must not keep the other papers out
            failures.append(_failure(source, error))
            continue
        document, found, rows, inner_vectors = part
        documents.append(document)
        keys[document.id] = key
        passages += found
        passage_vectors.append(rows)
        sentence_vectors.append(inner_vectors)
    progress(len(sources), len(sources), "done")
    if not passages:
        reasons = "".join(f"\n  {failure.reason}" for failure in failures)
        raise StoreError(f"there is no paper to index; copy .txt or .pdf files into the corpus folder{reasons}")
    titles = {document.id: document.title for document in documents}
    texts = [embedded_text(titles[passage.document], passage.section, passage.text) for passage in passages]
    return Index(
        documents=tuple(documents),
        keys=keys,
        passages=tuple(passages),
        passage_vectors=dense.build(np.concatenate(passage_vectors)),
        sentence_vectors=dense.build(np.concatenate(sentence_vectors)),
        words=lexical.build(texts, settings.stemmer),
        settings=settings,
        fingerprint=wanted,
        encoder_sha256=encoder.sha256,
        failures=tuple(failures),
        sentence_starts=sentence_starts(passages),
    )


_Part = tuple[Document, Sequence[Passage], Vectors, Vectors]


def _refuse_again(sameness: str, source: Source, known: dict[str, str]) -> None:
    """Raise a `SourceError` if an earlier paper has this in common; `known` says which paper has what."""
    name = source.path.name
    if known.setdefault(sameness, name) != name:
        raise SourceError(f"{name} is {known[sameness]} once more ({sameness}); delete one of the two")


def _read(source: Source, settings: IndexSettings, encoder: Encoder, read: Reader) -> _Part:
    paper: Paper = read(source, settings.passage_max_words)
    document, passages = paper.document, paper.passages
    rows = encoder.encode([embedded_text(document.title, passage.section, passage.text) for passage in passages])
    inner_vectors = encoder.encode(
        [embedded_text(document.title, p.section, sentence.text) for p in passages for sentence in p.sentences]
    )
    return document, passages, rows, inner_vectors


def _reuse(previous: Index | None, document_id: str, key: str) -> _Part | None:
    if previous is None or previous.keys.get(document_id) != key:
        return None
    numbers = [i for i, passage in enumerate(previous.passages) if passage.document == document_id]
    first, last = numbers[0], numbers[-1] + 1
    starts = previous.sentence_starts
    return (
        previous.document(document_id),
        previous.passages[first:last],
        dense.vectors_of(previous.passage_vectors)[first:last],
        dense.vectors_of(previous.sentence_vectors)[starts[first] : starts[last]],
    )


def _failure(source: Source, error: Exception) -> Failure:
    """A failure that names the file without its folder, so that it is the same wherever the corpus stands."""
    reason = str(error).replace(str(source.path), source.path.name)
    if not isinstance(error, SourceError):
        reason = f"{source.path.name} could not be read, by a fault of this program ({error!r}); please report it"
    try:
        return Failure(source.path.name, key_of(source), reason)
    except SourceError:
        return Failure(source.path.name, "", reason)
