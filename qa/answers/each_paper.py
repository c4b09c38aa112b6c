"""Questions asked of each paper on its own, as a table does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from qa.answers.assistant import Assistant
from qa.types import EVERYTHING, Answer, Citation, Document, QuoteError, Result, Scope, Sentence


def papers_to_ask(assistant: Assistant, scope: Scope = EVERYTHING) -> list[Document]:
    """The papers in scope that have at least one of the scope's sections, if it names any."""
    return [
        document
        for document in assistant.documents
        if (not scope.documents or document.id in scope.documents)
        and (not scope.sections or alone(assistant, document.id, scope).sections)
    ]


def alone(assistant: Assistant, document: str, scope: Scope = EVERYTHING) -> Scope:
    """One paper, and those sections of the scope that it has; no section stands for all of them."""
    own = set(assistant.sections([document])).intersection(scope.sections) if scope.sections else ()
    return Scope([document], sorted(own))


def surest(assistant: Assistant, questions: Sequence[str], scope: Scope) -> Result:
    """The surest result of several wordings of a question, of which there is at least one.

    An answer goes before an abstention with a possible answer, and that before any other; then the confidence counts.
    Of two that are as sure, the earlier wording.

    Raises:
        QuestionError, BusyError: as `Assistant.ask`.
    """
    return max((assistant.ask(question, scope=scope) for question in questions), key=_sure)


def _sure(result: Result) -> tuple[int, float]:
    rank = 2 if isinstance(result, Answer) else int(result.possible is not None)
    return rank, result.confidence


def sentences_with(assistant: Assistant, document: str, words: str, most: int) -> list[Citation]:
    """The first `most` sentences of a paper that have each of these words, in whatever case, in the paper's order."""
    terms = words.casefold().split()
    own = (
        (passage.section, sentence)
        for passage in assistant.index.passages_of(document)
        for sentence in passage.sentences
        if all(term in sentence.text.casefold() for term in terms)
    )
    return list(islice(_cited(own, assistant.by_id, document), most))


def sentences_near(assistant: Assistant, document: str, question: str, most: int) -> list[Citation]:
    """The first `most` sentences of the passages of a paper that come nearest to a question, the best passage first.

    Raises:
        QuestionError: as `Assistant.search`.
    """
    hits = assistant.search(question, scope=Scope([document]))
    near = ((hit.passage.section, sentence) for hit in hits for sentence in hit.passage.sentences)
    return list(islice(_cited(near, assistant.by_id, document), most))


def _cited(
    found: Iterator[tuple[str, Sentence]], documents: Mapping[str, Document], document: str
) -> Iterator[Citation]:
    """Sentences as citations, each of them once; one that fails its check against the raw text is left out."""
    seen: set[Sentence] = set()
    for section, sentence in found:
        if sentence in seen:
            continue
        seen.add(sentence)
        try:
            yield Citation(documents[document], section, sentence)
        except QuoteError:
            continue
