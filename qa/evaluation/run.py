"""Ask a question set, and record the outcome of each question."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain

from qa.answers.assistant import Assistant
from qa.answers.reader import Candidate
from qa.config import cores
from qa.evaluation.evidence import Shown, complete, holds_any, steps, touches, words_shown
from qa.evaluation.questions import Question
from qa.types import Answer, Hit, Progress, QAError, Result, Scope, Turn


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one question.

    `result` is None if asking failed, and `error` says why: such a question scores zero. `steps` gives, for each item
    of each evidence list, how many passages it takes until one holds it, and `words` how many words of the passages it
    takes until a list is complete. `holds` says whether the answer's quotes hold a list. `eager` is the answer that
    would have been given without a threshold; `eager_holds` says whether it holds a list, and `eager_right` whether one
    of its sentences is evidence. `features` are those behind the confidence. `chosen` are the sentences that the reader
    chose for `eager`, best first. `milliseconds` is the time of the last turn, 0 if it was not measured.
    """

    question: Question
    result: Result | None
    steps: tuple[tuple[int | None, ...], ...] = ()
    words: int | None = None
    holds: bool = False
    eager: Answer | None = None
    eager_holds: bool = False
    eager_right: bool = False
    features: Mapping[str, float] = field(default_factory=dict)
    chosen: tuple[Candidate, ...] = ()
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
        """Whether the answer holds the evidence or, if the papers have none, the assistant abstained."""
        return self.holds if self.question.answerable else self.result is not None and not self.answered

    @property
    def confidence(self) -> float:
        """The confidence of the answer or the abstention; 0 if asking failed."""
        return self.result.confidence if self.result else 0.0


def run(questions: Iterable[Question], assistant: Assistant) -> list[Outcome]:
    """Ask every question in order, its earlier turns first. The encoder is loaded before the first is timed."""
    assistant.models.encoder.encode(["warm"])
    return [_ask(question, assistant) for question in questions]


def run_together(questions: Sequence[Question], assistant: Assistant, progress: Progress) -> list[Outcome]:
    """The outcomes that `run` gives, without their times: as many questions are asked at once as there are cores.

    If `progress` raises, no further question is begun.
    """
    pool = ThreadPoolExecutor(cores(), thread_name_prefix="question")
    try:
        asked = [pool.submit(_ask, question, assistant) for question in questions]
        outcomes = []
        for done, (question, future) in enumerate(zip(questions, asked, strict=True)):
            progress(done, len(questions), question.id)
            outcomes.append(replace(future.result(), milliseconds=0.0))
        return outcomes
    finally:
        pool.shutdown(cancel_futures=True)


def _ask(question: Question, assistant: Assistant) -> Outcome:
    """Read the question once, and decide twice: with the threshold, and without one."""
    turns: list[Turn] = []
    scope = Scope(question.documents)
    try:
        for earlier in question.earlier:
            turns.append(Turn(earlier, assistant.decide(assistant.read(earlier, turns, scope))))
        start = time.perf_counter()
        reading = assistant.read(question.question, turns, scope)
        result = assistant.decide(reading)
        milliseconds = 1000 * (time.perf_counter() - start)
    except QAError as error:
        return Outcome(question, None, error=str(error))
    eager = assistant.decide(reading, threshold=0.0)
    would = eager if isinstance(eager, Answer) else None
    would_hold = would is not None and _quotes_hold(question, would)
    return Outcome(
        question,
        result,
        steps=steps(question.evidence, shown(result.passages)),
        words=words_shown(question.evidence, result.passages),
        holds=isinstance(result, Answer) and would_hold,
        eager=would,
        eager_holds=would_hold,
        eager_right=would is not None and _any_is_evidence(question, would),
        features=reading.features,
        chosen=reading.chosen,
        milliseconds=milliseconds,
    )


def _quotes_hold(question: Question, answer: Answer) -> bool:
    return holds_any(question.evidence, [(c.document.id, c.spans) for c in answer.citations])


def _any_is_evidence(question: Question, answer: Answer) -> bool:
    evidence = [*chain.from_iterable(question.evidence)]
    return any(touches(evidence, citation.document.id, citation.spans) for citation in answer.citations)


def shown(hits: Sequence[Hit]) -> Shown:
    """The document and the spans of each hit."""
    return [(hit.passage.document, hit.passage.spans) for hit in hits]
