"""How well PDFs are read, against the publisher's XML: `python -m qa.evaluation.pdfs`.

Compares each paper's passages with its publisher's XML (`GT_FOLDER/NAME.json`), by letters and digits in lower case
(NFKD), so that blanks, dashes and marks do not count. Shares are 0 to 1; larger is better, except for foreign and
unknown sentences. Time and memory are ratios to plain pypdf extraction; each is measured in a child process of its own,
one after the other.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pypdf

from qa.config import IndexSettings
from qa.papers.ingest import Paper, ingest_here
from qa.papers.repair import Readable, repair
from qa.papers.segment import passages_of, sentences_of
from qa.papers.sources import Source, read_document
from qa.types import Document

_FOREIGN = ("head", "caption", "table", "footnote")
_MOST_COUNTED = 99
"""Numbers of a range of reference marks that are counted out at most, so that 1-999 is not."""
_RANGE = re.compile(r"(?<=[\[,\s])(\d{1,3})\s?[-–]\s?(\d{1,3})(?=\s?[,\]])")
_SHORT = 20
"""Lines and sentences with fewer letters are not compared: they occur by chance. Set by hand."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured of one paper.

    `whole` is the share of the body's sentences that stand whole in one passage. `foreign` is the share of the
    passages' sentences that contain a foreign line, `unknown` the share that is not in the XML. `title` is 1 if it is
    exact. `abstract` and `captions` are the shares of their sentences that were found as such. `references` counts what
    looks like an entry of a reference list in body passages. `reading` is the time until text and layout are there,
    `passages` the time until the passages are, `memory` its peak; all three are ratios to plain pypdf extraction.
    """

    whole: float
    foreign: float
    unknown: float
    title: float
    abstract: float
    captions: float
    references: float
    reading: float
    passages: float
    memory: float


@dataclass(frozen=True, slots=True)
class Truth:
    """A paper as its publisher's XML has it, as bare letters.

    `legends` are the sentences of its captions, `running` is abstract and body run together, `anywhere` is all of it.
    """

    title: str
    abstract: tuple[str, ...]
    body: tuple[str, ...]
    captions: tuple[str, ...]
    legends: tuple[str, ...]
    running: str
    anywhere: str


@dataclass(frozen=True, slots=True)
class PdfScores:
    """A paper as it was ingested, as bare letters; `foreign` are the lines of heads, captions, tables and footnotes."""

    title: str
    abstract: str
    captions: tuple[str, ...]
    passages: tuple[str, ...]
    sentences: tuple[str, ...]
    foreign: tuple[str, ...]
    reference_like: int


def letters(text: str) -> str:
    """Letters and digits in lower case, without their accents.

    >>> letters("Pre-\\nexisting \\ufb01sh²")
    'preexistingfish2'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum() and c.isascii())


def both(text: str) -> str:
    """The letters of a text as it is, and with ranges of reference marks counted out, as some XML has them.

    >>> both("shown [3,7-9]")
    'shown379|shown3789'
    """
    counted = _RANGE.sub(
        lambda m: " ".join(map(str, range(int(m[1]), min(int(m[2]), int(m[1]) + _MOST_COUNTED) + 1))), text
    )
    return f"{letters(text)}|{letters(counted)}"


def truth_of(path: Path) -> Truth:
    """Read one paper's ground truth."""
    paper = json.loads(path.read_text(encoding="utf-8"))
    paragraphs = [paragraph for section in paper["sections"] for paragraph in section["paragraphs"]]
    captions = [*paper["figure_captions"], *paper["table_captions"]]
    return Truth(
        letters(paper["title"]),
        tuple(_sentences([paper["abstract"]])),
        tuple(_sentences(paragraphs)),
        tuple(letters(caption) for caption in captions),
        tuple(_sentences(captions)),
        letters(" ".join([paper["abstract"], *paragraphs])),
        letters(" ".join([paper["title"], paper["abstract"], *paragraphs, *captions])),
    )


def _sentences(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for sentence in sentences_of(Readable.of(" ".join(text.split()))):
            bare = letters(sentence.text)
            if len(bare) >= _SHORT:
                yield bare


def read_with_layout(path: Path) -> PdfScores:
    """A PDF as this program ingests it."""
    paper = ingest_here(Source(path.stem, path, {}), IndexSettings().passage_max_words)
    raw = paper.document.raw
    lines = [
        letters(line)
        for region in paper.document.layout
        if region.kind in _FOREIGN
        for line in raw[region.start : region.end].split("\n")
    ]
    return _reading(paper, lines)


def read_plainly(path: Path) -> PdfScores:
    """A PDF's plain text by pypdf, ingested as a text without layout."""
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page) + 1)
    document = Document("paper", "", "\f".join(pages), page_starts=tuple(starts), extractor="pypdf")
    passages = passages_of(document, repair(document).blocks, IndexSettings().passage_max_words)
    return _reading(Paper(document, passages), [])


def _reading(paper: Paper, foreign: Sequence[str]) -> PdfScores:
    body = [passage for passage in paper.passages if passage.kind == "body"]
    captions: dict[str, list[str]] = {}
    for passage in paper.passages:
        if passage.kind in ("caption", "table"):
            captions.setdefault(passage.section, []).append(passage.text)
    sentences = [both(sentence.text) for passage in body for sentence in passage.sentences]
    return PdfScores(
        letters(paper.document.title),
        " ".join(both(passage.text) for passage in paper.passages if passage.kind == "abstract"),
        tuple(letters(" ".join(texts)) for texts in captions.values()),
        tuple(both(passage.text) for passage in body),
        tuple(sentence for sentence in sentences if len(sentence) >= 2 * _SHORT),
        tuple(foreign),
        _reference_like(passage.text for passage in body),
    )


_REFERENCE = re.compile(r"\b(?:19|20)\d\d[a-z]?\b.{0,120}?\d+(?:\(\d+\))?\s?[:,]\s?[A-Za-z]?\d+\s?[-–]\s?\d+")


def _reference_like(texts: Iterable[str]) -> int:
    """How often a year, a volume and pages follow each other, as in an entry of a reference list."""
    return sum(len(_REFERENCE.findall(" ".join(text.split()))) for text in texts)


def score(truth: Truth, reading: PdfScores, foreign: Sequence[str], cost: Sequence[float]) -> Score:
    """Score a paper; `foreign` are lines that no body sentence may contain, `cost` the last three fields."""
    lines = {line for line in (*foreign, *truth.legends) if len(line) >= _SHORT and line not in truth.running}
    known = sum(_known(sentence, truth) for sentence in reading.sentences)
    stained = sum(any(line in sentence for line in lines) for sentence in reading.sentences)
    count = max(1, len(reading.sentences))
    return Score(
        _share(truth.body, lambda s: any(s in passage for passage in reading.passages)),
        stained / count,
        1 - known / count,
        float(truth.title == reading.title),
        _share(truth.abstract, lambda s: s in reading.abstract),
        _share(truth.captions, lambda s: any(s in caption for caption in reading.captions)),
        reading.reference_like,
        *cost,
    )


def _known(sentence: str, truth: Truth) -> bool:
    return any(way in truth.anywhere for way in sentence.split("|"))


def _share(wanted: Sequence[str], found: Callable[[str], bool]) -> float:
    return sum(found(one) for one in wanted) / len(wanted) if wanted else float("nan")


def cost_of(way: str, path: Path) -> tuple[float, float]:
    """Seconds, without imports, and peak megabytes of reading a paper in a child process."""
    command = [sys.executable, "-m", "qa.evaluation.pdfs", "--cost", way, str(path)]
    seconds, megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(megabytes)


def _cost(way: str, path: Path) -> str:
    """The child process of `cost_of`."""
    source = Source(path.stem, path, {})
    ways: dict[str, Callable[[], object]] = {
        "plain": lambda: [page.extract_text() for page in pypdf.PdfReader(path).pages],
        "reading": lambda: read_document(source),
        "passages": lambda: ingest_here(source, IndexSettings().passage_max_words),
    }
    sentences_of(Readable.of("What is imported late. Is imported now."))
    ways["plain" if way == "plain" else "reading"]()
    began = time.perf_counter()
    ways[way]()
    seconds = time.perf_counter() - began
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return f"{seconds} {int(peak[1]) / 1024 if peak else 'nan'}"


def main(arguments: Sequence[str]) -> int:
    """Print the table; with `--missing`, also the sentences that were not found and those that are unknown."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    out = sys.stdout.write
    if arguments[:1] == ["--cost"]:
        out(_cost(arguments[1], Path(arguments[2])))
        return 0
    pdfs, truths = (Path(argument) for argument in arguments if not argument.startswith("--"))
    out(f"{'paper':34}{'way':8}" + "".join(f"{f.name:>11}" for f in fields(Score)) + "\n")
    rows: list[tuple[str, Score]] = []
    for path in sorted(pdfs.glob("*.pdf")):
        if not (truths / f"{path.stem}.json").exists():
            continue
        truth = truth_of(truths / f"{path.stem}.json")
        reading = read_with_layout(path)
        costs = [cost_of(way, path) for way in ("plain", "reading", "passages")]
        (plain, least), (read_time, _), (whole_time, most) = costs
        for way, result in (
            ("plain", score(truth, read_plainly(path), reading.foreign, (1, 1, 1))),
            ("layout", score(truth, reading, reading.foreign, (read_time / plain, whole_time / plain, most / least))),
        ):
            rows.append((way, result))
            out(f"{path.stem[-33:]:34}{way:8}{_row(result)}\n")
        if "--missing" in arguments:
            _print_missing(truth, reading)
    for way in ("plain", "layout"):
        out(f"{'mean':34}{way:8}{_row(_mean([result for name, result in rows if name == way]))}\n")
    return 0


def _mean(scores: Sequence[Score]) -> Score:
    columns = {f.name: [value for s in scores if (value := float(getattr(s, f.name))) == value] for f in fields(Score)}
    return Score(**{name: sum(values) / max(1, len(values)) for name, values in columns.items()})


def _row(result: Score) -> str:
    return "".join(f"{float(getattr(result, f.name)):11.3f}" for f in fields(Score))


def _print_missing(truth: Truth, reading: PdfScores) -> None:
    out = sys.stdout.write
    for sentence in truth.body:
        if not any(sentence in passage for passage in reading.passages):
            out(f"  missing: {sentence}\n")
    for sentence in truth.abstract:
        if sentence not in reading.abstract:
            out(f"  abstract: {sentence}\n")
    for caption in truth.captions:
        if not any(caption in found for found in reading.captions):
            out(f"  caption: {caption}\n")
    for sentence in reading.sentences:
        if not _known(sentence, truth):
            out(f"  unknown: {sentence}\n")
        for line in reading.foreign:
            if len(line) >= _SHORT and line in sentence and line not in truth.running:
                out(f"  foreign: {line} in {sentence}\n")
    if reading.title != truth.title:
        out(f"  title: {reading.title}\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
