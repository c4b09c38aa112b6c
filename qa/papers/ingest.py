"""A file becomes a `Paper`: a document, its passages, its quality; in this process or a sandbox.

A PDF can demand any amount of time and memory. `ingest_in_sandbox` reads it in a child process with limits, so that a
paper that hangs, grows or crashes fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qa.config import IngestSettings, cores
from qa.papers import sandbox
from qa.papers.quality import quality_of
from qa.papers.repair import repair
from qa.papers.sandbox import LimitError, Limits, Sandbox
from qa.papers.segment import passages_of
from qa.papers.sources import Source, read_document
from qa.records import document_of, document_record, passage_of, passage_record
from qa.types import Document, Passage, SourceError


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and its passages, at least one: the abstract, the running text, then tables, captions, references."""

    document: Document
    passages: tuple[Passage, ...]


Ingest = Callable[[Source, int], Paper]
"""A function that reads a source and cuts it into passages of at most so many words."""


def ingest_here(source: Source, max_words: int) -> Paper:
    """Read, repair and cut one paper in this process.

    Raises:
        SourceError: it cannot be read, or there is no sentence in it; the message names the file and what helps.
    """
    document = read_document(source)
    repaired = repair(document)
    if repaired.title and "title" not in source.metadata:
        document = replace(document, metadata=dict(document.metadata) | {"title": repaired.title})
    passages = passages_of(document, repaired.blocks, max_words)
    if not passages:
        raise SourceError(f"{source.path} has no sentence in it; is it the right file?")
    return Paper(replace(document, quality=quality_of(document, passages, repaired.changes)), passages)


@contextmanager
def ingesting(settings: IngestSettings) -> Iterator[tuple[Ingest, int]]:
    """The function that ingests papers under these settings, and how many papers it may be given at once."""
    if not settings.apart:
        yield ingest_here, 1
        return
    with sandbox.opened(Limits(settings.seconds, settings.megabytes)) as opened:
        yield partial(ingest_in_sandbox, sandbox=opened), cores()


def ingest_in_sandbox(source: Source, max_words: int, sandbox: Sandbox) -> Paper:
    """Ingest one paper as `ingest_here` does, in a child process with limits of time and memory.

    Raises:
        SourceError: as `ingest_here`, or the process reached a limit or died.
        RuntimeError: a bug in this program; the message is that of the original error.
    """
    order = [source.id, str(source.path), dict(source.metadata), max_words]
    try:
        answer = sandbox.call("qa.papers.ingest:answer", order, source.path)
    except LimitError as error:
        raise SourceError(f"{error}; {_remedy(error, sandbox.limits)}") from None
    return Paper(document_of(answer["document"]), tuple(map(passage_of, answer["passages"])))


def _remedy(error: LimitError, limits: Limits) -> str:
    if error.why == "time":
        return "if it is a sound file and only long, give it more: QA_READ_SECONDS=3600 qa index build"
    if error.why == "memory":
        return f"it is damaged or very large. To give it more: QA_READ_MEGABYTES={2 * limits.megabytes} qa index build"
    return "it is damaged, or needs more memory than there is; save it anew, for example with `qpdf`"


def answer(order: tuple[str, str, dict[str, str], int]) -> dict[str, object]:
    """The child process of `ingest_in_sandbox`: from its order to the paper, both as JSON."""
    document_id, path, metadata, max_words = order
    paper = ingest_here(Source(document_id, Path(path), metadata), max_words)
    return {"document": document_record(paper.document), "passages": [passage_record(p) for p in paper.passages]}
