"""Many people at once: how long they wait, beside one alone."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qa.types import QAError

PAUSE = 5.0
"""Seconds for which a person reads before the next question, on average; set by hand, 2026-11-27."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What so many people met: seconds for each answer, and errors."""

    users: int
    seconds: tuple[float, ...]
    errors: tuple[str, ...]

    def at(self, percent: float) -> float:
        """A percentile of the seconds."""
        return float(np.percentile(self.seconds, percent))


def waits(ask: Callable[[str], object], questions: Sequence[str], users: int, each: int, pause: float = PAUSE) -> Waits:
    """Let `users` people ask `each` questions, no question twice, with pauses of random length between.

    The first question of each comes at a random moment of the first pause.

    Raises:
        ValueError: there are not so many questions.
    """
    if len(questions) < users * each:
        raise ValueError(f"{users} users who ask {each} questions need {users * each}; there are {len(questions)}")
    seconds: list[float] = []
    errors: list[str] = []

    def person(number: int) -> None:
        draw = random.Random(number)  # noqa: S311 - the same pauses each time, not a secret
        time.sleep(draw.uniform(0, pause) if users > 1 else 0)
        for question in questions[number * each : (number + 1) * each]:
            start = time.perf_counter()
            try:
                ask(question)
            except QAError as error:
                errors.append(str(error))
            seconds.append(time.perf_counter() - start)
            time.sleep(min(draw.expovariate(1 / pause), 3 * pause) if users > 1 else 0)

    people = [threading.Thread(target=person, args=(number,)) for number in range(users)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return Waits(users, tuple(seconds), tuple(errors))
