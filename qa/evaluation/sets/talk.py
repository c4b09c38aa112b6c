"""Talk: conversations and comparisons on the papers of the set `asked`.

`NAME_turns.jsonl` and `NAME_sides.jsonl` lie beside the files of `asked` and are not in the repository either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.questions import Evidence
from qa.evaluation.sets.asked import AskedPaper, raw_of
from qa.types import QuestionSetError

Lists = tuple[tuple[Evidence, ...], ...]
"""Complete evidence lists, any one of which will do; () if the paper does not say."""


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A turn as a user types it, and as one question that stands alone. `kind` is "first" for the first."""

    question: str
    standalone: str
    kind: str
    evidence: Lists


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns on one paper, in order."""

    paper: str
    turns: tuple[AskedTurn, ...]


@dataclass(frozen=True, slots=True)
class AskedSide:
    """One of the things that a question asks about."""

    name: str
    paper: str
    evidence: Lists


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question about several things, or in several parts."""

    question: str
    kind: str
    sides: tuple[AskedSide, ...]


def load_conversations(path: Path, papers: Mapping[str, AskedPaper]) -> list[Conversation]:
    """The conversations of a file, in its order. Raises `QuestionSetError` if it cannot be read."""
    return [
        Conversation(
            row["paper"],
            tuple(
                AskedTurn(
                    turn["question"],
                    turn["standalone"],
                    turn["kind"],
                    _lists(papers[row["paper"]], turn["evidence"]),
                )
                for turn in row["turns"]
            ),
        )
        for row in _rows(path)
    ]


def load_comparisons(path: Path, papers: Mapping[str, AskedPaper]) -> list[Comparison]:
    """The comparisons of a file, in its order. Raises `QuestionSetError` if it cannot be read."""
    return [
        Comparison(
            row["question"],
            row["kind"],
            tuple(
                AskedSide(side["name"], side["paper"], _lists(papers[side["paper"]], side["evidence"]))
                for side in row["sides"]
            ),
        )
        for row in _rows(path)
    ]


def papers_named(path: Path) -> frozenset[str]:
    """The ids of the papers that the comparisons of a file are about."""
    return frozenset(side["paper"] for row in _rows(path) for side in row["sides"])


def _lists(paper: AskedPaper, evidence: list[list[int]]) -> Lists:
    spans = raw_of(paper)[1]
    return tuple(tuple(Evidence(paper.id, spans[number]) for number in numbers) for numbers in evidence)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); --data names the folder that has it") from error
