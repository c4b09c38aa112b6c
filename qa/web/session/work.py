"""Background jobs on a page: progress and messages that survive a rerun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from qa.types import QAError
from qa.userdata.database import state_folder
from qa.web.draw import cards
from qa.web.jobs import Job, Jobs
from qa.web.session import user
from qa.web.session.roles import Role


@contextmanager
def tabbed(name: str, title: str, parts: Sequence[str]) -> Iterator[str]:
    """Draw the head of a page that has several parts, and yield the part that the user has chosen.

    The messages that the last click has queued with `say` and `fail` stand above the part.
    """
    cards.title(title)
    with st.container(key="qa-page"):
        key, first = f"{name}_part", parts[0]
        part = st.pills("Part of the work", parts, default=first, required=True, key=key, label_visibility="collapsed")
        for message in st.session_state.pop("work_problems", ()):
            cards.problem(message)
        if message := st.session_state.pop("work_notice", ""):
            cards.notice(message)
        yield part


def say(message: str) -> None:
    """Queue a message for the next rerun."""
    st.session_state.work_notice = message


def fail(message: str) -> None:
    """Queue an error message for the next rerun; several can be queued."""
    st.session_state.setdefault("work_problems", []).append(message)


@contextmanager
def failing() -> Iterator[None]:
    """Queue a `QAError` of the block as an error message; what stands behind it in the block is not done."""
    try:
        yield
    except QAError as error:
        fail(str(error))


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The background jobs of this server."""
    return Jobs(state_folder() / "jobs")


def ended(name: str, title: str, cancelled: str = "", role: Role = "maintainer") -> Job | None:
    """The job of that name if it has ended; None if it is running, was never started, or was cancelled.

    While it runs, its progress is drawn under `title`; when it ends, the page reruns. An error is drawn too. With
    `cancelled`, which says what has become of a cancelled job, there is a button to cancel it, for those
    with `role`.
    """
    job = jobs().get(name)
    if job is None:
        return None
    if job.running:
        _watch(job, title, role if cancelled else None)
        return None
    if job.cancelled:
        jobs().forget(name)
        cards.notice(cancelled)
        return None
    if job.error:
        cards.problem(job.error)
    return job


@st.fragment(run_every="1s")
def _watch(job: Job, title: str, role: Role | None) -> None:
    """`role` is that of those who may cancel the job; nobody if there is none."""
    if not job.running or user.is_refused():
        st.rerun()
    cards.heading(title)
    st.progress(min(1.0, job.done / max(1, job.total)), f"{job.done} of {job.total}" if job.total else "Beginning")
    cards.small(job.what)
    cards.small("It goes on by itself; you can leave this page.")
    if role:
        stopping = job.stopping.is_set()
        words, cancel = "Cancelling…" if stopping else "Cancel", user.only(role)(job.cancel)
        st.button(words, key=f"cancel-{job.name}", disabled=stopping, on_click=cancel)


def running(name: str) -> bool:
    """Whether the job of that name is running."""
    job = jobs().get(name)
    return job is not None and job.running
