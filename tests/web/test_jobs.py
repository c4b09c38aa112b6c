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


def test_a_cancelled_job_ends_at_its_next_progress_and_can_be_begun_again(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()
    reached: list[int] = []

    def work(progress: Progress) -> str:
        for number in range(3):
            try:
                progress(number, 3, "paper")
                reached.append(number)
                go.wait(10)
            except Exception:  # as where one bad paper may not stop the others
                reached.append(-1)
        return "made"

    job = jobs.start("build", work)
    job.cancel()
    assert job.running
    go.set()
    assert job.ended.wait(10)
    assert reached in ([], [0])
    assert (job.cancelled, job.result, job.error) == (True, None, "")
    job = jobs.start("build", work)
    assert job.ended.wait(10)
    job.cancel()
    assert (job.cancelled, job.result) == (False, "made")


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
