"""Building an index beside embedding its texts alone, and one paper more in libraries of several sizes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from qa.evaluation.bench.arithmetic import flops, flops_per_second
from qa.evaluation.bench.processes import run
from qa.evaluation.bench.rows import Row
from qa.evaluation.sets.asked import AskedPaper, write_corpus
from qa.index import store
from qa.index.embed import LEARNT, embedded_text, package
from qa.index.index import Index
from qa.index.library import Library
from qa.index.reference import Reference

_PAPERS = 20
"""Papers that are read and embedded beside the floor; some 3,000 texts."""


def floor(papers: Mapping[str, AskedPaper], work: Path) -> list[Row]:
    """Seconds a paper of `qa index build`, beside plain `SentenceTransformer.encode` of what it embeds."""
    corpus, index = _corpus(dict(islice(papers.items(), _PAPERS)), work / "floor")
    cost = run(["index", "build", "--full", "--corpus", str(corpus), "--index", str(index)], {})
    built = store.load(index)
    texts = list(_embedded(built))
    reference = Reference(package(), LEARNT)
    reference.encode(texts[:8])
    start = time.perf_counter()
    reference.encode(texts)
    alone = time.perf_counter() - start
    n = len(built.documents)
    lengths = [int(reference.model.preprocess([text])["input_ids"].shape[1]) for text in texts]
    rate = flops_per_second()
    least = flops(lengths) / rate
    return [
        Row(
            "building: text papers", "embedding alone, by SentenceTransformer.encode", f"{alone / n:.2f} s a paper", 1.0
        ),
        Row(
            "building: text papers",
            "qa index build, start of the process included",
            f"{cost.seconds / n:.2f} s a paper, {len(built.passages) / cost.seconds:.1f} passages/s, "
            f"{cost.megabytes:.0f} MB",
            cost.seconds / alone,
        ),
        Row(
            "building: text papers",
            f"the multiplications alone, at {rate / 1e9:.0f} GFLOPS",
            f"{least / n:.2f} s a paper of {sum(lengths) / n:.0f} tokens",
            least / alone,
        ),
    ]


def growth(papers: Mapping[str, AskedPaper], sizes: Sequence[int], work: Path) -> list[Row]:
    """One paper added to libraries of several sizes, as `qa index build` does it: the whole process.

    Libraries are kept in `work` and built only where they are missing; the ratio is to the smallest.
    """
    rows: list[Row] = []
    first = 0.0
    for size in sizes:
        corpus, index = _corpus(dict(islice(papers.items(), size)), work / str(size))
        folders = ["--corpus", str(corpus), "--index", str(index)]
        built = run(["index", "build", *folders], {})
        one = next(islice(papers.values(), size, None))
        (corpus / f"{one.id}.txt").write_text(" ".join(one.sentences), "utf-8")
        added = run(["index", "build", *folders], {})
        (corpus / f"{one.id}.txt").unlink()
        run(["index", "rollback", "--index", str(index)], {})
        asked = run(["ask", "What was the dose?", "--index", str(index)], {})
        first = first or added.seconds
        said = f"{added.seconds:.1f} s, {added.megabytes:.0f} MB"
        rows.append(Row("building: one paper more", f"{size} papers", said, added.seconds / first))
        rows.append(Row("asking cold", f"{size} papers", f"{asked.seconds:.2f} s, {asked.megabytes:.0f} MB"))
        if built.seconds > 2 * added.seconds:
            rows.append(Row("building: all", f"{size} papers", f"{built.seconds:.0f} s, {built.megabytes:.0f} MB"))
    return rows


def built(papers: Mapping[str, AskedPaper], size: int, work: Path) -> Path:
    """The index of the first so many papers; it is built in `work` where it is missing."""
    corpus, index = _corpus(dict(islice(papers.items(), size)), work / str(size))
    if store.current_generation(index) is None:
        Library(corpus, index).update()
    return index


def _corpus(papers: Mapping[str, AskedPaper], work: Path) -> tuple[Path, Path]:
    corpus, index = work / "corpus", work / "index"
    if not corpus.exists():
        shutil.rmtree(index, ignore_errors=True)
        write_corpus(papers, corpus)
    return corpus, index


def _embedded(index: Index) -> list[str]:
    """What was embedded of every passage and sentence."""
    texts = []
    for passage in index.passages:
        title = index.by_id[passage.document].title
        texts.append(embedded_text(title, passage.section, passage.text))
        texts += [embedded_text(title, passage.section, sentence.text) for sentence in passage.sentences]
    return texts
