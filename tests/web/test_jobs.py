"""A job runs in the background, once per name, and reports its progress and its error."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from qa.types import Progress, QAError, StoreError
from qa.web.jobs import Jobs


def test_a_job_tells_how_far_it_is_and_is_not_begun_twice(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()
    begun: list[str] = []

    def work(progress: Progress) -> str:
        begun.append("once")
        progress(1, 3, "first")
        go.wait(10)
        return "made"

    job = jobs.start("build", work)
    assert jobs.start("build", work) is job
    with pytest.raises(QAError, match=r"another server .*build"):
        Jobs(tmp_path).start("build", work)
    assert job.running
    go.set()
    assert job.ended.wait(10)
    assert (job.done, job.total, job.what, job.result, job.error) == (1, 3, "first", "made", "")
    assert begun == ["once"]
    assert jobs.get("build") is job
    jobs.forget("build")
    assert jobs.get("build") is None
    assert jobs.start("build", work).ended.wait(10)


def fails(progress: Progress) -> None:
    raise StoreError("no paper; add one")


def breaks(progress: Progress) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(("work", "words"), [(fails, "no paper; add one"), (breaks, "something unexpected went wrong")])
def test_what_fails_is_said_in_words_and_can_be_begun_again(tmp_path: Path, work: object, words: str) -> None:
    assert callable(work)
    jobs = Jobs(tmp_path)
    for _ in range(2):
        job = jobs.start("build", work)
        assert job.ended.wait(10)
        assert words in job.error
        assert job.result is None
