"""A label, a heading or a caption that only repeats the question never answers; what says something may."""

from __future__ import annotations

import pytest

from qa.answers.labels import is_label
from qa.types import Kind
from qa.words import terms

LABELS: list[tuple[str, Kind, str]] = [
    ("Daily dose:", "body", "What was the daily dose?"),
    ("Name of the owl:", "table", "What was eaten?"),
    ("METHODS", "body", "How were owls seen?"),
    ("2.1 Food of owls", "body", "What is the food of owls?"),
    ("Figure 1. Wing length.", "caption", "Did wing length change with food?"),
    (
        "Table 2. Summary estimates of the effect of food on wings in subgroups.",
        "caption",
        "How does food affect wings?",
    ),
    ("Table 1. Overview of the included owls.", "caption", "How many owls were included?"),
    ("Table 3. Side effects of the food.", "table", "What side effects did the food have?"),
    ("Side effect Number", "table", "What side effects did the food have?"),
    ("Figure 4.", "caption", "What is shown?"),
]
ANSWERS: list[tuple[str, Kind, str]] = [
    ("Daily dose: 7 mg/kg", "table", "What was the daily dose?"),
    ("Figure 1. Wings grew by 2 mm.", "caption", "Did the wings grow?"),
    ("Figure 1. Histology shows alveolar nests in the wing.", "caption", "What does the histology of the wing show?"),
    ("Red eyes 9", "table", "How many owls had red eyes?"),
    ("Owls eat voles.", "body", "Do owls eat voles?"),
    ("The owls were not seen.", "body", "Were owls seen?"),
    ("Frogs", "table", "What did the owls eat?"),
    ("The owls ate the following: voles, mice and frogs.", "body", "What did the owls eat?"),
]


@pytest.mark.parametrize(("sentence", "kind", "question"), LABELS, ids=[label for label, *_ in LABELS])
def test_what_never_answers(sentence: str, kind: Kind, question: str) -> None:
    assert is_label(sentence, kind, set(terms([question])[0]))


@pytest.mark.parametrize(("sentence", "kind", "question"), ANSWERS, ids=[answer for answer, *_ in ANSWERS])
def test_what_may_answer(sentence: str, kind: Kind, question: str) -> None:
    assert not is_label(sentence, kind, set(terms([question])[0]))
