"""Maintain: add and remove papers, check the gates, publish, roll back."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.papers.sources import sources_in
from qa.types import Progress
from qa.userdata.database import state_folder
from qa.web.draw import cards
from qa.web.draw.text import escaped, label
from qa.web.pages import maintain_add, maintain_history, maintain_reading
from qa.web.pages.maintain_build import JOB, begin
from qa.web.session import opening, user, work

__all__ = ["begin", "page"]

_REMOVAL = "removal"
_PARTS = ("Add and publish", "Take out", "Reading", "Passages", "Generations")


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    user.require("maintainer")
    with work.tabbed("maintain", "Maintain", _PARTS) as part:
        if part == _PARTS[0]:
            maintain_add.draw()
        elif part == _PARTS[1]:
            _take_out()
        elif part == _PARTS[2]:
            maintain_reading.reading(opening.assistant().index)
        elif part == _PARTS[3]:
            maintain_reading.passages(opening.assistant().index)
        else:
            maintain_history.draw()


def _take_out() -> None:
    job = work.ended(_REMOVAL, "Taking it out")
    if work.running(_REMOVAL):
        return
    if job is not None:
        work.jobs().forget(_REMOVAL)
        if not job.error:
            cards.notice("It is taken out, and the papers that are left answer from now on")
    cards.heading("Papers in the folder")
    cards.small(
        "A paper that is taken out leaves nothing behind: its file, its entry in the bibliography and the older "
        "generations that hold it are deleted. These generations can stay, so that one can go back to them."
    )
    titles = {document.id: document.title for document in opening.assistant().documents}
    corpus = opening.corpus()
    for number, paper in enumerate(sources_in(corpus)):
        name = titles.get(paper.id, paper.id)
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            st.html(
                f"<p><span class='qa-row-title'>{escaped(name)}</span><br>"
                f"<span class='qa-small'>{escaped(paper.path.relative_to(corpus).as_posix())}</span></p>"
            )
            with st.popover("Take out", key=f"take-out-{number}", help=label(name)):
                st.html("<p>Its file cannot be brought back from here.</p>")
                key = f"keep-older-{number}"
                st.checkbox("Leave older generations that hold it", key=key)
                st.button("Take this paper out", key=f"really-{number}", on_click=_remove, args=(paper.id, key))


@user.only("maintainer")
def _remove(paper: str, key: str) -> None:
    library, jobs, state = opening.library(), work.jobs(), state_folder()
    keep_older = bool(st.session_state.get(key))

    def remove(progress: Progress) -> None:
        from qa.evaluation import pending

        library.remove([paper], keep_older=keep_older, progress=progress)
        jobs.forget(JOB)  # the candidate held the paper too; `remove` has deleted it
        pending.forget(state)

    with work.failing():
        jobs.start(_REMOVAL, remove)
