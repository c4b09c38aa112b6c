"""Whether a passage speaks of what a question names.

A name must stand in the passage that answers, in its title or section, or be what its paper is about. It is there in
any of its forms: stem, spelling, derived word, abbreviation (as its paper defines it, or else as others do), number
word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from os.path import commonprefix

from qa.answers.names import GROUP_OF, Name
from qa.answers.quantities import quantities, same_quantity
from qa.index import abbreviations
from qa.index.index import Index
from qa.types import Passage
from qa.words import terms

ABOUT = 3
"""A paper is about a name that at least so many of its passages have; set by hand on 2026-11-27."""

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_PREFIX, _ENDING, _SHARED = 4, 4, 0.8
"""Two stems are of one word if they begin with the same letters, at least so many, and one is the other with at most so
many letters more, or what they share is at least this share of the longer; by hand, 2026-11-27."""

_BEFORE = 2
"""At most so many letters before a code make another one: ADHF is acute decompensated HF; by hand, 2026-11-27."""
_INITIALS, _TRIED = 4, 3
"""A code of so many letters is there if it is written out, even if it is not defined; fewer letters begin words by
chance. But before a code is said to be in no paper, shorter ones are tried too. By hand, 2026-11-27."""

_READABLE = 20_000
"""In more passages than these no code is looked for written out: that reads them all. Set by hand on 2026-11-27."""
_NUMBERED = re.compile(r"([^\W\d_]+)[\W_]*(\d+)")
"""Letters and the number behind them, as in `GLP-1`."""
_ROMAN = ("", "I", "II", "III", "IV", "V")
_ROMAN_NUMBER = re.compile(r"\b(?:I{1,3}|IV|V)(?=[A-Ca-c]?\b)")

_Form = tuple[str, ...]
"""The stemmed terms of a name, or of another form of it."""


class Presence:
    """Where the names of a question stand in an index; each is looked up once in each paper."""

    def __init__(self, index: Index, names: Sequence[Name]) -> None:
        self.names = tuple(names)
        self._index = index
        self._with: dict[tuple[str, bool], frozenset[int]] = {}
        self._rows: dict[tuple[Name, str], frozenset[int]] = {}
        self._tables: dict[str, list[tuple[_Form, _Form]]] = {}
        self._in_two: dict[Name, frozenset[int]] = {}
        self._common: dict[Name, frozenset[int]] = {}

    def missing(self, passage: Passage) -> tuple[Name, ...]:
        """The names that a passage, with its title and section, lacks, and that its paper is not about."""
        return tuple(name for name in self.names if not self.speaks_of(passage, name))

    def speaks_of(self, passage: Passage, name: Name) -> bool:
        """Whether a passage, with its title and section, has a name, or its paper is about it."""
        if name.kind == "number":
            return any(_has_number(text, name.text) for text in self._texts(name, passage))
        if name.kind == "group":
            return bool(self.rows(name, passage.document))
        rows = self.rows(name, passage.document)
        if self._index.row_of(passage) in rows or len(rows) >= ABOUT:
            return True
        if name.kind != "code":
            return False
        table = self._index.abbreviations_of(passage.document)
        return _written_out(name.text, passage.text, _INITIALS) or _composed(name.text, table, passage.text)

    def _texts(self, name: Name, passage: Passage) -> Iterator[str]:
        """Where a number must stand: in the passage; if it is part of a name (`3-week arm`), anywhere in the paper."""
        yield self._read(passage)
        if "-" in name.text:
            yield from (other.text for other in self._index.passages_of(passage.document))

    def papers(self, name: Name) -> tuple[str, ...]:
        """The ids of the papers that have a name, in their order; of a number or a group, those that write it so.

        A paper that abbreviates it has it where the abbreviation is defined.
        """
        forms = [self._rows_with(term, name.kind != "word", ()) for term in name.terms]
        others = map(self._rows_with_all, filter(None, _respelt(name.text)))
        rows = frozenset.intersection(*forms).union(self._in_two_words(name), self._in_common(name), *others)
        if not rows and name.kind == "code" and len(self._index.passages) <= _READABLE:
            passages = enumerate(self._index.passages)
            rows = frozenset(n for n, passage in passages if _written_out(name.text, passage.text, _TRIED))
        having = {self._index.document_of(row) for row in rows}
        return tuple(document for document in self._index.columns.documents if document in having)

    def rows(self, name: Name, document: str) -> frozenset[int]:
        """The rows of a paper's passages that have a name in one of its forms; a number only as it is written."""
        key = (name, document)
        if key not in self._rows:
            own = frozenset(self._index.rows_of(document))
            if name.kind == "group":
                self._rows[key] = own & frozenset().union(*map(self._rows_of, GROUP_OF[name.terms]))
                return self._rows[key]
            table, exact = self._table(document), name.kind != "word"
            found = frozenset.intersection(*(own & self._rows_with(term, exact, table) for term in name.terms))
            found = found.union(*(own & self._rows_with_all(form) for form in _respelt(name.text) if form))
            if name.kind == "code":
                found = frozenset(row for row in found if self._has_code(row, name.text))
            others = [long for short, long in table if set(name.terms) <= set(short)]
            others += [short for short, long in table if set(name.terms) <= set(long)]
            found = found.union(*(own & self._rows_with_all(form) for form in others if form))
            defined = name.terms in (short for short, _ in table)
            elsewhere = self._in_two_words(name) if defined else self._in_two_words(name) | self._in_common(name)
            self._rows[key] = found | own & elsewhere
        return self._rows[key]

    def _table(self, document: str) -> list[tuple[_Form, _Form]]:
        """The terms of the abbreviations that a paper defines, and of their long forms."""
        if document not in self._tables:
            pairs = self._index.abbreviations_of(document).items()
            self._tables[document] = [(tuple(short), tuple(long)) for short, long in map(terms, pairs)]
        return self._tables[document]

    def _in_two_words(self, name: Name) -> frozenset[int]:
        """The rows that write a word as two: `pre-surgery` is `presurgery`."""
        if name not in self._in_two:
            places = range(1, len(name.text)) if name.text.isalpha() else ()
            firsts, seconds = [name.text[:i] for i in places], [name.text[i:] for i in places]
            self._in_two[name] = frozenset(
                row
                for first, second, a, b in zip(firsts, seconds, terms(firsts), terms(seconds), strict=True)
                if a and b
                for row in self._rows_with_all((*a, *b))
                if re.search(rf"\b{first}[\W_]{second}", self._read(self._index.passages[row]), re.IGNORECASE)
            )
        return self._in_two[name]

    def _in_common(self, name: Name) -> frozenset[int]:
        """The rows that have a common abbreviation of a name, or what it is a common abbreviation of."""
        if name not in self._common:
            forms = _common_forms(name.text)
            self._common[name] = frozenset(
                row
                for form, own in zip(forms, terms(forms), strict=True)
                if own
                for row in self._rows_with_all(own)
                if self._has_code(row, form)
            )
        return self._common[name]

    def _has_code(self, row: int, code: str) -> bool:
        """Whether the letters of a code stand right before their numbers: `GLP-2 in 1 of them` has no `GLP-1`."""
        text = self._read(self._index.passages[row])
        return all(
            re.search(rf"(?<![^\W\d_]){letters}[\W_]*{number}(?!\d)", text, re.IGNORECASE)
            for letters, number in _NUMBERED.findall(code)
        )

    def _read(self, passage: Passage) -> str:
        """A passage with its title and section."""
        return f"{self._index.by_id[passage.document].title}. {passage.section}. {passage.text}"

    def _rows_with(self, term: str, exact: bool, table: Sequence[tuple[_Form, _Form]]) -> frozenset[int]:
        """The rows that have a term, a word formed from the same, or an abbreviation of a phrase with it."""
        key = (term, exact)
        if key not in self._with:
            alike = [term] if exact else derived(term, self._index.words.terms.starting_with(term[:_PREFIX]))
            self._with[key] = frozenset().union(*map(self._rows_of, alike))
        shorts = (self._rows_with_all(short) for short, long in table if term in long and short)
        return self._with[key].union(*shorts)

    def _rows_with_all(self, form: Sequence[str]) -> frozenset[int]:
        return frozenset.intersection(*map(self._rows_of, form))

    def _rows_of(self, term: str) -> frozenset[int]:
        return frozenset(self._index.words.texts_with(term).tolist())


def _common_forms(name: str) -> list[str]:
    """The common abbreviations of a name, and what it is a common abbreviation of.

    >>> _common_forms("BP"), _common_forms("Tuberculosis")
    (['blood pressure', 'bodily pain'], ['TB'])
    """
    return [*abbreviations.common().get(name.removesuffix("s"), ()), *_common_shorts().get(name.lower(), ())]


@cache
def _common_shorts() -> dict[str, list[str]]:
    """The abbreviations that mostly stand for a long form."""
    found: dict[str, list[str]] = {}
    for short, forms in abbreviations.common().items():
        found.setdefault(forms[0], []).append(short)
    return found


def _written_out(code: str, text: str, least: int) -> bool:
    """Whether a text has words with the letters of a code, at least so many, as their initials, in order.

    >>> _written_out("MRI", "Magnetic resonance imaging.", 3), _written_out("HR", "It has risen.", 3)
    (True, False)
    """
    letters = code.removesuffix("s")
    if not (len(letters) >= least and letters.isalpha()):
        return False
    between = r"\w*[\W_]+(?:(?:of|and|the|in|for|with)\s+)?"
    return bool(re.search(rf"\b{between.join(letters)}", text, re.IGNORECASE))


def _composed(code: str, table: Mapping[str, str], text: str) -> bool:
    """Whether a text has a code that is made of another one and letters before it.

    >>> _composed("ADHF", {"HF": "heart failure"}, "Acute decompensated heart failure is common.")
    True
    """
    for short, long in table.items():
        before = code.removesuffix(short)
        if before != code and before.isalpha() and len(before) <= _BEFORE:
            words = "".join(rf"{letter}\w*[\W_]+" for letter in before)
            if re.search(rf"\b{words}(?:{re.escape(short)}|{re.escape(long)})", text, re.IGNORECASE):
                return True
    return False


def derived(term: str, vocabulary: Iterable[str]) -> list[str]:
    """The stems of a vocabulary that are formed from the same word as a stem, and the stem itself.

    >>> derived("hypercalcemia", ["hypercalcem", "hypercalciuria"])
    ['hypercalcemia', 'hypercalcem']
    """
    if len(term) < _PREFIX or not term.isalpha():
        return [term]
    start = term[:_PREFIX]
    return [term, *(other for other in vocabulary if other.startswith(start) and other != term and _akin(term, other))]


def _akin(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if long.startswith(short):
        return len(long) - len(short) < min(len(short), _ENDING + 1)
    shared = len(commonprefix([a, b]))  # noqa: RUF071 - letters, not folders
    return shared > _PREFIX and shared >= _SHARED * len(long)


def _respelt(word: str) -> list[_Form]:
    """Other spellings of a code: together and apart (`GLP1`, `GLP-1`), with a Roman number or an Arabic one."""
    forms = [tuple(terms([re.sub(r"[\W_]", "", word)])[0])]
    if any(c.isdigit() for c in word):
        forms.append(tuple(term for part in re.findall(r"[^\W\d_]+|\d+", word) for term in terms([part])[0]))
    if word in _ROMAN[1:]:
        forms.append((str(_ROMAN.index(word)),))
    return forms


def _has_number(text: str, number: str) -> bool:
    """Whether a text has a number, as it is written or in other words or units.

    >>> _has_number("Of 3,967 people four had 2.50 mg for two weeks in stage II.", "14 days")
    True
    >>> [_has_number("She had 2.50 mg in stage II.", number) for number in ("2.5 mg", "stage 2", "5 mg")]
    [True, True, False]
    """
    if _digits(number) and _digits(number) <= _digits(text):
        return True
    return any(same_quantity(number, quantity.text) for quantity in quantities(text))


def _digits(text: str) -> set[str]:
    """The numbers of a text in digits, without separators of thousands."""
    found = {_plain(match[0]) for match in _NUMBER.finditer(text)}
    words = set(_ROMAN_NUMBER.findall(text))
    return found | {str(number) for number, roman in enumerate(_ROMAN) if roman in words}


def _plain(number: str) -> str:
    number = re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", ".")
    return number.rstrip("0").rstrip(".") if "." in number else number
