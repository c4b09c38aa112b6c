"""Questions worth asking: of the question set or made of the papers' sentences; this index answers them."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.answers import own_questions
from qa.answers.calibration import FAIR
from qa.answers.overview import Candidate
from qa.answers.own_questions import alike, answered
from qa.config import QUESTIONS
from qa.types import EVERYTHING, Answer, Scope, Span
from qa.words import terms

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant

_STARTERS, _FEWEST = 3, 2
"""Questions of the papers' own to begin with, if fewer of the question set than the second number are answered. Set
by hand on 2026-11-28."""
_PAPERS, _EACH = 4, 2
"""Papers that are asked to find them, and how many questions each, at most: 3 s in all. Set by hand on 2026-11-28."""
_SUGGESTED, _TRIED, _SECONDS = 3, 6, 1.0
"""Follow-up questions to suggest, how many to ask at most to find them, and the time after which no other is asked if
one is found. Set by hand on 2026-11-28."""
_FROM_SET = 2
"""Questions of the question set that are tried first, at most. Set by hand on 2026-11-28."""
_READ = 6
"""Passages found with the answer whose sentences are near to it, if they are of a paper that is quoted. Set by hand
on 2026-11-28."""
_SHARED = 2
"""Content words that a question of the set shares with the question and its answer, at least. Set by hand on
2026-11-28."""
_NEAR = 12
"""Sentences before and behind a quote that are near to it. Set by hand on 2026-11-28."""

STARTERS = "starters"
"""Folder, in that of the state, of what the models have read to answer the first questions."""

Quoted = set[tuple[str, tuple[Span, ...]]]


def starters(assistant: Assistant, questions: Path = QUESTIONS, scope: Scope = EVERYTHING) -> tuple[str, ...]:
    """Questions to begin with, which this index answers in this scope.

    They are those that the question set marks as starters; without such, questions of some papers' own.
    """
    marked = [row["question"] for row in _question_rows(questions) if row.get("starter")]
    found = [question for question in marked if answered(assistant, question, scope)]
    if len(found) >= _FEWEST:
        return tuple(found)
    return (*found, *islice(_of_papers(assistant, scope), _STARTERS - len(found)))


def store_starters(assistant: Assistant, folder: Path, questions: Path = QUESTIONS) -> tuple[str, ...]:
    """The questions to begin with; what the models read for them is stored in a folder.

    It is stored by what was read and what has read it: the next start takes 0.1 s for what took this one 2 s.

    Raises:
        StoreError: the folder cannot be written.
    """
    from qa.answers.caches import Caches  # the networks, which nobody needs who only wants a suggestion

    caches = Caches(folder)
    found = starters(assistant.with_models(caches.around(assistant.models)), questions)
    caches.save()
    return found


def _of_papers(assistant: Assistant, scope: Scope) -> Iterator[str]:
    """A question of each of some papers in scope, evenly spread; more of one paper if it is alone."""
    papers = list(scope.documents or assistant.index.columns.documents)
    if len(papers) == 1:
        yield from own_questions.first_answered(assistant, papers[0], scope, _STARTERS)
        return
    for paper in papers[:: max(1, len(papers) // _PAPERS)][:_PAPERS]:
        yield from own_questions.first_answered(assistant, paper, scope, 1, _EACH)


def follow_ups(
    assistant: Assistant,
    answer: Answer,
    asked: Collection[str] = (),
    questions: Path = QUESTIONS,
    scope: Scope = EVERYTHING,
) -> tuple[str, ...]:
    """Up to three questions about what was asked, which this index answers in this scope, at least fairly surely.

    They are of the question set, or made of sentences near the quotes. None is one of those `asked` in other words, and
    none is answered by what is quoted already.

    Raises:
        BusyError: too many questions wait in this process.
    """
    said = [*asked, answer.question, answer.interpreted_as]
    quoted: Quoted = {(citation.document.id, citation.spans) for citation in answer.citations}
    found: list[str] = []
    tried = 0
    began = time.monotonic()
    for question, made_of in _in_turn(assistant, answer, said, questions):
        late = bool(found) and time.monotonic() - began > _SECONDS
        if len(found) == _SUGGESTED or tried == _TRIED or late:
            break
        if any(alike(question, other) for other in [*said, *found]):
            continue
        tried += 1
        given = answered(assistant, question, scope)
        if given is None or given.confidence < FAIR or (made_of and not own_questions.quotes(given, made_of)):
            continue
        first = given.citations[0]
        if (first.document.id, first.spans) not in quoted:
            quoted.add((first.document.id, first.spans))
            found.append(question)
    return tuple(found)


def _in_turn(
    assistant: Assistant, answer: Answer, said: Sequence[str], questions: Path
) -> Iterator[tuple[str, Candidate | None]]:
    """What may be suggested: of the question set first, then of the sentences near the answer."""
    for question in _of_set(assistant, answer, said, questions):
        yield question, None
    yield from _near(assistant, answer)


def _of_set(assistant: Assistant, answer: Answer, said: Sequence[str], questions: Path) -> Sequence[str]:
    """The questions of the set that share the most words with the question and its answer, and were not asked."""
    near = sharing(assistant, f"{answer.interpreted_as} {answer.text}", questions, _SHARED)
    return list(islice((question for question in near if not any(alike(question, other) for other in said)), _FROM_SET))


def sharing(assistant: Assistant, text: str, questions: Path, least: int) -> list[str]:
    """The answerable questions of a set that share at least so many content words with a text, the most first."""
    stemmer = assistant.index.settings.stemmer
    about = set(terms([text], stemmer)[0])
    own = [row["question"] for row in _question_rows(questions) if row.get("answerable") and "turns" not in row]
    shared = {question: len(about.intersection(terms([question], stemmer)[0])) for question in own}
    return sorted((question for question in own if shared[question] >= least), key=lambda question: -shared[question])


def _near(assistant: Assistant, answer: Answer) -> Iterator[tuple[str, Candidate]]:
    """Questions made of the sentences near the answer, those first that are likest to what was asked."""
    around = {hit.passage.id for hit in answer.passages[:_READ]}
    papers = dict.fromkeys(citation.document.id for citation in answer.citations)
    quoted = [citation.spans for citation in answer.citations]
    found: dict[str, Candidate] = {}
    for paper in papers:
        sentences = own_questions.sentences_of(assistant, paper)
        places = [place for place, one in enumerate(sentences) if one.sentence.spans in quoted]
        near = [
            one
            for place, one in enumerate(sentences)
            if place not in places
            and (one.passage.id in around or any(abs(place - quote) <= _NEAR for quote in places))
        ]
        found |= {question: one for one, question in own_questions.worded(assistant, near)}
    if not found:
        return
    encode = assistant.models.encoder.encode
    likeness = encode(list(found)) @ encode([answer.interpreted_as])[0]
    for _, question in sorted(zip((-likeness).tolist(), found, strict=True)):
        yield question, found[question]


def _question_rows(questions: Path) -> list[dict[str, Any]]:
    """The rows of a question set, unchecked; [] if there is no such file."""
    if not questions.exists():
        return []
    return [json.loads(line) for line in questions.read_text("utf-8").splitlines() if line.strip()]
