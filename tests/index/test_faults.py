"""Killed at any step: what is published answers, what was begun can be done again, and the next build goes on.

Some steps of each act are tried; `make soak` tries every one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from qa.index import store
from tests.conftest import ROOT
from tests.index import faults
from tests.index.acts import ACTS, Act, Home, check_and_delete, copied

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

EVERY = bool(os.environ.get("QA_SOAK"))


def chosen(count: int, torn: bool) -> list[int]:
    """The steps that are tried: all, or some that are spread; other ones where a file is torn."""
    shares = (1 / 6, 1 / 2, 5 / 6) if torn else (0, 1 / 3, 2 / 3, 1)
    return [*range(count)] if EVERY else [round(share * (count - 1)) for share in shares]


@pytest.mark.parametrize("torn", [False, True], ids=["whole files", "half a file"])
@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_killed_at_a_step(template: Home, act: Act, torn: bool) -> None:
    start = act.before(copied(template, "start"))
    home = copied(start, "counted")
    ended = faults.run(lambda: act.do(home), home.path)
    assert (ended.signal, ended.said) == (0, "")
    assert ended.steps > 3
    shutil.rmtree(home.path)
    steps = chosen(ended.steps, torn)
    try:
        for step in steps:
            home = copied(start, f"step{step}")
            ended = faults.run(lambda home=home: act.do(home), home.path, at=step, torn=torn)  # type: ignore[misc]
            assert ended.signal == signal.SIGKILL, (step, ended)
            check_and_delete(home, act, f"killed at step {step}")
    finally:
        sys.stdout.write(f"killed at {len(steps)} steps\n")
        shutil.rmtree(start.path)


@pytest.mark.slow
def test_a_killed_program_leaves_no_process_and_no_lock(tmp_path: Path) -> None:
    """Though papers were being read in processes of their own."""
    (tmp_path / "corpus").mkdir()
    for number in range(3):
        (tmp_path / "corpus" / f"long{number}.txt").write_text(f"Owls hunt by night {number}. " * 2_000, "utf-8")
    command = ["index", "build", "--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    build = subprocess.Popen(
        [sys.executable, "-c", "from qa.cli import main; main()", *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "QA_READ_APART": "true"},
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not (children := _children(build.pid)):
        assert build.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    build.kill()
    build.wait()
    with FileLock(store.lock_of(tmp_path / "index"), timeout=1):
        pass
    while [child for child in children if Path(f"/proc/{child}").exists()]:
        assert time.monotonic() < end
        time.sleep(0.1)


def _children(process: int) -> list[str]:
    """The processes that a process has started, by their numbers."""
    path = Path(f"/proc/{process}/task/{process}/children")
    if not path.exists():
        pytest.skip("this system does not tell which processes a process has started")
    return path.read_text("utf-8").split()
