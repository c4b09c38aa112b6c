"""What the encoder finds for a teacher to judge."""

from __future__ import annotations

from itertools import count

import numpy as np

from qa.evaluation.sets.asked import held_out
from qa.index.embed import Vectors
from qa.training.cases import UNJUDGED, Case, Cases, Found, Text
from qa.training.mined import mined

LEARNT = next(f"PMC{n}" for n in count() if not held_out(f"PMC{n}"))
MEASURED = next(f"PMC{n}" for n in count() if held_out(f"PMC{n}"))
TEXTS = tuple(Text("A", (f"{n}.",)) for n in range(8))


def encode(texts: list[str]) -> Vectors:
    """Texts are near to each other as their numbers are; questions are numbers too."""
    angles = np.array([float(text.removeprefix("A\n").strip(".?")) for text in texts]) / 10
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_nearest_texts_that_nobody_judged() -> None:
    known = Case("asked", LEARNT, "2.2?", (Found(2, (0,), None),), (3,))
    others = Case("outcomes", LEARNT, "7?", (Found(7, (0,), None),), (0, 1, 4, 5))
    measured = Case("asked", MEASURED, "6?", (Found(6, (0,), None),), (2,))
    old = Case("squad2", "x", "6?", (Found(6, (0,), None),), ())
    found = mined(Cases(TEXTS, (known, others, measured, old)), encode, 3)
    assert found == [
        Case(UNJUDGED, LEARNT, "2.2?", (), (1, 4, 0)),
        Case(UNJUDGED, LEARNT, "7?", (), (3, 2)),
    ]
