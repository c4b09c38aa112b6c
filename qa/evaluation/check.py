"""What is wrong with a question set: schema, quotes, duplicates, copied wording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from qa.evaluation.questions import Problem, parse
from qa.types import Document, letters

COPIED_WORDS = 6
"""A question that shares this many words in a row with its evidence is found by copying, not by searching."""

_HYPHEN = re.compile(r"[-\u00ad]\s*\n\s*")


def problems(path: Path, documents: Sequence[Document]) -> list[Problem]:
    """All that is wrong with a question set, in the order of its lines; empty if nothing is.

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
        if key in asked:
            found.append(Problem(str(path), number, f"line {asked[key]} asks the same"))
        asked.setdefault(key, number)
        items = [item for wanted in question.evidence for item in wanted]
        quotes = [(item.document, raw[item.document][item.span.start : item.span.end]) for item in items]
        for document, quote in quotes:
            if (times := raw[document].count(quote)) > 1:
                found.append(Problem(str(path), number, f"this quote stands {times} times in {document}: {quote!r}"))
        longest = max((shared_run(question.question, quote) for _, quote in quotes), key=len, default=[])
        if len(longest) >= COPIED_WORDS:
            found.append(Problem(str(path), number, f"the question copies its evidence: {' '.join(longest)!r}"))
    return sorted(found, key=lambda problem: problem.line)


def _bare(text: str) -> str:
    return letters(text).casefold()


def shared_run(first: str, second: str) -> list[str]:
    """The longest run of words that two texts share, whatever their case, marks and line breaks.

    >>> shared_run("Is the MASS firm?", "a firm, deep mass; the mass, firm-\\nly fixed; is the mass")
    ['is', 'the', 'mass']
    """
    a, b = (re.findall(r"\w+", _HYPHEN.sub("", text).casefold()) for text in (first, second))
    match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return a[match.a : match.a + match.size]
