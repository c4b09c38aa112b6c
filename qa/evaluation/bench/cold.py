"""From the start of a process to its first answer, then warm, beside the peers: on the three texts."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from qa.config import PROJECT
from qa.evaluation.bench.rows import Row
from qa.evaluation.peers.asking import Asked, System
from qa.evaluation.peers.environment import HERE
from qa.evaluation.peers.run import installed, rounds
from qa.evaluation.questions import Question, load_questions
from qa.papers.sources import read_document, sources_in

OURS = "this project"
_ASKED = 12
"""Questions that each system is asked in each round."""


def rows(work: Path, count: int, peers: Sequence[str], torch_args: Sequence[str]) -> list[Row]:
    """The figures of this project, of itself by sentence-transformers, and of the peers that can be installed.

    Each round starts every system in turn. Seconds and megabytes are the least of all rounds.
    """
    failed: dict[str, str] = {}
    systems = [System(OURS, HERE / "ask_this.py", Path(sys.executable), own=True)]
    systems.append(System("by sentence-transformers", HERE / "ask_reference.py", Path(sys.executable), own=True))
    systems += installed(peers, torch_args, failed)
    asked = rounds(systems, _questions(), count, failed, work)
    found = [row for name, figures in asked.items() for row in _figures(name, figures, asked[OURS])]
    return found + [Row("a peer that did not run", name, reason) for name, reason in failed.items()]


def _questions() -> list[Question]:
    documents = [read_document(source) for source in sources_in(PROJECT / "corpus")]
    all_ = load_questions(PROJECT / "eval" / "questions.jsonl", documents)
    return [question for question in all_ if question.answerable and not question.earlier][:_ASKED]


def _figures(name: str, asked: Asked, ours: Asked) -> list[Row]:
    """Ratios say how many times as much it is as this project's."""
    return [
        Row(
            "cold: process start to first answer", name, f"{min(asked.start):.2f} s", min(asked.start) / min(ours.start)
        ),
        Row(
            "warm: one question, median",
            name,
            f"{statistics.median(asked.milliseconds):.0f} ms",
            statistics.median(asked.milliseconds) / statistics.median(ours.milliseconds),
        ),
        Row(
            "memory at its peak",
            name,
            f"{min(asked.megabytes):.0f} MB",
            min(asked.megabytes) / min(ours.megabytes),
        ),
    ]
