"""Maintain: add and remove papers, check the gates, publish, roll back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import WebSettings
from qa.index import store
from qa.papers import inspection
from qa.papers.quality import worst
from qa.papers.sources import read_corpus, sources_in
from qa.text import visible
from qa.types import Document, Progress, QAError, StoreError, breadcrumb
from qa.userdata import uploads
from qa.userdata.database import state_folder
from qa.web.draw import cards, papers
from qa.web.draw.tables import table
from qa.web.draw.text import count, escaped, escaped_lines, label
from qa.web.draw.times import moment
from qa.web.session import opening, user, work

if TYPE_CHECKING:
    from qa.evaluation.pending import Candidate
    from qa.index.index import Failure, Index
    from qa.papers.repair import Change

_JOB, _REMOVAL = "candidate", "removal"
_PARTS = ("Add and publish", "Take out", "Reading", "Passages", "Generations")
_PER_PAGE = 10
"""Passages on a page of the part "Passages"."""


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    user.require("maintainer")
    with work.tabbed("maintain", "Maintain", _PARTS) as part:
        if part == _PARTS[0]:
            _add()
        elif part == _PARTS[1]:
            _take_out()
        elif part == _PARTS[2]:
            _reading(_index())
        elif part == _PARTS[3]:
            _passages(_index())
        else:
            _generations()


def _index() -> Index:
    return opening.assistant().index


# Add and publish


def _add() -> None:
    job = work.ended(
        _JOB, "Building the index aside", "Cancelled: what was built aside is deleted, and nothing has changed"
    )
    if job is not None and job.result is not None:
        _candidate(job.result)
        return
    if work.running(_JOB):
        return
    cards.heading("Add papers")
    cards.small(
        "They are read and indexed aside and held against the gates. "
        "Until you publish, nothing changes for those who ask."
    )
    sent_before = st.session_state.setdefault("uploads", 0)
    sent = st.file_uploader("Papers, PDF or plain text", ["pdf", "txt"], True, key=f"upload-{sent_before}")
    if sent:
        for file in sent:
            try:
                uploads.stage(state_folder(), file.name, file.getvalue())
            except QAError as error:
                work.fail(str(error))
        st.session_state.uploads = sent_before + 1
        st.rerun()
    waiting = uploads.staged(state_folder())
    for number, path in enumerate(waiting):
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            st.html(f"<p class='qa-row-title'>{escaped(path.name)}</p>")
            key, name = f"drop-{number}", path.name
            st.button("Drop", key=key, help=visible(name), on_click=_drop, args=(name,))
    what = count(len(waiting), "new paper") if waiting else "the papers as they are"
    st.button(f"Build aside with {what}", type="primary", on_click=begin)


@user.only("maintainer")
def _drop(name: str) -> None:
    uploads.drop(state_folder(), name)


@user.only("maintainer")
def begin() -> None:
    """Start to build a candidate with the files that are uploaded now."""
    from qa.evaluation import candidate

    folder, settings = state_folder(), WebSettings()
    wanted = candidate.Wanted(
        corpus=opening.corpus(),
        index=opening.index_folder(),
        added=tuple(uploads.staged(folder)),
        runs=folder,
        questions=settings.questions,
        gates=settings.gates,
    )
    try:
        work.jobs().start(_JOB, partial(candidate.prepare, wanted))
    except QAError as error:
        work.fail(str(error))


def _candidate(found: Candidate) -> None:
    report = found.report
    cards.heading("Built aside, not published yet")
    ids_by_change = {
        "new": report.added,
        "changed": report.changed,
        "taken out": report.removed,
        "unchanged": report.unchanged,
    }
    changes = ", ".join(f"{len(ids)} {word}" for word, ids in ids_by_change.items() if ids)
    cards.small(f"Generation {report.generation}: {changes}.")
    _left_out(report.failures)
    index = _of(report.generation)
    for document in index.documents:
        if document.id in report.added + report.changed:
            passages = len(index.passages_of(document.id))
            st.html(
                f"<p><strong>{escaped(document.title)}</strong><br><span class='qa-small'>{escaped(document.id)} · "
                f"{count(passages, 'passage')} · {escaped(papers.quality_words(document))}</span></p>"
            )
            _quality([document])
    _gates(found)
    with st.container(horizontal=True):
        words = "Publish without a gate" if found.ungated else "Publish"
        st.button(words, type="primary", disabled=not found.passed, on_click=_publish, args=(found,))
        st.button("Discard", on_click=_discard, args=(found,))


@st.cache_resource(max_entries=2, show_spinner=False)
def _loaded(folder: str, generation: str) -> Index:
    return store.load(opening.index_folder(), generation)


def _of(generation: str) -> Index:
    return _loaded(str(opening.index_folder()), generation)


def _gates(found: Candidate) -> None:
    cards.heading("Gates")
    if found.ungated:
        cards.notice(f"There was no gate, since the question set does not fit these papers: {found.ungated}")
    elif not found.verdicts:
        cards.notice("There is no gate for this question set")
    else:
        rows = [("passed" if v.passed else "failed", v.gate, v.reason) for v in found.verdicts]
        table(("", "gate", "figure"), sorted(rows))
    if not found.passed:
        cards.notice("A gate failed, so this index cannot be published here. Evaluate shows which questions it lost")


@user.only("maintainer")
def _publish(found: Candidate) -> None:
    from qa.evaluation import candidate

    try:
        candidate.publish(found, opening.library(), state_folder())
    except QAError as error:
        work.fail(str(error))
        return
    work.jobs().forget(_JOB)
    work.say(f"Generation {found.report.generation} is published; it answers from now on")


@user.only("maintainer")
def _discard(found: Candidate) -> None:
    from qa.evaluation import candidate

    candidate.discard(found, opening.library(), state_folder())
    work.jobs().forget(_JOB)
    work.say("It is discarded; nothing has changed")


# Take out


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
        "generations that hold it are deleted."
    )
    titles = {document.id: document.title for document in _index().documents}
    corpus = opening.corpus()
    for number, paper in enumerate(sources_in(corpus)):
        name = titles.get(paper.id, paper.id)
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            st.html(
                f"<p><span class='qa-row-title'>{escaped(name)}</span><br>"
                f"<span class='qa-small'>{escaped(paper.path.relative_to(corpus).as_posix())}</span></p>"
            )
            with st.popover("Take out", key=f"take-out-{number}", help=label(name)):
                st.html("<p>It cannot be brought back from here.</p>")
                st.button("Take this paper out", key=f"really-{number}", on_click=_remove, args=(paper.id,))


@user.only("maintainer")
def _remove(paper: str) -> None:
    library, jobs = opening.library(), work.jobs()

    def remove(progress: Progress) -> None:
        library.remove([paper], progress=progress)
        jobs.forget(_JOB)  # the candidate held the paper too; `remove` has deleted it

    try:
        jobs.start(_REMOVAL, remove)
    except QAError as error:
        work.fail(str(error))


# Reading


def _reading(index: Index) -> None:
    cards.heading("Left out")
    corpus = opening.corpus()
    others = read_corpus(corpus).lines() if corpus.is_dir() else []
    _left_out(index.failures)
    for line in others:
        cards.problem(line)
    if not index.failures and not others:
        cards.small("Every paper in the folder was read.")
    cards.heading("Pages")
    cards.small("A page's score is 1 where it was read well, and 0 where what came out is worthless.")
    _quality(index.documents)


def _left_out(failures: Sequence[Failure]) -> None:
    for failure in failures:
        cards.problem(f"Left out: {failure.reason}")


def _quality(documents: Sequence[Document]) -> None:
    """A table of the pages with faults, worst first, and the number of pages without."""
    worse, pages = worst(documents), sum(len(document.quality) for document in documents)
    if worse:
        rows = [
            (
                f"{quality.score:.2f}" if quality.judged else "not judged",
                name,
                "–" if quality.page is None else str(quality.page),
                "; ".join(quality.reasons),
            )
            for name, quality in worse
        ]
        table(("score", "paper", "page", "why"), rows, figures=(0,))
    cards.small(f"{pages - len(worse)} of {pages} pages or texts were read without a fault.")


# Passages


def _passages(index: Index) -> None:
    documents = index.by_id
    chosen = st.selectbox("Paper", documents, format_func=lambda name: visible(documents[name].title))
    document = documents[chosen]
    own = index.passages_of(chosen)
    last = -(-len(own) // _PER_PAGE)
    number = int(st.number_input(f"Page, 1 to {last}", 1, last, key=f"passages-of-{chosen}")) if last > 1 else 1
    cards.small(
        f"{count(len(own), 'passage')}. Struck out: left out of what is read, or replaced by what is marked behind it."
    )
    changes = _changes(document, document.sha256)
    for passage in own[(number - 1) * _PER_PAGE : number * _PER_PAGE]:
        place = document.locate(passage.spans[0]).words()
        words = len(passage.text.split())
        about = breadcrumb(passage.kind, passage.section, place, f"{words} words", passage.id)
        st.html(
            f"<div class='qa-paper'><p class='qa-kind'>{escaped(about)}</p><p>{escaped(passage.text)}</p></div>"
            f"<details><summary class='qa-small'>Raw text and edits</summary>"
            f"<div class='qa-raw'>{''.join(map(_piece, inspection.pieces(document, passage, changes)))}</div></details>"
        )


@st.cache_data(max_entries=8, show_spinner="Looking for the edits…")
def _changes(_document: Document, sha256: str) -> tuple[Change, ...]:
    return inspection.changes_of(_document)


def _piece(piece: inspection.Piece) -> str:
    """A piece of raw text for `st.html`. A deleted line break is drawn as ⏎."""
    if piece.kind == "same":
        return escaped_lines(piece.raw)
    now = f"<ins>{escaped_lines(piece.replacement)}</ins>" if piece.replacement else ""
    return f"<del title='{escaped(piece.name)}'>{escaped_lines(piece.raw.replace(chr(10), '⏎'))}</del>{now}"


# Generations


def _generations() -> None:
    cards.heading("What was published when")
    try:
        rows = store.history(opening.index_folder())
    except StoreError as error:
        cards.problem(str(error))
        rows = []
    for number, row in reversed(list(enumerate(rows))):
        note = "current" if row["current"] else "" if row["kept"] else "deleted"
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            about = " · ".join(filter(None, [moment(row["published_at"]), row["action"], note]))
            name = escaped(row["generation"])
            st.html(
                f"<p><span class='qa-row-title'>{name}</span><br><span class='qa-small'>{escaped(about)}</span></p>"
            )
            if row["kept"] and not row["current"]:
                key, generation = f"back-{number}", row["generation"]
                st.button("Go back to this", key=key, help=generation, on_click=_go_back, args=(generation,))


@user.only("maintainer")
def _go_back(generation: str) -> None:
    folder = opening.index_folder()
    try:
        with store.writing(folder):
            store.rollback(folder, generation)
    except QAError as error:
        work.fail(str(error))
        return
    work.say(f"Generation {generation} is current again")
