"""What is wrong with a question set: schema, quotes, duplicates, copied wording."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from qa.evaluation.questions import Problem, Question, parse
from qa.types import Document, letters

COPIED_WORDS = 6
"""A question that shares this many words in a row with its evidence is too easy: it copies what it should find."""

_HYPHEN = re.compile(r"[-\u00ad]\s*\n\s*")


def problems(path: Path, documents: Sequence[Document]) -> list[Problem]:
    """Everything that is wrong with a question set, in the order of its lines; empty if nothing is.

    Raises:
        QuestionSetError: the file cannot be read at all.
    """
    questions, found = parse(path, documents, strict=True)
    if not questions and not found:
        found = [Problem(str(path), 1, "there are no questions")]
    raw = {document.id: document.raw for document in documents}
    asked: dict[tuple[object, ...], int] = {}
    for number, question in questions.items():
        key = (*map(_bare, [*question.earlier, question.question]), question.documents)
        reasons = [f"line {asked[key]} asks the same"] if key in asked else []
        reasons += _evidence_problems(question, raw)
        found += [Problem(str(path), number, reason) for reason in reasons]
        asked.setdefault(key, number)
    return sorted(found, key=lambda problem: problem.line)


def _evidence_problems(question: Question, raw: Mapping[str, str]) -> list[str]:
    """What is wrong with a question's evidence: ambiguous quotes, and words that the question copies."""
    items = [item for wanted in question.evidence for item in wanted]
    quotes = [(item.document, raw[item.document][item.span.start : item.span.end]) for item in items]
    times = [(document, quote, raw[document].count(quote)) for document, quote in quotes]
    reasons = [f"this quote stands {n} times in {document}: {quote!r}" for document, quote, n in times if n > 1]
    longest = max((shared_run(question.question, quote) for _, quote in quotes), key=len, default=[])
    copied = [f"the question copies its evidence: {' '.join(longest)!r}"] if len(longest) >= COPIED_WORDS else []
    return reasons + copied


def _bare(text: str) -> str:
    return letters(text).casefold()


def shared_run(first: str, second: str) -> list[str]:
    """The longest run of words that two texts share, regardless of case, punctuation and line breaks.

    >>> shared_run("Is the MASS firm?", "a firm, deep mass; the mass, firm-\\nly fixed; is the mass")
    ['is', 'the', 'mass']
    """
    a, b = (re.findall(r"\w+", _HYPHEN.sub("", text).casefold()) for text in (first, second))
    match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return a[match.a : match.a + match.size]
