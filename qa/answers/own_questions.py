"""Questions of a paper's own: made of its sentences by rules, and known to be answered by them.

Of what the rules make (`qa.answers.statements`), only questions are kept that begin with a question word, so that they
do not tell their answer, and that name something. A question is shown only if asking it gives an answer with the
sentence that it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from qa.answers.calibration import HIGH
from qa.answers.memory import Memory
from qa.answers.overview import Candidate, candidates
from qa.answers.question.grammar import is_plural
from qa.answers.statements import questions_of
from qa.types import Answer, QuestionError, Scope
from qa.words import terms, zipf

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_WANTED, _TRIED = 3, 8
"""Questions of a paper that are shown, and how many are asked at most to find them: 3 s at worst. Set by hand on
2026-11-28."""
_KEPT = 500
"""Papers whose questions are kept for each generation. Set by hand on 2026-11-28."""
_RULES = frozenset(
    {"value", "list", "is", "means", "with what", "why", "due to", "duration", "lasted", "time", "purpose", "effect"}
    | {"count", "count of", "share", "enrolled", "we did", "we did to", "were excluded", "change"}
)
"""The rules whose questions read well. The others give their answer away ("Was the dose 5 mg?"). Chosen by hand on
2026-11-28 on 11 papers."""
_OF_KIND = re.compile(
    r"\b(?:most|frequent|common|usual|main|major|optimal|standard|typical|best|primary|principal|key|gold|causes?"
    r"|symptoms?"
    r"|treatments?|therap(?:y|ies)|sites?|features?|role|mechanisms?|advantages?|disadvantages?|criteria|goals?"
    r"|definition"
    r"|findings?|options?|function|indications?|risk factors?)\b",
    re.IGNORECASE,
)
"""What "What is …?" must ask for, since many a sentence with "is" defines nothing; by hand on 2026-11-28."""
_COMMON = 3.0
"""A word from this Zipf frequency on is no name, however it is written. Set by hand on 2026-11-28."""
_LONGEST = 16
"""Words of a question. Set by hand on 2026-11-28."""
_ASKS = re.compile(r"(?:what|which|how|why|when|for how long|by how much)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^(?:what|why|how|when) (?:was|were|is|are) (?:the )?(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|\w+teen"
    r"|\w+ty|one|both|all|some|most|none|each|every|many|several|there)\b)|^how many (?:two|three|four|five|six"
    r"|seven|eight|nine)\b",
    re.IGNORECASE,
)
_SINGULAR = re.compile(r"what (?:is|was) [\w' -]+\?$", re.IGNORECASE)
_ROUTINE = re.compile(
    r"\b(?:spss|stata|sas|software|statistic\w*|significan\w*|consent\w*|ethic\w*|committee|approv\w*|funded|version"
    r"|power"
    r"|p[- ]?values?|normality|software|figure|table|appendix|section|references?|protocol|registered|analys[ei]s"
    r"|funding|supported by|facilit(?:y|ies)|permits?|authori[sz]\w*|grants?|licen[cs]e\w*|goodness of fit"
    r"|correlation|coefficients?"
    r"|[tu]-?tests?|mann-whitney|anova|regression|remaining|above|below|following|former|latter|respectively"
    r"|sample size|randomi[sz]ation)\b",
    re.IGNORECASE,
)
"""What every paper says of its statistics and permissions, and words that point elsewhere; by hand on 2026-11-28."""
_GENERAL = frozenset(
    terms(
        [
            "patient patients participant participants subject subjects study trial group groups mean median average "
            "score scores value values result results primary secondary outcome outcomes total number difference "
            "cases case year years month months day days used use performed given treated treatment included"
        ]
    )[0]
)
"""Stems of what any paper speaks of."""

_MADE: WeakKeyDictionary[Assistant, Memory[str, tuple[str, ...]]] = WeakKeyDictionary()


def questions_about(assistant: Assistant, document_id: str) -> tuple[str, ...]:
    """Up to three questions of a paper's own, each of which the paper alone answers; found once.

    Raises:
        QuestionError: there is no such paper.
        BusyError: too many questions wait in this process.
    """
    if document_id not in assistant.by_id:
        raise QuestionError(f"there is no document {document_id!r}")
    made = _MADE.setdefault(assistant, Memory[str, tuple[str, ...]](_KEPT))
    return made.get(document_id, lambda: tuple(first_answered(assistant, document_id, Scope([document_id]), _WANTED)))


def first_answered(
    assistant: Assistant, document_id: str, scope: Scope, most: int, tries: int = _TRIED
) -> Iterator[str]:
    """The first questions of a paper that are answered in this scope, with confidence and by their own sentence.

    At most so many questions are given, and so many are asked to find them.
    """
    every = list(worded(assistant, sentences_of(assistant, document_id)))
    by_zone = [
        [pair for pair in every if pair[0].zone == zone] for zone in ("abstract", "results", "methods", "discussion")
    ]
    made = filter(None, chain.from_iterable(zip_longest(*by_zone)))
    tried = 0
    spoken: list[str] = []
    named = ((None, question) for question in about_names(assistant, document_id))
    for one, question in chain(islice(made, tries), named):
        if len(spoken) == most or tried == tries:
            return
        if any(alike(question, other) for other in spoken):
            continue
        tried += 1
        answer = answered(assistant, question, scope)
        if answer is None or answer.confidence < HIGH or answer.citations[0].document.id != document_id:
            continue
        if one is None or quotes(answer, one):
            spoken.append(question)
            yield question


def about_names(assistant: Assistant, document_id: str) -> Iterator[str]:
    """Questions about what the paper abbreviates and has in its title, by general wordings."""
    title = assistant.by_id[document_id].title.lower()
    for name in assistant.index.abbreviations_of(document_id).values():
        if name.lower() in title and not is_plural(name.split()[-1].lower()):
            first = name.split()[0]
            if first.istitle() and first.lower() in assistant.index.written:
                name = name[0].lower() + name[1:]
            yield from (f"What is {name}?", f"How is {name} treated?")


def sentences_of(assistant: Assistant, document_id: str) -> list[Candidate]:
    """The sentences of a paper of which questions can be made, in reading order."""
    every = candidates(assistant.index.passages_of(document_id), assistant.by_id[document_id].title)
    return [one for one in every if one.zone != "end"]


def worded(assistant: Assistant, sentences: Iterable[Candidate]) -> Iterator[tuple[Candidate, str]]:
    """The questions that the rules make of sentences, the best of each sentence, in the order of the sentences."""
    written = assistant.index.written
    for one in sentences:
        text = one.sentence.text
        plain = {word for word in re.findall(r"[a-z]{2,}", text.lower()) if zipf(word) >= _COMMON or word in written}
        good = [
            question
            for rule, question in questions_of(text, plain)
            if rule in _RULES and sensible(question) and (rule != "is" or _OF_KIND.search(question))
        ]
        if good and not _ROUTINE.search(text):
            yield one, max(good, key=lambda question: len(set(terms([question])[0]) - _GENERAL))


def sensible(question: str) -> bool:
    """Whether a question asks with a question word, is short, and names something that not every paper speaks of.

    >>> sensible("How was the size of the haematoma calculated?"), sensible("Was it large?")
    (True, False)
    >>> sensible("What were the patients treated with?"), sensible("What were 12 owls fed with?")
    (False, False)
    """
    words = question.split()
    names = set(terms([question])[0]) - _GENERAL
    if _SINGULAR.match(question) and is_plural(words[-1].rstrip("?").lower()):
        return False
    return bool(_ASKS.match(question)) and len(words) <= _LONGEST and len(names) > 1 and not _NUMBERED.search(question)


def answered(assistant: Assistant, question: str, scope: Scope) -> Answer | None:
    """The answer to a question as it is typed, or None."""
    result = assistant.ask(question, scope=scope, as_typed=True)
    return result if isinstance(result, Answer) else None


def quotes(answer: Answer, one: Candidate) -> bool:
    """Whether a sentence is among the quotes of an answer."""
    return any(
        citation.document.id == one.passage.document and citation.spans == one.sentence.spans
        for citation in answer.citations
    )


def alike(question: str, other: str) -> bool:
    """Whether two questions ask the same in other words, by what they name.

    >>> alike("How was the owl weighed?", "How were owls weighed at night?")
    True
    >>> alike("Do owls sleep?", "How heavy are owls?")
    False
    """
    own, its = (set(terms([text])[0]) for text in (question, other))
    fewer = min(len(own), len(its))
    return bool(fewer) and len(own & its) / fewer >= _ALIKE


_ALIKE = 0.75
"""The share of the shorter question's content words that the other has, from which both ask the same. By hand,
2026-11-28."""
