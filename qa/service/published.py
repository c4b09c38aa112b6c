"""The assistant for what is published now; a new generation is used without a restart."""

from __future__ import annotations

from pathlib import Path

from qa.answers.assistant import Assistant
from qa.answers.memory import Memory
from qa.index import store


class Published:
    """Opens the assistant of a folder once for each generation, and lets the one before go.

    Who is being answered keeps the one that answers.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._opened = Memory[str, Assistant](1)

    def __call__(self) -> Assistant:
        """The assistant. Raises a `QAError` if there is no index, or if it cannot be opened."""
        return store.published(self.folder, self._of)

    def _of(self, generation: str) -> Assistant:
        return self._opened.get(generation, lambda: Assistant.open(self.folder, generation=generation))
