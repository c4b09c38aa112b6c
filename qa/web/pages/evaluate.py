"""Evaluate: runs of the question set, their failures and differences, feedback, new questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.config import WebSettings
from qa.records import json_text
from qa.text import visible
from qa.userdata import drafts, feedback
from qa.userdata.database import state_folder
from qa.web.draw import cards
from qa.web.draw.tables import table
from qa.web.draw.text import count, escaped, label, marked
from qa.web.draw.times import moment
from qa.web.session import opening, user, work

if TYPE_CHECKING:
    from qa.evaluation.results import Results
    from qa.index.index import Index

_JOB = "evaluation"
_PARTS = ("Runs", "Failures", "Feedback", "Write a question")
_FIGURES = ("recall@1", "recall@3", "recall@5", "mrr", "ndcg@10", "answered", "evidence", "false", "right")


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    user.require("evaluator")
    with work.tabbed("evaluate", "Evaluate", _PARTS) as part:
        if part == _PARTS[0]:
            _runs()
        elif part == _PARTS[1]:
            _failures()
        elif part == _PARTS[2]:
            _feedback()
        else:
            _write(opening.assistant().index)


# Runs


def _runs() -> None:
    work.ended(_JOB, "Asking the questions", "Cancelled: nothing of this run is kept", "evaluator")
    if not work.running(_JOB):
        cards.heading("Run the questions")
        cards.small(f"All questions of {WebSettings().questions.name} are asked of the published index.")
        st.button("Run", type="primary", on_click=_begin)
    run = _chosen("Run")
    if run is None:
        return
    found = _results(run)
    kinds = [*(name for name in found["kinds"] if name != "all"), "all"]
    rows = [
        (name, str(found["kinds"][name]["n"]), *(_figure(found["kinds"][name]["figures"].get(f)) for f in _FIGURES))
        for name in kinds
    ]
    table(("kind", "n", *_FIGURES), rows, figures=range(1, len(_FIGURES) + 2))
    report = run / "report.html"
    if report.exists():
        with st.container(horizontal=True):
            st.download_button("Report (HTML)", report.read_bytes(), "report.html", "text/html", on_click="ignore")
            results = (run / "results.csv").read_bytes()
            st.download_button("Results (CSV)", results, "results.csv", "text/csv", on_click="ignore")
        if st.toggle("Read the report here"):
            st.iframe(report.read_text("utf-8"), height=900)
    _against_another(run, found)


def _figure(figure: dict[str, float] | None) -> str:
    return "–" if figure is None else f"{figure['value']:.2f}"


@user.only("evaluator")
def _begin() -> None:
    from qa.answers.caches import Caches
    from qa.evaluation.command import Run
    from qa.evaluation.runs import CACHES, store_run

    settings, folder = WebSettings(), state_folder()
    wanted = Run(settings.questions, opening.index_folder(), gates=settings.gates)
    caches = Caches(folder / CACHES, recall=False)
    with work.failing():
        work.jobs().start(_JOB, partial(store_run, folder, wanted, caches=caches))


def _chosen(name: str, without: Path | None = None) -> Path | None:
    """A menu of the stored runs but `without`, with the latest chosen at first; None if there is none."""
    from qa.evaluation.runs import runs

    stored = [run for run in runs(state_folder()) if run != without]
    if not stored:
        cards.notice("No run is kept yet" if without is None else "There is no other run to compare with")
        return None
    return st.selectbox(name, stored, format_func=_named)


def _named(run: Path) -> str:
    found = _results(run)
    when = moment(found["times"]["run_at"])
    return visible(
        f"{when} · {found['set']} · generation {found['generation']} · {count(len(found['questions']), 'question')}"
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _results(run: Path) -> Results:
    from qa.evaluation.runs import results_of

    return results_of(run)


def _against_another(run: Path, found: Results) -> None:
    cards.heading("Against another run")
    other = _chosen("Compare with", without=run)
    if other is None:
        return
    found_before = _results(other)
    comparison = _compare(other, run)
    rows = [(d.metric, str(d.n), f"{d.before:.3f}", f"{d.after:.3f}", f"{d.p:.3f}") for d in comparison.differences]
    table(("", "n", "other", "this", "p"), rows, figures=range(1, 5))
    asked = {row["id"]: row["turns"][-1] for row in [*found_before["questions"], *found["questions"]]}
    _listed("Right now, and not in the other", [asked[name] for name in comparison.won])
    _listed("Right in the other, and not now", [asked[name] for name in comparison.lost])
    if comparison.unpaired:
        cards.small(f"{len(comparison.unpaired)} questions are in one run only, or are asked otherwise.")


def _listed(title: str, questions: Sequence[str]) -> None:
    with st.expander(f"{title} ({len(questions)})"):
        for question in questions:
            cards.small(question)


@st.cache_data(max_entries=16, show_spinner="Comparing…")
def _compare(before: Path, after: Path) -> Any:
    from qa.evaluation.compare_runs import compare

    return compare(_results(before), _results(after))


# Failures


def _failures() -> None:
    run = _chosen("Run")
    if run is None:
        return
    wrong = [row for row in _results(run)["questions"] if row["wrong"]]
    if not wrong:
        cards.notice("Every question of this run was answered or refused rightly")
        return
    session = st.session_state
    number = min(session.get("failure", 0), len(wrong) - 1)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Previous", on_click=_turn_to, args=(number - 1,), disabled=number == 0)
        st.html(f"<p class='qa-small' role='status'>{number + 1} of {len(wrong)}</p>")
        st.button("Next", on_click=_turn_to, args=(number + 1,), disabled=number == len(wrong) - 1)
    _failure(wrong[number])


def _turn_to(number: int) -> None:
    st.session_state.failure = number


def _failure(row: dict[str, Any]) -> None:
    for earlier in row["turns"][:-1]:
        cards.small(earlier)
    cards.question(row["turns"][-1])
    cards.small(f"{row['kind']} · {row['id']} · confidence {row['confidence']:.2f}")
    st.html(f"<p class='qa-warning'>{escaped(row['wrong'])}</p>")
    cards.heading("Expected")
    if not row["answerable"]:
        cards.small("No answer: by the question set, the papers do not say.")
    for items in row["evidence"]:
        quotes = "".join(
            f"<p>{escaped(item['quote'])}</p><p class='qa-kind'>{escaped(item['place'])}</p>" for item in items
        )
        st.html(f"<div class='qa-paper'>{quotes}</div>")
    cards.heading("Answered" if row["outcome"] == "answer" else "Refused; it would have answered")
    for citation in row["citations"]:
        st.html(
            f"<div class='qa-paper'><p>{marked(citation['text'], row['highlights'])}</p>"
            f"<p class='qa-kind'>{escaped(citation['place'])}</p></div>"
        )
    cards.heading("Passages, with the evidence marked")
    for passage in row["passages"]:
        words = " ".join(
            f"<mark>{escaped(s['text'])}</mark>" if s["evidence"] else escaped(s["text"]) for s in passage["sentences"]
        )
        name = " · ".join(filter(None, [f"{passage['rank']}.", passage["section"], passage["id"]]))
        st.html(f"<div class='qa-paper'><p class='qa-kind'>{escaped(name)}</p><p>{words}</p></div>")


# Feedback


def _feedback() -> None:
    given = feedback.given(state_folder())
    cases = feedback.cases(given, opening.assistant().documents)
    cards.heading("What readers said, as draft cases")
    if not cases:
        cards.notice("Nobody has said anything yet. Below each answer there is a place for it")
        return
    ready = sum(not case["todo"] for case in cases)
    cards.small(
        f"{count(len(given), 'opinion')} make{'s' if len(given) == 1 else ''} {count(len(cases), 'draft')}; "
        f"{ready} can be asked as {'it is' if ready == 1 else 'they are'}."
    )
    _download(cases, "Download all drafts (JSONL)", "feedback.jsonl")
    for number, case in enumerate(reversed(cases)):
        with st.container(key=f"qa-row-{number}", gap="xxsmall"):
            st.html(f"<p class='qa-row-title'>{escaped(case['question'])}</p>")
            said = ", ".join(one["verdict"] + (f": {one['note']}" if one["note"] else "") for one in case["from"])
            cards.small(f"{'Answerable' if case['answerable'] else 'Not answerable'} · {said}")
            quotes = "".join(f"<p>{escaped(item['quote'])}</p>" for item in case["evidence"])
            st.html(f"<div class='qa-paper'>{quotes}</div>" if quotes else "<p class='qa-small'>No evidence.</p>")
            for task in case["todo"]:
                st.html(f"<p class='qa-small qa-warning'>{escaped(task)}</p>")


def _download(cases: Sequence[dict[str, Any]], words: str, name: str) -> None:
    lines = "".join(json_text(case) + "\n" for case in cases)
    st.download_button(words, lines, name, "application/jsonl", on_click="ignore")


# Write a question


def _write(index: Index) -> None:
    cards.heading("Mark a sentence, and ask what it answers")
    documents = index.by_id
    chosen = st.selectbox("Paper", documents, format_func=lambda name: visible(documents[name].title))
    passages = [passage for passage in index.passages_of(chosen) if passage.kind != "reference"]
    sections = list(dict.fromkeys(passage.section for passage in passages))
    key = f"write-section-{chosen}"
    section = st.selectbox("Section", sections, format_func=lambda name: visible(name) or "Without a heading", key=key)
    sentences = [sentence for passage in passages if passage.section == section for sentence in passage.sentences]
    key, texts = f"write-sentence-{chosen}-{sections.index(section)}", [label(s.text) for s in sentences]
    number = st.radio("Sentence", range(len(texts)), format_func=lambda i: texts[i], index=None, key=key)
    with st.form("write", clear_on_submit=True):
        question = st.text_input("Question that this sentence answers", max_chars=500)
        if st.form_submit_button("Add to the drafts", disabled=number is None) and number is not None:
            with work.failing():
                new = drafts.append(state_folder(), drafts.draft(question, documents[chosen], sentences[number]))
                work.say("It is among the drafts now" if new else "It is among the drafts already")
            st.rerun()
    written = drafts.drafts(state_folder())
    if written:
        cards.heading(f"Drafts ({len(written)})")
        _download(written, "Download the drafts (JSONL)", "drafts.jsonl")
        for case in reversed(written):
            st.html(f"<p class='qa-row-title'>{escaped(case['question'])}</p>")
            cards.small(" … ".join(item["quote"] for item in case["evidence"]))
