"""BibTeX and BibLaTeX: what `corpus.bib` says of each paper, and in which line it has a fault.

An entry with a fault costs itself at most. bibtexparser splits the file into blocks; values, inheritance and the names
of files are read here, because it does not.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from qa.papers.files import SUFFIXES, decode
from qa.papers.markup import all_plain, plain
from qa.papers.values import parts, tokens
from qa.types import SourceError

FIELDS = (
    "title",
    "author",
    "journal",
    "booktitle",
    "year",
    "volume",
    "number",
    "pages",
    "doi",
    "keywords",
    "abstract",
)
"""What is kept of an entry, under the names of BibTeX, beside its key."""

_NAMES = {
    "journal": ("journal", "journaltitle", "shortjournal"),
    "number": ("number", "issue"),
}
"""BibTeX's name of a field, and the names under which it may stand, the best first."""
_ITS_OWN = {"title", "subtitle", "file", "doi", "abstract", "keywords", "pages", "crossref", "xdata", "xref"}
"""What an entry does not inherit from the book or the proceedings that `crossref` names."""
_MONTHS = "January February March April May June July August September October November December"
_MACROS = {name[:3].lower(): name for name in _MONTHS.split()}
"""The macros that every BibTeX style defines."""

_ENTRY = re.compile(r"@\s*(\w+)\s*[{(]\s*([^\s,={}()\"]*)")
_BRACELESS = re.compile(r"^[ \t]*@(?!comment\b)(\w+)[^{(\n]*=", re.IGNORECASE | re.MULTILINE)
"""A line that begins as an entry does and gives a field, but has no brace."""
_FIELD_OUTSIDE = re.compile(r"[\s,]*[A-Za-z][\w-]*\s*=\s*[{\"\d]")
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*\"?([^,\"=]+)")
_YEAR = re.compile(r"\d{4}")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a bibliography: its file's name, the line, from 1, and what helps; line 0 is the whole file.

    >>> print(Fault("corpus.bib", 3, "a comma is missing"))
    corpus.bib, line 3: a comma is missing
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is written: `start` and `end` are in the text, `line` counts from 0.

    `fields` have BibTeX's names and are never blank, `own` have the names that stand there; both with their markup.
    """

    key: str
    kind: str
    line: int
    start: int
    end: int
    fields: Mapping[str, str]
    own: Mapping[str, str]
    files: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bibliography:
    """The entries of a bibliography that can be read, in their order, and what is wrong with the others."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()

    def metadata_of(self, file: PurePath) -> dict[str, str]:
        """What is known of a paper, by the path of its file in the corpus folder: `FIELDS` in plain text, and `key`.

        {} if no entry names the file. Letter case, folders that are not there and the normal form of Unicode may
        differ; of several entries the one is taken whose path fits best, and of equal ones the first.
        """
        best = self.naming(file)
        if not best:
            return {}
        known = self.whole(best[0])
        return {name: known[name] for name in FIELDS if known.get(name)} | {"key": best[0].key}

    def naming(self, file: PurePath) -> list[Entry]:
        """The entries that name a file best, in their order."""
        wanted = _form(file.parts)
        scored = [(_agreement(wanted, path), entry) for path, entry in self._by_name.get(wanted[-1].casefold(), ())]
        best = max((score for score, _ in scored), default=None)
        return list({entry.start: entry for score, entry in scored if score == best}.values())

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[tuple[str, ...], Entry]]]:
        found: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        for entry in self.entries:
            for path in entry.files:
                found.setdefault(path[-1].casefold(), []).append((path, entry))
        return found

    @cached_property
    def _by_key(self) -> dict[str, Entry]:
        return {entry.key.casefold(): entry for entry in reversed(self.entries)}

    def whole(self, entry: Entry) -> dict[str, str]:
        """The fields of an entry and those that it inherits, in plain text."""
        fields = self.inherited(entry)
        doi = bare_doi(re.sub(r"\\([_&%#$~{}])|[{}]", r"\1", fields.pop("doi", "")))
        known = all_plain({name: value for name, value in fields.items() if name in {*FIELDS, "subtitle"}})
        known["author"] = _authors(known.get("author", ""))
        return known | {"title": titled(known.get("title", ""), known.get("subtitle", "")), "doi": doi}

    def inherited(self, entry: Entry, seen: frozenset[str] = frozenset()) -> dict[str, str]:
        """The fields of an entry with those of its parents, where it has none itself; `seen` are its children."""
        known = dict(entry.fields)
        seen |= {entry.key}
        for name in ("xdata", "crossref"):
            for key in entry.fields.get(name, "").split(","):
                parent = self._by_key.get(key.strip().casefold())
                if parent is not None and parent.key not in seen:
                    theirs = self.inherited(parent, seen)
                    known = (theirs if name == "xdata" else _handed_down(theirs, parent.kind)) | known
        return known


def _handed_down(fields: Mapping[str, str], kind: str) -> dict[str, str]:
    """What an entry gets from one that its `crossref` names: the title of a book is the `booktitle` of its chapters."""
    title = titled(fields.get("title", ""), fields.get("subtitle", ""))
    handed = {name: value for name, value in fields.items() if name not in _ITS_OWN}
    return handed | ({"journal" if kind == "periodical" else "booktitle": title} if title else {})


def bare_doi(text: str) -> str:
    """A DOI without what people and programs write in front of it.

    >>> bare_doi("https://doi.org/10.1000/a"), bare_doi("doi: 10.1000/a")
    ('10.1000/a', '10.1000/a')
    """
    return _DOI.sub("", text.strip())


def titled(title: str, subtitle: str) -> str:
    """A title with its subtitle, unless it ends with that already."""
    if not subtitle or title.casefold().endswith(subtitle.casefold()):
        return title
    return f"{title}{'' if title.endswith((':', '?', '!')) else ':'} {subtitle}" if title else subtitle


def _authors(names: str) -> str:
    """Authors as BibTeX writes them; BibLaTeX also has names in parts.

    >>> _authors("family=Beek, given=Jan, prefix=van, useprefix=true and Lee, Bo")
    'van Beek, Jan and Lee, Bo'
    """
    people = []
    for name in names.split(" and "):
        parts = dict(_NAME_PART.findall(name))
        if "family" in parts:
            family = " ".join(part for part in (parts.get("prefix"), parts["family"]) if part)
            name = ", ".join(part for part in (family, parts.get("suffix"), parts.get("given")) if part)
        people.append(name)
    return " and ".join(people)


def _form(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", part) for part in parts)


def _agreement(wanted: tuple[str, ...], path: tuple[str, ...]) -> tuple[int, bool]:
    """How well a path in an entry fits a file: the folders above that are the same, and whether the name is."""
    folders = 0
    for one, other in zip(reversed(wanted[:-1]), reversed(path[:-1]), strict=False):
        if one.casefold() != other.casefold():
            break
        folders += 1
    return folders, wanted[-1] == path[-1]


def read_bibliography(path: Path) -> Bibliography:
    """The entries and the faults of a bibliography; of one that is missing or cannot be read, no entries."""
    if not path.exists():
        return Bibliography()
    try:
        text = decode(path)
    except SourceError as error:
        reason = str(error).replace(str(path), path.name)
        return Bibliography(faults=(Fault(path.name, 0, f"{reason}; until then no paper has its title from there"),))
    return parse(text, path.name)


def without_entries_of(text: str, file: PurePath) -> str:
    """The text of a bibliography without the entries that name a file; every other character stays."""
    for entry in reversed(parse(text, "").naming(file)):
        text = text[: entry.start] + text[entry.end :].lstrip("\r\n")
    return text


def parse(text: str, name: str) -> Bibliography:
    """The entries and the faults of the text of a bibliography; `name` is that of its file."""
    from bibtexparser import model
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is said by the faults
    reader = _Reader(name)
    end = 0
    for block in parse_string(text, parse_stack=[]).blocks:
        raw = str(block.raw)
        start = text.find(raw, end)
        end = start + len(raw)
        inner: model.Block | None = block
        if isinstance(block, model.DuplicateFieldKeyBlock | model.DuplicateBlockKeyBlock):
            inner = block.ignore_error_block  # the reader sees for itself what is there twice
        if isinstance(inner, model.String):
            reader.macro(inner.key, str(inner.value))
        elif isinstance(inner, model.Entry):
            reader.entry(inner, start, end)
        elif isinstance(inner, model.ParsingFailedBlock):
            reader.broken(inner, raw)
        elif isinstance(inner, model.ImplicitComment):
            reader.outside(inner)
    return reader.bibliography()


class _Reader:
    """Takes the blocks of a bibliography in their order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._macros = dict(_MACROS)
        self._entries: list[Entry] = []
        self._with_key: dict[str, Entry] = {}
        self._with_file: dict[tuple[str, ...], Entry] = {}
        self._faults: list[Fault] = []
        self._after_fault = False

    def bibliography(self) -> Bibliography:
        """What was read."""
        return Bibliography(tuple(self._entries), tuple(sorted(self._faults, key=lambda fault: fault.line)))

    def _wrong(self, line: int | None, reason: str) -> None:
        self._faults.append(Fault(self._name, (line or 0) + 1, reason))

    def macro(self, name: str, value: str) -> None:
        """Take what an `@string` defines."""
        self._macros[name.lower()] = self._text(parts(list(tokens(value)))[0])

    def entry(self, block: Any, start: int, end: int) -> None:
        """Take an entry; say what is there twice."""
        self._after_fault = False
        fields: dict[str, str] = {}
        files: list[str] = []
        for line, name, value in self._fields(block):
            if name == "file":
                files.append(value)
            elif name in fields:
                self._wrong(
                    line, f"{_named(block)} has the field `{name}` twice; the first is used, delete one of them"
                )
            fields.setdefault(name, value)
        entry = Entry(
            block.key,
            block.entry_type,
            block.start_line,
            start,
            end,
            canonical(fields),
            fields,
            tuple(dict.fromkeys(path for value in files for path in _paths(value))),
        )
        self._say_if_there(entry)
        self._entries.append(entry)

    def _say_if_there(self, entry: Entry) -> None:
        """Say it if an earlier entry has the key or names the file of this one."""
        same_key = self._with_key.setdefault(entry.key, entry) if entry.key else entry
        taken = {path: self._with_file.setdefault(path, entry) for path in entry.files}
        path, same_file = next(((path, other) for path, other in taken.items() if other is not entry), ((), entry))
        if same_key is not entry:
            used = "both are used, since they name different files; give one of them another key"
            if same_file is not entry or not entry.files:
                used = "only that one is used; delete one of the two"
            self._wrong(
                entry.line, f"the key {entry.key!r} is already that of the entry in line {same_key.line + 1}; {used}"
            )
        elif same_file is not entry:
            used = f"already named by the entry {same_file.key!r} in line {same_file.line + 1}, which is used"
            self._wrong(entry.line, f"{'/'.join(path)} is {used}; delete one of the two")

    def _fields(self, block: Any) -> Iterator[tuple[int, str, str]]:
        """Line, name in lower case, and value of each field of an entry; also of those behind a missing comma."""
        for field in block.fields:
            name = str(field.key).split()[-1] if str(field.key).split() else ""  # a comment may stand in front of it
            found = list(tokens(str(field.value)))
            while True:
                values, rest = parts(found)
                yield field.start_line, name.lower(), self._text(values)
                for part in self._undefined(values) if name.lower() in FIELDS else ():
                    self._wrong(
                        field.start_line,
                        f"`{part}`, the `{name}` of {_named(block)}, is no abbreviation that `@string` defines, and is "
                        "read as it stands; put it into braces",
                    )
                if not rest:
                    break
                if len(rest) < 3 or rest[1] != "=":
                    self._wrong(
                        field.start_line,
                        f"the value of `{name}` in {_named(block)} does not end with a comma; "
                        "put it into braces, and a comma behind them",
                    )
                    break
                self._wrong(
                    field.start_line,
                    f"a comma is missing between `{name}` and `{rest[0]}` in {_named(block)}; put it there",
                )
                name, found = rest[0], rest[2:]

    def _text(self, values: Sequence[str]) -> str:
        return "".join(part[1:-1] if part[0] in '{"' else self._macros.get(part.lower(), part) for part in values)

    def _undefined(self, values: Sequence[str]) -> list[str]:
        """The parts of a value that are neither numbers nor in braces or quotation marks, and that nothing defines."""
        return [part for part in values if part[0].isalpha() and part.lower() not in self._macros]

    def broken(self, block: Any, raw: str) -> None:
        """Say what is wrong with a block that is no entry."""
        self._after_fault = True
        found = _ENTRY.match(raw)
        if raw[:8].lower() == "@comment":
            return
        is_entry = found is not None and found[2] and found[1].lower() not in ("string", "preamble")
        what = f"the entry {found[2]!r}" if found and is_entry else f"this {re.split('[{(]', raw)[0].strip()}"
        reason = str(getattr(block.error, "abort_reason", block.error))
        if "comma after entry key" in reason:
            why = "a comma is missing behind its key; put it there"
        elif "@" in reason or "end of file" in reason:
            why = "it is not closed; look for the } or the quotation mark that is missing"
        else:
            line = (block.start_line or 0) + raw.count("\n") + 1
            why = f"near line {line} a field is not written as `name = {{value}},`; write it so"
        self._wrong(block.start_line, f"{what} is left out: {why}")

    def outside(self, block: Any) -> None:
        """Say it if there are fields between two entries, or an entry without a brace; all other text is a comment."""
        after_fault, self._after_fault = self._after_fault, False
        if after_fault:
            return
        text = str(block.comment)
        for found in _BRACELESS.finditer(text):
            line = (block.start_line or 0) + text.count("\n", 0, found.start())
            self._wrong(line, f"@{found[1]} is left out: no {{ follows it; put one there")
        if self._entries and _FIELD_OUTSIDE.match(text):
            self._wrong(
                block.start_line,
                f"there are fields outside of any entry, so {self._entries[-1].key!r} lacks them; "
                "take out the } that ends it too early",
            )


def _named(block: Any) -> str:
    return f"the entry {block.key!r} of line {block.start_line + 1}"


def canonical(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields under BibTeX's names. A `date` gives its first year: 2018-05-03, 2018/2019, 2018~, circa 2018."""
    others = {alias for aliases in _NAMES.values() for alias in aliases}
    found = {name: value for name, value in fields.items() if value.strip() and name not in others}
    for name, aliases in _NAMES.items():
        if given := next((alias for alias in aliases if fields.get(alias, "").strip()), None):
            found[name] = fields[given]
    if "year" not in found and (year := _YEAR.search(fields.get("date", ""))):
        found["year"] = year[0]
    return found


def _paths(value: str) -> list[tuple[str, ...]]:
    """The paths of papers in a field `file`, as folders and name, NFC; a name in LaTeX is given as it stands too.

    Reference managers write `name.pdf`, `folder/name.pdf`, `description:path:type`, several of them with `;` between
    them, and a backslash in front of the signs that they use themselves.

    >>> _paths(r"Full Text:files/12/a.pdf:application/pdf;:K{\\"u}hne.txt:text/plain")
    [('files', '12', 'a.pdf'), ('K{"u}hne.txt',), ('Kühne.txt',)]
    """
    found: list[tuple[str, ...]] = []
    for attachment in re.split(r"(?<!\\);", value):
        parts = re.split(r"(?<!\\):", attachment)
        named = [forms for part in parts if (forms := _path(part))]
        # The description, in front, is often a file's name as well.
        found += [form for forms in (named[1:] if len(named) > 1 and _path(parts[0]) else named) for form in forms]
    names = {path[-1] for path in found}
    return found + [form for form in _path(value) if form[-1] not in names]  # a name with `;` or `:` in it


def _path(text: str) -> list[tuple[str, ...]]:
    """A path as it stands and, if there may be LaTeX in its name, as that is read; [] if it is not that of a paper."""
    path = re.sub(r"\\(.)", r"\1", text).strip(" {}")
    if not path.lower().endswith(SUFFIXES):
        return []
    *folders, name = (unicodedata.normalize("NFC", step) for step in re.split(r"[/\\]", path))
    latex = [plain(re.split(r"/|\\\\", text)[-1])] if re.search(r"[\\{$]", text) else []
    return [(*folders, form) for form in dict.fromkeys([name, *latex])]
