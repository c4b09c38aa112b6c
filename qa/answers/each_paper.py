"""Questions asked of each paper on its own, as a table does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from qa.answers.aspects import LOOKS
from qa.answers.assistant import Assistant
from qa.answers.columns import TELLS
from qa.answers.overview import RIGHT, overview
from qa.types import EVERYTHING, Abstention, Answer, Citation, Document, QuoteError, Result, Scope, Sentence


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


def said(assistant: Assistant, document: str, questions: Sequence[str], scope: Scope) -> Result:
    """What a paper says in a column of these wordings. `scope` is the paper, with the sections that may answer.

    A column that the overview fills takes its quote, with how often such a quote is right as the confidence. Where the
    overview has none, such a column shows what answers a wording as a possible answer only.

    Raises:
        QuestionError, BusyError: as `Assistant.ask`.
    """
    aspect = TELLS.get(tuple(questions))
    if aspect is None:
        return asked(assistant, questions, scope)
    citation = dict(overview(assistant, document).aspects)[aspect]
    if citation and (not scope.sections or citation.section in scope.sections):
        question = LOOKS[aspect].question
        return Answer(question, question, (citation,), RIGHT[aspect], (), (), assistant.generation)
    result = asked(assistant, questions, scope)
    return _doubted(result, scope) if isinstance(result, Answer) else result


def _doubted(answer: Answer, scope: Scope) -> Abstention:
    return Abstention(
        answer.question,
        answer.interpreted_as,
        "The sentence answers the question; that it speaks of the whole study is not clear.",
        answer.confidence,
        answer.passages,
        answer.generation,
        possible=answer.citations[0],
        scope=scope,
    )


def asked(assistant: Assistant, questions: Sequence[str], scope: Scope) -> Result:
    """The answer to the first of several wordings that has one; there is at least one wording.

    Where none has, the surest abstention, one with a possible answer first; of two that are as sure, the earlier.

    Raises:
        QuestionError, BusyError: as `Assistant.ask`.
    """
    abstentions: list[Abstention] = []
    for question in questions:
        result = assistant.ask(question, scope=scope)
        if isinstance(result, Answer):
            return result
        abstentions.append(result)
    return max(abstentions, key=lambda one: (one.possible is not None, one.confidence))


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
