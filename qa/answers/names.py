"""What a question names, and whether a passage speaks of it.

A drug, a disease, a gene, a study, a place or a number that a question names must stand in the passage that answers, in
its title or section, or be what its paper is about. Names are recognised by how they are written, by how rare they are
in English and in the index, and by the titles of papers. A name is there in any of its forms: stem, spelling, derived
word, abbreviation (as its paper defines it, or else as others do), number word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from os.path import commonprefix
from types import MappingProxyType
from typing import Literal

from qa.answers.judged import Judged
from qa.answers.quantities import Quantity, quantities, same_quantity
from qa.answers.question.grammar import FUNCTION
from qa.index import abbreviations, lexical
from qa.index.index import Index
from qa.types import Passage
from qa.words import terms, zipf

RARE = 2.8
"""A lower-case word below this Zipf frequency is a name. This limit and the next ones were chosen on the questions of
`asked/train`, by how often a word of such a frequency is missing where the answer stands, see `eval/reader.md`."""
MEDICAL = 3.9
"""A lower-case word below this Zipf frequency is a name if it has the ending of a drug, disease or procedure."""
SELDOM = ((3.2, 0.07, 1), (3.6, 0.07, 3), (4.2, 0.02, 3))
"""A word is a name if it is below this Zipf frequency, in this share of all papers at most, or in one, and in so many
passages of one of them at least (or in all, if the paper has fewer)."""
SHELF = 8
"""In a library of fewer papers it means nothing that few of them have a word."""
PROPER, FEW = 5.3, 0.07
"""A word with a capital within a sentence is a name below this Zipf frequency, if no paper writes it without, or if
this share of all papers at most has it, or one."""
EVERYDAY, SURE = 0.8, 0.95
"""A word without a capital that is less telling (`qa.answers.judged`) is no name, however rare, if it is not surely
medical. Chosen on 2026-11-27 in cross-validation on the words of `asked/train`, see `eval/reader.md`."""
MEANT_TOO = 0.5
"""A word of less probability to be medical is not taken for a drug or a disease by its ending: "bedside"."""
MEANT, MIDDLING, COMMON = 0.6, 4.2, 3.6
"""A word of at least this probability to be medical is a name if it is below the first Zipf frequency and no paper has
it, or if it is below the second and in few papers (`FEW`)."""
ABOUT = 3
"""A paper is about a name that at least so many of its passages have."""

_NOT_JUDGED: Mapping[str, Judged] = MappingProxyType({})
_SHORTEST = 4
"""Letters of the shortest word without a capital that is a name."""
_WORD = re.compile(r"[^\W_]+(?:[-/+'’][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
_EPONYMS = (["disease"], ["syndrome"])
"""Words behind the name of a person or a place."""
_SAMPLE = 50
"""Passages in which a word without a capital is looked for."""
_EVERYDAY, _PART = 3.3, 5
"""A compound of two words above this Zipf frequency, one of at least so many letters, is everyday English; by hand."""
_PREFIX, _ENDING, _SHARED = 4, 4, 0.8
"""Two stems are of one word if they begin with the same letters, at least so many, and one is the other with at most so
many letters more, or what they share is at least this share of the longer; by hand."""

_BEFORE = 2
"""At most so many letters before a code make another one: ADHF is acute decompensated HF."""
_INITIALS, _TRIED = 4, 3
"""A code of so many letters is there if it is written out, even if it is not defined; fewer letters begin words by
chance. But before a code is said to be in no paper, shorter ones are tried too."""

_FORMED = {
    **dict.fromkeys(("s", "es", "ness", "less", "lessness", "ly", "y"), ("",)),
    **dict.fromkeys(("ed", "ing", "er", "ers", "able"), ("", "e")),
    "ies": ("y",),
    **{f"is{end}": (f"iz{end}",) for end in ("e", "es", "ed", "ing", "ation", "ations")},
}
"""Endings of English words, and what stands in their place in the word from which they are formed, or in its American
spelling; by hand."""
_NUMBERED = re.compile(r"([^\W\d_]+)[\W_]*(\d+)")
"""Letters and the number behind them, as in `GLP-1`."""
_MEDICAL = re.compile(
    # Stems of international nonproprietary names (WHO, The use of stems in the selection of INN, 2018).
    r"(?:mab|nib|cillin|m[iy]cin|cycline|floxacin|azole|vir|vudine|pril|sartan|statin|olol|dipine|prazole|setron|"
    r"triptan|gliptin|gliflozin|glutide|parin|xaban|platin|rubicin|taxel|rabine|citabine|trexate|trexed|sone|solone|"
    r"caine|azepam|zolam|oxetine|pramine|triptyline|azine|peridol|apine|fentanil|orphine|profen|fenac|coxib|dronate|"
    r"thiazide|semide|lukast|terol|tropium|phylline|quine|bendazole|mectin|formin|kinase|"
    # Endings of other drugs, elements, proteins (IUPAC, Nomenclature of Organic Chemistry, 2013).
    r"ines?|ium|ides?|ones?|ases?|[cflrx]in|adol|amol|"
    # Greek and Latin endings of diseases and procedures (Dorland's Illustrated Medical Dictionary).
    r"itis|omas?|omata|a?emias?|uria|path(?:y|ies)|algia|plegia|penia|cytosis|megaly|trophy|ectom(?:y|ies)|"
    r"otom(?:y|ies)|plasty|scopy|os[ei]s|stas[ei]s|rrh(?:o?ea|age)|farction)$"
)
_ROMAN = ("", "I", "II", "III", "IV", "V")
_ROMAN_NUMBER = re.compile(r"\b(?:I{1,3}|IV|V)(?=[A-Ca-c]?\b)")


_GROUPS = (
    "woman women female girl lady ladies mother maternal wife pregnant pregnancy postmenopausal she her",
    "man men male boy gentleman father paternal husband he his",
    "child children childhood infant infancy baby babies toddler newborn neonate neonatal pediatric boy girl kid "
    "adolescent teenager youth pupil schoolchildren",
)
"""Words for women, men and children; by hand. A question that has one is about such people: its paper must speak of
some, in whatever words."""
_GROUP_OF = {
    tuple(own): stems
    for group in _GROUPS
    for stems in [frozenset(chain(*terms(group.split())))]
    for word, own in zip(group.split(), terms(group.split()), strict=True)
    if own and word not in ("boy", "girl")
}
"""The stems of a group by the stems of each of its words."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was typed, with its stemmed terms.

    A `code` such as `PAX3` and a `number` must be there as they are; a `word` may be there as a word of the same stem,
    and a `group` as any word for the same people, anywhere in the paper.
    """

    text: str
    terms: tuple[str, ...]
    kind: Literal["code", "word", "number", "group"]


def names_in(question: str, index: Index, judged: Mapping[str, Judged] = _NOT_JUDGED) -> tuple[Name, ...]:
    """The names in a question, in order, each once; numbers, with their units, come last.

    `judged` has what was judged of some of its words, in lower case.
    """
    stemmer = index.settings.stemmer
    numbers = [one for one in quantities(question) if any(c.isdigit() for c in one.text) and _is_whole(one, question)]
    words = [
        match[0]
        for match in _WORD.finditer(question)
        if not any(one.start < match.end() and match.start() < one.end for one in numbers)
    ]
    small, lower = sum(word[0].islower() for word in words), any(c.islower() for c in question)
    found: dict[tuple[str, ...], Name] = {}
    for i, word in enumerate(words):
        plain = re.sub(r"['’]s$", "", word)
        own = tuple(terms([plain], stemmer)[0])
        if own and plain.lower() not in FUNCTION:
            marked = (i > 0 and small > len(words) / 2 and plain[0].isupper()) or words[i + 1 : i + 2] in _EPONYMS
            code = "group" if _GROUP_OF.get(own) else _code(plain, lower)
            if kind := code or _word(plain, own, index, marked, judged.get(plain.lower())):
                found.setdefault(own, Name(plain, own, kind))
    for number in numbers:
        if own := tuple(terms([number.text], stemmer)[0]):
            found.setdefault(own, Name(number.text, own, "number"))
    return tuple(found.values())


def _is_whole(number: Quantity, question: str) -> bool:
    """Whether no letter follows a number: `2nd` is no 2."""
    return not question[number.end : number.end + 1].isalpha()


def _code(word: str, lower: bool) -> Literal["code"] | None:
    """Whether a word is a name in capitals or with digits; `lower` if the question has small letters."""
    upper = sum(c.isupper() for c in word)
    digits = any(c.isdigit() for c in word) and not word[0].isdigit()  # 4-year-old, 2nd
    return "code" if digits or (upper > 1 and lower and not word.istitle()) else None


def _word(word: str, own: tuple[str, ...], index: Index, marked: bool, judged: Judged | None) -> Literal["word"] | None:
    """Whether a word without digits names something.

    `marked` if it has a capital, or stands where names stand.
    """
    parts = re.split(r"[-/+'’]", word)
    frequency = max(map(_frequency, parts))
    if marked and frequency < PROPER and _is_proper(word, own, index):
        return "word"
    if len(word) < _SHORTEST or (judged and judged.telling < EVERYDAY and judged.medical < SURE):
        return None
    ends = has_medical_ending(word.lower()) and not (judged and judged.medical < MEANT_TOO)
    rare = frequency < RARE or (frequency < MEDICAL and ends)
    medical = judged and judged.medical >= MEANT and _is_unusual(own, zipf(word.lower()), index)
    return "word" if rare or medical or _is_seldom(own, max(map(_inflected, parts)), index) else None


def _is_proper(word: str, own: Sequence[str], index: Index) -> bool:
    """Whether a marked word is a name in these papers: few have it, or none has it in small letters."""
    rows = _rows_with(own, index)
    if len(index.documents) >= SHELF and _is_in_few(_passages_with(own, index), FEW, index):
        return True
    lower = re.compile(rf"\b{re.escape(word.lower())}\b")
    return word[0].isupper() and not any(lower.search(index.passages[row].text) for row in rows[:_SAMPLE])


def _is_unusual(own: Sequence[str], frequency: float, index: Index) -> bool:
    """Whether no paper has a medical word, or few have it and it is not so common."""
    papers = _passages_with(own, index)
    return frequency < (COMMON if papers else MIDDLING) and _is_in_few(papers, FEW, index)


def _rows_with(own: Sequence[str], index: Index) -> list[int]:
    """The rows of the passages that have the first of a word's terms."""
    rows: list[int] = lexical.texts_with(index.words, own[0]).tolist()
    return rows


def _passages_with(own: Sequence[str], index: Index) -> Counter[str]:
    """How many passages of each paper that has a word have it."""
    return Counter(index.passages[row].document for row in _rows_with(own, index))


def _is_in_few(papers: Collection[str], share: float, index: Index) -> bool:
    """Whether these are at most a share of all papers, or one."""
    return len(papers) <= max(1, share * len(index.documents))


def has_medical_ending(word: str) -> bool:
    """Whether a lower-case word ends as drugs, diseases or procedures do."""
    return bool(_MEDICAL.search(word))


def _is_seldom(own: Sequence[str], frequency: float, index: Index) -> bool:
    """Whether few papers have a word, and one of them has it often."""
    limits = [(share, least) for limit, share, least in SELDOM if frequency < limit]
    if not limits or len(index.documents) < SHELF:
        return False
    passages = _passages_with(own, index)
    often = max((n / len(index.passages_of(paper)) for paper, n in passages.items()), default=0.0)
    most = max(passages.values(), default=0)
    return any(_is_in_few(passages, share, index) and (most >= least or often == 1) for share, least in limits)


def _frequency(word: str) -> float:
    """The Zipf frequency of a word or of the word that it is formed from; of a compound, that of its rarer part.

    >>> _frequency("painkiller") > 4 > _frequency("dupilumab")
    True
    """
    cuts = ((form[:i], form[i:]) for form in _forms(word) for i in range(3, len(form) - 2))
    parts = (min(zipf(a), zipf(b)) for a, b in cuts if max(len(a), len(b)) >= _PART)
    compound = max(parts, default=0.0)
    return max(_inflected(word), compound if compound > _EVERYDAY else 0.0)


def _inflected(word: str) -> float:
    """The Zipf frequency of a word or of the word that it is formed from."""
    return max(map(zipf, _forms(word)))


def _forms(word: str) -> set[str]:
    word = word.lower()
    return {word} | {
        word.removesuffix(ending) + instead
        for ending, every in _FORMED.items()
        if word.endswith(ending) and len(word) > len(ending) + 2
        for instead in every
    }


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
            papers = {
                self._index.passages[row].document for term in _GROUP_OF[name.terms] for row in self._rows_of(term)
            }
            return passage.document in papers
        rows = self.rows(name, passage.document)
        if self._index.row_of[passage.id] in rows or len(rows) >= ABOUT:
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
        """The ids of the papers that have a name, in their order; of a number, those that write it in the same way.

        A paper that abbreviates it has it where the abbreviation is defined.
        """
        forms = [self._rows_with(term, name.kind != "word", ()) for term in name.terms]
        others = map(self._rows_with_all, filter(None, _respelt(name.text)))
        rows = frozenset.intersection(*forms).union(self._in_two_words(name), self._in_common(name), *others)
        passages = self._index.passages
        if not rows and name.kind == "code":
            rows = frozenset(n for n, passage in enumerate(passages) if _written_out(name.text, passage.text, _TRIED))
        having = {passages[row].document for row in rows}
        return tuple(document.id for document in self._index.documents if document.id in having)

    def rows(self, name: Name, document: str) -> frozenset[int]:
        """The rows of a paper's passages that have a name in one of its forms; a number only as it is written."""
        key = (name, document)
        if key not in self._rows:
            own = frozenset(self._index.row_of[passage.id] for passage in self._index.passages_of(document))
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
            found = (tuple(map(tuple, terms(pair))) for pair in pairs)
            self._tables[document] = [(short, long) for short, long in found]
        return self._tables[document]

    def _in_two_words(self, name: Name) -> frozenset[int]:
        """The rows that write a word as two: `pre-surgery` is `presurgery`."""
        if name not in self._in_two:
            halves = [(name.text[:i], name.text[i:]) for i in range(1, len(name.text)) if name.text.isalpha()]
            found = [(*pair, *map(tuple, terms(pair))) for pair in halves]
            self._in_two[name] = frozenset(
                row
                for first, second, a, b in found
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
            alike = [term] if exact else derived(term, self._index.words.vocab_dict)
            self._with[key] = frozenset().union(*map(self._rows_of, alike))
        shorts = (self._rows_with_all(short) for short, long in table if term in long and short)
        return self._with[key].union(*shorts)

    def _rows_with_all(self, form: Sequence[str]) -> frozenset[int]:
        return frozenset.intersection(*map(self._rows_of, form))

    def _rows_of(self, term: str) -> frozenset[int]:
        return frozenset(lexical.texts_with(self._index.words, term).tolist())


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
