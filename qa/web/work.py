"""Long work on a page: begun by a click, seen by whoever looks, and not stopped by a rerun or a closed window."""

from __future__ import annotations

import streamlit as st

from qa.jobs import Job, Jobs
from qa.state import state_folder
from qa.web import cards


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
