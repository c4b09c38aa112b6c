"""A file becomes a paper: a document with its passages and how well it was read. In this process, or in its own.

A PDF can ask for any amount of time and memory. `read_apart` reads it in a process of its own within limits, so
that a paper that hangs, grows or crashes costs only itself.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from qa.config import ReadSettings
from qa.quality import quality_of
from qa.records import document_of, document_record, passage_of, passage_record
from qa.repair import repair
from qa.segment import passages_of
from qa.sources import Source, read
from qa.types import Document, Passage, SourceError


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and its passages, at least one, in reading order."""

    document: Document
    passages: tuple[Passage, ...]


Reader = Callable[[Source, int], Paper]
"""What reads a source and cuts it into passages of at most so many words."""


def read_here(source: Source, max_words: int) -> Paper:
    """Read, repair and cut one paper in this process.

    Raises:
        SourceError: it cannot be read, or there is no sentence in it; the message names the file and what helps.
    """
    document = read(source)
    repaired = repair(document)
    if repaired.title and "title" not in source.metadata:
        document = replace(document, metadata=dict(document.metadata) | {"title": repaired.title})
    passages = passages_of(document, repaired.blocks, max_words)
    if not passages:
        raise SourceError(f"{source.path} has no sentence in it; is it the right file?")
    return Paper(replace(document, quality=quality_of(document, passages)), passages)


def reader(settings: ReadSettings) -> Reader:
    """What reads papers under these settings."""
    if not settings.apart:
        return read_here
    return lambda source, max_words: read_apart(source, max_words, settings.seconds, settings.megabytes)


def read_apart(source: Source, max_words: int, seconds: float, megabytes: int) -> Paper:
    """Read one paper as `read_here` does, in a process that gets so much time and memory and no more.

    Raises:
        SourceError: as `read_here`, or a limit was reached, or the process died.
        RuntimeError: a fault of this program; the message is the error's.
    """
    order = json.dumps([source.id, str(source.path), dict(source.metadata), max_words, megabytes])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "qa.papers"],
            input=order,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"{source.path} was not read within {seconds:g} seconds; if it is a sound file and only long, "
            "give it more: QA_READ_SECONDS=3600 qa index build"
        ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise SourceError(
            f"{source.path} ended the program that reads it (exit code {done.returncode}): it is damaged, "
            "or needs more memory than there is; save it anew, for example with `qpdf`"
        ) from None
    if "document" in answer:
        return Paper(document_of(answer["document"]), tuple(map(passage_of, answer["passages"])))
    if "source_error" in answer:
        raise SourceError(answer["source_error"])
    raise RuntimeError(answer["fault"])


def _answer(source: Source, max_words: int, megabytes: int) -> dict[str, object]:
    try:
        paper = read_here(source, max_words)
    except SourceError as error:
        return {"source_error": str(error)}
    except MemoryError:
        return {
            "source_error": f"{source.path} needs more than {megabytes} MB to be read; it is damaged or very large. "
            f"To give it more: QA_READ_MEGABYTES={2 * megabytes} qa index build"
        }
    except Exception as error:
        return {"fault": repr(error)}
    return {"document": document_record(paper.document), "passages": [passage_record(p) for p in paper.passages]}


def limit_memory(megabytes: int) -> None:
    """Let this process have so much address space; does nothing where the system has no such limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))


def main() -> None:
    """Read the paper that standard input names, and print what came of it."""
    document_id, path, metadata, max_words, megabytes = json.load(sys.stdin)
    limit_memory(megabytes)
    answer = _answer(Source(document_id, Path(path), metadata), max_words, megabytes)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
