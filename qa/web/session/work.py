"""A background job on a page: begun by a click, drawn on each rerun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from qa.userdata.database import state_folder
from qa.web.draw import cards
from qa.web.jobs import Job, Jobs


@contextmanager
def desk(name: str, title: str, parts: Sequence[str]) -> Iterator[str]:
    """The beginning of a page for work that has several parts; gives the part that is chosen.

    What the last click brought about stands above it: `say` and `fail`.
    """
    cards.title(title)
    with st.container(key="qa-page"):
        part = st.pills("Part of the work", parts, default=parts[0], required=True, key=f"{name}_part",
                                    label_visibility="collapsed")  # fmt: skip
        for message in st.session_state.pop("work_problems", ()):
            cards.problem(message)
        if message := st.session_state.pop("work_notice", ""):
            cards.notice(message)
        yield part


def say(message: str) -> None:
    """Say on the page that is drawn next what a click has brought about."""
    st.session_state.work_notice = message


def fail(message: str) -> None:
    """Say on the page that is drawn next why a click has brought nothing about."""
    st.session_state.setdefault("work_problems", []).append(message)


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The work of this server."""
    return Jobs(state_folder() / "jobs")


def ended(name: str, title: str) -> Job | None:
    """The job of that name, if it has ended. While it runs, how far it is stands on the page; at its end the page is
    drawn anew."""
    job = jobs().get(name)
    if job is None:
        return None
    if job.running:
        _watch(job, title)
        return None
    if job.error:
        cards.problem(job.error)
    return job


@st.fragment(run_every="1s")
def _watch(job: Job, title: str) -> None:
    if not job.running:
        st.rerun()
    cards.heading(title)
    st.progress(min(1.0, job.done / max(1, job.total)), f"{job.done} of {job.total}" if job.total else "Beginning")
    cards.small(job.what)
    cards.small("It goes on by itself; you can leave this page.")


def running(name: str) -> bool:
    """Whether that work is being done."""
    job = jobs().get(name)
    return job is not None and job.running
