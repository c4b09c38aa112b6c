"""What type of answer a question asks for: a quantity, a point in time, or neither.

Question words and nouns for what can be measured tell the types. A question that words may answer as well as numbers
has no type, because a type that refuses right answers is worse than none. All lists were written by hand; what they
miss stays without a type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from qa.answers.quantities import Quantity, quantities, same_quantity
from qa.answers.question.grammar import ASKING, AUXILIARIES, PREPOSITIONS
from qa.answers.units import UNIT

AskedFor = Literal["quantity", "time", ""]
"""`quantity` is answered by a number, `time` by a date or an event; "" is any other question."""

_LASTING = r"how (?:long|soon|fast|quickly|old|young|far|late)\b"
_RECURRING = r"how (?:often|frequent|frequently|common)\b"
_EXTENT = r"how (?:many|much|large|big|small|deep|high|low|tall|wide|thick|heavy)\b"
"""How a question asks for a time, for a frequency, and for another quantity."""
_SHARE = r"(?:percentages?|percent|per cent|proportions?|shares?|fractions?)\b"
_SPAN = r"(?:ages?|durations?|intervals?|periods?|follow-up|half-li(?:fe|ves)|time(?! of day))\b"
_MEASURABLE = (
    rf"(?:{_SHARE}|{_SPAN}|(?:dos(?:es?|ages?)|rates?|numbers?|counts?|diameters?|sizes?|lengths?|widths?|depths?"
    r"|heights?|weights?|bmi|volumes?|concentrations?|frequenc(?:y|ies)|incidence|prevalence|survival|mortality|ratios?"
    r"|odds|thresholds?|temperatures?|pressures?|speeds?|distances?|amounts?|quantit(?:y|ies)|p[- ]?values?"
    r"|sensitivity|specificity|accuracy|costs?|prices?)\b)"
)
"""Nouns for what is given as a number."""
_QUALIFIED = r"(?:level|scores?|values?|ranges?|limits?|margins?|index|risks?|efficiency|coefficients?|angles?|power)\b"
"""The same for nouns that need a word before them: "At what level?" may ask for something else."""
_AVERAGE = r"(?:mean|median|average)\b"
_NO_HEAD = "|".join(sorted(ASKING | AUXILIARIES | PREPOSITIONS | {"the", "a", "an"}))
_BEFORE = rf"(?:(?!(?:{_NO_HEAD})\b)[^\s,;?]+ ){{0,4}}?"
_ENDS = rf"(?=\W*$|,| (?:and|{_NO_HEAD})\b)"
_HEAD = rf"(?:{_AVERAGE}|{_BEFORE}{_MEASURABLE}{_ENDS}|(?!(?:{_NO_HEAD})\b)[^\s,;?]+ {_BEFORE}{_QUALIFIED}{_ENDS})"
"""A noun phrase, without its article, whose head can be measured."""
_NUMBER = re.compile(
    rf"(?:{_EXTENT}|{_LASTING}|{_RECURRING})(?! (?:as|to)\b)|(?:what|which) {_SHARE}|what {_HEAD}"
    rf"|what(?: (?:was|were|is|are)|'?s) (?:the )?{_HEAD}|what (?:did|does|do|would) [^,;]* costs?\b",
    re.IGNORECASE,
)
_POINT = re.compile(
    r"when (?:was|were|is|are|did|does|do|had|will)\b|(?:what|which) (?:calendar )?(?:years?|months?|dates?)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"\b(?:{'|'.join(sorted(ASKING | AUXILIARIES))})\b", re.IGNORECASE)
"""The word that makes a question. What stands before it, a preposition or a clause, does not tell the type."""
_BEGINS = re.compile(rf"(?:{_AVERAGE}|{_MEASURABLE})(?!-)", re.IGNORECASE)
_NOTE = re.compile(
    rf"^(?:[\w.-]+ ){{0,2}}?(?:{_AVERAGE}|{_MEASURABLE})(?!-)|(?:^| )(?:%|nr|no|num|n)(?:\.|\b|(?= ))"
    rf"|\b{_MEASURABLE}\W*$",
    re.IGNORECASE,
)
"""Typed in a hurry, without a question word: the noun stands first or last, or its short form anywhere."""
_IN_WORDS = re.compile(
    r"\b(?:criteri\w+|def\w*n\w*tions?|reasons?|causes?|types?|kinds?|names?|methods?|scales?|tools?|tests?|calculat\w+"
    r"|measure\w*|assess\w*|adjust\w*|reduc\w*|escalat\w*|effects?|predict\w*|outcomes?)\b",
    re.IGNORECASE,
)
"""In such notes: what is answered in words."""
_NAME = re.compile(
    r"\b(?:regist\w+|trial|identif\w+|protocol|patent|catalog\w*|clinicaltrials\.gov|isrctn|nct) (?:number|no|nr)\b"
    r"|\bnumber\b.*\b(?:regist\w+|trial\W*$)|\bnumber of the\b.*\b(?:trial|study)\b|\bwhat counts\b",
    re.IGNORECASE,
)
"""Numbers that are names, and a verb that looks like a noun."""

_ALL_OR_NONE = (
    r"no|none|nobody|neither|nil|never|all|both|same|single|every|majority|most|several|few|doubl\w+|halved|tripl\w+"
    r"|(?:not|without)\b[^.;]{0,60}\b(?:any|an?)"
    r"|not (?:observed|seen|reported|found|detected|different|differ|change)\w*"
)
_RATHER_THAN_A_NUMBER = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for asked, words in (
        (
            rf"{_LASTING}|\b{_SPAN}",
            rf"{_ALL_OR_NONE}|until|till|throughout|immediate\w*|lifelong|overnight|indefinite\w*|after|before|during"
            r"|an? (?:second|minute|hour|day|night|week|month|year|decade|couple)",
        ),
        (
            rf"{_RECURRING}|\b(?:rates?|frequenc\w+|intervals?)\b",
            rf"{_ALL_OR_NONE}|always|rare(?:ly)?|(?:un)?common(?:ly)?|often|frequent(?:ly)?|each|hourly|daily|nightly"
            r"|weekly|biweekly|fortnightly|monthly|quarterly|yearly|annual(?:ly)?|after|before",
        ),
        (r"", rf"{_ALL_OR_NONE}|until|an? (?:lit(?:er|re)|dozen|couple)"),
    )
)
"""What a question asks for, and the words that answer it as well as a number; the first that fits."""
_DATED = re.compile(rf"{_LASTING}|\b{_SPAN}|\b(?:year|day|week|month|visit)s?\b", re.IGNORECASE)
"""A question for a quantity that a date, or a day such as "day 6", answers."""
_TIMED = re.compile(r"(?:days?|weeks?|months?|years?|cycles?|visits?)\b", re.IGNORECASE)
"""A step that is a point in time: day 6."""
_GRADED = re.compile(r"\b(?:grade|stage|phase|class|level|score|category|type)s?\b", re.IGNORECASE)
"""A question that a step, such as "grade 3", may answer."""
_EVENT = re.compile(
    r"\b(?:after\w*|before\w*|during|until|till|once|prior|following|followed|when\w*|while|upon|immediate\w*|ends?"
    r"|start\w*|beginning|baseline|early|earlier|late|later|first|last|at|on|by|if|since|now|today|daily|morning|evening"
    r"|night|(?:intra|pre|peri|post)-?operative\w*)\b",
    re.IGNORECASE,
)
"""Words that place an event in time."""


@lru_cache(maxsize=256)
def asked_for(question: str) -> AskedFor:
    """The type of answer that a question asks for.

    >>> asked_for("How old was the girl?"), asked_for("dose dupilumab kids"), asked_for("How is it dosed?")
    ('quantity', 'quantity', '')
    >>> asked_for("In which year did she fall ill?"), asked_for("When should it be stopped?")
    ('time', '')
    """
    text = " ".join(question.split())
    opening = _OPENS.search(text)
    if _NAME.search(text):
        return ""
    if opening is None or _BEGINS.match(text):
        return "quantity" if _NOTE.search(text) and not _IN_WORDS.search(text) else ""
    if _POINT.match(text, opening.start()):
        return "time"
    return "quantity" if _NUMBER.match(text, opening.start()) else ""


def answers_type(asked: AskedFor, sentence: str, question: str) -> bool:
    """Whether a sentence can answer a question that asks for this type.

    A quantity is answered by one that is not among the question's own, or by words such as "none" or "until".

    >>> answers_type("quantity", "She was 4 years old.", "How old was the girl?")
    True
    >>> answers_type("quantity", "Her 5-year survival was good.", "What was the 5-year survival?")
    False
    """
    if not asked or answering(asked, sentence, question):
        return True
    if asked == "time":
        return bool(_EVENT.search(sentence))
    words = next(words for asking, words in _RATHER_THAN_A_NUMBER if asking.search(question))
    return bool(words.search(sentence))


def answering(asked: AskedFor, sentence: str, question: str) -> list[Quantity]:
    """The quantities of a sentence that can answer the question, in the order of the text; none if it asks for none.

    A quantity of the question's own cannot, nor, unless a time is asked for, a date or a step such as "grade 3".
    """
    if not asked:
        return []
    own = [quantity.text for quantity in quantities(question)]
    timed = asked == "time" or _DATED.search(question)
    return [
        quantity
        for quantity in quantities(sentence)
        if (timed or quantity.kind != "date")
        and (quantity.kind != "grade" or (timed and _TIMED.match(quantity.text)) or _GRADED.search(question))
        and not any(same_quantity(quantity.text, other) for other in own)
    ]


_KINDS = (
    (r"p[- ]?value", ("p",)),
    (_LASTING, ("duration", "frequency", "date")),
    (_RECURRING, ("frequency", "share", "duration")),
    (rf"{_SHARE}|%|\b(?:rate|incidence|prevalence|sensitivity|specificity)\b", ("share",)),
    (r"\bdos(?:e|age)\b", ("measure",)),
    (rf"how many (?!(?:{UNIT})\b)|\bnumber of\b", ("number", "share")),
)


def likeliest(found: Sequence[Quantity], question: str) -> list[Quantity]:
    """Those quantities whose kind suits the question best, or all if none does.

    >>> [one.text for one in likeliest(quantities("5 mg for 3 weeks in 40 %"), "What percentage?")]
    ['40 %']
    """
    kinds = next((kinds for asking, kinds in _KINDS if re.search(asking, question, re.IGNORECASE)), ())
    return [quantity for quantity in found if quantity.kind in kinds] or list(found)
