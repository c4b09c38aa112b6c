"""Run the systems' scripts, and record their answers, times and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.config import PROJECT
from qa.evaluation.peers.environment import PeerError, last_line, variables

LIMIT = 1800
"""Seconds for one process."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that answers: the name of a column, its script, and the Python that runs it."""

    name: str
    script: Path
    python: Path
    own: bool = False


@dataclass(slots=True)
class Asked:
    """What came of all rounds: the answers of the last round, by question, and the costs of each round.

    `build` and `start` are seconds from the start of a process to the saved index and to the first answer.
    `milliseconds` are those of all warm questions, `megabytes` the peak memory of the process that answers.
    """

    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    build: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def ask(system: System, texts: Sequence[Path], questions: Path, folder: Path, asked: Asked) -> None:
    """One round of a system: build its index in the folder, load it in another process, ask all questions.

    Raises:
        PeerError: one of the two processes failed, took longer than `LIMIT`, or left questions unanswered.
    """
    log = folder.with_suffix(".log")
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    _lines(system, ["build", str(folder), *map(str, texts)], None, log)
    asked.build.append(time.perf_counter() - began)

    began = time.perf_counter()
    lines = _lines(system, ["ask", str(folder)], questions, log)
    *rows, last = (json.loads(line) for _, line in lines)
    wanted = [json.loads(line)["id"] for line in questions.read_text("utf-8").splitlines()]
    if [row["id"] for row in rows] != wanted:
        raise PeerError(f"it answered {len(rows)} of {len(wanted)} questions, or not in their order; see {log}")
    asked.start.append(lines[0][0] - began)
    asked.milliseconds += [row["milliseconds"] for row in rows[1:]]
    asked.megabytes.append(last["megabytes"])
    asked.answers = {row["id"]: row for row in rows}


def _lines(system: System, arguments: Sequence[str], questions: Path | None, log: Path) -> list[tuple[float, str]]:
    """Each line that the script writes, with the time at which it comes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(system.python), str(system.script), *arguments]
    options: dict[str, Any] = {"env": variables(system.own), "cwd": PROJECT, "encoding": "utf-8"}
    with log.open("w", encoding="utf-8") as err, (questions or Path(os.devnull)).open(encoding="utf-8") as given:
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=err, **options)
        watch = threading.Timer(LIMIT, process.kill)
        watch.start()
        assert process.stdout
        lines = [(time.perf_counter(), line) for line in process.stdout]
        code = process.wait()
        watch.cancel()
    if code:
        raise PeerError(f"{arguments[0]} ended with {code}: {last_line(log)}; all of it is in {log}")
    return lines
