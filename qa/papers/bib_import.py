"""Take the entries of another bibliography over into that of the corpus; what is there is never lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from qa.papers.bib_edit import Splice, fresh_key, spliced, splices, with_entry
from qa.papers.bibliography import FIELDS, Bibliography, Entry, parse
from qa.papers.files import BIBLIOGRAPHY
from qa.text import without_accents
from qa.types import SourceError

Outcome = Literal["added", "completed", "already there", "no such paper", "faulty", "refused"]
OUTCOMES: Mapping[Outcome, str] = {
    "added": "the paper had no entry, and has this one now",
    "completed": "the entry of the paper has more, or other, fields now",
    "already there": "the entry of the paper says as much",
    "no such paper": "no paper here has this file, this DOI or this title",
    "faulty": "the entry cannot be read",
    "refused": "it cannot be written so that the same is read back",
}
"""What may become of an entry, and what that means."""

_TITLE = 12
"""Letters and digits that a title must have to name a paper: not "Editorial". Set by hand, 2026-11-27."""
_MEANS = {"journaltitle": "journal", "shortjournal": "journal", "issue": "number", "date": "year", "subtitle": "title"}
"""Names of BibLaTeX, and what they give."""
_PARENTS = ("crossref", "xdata", "xref")


@dataclass(frozen=True, slots=True)
class Known:
    """A paper of the corpus: its id, the path of its file in there, and what is known of it."""

    id: str
    file: PurePath
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry: its key, its line from 1, the id of its paper or "", the outcome, and more of it."""

    key: str
    line: int
    paper: str
    outcome: Outcome
    detail: str = ""


def taken_over(
    text: str, other: str, name: str, papers: Sequence[Known], replacing: bool = False
) -> tuple[str, list[Taken]]:
    """The text of the corpus' bibliography with the entries of another, and what became of each, in their order.

    An entry is that of a paper if it names its file, or has its DOI, or else its title. What a paper's entry lacks is
    added; what differs stays as it is, unless it is `replacing`. `name` is that of the other's file.

    Raises:
        SourceError: what is written would not be read back as it should.
    """
    theirs, ours = parse(other, name), parse(text, BIBLIOGRAPHY)
    matcher = _Matcher(papers)
    refused: set[int] = set()
    for _ in range(2):  # once more without those that are not read back
        writer = _Writer(text, ours, theirs, replacing)
        found = [_take(writer, entry, matcher, entry.start in refused) for entry in theirs.entries]
        changed = writer.text()
        wrong = writer.not_read_back(parse(changed, BIBLIOGRAPHY))
        if not wrong:
            return changed, sorted(found + _faulty(other, theirs), key=lambda taken: taken.line)
        refused |= wrong
    raise SourceError(f"{name} cannot be taken over into {BIBLIOGRAPHY}; nothing is changed")


def _faulty(other: str, theirs: Bibliography) -> list[Taken]:
    """The faults that cost an entry; those in an entry that was read cost it nothing here."""
    read = {
        line
        for entry in theirs.entries
        for line in range(entry.line + 1, entry.line + 2 + other.count("\n", entry.start, entry.end))
    }
    return [Taken("", fault.line, "", "faulty", fault.reason) for fault in theirs.faults if fault.line not in read]


class _Matcher:
    """Finds the papers of an entry, by file, DOI or title."""

    def __init__(self, papers: Sequence[Known]) -> None:
        self._papers = papers
        self._by_name: dict[str, list[Known]] = {}
        self._by_doi: dict[str, list[Known]] = {}
        self._by_title: dict[str, list[Known]] = {}
        for paper in papers:
            self._by_name.setdefault(paper.file.name.casefold(), []).append(paper)
            self._by_doi.setdefault(paper.metadata.get("doi", "").casefold(), []).append(paper)
            self._by_title.setdefault(_form(paper.metadata.get("title", "")), []).append(paper)

    def papers_of(self, entry: Entry, known: Mapping[str, str]) -> list[Known]:
        """All papers whose files the entry names, or else those with its DOI, or with its title."""
        one = Bibliography((entry,))
        names = {path[-1].casefold() for path in entry.files}
        if named := [p for name in names for p in self._by_name.get(name, ()) if one.naming(p.file)]:
            return named
        if found := self._by_doi.get(known.get("doi", "").casefold() or "-"):
            return found
        title = _form(known.get("title", ""))
        return self._by_title.get(title, []) if len(title) >= _TITLE else []


def _form(title: str) -> str:
    """A title by which two are compared.

    >>> _form("[On Öwls: a tale]") == _form("On owls – a Tale.")
    True
    """
    return "".join(re.findall(r"\w+", without_accents(title).casefold()))


class _Writer:
    """Collects what is to be changed, one entry of a paper at a time."""

    def __init__(self, text: str, ours: Bibliography, theirs: Bibliography, replacing: bool) -> None:
        self.ours, self.theirs, self._text, self._replacing = ours, theirs, text, replacing
        self.writers: dict[str, Entry] = {}
        self._splices: list[Splice] = []
        self._new: list[tuple[Entry, dict[str, str], list[PurePath]]] = []
        self._wanted: dict[PurePath, tuple[int, dict[str, str]]] = {}

    def text(self) -> str:
        """The text with all changes."""
        text = spliced(self._text, self._splices)
        for entry, fields, files in self._new:
            key = entry.key
            if not key or any(key.casefold() == one.key.casefold() for one in self.ours.entries) or f"{{{key}," in text:
                known = self.theirs.whole(entry)
                key = fresh_key(text, known, files[0].stem)
            text = with_entry(text, entry.kind, key, fields, files)
        return text

    def add(self, entry: Entry, files: list[PurePath]) -> None:
        """Append an entry, without what it needs of others: macros and parents are written out."""
        inherited = self.theirs.inherited(entry)
        own = {n: v for n, v in entry.own.items() if v.strip() and n not in (*_PARENTS, "file")}
        said = {_MEANS.get(name, name) for name in own}
        more = {n: v for n, v in inherited.items() if n in FIELDS and n not in said and v.strip()}
        self._new.append((entry, own | more, files))
        for file in files:
            self._wanted[file] = (entry.start, self._known(entry))

    def complete(self, entry: Entry, ours: Entry, file: PurePath) -> tuple[list[str], list[str]]:
        """Add the fields that our entry lacks; the names of those that are new, and of those that differ and stay."""
        known, here = self._known(entry), self.ours.whole(ours)
        theirs = self.theirs.inherited(entry)
        lacking = [name for name in known if not here.get(name)]
        differing = [name for name in known if here.get(name) and here[name] != known[name]]
        taken = lacking + (differing if self._replacing else [])
        extra = [
            name
            for name, value in entry.own.items()
            if value.strip()
            and name not in (*FIELDS, *_MEANS, *_PARENTS, "file")
            and not ours.own.get(name, "").strip()
        ]
        written = {name: theirs[name] for name in taken if name in theirs} | {n: entry.own[n] for n in extra}
        if "title" in written and theirs.get("subtitle"):
            written["title"] += f": {theirs['subtitle']}" if known["title"] != theirs["title"] else ""
        if written:
            self._splices += splices(self._text, ours, written)
            after = {n: v for n, v in here.items() if n in FIELDS and v} | {n: known[n] for n in taken}
            self._wanted[file] = (entry.start, after)
        return list(written), [] if self._replacing else differing

    def _known(self, entry: Entry) -> dict[str, str]:
        whole = self.theirs.whole(entry)
        return {name: whole[name] for name in FIELDS if whole.get(name)}

    def not_read_back(self, after: Bibliography) -> set[int]:
        """The places of their entries of which something else would be read than they say."""
        wrong = set()
        for file, (start, wanted) in self._wanted.items():
            found = after.metadata_of(file)
            if {name: found.get(name) for name in wanted} != wanted:
                wrong.add(start)
        there = Counter((entry.kind, entry.files) for entry in after.entries)
        lost = Counter((entry.kind, entry.files) for entry in self.ours.entries) - there
        if lost or len(after.faults) > len(self.ours.faults):
            return wrong or {start for start, _ in self._wanted.values()}
        return wrong


def _take(writer: _Writer, entry: Entry, matcher: _Matcher, refused: bool) -> Taken:
    """Take one entry over, and say what became of it."""
    known = writer.theirs.whole(entry)
    papers = matcher.papers_of(entry, known)
    taken = Taken(entry.key, entry.line + 1, papers[0].id if papers else "", "no such paper")
    if not papers:
        return taken
    if len(papers) > 1 and not entry.files:
        ids = ", ".join(paper.id for paper in papers[:5])
        return replace(taken, paper="", detail=f"several papers fit: {ids}; give the entry the file of one")
    paper = papers[0]
    if (earlier := writer.writers.setdefault(paper.id, entry)) is not entry:
        return replace(taken, outcome="already there", detail=f"line {earlier.line + 1} is of the same paper")
    if refused:
        return replace(taken, outcome="refused")
    ours = next(iter(writer.ours.naming(paper.file)), None)
    if ours is None:
        writer.add(entry, [p.file for p in papers if not writer.ours.naming(p.file)])
        return replace(taken, outcome="added")
    written, kept = writer.complete(entry, ours, paper.file)
    said = [f"now with {', '.join(written)}"] if written else []
    said += [f"kept as it was, though it differs: {', '.join(kept)}"] if kept else []
    return replace(taken, outcome="completed" if written else "already there", detail="; ".join(said))
