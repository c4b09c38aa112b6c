"""A corpus folder is watched: each set of changes, once they have come to rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from qa.papers.files import BIBLIOGRAPHY
from qa.papers.folder import why_no_paper
from qa.types import SourceError

_LONGEST, _PATIENCE = 600_000, 500
"""Milliseconds after which changes that never rest are handed on, and after which the watch says that it has begun. Set
by hand on 2026-11-28."""


def changes(corpus: Path, quiet: float, stopping: Event) -> Iterator[list[str]]:
    """The names of the papers, folders and the bibliography that have changed, each time there was no other change for
    `quiet` seconds.

    The first list is empty: the watch has begun, and nothing is missed from then on, whatever the caller does between.
    It ends when `stopping` is set, or by Ctrl+C.

    Raises:
        SourceError: there is no such folder, or the system does not let it be watched.
    """
    if not corpus.is_dir():
        raise SourceError(f"{corpus} is not a folder; make it and copy papers (.txt, .pdf) into it")
    has_begun = False
    try:
        for found in watch(
            corpus,
            watch_filter=_may_matter,
            debounce=_LONGEST,
            step=max(1, int(1000 * quiet)),
            rust_timeout=_PATIENCE,
            yield_on_timeout=True,
            stop_event=stopping,
            raise_interrupt=False,
        ):
            if not has_begun:
                has_begun = True
                yield []
            if found:
                yield sorted({Path(path).name for _, path in found})
    except OSError as error:
        raise SourceError(f"{corpus} cannot be watched ({error}); run `qa index build` after each change") from error


def _may_matter(change: Change, path: str) -> bool:
    """Whether a change may concern a paper: a file of one, the bibliography, or a folder, which has no ending."""
    name = Path(path).name
    return name == BIBLIOGRAPHY or not why_no_paper(name) or not (name.startswith(".") or Path(name).suffix)
