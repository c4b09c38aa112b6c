"""Questions that most papers of a kind answer, as columns of a table ready to be added."""

from __future__ import annotations

from collections.abc import Mapping

READY: Mapping[str, tuple[str, ...]] = {
    "Population": ("How many patients were included?",),
    "Intervention": ("Which treatment did the patients receive?",),
    "Outcome": ("What was the primary outcome?",),
    "Result": ("What was the main finding?",),
    "Follow-up": ("How long was the follow-up?",),
    "Limitations": ("What are the limitations of this study?",),
}
