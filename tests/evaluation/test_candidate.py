"""A candidate is asked only what may have changed, is judged as without any cache, and can be broken off."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers import calibration as calibrations
from qa.answers import models
from qa.answers.assistant import Assistant
from qa.answers.caches import Caches
from qa.evaluation import candidate, confidence, keys, pending, runs
from qa.evaluation.candidate import Wanted, prepare
from qa.evaluation.command import Run
from qa.evaluation.outdated import outdated
from qa.evaluation.pending import Building, Candidate
from qa.evaluation.questions import load_questions
from qa.evaluation.run import run, run_together
from qa.index import audit, library, store
from qa.index.library import Library
from qa.types import StoreError, nobody
from tests.conftest import PAPERS, ROOT, FakeEncoder, calibration
from tests.rooms import FILES, imports

KITES = "Kites fly in the wind. Every kite has a tail of paper.\n"
QUESTION = {"id": "1", "question": "How does basalt cool from lava?", "kind": "factoid", "answerable": True,
            "evidence": [{"document": "stones", "quote": "Basalt cools quickly from lava"}]}  # fmt: skip


@pytest.fixture
def wanted(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder) -> Wanted:
    """One more paper for an index of two, and one question."""
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: encoder)
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    monkeypatch.setattr(confidence, "_RESAMPLES", 20)
    Library(corpus, tmp_path / "index").update()
    (tmp_path / "kites.txt").write_text(KITES, "utf-8")
    (tmp_path / "q.jsonl").write_text(json.dumps(QUESTION), "utf-8")
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "recall@10"\nmay_worsen = 0.1\n', "utf-8")
    added = (tmp_path / "kites.txt",)
    return Wanted(corpus, tmp_path / "index", added, tmp_path, tmp_path / "q.jsonl", tmp_path / "gates.toml")


def prepared(wanted: Wanted) -> tuple[Candidate, Counter[str]]:
    """The candidate, and how many questions were asked of which index."""
    asked: Counter[str] = Counter()

    def progress(done: int, total: int, what: str) -> None:
        about, _, question = what.partition(": ")
        asked[about] += question == "1"

    return prepare(wanted, progress), +asked


PUBLISHED, NEW = "asking the published index", "asking the new index"


def test_the_published_index_is_asked_once_until_something_changes(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder
) -> None:
    first, asked = prepared(wanted)
    assert asked == {PUBLISHED: 1, NEW: 1}
    assert [v.passed for v in first.verdicts] == [True]
    encoder.texts.clear()
    again, asked = prepared(wanted)
    assert asked == {NEW: 1}
    assert QUESTION["question"] not in encoder.texts
    assert again.verdicts == first.verdicts

    candidate.publish(again, Library(wanted.corpus, wanted.index), wanted.runs)
    unchanged, asked = prepared(replace(wanted, added=()))
    assert asked == {}  # the run of the candidate is that of the published index now
    assert unchanged.run == again.run
    assert unchanged.report.generation == again.report.generation
    assert unchanged.passed

    owls = wanted.runs / "owls.txt"
    owls.write_text("Owls hunt at night.\n")
    wanted = replace(wanted, added=(owls,))
    assert prepared(wanted)[1] == {NEW: 1}
    wanted.questions.write_text(json.dumps(QUESTION | {"answers": ["quickly"]}), "utf-8")
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}
    monkeypatch.setenv("QA_ASK_TOP_K", "3")
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration(0.9))
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}
    monkeypatch.setattr(keys, "_code", lambda: "another")
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}
    monkeypatch.setattr(keys, "processor", lambda: "another")
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}
    assert prepared(wanted)[1] == {NEW: 1}


def test_a_run_for_its_times_serves_too(wanted: Wanted, encoder: FakeEncoder) -> None:
    timed = Run(wanted.questions, wanted.index, gates=wanted.gates)
    folder, _ = runs.store_run(wanted.runs, timed, nobody, Caches(wanted.runs / runs.CACHES, recall=False))
    assert runs.results_of(folder)["times"]["p50_milliseconds"] > 0
    encoder.texts.clear()
    assert prepared(wanted)[1] == {NEW: 1}
    assert QUESTION["question"] not in encoder.texts


def test_a_run_that_is_damaged_or_of_an_earlier_version_serves_nobody(wanted: Wanted) -> None:
    first, _ = prepared(wanted)
    for run_ in runs.runs(wanted.runs):
        found = json.loads((run_ / runs.RESULTS).read_text("utf-8"))
        assert found["times"]["p50_milliseconds"] is None
        assert [row["milliseconds"] for row in found["questions"]] == [None]
        assert "Latency" not in (run_ / "report.html").read_text("utf-8")
        if run_ == first.run:
            (run_ / runs.RESULTS).write_text(json.dumps({**found, "kinds": None}), "utf-8")
        else:
            del found["key"]
            (run_ / runs.RESULTS).write_text(json.dumps(found), "utf-8")
    assert prepared(wanted)[1] == {PUBLISHED: 1, NEW: 1}


class Stop(BaseException):
    """What a user's Cancel raises."""


def test_a_candidate_that_is_broken_off_leaves_nothing(wanted: Wanted) -> None:
    calls = 0

    def until(last: int) -> None:
        nonlocal calls
        calls = 0

        def progress(done: int, total: int, what: str) -> None:
            nonlocal calls
            calls += 1
            if calls > last:
                raise Stop

        prepare(wanted, progress)

    def files() -> dict[Path, bytes]:
        """All but the log of what was done."""
        found = (path for path in wanted.index.rglob("*") if path.is_file() and path.name != audit.FILE)
        return {path: path.read_bytes() for path in found}

    before = files()
    last = 0
    while True:
        try:
            until(last)
            break
        except Stop:
            assert files() == before
            assert not (wanted.corpus / "kites.txt").exists()
            assert all((folder / "junit.xml").exists() for folder in (wanted.runs / runs.FOLDER).glob("*"))
        last += 1
    assert last > 6
    assert len(store.unpublished(wanted.index)) == 1


class Killed(BaseException):
    """Stands for SIGKILL: what would delete anything is not reached."""


def test_what_a_kill_leaves_is_shown_and_gone_on_with(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder
) -> None:
    def kill(at: str) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(store, "clear_parts", lambda folder: None)
            patch.setattr(Library, "discard", lambda *args: None)
            patch.setattr(pending, "forget", lambda folder: None)

            def progress(done: int, total: int, what: str) -> None:
                if what.startswith(at):
                    raise Killed

            with pytest.raises(Killed):
                prepare(wanted, progress)

    kill("done")  # when all is embedded, before it is written
    found = pending.load(wanted.runs)
    assert isinstance(found, Building)
    assert (found.files, found.report) == (wanted.added, None)
    assert outdated(found, Library(wanted.corpus, wanted.index)) == []
    encoder.texts.clear()
    kill("asking the new index")
    assert not any("Kites fly" in text for text in encoder.texts), "what was embedded is kept"
    found = pending.load(wanted.runs)
    assert isinstance(found, Building)
    assert found.report
    built = []
    monkeypatch.setattr(Library, "prepare", lambda *args, **more: built.append(args))
    done, _ = prepared(wanted)
    assert built == [], "it is built already"
    assert done.report == found.report
    assert pending.load(wanted.runs) == done


def test_an_interrupted_build_can_be_discarded_and_the_files_stay(wanted: Wanted) -> None:
    library = Library(wanted.corpus, wanted.index)
    report = library.prepare(wanted.added)
    notes = pending.Notes(wanted.runs, wanted.added)
    notes.built(report)
    store.parts(wanted.index).mkdir()
    found = pending.load(wanted.runs)
    assert isinstance(found, Building)
    candidate.give_up(found, library, wanted.runs)
    assert pending.load(wanted.runs) is None
    assert store.unpublished(wanted.index) == []
    assert not store.parts(wanted.index).exists()
    assert wanted.added[0].exists()


def test_a_candidate_is_kept_with_its_verdicts_until_it_is_published(wanted: Wanted) -> None:
    found, _ = prepared(wanted)
    assert pending.load(wanted.runs) == found
    assert found.against == store.current_generation(wanted.index)
    assert not [path for path in wanted.runs.iterdir() if path.name.startswith(f".{pending.FILE}")]
    name = candidate.publish(found, Library(wanted.corpus, wanted.index, by="Ada"), wanted.runs)
    assert pending.load(wanted.runs) is None
    row = store.history(wanted.index)[-1]
    assert (row["generation"], row["by"], row["gates"], row["added"]) == (name, "Ada", "passed", ["kites"])
    figures = row["figures"]
    assert (figures["n"], figures["lost"], figures["won"]) == (1, 0, 0)
    assert {"recall@10", "coverage", "risk answer", "aurc answer", "risk@25", "risk@100"} <= figures.keys()
    assert (wanted.runs / "starters").is_dir(), "the questions that a page begins with are answered before it answers"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "state": "built"}'])
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / pending.FILE).write_text(text)
    assert pending.load(tmp_path) is None


def test_why_a_candidate_is_outdated_is_said(wanted: Wanted) -> None:
    library = Library(wanted.corpus, wanted.index)
    found, _ = prepared(wanted)
    assert outdated(found, library) == []
    (wanted.corpus / "owls.txt").write_text("Owls hunt at night.\n")
    (wanted.corpus / "fruit.txt").write_text("Apples are green.\n")
    (wanted.corpus / "stones.txt").unlink()
    assert outdated(found, library) == [
        "fruit.txt or its entry in corpus.bib has changed",
        "owls.txt is new",
        "stones is no longer there",
    ]
    wanted.added[0].write_text("Kites are red.\n")
    assert outdated(found, library) == ["the upload kites.txt has changed"]
    wanted.added[0].unlink()
    assert outdated(found, library) == ["the upload kites.txt is gone"]
    library.discard(found.report.generation)
    wanted.added[0].write_text(KITES)
    (line,) = outdated(found, library)
    assert "there is no generation" in line


def test_a_candidate_is_outdated_by_a_file_that_it_left_out_and_that_is_gone(wanted: Wanted) -> None:
    (wanted.corpus / "twin.txt").write_bytes((wanted.corpus / "stones.txt").read_bytes())
    found, _ = prepared(wanted)
    (wanted.corpus / "twin.txt").unlink()
    assert outdated(found, Library(wanted.corpus, wanted.index)) == ["twin.txt is no longer there"]


def test_what_was_published_meanwhile_makes_a_candidate_outdated(wanted: Wanted) -> None:
    found, _ = prepared(wanted)
    (wanted.corpus / "owls.txt").write_text("Owls hunt at night.\n")
    Library(wanted.corpus, wanted.index).update()
    assert "another generation was published since" in outdated(found, Library(wanted.corpus, wanted.index))[0]


def test_a_failed_gate_needs_a_reason_which_is_kept(wanted: Wanted) -> None:
    wanted.gates.write_text('[[gate]]\nmetric = "recall@10"\nat_least = 1.1\n', "utf-8")
    before = store.current_generation(wanted.index)
    wanted = replace(wanted, by="Ada")
    waits = candidate.judged(wanted)
    assert waits.published == ""
    assert waits.comparison
    assert store.current_generation(wanted.index) == before
    with pytest.raises(StoreError, match="give a reason"):
        candidate.publish(waits.candidate, Library(wanted.corpus, wanted.index), wanted.runs)
    done = candidate.judged(wanted, force="the set asks nothing of kites")
    assert done.published == store.current_generation(wanted.index) != waits.candidate.report.generation
    row = store.history(wanted.index)[-1]
    assert (row["gates"], row["why"], row["by"]) == ("forced", "the set asks nothing of kites", "Ada")
    manifest = json.loads((wanted.index / done.published / "manifest.json").read_text("utf-8"))
    assert manifest["forced"]["why"] == "the set asks nothing of kites"
    assert manifest["forced"]["gates"] == ["recall@10 of all is at least 1.1"]


def test_judged_publishes_what_passed_and_nothing_where_the_questions_do_not_fit(wanted: Wanted) -> None:
    wanted.questions.write_text(json.dumps(QUESTION).replace("Basalt cools", "Chalk cools"), "utf-8")
    waits = candidate.judged(wanted)
    assert (waits.published, waits.comparison) == ("", None)
    assert "Chalk cools" in waits.candidate.ungated
    wanted.questions.write_text(json.dumps(QUESTION), "utf-8")
    assert candidate.judged(wanted).published == store.current_generation(wanted.index)
    assert store.history(wanted.index)[-1]["gates"] == "passed"


def test_what_was_built_unsound_is_not_kept(wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "problems", lambda folder, generation: [f"{generation} has no words"])
    with pytest.raises(StoreError, match="what was built is not sound"):
        prepared(wanted)
    assert store.unpublished(wanted.index) == []
    assert pending.load(wanted.runs) is None


def test_the_code_of_a_key_is_all_that_answers_and_measures() -> None:
    todo, seen = ["qa.evaluation.candidate"], set[str]()
    while todo:
        name = todo.pop()
        if name in FILES and name not in seen:
            seen.add(name)
            todo += imports(FILES[name], typing=False)
    missing = {name for name in seen if FILES[name] not in keys.code_files()}
    shapes_no_answer = ("qa.papers", "qa.userdata", "qa")
    assert {
        n for n in missing if n not in shapes_no_answer and not n.startswith(("qa.papers.", "qa.userdata."))
    } == set()
    inside = {name for path in keys.code_files() for name in imports(path, typing=False) if ".answers." in str(path)}
    assert {n for n in inside if n.startswith("qa.papers.") and FILES[n] not in keys.code_files()} <= {
        "qa.papers.rules"
    }


def test_with_caches_a_candidate_has_the_outcomes_that_it_has_without(real_index: Path, tmp_path: Path) -> None:
    """On the three texts and one more, with the models that are shipped: every field is equal, to the last bit."""
    shutil.copytree(real_index, tmp_path / "index")
    (tmp_path / "stones.txt").write_text(PAPERS["stones.txt"], "utf-8")
    report = Library(ROOT / "corpus", tmp_path / "index").prepare([tmp_path / "stones.txt"])
    kept = Caches(tmp_path / "caches")
    read = []
    for generation in (None, report.generation):
        plain = Assistant.open(tmp_path / "index", generation=generation)
        assert plain.models.cross_encoder
        questions = load_questions(ROOT / "eval" / "questions.jsonl", plain.documents)[::20]
        expected = [replace(outcome, milliseconds=0.0) for outcome in run(questions, plain)]
        cached = Assistant(plain.index, plain.generation, kept.around(plain.models), plain.settings)
        assert run_together(questions, cached, nobody) == expected
        assert kept.cross_encoder
        assert kept.encoder
        read.append((kept.cross_encoder.judged, kept.encoder.encoded))
    kept.save()
    (judged, encoded), (of_both, encoded_for_both) = read
    assert judged > 10 * len(questions)
    assert of_both - judged < judged / 2, "most of what the network reads of the candidate it has read before"
    assert encoded_for_both == encoded, "the questions are the same"

    loaded = Caches(tmp_path / "caches")
    again = Assistant(plain.index, plain.generation, loaded.around(plain.models), plain.settings)
    assert run_together(questions, again, nobody) == expected
    assert loaded.cross_encoder
    assert loaded.encoder
    assert (loaded.cross_encoder.judged, loaded.encoder.encoded) == (0, 0)
