"""`qa doctor`: it finds what is wrong, names the command that mends it, and changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.config import PROJECT
from qa.doctor import environment, generations, space
from qa.doctor.checks import ALWAYS, CHECKS, look, look_at
from qa.doctor.finding import Asked, Finding
from qa.index import audit, library, store
from qa.index.library import Library
from qa.types import StoreError
from qa.userdata import database
from tests.conftest import PAPERS, ROOT, FakeEncoder

SEEN = [name for name in CHECKS if name not in ("encoder", "reader", "calibration", "port")]
"""Checks that need no model, and nothing but the folders of the test."""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings from outside, an own working folder, and the encoder that counts letters for all that builds."""
    for name in os.environ:
        if name.startswith("QA_") and name != "QA_READ_APART":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "open_encoder", lambda name: FakeEncoder())


@pytest.fixture
def asked(corpus: Path, tmp_path: Path) -> Asked:
    """Two papers and their index, with an older generation."""
    (corpus / "stones.txt").write_text("Basalt is hard.\n", "utf-8")
    Library(corpus, tmp_path / "index", encoder=FakeEncoder()).update()
    (corpus / "stones.txt").write_text(PAPERS["stones.txt"], "utf-8")
    Library(corpus, tmp_path / "index", encoder=FakeEncoder()).update()
    return again(corpus, tmp_path / "index")


def again(corpus: Path, folder: Path, **options: Any) -> Asked:
    return Asked(corpus, folder, encoder=FakeEncoder(), state=Path("state"), **options)


def found(asked: Asked, *checks: str) -> list[Finding]:
    """What the checks find of two folders, as they are now; of all that need no model, if none is named."""
    now = again(asked.corpus, asked.folder, quick=asked.quick, settings=asked.settings)
    return [finding for finding in look_at(now, checks or SEEN) if finding.state != "ok"]


def commands(finding: Finding) -> list[str]:
    return re.findall("`([^`]+)`", finding.remedy)


def do(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person would do who reads the command."""
    words = shlex.split(line)
    if words[0] == "export":
        monkeypatch.setenv(*words[1].split("=", 1))
    elif words[0] == "unset":
        monkeypatch.delenv(words[1])
    elif words[0] == "qa":
        done = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
    else:
        assert words[0] in ("mv", "rm", "chmod", "cp")
        subprocess.run(words, check=True)


def current(asked: Asked) -> Path:
    return asked.folder / (store.current_generation(asked.folder) or "")


def older(asked: Asked) -> Path:
    return asked.folder / str(store.history(asked.folder)[0]["generation"])


def test_nothing_is_wrong(asked: Asked) -> None:
    assert found(asked) == []
    assert {finding.check for finding in look_at(again(asked.corpus, asked.folder), SEEN)} == set(SEEN)


def test_a_finding_needs_a_command() -> None:
    with pytest.raises(ValueError, match="no command"):
        Finding("index", "wrong", "it is damaged", "build it anew")


# What is wrong in the folders, and whether its command mends it


def no_corpus(asked: Asked) -> None:
    shutil.rmtree(asked.corpus)


def empty_corpus(asked: Asked) -> None:
    no_corpus(asked)
    asked.corpus.mkdir()


def no_index(asked: Asked) -> None:
    shutil.rmtree(asked.folder)


def damaged(asked: Asked) -> None:
    (current(asked) / "passages.faiss").write_bytes(b"")


def damaged_in_secret(asked: Asked) -> None:
    """A byte that only a look at every byte tells: the time of the file is the same."""
    path = current(asked) / "passages.jsonl"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Apples", b"Appled"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def damaged_older(asked: Asked) -> None:
    (older(asked) / "passages.jsonl").write_bytes(b"{}\n")


def pointer_to_nothing(asked: Asked) -> None:
    (asked.folder / "CURRENT").write_text("0123456789ab\n", "utf-8")


def new_paper(asked: Asked) -> None:
    (asked.corpus / "owls.txt").write_text("Owls hunt at night.\n", "utf-8")


def changed_paper(asked: Asked) -> None:
    (asked.corpus / "stones.txt").write_text("Basalt is soft.\n", "utf-8")


def gone_paper(asked: Asked) -> None:
    (asked.corpus / "stones.txt").unlink()


def unreadable(asked: Asked) -> None:
    (asked.corpus / "owls.pdf").write_bytes(b"no PDF")
    Library(asked.corpus, asked.folder, encoder=FakeEncoder()).update()


def went_back(asked: Asked) -> None:
    Library(asked.corpus, asked.folder, encoder=FakeEncoder(), by="Ada").rollback(why="stones were wrong")


def killed_while_writing(asked: Asked) -> None:
    (asked.folder / ".building-x1").mkdir()
    (asked.folder / ".building-x1" / "passages.jsonl").write_bytes(b"{")


def killed_while_reading(asked: Asked) -> None:
    (store.parts(asked.folder) / "0123").mkdir(parents=True)


def killed_while_deleting(asked: Asked) -> None:
    (asked.folder / "0123456789ab").mkdir()


def changed_log(asked: Asked) -> None:
    path = asked.folder / audit.FILE
    path.write_bytes(path.read_bytes().replace(b'"build"', b'"buIld"', 1))


def broken_database(asked: Asked) -> None:
    Path("state").mkdir()
    Path("state", database.FILE).write_bytes(b"no database at all" * 100)


def twice(asked: Asked) -> None:
    text = (ROOT / "corpus" / "asps-pazopanib-2016.txt").read_text("utf-8")
    (asked.corpus / "one.txt").write_text(text, "utf-8")
    (asked.corpus / "two.txt").write_text(f"A preprint\n\n{text[2000:]}", "utf-8")
    Library(asked.corpus, asked.folder, encoder=FakeEncoder()).update()


FAULTS: dict[Callable[[Asked], None], list[tuple[str, str]]] = {
    no_corpus: [("corpus", "wrong"), ("freshness", "wrong")],
    empty_corpus: [("corpus", "note"), ("freshness", "wrong"), ("drift", "note")],
    no_index: [("index", "wrong"), ("freshness", "wrong")],
    damaged: [("index", "wrong"), ("freshness", "wrong")],
    damaged_in_secret: [("index", "wrong"), ("freshness", "wrong")],
    damaged_older: [("generations", "note")],
    pointer_to_nothing: [("index", "wrong"), ("freshness", "wrong")],
    new_paper: [("freshness", "wrong"), ("drift", "note")],
    changed_paper: [("freshness", "wrong"), ("drift", "note")],
    gone_paper: [("freshness", "wrong"), ("drift", "note")],
    unreadable: [("failures", "note")],
    went_back: [("freshness", "note"), ("drift", "note"), ("rollback", "note")],
    killed_while_writing: [("leftovers", "note")],
    killed_while_reading: [("leftovers", "note")],
    killed_while_deleting: [("leftovers", "note")],
    changed_log: [("audit", "wrong")],
    broken_database: [("state", "wrong")],
    twice: [("copies", "note")],
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found_and_its_command_mends_it(
    fault: Callable[[Asked], None], asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(asked)
    before = found(asked)
    assert [(finding.check, finding.state) for finding in before] == FAULTS[fault]
    file = tmp_path / "lava.txt"
    file.write_text("Lava flows down the hill.\n", "utf-8")
    (asked.corpus / "owls.pdf").unlink(missing_ok=True)
    for finding in before:
        if finding in found(asked):
            do(commands(finding)[-1].replace("FILE", str(file)), monkeypatch)
            assert finding not in found(asked)
    assert found(asked) == []


def test_drift_names_the_papers(asked: Asked) -> None:
    new_paper(asked)
    gone_paper(asked)
    (text,) = (finding.found for finding in found(asked, "drift"))
    assert "owls.txt is not in the index yet" in text
    assert "stones is no longer in" in text


def test_drift_names_other_settings(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_INDEX_PASSAGE_MAX_WORDS", "40")
    (finding,) = (f for f in look_at(again(asked.corpus, asked.folder), ["drift"]))
    assert "the settings, the encoder or the reading rules have changed" in finding.found


def test_many_changes_are_counted(asked: Asked) -> None:
    for number in range(9):
        (asked.corpus / f"owl{number}.txt").write_text("Owls hunt at night.\n", "utf-8")
    assert "and 4 more" in found(asked, "drift")[0].found


def test_a_rollback_says_who_and_why(asked: Asked) -> None:
    went_back(asked)
    (finding,) = found(asked, "rollback")
    assert re.search(
        r"went back to generation \w{12} \(\d{4}-\d\d-\d\d, by Ada, because: stones were wrong\)", finding.found
    )


def test_quick_reads_not_every_byte(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any) -> list[str]:
        raise AssertionError("every byte is read")

    monkeypatch.setattr(store, "problems", refused)
    told = [*look_at(again(asked.corpus, asked.folder, quick=True), SEEN)]
    assert all(finding.state == "ok" for finding in told)
    damaged(asked)
    told = [*look_at(again(asked.corpus, asked.folder, quick=True), ["index"])]
    assert told[0].state == "wrong"


def test_a_candidate_waits(asked: Asked) -> None:
    new_paper(asked)
    prepared = Library(asked.corpus, asked.folder, encoder=FakeEncoder()).prepare()
    (finding,) = found(asked, "candidate")
    assert prepared.generation in finding.found
    Library(asked.corpus, asked.folder).discard(prepared.generation)
    assert found(asked, "candidate") == []


def test_a_lock_is_seen_and_its_holder_named(asked: Asked) -> None:
    hold = (
        "import sys\nfrom pathlib import Path\nfrom qa.index import store\n"
        "with store.writing(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    holder = [sys.executable, "-c", hold, str(asked.folder)]
    with subprocess.Popen(holder, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"held\n"
        killed_while_writing(asked)
        (finding,) = found(asked, "lock", "leftovers")
        assert finding.check == "lock"
        if Path("/proc/locks").exists():
            assert str(process.pid) in commands(finding)[0]
        process.communicate(b"")
    assert found(asked, "lock") == []


def test_no_space_is_left(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    on_disk, *others, takes = found(asked, "disk", "space")
    assert commands(on_disk) == [f"qa index prune --index {asked.folder} --keep 1"]
    assert all(commands(other)[0].startswith("df -h ") for other in others) and len(others) == 2
    assert (takes.check, takes.state) == ("space", "note")
    assert commands(takes) == commands(on_disk)


def test_space_for_two_generations_is_asked_for(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    size = generations.size(current(asked))
    assert size == sum(path.stat().st_size for path in current(asked).rglob("*") if path.is_file())
    for free, wrong in ((space.MARGIN + 2 * size - 1, 1), (space.MARGIN + 2 * size, 0)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: SimpleNamespace(free=free))
        assert len(found(asked, "disk")) == wrong


# The environment


@pytest.mark.parametrize(
    ("named", "state", "says"),
    [
        ("click<1", "wrong", "click<1 is needed, and 8"),
        ("no-such-library>=2", "wrong", "no-such-library>=2 is needed, and none is installed"),
        ("no-such-library>=2; extra == 'milvus'", "ok", ""),
        ("no-such-library>=2; python_version < '3'", "ok", ""),
    ],
)
def test_libraries_are_those_that_are_named(
    named: str, state: str, says: str, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "requires", lambda name: [named, "numpy"])
    (finding,) = CHECKS["packages"](asked)
    assert finding.state == state
    assert finding.found.startswith(says)
    if state == "wrong":
        words = shlex.split(commands(finding)[0])
        assert words == [sys.executable, "-m", "pip", "install", named]


def test_pytorch_is_only_needed_for_other_encoders(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "requires", lambda name: ["torch==1", "numpy"])
    monkeypatch.setattr(environment, "version", lambda name: missing(name) if name == "torch" else "2")
    assert [finding.state for finding in CHECKS["packages"](asked)] == ["note"]


def missing(name: str) -> str:
    raise environment.PackageNotFoundError(name)


def test_python_and_sqlite_are_new_enough(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "NEEDED", (99, 0, 0))
    monkeypatch.setattr(environment, "metadata", lambda name: {"Requires-Python": ">=4"})
    old = found(asked, "python", "sqlite")
    assert [(finding.check, finding.state) for finding in old] == [("python", "wrong"), ("sqlite", "wrong")]
    assert "99.0.0" in old[1].found


def test_a_setting_of_the_wrong_kind_is_named(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_ASK_READ_K", "many")
    (finding,) = look(asked.corpus, asked.folder)
    assert (finding.check, finding.state) == ("settings", "wrong")
    do(commands(finding)[-1], monkeypatch)
    assert next(look(asked.corpus, asked.folder)).state == "ok"


def test_a_port_that_is_taken_is_no_fault(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("", 0))
        listener.listen()
        monkeypatch.setattr(environment, "_PORT", listener.getsockname()[1])
        (finding,) = CHECKS["port"](asked)
    assert finding.state == "ok"
    assert "is taken" in finding.found


# What users leave behind


def test_a_database_of_a_newer_program(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction(Path("state")):
        pass
    assert found(asked, "state") == []
    with closing(sqlite3.connect(Path("state", database.FILE))) as connection:
        connection.execute("PRAGMA user_version = 99")
    (finding,) = found(asked, "state")
    assert "version 99" in finding.found
    do(commands(finding)[-1], monkeypatch)
    now = Asked(asked.corpus, asked.folder)
    assert [finding.state for finding in CHECKS["state"](now)] == ["ok"]


def test_a_state_folder_that_cannot_be_written_to(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (finding,) = found(asked, "state")
    assert commands(finding)[0].startswith("chmod u+rwx ")


def test_folders_that_cannot_be_written_to(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    rights = found(asked, "rights")
    assert [(finding.state, commands(finding)) for finding in rights] == [
        ("note", [f"chmod -R u+w {folder}"]) for folder in (asked.folder, asked.corpus)
    ]


def test_a_database_in_use_is_left_as_it_is(asked: Asked) -> None:
    """The newest rows are still in the log beside it."""
    with database.transaction(Path("state")) as connection:
        connection.execute("CREATE TABLE more (x)")
    with database.snapshot(Path("state")) as reading:
        reading.execute("SELECT * FROM more").fetchall()
        with database.transaction(Path("state")) as connection:
            connection.execute("INSERT INTO more VALUES (1)")
        before = everything(Path("state"))
        assert {path.name for path in before} >= {database.FILE, f"{database.FILE}-wal"}
        assert found(asked, "state") == []
        assert everything(Path("state")) == before


# It changes nothing


def everything(*folders: Path) -> dict[Path, tuple[Any, ...]]:
    """Size, time and content of each file and folder in there."""
    paths = [path for folder in folders for path in [folder, *folder.rglob("*")]]
    return {
        path: (
            path.lstat().st_mode,
            path.lstat().st_size,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in paths
    }


_WATCHED: list[tuple[Path, list[str]]] = []
_WRITES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.utime", "os.chmod", "os.truncate", "sqlite3.connect")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what this process writes into a watched folder; Python cannot take such a hook away again."""
    if not _WATCHED or not (event in _WRITES or (event == "open" and arguments[2] & _WRITING)):
        return
    folder, seen = _WATCHED[-1]
    beside = Path.cwd()
    if isinstance(arguments[-1], int) and arguments[-1] > 0 and event in ("os.remove", "os.rmdir"):
        beside = Path(f"/proc/self/fd/{arguments[-1]}").resolve()  # names within a folder that is being deleted
    for named in arguments[: 2 if event == "os.rename" else 1]:
        path = beside / os.fsdecode(named) if isinstance(named, str | bytes | os.PathLike) else beside
        if path.is_relative_to(folder):
            seen.append(f"{event} {path}")


sys.addaudithook(_watch)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[list[str]]:
    """What is written into the folder of the test meanwhile."""
    seen: list[str] = []
    _WATCHED.append((tmp_path, seen))
    (tmp_path / "seen").write_bytes(b"")
    assert seen == [f"open {tmp_path / 'seen'}"]
    yield seen
    _WATCHED.pop()


@pytest.mark.parametrize("fault", [None, *FAULTS], ids=lambda fault: fault.__name__ if fault else "nothing")
def test_nothing_is_changed(
    fault: Callable[[Asked], None] | None, asked: Asked, tmp_path: Path, watched: list[str]
) -> None:
    with database.transaction(Path("state")):
        pass
    if fault and fault is not broken_database:
        fault(asked)
    before = everything(tmp_path)
    watched.clear()
    found(asked)
    assert watched == []
    assert everything(tmp_path) == before


def test_folders_may_be_read_only(asked: Asked, tmp_path: Path, watched: list[str]) -> None:
    folders = [path for path in tmp_path.rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    watched.clear()
    try:
        assert {finding.check for finding in found(asked)} <= {
            "rights",
            "state",
        }  # none of them, if root runs the tests
    finally:
        assert watched == []
        for folder in folders:
            folder.chmod(0o755)


# Names and errors


@pytest.mark.parametrize("name", ["-rf", "two words", "it's", "$(touch owned)"])
def test_a_name_is_one_word_of_the_command(name: str, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "corpus" / "asps-pazopanib-2016.txt").read_text("utf-8")
    (asked.corpus / "whole.txt").write_text(text, "utf-8")
    (asked.corpus / f"{name}.txt").write_text(text[: len(text) // 2], "utf-8")
    Library(asked.corpus, asked.folder, encoder=FakeEncoder()).update()
    (finding,) = found(asked, "copies")
    assert shlex.split(commands(finding)[0])[-1] == name
    do(commands(finding)[0], monkeypatch)
    assert found(asked, "copies") == []
    assert not Path("owned").exists()


def test_a_check_that_fails_does_not_stop_the_others(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(asked: Asked) -> list[Finding]:
        raise IndexError("no such row")

    monkeypatch.setitem(CHECKS, "copies", fails)
    (finding,) = found(asked)
    assert (finding.check, finding.state) == ("copies", "wrong")
    assert "IndexError: no such row" in finding.found


def test_one_fault_is_told_once(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(asked: Asked) -> list[Finding]:
        raise StoreError("it is damaged; run `qa index build`")

    for name in ("index", "audit", "space"):
        monkeypatch.setitem(CHECKS, name, fails)
    assert [finding.check for finding in found(asked)] == ["index"]


# The command


@pytest.mark.model
def test_json_is_one_object_a_line(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged_older(asked)
    options = ["--corpus", str(asked.corpus), "--index", str(asked.folder)]
    done = CliRunner().invoke(cli, ["doctor", "--json", *options], catch_exceptions=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(row.keys() == {"check", "state", "found", "remedy"} for row in rows)
    assert [row["check"] for row in rows] == ["settings", *CHECKS]
    assert {row["check"] for row in rows if row["state"] == "note"} == {"generations"}
    assert done.exit_code == 0


@pytest.mark.model
def test_of_most_checks_only_what_they_found_is_told(asked: Asked) -> None:
    killed_while_writing(asked)
    options = ["--corpus", str(asked.corpus), "--index", str(asked.folder)]
    done = CliRunner().invoke(cli, ["doctor", *options], catch_exceptions=False)
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "note  leftovers" if name == "leftovers" else f"ok    {name}"
        for name in CHECKS
        if name in (*ALWAYS, "leftovers")
    ]
    assert "`qa doctor --all` lists them" in done.stderr
    everything_told = CliRunner().invoke(cli, ["doctor", "--all", *options], catch_exceptions=False)
    assert len(everything_told.stdout.splitlines()) == len(CHECKS) + 1


@pytest.mark.model
@pytest.mark.parametrize(
    ("variable", "value", "check"),
    [
        ("QA_INDEX_ENCODER", "nowhere", "encoder"),
        ("QA_ASK_READER_MODEL", "{corpus}/fruit.txt", "reader"),
        ("QA_ASK_MAX_WRONG", "0.000001", "calibration"),
    ],
)
def test_a_model_that_a_setting_names_wrongly(
    variable: str, value: str, check: str, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value.format(corpus=asked.corpus))
    (finding,) = (f for f in look_at(Asked(asked.corpus, asked.folder), [check]) if f.state != "ok")
    do(commands(finding)[-1], monkeypatch)
    assert [f.state for f in look_at(Asked(asked.corpus, asked.folder), [check])] == ["ok"]


@pytest.mark.model
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("threshold", 1.4, "its threshold is 1.4"),
        ("levels", [["High", 0.2, 0.1], ["Fair", 0.6, 0.3]], "levels"),
        ("bias", float("nan"), "no number"),
        ("date", "yesterday", "Invalid isoformat"),
        ("passages", "0" * 64, "passages cut otherwise"),
        ("encoder_sha256", "0" * 64, "another encoder"),
    ],
)
def test_a_calibration_with_impossible_numbers(
    field: str, value: Any, says: str, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = json.loads((PROJECT / "eval" / "calibration-reader.json").read_text("utf-8"))
    (tmp_path / "fitted.json").write_text(json.dumps(fitted | {field: value}), "utf-8")
    monkeypatch.setenv("QA_ASK_READER_CALIBRATION", str(tmp_path / "fitted.json"))
    (finding,) = look_at(Asked(asked.corpus, asked.folder), ["calibration"])
    assert finding.state == "wrong"
    assert says in finding.found
    assert commands(finding)[-1].startswith("python -m qa.evaluation.calibrate")
