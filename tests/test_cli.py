"""The commands as other programs see them (`CONTRACT.md`): data, talk, exit codes; with the real encoder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.answers.assistant import Assistant
from qa.cli import cli
from qa.cli.shared import progress_bar
from qa.index import store
from qa.index.library import Library
from qa.types import Scope
from qa.web import serve
from tests.conftest import PAPERS, ROOT, FakeEncoder
from tests.index.equality import contents
from tests.papers.minimal import pdf

pytestmark = pytest.mark.model

ANSWERED = "Where was the primary tumour in the ASPS case?"
REFUSED = "What is the capital of Australia?"
CORPUS = ROOT / "corpus"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # where neither `index` nor `corpus` is


def qa_(*arguments: object, given: str | bytes | None = None) -> Result:
    """Run a command; a traceback is a failure of the test."""
    return CliRunner().invoke(cli, [str(part) for part in arguments], input=given, catch_exceptions=False)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def ask(real_index: Path, *arguments: object, given: str | bytes | None = None) -> Result:
    return qa_("ask", *arguments, "--index", real_index, "--corpus", CORPUS, given=given)


# qa ask --json

RESULT = {
    "id": (str, int, type(None)),
    "turn": int,
    "question": str,
    "interpreted_as": str,
    "outcome": str,
    "confidence": float,
    "answer": (str, type(None)),
    "highlights": list,
    "reason": (str, type(None)),
    "citations": list,
    "passages": list,
    "generation": str,
    "corrections": list,
    "milliseconds": dict,
}
CITATION = {
    "number": int,
    "document": str,
    "title": str,
    "section": str,
    "page": (int, type(None)),
    "lines": list,
    "spans": list,
    "quote": list,
    "text": str,
    "sha256": str,
}
PASSAGE = {
    "id": str,
    "document": str,
    "title": str,
    "section": str,
    "kind": str,
    "page": (int, type(None)),
    "text": str,
    "spans": list,
}
RANKED = PASSAGE | {"rank": int, "score": float, "ranks": dict}


def assert_fields(row: dict[str, Any], fields: dict[str, Any]) -> None:
    """Every field of the contract, of its type; more are allowed."""
    for name, kind in fields.items():
        assert isinstance(row[name], kind), name


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def raw(document: str) -> str:
    """A source as the contract decodes it."""
    with (CORPUS / f"{document}.txt").open(encoding="utf-8", newline="") as file:
        return file.read()


def check_result(row: dict[str, Any]) -> None:
    """All that the contract promises of an answer or an abstention, from outside."""
    assert_fields(row, RESULT)
    assert 0 <= row["confidence"] <= 1
    assert row["milliseconds"]["total"] > 0
    assert [passage["rank"] for passage in row["passages"]] == list(range(1, len(row["passages"]) + 1))
    assert len(row["passages"]) == 10
    for passage in row["passages"]:
        assert_fields(passage, RANKED)
        assert {"dense", "lexical"} <= passage["ranks"].keys()
        assert all(rank >= 1 for rank in passage["ranks"].values())
        text = raw(passage["document"])
        assert letters(passage["text"]) == letters("".join(text[start:end] for start, end in passage["spans"]))
    if row["outcome"] == "abstention":
        assert (row["answer"], row["highlights"], row["citations"]) == (None, [], [])
        assert row["reason"].endswith(".")
        return
    assert (row["outcome"], row["reason"]) == ("answer", None)
    assert row["answer"] == " ".join(citation["text"] for citation in row["citations"])
    assert all(highlight in row["answer"] for highlight in row["highlights"])
    assert [citation["number"] for citation in row["citations"]] == list(range(1, len(row["citations"]) + 1))
    assert len(row["citations"]) in (1, 2, 3)
    for citation in row["citations"]:
        assert_fields(citation, CITATION)
        text = raw(citation["document"])
        assert citation["quote"] == [text[start:end] for start, end in citation["spans"]]
        assert letters(citation["text"]) == letters("".join(citation["quote"]))
        assert citation["sha256"] == hashlib.sha256((CORPUS / f"{citation['document']}.txt").read_bytes()).hexdigest()
        assert citation["lines"] == [
            min(1 + text.count("\n", 0, start) for start, _ in citation["spans"]),
            max(1 + text.count("\n", 0, end) for _, end in citation["spans"]),
        ]


def test_an_answer_is_what_the_contract_says(real_index: Path) -> None:
    result = ask(real_index, ANSWERED, "--json")
    (row,) = rows(result)
    assert (result.exit_code, result.stderr, row["outcome"]) == (0, "", "answer")
    assert (row["id"], row["turn"], row["question"], row["interpreted_as"]) == (None, 1, ANSWERED, ANSWERED)
    assert row["generation"] == store.current_generation(real_index)
    check_result(row)


def test_an_abstention_is_what_the_contract_says(real_index: Path) -> None:
    result = ask(real_index, REFUSED, "--json")
    (row,) = rows(result)
    assert (result.exit_code, result.stderr, row["outcome"]) == (1, "", "abstention")
    check_result(row)


@pytest.mark.timeout(1800)  # it asks hundreds of questions, and other programs may have most of the machine
def test_every_question_of_the_set_holds_to_the_contract(real_index: Path) -> None:
    """The answers to all of them, and every sentence that is quoted, against the files."""
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    result = ask(real_index, "--batch", ROOT / "eval" / "questions.jsonl")
    found = rows(result)
    assert result.exit_code == 0
    expected = [(q["id"], n + 1) for q in questions for n in range(len(q.get("turns", [0])))]
    assert [(row["id"], row["turn"]) for row in found] == expected
    for row in found:
        check_result(row)
    assert {row["outcome"] for row in found} == {"answer", "abstention"}


def without_time(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in row.items() if key != "milliseconds"} for row in found]


def test_the_same_question_twice_gives_the_same_bytes(real_index: Path) -> None:
    """In this process and in another one, with another seed for hashing."""
    batch = "".join(json.dumps({"id": q, "question": q}) + "\n" for q in (ANSWERED, REFUSED, "pazopanib dose"))
    first = without_time(ask(real_index, "--batch", "-", given=batch).stdout)
    second = without_time(ask(real_index, "--batch", "-", given=batch).stdout)
    command = [Path(sys.executable).with_name("qa"), "ask", "--batch", "-", "--index", real_index, "--corpus", CORPUS]
    environment = os.environ | {"PYTHONHASHSEED": "99"}
    done = subprocess.run(command, input=batch.encode(), env=environment, capture_output=True, check=True)
    third = without_time(done.stdout.decode())
    assert len(first) == 3
    assert json.dumps(first) == json.dumps(second) == json.dumps(third)
    assert done.stderr == b""


def test_asking_changes_no_file(real_index: Path) -> None:
    before = contents(real_index), contents(CORPUS)
    ask(real_index, ANSWERED, "--json")
    ask(real_index, REFUSED)
    qa_("search", ANSWERED, "--index", real_index)
    qa_("passages", "--index", real_index)
    for command in ("status", "verify", "history"):
        qa_("index", command, "--index", real_index)
    assert (contents(real_index), contents(CORPUS)) == before


def test_only_the_named_papers_are_asked(real_index: Path) -> None:
    for names in (["asps-pazopanib-2016"], ["arms-case-2019", "asps-pazopanib-2016"]):
        options = [part for name in names for part in ("--document", name)]
        (row,) = rows(ask(real_index, "What was the dose of radiation or of pazopanib?", "--json", *options))
        assert sorted({passage["document"] for passage in row["passages"]}) == names


# qa ask --batch


def test_a_bad_line_is_an_error_in_its_place(real_index: Path) -> None:
    lines = [
        '{"id": "q1", "question": "When do most relapses of rhabdomyosarcoma happen?"}',
        '{"id": "q2", "question"',
        "",
        '{"id": "q3"}',
        '["q4"]',
        '{"id": "q5", "question": "dose?", "documents": ["nowhere"]}',
        '{"id": "q6", "question": " "}',
        '{"id": "q7", "question": 7}',
        '{"id": "q8", "question": "dose?", "documents": "arms-case-2019"}',
        '{"id": "q9", "turns": []}',
        '{"id": "q10", "turns": ["What dose of pazopanib did the man take?", "", "And for how long?"]}',
        '{"id": 11, "question": "' + "x" * 100_000 + '"}',
        '{"id": "q12", "question": "\\ud800 pazopanib \\u0000 dose", "documents": ["asps-pazopanib-2016"]}',
        "[" * 100_000,
        '{"question": "Who?"}',
    ]
    result = ask(real_index, "--batch", "-", given="\n".join(lines))
    assert result.exit_code == 0
    found = rows(result)
    assert [(row["id"], row.get("turn"), row.get("outcome", "error") != "error") for row in found] == [
        ("q1", 1, True),
        (None, None, False),
        ("q3", None, False),
        (None, None, False),
        ("q5", 1, False),
        ("q6", 1, False),
        ("q7", None, False),
        ("q8", None, False),
        ("q9", None, False),
        ("q10", 1, True),
        ("q10", 2, False),
        ("q10", 3, True),
        (11, 1, False),
        ("q12", 1, True),
        (None, None, False),
        (None, 1, True),
    ]
    errors = [row["error"] for row in found if "error" in row]
    for part in (
        "cannot be read",
        "neither `question` nor `turns`",
        "JSON object",
        "no document 'nowhere'",
        "is empty",
    ):
        assert any(part in error for error in errors), part
    for row in found:
        if "error" not in row:
            assert_fields(row, RESULT)
    follow_up = next(row for row in found if row["id"] == "q10" and row["turn"] == 3)
    assert follow_up["question"] == "And for how long?"
    assert "pazopanib" in follow_up["interpreted_as"], "what it is about is put in"
    assert {p["document"] for row in found if row["id"] == "q12" for p in row["passages"]} == {"asps-pazopanib-2016"}


def test_follow_ups_can_be_asked_as_they_were_typed(real_index: Path) -> None:
    conversation = {"id": "c", "turns": ["What dose of pazopanib did the man take?", "And for how long?"]}
    lines = "\n".join(
        json.dumps(conversation | extra) for extra in ({}, {"as_typed": True}, {"as_typed": False}, {"as_typed": 1})
    )
    kept = [
        [row["interpreted_as"] == row["question"] for row in rows(result) if row.get("turn") == 2]
        for result in (ask(real_index, "--batch", "-", *option, given=lines) for option in ([], ["--as-typed"]))
    ]
    assert kept == [[False, True, False], [True, True, False]]


def test_a_batch_is_the_single_question_many_times(real_index: Path, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_text(json.dumps({"id": None, "question": ANSWERED}) + "\r\n", "utf-8")
    single = without_time(ask(real_index, ANSWERED, "--json").stdout)
    assert without_time(ask(real_index, "--batch", path).stdout) == single


def test_a_batch_that_is_not_utf_8_still_runs(real_index: Path) -> None:
    given = b'{"id": "q1", "question": "tumour \xff?"}\n{"id": "q2", "question": "tumour?"}\n'
    result = ask(real_index, "--batch", "-", given=given)
    assert (result.exit_code, [row["id"] for row in rows(result)]) == (0, ["q1", "q2"])


def test_documents_of_the_call_are_those_of_lines_without_any(real_index: Path) -> None:
    lines = ['{"id": 1, "question": "dose?"}', '{"id": 2, "question": "dose?", "documents": ["arms-case-2019"]}']
    found = rows(ask(real_index, "--batch", "-", "--document", "asps-pazopanib-2016", given="\n".join(lines)))
    places = [{passage["document"] for passage in row["passages"]} for row in found]
    assert places == [{"asps-pazopanib-2016"}, {"arms-case-2019"}]


# Exit codes, and who is told what


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask"], 2, "give a question, or --batch FILE"),
        (["ask", "a", "b"], 2, "unexpected extra argument"),
        (["ask", "dose?", "--batch", "-"], 2, "give a question, or --batch FILE"),
        (["ask", "--batch", "nowhere.jsonl"], 2, "nowhere.jsonl"),
        (["ask", ""], 2, "the question is empty"),
        (["ask", "\x00\x1b \u202e"], 2, "the question is empty"),
        (["ask", "x" * 100_000], 2, "at most 2000 can be asked"),
        (["ask", "dose?", "--document", "nowhere"], 2, "no document 'nowhere'; there are: arms-case-2019, asps-"),
        (["ask", "dose?", "--nonsense"], 2, "No such option"),
        (["search", "dose?", "--method", "magic"], 2, "'magic' is not one of"),
        (["search", "dose?", "--top-k", "0"], 2, "--top-k"),
        (["search", ""], 2, "the question is empty"),
        (["search", "dose?", "--document", "nowhere"], 2, "no document 'nowhere'"),
        (["passages", "--document", "nowhere"], 2, "no document 'nowhere'"),
        (["nonsense"], 2, "No such command"),
        (["index", "add"], 2, "Missing argument"),
        (["index", "rollback", "nothing"], 3, "no generation 'nothing'"),
        (["index", "rollback"], 3, "no earlier generation"),
        (["eval", "nowhere.jsonl"], 3, "nowhere.jsonl cannot be read"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_wrong_call_is_told_so_and_prints_no_data(
    real_index: Path, arguments: list[str], code: int, message: str
) -> None:
    known = arguments != ["nonsense"]
    result = qa_(*arguments, *(["--index", real_index] if known and arguments != ["index", "add"] else []))
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["ask", "dose?"], ["search", "dose?"], ["passages"], ["index", "status"], ["index", "verify"], ["eval"]],
    ids=" ".join,
)
def test_a_missing_index_is_told_how_to_build_it(tmp_path: Path, arguments: list[str]) -> None:
    result = qa_(*arguments, "--index", tmp_path / "nowhere")
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"there is no index in {tmp_path / 'nowhere'}; run `qa index build`" in result.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.fixture
def damaged(real_index: Path, tmp_path: Path) -> Path:
    """A copy of the real index with one byte altered."""
    folder = tmp_path / "damaged"
    shutil.copytree(real_index, folder)
    path = folder / (store.current_generation(folder) or "") / "passages.jsonl"
    path.write_bytes(path.read_bytes().replace(b"tumor", b"tumur", 1))
    return folder


@pytest.mark.parametrize(
    "arguments", [["ask", "dose?"], ["ask", "--batch", "-"], ["passages"], ["index", "verify"]], ids=" ".join
)
def test_a_damaged_index_answers_nothing_and_is_named(damaged: Path, arguments: list[str]) -> None:
    result = qa_(*arguments, "--index", damaged, given='{"id": 1, "question": "dose?"}')
    assert (result.exit_code, result.stdout) == (3, "")
    assert "passages.jsonl was altered or damaged" in result.stderr
    assert "run `qa index rollback` or `qa index build --full`" in result.stderr


def test_an_answer_for_people(real_index: Path) -> None:
    result = ask(real_index, ANSWERED)
    (row,) = rows(ask(real_index, ANSWERED, "--json"))
    assert result.exit_code == 0
    words, empty, *places = result.stdout.splitlines()
    assert words == " ".join(f"{c['text']} [{c['number']}]" for c in row["citations"])
    assert empty == ""
    for place, citation in zip(places, row["citations"], strict=True):
        first, last = citation["lines"]
        lines = f"{first}" if first == last else f"{first}-{last}"
        assert place.startswith(f"[{citation['number']}] {citation['title']}")
        assert place.endswith(f"({citation['document']}:{lines})")
    assert result.stderr == f"Confidence {row['confidence']:.0%}.\n"


def test_an_abstention_for_people(real_index: Path) -> None:
    """What comes near is data; that it is no answer is said."""
    result = ask(real_index, REFUSED)
    (row,) = rows(ask(real_index, REFUSED, "--json"))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [f"  {p['id']}: {p['text']}" for p in row["passages"][:3]]
    assert result.stderr.splitlines()[0] == f"No sentence clearly answers this. {row['reason']}"
    assert "not an answer" in result.stderr


def is_harmless(text: str) -> bool:
    return all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") for c in text)


def test_a_hostile_question_comes_back_harmless(real_index: Path) -> None:
    question = "<script>alert(1)</script> \x1b[31mpazopanib\x07 \u202edose\u200b \x9b2J **bold** $x$?"
    result = ask(real_index, question)
    assert result.exit_code in (0, 1)
    assert is_harmless(result.stdout + result.stderr)
    assert "Interpreted as: <script>alert(1)</script> [31mpazopanib dose 2J **bold** $x$?" in result.stderr
    (row,) = rows(ask(real_index, question, "--json"))
    assert row["question"] == question


# An index of one's own


@pytest.fixture
def own(tmp_path: Path) -> list[object]:
    """`--corpus` and `--index` of two small papers, built by the command."""
    (tmp_path / "papers").mkdir()
    for name, text in PAPERS.items():
        (tmp_path / "papers" / name).write_text(text, "utf-8")
    options = ["--corpus", tmp_path / "papers", "--index", tmp_path / "own"]
    result = qa_("index", "build", *options)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "is published: 2 added." in result.stderr
    return options


@pytest.fixture
def corpus(own: list[Any]) -> Path:
    return own[1]


@pytest.fixture
def folder(own: list[Any]) -> Path:
    return own[3]


def test_a_hostile_paper_comes_back_harmless(own: list[object], corpus: Path) -> None:
    """A terminal's escape codes are shown as what they are, and quoted as they stand."""
    text = "Zirconium was given at \x1b[31m5 mg\u202e a day. <b>Nothing</b> else was given.\n"
    (corpus / "hostile.txt").write_text(text, "utf-8")
    assert qa_("index", "build", *own).exit_code == 0
    for arguments in (["ask", "How much zirconium was given?"], ["search", "zirconium"], ["index", "status"]):
        result = qa_(*arguments, *(own if arguments[0] != "search" else own[2:]))
        assert is_harmless(result.stdout + result.stderr)
    found = rows(qa_("passages", "--document", "hostile", *own[2:]))
    assert [text[start:end] for row in found for start, end in row["spans"]] == [text.strip()]


def test_build_says_what_it_did(own: list[object], corpus: Path, folder: Path) -> None:
    generation = store.current_generation(folder)
    assert f"Generation {generation} is published: 2 unchanged." in qa_("index", "build", *own).stderr
    assert f"Generation {generation} is published: 2 unchanged." in qa_("index", "build", "--full", *own).stderr
    (corpus / "fruit.txt").write_text("Plums are blue.", "utf-8")
    (corpus / "bad.txt").write_bytes(b"\xff")
    result = qa_("index", "build", *own)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "is published: 1 changed, 1 unchanged." in result.stderr
    assert "Left out: bad.txt is not UTF-8" in result.stderr


def test_the_time_left_is_that_of_what_is_not_there_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        progress(90, 100, "a.txt")
        time.sleep(0.4)
        progress(91, 100, "b.txt")
    assert re.search(r"91/100 \[00:00<00:0[3-9]", capsys.readouterr().err)


def test_build_without_papers_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, message in (("empty", "there is no paper to index"), ("nowhere", "nowhere is not a folder")):
        result = qa_("index", "build", "--corpus", tmp_path / name, "--index", tmp_path / "other")
        assert (result.exit_code, result.stdout) == (3, "")
        assert message in result.stderr


def test_add_and_remove(own: list[object], corpus: Path, folder: Path, tmp_path: Path) -> None:
    paper = tmp_path / "kites.txt"
    paper.write_text("Kites fly in the wind.", "utf-8")
    first = store.current_generation(folder)
    assert "1 added, 2 unchanged" in qa_("index", "add", paper, *own).stderr
    assert (corpus / "kites.txt").exists()
    result = qa_("index", "remove", "kites", *own)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 removed, 2 unchanged" in result.stderr
    assert store.current_generation(folder) == first
    assert not any(b"Kites" in data for data in contents(tmp_path / "papers").values() if data)
    assert "no index any more" in qa_("index", "remove", "fruit", "stones", *own).stderr
    assert qa_("index", "status", *own).exit_code == 3
    for arguments, message in (
        (["remove", "nowhere"], "no paper 'nowhere'"),
        (["add", "x.txt"], "x.txt is not a file"),
    ):
        result = qa_("index", *arguments, *own)
        assert (result.exit_code, result.stdout) == (3, "")
        assert message in result.stderr


def test_status(own: list[object], corpus: Path, folder: Path) -> None:
    (row,) = rows(qa_("index", "status", "--json", *own))
    assert (row["generation"], row["state"], row["differences"]) == (store.current_generation(folder), "fresh", [])
    assert [(paper["id"], paper["title"], paper["pages"]) for paper in row["documents"]] == [
        ("fruit", "fruit", None),
        ("stones", "stones", None),
    ]
    assert sum(paper["passages"] for paper in row["documents"]) == 3
    assert row["search"]["sentences"] == {"kind": "exact", "rows": 7}
    text = qa_("index", "status", *own).stdout
    assert "2 papers, 3 passages" in text
    assert "the vectors of 7 sentences are all compared with a question" in text
    assert "up to date" in text
    (corpus / "fruit.txt").write_text("Plums.", "utf-8")
    (row,) = rows(qa_("index", "status", "--json", *own))
    assert (row["state"], row["differences"]) == ("stale", ["fruit.txt or its entry in corpus.bib has changed"])
    assert "stale; run `qa index build`" in qa_("index", "status", *own).stdout


def test_a_text_in_another_language_is_listed_as_not_judged(own: list[object], corpus: Path) -> None:
    (corpus / "eulen.txt").write_text(
        "Die Eule jagt in der Nacht mit dem Ohr und wird von den anderen Tieren nicht gesehen. "
        "Sie ist auf der Suche nach der Maus, die sich unter dem Schnee bewegt.",
        "utf-8",
    )
    assert qa_("index", "build", *own).exit_code == 0
    assert "not judged: eulen: its language is not English" in qa_("index", "status", *own).stdout
    (row,) = rows(qa_("index", "status", "--json", *own))
    (paper,) = (paper for paper in row["documents"] if paper["id"] == "eulen")
    assert paper["quality"] == [
        {"page": None, "score": 1.0, "reasons": ["its language is not English"], "judged": False}
    ]


def test_badly_read_pages_are_listed_and_their_quotes_warn(
    own: list[object], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page whose words were torn apart, as those of a scan that was read by a poor program."""
    torn = "The ow l hunt s b y e ar wi th zxqj a t nig ht."
    (corpus / "owls.pdf").write_bytes(pdf("The bat eats moths.", f"{torn}\n{torn}"))
    assert qa_("index", "build", *own).exit_code == 0
    assert re.search(r"read at 0\.\d\d of 1: owls, page 2: \d+% of the words", qa_("index", "status", *own).stdout)
    (row,) = rows(qa_("index", "status", "--json", *own))
    quality = {paper["id"]: paper["quality"] for paper in row["documents"]}
    assert quality["fruit"] == [{"page": None, "score": 1.0, "reasons": [], "judged": True}]
    assert [(found["page"], found["score"] < 0.5) for found in quality["owls"]] == [(1, False), (2, True)]
    monkeypatch.setenv("QA_ASK_MAX_WRONG", "1")
    answer = qa_("ask", "zxqj", *own, "--json")
    warnings = {c["page"]: c["warning"] for row in rows(answer) for c in row["citations"]}
    assert warnings[2].startswith("This page was read badly: ")
    assert "[1] This page was read badly: " in qa_("ask", "zxqj", *own).stderr


def test_verify_history_and_rollback(own: list[object], corpus: Path, folder: Path) -> None:
    first = store.current_generation(folder)
    (corpus / "fruit.txt").unlink()
    qa_("index", "build", *own)
    second = store.current_generation(folder)
    sound = qa_("index", "verify", *own[2:])
    assert (sound.exit_code, sound.stderr) == (0, "")
    assert f"{second} is sound: 1 papers, 1 passages and 3 sentences" in sound.stdout
    found = rows(qa_("index", "history", "--json", *own[2:]))
    assert [(row["generation"], row["current"], row["kept"]) for row in found] == [
        (first, False, True),
        (second, True, True),
    ]
    back = qa_("index", "rollback", *own[2:])
    assert (back.exit_code, back.stdout, back.stderr) == (0, "", f"Generation {first} is current again.\n")
    told = qa_("index", "history", *own[2:])
    assert "− 1 paper: fruit · by " in told.stderr
    lines = told.stdout.splitlines()
    assert [line.split()[1:] for line in lines] == [
        [first, "build"],
        [second, "build"],
        [first, "rollback", "current"],
    ]
    assert qa_("index", "rollback", second, *own[2:]).exit_code == 0
    assert store.current_generation(folder) == second


def test_a_stale_index_answers_with_a_warning(own: list[object], corpus: Path) -> None:
    question = "Does basalt cool quickly from lava?"
    fresh = qa_("ask", question, "--json", *own)
    assert fresh.stderr == ""
    (corpus / "fruit.txt").write_text("Plums are blue.", "utf-8")
    stale = qa_("ask", question, "--json", *own)
    assert "the index is stale (fruit.txt or its entry" in stale.stderr
    assert stale.stderr.strip().endswith("run `qa index build`")
    assert without_time(stale.stdout) == without_time(fresh.stdout)
    assert qa_("ask", question, "--json", *own[2:]).stderr == ""


def test_a_fault_of_the_corpus_does_not_keep_the_index_from_answering(own: list[object], corpus: Path) -> None:
    (corpus / "corpus.bib").write_text("@article{fruit,\n  title = {Fruit\n", "utf-8")
    assert qa_("ask", "Does basalt cool quickly from lava?", *own).exit_code in (0, 1)


# The other commands


def test_passages_are_the_index(real_index: Path) -> None:
    found = rows(qa_("passages", "--index", real_index))
    assert [row["id"] for row in found] == [passage.id for passage in store.load(real_index).passages]
    for row in found:
        assert_fields(row, PASSAGE)
        assert row["kind"] in ("body", "caption", "abstract", "table", "reference")
        text = raw(row["document"])
        assert letters(row["text"]) == letters("".join(text[start:end] for start, end in row["spans"]))
    one = rows(qa_("passages", "--index", real_index, "--document", "asps-pazopanib-2016"))
    assert one == [row for row in found if row["document"] == "asps-pazopanib-2016"]
    assert 0 < len(one) < len(found)


def test_a_paper_is_shown_as_it_was_read(real_index: Path) -> None:
    shown = qa_("show", "arms-case-2019", "--index", real_index).stdout
    passages = rows(qa_("passages", "--document", "arms-case-2019", "--index", real_index))
    places = [shown.index(row["text"]) for row in passages]
    assert places == sorted(places)
    assert shown.count("[Discussion · body]") == 1
    assert [row["text"] for row in rows(qa_("show", "arms-case-2019", "--json", "--index", real_index))] == [
        row["text"] for row in passages
    ]
    refused = qa_("show", "nowhere", "--index", real_index)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "there is no document 'nowhere'; there are: arms-case-2019" in refused.stderr


def test_what_is_not_searched_is_shown_with_its_kind(real_index: Path) -> None:
    left = rows(qa_("show", "arms-case-2019", "--left-out", "--json", "--index", real_index))
    raw = store.load(real_index).by_id["arms-case-2019"].raw
    assert left
    assert all(raw[row["start"] : row["end"]] == row["raw"] for row in left)
    assert {row["kind"] for row in left} == {"head"}
    shown = qa_("show", "arms-case-2019", "--left-out", "--index", real_index)
    assert len(shown.stdout.splitlines()) == len(left)
    assert "running head, foot or page number" in shown.stderr


def test_every_edit_is_shown_with_its_place(real_index: Path) -> None:
    text = raw("arms-case-2019")
    edits = rows(qa_("show", "arms-case-2019", "--edits", "--json", "--index", real_index))
    assert all(edit["raw"] == text[edit["start"] : edit["end"]] for edit in edits)
    assert [edit["start"] for edit in edits] == sorted(edit["start"] for edit in edits)
    main = text.index("main-")
    assert {"name": "join_hyphens", "kind": "join", "replacement": ""}.items() <= next(
        edit for edit in edits if edit["start"] == main + 4
    ).items()
    caption = next(edit for edit in edits if edit["kind"] == "lift" and "Figure 4." in edit["raw"])
    assert caption["name"] == "lift_captions"
    shown = qa_("show", "arms-case-2019", "--edits", "--index", real_index)
    assert len(shown.stdout.splitlines()) == len(edits)
    assert re.search(r"\d+  join_hyphens \(join\)", shown.stderr)


@pytest.mark.parametrize("method", ["dense", "lexical", "hybrid"])
def test_search_ranks_without_an_answer(real_index: Path, real_assistant: Assistant, method: Any) -> None:
    arguments = ["search", "dose of pazopanib", "--method", method, "--top-k", "3", "--index", real_index]
    result = qa_(*arguments, "--json")
    found = rows(result)
    assert (result.exit_code, result.stderr) == (0, "")
    expected = real_assistant.search("dose of pazopanib", method, 3)
    assert [(row["rank"], row["id"]) for row in found] == [(n, hit.passage.id) for n, hit in enumerate(expected, 1)]
    for row in found:
        assert_fields(row, RANKED)
    text = qa_(*arguments).stdout
    assert [line.split()[1] for line in text.splitlines() if line[0].isdigit()] == [row["id"] for row in found]


def test_search_is_hybrid_with_ten_unless_told_otherwise(real_index: Path, real_assistant: Assistant) -> None:
    found = rows(qa_("search", "tumour", "--json", "--index", real_index, "--document", "arms-case-2019"))
    expected = real_assistant.search("tumour", "hybrid", 10, Scope(["arms-case-2019"]))
    assert [row["id"] for row in found] == [hit.passage.id for hit in expected]


def test_eval_prints_the_table(real_index: Path, tmp_path: Path) -> None:
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    chosen = [line for line in lines if json.loads(line)["kind"] in ("off-topic", "caption")][:8]
    (tmp_path / "few.jsonl").write_text("\n".join(chosen), "utf-8")
    result = qa_("eval", tmp_path / "few.jsonl", "--index", real_index)
    header, *table = result.stdout.splitlines()
    kinds = {json.loads(line)["kind"] for line in chosen}
    assert result.exit_code == 0
    assert "recall@1" in header
    assert {line.split()[0] for line in table[: len(kinds) + 1]} == kinds | {"all"}


def test_eval_names_a_wrong_line(real_index: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.jsonl").write_text('{"id": "q1"}', "utf-8")
    result = qa_("eval", tmp_path / "wrong.jsonl", "--index", real_index)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "wrong.jsonl, line 1" in result.stderr


def test_doctor_finds_nothing_wrong(own: list[object]) -> None:
    result = qa_("doctor", *own)
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        f"ok    {check}"
        for check in ("encoder", "reader", "calibration", "corpus", "bibliography", "index", "freshness")
    ]
    assert "384 dimensions" in result.stdout
    assert result.exit_code == 0


def missing_corpus(own: list[Any]) -> None:
    shutil.rmtree(own[1])


def broken_bibliography(own: list[Any]) -> None:
    (own[1] / "corpus.bib").write_text("@misc{a, title = {A}}\n@misc{a, title = {B}}\n@misc{c, title = {\n", "utf-8")


def missing_index(own: list[Any]) -> None:
    shutil.rmtree(own[3])


def stale_index(own: list[Any]) -> None:
    (own[1] / "fruit.txt").unlink()


def damaged_index(own: list[Any]) -> None:
    (own[3] / (store.current_generation(own[3]) or "") / "passages.faiss").write_bytes(b"")


@pytest.mark.parametrize(
    ("fault", "wrong", "remedy"),
    [
        (missing_corpus, ["corpus", "freshness"], "copy papers (.txt, .pdf) into it"),
        (broken_bibliography, ["bibliography"], "corpus.bib, line 2: the key 'a' is already"),
        (missing_index, ["index", "freshness"], "run `qa index build`"),
        (stale_index, ["freshness"], "the index is stale; run `qa index build`"),
        (damaged_index, ["index", "freshness"], "run `qa index rollback` or `qa index build --full`"),
    ],
)
def test_doctor_finds_what_is_wrong(
    own: list[Any], fault: Callable[[list[Any]], None], wrong: list[str], remedy: str
) -> None:
    fault(own)
    result = qa_("doctor", *own)
    found = [line for line in result.stdout.splitlines() if line.startswith("wrong")]
    assert [line.split()[1].rstrip(":") for line in found] == wrong
    assert remedy in found[0]
    assert result.exit_code == 3


def test_doctor_names_what_is_not_read(own: list[Any]) -> None:
    (own[1] / "notes.docx").write_bytes(b"")
    (own[1] / "corpus.bib").write_text("@misc{a, title = {A}}\n@misc{a, title = {B}}\n@misc{c, title = {\n", "utf-8")
    text = qa_("doctor", *own).stdout
    assert re.search(r"ok    corpus: 2 papers in .*\n +Left out: notes\.docx: \.docx files are not read", text)
    assert re.search(r"wrong bibliography: corpus\.bib, line 2: .*\n +corpus\.bib, line 3: ", text)


def test_doctor_says_how_passages_are_read(own: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ok    reader: reader.onnx reads the first" in qa_("doctor", *own).stdout
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    monkeypatch.setenv("QA_ASK_READER_MODEL", str(tmp_path / "broken.onnx"))
    result = qa_("doctor", *own)
    assert result.exit_code == 3
    assert "wrong reader:" in result.stdout
    monkeypatch.setenv("QA_ASK_READER", "false")
    result = qa_("doctor", *own)
    assert result.exit_code == 0
    assert "ok    reader: by embeddings and words" in result.stdout


def test_doctor_names_a_missing_calibration(own: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALIBRATION", "READER_CALIBRATION"):
        monkeypatch.setenv(f"QA_ASK_{name}", "nowhere.json")
    result = qa_("doctor", *own)
    assert result.exit_code == 3
    assert "wrong calibration: the calibration nowhere.json cannot be read" in result.stdout
    assert qa_("ask", "dose?", *own).exit_code == 3


@pytest.mark.parametrize("before", ["missing", "stale", "damaged", "fresh"])
def test_serve_builds_an_index_where_there_is_none_and_publishes_nothing_by_itself(
    own: list[Any], before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[Path, Path, int, str | None]] = []
    monkeypatch.setattr(serve, "run_server", lambda *arguments: served.append(arguments))
    monkeypatch.setattr(serve, "check_port", lambda port: None)
    {"missing": missing_index, "stale": stale_index, "damaged": damaged_index, "fresh": lambda own: None}[before](own)
    with monkeypatch.context() as patch:
        if before in ("fresh", "stale"):
            patch.delattr(Library, "update")
        result = qa_("serve", "--port", "8765", *own)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "http://localhost:8765" in result.stderr
    assert served == [(own[1], own[3], 8765, None)]
    assert Library(own[1], own[3]).freshness() == ("stale" if before == "stale" else "fresh")
    assert ("have changed since this index was published" in result.stderr) == (before == "stale")


def test_serve_builds_what_has_changed_if_it_is_told_to(own: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "run_server", lambda *arguments: None)
    monkeypatch.setattr(serve, "check_port", lambda port: None)
    stale_index(own)
    assert "Reading the papers" in qa_("serve", "--build", "--port", "8765", *own).stderr
    assert Library(own[1], own[3]).freshness() == "fresh"


@pytest.mark.parametrize("build", [[], ["--build"]], ids=["qa serve", "make run"])
def test_a_rollback_outlasts_a_restart(
    build: list[str], own: list[Any], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "run_server", lambda *arguments: None)
    monkeypatch.setattr(serve, "check_port", lambda port: None)
    first = store.current_generation(own[3])
    (corpus / "kites.txt").write_text("Kites fly high. They need wind.", "utf-8")
    assert qa_("index", "build", *own).exit_code == 0
    qa_("index", "rollback", "--why", "kites are no fruit", *own)
    result = qa_("serve", *build, "--port", "8765", *own)
    assert "it was rolled back on purpose" in result.stderr
    assert store.current_generation(own[3]) == first
    assert rows(qa_("index", "history", "--json", *own[2:]))[-1]["why"] == "kites are no fruit"


def test_serve_says_that_the_port_is_taken_before_it_reads(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = qa_("serve", "--port", port, "--corpus", tmp_path / "no", "--index", tmp_path / "no")
    assert result.exit_code == 3
    assert f"port {port} is taken" in result.stderr


def test_folders_can_be_named_by_the_environment(own: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_CORPUS_DIR", str(own[1]))
    monkeypatch.setenv("QA_INDEX_DIR", str(own[3]))
    assert "up to date" in qa_("index", "status").stdout


HEAVY = {"torch", "faiss", "streamlit", "sentence_transformers", "bm25s", "numpy", "sklearn", "pydantic"}


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "--help"], ["--version"], ["ask"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom qa.cli import cli\n"
        f"try:\n    cli({arguments!r})\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "qa.types" in done.stderr.split()
    assert HEAVY & set(done.stderr.split()) == set()


def test_every_command_of_the_contract_is_there() -> None:
    commands = {"ask", "search", "passages", "eval", "doctor", "index"}
    assert commands <= cli.commands.keys()
    index = cli.commands["index"].commands.keys()  # type: ignore[attr-defined]
    assert {"build", "add", "remove", "status", "verify", "history", "rollback"} <= index
    for options in (["ask", "--batch"], ["search", "--top-k"], ["index", "build", "--full"], ["eval", "--index"]):
        assert options[-1] in qa_(*options[:-1], "--help").stdout


def test_an_index_of_another_encoder_is_refused(tmp_path: Path, real_index: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "stones.txt").write_text(PAPERS["stones.txt"], "utf-8")
    Library(tmp_path / "papers", tmp_path / "fake", encoder=FakeEncoder()).update()
    result = qa_("ask", "basalt?", "--index", tmp_path / "fake")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "made with another encoder; run `qa index build`" in result.stderr
