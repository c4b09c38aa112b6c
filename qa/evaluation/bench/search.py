"""Search in a library grown to any size: milliseconds, what it finds of what comparing all finds, and memory.

Each size is built and asked in processes of their own: `python -m qa.evaluation.bench.search grow | ask`.
"""

from __future__ import annotations

import gzip
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from qa.answers.assistant import Assistant
from qa.answers.search import Query, Scored, level, ranked
from qa.evaluation.bench.grown import grow
from qa.evaluation.bench.rows import Row
from qa.index import store
from qa.index.embed import open_encoder
from qa.index.index import Index

TOP = 10
_MOST = 200
"""Questions that are asked at most."""
_AT_ONCE, _BLOCK = 50, 16_384
"""Questions and passages that are compared at once: 10^6 passages take 0.4 GB."""


def rows(base: Path, sizes: Sequence[int], questions: Path, work: Path) -> Iterator[Row]:
    """The figures of an index of papers, grown to so many passages, of which each is deleted when it was asked.

    The ratio is that of the 95th percentile to the first size's.
    """
    folder = work / "grown"
    encoder = open_encoder(store.load(base).settings.encoder)
    queries = [Query.unjudged(question, encoder) for question in _questions(questions)]
    first = 0.0
    for size in sizes:
        built = _run("grow", base, size, folder)
        found = _run("ask", folder, questions)
        index = store.load(folder)
        who = f"{len(index.passages):,} passages, {index.sentence_vectors.n:,} sentences"
        share = recall([row["ids"] for row in found["asked"]], compared(index, queries))
        p50, p95 = np.percentile([row["milliseconds"] for row in found["asked"]], [50, 95]).tolist()
        first = first or p95
        yield Row("search at size", who, f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, recall@10 {share:.3f}", p95 / first)
        said = f"{found['resident']:.0f} MB resident, {found['mapped']:.0f} of them mapped files"
        cost = np.percentile([row["processor"] for row in found["asked"]], [50, 95])
        yield Row("search at size", who, f"{said}; of processor time p50 {cost[0]:.1f} ms, p95 {cost[1]:.1f} ms")
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9
        said = f"built in {built['seconds']:.0f} s with {built['megabytes']:.0f} MB, {disk:.1f} GB on disk"
        yield Row("index at size", who, f"{said}, opened in {found['opened']:.1f} s")
        shutil.rmtree(folder)


def recall(found: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> float:
    """The share of what is right that is found, on average over the questions.

    >>> recall([["a", "b"], ["c"]], [["b", "a"], ["d"]])
    0.5
    """
    return float(np.mean([len({*one} & {*other}) / len(other) for one, other in zip(found, right, strict=True)]))


def compared(index: Index, queries: Sequence[Query], top_k: int = TOP) -> list[list[str]]:
    """The ids of the best passages by hybrid search, if all vectors are compared with each question."""
    found: list[list[str]] = []
    for first in range(0, len(queries), _AT_ONCE):
        found += _compared(index, queries[first : first + _AT_ONCE], top_k)
    return found


def _compared(index: Index, queries: Sequence[Query], top_k: int) -> Iterator[list[str]]:
    vectors = np.stack([query.vector for query in queries]).T
    sentences = index.columns.sentences
    shape = (len(queries), len(index.passages))
    dense, best = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
    for first in range(0, shape[1], _BLOCK):
        here = slice(first, min(first + _BLOCK, shape[1]))
        inner = slice(int(sentences[here.start]), int(sentences[here.stop]))
        dense[:, here] = (index.passage_vectors.array[here] @ vectors).T
        cosines = index.sentence_vectors.array[inner] @ vectors
        best[:, here] = np.maximum.reduceat(cosines, sentences[here] - inner.start).T
        index.passage_vectors.release()
        index.sentence_vectors.release()
    rows = index.searched_rows
    for query, own, inside in zip(queries, dense, best, strict=True):
        scores = {"dense": own[rows], "sentence": inside[rows], "lexical": index.words.scores(query.terms)[rows]}
        all_ = Scored(rows, scores, {name: level(values) for name, values in scores.items()})
        yield [index.passages[row].id for row, _, _ in ranked(all_, index.columns.place[rows], "hybrid", top_k)]


def _questions(path: Path) -> list[str]:
    """The questions of a file of JSON lines, packed or not, that need no earlier turn."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        records = map(json.loads, filter(str.strip, file))
        asked = [record["question"] for record in records if not record.get("turns")]
    step = max(1, len(asked) // _MOST)
    return asked[::step][:_MOST]


def _run(*arguments: object) -> dict[str, Any]:
    """What a command of this module prints."""
    command = [sys.executable, "-m", "qa.evaluation.bench.search", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _resident() -> dict[str, float]:
    """Megabytes of this process in memory, and those of them that are parts of mapped files; 0 if unknown."""
    status = Path("/proc/self/status")
    lines = (line.split() for line in status.read_text("utf-8").splitlines()) if status.exists() else ()
    known = {line[0]: int(line[1]) / 1024 for line in lines if line[0] in ("VmRSS:", "RssFile:")}
    return {"resident": known.get("VmRSS:", 0.0), "mapped": known.get("RssFile:", 0.0)}


@click.group()
def main() -> None:
    """The steps that are measured as processes; each prints a line of JSON."""


@main.command("grow")
@click.argument("base", type=click.Path(exists=True, path_type=Path))
@click.argument("passages", type=click.IntRange(1))
@click.argument("folder", type=click.Path(path_type=Path))
def grow_command(base: Path, passages: int, folder: Path) -> None:
    """Grow the index in BASE to so many PASSAGES, in FOLDER."""
    start = time.perf_counter()
    grow(store.load(base), passages, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak}))


@main.command("ask")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.argument("questions", type=click.Path(exists=True, path_type=Path))
def ask_command(folder: Path, questions: Path) -> None:
    """Search the index in FOLDER for the QUESTIONS, each once, after one that is not counted."""
    start = time.perf_counter()
    assistant = Assistant.open(folder)
    opened = time.perf_counter() - start
    assistant.search("What was found?")
    asked = []
    for question in _questions(questions):
        start, used = time.perf_counter(), time.process_time()
        hits = assistant.search(question, top_k=TOP)
        took = {"milliseconds": time.perf_counter() - start, "processor": time.process_time() - used}
        asked.append({"ids": [hit.passage.id for hit in hits], **{what: 1000 * s for what, s in took.items()}})
    click.echo(json.dumps({"opened": opened, **_resident(), "asked": asked}))


if __name__ == "__main__":
    main()
