"""Every setting is in `qa.config`, has its variable, and stands in README; nothing else reads the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from qa.cli import cli
from qa.config import GATES, PROJECT, QUESTIONS, AskSettings, Folders, IndexSettings, IngestSettings, WebSettings
from tests.rooms import FILES
from tests.settings_table import README, fields, table, with_table

WRITERS = {
    "qa": "switches off what ONNX Runtime reports before it is imported",
    "qa.index.reference": "switches Hugging Face's libraries to offline before they are imported",
    "qa.web.serve": "hands its own environment, with the folders, to the server that takes its place",
    "qa.index.cluster": "switches off what Ray reports before it starts",
    "qa.evaluation.bench.processes": "hands its own environment on to the programs that it times",
    "qa.evaluation.peers.environment": "hands its own environment, without Python's and ours, to the peers",
}
"""Modules that may touch the environment, and why: none of them reads a setting."""


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _ in fields():
        monkeypatch.delenv(name, raising=False)


def environment_in(path: Path) -> list[str]:
    """What of a file touches the environment."""
    tree = ast.parse(path.read_text("utf-8"))
    named = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    return [name for name in named if name in ("environ", "environb", "getenv", "getenvb")]


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"qa.config"}))
def test_no_other_module_reads_the_environment(name: str) -> None:
    assert bool(environment_in(FILES[name])) == (name in WRITERS)


def options(command: click.Command = cli) -> Iterator[click.Parameter]:
    """The options of a command and of all below it."""
    yield from command.params
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from options(inner)


def test_a_command_line_option_has_the_variable_and_the_default_of_its_setting() -> None:
    """`qa.cli` cannot import `qa.config` at its top, so it repeats them."""
    known = {name: str(field.default) for name, field in fields()}
    ours = {(str(o.envvar), str(o.default)) for o in options() if str(o.envvar or "").startswith("QA_")}
    assert ours == {(name, known[name]) for name in ("QA_CORPUS_DIR", "QA_INDEX_DIR", "QA_STATE_DIR", "QA_STORE")}


def test_the_readme_names_every_setting() -> None:
    """If not: `python -m tests.settings_table`."""
    readme = README.read_text("utf-8")
    assert table() in readme
    assert readme == with_table(readme)
    assert all(field.description for _, field in fields())


def test_a_variable_names_one_setting() -> None:
    names = [name for name, _ in fields()]
    assert len(names) == len(set(names)) == len(table().splitlines()) - 2


def test_folders_and_files_of_the_app_are_the_projects_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Folders() == Folders(corpus_dir=Path("corpus"), index_dir=Path("index"), state_dir=Path("state"))
    assert WebSettings() == WebSettings(questions=QUESTIONS, gates=GATES, web_roles="")
    assert (QUESTIONS, GATES) == (PROJECT / "eval" / "questions.jsonl", PROJECT / "eval" / "gates.toml")
    assert QUESTIONS.is_file()
    assert GATES.is_file()
    for name in ("QA_STATE_DIR", "QA_CORPUS_DIR", "QA_INDEX_DIR", "QA_QUESTIONS", "QA_GATES"):
        monkeypatch.setenv(name, f"/elsewhere/{name}")
    monkeypatch.setenv("QA_WEB_ROLES", "trainee")
    assert Folders().state_dir == Path("/elsewhere/QA_STATE_DIR")
    assert Folders().index_dir == Path("/elsewhere/QA_INDEX_DIR")
    assert Folders().corpus_dir == Path("/elsewhere/QA_CORPUS_DIR")
    assert WebSettings().questions == Path("/elsewhere/QA_QUESTIONS")
    assert WebSettings().gates == Path("/elsewhere/QA_GATES")
    assert WebSettings().web_roles == "trainee"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _ in fields():
        if name in ("QA_STATE_DIR", "QA_CORPUS_DIR", "QA_INDEX_DIR", "QA_QUESTIONS", "QA_GATES", "QA_WEB_ROLES"):
            monkeypatch.setenv(name, "")
    assert Folders().state_dir == Path("state")
    assert Folders().corpus_dir == Path("corpus")
    assert WebSettings().questions == QUESTIONS


def test_the_fingerprint_of_the_settings_is_that_of_the_indexes_there_are() -> None:
    """It is stored: documentation and base classes must not change it."""
    assert IndexSettings().fingerprint() == "3241484bbf083bf8bc63a35bf9c6988049f6a1faa4db07bec3d1e13a3877c9a8"
    assert IndexSettings(passage_max_words=50).fingerprint() != IndexSettings().fingerprint()


def test_a_variable_gives_a_value_of_the_type_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_ASK_READER", "False")
    monkeypatch.setenv("QA_ASK_TOP_K", "3")
    monkeypatch.setenv("QA_ASK_MAX_WRONG", "1")
    monkeypatch.setenv("QA_ASK_READER_MODEL", "here.onnx")
    found = AskSettings(reader_k=4)
    assert (found.reader, found.top_k, found.max_wrong, found.reader_model) == (False, 3, 1.0, Path("here.onnx"))
    assert (found.reader_k, AskSettings(top_k=5).top_k) == (4, 5)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("QA_ASK_TOP_K", "many", "QA_ASK_TOP_K is 'many'; it must be a whole number"),
        ("QA_ASK_TOP_K", "0", "QA_ASK_TOP_K is 0; it must be at least 1 and at most 1000"),
        ("QA_ASK_MAX_WRONG", "1.5", "QA_ASK_MAX_WRONG is 1.5; it must be at least 0 and at most 1"),
        ("QA_ASK_READER", "perhaps", "QA_ASK_READER is 'perhaps'; it must be true or false"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=re.escape(message)):
        AskSettings()


def test_a_number_above_a_limit_is_not_at_it() -> None:
    assert IngestSettings(seconds=0.1).seconds == 0.1
    with pytest.raises(ValueError, match="QA_READ_SECONDS is 0; it must be more than 0"):
        IngestSettings(seconds=0)


def test_settings_that_were_stored_may_have_others_beside_them() -> None:
    assert IndexSettings.of({"stemmer": "german", "gone": 3}) == IndexSettings(stemmer="german")
