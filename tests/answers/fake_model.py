"""A cross-encoder whose judgements a person can work out."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answers.cross_encoder import AnswerSpan, Judgement


class FakeModel:
    """Says of each sentence how often it has a word of the question, and of a passage the best of them."""

    sha256 = "fake"

    def __init__(self, words: AnswerSpan | None = None) -> None:
        self.words = words
        self.passages: list[tuple[str, Sequence[str]]] = []

    def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
        self.passages = list(passages)
        asked = set(question.lower().strip("?").split())
        judged = []
        for _, sentences in passages:
            scores = tuple(4.0 * len(asked & set(s.lower().strip(".").split())) - 6 for s in sentences)
            judged.append(Judgement(scores, max(scores), -max(scores), self.words if max(scores) > 0 else None))
        return judged
