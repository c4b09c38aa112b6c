"""The README is true: its commands run, its Python runs, and no command is missing from it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.cli import cli, index
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
QA = Path(sys.executable).with_name("qa")

pytestmark = pytest.mark.model


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, real_index: Path) -> Path:
    """A folder that looks like the project's, with an index of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("corpus", "eval"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(real_index, folder / "index")
    return folder


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QA_")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


COMMANDS = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_command_runs(line: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, where the models are loaded already; the program itself is tried below."""
    for name in os.environ:
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(project)
    words = shlex.split(line)
    assert words[0] == "qa"
    done = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
    refusal = "methotrexate" in line
    assert done.exit_code == (1 if refusal else 0), done.stderr
    assert done.stdout.strip() or done.stderr.strip()
    assert ("No sentence clearly answers this" in done.stderr) == refusal


def test_the_program_is_these_commands(project: Path) -> None:
    words = shlex.split(COMMANDS[0])
    done = run([str(QA), *words[1:]], project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == CliRunner().invoke(cli, [*words[1:], "--index", str(project / "index")]).stdout


def test_there_are_commands_to_run() -> None:
    assert len(COMMANDS) >= 10


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str, project: Path) -> None:
    done = run([sys.executable, "-c", code], project)
    assert done.returncode == 0, done.stderr


def test_every_command_is_documented() -> None:
    for name in cli.commands:
        assert f"qa {name}" in README, name
    for name in index.commands:
        assert f"qa index {name}" in README, name


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
