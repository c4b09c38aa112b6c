"""Maintain: the candidate that waits, with its gates and the questions lost and won; publish or discard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from qa.types import QAError
from qa.userdata.database import state_folder
from qa.web.draw import cards, papers
from qa.web.draw.tables import table
from qa.web.draw.text import count, escaped, label
from qa.web.draw.times import moment
from qa.web.pages.maintain_build import JOB, begin
from qa.web.pages.maintain_reading import left_out, quality_of
from qa.web.session import opening, user, work

if TYPE_CHECKING:
    from qa.evaluation.compare_runs import Comparison
    from qa.evaluation.pending import Candidate
    from qa.evaluation.results import Results
    from qa.index.index import Index

_WHY = "force-why"
_SHOWN = 30
"""Questions lost and won that are shown one by one, each. Set by hand on 2026-11-28."""


def draw(found: Candidate) -> None:
    """Draw a candidate, with all that is known of it."""
    report = found.report
    cards.heading("Built aside, not published yet")
    ids_by_change = {
        "new": report.added,
        "changed": report.changed,
        "taken out": report.removed,
        "unchanged": report.unchanged,
    }
    changes = ", ".join(f"{len(ids)} {word}" for word, ids in ids_by_change.items() if ids)
    built = f" Built at {moment(found.built_at)}." if found.built_at else ""
    cards.small(f"Generation {report.generation}: {changes}.{built}")
    left_out(report.failures)
    if reasons := _outdated(opening.index_folder(), report.generation, found.built_at, found):
        cards.problem(f"It is outdated: {'; '.join(reasons)}")
        with st.container(horizontal=True):
            st.button("Build it again", type="primary", on_click=begin, args=(found.files,))
            st.button("Discard", on_click=_discard, args=(found,))
        return
    index = _loaded(opening.index_folder(), report.generation)
    for document in index.documents:
        if document.id in report.added + report.changed:
            passages = len(index.passages_of(document.id))
            st.html(
                f"<p><strong>{escaped(document.title)}</strong><br><span class='qa-small'>{escaped(document.id)} · "
                f"{count(passages, 'passage')} · {escaped(papers.quality_words(document))}</span></p>"
            )
            quality_of([document])
    _gates(found)
    _questions(found)
    with st.container(horizontal=True):
        words = "Publish without a gate" if found.ungated else "Publish"
        st.button(words, type="primary", disabled=not found.passed, on_click=_publish, args=(found,))
        st.button("Discard", on_click=_discard, args=(found,))
    if not found.passed:
        _anyway(found)


@st.cache_data(ttl="30s", max_entries=4, show_spinner="Looking whether the papers have changed…")
def _outdated(index: Path, generation: str, built_at: str, _found: Candidate) -> list[str]:
    from qa.evaluation.outdated import outdated

    return outdated(_found, opening.library())


@st.cache_resource(max_entries=2, show_spinner=False)
def _loaded(index: Path, generation: str) -> Index:
    from qa.index import store

    return store.load(index, generation)


def _gates(found: Candidate) -> None:
    cards.heading("Gates")
    if found.ungated:
        cards.notice(f"There was no gate, since the question set does not fit these papers: {found.ungated}")
    elif not found.verdicts:
        cards.notice("There is no gate for this question set")
    else:
        rows = [("passed" if v.passed else "failed", v.gate, v.reason) for v in found.verdicts]
        table(("", "gate", "figure"), sorted(rows))


def _questions(found: Candidate) -> None:
    """The questions that the candidate loses and wins against the published generation, each with both answers."""
    if not found.run or not found.before or found.run == found.before:
        return
    try:
        comparison, before, after = _compared(found.before, found.run)
    except QAError as error:
        cards.problem(str(error))
        return
    cards.heading("Questions lost and won")
    old, new = ({row["id"]: row for row in run["questions"]} for run in (before, after))
    for words, ids in (
        ("Lost: right in the published index, and not here", comparison.lost),
        ("Won: right here, and not in the published index", comparison.won),
    ):
        if ids:
            cards.small(f"{words} ({len(ids)})")
        for name in ids[:_SHOWN]:
            with st.expander(label(new[name]["turns"][-1])):
                for column, title, row in zip(
                    st.columns(2), ("Published", "Built aside"), (old[name], new[name]), strict=True
                ):
                    with column:
                        _answer(title, row)
        if len(ids) > _SHOWN:
            cards.small(f"and {len(ids) - _SHOWN} more; Evaluate compares all of them")
    if not comparison.lost and not comparison.won:
        cards.small("No question is lost, and none is won.")
    if comparison.changed:
        cards.small(
            f"{count(len(comparison.changed), 'question is', 'questions are')} answered otherwise, and as rightly or "
            "wrongly as before."
        )
    if comparison.unpaired:
        cards.small(f"{count(len(comparison.unpaired), 'question')} cannot be compared: only one of the two has them.")


@st.cache_data(max_entries=4, show_spinner="Comparing the answers…")
def _compared(before: Path, after: Path) -> tuple[Comparison, Results, Results]:
    from qa.evaluation.compare_runs import compare
    from qa.evaluation.runs import results_of

    old, new = results_of(before), results_of(after)
    return compare(old, new), old, new


def _answer(title: str, row: Mapping[str, Any]) -> None:
    """Draw what came of a question in a run: the quotes with their places, or why it was refused."""
    right = "right" if row["right"] else "wrong"
    confidence = f"confidence {row['confidence']:.2f}"
    if row["outcome"] == "answer":
        cards.small(f"{title}: answered, {right}, {confidence}")
        quotes = "".join(
            f"<p>{escaped(one['text'])}</p><p class='qa-kind'>{escaped(one['place'])}</p>" for one in row["citations"]
        )
        st.html(f"<div class='qa-paper'>{quotes}</div>")
        return
    outcome = "refused" if row["outcome"] == "abstention" else "could not be asked"
    cards.small(f"{title}: {outcome}, {right}, {confidence}")
    st.html(f"<div class='qa-paper'><p>{escaped(row['reason'] or '')}</p></div>")


def _anyway(found: Candidate) -> None:
    """The form that publishes though a gate failed, for a reason."""
    cards.notice("A gate failed. To publish all the same, say why: history and the published index keep the reason")
    with st.form("force", border=False):
        st.text_input("Why it is published though a gate failed", max_chars=500, key=_WHY)
        st.form_submit_button("Publish anyway", on_click=_publish, args=(found,))


@user.only("maintainer")
def _publish(found: Candidate) -> None:
    from qa.evaluation import candidate

    why = str(st.session_state.get(_WHY, "")).strip()
    if not found.passed and not why:
        work.fail("Give the reason why this is published though a gate failed")
        return
    try:
        name = candidate.publish(found, opening.library(), state_folder(), "" if found.passed else why)
    except QAError as error:
        _outdated.clear()
        work.fail(str(error))
        return
    work.jobs().forget(JOB)
    opening.look_again()
    work.say(f"Generation {name} is published; it answers from now on")


@user.only("maintainer")
def _discard(found: Candidate) -> None:
    from qa.evaluation import candidate

    with work.failing():
        candidate.discard(found, opening.library(), state_folder())
        work.jobs().forget(JOB)
        work.say("It is discarded; nothing has changed")
