"""The nearest of so many vectors: time, recall, size and memory, by comparing all and by `Nearest`.

`python -m qa.evaluation.bench.search VECTORS.npy QUESTIONS.npy --size 100000` grows the vectors, (n, d), to each size,
and asks the questions, (m, d); both of unit length.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from qa.index.dense import Nearest, Rows, writing
from qa.index.embed import Vectors

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_BLOCK = 50_000
_SEED = 15


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way to find the nearest of `n` rows costs.

    Milliseconds for a question by percentile; the share of the nearest 10 and 100 that is
    found; seconds of processor time to build it and to bring it up to date when 30 rows go and 30 come; bytes a row
    beside the vectors; megabytes resident while it is asked.
    """

    n: int
    kind: str
    p50: float
    p95: float
    recall10: float
    recall100: float
    build: float
    update: float
    bytes_a_row: float
    resident: float


def grown(vectors: Vectors, n: int, seed: int = _SEED) -> Iterator[Vectors]:
    """Blocks of n vectors in all: first those that there are, then sums of two or three of them, of unit length."""
    random = np.random.default_rng(seed)
    for first in range(0, min(n, len(vectors)), _BLOCK):
        yield vectors[first : min(first + _BLOCK, n)]
    for first in range(len(vectors), n, _BLOCK):
        size = min(_BLOCK, n - first)
        drawn = random.integers(0, len(vectors), (3, size))
        third = random.integers(0, 2, (size, 1)).astype(np.float32)
        block: Vectors = vectors[drawn[0]] + vectors[drawn[1]] + third * vectors[drawn[2]]
        yield block / np.linalg.norm(block, axis=1, keepdims=True)


def resident() -> float:
    """Megabytes of this process that are in memory, the parts of mapped files that it holds included; 0 if unknown."""
    status = Path("/proc/self/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def costs(rows: Rows, questions: Vectors, folder: Path) -> list[Cost]:
    """What both ways cost, on the same rows in one run; the index is written into `folder`."""
    right: list[list[int]] = []

    def all_compared(question: Vectors) -> list[int]:
        scores = rows.scores(question)
        best = np.argpartition(-scores, min(100, rows.n - 1))[:100]
        return [int(row) for row in best[np.lexsort((best, -scores[best]))]]

    exact = _asked(all_compared, questions, right)
    rows.release()
    found = [Cost(rows.n, "exact", *_percentiles(exact), 1.0, 1.0, 0.0, 0.0, 0.0, resident())]
    start = time.process_time()
    Nearest.build(rows).save(folder / "near.faiss")
    built = time.process_time() - start
    rows.release()
    near = Nearest.open(folder / "near.faiss", rows)
    answers: list[list[int]] = []

    def approximate(question: Vectors) -> list[int]:
        best = [int(row) for row in near.nearest(question, 100)[0]]
        rows.release()
        return best

    times = _asked(approximate, questions, answers)
    held = resident()
    updated = _update_seconds(near)
    ten, hundred = (
        float(np.mean([len(set(a[:k]) & set(b[:k])) / k for a, b in zip(answers, right, strict=True)]))
        for k in (10, 100)
    )
    size = (folder / "near.faiss").stat().st_size / rows.n
    found.append(Cost(rows.n, near.kind, *_percentiles(times), ten, hundred, built, updated, size, held))
    return found


def _asked(find: Callable[[Vectors], list[int]], questions: Vectors, answers: list[list[int]]) -> list[float]:
    times = []
    for question in questions:
        start = time.perf_counter()
        answers.append(find(question))
        times.append(time.perf_counter() - start)
    return times


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile in milliseconds."""
    p50, p95 = np.percentile(1000 * np.array(seconds), [50, 95])
    return float(p50), float(p95)


def _update_seconds(near: Nearest) -> float:
    """Processor time to take 30 rows out of the middle and to add the same 30 again."""
    moved = np.arange(near.rows.n)
    moved[near.rows.n // 2 :][:30] = -1
    start = time.process_time()
    near.updated(near.rows, moved)
    return time.process_time() - start


def table(found: Sequence[Cost]) -> str:
    """A line for each size and way."""
    lines = [
        "| rows | way | p50 ms | p95 ms | recall@10 | recall@100 | build s | update s | bytes a row | resident MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for cost in found:
        lines.append(
            f"| {cost.n:,} | {cost.kind} | {cost.p50:.1f} | {cost.p95:.1f} | {cost.recall10:.3f} | "
            f"{cost.recall100:.3f} | {cost.build:.1f} | {cost.update:.2f} | {cost.bytes_a_row:.0f} | "
            f"{cost.resident:.0f} |"
        )
    return "\n".join(lines)


@click.command()
@click.argument("vectors", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--size", "sizes", type=click.IntRange(1000), multiple=True, default=SIZES, show_default=True)
def main(vectors: Path, questions: Path, sizes: tuple[int, ...]) -> None:
    """Print what both ways cost at each size."""
    known, asked = np.load(vectors, mmap_mode="r"), np.load(questions)
    found: list[Cost] = []
    for size in sizes:
        with TemporaryDirectory() as name:
            with writing(Path(name) / "rows.faiss", known.shape[1]) as file:
                for block in grown(known, size):
                    file.add(block)
            found += costs(Rows.open(Path(name) / "rows.faiss"), asked, Path(name))
    click.echo(table(found))


if __name__ == "__main__":
    main()
