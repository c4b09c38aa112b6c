"""What the small index of the tests answers, what it does not, and its papers."""

from __future__ import annotations

from qa.answers.assistant import Assistant
from qa.types import Document

ANSWERED, REFUSED = "When did pears ripen, in how many weeks?", "Who sings in Paris?"
HOSTILE = "<b>1. *bold*</b> & `x` in weeks, pears?"


def documents(assistant: Assistant) -> dict[str, Document]:
    return {document.id: document for document in assistant.documents}
