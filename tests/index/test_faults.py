"""Killed at any step: what is published answers, what was begun can be done again, and the next build goes on.

Some steps of each act are tried; `make soak` tries every one.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys

import pytest

from tests.index import faults
from tests.index.acts import ACTS, Act, Home, check_answers, check_goes_on, check_papers, copied

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
            try:
                check_answers(home)
                check_papers(home)
                check_goes_on(home, act)
            except BaseException as error:
                error.add_note(f"killed at step {step}")
                raise
            finally:
                shutil.rmtree(home.path)
    finally:
        sys.stdout.write(f"killed at {len(steps)} steps\n")
        shutil.rmtree(start.path)
