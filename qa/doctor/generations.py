"""Whether the index and its older generations are sound, and what else lies or happens in its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qa.doctor.finding import Asked, Finding, command, few, of_error, size_of
from qa.index import audit, store
from qa.types import StoreError


def index(asked: Asked) -> Iterator[Finding]:
    """Whether the published index is sound, every byte and every quote of it."""
    if asked.quick:
        store.load(asked.folder, every_byte=False)
        yield Finding("index", "ok", f"{asked.folder} can be loaded; its bytes and quotes were not looked at (--quick)")
        return
    problems = store.problems(asked.folder)
    if problems:
        error = StoreError(problems[0])
        yield of_error("index", error, "run `qa index build --full`")
    else:
        yield Finding("index", "ok", f"{asked.folder} is sound")


def older(asked: Asked) -> Iterator[Finding]:
    """Whether the older generations that are kept are sound, so that one can go back to them."""
    current = store.current_generation(asked.folder)
    kept = _kept(asked.folder)
    looked_at = [name for name in kept if name != current]
    damaged = 0
    for name in looked_at:
        try:
            store.load(asked.folder, name, every_byte=not asked.quick)
        except StoreError as error:
            damaged += 1
            found = f"nobody can go back to generation {name}: {_said(error)}"
            keep = str(max(1, kept.index(name)))
            yield Finding(
                "generations",
                "note",
                found,
                f"delete it, and those before it: {asked.qa('index', 'prune', '--keep', keep)}",
            )
    if not damaged:
        yield Finding("generations", "ok", f"older generations to which one can go back: {len(looked_at)}")


def leftovers(asked: Asked) -> Iterator[Finding]:
    """What programs that were stopped have left in the folder of the index."""
    if locked_by(asked.folder) is not None:
        yield Finding("leftovers", "ok", "a program is writing to the index")
        return
    found = []
    left = store.leftovers(asked.folder)
    if left.written:
        found.append(f"a program was stopped while it wrote {few(path.name for path in left.written)}")
    if left.read:
        found.append(f"a build was stopped, and goes on with the {len(left.read)} papers that it had read")
    if found:
        total = size_of(sum(map(size, [*left.written, *left.read])))
        yield Finding("leftovers", "note", f"{'; '.join(found)} ({total})", f"run {asked.qa('index', 'build')}")
    if left.deleted:
        said = f"a program was stopped while it deleted {few(path.name for path in left.deleted)}"
        yield Finding("leftovers", "note", said, f"run {command('rm', '-r', *left.deleted)}")
    if not any(left):
        yield Finding("leftovers", "ok", "nothing is left of programs that were stopped")


def candidate(asked: Asked) -> Iterator[Finding]:
    """Whether a generation waits to be published."""
    waiting = store.unpublished(asked.folder) if asked.folder.is_dir() else []
    if not waiting:
        yield Finding("candidate", "ok", "no generation waits to be published")
    for name in waiting:
        found = f"generation {name} is built and not published"
        yield Finding("candidate", "note", found, "publish it or give it up on the page Maintain: `qa serve`")


def lock(asked: Asked) -> Iterator[Finding]:
    """Whether a program is writing to the index at this moment."""
    who = locked_by(asked.folder)
    if who is None:
        yield Finding("lock", "ok", "no program is writing to the index")
    else:
        look = command("ps", "-p", who) if who else command("fuser", "-v", store.lock_of(asked.folder))
        found = f"a program is writing to the index{f' (process {who})' * bool(who)}; others that want to, wait for it"
        yield Finding("lock", "note", found, f"wait for its end; which one it is, says {look}")


def rights(asked: Asked) -> Iterator[Finding]:
    """Whether one can build and publish here; asking needs no right to write."""
    closed = [one for one in (asked.folder, asked.corpus) if one.is_dir() and not os.access(one, os.W_OK | os.X_OK)]
    for one in closed:
        found = f"{one} can be read only: nothing can be added or published"
        yield Finding("rights", "note", found, f"give yourself the right to: {command('chmod', '-R', 'u+w', one)}")
    if not closed:
        yield Finding("rights", "ok", "papers and index can be written to")


def chain(asked: Asked) -> Iterator[Finding]:
    """Whether each line of the audit log follows from the one before."""
    number = audit.broken(asked.folder)
    if number is None:
        yield Finding("audit", "ok", f"the log of who did what is whole; its lines: {len(audit.entries(asked.folder))}")
        return
    path = asked.folder / audit.FILE
    aside = path.with_name(f"audit-until-{len(audit.entries(asked.folder))}.jsonl")
    found = f"line {number} of {path} does not follow from the line before: somebody has changed one, or taken it out"
    yield Finding("audit", "wrong", found, f"find out who; to begin a new log, run {command('mv', path, aside)}")


def locked_by(folder: Path) -> str | None:
    """The process that writes to the index, "" if it cannot be told which; None if none does."""
    try:
        import fcntl
    except ImportError:  # Windows, where a lock cannot be tried without taking it
        return None
    try:
        with store.lock_of(folder).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _holder(store.lock_of(folder).stat().st_ino)
    except OSError:  # there is none, or it is another user's
        pass
    return None


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 for what vanishes meanwhile."""
    total = 0
    for file in [path, *path.rglob("*")] if path.is_dir() else [path]:
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


def _kept(folder: Path) -> list[str]:
    """The published generations that are still there, the newest first."""
    return list(dict.fromkeys(row["generation"] for row in reversed(store.history(folder)) if row["kept"]))


def _said(error: StoreError) -> str:
    """What happened, without what mends a published index."""
    return str(error).rpartition("; ")[0] or str(error)


def _holder(inode: int) -> str:
    """The number of the process that holds a lock on a file, as Linux lists them; "" if it does not."""
    with suppress(OSError):
        for line in Path("/proc/locks").read_text("utf-8").splitlines():
            words = line.split()
            if words[1:2] == ["FLOCK"] and words[5].rpartition(":")[2] == str(inode) and int(words[4]) > 0:
                return words[4]
    return ""
