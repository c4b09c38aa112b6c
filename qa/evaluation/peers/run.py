"""This project and its peers side by side: `make peers`.

Or `python -m qa.evaluation.peers.run [--rounds N] [--only PEER]…`.

Each round asks every system in turn, so that other work on the machine affects all alike. The table goes to standard
output and, with every answer and figure, to `reports/peers`.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from qa.config import PROJECT
from qa.evaluation.peers import measure
from qa.evaluation.peers.asking import Asked, System, ask
from qa.evaluation.peers.environment import HERE, PeerError, install, make
from qa.evaluation.peers.table import render
from qa.evaluation.questions import Question, load_questions
from qa.papers.sources import read_document, sources_in
from qa.types import Document

PEERS = {"langchain": "LangChain + FAISS", "llamaindex": "LlamaIndex", "haystack": "Haystack", "txtai": "txtai"}
SETS = ("questions.jsonl",)
WORK = PROJECT / "reports" / "peers"


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, ask, measure, print; 1 if a peer did not run. The others run all the same."""
    parser = argparse.ArgumentParser(
        prog="python -m qa.evaluation.peers.run", description="This project and its peers."
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each system is built, started and asked")
    parser.add_argument("--only", action="append", choices=[*PEERS], help="a peer to run; all if none is named")
    parser.add_argument("--torch-args", default="", help="more words for pip when it installs PyTorch")
    options = parser.parse_args(arguments)
    documents = [read_document(source) for source in sources_in(PROJECT / "corpus")]
    questions = [q for name in SETS for q in load_questions(PROJECT / "eval" / name, documents)]
    failed: dict[str, str] = {}
    systems = [System("this project", HERE / "ask_this.py", Path(sys.executable), own=True)]
    systems += installed(options.only or [*PEERS], shlex.split(options.torch_args), failed)
    asked = rounds(systems, questions, options.rounds, failed)
    results = measured(asked, questions, documents, failed) | {
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": options.rounds,
    }
    (WORK / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (WORK / "peers.md").write_text(render(results) + "\n", "utf-8")
    sys.stdout.write(render(results) + "\n")
    return 1 if failed else 0


def installed(peers: Sequence[str], torch_args: Sequence[str], failed: dict[str, str]) -> list[System]:
    """The peers that could be installed; the reasons of the others are added to `failed`."""
    systems = []
    for peer in peers:
        _say(f"installing {PEERS[peer]} …")
        try:
            python = make(WORK / "venv", torch_args)
            install(peer, python)
        except PeerError as error:
            failed[PEERS[peer]] = str(error)
        else:
            systems.append(System(PEERS[peer], HERE / f"ask_{peer}.py", python))
    return systems


def rounds(
    systems: Sequence[System], questions: Sequence[Question], count: int, failed: dict[str, str], work: Path = WORK
) -> dict[str, Asked]:
    """What came of each system that ran in all rounds; the reasons of the others are added to `failed`.

    Raises:
        PeerError: the first system, to which all others are compared, did not run.
    """
    work.mkdir(parents=True, exist_ok=True)
    given = work / "questions.jsonl"
    rows = [{"id": q.id, "turns": [*q.earlier, q.question]} for q in questions]
    given.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    texts = [text.relative_to(PROJECT) for text in sorted((PROJECT / "corpus").glob("*.txt"))]
    asked = {system.name: Asked() for system in systems}
    for number, system in product(range(1, count + 1), systems):
        if system.name not in asked:
            continue
        _say(f"round {number}: {system.name} …")
        try:
            ask(system, texts, given, work / "indexes" / system.script.stem / str(number), asked[system.name])
        except PeerError as error:
            if system is systems[0]:
                raise
            failed[system.name] = str(error)
            del asked[system.name]
    return asked


def measured(
    asked: dict[str, Asked], questions: Sequence[Question], documents: Sequence[Document], failed: dict[str, str]
) -> dict[str, Any]:
    """Every figure of every system as plain data; ratios are to the first system."""
    raws = {document.id: document.raw for document in documents}
    groups = {"all questions": questions, "without follow-ups": [q for q in questions if not q.earlier]}
    ours, *_ = asked.values()
    return {
        "questions": {group: len(some) for group, some in groups.items()},
        "failed": failed,
        "systems": [
            {
                "name": name,
                "quality": {group: measure.quality(some, one, ours, raws) for group, some in groups.items()},
                "costs": measure.costs(one, ours),
                "words": measure.length(one),
                "lost": len(measure.scores(questions, one, raws)[1]),
                "answers": list(one.answers.values()),
            }
            for name, one in asked.items()
        ],
    }


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
