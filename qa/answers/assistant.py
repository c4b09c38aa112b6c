"""The one door: opens an index, answers or abstains."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path

from qa.answers import calibration
from qa.answers.cross_encoder import CrossEncoder
from qa.answers.inquiry import retrieve_and_read
from qa.answers.models import models_for
from qa.answers.question.standalone import stand_alone
from qa.answers.reader import Reading
from qa.answers.search import Method, Query, rows_within, search, section_of
from qa.config import AskSettings
from qa.index import store
from qa.index.embed import Encoder
from qa.index.index import Index
from qa.text import visible
from qa.types import Abstention, Answer, Citation, Document, Hit, ModelError, QuestionError, QuoteError, Turn


class Assistant:
    """Answers from one published generation, with quotes only."""

    def __init__(
        self,
        index: Index,
        generation: str,
        encoder: Encoder,
        confidence: calibration.Calibration,
        settings: AskSettings,
        model: CrossEncoder | None = None,
    ) -> None:
        if encoder.sha256 != index.encoder_sha256:
            raise ModelError("the index was made with another encoder; run `qa index build`")
        self.index = index
        self.generation = generation
        self.settings = settings
        self._encoder = encoder
        self.calibration = confidence
        self.threshold = confidence.operating_point(settings.max_wrong)
        self._model = model

    @classmethod
    def open(cls, folder: Path, settings: AskSettings | None = None, encoder: Encoder | None = None) -> Assistant:
        """Open the published index of a folder. The encoder is the one that the index names, unless given.

        Raises:
            StoreError: there is no index, or it is damaged.
            ModelError: the encoder or the calibration is missing, or one of them or the reader's model does not fit.
        """
        settings = settings or AskSettings()
        generation = store.current_generation(folder)
        index = store.load(folder, generation)
        encoder, confidence, model = models_for(index, settings, encoder)
        return cls(index, generation or "", encoder, confidence, settings, model)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The papers, by id."""
        return self.index.documents

    def sections(self, documents: Collection[str] = ()) -> tuple[str, ...]:
        """The sections that can be asked of some papers, all if empty; in the order in which papers have them."""
        rows = rows_within(self.index, documents)
        return tuple(dict.fromkeys(section_of(self.index.passages[row]) for row in rows))

    def search(
        self, question: str, method: Method = "hybrid", top_k: int | None = None, documents: Collection[str] = ()
    ) -> list[Hit]:
        """The best passages, best first, without an answer. Raises `QuestionError` as `ask` does."""
        query = Query.of(self._checked(question, documents), self._encoder)
        return search(query, self.index, method, top_k or self.settings.top_k, documents)

    def ask(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        documents: Collection[str] = (),
        *,
        sections: Collection[str] = (),
        as_typed: bool = False,
    ) -> Answer | Abstention:
        """Answer with quotes, or abstain.

        `turns` are the conversation so far, oldest first; `documents` are the ids of the papers asked and
        `sections` the names of their sections (see `sections`), all if empty. A question that is asked `as_typed`
        is taken for no follow-up. Retrieval is always done anew.

        Raises:
            QuestionError: the question is empty or too long, or a document or section is not in the index.
        """
        checked = self._checked(question, documents, sections)
        standalone = checked if as_typed else stand_alone(checked, turns)
        reading = retrieve_and_read(
            standalone, self._encoder, self.index, self.settings, self._model, documents, sections
        )
        if reading is None:
            return self._abstain(question, standalone, "None of the papers asked has any text to search.", 0.0, [])
        confidence = self.calibration.probability(reading.features)
        citations = self._citations(reading)
        if confidence < self.threshold or not citations:
            return self._abstain(
                question, standalone, _reason(reading, bool(documents or sections)), confidence, reading.hits
            )
        return Answer(
            question=question,
            interpreted_as=standalone,
            citations=citations,
            confidence=confidence,
            highlights=reading.highlights,
            passages=reading.hits[: self.settings.top_k],
            generation=self.generation,
        )

    def _checked(self, question: str, documents: Collection[str], sections: Collection[str] = ()) -> str:
        """The question in one line, without control characters; refused if nothing or too much is left."""
        limit = self.settings.max_question_characters
        if len(question) > limit:
            raise QuestionError(f"the question has {len(question)} characters; at most {limit} can be asked")
        text = visible(unicodedata.normalize("NFC", question))
        if not any(c.isalnum() for c in text):
            raise QuestionError("the question is empty; type a question in words")
        known = {document.id for document in self.documents}
        for document in documents:
            if document not in known:
                raise QuestionError(f"there is no document {document!r}; there are: {', '.join(sorted(known))}")
        if unknown := set(sections) - set(self.sections(documents)):
            raise QuestionError(f"the papers asked have no section {min(unknown)!r}; ask all sections of them")
        return text

    def _citations(self, reading: Reading) -> tuple[Citation, ...]:
        """The quotes that hold when they are checked against the raw text; one that fails is left out."""
        citations = []
        for hit, sentence in reading.chosen:
            try:
                citations.append(Citation(self.index.document(hit.passage.document), hit.passage.section, sentence))
            except QuoteError:
                continue
        return tuple(citations)

    def _abstain(
        self, question: str, standalone: str, reason: str, confidence: float, hits: Sequence[Hit]
    ) -> Abstention:
        return Abstention(
            question=question,
            interpreted_as=standalone,
            reason=reason,
            confidence=confidence,
            passages=tuple(hits[: self.settings.top_k]),
            generation=self.generation,
        )


def _reason(reading: Reading, chosen: bool) -> str:
    papers = "the chosen papers" if chosen else "these papers"
    if reading.features["unknown_words"] > 0.5:
        return f"Most of what the question asks about is not mentioned in {papers}."
    return f"Passages in {papers} come near the question, but none of them clearly answers it."
