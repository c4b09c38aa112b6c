"""A finding: what was looked at, whether it is right, and the command that mends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shlex import join
from typing import Literal

from qa.config import AskSettings, Folders, IndexSettings
from qa.index import store
from qa.index.embed import Encoder
from qa.index.index import Index
from qa.index.library import Library

State = Literal["ok", "note", "wrong"]
"""Right; worth knowing; something does not work, or soon will not."""

_COMMAND = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `found` may have several lines; `remedy` ends with the command that mends it.

    Raises:
        ValueError: it is not ok, and its remedy names no command.

    >>> print(Finding("disk", "wrong", "no space is left", "run `qa index prune --keep 1`").text)
    no space is left; run `qa index prune --keep 1`
    """

    check: str
    state: State
    found: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.state != "ok" and not _COMMAND.search(self.remedy):
            raise ValueError(f"{self.check}: {self.found!r} has no command that mends it: {self.remedy!r}")

    @property
    def text(self) -> str:
        """What was found, and what mends it."""
        return "; ".join(filter(None, [self.found, self.remedy]))


Check = Callable[["Asked"], Iterable[Finding]]
"""Looks at one thing. A `QAError` or an `OSError` that it raises is a finding too (`qa.doctor.checks`)."""


def of_error(check: str, error: Exception, remedy: str, state: State = "wrong") -> Finding:
    """What an error says, with its own remedy if it ends with one that is a command, else with this one.

    >>> of_error("index", ValueError("it is damaged; run `qa index build`"), "run `qa`").remedy
    'run `qa index build`'
    """
    said, _, last = str(error).rpartition("; ")
    return (
        Finding(check, state, said, last)
        if said and _COMMAND.search(last)
        else Finding(check, state, str(error), remedy)
    )


@dataclass(frozen=True)
class Asked:
    """What is looked at: the folders of papers, index and state. `quick` leaves out what reads every byte.

    The encoder is the one that the settings name, unless another is given.
    """

    corpus: Path
    folder: Path
    quick: bool = False
    settings: IndexSettings = field(default_factory=IndexSettings)
    answering: AskSettings = field(default_factory=AskSettings)
    state: Path = field(default_factory=lambda: Folders().state_dir)
    encoder: Encoder | None = None

    @cached_property
    def index(self) -> Index | None:
        """The published index, None if nothing was published. Raises `StoreError` if it is damaged."""
        if store.current_generation(self.folder) is None:
            return None
        return store.load(self.folder, every_byte=False)

    @cached_property
    def differences(self) -> list[str]:
        """The reasons why the published index is stale. Raises a `QAError` if that cannot be told."""
        return (
            Library(self.corpus, self.folder, self.settings, self.encoder).differences(self.index) if self.index else []
        )

    def qa(self, *words: str | Path) -> str:
        """A command of this program on these folders, in backquotes."""
        folders: list[str] = []
        if words[0] == "index":
            folders += ["--index", str(self.folder)] if self.folder != Path("index") else []
            has_corpus = words[1] in ("build", "add", "remove") and self.corpus != Path("corpus")
            folders += ["--corpus", str(self.corpus)] if has_corpus else []
        return command("qa", *words[:2], *folders, *words[2:])


def command(*words: str | Path) -> str:
    """A command as it is typed into a shell, in backquotes.

    >>> command("qa", "index", "remove", "two words")
    "`qa index remove 'two words'`"
    """
    return f"`{join(map(str, words))}`"


def size_of(count: float) -> str:
    """Bytes as people read them.

    >>> size_of(512), size_of(1_250_000), size_of(3.2e9)
    ('0.5 kB', '1.2 MB', '3.2 GB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1e3:.1f} kB"


def few(items: Iterable[str], most: int = 5) -> str:
    """The first few of some things, and how many more there are.

    >>> few("abcd", most=2)
    'a, b and 2 more'
    """
    named = list(items)
    more = len(named) - most
    return ", ".join(named[:most]) + (f" and {more} more" if more > 0 else "")
