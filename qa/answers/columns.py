"""Questions that most papers of a kind answer, as columns of a table ready to be added."""

from __future__ import annotations

from collections.abc import Mapping

from qa.answers.aspects import Aspect

READY: Mapping[str, tuple[str, ...]] = {
    "Population": (
        "How many participants were included in the study?",
        "Who was included in the study?",
        "Which patients were eligible?",
    ),
    "Intervention": (
        "To which treatments were the participants randomly assigned?",
        "What did the intervention group receive?",
        "Which treatment did the patients receive?",
    ),
    "Outcome": ("What was the primary outcome?", "What was the primary endpoint?", "Which outcomes were measured?"),
    "Result": ("Was there a significant difference between the groups?", "What were the main results?"),
    "Follow-up": ("How long was the follow-up?", "How long were the patients followed up?"),
    "Limitations": ("What are the limitations of this study?", "What should be interpreted with caution?"),
}
"""Names of columns with their wordings, of which the first that is answered counts.

Chosen on 2026-11-27 from 33 wordings, by how many papers they answered and by reading what they quoted: on 30
open-access papers of medicine and near it, mostly trials; the last three columns on 15 of these. Those of the
intervention on 29 others on 2026-11-28: asked for random assignment, eight papers answered rightly; "what did the
participants receive" gave what they received by the way, too.
"""

TELLS: Mapping[tuple[str, ...], Aspect] = {
    READY["Population"]: "Sample",
    READY["Result"]: "Main result",
    READY["Limitations"]: "Limitations",
}
"""Columns that a paper's overview fills. Asked of 24 other papers on 2026-11-28 and read by one person, the wordings of
these three gave 33 answers, of which 12 were wrong; the overview gave 35 quotes there, of which 2 were wrong."""
