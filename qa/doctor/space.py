"""Whether there is space for the next build, and for what users leave behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qa.doctor.finding import Asked, Finding, command, size_of
from qa.doctor.generations import size
from qa.index import store

MARGIN = 200_000_000
"""Bytes that should stay free beside what is written. Set by hand on 2026-11-28: the working files of a build's
processes and a database that grows."""


def disk(asked: Asked) -> Iterator[Finding]:
    """The free bytes where index, state and temporary files are, against what the next build writes.

    That is a whole generation, and as much again while its papers are read.
    """
    current = store.current_generation(asked.folder)
    needs = {asked.folder: MARGIN, asked.state: MARGIN, Path(tempfile.gettempdir()): MARGIN}
    if current:
        needs[asked.folder] += 2 * size(asked.folder / current)
    older = _older(asked)
    too_little = 0
    for folder, need in needs.items():
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        if free >= need:
            continue
        too_little += 1
        found = f"{size_of(free)} are free for {folder}, and {size_of(need)} are needed to go on safely"
        remedy = f"make room; {command('df', '-h', there)} shows how full it is"
        if folder == asked.folder and older:
            remedy = f"delete older generations: {asked.qa('index', 'prune', '--keep', '1')}"
        yield Finding("disk", "wrong", found, remedy)
    if not too_little:
        yield Finding(
            "disk", "ok", f"there is space for the next build, which writes up to {size_of(needs[asked.folder])}"
        )


def generations(asked: Asked) -> Iterator[Finding]:
    """How much space the older generations take; worth knowing where it is more than what is left."""
    sizes = _older(asked)
    total = sum(sizes.values())
    found = f"older generations ({len(sizes)}) take {size_of(total)}"
    if sizes and total > shutil.disk_usage(asked.folder).free:
        remedy = f"delete all but the last: {asked.qa('index', 'prune', '--keep', '1')}"
        yield Finding("space", "note", f"{found}, more than is free", remedy)
    else:
        yield Finding(
            "space", "ok", found + (f"; {asked.qa('index', 'prune', '--keep', '1')} deletes them" if sizes else "")
        )


def _older(asked: Asked) -> dict[str, int]:
    """The bytes of each published generation that is not in use."""
    current = store.current_generation(asked.folder)
    names = {row["generation"] for row in store.history(asked.folder) if row["kept"]} - {current}
    return {name: size(asked.folder / name) for name in sorted(names)}
