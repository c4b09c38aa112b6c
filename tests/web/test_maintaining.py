"""Library, Maintain and Evaluate as a user drives them, on the small papers."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.answers.assistant import Assistant
from qa.evaluation import confidence, pending, runs
from qa.evaluation.questions import load_questions
from qa.index import library, store
from qa.index.library import Library
from qa.papers import ingest
from qa.papers.sources import Source
from qa.types import Turn
from qa.userdata import answer_record, drafts, feedback, uploads
from qa.userdata.conversations import StoredAnswer
from qa.web.session import work
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.userdata.small import ANSWERED, documents
from tests.web import apptest
from tests.web.apptest import checked, drawn

text = partial(apptest.text, between=" ")
KITES = "Kites fly in the wind. Every kite has a tail of paper.\n"
QUESTIONS = [
    {"id": "1", "question": "How does basalt cool from lava?", "kind": "factoid", "answerable": True,
     "evidence": [{"document": "stones", "quote": "Basalt cools quickly from lava"}], "answers": []},
    {"id": "2", "question": "Who wrote <b>this</b> on Mars?", "kind": "factoid", "answerable": True,
     "evidence": [{"document": "fruit", "quote": "Apples are red"}], "answers": []},
]  # fmt: skip
GATE = '[[gate]]\nmetric = "recall@10"\nat_least = {}\n'


class Home:
    """A server's folders."""

    def __init__(self, folder: Path, corpus: Path) -> None:
        self.folder, self.corpus, self.index, self.state = folder, corpus, folder / "index", folder / "state"

    def gates(self, at_least: float) -> None:
        (self.folder / "gates.toml").write_text(GATE.format(at_least), "utf-8")

    @property
    def generation(self) -> str | None:
        return store.current_generation(self.index)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, corpus: Path) -> Iterator[Home]:
    encoder = FakeEncoder()
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: encoder)
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    monkeypatch.setattr(confidence, "_RESAMPLES", 20)
    home = Home(tmp_path, corpus)
    home.gates(0.1)
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), "utf-8")
    for name, value in {"INDEX_DIR": home.index, "CORPUS_DIR": corpus, "STATE_DIR": home.state,
                        "QUESTIONS": tmp_path / "q.jsonl", "GATES": tmp_path / "gates.toml"}.items():  # fmt: skip
        monkeypatch.setenv(f"QA_{name}", str(value))
    Library(corpus, home.index).update()
    st.cache_resource.clear()
    st.cache_data.clear()
    yield home
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(path: str, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    page._page_hash = calc_hash(path)  # AppTest can open only pages that are files
    for name, value in parameters.items():
        page.query_params[name] = value
    return checked(page.run())


def restart() -> None:
    """Forget what a server has in memory, as a restart does."""
    st.cache_resource.clear()
    st.cache_data.clear()


def click(page: AppTest, words: str) -> AppTest:
    return checked(next(b for b in page.button if b.label.startswith(words)).click().run())


def finished(page: AppTest, name: str) -> AppTest:
    """The page when that work is done."""
    job = work.jobs().get(name)
    assert job is not None
    assert job.ended.wait(60)
    assert job.error == ""
    return checked(page.run())


def test_the_library_lists_the_papers_and_shows_the_text_of_one(home: Home) -> None:
    page = opened("library")
    assert "2 papers" in text(page)
    assert "Fruit of the North" in [link.proto.label for link in page.get("page_link")]
    assert "2019 · fruit" in text(page)
    assert "read well" in text(page)
    assert "Your marks" in text(opened("library", paper="stones"))  # its text is drawn in the browser
    assert "There is no such paper" in text(opened("library", paper="<b>"))


def test_papers_are_built_aside_passed_published_and_gone_back_from(home: Home) -> None:
    before = home.generation
    uploads.stage(home.state, "kites.txt", KITES.encode())
    uploads.stage(home.state, "bad.txt", b" ")
    page = finished(click(opened("maintain"), "Build aside with 2 new papers"), "candidate")
    assert home.generation == before
    assert not (home.corpus / "kites.txt").exists()
    assert "1 new, 2 unchanged" in text(page)
    assert "Left out: bad.txt is empty" in text(page)
    assert re.search(r"passed\s+recall@10 of all is at least 0.1", text(page))
    page = click(page, "Publish")
    assert "is published" in text(page)
    assert home.generation != before
    assert (home.corpus / "kites.txt").read_text() == KITES
    assert uploads.staged(home.state) == []
    page = checked(page.pills[0].set_value("Generations").run())
    assert "+ 1 paper: kites" in text(page)
    assert re.search(r"in use · generation \w+\s+every gate passed · 2 questions · lost 0, won 0", text(page))
    ways = [button.key for button in page.button if button.label.startswith("Go back to this")]
    assert ways == ["really-back-0"], "the one in use has none"
    page.text_input(key="back-why-0").set_value("kites <b>fly</b> too high")
    page = click(page, "Go back to this")
    assert home.generation == before
    assert "Somebody has gone back to the generation in use" in text(page)
    assert "− 1 paper: kites" in text(page)
    assert "Why: kites <b>fly</b> too high" in text(page)
    assert "<b>fly" not in drawn(page)
    assert [button.key for button in page.button if button.label.startswith("Go back to this")] == ["really-back-1"]
    page = checked(page.pills[0].set_value("Add and publish").run())
    assert "The papers have changed since the published generation" in text(page)
    assert "kites.txt is not in the index yet" in text(page)
    assert "Build aside with the papers as they are" in [b.label for b in page.button]


def test_files_are_read_when_they_are_sent_in_and_only_what_can_be_read_is_built(home: Home) -> None:
    twice = (home.corpus / "fruit.txt").read_bytes()
    sent = {"kites.txt": KITES.encode(), "bad.txt": b" ", "apples.txt": twice, "stones.txt": b"Granite is soft.\n"}
    for name, data in sent.items():
        uploads.stage(home.state, name, data)
    page = opened("maintain")
    assert text(page).count("not read yet") == 2  # of the others, name or bytes say enough
    page = finished(click(page, "Read 4 files now"), "upload-check")
    assert "read well · 12 words" in text(page)
    assert "bad.txt is empty: there is not one word in it" in text(page)
    assert "It is there already: the same bytes as Fruit of the North (fruit)" in text(page)
    assert "It has the same name as stones; replace it, or rename the file" in text(page)
    assert "Build aside with 1 new paper" in [b.label for b in page.button]
    page = click(page, "Replace it")
    assert "It replaces stones" in text(page)
    page = finished(click(page, "Build aside with 2 new papers"), "candidate")
    assert "1 new, 1 changed, 1 unchanged" in text(page)
    page = click(page, "Discard")
    assert [path.name for path in uploads.staged(home.state)] == ["apples.txt", "bad.txt"]
    checks = home.state / "uploads" / "checks"
    assert len(list(checks.iterdir())) == 2
    page = click(click(page, "Drop"), "Drop")
    assert list(checks.iterdir()) == []


def test_reading_what_was_sent_can_be_cancelled_and_is_not_done_twice(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    read: list[str] = []

    @contextmanager
    def slowly(settings: object) -> Iterator[tuple[ingest.Ingest, int]]:
        def one(source: Source, most: int) -> ingest.Paper:
            read.append(source.id)
            assert source.id == "a" or go_on.wait(30)
            return ingest.ingest_here(source, most)

        yield one, 1

    monkeypatch.setattr(ingest, "ingesting", slowly)
    for name in ("a.txt", "b.txt"):
        uploads.stage(home.state, name, f"Kites of {name} fly in the wind.\n".encode())
    page = click(opened("maintain"), "Read 2 files now")
    while read != ["a", "b"]:
        time.sleep(0.01)
    page = click(checked(page.run()), "Cancel")
    job = work.jobs().get("upload-check")
    assert job is not None
    assert job.ended.wait(60)
    go_on.set()
    page = checked(page.run())
    assert "Cancelled: what was not read yet can be read later" in text(page)
    page = finished(click(page, "Read 1 file now"), "upload-check")
    assert read == ["a", "b", "b"]
    assert "not read yet" not in text(page)


def test_a_candidate_is_there_after_a_restart_and_says_when_it_is_outdated(home: Home) -> None:
    uploads.stage(home.state, "kites.txt", KITES.encode())
    finished(click(opened("maintain"), "Build aside with 1 new paper"), "candidate")
    restart()
    page = opened("maintain")
    assert "1 new, 2 unchanged" in text(page)
    (home.corpus / "owls.txt").write_text("Owls hunt at night.\n")
    restart()
    page = opened("maintain")
    assert "It is outdated: owls.txt is new" in text(page)
    assert "Publish" not in [b.label for b in page.button]
    page = finished(click(page, "Build it again"), "candidate")
    assert "2 new, 2 unchanged" in text(page)
    page = click(page, "Publish")
    assert (home.corpus / "kites.txt").exists()


def test_an_interrupted_build_is_shown_and_goes_on(home: Home) -> None:
    path = uploads.stage(home.state, "kites.txt", KITES.encode())
    pending.Notes(home.state, [path])
    page = opened("maintain")
    assert "The build was interrupted at" in text(page)
    assert "With kites.txt" in text(page)
    page = finished(click(page, "Go on"), "candidate")
    assert "1 new, 2 unchanged" in text(page)
    pending.Notes(home.state, [path])
    restart()
    page = click(opened("maintain"), "Discard")
    assert "what you sent in is still here" in text(page)
    assert "Build aside with 1 new paper" in [b.label for b in page.button]


def test_a_build_on_another_server_is_named(home: Home) -> None:
    pending.Notes(home.state, [])
    (home.state / "jobs").mkdir()
    with FileLock(home.state / "jobs" / "candidate.lock"):
        page = opened("maintain")
        assert "Another server is building the index aside" in text(page)
        assert "Go on" not in [b.label for b in page.button]


def test_what_failed_a_gate_is_published_for_a_reason_after_a_look_at_what_is_lost(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.gates(1.1)
    uploads.stage(home.state, "kites.txt", KITES.encode())
    page = finished(click(opened("maintain"), "Build aside with 1 new paper"), "candidate")
    waiting = pending.load(home.state)
    assert isinstance(waiting, pending.Candidate)
    assert waiting.run
    found = runs.results_of(waiting.run)
    row = found["questions"][0]
    row |= {"right": not row["right"], "outcome": "abstention", "reason": "no sentence <i>clearly</i> answers"}
    (waiting.run / runs.RESULTS).write_text(json.dumps(found), "utf-8")
    st.cache_data.clear()
    page = checked(page.run())
    assert [e.label for e in page.expander] == [r"How does basalt cool from lava\?"]
    assert "Published: answered, right" in text(page)
    assert "Basalt cools quickly from lava" in text(page)
    assert "Built aside: refused, wrong" in text(page)
    assert "no sentence <i>clearly</i> answers" in text(page)
    assert "<i>" not in drawn(page)

    before = home.generation
    page = click(page, "Publish anyway")
    assert "Give the reason why this is published though a gate failed" in text(page)
    assert home.generation == before
    page.text_input(key="force-why").set_value("its questions are about <b>other</b> papers")
    page = click(page, "Publish anyway")
    assert f"Generation {home.generation} is published" in text(page)
    assert home.generation != before
    page = checked(page.pills[0].set_value("Generations").run())
    assert "published though a gate failed" in text(page)
    assert "Why: its questions are about <b>other</b> papers" in text(page)
    assert "<b>other" not in drawn(page)


def test_generations_of_older_versions_are_drawn(home: Home) -> None:
    path = home.index / "history.jsonl"
    row = json.loads(path.read_text("utf-8").splitlines()[-1])
    old = {name: row[name] for name in ("generation", "action", "published_at")}
    path.write_text(json.dumps(old | {"generation": "abc"}) + "\n" + json.dumps(old) + "\n", "utf-8")
    page = checked(opened("maintain").pills[0].set_value("Generations").run())
    assert f"generation {home.generation}" in text(page)
    assert "deleted · generation abc" in text(page)


def test_a_candidate_is_cancelled_while_it_is_built(home: Home) -> None:
    uploads.stage(home.state, "kites.txt", KITES.encode())
    before = sorted(path.relative_to(home.index) for path in home.index.rglob("*"))
    with store.writing(home.index):  # the job waits here
        page = click(opened("maintain"), "Build aside with 1 new paper")
        assert "It goes on by itself" in text(page)
        page = click(page, "Cancel")
        assert [button.disabled for button in page.button if button.label == "Cancelling…"] == [True]
    page = finished(page, "candidate")
    assert "Cancelled: what was built aside is deleted, and nothing has changed" in text(page)
    assert sorted(path.relative_to(home.index) for path in home.index.rglob("*")) == before
    page = finished(click(page, "Build aside with 1 new paper"), "candidate")
    assert "1 new, 2 unchanged" in text(page)


def test_what_deletes_files_cannot_be_cancelled(home: Home) -> None:
    page = checked(opened("maintain").pills[0].set_value("Take out").run())
    with store.writing(home.index):
        page = checked(page.button(key="really-0").click().run())
        assert "Taking it out" in text(page)
        assert "Cancel" not in [button.label for button in page.button]
    finished(page, "removal")


def test_a_paper_is_taken_out_and_with_it_what_was_built_aside(home: Home) -> None:
    uploads.stage(home.state, "kites.txt", KITES.encode())
    page = finished(click(opened("maintain"), "Build aside with 1 new paper"), "candidate")
    page = checked(page.pills[0].set_value("Take out").run())
    assert "Fruit of the North" in text(page)
    papers = [path.name for path in sorted(home.corpus.glob("*.txt"))]
    assert papers == ["fruit.txt", "stones.txt"]
    checked(page.button(key="really-0").click().run())
    job = work.jobs().get("removal")
    assert job is not None
    assert job.ended.wait(60)
    page = checked(page.run())
    assert "It is taken out" in text(page)
    assert "Fruit of the North" not in text(page)
    assert not (home.corpus / "fruit.txt").exists()
    assert [document.id for document in store.load(home.index).documents] == ["stones"]
    assert store.unpublished(home.index) == []
    page = checked(page.pills[0].set_value("Add and publish").run())
    assert "Build aside with 1 new paper" in [b.label for b in page.button]


def test_a_paper_that_is_taken_out_may_stay_in_older_generations(home: Home) -> None:
    before = store.current_generation(home.index)
    page = checked(opened("maintain").pills[0].set_value("Take out").run())
    page = checked(page.checkbox(key="keep-older-0").check().run())
    checked(page.button(key="really-0").click().run())
    job = work.jobs().get("removal")
    assert job is not None
    assert job.ended.wait(60)
    assert [document.id for document in store.load(home.index).documents] == ["stones"]
    assert store.rollback(home.index) == before


def test_a_gate_that_fails_stands_in_the_way_and_discarding_leaves_nothing(home: Home) -> None:
    home.gates(1.1)
    before = home.generation
    uploads.stage(home.state, "kites.txt", KITES.encode())
    page = finished(click(opened("maintain"), "Build aside with 1 new paper"), "candidate")
    assert "A gate failed" in text(page)
    assert next(b for b in page.button if b.label == "Publish").disabled
    page = click(page, "Discard")
    assert home.generation == before
    assert store.unpublished(home.index) == []
    assert "Build aside with the papers as they are" in [b.label for b in page.button]


def test_where_the_questions_do_not_fit_there_is_no_gate_and_that_is_said(home: Home) -> None:
    (home.folder / "q.jsonl").write_text(json.dumps(QUESTIONS[0]).replace("Basalt cools", "Chalk cools"), "utf-8")
    page = finished(click(opened("maintain"), "Build aside with the papers"), "candidate")
    assert "There was no gate, since the question set does not fit these papers" in text(page)
    click(page, "Publish without a gate")


def test_passages_are_shown_with_their_edits(home: Home) -> None:
    page = opened("maintain")
    page = checked(page.pills[0].set_value("Passages").run())
    page = checked(page.selectbox[0].set_value("stones").run())
    assert "its crys<del title='join_hyphens'>-⏎</del>tals stay small" in drawn(page)
    page = checked(page.pills[0].set_value("Reading").run())
    assert "Every paper in the folder was read." in text(page)
    (home.corpus / "files").mkdir()
    (home.corpus / "files" / "<b>owls.docx").write_bytes(b"PK")
    page = checked(page.run())
    assert "Left out: files/<b>owls.docx: .docx files are not read" in text(page)
    assert "Every paper in the folder was read." not in text(page)


def test_a_run_shows_its_figures_its_failures_and_what_changed_since(home: Home) -> None:
    page = finished(click(opened("evaluate"), "Run"), "evaluation")
    assert re.search(r"factoid\s+2\s", text(page))
    assert "There is no other run to compare with." in text(page)
    page = finished(click(page, "Run"), "evaluation")
    assert len(runs.runs(home.state)) == 2
    assert "Right now, and not in the other (0)" in [e.label for e in page.expander]
    page = checked(page.pills[0].set_value("Failures").run())
    assert "Who wrote <b>this</b> on Mars?" in text(page)
    assert "Apples are red" in text(page)
    assert "<b>" not in drawn(page)


def test_feedback_of_users_is_shown_as_drafts(home: Home) -> None:
    page = opened("evaluate")
    page = checked(page.pills[0].set_value("Feedback").run())
    assert "Nobody has said anything yet" in text(page)
    asked = Assistant.open(home.index)
    record = answer_record.record_of([Turn(ANSWERED, asked.ask(ANSWERED))], documents(asked))
    opinion = feedback.Opinion("wrong evidence", note="look at <i>figure</i> 2")
    feedback.give(home.state, "u", StoredAnswer("a", "now", record), opinion, documents(asked))
    page = checked(page.run())
    assert "1 opinion makes 1 draft; 0 can be asked as they are." in text(page)
    assert "wrong evidence: look at <i>figure</i> 2" in text(page)
    assert "Add the evidence" in text(page)


def test_a_marked_sentence_becomes_a_question(home: Home) -> None:
    page = opened("evaluate")
    page = checked(page.pills[0].set_value("Write a question").run())
    page = checked(page.selectbox[0].set_value("stones").run())
    number = next(i for i, words in enumerate(page.radio[0].options) if "Basalt" in words)
    page = checked(page.radio[0].set_value(number).run())
    page.text_input[0].set_value("How fast does basalt cool?")
    page = click(page, "Add to the drafts")
    assert "It is among the drafts now." in text(page)
    (case,) = drafts.drafts(home.state)
    (home.state / "checked.jsonl").write_text(json.dumps(case | {"draft": False}), "utf-8")
    (question,) = load_questions(home.state / "checked.jsonl", store.load(home.index).documents)
    assert question.question == "How fast does basalt cool?"


def test_a_server_offers_only_its_roles(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def links(page: AppTest) -> set[str]:
        return {link.proto.label for link in page.get("page_link")}

    assert {"Maintain", "Evaluate"} < links(opened("history"))
    monkeypatch.setenv("QA_WEB_ROLES", "trainee, evaluator")
    assert links(opened("history")) & {"Maintain", "Evaluate"} == {"Evaluate"}
    assert "Add papers" not in text(opened("maintain"))
    monkeypatch.setenv("QA_WEB_ROLES", "admin")
    page = opened("history")
    assert "QA_WEB_ROLES names 'admin', which is no role" in text(page)
    assert not links(page) & {"Maintain", "Evaluate"}
