"""Quantities in a text as whole expressions: numbers with their units, shares, frequencies, dates.

A number counts only if the text reports it: the numbers of reference marks, of labels and of codes ("[3]", "Fig. 2",
"CD34") are left out. Quantities are compared by their values in base units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isclose
from typing import Literal

from qa.answers.units import TIME, UNIT, in_base_units
from qa.papers.conventions import LABEL, POINTER
from qa.words import zipf

Kind = Literal["number", "share", "measure", "duration", "frequency", "date", "p", "interval", "grade"]
"""`number` is bare or counts things; `share` is a percentage, a fraction, or so many of so many; `measure` has a unit;
`duration` has a unit of time, as ages have; `date` is a point in time; `grade` is a numbered step ("grade 3")."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in a text, which stands from character `start` to `end`, half-open, and reads `text`."""

    start: int
    end: int
    text: str
    kind: Kind


# -- numbers

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_SMALL = {word: float(n) for n, word in enumerate(f"{_ONES} eighteen nineteen".split())} | {
    word: 10.0 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_LARGE = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_PARTS = {word: 1 / n for n, word in enumerate("half third quarter fifth sixth seventh eighth ninth tenth".split(), 2)}
_GLYPHS = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅛": 1 / 8}
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−–·", "0123456789---.")


def _any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, capitalised or not; much faster than one that ignores case."""
    return "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in sorted(words, key=lambda word: -len(word)))


_DIGITS = (
    r"(?:\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?!\d)(?:\.\d+)?"  # 5,040; 5 040 with a thin space
    r"|\d{1,3}(?: 000)+(?!\d)"  # 10 000, where a blank before other digits may part two numbers
    r"|\d+(?:[.·,]\d+)?|(?<![\w.])\.\d+)"  # 1.5; 1·5 (The Lancet); .004 (APA)
    r"(?:\s?[×x*]\s?10\s?\^?\s?\(?[-−–]?\d+\)?|\s?[×x*]\s?10[⁻⁰¹²³⁴-⁹]+|\^[-−–]?\d+|[⁻⁰¹²³⁴-⁹]+"  # 2 × 10^5
    r"| million\b| billion\b)?"
)
_WORD = rf"(?:{_any_of([*_SMALL, *_LARGE])})(?:fold)?"
_SPELT = rf"(?:[Aa]n? )?{_WORD}(?:(?:-| |(?<=hundred) and |(?<=thousand) and ){_WORD}){{0,6}}"
_FRACTION = (
    rf"(?:{_any_of(_SMALL)})[- ](?:{_any_of(w for w in _PARTS if w != 'half')}|halve)s?"  # two thirds
    rf"|[Aa]n? (?:{_any_of(_PARTS)})(?= of\b)|(?:[Oo]ne[- ])?[Hh]alf(?!-?li[fv]e)"  # a third of; no half-life
)
_NUMBER = rf"(?:{_DIGITS}[{''.join(_GLYPHS)}]?|[{''.join(_GLYPHS)}]|\b(?:{_FRACTION}|{_SPELT})\b)"
_SIGN = r"(?:[<>≤≥⩽⩾=~≈±∼+−]=?\s?|(?<![\w)\]])-)?"
_WITH_UNIT = rf"{_NUMBER}(?:[\s-]?(?:{UNIT})(?!\w))?"
_JOINED = (
    r"(?:\s?(?:–|—|−|-|±|\+/[-−–]|×|/|:)\s?|\s(?:to|or|versus|vs\.?)\s|\sx\s?"
    r"|\s(?:out )?of (?:the |these |those |all |a total of )?(?:other )?)"
)

# -- whole expressions

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_YEAR = r"(?:1[6-9]|20)\d\d(?![\w,.]?\d|s(?!\w))"  # 1980s is a decade, or 1980 seconds
_UNIT_BEHIND = rf"[\s-]?(?:{UNIT})(?!\w)"  # 2000 mg is no year
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_FULL_DATE = (
    rf"(?:(?:{_DAY}(?: of)? )?{_MONTH},? {_YEAR}|{_MONTH} {_DAY}(?:,? {_YEAR})?|{_DAY} (?:of )?{_MONTH}\b"
    rf"|{_YEAR}-[01]\d-[0-3]\d|[0-3]?\d[./][0-3]?\d[./]{_YEAR}"
    rf"|(?:[Ee]arly|[Mm]id|[Ll]ate|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter|end of)[- ]{_YEAR}"
    rf"|(?<=in ){_MONTH}(?![\w-])|(?<=since ){_MONTH}(?![\w-])|(?<=until ){_MONTH}(?![\w-])|the (?:1[89]|20)\d0s)"
)
_DATE = rf"(?:{_FULL_DATE}|{_YEAR})(?:(?:\s?[–—-]\s?| (?:to|and|until|through) )(?:{_FULL_DATE}|{_YEAR}))?(?![\w%])"
_MONTHS = rf"{_MONTH} (?:to|and|through|until|[–-]) {_FULL_DATE}"
_CLOCK = r"[012]?\d(?:[:.][0-5]\d)?\s?(?:[ap]\.m\.|[ap]m\b)|[012]?\d:[0-5]\d(?!\d| ?[:)])"
_POINT = (
    rf"\b(?:[Dd]ays?|[Ww]eeks?|[Mm]onths?|[Yy]ears?|[Cc]ycles?|[Vv]isits?)[- ]{_DIGITS}"
    rf"(?:(?:\s?[–-]\s?| (?:to|and|or) ){_DIGITS})?"
)
_GRADE = (
    r"\b(?:[Gg]rades?|[Ss]tages?|[Tt]ypes?|[Pp]hases?|[Cc]lass(?:es)?|[Ll]evels?|[Gg]roups?|[Aa]rms?|[Ss]tud(?:y|ies)"
    r"|[Ee]xperiments?|[Vv]ersions?|[Cc]hapters?|[Ss]ections?|[Ee]quations?|[Pp]arts?|[Qq]uestions?|[Ii]tems?"
    r"|[Mm]odels?|[Cc]ategor(?:y|ies)|[Nn]umbers?)[- ]"
    r"(?:\d{1,2}|IV|I{1,3}|V)[A-Ca-c]?"
    r"(?:(?:\s?[–/-]\s?|, | (?:to|and|or) |(?:, )and )(?:\d{1,2}|IV|I{1,3}|V)[A-Ca-c]?)?"
    r"(?![\w%]|[.,]\d|\s?(?:" + UNIT + r")\b)"
)
_PERIOD = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|mornings?|evenings?)"
_RHYTHM = (
    rf"(?:daily|weekly|monthly|hourly|yearly|annually|nightly|biweekly|fortnightly"
    rf"|(?:a|per|each|every|in a|in the)(?: other| second)? {_PERIOD}|every {_NUMBER}[ -]{_PERIOD})"
)
_FREQUENCY = (
    rf"(?:\b[Oo]nce[ -]{_RHYTHM}|\b(?:[Tt]wice|[Tt]hrice|{_NUMBER} times)\b(?:[ -]{_RHYTHM})?"
    rf"|\b[Ee]very {_NUMBER}(?:\s?(?:–|-|to)\s?{_NUMBER})?[ -]?(?:{UNIT})\b"
    rf"|\b[Ee]very (?:other|second|third) {_PERIOD}|\b(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d)\b)"
)
_INTERVAL = (
    rf"\d\d(?:\.\d)?\s?%\s?(?:CI|CrI|(?i:confidence intervals?|credible intervals?))\s?[:=,;]?\s?"
    rf"(?:{_SIGN}{_NUMBER}\s?%?\s?(?:–|—|-|to|,|;|and)\s?{_SIGN}{_NUMBER}"
    rf"|[\[(]\s?{_SIGN}{_NUMBER}\s?%?\s?(?:–|—|-|to|,|;|and)\s?{_SIGN}{_NUMBER}\s?%?\s?[\])])(?:\s?%)?"
)
_P_VALUE = rf"\b[pP](?:[- ]?values?)?\s?(?:of |was |were )?(?:[<>=≤≥]=?\s?){_NUMBER}"
_NAMED = (
    rf"(?:\b(?:[A-Za-zα-ωΔ]{{1,3}}\s?=|[A-Z]{{2,4}}\s?[<>≤≥]=?)\s?|[A-Z]{{0,2}}[$€£¥]\s?|(?:EUR|USD|GBP)\s)?{_SIGN}"
)
_TAIL = rf"(?: |-)(?:(?:once|twice|{_NUMBER} times) )?{_RHYTHM}(?!\w)"
_COUNTED = (
    r"(?!(?:was|is|has|does|its|his|hers|this|as|plus|versus|times|us|thus)\b)"
    r"(?:[a-z-]{2,}(?<![su])s|men|women|children|people|mice|individuals)(?![\w-])"
)
"""The plural of what is counted."""
_AGE = r"(?:[ -](?:old\b|of age\b))"
_AMOUNT = (
    rf"{_NAMED}{_WITH_UNIT}(?:{_JOINED}{_SIGN}{_WITH_UNIT}){{0,3}}"
    rf"(?:(?<=[a-z]){_AGE}|[- ]?fold\b| {_COUNTED})?(?:{_TAIL})?"
)
_EXPRESSION = (
    r"(?<!\^)(?<!\^[-−–])(?:(?<![^\W\d_])|(?<=[a-z][a-z])(?=\d))"  # no exponent
    rf"(?:(?P<interval>{_INTERVAL})|(?P<p>{_P_VALUE})|(?P<grade>{_GRADE})|(?P<date>{_MONTHS}|{_DATE}|{_CLOCK}|{_POINT})"
    rf"|(?P<frequency>{_FREQUENCY})|(?P<amount>{_AMOUNT}))"
)
_SET_APART = re.compile(
    rf"{POINTER.pattern}|\b{LABEL}|\bet al\b[^A-Za-z]*|\((?:[^()]*;)?[^()\d]*(?:et al|[A-Z]\w+,)[^()\d]*\d{{4}}[a-z]?\)"
)
"""Reference marks, labels, and authors with their year: what points elsewhere."""
_CODE_BEFORE = re.compile(r"(?:\w|[A-Za-z][-/.,]|\d\.)$")
_CODE_BEHIND = re.compile(r"(?P<letters>[^\W\d_]+)|[-–](?P<word>[^\W\d_]+)|[-.:]?\d")
_WORDS = _any_of([*_SMALL, *_LARGE, *_PARTS, "once", "twice", "thrice", "every"])
_HINT = re.compile(rf"\d|[{''.join(_GLYPHS)}]|\b(?:{_WORDS}|{_MONTH})")
"""What every quantity has one of."""
_COMPOUND = re.compile(r"(?:-[a-z]{3,})+(?![\w])")
"""The rest of a compound with a number, which is known to be no code: -item, -lead."""
_EVERYDAY = 4.0
"""Zipf frequency of a word that counts with a number before it ("10-item"); rarer ones are parts of names."""
_PARTS_OF_NAMES = frozenset("alpha beta gamma delta epsilon omega".split())


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in its order; none overlaps another.

    >>> [(q.text, q.kind) for q in quantities("A 4-year-old [3] got 5,040 cGy for HIV-1 in March 2011 (Fig. 2).")]
    [('4-year-old', 'duration'), ('5,040 cGy', 'measure'), ('March 2011', 'date')]
    """
    if not _HINT.search(text):
        return ()
    plain = _SET_APART.sub(lambda match: "\x1f" * len(match[0]), text)
    return tuple(Quantity(start, end, text[start:end], kind) for start, end, kind in _found(plain))


_SHARE = re.compile(r"%|per\s?cent| of (?!age)|\d\s?/\s?\d")


def _found(text: str) -> Iterator[tuple[int, int, Kind]]:
    at = 0
    expression = _expression(units_behind_years=bool(_year_with_unit().search(text)))
    while match := expression.search(text, at):
        at = match.end()
        if _is_code(text, match):
            while at < len(text) and (text[at].isalnum() or text[at] in "_-"):
                at += 1
            continue
        compound = _COMPOUND.match(text, at)
        at = compound.end() if compound else at
        yield match.start(), at, _kind(match)


@cache
def _expression(*, units_behind_years: bool) -> re.Pattern[str]:
    """Compiled when a text first has a number.

    That takes 0.07 s, but 0.23 s with the names of all units behind each of the 17 years in the pattern (2026-11-27).
    They make a difference only in a text that has a unit behind what looks like a year.
    """
    return re.compile(_EXPRESSION.replace(_YEAR, f"{_YEAR}(?!{_UNIT_BEHIND})") if units_behind_years else _EXPRESSION)


@cache
def _a_unit() -> re.Pattern[str]:
    return re.compile(rf"(?<=[\d\sa-z-])(?<![a-z](?=[a-z]))(?:(?P<time>(?:{TIME})(?![\w/]))|{UNIT}(?!\w))|[$€£¥]")


@cache
def _year_with_unit() -> re.Pattern[str]:
    return re.compile(_YEAR + _UNIT_BEHIND)


def _is_code(text: str, match: re.Match[str]) -> bool:
    """Whether the digits at either end of a match belong to a name, as in IL-2, 5-FU or p53."""
    before = text[max(0, match.start() - 2) : match.start()]
    if match[0][0].isdigit() and _CODE_BEFORE.search(before):
        return not (before.islower() and before.isalpha() and _kind(match) in ("measure", "duration"))  # for12 minutes
    if not match[0][-1].isdigit():
        return False
    behind = _CODE_BEHIND.match(text, match.end())
    if behind is None:
        return False
    if word := behind["word"]:
        return word in _PARTS_OF_NAMES or not word.islower() or len(word) < 3 or zipf(word) < _EVERYDAY
    return behind["letters"] not in (None, "st", "nd", "rd", "th", "x", "s")


def _kind(match: re.Match[str]) -> Kind:
    if match.lastgroup != "amount":
        return match.lastgroup  # type: ignore[return-value]
    text = match[0]
    if _SHARE.search(text) or re.fullmatch(_FRACTION, text):
        return "share"
    unit = _a_unit().search(text)
    if unit is None:
        return "number"
    return "duration" if unit["time"] else "measure"


# -- values


def same_quantity(one: str, other: str) -> bool:
    """Whether two expressions have the same values in the same units, however they are written.

    What is counted does not matter: "5" is the same as "five patients".

    >>> same_quantity("2 weeks", "fourteen days"), same_quantity("5,040 cGy", "50.4 Gy"), same_quantity("5 mg", "5 ml")
    (True, True, False)
    """
    ours, theirs = values(one), values(other)
    return len(ours) == len(theirs) > 0 and all(
        unit == their_unit and isclose(value, their_value, rel_tol=1e-5)
        for (value, unit), (their_value, their_unit) in zip(ours, theirs, strict=True)
    )


_REWRITTEN = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (r"\bb\.?i\.?d\b", "2/day"),
        (r"\bt\.?i\.?d\b", "3/day"),
        (r"\bq\.?i\.?d\b", "4/day"),
        (r"\bonce\b(?= daily| weekly| monthly| a | per )", ""),
        (r"\bonce\b", "1"),
        (r"\btwice\b", "2"),
        (r"\bthrice\b", "3"),
        (r" times\b|[ -]old\b|[ -]of age\b", ""),
        (r"[ -]?\bdaily\b", "/day"),
        (r"[ -]?\bweekly\b", "/week"),
        (r"[ -]?\bmonthly\b", "/month"),
        (rf" (?:a|each|every|in a) (?={_PERIOD}\b)", "/"),
    )
)


@cache
def _value() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<every>(?i:every )\b)?(?P<number>{_SIGN}{_NUMBER})(?:[\s-]?(?P<unit>{UNIT})(?!\w))?"
        rf"|(?P<month>{_MONTH}\b)"
    )


@lru_cache(maxsize=4096)
def values(expression: str) -> tuple[tuple[float, str], ...]:
    """The values of an expression in base units, in its order; a unit behind several numbers belongs to each.

    They have six significant digits; a month's name has the unit "date".

    >>> values("2 to 5 mg"), values("three of nine patients"), values("twice a day") == values("every 12 hours")
    (((0.002, 'g'), (0.005, 'g')), ((3.0, ''), (9.0, '')), True)
    """
    text = expression
    for pattern, form in _REWRITTEN:
        text = pattern.sub(form, text)
    found: list[tuple[float, str]] = []
    last: str | None = None
    for match in reversed(list(_value().finditer(text))):
        if match["month"]:
            found.append((float(_MONTHS_IN_ORDER.index(match["month"][:3].lower())), "date"))
            continue
        unit = match["unit"] or (last if last and _RANGE.search(text[match.end() :]) else None)
        size, base = in_base_units(unit) if unit else (1.0, "")
        number = _number(match["number"])
        value = 1 / (number * size) if match["every"] and number else number * size
        found.append((float(f"{value:.6g}"), f"/{base}" if match["every"] else base))
        last = unit
    dated = any(unit == "date" for _, unit in found)
    return tuple(sorted(found) if dated else reversed(found))


_MONTHS_IN_ORDER = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_RANGE = re.compile(r"\s?(?:–|—|−|-|±|\+/[-−–]|to|or|and|×|x)\s?\S")
"""Between two numbers with one unit, for `match`."""


def _number(text: str) -> float:
    """The value of one number, spelt or in digits.

    >>> _number("thirty-one"), _number("two hundred and five"), _number("two thirds") == 2 / 3, _number("5,040")
    (31.0, 205.0, True, 5040.0)
    >>> _number("2 × 10^5"), _number("2½"), _number("a quarter"), _number("−.5"), _number("0,5")
    (200000.0, 2.5, 0.25, -0.5, 0.5)
    """
    text = re.sub(r"([⁻⁰¹²³⁴-⁹]+)", r"^\1", text).translate(_PLAIN).lower()
    sign = -1.0 if "-" in re.split(r"[\w.]", text, maxsplit=1)[0] else 1.0
    glyph = sum(value for sign_, value in _GLYPHS.items() if sign_ in text)
    match = _IN_DIGITS.search(text)
    if not match:
        return sign * (glyph or _spelt(re.findall(r"[a-z]+", text.removesuffix("fold"))))
    digits = re.sub(r"[,\s](?=\d{3}(?:\D|$))", "", match["base"]).replace(",", ".")
    large = _LARGE.get(text.rpartition(" ")[2], 1.0)
    scale = large * 10.0 ** int(match["scale"]) if match["scale"] and len(match["scale"]) < 4 else large
    value = float(digits) * scale
    return (
        sign * (value ** int(match["power"]) if match["power"] and len(match["power"]) < 3 and value == 10 else value)
        + glyph
    )


_IN_DIGITS = re.compile(
    r"(?P<base>\d[\d,.\s]*(?<=\d)|\.\d+)(?:\s?[×x*]\s?10\s?\^?\s?\(?(?P<scale>-?\d+)|\^(?P<power>-?\d+))?"
)


def _spelt(words: list[str]) -> float:
    """The value of a number in words."""
    part = _PARTS.get(words[-1].removesuffix("s").replace("halve", "half")) if words else None
    total, current = 0.0, 0.0
    for word in words[:-1] if part else words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word in _LARGE:
            current = (current or 1.0) * _LARGE[word]
            if _LARGE[word] > 100:
                total, current = total + current, 0.0
    return (total + current or 1.0) * part if part else total + current
