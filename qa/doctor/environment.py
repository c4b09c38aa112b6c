"""Whether Python, the libraries and the machine are those that this program needs."""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from qa.config import PROJECT, cores
from qa.doctor.finding import Asked, Finding, command, size_of
from qa.index.embed import OURS, PLAIN
from qa.userdata import database

_TORCH = ("torch", "sentence-transformers")
"""What `make setup PYTORCH=no` leaves out: only training and encoders of other people need it."""
_PORT = 8501
_SETUP = f"`make -C {PROJECT} setup`"


def python(asked: Asked) -> Iterator[Finding]:
    """Python's version, and what it runs on."""
    found = f"Python {platform.python_version()} on {platform.system()}, {cores()} processors"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found += f", {size_of(os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE'))} of memory"
    try:
        wanted = metadata("qa")["Requires-Python"] or ""
    except PackageNotFoundError:
        wanted = ""
    if SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
        yield Finding("python", "ok", found)
    else:
        yield Finding("python", "wrong", f"{found}, and Python {wanted} is needed", _other_python())


def packages(asked: Asked) -> Iterator[Finding]:
    """The libraries that the installed package names, each within the versions that it names; no extras."""
    try:
        named = [Requirement(line) for line in requires("qa") or ()]
    except PackageNotFoundError:
        yield Finding("packages", "note", "qa is not installed here, so it cannot name its libraries", f"run {_SETUP}")
        return
    needed = [one for one in named if one.marker is None or one.marker.evaluate({"extra": ""})]
    faults = 0
    for one in needed:
        try:
            there = version(one.name)
        except PackageNotFoundError:
            there = ""
        if there and one.specifier.contains(there, prereleases=True):
            continue
        faults += 1
        can_do_without = not there and one.name in _TORCH and asked.settings.encoder in (OURS, PLAIN)
        is_wanted = f"{one.name}{one.specifier} is needed" + (" to train, and to run other encoders" * can_do_without)
        yield Finding(
            "packages",
            "note" if can_do_without else "wrong",
            f"{is_wanted}, and {f'{there} is installed' if there else 'none is installed'}",
            f"run {command(sys.executable, '-m', 'pip', 'install', f'{one.name}{one.specifier}')}",
        )
    if not faults:
        yield Finding("packages", "ok", f"{len(needed)} libraries, each of a version that was tried")


def sqlite(asked: Asked) -> Iterator[Finding]:
    """The version of SQLite, which belongs to Python."""
    there, needed = (".".join(map(str, version)) for version in (database.SQLITE, database.NEEDED))
    if database.SQLITE >= database.NEEDED:
        yield Finding("sqlite", "ok", f"SQLite {there}")
    else:
        found = f"SQLite {there}, and conversations are kept in tables that need {needed}"
        yield Finding("sqlite", "wrong", found, _other_python())


def port(asked: Asked) -> Iterator[Finding]:
    """Whether the app's port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", _PORT))
        except OSError:
            said = (
                f"port {_PORT} is taken, perhaps by the app; a second one needs another: `qa serve --port {_PORT + 2}`"
            )
            yield Finding("port", "ok", said)
            return
    yield Finding("port", "ok", f"port {_PORT} is free for the app")


def _other_python() -> str:
    return f"install a newer Python and run `rm -r {PROJECT / '.venv'} && make -C {PROJECT} setup PYTHON=python3.13`"
