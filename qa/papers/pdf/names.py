"""Names of persons in a list of authors: what is a name, and where one ends and the next begins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.papers.pdf.lexicon import (
    DEGREE,
    INSTITUTION,
    MEMBER,
    NO_NAME,
    OCCUPATION,
    PARTICLES,
    SHORT_NAMES,
    STATES,
    TITLE,
    is_place,
)

_MOST_PARTS = 6
"""Words of a name, at most: Maria del Carmen García de la Torre has seven, and is left out. Set by hand, 2026-11-27."""
_MOST_FULL = 4
"""Words of a name that are neither initials nor particles, at most: Maria Fernanda Lima Costa. Set by hand,
2026-11-27."""
_FULL_BEHIND = 2
"""The same behind an initial: Juan C. Lopez Garcia. More are two names. Set by hand, 2026-11-27."""
_MOST_CAPITALS = 3
"""So many capitals in a row may be initials: JRR Tolkien. Set by hand, 2026-11-27."""
_SHOUTED = 0.75
"""A name of which more than this share are capitals is in capitals: Ben McGREEN is not, BEN McGREEN is. Set by hand,
2026-11-27."""

# -- marks behind names

MARKS = "*∗⁎†‡§¶‖#⋆★✉◦"
"""Signs that are raised behind a name and point to a note."""
_NUMBER = r"(?:(?<![^\W_])|(?<=[^\W\d_.]))\d{1,2}\)?(?![^\W_])"
_MARK = rf"(?:\[[^\]\n]{{1,24}}\]|[{MARKS}]+\)?|{_NUMBER})"
_LETTER = r"[a-z](?![\w.’'-])"
_CLUSTER = re.compile(
    rf"\s*,?\s*{_MARK}(?:\s*,?\s*{_MARK}|\s*,\s*{_LETTER})*"
    rf"|(?P<glued>(?:,{_LETTER})+(?:\s*,?\s*{_MARK}|,{_LETTER})*)"
    rf"|(?<=[^\W\d_]) {_LETTER}(?:\s*,\s*{_LETTER})*(?=\s*(?:[,;]|$|and\b))"
)
"""Marks behind a name: [1,2], 1,2*, 4,†. `glued` if the first letter of them hangs on the name: Browna,c,*."""
_END = "\x01"
"""Stands for the marks behind a name, which end it as a comma does."""
_RAISED = str.maketrans({c: f"[{unicodedata.normalize('NFKC', c)}]" for c in "¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰ"})
_LOOSE_ACCENTS = "¨´`ˆ˜¸˚\ufffd"
"""Accents apart from their letters, and characters that could not be read: such a name is not certain."""

# -- what is left out

_NOT_PRINTED = re.compile("[\ue000-\uf8ff\u00ad\u200b-\u200f\u2060\ufeff]")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.|orcid\.org)\S*|\bORCID\b:?|(?<!\w)iD\b|\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_GROUP = (
    r"[^,;]*\b(?:groups?|consortium|collaborat\w+|investigators|network|committee|team|initiative|trialists|alliance"
    r"|study)\b"
)
_FOR_A_GROUP = re.compile(
    r"[,;]?\s*\b(?:and\s+)?(?:(?:on behalf of|representing)\s"
    rf"|(?:for|in collaboration with|with)\s(?:the\s)?{_GROUP}|the\s{_GROUP}).*$",
    re.IGNORECASE | re.DOTALL,
)
"""The group for which the authors write, to the end of the list."""
_OPENING = re.compile(r"^\s*(?:by|authors?\s?:|written by|por|von|par)\s+", re.IGNORECASE)
_DEGREES = re.compile(rf"(?:\s+(?:{DEGREE})(?:\([A-Za-z ]+\))?)+$")
_ONLY_DEGREES = re.compile(rf"(?:{DEGREE})(?:[\s/]+(?:{DEGREE}))*|{MEMBER}")
_TITLES = re.compile(rf"^(?:(?:{TITLE})\b\.?-?\s*)+(?=\S)")

# -- parts of names

_SPLIT = re.compile(
    rf"\s*(?:({_END})[\s,;]*(?:(?i:and|und|&)(?=\s))?"
    r"|[,;]\s*(?i:and|und|&)?(?=\s)|[,;]|[·•|∙⋅&]|\s(?i:and|und)(?=\s)|\s{2,})\s*"
)
_STARTS_WITH_AND = re.compile(r"^\s*(?i:and|und|&)\s")
_CAPITAL = r"[^\W\d_a-zß-ÿ]"
_SUFFIX = re.compile(r"(?:Jr|Sr|JR|SR)\.?|I{2,3}|IV|V(?!\.)")
_INITIALS = re.compile(rf"(?:{_CAPITAL}(?:\.|\b)[-‐]?){{1,4}}|{_CAPITAL}{{1,{_MOST_CAPITALS}}}")
_WITH_STOPS = re.compile(r"(?:[^\W\d_]\.-?)+")
_WORD = re.compile(rf"(?:[dDlL]['’])?{_CAPITAL}[^\W\d_]*(?:['’.‐‑-][^\W\d_]+)*\.?")
_ENDS_WITH_INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_]\.$")
_SCOTS = re.compile(r"(Mc|Mac|Fitz)([A-Z]{2,})")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is printed, and the raised marks behind it."""

    text: str
    marks: str = ""

    @property
    def pointed(self) -> bool:
        """Whether a number or letter stood behind it, which points to an address."""
        return any(c.isalnum() for c in self.marks)

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that stood behind it."""
        numbers: set[int] = set()
        for first, last in re.findall(r"(\d{1,2})(?:\s?[-–]\s?(\d{1,2}))?", self.marks):
            numbers |= set(range(int(first), int(last or first) + 1))
        return frozenset(numbers)

    @property
    def family(self) -> str:
        """The family name without particles, plain letters."""
        return plain(family_of(self.text))

    @property
    def has_initial(self) -> bool:
        """Whether a part of it is one or two initials or has a full stop: no phrase has that."""
        return any("." in word or len(word) == 1 or (len(word) == 2 and word.isupper()) for word in self.text.split())


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two commas, and the marks that ended it."""

    text: str
    marks: str = ""


def names_in(text: str) -> list[Name] | None:
    """The names in a text that is a list of names and nothing else; None if it is anything else.

    A line's end parts two names as a comma does. Degrees, titles, marks, brackets, addresses and "on behalf of …" are
    left out. Names in capitals become small letters; surnames before initials get BibTeX's comma.

    >>> [name.text for name in names_in("Ada B. BROWN[1,2]*, MD, and Ben van der Green[1]") or ()]
    ['Ada B. Brown', 'Ben van der Green']
    >>> names_in("Department of Owls, Oxford") is None
    True
    """
    if any(c in text for c in _LOOSE_ACCENTS):
        return None
    inverted = _inverted(text)
    if inverted is not None:
        return inverted
    parts = list(_without_degrees(_without_letters([part for line in text.split("\n") for part in _parts(line)])))
    if not parts:
        return None
    pairs = _surnames_first(parts)
    if pairs is not None:
        return pairs
    names = [_name(part) for part in parts]
    found = [name for name in names if name is not None]
    return _initials_last(found) if len(found) == len(names) else None


def leading_names(line: str) -> tuple[list[Name], str, bool]:
    """Names at the beginning of a line, the address behind them, and whether it is unsure where the one ends.

    >>> names, address, unsure = leading_names("Ada Brown and Ben Green, University of Owls, UK")
    >>> [name.text for name in names], address, unsure
    (['Ada Brown', 'Ben Green'], 'University of Owls, UK', False)
    """
    pieces = re.split(r"(,\s)", line)
    loud = False
    names: list[Name] = []
    for i in range(0, len(pieces), 2):
        piece, rest = pieces[i], "".join(pieces[i:])
        found = names_in(piece)
        is_placed = any(is_place(part) for part in rest.split(","))
        is_quiet = bool(names) and loud and not _is_loud(piece) and is_placed  # ADA BROWN, Owl Valley, UK
        if found is None or is_quiet:
            is_address = bool(INSTITUTION.search(piece)) or is_quiet
            return names, rest if is_address or is_placed else "", bool(names) and not is_address
        loud = _is_loud(piece)
        names += found
    return names, "", False


def family_of(name: str) -> str:
    """The family name without particles, of a name as BibTeX has it.

    >>> family_of("Ben van der Green Jr"), family_of("van der Green, Ben")
    ('Green', 'Green')
    """
    words = [word for word in name.split(",")[0].split() if not _SUFFIX.fullmatch(word)]
    return words[-1] if words else name


def plain(text: str) -> str:
    """A text's letters and digits, small, without accents, for comparing."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum())


def cleaned(text: str) -> str:
    """A line without addresses, brackets and characters that are not printed."""
    text = unicodedata.normalize("NFKC", _NOT_PRINTED.sub("", text.translate(_RAISED)))
    text = re.sub(r"\s{3,}", "  ", text)
    return _OPENING.sub("", _BRACKETS.sub(" ", _ADDRESS.sub(_END, text)))


def is_blank(text: str) -> bool:
    """Whether nothing is left of a text that is cleaned."""
    return not cleaned(text).strip(_END + " \n")


def is_separated(text: str) -> bool:
    """Whether a line has a comma, an "and" or marks that part or end names."""
    line = _CLUSTER.sub(_END, cleaned(text)).rstrip(_END + " ")
    return len(_SPLIT.split(line)) > 1 or bool(re.search(r"[,;&]\s*$", text))


def ends_open(text: str) -> bool:
    """Whether a line ends where a further name must follow: with a comma or "and"."""
    return bool(re.search(r"(?:[,;&·]|\band)\s*$", cleaned(text)))


def ends_name(text: str) -> bool:
    """Whether a line ends with marks, which end a name."""
    return _CLUSTER.sub(_END, cleaned(text)).rstrip().endswith(_END)


def starts_with_and(text: str) -> bool:
    """Whether a line begins with "and", which parts it from the line before."""
    return bool(_STARTS_WITH_AND.match(text))


def _is_loud(text: str) -> bool:
    """Whether all words but "and" are in capitals for the most part."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.lower() != "and"]
    return bool(words) and all(sum(map(str.isupper, word)) * 2 > len(word) for word in words)


def _parts(line: str) -> Iterator[_Part]:
    marks: list[str] = []

    def end(match: re.Match[str]) -> str:
        marks.append(("?" if match["glued"] else "") + match[0])
        return _END

    text = _CLUSTER.sub(end, _FOR_A_GROUP.sub("", cleaned(line)))
    pieces = _SPLIT.split(_STARTS_WITH_AND.sub("", text))
    taken = iter(marks)
    for piece, ended in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        mark = next(taken, "") if ended else ""
        words = " ".join(piece.replace(_END, " ").split())
        words = words if _ENDS_WITH_INITIAL.search(words) else words.strip(" .:–—-")
        if words or mark:
            yield _Part(words, mark)


def _without_letters(parts: Sequence[_Part]) -> Iterator[_Part]:
    """Parts without the letter of a mark that hangs on a name, where others have letters: Browna,* and Green[b]."""
    lettered = any(re.search(r"\[[^\]]*[a-z]", part.marks) or part.marks.startswith("?") for part in parts)
    for part in parts:
        hangs = part.marks.startswith("?") or (lettered and re.match(rf",[{MARKS}]", part.marks))
        yield replace(part, text=part.text[:-1]) if hangs else part


def _without_degrees(parts: Iterable[_Part]) -> Iterator[_Part]:
    """Parts that may be names; a suffix behind a comma goes back to its name, marks to the name before them."""
    kept: list[_Part] = []
    for part in parts:
        text = _TITLES.sub("", part.text)
        if kept and (not text or _ONLY_DEGREES.fullmatch(text)):
            kept[-1] = replace(kept[-1], marks=kept[-1].marks + part.marks)
        elif kept and _SUFFIX.fullmatch(text):
            kept[-1] = _Part(f"{kept[-1].text} {text}", kept[-1].marks + part.marks)
        elif text:
            shorter = _DEGREES.sub("", text)
            kept.append(_Part(shorter if len(shorter.split()) > 1 else text, part.marks))
    yield from kept


def _name(part: _Part) -> Name | None:
    text = _sensible(OCCUPATION.sub("", part.text))
    words = text.split()
    if not 2 <= len(words) <= _MOST_PARTS or NO_NAME.search(text) or INSTITUTION.search(text) or is_place(text):
        return None
    if re.search(r"\bzu d", text) or (_SUFFIX.fullmatch(words[0]) and len(words[0]) > 1):
        return None  # Lösungen zu den Aufgaben; III Sezione
    kinds = "".join(_kind_of(word, i, len(words) - 1) for i, word in enumerate(words)).rstrip("s")
    core = kinds.replace("p", "")
    if set(core) - set("iw") or len(core) < 2 or "w" not in core or kinds.endswith("p"):
        return None
    _, initial, behind = core.strip("i").rpartition("i")
    is_two = bool(initial) and (len(behind) > _FULL_BEHIND or "iw" in core.strip("i")[: -len(behind) - 1])
    return None if is_two or core.count("w") > _MOST_FULL else Name(text, part.marks)


def _kind_of(word: str, i: int, last: int) -> str:
    """What a word of a name is: "p" a particle, "i" initials, "w" a whole word, "s" a suffix, "?" none of them."""
    within = 0 < i < last
    if i and i == last and _SUFFIX.fullmatch(word):
        return "s"
    if word in PARTICLES or (within and word.lower() in PARTICLES - {"e", "y"}):
        return "p"
    if _INITIALS.fullmatch(word) and (not within or len(word) < _MOST_CAPITALS or "." in word or "-" in word):
        return "i"
    is_word = _WORD.fullmatch(word) and len(word.strip(".")) > 1 and _is_capital(word)
    return "w" if is_word and not (within and word.isupper()) else "?"


def _is_capital(word: str) -> bool:
    """Whether the first letter behind an apostrophe is a capital; scripts without capitals have none."""
    return next((c for c in re.split("['’]", word)[-1] if c.isalpha()), "a").isupper() or word[:1].isupper()


def _surnames_first(parts: Sequence[_Part]) -> list[Name] | None:
    """Names printed as "Brown, A. B.", in BibTeX's form, which is the same; None if these are not such."""
    if len(parts) < 2 or len(parts) % 2:
        return None
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    if not all(not family.marks and _is_family(family.text) and _are_initials(given.text) for family, given in pairs):
        return None
    if all(given.text in STATES for _, given in pairs):  # Boston, MA
        return None
    return [Name(f"{_sensible(family.text)}, {given.text}", given.marks) for family, given in pairs]


def _inverted(text: str) -> list[Name] | None:
    """Names printed as "Brown, Ada; Green, Ben C."; None if these are not such."""
    line = _CLUSTER.sub("", cleaned(text.replace("\n", " ")))
    names: list[Name] = []
    for piece in _FOR_A_GROUP.sub("", line).split(";"):
        family, _, given = (" ".join(part.split()) for part in piece.partition(","))
        words = given.split()
        if not words or not _is_family(family) or _ONLY_DEGREES.fullmatch(given) or NO_NAME.search(given):
            return None
        if not all(_INITIALS.fullmatch(word) or _WORD.fullmatch(word) for word in words):
            return None
        names.append(Name(f"{_sensible(family)}, {given}"))
    return names if len(names) > 1 else None


def _is_family(text: str) -> bool:
    """Whether a text is one family name, with its particles."""
    *particles, last = text.split() or [""]
    return (
        all(word.lower() in PARTICLES for word in particles)
        and bool(_WORD.fullmatch(last))
        and _is_capital(last)
        and len(last) > 1
        and not (NO_NAME.search(text) or INSTITUTION.search(text) or is_place(text))
    )


def _are_initials(text: str) -> bool:
    return bool(text) and all(_INITIALS.fullmatch(word) for word in text.split())


def _initials_last(names: Sequence[Name]) -> list[Name]:
    """Names printed as "Brown AB", as BibTeX has them: "Brown, AB"; as they are if not all of several are such."""

    def is_so(name: Name) -> bool:
        *family, initials = name.text.split()
        return bool(re.fullmatch(rf"[A-Z]{{1,{_MOST_CAPITALS}}}", initials)) and _is_family(" ".join(family))

    if len(names) > 1 and all(map(is_so, names)):
        return [replace(name, text=", ".join(name.text.rsplit(" ", 1))) for name in names]
    return list(names)


def _sensible(text: str) -> str:
    """A name in small letters with capitals where names have them, if it or its family name is in capitals."""
    words = text.split()
    capitals = sum(map(str.isupper, text))
    is_long = any(len(word) > _MOST_CAPITALS for word in words)
    shouted = is_long and capitals > _SHOUTED * sum(map(str.isalpha, text))
    return " ".join(_lowered(word, shouted, first=i == 0) for i, word in enumerate(words))


def _lowered(word: str, shouted: bool, first: bool) -> str:
    """A word of a name in small letters, if it is in capitals and neither initials nor a numeral."""
    if scots := _SCOTS.fullmatch(word):
        return scots[1] + scots[2].capitalize()
    letters = "".join(c for c in word if c.isalnum())
    is_numeral = letters in ("II", "III", "IV", "V")
    if is_numeral or word.upper() != word or len(letters) < 2 or _WITH_STOPS.fullmatch(word):
        return word
    if not shouted:
        return word if len(letters) <= _MOST_CAPITALS else _capitalised(word)
    if word.lower() in PARTICLES and not first:
        return word.lower()
    is_pair = len(letters) == 2 and letters not in SHORT_NAMES | {"JR", "SR"}
    is_triple = len(letters) == 3 and not re.search("[AEIOUY]", plain(letters).upper())
    return word if is_pair or is_triple else _capitalised(word)


def _capitalised(word: str) -> str:
    return "".join(piece.capitalize() for piece in re.split(r"([-‐‑'’.])", word))
