"""No room on the disk, no right to write, somebody else at work: one message, and what is published answers."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import qa.cli
from qa.index import library, store
from qa.types import QAError
from tests.conftest import FakeEncoder
from tests.index import faults
from tests.index.acts import (
    ACTS,
    Act,
    Home,
    add_two,
    check_and_delete,
    check_answers,
    check_goes_on,
    check_papers,
    copied,
    made,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
EVERY = bool(os.environ.get("QA_SOAK"))

FAILED = re.compile(
    r"(StoreError|SourceError): \S+ cannot be (written|copied).* \(.+\)[;,].*"
    r"(`(qa index|ls -ld) |nothing is left of it there)"
)
"""What is said: which folder, why, and what helps."""
LIMITS = (0, 60, 200, 500, 1_500)
"""Bytes that a file may have; the largest one of the small index has 2,500."""


def with_limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def said_by(home: Home, act: Act, size: int) -> str:
    ended = faults.run(lambda: act.do(home), first=lambda: with_limit(size))
    assert ended.signal == 0, ended
    return ended.said


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_no_file_may_grow_beyond_a_limit(template: Home, act: Act) -> None:
    start = act.before(copied(template, "small"))
    sizes = {path.stat().st_size - 1 for path in start.path.rglob("*") if path.is_file()}
    failed = 0
    try:
        for size in sorted({0, *sizes, 1_000_000}) if EVERY else LIMITS:
            home = copied(start, f"limit{size}")
            said = said_by(home, act, size)
            assert not said or FAILED.match(said), f"{size} bytes: {said}"
            failed += bool(said)
            check_and_delete(home, act, f"{size} bytes: {said}")
        assert failed
        sys.stdout.write(f"{failed} times without room\n")
    finally:
        shutil.rmtree(start.path)


@pytest.fixture
def disk(homes: Path) -> Iterator[Path]:
    """A disk of 4 MB in memory."""
    folder = homes / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "qa-tests", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(not EVERY, reason="QA_SOAK is not set")
def test_a_full_disk(disk: Path) -> None:
    """Each page more that is free, of 4 kB, ends the update at another file."""
    failed = 0
    for free in range(60):
        home = made(disk / "home")
        filler = disk / "filler"
        with filler.open("wb") as file:
            room = os.statvfs(disk)
            file.write(b"\0" * max(0, room.f_bavail - free) * room.f_frsize)
        ended = faults.run(lambda home=home: add_two(home))  # type: ignore[misc]
        assert not ended.said or FAILED.match(ended.said), ended.said
        failed += bool(ended.said)
        check_answers(home)
        check_papers(home)
        filler.unlink()
        check_goes_on(home, ACTS["update"])
        shutil.rmtree(home.path)
    assert 5 < failed < 60
    sys.stdout.write(f"{failed} times on a full disk\n")


@pytest.fixture
def closed(template: Home) -> Iterator[Home]:
    """A corpus that may be written to, and an index that may not."""
    home = copied(template, "closed")
    home.library().add([home.new("kites.txt")])
    paths = [home.folder, *home.folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(home.path)


def as_nobody() -> None:
    if os.geteuid() == 0:
        os.setgid(faults.NOBODY)
        os.setuid(faults.NOBODY)


def run_command(home: Home, *arguments: str) -> str:
    """A command in this process, with the encoder of the tests: its code and what it said."""
    library.open_encoder = lambda name: FakeEncoder()  # type: ignore[assignment, return-value]
    named = [*arguments, "--index", str(home.folder)]
    result = CliRunner().invoke(qa.cli.cli, named, catch_exceptions=False)
    return f"{result.exit_code} {result.output}"


def test_a_folder_that_may_not_be_written_to(closed: Home) -> None:
    """The commands say so in one line, without a traceback; who asks needs no right to write."""
    before = {path: path.stat().st_mtime_ns for path in closed.folder.rglob("*")}
    for command in (["build", "--corpus", str(closed.corpus)], ["rollback"]):
        ended = faults.run(lambda command=command: run_command(closed, "index", *command), first=as_nobody)  # type: ignore[misc]
        code, _, said = ended.said.partition(" ")
        assert code == "3", ended
        assert said.startswith(f"qa: {closed.folder} cannot be written (Permission denied)"), said
        assert "the published index has not changed" in said
        assert f"`ls -ld {closed.folder}`" in said
        assert "Traceback" not in said
    assert faults.run(lambda: check_answers(closed), first=as_nobody).said == ""
    assert {path: path.stat().st_mtime_ns for path in closed.folder.rglob("*")} == before


@pytest.mark.parametrize("act", ["prepare", "remove", "prune"])
def test_an_act_without_the_right_to_write(closed: Home, act: str) -> None:
    said = faults.run(lambda: ACTS[act].do(closed), first=as_nobody).said
    assert FAILED.match(said), said
    check_answers(closed)


def test_a_command_on_a_full_disk(template: Home) -> None:
    home = copied(template, "full")
    home.library().add([home.new("owls.txt")])
    ended = faults.run(
        lambda: run_command(home, "index", "build", "--corpus", str(home.corpus)), first=lambda: with_limit(300)
    )
    code, _, said = ended.said.partition(" ")
    assert code == "3", ended
    assert re.search(r"index\S* cannot be written \(.*\); the published index has not changed; .*`qa index ", said)
    assert "Traceback" not in said
    check_answers(home)


# Two at once


def test_the_second_waits_and_says_so_until_the_first_is_dead(template: Home) -> None:
    home = copied(template, "two")
    home.library().add([home.new("owls.txt")])
    read, write = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(faults.PATIENCE)
        with store.writing(home.folder):
            os.write(write, b"x")
            time.sleep(faults.PATIENCE)
        os._exit(0)
    os.read(read, 1)
    heard = threading.Event()
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        heard.set()

    done: list[object] = []
    second = threading.Thread(target=lambda: done.append(home.library().update(told=tell)))
    second.start()
    assert heard.wait(30)
    assert told == [f"Another program is writing to {home.folder}; waiting until it has done"]
    check_answers(home)  # who asks does not wait
    assert not done
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    second.join(30)
    assert done
    assert "owls" in store.load(home.folder).by_id


def test_two_builders_at_once_lose_nothing(template: Home) -> None:
    """Four processes that each add a paper and build: all papers are there in the end."""
    home = copied(template, "several")
    children = []
    for number in range(4):
        child = os.fork()
        if not child:
            signal.alarm(faults.PATIENCE)
            code = 1
            try:
                faults.network._threads.cache_clear()
                (home.corpus / f"new{number}.txt").write_text(f"Paper number {number} is new.\n", "utf-8")
                home.library().update()
                code = 0
            except QAError:
                code = 2
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert store.problems(home.folder) == []
    assert {f"new{number}" for number in range(4)} <= set(store.load(home.folder).keys)
