"""Whether papers and bibliography can be read, and what has changed in them since the index was built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa.doctor.finding import Asked, Finding, State, few, of_error
from qa.index import store
from qa.papers.bibliography import read_bibliography
from qa.papers.files import BIBLIOGRAPHY
from qa.papers.folder import lines_of
from qa.papers.sources import read_corpus
from qa.types import SourceError

_NAMED = 20
"""Papers that are named one by one. Set by hand on 2026-11-28."""


def corpus(asked: Asked) -> Iterator[Finding]:
    """Which papers there are, and which files are not read."""
    add = f"run {asked.qa('index', 'add', 'FILE')}"
    try:
        found = read_corpus(asked.corpus)
    except SourceError as error:
        yield of_error("corpus", error, f"or {add}, which makes it")
        return
    said = "\n".join([f"{len(found.sources)} papers in {asked.corpus}", *lines_of(found.left_out)])
    if found.sources:
        yield Finding("corpus", "ok", said)
    else:
        yield Finding("corpus", "note", said, f"copy papers (.txt, .pdf) into it, or {add}")


def bibliography(asked: Asked) -> Iterator[Finding]:
    """The faults of the bibliography, with their lines."""
    path = asked.corpus / BIBLIOGRAPHY
    found = read_bibliography(path)
    if found.faults:
        remedy = f"mend that in {path}, then run {asked.qa('index', 'build')}"
        yield Finding("bibliography", "wrong", "\n".join(map(str, found.faults)), remedy)
        return
    count = f"{len(found.entries)} entries in {BIBLIOGRAPHY}" if found.entries else f"{BIBLIOGRAPHY} has no entry"
    yield Finding("bibliography", "ok", count)


def freshness(asked: Asked) -> Iterator[Finding]:
    """Whether the index is that of the corpus. One to which somebody went back is older, and is meant to stay."""
    if asked.index is None:
        yield Finding("freshness", "wrong", "the index is missing", "run `qa index build`")
    elif asked.differences:
        state: State = "note" if went_back(asked) else "wrong"
        yield Finding("freshness", state, "the index is stale", "run `qa index build`")
    else:
        yield Finding("freshness", "ok", f"{asked.folder} is up to date")


def drift(asked: Asked) -> Iterator[Finding]:
    """What has changed since the index was built: papers that are new, changed or gone, settings, rules."""
    if not asked.corpus.is_dir():
        yield Finding("drift", "ok", "there are no papers to compare the index with")
    elif asked.differences:
        yield Finding("drift", "note", few(asked.differences), f"run {asked.qa('index', 'build')}")
    else:
        yield Finding("drift", "ok", "nothing has changed since the index was built")


def failures(asked: Asked) -> Iterator[Finding]:
    """Which papers could not be read when the index was built, and why."""
    failed = asked.index.failures if asked.index else ()
    if not failed:
        yield Finding("failures", "ok", "every paper was read when the index was built")
    for failure in failed[:_NAMED]:
        remedy = f"when the file is another one or gone, run {asked.qa('index', 'build')}"
        yield Finding("failures", "note", f"not in the index: {failure.reason}", remedy)
    if more := failed[_NAMED:]:
        named = few(failure.file for failure in more)
        yield Finding("failures", "note", f"nor are {named}", f"why, says {asked.qa('index', 'status')}")


def rollback(asked: Asked) -> Iterator[Finding]:
    """Whether the index is one to which somebody went back, which a build would replace."""
    row = went_back(asked)
    if row is None or not asked.differences:
        yield Finding("rollback", "ok", "the index is the one that was built last")
        return
    about = [row["published_at"][:10], f"by {row['by']}" * bool(row["by"]), f"because: {row['why']}" * bool(row["why"])]
    said = (
        f"somebody went back to generation {row['generation']} ({', '.join(filter(None, about))}), and it is in use; "
    )
    found = (
        f"{said}a build publishes the papers as they are in the corpus now, so take out first what should not be back"
    )
    yield Finding("rollback", "note", found, f"then run {asked.qa('index', 'build')}")


def went_back(asked: Asked) -> dict[str, Any] | None:
    """The line of the history that made the index current, if somebody went back then; else None."""
    last = next(reversed(store.history(asked.folder)), None)
    held = last and last["action"] == "rollback" and last["generation"] == store.current_generation(asked.folder)
    return last if held else None
