"""Authors as BibTeX lists them: single names, family names, organisations, and whether there are more."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.text import visible

_MORE = re.compile(r"(?:\band\s+|,\s*)?\b(?:others|et\.? al\.?)\s*$", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:agency|alliance|association|cent(?:er|re|ers|res)|college|collaborat(?:ion|ors)|collaborative|commission"
    r"|committee|community|consortium|council|department|federation|force|foundation|group|hospital|initiative"
    r"|institutes?|investigators|ministry|network|offices?|organi[sz]ation|program(?:me)?|project|registry|society"
    r"|stud(?:y|ies)|team|trialists|union|university)\b",
    re.IGNORECASE,
)
"""Words of names of organisations. Braces, by which BibTeX knows them, are lost where a bibliography is read as plain
text. Set by hand on 2026-11-27, on names of group authors in PubMed ("… Study Group", "… Investigators")."""


@dataclass(frozen=True, slots=True)
class Person:
    """An author: the family name with its prefix, given names and what comes behind a name (Jr); or an organisation.

    >>> Person("van Beek", "Jan", "Jr").last_first
    'van Beek, Jan, Jr'
    """

    family: str
    given: str = ""
    suffix: str = ""
    is_organisation: bool = False

    @property
    def last_first(self) -> str:
        """The name as RIS wants it."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))

    @property
    def bibtex(self) -> str:
        """The name as BibTeX wants it, if it is not `is_whole`."""
        return ", ".join(filter(None, (self.family, self.suffix, self.given)))

    @property
    def is_whole(self) -> bool:
        """Whether BibTeX needs braces around it, because it would take some of its words for given names."""
        return self.is_organisation or (" " in self.family and not self.given)


def persons(authors: str) -> tuple[tuple[Person, ...], bool]:
    """The authors of a list with `and` between them, and whether it says that there are more.

    >>> persons("Mand and others")
    ((Person(family='Mand', given='', suffix='', is_organisation=False),), True)
    >>> [person.last_first for person in persons("Jan van Beek and {Simon and Schuster} and Lee, Bo")[0]]
    ['van Beek, Jan', 'Simon and Schuster', 'Lee, Bo']
    """
    from bibtexparser.middlewares.names import split_multiple_persons_names

    found: list[Person] = []
    are_more = False
    for written in split_multiple_persons_names(_balanced(visible(authors))):
        name = _MORE.sub("", written).strip()
        are_more |= name != written.strip()
        if name.strip("{} ,"):
            found.append(_person(name))
    return tuple(found), are_more


def listed(authors: str) -> list[str]:
    """The authors as RIS wants them, each as last name, first name; without "and others", which is nobody's name."""
    return [person.last_first for person in persons(authors)[0]]


def short(authors: str) -> str:
    """Authors as one names them in a text; "" if there are none.

    >>> short("Mand and others"), short("Jan van Beek and Lee, Bo"), short("A, B and C, D and E, F")
    ('Mand et al.', 'van Beek and Lee', 'A et al.')
    """
    named, are_more = persons(authors)
    if not named:
        return ""
    if are_more or len(named) > 2:
        return f"{named[0].family} et al."
    return " and ".join(person.family for person in named)


def _balanced(text: str) -> str:
    """The text, without its braces if they do not come in pairs."""
    depth = 0
    for sign in re.findall(r"[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            break
    return re.sub(r"[{}]", "", text) if depth else text


def _person(name: str) -> Person:
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    bare = re.sub(r"[{}]", "", name).strip()
    is_whole = name.startswith("{") and name.endswith("}") and "{" not in name[1:-1]
    if is_whole or ("," not in name and _ORGANISATION.search(bare)):
        return Person(bare, is_organisation=True)
    parts = parse_single_name_into_parts(name, strict=False)
    family, given, suffix = (
        re.sub(r"[{}]", "", " ".join(words)).strip() for words in (parts.von + parts.last, parts.first, parts.jr)
    )
    return Person(family or bare, given, suffix) if family else Person(bare)
