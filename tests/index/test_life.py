"""The life of an index, at random: whatever happens to a corpus, what was built step by step is what one build makes.

`make soak` runs a thousand lives; `QA_LIVES` says how many.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qa.config import IndexSettings
from qa.index import store
from qa.index.build import build
from qa.index.index import Index
from qa.index.library import Library, Report
from qa.types import StoreError
from tests.conftest import FakeEncoder
from tests.index.equality import same

LIVES = int(os.environ.get("QA_LIVES", "25"))
"""How many lives are led, of `_STEPS` steps each."""
_STEPS = 10
_MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: what is there need not be written to a disk, which takes half of the time."""

_NAMES = ("basalt.txt", "kites.txt", "files/7/owls.txt", "files/quartz.txt", "zebra.txt")
_SENTENCES = (
    "Granite is hard and grey.",
    "Apples grow on trees in 2019.",
    "Introduction\n\nKites fly in the wind, and every kite has a tail of paper.",
    "Results\n\nThe harvest was 120 kg; pears ripened in nine weeks [3].",
    "Basalt cools quickly from lava, and its crys-\ntals stay small.",
    "References\n\n1. Miller A. Quartz veins. Journal of Quartz. 1999.",
)
_LETTERS = "bcdfghklmn"

texts = st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=4)
which = st.integers(0, 99)


@dataclass(frozen=True)
class Candidate:
    generation: str
    files: tuple[Path, ...]
    expected: Index


class Life(RuleBasedStateMachine):
    """A corpus, its index, and what must be published now: the index that one build made of the corpus of then."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="qa-life-", dir=_MEMORY if _MEMORY.is_dir() else None))
        self.corpus, self.folder = self.home / "corpus", self.home / "index"
        self.corpus.mkdir()
        self.made = 0
        self.titles: dict[str, str] = {}
        self.dois: dict[str, str] = {}
        self.candidate: Candidate | None = None
        self.published: dict[str, Index] = {}
        self.current: str | None = None
        self.gone: set[str] = set()
        self.known: tuple[object, Index | None] | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.home)

    # What a person sees in the folder

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.corpus).as_posix() for path in self.corpus.rglob("*.txt"))

    def chosen(self, number: int) -> str:
        return self.files()[number % len(self.files())]

    def free(self, number: int) -> str | None:
        taken = {Path(name).stem for name in self.files()}
        names = [name for name in _NAMES if Path(name).stem not in taken]
        return names[number % len(names)] if names else None

    def text(self, sentences: Sequence[str]) -> str:
        """Sentences with one that no other text has: its word is made of the letters of a number."""
        self.made += 1
        return "\n\n".join([*sentences, f"Here {_marker(self.made)} was seen."])

    def write(self, name: str, text: str) -> None:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def write_bibliography(self) -> None:
        entries = [
            f"@misc{{k{number}, title = {{{self.titles[name]}}}, file = {{{name}}}"
            + (f", doi = {{{self.dois[name]}}}" if name in self.dois else "")
            + "}\n"
            for number, name in enumerate(sorted(self.titles))
        ]
        (self.corpus / "corpus.bib").write_text("".join(entries), "utf-8")

    # What must be so

    def whole(self, added: Sequence[Path] = ()) -> Index | None:
        """The index that one build makes of all papers; None if there is none that can be read."""
        papers = [path for path in [*self.corpus.rglob("*"), *added] if path.is_file() and path.name[0] != "."]
        state = tuple((str(path), path.read_bytes()) for path in sorted(papers))
        if self.known is None or self.known[0] != state:
            try:
                self.known = state, build(self.library().sources_with(added), IndexSettings(), FakeEncoder())
            except StoreError:
                self.known = state, None
        return self.known[1]

    def library(self, encoder: FakeEncoder | None = None) -> Library:
        return Library(self.corpus, self.folder, encoder=encoder or FakeEncoder())

    def update(self) -> list[str]:
        """Bring the index up to date; returns what was embedded for it."""
        encoder, expected = FakeEncoder(), self.whole()
        if expected is None:
            with pytest.raises(StoreError, match="no paper to index"):
                self.library(encoder).update()
            return encoder.texts
        self.publishes(self.library(encoder).update(), expected)
        return encoder.texts

    def publishes(self, report: Report, expected: Index) -> None:
        self.current = report.generation
        self.published[report.generation] = expected
        assert report.failures == expected.failures

    @invariant()
    def what_is_published_is_what_one_build_makes(self) -> None:
        assert store.current_generation(self.folder) == self.current
        if self.current:
            assert store.problems(self.folder) == []
            assert same(store.load(self.folder, every_byte=False), self.published[self.current])

    @invariant()
    def nothing_is_left_of_what_was_written(self) -> None:
        if self.folder.exists():
            assert not [path.name for path in self.folder.iterdir() if path.name.startswith((".building", ".parts"))]

    @invariant()
    def nothing_is_left_of_what_is_gone(self) -> None:
        """The words of papers that are no longer there are in no file of the generation in use."""
        if self.current and self.up_to_date():
            there = self.words()
            _never(
                [word for word in map(_marker, range(1, self.made + 1)) if word not in there],
                self.folder / self.current,
            )
        _never(sorted(self.gone), self.folder, self.corpus)

    @invariant()
    def every_paper_is_indexed_once_or_reported(self) -> None:
        if self.current and self.up_to_date():
            index = self.published[self.current]
            sums = [document.sha256 for document in index.documents]
            assert len(set(sums)) == len(sums)
            assert len(set(index.dois.values())) == len(index.dois)
            reported = [failure.file for failure in index.failures]
            assert sorted([*index.keys, *(Path(name).stem for name in reported)]) == sorted(
                Path(name).stem for name in self.files()
            )

    def words(self) -> str:
        return "".join((self.corpus / name).read_text("utf-8", "replace") for name in self.files())

    def up_to_date(self) -> bool:
        now = self.whole()
        return now is not None and self.current is not None and same(self.published[self.current], now)

    # What may happen

    @initialize(texts=st.lists(texts, min_size=2, max_size=3))
    def begins(self, texts: list[list[str]]) -> None:
        for name, sentences in zip(_NAMES, texts, strict=False):
            self.write(name, self.text(sentences))
        self.titles = {_NAMES[0]: "On Basalt"}
        self.write_bibliography()
        self.update()

    @rule(sentences=texts, number=which)
    def a_paper_is_added(self, sentences: list[str], number: int) -> None:
        if name := self.free(number):
            self.write(name, self.text(sentences))
            self.update()

    @precondition(lambda self: self.files())
    @rule(sentences=texts, number=which)
    def a_paper_is_edited(self, sentences: list[str], number: int) -> None:
        self.write(self.chosen(number), self.text(sentences))
        self.update()

    @precondition(lambda self: self.files())
    @rule(number=which, other=which)
    def a_paper_is_renamed(self, number: int, other: int) -> None:
        """With its title, which is embedded with each sentence; only then it costs nothing."""
        old, new = self.chosen(number), self.free(other)
        if new is None:
            return
        embedded = not self.up_to_date() or old not in self.titles or self.twins(old)
        (self.corpus / new).parent.mkdir(parents=True, exist_ok=True)
        (self.corpus / old).rename(self.corpus / new)
        for known in (self.titles, self.dois):
            if old in known:
                known[new] = known.pop(old)
        self.write_bibliography()
        assert self.update() == [] or embedded

    def twins(self, name: str) -> bool:
        """Whether a paper is there twice, so that another of the two may be read once the names have changed."""
        data = (self.corpus / name).read_bytes()
        others = [other for other in self.files() if other != name]
        return any(
            (self.corpus / other).read_bytes() == data or self.dois.get(other, "") == self.dois.get(name)
            for other in others
        )

    @precondition(lambda self: self.files())
    @rule(number=which, other=which)
    def a_paper_is_there_under_two_names(self, number: int, other: int) -> None:
        if name := self.free(other):
            first = self.chosen(number)
            self.write(name, "")
            shutil.copyfile(self.corpus / first, self.corpus / name)
            self.update()

    @precondition(lambda self: self.files())
    @rule(
        number=which, title=st.sampled_from(["On Kites", "Of the North", "Owls"]), doi=st.sampled_from(["", "10.1/a"])
    )
    def the_bibliography_is_edited(self, number: int, title: str, doi: str) -> None:
        """One DOI may be that of several papers."""
        name = self.chosen(number)
        self.titles[name] = title
        self.dois.pop(name, None)
        if doi:
            self.dois[name] = doi
        self.write_bibliography()
        self.update()

    @precondition(lambda self: self.files())
    @rule(number=which)
    def a_paper_is_spoilt(self, number: int) -> None:
        (self.corpus / self.chosen(number)).write_bytes(b"caf\xe9 \xff")
        self.update()

    @precondition(lambda self: len(self.files()) > 1)
    @rule(number=which)
    def a_file_is_deleted(self, number: int) -> None:
        self.lose(self.chosen(number)).unlink()
        self.write_bibliography()
        self.update()

    def lose(self, name: str) -> Path:
        for known in (self.titles, self.dois):
            known.pop(name, None)
        return self.corpus / name

    @precondition(lambda self: len(self.files()) > 1)
    @rule(number=which)
    def a_paper_is_removed(self, number: int) -> None:
        """Nothing of it stays anywhere, unless another file has the same words."""
        name = self.chosen(number)
        text = (self.corpus / name).read_text("utf-8", "replace")
        encoder = FakeEncoder()
        report = None
        with suppress(StoreError):  # none of the others can be read
            report = self.library(encoder).remove([Path(name).stem])
        self.lose(name)
        assert not (self.corpus / name).exists()
        left = self.words()
        self.gone |= {_marker(n) for n in range(1, self.made + 1) if _marker(n) in text and _marker(n) not in left}
        expected = self.whole()
        self.candidate = (
            self.candidate if self.candidate and (self.folder / self.candidate.generation).exists() else None
        )
        if expected is None:
            assert report is None
            self.current = None
        else:
            assert report is not None
            self.publishes(report, expected)

    @precondition(lambda self: self.published)
    @rule(number=which)
    def somebody_goes_back(self, number: int) -> None:
        kept = [row["generation"] for row in store.history(self.folder) if row["kept"]] if self.current else []
        if kept:
            self.current = self.library().rollback(kept[number % len(kept)])

    @precondition(lambda self: self.current)
    @rule(keep=st.integers(1, 3))
    def older_generations_are_deleted(self, keep: int) -> None:
        self.library().prune(keep)
        there = {row["generation"] for row in store.history(self.folder) if row["kept"]}
        assert self.current in there
        assert len(there) <= keep

    @rule(texts=st.lists(texts, max_size=2), number=which, bad=st.booleans())
    def a_candidate_is_prepared(self, texts: list[list[str]], number: int, bad: bool) -> None:
        files = []
        for at, sentences in enumerate(texts):
            path = self.home / "downloads" / f"new{(number + at) % 5}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.text(sentences), "utf-8")
            files.append(path)
        if bad and files:
            files[0].write_bytes(b"caf\xe9 \xff")
        stems = {Path(name).stem for name in self.files()}
        files = [file for file in files if file.stem not in stems]
        expected = self.whole(files)
        if expected is None:
            with pytest.raises(StoreError, match="no paper to index"):
                self.library().prepare(files)
            return
        report = self.library().prepare(files)
        readable = [file for file in files if file.stem in expected.keys]
        without = self.whole(readable)
        assert without is not None
        self.candidate = Candidate(report.generation, tuple(files), without)
        assert same(store.load(self.folder, report.generation), without)

    @precondition(lambda self: self.candidate)
    @rule()
    def the_candidate_is_released(self) -> None:
        candidate, self.candidate = self.candidate, None
        assert candidate
        files = [file for file in candidate.files if not (self.corpus / file.name).exists()]
        before = self.files()
        try:
            self.library().release(candidate.generation, files)
        except StoreError:
            assert self.files() == before
            return
        now = self.whole()
        assert now is not None
        assert same(now, candidate.expected)
        self.current = candidate.generation
        self.published[candidate.generation] = now

    @precondition(lambda self: self.candidate)
    @rule()
    def the_candidate_is_discarded(self) -> None:
        candidate, self.candidate = self.candidate, None
        assert candidate
        self.library().discard(candidate.generation)
        if candidate.generation not in self.published:
            assert not (self.folder / candidate.generation).exists()


def _marker(number: int) -> str:
    return "zyq" + "".join(_LETTERS[int(digit)] for digit in f"{number:03}")


def _never(words: Sequence[str], *folders: Path) -> None:
    """Fail if one of these words is in a file."""
    for folder in folders:
        for path in folder.rglob("*") if words else ():
            data = path.read_bytes().lower() if path.is_file() else b""
            assert not [word for word in words if word.encode() in data], path


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=LIVES,
    stateful_step_count=_STEPS,
    deadline=None,
    derandomize=LIVES <= 25,  # the same ones each time, but for `make soak`
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
