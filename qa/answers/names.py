"""What a question names: a drug, a disease, a gene, a study, a place, a number, women, men or children.

Names are recognised by how they are written, by how rare they are in English and in the index, by the titles of papers,
and by what the embeddings say of a word. All this must stand where the question is answered (`qa.answers.presence`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.answers.judged import Judged
from qa.answers.quantities import Quantity, quantities
from qa.answers.question.grammar import FUNCTION
from qa.index.index import Index
from qa.words import terms, zipf

RARE = 2.8
"""A lower-case word below this Zipf frequency is a name. This limit and the next ones, to `FEW`, were chosen on
2026-11-26 and 27 on the questions of `asked/train`, by how often a word of such a frequency is missing where the answer
stands, see `eval/reader.md`."""
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
UNLIKELY = 0.5
"""A word of less probability to be medical is not taken for a drug or a disease by its ending: "bedside". Set by hand
on 2026-11-27."""
MEANT, MIDDLING, COMMON = 0.6, 4.2, 3.6
"""A word of at least this probability to be medical is a name if it is below the first Zipf frequency and no paper has
it, or if it is below the second and in few papers (`FEW`). Set by hand on 2026-11-27."""
_NOT_JUDGED: Mapping[str, Judged] = MappingProxyType({})
_SHORTEST = 4
"""Letters of the shortest word without a capital that is a name; set by hand on 2026-11-27."""
_WORD = re.compile(r"[^\W_]+(?:[-/+'’][^\W_]+)*")
_EPONYMS = (["disease"], ["syndrome"])
"""Words behind the name of a person or a place."""
_SAMPLE = 50
"""Passages in which a word without a capital is looked for."""
_EVERYDAY, _PART = 3.3, 5
"""A compound of two words above this Zipf frequency, one of at least so many letters, is everyday English; by hand."""
_FORMED = {
    **dict.fromkeys(("s", "es", "ness", "less", "lessness", "ly", "y"), ("",)),
    **dict.fromkeys(("ed", "ing", "er", "ers", "able"), ("", "e")),
    "ies": ("y",),
    **{f"is{end}": (f"iz{end}",) for end in ("e", "es", "ed", "ing", "ation", "ations")},
}
"""Endings of English words, and what stands in their place in the word from which they are formed, or in its American
spelling; by hand."""
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
_GROUPS = (
    "woman women female girl lady ladies mother maternal wife pregnant pregnancy postmenopausal she her",
    "man men male boy gentleman father paternal husband he his",
    "child children childhood infant infancy baby babies toddler newborn neonate neonatal pediatric boy girl kid "
    "adolescent teenager youth pupil schoolchildren",
)
"""Words for women, men and children; by hand. A question that has one is about such people: its paper must speak of
some, in whatever words."""
GROUP_OF = {
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
            about = judged.get(plain.lower())
            kind = "group" if GROUP_OF.get(own) else _code(plain, lower) or _word(plain, own, index, marked, about)
            if kind:
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
    ends = has_medical_ending(word.lower()) and not (judged and judged.medical < UNLIKELY)
    rare = frequency < RARE or (frequency < MEDICAL and ends)
    medical = judged and judged.medical >= MEANT and _is_unusual(own, zipf(word.lower()), index)
    return "word" if rare or medical or _is_seldom(own, max(map(_inflected, parts)), index) else None


def _is_proper(word: str, own: Sequence[str], index: Index) -> bool:
    """Whether a marked word is a name in these papers: few have it, or none has it in small letters."""
    rows = _rows_with(own, index)
    if len(index.documents) >= SHELF and _is_in_few(_passages_with(own, index), FEW, index):
        return True
    lower = re.compile(rf"\b{re.escape(word.lower())}\b")
    return word[0].isupper() and not any(lower.search(index.passages[row].text) for row in rows[:_SAMPLE].tolist())


def _is_unusual(own: Sequence[str], frequency: float, index: Index) -> bool:
    """Whether no paper has a medical word, or few have it and it is not so common."""
    papers = _passages_with(own, index)
    return frequency < (COMMON if papers else MIDDLING) and _is_in_few(papers, FEW, index)


def _rows_with(own: Sequence[str], index: Index) -> NDArray[np.int32]:
    """The rows of the passages that have the first of a word's terms."""
    return index.words.texts_with(own[0])


def _passages_with(own: Sequence[str], index: Index) -> dict[str, int]:
    """How many passages of each paper that has a word have it."""
    numbers, counts = np.unique(index.columns.document[_rows_with(own, index)], return_counts=True)
    return {index.columns.documents[n]: count for n, count in zip(numbers.tolist(), counts.tolist(), strict=True)}


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
    often = max((n / len(index.rows_of(paper)) for paper, n in passages.items()), default=0.0)
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
