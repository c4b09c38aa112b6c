"""Edit what a bibliography says of one paper: a text becomes a text, and every other character stays.

What is written is read back before it is returned, by the reader of all bibliographies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from qa.papers import latex
from qa.papers.bibliography import Bibliography, Entry, bare_doi, parse, titled
from qa.papers.files import BIBLIOGRAPHY
from qa.papers.markup import plain
from qa.papers.values import Written, fields_in
from qa.types import SourceError

EDITABLE = ("title", "author", "year", "doi")
"""The fields that a person may edit, under the names of BibTeX."""
MAX_LENGTH = {"title": 1000, "author": 20_000, "doi": 300}
"""Characters, against what was pasted by mistake. Set by hand, 2026-11-27: no paper at hand comes near."""

_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\]+")
_OTHER_NAMES = {"year": ("date",), "title": ("subtitle",)}
"""Other fields of an entry from which a field is read."""
_PROTECTED = re.compile(r"\{([\w-]+)\}")
"""A word whose capitals a style of BibTeX must keep."""

Splice = tuple[int, int, str]
"""A range of a text, and what comes in its place."""


def typed(values: Mapping[str, str]) -> dict[str, str]:
    """What a person typed into the fields `EDITABLE`, as the bibliography would give it back; "" says nothing.

    Authors stand one a line, or with "and" between them.

    Raises:
        SourceError: a value is not what it should be; all that is wrong is named.
    """
    lines = [latex.one_line(line) for line in values.get("author", "").splitlines()]
    names = re.split(r"\s+and\s+", " and ".join(filter(None, lines)))
    found = {
        "title": latex.one_line(values.get("title", "")),
        "author": " and ".join(filter(None, (name.strip(" ,;") for name in names))),
        "year": latex.one_line(values.get("year", "")),
        "doi": bare_doi(latex.one_line(values.get("doi", ""))),
    }
    wrong = []
    if not any(map(str.isalnum, found["title"])):
        wrong.append("a paper needs a title; type it in words")
    if found["year"] and not _YEAR.fullmatch(found["year"]):
        wrong.append(f"{found['year'][:20]!r} is no year of a publication; type four digits, for example 2019")
    if found["doi"] and not _DOI.fullmatch(found["doi"]):
        wrong.append(f"{found['doi'][:60]!r} is no DOI; it begins with 10., for example 10.1000/182")
    wrong += [f"the {name} is longer than {n} characters" for name, n in MAX_LENGTH.items() if len(found[name]) > n]
    if wrong:
        raise SourceError("; ".join(wrong))
    return found


def edited(text: str, file: PurePath, changes: Mapping[str, str]) -> str:
    """The text of a bibliography in which some of the fields `EDITABLE` of a paper, by its file, have other values.

    `changes` are such as `typed` returns; "" takes a field out. A paper that no entry names gets one, at the end.

    Raises:
        SourceError: it cannot be written so that exactly this is read back, and that of the others as before.
    """
    before = parse(text, BIBLIOGRAPHY)
    entry = next(iter(before.naming(file)), None)
    _check_faults(text, before, file, entry)
    if entry is not None:
        _check_inherited(before, entry, changes)
    styles = (True, False) if latex.is_ascii_style(text) else (False,)
    for ascii_only in styles:
        written = {name: _written(name, value, entry, ascii_only) for name, value in changes.items()}
        if entry is None:
            changed = with_entry(text, "article", fresh_key(text, changes, file.stem), written, [file])
        else:
            changed = spliced(text, splices(text, entry, written))
        if _is_read_back(before, parse(changed, BIBLIOGRAPHY), file, entry, changes):
            return changed
    raise SourceError(
        f"this cannot be written into {BIBLIOGRAPHY} so that exactly the same is read back, and nothing is changed; "
        "take out what looks like markup (<i>, &amp;, single braces)"
        + (f", or first mend the bibliography: {before.faults[0]}" if before.faults else "")
    )


def splices(text: str, entry: Entry, written: Mapping[str, str]) -> list[Splice]:
    """What to replace in a text so that fields of an entry have other values, which are LaTeX; "" takes one out."""
    fields = fields_in(text, entry.start, entry.end)
    first = {field.name: field for field in reversed(fields)}
    found: list[Splice] = []
    new: dict[str, str] = {}
    for name, value in written.items():
        others = [field for field in fields if field.name in _OTHER_NAMES.get(name, ())]
        if not value:
            found += [_without(text, field) for field in (*(f for f in fields if f.name == name), *others)]
            continue
        target = first.get(name)
        if name == "year" and others and not (target and entry.own.get(name, "").strip()):
            target = others[0]
        elif name == "title" and others:
            subtitle = plain(entry.own["subtitle"])
            front = plain(value).removesuffix(subtitle).rstrip(" :")
            if subtitle and front and titled(front, subtitle) == plain(value):
                value = latex.escaped(front)
            else:
                found += [_without(text, field) for field in others]
        if target is None:
            new[name] = value
        else:
            is_number = value.isdigit() and all(part.isdigit() for part in target.values)
            found.append((target.value_start, target.end, value if is_number else f"{{{value}}}"))
    if new:
        gone = [field for field in fields if any(start <= field.start < end for start, end, by in found if not by)]
        found.append(_more(text, [field for field in fields if field not in gone], new))
    return found


def spliced(text: str, found: Iterable[Splice]) -> str:
    """A text with these ranges replaced; none may overlap."""
    for start, end, replacement in sorted(found, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def with_entry(text: str, kind: str, key: str, written: Mapping[str, str], files: Sequence[PurePath]) -> str:
    """A text with another entry at its end, that names these files; `written` are its other fields, in LaTeX."""
    newline = _newline(text)
    paths = ";".join(re.sub(r"([\\:;{}])", r"\\\1", file.as_posix()) for file in files)
    fields = {name: value for name, value in written.items() if value} | {"file": paths}
    width = max(map(len, fields))
    lines = [f"@{kind}{{{key},", *(f"  {name:{width}} = {{{value}}}," for name, value in fields.items()), "}", ""]
    is_empty = not text.strip("\ufeff \r\n")
    gap = "" if is_empty else newline * (2 - text.endswith("\n") - text.endswith(newline * 2))
    return text + gap + newline.join(lines)


def fresh_key(text: str, known: Mapping[str, str], otherwise: str) -> str:
    """A key that stands nowhere in a text, of the first author's family name and the year.

    >>> fresh_key("@misc{muller2019, title = {A}}", {"author": "Müller, J. and Lee, B.", "year": "2019"}, "a")
    'muller2019a'
    """
    from qa.text import without_accents

    first = known.get("author", "").split(" and ")[0]
    family = first.partition(",")[0] if "," in first else first.rpartition(" ")[2]
    stem = "".join(re.findall(r"[A-Za-z0-9]+", without_accents(family))).lower()
    stem = (
        f"{stem}{known.get('year', '')}" if stem else "-".join(re.findall(r"[A-Za-z0-9]+", without_accents(otherwise)))
    )
    there = text.casefold()
    endings = ["", *"abcdefghijklmnopqrstuvwxyz", *map(str, range(2, 100_000))]
    keys = (f"{stem or 'paper'}{end}" for end in endings)
    return next(key for key in keys if not re.search(rf"(?<![\w:-]){re.escape(key.casefold())}(?![\w:-])", there))


def _written(name: str, value: str, entry: Entry | None, ascii_only: bool) -> str:
    """A value as LaTeX; names and words that the entry has already stay as they are written there."""
    own = entry.own.get(name, "") if entry is not None else ""
    if name == "doi":
        return value
    if name == "author":
        as_written = {plain(person): person for person in _people(own)}
        return " and ".join(as_written.get(p) or latex.escaped(p, ascii_only) for p in value.split(" and ") if p)
    written = latex.escaped(value, ascii_only)
    for word in {found[1] for found in _PROTECTED.finditer(own)}:
        written = re.sub(rf"(?<![\w\\{{-]){re.escape(word)}(?![\w}}-])", f"{{{word}}}", written)
    return written


def _people(authors: str) -> list[str]:
    """The names in a field, as they are written there; an "and" in braces parts none.

    >>> _people("{Food and Drugs} and Lee, B.")
    ['{Food and Drugs}', 'Lee, B.']
    """
    names, depth, at = [], 0, 0
    for found in re.finditer(r"(?<!\\)[{}]|\s+and\s+", authors):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 0:
            names.append(authors[at : found.start()])
            at = found.end()
    return [" ".join(name.split()) for name in (*names, authors[at:])]


def _newline(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _without(text: str, field: Written) -> Splice:
    """Takes a field out with the blanks in front of it and the comma behind it."""
    start = len(text[: field.start].rstrip())
    comma = re.compile(r"\s*,").match(text, field.end)
    return start, comma.end() if comma else field.end, ""


def _more(text: str, fields: Sequence[Written], new: Mapping[str, str]) -> Splice:
    """Puts new fields behind the last of an entry's, in its style: on lines of their own or not, aligned or not."""
    last = fields[-1]
    before = text[len(text[: last.start].rstrip()) : last.start]
    between = before if "\n" in before else " "
    heads = [re.fullmatch(r"([^\s=]+)(\s*)=(\s*)", text[field.start : field.value_start]) for field in fields]
    columns = {len(head[1] + head[2]) for head in heads if head}
    width = columns.pop() if len(columns) == 1 and len(fields) > 1 else 0
    gap, behind = (heads[-1][2] and " ", heads[-1][3]) if heads[-1] else (" ", " ")
    lines = [f"{name + gap:{width}}={behind}{{{value}}}" for name, value in new.items()]
    if comma := re.compile(r"\s*,").match(text, last.end):
        return comma.end(), comma.end(), "".join(f"{between}{line}," for line in lines)
    return last.end, last.end, "".join(f",{between}{line}" for line in lines)


def _check_faults(text: str, before: Bibliography, file: PurePath, entry: Entry | None) -> None:
    """Refuse to write a second entry for a paper whose own cannot be read."""
    if entry is not None or not before.faults:
        return
    rest = spliced(text, ((e.start, e.end, "\n" * text.count("\n", e.start, e.end)) for e in before.entries))
    for number, line in enumerate(rest.split("\n"), start=1):
        near = [fault for fault in before.faults if fault.line <= number]
        if near and file.name.casefold() in line.casefold():
            raise SourceError(
                f"the entry of {file.name} cannot be read, and nothing is changed; first mend it: {near[-1]}"
            )


def _check_inherited(before: Bibliography, entry: Entry, changes: Mapping[str, str]) -> None:
    own = dict.fromkeys(name for field in entry.own for name, others in _OTHER_NAMES.items() if field in others)
    for name, value in changes.items():
        if not value and name not in own and not entry.own.get(name, "").strip() and before.whole(entry).get(name):
            parent = entry.fields.get("crossref") or entry.fields.get("xdata")
            raise SourceError(
                f"the {name} is that of the entry {parent!r}, which {entry.key!r} names; it can be changed here, but "
                "taken out only there"
            )


def _is_read_back(
    before: Bibliography, after: Bibliography, file: PurePath, entry: Entry | None, changes: Mapping[str, str]
) -> bool:
    """Whether a paper has exactly the changes, and everything else is what it was."""
    known = before.metadata_of(file)
    mine = next(iter(after.naming(file)), None)
    if mine is None or len(after.faults) > len(before.faults):
        return False
    wanted = {name: value for name, value in (known | dict(changes)).items() if value} | {"key": mine.key}
    if after.metadata_of(file) != wanted or (entry is not None and mine.key != entry.key):
        return False
    return [_sameness(e) for e in before.entries if e is not entry] == [
        _sameness(e) for e in after.entries if e is not mine
    ] and (entry is None or _untouched(entry) == _untouched(mine))


def _sameness(entry: Entry) -> tuple[object, ...]:
    return entry.key, entry.kind, dict(entry.own), entry.files


def _untouched(entry: Entry) -> tuple[object, ...]:
    touched = {*EDITABLE, *(other for others in _OTHER_NAMES.values() for other in others)}
    return entry.key, entry.kind, {n: v for n, v in entry.own.items() if n not in touched}, entry.files
