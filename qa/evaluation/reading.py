"""How well PDFs are read: `python -m qa.evaluation.reading PDF_FOLDER GT_FOLDER`.

Each paper's text is held against what its publisher's XML says (`GT_FOLDER/NAME.json`). Texts are compared by
their letters and digits in lower case (NFKC), so that blanks, dashes and marks do not count. Shares are 0 to 1,
larger is better, but for foreign and unknown sentences.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import pypdf

from qa.pdf.pages import Page, read_pages
from qa.repair import Readable, apply, repair
from qa.repair import _join as join_lines
from qa.repair import _paragraphs as paragraphs_of
from qa.repair.edits import Edit
from qa.segment import passages_of, sentences_of
from qa.types import Document

_FOREIGN = ("head", "caption", "table", "footnote")
_RANGE = re.compile(r"(?<=[\[,\s])(\d{1,3})\s?[-–]\s?(\d{1,3})(?=\s?[,\]])")
_SHORT = 20
"""Letters below which a line or sentence says too little to be looked for."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured of one paper; `speed` is the time of reading over that of plain pypdf extraction."""

    body: float
    foreign: float
    unknown: float
    title: float
    abstract: float
    captions: float
    references: int
    passages: int
    speed: float


@dataclass(frozen=True, slots=True)
class Truth:
    """A paper as its publisher's XML has it, texts as bare letters; `legends` are its captions' sentences,

    `running` is abstract and body run together, `anywhere` is all of it.
    """

    title: str
    abstract: tuple[str, ...]
    body: tuple[str, ...]
    captions: tuple[str, ...]
    legends: tuple[str, ...]
    running: str
    anywhere: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper as it was read: bare letters by what they are taken for."""

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
    counted = _RANGE.sub(lambda m: " ".join(map(str, range(int(m[1]), min(int(m[2]), int(m[1]) + 99) + 1))), text)
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


def read_by_layout(pages: Sequence[Page]) -> Reading:
    """What the regions of the pages say, body text joined over columns and pages."""
    raw = "\f".join(page.text for page in pages)
    regions = [
        (region.start + start, region.end + start, region.kind)
        for page, start in zip(pages, _starts(pages), strict=True)
        for region in page.regions
    ]

    def texts(*kinds: str) -> list[str]:
        return [raw[start:end] for start, end, kind in regions if kind in kinds]

    body: list[str] = []
    abstract: list[str] = []
    sentences: list[str] = []
    readable = Readable.of(raw)
    for first, last in _stretches([kind for _, _, kind in regions]):
        for kind, bodies in (("body", body), ("abstract", abstract)):
            edits = [Edit(s, e, "skip", "foreign") for s, e, k in regions[first:last] if k != kind]
            kept, _ = apply(
                readable.slice(0, regions[last - 1][1]),
                [Edit(0, regions[first][0], "skip", "before")] * bool(regions[first][0]) + edits,
            )
            words: dict[str, int] = {}
            for paragraph in paragraphs_of(join_lines(kept, words)):
                bodies.append(both(paragraph.text))
                if kind == "body":
                    sentences += [both(sentence.text) for sentence in sentences_of(paragraph)]
    return Reading(
        letters(" ".join(texts("title"))),
        " ".join(abstract),
        tuple(letters(text) for text in texts("caption")),
        tuple(body),
        tuple(sentence for sentence in sentences if len(sentence) >= 2 * _SHORT),
        tuple(letters(line) for text in texts(*_FOREIGN) for line in text.split("\n")),
        _reference_like(texts("body")),
    )


def _starts(pages: Sequence[Page]) -> list[int]:
    starts = [0]
    for page in pages:
        starts.append(starts[-1] + len(page.text) + 1)
    return starts[:-1]


def _stretches(kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From one heading to the next: numbers of the first region, and of the one after the last."""
    cuts = [0, *(i for i, kind in enumerate(kinds) if kind == "heading"), len(kinds)]
    for first, last in pairwise(cuts):
        if first < last:
            yield first, last


def read_plainly(pages: Sequence[str]) -> Reading:
    """What pypdf's plain text becomes in the rooms that are there for it."""
    raw = "\f".join(pages)
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page) + 1)
    document = Document(id="paper", sha256="", raw=raw, page_starts=tuple(starts), extractor="pypdf")
    passages = passages_of(document, repair(document).blocks, 160)
    body = [passage for passage in passages if passage.kind == "body"]
    sentences = [both(sentence.text) for passage in body for sentence in passage.sentences]
    return Reading(
        "",
        " ".join(letters(passage.text) for passage in passages if passage.kind == "abstract"),
        tuple(letters(passage.text) for passage in passages if passage.kind in ("caption", "table")),
        tuple(both(passage.text) for passage in body),
        tuple(sentence for sentence in sentences if len(sentence) >= 2 * _SHORT),
        (),
        _reference_like(passage.text for passage in body),
    )


_REFERENCE = re.compile(r"\b(?:19|20)\d\d[a-z]?\b.{0,120}?\d+(?:\(\d+\))?\s?[:,]\s?[A-Za-z]?\d+\s?[-–]\s?\d+")


def _reference_like(texts: Iterable[str]) -> int:
    """How many stretches look like an entry of a reference list: a year, a volume, pages."""
    return sum(len(_REFERENCE.findall(" ".join(text.split()))) for text in texts)


def score(truth: Truth, reading: Reading, speed: float, foreign: Sequence[str] | None = None) -> Score:
    """Compare; `foreign` are the lines that must stand in no body sentence, those of the reading by default."""
    lines = {line for line in (reading.foreign if foreign is None else foreign) if len(line) >= _SHORT}
    lines |= {sentence for sentence in truth.legends if len(sentence) >= _SHORT}
    lines = {line for line in lines if line not in truth.running}
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
        len(reading.passages),
        speed,
    )


def _known(sentence: str, truth: Truth) -> bool:
    return any(way in truth.anywhere for way in sentence.split("|"))


def _share(wanted: Sequence[str], found: Callable[[str], bool]) -> float:
    return sum(found(one) for one in wanted) / len(wanted) if wanted else float("nan")


def main(arguments: Sequence[str]) -> int:
    """Print the table; with `--missing`, also the sentences that were not found and those that are unknown."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    folders = [Path(argument) for argument in arguments if not argument.startswith("--")]
    pdfs, truths = folders
    out = sys.stdout.write
    out(f"{'paper':32}{'way':8}" + "".join(f"{f.name:>11}" for f in fields(Score)) + "\n")
    rows: list[tuple[str, Score]] = []
    for path in sorted(pdfs.glob("*.pdf"))[:1]:
        read_pages(pypdf.PdfReader(path))  # what is imported late is imported now
    for path in sorted(pdfs.glob("*.pdf")):
        if not (truths / f"{path.stem}.json").exists():
            continue
        truth = truth_of(truths / f"{path.stem}.json")
        data = path.read_bytes()
        began = time.perf_counter()
        plain = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
        took = time.perf_counter() - began
        began = time.perf_counter()
        pages = read_pages(pypdf.PdfReader(io.BytesIO(data)))
        speed = (time.perf_counter() - began) / took
        reading = read_by_layout(pages)
        for way, result in (
            ("plain", score(truth, read_plainly(plain), 1.0, reading.foreign)),
            ("layout", score(truth, reading, speed)),
        ):
            rows.append((way, result))
            out(f"{path.stem[-31:]:32}{way:8}{_row(result)}\n")
        if "--missing" in arguments:
            _print_missing(truth, reading)
    for way in ("plain", "layout"):
        out(f"{'mean':32}{way:8}{_row(_mean([result for name, result in rows if name == way]))}\n")
    return 0


def _mean(scores: Sequence[Score]) -> Score:
    columns = {f.name: [value for s in scores if (value := float(getattr(s, f.name))) == value] for f in fields(Score)}
    return Score(**{name: sum(values) / max(1, len(values)) for name, values in columns.items()})  # type: ignore[arg-type]


def _row(result: Score) -> str:
    return "".join(f"{float(getattr(result, f.name)):11.3f}" for f in fields(Score))


def _print_missing(truth: Truth, reading: Reading) -> None:
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
