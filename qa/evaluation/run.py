"""Ask a question set, and keep what came of each question."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answers import calibration
from qa.answers.assistant import Assistant
from qa.answers.models import models_for
from qa.config import AskSettings
from qa.evaluation.evidence import Shown, complete, holds_any, steps, words_shown
from qa.evaluation.questions import Question
from qa.index import store
from qa.index.embed import Encoder
from qa.types import Answer, Hit, QAError, Result, Turn


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated: an assistant, and the same one made `eager`, which answers however unsure it is.

    The eager one says what would have been answered where the other abstains; without that, no curve of risk
    over coverage can be drawn.
    """

    assistant: Assistant
    eager: Assistant
    encoder: Encoder
    confidence: calibration.Calibration


def open_subject(
    folder: Path,
    encoder: Encoder | None = None,
    settings: AskSettings | None = None,
    generation: str | None = None,
) -> Subject:
    """Open the published index of a folder, or another generation of it, for an evaluation.

    Raises as `Assistant.open` does.
    """
    generation = generation or store.current_generation(folder)
    index = store.load(folder, generation)
    settings = settings or AskSettings()
    encoder, confidence, model = models_for(index, settings, encoder)
    return Subject(
        Assistant(index, generation or "", encoder, confidence, settings, model),
        Assistant(index, generation or "", encoder, confidence, settings.model_copy(update={"max_wrong": 1.0}), model),
        encoder,
        confidence,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    `result` is None where asking failed, and `error` says why: such a question scores zero. `steps` tells for each
    item of each evidence list after how many passages it is held, `words` in how many words of the passages a
    list is complete. `holds` says whether the answer's quotes hold a list, `eager` what would have been answered
    without a threshold, and `eager_holds` whether that holds one. `milliseconds` is the time of the last turn.
    """

    question: Question
    result: Result | None
    steps: tuple[tuple[int | None, ...], ...] = ()
    words: int | None = None
    holds: bool = False
    eager: Answer | None = None
    eager_holds: bool = False
    milliseconds: float = 0.0
    error: str = ""

    @property
    def rank(self) -> int | None:
        """The smallest k at which the first k passages hold a complete evidence list, or None."""
        return complete(self.steps)

    @property
    def answered(self) -> bool:
        """Whether an answer was given, right or wrong."""
        return isinstance(self.result, Answer)

    @property
    def right(self) -> bool:
        """Whether the answer holds the evidence, or, where there is none, the question was refused."""
        return self.holds if self.question.answerable else self.result is not None and not self.answered

    @property
    def confidence(self) -> float:
        """Of the answer or the abstention; 0 where asking failed."""
        return self.result.confidence if self.result else 0.0


def run(questions: Iterable[Question], subject: Subject) -> list[Outcome]:
    """Ask every question, with its earlier turns asked first, in order; the encoder is warmed before."""
    subject.encoder.encode(["warm"])
    return [_ask(question, subject) for question in questions]


def _ask(question: Question, subject: Subject) -> Outcome:
    turns: list[Turn] = []
    try:
        for earlier in question.earlier:
            turns.append(Turn(earlier, subject.assistant.ask(earlier, turns, question.documents)))
        start = time.perf_counter()
        result = subject.assistant.ask(question.question, turns, question.documents)
        milliseconds = 1000 * (time.perf_counter() - start)
        answer = result if isinstance(result, Answer) else None
        eager = answer or subject.eager.ask(question.question, turns, question.documents)
    except QAError as error:
        return Outcome(question, None, error=str(error))
    would = eager if isinstance(eager, Answer) else None
    would_hold = would is not None and _quotes_hold(question, would)
    return Outcome(
        question,
        result,
        steps=steps(question.evidence, shown(result.passages)),
        words=words_shown(question.evidence, result.passages),
        holds=answer is not None and would_hold,
        eager=would,
        eager_holds=would_hold,
        milliseconds=milliseconds,
    )


def _quotes_hold(question: Question, answer: Answer) -> bool:
    return holds_any(question.evidence, [(c.document.id, c.spans) for c in answer.citations])


def shown(hits: Sequence[Hit]) -> Shown:
    """What is shown of which document, hit by hit."""
    return [(hit.passage.document, hit.passage.spans) for hit in hits]
