"""The one door: opens an index, answers or abstains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from qa.answers.inquiry import Inquiry, inquire, settled
from qa.answers.memory import Memory
from qa.answers.models import Models, open_models
from qa.answers.question.spelling import Spelling
from qa.answers.queue import Queue
from qa.answers.reader import Reading
from qa.answers.reasons import reason
from qa.answers.search import Method, Query, checked, rows_within, search
from qa.config import AskSettings, cores
from qa.index import store
from qa.index.embed import Encoder
from qa.index.index import Index
from qa.types import (
    EVERYTHING,
    Abstention,
    Answer,
    Citation,
    Document,
    Hit,
    ModelError,
    QuestionError,
    QuoteError,
    Result,
    Scope,
    Turn,
)

_KEPT = 500
"""Results that are kept; 10 MB or so. Set by hand on 2026-11-27."""
_QUEUE = Queue(cores(), waiting=64)
"""Of this process: the cores are the same for all indexes."""


class Assistant:
    """Answers from one published generation, with quotes only; keeps no conversation."""

    def __init__(self, index: Index, generation: str, models: Models, settings: AskSettings | None = None) -> None:
        if models.encoder.sha256 != index.encoder_sha256:
            raise ModelError("the index was made with another encoder; run `qa index build`")
        self.index = index
        self.generation = generation
        self.models = models
        self.settings = settings or AskSettings()
        self.threshold = models.calibration.operating_point(self.settings.max_wrong)
        self._given = Memory[tuple[str, Scope, bool], Result](_KEPT)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        settings: AskSettings | None = None,
        encoder: Encoder | None = None,
        generation: str | None = None,
    ) -> Assistant:
        """Open the published index of a folder, or the generation that is named.

        The encoder is the one that the index names, unless another is given.

        Raises:
            StoreError: there is no index, or it is damaged.
            ModelError: the encoder, the cross-encoder or the calibration is missing or does not fit.
        """
        folder, settings = Path(folder), settings or AskSettings()
        if generation is None:
            return store.published(folder, lambda name: cls.open(folder, settings, encoder, name))
        index = store.load(folder, generation)
        return cls(index, generation, open_models(index, settings, encoder), settings)

    @property
    def documents(self) -> Sequence[Document]:
        """The papers, in the order of their ids."""
        return self.index.documents

    @property
    def by_id(self) -> Mapping[str, Document]:
        """The papers by id."""
        return self.index.by_id

    @cached_property
    def spelling(self) -> Spelling:
        """How the papers write their words."""
        return Spelling(self.index)

    def warm(self) -> None:
        """Load all that the first question would wait for."""
        with suppress(QuestionError):
            self.read("What was found in 2 of them?")

    def with_models(self, models: Models) -> Assistant:
        """The same assistant with caches around its models, say. What one of the two has answered, both know."""
        other = copy(self)
        other.models = models
        return other

    def sections(self, documents: Sequence[str] = ()) -> tuple[str, ...]:
        """The sections of these papers (of all, if none is named) that a scope can name, in the order of the papers."""
        codes = self.index.columns.section[rows_within(self.index, Scope(documents))]
        found, first = np.unique(codes, return_index=True)
        return tuple(self.index.columns.sections[code] for code in found[np.argsort(first)].tolist())

    def within(self, scope: Scope) -> Scope:
        """The part of a scope that this index has."""
        documents = [document for document in scope.documents if document in self.by_id]
        there = self.sections(documents)
        return Scope(documents, [section for section in scope.sections if section in there])

    def search(
        self, question: str, method: Method = "hybrid", top_k: int | None = None, scope: Scope = EVERYTHING
    ) -> list[Hit]:
        """The best passages, best first, without an answer. Raises `QuestionError` as `ask` does."""
        query = Query.unjudged(self._checked(question, scope), self.models.encoder, self.index.settings.stemmer)
        return search(query, self.index, method, top_k or self.settings.top_k, scope)

    def ask(
        self, question: str, turns: Sequence[Turn] = (), scope: Scope = EVERYTHING, *, as_typed: bool = False
    ) -> Result:
        """Answer with quotes, or abstain: `read`, then `decide`. Results are kept, but for those of follow-ups.

        Raises:
            QuestionError: the question is empty or too long, or a document or section is not in the index.
            BusyError: too many questions wait in this process.
        """
        if turns and not as_typed:
            return self._in_turn(question, turns, scope, as_typed)
        return self._given.get((question, scope, as_typed), lambda: self._in_turn(question, (), scope, as_typed))

    def _in_turn(self, question: str, turns: Sequence[Turn], scope: Scope, as_typed: bool) -> Result:
        with _QUEUE.turn():
            return self.decide(self.read(question, turns, scope, as_typed=as_typed))

    def read(
        self, question: str, turns: Sequence[Turn] = (), scope: Scope = EVERYTHING, *, as_typed: bool = False
    ) -> Reading:
        """Retrieve and read, without deciding whether the result is an answer.

        `turns` are the conversation so far, oldest first. `as_typed` undoes no slips of the pen, and skips
        follow-up resolution. Nothing that was retrieved for a turn is reused. Raises as `ask` does.
        """
        checked = self._checked(question, scope)
        mended, corrections = (checked, ()) if as_typed else self.spelling.mended(checked)
        inquiry = Inquiry(scope, self.index, self.models, self.settings)
        reading = inquire(mended, () if as_typed else turns, inquiry)
        return replace(reading, typed=question, scope=scope, corrections=corrections)

    def decide(self, reading: Reading, threshold: float | None = None) -> Result:
        """An answer if the confidence reaches the threshold (by default the assistant's) and a quote holds."""
        reading = settled(reading, self.models.calibration, self.threshold)
        threshold = self.threshold if threshold is None else threshold
        confidence = self.models.calibration.probability(reading.features) if reading.features else 0.0
        citations = self._citations(reading)
        passages = reading.hits[: self.settings.top_k]
        if not citations or confidence < threshold:
            return Abstention(
                question=reading.typed,
                interpreted_as=reading.question,
                reason=reason(reading, self.index),
                confidence=confidence,
                passages=passages,
                generation=self.generation,
                possible=citations[0] if citations and confidence >= self.settings.possible else None,
                missing=tuple(name.text for name in reading.missing),
                scope=reading.scope,
                corrections=reading.corrections,
            )
        return Answer(
            question=reading.typed,
            interpreted_as=reading.question,
            citations=citations,
            confidence=confidence,
            highlights=tuple(words for words in reading.highlights if any(words in one.text for one in citations)),
            passages=passages,
            generation=self.generation,
            labels=_labels(reading, citations),
            unanswered=reading.unanswered,
            corrections=reading.corrections,
        )

    def _checked(self, question: str, scope: Scope) -> str:
        """The question as it is read. Raises `QuestionError` if it cannot be asked, or not of the scope."""
        text = checked(question, self.settings.max_question_characters)
        for document in scope.documents:
            if document not in self.by_id:
                there = ", ".join(sorted(self.by_id))
                raise QuestionError(f"there is no document {document!r}; there are: {there}")
        if scope.sections and (unknown := set(scope.sections) - set(self.sections(scope.documents))):
            raise QuestionError(f"the papers asked have no section {min(unknown)!r}; ask all sections of them")
        return text

    def _citations(self, reading: Reading) -> tuple[Citation, ...]:
        """The chosen sentences as citations; one that fails its check against the raw text is left out."""
        citations = []
        for candidate in reading.chosen:
            passage = candidate.hit.passage
            try:
                citations.append(Citation(self.by_id[passage.document], passage.section, candidate.sentence))
            except QuoteError:
                continue
        return tuple(citations)


def _labels(reading: Reading, citations: Sequence[Citation]) -> tuple[str, ...]:
    """What each quote speaks of, if they do not all speak of one thing: the side of the question, paper, or section."""
    if len(reading.sides) == len(citations):
        return reading.sides
    for labels in ([one.document.title for one in citations], [one.section for one in citations]):
        if len(set(labels)) > 1 and all(labels):
            return tuple(labels)
    return ()
