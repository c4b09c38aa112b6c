"""Whether what users leave behind can be kept: conversations, feedback, notes."""

from __future__ import annotations

import os
from collections.abc import Iterator

from qa.doctor.finding import Asked, Finding, command, size_of
from qa.doctor.generations import size
from qa.userdata.database import FILE, MIGRATIONS, look_into


def state(asked: Asked) -> Iterator[Finding]:
    """Whether the folder can be written to, and its database opened by this version."""
    folder, path = asked.state, asked.state / FILE
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        found = f"nothing can be kept in {folder}: {there} cannot be written to"
        yield Finding("state", "wrong", found, f"give yourself the right to: {command('chmod', 'u+rwx', there)}")
        return
    if not path.exists():
        yield Finding("state", "ok", f"{folder} is empty, and can be written to")
        return
    aside = path.with_name(f"{path.name}.damaged")
    version, fault = look_into(folder)
    if fault:
        found = f"{path} is damaged ({fault}), and nothing can be kept in it"
        yield Finding("state", "wrong", found, f"begin a new one, and keep the old: {command('mv', path, aside)}")
    elif version > len(MIGRATIONS):
        found = f"{path} is of version {version}, and this program reads version {len(MIGRATIONS)}"
        remedy = "use the program that wrote it, or another folder: `export QA_STATE_DIR=state-2`"
        yield Finding("state", "wrong", found, remedy)
    else:
        yield Finding("state", "ok", f"{folder} can be written to, and has {size_of(size(folder))}")
