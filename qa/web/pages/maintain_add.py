"""Maintain: papers are sent in and read at once; what has changed in the folder; building aside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from qa.text import visible
from qa.userdata import upload_checks, uploads
from qa.userdata.database import state_folder
from qa.userdata.upload_checks import Upload
from qa.web.draw import cards, papers
from qa.web.draw.text import count, escaped
from qa.web.draw.times import moment
from qa.web.pages import maintain_publish
from qa.web.pages.maintain_build import JOB, begin, published
from qa.web.session import opening, user, work

if TYPE_CHECKING:
    from qa.evaluation.pending import Building
    from qa.index.index import Index

_CHECK = "upload-check"
_LISTED = 20
"""Changes of the folder that are named one by one. Set by hand on 2026-11-28."""


def draw() -> None:
    """Draw the candidate that waits or is being built, or else the papers that were sent in and how to send more."""
    from qa.evaluation import pending

    work.ended(JOB, "Building the index aside", "Cancelled: what was built aside is deleted, and nothing has changed")
    if work.running(JOB):
        return
    known = pending.load(state_folder())
    if isinstance(known, pending.Candidate):
        maintain_publish.draw(known)
        return
    if known is not None and work.jobs().is_elsewhere(JOB):
        cards.heading("Another server is building the index aside")
        cards.small(f"At {moment(known.at)} it had done {known.done} of {known.total}: {known.what}")
        return
    if known is not None:
        _interrupted(known)
        return
    index = published()
    _changes()
    cards.heading("Add papers")
    cards.small(
        "They are read and indexed aside and held against the gates. "
        "Until you publish, nothing changes for those who ask."
    )
    sent_before = st.session_state.setdefault("uploads", 0)
    sent = st.file_uploader("Papers, PDF or plain text", ["pdf", "txt"], True, key=f"upload-{sent_before}")
    if sent:
        for file in sent:
            with work.failing():
                uploads.stage(state_folder(), file.name, file.getvalue())
        st.session_state.uploads = sent_before + 1
        _check()
        st.rerun()
    work.ended(_CHECK, "Reading what was sent", "Cancelled: what was not read yet can be read later")
    waiting = upload_checks.standings(state_folder(), opening.corpus(), index)
    for number, upload in enumerate(waiting):
        _row(number, upload, index)
    if work.running(_CHECK):
        return
    if unread := [upload for upload in waiting if upload.check is None]:
        st.button(f"Read {count(len(unread), 'file')} now", on_click=_check)
    ready = [upload.path for upload in waiting if upload.ready]
    what = count(len(ready), "new paper") if ready else "the papers as they are"
    st.button(f"Build aside with {what}", type="primary", on_click=begin)


def _interrupted(known: Building) -> None:
    cards.heading(f"The build was interrupted at {moment(known.at)}")
    if known.report:
        cards.small("The index is built; its questions were not all asked. It goes on from there.")
    else:
        how_far = f"{known.done} of {known.total} papers were done. " if known.total else ""
        cards.small(f"{how_far}What was read and embedded is kept, and it goes on from there.")
    for path in known.files:
        gone = "" if path.is_file() else ", which is gone"
        cards.small(f"With {path.name}{gone}")
    with st.container(horizontal=True):
        st.button("Go on", type="primary", on_click=begin, args=(known.files,))
        st.button("Discard", on_click=_give_up, args=(known,))


@user.only("maintainer")
def _give_up(known: Building) -> None:
    from qa.evaluation import candidate

    with work.failing():
        candidate.give_up(known, opening.library(), state_folder())
        work.jobs().forget(JOB)
        work.say("What was built is deleted; what you sent in is still here, and nothing has changed")


def _changes() -> None:
    """Say what has changed in the folder of the papers since the published generation."""
    changes = opening.changes()
    if not changes:
        return
    cards.heading("The papers have changed since the published generation")
    items = "".join(f"<li>{escaped(line)}</li>" for line in changes[:_LISTED])
    more = len(changes) - _LISTED
    st.html(f"<ul>{items}</ul>" + (f"<p class='qa-small'>and {more} more.</p>" if more > 0 else ""))
    cards.small("Nothing is published by itself. What is built aside below takes the folder as it is then.")


@user.only("maintainer")
def _check() -> None:
    """Start to read what was not read yet."""
    work.jobs().forget(_CHECK)
    with work.failing():
        work.jobs().start(_CHECK, partial(upload_checks.check_all, state_folder(), opening.corpus()))


def _row(number: int, upload: Upload, index: Index | None) -> None:
    """Draw an upload: what was read of it, what it is to the library, and what can be done with it."""
    name, check = upload.path.name, upload.check
    with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
        title = check.title if check and check.title else name
        lines = [name if title != name else ""]
        if check and not check.problem:
            lines += [papers.read_words(check.pages, check.quality), f"{check.words:,} words"]
        about = " · ".join(filter(None, lines))
        problem = _problem(upload, index)
        notes = f"<br><span class='qa-small'>{escaped(about)}</span>" if about else ""
        if problem:
            notes += f"<br><span class='qa-small qa-warning'>{escaped(problem)}</span>"
        st.html(f"<p><span class='qa-row-title'>{escaped(title)}</span>{notes}</p>")
        if upload.target and upload.standing != "replaces":
            key, words = f"replace-{number}", f"Replace {visible(upload.paper)}"
            st.button("Replace it", key=key, help=words, on_click=_replace, args=(name, upload.target))
        st.button("Drop", key=f"drop-{number}", help=visible(name), on_click=_drop, args=(name,))


@user.only("maintainer")
def _drop(name: str) -> None:
    uploads.drop(state_folder(), name)


@user.only("maintainer")
def _replace(name: str, target: str) -> None:
    with work.failing():
        uploads.replace(state_folder(), name, target)


def _problem(upload: Upload, index: Index | None) -> str:
    """What is to be said of an upload besides what was read of it; "" if nothing."""
    if upload.standing == "unchecked":
        return "not read yet"
    if upload.check and upload.standing == "unreadable":
        return upload.check.problem
    known = index.by_id.get(upload.paper) if index else None
    paper = f"{known.title} ({upload.paper})" if known and known.title != upload.paper else upload.paper
    if upload.standing == "copy":
        return f"It is there already: {upload.why} as {paper}"
    if upload.standing == "clash":
        remedy = "replace it, or rename the file" if upload.target else "rename the file"
        return f"It has {upload.why} as {paper}; {remedy}"
    return f"It replaces {paper}" if upload.standing == "replaces" else ""
